package httpapi

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/license"
)

// FuzzAPlainQuestionIsReadLikeAnyOther holds the quick reader of questions
// against the strict one that all other bodies go through.
func FuzzAPlainQuestionIsReadLikeAnyOther(f *testing.F) {
	for _, seed := range []string{
		`{"person":"anna","module":"superoffice.sale-cal"}`, ` { "feature" : "superoffice.sale" } `, `{"person":"a\u0062"}`,
		`{"person":"anna","person":"bo"}`, `{"person":""}`, `{}`, `{"person":"anna"}x`, `{"person":"anna",}`, `{"who":"x"}`, `{"person":"\"}`, `{"person":"ä"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		plain, ok := plainCheck(body)
		if !ok {
			return
		}
		strict, err := decode[api.Check](body)
		if err != nil || strict != plain {
			t.Errorf("%q is read as %+v, and strictly as %+v (%v)", body, plain, strict, err)
		}
	})
}

func FuzzABodyIsRefusedOrRead(f *testing.F) {
	f.Add([]byte(`{"name":"x","modules":["a"]}`))
	f.Add([]byte(`{"name":null}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := decode[api.ProfileBody](body)
		if err != nil {
			if c, ok := err.(interface{ Code() string }); !ok || c.Code() == "" {
				t.Errorf("%q is refused without a code: %v", body, err)
			}
			return
		}
		again, _ := json.Marshal(got)
		if _, err := decode[api.ProfileBody](again); err != nil && got.Modules != nil {
			t.Errorf("%q is read, and %q is not: %v", body, again, err)
		}
	})
}

func TestAnAnswerIsWrittenAsJSONWouldWriteIt(t *testing.T) {
	for _, a := range []api.Answer{
		{Effect: "deny", Reason: "not-held"},
		{Effect: "allow", Reason: "held", Until: license.Date{Year: 2027, Month: 4, Day: 8}, Grace: true, Seq: 1 << 40},
		{Effect: "read-only", Reason: "no-edit", Until: license.Date{Year: 2027, Month: 12, Day: 31}, Seq: 7},
		{Effect: "deny", Reason: "no-login-event", Expected: time.Date(2026, 6, 10, 22, 0, 0, 0, time.UTC), Seq: 7},
	} {
		want, err := json.Marshal(a)
		if err != nil || string(appendAnswer(nil, a)) != string(want)+"\n" {
			t.Errorf("%s is written as %s", want, appendAnswer(nil, a))
		}
	}
}

func TestAFaultOfOursIsAnsweredWithAReferenceNumberAndNothingElse(t *testing.T) {
	var log strings.Builder
	d := &Door{house: &installation.House{}, log: slog.New(slog.NewTextHandler(&log, nil)), mux: http.NewServeMux(), boot: "boot"}
	d.mux.HandleFunc("/v1/fault", func(http.ResponseWriter, *http.Request) { panic("a secret") })
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest("GET", "/v1/fault", nil))
	var p api.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != http.StatusInternalServerError || p.Code != "internal" || p.Instance != "boot-1" || p.Facts != nil {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if strings.Contains(w.Body.String(), "secret") || !strings.Contains(log.String(), "a secret") || !strings.Contains(log.String(), "boot-1") {
		t.Errorf("the answer is %s, the log %s", w.Body, &log)
	}
}

// TestTheQuickWayToACheckIsNotAnotherWay compares the paths that are taken for a
// check before the mux sees them with what the mux's way makes of them.
func TestTheQuickWayToACheckIsNotAnotherWay(t *testing.T) {
	d := New(&installation.House{}, slog.New(slog.DiscardHandler))
	for _, path := range []string{"/v1/check", "/acme/v1/check", "/v1/v1/check", "//v1/check", "/a/b/v1/check", "/v1/x/v1/check", "/%61cme/v1/check", "/acme//v1/check"} {
		r := httptest.NewRequest(http.MethodPost, "http://birka.example"+path, nil)
		quick, ok := d.checkedAt(r)
		name, rest := d.installationOf(r)
		if want := rest.URL.Path == checkPath; ok != want || ok && quick != name {
			t.Errorf("%s: quickly %q, %v; else %q, %v", path, quick, ok, name, want)
		}
	}
}
