package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

var (
	activationLayout = tamper.NewLayout("activation", "number:i", "issuer:t set_number:i checkpoint:t replaced:t from_at:i until_at:i "+
		"how:t given_by:t undo:b reported_at:i")
	agreementLayout = tamper.NewLayout("set_agreement", "checkpoint:t", "agreed_at:i agreed_by:t accepts:t told_at:i choices:t@2= effects:t@2=")
	policyLayout    = tamper.NewLayout("set_policy", "id:i", "activation:t")
)

// How a set came in force.
type How string

const (
	ByHand   How = "by-hand"   // somebody activated it
	ByItself How = "automatic" // it only raised, added or extended
	OnItsDay How = "on-day"    // it waited for the day it begins
	RollBack How = "roll-back" // the set that had replaced it was taken out again
)

// Activation is one time a set was in force. A set may be in force several
// times. The rows are never removed.
type Activation struct {
	Number     int64 // small and stable within the installation, rising
	Issuer     license.Issuer
	SetNumber  int64
	Checkpoint string // of the set
	Replaced   string // checkpoint of the set it replaced; "" when there was none
	From       int64  // microseconds since 1970 UTC
	Until      int64  // exclusive; 0 while it is in force
	How        How
	By         string // the actor
	Undo       Undo   // what was changed of people in the same step
	Reported   int64  // when the issuer was told, of a roll back; 0: not yet
}

// Undo is what an activation changed of people, so that rolling back can
// restore it: small numbers, no names.
type Undo struct {
	Released []int64          // numbers of assignments it ended
	Given    []int64          // numbers of assignments it began
	Logins   map[int64]string // by person number: what valid-through was of a login it ended, "" for no end
}

// Empty reports whether nothing was changed of anybody.
func (u Undo) Empty() bool { return len(u.Released)+len(u.Given)+len(u.Logins) == 0 }

// text writes an undo: a line "released" or "given" with numbers, and a line for
// each login.
func (u Undo) text() []byte {
	var b strings.Builder
	for _, l := range []struct {
		word    string
		numbers []int64
	}{{"released", u.Released}, {"given", u.Given}} {
		if len(l.numbers) == 0 {
			continue
		}
		b.WriteString(l.word)
		for _, n := range l.numbers {
			fmt.Fprintf(&b, " %d", n)
		}
		b.WriteByte('\n')
	}
	people := make([]int64, 0, len(u.Logins))
	for n := range u.Logins {
		people = append(people, n)
	}
	slices.Sort(people)
	for _, n := range people {
		fmt.Fprintf(&b, "login %d %s\n", n, cmp.Or(u.Logins[n], "-"))
	}
	return []byte(b.String())
}

// readUndo reads what text wrote.
func readUndo(text string) (u Undo) {
	numbers := func(words []string) (all []int64) {
		for _, w := range words {
			var n int64
			if _, err := fmt.Sscan(w, &n); err == nil {
				all = append(all, n)
			}
		}
		return all
	}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) < 2:
		case words[0] == "released":
			u.Released = numbers(words[1:])
		case words[0] == "given":
			u.Given = numbers(words[1:])
		case words[0] == "login" && len(words) == 3:
			if u.Logins == nil {
				u.Logins = map[int64]string{}
			}
			for _, n := range numbers(words[1:2]) {
				u.Logins[n] = strings.TrimPrefix(words[2], "-")
			}
		}
	}
	return u
}

// Policy says how sets come in force.
type Policy string

const (
	Automatic Policy = "automatic" // a set that only raises, adds or extends does so by itself
	Ask       Policy = "ask"       // every set waits for somebody
)

var activationCodec = codec[int64, Activation]{
	layout: activationLayout,
	key:    numberKey,
	parse:  parseNumberKey,
	encode: func(a *Activation) []tamper.Value {
		return []tamper.Value{tamper.Str(string(a.Issuer)), tamper.Int(a.SetNumber), tamper.Str(a.Checkpoint), tamper.Str(a.Replaced),
			tamper.Int(a.From), tamper.Int(a.Until), tamper.Str(string(a.How)), tamper.Str(a.By), tamper.Bytes(a.Undo.text()),
			tamper.Int(a.Reported)}
	},
	decode: func(k int64, v []tamper.Value) Activation {
		return Activation{Number: k, Issuer: license.Issuer(v[0].Str()), SetNumber: v[1].Int(), Checkpoint: v[2].Str(), Replaced: v[3].Str(),
			From: v[4].Int(), Until: v[5].Int(), How: How(v[6].Str()), By: v[7].Str(), Undo: readUndo(v[8].Str()),
			Reported: v[9].Int()}
	},
}

var policyCodec = codec[int64, Policy]{
	layout: policyLayout,
	key:    numberKey,
	parse:  parseNumberKey,
	encode: func(p *Policy) []tamper.Value { return []tamper.Value{tamper.Str(string(*p))} },
	decode: func(_ int64, v []tamper.Value) Policy { return Policy(v[0].Str()) },
}

// Activations returns every time a set was in force, by number.
func (v *View) Activations() []Activation {
	var list []Activation
	for a := range all(v, v.book.activations, func(s *staged) *staging[int64, Activation] { return s.activations }) {
		list = append(list, *a)
	}
	slices.SortFunc(list, func(x, y Activation) int { return cmp.Compare(x.Number, y.Number) })
	return list
}

// Policy says how sets come in force: [Automatic] until somebody has said
// otherwise.
func (v *View) Policy() Policy {
	p := v.book.policies.get(1)
	if v.staged != nil {
		p = v.staged.policies.get(1)
	}
	if p == nil {
		return Automatic
	}
	return *p
}

// PutActivation stores an activation. A new one has number 0 and gets the next.
func (tx *Tx) PutActivation(a Activation) error {
	if err := tx.granting(); err != nil {
		return err
	}
	if a.Number == 0 {
		tx.staged.last.activation++
		a.Number = tx.staged.last.activation
	}
	return tx.staged.activations.put(a.Number, &a)
}

// SetPolicy says how sets come in force.
func (tx *Tx) SetPolicy(p Policy) error {
	if err := tx.granting(); err != nil {
		return err
	}
	return tx.staged.policies.put(1, &p)
}
