package seat

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// An Own is one license somebody may use and how the person came to it, in
// short: one way, and the nearest to what people know.
type Own struct {
	Name    license.Name
	How     How
	Plans   []license.Name // with [ByPlan]: those the person is on and that include it
	Profile string         // with [ByProfile]
	Since   int64          // with [ByHand]: microseconds since 1970 UTC
}

// Stopped returns what keeps the person from using anything at all today; nil
// when nothing does.
func (s Standing) Stopped(today license.Date) *Missing {
	if stops := (why{Standing: s, today: today}).person(); len(stops) > 0 {
		return &stops[0]
	}
	return nil
}

// How somebody came to a license, as a stable code.
type How string

const (
	ByHand    How = "given"
	ByPlan    How = "plan"
	ByProfile How = "profile"
	ByLogin   How = "login"
)

// Own returns everything the person may use, by name; markers and the licenses
// of an issuer whose set is out of force are left out. What
// was given by hand says so, also where a plan includes it: it stays when the
// plan goes.
func (s Standing) Own() []Own {
	w := why{Standing: s}
	var all []Own
	for _, h := range s.Uses() {
		l := s.Active.License(h.Name)
		if l == nil || l.Marker || s.outage(h.Name.Issuer) != nil {
			continue
		}
		o := Own{Name: h.Name, How: ByPlan}
		for _, step := range w.given(h.Name) {
			switch {
			case step.Fact == PersonHolds:
				o.How, o.Since = ByHand, step.Since
			case o.How == ByPlan && step.Fact == ProfileHas:
				o.How, o.Profile = ByProfile, step.Profile
			case o.How == ByPlan && step.Fact == LoginGives:
				o.How = ByLogin
			}
		}
		if o.How == ByPlan {
			o.Plans = slices.DeleteFunc(w.sources(h.Name), func(n license.Name) bool { return n == h.Name })
		}
		all = append(all, o)
	}
	return all
}
