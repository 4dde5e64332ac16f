package entitle_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/entitletest"
)

// A script is a server whose change stream says what a test wants it to say:
// one text per connection, after which the stream stays open.
type script struct {
	inst     *entitletest.Installation
	way      http.RoundTripper
	streams  []string
	opened   int
	holdings int                      // how often they were read
	instead  func(path string) []byte // of an answer; nil result: the real one
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/v1/holdings" {
		s.holdings++
	}
	if s.instead != nil {
		if b := s.instead(r.URL.Path); b != nil {
			return s.answer(r, io.NopCloser(strings.NewReader(string(b)))), nil
		}
	}
	if r.URL.Path != "/v1/changes" || s.opened >= len(s.streams) {
		return s.way.RoundTrip(r)
	}
	body, w := io.Pipe()
	text := s.streams[s.opened]
	s.opened++
	go func() {
		io.WriteString(w, text)
		<-r.Context().Done()
		w.CloseWithError(r.Context().Err())
	}()
	return s.answer(r, body), nil
}

func (s *script) answer(r *http.Request, body io.ReadCloser) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Header: http.Header{}, Body: body, Request: r}
}

func say(event string, data any) string {
	b, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("event: %s\ndata: %s\n\n", event, b)
}

func TestWhatTheStreamSays(t *testing.T) {
	const id = "entitletest"
	bo := []api.PersonHolding{entitle.ToWire(&entitle.Holder{Person: "bo", Number: 2, Kind: 1, Login: true})}
	hello := func(installation, epoch string, seq int64) string {
		return say(api.EventHello, api.Hello{Installation: installation, Epoch: epoch, Seq: seq})
	}
	change := func(epoch string, seq int64) string {
		return say(api.EventChange, api.Change{Epoch: epoch, Seq: seq, People: bo, Removed: []string{"anna"}})
	}
	const now = 3 // the state the holdings were read at: one set, one person
	for _, row := range []struct {
		sentence string
		stream   string
		holdings int    // how often they are read in the end
		anna     string // may she use the module?
		err      string
	}{
		{"the present state and nothing new", hello(id, "epoch-1", now), 1, "allow (included)", ""},
		{"a change", hello(id, "epoch-1", now) + change("epoch-1", now+1), 1, "deny (person-unknown)", ""},
		{"a change that was in the holdings", hello(id, "epoch-1", now) + change("epoch-1", now), 1, "allow (included)", ""},
		{"a change of another epoch", hello(id, "epoch-1", now) + change("epoch-2", now+1), 2, "allow (included)", ""},
		{"another epoch", hello(id, "epoch-2", now+5), 2, "allow (included)", ""},
		{"an earlier state", hello(id, "epoch-1", now-1), 2, "allow (included)", ""},
		{"a reset", say(api.EventReset, api.Hello{Installation: id, Epoch: "epoch-1", Seq: now}), 2, "allow (included)", ""},
		{"another installation", hello("somebody else", "epoch-1", now) + change("epoch-1", now+1), 1, "allow (included)", "are those of installation somebody else"},
		{"a hello that is none", "event: hello\ndata: hi\n\n", 1, "allow (included)", "is not usable"},
		{"a change that is none", hello(id, "epoch-1", now) + "event: change\ndata: [\n\n", 1, "allow (included)", "is not usable"},
		{"a kind of event that is not known", hello(id, "epoch-1", now) + "event: news\ndata: {}\n\n" + change("epoch-1", now+1), 1, "deny (person-unknown)", ""},
		{"keep-alives, ids, and ends of lines of another kind", ":\n\n: hi\n\n" + strings.ReplaceAll("id: 3\nretry: 5\n"+hello(id, "epoch-1", now)+change("epoch-1", now+1), "\n", "\r\n"), 1, "deny (person-unknown)", ""},
		{"data in two lines", strings.Replace(hello(id, "epoch-1", now), `,"seq"`, ",\ndata:\"seq\"", 1) + change("epoch-1", now+1), 1, "deny (person-unknown)", ""},
		{"a set that cannot be had", hello(id, "epoch-1", now) + say(api.EventChange, api.Change{Epoch: "epoch-1", Seq: now + 1, Sets: []string{strings.Repeat("00", 32)}, People: bo, Removed: []string{"anna"}}), 2, "allow (included)", ""},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				inst := entitletest.New(t).Set(acme()).Person("anna", "sales")
				o := inst.Options()
				s := &script{inst: inst, way: o.HTTP.Transport, streams: []string{row.stream}}
				o.HTTP = &http.Client{Transport: s}
				o.After = time.After
				c, err := entitle.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				synctest.Wait()
				if s.holdings != row.holdings {
					t.Errorf("the holdings were read %d times, want %d", s.holdings, row.holdings)
				}
				want(t, "anna", c.Check("anna", saleCal), row.anna)
				if status := c.Status(); row.err == "" && status.Err != nil || row.err != "" && (status.Err == nil || !strings.Contains(status.Err.Error(), row.err)) {
					t.Errorf("the status says %v, want … %s …", status.Err, row.err)
				}
			})
		})
	}
}

// TestAnswersOfSomethingElse puts something else in the place of what the server
// has.
func TestAnswersOfSomethingElse(t *testing.T) {
	inst := entitletest.New(t).Set(acme()).Person("anna", "sales")
	other := entitletest.New(t).Set(entitletest.NewSet("ACME").On("everything"))
	o := inst.Options()
	s := &script{inst: inst, way: o.HTTP.Transport}
	o.HTTP = &http.Client{Transport: s}
	o.Roots.Roots = nil // the server's word is taken for sets

	s.instead = func(path string) []byte {
		if strings.HasPrefix(path, "/v1/sets/") {
			return other.Files().Licenses[0]
		}
		return nil
	}
	_, err := entitle.Open(t.Context(), o)
	wantError(t, err, "entitle.bad-answer", "it is another set")

	// What was cached for one installation is not continued with another's, also
	// when both are signed with one key.
	o.Cache = t.TempDir()
	s.instead = nil
	c, err := entitle.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	s.instead = func(path string) []byte {
		h := inst.Holdings()
		h.Installation = "another"
		text, err := entitle.MarshalHoldings(h, inst.Key())
		if err != nil {
			t.Error(err)
		}
		return text
	}
	c, err = entitle.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var mixedUp *entitle.OtherInstallationError
	if got := c.Status(); got.Installation != "entitletest" || !errors.As(got.Err, &mixedUp) {
		t.Errorf("going on from the cache, the status says %+v", got)
	}
	c.Close()
}

// TestTheFirstKeySeenIsKeptAcrossStarts starts twice with one cache and no key,
// at two servers.
func TestTheFirstKeySeenIsKeptAcrossStarts(t *testing.T) {
	ours := entitletest.New(t).Set(acme()).Person("anna", "sales")
	theirs := entitletest.New(t).Set(acme()).Person("anna").Person("mallory", "sales")
	o := ours.Options()
	o.InstallationKey, o.Roots.Roots, o.Cache = nil, nil, t.TempDir()
	c, err := entitle.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	o.HTTP = theirs.Options().HTTP
	if c, err = entitle.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want(t, "from the cache", c.Check("anna", saleCal), "allow (included)")
	want(t, "not from the other server", c.Check("mallory", saleCal), "deny (person-unknown)")
	if s := c.Status(); s.Err == nil || s.Connected {
		t.Errorf("the status says %+v", s)
	}
}
