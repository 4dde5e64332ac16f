// Command orders is a small product that asks Pott before it lets people do
// things: the back office of a web shop, with a list of orders that some may
// edit, some may read, and some may not see.
//
// Started without a server it brings one of its own with three people, so that
// there is something to try:
//
//	go run ./examples/orders
//
// With a server it asks that one. The address and a file with a token of the
// scope "check" are all it needs:
//
//	go run ./examples/orders --server http://localhost:8080 --token-file token
//
// Everything it has to do with licenses is in gate.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pott-dev/pott/entitle"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "orders:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("orders", flag.ContinueOnError)
	listen := flags.String("listen", "localhost:8090", "address to serve the shop on")
	server := flags.String("server", "", "address of the Pott server; without one, a server with three people is brought along")
	token := flags.String("token-file", "", "file with a token of the scope check")
	cache := flags.String("cache", "", "folder to remember in, so that the shop also starts while the server is away")
	if err := flags.Parse(args); err != nil {
		return err
	}

	options := entitle.Options{Server: *server, TokenFile: *token, Cache: *cache}
	if *server == "" {
		var end func()
		options, end = sampleServer()
		defer end()
	}
	options.Log = slog.New(slog.NewTextHandler(out, nil))
	client, err := entitle.Open(ctx, options)
	if err != nil {
		return fmt.Errorf("asking who may do what: %w", err)
	}
	defer client.Close()

	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The shop is open at http://%s\n", l.Addr())
	return serve(ctx, l, newShop(client))
}

// serve serves until ctx ends.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return s.Shutdown(last)
	}
}
