package httpapi_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/authority/httpapi"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

const token = "a token of this server"

var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

func key(n byte) licensefile.Signer {
	return licensefile.NewSigner(ed25519.NewKeyFromSeed(append(make([]byte, 31), n)))
}

// served returns a server with one signed set and one that is only prepared.
func served(t *testing.T) (*httptest.Server, licensefile.Trust, *authority.Authority) {
	t.Helper()
	ctx := context.Background()
	trust := licensefile.Trust{Roots: []licensefile.RootKey{{Name: "root-1", Key: key(1).Public()}}, Threshold: 1}
	a, err := authority.Open(ctx, filepath.Join(t.TempDir(), "a.db"), trust)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	today := license.DateOf(noon)
	f := authority.Founding{Roots: []licensefile.Signer{key(1)}, Issuers: []authority.FoundingIssuer{{
		Issuer: "SUPEROFFICE", Key: key(2), Fence: authority.DefaultFence(today),
		Signing: licensefile.SigningKey{Key: key(3).Public(), Type: licensefile.TypeSet, From: today, Through: today.Add(366)},
	}}}
	if err := a.Found(ctx, "anna", f, noon); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.AddCatalogue(ctx, "anna", examples.Bytes("superoffice/catalogue.yaml"), noon); err != nil {
		t.Fatal(err)
	}
	for _, order := range []string{"order-1", "order-2"} {
		p, err := a.Prepare(ctx, "anna", examples.Bytes("designteamet/"+order+".yaml"), noon)
		if err != nil {
			t.Fatal(err)
		}
		if order == "order-1" {
			if _, err := a.Sign(ctx, "anna", p, key(3), noon); err != nil {
				t.Fatal(err)
			}
		}
	}
	h, err := httpapi.New(a, token, httpapi.LicenseServer{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s, trust, a
}

func get(t *testing.T, s *httptest.Server, path, authorization string) (int, string, http.Header) {
	t.Helper()
	r, _ := http.NewRequest("GET", s.URL+path, nil)
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body), res.Header
}

func TestTheRecordOverHTTP(t *testing.T) {
	s, trust, _ := served(t)
	good := "Bearer " + token
	for _, row := range []struct {
		name, path, auth string
		status           int
		says             string
	}{
		{"anybody may ask whether it lives", "/healthz", "", 200, `"ok"`},
		{"and whether it is ready", "/readyz", "", 200, `"ready"`},
		{"without a token nothing is shown", "/v1/sets", "", 401, `"code":"auth.missing"`},
		{"nor with another one", "/v1/sets", "Bearer other", 401, `"code":"auth.invalid"`},
		{"nor with the token in another form", "/v1/sets", "Basic " + token, 401, `"code":"auth.missing"`},
		{"not even that a path is none", "/v1/nothing", "", 401, `"code":"auth.missing"`},
		{"all sets", "/v1/sets", good, 200, `"name":"SUPEROFFICE/1600070120/2"`},
		{"the sets of one customer", "/v1/sets?serial=1010000006", good, 200, `{"items":[]}`},
		{"one set", "/v1/sets/superoffice/1600070120/1", good, 200, `"state":"signed"`},
		{"a set nobody issued", "/v1/sets/superoffice/1600070120/9", good, 404, `"code":"set.not-on-record"`},
		{"a set that is no number", "/v1/sets/superoffice/1600070120/x", good, 404, `"code":"set.not-on-record"`},
		{"the file of a set that is not signed", "/v1/sets/superoffice/1600070120/2/file", good, 409, `"code":"set.pending"`},
		{"the newest key list", "/v1/key-list", good, 200, "pott-key-list/v1\n"},
		{"the first", "/v1/key-list/1", good, 200, "pott-key-list/v1\n"},
		{"one there is not", "/v1/key-list/2", good, 404, `"code":"authority.no-such-path"`},
		{"catalogues", "/v1/catalogues", good, 200, `"modules":191`},
		{"the text of one", "/v1/catalogues/superoffice", good, 200, "format: pott-catalogue/v1"},
		{"the text of one there is not", "/v1/catalogues/acme", good, 404, `"code":"catalogue.missing"`},
		{"nothing", "/v1/nothing", good, 404, `"code":"authority.no-such-path"`},
		{"nothing outside either", "/elsewhere", "", 404, `"code":"authority.no-such-path"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			status, body, header := get(t, s, row.path, row.auth)
			if status != row.status || !strings.Contains(body, row.says) {
				t.Errorf("%d %.200s; want %d with %s", status, body, row.status, row.says)
			}
			if status >= 400 && header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("content type %s", header.Get("Content-Type"))
			}
		})
	}
	_, file, _ := get(t, s, "/v1/sets/superoffice/1600070120/1/file", good)
	if v, err := licensefile.Verify([]byte(file), trust, noon); err != nil || v.Set.Number != 1 {
		t.Errorf("the file: %v", err)
	}
	if r, err := s.Client().Post(s.URL+"/v1/sets", "text/plain", nil); err != nil || r.StatusCode != 401 {
		t.Errorf("a change without a token: %v, %v", r.StatusCode, err)
	}
}

func TestRefusalsSpeakTheReadersLanguage(t *testing.T) {
	s, _, _ := served(t)
	r, _ := http.NewRequest("GET", s.URL+"/v1/catalogues/acme", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Accept-Language", "sv, en;q=0.5")
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var p struct{ Title, Detail, Hint, Code string }
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	if res.Header.Get("Content-Language") != "sv" || !strings.Contains(p.Detail, "katalog") || p.Code != "catalogue.missing" {
		t.Errorf("%+v in %s; want Swedish", p, res.Header.Get("Content-Language"))
	}
}

func TestWithoutATokenThereIsNoServer(t *testing.T) {
	_, _, a := served(t)
	if _, err := httpapi.New(a, "", httpapi.LicenseServer{}, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a server with an empty token would let everybody in")
	}
}
