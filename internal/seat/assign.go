package seat

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// Assign decides to give the person an extra: a visible user license beside a
// plan, taking quantity seats of it. What it needs and the person lacks is given
// with it, all or nothing. What is already so gives an empty change; another
// quantity replaces the one held.
func (s Standing) Assign(name license.Name, quantity int64) (Change, error) {
	l, err := s.assignable(name)
	if err != nil {
		return Change{}, err
	}
	if l.Plan != nil {
		return Change{}, &IsPlanError{Module: name}
	}
	if quantity < 1 || quantity > MaxQuantity {
		return Change{}, &BadQuantityError{Module: name, Quantity: quantity, Most: MaxQuantity}
	}
	held := s.assigned(name)
	if len(held) == 1 && held[0].Quantity == quantity {
		return Change{}, nil
	}
	return s.give(name, quantity, held)
}

// SetPlan decides to put the person on a plan. Other plans of its group are
// released in the same change, so that there is no moment without a plan and no
// moment with two.
func (s Standing) SetPlan(name license.Name) (Change, error) {
	l, err := s.plan(name)
	if err != nil {
		return Change{}, err
	}
	rivals := s.rivals(name, l.Plan.Group)
	if len(s.assigned(name)) == 0 {
		return s.give(name, 1, rivals)
	}
	if len(rivals) == 0 {
		return Change{}, nil
	}
	return s.settle(rivals, nil, s.Person, s.Profile), nil
}

// AddPlan decides to give the person a plan beside those held. It refuses with
// [*ExclusiveError] when one of the same group is held.
func (s Standing) AddPlan(name license.Name) (Change, error) {
	l, err := s.plan(name)
	if err != nil {
		return Change{}, err
	}
	if rivals := s.rivals(name, l.Plan.Group); len(rivals) > 0 {
		return Change{}, &ExclusiveError{Plan: name, Group: l.Plan.Group, Held: rivals[0].Name}
	}
	if len(s.assigned(name)) > 0 {
		return Change{}, nil
	}
	return s.give(name, 1, nil)
}

// give decides to begin an assignment and to end others in the same step.
func (s Standing) give(name license.Name, quantity int64, release []Assignment) (Change, error) {
	if err := s.open(name); err != nil {
		return Change{}, err
	}
	give := []Assignment{{Person: s.Person.ID, Name: name, Quantity: quantity, Source: Direct}}
	c, err := s.withParents(release, give)
	if err != nil {
		return Change{}, err
	}
	if err := check(s.Pools, name, c.Takes); err != nil {
		return Change{}, err
	}
	return c, nil
}

// withParents settles a change that gives something, and gives with it what it
// needs and the person lacks: the whole chain, what is needed first. Licenses
// that need each other in a circle are given together. What cannot be given
// beside, because it is hidden, a plan, missing or not for this kind of person,
// is a [*PrerequisiteError].
func (s Standing) withParents(release, give []Assignment) (Change, error) {
	var parents []license.Name
	for {
		c := s.settle(release, give, s.Person, s.Profile)
		first := give[0].Name
		needs := prerequisite(s.Active, first)
		if met(s.Active, s.Active.Expand(s.after(c)), needs) {
			c.Parents = parents
			return c, nil
		}
		if l, err := s.assignable(needs); err != nil || l.Plan != nil {
			return Change{}, &PrerequisiteError{Module: first, Needs: needs}
		}
		give = append([]Assignment{{Person: s.Person.ID, Name: needs, Quantity: 1, Source: Direct}}, give...)
		parents = append([]license.Name{needs}, parents...)
	}
}

// after returns what the person holds once a change is made.
func (s Standing) after(c Change) []license.Held {
	return Holds(s.Active, s.Person, s.Apply(c), s.Profile)
}

// Apply returns the person's current assignments once a change is made.
func (s Standing) Apply(c Change) []Assignment {
	var current []Assignment
	for _, a := range s.Current {
		if !slices.Contains(c.Release, a) {
			current = append(current, a)
		}
	}
	return append(current, c.Give...)
}

func (s Standing) plan(name license.Name) (*license.License, error) {
	l, err := s.assignable(name)
	if err == nil && l.Plan == nil {
		return nil, &NotAPlanError{Module: name}
	}
	return l, err
}

// assigned returns the current assignments of a name.
func (s Standing) assigned(name license.Name) []Assignment {
	var found []Assignment
	for _, a := range s.Current {
		if a.Name == name {
			found = append(found, a)
		}
	}
	return found
}

// rivals returns the assignments of other plans of a group, which may be "".
func (s Standing) rivals(name license.Name, group string) []Assignment {
	var found []Assignment
	for _, a := range s.Current {
		if a.Name == name || a.Name.Issuer != name.Issuer || group == "" {
			continue
		}
		if l := s.Active.License(a.Name); l != nil && l.Plan != nil && l.Plan.Group == group {
			found = append(found, a)
		}
	}
	return found
}
