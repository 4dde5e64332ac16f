// Command pott is the customer's program: the installation's server and the
// commands that talk to it.
package main

import (
	"os"

	"github.com/pott-dev/pott/cmd/pott/command"
)

func main() { os.Exit(command.Main()) }
