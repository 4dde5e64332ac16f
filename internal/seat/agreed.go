package seat

import (
	"cmp"
	"slices"

	"github.com/pott-dev/pott/license"
)

// An Agreed is what somebody has agreed is done to one person with a set that
// begins on a later day.
type Agreed struct {
	Person          int64 // number
	LoginEnds       bool
	Given, Released []license.Held // by name
}

// A Stray is a person to whom something else would be done than was agreed to.
type Stray struct {
	Person  int64
	Was, Is *Agreed // nil: nothing
}

// Strays compares what was agreed to with what the same choices would do now, and
// returns everybody who is not met as was agreed: who would be changed without
// having been named, who would be spared, and who would lose or get something
// else. By person. When nobody strays, what was agreed to is what happens.
func Strays(agreed, now []Agreed) []Stray {
	was, is := byPerson(agreed), byPerson(now)
	people := map[int64]bool{}
	for _, a := range slices.Concat(agreed, now) {
		people[a.Person] = true
	}
	var all []Stray
	for person := range people {
		if s := (Stray{person, was[person], is[person]}); !s.Was.same(s.Is) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(x, y Stray) int { return cmp.Compare(x.Person, y.Person) })
	return all
}

// byPerson leaves out who is not changed at all.
func byPerson(all []Agreed) map[int64]*Agreed {
	of := make(map[int64]*Agreed, len(all))
	for i := range all {
		if a := &all[i]; a.LoginEnds || len(a.Given)+len(a.Released) > 0 {
			of[a.Person] = a
		}
	}
	return of
}

func (a *Agreed) same(b *Agreed) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.LoginEnds == b.LoginEnds && slices.Equal(a.Given, b.Given) && slices.Equal(a.Released, b.Released)
}

// AgreedOf is what a change does to a person, as it is agreed to. Who lost a
// license and was given it again meanwhile is in the same case as before, so
// assignments are told by what they give, not by their numbers.
func AgreedOf(number int64, before, after Person, c Change) Agreed {
	return Agreed{Person: number, LoginEnds: before.Login && !after.Login, Given: heldIn(c.Give), Released: heldIn(c.Release)}
}

func heldIn(all []Assignment) []license.Held {
	var held []license.Held
	for _, a := range all {
		held = append(held, license.Held{Name: a.Name, Quantity: a.Quantity})
	}
	slices.SortStableFunc(held, func(x, y license.Held) int {
		return cmp.Or(license.CompareNames(x.Name, y.Name), cmp.Compare(x.Quantity, y.Quantity))
	})
	return held
}
