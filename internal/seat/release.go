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

// Become decides on a change of the person: of login, approval, profile, kind,
// having left or being deleted, or coming back. profile is the modules of the
// next person's profile.
//
// Who leaves or is deleted gives everything back, and comes back with nothing
// that was given by hand. Seats may be needed when a login or another profile
// brings modules, so the error is a [*PoolFullError], [*PersonKindError],
// [*ReadOnlyError] or [*license.UnknownModuleError]. What was given by hand must
// be for the next kind. Valid-through never moves a seat.
func (s Standing) Become(next Person, profile []license.Name) (Change, error) {
	var release []Assignment
	switch {
	case next.Gone():
		release = slices.Clone(s.Current)
	case next.Kind != s.Person.Kind:
		for _, a := range s.Current {
			if l := s.Active.License(a.Name); l != nil && l.People&next.Kind == 0 {
				return Change{}, &PersonKindError{Module: a.Name, Kind: next.Kind, Allowed: l.People.Words()}
			}
		}
	}
	c := s.settle(release, nil, next, profile)
	old := s.Holds()
	for _, h := range Holds(s.Active, next, nil, profile) {
		if has(old, h.Name) {
			if l := s.Active.License(h.Name); l != nil && l.Kind == license.User && l.People&next.Kind == 0 {
				return Change{}, &PersonKindError{Module: h.Name, Kind: next.Kind, Allowed: l.People.Words()}
			}
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

// Approve decides to let somebody in who waits for approval. No seat moves.
func (s Standing) Approve() (Change, error) {
	if s.Person.Gone() {
		return Change{}, &PersonGoneError{Person: s.Person.ID, Deleted: s.Person.Deleted}
	}
	next := s.Person
	next.Waiting = false
	return s.Become(next, s.Profile)
}

// Refuse decides to turn somebody away who waits for approval. Everything is given
// back.
func (s Standing) Refuse() (Change, error) {
	switch {
	case s.Person.Gone():
		return Change{}, &PersonGoneError{Person: s.Person.ID, Deleted: s.Person.Deleted}
	case !s.Person.Waiting:
		return Change{}, &NotWaitingError{Person: s.Person.ID}
	}
	return s.Leave(), nil
}

// Restore decides to bring somebody back who has left or was deleted. What was
// given by hand does not come back. Who had left still has the login, so that
// what it brings must be free again; who was deleted has none.
func (s Standing) Restore() (Person, Change, error) {
	next := s.Person
	if next.Deleted {
		next.Login, next.ValidThrough = false, license.Date{}
	}
	next.Former, next.Deleted = false, false
	c, err := s.Become(next, s.Profile)
	return next, c, err
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
		all.Dependants = append(all.Dependants, c.Dependants...)
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
