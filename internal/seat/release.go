package seat

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// Release decides to take back what the person was given, a plan or an extra.
// What needs it as a prerequisite goes with it. It works on every day and for
// everybody, also for what no set has any longer.
//
// The only error is [*NotHeldError].
func (s Standing) Release(name license.Name) (Change, error) {
	release := s.assigned(name)
	if len(release) == 0 {
		return Change{}, &NotHeldError{Module: name, From: s.sources(name)}
	}
	return s.settle(release, nil, s.Person, s.Profile), nil
}

// sources returns what a name that was not given comes from: the plans that
// include it, or the name itself when it comes with the profile.
func (s Standing) sources(name license.Name) []license.Name {
	var from []license.Name
	for _, h := range s.Holds() {
		l := s.Active.License(h.Name)
		included := l != nil && l.Plan != nil && h.Name.Issuer == name.Issuer &&
			slices.ContainsFunc(l.Plan.Includes, func(m license.Module) bool { return m.Fold() == name.Module })
		if included || h.Name == name {
			from = append(from, h.Name)
		}
	}
	return from
}

// Become decides on a change of the person: of login, profile, kind, having
// left or being deleted. profile is the modules of the next person's profile.
//
// Who leaves or is deleted gives everything back. Seats may be needed when a
// login or another profile brings modules, so the error is a [*PoolFullError],
// [*PersonKindError], [*ReadOnlyError] or [*license.UnknownModuleError].
// Valid-through never moves a seat.
func (s Standing) Become(next Person, profile []license.Name) (Change, error) {
	var release []Assignment
	if next.Gone() {
		release = slices.Clone(s.Current)
	}
	c := s.settle(release, nil, next, profile)
	old := s.Holds()
	for _, h := range Holds(s.Active, next, nil, profile) {
		if has(old, h.Name) {
			continue
		}
		if err := s.profileGives(next, h.Name); err != nil {
			return Change{}, err
		}
	}
	if err := check(s.Pools, license.Name{}, c.Takes); err != nil {
		return Change{}, err
	}
	return c, nil
}

// profileGives refuses a module that a profile may not give the person today.
func (s Standing) profileGives(person Person, name license.Name) error {
	l := s.Active.License(name)
	switch {
	case l == nil:
		return &license.UnknownModuleError{Module: name.String()}
	case l.Kind == license.User && l.People&person.Kind == 0:
		return &PersonKindError{Module: name, Kind: person.Kind, Allowed: l.People.Words()}
	}
	return s.open(name)
}

// SetLogin decides to give the person a login, or to end it. Ending always
// works and keeps everything given by hand.
func (s Standing) SetLogin(login bool) (Change, error) {
	if login && s.Person.Gone() {
		return Change{}, &PersonGoneError{Person: s.Person.ID, Deleted: s.Person.Deleted}
	}
	next := s.Person
	next.Login = login
	return s.Become(next, s.Profile)
}

// SetProfile decides to put the person on a profile with these modules; an
// empty code means none.
func (s Standing) SetProfile(code string, modules []license.Name) (Change, error) {
	if s.Person.Gone() {
		return Change{}, &PersonGoneError{Person: s.Person.ID, Deleted: s.Person.Deleted}
	}
	next := s.Person
	next.Profile = code
	return s.Become(next, modules)
}

// Leave decides that the person gives everything back, by leaving or by being
// deleted. It always works.
func (s Standing) Leave() Change {
	next := s.Person
	next.Former = true
	return s.settle(slices.Clone(s.Current), nil, next, nil)
}

// ChangeProfile decides to give a profile other modules. Every person on it
// changes at once: members are those people as they stand, with the profile's
// modules of today. Either all of them fit or nobody changes.
//
// The pools of the members' standings are not looked at, only these. The error
// is as for [Standing.Become].
func ChangeProfile(pools Pools, members []Standing, modules []license.Name) (Change, error) {
	total := map[license.Name]int64{}
	var all Change
	for _, m := range members {
		m.Pools = limitless
		c, err := m.Become(m.Person, modules)
		if err != nil {
			return Change{}, err
		}
		all.Release = append(all.Release, c.Release...)
		for _, t := range c.Takes {
			total[t.Name] += t.Delta
		}
	}
	for n, delta := range total {
		if delta != 0 {
			all.Takes = append(all.Takes, Take{n, delta})
		}
	}
	slices.SortFunc(all.Takes, func(x, y Take) int { return license.CompareNames(x.Name, y.Name) })
	if err := check(pools, license.Name{}, all.Takes); err != nil {
		return Change{}, err
	}
	return all, nil
}

func limitless(license.Name) Pool { return Pool{Unrestricted: true} }
