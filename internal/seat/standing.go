package seat

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// A Standing is how things stand when a decision about one person is made: the
// sets in force, how full the pools are, and what the person holds. Decisions
// are its methods; none of them changes it.
type Standing struct {
	Active  *license.Active
	State   func(license.Issuer) license.State // what an issuer's dates say today; nil: all is well
	Outage  func(license.Issuer) *Outage       // why an issuer's set gives nothing, nil when it does; nil: they all do
	Pools   Pools
	Person  Person
	Current []Assignment   // the person's current assignments
	Profile []license.Name // the modules of the person's profile
	Closed  *Closing       // what keeps the person from signing in now; nil: nothing does
}

// Holds returns what the person was given; see [Holds].
func (s Standing) Holds() []license.Held {
	return Holds(s.Active, s.Person, s.Current, s.Profile)
}

// Uses returns what the person may use: what was given, and what plans include.
func (s Standing) Uses() []license.Held { return s.Active.Expand(s.Holds()) }

// Plans returns the plans the person was given, by name.
func (s Standing) Plans() []license.Name {
	var plans []license.Name
	for _, h := range s.Holds() {
		if l := s.Active.License(h.Name); l != nil && l.Plan != nil {
			plans = append(plans, h.Name)
		}
	}
	return plans
}

func (s Standing) state(issuer license.Issuer) license.State {
	if s.State == nil {
		return license.OK
	}
	return s.State(issuer)
}

func (s Standing) outage(issuer license.Issuer) *Outage {
	if s.Outage == nil {
		return nil
	}
	return s.Outage(issuer)
}

// assignable returns the license of a name if this person may be given it by
// hand, as far as the license and the person alone decide.
func (s Standing) assignable(name license.Name) (*license.License, error) {
	l := s.Active.License(name)
	switch {
	case l == nil:
		return nil, &license.UnknownModuleError{Module: name.String()}
	case l.Kind != license.User || l.Marker:
		return nil, &NotAssignableError{Module: name, Kind: l.Kind, Marker: l.Marker}
	case s.byLogin(name, l):
		return nil, &ByLoginError{Module: name}
	case l.Hidden:
		return nil, &HiddenError{Module: name, Plans: plansWith(s.Active.Set(name.Issuer), name.Module)}
	case s.Person.Gone():
		return nil, &PersonGoneError{Person: s.Person.ID, Deleted: s.Person.Deleted}
	case l.People&s.Person.Kind == 0:
		return nil, &PersonKindError{Module: name, Kind: s.Person.Kind, Allowed: l.People.Words()}
	}
	return l, nil
}

// open refuses to give anything of an issuer whose set is out of force or past
// its grace date. The empty plan may be given even then: it is how access is
// withdrawn.
func (s Standing) open(name license.Name) error {
	if s.withheld(name.Issuer) == nil {
		return nil
	}
	if l := s.Active.License(name); l != nil && l.Plan != nil && l.Plan.Empty() {
		return nil
	}
	if out := s.outage(name.Issuer); out != nil {
		return out.refuse(name, s.Active.Set(name.Issuer))
	}
	err := &ReadOnlyError{Module: name, Issuer: name.Issuer}
	if set := s.Active.Set(name.Issuer); set != nil {
		err.Ended = set.Dates.End()
	}
	return err
}

// plansWith returns the plans of a set that include a module, in the issuer's
// order.
func plansWith(set *license.Set, module license.Module) []license.Name {
	var plans []license.Name
	for i := range set.Licenses {
		l := &set.Licenses[i]
		if l.Plan != nil && slices.ContainsFunc(l.Plan.Includes, func(m license.Module) bool { return m.Fold() == module }) {
			plans = append(plans, license.NameOf(set.Issuer, l.Module))
		}
	}
	return plans
}

// prerequisite returns the name that must be held before another may be, or the
// zero Name.
func prerequisite(active *license.Active, name license.Name) license.Name {
	if l := active.License(name); l != nil && l.Prerequisite != "" {
		return license.NameOf(name.Issuer, l.Prerequisite)
	}
	return license.Name{}
}

// has reports whether a name is among what is held, which is sorted by name.
func has(held []license.Held, name license.Name) bool {
	_, ok := slices.BinarySearchFunc(held, name, func(h license.Held, n license.Name) int {
		return license.CompareNames(h.Name, n)
	})
	return ok
}

// byLogin reports whether a license is a plan of a set that puts everybody with
// a login on one.
func (s Standing) byLogin(name license.Name, l *license.License) bool {
	return l.Plan != nil && s.Active.Set(name.Issuer).Occupancy == license.ByLogin
}

// met reports whether what a name needs is there: what is given to people is
// among what is held, anything else stands in a set in force.
func met(active *license.Active, held []license.Held, needs license.Name) bool {
	if needs == (license.Name{}) || has(held, needs) {
		return true
	}
	l := active.License(needs)
	return l != nil && l.Kind != license.User
}

// settle completes a change: besides release, it releases what loses its
// prerequisite, and it works out what moves in the pools. next and profile are
// the person and the profile's modules after the change.
func (s Standing) settle(release, give []Assignment, next Person, profile []license.Name) Change {
	uses := s.Uses()
	keep := slices.DeleteFunc(slices.Clone(s.Current), func(a Assignment) bool {
		return slices.ContainsFunc(release, func(r Assignment) bool { return r == a })
	})
	c := Change{Release: release, Give: give}
	for {
		left := s.Active.Expand(Holds(s.Active, next, append(slices.Clone(keep), give...), profile))
		i := slices.IndexFunc(keep, func(a Assignment) bool {
			p := prerequisite(s.Active, a.Name)
			return met(s.Active, uses, p) && !met(s.Active, left, p)
		})
		if i < 0 {
			c.Takes = takes(s.Active, uses, left)
			return c
		}
		// Found after what it needs, it goes before it.
		c.Release = append([]Assignment{keep[i]}, c.Release...)
		c.Dependants = append([]license.Name{keep[i].Name}, c.Dependants...)
		keep = slices.Delete(keep, i, i+1)
	}
}

// Confirmed refuses with [*DependantsError] a change that releases more than was
// named, unless with says that this is meant.
func (c Change) Confirmed(named license.Name, with bool) error {
	if with || len(c.Dependants) == 0 {
		return nil
	}
	return &DependantsError{Module: named, Dependants: c.Dependants}
}
