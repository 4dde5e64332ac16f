package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/problem"
)

// ProblemType begins the type of every problem; the code follows.
const ProblemType = "https://pott.dev/problems/"

func writeJSON(w http.ResponseWriter, status int, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h["Content-Type"] = jsonHeader
	}
	h["Content-Length"] = []string{strconv.Itoa(b.Len())}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	h["Cache-Control"] = []string{"no-store"}
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	if err != nil {
		return &goneError{err}
	}
	return nil
}

// A goneError says that nobody is left to answer.
type goneError struct{ error }

// A panicError is a fault of ours.
type panicError struct{ value any }

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, debug.Stack()) }

// language returns the language of a request's sentences.
func language(r *http.Request) string { return i18n.Match(r.Header.Get("Accept-Language")) }

func statusOf(code string) int {
	row, ok := problem.Lookup(code)
	if !ok {
		panic("httpapi: no row in the table of problems for " + code)
	}
	return row.Status
}

// fail answers with the problem an error is. What is no fault of the caller's is
// logged, and answered with nothing but its reference number.
func fail(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	if gone := (*goneError)(nil); errors.As(err, &gone) {
		return
	}
	reference := ""
	if ids := w.Header()["X-Request-Id"]; len(ids) > 0 {
		reference = ids[0]
	}
	p, known := problem.Of(err)
	if !known {
		log.Error("a request failed", "request", reference, "method", r.Method, "path", r.URL.Path, "err", err)
	}
	text, _ := i18n.SentenceNamed(language(r), p.Code, factsFor(p), displayFor(err, language(r)))
	h := w.Header()
	h.Set("Content-Type", api.ContentProblem)
	h.Set("Content-Language", language(r))
	h.Add("Vary", "Accept-Language")
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="pott"`)
	}
	p.SetAgain(h)
	if method := (*MethodError)(nil); !errors.As(err, &method) {
		h.Del("Allow")
	}
	_ = writeJSON(w, p.Status, api.Problem{
		Type: ProblemType + p.Code, Title: text.Title, Status: p.Status, Detail: text.Detail,
		Code: p.Code, Facts: p.Facts, Hint: text.Hint, Instance: reference,
	})
}

// A toldError is a refusal to somebody who was let in, and so may read what the
// installation calls its licenses.
type toldError struct {
	error
	in *installation.Installation
}

func (e *toldError) Unwrap() error { return e.error }

// displayFor returns how a refusal names licenses: as people know them, with the
// name that commands and programs take behind it.
func displayFor(err error, lang string) func(name string) string {
	told := (*toldError)(nil)
	if !errors.As(err, &told) {
		return nil
	}
	return func(name string) string {
		if display := told.in.DisplayName(name, lang); display != "" {
			return display + " (" + name + ")"
		}
		return ""
	}
}

// factsFor returns what the sentence is made of. The internal problem has no
// facts: nothing of the error may be shown.
func factsFor(p problem.Problem) any {
	if p.Cause == nil {
		return nil
	}
	return p.Cause
}
