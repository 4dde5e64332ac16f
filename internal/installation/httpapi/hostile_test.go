package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// What no text can hold is refused before a database is asked, whichever
// database it is.
func TestParametersThatAreNoTextAreRefused(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorldOn(t, db)
		for _, path := range []string{"/v1/audit?action=%00", "/v1/audit?action=plan%ff", "/v1/people?q=%00", "/v1/people?after=%ff", "/v1/audit?person=%00"} {
			if r := w.do(ask{method: "GET", path: path}); r.status != http.StatusBadRequest || r.problem().Code != "request.parameter" {
				t.Errorf("%s: %d %s", path, r.status, r.body)
			}
		}
	})
}

// Host names have no letter case, and may come with a port.
func TestAHostNamesItsInstallationInAnySpelling(t *testing.T) {
	w := newWorld(t)
	for host, want := range map[string]string{
		"acme.example.com": "acme", "ACME.Example.com": "acme", "acme": "acme", "acme:7070": "acme", "Acme:7070": "acme",
		"birka.example.com": "auth.other-installation", "": "auth.other-installation", "acme.": "acme", "xacme.example.com": "auth.other-installation",
		"[::1]:7070": "auth.other-installation",
	} {
		if host == "" {
			continue
		}
		r := w.do(ask{method: "GET", path: "/v1/status", host: host})
		var got string
		if r.status == http.StatusOK {
			got = "acme"
		} else {
			got = r.problem().Code
		}
		if got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}

// Whatever a person is called, the path that names them finds them, and nobody
// else.
func TestPeopleAreFoundByOddUserIDs(t *testing.T) {
	w := newWorld(t)
	ids := []string{"a/b", "a//b", "a b", "%2f", "a%2Fb", "a?b#c", "...", "../anna", "åsa", "日本", "\U0001F600", "a;b", "a+b", "a&b=c", "plan", "v1", strings.Repeat("é", 254)}
	for _, id := range ids {
		body := `{"user_id":` + quote(id) + `}`
		if r := w.do(ask{method: "POST", path: "/v1/people", body: body}); r.status != http.StatusOK {
			t.Errorf("adding %q: %d %s", id, r.status, r.body)
			continue
		}
		r := w.do(ask{method: "GET", path: "/v1/people/" + escape(id)})
		if r.status != http.StatusOK || !strings.Contains(string(r.body), `"user_id":`+quote(id)) {
			t.Errorf("reading %q: %d %s", id, r.status, r.body)
		}
	}
	for _, id := range []string{"#1", ".", "..", " a", "a ", "", "a\tb", "a\u0000", "a\u202eb", "a\ufeff", strings.Repeat("x", 255)} {
		if r := w.do(ask{method: "POST", path: "/v1/people", body: `{"user_id":` + quote(id) + `}`}); r.problem().Code != "request.bad-value" {
			t.Errorf("adding %q: %d %s", id, r.status, r.body)
		}
	}
}

// escape writes every byte but letters and digits as a client may.
func escape(id string) string { return strings.ReplaceAll(url.QueryEscape(id), "+", "%20") }

func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < ' ' {
			b.WriteString(`\u00`)
			b.WriteByte("0123456789abcdef"[r>>4])
			b.WriteByte("0123456789abcdef"[r&15])
			continue
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return b.String()
}

// A path that is not as it should be is not answered with one that leads to
// another installation.
func TestNoPathLeadsAwayFromItsInstallation(t *testing.T) {
	w := newWorld(t)
	client := *w.server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, path := range []string{"/acme/v1//people", "/acme/v1/people/../status", "/acme/v1/./status", "/acme/v1/people/"} {
		r, err := http.NewRequest("GET", w.server.URL+path, nil)
		w.must(err)
		r.Header.Set("Authorization", "Bearer "+w.tokens[api.ScopeAdmin])
		resp, err := client.Do(r)
		w.must(err)
		resp.Body.Close()
		if at := resp.Header.Get("Location"); resp.StatusCode < 400 || at != "" {
			t.Errorf("%s: %d, to %q", path, resp.StatusCode, at)
		}
	}
}
