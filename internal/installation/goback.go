package installation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// rollBackTime is how long an activation can be undone.
const rollBackTime = 24 * time.Hour

// RollBack puts the set in force again that was replaced last, and restores what
// the activation has changed of people, as far as everybody fits. The answer
// names who could not be put back and why.
//
// It is refused with a [NoRollBackError] after a day, when the newer set is
// final, and when there is nothing to go back to; and as an activation is, when
// the replaced set has ended, what is in use today does not fit it, or the host
// application says that something stands in the way of taking back what people
// were given in place of what they had. The newer
// number stays remembered: nothing older than it is accepted.
func (in *Installation) RollBack(ctx context.Context, act Act, body api.RollBack) (api.RolledBack, error) {
	var answer api.RolledBack
	outcome, err := in.askingAll(ctx, act, func(tx *store.Tx, c *clearing) (bool, error) {
		a, err := lastActivation(&tx.View, license.Issuer(strings.ToUpper(body.Issuer)), tx.Now())
		if err != nil {
			return false, err
		}
		p, err := in.goBack(ctx, tx, a)
		if err != nil {
			return false, err
		}
		back, err := in.restore(ctx, tx, p, a.Undo, act.Language)
		if err != nil {
			return false, err
		}
		if err := p.compare(&tx.View); err != nil {
			return false, err
		}
		if p.short != nil {
			return false, p.tooSmall()
		}
		if err := c.clear(p.losses()); err != nil {
			return false, err
		}
		now := tx.Now()
		answer = api.RolledBack{Instead: setID(a.Issuer, a.SetNumber), Restored: back.restored, NotRestored: back.not,
			Rows: p.shown(&tx.View, act.Language, func(r seat.ReviewRow) bool { return r.Look != seat.Same })}
		answer.Set, err = stageRollBack(tx, act, p, a, back, now)
		return true, err
	})
	answer.Outcome = outcome
	return answer, err
}

// lastActivation returns the activation that can be undone at a moment.
func lastActivation(v *store.View, issuer license.Issuer, now time.Time) (store.Activation, error) {
	var possible []store.Activation
	var why error
	for _, a := range v.Activations() {
		if a.Until != 0 || issuer != "" && a.Issuer != issuer {
			continue
		}
		if err := mayRollBack(a, now); err != nil {
			why = err
			continue
		}
		possible = append(possible, a)
	}
	switch {
	case len(possible) == 1:
		return possible[0], nil
	case len(possible) > 1:
		return store.Activation{}, &NoRollBackError{Reason: RollBackSeveral}
	case why != nil:
		return store.Activation{}, why
	}
	return store.Activation{}, &NoRollBackError{Reason: RollBackNothing}
}

func mayRollBack(a store.Activation, now time.Time) error {
	e := &NoRollBackError{Set: setID(a.Issuer, a.SetNumber)}
	switch {
	case a.How == store.RollBack:
		e.Reason = RollBackTwice
	case a.Replaced == "":
		e.Reason = RollBackNothing
	case now.Sub(timeOf(a.From)) > rollBackTime:
		e.Reason, e.Since = RollBackTooLate, license.DateOf(timeOf(a.From))
	default:
		return nil
	}
	return e
}

// goBack proposes the set that an activation replaced.
func (in *Installation) goBack(ctx context.Context, tx *store.Tx, a store.Activation) (*proposal, error) {
	newer := tx.Active().Set(a.Issuer)
	row, ok := tx.Set(a.Replaced)
	switch {
	case newer == nil: // an edited file says nothing, and nothing is no leave to go back
		return nil, &NoRollBackError{Set: setID(a.Issuer, a.SetNumber), Reason: RollBackDamaged}
	case newer.Final:
		return nil, &NoRollBackError{Set: setID(a.Issuer, a.SetNumber), Reason: RollBackFinal}
	case !ok || row.State != store.SetReplaced:
		return nil, &NoRollBackError{Set: setID(a.Issuer, a.SetNumber), Reason: RollBackReplaced}
	}
	// The file of a replaced set is not among those in memory: from here on it is.
	file, err := tx.SetFile(ctx, row.File)
	if err != nil {
		return nil, err
	}
	tx.PutSetFile(file)
	p, err := in.draw(ctx, &tx.View, row, tx.Now())
	if err != nil {
		return nil, err
	}
	return p, in.isFor(&tx.View, p, tx.Now())
}

// A restoration is what a roll back does to people.
type restoration struct {
	restored []api.PersonEffect
	not      []api.NotRestored
}

// restore decides, person by person, whether what an activation changed can be
// as it was. Each sees the pools as those before have left them.
func (in *Installation) restore(ctx context.Context, tx *store.Tx, p *proposal, undo store.Undo, lang string) (restoration, error) {
	p.plan = &plan{people: map[string]*chosen{}}
	base := in.standingUnder(&tx.View, p, tx.Now())
	taken := seat.Recount(p.next, visible(&tx.View, p.next))
	base.Pools = func(n license.Name) seat.Pool {
		l := p.next.License(n)
		if l == nil {
			return seat.Pool{}
		}
		return seat.Pool{Seats: l.Quantity, Taken: taken[n], Unrestricted: l.Unrestricted}
	}
	back := restoration{restored: []api.PersonEffect{}, not: []api.NotRestored{}}
	all, err := undone(ctx, tx, undo)
	if err != nil {
		return back, err
	}
	for _, u := range all {
		c, refused := u.decide(base, &tx.View)
		if refused != nil {
			back.not = append(back.not, u.notRestored(refused, lang))
			c = u.leave(base, &tx.View)
		}
		if c.change.Empty() && c.next == c.person.Person {
			continue
		}
		for _, t := range c.change.Takes {
			taken[t.Name] += t.Delta
		}
		p.plan.people[c.person.ID], p.plan.order = c, append(p.plan.order, c)
		if refused == nil {
			e := effectOn(p, c.person, c.change, lang)
			e.LoginGiven = !c.person.Login && c.next.Login
			back.restored = append(back.restored, e)
		}
	}
	return back, nil
}

// An undoing is what an activation changed of one person.
type undoing struct {
	person store.Person
	ended  []seat.Assignment // by it
	begun  []seat.Assignment // by it, and still current
	login  *license.Date     // valid-through of a login it ended
}

// undone returns what an activation changed, by person.
func undone(ctx context.Context, tx *store.Tx, undo store.Undo) ([]*undoing, error) {
	people := map[string]*undoing{}
	of := func(id string) *undoing {
		if people[id] == nil {
			p, ok := tx.Person(id)
			if !ok {
				return nil
			}
			people[id] = &undoing{person: p}
		}
		return people[id]
	}
	ended, err := tx.EndedAssignments(ctx, undo.Released)
	if err != nil {
		return nil, err
	}
	for _, a := range ended {
		if u := of(a.Person); u != nil {
			u.ended = append(u.ended, a.Assignment)
		}
	}
	given := map[int64]bool{}
	for _, n := range undo.Given {
		given[n] = true
	}
	for p := range tx.People() {
		for _, a := range tx.Assignments(p.ID) {
			if given[a.Number] {
				of(p.ID).begun = append(of(p.ID).begun, a)
			}
		}
		if through, ok := undo.Logins[p.Number]; ok {
			day, err := license.ParseDate(through)
			if err == nil {
				of(p.ID).login = &day
			}
		}
	}
	list := make([]*undoing, 0, len(people))
	for _, u := range people {
		list = append(list, u)
	}
	slices.SortFunc(list, func(x, y *undoing) int { return cmp.Compare(x.person.Number, y.person.Number) })
	return list, nil
}

// decide decides to put the person back.
func (u *undoing) decide(base seat.Standing, v *store.View) (*chosen, error) {
	c := u.chosen(base, v)
	var err error
	c.next, c.change, err = c.standing.PutBack(u.ended, u.begun, u.login)
	c.current = c.standing.Apply(c.change)
	return c, err
}

// leave decides to keep the person as today, but for what the set that comes
// back does not have.
func (u *undoing) leave(base seat.Standing, v *store.View) *chosen {
	c := u.chosen(base, v)
	gone := slices.DeleteFunc(slices.Clone(u.begun), func(a seat.Assignment) bool { return base.Active.License(a.Name) != nil })
	c.next, c.change, _ = c.standing.PutBack(nil, gone, nil) // giving nothing back is never refused
	c.current = c.standing.Apply(c.change)
	return c
}

func (u *undoing) chosen(base seat.Standing, v *store.View) *chosen {
	base.Person, base.Current, base.Profile = u.person.Person, v.Assignments(u.person.ID), profileModules(v, u.person.Profile)
	return &chosen{person: u.person, standing: base, next: u.person.Person}
}

func (u *undoing) notRestored(err error, lang string) api.NotRestored {
	n := api.NotRestored{Person: u.person.Personal.UserID, Code: codeOf(err)}
	if len(u.ended) > 0 {
		n.Name = u.ended[0].Name
	}
	text, _ := i18n.Sentence(lang, n.Code, facts(named(err, u.person)))
	n.Text = text.Detail
	return n
}

// facts returns the error that carries a code, whose fields are what its
// sentence is made of.
func facts(err error) any {
	if c := (interface{ Code() string })(nil); errors.As(err, &c) {
		return c
	}
	return nil
}

// stageRollBack stages what was decided.
func stageRollBack(tx *store.Tx, act Act, p *proposal, a store.Activation, back restoration, now time.Time) (api.Set, error) {
	instead := setID(a.Issuer, a.SetNumber)
	var undo store.Undo
	for _, c := range p.plan.order {
		if err := c.carryOut(tx, act, "roll back of "+instead, &undo); err != nil {
			return api.Set{}, err
		}
		tx.Entry("set.restore-person", c.person.ID, append(changeFacts(c.change), audit.F("set", instead))...)
	}
	if err := tx.TakeSeats(p.plan.elsewhere(p.set.Issuer)); err != nil {
		return api.Set{}, err
	}
	if err := enthrone(tx, p, store.SetWithdrawn, store.RollBack, undo, now); err != nil {
		return api.Set{}, err
	}
	facts := []audit.Fact{audit.F("set", setID(p.set.Issuer, p.set.Number)), audit.F("instead", instead),
		audit.F("restored", len(back.restored)), audit.F("not_restored", len(back.not))}
	tx.Entry("set.roll-back", "", facts...)
	p.row.State, p.row.From, p.row.Until = store.SetActive, now.UnixMicro(), 0
	return setOf(&tx.View, p.row, p.set, now), nil
}
