package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/pott-dev/pott/api"
)

// heartbeat is how often a silent change stream says that it is alive, so that
// neither a proxy nor the other end takes it for dead.
const heartbeat = 20 * time.Second

// feedRoutes are what the SDK lives on.
func feedRoutes() []operation {
	return []operation{
		text("/v1/holdings", "getHoldings", api.ScopeCheck, "Who holds what, signed with the installation's key",
			"text/plain", serveHoldings).may("installation.no-key"),
		text("/v1/changes", "getChanges", api.ScopeCheck,
			"A stream of server-sent events: hello, then one change per commit, or reset when since is too long ago. Who sends the head that was seen last in the header Pott-Head is a witness: administrators are told when the record does not go on from it",
			"text/event-stream", serveChanges).with(
			parameter{name: "since", kind: "integer", doc: "The last seq already known; from now on when left out. Last-Event-ID does the same."}),
	}
}

func serveHoldings(w http.ResponseWriter, c *call) error {
	text, err := c.in.Holdings(c.r.Context(), c.act)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", textPlain)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, err = w.Write(text)
	return err
}

// serveChanges streams until the other end goes away, the token stops being
// good, or the server does.
func serveChanges(w http.ResponseWriter, c *call) error {
	since, err := sinceOf(c)
	if err != nil {
		return err
	}
	if c.r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/event-stream")
		return nil
	}
	if head := c.r.Header.Get(api.HeadHeader); head != "" {
		c.in.SawHead(c.r.Context(), c.act, head)
	}
	feed := c.in.Follow(since)
	defer feed.Close()
	s := stream{w: w, rc: http.NewResponseController(w)}
	// The server's limits are for requests that end; without this the stream
	// would be taken for a slow one.
	_ = s.rc.SetReadDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	opening := api.EventHello
	if feed.Reset {
		opening = api.EventReset
	}
	s.send(opening, feed.Hello.Seq, feed.Hello)
	alive := time.NewTicker(heartbeat)
	defer alive.Stop()
	for s.err == nil {
		select {
		case <-c.r.Context().Done():
			return nil
		case <-alive.C:
			if !c.good() {
				return nil
			}
			s.comment()
		case change, ok := <-feed.Changes:
			if !ok {
				return nil // it fell too far behind: the other end connects again
			}
			s.send(api.EventChange, change.Seq, change)
		}
	}
	return nil
}

// sinceOf returns the last state the caller knows, or -1 for the present one.
func sinceOf(c *call) (int64, error) {
	if c.query.Has("since") {
		return c.number("since"), nil
	}
	header := c.r.Header.Get("Last-Event-ID")
	if header == "" {
		return -1, nil
	}
	var since int64
	if _, err := fmt.Sscanf(header, "%d", &since); err != nil || since < 0 {
		return 0, &ParameterError{Parameter: "Last-Event-ID", Why: "it is not a whole number of 0 or more"}
	}
	return since, nil
}

type stream struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	err error
}

func (s *stream) send(event string, id int64, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		s.err = err
		return
	}
	s.wait()
	_, s.err = fmt.Fprintf(s.w, "id: %d\nevent: %s\ndata: %s\n\n", id, event, b)
	s.flush()
}

func (s *stream) comment() {
	s.wait()
	_, s.err = fmt.Fprint(s.w, ":\n\n")
	s.flush()
}

// wait gives the other end time to read what comes next.
func (s *stream) wait() { _ = s.rc.SetWriteDeadline(time.Now().Add(heartbeat)) }

func (s *stream) flush() {
	if s.err == nil {
		s.err = s.rc.Flush()
	}
}
