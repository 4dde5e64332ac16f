package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	authorityapi "github.com/pott-dev/pott/internal/authority/httpapi"
)

// serveAuthority answers the installations as the license server of both vendors,
// and shows their record.
func (d *Demo) serveAuthority(ctx context.Context) error {
	token := "demo-" + rand.Text()
	d.AuthorityToken = filepath.Join(d.Dir, "authority.token")
	if err := os.WriteFile(d.AuthorityToken, []byte(token+"\n"), 0o600); err != nil {
		return err
	}
	handler, err := authorityapi.New(d.vendors.Authority, token, authorityapi.LicenseServer{Receipts: d.vendors.receipts}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	listener, err := listen("127.0.0.1:7071")
	if err != nil {
		return err
	}
	d.Authority = "http://" + listener.Addr().String()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	d.background(func() error {
		defer context.AfterFunc(ctx, func() { server.Close() })()
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return nil
}
