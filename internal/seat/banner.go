package seat

import (
	"fmt"
	"slices"

	"github.com/pott-dev/pott/license"
)

// A TroubleKind is what a banner tells of.
type TroubleKind string

// The kinds, most severe first.
const (
	TroubleRolledBack  TroubleKind = "rolled-back" // the whole database is older than it was
	TroubleTampered    TroubleKind = "tampered"    // Count: records that were changed behind the server's back
	TroubleUnchecked   TroubleKind = "unchecked"   // nothing can be checked, and nothing is written
	TroubleSuspended   TroubleKind = "suspended"   // the host lets nothing be changed
	TroubleReadOnly    TroubleKind = "read-only"   // About: the issuer whose dates have passed; On: the last day it worked
	TroubleGrace       TroubleKind = "grace"       // About: the issuer; On: the last day everything works
	TroubleOver        TroubleKind = "over"        // About: the module; Count: how many are too many
	TroubleExpires     TroubleKind = "expires"     // About: the issuer; On: the expiry
	TroubleOverdue     TroubleKind = "overdue"     // Event: the number of one that the reader started, and that should be over
	TroubleNoSignIn    TroubleKind = "no-login"    // Event: its number
	TroubleMaintenance TroubleKind = "maintenance"
	TroubleMessage     TroubleKind = "message"
)

var severity = []TroubleKind{TroubleRolledBack, TroubleTampered, TroubleUnchecked, TroubleSuspended, TroubleReadOnly, TroubleGrace,
	TroubleOver, TroubleExpires, TroubleOverdue, TroubleNoSignIn, TroubleMaintenance, TroubleMessage}

// A Trouble is one thing a banner could tell of.
type Trouble struct {
	Kind  TroubleKind
	About string
	Count int64
	Days  int // to On, 0 on the day itself; negative after it
	Ends  int // days until people lose something; as Days where there is no grace
	On    license.Date
	Event int64
}

// A BannerPage is what kind of page a banner stands on.
type BannerPage int

const (
	OtherPage BannerPage = iota
	LicensePage
	HomePage
)

// A BannerReader is who reads a page.
type BannerReader int

const (
	AnyReader BannerReader = iota // somebody without a role
	Staff                         // administrators, user administrators and auditors
)

// Days before the expiry from which a banner says more, and before the loss of
// something from which everybody hears of it.
const (
	soonDays  = 30
	nearDays  = 14
	lastDays  = 3
	everyDays = lastDays
)

// Banner returns the one trouble a page tells of: the most severe, of several the
// one with the fewest days left. hidden says which items a reader does not want
// to see yet, by their [Trouble.Item]. nil: there is nothing to tell.
func Banner(troubles []Trouble, page BannerPage, reader BannerReader, hidden func(item string) bool) *Trouble {
	var top *Trouble
	for i := range troubles {
		t := &troubles[i]
		if t.shownOn(page, reader) && (t.Snooze() == 0 || !hidden(t.Item())) && (top == nil || t.before(top)) {
			top = t
		}
	}
	return top
}

// before reports whether a trouble is more severe than another.
func (t *Trouble) before(other *Trouble) bool {
	if a, b := slices.Index(severity, t.Kind), slices.Index(severity, other.Kind); a != b {
		return a < b
	}
	return t.Days < other.Days || t.Days == other.Days && t.Count > other.Count
}

// shownOn reports whether a reader is told of a trouble on a page.
func (t *Trouble) shownOn(page BannerPage, reader BannerReader) bool {
	switch t.Kind {
	case TroubleReadOnly, TroubleSuspended, TroubleOverdue, TroubleNoSignIn, TroubleMaintenance, TroubleMessage:
		return true
	case TroubleGrace:
		return reader == Staff || t.Days <= everyDays
	case TroubleExpires:
		if reader != Staff {
			return t.Ends <= everyDays
		}
		return t.Days <= nearDays || page == HomePage || page == LicensePage && t.Days <= soonDays
	}
	return reader == Staff
}

// Snooze returns for how many days a reader may hide the trouble; 0: not at all.
func (t *Trouble) Snooze() int {
	switch {
	case t.Kind == TroubleMessage, t.Kind == TroubleOverdue, t.Kind == TroubleExpires && t.Days <= lastDays:
		return 1
	case t.Kind == TroubleExpires:
		return 7
	}
	return 0
}

// FoldDays is for how many days a banner stays folded to one line.
const FoldDays = 7

// Folds reports whether a reader may fold the trouble to one line: it cannot be
// hidden, and goes on for long.
func (t *Trouble) Folds() bool { return t.Kind == TroubleGrace || t.Kind == TroubleReadOnly }

// Item names what is hidden: when less time is left than a step before, it is
// another item, and shown again.
func (t *Trouble) Item() string {
	step := 0
	if t.Kind == TroubleExpires {
		for _, days := range []int{soonDays, nearDays, lastDays} {
			if t.Days <= days {
				step = days
			}
		}
	}
	return fmt.Sprintf("%s:%s:%s:%d:%d", t.Kind, t.About, t.On, t.Event, step)
}
