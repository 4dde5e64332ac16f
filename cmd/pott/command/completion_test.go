package command

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A stub answers requests in place of a server.
type stub func(*http.Request) (*http.Response, error)

func (s stub) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }

// silent says nothing, until whoever asked has gone away.
func silent(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func says(text string) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text))}
}

// completes runs the completion of user ids against a server on a clock of its own,
// and returns what was printed and how long it took.
func completes(t *testing.T, server stub, typed string) (out string, took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p, stdout, stderr := program(map[string]string{"POTT_TOKEN": "pott_a_b"}, "__complete", "--", "--server", "http://127.0.0.1:1", "user", "show", typed)
		p.HTTP = &http.Client{Transport: server}
		start := time.Now()
		code := p.Run(context.Background())
		if took = time.Since(start); code != 0 || stderr.Len() > 0 {
			t.Errorf("exit %d, %q", code, stderr)
		}
		out = stdout.String()
	})
	return out, took
}

func TestCompletionOfUserIDsTakesNoLongerThanItsTimeWhateverTheServerDoes(t *testing.T) {
	const first = `{"items":[{"user_id":"anna"},{"user_id":"annika"},{"user_id":"hannah"}],"next":"3"}`
	half := func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("after") != "" {
			return silent(r)
		}
		return says(first), nil
	}
	slow := func(after time.Duration) stub {
		return func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(after):
				return says(`{"items":[{"user_id":"anna"}]}`), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}
	}
	for name, row := range map[string]struct {
		server stub
		out    string
		took   time.Duration
	}{
		"a server that never answers":       {silent, "", 300 * time.Millisecond},
		"one that stops in between":         {half, "anna\nannika\n", 300 * time.Millisecond},
		"one that is just quick enough":     {slow(299 * time.Millisecond), "anna\n", 299 * time.Millisecond},
		"one that is a little too slow":     {slow(301 * time.Millisecond), "", 300 * time.Millisecond},
		"one that is there and answers now": {slow(0), "anna\n", 0},
	} {
		if out, took := completes(t, row.server, "ann"); out != row.out || took != row.took {
			t.Errorf("%s: %q after %s, want %q after %s", name, out, took, row.out, row.took)
		}
	}
}

func TestCompletionAsksForWhatWasTypedAndReadsOnUntilItHasAll(t *testing.T) {
	var asked []string
	out, _ := completes(t, func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.Query().Get("q")+" "+r.URL.Query().Get("after"))
		if r.URL.Query().Get("after") == "" {
			return says(`{"items":[{"user_id":"liz"}],"next":"7"}`), nil
		}
		return says(`{"items":[{"user_id":"zeb"}]}`), nil
	}, "z")
	if out != "zeb\n" || strings.Join(asked, ",") != "z ,z 7" {
		t.Errorf("%q, asked %q", out, asked)
	}
}
