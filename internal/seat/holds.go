package seat

import (
	"cmp"
	"slices"

	"github.com/pott-dev/pott/license"
)

// Holds returns what somebody was given, before plans are expanded: current
// assignments, and for who has a login what a login gives: the modules of the
// profile where the issuer's set counts by credentials, and what
// [license.Active.LoginGives]. Each name once, the largest quantity winning,
// sorted by name. Who has left or is deleted holds nothing.
//
// Valid-through and waiting for approval play no part: a login that has run out,
// or is not good yet, keeps its seats.
func Holds(active *license.Active, person Person, current []Assignment, profile []license.Name) []license.Held {
	if person.Gone() {
		return nil
	}
	var byLogin []license.Name
	if person.Login {
		byLogin = active.LoginGives(person.Kind)
	}
	held := make([]license.Held, 0, len(current)+len(profile)+len(byLogin))
	for _, a := range current {
		held = append(held, license.Held{Name: a.Name, Quantity: a.Quantity})
	}
	for _, n := range byLogin {
		held = append(held, license.Held{Name: n, Quantity: 1})
	}
	if person.Login {
		for _, n := range profile {
			if set := active.Set(n.Issuer); set != nil && set.Occupancy == license.ByCredentials {
				held = append(held, license.Held{Name: n, Quantity: 1})
			}
		}
	}
	slices.SortFunc(held, func(x, y license.Held) int {
		return cmp.Or(license.CompareNames(x.Name, y.Name), cmp.Compare(y.Quantity, x.Quantity))
	})
	return slices.CompactFunc(held, func(x, y license.Held) bool { return x.Name == y.Name })
}

// Counted reports whether a person who holds a name takes a seat: user licenses
// do, markers and what is given to a whole installation or database do not. A
// name without a license is counted, against a pool of none.
func Counted(active *license.Active, name license.Name) bool {
	l := active.License(name)
	return l == nil || l.Kind == license.User && !l.Marker
}

// Takes returns the change of the pools when somebody goes from holding one to
// holding the other; both as [Holds] returns them.
func Takes(active *license.Active, before, after []license.Held) []Take {
	return takes(active, active.Expand(before), active.Expand(after))
}

// takes is Takes of what is expanded already.
func takes(active *license.Active, old, now []license.Held) []Take {
	return takesOf(active, old, now, Counted)
}

// takesOf is takes of whoever takes the seats that are counted.
func takesOf(active *license.Active, old, now []license.Held, counted func(*license.Active, license.Name) bool) []Take {
	var takes []Take
	add := func(n license.Name, delta int64) {
		if delta != 0 && counted(active, n) {
			takes = append(takes, Take{n, delta})
		}
	}
	for len(old) > 0 || len(now) > 0 {
		order := 0
		switch {
		case len(now) == 0:
			order = -1
		case len(old) == 0:
			order = +1
		default:
			order = license.CompareNames(old[0].Name, now[0].Name)
		}
		switch {
		case order < 0:
			// Nobody has a pool to give a seat back to when its license is gone.
			if active.License(old[0].Name) != nil {
				add(old[0].Name, -old[0].Quantity)
			}
			old = old[1:]
		case order > 0:
			add(now[0].Name, now[0].Quantity)
			now = now[1:]
		default:
			add(now[0].Name, now[0].Quantity-old[0].Quantity)
			old, now = old[1:], now[1:]
		}
	}
	return takes
}

// Recount returns how many seats of each name are taken, counted from nothing.
func Recount(active *license.Active, holders Holders) map[license.Name]int64 {
	return count(groups(holders), active.Expand, active, Counted)
}

// check refuses takes that do not fit their pools, naming the wanted license's
// own pool first when it is among the full ones.
func check(pools Pools, wanted license.Name, takes []Take) error {
	var full []PoolFullError
	for _, t := range takes {
		p := pools(t.Name)
		// Written as a difference, because the sum may not fit an int64.
		if t.Delta <= 0 || p.Unrestricted || t.Delta <= p.Seats-p.Taken {
			continue
		}
		full = append(full, PoolFullError{Wanted: wanted, Module: t.Name, Seats: p.Seats, Taken: p.Taken, Short: t.Delta - p.Free()})
	}
	if len(full) == 0 {
		return nil
	}
	first := max(0, slices.IndexFunc(full, func(e PoolFullError) bool { return e.Module == wanted }))
	err := full[first]
	for i := range full {
		if i != first {
			err.Also = append(err.Also, full[i].Module)
		}
	}
	return &err
}
