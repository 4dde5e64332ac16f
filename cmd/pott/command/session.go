package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/client"
)

// A session is what a command has at hand.
type session struct {
	ctx    context.Context
	p      *Program
	g      *globals
	parser *kong.Kong
	// remarks wait until the answer they are about is printed.
	remarks []string
	closing []func() error // called when the command is done, last first
}

// globals are the flags every command knows.
type globals struct {
	Server       string `placeholder:"URL" help:"Server to ask. Else $POTT_SERVER, the context, ${server}."`
	Installation string `placeholder:"NAME" help:"Installation, where the server holds several. Else $POTT_INSTALLATION, the context."`
	TokenFile    string `placeholder:"FILE" help:"File that holds the token; - reads it from standard input. Else $POTT_TOKEN_FILE, $POTT_TOKEN, the context."`
	Context      string `placeholder:"NAME" help:"Remembered installation to use. Else $POTT_CONTEXT, the current one."`
	Recover      bool   `help:"At the server's machine: as administrator, without a token and without a running server. Whoever can read the keys directory may; $POTT_CONFIG, $POTT_DATA and $POTT_KEYS say where."`
	JSON         bool   `name:"json" help:"Answer with one JSON document; errors are one JSON object on standard error."`
	Lang         string `placeholder:"LANG" help:"Language of sentences: en, sv, nb, da, de or nl. Else the locale."`
	Quiet        bool   `short:"q" help:"Print only the ids of what was found or changed."`
	Verbose      bool   `short:"v" help:"Tell on standard error which requests are sent."`
}

func (g *globals) check(p *Program) error {
	if g.Lang == "" {
		return nil
	}
	if language(g.Lang) == "" {
		return &UsageError{Problem: fmt.Sprintf("there is no language %q: use en, sv, nb, da, de or nl", g.Lang), Help: "pott --help"}
	}
	return nil
}

// language returns the language sentences are made in.
func (s *session) language() string {
	if s.g.Lang != "" {
		return language(s.g.Lang)
	}
	for _, variable := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, _ := s.p.Env(variable); v != "" {
			// The first that says something decides, as in every other
			// program: LC_ALL=C asks for English also where LANG is Swedish.
			if known := language(v); known != "" {
				return known
			}
			return "en"
		}
	}
	return "en"
}

// language returns which of the six a locale such as "sv_SE.UTF-8" asks for,
// or "".
func language(locale string) string {
	word, _, _ := strings.Cut(strings.ToLower(locale), ".")
	word, _, _ = strings.Cut(word, "@")
	word, _, _ = strings.Cut(word, "_")
	word, _, _ = strings.Cut(word, "-")
	switch word {
	case "en", "sv", "nb", "da", "de", "nl":
		return word
	case "no", "nn": // Norwegian as older systems name it
		return "nb"
	}
	return ""
}

// client returns the client for the installation the flags, the environment and
// the contexts choose. It insists on a token: nothing below /v1 is for nobody.
func (s *session) client() (*client.Client, error) {
	if s.g.Recover {
		return s.recovering()
	}
	c, err := s.g.connection(s.p.Env)
	if err != nil {
		return nil, err
	}
	token, err := s.token(c.Token)
	if err != nil {
		return nil, err
	}
	return client.New(client.Options{
		Server: c.Server.Value, Installation: c.Installation.Value, Token: token,
		Language: s.language(), UserAgent: api.CommandAgent + host.Version(), Trace: s.tracer(), HTTP: s.p.HTTP,
	})
}

func (s *session) tracer() func(client.Exchange) {
	if !s.g.Verbose {
		return nil
	}
	return func(e client.Exchange) {
		fmt.Fprintf(s.p.Stderr, "pott: %s %s: %d, %s, request %s\n", e.Method, e.Path, e.Status, e.Took.Round(time.Millisecond/10), e.RequestID)
	}
}

// token reads the token from where it is kept.
func (s *session) token(from setting) (string, error) {
	if from.From == "$POTT_TOKEN" {
		token, _ := s.p.Env("POTT_TOKEN")
		return strings.TrimSpace(token), nil
	}
	if from.Value == "" {
		return "", &NoTokenError{}
	}
	data, err := s.read(from.Value)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(data))
	if token == "" || strings.ContainsAny(token, " \n\t") {
		return "", &TokenFileError{Path: from.Value}
	}
	return token, nil
}

// close gives back what the command has opened.
func (s *session) close() error {
	var errs []error
	for _, f := range slices.Backward(s.closing) {
		errs = append(errs, f())
	}
	s.closing = nil
	return errors.Join(errs...)
}

// maxInput is the largest file a command reads, in bytes. It is above every
// limit of the server, so that the server's refusal is the one people see.
const maxInput = 32 << 20

// read returns the content of a file, or of standard input when it is "-".
func (s *session) read(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(io.LimitReader(s.p.Stdin, maxInput))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxInput))
	if err != nil {
		return nil, fileError(path, err)
	}
	return data, nil
}

func fileError(path string, err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return &FileError{Path: path, Why: err.Error()}
}

// An answer is what a command found, in the three shapes it can be asked for.
type answer struct {
	doc   any          // for --json
	ids   []string     // for --quiet
	human func(*paper) // for people
}

// answer prints what a command found.
func (s *session) answer(a answer) error {
	switch {
	case s.g.JSON:
		return s.answerJSON(a.doc)
	case s.g.Quiet:
		for _, id := range a.ids {
			if _, err := fmt.Fprintln(s.p.Stdout, id); err != nil {
				return err
			}
		}
		return nil
	}
	out := &paper{s: s}
	a.human(out)
	_, err := io.WriteString(s.p.Stdout, out.b.String())
	return err
}

// schema is the version of the JSON documents: keys are only ever added to it.
const schema = 1

// answerJSON prints doc, an object, as one document that says its schema.
func (s *session) answerJSON(doc any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // nobody puts this into a page
	if err := e.Encode(doc); err != nil {
		return err
	}
	body := strings.TrimSpace(b.String())
	head := fmt.Sprintf(`{"schema":%d`, schema)
	if body != "{}" {
		head += ","
	}
	_, err := fmt.Fprintf(s.p.Stdout, "%s%s\n", head, body[1:])
	return err
}

func (s *session) answerText(text string) error {
	_, err := io.WriteString(s.p.Stdout, text)
	return err
}

// remark tells a person something on standard error that is no part of the
// answer: how many more there are, how to undo.
func (s *session) remark(key string, args ...any) {
	if s.g.JSON || s.g.Quiet {
		return
	}
	s.remarks = append(s.remarks, s.say(key, args...))
}

func (s *session) flush() {
	for _, r := range s.remarks {
		fmt.Fprintf(s.p.Stderr, "pott: %s\n", r)
	}
	s.remarks = nil
}

// confirm lets a person agree to something that is hard to take back. Without a
// person it is agreed by the flag alone; a question is never required.
func (s *session) confirm(yes bool, question string) error {
	if yes {
		return nil
	}
	if !s.p.Asked || s.g.JSON {
		return &ConfirmError{Flag: "--yes"}
	}
	fmt.Fprintf(s.p.Stderr, "%s [y/N] ", question)
	var reply string
	fmt.Fscanln(s.p.Stdin, &reply)
	switch strings.ToLower(reply) {
	case "y", "yes", "j", "ja":
		return nil
	}
	return &DeclinedError{}
}

// A paper collects what is printed for people.
type paper struct {
	s *session
	b strings.Builder
}

func (o *paper) printf(format string, args ...any) { fmt.Fprintf(&o.b, format, args...) }

// line prints a sentence of the catalogue.
func (o *paper) line(key string, args ...any) { o.b.WriteString(o.s.say(key, args...) + "\n") }

// table prints a table. Headers come from the catalogue.
func (o *paper) table(t *table) {
	for i := range t.columns {
		t.columns[i].head = o.s.say("head." + t.columns[i].head)
	}
	width := 0
	if o.s.p.Terminal {
		width = o.s.p.Width
	}
	headed := slices.ContainsFunc(t.columns, func(c column) bool { return c.head != "" })
	t.write(&o.b, o.s.p.Terminal && headed, width)
}

// pairs prints labels and values, aligned.
func (o *paper) pairs(rows ...[2]string) {
	t := &table{columns: []column{{}, {cut: late}}}
	for _, r := range rows {
		if r[1] != "" {
			t.add(o.s.say("label."+r[0]), r[1])
		}
	}
	width := 0
	if o.s.p.Terminal {
		width = o.s.p.Width
	}
	t.write(&o.b, false, width)
}
