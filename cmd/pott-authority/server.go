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

	"github.com/pott-dev/pott/internal/authority/httpapi"
)

type serverCmd struct {
	Serve serverServe `cmd:"" help:"Answer requests until stopped. Nothing can be issued through it."`
}

type serverServe struct {
	Listen    string `default:"127.0.0.1:7071" placeholder:"ADDRESS" help:"Address to listen on."`
	TokenFile string `required:"" placeholder:"FILE" help:"File whose first line is the token that requests must carry."`
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
	handler, err := httpapi.New(a, token, log)
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

// A ListenError says that an address cannot be listened on.
type ListenError struct{ Address, Why string }

func (e *ListenError) Error() string { return fmt.Sprintf("listening on %s: %s", e.Address, e.Why) }

// Code returns the stable code of the error.
func (e *ListenError) Code() string { return "authority.listen" }
