package license

import (
	"fmt"
	"time"
)

// A Set is all licenses one issuer grants one installation. It is signed as a
// whole; package licensefile reads and checks the signed form.
type Set struct {
	Issuer     Issuer
	IssuerName string // display name of the issuer
	Company    string // the owner; display only, the serial number binds
	Serial     string // who it is for; matched byte for byte
	Number     int64  // 1 or more; rises with each set of the same issuer and serial number
	Issued     time.Time
	Dates      Dates
	Start      Date   // the first day it may be in force; zero: at once
	TimeZone   string // IANA name; the zone all dates of the set are read in
	Deployment string // free text of the issuer; "" for none
	Product    string // free text of the issuer; "" for none
	// Occupancy says what takes a seat of a module that comes from a profile.
	Occupancy Occupancy
	// Previous is the checkpoint hash of the set with the number before this
	// one, in lower-case hex; "" for the first.
	Previous string
	// Installation is the fingerprint of the key of the one installation that
	// may activate the set; "" when the serial number is enough.
	Installation string
	Final        bool // activating it cannot be rolled back
	Demo         bool // accepted by demo installations only
	Clients      []Client
	Licenses     []License // in the issuer's order, which the signature covers
}

// Occupancy is the rule for seats of modules that come from a profile.
type Occupancy string

const (
	// ByAssignment: only plans and extras given to a person take seats.
	ByAssignment Occupancy = "assignment"
	// ByCredentials: a person who has login settings also takes one seat per
	// module active in the person's profile.
	ByCredentials Occupancy = "credentials"
	// ByLogin: everybody who has login settings is on the set's one plan, see
	// [Set.Everyones], and nobody is put on it by hand.
	ByLogin Occupancy = "login"
)

// A Client is a way to sign in to the issuer's products, such as "web", with
// everything that way needs. The user modules among them are the issuer's
// sign-in modules: they stay allowed when the rest becomes read-only.
type Client struct {
	Name   string     // `[a-z0-9-]{1,32}`
	People PersonKind // whose way in it is: a mask
	System []Module   // system modules that must be in the set
	User   []Module   // user modules the person must hold
}

// Dates are the five dates of a set, in the set's time zone.
type Dates struct {
	NextCheck   Date // when to ask the issuer again; acts on its day
	Warning     Date // when administrators start to be reminded; acts on its day
	Expiry      Date // the formal end, good through the day; zero: no end
	Grace       Date // the real stop, good through the day; before Expiry or zero: the same as Expiry
	Maintenance Date // versions released after this date may not be installed; good through the day; zero: no end
}

// A State is what the dates of a set say on a day.
type State uint8

const (
	OK       State = iota // nothing to do
	Warning               // administrators are reminded
	Grace                 // past the expiry; everything still works
	ReadOnly              // past the grace date
)

// String returns "ok", "warning", "grace" or "read-only".
func (s State) String() string {
	if int(s) < len(states) {
		return states[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

var states = [...]string{OK: "ok", Warning: "warning", Grace: "grace", ReadOnly: "read-only"}

// MarshalText returns the same as String.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// End returns the last day everything works: the grace date, or the expiry when
// that is later. The zero Date means no end.
func (d Dates) End() Date {
	if d.Expiry.IsZero() || d.Grace.IsZero() || d.Grace.Before(d.Expiry) {
		return d.Expiry
	}
	return d.Grace
}

// State returns what the dates say on a day.
//
// The warning acts on its own day; expiry and grace are good through the whole
// of theirs. A set without an expiry never leaves OK.
func (d Dates) State(today Date) State {
	switch {
	case d.Expiry.IsZero():
		return OK
	case today.After(d.End()):
		return ReadOnly
	case today.After(d.Expiry):
		return Grace
	case !d.Warning.IsZero() && !today.Before(d.Warning):
		return Warning
	}
	return OK
}

// MayUpgrade reports whether a version released on a date may be installed.
func (d Dates) MayUpgrade(released Date) bool {
	return d.Maintenance.IsZero() || !released.After(d.Maintenance)
}

// Location returns the time zone of the set.
func (s *Set) Location() (*time.Location, error) { return time.LoadLocation(s.TimeZone) }

// Today returns the date at now in the time zone of the set.
func (s *Set) Today(now time.Time) (Date, error) {
	loc, err := s.Location()
	if err != nil {
		return Date{}, err
	}
	return DateOf(now.In(loc)), nil
}

// Begun reports whether the set may be in force on a day.
func (s *Set) Begun(today Date) bool { return !today.Before(s.Start) }

// Everyones returns the plan that everybody with login settings is on, where the
// set counts [ByLogin]: its first plan that is not empty. It returns nil for
// other sets.
func (s *Set) Everyones() *License {
	if s.Occupancy != ByLogin {
		return nil
	}
	for i := range s.Licenses {
		if p := s.Licenses[i].Plan; p != nil && !p.Empty() {
			return &s.Licenses[i]
		}
	}
	return nil
}

// opens returns the modules that somebody of a kind who is not an employee holds
// by having a login: those a client for that kind needs, if they are hidden, so
// that nobody can give them, and unrestricted, so that they cost nothing.
func (s *Set) opens(kind PersonKind) []Module {
	var modules []Module
	for _, c := range s.Clients {
		if kind == Internal || c.People&kind == 0 {
			continue
		}
		for _, m := range c.User {
			l := s.License(m)
			if l != nil && l.Kind == User && l.Hidden && l.Unrestricted && !l.Marker && l.Plan == nil && l.People&kind != 0 {
				modules = append(modules, m)
			}
		}
	}
	return modules
}

// License returns the license of a module, in any letter case, or nil.
func (s *Set) License(module Module) *License {
	module = module.Fold()
	for i := range s.Licenses {
		if s.Licenses[i].Module.Fold() == module {
			return &s.Licenses[i]
		}
	}
	return nil
}
