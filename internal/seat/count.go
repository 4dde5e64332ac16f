package seat

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// Counts is how many users there are, both ways: the seats of what is needed to
// sign in, which is the ceiling, and the plans in use, which is what is paid.
type Counts struct {
	People    int64         // everybody who has not left
	PaidUsers int64         // people on a plan that is neither empty nor unrestricted
	Seated    int64         // people who take a seat of anything that is limited
	SignIn    []ClientCount // by issuer, then the issuer's order of clients and modules
	Plans     []PlanCount   // by issuer, then the issuer's order
}

// A ClientCount is the pool of a module that a client needs.
type ClientCount struct {
	Client       string
	Name         license.Name
	Seats        int64
	Taken        int64
	Unrestricted bool
	OpenEnded    bool // paid by use: Taken is shown, Seats is not
}

// A PlanCount is how many hold a plan.
type PlanCount struct {
	Name         license.Name
	Seats        int64
	Taken        int64
	Paid         bool // neither empty nor unrestricted
	Unrestricted bool
	OpenEnded    bool
}

// OpenEnded reports whether a license is paid by use, so that only what is in
// use is shown: the issuer says so, or it has a thousand seats or more and at
// least ten for everybody there is.
func OpenEnded(l *license.License, people int64) bool {
	return l.OpenEnded || l.Kind == license.User && !l.Unrestricted && l.Quantity >= 1000 && l.Quantity/10 >= people
}

// Count counts users. holders are everybody who has not left; pools are as full
// as they are today.
func Count(active *license.Active, pools Pools, holders Holders) Counts {
	var c Counts
	for _, g := range groups(holders) {
		c.People += int64(len(g.people))
		if Paid(active, g.holds) {
			c.PaidUsers += int64(len(g.people))
		}
		if TakesSeat(active, active.Expand(g.holds)) {
			c.Seated += int64(len(g.people))
		}
	}
	for _, set := range active.Sets() {
		for _, client := range set.Clients {
			for _, m := range client.User {
				c.SignIn = append(c.SignIn, clientCount(active, pools, client.Name, license.NameOf(set.Issuer, m), c.People))
			}
		}
		for i := range set.Licenses {
			l := &set.Licenses[i]
			if l.Plan == nil {
				continue
			}
			name := license.NameOf(set.Issuer, l.Module)
			p := pools(name)
			c.Plans = append(c.Plans, PlanCount{name, p.Seats, p.Taken, isPaid(l), p.Unrestricted, OpenEnded(l, c.People)})
		}
	}
	return c
}

func clientCount(active *license.Active, pools Pools, client string, name license.Name, people int64) ClientCount {
	p := pools(name)
	c := ClientCount{Client: client, Name: name, Seats: p.Seats, Taken: p.Taken, Unrestricted: p.Unrestricted}
	if l := active.License(name); l != nil {
		c.OpenEnded = OpenEnded(l, people)
	}
	return c
}

// Paid reports whether one of the plans held is paid for: it is neither empty nor
// unrestricted.
func Paid(active *license.Active, holds []license.Held) bool {
	for _, h := range holds {
		if l := active.License(h.Name); l != nil && l.Plan != nil && isPaid(l) {
			return true
		}
	}
	return false
}

// HasPlans reports whether there is any plan to be on: there is none where people
// get their seats by a profile or one by one.
func HasPlans(active *license.Active) bool {
	return slices.ContainsFunc(active.Sets(), func(s *license.Set) bool {
		return slices.ContainsFunc(s.Licenses, func(l license.License) bool { return l.Plan != nil })
	})
}

// TakesSeat reports whether somebody who may use this takes a seat of anything
// that is limited.
func TakesSeat(active *license.Active, uses []license.Held) bool {
	return slices.ContainsFunc(uses, func(h license.Held) bool {
		l := active.License(h.Name)
		return l != nil && l.Kind == license.User && !l.Marker && !l.Unrestricted
	})
}

// AllowedBy returns the modules that let somebody sign in who is no employee, by
// name: those that a client for that kind of account needs and that are held.
func AllowedBy(active *license.Active, person Person, uses []license.Held) []license.Name {
	if person.Kind == license.Internal {
		return nil
	}
	var names []license.Name
	for _, set := range active.Sets() {
		for _, c := range set.Clients {
			for _, m := range c.User {
				if name := license.NameOf(set.Issuer, m); c.People&person.Kind != 0 && has(uses, name) {
					names = append(names, name)
				}
			}
		}
	}
	slices.SortFunc(names, license.CompareNames)
	return slices.Compact(names)
}

func isPaid(l *license.License) bool { return !l.Plan.Empty() && !l.Unrestricted }
