// Package message decides who is told of what outside the pages, and when: once
// for every level of what is the case, and never twice for the same.
package message

import (
	"cmp"
	"slices"
	"time"

	"github.com/pott-dev/pott/internal/seat"
)

// A Kind is something people are told of.
type Kind string

// What there is to tell.
const (
	Pool     Kind = "pool"     // a license is full, or more people are on it than it has seats
	Set      Kind = "set"      // a set waits for review, did not fit on its day, or came in force by itself
	Expiry   Kind = "expiry"   // licenses end
	Ended    Kind = "ended"    // licenses have ended: grace, or only reading is left
	Damage   Kind = "damage"   // the records were changed, put back, or are not what somebody remembers
	Fetch    Kind = "fetch"    // an issuer's license server cannot be asked
	Approval Kind = "approval" // people wait to be approved
)

// Kinds are all of them, in the order they are shown.
var Kinds = []Kind{Pool, Set, Expiry, Ended, Damage, Fetch, Approval}

// A Reader is whom something is told: everybody with a role, everybody there is,
// or the programs that listen.
type Reader string

// Everybody are all people who can use something; Webhook are the addresses that
// are called.
const (
	Everybody Reader = "everybody"
	Webhook   Reader = "webhook"
)

// Readers are all of them, in the order they are shown.
var Readers = []Reader{Reader(seat.Administrator), Reader(seat.UserAdministrator), Reader(seat.Auditor), Everybody, Webhook}

// A Rule says whether a reader is told of a kind by mail, or by a call.
type Rule struct {
	Kind   Kind
	Reader Reader
}

// told are the rules that hold where nobody has said otherwise.
var told = map[Rule]bool{
	{Pool, Reader(seat.Administrator)}: true, {Set, Reader(seat.Administrator)}: true,
	{Expiry, Reader(seat.Administrator)}: true, {Expiry, Everybody}: true,
	{Ended, Reader(seat.Administrator)}:  true,
	{Damage, Reader(seat.Administrator)}: true, {Damage, Reader(seat.Auditor)}: true,
	{Fetch, Reader(seat.Administrator)}: true, {Approval, Reader(seat.UserAdministrator)}: true,
}

// Default reports what holds for a rule where nobody has said otherwise. Addresses
// are called for everything: whoever sets one wants to hear.
func (r Rule) Default() bool { return r.Reader == Webhook || told[r] }

// Known reports whether there is such a rule. What only somebody who looks after
// the installation can do anything about is not everybody's.
func (r Rule) Known() bool {
	return slices.Contains(Kinds, r.Kind) && slices.Contains(Readers, r.Reader) && (r.Reader != Everybody || r.Kind == Expiry)
}

// Rules are all there are, by kind and reader in the order they are shown.
func Rules() (all []Rule) {
	for _, k := range Kinds {
		for _, r := range Readers {
			if rule := (Rule{k, r}); rule.Known() {
				all = append(all, rule)
			}
		}
	}
	return all
}

// An Occasion is something that is the case. One level is told once; a higher one
// is told again.
type Occasion struct {
	Kind    Kind
	About   string // which one of its kind: codes, numbers and days, never a name of a person
	Level   int64  // from 1
	People  bool   // it is for everybody, and not for those who look after the installation
	Trouble seat.Trouble
}

// expiryLevels are how many days before the end administrators are told.
var expiryLevels = []int{60, 30, 14, 3, 0}

// lastDays is how many days before something is lost everybody is told.
const lastDays = 3

// Occasions returns what of troubles is told outside the pages today, which is
// the number of a day in the installation's zone: what goes on for long is told
// once a day.
func Occasions(troubles []seat.Trouble, today int64) (all []Occasion) {
	for _, t := range troubles {
		o, ok := occasion(t, today)
		if ok && (o.Kind != Ended || !slices.ContainsFunc(all, func(x Occasion) bool { return x.Kind == Ended })) {
			all = append(all, o)
		}
		if o, ok := forEverybody(t); ok {
			all = append(all, o)
		}
	}
	return all
}

func occasion(t seat.Trouble, today int64) (o Occasion, ok bool) {
	o = Occasion{About: t.About, Level: 1, Trouble: t}
	switch t.Kind {
	case seat.WaitsFull:
		o.Kind = Pool
	case seat.TroubleOver:
		o.Kind, o.Level = Pool, 2
	case seat.WaitsSet:
		o.Kind = Set
	case seat.WaitsSetRefused:
		o.Kind, o.Level = Set, 2
	case seat.NewsActivated:
		o.Kind, o.Level = Set, 3
	case seat.TroubleExpires:
		o.Kind, o.About, o.Level = Expiry, t.About+" "+t.On.String(), expiryLevel(t.Days)
	case seat.TroubleGrace, seat.TroubleReadOnly:
		o.Kind, o.About, o.Level = Ended, "", today // one message names all issuers
	case seat.TroubleTampered:
		o.Kind, o.About, o.Level = Damage, "records", digits(t.Count)
	case seat.TroubleRolledBack, seat.TroubleUnchecked:
		o.Kind, o.About = Damage, string(t.Kind)
	case seat.WaitsApproval:
		o.Kind, o.Level = Approval, today
	default:
		return o, false
	}
	return o, o.Level > 0
}

// forEverybody says who loses something soon: on the last day everything works, or
// when there is no grace, on the last day of the set.
func forEverybody(t seat.Trouble) (Occasion, bool) {
	if t.Kind != seat.TroubleExpires && t.Kind != seat.TroubleGrace || t.Ends < 0 || t.Ends > lastDays {
		return Occasion{}, false
	}
	return Occasion{Kind: Expiry, About: t.About + " people", Level: 1, People: true, Trouble: t}, true
}

func expiryLevel(days int) (level int64) {
	for i, at := range expiryLevels {
		if days <= at {
			level = int64(i + 1)
		}
	}
	return level
}

func digits(n int64) (d int64) {
	for d = 1; n >= 10; n /= 10 {
		d++
	}
	return d
}

// Of returns the occasion of a notice of the server's own, where that is told.
func Of(kind Kind, about string, t seat.Trouble) Occasion {
	return Occasion{Kind: kind, About: about, Level: 1, Trouble: t}
}

// Told is what is remembered of an occasion.
type Told struct {
	Level int64     // that was told last; 0: none was
	At    time.Time // when
	Over  time.Time // when it was no longer the case; zero: it is
}

// quiet is how long after it was told nothing is over: pools that are full one
// minute and not the next fill nobody's mailbox.
const quiet = 24 * time.Hour

// Settled reports whether something that is not the case any longer is over: soon
// after it was told nobody knows yet.
func (t Told) Settled(now time.Time) bool { return t.Over.IsZero() && now.Sub(t.At) >= quiet }

// Due reports whether an occasion is told now, given what is remembered of it.
func (t Told) Due(o Occasion, now time.Time) bool {
	if o.Level > t.Level {
		return true
	}
	return !t.Over.IsZero()
}

// pauses are how long is waited after each try that failed; after the last one
// a message is given up.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour}

// Tries is how often a message is tried before it is given up, within two days.
var Tries = len(pauses) + 1

// Pause returns how long is waited after so many tries, which are at least one.
// More is false when it is the last one.
func Pause(tries int) (pause time.Duration, more bool) {
	if tries >= Tries {
		return pauses[len(pauses)-1], false
	}
	return pauses[max(tries, 1)-1], true
}

// A Choice is what was said about rules: true where it is told.
type Choice map[Rule]bool

// On reports whether a rule holds.
func (c Choice) On(r Rule) bool {
	on, said := c[r]
	if !said {
		on = r.Default()
	}
	return on && r.Known()
}

// Reaches reports whether somebody with some roles, who has switched off some
// kinds, is told of an occasion by mail.
func (c Choice) Reaches(o Kind, people bool, roles []seat.Role, off []Kind) bool {
	if slices.Contains(off, o) {
		return false
	}
	if people {
		return c.On(Rule{o, Everybody})
	}
	return slices.ContainsFunc(roles, func(r seat.Role) bool { return c.On(Rule{o, Reader(r)}) })
}

// Sort orders occasions by kind and what they are about.
func Sort(all []Occasion) {
	slices.SortFunc(all, func(x, y Occasion) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds, x.Kind), slices.Index(Kinds, y.Kind)), cmp.Compare(x.About, y.About))
	})
}
