// Command pott-verify tells whether a license file, a proof of a license or a
// proof of an audit trail is genuine, on any machine, without a server, a network
// or a secret.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	_ "time/tzdata" // sets are read in their own time zone, also where the machine has no list of zones

	"github.com/alecthomas/kong"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// commands is the command line.
type commands struct {
	JSON bool `name:"json" help:"Answer in JSON, for programs."`

	Inspect inspectCommand `cmd:"" help:"Show what a license file says, without asking who signed it."`
	Verify  verifyCommand  `cmd:"" help:"Check a license file or a proof from the root keys down."`
	Keys    keysCommand    `cmd:"" help:"Show the keys in a license file or a root file, with their fingerprints."`
	Proof   proofCommands  `cmd:"" help:"Make and check proofs of one license."`
	Audit   auditCommand   `cmd:"" help:"Check a proof of an installation's audit trail."`
	Serve   serveCommand   `cmd:"" help:"Serve a page on this machine that checks license files in the browser."`
	Version versionCommand `cmd:"" help:"Show the version."`

	Completion completionCommand `cmd:"" help:"Print the script that completes this program in a shell."`
	Complete   completeCommand   `cmd:"" name:"__complete" hidden:""`
}

const description = `Check Pott license files and audit trails. Needs no server and holds no secret.

Examples:
  pott-verify inspect nordlys-1.pott
  pott-verify verify nordlys-1.pott --root acme.root
  pott-verify verify nordlys-1.pott --root acme.root --at 2026-06-10 --json
  pott-verify keys acme.root
  pott-verify proof make nordlys-1.pott web
  pott-verify proof check web.proof --root acme.root
  pott-verify audit nordlys.proof --head heads.txt
  pott-verify completion bash

Exit codes: 0 genuine, 2 wrong usage, 3 no such file, 8 not genuine, 9 genuine but ended, 12 cannot be checked.`

// A session is one run of the program.
type session struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	json           bool
}

// exited ends a parse that has printed help instead of an answer.
type exited struct{ code int }

// run does what the arguments say and returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	s := &session{stdin, stdout, stderr, asksForJSON(args)}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exited)
			if !ok {
				panic(r)
			}
			code = e.code
		}
	}()
	var c commands
	parser, err := kong.New(&c, kong.Name("pott-verify"), kong.Description(description), kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exited{code}) }), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}))
	if err != nil {
		return s.fail(err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return s.fail(wrongUsage(err.Error()))
	}
	return s.fail(parsed.Run(s, time.Now(), parser))
}

// asksForJSON looks for --json before anything is parsed, so that wrong usage is
// answered in the form the caller can read too.
func asksForJSON(args []string) bool {
	for _, a := range args {
		switch a {
		case "--":
			return false
		case "--json", "--json=true":
			return true
		}
	}
	return false
}

// read returns the bytes of a file, or of standard input for "-".
func (s *session) read(name string) ([]byte, error) {
	var text []byte
	var err error
	if name == "-" {
		text, err = io.ReadAll(s.stdin)
	} else {
		text, err = os.ReadFile(name)
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, noFile(name)
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", name, err)
	case len(text) == 0:
		return nil, nothingIn(name)
	}
	return text, nil
}

// remark says something beside the answer.
func (s *session) remark(format string, args ...any) {
	if !s.json {
		fmt.Fprintf(s.stderr, "pott-verify: note: "+format+"\n", args...)
	}
}

// isA reports whether a text begins with a format line of a kind.
func isA(text []byte, kind string) bool { return strings.HasPrefix(string(text), kind+"/v") }
