// Command pott-authority is the vendor's program, and the only one that can
// issue: keys, catalogues, and license sets from an order to a signed file.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{
		args: os.Args[1:], env: os.LookupEnv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		terminal: term.IsTerminal(int(os.Stdout.Fd())), now: time.Now,
	}
	code := p.run(ctx)
	stop()
	os.Exit(code)
}
