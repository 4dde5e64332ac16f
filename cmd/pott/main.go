// Command pott is the customer's program: the installation's server and the
// commands that talk to it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/pott-dev/pott/cmd/pott/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command.FromOS().Run(ctx)
	stop()
	os.Exit(code)
}
