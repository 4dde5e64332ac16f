package installation

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// maxTaken is how many others may make room in one step.
const maxTaken = 20

// Arrange gives a person by hand exactly some plans and extras, and takes back
// what is not among them; see [seat.Standing.Arrange]. What is taken from others
// for it is taken in the same update, all or nothing. It refuses with a
// [*PersonChangedError] when the person no longer has what the choice was made
// from.
//
// Unlike the acts one by one it asks for no consent to what goes along: whoever
// arranges sees the whole.
func (in *Installation) Arrange(ctx context.Context, act Act, person string, a api.Arrangement) (api.ChangedPerson, error) {
	if err := checkArrangement(a); err != nil {
		return api.ChangedPerson{}, err
	}
	act.WithDependants = true
	var answer api.ChangedPerson
	outcome, err := in.performAsking(ctx, act, func(tx *store.Tx, asked *asking) (bool, error) {
		answer = api.ChangedPerson{}
		for _, t := range a.TakeFrom {
			var other api.ChangedPerson
			if _, err := in.decideOne(tx, asked, act, t.Person, &other, in.taking(t, a.Reason)); err != nil {
				return false, err
			}
			answer.HandOver = append(answer.HandOver, other.HandOver...)
		}
		before := answer.HandOver
		changed, err := in.decideOne(tx, asked, act, person, &answer, in.arranging(a))
		answer.HandOver = append(before, answer.HandOver...)
		return changed || len(a.TakeFrom) > 0, err
	})
	answer.Outcome = outcome
	return answer, err
}

func checkArrangement(a api.Arrangement) error {
	switch {
	case len(a.TakeFrom) > maxTaken:
		return &BadValueError{Field: "take_from", Why: "there are more than 20"}
	case len(a.Given) > 1000 || a.Was != nil && len(*a.Was) > 1000:
		return &BadValueError{Field: "given", Why: "there are more than 1000"}
	}
	return checkText("reason", a.Reason, 0, maxReason)
}

// arranging decides on the person.
func (in *Installation) arranging(a api.Arrangement) func(*store.Tx, seat.Standing, store.Person) (decision, error) {
	return func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		d := decision{person: p, action: api.ActPlanSet, reason: a.Reason}
		if a.Was != nil {
			if now := namesGiven(s.Current); !sameTexts(*a.Was, now) {
				return d, changedMeanwhile(p, s, now)
			}
		}
		var wanted []license.Name
		for _, text := range a.Given {
			name, err := heldName(s, text)
			if err != nil {
				return d, err
			}
			wanted = append(wanted, name)
		}
		for _, choice := range a.Lines {
			plan, err := composed(s, choice)
			if err != nil {
				return d, err
			}
			if plan != (license.Name{}) {
				wanted = append(wanted, plan)
			}
		}
		var err error
		d.change, err = s.Arrange(wanted)
		d.action = arrangement(s.Active, d.change)
		for i, g := range d.change.Give {
			d.facts = append(d.facts, audit.F(numbered("given", i), g.Name))
		}
		return d, err
	}
}

// composed returns the plan that a choice of tiers comes to, or the zero Name when
// that is no plan at all.
func composed(s seat.Standing, choice api.LinesChoice) (license.Name, error) {
	set := s.Active.Set(license.Issuer(choice.Issuer))
	if set == nil {
		return license.Name{}, &BadValueError{Field: "lines", Why: "no set of that issuer is in force"}
	}
	plan, err := seat.Compose(license.NewActive(set), choice.Group, choice.Tiers)
	none := !slices.ContainsFunc(slices.Collect(maps.Values(choice.Tiers)), func(tier string) bool { return tier != "" })
	if !none {
		return plan, err
	}
	// Who is on no plan of the group is not put on the empty one for that.
	on := slices.ContainsFunc(s.Plans(), func(n license.Name) bool {
		l := s.Active.License(n)
		return n.Issuer == set.Issuer && l.Plan.Group == choice.Group
	})
	if err != nil || !on {
		return license.Name{}, nil
	}
	return plan, nil
}

// arrangement is the act that comes nearest to a change: what is asked of the host
// application, and recorded.
func arrangement(active *license.Active, c seat.Change) string {
	plan := func(all []seat.Assignment) bool {
		return slices.ContainsFunc(all, func(a seat.Assignment) bool {
			l := active.License(a.Name)
			return l != nil && l.Plan != nil
		})
	}
	switch {
	case plan(c.Give):
		return api.ActPlanSet
	case plan(c.Release):
		return api.ActPlanRemove
	case len(c.Release) > 0:
		return api.ActExtraRemove
	}
	return "extra.give"
}

// taking decides on somebody who makes room.
func (in *Installation) taking(t api.Taken, reason string) func(*store.Tx, seat.Standing, store.Person) (decision, error) {
	return func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		d := decision{person: p, action: api.ActExtraRemove, reason: reason}
		name, err := heldName(s, t.Name)
		if err != nil {
			return d, err
		}
		if l := s.Active.License(name); l != nil && l.Plan != nil {
			d.action = api.ActPlanRemove
		}
		d.named, d.facts = name, []audit.Fact{audit.F("name", name)}
		d.change, err = s.Release(name)
		return d, err
	}
}

// namesGiven are the names of what was given by hand, sorted and each once.
func namesGiven(current []seat.Assignment) []string {
	names := []string{}
	for _, a := range current {
		names = append(names, a.Name.String())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func sameTexts(x, y []string) bool {
	x = slices.Clone(x)
	slices.Sort(x)
	return slices.Equal(slices.Compact(x), y)
}

func changedMeanwhile(p store.Person, s seat.Standing, now []string) error {
	e := &PersonChangedError{Person: p.Personal.UserID, Has: now}
	for _, a := range s.Current {
		if a.From > e.Since {
			e.Since, e.By = a.From, a.By
		}
	}
	return e
}

// A PersonChangedError is returned when a person has something else by now than
// when a choice was made. Nothing was changed.
type PersonChangedError struct {
	Person string
	Has    []string // names of what the person was given by hand
	By     string   // who gave what was given last
	Since  int64    // when, in microseconds since 1970 UTC
}

func (e *PersonChangedError) Error() string {
	return fmt.Sprintf("%s was changed meanwhile and has %s", e.Person, strings.Join(e.Has, ", "))
}

// Code returns the stable code of the error.
func (e *PersonChangedError) Code() string { return "person.changed" }
