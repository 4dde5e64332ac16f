// Command pott-signer holds the keys of a PKCS#11 token open for one user's
// pott-authority, and signs with them what they are for and nothing else.
//
// It is a program of its own because a token's driver is a C library in the same
// process, and because whoever issues licenses need not hold the PIN.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if err := undumpable(); err != nil {
		fmt.Fprintf(os.Stderr, "pott-signer: others could look into this process: %v\n", err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{args: os.Args[1:], stdout: os.Stdout, stderr: os.Stderr, now: time.Now}
	code := p.run(ctx)
	stop()
	os.Exit(code)
}
