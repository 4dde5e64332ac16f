package entitletest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
)

// Token is the token that the installation accepts, and the only one.
const Token = "pott_test_secret"

// Offline makes the installation unreachable until [Installation.Online]. It
// returns when the clients it opened have noticed.
func (in *Installation) Offline() *Installation {
	in.mu.Lock()
	if in.away != nil {
		close(in.away)
		in.away = nil
	}
	clients := append([]*entitle.Client(nil), in.clients...)
	in.mu.Unlock()
	for _, c := range clients {
		for changed := c.Changed(); c.Status().Connected; changed = c.Changed() {
			<-changed
		}
	}
	return in
}

// Online makes the installation reachable again. It returns when the clients it
// opened know what changed in the meantime.
func (in *Installation) Online() *Installation {
	in.tb.Helper()
	in.mu.Lock()
	if in.away == nil {
		in.away = make(chan struct{})
		for _, end := range in.waits {
			end()
		}
		in.waits = nil
	}
	in.mu.Unlock()
	in.settle()
	return in
}

// Restore takes the installation back to an earlier state, as from a backup: a
// new epoch begins. seq is what it says it stands at; after a proper restore
// that is higher than ever before.
func (in *Installation) Restore(seq int64, people ...entitle.Holder) *Installation {
	in.tb.Helper()
	in.mu.Lock()
	in.epoch++
	in.seq, in.from, in.log = seq, seq, nil
	in.people = map[string]*entitle.Holder{}
	for _, h := range people {
		in.people[h.Person] = &h
	}
	if in.away != nil {
		close(in.away) // streams do not survive it
		in.away = make(chan struct{})
	}
	in.mu.Unlock()
	in.settle()
	return in
}

// Forget makes the installation keep no changes from before now, so that a
// client that was away must read everything again.
func (in *Installation) Forget() *Installation {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.log, in.from = nil, in.seq
	return in
}

// ServeHTTP answers what package entitle asks.
func (in *Installation) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in.mu.Lock()
	away := in.away
	in.mu.Unlock()
	switch path := r.URL.Path; {
	case away == nil:
		http.Error(w, "the server is away", http.StatusServiceUnavailable)
	case r.Header.Get("Authorization") != "Bearer "+Token:
		refuse(w, http.StatusUnauthorized, "auth.invalid", "the token is not known")
	case path == "/v1/holdings":
		in.serveHoldings(w)
	case path == "/v1/changes":
		in.serveChanges(w, r, away)
	case strings.HasPrefix(path, "/v1/sets/") && strings.HasSuffix(path, "/file"):
		in.serveSet(w, strings.TrimSuffix(strings.TrimPrefix(path, "/v1/sets/"), "/file"))
	default:
		refuse(w, http.StatusNotFound, "request.not-found", "there is nothing here")
	}
}

func refuse(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", api.ContentProblem)
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(api.Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail})
}

func (in *Installation) serveHoldings(w http.ResponseWriter) {
	in.mu.Lock()
	text, err := entitle.MarshalHoldings(in.holdings(), in.signer)
	in.mu.Unlock()
	if err != nil {
		refuse(w, http.StatusInternalServerError, "internal", err.Error())
		return
	}
	w.Write(text)
}

func (in *Installation) serveSet(w http.ResponseWriter, hash string) {
	in.mu.Lock()
	f := in.past[hash]
	in.mu.Unlock()
	if f == nil {
		refuse(w, http.StatusNotFound, "set.unknown", "there is no such set")
		return
	}
	w.Write(f.Bytes())
}

// keepAlive is how often a silent stream says that it is there.
const keepAlive = 20 * time.Second

// serveChanges streams changes until either end goes away.
func (in *Installation) serveChanges(w http.ResponseWriter, r *http.Request, away <-chan struct{}) {
	since, err := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64)
	if err != nil {
		refuse(w, http.StatusBadRequest, "request.parameter", "since is not a number")
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	flush := func() { http.NewResponseController(w).Flush() }
	opening := true
	for {
		in.mu.Lock()
		wake := in.wake
		hello := api.Hello{Installation: in.id, Epoch: in.epochName(), Seq: in.seq, Mark: in.now()}
		reset := since < in.from
		var news []api.Change
		for _, c := range in.log {
			if c.Seq > since {
				news = append(news, c)
			}
		}
		in.mu.Unlock()
		if reset {
			send(w, api.EventReset, hello.Seq, hello)
			flush()
			return
		}
		if opening {
			send(w, api.EventHello, hello.Seq, hello)
			opening = false
		}
		for _, c := range news {
			send(w, api.EventChange, c.Seq, c)
			since = c.Seq
		}
		flush()
		select {
		case <-wake:
		case <-time.After(keepAlive):
			fmt.Fprint(w, ":\n\n")
		case <-away:
			return
		case <-r.Context().Done():
			return
		}
	}
}

func send(w io.Writer, event string, id int64, data any) {
	b, _ := json.Marshal(data) // of types of ours, which always work
	fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", id, event, b)
}

// A wire carries requests to the installation without a network.
type wire struct{ in *Installation }

var errAway = errors.New("the installation is offline")

// RoundTrip answers a request from another goroutine, as a connection would.
func (t wire) RoundTrip(r *http.Request) (*http.Response, error) {
	t.in.mu.Lock()
	away := t.in.away == nil
	t.in.mu.Unlock()
	if away {
		return nil, errAway
	}
	body, w := io.Pipe()
	a := &answer{header: http.Header{}, w: w, ready: make(chan struct{})}
	go func() {
		t.in.ServeHTTP(a, r)
		a.WriteHeader(http.StatusOK)
		w.Close()
	}()
	select {
	case <-a.ready:
	case <-r.Context().Done():
		body.CloseWithError(r.Context().Err())
		return nil, r.Context().Err()
	}
	asker := r.Context()
	go func() {
		<-asker.Done()
		body.CloseWithError(asker.Err())
	}()
	return &http.Response{
		StatusCode: a.status, Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1,
		Header: a.header.Clone(), Body: body, Request: r,
	}, nil
}

// An answer is the server's end of a wire.
type answer struct {
	header http.Header
	w      *io.PipeWriter
	once   sync.Once
	status int
	ready  chan struct{}
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	a.once.Do(func() {
		a.status = status
		close(a.ready)
	})
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.w.Write(b)
}

// Flush makes what was written visible, which it always is.
func (a *answer) Flush() { a.WriteHeader(http.StatusOK) }
