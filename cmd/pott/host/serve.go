package host

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/installation/httpapi"
)

// drain is how long requests that have begun may take when the server stops.
const drain = 10 * time.Second

// ListenAndServe answers requests until ctx ends, then answers those it has
// begun. ready is called with the address when requests are let in.
func (h *Host) ListenAndServe(ctx context.Context, ready func(address string)) error {
	listener, err := net.Listen("tcp", h.config.Listen)
	if err != nil {
		return &ListenError{Address: h.config.Listen, Why: reason(err)}
	}
	return h.Serve(ctx, listener, ready)
}

// Serve is like [Host.ListenAndServe], on a listener the caller has opened.
func (h *Host) Serve(ctx context.Context, listener net.Listener, ready func(address string)) error {
	ending, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	server := httpapi.NewServer("", untilEnding(ending, h.Door()))
	server.ErrorLog = slog.NewLogLogger(h.log.Handler(), slog.LevelDebug)
	scheme, serve := "http", func() error { return server.Serve(listener) }
	if h.config.TLSCert != "" {
		c, err := loadCertificate(h.config.TLSCert, h.config.TLSKey, h.log)
		if err != nil {
			listener.Close()
			return err
		}
		server.TLSConfig = &tls.Config{GetCertificate: c.current, MinVersion: tls.VersionTLS12}
		scheme, serve = "https", func() error { return server.ServeTLS(listener, "", "") }
	}
	served := make(chan error, 1)
	go func() { served <- serve() }()
	if ready != nil {
		ready(scheme + "://" + listener.Addr().String())
	}
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	end()
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := server.Shutdown(late); err != nil {
		server.Close() // what is still asked gets no answer, so nothing was promised
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// untilEnding ends change streams, which never end by themselves, when the server
// does. Everything else is answered first.
func untilEnding(ending context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/v1/changes") || strings.HasSuffix(r.URL.Path, "/status/live") {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(ending, cancel)()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

func reason(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return err.Error()
}
