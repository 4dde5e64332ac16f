package installation

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A plan is what an activation does to people: the choices somebody has made,
// decided for each person by the rules of the same acts done alone, under the
// sets that will be in force.
type plan struct {
	people       map[string]*chosen   // by opaque id
	order        []*chosen            // as they were first chosen
	acknowledged []license.Name       // system licenses that may be turned off
	kept         []store.AgreedChoice // the choices as they were read
}

// A chosen is one person something was chosen for.
type chosen struct {
	person   store.Person
	standing seat.Standing // under the new sets, as nothing was chosen yet
	choices  []seat.Choice
	next     seat.Person
	change   seat.Change
	current  []seat.Assignment // once the change is made
}

// choose reads choices and decides them.
func (in *Installation) choose(v *store.View, p *proposal, c api.Choices, now time.Time) (*plan, error) {
	all := &plan{people: map[string]*chosen{}}
	for _, text := range c.Acknowledge {
		name, err := p.resolve(text)
		if err != nil {
			return nil, err
		}
		all.acknowledged = append(all.acknowledged, name)
	}
	base := in.standingUnder(v, p, now)
	for i, wanted := range c.Choices {
		if err := all.add(v, p, base, wanted); err != nil {
			return nil, choiceError(i, wanted, err)
		}
	}
	return all, seat.Fit(pools(v), all.elsewhere(p.set.Issuer))
}

// standingUnder is how things would stand for anybody under the proposed set.
func (in *Installation) standingUnder(v *store.View, p *proposal, now time.Time) seat.Standing {
	s := in.standing(v, store.Person{}, now)
	s.Active, s.State = p.next, states(p.next, now)
	outage := s.Outage
	s.Outage = func(issuer license.Issuer) *seat.Outage {
		if issuer == p.set.Issuer {
			return nil // it was just checked
		}
		return outage(issuer)
	}
	return s
}

// resolve reads a name as people type it, of the new set or of those in force.
func (p *proposal) resolve(text string) (license.Name, error) {
	if n, err := p.next.Resolve(text); err == nil {
		return n, nil
	}
	return p.before.Resolve(text)
}

// add decides one choice for everybody it is for.
func (all *plan) add(v *store.View, p *proposal, base seat.Standing, wanted api.Choice) error {
	if (wanted.Person != "") == wanted.Everyone {
		return &BadValueError{Field: "person", Why: "a choice is for one person or for everyone"}
	}
	c := seat.Choice{Do: seat.Do(wanted.Do)}
	var err error
	if c.Do != seat.EndLogin {
		if c.Name, err = p.nameOf(wanted.Name); err != nil {
			return err
		}
	}
	if c.Do == seat.SwitchPlan {
		if c.To, err = p.next.Resolve(wanted.To); err != nil {
			return err
		}
	}
	kept := store.AgreedChoice{Choice: c}
	if wanted.Everyone {
		if kept.Holding, err = all.addEveryone(v, p, base, wanted, c); err != nil {
			return err
		}
		all.kept = append(all.kept, kept)
		return nil
	}
	person, err := findPerson(v, wanted.Person)
	if err != nil {
		return err
	}
	kept.Person = person.Number
	all.kept = append(all.kept, kept)
	return named(all.decide(v, base, person, c), person)
}

// nameOf reads what is to be given up or given; no set needs to have it.
func (p *proposal) nameOf(text string) (license.Name, error) {
	name, err := p.resolve(text)
	if err == nil {
		return name, nil
	}
	if n, parsed := license.ParseName(text); parsed == nil {
		return n, nil
	}
	return name, err
}

// addEveryone decides a choice for everybody concerned, in the order of their
// numbers. It returns the license that makes an extra concern somebody.
func (all *plan) addEveryone(v *store.View, p *proposal, base seat.Standing, wanted api.Choice, c seat.Choice) (holding license.Name, err error) {
	concerned := all.holders(v, c.Name)
	switch c.Do {
	case seat.GiveAlso:
		if holding, err = p.next.Resolve(wanted.Holding); err != nil {
			return holding, err
		}
		concerned = all.lacking(v, p.next, holding, c.Name)
	case seat.EndLogin:
		return holding, &BadValueError{Field: "everyone", Why: "a login is ended for one person at a time"}
	}
	var people []store.Person
	for person := range v.People() {
		if concerned(person) {
			people = append(people, person)
		}
	}
	slices.SortFunc(people, func(x, y store.Person) int { return cmp.Compare(x.Number, y.Number) })
	for _, person := range people {
		if err := all.decide(v, base, person, c); err != nil {
			return holding, &ChoiceError{Person: person.Personal.UserID, Do: string(c.Do), Name: c.Name, cause: named(err, person)}
		}
	}
	return holding, nil
}

// current returns what a person was given, once what was chosen so far is done.
func (all *plan) current(v *store.View, person store.Person) []seat.Assignment {
	if c := all.people[person.ID]; c != nil {
		return c.current
	}
	return v.Assignments(person.ID)
}

// holders reports who was given a name.
func (all *plan) holders(v *store.View, name license.Name) func(store.Person) bool {
	return func(person store.Person) bool {
		return !person.Gone() && slices.ContainsFunc(all.current(v, person), func(a seat.Assignment) bool { return a.Name == name })
	}
}

// lacking reports who would use one name and lack another.
func (all *plan) lacking(v *store.View, next *license.Active, holding, name license.Name) func(store.Person) bool {
	return func(person store.Person) bool {
		uses := next.Expand(seat.Holds(next, person.Person, all.current(v, person), profileModules(v, person.Profile)))
		has := func(n license.Name) bool {
			return slices.ContainsFunc(uses, func(h license.Held) bool { return h.Name == n })
		}
		return has(holding) && !has(name)
	}
}

// decide decides everything chosen for a person so far and one choice more.
func (all *plan) decide(v *store.View, base seat.Standing, person store.Person, c seat.Choice) error {
	ch := all.people[person.ID]
	if ch == nil {
		s := base
		s.Person, s.Current, s.Profile = person.Person, v.Assignments(person.ID), profileModules(v, person.Profile)
		ch = &chosen{person: person, standing: s}
	}
	choices := append(slices.Clip(ch.choices), c)
	next, change, err := ch.standing.Choose(choices)
	if err != nil {
		return err
	}
	if all.people[person.ID] == nil {
		all.people[person.ID] = ch
		all.order = append(all.order, ch)
	}
	ch.choices, ch.next, ch.change, ch.current = choices, next, change, ch.standing.Apply(change)
	return nil
}

// elsewhere adds up what moves in the pools of other issuers.
func (all *plan) elsewhere(issuer license.Issuer) []seat.Take {
	sum := map[license.Name]int64{}
	for _, c := range all.order {
		for _, t := range c.change.Takes {
			if t.Name.Issuer != issuer {
				sum[t.Name] += t.Delta
			}
		}
	}
	var takes []seat.Take
	for n, delta := range sum {
		if delta != 0 {
			takes = append(takes, seat.Take{Name: n, Delta: delta})
		}
	}
	slices.SortFunc(takes, func(x, y seat.Take) int { return license.CompareNames(x.Name, y.Name) })
	return takes
}

// summary is what a token binds of a plan.
func (all *plan) summary() any {
	type one struct {
		Person string
		Login  bool
		Given  []license.Name
		Ended  []int64
	}
	people := make([]one, 0, len(all.order))
	for _, c := range all.order {
		o := one{Person: c.person.ID, Login: c.next.Login}
		for _, a := range c.change.Give {
			o.Given = append(o.Given, a.Name)
		}
		for _, a := range c.change.Release {
			o.Ended = append(o.Ended, a.Number)
		}
		people = append(people, o)
	}
	return []any{people, all.acknowledged}
}

// effects are what the plan does, by user id.
func (all *plan) effects(p *proposal, lang string) []api.PersonEffect {
	var effects []api.PersonEffect
	for _, c := range all.order {
		e := effectOn(p, c.person, c.change, lang)
		e.LoginEnded = c.person.Login && !c.next.Login
		effects = append(effects, e)
	}
	slices.SortFunc(effects, func(x, y api.PersonEffect) int { return strings.Compare(x.Person, y.Person) })
	return effects
}

func effectOn(p *proposal, person store.Person, change seat.Change, lang string) api.PersonEffect {
	e := api.PersonEffect{Person: person.Personal.UserID}
	for _, a := range change.Give {
		h := holdingOf(p.next, a, lang)
		e.Given = append(e.Given, h)
	}
	for _, a := range change.Release {
		h := holdingOf(p.before, a, lang)
		e.Released = append(e.Released, h)
	}
	return e
}

// carryOut stages what a plan does to people, with an entry for each choice, and
// returns how to undo it. The pools of the set's own issuer are not touched:
// they are written with the set.
func (all *plan) carryOut(tx *store.Tx, act Act, set string, issuer license.Issuer) (store.Undo, error) {
	var undo store.Undo
	for _, c := range all.order {
		if err := c.carryOut(tx, act, set, &undo); err != nil {
			return undo, err
		}
		for _, choice := range c.choices {
			tx.Entry(c.action(choice), c.person.ID, c.facts(choice, set)...)
		}
	}
	return undo, tx.TakeSeats(all.elsewhere(issuer))
}

func (c *chosen) carryOut(tx *store.Tx, act Act, set string, undo *store.Undo) error {
	for _, a := range c.change.Release {
		if err := tx.EndAssignment(a.Number, set); err != nil {
			return err
		}
		undo.Released = append(undo.Released, a.Number)
	}
	for _, a := range c.change.Give {
		a.By, a.Reason = act.By.String(), set
		number, err := tx.Assign(a)
		if err != nil {
			return err
		}
		undo.Given = append(undo.Given, number)
	}
	if c.next == c.person.Person {
		return nil
	}
	if undo.Logins == nil {
		undo.Logins = map[int64]string{}
	}
	undo.Logins[c.person.Number] = c.person.ValidThrough.String()
	p := c.person
	p.Person = c.next
	if _, err := tx.PutPerson(p); err != nil || p.Login {
		return err
	}
	_, err := endSessions(tx, p.ID, "") // none of them lives again should the login come back
	return err
}

// action returns what a choice is called where it is done alone.
func (c *chosen) action(choice seat.Choice) string {
	plan := choice.Do == seat.SwitchPlan
	if l := c.standing.Active.License(choice.Name); l != nil && l.Plan != nil {
		plan = true
	}
	switch {
	case choice.Do == seat.SwitchPlan:
		return "plan.set"
	case choice.Do == seat.EndLogin:
		return "login.end"
	case choice.Do == seat.GiveAlso:
		return "extra.give"
	case plan:
		return "plan.remove"
	}
	return "extra.remove"
}

func (c *chosen) facts(choice seat.Choice, set string) []audit.Fact {
	facts := []audit.Fact{audit.F("set", set)}
	switch choice.Do {
	case seat.SwitchPlan:
		facts = append(facts, audit.F("plan", choice.To), audit.F("released", choice.Name))
	case seat.TakeBack:
		facts = append(facts, audit.F("name", choice.Name))
	case seat.GiveAlso:
		facts = append(facts, audit.F("extra", choice.Name), audit.F("quantity", 1))
	}
	return facts
}
