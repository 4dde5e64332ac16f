package licenseserver

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pott-dev/pott/license"
)

// A writer writes lines of the form "name: value". What is empty is left out.
type writer struct{ b strings.Builder }

func (w *writer) put(name, value string) {
	if value != "" {
		fmt.Fprintf(&w.b, "%s: %s\n", name, value)
	}
}

func (w *writer) number(name string, n int64) {
	if n != 0 {
		w.put(name, strconv.FormatInt(n, 10))
	}
}

func (w *writer) mark(name string, m Mark) {
	if m != (Mark{}) {
		w.put(name, m.String())
	}
}

func (w *writer) place(name string, p Place) {
	if p != (Place{}) {
		w.put(name, p.String())
	}
}

func (w *writer) moment(name string, t time.Time) { w.put(name, t.UTC().Format(momentLayout)) }

const momentLayout = "2006-01-02T15:04:05Z"

// A reader reads such lines in their fixed order. The first failure sticks.
type reader struct {
	lines []string
	at    int // the next line
	err   error
}

// newReader takes the lines of a text apart. Its first line must be format.
func newReader(text []byte, format string) (*reader, error) {
	first, _, _ := strings.Cut(string(text[:min(len(text), 64)]), "\n")
	kind, _, _ := strings.Cut(format, "/")
	if first != format && strings.HasPrefix(first, kind+"/v") {
		return nil, &VersionError{Needs: first, Reads: format}
	}
	if first != format {
		return nil, &MalformedError{Line: 1, Why: "the first line must be " + format}
	}
	if !utf8.Valid(text) {
		return nil, &MalformedError{Why: "it is not UTF-8"}
	}
	r := &reader{lines: strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), at: 1}
	for i, line := range r.lines {
		if len(line) > maxLine {
			return nil, &MalformedError{Line: i + 1, Why: fmt.Sprintf("a line has at most %d bytes", maxLine)}
		}
		if c, bad := unseen(line); bad {
			return nil, &MalformedError{Line: i + 1, Why: fmt.Sprintf("it holds %U, a character that cannot be seen", c)}
		}
	}
	return r, nil
}

// Fits reports whether a company or message can stand in a request or reply.
func Fits(text string) bool {
	_, bad := unseen(text)
	return !bad && utf8.ValidString(text) && len(text) <= maxText && text == strings.TrimSpace(text)
}

// unseen returns the first character that controls, reorders or hides text.
func unseen(s string) (rune, bool) {
	for _, c := range s {
		if unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) || c == utf8.RuneError {
			return c, true
		}
	}
	return 0, false
}

func (r *reader) fail(why string) {
	if r.err == nil {
		r.err = &MalformedError{Line: r.at, Why: why}
	}
}

// field returns the value of the next line when it has this name.
func (r *reader) field(name string) (string, bool) {
	if r.err != nil || r.at >= len(r.lines) {
		return "", false
	}
	value, ok := strings.CutPrefix(r.lines[r.at], name+": ")
	if !ok {
		return "", false
	}
	r.at++
	if value == "" {
		r.fail("a field without a value is left out")
	}
	return value, true
}

// need is like field for one that must stand.
func (r *reader) need(name string) string {
	value, ok := r.field(name)
	if !ok && r.err == nil {
		r.at++
		r.fail(fmt.Sprintf("the field %q must stand here", name))
	}
	return value
}

// matching reads a field whose value has a grammar.
func (r *reader) matching(name string, grammar *regexp.Regexp, needed bool) string {
	value, ok := r.field(name)
	switch {
	case !ok && needed:
		return r.need(name)
	case ok && !grammar.MatchString(value):
		r.fail(fmt.Sprintf("%q is no value of the field %q", value, name))
	}
	return value
}

func (r *reader) text(name string) string {
	value, _ := r.field(name)
	if !Fits(value) {
		r.fail(fmt.Sprintf("the field %q has at most %d bytes, and no space at its ends", name, maxText))
	}
	return value
}

func (r *reader) number(name string) int64 {
	value := r.matching(name, numberGrammar, false)
	if value == "" || r.err != nil {
		return 0
	}
	n, _ := strconv.ParseInt(value, 10, 64)
	return n
}

func (r *reader) mark(name string) (m Mark) {
	value := r.matching(name, markGrammar, false)
	if value == "" || r.err != nil {
		return m
	}
	number, checkpoint, _ := strings.Cut(value, " ")
	m.Number, _ = strconv.ParseInt(number, 10, 64)
	m.Checkpoint = checkpoint
	return m
}

func (r *reader) place(name string) (p Place) {
	value := r.matching(name, placeGrammar, false)
	if value == "" || r.err != nil {
		return p
	}
	number, rest, _ := strings.Cut(value, " ")
	p.Seq, _ = strconv.ParseInt(number, 10, 64)
	p.Epoch, p.Head, _ = strings.Cut(rest, " ")
	return p
}

func (r *reader) moment(name string) time.Time {
	value := r.need(name)
	t, err := time.Parse(momentLayout, value)
	if r.err == nil && (err != nil || t.Year() < 1 || t.Format(momentLayout) != value) {
		r.fail(fmt.Sprintf("%q is not a time written as 2026-06-10T12:00:00Z", value))
	}
	return t
}

func (r *reader) issuer(name string) license.Issuer {
	value := r.need(name)
	issuer, err := license.ParseIssuer(value)
	if r.err == nil && (err != nil || string(issuer) != value) {
		r.fail(fmt.Sprintf("%q is no issuer: it has 1 to 32 letters A–Z and digits", value))
	}
	return issuer
}

// word reads a field that has one of some values.
func word[T ~string](r *reader, name string, known []T, needed bool) T {
	value, ok := r.field(name)
	if !ok {
		if needed {
			r.need(name)
		}
		return ""
	}
	for _, k := range known {
		if string(k) == value {
			return k
		}
	}
	r.fail(fmt.Sprintf("%q is no value of the field %q", value, name))
	return ""
}

// end checks that nothing is left.
func (r *reader) end() error {
	if r.err == nil && r.at < len(r.lines) {
		r.at++
		r.fail("the line is unknown, stands twice or out of order")
	}
	return r.err
}

var (
	serialGrammar      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	numberGrammar      = regexp.MustCompile(`^[1-9][0-9]{0,15}$`)
	markGrammar        = regexp.MustCompile(`^[1-9][0-9]{0,15} [0-9a-f]{64}$`)
	placeGrammar       = regexp.MustCompile(`^[1-9][0-9]{0,15} [0-9a-z]{1,64} [0-9a-f]{64}$`)
	nonceGrammar       = regexp.MustCompile(`^[0-9a-f]{32}$`)
	hashGrammar        = regexp.MustCompile(`^[0-9a-f]{64}$`)
	epochGrammar       = regexp.MustCompile(`^[0-9a-z]{1,64}$`)
	codeGrammar        = regexp.MustCompile(`^[A-Z2-7]{16,64}$`)
	fingerprintGrammar = regexp.MustCompile(`^[0-9a-f]{4}(-[0-9a-f]{4}){7}$`)
	fileGrammar        = regexp.MustCompile(`^[1-9][0-9]{0,7} [0-9a-f]{64}$`)
)

// A Mark names a set: its number and the hash of its checkpoint.
type Mark struct {
	Number     int64
	Checkpoint string // 64 hexadecimal digits
}

func (m Mark) String() string { return fmt.Sprintf("%d %s", m.Number, m.Checkpoint) }

// A Place is where the records of an installation stood when it spoke.
type Place struct {
	Seq   int64
	Epoch string
	Head  string // 64 hexadecimal digits
}

func (p Place) String() string { return fmt.Sprintf("%d %s %s", p.Seq, p.Epoch, p.Head) }

// A hash of a text, in lower-case hex.
func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Spoken returns a short form of the hash of a file for two people who compare
// it over the phone: six groups of five digits.
func Spoken(file []byte) string {
	sum := sha256.Sum256(file)
	groups := make([]string, 6)
	for i := range groups {
		groups[i] = fmt.Sprintf("%05d", binary.BigEndian.Uint32(sum[i*4:])%100000)
	}
	return strings.Join(groups, " ")
}

// TrimCode returns a one-time code as it stands in a request: people type it
// with spaces, hyphens and small letters. It is "" for what cannot be a code.
func TrimCode(typed string) string {
	code := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\t", "").Replace(typed))
	if !codeGrammar.MatchString(code) {
		return ""
	}
	return code
}

// ShowCode returns a one-time code in groups of four.
func ShowCode(code string) string {
	var groups []string
	for len(code) > 4 {
		groups, code = append(groups, code[:4]), code[4:]
	}
	return strings.Join(append(groups, code), "-")
}
