package seat

import (
	"cmp"
	"slices"

	"github.com/pott-dev/pott/license"
)

// notHeld says that the person lacks a name, and its prerequisite if that is
// lacking too, each with what would give it.
func (w why) notHeld(reason string, name license.Name) []Missing {
	missing := []Missing{{Reason: reason, Name: name, Fixes: w.fixes(name)}}
	if p := prerequisite(w.Active, name); !met(w.Active, w.uses, p) {
		missing = append(missing, Missing{Reason: string(PrerequisiteMissing), Name: p, Fixes: w.fixes(p)})
	}
	return missing
}

// A candidate is a fix with what ranks it.
type candidate struct {
	Fix
	fits bool
}

// fixes returns what would give the person a name, the nearest first: what
// takes nothing away, then what brings fewest other modules, then the issuer's
// order. Plans and extras that no seat is left for are returned only when there
// is nothing else.
func (w why) fixes(name license.Name) []Fix {
	l := w.Active.License(name)
	if l == nil {
		return []Fix{{Act: DoActivateSet}}
	}
	var all []candidate
	if set := w.Active.Set(name.Issuer); set.Occupancy == license.ByCredentials {
		c := candidate{Fix: Fix{Act: DoChangeProfile, Name: name}}
		c.Free, c.fits = w.room([]Take{{name, 1}})
		all = append(all, c)
	}
	if slices.Contains(w.Active.LoginGives(w.Person.Kind), name) {
		c := candidate{Fix: Fix{Act: DoGiveLogin, Name: name}}
		c.Free, c.fits = w.room([]Take{{name, 1}})
		all = append(all, c)
	}
	act := DoGiveExtra
	if l.Plan != nil {
		act = DoSetPlan
	}
	all = w.try(all, act, name)
	for _, plan := range plansWith(w.Active.Set(name.Issuer), name.Module) {
		all = w.try(all, DoSetPlan, plan)
	}
	return nearest(all)
}

// try adds a candidate if nothing but full pools stands in its way.
func (w why) try(all []candidate, act Act, name license.Name) []candidate {
	roomy := w.Standing
	roomy.Pools = limitless
	change, err := roomy.do(act, name)
	if err != nil || change.Empty() {
		return all
	}
	_, err = w.do(act, name)
	c := candidate{Fix: Fix{Act: act, Name: name}, fits: err == nil}
	c.Free, _ = w.room(change.Takes)
	after := w.Active.Expand(w.after(change))
	c.Gains, c.Loses = w.modules(after, w.uses), w.modules(w.uses, after)
	return append(all, c)
}

// do decides a fix that gives something by hand.
func (s Standing) do(act Act, name license.Name) (Change, error) {
	if act == DoSetPlan {
		return s.SetPlan(name)
	}
	return s.Assign(name, 1)
}

// room returns the seats left in the tightest pool that takes draws on, nil when
// none of them has a limit, and whether they fit.
func (w why) room(takes []Take) (*int64, bool) {
	var least *int64
	for _, t := range takes {
		if p := w.Pools(t.Name); t.Delta > 0 && !p.Unrestricted {
			if free := p.Free(); least == nil || free < *least {
				least = &free
			}
		}
	}
	return least, check(w.Pools, license.Name{}, takes) == nil
}

func nearest(all []candidate) []Fix {
	if slices.ContainsFunc(all, func(c candidate) bool { return c.fits }) {
		all = slices.DeleteFunc(all, func(c candidate) bool { return !c.fits })
	}
	slices.SortStableFunc(all, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(min(len(x.Loses), 1), min(len(y.Loses), 1)), cmp.Compare(len(x.Gains), len(y.Gains)))
	})
	fixes := make([]Fix, len(all))
	for i, c := range all {
		fixes[i] = c.Fix
	}
	return fixes
}

// modules returns what is among a and not among b, plans left out: it is what a
// plan gives that somebody has or lacks.
func (w why) modules(a, b []license.Held) []license.Name {
	var names []license.Name
	for _, h := range a {
		if l := w.Active.License(h.Name); !has(b, h.Name) && (l == nil || l.Plan == nil) {
			names = append(names, h.Name)
		}
	}
	return names
}
