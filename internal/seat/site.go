package seat

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// Central is the number of the database every installation has.
const Central int64 = 0

// A Database is one of the databases of an installation: the central one or a
// satellite. It can be given site licenses.
type Database struct {
	Number  int64  // [Central], or small and stable within the installation
	Name    string // unique among those that are not removed
	Removed bool   // kept for the history; never comes back
}

// A SiteAssignment says that a database was given a site license, by whom and
// why.
type SiteAssignment struct {
	Number   int64 // small and stable within the installation; 0 until stored
	Database int64
	Name     license.Name
	Quantity int64 // seats it takes, 1 or more
	From     int64 // when it began, in microseconds since 1970 UTC; 0 until stored
	Until    int64 // when it ended, exclusive; 0 while it is current
	By       string
	Reason   string
}

// A SiteChange is what to do with a database: all of it or nothing. The zero
// SiteChange means that it is already so.
type SiteChange struct {
	Release    []SiteAssignment // what needs another stands before it
	Give       []SiteAssignment // what needs another stands behind it
	Takes      []Take           // by name
	Parents    []license.Name   // those of Give that another needs
	Dependants []license.Name   // those of Release that nobody named
}

// Empty reports whether there is nothing to do.
func (c SiteChange) Empty() bool { return len(c.Release)+len(c.Give)+len(c.Takes) == 0 }

// Confirmed is as for [Change.Confirmed].
func (c SiteChange) Confirmed(named license.Name, with bool) error {
	return Change{Dependants: c.Dependants}.Confirmed(named, with)
}

// A SiteStanding is how things stand when a decision about one database is made.
// Decisions are its methods; none of them changes it.
type SiteStanding struct {
	Active   *license.Active
	State    func(license.Issuer) license.State // as in [Standing]
	Outage   func(license.Issuer) *Outage       // likewise
	Pools    Pools
	Database Database
	Current  []SiteAssignment // the database's current assignments
}

// HoldsAt returns what a database was given, as [Holds] does for a person.
func HoldsAt(current []SiteAssignment) []license.Held {
	held := make([]license.Held, 0, len(current))
	for _, a := range current {
		held = append(held, license.Held{Name: a.Name, Quantity: a.Quantity})
	}
	slices.SortFunc(held, func(x, y license.Held) int { return license.CompareNames(x.Name, y.Name) })
	return held
}

// CountedAt reports whether a database that holds a name takes a seat: of site
// licenses that are no markers, and of a pool of none where no set has the name.
func CountedAt(active *license.Active, name license.Name) bool {
	l := active.License(name)
	return l == nil || l.Kind == license.Site && !l.Marker
}

// RecountAt returns how many seats of each name the databases take, counted from
// nothing.
func RecountAt(active *license.Active, databases Holders) map[license.Name]int64 {
	return count(groups(databases), asHeld, active, CountedAt)
}

// Assign decides to give the database quantity seats of a site license. What it
// needs and the database lacks is given with it, all or nothing. What is already
// so gives an empty change; another quantity replaces the one held.
func (s SiteStanding) Assign(name license.Name, quantity int64) (SiteChange, error) {
	if err := s.assignable(name); err != nil {
		return SiteChange{}, err
	}
	if quantity < 1 || quantity > MaxQuantity {
		return SiteChange{}, &BadQuantityError{Module: name, Quantity: quantity, Most: MaxQuantity}
	}
	if err := (Standing{Active: s.Active, State: s.State, Outage: s.Outage}).open(name); err != nil {
		return SiteChange{}, err
	}
	release := s.assigned(name)
	if len(release) == 1 && release[0].Quantity == quantity {
		return SiteChange{}, nil
	}
	give := []SiteAssignment{{Database: s.Database.Number, Name: name, Quantity: quantity}}
	var parents []license.Name
	for {
		c := s.settle(release, give)
		needs := prerequisite(s.Active, give[0].Name)
		if metAt(s.Active, HoldsAt(s.Apply(c)), needs) {
			c.Parents = parents
			return c, check(s.Pools, name, c.Takes)
		}
		if s.assignable(needs) != nil {
			return SiteChange{}, &PrerequisiteError{Module: give[0].Name, Needs: needs}
		}
		give = append([]SiteAssignment{{Database: s.Database.Number, Name: needs, Quantity: 1}}, give...)
		parents = append([]license.Name{needs}, parents...)
	}
}

// Release decides to take a site license back from the database, and what needs
// it. It works on every day, also for what no set has any longer. The only error
// is [*NotHeldError].
func (s SiteStanding) Release(name license.Name) (SiteChange, error) {
	release := s.assigned(name)
	if len(release) == 0 {
		return SiteChange{}, &NotHeldError{Module: name}
	}
	return s.settle(release, nil), nil
}

// Remove decides that the database gives everything back, because it is removed.
// The central one cannot be.
func (s SiteStanding) Remove() (SiteChange, error) {
	if s.Database.Number == Central {
		return SiteChange{}, &CentralDatabaseError{}
	}
	return s.settle(slices.Clone(s.Current), nil), nil
}

// Apply returns the database's current assignments once a change is made.
func (s SiteStanding) Apply(c SiteChange) []SiteAssignment {
	current := slices.DeleteFunc(slices.Clone(s.Current), func(a SiteAssignment) bool { return slices.Contains(c.Release, a) })
	return append(current, c.Give...)
}

// assignable refuses what is not given to databases by hand.
func (s SiteStanding) assignable(name license.Name) error {
	l := s.Active.License(name)
	switch {
	case l == nil:
		return &license.UnknownModuleError{Module: name.String()}
	case l.Kind != license.Site || l.Marker:
		return &NotForDatabasesError{Module: name, Kind: l.Kind, Marker: l.Marker}
	case l.Hidden:
		return &HiddenError{Module: name}
	case s.Database.Removed:
		return &DatabaseRemovedError{Database: s.Database.Name}
	}
	return nil
}

func (s SiteStanding) assigned(name license.Name) []SiteAssignment {
	return slices.DeleteFunc(slices.Clone(s.Current), func(a SiteAssignment) bool { return a.Name != name })
}

// settle completes a change as [Standing.settle] does.
func (s SiteStanding) settle(release, give []SiteAssignment) SiteChange {
	held := HoldsAt(s.Current)
	c := SiteChange{Release: release, Give: give}
	for {
		keep := s.Apply(c)
		left := HoldsAt(keep)
		i := slices.IndexFunc(keep, func(a SiteAssignment) bool {
			p := prerequisite(s.Active, a.Name)
			return !slices.Contains(give, a) && metAt(s.Active, held, p) && !metAt(s.Active, left, p)
		})
		if i < 0 {
			c.Takes = takesOf(s.Active, held, left, CountedAt)
			return c
		}
		c.Release = append([]SiteAssignment{keep[i]}, c.Release...)
		c.Dependants = append([]license.Name{keep[i].Name}, c.Dependants...)
	}
}

// metAt reports whether what a name needs is there: a site license is among what
// the database holds, anything else stands in a set in force.
func metAt(active *license.Active, held []license.Held, needs license.Name) bool {
	if needs == (license.Name{}) || has(held, needs) {
		return true
	}
	l := active.License(needs)
	return l != nil && (l.Kind != license.Site || l.Hidden || l.Marker)
}
