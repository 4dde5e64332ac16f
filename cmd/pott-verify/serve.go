package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"syscall"
	"time"

	verifyjs "github.com/pott-dev/pott/verify-js"
)

type serveCommand struct {
	Listen string `default:"127.0.0.1:7072" placeholder:"ADDRESS" help:"Address of this machine to serve the page on."`
}

// Run serves the page until the program is told to stop.
func (c serveCommand) Run(s *session, _ time.Time) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var told error
	err := verifyjs.Serve(ctx, c.Listen, func(url string) {
		told = s.answer(map[string]any{"schema": 1, "url": url}, func(w io.Writer) {
			fmt.Fprintf(w, "the page is at %s; press Ctrl-C to stop\n", url)
		})
	})
	var elsewhere *verifyjs.NotLoopbackError
	switch {
	case errors.As(err, &elsewhere):
		return wrongUsage("--listen: " + err.Error())
	case err != nil:
		return &refusal{"verify.cannot-serve", exitFailed, err.Error(), "try another port, such as --listen 127.0.0.1:0", nil}
	}
	return told
}
