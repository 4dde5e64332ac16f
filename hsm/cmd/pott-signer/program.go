package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/pott-dev/pott/hsm/token"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/problem"
)

// A program is one run with everything it may touch, so that a test can run
// many in one process.
type program struct {
	args   []string // without the program's name
	stdout io.Writer
	stderr io.Writer
	now    func() time.Time
}

// tree is every command.
type tree struct {
	JSON bool `name:"json" help:"Answer with one JSON document; errors are one JSON object on standard error."`

	Serve        serveCmd    `cmd:"" help:"Sign for this user's programs until stopped."`
	Generate     generateCmd `cmd:"" help:"Make a key on the token. It can never be taken out."`
	List         listCmd     `cmd:"" aliases:"ls" help:"List the Ed25519 keys on the token."`
	ExportPublic exportCmd   `cmd:"" help:"Print the public half of a key."`
	Version      versionCmd  `cmd:"" help:"Print the version."`
}

// shownExamples are shown in the help of each command; a test reads every one of them
// as the parser would.
var shownExamples = map[string][]string{
	"serve": {
		"pott-signer serve --module /usr/lib/softhsm/libsofthsm2.so --token pott --pin-file pin --socket /run/pott-signer/socket --log signatures.log --key root-1=pott-key-list/v1 --key acme-issuer-1=pott-issuer-certificate/v1 --key acme-signing-1=set",
	},
	"generate":      {"pott-signer generate root-1 --module /usr/lib/softhsm/libsofthsm2.so --token pott --pin-file pin"},
	"list":          {"pott-signer list --module /usr/lib/softhsm/libsofthsm2.so --token pott --pin-file pin"},
	"export-public": {"pott-signer export-public root-1 --module /usr/lib/softhsm/libsofthsm2.so --token pott --pin-file pin > root-1.pub"},
	"version":       {"pott-signer version"},
}

// A session is what a command has at hand.
type session struct {
	ctx  context.Context
	p    *program
	json bool
}

// helped ends a parse that has already printed what was asked for.
type helped struct{ code int }

// run does what the arguments say and returns the exit code.
func (p *program) run(ctx context.Context) (code int) {
	t := &tree{}
	s := &session{ctx: ctx, p: p}
	k, err := newParser(p, t)
	if err != nil {
		return s.fail(err)
	}
	defer func() {
		if r := recover(); r != nil {
			h, ok := r.(helped)
			if !ok {
				panic(r)
			}
			code = h.code
		}
	}()
	parsed, err := k.Parse(p.args)
	s.json = t.JSON
	if err != nil {
		return s.fail(&usageError{err.Error()})
	}
	return s.fail(parsed.Run(s))
}

func newParser(p *program, t *tree) (*kong.Kong, error) {
	k, err := kong.New(t,
		kong.Name("pott-signer"),
		kong.Description("Sign with keys that never leave a PKCS#11 token."),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { panic(helped{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		return nil, err
	}
	for _, leaf := range k.Model.Leaves(false) {
		leaf.Detail = "Examples:\n  " + strings.Join(shownExamples[leaf.Name], "\n  ")
	}
	return k, nil
}

// A usageError is returned for arguments that make no sense.
type usageError struct{ problem string }

func (e *usageError) Error() string { return e.problem }

func (e *usageError) Hint() string { return "pott-signer --help, and pott-signer COMMAND --help" }

// fail prints err, if there is one, and returns the exit code.
func (s *session) fail(err error) int {
	if err == nil {
		return problem.Done
	}
	exit, hint := explain(err)
	if s.json {
		e := json.NewEncoder(s.p.stderr)
		e.SetEscapeHTML(false)
		e.Encode(map[string]any{"error": map[string]any{"message": err.Error(), "hint": hint, "exit": exit}})
		return exit
	}
	fmt.Fprintf(s.p.stderr, "pott-signer: error: %s\n", err)
	if hint != "" {
		fmt.Fprintf(s.p.stderr, "pott-signer: hint: %s\n", hint)
	}
	return exit
}

// explain returns the exit code of an error and what to do about it.
func explain(err error) (exit int, hint string) {
	if p, known := problem.Of(err); known {
		text, _ := i18n.Sentence("en", p.Code, p.Cause)
		return p.Exit, strings.TrimSuffix(text.Hint, ".")
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		hint = hinted.Hint()
	}
	switch hinted.(type) {
	case *usageError, *token.NameError:
		return problem.Usage, hint
	case *token.NoKeyError, *token.NoTokenError:
		return problem.NotFound, hint
	case *token.PINError:
		return problem.NotPermitted, hint
	case *token.ExistsError:
		return problem.Conflict, hint
	}
	return problem.Failed, hint
}

// answer prints what a command found: doc, an object, for programs, or what
// human prints for people.
func (s *session) answer(doc any, human func(w io.Writer)) error {
	if !s.json {
		human(s.p.stdout)
		return nil
	}
	e := json.NewEncoder(s.p.stdout)
	e.SetEscapeHTML(false)
	return e.Encode(doc)
}

type versionCmd struct{}

func (versionCmd) Run(s *session) error {
	v := "devel"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		v = info.Main.Version
	}
	return s.answer(map[string]any{"schema": 1, "version": v, "go": runtime.Version()}, func(w io.Writer) {
		fmt.Fprintf(w, "pott-signer %s (%s, %s/%s)\n", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	})
}
