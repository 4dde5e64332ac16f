// Package web is the installation's door for people: pages in six languages. It
// reads what was sent, calls one use-case of package installation and shows what
// came of it. No rule lives here, and every page works without JavaScript.
package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

// Options are what the door must be told.
type Options struct {
	Version string // of the program, shown at the foot of pages
	// Pseudo lets readers choose the language "qps", which shows what was never
	// translated and what has no room to grow.
	Pseudo bool
	// Proxies are the networks of proxies that are believed when they say where a
	// reader comes from, besides those on this machine.
	Proxies []netip.Prefix
	Log     *slog.Logger // nil: slog.Default()
}

// A Door shows the pages of all installations of a house.
//
// The installation of a request is named by the first segment of its path, as
// in /nordlys/users, else by the first label of its host, else it is the only
// one there is.
type Door struct {
	house     *installation.House
	options   Options
	log       *slog.Logger
	mux       *http.ServeMux
	foreign   *http.CrossOriginProtection
	boot      string // tells the request ids of two runs apart
	requests  atomic.Uint64
	byPattern map[string]route // by what the mux calls it
	doorkeeper
}

// New returns the door of a house.
func New(house *installation.House, o Options) *Door {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	b := make([]byte, 6)
	rand.Read(b)
	d := &Door{house: house, options: o, log: o.Log, mux: http.NewServeMux(), foreign: http.NewCrossOriginProtection(), boot: hex.EncodeToString(b)}
	d.byPattern = map[string]route{}
	for _, rt := range routes() {
		d.mux.Handle(rt.method+" "+rt.pattern(), d.serve(rt))
		d.byPattern[rt.method+" "+rt.pattern()] = rt
	}
	d.mux.Handle("/", d.serve(route{scope: anybody, serve: showNothing}))
	return d
}

// policy allows nothing that does not come from the installation itself.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

type arrival struct {
	name string // of the installation, "" when the request names none
	base string // what the path began with
	id   string // of the request
	came provenance
}

type arrivalKey struct{}

// ServeHTTP shows one page.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := arrival{id: d.boot + "-" + strconv.FormatUint(d.requests.Add(1), 10), came: d.provenanceOf(r)}
	h := w.Header()
	h.Set("X-Request-Id", a.id)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if strings.HasPrefix(r.URL.Path, page.StaticPrefix) {
		page.Static(w, r)
		return
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", varies)
	a.name, a.base, r = d.installationOf(r)
	// The mux would lead an unclean path to one that has lost its installation.
	if p := r.URL.EscapedPath(); path.Clean(p) != p {
		r = at(r, "/404")
	}
	d.mux.ServeHTTP(w, r.WithContext(audit.Through(context.WithValue(r.Context(), arrivalKey{}, a), audit.Origin{Door: audit.ByPage, Request: a.id})))
}

// installationOf returns the name of the installation a request is for, what its
// path begins with there, and the request with that cut off.
func (d *Door) installationOf(r *http.Request) (name, base string, cut *http.Request) {
	first, rest, slash := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if first != "" && d.house.Installation(first) != nil {
		if !slash || rest == "" {
			return first, "/" + first, at(r, "/")
		}
		cut = at(r, "/"+rest)
		if r.URL.RawPath != "" { // it says which slashes stand in a name
			_, raw, _ := strings.Cut(strings.TrimPrefix(r.URL.RawPath, "/"), "/")
			cut.URL.RawPath = "/" + raw
		}
		return first, "/" + first, cut
	}
	return d.house.NameForHost(r.Host), "", r
}

// at returns a request for another path.
func at(r *http.Request, path string) *http.Request {
	moved := *r
	url := *r.URL
	url.Path, url.RawPath = path, ""
	moved.URL = &url
	return &moved
}
