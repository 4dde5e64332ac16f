// Command pott-demo starts both houses on this machine with temporary keys,
// issues the example license sets of both vendors, seeds their customers'
// people, and says what to try. It needs no service, no settings and no network.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/pott-dev/pott/cmd/pott-demo/demo"
	"github.com/pott-dev/pott/cmd/pott/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	once := flag.Bool("once", false, "start, check every number, run the commands to try, and end")
	keep := flag.Bool("keep", false, "keep the folder with everything in it")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), "Usage: go run ./cmd/pott-demo [--once] [--keep]\n\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := run(ctx, os.Stdout, *once, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "pott-demo: error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, once, keep bool) (err error) {
	start := time.Now()
	dir, err := os.MkdirTemp("", "pott-demo-")
	if err != nil {
		return err
	}
	if !keep {
		defer os.RemoveAll(dir)
	}
	d, err := demo.Start(ctx, dir, time.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	differences, err := d.Verify(ctx)
	if err != nil {
		return err
	}
	for _, x := range differences {
		return fmt.Errorf("the example does not add up: %v", x)
	}
	tell(out, d, time.Since(start))
	if once {
		fmt.Fprintln(out, "This is what they answer:")
		return tryAll(ctx, out, d)
	}
	fmt.Fprintf(out, "Ctrl-C stops it")
	if !keep {
		fmt.Fprintf(out, " and removes %s", dir)
	}
	fmt.Fprintln(out, ".")
	<-ctx.Done()
	return nil
}

func tell(out io.Writer, d *demo.Demo, took time.Duration) {
	fmt.Fprintf(out, `Pott is running, with temporary keys. It took %.1f s to
  issue     the license sets of two vendors, SuperOffice and AM System,
  activate  them at two customers, Designteamet and Nordlys Drift,
  give      %d people their plans and profiles, and compare every number in use with
            what the examples expect: no difference.

Pages, in six languages. Sign in with
%s
installations  %s
authority      %s (token: %s)
everything     %s

In another terminal:

  export POTT_CONTEXTS=%s

`, took.Seconds(), d.People, doors(d), d.Server, d.Authority, d.AuthorityToken, d.Dir, d.Contexts)
	for _, t := range d.Tries() {
		fmt.Fprintf(out, "  # %s\n  go run ./cmd/pott %s\n\n", t.Says, t.Args)
	}
}

// doors lists where administrators sign in.
func doors(d *demo.Demo) string {
	var b strings.Builder
	for _, door := range d.Doors {
		fmt.Fprintf(&b, "  %-42s %-14s %s\n", door.URL, door.User, door.Password)
	}
	return b.String()
}

// tryAll runs the commands as somebody would, and checks how each ends.
func tryAll(ctx context.Context, out io.Writer, d *demo.Demo) error {
	for _, t := range d.Tries() {
		fmt.Fprintf(out, "\n$ pott %s\n", t.Args)
		p := command.FromOS()
		p.Args, p.Stdin, p.Stdout, p.Stderr = t.Words(), strings.NewReader(""), out, out
		p.Terminal, p.Asked, p.Width = true, false, 110
		p.Env = func(name string) (string, bool) {
			if name == "POTT_CONTEXTS" {
				return d.Contexts, true
			}
			return "", false
		}
		if code := p.Run(ctx); code != t.Exit {
			return fmt.Errorf("pott %s ended with exit code %d, not %d", t.Args, code, t.Exit)
		}
	}
	return nil
}
