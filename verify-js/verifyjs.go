// Package verifyjs serves a page that checks license files in the browser and
// sends nothing anywhere. The page and the verifier behind it are written in
// JavaScript from the specification alone and share no code with package
// licensefile; their tests run with those of this package where Node is
// installed.
package verifyjs

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed index.html page.css *.mjs
var files embed.FS

// policy lets the page load its own modules and style and nothing else, and
// connect nowhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'none'; img-src data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler answers GET and HEAD with the files of the page. It keeps nothing of
// a request.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cache-Control", "no-cache")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "this page is only read", http.StatusMethodNotAllowed)
			return
		}
		serveFile(w, r)
	})
}

// serveFile answers with a file of the page; the command line is not one.
func serveFile(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		name = "index.html"
	}
	body, err := files.ReadFile(name)
	if err != nil || name == "cli.mjs" {
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", typeOf(name))
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // a reader that hung up is nobody's fault
	}
}

func typeOf(name string) string {
	if path.Ext(name) == ".mjs" {
		return "text/javascript; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// A NotLoopbackError says that a page for this machine was asked to listen
// where others can reach it.
type NotLoopbackError struct{ Address string }

func (e *NotLoopbackError) Error() string {
	return fmt.Sprintf("%s is not an address of this machine alone, such as 127.0.0.1:7072", e.Address)
}

// Serve serves the page on a loopback address until ctx is done, then finishes
// the requests it has and returns nil. It calls ready once with the address of
// the page as soon as it answers. Port 0 takes a free one.
func Serve(ctx context.Context, address string, ready func(url string)) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return &NotLoopbackError{address}
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return &NotLoopbackError{address}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", address, err)
	}
	server := &http.Server{
		Handler: Handler(), ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	ready("http://" + listener.Addr().String() + "/")
	select {
	case err := <-served:
		return fmt.Errorf("serving the page: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(end); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("closing the page: %w", err)
	}
	return server.Close()
}
