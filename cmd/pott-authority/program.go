package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/problem"
	"github.com/pott-dev/pott/licensefile"
)

// A program is one run with everything it may touch, so that a test can run
// many in one process.
type program struct {
	args     []string // without the program's name
	env      func(string) (string, bool)
	stdin    io.Reader
	stdout   io.Writer
	stderr   io.Writer
	terminal bool // a person reads stdout: tables get a header
	now      func() time.Time
}

// globals are the flags every command knows.
type globals struct {
	Dir      string `placeholder:"DIR" help:"Folder of the authority. Else $$POTT_AUTHORITY, ./authority."`
	Database string `placeholder:"DSN" help:"Database of the record: a postgres:// URL or a file. Else $$POTT_AUTHORITY_DATABASE, authority.db in the folder."`
	By       string `placeholder:"NAME" help:"Who does this, for the record. Else the user of the operating system."`
	JSON     bool   `name:"json" help:"Answer with one JSON document; errors are one JSON object on standard error."`
	Lang     string `placeholder:"LANG" help:"Language of refusals: en, sv, nb, da, de or nl. Else the locale."`
}

// A session is what a command has at hand.
type session struct {
	ctx context.Context
	p   *program
	g   *globals
	k   *kong.Kong
}

// helped ends a parse that has already printed what was asked for.
type helped struct{ code int }

// run does what the arguments say and returns the exit code.
func (p *program) run(ctx context.Context) (code int) {
	t := &tree{}
	s := &session{ctx: ctx, p: p, g: &t.globals}
	if len(p.args) == 0 {
		io.WriteString(p.stdout, welcome)
		return 0
	}
	k, err := newParser(p, t)
	if err != nil {
		return s.fail(err)
	}
	s.k = k
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
	if err != nil {
		t.JSON = t.JSON || asksForJSON(p.args)
		return s.fail(usage(err))
	}
	return s.fail(parsed.Run(s))
}

func newParser(p *program, t *tree) (*kong.Kong, error) {
	k, err := kong.New(t,
		kong.Name("pott-authority"),
		kong.Description("Issue license sets: from a catalogue and an order to a signed file."),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { panic(helped{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
	)
	if err != nil {
		return nil, err
	}
	for _, leaf := range k.Model.Leaves(false) {
		leaf.Detail = "Examples:\n  " + strings.Join(examples[pathOf(leaf)], "\n  ")
	}
	return k, nil
}

// pathOf returns the words that name a command, without the program's.
func pathOf(n *kong.Node) string {
	var words []string
	for ; n != nil && n.Type == kong.CommandNode; n = n.Parent {
		words = append([]string{n.Name}, words...)
	}
	return strings.Join(words, " ")
}

func asksForJSON(args []string) bool {
	for _, a := range args {
		if a == "--" {
			return false
		}
		if a == "--json" {
			return true
		}
	}
	return false
}

// usage turns a parser's complaint into an error that names whose help tells
// more.
func usage(err error) error {
	e := &UsageError{Problem: err.Error(), Help: "pott-authority --help"}
	if bad := (*kong.ParseError)(nil); errors.As(err, &bad) && bad.Context != nil {
		if n := bad.Context.Selected(); n != nil {
			e.Help = "pott-authority " + pathOf(n) + " --help"
		}
	}
	return e
}

// language returns the language refusals are told in.
func (s *session) language() string {
	words := []string{s.g.Lang}
	for _, variable := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v, _ := s.p.env(variable)
		words = append(words, v)
	}
	for _, w := range words {
		if w != "" {
			return i18n.Match(strings.Split(strings.ReplaceAll(w, "_", "-"), ".")[0])
		}
	}
	return "en"
}

// A failure is an error as people and programs see it.
type failure struct {
	Code    string         `json:"code"`
	Message string         `json:"message"`
	Hint    string         `json:"hint,omitempty"`
	Details map[string]any `json:"details,omitempty"`
	Exit    int            `json:"exit"`
}

// failure puts an error into words. The operator owns the machine, so an error
// without a code is shown as it is.
func (s *session) failure(err error) failure {
	p, known := problem.Of(err)
	f := failure{Code: p.Code, Message: err.Error(), Details: p.Facts, Exit: p.Exit}
	if !known {
		return f
	}
	if text, ok := i18n.Sentence(s.language(), p.Code, p.Cause); ok {
		f.Message, f.Hint = text.Detail, text.Hint
	}
	if e := (*authority.LintError)(nil); errors.As(err, &e) {
		f.Details = map[string]any{"problems": s.problems(e.Problems)}
	}
	return f
}

// interrupted is the exit code of a command that was stopped from outside.
const interrupted = 130

// fail prints err, if there is one, and returns the exit code.
func (s *session) fail(err error) int {
	switch {
	case err == nil:
		return problem.Done
	case errors.Is(err, context.Canceled):
		return interrupted
	}
	f := s.failure(err)
	if s.g.JSON {
		e := json.NewEncoder(s.p.stderr)
		e.SetEscapeHTML(false)
		e.Encode(map[string]failure{"error": f})
		return f.Exit
	}
	if e := (*authority.LintError)(nil); errors.As(err, &e) {
		for _, p := range s.problems(e.Problems) {
			fmt.Fprintln(s.p.stderr, "pott-authority:", p.line())
		}
	}
	fmt.Fprintf(s.p.stderr, "pott-authority: error: %s\n", s.rest(f.Message))
	if f.Hint != "" {
		fmt.Fprintf(s.p.stderr, "pott-authority: hint: %s\n", s.rest(f.Hint))
	}
	return f.Exit
}

// rest makes a sentence the rest of one: without its full stop, and without its
// capital letter where that is only the capital of a beginning. Names in capital
// letters keep them, and so does German, where it may be a noun's.
func (s *session) rest(sentence string) string {
	sentence = strings.TrimSuffix(sentence, ".")
	first, size := utf8.DecodeRuneInString(sentence)
	second, _ := utf8.DecodeRuneInString(sentence[size:])
	if s.language() == "de" || !unicode.IsUpper(first) || !unicode.IsLower(second) && second != ' ' {
		return sentence
	}
	return string(unicode.ToLower(first)) + sentence[size:]
}

// A shownProblem is one thing lint found, as people and programs see it.
type shownProblem struct {
	Severity string         `json:"severity"`
	Code     string         `json:"code"`
	Place    string         `json:"place"`
	Line     int            `json:"line,omitempty"`
	Message  string         `json:"message"`
	Hint     string         `json:"hint,omitempty"`
	Facts    map[string]any `json:"facts,omitempty"`
}

// line returns the problem as one line of text.
func (p shownProblem) line() string {
	text := fmt.Sprintf("%s: %s: %s", p.Severity, p.Place, p.Message)
	if p.Hint != "" {
		text += "; " + p.Hint
	}
	return text
}

func (s *session) problems(list []authority.Problem) []shownProblem {
	shown := make([]shownProblem, 0, len(list))
	for _, p := range list {
		text, ok := i18n.Sentence(s.language(), p.Code(), p.Err)
		if !ok {
			text.Detail = p.Err.Error()
		}
		shown = append(shown, shownProblem{string(p.Severity), p.Code(), p.Place(), p.Line, s.rest(text.Detail), s.rest(text.Hint), problem.Facts(p.Err)})
	}
	return shown
}

// dir returns the folder of the authority.
func (s *session) dir() string {
	if s.g.Dir != "" {
		return s.g.Dir
	}
	if v, _ := s.p.env("POTT_AUTHORITY"); v != "" {
		return v
	}
	return "authority"
}

func (s *session) keys() string     { return filepath.Join(s.dir(), "keys") }
func (s *session) rootFile() string { return filepath.Join(s.dir(), "root.pub") }

// dsn returns where the record is: in dir, unless something else is said.
func (s *session) dsn(dir string) string {
	if s.g.Database != "" {
		return s.g.Database
	}
	if v, _ := s.p.env("POTT_AUTHORITY_DATABASE"); v != "" {
		return v
	}
	return filepath.Join(dir, "authority.db")
}

// by returns who does this.
func (s *session) by() string {
	if s.g.By != "" {
		return s.g.By
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

// open opens the authority of the folder. Its trust is the root file, not the
// record: a record that was tampered with cannot make itself trusted.
func (s *session) open() (*authority.Authority, error) {
	text, err := os.ReadFile(s.rootFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil, &NotMadeError{Dir: s.dir()}
	}
	if err != nil {
		return nil, fileError(s.rootFile(), err)
	}
	trust, err := licensefile.ParseRootFile(text)
	if err != nil {
		return nil, fileError(s.rootFile(), err)
	}
	return authority.Open(s.ctx, s.dsn(s.dir()), trust)
}
