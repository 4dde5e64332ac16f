package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/installation"
)

// asked is a page as it travels.
func (r *reader) asked(path string, header ...string) *http.Response {
	r.w.t.Helper()
	request, err := http.NewRequest("GET", r.base+path, nil)
	r.w.must(err)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer, err := (&http.Client{Jar: r.http.Jar, Transport: &http.Transport{DisableCompression: true}}).Do(request)
	r.w.must(err)
	return answer
}

func TestPagesAreCompressedUnlessAnotherSiteMadeTheBrowserAsk(t *testing.T) {
	w := newWorld(t)
	uma := w.as("uma")
	for _, test := range []struct {
		name   string
		header []string
		packed bool
	}{
		{"from a link of ours", []string{"Sec-Fetch-Site", "same-origin"}, true},
		{"typed by the reader", []string{"Sec-Fetch-Site", "none"}, true},
		{"over plain HTTP by an old browser", nil, true},
		{"over HTTPS by an old browser", []string{"X-Forwarded-Proto", "https"}, false},
		{"over HTTPS from a link of ours", []string{"X-Forwarded-Proto", "https", "Sec-Fetch-Site", "same-origin"}, true},
		{"from another site", []string{"Sec-Fetch-Site", "cross-site"}, false},
		{"from a neighbour", []string{"Sec-Fetch-Site", "same-site"}, false},
		{"from who knows where", []string{"Sec-Fetch-Site", "elsewhere"}, false},
		{"without gzip", []string{"Sec-Fetch-Site", "same-origin", "Accept-Encoding", "gzip;q=0, br"}, false},
	} {
		header := test.header
		if len(header) == 0 || header[len(header)-2] != "Accept-Encoding" {
			header = append(header, "Accept-Encoding", "gzip")
		}
		answer := uma.asked("/help", header...)
		defer answer.Body.Close()
		if packed := answer.Header.Get("Content-Encoding") == "gzip"; packed != test.packed {
			t.Errorf("%s: compressed %v", test.name, packed)
		}
		for _, on := range []string{"Accept-Encoding", "Sec-Fetch-Site", "Cookie"} {
			if !strings.Contains(answer.Header.Get("Vary"), on) {
				t.Errorf("%s: it does not vary on %s", test.name, on)
			}
		}
		var body io.Reader = answer.Body
		if test.packed {
			var err error
			body, err = gzip.NewReader(body)
			w.must(err)
		}
		text, err := io.ReadAll(body)
		w.must(err)
		if !strings.Contains(string(text), "</html>") {
			t.Errorf("%s: the page is not whole: %d bytes", test.name, len(text))
		}
	}
}

func TestTheTokenOfFormsIsAnotherOnEachPageAndGoodFromAll(t *testing.T) {
	w := newWorld(t)
	karin := w.as("karin")
	first := karin.get("/settings").token()
	second := karin.get("/settings").token()
	if first == second || first == "" {
		t.Errorf("two pages have the tokens %q and %q", first, second)
	}
	karin.last.body = strings.ReplaceAll(karin.last.body, second, first)
	if page := karin.send("/settings/policy", "activation", "ask"); page.status != http.StatusOK {
		t.Errorf("the token of an earlier page is answered %d", page.status)
	}
	bo := w.as("bo")
	stolen := bo.get("/me").token()
	page := karin.get("/settings")
	karin.last.body = strings.ReplaceAll(page.body, page.token(), stolen)
	if page := karin.send("/settings/policy", "activation", "automatic"); page.status != http.StatusForbidden {
		t.Errorf("somebody else's token is answered %d", page.status)
	}
}

func TestANewsStreamDoesNotKeepASessionAlive(t *testing.T) {
	w := newWorld(t)
	uma := w.as("uma")
	step := installation.SessionIdle / 4
	for range 3 { // a browser that is left alone asks again and again
		w.Set(w.Clock().Add(step))
		answer := uma.asked("/status/live.json?after=0")
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK || len(answer.Cookies()) != 0 {
			t.Fatalf("asking for news: %d, %v", answer.StatusCode, answer.Cookies())
		}
	}
	w.Set(w.Clock().Add(step))
	answer := uma.asked("/status/live.json?after=0", "Accept", "application/json")
	answer.Body.Close()
	if answer.StatusCode == http.StatusOK {
		t.Error("a session nobody has used for two hours still gets news")
	}
	uma = w.as("uma")
	for range 6 { // somebody who reads pages
		w.Set(w.Clock().Add(step))
		if page := uma.get("/users"); page.path != "/users" {
			t.Fatalf("reading pages leads to %s", page.path)
		}
	}
}
