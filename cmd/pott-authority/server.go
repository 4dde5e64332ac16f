package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/authority/httpapi"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/license"
)

type serverCmd struct {
	Serve serverServe `cmd:"" help:"Answer installations and programs until stopped. Nothing can be issued through it."`
}

type serverServe struct {
	Listen    string `default:"127.0.0.1:7071" placeholder:"ADDRESS" help:"Address to listen on."`
	TokenFile string `required:"" placeholder:"FILE" help:"File whose first line is the token that programs must carry; installations sign what they ask."`
	// Installations are answered when there is a key to answer with.
	ReceiptKey []string `placeholder:"ISSUER=KEY" help:"Key to answer the installations of an issuer with: its name here, or signer:SOCKET#NAME. Else each issuer's receipt key here that is certified."`
	passphrase
}

// stopTime is how long requests under way may take once the server is stopped.
const stopTime = 10 * time.Second

func (c *serverServe) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	text, err := s.read(c.TokenFile)
	if err != nil {
		return err
	}
	token, _, _ := strings.Cut(string(text), "\n")
	if token = strings.TrimSpace(token); token == "" {
		return &FileError{c.TokenFile, "it holds no token"}
	}
	log := slog.New(slog.NewTextHandler(s.p.stderr, nil))
	receipts, err := c.receipts(s, a)
	if err != nil {
		return err
	}
	if len(receipts) == 0 {
		s.note("installations are not answered: there is no receipt key (pott-authority key generate NAME --use receipt)")
	}
	handler, err := httpapi.New(a, token, httpapi.LicenseServer{Receipts: receipts, Now: s.p.now}, log)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return &ListenError{c.Listen, err.Error()}
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute}
	fmt.Fprintf(s.p.stdout, "listening on http://%s\n", l.Addr())
	stopped := make(chan error, 1)
	go func() {
		<-s.ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), stopTime)
		defer cancel()
		stopped <- server.Shutdown(ctx)
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// receipts opens the keys that installations are answered with, and checks that
// each may.
func (c *serverServe) receipts(s *session, a *authority.Authority) (authority.Receipts, error) {
	names, err := c.receiptKeys(s, a)
	if err != nil {
		return nil, err
	}
	receipts := authority.Receipts{}
	for issuer, name := range names {
		signer, err := s.signer(name, keyfile.Receipt, c.source())
		if err != nil {
			return nil, err
		}
		if err := a.MayReceipt(s.ctx, issuer, signer.Public(), s.p.now()); err != nil {
			return nil, err
		}
		receipts[issuer] = signer
	}
	return receipts, nil
}

// receiptKeys returns which key answers for each issuer.
func (c *serverServe) receiptKeys(s *session, a *authority.Authority) (map[license.Issuer]string, error) {
	names := map[license.Issuer]string{}
	for _, word := range c.ReceiptKey {
		text, name, ok := strings.Cut(word, "=")
		issuer, err := license.ParseIssuer(strings.ToUpper(text))
		if !ok || err != nil {
			return nil, &UsageError{fmt.Sprintf("%q names no key: write ISSUER=KEY", word), "pott-authority server serve --help"}
		}
		names[issuer] = name
	}
	if len(names) > 0 {
		return names, nil
	}
	here, err := keyfile.List(s.keys())
	if err != nil {
		return nil, err
	}
	catalogues, err := a.Catalogues(s.ctx)
	if err != nil {
		return nil, err
	}
	for _, cat := range catalogues {
		for _, k := range here {
			if k.Use == keyfile.Receipt && a.MayReceipt(s.ctx, cat.Issuer.Code, k.Key, s.p.now()) == nil {
				names[cat.Issuer.Code] = k.Name
			}
		}
	}
	return names, nil
}

// A ListenError says that an address cannot be listened on.
type ListenError struct{ Address, Why string }

func (e *ListenError) Error() string { return fmt.Sprintf("listening on %s: %s", e.Address, e.Why) }

// Code returns the stable code of the error.
func (e *ListenError) Code() string { return "authority.listen" }
