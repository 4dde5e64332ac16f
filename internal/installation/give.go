package installation

import (
	"context"
	"errors"
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A decision is what a change of one person comes to.
type decision struct {
	person store.Person // as it stands afterwards
	change seat.Change
	action string
	facts  []audit.Fact
	reason string
	write  bool         // the person's row changes too
	named  license.Name // what is taken back; the zero Name when it is no license
}

// decidePerson performs a change of one person: find, decide, write, and tell
// what it did.
func (in *Installation) decidePerson(ctx context.Context, act Act, id string, decide func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error)) (api.ChangedPerson, error) {
	var answer api.ChangedPerson
	outcome, err := in.performAsking(ctx, act, func(tx *store.Tx, asked *asking) (bool, error) {
		return in.decideOne(tx, asked, act, id, &answer, decide)
	})
	answer.Outcome = outcome
	return answer, err
}

// decideOne is the change of one person within an update.
func (in *Installation) decideOne(tx *store.Tx, asked *asking, act Act, id string, answer *api.ChangedPerson, decide func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error)) (bool, error) {
	p, err := findPerson(&tx.View, id)
	if err != nil {
		return false, err
	}
	s := in.standing(&tx.View, p, tx.Now())
	d, err := decide(tx, s, p)
	if err == nil {
		err = d.change.Confirmed(d.named, act.WithDependants)
	}
	if err == nil && d.write && d.person.Gone() && act.by(p) {
		err = &OwnAccountError{Person: p.Personal.UserID}
	}
	if err != nil {
		return false, named(err, p)
	}
	if answer.HandOver, err = in.handOver(tx, asked, s, d); err != nil {
		return false, err
	}
	answer.Effect = effectOf(&tx.View, d.change, act.Language)
	answer.Effect.Gains, answer.Effect.Loses = difference(&tx.View, s, d)
	answer.Person = personOf(&tx.View, d.person, s.Apply(d.change), act.Language)
	if d.change.Empty() && !d.write {
		return false, nil
	}
	if d.write {
		if _, err := tx.PutPerson(d.person); err != nil {
			return false, err
		}
	}
	if err := write(tx, act, d.change, d.reason); err != nil {
		return false, err
	}
	tx.Entry(d.action, p.ID, append(d.facts, changeFacts(d.change)...)...)
	if p.Login && !d.person.Login {
		if _, err := endSessions(tx, p.ID, ""); err != nil {
			return false, err
		}
	}
	if d.person.Gone() {
		return true, dropRoles(tx, p.ID)
	}
	return true, nil
}

// difference returns what the person can use after a decision and could not
// before, and the other way round; plans left out.
func difference(v *store.View, s seat.Standing, d decision) (gains, loses []license.Name) {
	next := s
	next.Person, next.Current, next.Profile = d.person.Person, s.Apply(d.change), profileModules(v, d.person.Profile)
	usable := func(s seat.Standing) (names []license.Name) {
		for _, h := range s.Uses() {
			if l := s.Active.License(h.Name); l != nil && l.Plan == nil && !l.Marker {
				names = append(names, h.Name)
			}
		}
		return names
	}
	before, after := usable(s), usable(next)
	return without(after, before), without(before, after)
}

// handOver asks the host application about what a decision takes, and returns
// what should be handed over.
func (in *Installation) handOver(tx *store.Tx, asked *asking, s seat.Standing, d decision) ([]api.Blocker, error) {
	if !in.hooked(&tx.View) {
		return nil, nil
	}
	next := s
	next.Person, next.Current, next.Profile = d.person.Person, s.Apply(d.change), profileModules(&tx.View, d.person.Profile)
	loss, ok := lossOf(s, d.action, next)
	if !ok {
		return nil, nil
	}
	said, err := asked.of(loss, d.person.Personal.UserID)
	if err != nil {
		return nil, err
	}
	var list []api.Blocker
	for _, p := range said.People {
		list = append(list, p.Blockers...)
	}
	if said.Warning != "" {
		list = append(list, api.Blocker{Text: said.Warning})
	}
	return list, nil
}

// write stages a change of assignments and pools.
func write(tx *store.Tx, act Act, c seat.Change, reason string) error {
	for _, a := range c.Release {
		if err := tx.EndAssignment(a.Number, reason); err != nil {
			return err
		}
	}
	for _, a := range c.Give {
		a.By, a.Reason = act.By.String(), reason
		if act.source != "" {
			a.Source = act.source
		}
		if _, err := tx.Assign(a); err != nil {
			return err
		}
	}
	return tx.TakeSeats(c.Takes)
}

func changeFacts(c seat.Change) []audit.Fact {
	var facts []audit.Fact
	for i, a := range c.Release {
		facts = append(facts, audit.F(numbered("released", i), a.Name))
	}
	return facts
}

// named puts the user id where the rules, which know nobody's name, put the
// opaque id.
func named(err error, p store.Person) error {
	if gone := new(seat.PersonGoneError); errors.As(err, &gone) {
		return &seat.PersonGoneError{Person: p.Personal.UserID, Deleted: gone.Deleted}
	}
	if waits := new(seat.NotWaitingError); errors.As(err, &waits) {
		return &seat.NotWaitingError{Person: p.Personal.UserID}
	}
	return err
}

// SetPlan puts a person on a plan, in place of the plan of the same group the
// person holds: one step, with no moment without a plan. It takes no seat when
// it returns an error of package seat.
func (in *Installation) SetPlan(ctx context.Context, act Act, person, plan, reason string) (api.ChangedPerson, error) {
	return in.givePlan(ctx, act, person, typed(plan), reason, "plan.set", seat.Standing.SetPlan)
}

// ChoosePlan is SetPlan of a plan that is named, or else made of the tier of each
// line; see [seat.Compose].
func (in *Installation) ChoosePlan(ctx context.Context, act Act, person string, c api.PlanChoice) (api.ChangedPerson, error) {
	switch {
	case c.Lines == nil:
		return in.SetPlan(ctx, act, person, c.Plan, c.Reason)
	case c.Plan != "":
		return api.ChangedPerson{}, &BadValueError{Field: "lines", Why: "a plan is named as well: choose one of the two"}
	}
	compose := func(active *license.Active) (license.Name, error) { return seat.Compose(active, c.Group, c.Lines) }
	return in.givePlan(ctx, act, person, compose, c.Reason, api.ActPlanSet, seat.Standing.SetPlan)
}

// typed reads a name as people type it.
func typed(text string) func(*license.Active) (license.Name, error) {
	return func(active *license.Active) (license.Name, error) { return active.Resolve(text) }
}

// AddPlan gives a person a plan beside those held, and refuses with
// [seat.ExclusiveError] when one of the same group is among them.
func (in *Installation) AddPlan(ctx context.Context, act Act, person, plan, reason string) (api.ChangedPerson, error) {
	return in.givePlan(ctx, act, person, typed(plan), reason, "plan.add", seat.Standing.AddPlan)
}

func (in *Installation) givePlan(ctx context.Context, act Act, person string, which func(*license.Active) (license.Name, error), reason, action string, decide func(seat.Standing, license.Name) (seat.Change, error)) (api.ChangedPerson, error) {
	if err := checkText("reason", reason, 0, maxReason); err != nil {
		return api.ChangedPerson{}, err
	}
	return in.decidePerson(ctx, act, person, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		name, err := which(s.Active)
		if err != nil {
			return decision{}, err
		}
		c, err := decide(s, name)
		return decision{person: p, change: c, named: replaced(c), action: action, facts: []audit.Fact{audit.F("plan", name)}, reason: reason}, err
	})
}

// replaced is the plan that a change takes back in favour of another.
func replaced(c seat.Change) license.Name {
	if n := len(c.Release); n > 0 {
		return c.Release[n-1].Name
	}
	return license.Name{}
}

// RemovePlan takes a plan back. It works on every day, and also when no set has
// the plan any longer; what is not held is already so.
func (in *Installation) RemovePlan(ctx context.Context, act Act, person, plan string) (api.ChangedPerson, error) {
	return in.release(ctx, act, person, plan, "plan.remove", func(s seat.Standing, n license.Name) error {
		if l := s.Active.License(n); l != nil && l.Plan == nil {
			return &seat.NotAPlanError{Module: n}
		}
		return nil
	})
}

// GiveExtra gives a person an extra beside the plan: quantity seats of it, 1
// when 0 is asked for.
func (in *Installation) GiveExtra(ctx context.Context, act Act, person, extra string, quantity int64, reason string) (api.ChangedPerson, error) {
	if err := checkText("reason", reason, 0, maxReason); err != nil {
		return api.ChangedPerson{}, err
	}
	if quantity == 0 {
		quantity = 1
	}
	return in.decidePerson(ctx, act, person, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		name, err := s.Active.Resolve(extra)
		if err != nil {
			return decision{}, err
		}
		c, err := s.Assign(name, quantity)
		facts := []audit.Fact{audit.F("extra", name), audit.F("quantity", quantity)}
		return decision{person: p, change: c, action: "extra.give", facts: facts, reason: reason}, err
	})
}

// RemoveExtra takes an extra back, under the same rules as
// [Installation.RemovePlan]. What needs it goes with it.
func (in *Installation) RemoveExtra(ctx context.Context, act Act, person, extra string) (api.ChangedPerson, error) {
	return in.release(ctx, act, person, extra, "extra.remove", func(s seat.Standing, n license.Name) error {
		if l := s.Active.License(n); l != nil && l.Plan != nil {
			return &seat.IsPlanError{Module: n}
		}
		return nil
	})
}

func (in *Installation) release(ctx context.Context, act Act, person, text, action string, check func(seat.Standing, license.Name) error) (api.ChangedPerson, error) {
	return in.decidePerson(ctx, act, person, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		d := decision{person: p, action: action}
		name, err := heldName(s, text)
		if err != nil {
			return d, err
		}
		d.named = name
		if err := check(s, name); err != nil {
			return d, err
		}
		d.facts = []audit.Fact{audit.F("name", name)}
		d.change, err = s.Release(name)
		if notHeld := new(seat.NotHeldError); errors.As(err, &notHeld) && len(notHeld.From) == 0 {
			err = nil // already so
		}
		return d, err
	})
}

// heldName reads a name as people type it, also one that no set has any longer
// as long as the person still holds it.
func heldName(s seat.Standing, text string) (license.Name, error) {
	if n, err := license.ParseName(text); err == nil && slices.ContainsFunc(s.Current, func(a seat.Assignment) bool { return a.Name == n }) {
		return n, nil
	}
	return s.Active.Resolve(text)
}
