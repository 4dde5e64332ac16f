package seat

import "github.com/pott-dev/pott/license"

// Why answers whether a database may use a module, with everything that led to
// the answer: what is on for the whole system, or what the database was given.
// What is given to people no database has.
func (s SiteStanding) Why(name license.Name) Trace {
	w := why{Standing: Standing{Active: s.Active, State: s.State, Outage: s.Outage, Pools: s.Pools}}
	switch l := s.Active.License(name); {
	case l == nil:
		return Trace{Effect: Deny, Reason: ModuleUnknown, Missing: []Missing{{Reason: ModuleUnknown, Name: name, Fixes: []Fix{{Act: DoActivateSet}}}}}
	case l.Kind == license.System:
		return w.feature(name)
	case l.Kind == license.User:
		return Trace{Effect: Deny, Reason: ForPeople, Missing: []Missing{{Reason: ForPeople, Name: name}}}
	}
	t := Trace{Reason: Held}
	if s.Database.Removed {
		t.Missing = append(t.Missing, Missing{Reason: DatabaseRemoved})
	}
	for _, a := range s.Current {
		if a.Name == name {
			given := Step{Fact: DatabaseHolds, Name: name, Source: Direct, By: a.By, Since: a.From}
			t.Paths = append(t.Paths, Path{Name: name, Steps: append([]Step{given}, w.inForce(name.Issuer)...)})
		}
	}
	if len(t.Paths) == 0 {
		t.Missing = append(t.Missing, Missing{Reason: DatabaseLacks, Name: name, Fixes: s.fixes(name)})
	}
	return w.conclude(t, name.Issuer, false)
}

// fixes returns what would give the database a license; nothing does for one
// that was removed.
func (s SiteStanding) fixes(name license.Name) []Fix {
	if s.Database.Removed {
		return nil
	}
	f := Fix{Act: DoAssignSite, Name: name}
	if p := s.Pools(name); !p.Unrestricted {
		free := p.Free()
		f.Free = &free
	}
	return []Fix{f}
}
