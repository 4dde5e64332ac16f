// Package command is the pott command line: everything "pott" does between its
// arguments and its exit code. What a command answers goes to standard output,
// everything else to standard error, and the exit code says which kind of
// failure it was.
package command

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// A Program is one run of the command line with everything it may touch, so
// that a test can run many of them in one process.
type Program struct {
	Args   []string                    // without the program's name
	Env    func(string) (string, bool) // as os.LookupEnv
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Terminal says that a person reads standard output: tables get a header
	// and are cut to Width columns.
	Terminal bool
	Width    int
	// Asked says that a person can answer a question on standard input.
	Asked bool
	Now   func() time.Time
	// HTTP asks servers; nil for a client with sensible limits.
	HTTP *http.Client
}

// FromOS returns the program as the operating system started it.
func FromOS() *Program {
	p := &Program{
		Args: os.Args[1:], Env: os.LookupEnv,
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Terminal: term.IsTerminal(int(os.Stdout.Fd())),
		Asked:    term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd())),
		Width:    80,
		Now:      time.Now,
	}
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && w > 20 {
		p.Width = w
	}
	return p
}

// Main runs the program as the operating system started it, until it is done or
// told to stop, and returns the exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program at once.
	defer context.AfterFunc(ctx, stop)()
	return FromOS().Run(ctx)
}

// helped ends a parse that has already printed what was asked for.
type helped struct{ code int }

// Run does what the arguments say and returns the exit code.
func (p *Program) Run(ctx context.Context) (code int) {
	s := &session{ctx: ctx, p: p, g: &globals{}}
	if len(p.Args) == 0 {
		return s.fail(s.answerText(welcome))
	}
	if p.Args[0] == "help" {
		p.Args = append(slices.Clone(p.Args[1:]), "--help")
	}
	tree := &tree{}
	parser, err := newParser(p, tree)
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
	s.g, s.parser = &tree.globals, parser
	s.g.JSON = asksForJSON(p.Args) // also when the parse below fails
	parsed, err := parser.Parse(p.Args)
	if err != nil {
		return s.fail(usage(parser, err))
	}
	if err := s.g.check(p); err != nil {
		return s.fail(err)
	}
	err = parsed.Run(s)
	return s.fail(errors.Join(err, s.close()))
}

func newParser(p *Program, tree *tree) (*kong.Kong, error) {
	parser, err := kong.New(tree,
		kong.Name("pott"),
		kong.Description("Licenses, the people who use them, and why."),
		kong.Writers(p.Stdout, p.Stderr),
		kong.Exit(func(code int) { panic(helped{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
		kong.Vars{"server": defaultServer},
	)
	if err != nil {
		return nil, err
	}
	parser.Model.Name = "pott"
	parser.Model.Detail = about
	for _, leaf := range parser.Model.Leaves(false) {
		leaf.Detail = detail(leaf.Detail, pathOf(leaf))
	}
	return parser, nil
}

// pathOf returns the words that name a command, without "pott".
func pathOf(n *kong.Node) string {
	var words []string
	for ; n != nil && n.Type == kong.CommandNode; n = n.Parent {
		words = append([]string{n.Name}, words...)
	}
	return strings.Join(words, " ")
}

// asksForJSON looks for --json before anything is parsed, so that wrong usage
// is also answered in the form the caller can read.
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

// usage turns a parser's complaint into an error that names the command whose
// help tells more.
func usage(parser *kong.Kong, err error) error {
	e := &UsageError{Problem: err.Error(), Help: "pott --help"}
	var bad *kong.ParseError
	if errors.As(err, &bad) && bad.Context != nil {
		if n := bad.Context.Selected(); n != nil {
			e.Help = "pott " + pathOf(n) + " --help"
		} else if path := bad.Context.Path; len(path) > 0 {
			if n := path[len(path)-1].Node(); n != nil && n.Type == kong.CommandNode {
				e.Help = "pott " + pathOf(n) + " --help"
			}
		}
	}
	return e
}

// Commands returns the words of every command people may type, such as
// "user plan set".
func Commands() []string {
	parser, err := newParser(&Program{Stdout: io.Discard, Stderr: io.Discard}, &tree{})
	if err != nil {
		panic(err) // the tree is part of the program
	}
	var paths []string
	for _, leaf := range parser.Model.Leaves(true) {
		paths = append(paths, pathOf(leaf))
	}
	return paths
}
