package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
)

// A watch reads a change stream.
type watch struct {
	t     *testing.T
	lines *bufio.Scanner
	stop  context.CancelFunc
}

func (w *world) watch(t *testing.T, query string, header ...string) *watch {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(stop)
	r, err := http.NewRequestWithContext(ctx, "GET", w.server.URL+"/acme/v1/changes"+query, nil)
	w.must(err)
	r.Header.Set("Authorization", "Bearer "+w.tokens["check"])
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	resp, err := w.server.Client().Do(r)
	w.must(err)
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("the stream answers %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	return &watch{t: t, lines: bufio.NewScanner(resp.Body), stop: stop}
}

// next returns the next event, or "" at the end of the stream.
func (s *watch) next() (event, id, data string) {
	for s.lines.Scan() {
		field, value, _ := strings.Cut(s.lines.Text(), ": ")
		switch field {
		case "event":
			event = value
		case "id":
			id = value
		case "data":
			data = value
		case "":
			if event != "" {
				return event, id, data
			}
		}
	}
	return "", "", ""
}

func (s *watch) hello(want string) (h api.Hello) {
	s.t.Helper()
	event, id, data := s.next()
	if event != want || json.Unmarshal([]byte(data), &h) != nil || id != fmt.Sprint(h.Seq) || h.Epoch == "" || h.Installation == "" {
		s.t.Fatalf("the stream opens with %s %s %s", event, id, data)
	}
	return h
}

func (s *watch) change() (c api.Change) {
	s.t.Helper()
	event, id, data := s.next()
	if event != api.EventChange || json.Unmarshal([]byte(data), &c) != nil || id != fmt.Sprint(c.Seq) {
		s.t.Fatalf("instead of a change comes %q %s %s", event, id, data)
	}
	return c
}

func TestTheStreamTellsOfEveryCommit(t *testing.T) {
	w := newWorld(t)
	s := w.watch(t, "")
	hello := s.hello(api.EventHello)
	given := into[api.ChangedPerson](w, ask{method: "PUT", path: "/v1/people/cy/plan", body: `{"plan":"service"}`})
	c := s.change()
	if c.Seq != given.Seq || c.Seq != hello.Seq+1 || c.Epoch != hello.Epoch || len(c.People) != 1 || c.People[0].Person != "cy" || len(c.People[0].Holds) != 1 || c.Sets != nil {
		t.Errorf("giving a plan is told as %+v", c)
	}
	into[api.ChangedPerson](w, ask{method: "PATCH", path: "/v1/people/cy", body: `{"user_id":"cyan"}`})
	if c := s.change(); len(c.Removed) != 1 || c.Removed[0] != "cy" || c.People[0].Person != "cyan" {
		t.Errorf("another user id is told as %+v", c)
	}
	into[api.ChangedPerson](w, ask{method: "DELETE", path: "/v1/people/cyan"})
	if c := s.change(); len(c.Removed) != 1 || len(c.People) != 0 {
		t.Errorf("deleting is told as %+v", c)
	}
	into[api.MadeToken](w, ask{method: "POST", path: "/v1/tokens", body: `{"name":"x","scopes":["read"]}`})
	if c := s.change(); c.Seq != given.Seq+3 || len(c.People)+len(c.Removed) != 0 {
		t.Errorf("a token is told as %+v", c)
	}
	renewal := w.set
	renewal.Number, renewal.Previous = 2, into[api.Set](w, ask{method: "GET", path: "/v1/sets/superoffice-1"}).Checkpoint
	// It takes nothing from anybody, so it comes in force as it is received.
	into[api.LoadedSet](w, ask{method: "POST", path: "/v1/sets", body: string(w.Vendors.File(t, renewal))})
	if c := s.change(); len(c.Sets) != 1 || c.Sets[0] != into[api.Set](w, ask{method: "GET", path: "/v1/sets/superoffice-2"}).Checkpoint {
		t.Errorf("an activation is told as %+v", c)
	}
}

func TestWhoComesBackGetsWhatWasMissed(t *testing.T) {
	w := newWorld(t)
	since := into[api.Status](w, ask{method: "GET", path: "/v1/status"}).Seq
	for _, extra := range []string{"1", "2"} {
		into[api.ChangedPerson](w, ask{method: "PUT", path: "/v1/people/cy/extras/gadget", body: `{"quantity":` + extra + `}`})
	}
	for _, s := range []*watch{w.watch(t, fmt.Sprintf("?since=%d", since)), w.watch(t, "", "Last-Event-ID", fmt.Sprint(since))} {
		if h := s.hello(api.EventHello); h.Seq != since+2 {
			t.Errorf("the stream stands at %d, want %d", h.Seq, since+2)
		}
		if a, b := s.change(), s.change(); a.Seq != since+1 || b.Seq != since+2 {
			t.Errorf("missed are %d and %d", a.Seq, b.Seq)
		}
	}
	w.watch(t, "?since=0").hello(api.EventReset) // made before the server was started
	w.watch(t, "?since=999").hello(api.EventReset)
	w.refuses(t, refusal{ask: ask{method: "GET", path: "/v1/changes?since=x"}, code: "request.parameter"})
}

func TestTheStreamEndsWhenTheHouseCloses(t *testing.T) {
	w := newWorld(t)
	s := w.watch(t, "")
	s.hello(api.EventHello)
	w.must(w.House.Close())
	if event, _, _ := s.next(); event != "" {
		t.Errorf("after closing comes %s", event)
	}
}
