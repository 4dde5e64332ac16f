package httpapi

import (
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
)

// An operation is one method of one path: how it is served and how it stands
// in the OpenAPI document, in one value so that the two cannot part.
type operation struct {
	id      string
	method  string
	path    string // as net/http patterns and OpenAPI both write it
	summary string
	scopes  []string // any one of them will do
	query   []parameter
	in      reflect.Type // of the JSON body; nil when there is none
	inText  bool         // the body is text instead
	out     reflect.Type // of the JSON answer; nil when the answer is text
	outType string       // media type of the answer
	status  int          // of success
	codes   []string     // problems beyond those any operation may answer with
	keeps   bool         // it stores nothing, or what cannot be stored is no reason to refuse it
	always  bool         // it takes something back, repairs, or is only recorded: it is let through while the installation is suspended
	serve   func(w http.ResponseWriter, c *call) error
}

// A call is one request that was let in.
type call struct {
	r     *http.Request
	in    *installation.Installation
	act   installation.Act
	query url.Values  // checked against the operation's parameters
	admin bool        // the token is an administrator's
	good  func() bool // whether the token still is
}

// path returns a wildcard of the path, unescaped.
func (c *call) path(name string) string { return c.r.PathValue(name) }

// saw is as whom the house is asked, with what the caller saw before.
func (c *call) saw(was map[string]string) installation.Act {
	act := c.act
	act.Was = was
	return act
}

func (c *call) flag(name string) bool { return c.query.Get(name) == "true" }

func (c *call) number(name string) int64 {
	n, _ := strconv.ParseInt(c.query.Get(name), 10, 64)
	return n
}

// read makes an operation that changes nothing.
func read[Out any](path, id, scope, summary string, f func(c *call) (Out, error)) operation {
	return operation{
		id: id, method: http.MethodGet, path: path, summary: summary, scopes: []string{scope},
		out: reflect.TypeFor[Out](), outType: "application/json", status: http.StatusOK,
		serve: func(w http.ResponseWriter, c *call) error {
			out, err := f(c)
			if err != nil {
				return err
			}
			return writeJSON(w, http.StatusOK, out)
		},
	}
}

// textPlain is the media type of signed texts.
const textPlain = "text/plain; charset=utf-8"

// text makes an operation that changes nothing and answers with something else
// than JSON.
func text(path, id, scope, summary, media string, serve func(http.ResponseWriter, *call) error) operation {
	return operation{id: id, method: http.MethodGet, path: path, summary: summary, scopes: []string{scope},
		outType: media, status: http.StatusOK, serve: serve}
}

// change makes an operation that changes something and takes a JSON body.
func change[In, Out any](method, path, id, scope, summary string, f func(c *call, in In) (Out, error)) operation {
	o := operation{
		id: id, method: method, path: path, summary: summary, scopes: []string{scope},
		query: []parameter{dryRun}, in: reflect.TypeFor[In](),
		out: reflect.TypeFor[Out](), outType: "application/json", status: http.StatusOK,
	}
	o.serve = func(w http.ResponseWriter, c *call) error {
		if err := wantMedia(c.r, "application/json"); err != nil {
			return err
		}
		body, err := readBody(w, c.r, maxBody)
		if err != nil {
			return err
		}
		in, err := decode[In](body)
		if err != nil {
			return err
		}
		out, err := f(c, in)
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, out)
	}
	return o
}

// nothing is the body of a change that needs no words.
type nothing struct{}

// remove makes an operation that takes something away. Its body is empty.
func remove[Out any](path, id, scope, summary string, f func(c *call) (Out, error)) operation {
	o := change(http.MethodDelete, path, id, scope, summary, func(c *call, _ nothing) (Out, error) { return f(c) })
	o.in = nil
	return o
}

func (o operation) with(p ...parameter) operation {
	o.query = append(o.query[:len(o.query):len(o.query)], p...)
	return o
}

func (o operation) may(codes ...string) operation {
	o.codes = append(o.codes[:len(o.codes):len(o.codes)], codes...)
	return o
}

// writes reports whether the operation is refused where nothing can be stored.
func (o operation) writes() bool { return find(o.query, dryRun.name) != nil && !o.keeps }

// keeping is the operation, for one that is never refused because nothing can be stored.
func (o operation) keeping() operation {
	o.keeps = true
	return o
}

// protecting is the operation, for one that is let through while the installation is
// suspended, whatever it is asked for.
func (o operation) protecting() operation {
	o.always = true
	return o
}

func (o operation) alsoScope(scope string) operation {
	o.scopes = append(o.scopes[:len(o.scopes):len(o.scopes)], scope)
	return o
}

// A parameter of the query.
type parameter struct {
	name string
	kind string // "string", "boolean" or "integer"
	doc  string
	max  int64 // of an integer; 0: no limit
}

var (
	dryRun     = parameter{name: api.DryRun, kind: "boolean", doc: "Preview: the same answer, and nothing is stored."}
	limit      = parameter{name: "limit", kind: "integer", doc: "Largest number of items on a page; 100 when left out.", max: 1000}
	after      = parameter{name: "after", kind: "string", doc: "The next of the page before."}
	showHidden = parameter{name: "hidden", kind: "boolean", doc: "Whether hidden licenses are listed too."}
)

// readQuery returns the query, once everything in it is known and readable.
func readQuery(r *http.Request, known []parameter) (url.Values, error) {
	if r.URL.RawQuery == "" {
		return nil, nil
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &ParameterError{Parameter: "", Why: "the query cannot be read"}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) { // so that the same question is refused alike
		got := values[name]
		p := find(known, name)
		switch {
		case p == nil:
			return nil, &ParameterError{Parameter: name, Why: "there is no such parameter here"}
		case len(got) > 1:
			return nil, &ParameterError{Parameter: name, Why: "it is given more than once"}
		}
		if err := p.check(got[0]); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func find(known []parameter, name string) *parameter {
	for i := range known {
		if known[i].name == name {
			return &known[i]
		}
	}
	return nil
}

func (p *parameter) check(value string) error {
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) { // PostgreSQL keeps neither
		return &ParameterError{Parameter: p.name, Why: "it is no text"}
	}
	switch p.kind {
	case "boolean":
		if value != "true" && value != "false" {
			return &ParameterError{Parameter: p.name, Why: "it is neither true nor false"}
		}
	case "integer":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			return &ParameterError{Parameter: p.name, Why: "it is not a whole number of 0 or more"}
		}
		if p.max > 0 && n > p.max {
			return &ParameterError{Parameter: p.name, Why: "it is larger than " + strconv.FormatInt(p.max, 10)}
		}
	}
	return nil
}
