package authority

import (
	"fmt"
	"strings"
)

// A Severity says whether a problem stands in the way.
type Severity string

const (
	Blocking Severity = "error"   // the set is not signed
	Warning  Severity = "warning" // the set may be signed; somebody should look
)

// A Problem is one thing that is wrong with a catalogue or an order.
type Problem struct {
	Severity Severity
	Where    string // "order", "catalogue" or "set"
	Line     int    // in the text of the order or catalogue; 0 when no line is to blame
	Err      error  // has a Code
}

// Place returns where the problem is: "order line 34".
func (p Problem) Place() string {
	if p.Line == 0 {
		return p.Where
	}
	return fmt.Sprintf("%s line %d", p.Where, p.Line)
}

// String returns the problem as one line.
func (p Problem) String() string { return fmt.Sprintf("%s: %s", p.Place(), p.Err) }

// Code returns the stable code of what is wrong.
func (p Problem) Code() string {
	if c, ok := p.Err.(interface{ Code() string }); ok {
		return c.Code()
	}
	return "internal"
}

// A LintError is returned for a catalogue or order that must not be signed. It
// names every problem, warnings among them.
type LintError struct{ Problems []Problem }

func (e *LintError) Error() string {
	var b strings.Builder
	n := e.Count()
	fmt.Fprintf(&b, "%d problems stand in the way", n)
	if n == 1 {
		b.Reset()
		b.WriteString("1 problem stands in the way")
	}
	for _, p := range e.Problems {
		if p.Severity == Blocking {
			fmt.Fprintf(&b, "; %s", p)
		}
	}
	return b.String()
}

// Code returns the stable code of the error.
func (e *LintError) Code() string { return "set.lint" }

// Count returns how many of the problems stand in the way.
func (e *LintError) Count() int {
	n := 0
	for _, p := range e.Problems {
		if p.Severity == Blocking {
			n++
		}
	}
	return n
}

// Blocked returns a [*LintError] when one of the problems stands in the way.
func Blocked(problems []Problem) error {
	if e := (&LintError{problems}); e.Count() > 0 {
		return e
	}
	return nil
}

// report collects problems of one document.
type report struct {
	where    string
	problems []Problem
}

func (r *report) block(line int, err error) {
	r.problems = append(r.problems, Problem{Blocking, r.where, line, err})
}

func (r *report) warn(line int, err error) {
	r.problems = append(r.problems, Problem{Warning, r.where, line, err})
}
