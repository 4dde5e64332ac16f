package seat

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// Do is what a [Choice] does to a person.
type Do string

// What may be chosen for a person whose license a new set has no seat for.
const (
	SwitchPlan Do = "switch"    // from the plan Name to the plan To, in one step
	TakeBack   Do = "remove"    // the plan or extra Name
	EndLogin   Do = "end-login" // and what only a login gives
	GiveAlso   Do = "give"      // the extra Name, such as what a license of the new set needs
)

// A Choice is one thing to do to one person as part of an activation.
type Choice struct {
	Do   Do
	Name license.Name
	To   license.Name
}

// Choose decides choices about the person, one after another, each on what the
// ones before have left. They follow the rules of the same acts done alone, but
// for pools: whether everybody fits is for the review of the whole. The change
// comes with the person as it stands afterwards.
//
// Under Active, a plan may be missing that the person still holds; it can be
// given up like any other.
func (s Standing) Choose(choices []Choice) (Person, Change, error) {
	first := s
	s.Pools = limitless
	for _, c := range choices {
		next := s.Person
		change, err := s.choose(c, &next)
		if err != nil {
			return s.Person, Change{}, err
		}
		s.Current, s.Person = s.Apply(change), next
	}
	c := Change{Takes: takes(s.Active, first.Uses(), s.Uses())}
	for _, a := range first.Current {
		if !slices.Contains(s.Current, a) {
			c.Release = append(c.Release, a)
		}
	}
	for _, a := range s.Current {
		if !slices.Contains(first.Current, a) {
			c.Give = append(c.Give, a)
		}
	}
	return s.Person, c, nil
}

func (s Standing) choose(c Choice, next *Person) (Change, error) {
	switch c.Do {
	case SwitchPlan:
		return s.Switch(c.Name, c.To)
	case TakeBack:
		return s.Release(c.Name)
	case GiveAlso:
		return s.Assign(c.Name, 1)
	case EndLogin:
		next.Login, next.ValidThrough = false, license.Date{}
		return s.Become(*next, s.Profile)
	}
	return Change{}, &BadChoiceError{Do: string(c.Do)}
}

// Switch decides to put the person on a plan in place of another, which may be
// of another group: one step, with no moment without either. It refuses with a
// [*NotHeldError] who does not hold the first.
func (s Standing) Switch(from, to license.Name) (Change, error) {
	release := s.assigned(from)
	if len(release) == 0 {
		return Change{}, &NotHeldError{Module: from, From: s.sources(from)}
	}
	l, err := s.plan(to)
	if err != nil || from == to {
		return Change{}, err
	}
	for _, a := range s.rivals(to, l.Plan.Group) {
		if a.Name != from {
			release = append(release, a)
		}
	}
	if len(s.assigned(to)) > 0 {
		return s.settle(release, nil, s.Person, s.Profile), nil
	}
	return s.give(to, 1, release)
}

// Fit refuses, with a [*PoolFullError], takes that do not fit their pools.
func Fit(pools Pools, all []Take) error { return check(pools, license.Name{}, all) }

// A BadChoiceError says that something chosen for a person is not one of what
// may be chosen.
type BadChoiceError struct{ Do string }

func (e *BadChoiceError) Error() string {
	return "there is no choice " + e.Do + ": use switch, remove, end-login or give"
}

// Code returns the stable code of the error.
func (e *BadChoiceError) Code() string { return "review.bad-choice" }

// PutBack decides to undo what was done to the person: to end the assignments
// that were begun then, give again those that were ended, and give the login
// back, good through a day, unless login is nil. What the person was given
// otherwise meanwhile stays, a login too. It follows the rules of giving, pools included, and
// either all of it is possible or nothing.
func (s Standing) PutBack(ended, begun []Assignment, login *license.Date) (Person, Change, error) {
	next := s.Person
	if login != nil && !s.Person.Gone() && !s.Person.Login {
		next.Login, next.ValidThrough = true, *login
	}
	left := slices.DeleteFunc(slices.Clone(s.Current), func(a Assignment) bool { return slices.Contains(begun, a) })
	bare := s
	bare.Current = left
	var give []Assignment
	for _, a := range ended {
		if len(bare.assigned(a.Name)) > 0 {
			continue // given again since
		}
		if err := bare.mayPutBack(a.Name); err != nil {
			return s.Person, Change{}, err
		}
		give = append(give, Assignment{Person: s.Person.ID, Name: a.Name, Quantity: a.Quantity, Source: a.Source})
	}
	c := s.settle(begun, give, next, s.Profile)
	after := s.Active.Expand(Holds(s.Active, next, s.Apply(c), s.Profile))
	for _, a := range give {
		if p := prerequisite(s.Active, a.Name); p != (license.Name{}) && countedOrAbsent(s.Active, p) && !has(after, p) {
			return s.Person, Change{}, &PrerequisiteError{Module: a.Name, Needs: p}
		}
	}
	if err := check(s.Pools, license.Name{}, c.Takes); err != nil {
		return s.Person, Change{}, err
	}
	return next, c, nil
}

// mayPutBack refuses what the person may not be given today, or only in place of
// something given since.
func (s Standing) mayPutBack(name license.Name) error {
	l, err := s.assignable(name)
	if err != nil {
		return err
	}
	if l.Plan != nil {
		if rivals := s.rivals(name, l.Plan.Group); len(rivals) > 0 {
			return &ExclusiveError{Plan: name, Group: l.Plan.Group, Held: rivals[0].Name}
		}
	}
	return s.open(name)
}
