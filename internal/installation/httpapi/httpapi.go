// Package httpapi is the installation's JSON door: it turns requests into
// use-cases and their answers into JSON, and lets nobody in without a token.
//
// No rule lives here. What an operation does is one call of package
// installation; what it may refuse is that package's errors, which travel as
// problem details with a stable code.
package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/seat"
)

// A Door answers HTTP requests for all installations of a house.
//
// The installation of a request is named by the first segment of its path, as
// in /nordlys/v1/status, else by the first label of its host, else it is the
// only one there is.
type Door struct {
	house    *installation.House
	log      *slog.Logger
	mux      *http.ServeMux
	document []byte
	boot     string // tells the request ids of two runs apart
	requests atomic.Uint64
}

// New returns the door of a house. Requests that fail for no fault of the
// caller's are logged with their reference number.
func New(house *installation.House, log *slog.Logger) *Door {
	d := &Door{house: house, log: log, mux: http.NewServeMux(), document: Document(), boot: bootID()}
	byPath := map[string][]operation{}
	for _, o := range operations() {
		byPath[o.path] = append(byPath[o.path], o)
	}
	for path, ops := range byPath {
		d.mux.Handle(path, d.methods(ops))
	}
	d.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, d.log, &NoSuchPathError{Path: r.URL.Path})
	})
	return d
}

// NewServer returns a server with the limits a public door needs. The change
// stream, which never ends, sets its own.
func NewServer(address string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr: address, Handler: handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      120 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
	}
}

func bootID() string {
	b := make([]byte, 6)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// ServeHTTP answers one request.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := d.nextID() // what the caller calls the request is nobody's number here
	w.Header()["X-Request-Id"] = []string{id}
	defer d.catch(w, r)
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, checkPath) {
		if name, ok := d.checkedAt(r); ok {
			d.check(w, r, name)
			return
		}
	}
	switch r.URL.Path {
	case "/healthz", "/readyz", "/openapi.json":
		d.open(w, r)
		return
	}
	name, r := d.installationOf(r)
	// The mux would answer an unclean path with one that has lost the name.
	if p := r.URL.EscapedPath(); path.Clean(p) != p {
		fail(w, r, d.log, &NoSuchPathError{Path: r.URL.Path})
		return
	}
	d.mux.ServeHTTP(w, r.WithContext(audit.Through(context.WithValue(r.Context(), installationName{}, name), audit.Origin{Door: doorOf(r), Request: id})))
}

// nextID returns a reference number that no other request has.
func (d *Door) nextID() string {
	var b [40]byte
	return string(strconv.AppendUint(append(append(b[:0], d.boot...), '-'), d.requests.Add(1), 10))
}

const checkPath = "/v1/check"

// checkedAt returns the installation that a check is for, like
// [Door.installationOf] for a path that ends with checkPath.
func (d *Door) checkedAt(r *http.Request) (name string, ok bool) {
	name = strings.TrimSuffix(r.URL.Path, checkPath)
	if name == "" {
		return d.house.NameForHost(r.Host), true
	}
	name = name[1:]
	return name, r.URL.Path[0] == '/' && name != "v1" && !strings.Contains(name, "/")
}

type installationName struct{}

// doorOf says who is at the door: the command pott says so of itself, once. Nobody
// can check that, and nothing but the record goes by it.
func doorOf(r *http.Request) audit.Door {
	if agent := r.Header["User-Agent"]; len(agent) == 1 && strings.HasPrefix(agent[0], api.CommandAgent) {
		return audit.ByCommand
	}
	return audit.ByAPI
}

// catch turns a panic into an answer with a reference number.
func (d *Door) catch(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	fail(w, r, d.log, &panicError{value: v})
}

// open answers what needs no token.
func (d *Door) open(w http.ResponseWriter, r *http.Request) {
	if !allowed(w, r, d.log, http.MethodGet, http.MethodHead) {
		return
	}
	switch r.URL.Path {
	case "/healthz":
		writeJSON(w, http.StatusOK, api.Health{Status: "ok"})
	case "/readyz":
		if d.house.Ready() {
			writeJSON(w, http.StatusOK, api.Health{Status: "ok"})
		} else {
			writeJSON(w, http.StatusServiceUnavailable, api.Health{Status: "not-ready"})
		}
	default:
		w.Header().Set("Content-Type", "application/json")
		w.Write(d.document)
	}
}

// installationOf returns the name of the installation a request is for, and the
// request with that name cut from its path.
func (d *Door) installationOf(r *http.Request) (string, *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/v1/") {
		return d.house.NameForHost(r.Host), r
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if !strings.HasPrefix(rest, "v1/") {
		return "", r
	}
	cut := *r
	url := *r.URL
	cut.URL = &url
	url.Path = "/" + rest
	if url.RawPath != "" {
		_, raw, _ := strings.Cut(strings.TrimPrefix(url.RawPath, "/"), "/")
		url.RawPath = "/" + raw
	}
	return first, &cut
}

// methods answers the operations of one path.
func (d *Door) methods(ops []operation) http.Handler {
	byMethod := map[string]operation{}
	var names []string
	for _, o := range ops {
		byMethod[o.method] = o
		names = append(names, o.method)
		if o.method == http.MethodGet {
			byMethod[http.MethodHead] = o
			names = append(names, http.MethodHead)
		}
	}
	slices.Sort(names)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed(w, r, d.log, names...) {
			return
		}
		if err := d.perform(w, r, byMethod[r.Method]); err != nil {
			fail(w, r, d.log, err)
		}
	})
}

// allowed answers OPTIONS and methods a path does not have.
func allowed(w http.ResponseWriter, r *http.Request, log *slog.Logger, methods ...string) bool {
	if slices.Contains(methods, r.Method) {
		return true
	}
	w.Header().Set("Allow", strings.Join(append(methods, http.MethodOptions), ", "))
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
	} else {
		fail(w, r, log, &MethodError{Method: r.Method, Allowed: methods})
	}
	return false
}

// perform lets the request in and runs the operation.
func (d *Door) perform(w http.ResponseWriter, r *http.Request, o operation) error {
	name, _ := r.Context().Value(installationName{}).(string)
	in, visitor, err := d.admit(r, name, o.scopes)
	if err != nil {
		return err
	}
	query, err := readQuery(r, o.query)
	if err != nil {
		return err
	}
	err = o.serve(w, &call{
		r: r, in: in, query: query, admin: slices.Contains(visitor.Scopes, api.ScopeAdmin),
		good: func() bool { _, _, err := d.admit(r, name, o.scopes); return err == nil },
		act:  installation.Act{By: visitor.Actor(), DryRun: query.Get(api.DryRun) == "true", WithDependants: query.Get(withDependants.name) == "true", Language: language(r), Lacks: seat.Lacking(visitor.Scopes)},
	})
	if err != nil {
		return &toldError{err, in}
	}
	return nil
}
