// Package seat decides who gets which seat, and never gives one that is not
// there.
//
// Its functions are pure: they look at the sets in force, at how full the pools
// are and at what a person holds, and return the change to make or a typed
// error that says what stands in the way. Whoever stores the change must do it
// whole, and against the same pools the decision saw.
package seat

import (
	"github.com/pott-dev/pott/license"
)

// A Pool is how full a license is. What is not in any set is the zero Pool:
// nothing can be taken from it.
type Pool struct {
	Seats        int64 // bought
	Taken        int64 // in use
	Unrestricted bool  // Taken may pass Seats
}

// Free returns the seats left, or 0 when more are taken than bought. It means
// nothing for an unrestricted pool.
func (p Pool) Free() int64 { return max(0, p.Seats-p.Taken) }

// Over returns how many more are taken than bought, or 0. An unrestricted pool
// is never over.
func (p Pool) Over() int64 {
	if p.Unrestricted {
		return 0
	}
	return max(0, p.Taken-p.Seats)
}

// Pools says how full the pool of a name is.
type Pools = func(license.Name) Pool

// A Take changes how many seats of one pool are taken.
type Take struct {
	Name  license.Name
	Delta int64 // never 0
}

// A Person is what the rules need to know of somebody.
type Person struct {
	ID           string             // opaque and stable; never a name or an address
	Kind         license.PersonKind // exactly one
	Login        bool               // has login settings
	ValidThrough license.Date       // last day login works; zero: no end
	Waiting      bool               // waits for approval: may hold licenses, and may not sign in
	Former       bool               // has left; may come back
	Deleted      bool               // kept for the history; comes back only by being restored
	Profile      string             // code of the profile; "" for none
}

// Gone reports whether the person can hold nothing.
func (p Person) Gone() bool { return p.Former || p.Deleted }

// CanSignIn reports whether the person may sign in on a day: has a login that
// is valid through that day or later, is approved, and has not left.
func (p Person) CanSignIn(today license.Date) bool {
	return p.Login && !p.Waiting && !p.Gone() && (p.ValidThrough.IsZero() || !today.After(p.ValidThrough))
}

// A Source says where an assignment comes from.
type Source string

const (
	Direct  Source = "direct"  // somebody gave it to the person
	Import  Source = "import"  // a file or another system brought it in
	Profile Source = "profile" // the person's profile has it; never stored
	Plan    Source = "plan"    // a plan includes it; never stored
	Login   Source = "login"   // whoever has a login has it; never stored
)

// An Assignment says that a person was given a license, by whom and why. What
// a plan includes and what a profile gives is derived, so only assignments
// from outside the rules are stored.
type Assignment struct {
	Number   int64 // small and stable within the installation; 0 until stored
	Person   string
	Name     license.Name
	Quantity int64 // seats it takes, 1 or more
	Source   Source
	From     int64 // when it began, in microseconds since 1970 UTC; 0 until stored
	Until    int64 // when it ended, exclusive; 0 while it is current
	By       string
	Reason   string
}

// A Change is what to do: end some assignments, begin others, and move seats.
// All of it or nothing. The zero Change means that it is already so.
type Change struct {
	Release []Assignment // current assignments to end, as they were passed in; what needs another stands before it
	Give    []Assignment // to begin: Person, Name, Quantity and Source are set; what needs another stands behind it
	Takes   []Take       // by name, one per pool that changes
	// Parents are those of Give that nobody asked for: another needs them.
	Parents []license.Name
	// Dependants are those of Release that nobody named: what they need goes.
	Dependants []license.Name
}

// Empty reports whether there is nothing to do.
func (c Change) Empty() bool { return len(c.Release)+len(c.Give)+len(c.Takes) == 0 }
