package licensefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/license"
)

// A reader reads one line of strict JSON: no white space, the fields of every
// object in one fixed order, none twice, none with its default value, and one
// spelling for every string and number. What it accepts, the append functions
// write back byte for byte.
//
// The first failure sticks: after it every method returns a zero value, so that
// a caller may read a whole line and look at err once.
type reader struct {
	line int // of s in the file, for errors
	s    string
	i    int
	err  error
}

func (r *reader) fail(at int, format string, args ...any) {
	if r.err == nil {
		r.err = &FormatError{Line: r.line, Column: at + 1, Rule: fmt.Sprintf(format, args...)}
	}
	r.i = len(r.s)
}

// at reports whether the next byte is c.
func (r *reader) at(c byte) bool { return r.err == nil && r.i < len(r.s) && r.s[r.i] == c }

func (r *reader) expect(c byte) {
	if !r.at(c) {
		r.fail(r.i, "%q must stand here", string(c))
		return
	}
	r.i++
}

// open begins an object.
func (r *reader) open() { r.expect('{') }

// field reports whether the next field is the named one, and moves to its value.
func (r *reader) field(name string) bool {
	if r.err != nil {
		return false
	}
	rest := r.s[r.i:]
	// Only an object that was just opened has its brace right before: values
	// end in a quote, a bracket, a digit or a letter.
	if r.s[r.i-1] != '{' {
		if len(rest) == 0 || rest[0] != ',' {
			return false
		}
		rest = rest[1:]
	}
	n := len(name) + 3
	if len(rest) < n || rest[0] != '"' || rest[1:1+len(name)] != name || rest[n-2] != '"' || rest[n-1] != ':' {
		return false
	}
	r.i = len(r.s) - len(rest) + n
	return true
}

// need moves to the value of a field that must be next.
func (r *reader) need(name string, fields []string) {
	if !r.field(name) && r.err == nil {
		r.blame(fields, name)
	}
}

// close ends an object whose fields are those listed.
func (r *reader) close(fields []string) {
	if r.at('}') {
		r.i++
		return
	}
	if r.err == nil {
		r.blame(fields, "")
	}
}

// blame finds the most helpful thing to say about what stands where the needed
// field should, or the end of the object when none is needed.
func (r *reader) blame(fields []string, needed string) {
	at := r.i
	if r.at(',') {
		r.i++
	}
	if r.at(' ') {
		r.fail(r.i, "no white space stands outside of strings")
		return
	}
	if !r.at('"') {
		if needed == "" {
			r.fail(at, "a comma and a field, or the end of the object, must stand here")
		} else {
			r.fail(at, "the field %q is missing", needed)
		}
		return
	}
	key := reader{line: r.line, s: r.s, i: r.i}
	name := key.str()
	switch i := slices.Index(fields, name); {
	case key.err != nil:
		r.err = key.err
	case i >= 0 && i > slices.Index(fields, needed) && needed != "":
		r.fail(r.i, "the field %q is missing before %q", needed, name)
	case i >= 0:
		r.fail(r.i, "the field %q stands twice or out of order", name)
	default:
		for _, f := range fields {
			if strings.EqualFold(f, name) {
				r.fail(r.i, "the field %q is not known; %q is", name, f)
				return
			}
		}
		r.fail(r.i, "the field %q is not known", name)
	}
}

// end checks that the line is at its end.
func (r *reader) end() error {
	if r.err == nil && r.i != len(r.s) {
		r.fail(r.i, "nothing may follow the object")
	}
	return r.err
}

// array reads a list of at least one element; a list without is left out.
func (r *reader) array(element func()) {
	r.expect('[')
	if r.at(']') {
		r.fail(r.i, "an empty list is left out")
	}
	for r.err == nil {
		element()
		if r.at(']') {
			r.i++
			return
		}
		r.expect(',')
	}
}

// once remembers what stood before.
type once map[string]bool

// again reports whether s stood before, and remembers it.
func (o *once) again(s string) bool {
	if (*o)[s] {
		return true
	}
	if *o == nil {
		*o = once{}
	}
	(*o)[s] = true
	return false
}

// yes reads the value of a flag, which stands only when it is true.
func (r *reader) yes() bool {
	if r.err != nil {
		return false
	}
	if !strings.HasPrefix(r.s[r.i:], "true") {
		r.fail(r.i, "a flag that stands is true; one that is not is left out")
		return false
	}
	r.i += 4
	return true
}

// integer reads an integer from least to [MaxInteger].
func (r *reader) integer(least int64) int64 {
	if r.err != nil {
		return 0
	}
	start := r.i
	for r.i < len(r.s) && '0' <= r.s[r.i] && r.s[r.i] <= '9' {
		r.i++
	}
	digits := r.s[start:r.i]
	switch {
	case len(digits) == 0:
		r.fail(start, "an integer written with digits only must stand here")
	case digits[0] == '0' && len(digits) > 1:
		r.fail(start, "an integer has no leading zero")
	case len(digits) > 16:
		r.fail(start, "an integer is at most %d", int64(MaxInteger))
	case r.i < len(r.s) && strings.IndexByte(".eE", r.s[r.i]) >= 0:
		r.fail(start, "numbers are integers, without a point or exponent")
	}
	if r.err != nil {
		return 0
	}
	n, _ := strconv.ParseInt(digits, 10, 64) // at most 16 digits
	if n < least || n > MaxInteger {
		r.fail(start, "the integer must be from %d to %d", least, int64(MaxInteger))
		return 0
	}
	return n
}

// str reads a string and undoes its escapes.
func (r *reader) str() string {
	if !r.at('"') {
		r.fail(r.i, "a string must stand here")
		return ""
	}
	start := r.i + 1
	for i := start; i < len(r.s); i++ {
		switch c := r.s[i]; {
		case c == '"':
			r.i = i + 1
			return r.s[start:i]
		case c == '\\':
			return r.escaped(start, i)
		case c < 0x20:
			r.fail(i, "a control character must be escaped")
			return ""
		}
	}
	r.fail(len(r.s), "the string has no end")
	return ""
}

// escaped reads on in a string whose first backslash is at i.
func (r *reader) escaped(start, i int) string {
	out := []byte(r.s[start:i])
	for i < len(r.s) {
		c := r.s[i]
		switch {
		case c == '"':
			r.i = i + 1
			return string(out)
		case c < 0x20:
			r.fail(i, "a control character must be escaped")
			return ""
		case c != '\\':
			out = append(out, c)
			i++
		default:
			d, n := unescape(r.s[i:])
			if n == 0 {
				r.fail(i, "only \\\" \\\\ \\b \\f \\n \\r \\t, and \\u00xx in lower case for other control characters, are escapes")
				return ""
			}
			out = append(out, d)
			i += n
		}
	}
	r.fail(len(r.s), "the string has no end")
	return ""
}

// shortEscapes are the control characters with an escape of their own.
const shortEscapes = "\bb\ff\nn\rr\tt\"\"\\\\"

// unescape returns what the escape at the start of s means and how long it is;
// 0 when it is none of the allowed.
func unescape(s string) (byte, int) {
	if len(s) >= 2 {
		for i := 0; i < len(shortEscapes); i += 2 {
			if s[1] == shortEscapes[i+1] {
				return shortEscapes[i], 2
			}
		}
	}
	if len(s) >= 6 && s[1:4] == "u00" {
		n, err := strconv.ParseUint(s[4:6], 16, 8)
		if err == nil && string(appendString(nil, string(rune(n)))) == `"`+s[:6]+`"` {
			return byte(n), 6
		}
	}
	return 0, 0
}

// word reads a string that parse must accept.
func word[T any](r *reader, parse func(string) (T, error)) T {
	at := r.i
	s := r.str()
	var zero T
	if r.err != nil {
		return zero
	}
	v, err := parse(s)
	if err != nil {
		r.fail(at, "%.300s", err) // a line is long, a sentence is not
		return zero
	}
	return v
}

func (r *reader) module() license.Module { return word(r, license.ParseModule) }

func (r *reader) issuer() license.Issuer { return word(r, license.ParseIssuer) }

// date reads a date; the zero Date is left out.
func (r *reader) date() license.Date {
	at := r.i
	d := word(r, license.ParseDate)
	if r.err == nil && d.IsZero() {
		r.fail(at, "an empty date is left out")
	}
	return d
}

// moment reads a time in UTC with whole seconds.
func (r *reader) moment() time.Time {
	return word(r, func(s string) (time.Time, error) {
		t, err := time.Parse(momentLayout, s)
		if err != nil || t.Year() < 1 || t.Format(momentLayout) != s {
			return time.Time{}, fmt.Errorf("%q is not a time written as 2026-06-10T12:00:00Z", s)
		}
		return t, nil
	})
}

const momentLayout = "2006-01-02T15:04:05Z"
