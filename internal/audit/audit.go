// Package audit says who did what: an actor, an action and its facts, as values
// with one canonical form that a chain can cover.
//
// Entries are kept for ever, so they never name a person: a subject is an
// opaque id, and facts are codes and numbers. Since when it says through which door
// an act came, an entry has that among its facts: the canonical form is the same, and
// entries from before say nothing of it.
package audit

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// A Kind is what sort of actor did something.
type Kind string

const (
	Person Kind = "person" // somebody who signed in
	Token  Kind = "token"  // a program with a token
	System Kind = "system" // the server itself, by the clock
	Host   Kind = "host"   // somebody at the machine the server runs on
)

// An Actor is who did something.
type Actor struct {
	Kind Kind
	ID   string // of the person or token; what the system does; the user at the host
}

// String returns "token 7f3a", or "nobody" for the zero Actor.
func (a Actor) String() string {
	if a == (Actor{}) {
		return "nobody"
	}
	return string(a.Kind) + " " + a.ID
}

// A Fact is one detail of an action. Its value is a code or a number, never a
// name or an address of a person.
type Fact struct {
	Key   string // `[a-z0-9_]+`
	Value string
}

// F returns a fact; the value is printed as by fmt.Sprint.
func F(key string, value any) Fact { return Fact{Key: key, Value: fmt.Sprint(value)} }

// An Entry is one action of an actor.
type Entry struct {
	Seq     int64 // the batch it was stored in
	N       int64 // its place in the batch, from 1
	At      int64 // microseconds since 1970 UTC
	Actor   Actor
	Action  string // dotted, in the past of nothing: "plan.set", "set.activate"
	Subject string // opaque id of a person, or ""
	Facts   []Fact // sorted by key
	Origin  Origin // where it came from; stored among the facts
}

// Fact returns the value of a fact, or "".
func (e Entry) Fact(key string) string {
	for _, f := range e.Facts {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

// Append appends the canonical form of e to b: what the chain covers.
func (e Entry) Append(b []byte) []byte {
	for _, i := range []int64{e.Seq, e.N, e.At} {
		b = binary.BigEndian.AppendUint64(b, uint64(i))
	}
	for _, s := range []string{string(e.Actor.Kind), e.Actor.ID, e.Action, e.Subject, e.FactsText()} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}

// FormatFacts returns facts as they are stored: one line for each, sorted by
// key.
func FormatFacts(facts []Fact) string {
	if !slices.IsSortedFunc(facts, byKey) {
		facts = slices.SortedStableFunc(slices.Values(facts), byKey)
	}
	var b strings.Builder
	for _, f := range facts {
		b.WriteString(f.Key)
		b.WriteByte('=')
		b.WriteString(escape.Replace(f.Value))
		b.WriteByte('\n')
	}
	return b.String()
}

// ParseFacts reads what FormatFacts wrote.
func ParseFacts(text string) ([]Fact, error) {
	var facts []Fact
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if !ok || !strings.HasSuffix(line, "\n") {
			return nil, &BadFactsError{Line: line}
		}
		facts = append(facts, Fact{Key: key, Value: unescape.Replace(value)})
	}
	if FormatFacts(facts) != text {
		return nil, &BadFactsError{Line: text}
	}
	return facts, nil
}

func byKey(x, y Fact) int { return strings.Compare(x.Key, y.Key) }

var (
	escape   = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	unescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n")
)

// A BadFactsError says that stored facts are not in their canonical form.
type BadFactsError struct{ Line string }

func (e *BadFactsError) Error() string {
	return fmt.Sprintf("facts of an entry: %q is not canonical", e.Line)
}

// Code returns the stable code of the error.
func (e *BadFactsError) Code() string { return "audit.bad-facts" }
