package verifyjs

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestTheSecondImplementationPassesItsTests(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("POTT_TEST_NODE_REQUIRED") == "1" {
			t.Fatal("POTT_TEST_NODE_REQUIRED is 1, and there is no node on the path")
		}
		t.Log("no node on the path: make check runs the tests of the second implementation")
		return
	}
	tests, err := filepath.Glob("test/*.test.mjs")
	if err != nil || len(tests) == 0 {
		t.Fatalf("tests of the second implementation: %v, %v", tests, err)
	}
	out, err := exec.CommandContext(t.Context(), node, append([]string{"--test", "--test-reporter=tap"}, tests...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("node --test: %v\n%s", err, failures(string(out)))
	}
	if count := regexp.MustCompile(`(?m)^# pass (\d+)$`).FindStringSubmatch(string(out)); count != nil {
		t.Logf("figure: %s tests of the second implementation pass", count[1])
	}
}

// failures returns what a report in TAP says about tests that failed, from each
// "not ok" to the end of its remarks.
func failures(report string) string {
	var said strings.Builder
	failed := false
	for line := range strings.Lines(report) {
		failed = failed || strings.HasPrefix(strings.TrimSpace(line), "not ok")
		if failed {
			said.WriteString(line)
		}
		failed = failed && strings.TrimSpace(line) != "..."
	}
	if said.Len() == 0 {
		return report
	}
	return said.String()
}

func get(t *testing.T, method, target string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w.Result()
}

func TestEveryFileOfThePageIsServedUnderAPolicyThatLetsNothingOut(t *testing.T) {
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".mjs": "text/javascript; charset=utf-8"}
	for _, e := range entries {
		if e.Name() == "cli.mjs" {
			continue
		}
		res := get(t, http.MethodGet, "/"+e.Name())
		body, _ := io.ReadAll(res.Body)
		want, _ := files.ReadFile(e.Name())
		if res.StatusCode != http.StatusOK || string(body) != string(want) {
			t.Errorf("%s: %s, %d bytes", e.Name(), res.Status, len(body))
		}
		if got := res.Header.Get("Content-Type"); got != types[filepath.Ext(e.Name())] {
			t.Errorf("%s: type %q", e.Name(), got)
		}
		if got := res.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || !strings.Contains(got, "connect-src 'none'") {
			t.Errorf("%s: policy %q", e.Name(), got)
		}
		for _, header := range []string{"X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy"} {
			if res.Header.Get(header) == "" {
				t.Errorf("%s: no %s", e.Name(), header)
			}
		}
	}
}

func TestOnlyThePageIsServed(t *testing.T) {
	for _, c := range []struct {
		method, target string
		want           int
	}{
		{http.MethodGet, "/", http.StatusOK},
		{http.MethodHead, "/page.css", http.StatusOK},
		{http.MethodPost, "/", http.StatusMethodNotAllowed},
		{http.MethodDelete, "/page.css", http.StatusMethodNotAllowed},
		{http.MethodGet, "/cli.mjs", http.StatusNotFound},
		{http.MethodGet, "/verifyjs.go", http.StatusNotFound},
		{http.MethodGet, "/../go.mod", http.StatusNotFound},
		{http.MethodGet, "/test/", http.StatusNotFound},
		{http.MethodGet, "/.", http.StatusNotFound},
	} {
		if got := get(t, c.method, c.target).StatusCode; got != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.target, got, c.want)
		}
	}
}

func TestThePageIsServedUntilItIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	url := make(chan string, 1)
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, "127.0.0.1:0", func(u string) { url <- u }) }()
	select {
	case u := <-url:
		res, err := http.Get(u)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", u, res.Status)
		}
	case err := <-ended:
		t.Fatal(err)
	}
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("stopped with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("still serving ten seconds after it was told to stop")
	}
}

func TestThePageListensOnThisMachineOnly(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":7072", "192.0.2.1:80", "[::]:0", "example.com:80", "127.0.0.1", ""} {
		err := Serve(t.Context(), address, func(url string) { t.Errorf("%q is served at %s", address, url) })
		var refused *NotLoopbackError
		if !errors.As(err, &refused) || refused.Address != address {
			t.Errorf("%q: %v", address, err)
		}
	}
}
