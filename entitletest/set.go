package entitletest

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// A Set is a small license set in the making. Its methods return the set itself,
// so that a whole set is said in a line or two:
//
//	entitletest.NewSet("ACME").Feature("sale", "sale-cal").
//		Plan("sales", "user", "web", "sale-cal").Client("web", "user", "web")
//
// Modules may be used before they are declared, and need not be: a module that
// nobody declared is one for users, with seats for everybody.
type Set struct {
	// License is what the methods fill in. Anything they have no word for may be
	// set here.
	License license.Set
}

// NewSet returns an empty set without an end.
func NewSet(issuer string) *Set {
	return &Set{license.Set{
		Issuer: license.Issuer(issuer), IssuerName: issuer, Company: "A test customer", Serial: "1000000001",
		TimeZone: "UTC", Occupancy: license.ByAssignment,
	}}
}

// On adds system modules: on for everybody.
func (s *Set) On(modules ...string) *Set {
	for _, m := range modules {
		s.module(m).Kind = license.System
	}
	return s
}

// Feature adds a system module, and the user module that adds editing.
func (s *Set) Feature(module, edit string) *Set {
	s.User(edit)
	l := s.module(module)
	l.Kind, l.Edit = license.System, license.Module(edit)
	return s
}

// User adds modules for users.
func (s *Set) User(modules ...string) *Set {
	for _, m := range modules {
		s.module(m)
	}
	return s
}

// Plan adds a plan that includes user modules.
func (s *Set) Plan(plan string, includes ...string) *Set {
	s.User(includes...)
	s.module(plan).Plan = &license.Plan{Includes: modules(includes)}
	return s
}

// Client adds a way to sign in, for people of every kind. Of the modules it
// needs, those declared with [Set.On] or [Set.Feature] before are system modules.
func (s *Set) Client(name string, needs ...string) *Set {
	c := license.Client{Name: name, People: license.Internal | license.External | license.Technical | license.Anonymous | license.Resource}
	for _, m := range needs {
		if s.module(m).Kind == license.System {
			c.System = append(c.System, license.Module(m))
		} else {
			c.User = append(c.User, license.Module(m))
		}
	}
	s.License.Clients = append(s.License.Clients, c)
	return s
}

// Ends gives the set an expiry and a last day of grace, both good through the
// day, written as "2026-06-10". It panics when they are not dates.
func (s *Set) Ends(expiry, grace string) *Set {
	s.License.Dates.Expiry, s.License.Dates.Grace = Date(expiry), Date(grace)
	return s
}

// Zone sets the time zone of the set's dates.
func (s *Set) Zone(name string) *Set {
	s.License.TimeZone = name
	return s
}

// Name returns the full name of a module or client of the set.
func (s *Set) Name(module string) license.Name {
	return license.NameOf(s.License.Issuer, license.Module(module))
}

// Date returns the date written as "2026-06-10"; "" is the zero Date. It panics
// when that is no date.
func Date(text string) license.Date {
	d, err := license.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// module returns the license of a module, added if it is not there.
func (s *Set) module(name string) *license.License {
	if l := s.License.License(license.Module(name)); l != nil {
		return l
	}
	s.License.Licenses = append(s.License.Licenses, license.License{
		Module: license.Module(name), Kind: license.User, Quantity: 1000, People: license.Internal,
	})
	return &s.License.Licenses[len(s.License.Licenses)-1]
}

// copy returns a set that shares nothing the methods change.
func (s *Set) copy() *license.Set {
	c := s.License
	c.Licenses = slices.Clone(c.Licenses)
	c.Clients = slices.Clone(c.Clients)
	return &c
}

func modules(names []string) []license.Module {
	out := make([]license.Module, len(names))
	for i, n := range names {
		out[i] = license.Module(n)
	}
	return out
}
