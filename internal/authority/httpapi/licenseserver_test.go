package httpapi_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/authority/httpapi"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// answering returns a license server of SUPEROFFICE, and what its customers trust.
func answering(t *testing.T) (*httptest.Server, licensefile.Trust, *authority.Authority) {
	t.Helper()
	_, trust, a := served(t)
	today := license.DateOf(noon)
	if _, err := a.Certify(t.Context(), "anna", "SUPEROFFICE", key(2), licensefile.SigningKey{Key: key(9).Public(), Type: licensefile.TypeReceipt, From: today, Through: today}, noon); err != nil {
		t.Fatal(err)
	}
	h, err := httpapi.New(a, token, httpapi.LicenseServer{Receipts: authority.Receipts{"SUPEROFFICE": key(9)}, Now: func() time.Time { return noon }}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s, trust, a
}

func request(t *testing.T, kind licenseserver.Kind, change func(*licenseserver.Request)) (*licenseserver.Request, []byte) {
	t.Helper()
	q := &licenseserver.Request{Kind: kind, Issuer: "SUPEROFFICE", Serial: "1600070120", Nonce: licenseserver.NewNonce(), Made: noon, Epoch: "e", Head: strings.Repeat("ab", 32)}
	if change != nil {
		change(q)
	}
	body, err := licenseserver.SignRequest(q, key(20))
	if err != nil {
		t.Fatal(err)
	}
	return q, body
}

func post(t *testing.T, s *httptest.Server, kind, body string) (*http.Response, []byte) {
	t.Helper()
	res, err := s.Client().Post(s.URL+licenseserver.Path, kind, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, text
}

func TestAnInstallationIsAnsweredWithoutAToken(t *testing.T) {
	s, trust, a := answering(t)
	code, _, err := a.MakeCode(t.Context(), "anna", authority.NewCode{Issuer: "SUPEROFFICE", Serial: "1600070120"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		kind    licenseserver.Kind
		refused licenseserver.Refusal
		file    bool
	}{{licenseserver.Fetch, licenseserver.NotRegistered, false}, {licenseserver.Register, "", false}, {licenseserver.Fetch, "", true}} {
		q, body := request(t, step.kind, func(q *licenseserver.Request) {
			if q.Kind == licenseserver.Register {
				q.Code = licenseserver.TrimCode(code)
			}
		})
		res, text := post(t, s, licenseserver.MediaType, string(body))
		r, _, err := licenseserver.OpenReply(text, q, trust)
		if err != nil || res.StatusCode != 200 || r.Refused != step.refused || (r.File != nil) != step.file {
			t.Errorf("%s: %d, %v, %+v", step.kind, res.StatusCode, err, r)
		}
	}
}

// Who says that it can read the field hears how far it was; who does not, as an
// older program, gets a reply as ever.
func TestAnInstallationAsksToBeReminded(t *testing.T) {
	s, trust, a := answering(t)
	code, _, err := a.MakeCode(t.Context(), "anna", authority.NewCode{Issuer: "SUPEROFFICE", Serial: "1600070120"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		kind   licenseserver.Kind
		fields string
		last   int64
	}{{licenseserver.Register, "", 0}, {licenseserver.Ping, "", 0}, {licenseserver.Ping, "colour", 0}, {licenseserver.Ping, "colour, last", 12}} {
		q, body := request(t, step.kind, func(q *licenseserver.Request) {
			if q.Seq = int64(10 + i); q.Kind == licenseserver.Register {
				q.Code = licenseserver.TrimCode(code)
			}
		})
		r, err := http.NewRequest(http.MethodPost, s.URL+licenseserver.Path, strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", licenseserver.MediaType)
		r.Header.Set(licenseserver.FieldsHeader, step.fields)
		res, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		reply, _, err := licenseserver.OpenReply(text, q, trust)
		if err != nil || reply.Last.Seq != step.last {
			t.Errorf("%s with %q hears %+v, %v", step.kind, step.fields, reply, err)
		}
	}
}

func TestWhatIsNoRequestIsNotAnswered(t *testing.T) {
	s, _, _ := answering(t)
	_, good := request(t, licenseserver.Ping, nil)
	_, other := request(t, licenseserver.Ping, func(q *licenseserver.Request) { q.Issuer = "AMSYSTEM" })
	for _, row := range []struct {
		name, kind, body string
		status           int
		says             string
	}{
		{"nothing", licenseserver.MediaType, "", 422, `"code":"exchange.malformed"`},
		{"something else", licenseserver.MediaType, "hello\n", 422, `"code":"exchange.malformed"`},
		{"JSON", "application/json", string(good), 415, `"code":"authority.media-type"`},
		{"without a type", "", string(good), 415, `"code":"authority.media-type"`},
		{"a changed one", licenseserver.MediaType, strings.Replace(string(good), "epoch: e", "epoch: f", 1), 422, `"code":"exchange.bad-signature"`},
		{"a huge one", licenseserver.MediaType, strings.Repeat("x", 1<<20), 413, `"code":"exchange.too-large"`},
		{"one for an issuer that is not here", licenseserver.MediaType, string(other), 404, `"code":"authority.not-served"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if res, text := post(t, s, row.kind, row.body); res.StatusCode != row.status || !strings.Contains(string(text), row.says) {
				t.Errorf("%d %s; want %d with %s", res.StatusCode, text, row.status, row.says)
			}
		})
	}
	if status, _, _ := get(t, s, licenseserver.Path, ""); status != 404 {
		t.Errorf("asking without a request: %d", status)
	}
}

func TestWhoAsksTooOftenIsToldWhenToComeBack(t *testing.T) {
	s, _, _ := answering(t)
	refused := 0
	for range 40 {
		_, body := request(t, licenseserver.Ping, nil)
		res, _ := post(t, s, licenseserver.MediaType, string(body))
		switch {
		case res.StatusCode == 429 && res.Header.Get("Retry-After") == "3":
			refused++
		case res.StatusCode != 200:
			t.Fatalf("%d", res.StatusCode)
		}
	}
	if refused != 10 {
		t.Errorf("%d of 40 requests in one moment were refused; 30 a minute are let in", refused)
	}
}

func TestWithoutAReceiptKeyNoInstallationIsAnswered(t *testing.T) {
	s, _, _ := served(t)
	_, body := request(t, licenseserver.Ping, nil)
	if res, text := post(t, s, licenseserver.MediaType, string(body)); res.StatusCode != 404 {
		t.Errorf("%d %s", res.StatusCode, text)
	}
}
