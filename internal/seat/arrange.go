package seat

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// Arrange decides to give the person by hand exactly what is wanted, plans and
// extras, in one step. It is what somebody means who ticks and unticks, compared
// with what the person has: what was unticked goes, with everything that needs
// it; what was ticked comes, with everything it needs, also what was just
// unticked. A plan takes the place of the one of its group. What is held already
// keeps its quantity.
//
// Parents of the change are what comes without being wanted, Dependants what goes
// although it is. The errors are those of [Standing.SetPlan], [Standing.AddPlan]
// and [Standing.Assign].
func (s Standing) Arrange(wanted []license.Name) (Change, error) {
	first := s
	s.Pools = limitless
	if err := s.oneOfEach(wanted); err != nil {
		return Change{}, err
	}
	var act license.Name // what is asked for first, for the refusal
	do := func(name license.Name, decide func(license.Name) (Change, error)) error {
		c, err := decide(name)
		if err == nil {
			s.Current = s.Apply(c)
		}
		return err
	}
	var plans, extras []license.Name
	for _, n := range wanted {
		l := s.Active.License(n)
		switch {
		case len(first.assigned(n)) > 0 || slices.Contains(plans, n) || slices.Contains(extras, n):
			continue
		case l != nil && l.Plan != nil:
			plans = append(plans, n)
		default:
			extras = append(extras, n)
		}
		if act == (license.Name{}) {
			act = n
		}
	}
	for _, n := range plans {
		if err := do(n, s.SetPlan); err != nil {
			return Change{}, err
		}
	}
	for _, a := range first.Current {
		if !slices.Contains(wanted, a.Name) && len(s.assigned(a.Name)) > 0 {
			if err := do(a.Name, s.Release); err != nil {
				return Change{}, err
			}
		}
	}
	for _, n := range extras {
		if err := do(n, func(n license.Name) (Change, error) { return s.Assign(n, 1) }); err != nil {
			return Change{}, err
		}
	}
	c := first.becomes(s.Current, wanted)
	return c, check(first.Pools, act, c.Takes)
}

// oneOfEach refuses two plans of one group.
func (s Standing) oneOfEach(wanted []license.Name) error {
	for i, n := range wanted {
		l := s.Active.License(n)
		if l == nil || l.Plan == nil || l.Plan.Group == "" {
			continue
		}
		for _, other := range wanted[:i] {
			if o := s.Active.License(other); other != n && other.Issuer == n.Issuer && o != nil && o.Plan != nil && o.Plan.Group == l.Plan.Group {
				return &ExclusiveError{Plan: n, Group: l.Plan.Group, Held: other}
			}
		}
	}
	return nil
}

// becomes is the change from what the person was given to something else.
func (s Standing) becomes(current []Assignment, wanted []license.Name) Change {
	after := s
	after.Current = current
	c := Change{Takes: takes(s.Active, s.Uses(), after.Uses())}
	for _, a := range s.Current {
		if !slices.Contains(current, a) {
			c.Release = append(c.Release, a)
			if slices.Contains(wanted, a.Name) {
				c.Dependants = append(c.Dependants, a.Name)
			}
		}
	}
	for _, a := range current {
		if !slices.Contains(s.Current, a) {
			c.Give = append(c.Give, a)
			if !slices.Contains(wanted, a.Name) {
				c.Parents = append(c.Parents, a.Name)
			}
		}
	}
	return c
}
