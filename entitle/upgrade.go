package entitle

import (
	"github.com/pott-dev/pott/license"
)

// An Upgrade says whether a version of a product may be installed, as far as one
// issuer is concerned.
type Upgrade struct {
	Issuer license.Issuer
	Set    int64 // number of the set in force; 0: there is none
	// Allowed is true when the version was released on the last day of
	// maintenance or before. Dates that end daily use play no part.
	Allowed bool
	// Reason is why not: [MaintenanceEnded], the reason a set is out of force, or
	// [NoSet]. It is [NoReason] when Allowed.
	Reason      Reason
	Maintenance license.Date // the last day; zero: no end
	Released    license.Date // as it was asked for; the day of the issuer's zone when it was not
}

// MayUpgrade answers whether a version released on a date may be installed, for
// every issuer whose set is in force, by issuer. A version without a date counts
// as released today. A product asks about its own issuer; an issuer that is not
// among the answers has no set, and allows nothing.
func (x *Index) MayUpgrade(released license.Date) []Upgrade {
	var all []Upgrade
	for _, s := range x.deck.active.Sets() {
		all = append(all, x.mayUpgrade(s, released))
	}
	return all
}

// MayUpgradeFor answers like [Index.MayUpgrade] for one issuer.
func (x *Index) MayUpgradeFor(issuer license.Issuer, released license.Date) Upgrade {
	if s := x.deck.active.Set(issuer); s != nil {
		return x.mayUpgrade(s, released)
	}
	return Upgrade{Issuer: issuer, Reason: NoSet, Released: released}
}

func (x *Index) mayUpgrade(s *license.Set, released license.Date) Upgrade {
	if released.IsZero() {
		released = license.DateOf(x.now.In(location(s.TimeZone)))
	}
	u := Upgrade{Issuer: s.Issuer, Set: s.Number, Maintenance: s.Dates.Maintenance, Released: released}
	switch reason := x.outNow(s); {
	case reason != NoReason:
		u.Reason = reason
	case !s.Dates.MayUpgrade(released):
		u.Reason = MaintenanceEnded
	default:
		u.Allowed = true
	}
	return u
}

// outNow returns why a set is out of force at the moment, or NoReason.
func (x *Index) outNow(s *license.Set) Reason {
	for _, stop := range x.stops {
		if stop.Issuer == s.Issuer && stop.Number == s.Number && (stop.From.IsZero() || !license.DateOf(x.now.UTC()).Before(stop.From)) {
			return stop.Reason
		}
	}
	return NoReason
}

// MayUpgrade answers like [Index.MayUpgrade], from what the client knows.
func (c *Client) MayUpgrade(released license.Date) []Upgrade {
	return c.index.Load().MayUpgrade(released)
}

// MayUpgradeFor answers like [Index.MayUpgradeFor], from what the client knows.
func (c *Client) MayUpgradeFor(issuer license.Issuer, released license.Date) Upgrade {
	return c.index.Load().MayUpgradeFor(issuer, released)
}
