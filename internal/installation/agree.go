package installation

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// agree records that a set takes over on its day, and what is done to people
// then. Choices are kept only when they are enough as things stand today; what
// they would do is kept beside them, so that on the day it is known whether it
// is still the same.
func (in *Installation) agree(tx *store.Tx, act Act, p *proposal, body api.Activate, c *clearing, answer *api.Activated) (bool, error) {
	if err := in.isFor(&tx.View, p, tx.Now()); err != nil {
		return false, err
	}
	if err := p.asShown(&tx.View, body.PlanToken); err != nil {
		return false, err
	}
	if len(p.plan.kept) > 0 {
		if err := p.blocked(); err != nil {
			return false, err
		}
		if err := c.clear(p.losses()); err != nil {
			return false, err
		}
	}
	answer.Waits = true
	a := store.Agreement{Checkpoint: p.row.Checkpoint, At: tx.Now().UnixMicro(), By: tx.By().String(), Accepts: p.plan.acknowledged,
		Choices: p.plan.kept, Effects: p.plan.agreed()}
	if was := tx.Agreement(p.row.Checkpoint); was.At != 0 && sameAgreement(was, a) && p.row.State == store.SetLoaded {
		return false, nil
	}
	if err := tx.PutAgreement(a); err != nil {
		return false, err
	}
	if p.row.State != store.SetLoaded {
		p.row.State = store.SetLoaded
		if err := tx.PutSet(p.row); err != nil {
			return false, err
		}
	}
	p.recordAgreement(tx, a)
	answer.Set = setOf(&tx.View, p.row, p.set, tx.Now())
	return true, nil
}

func sameAgreement(x, y store.Agreement) bool {
	return slices.Equal(x.Accepts, y.Accepts) && slices.Equal(x.Choices, y.Choices) && len(seat.Strays(x.Effects, y.Effects)) == 0
}

// recordAgreement writes an entry for what was agreed to, and one for each thing
// that was chosen.
func (p *proposal) recordAgreement(tx *store.Tx, a store.Agreement) {
	set := setID(p.set.Issuer, p.set.Number)
	facts := []audit.Fact{audit.F("set", set), audit.F("start", p.set.Start)}
	if len(a.Effects) > 0 {
		facts = append(facts, audit.F("people", len(a.Effects)))
	}
	for i, n := range a.Accepts {
		facts = append(facts, audit.F(numbered("acknowledged", i), n))
	}
	tx.Entry("set.wait", "", facts...)
	for _, c := range a.Choices {
		facts, subject := []audit.Fact{audit.F("set", set), audit.F("do", string(c.Do))}, ""
		for _, f := range []struct {
			key  string
			name license.Name
		}{{"name", c.Name}, {"to", c.To}, {"holding", c.Holding}} {
			if f.name != (license.Name{}) {
				facts = append(facts, audit.F(f.key, f.name))
			}
		}
		if person, ok := tx.PersonByNumber(c.Person); ok && c.Person != 0 {
			subject = person.ID
		}
		tx.Entry("set.choose", subject, facts...)
	}
}

// agreed is what a plan does to people, as it is agreed to.
func (all *plan) agreed() []seat.Agreed {
	var list []seat.Agreed
	for _, c := range all.order {
		list = append(list, seat.AgreedOf(c.person.Number, c.person.Person, c.next, c.change))
	}
	return list
}

// storedChoices are the choices of an agreement as the API spells them: people by
// number.
func storedChoices(a store.Agreement) api.Choices {
	var all api.Choices
	for _, n := range a.Accepts {
		all.Acknowledge = append(all.Acknowledge, n.String())
	}
	for _, c := range a.Choices {
		choice := api.Choice{Do: string(c.Do), Name: c.Name.String(), To: c.To.String(), Holding: c.Holding.String(), Everyone: c.Person == 0}
		if c.Person != 0 {
			choice.Person = "#" + strconv.FormatInt(c.Person, 10)
		}
		all.Choices = append(all.Choices, choice)
	}
	return all
}

// stored shows what was chosen for the day of a set that waits, and whether that
// would still happen as it was shown; nil when nothing was chosen.
func (in *Installation) stored(ctx context.Context, v *store.View, p *proposal, now time.Time, lang string) *api.StoredChoices {
	a := v.Agreement(p.row.Checkpoint)
	if p.row.State != store.SetLoaded || len(a.Choices) == 0 {
		return nil
	}
	choices := storedChoices(a)
	out := &api.StoredChoices{At: timeOf(a.At), By: a.By, Choices: choices.Choices, Acknowledge: choices.Acknowledge, People: len(a.Effects)}
	then, err := in.propose(ctx, v, p.row.Checkpoint, choices, now)
	if err == nil {
		for _, s := range seat.Strays(a.Effects, then.plan.agreed()) {
			out.Changed = append(out.Changed, strayOf(v, p, s, lang))
		}
		err = in.mayTakeOver(v, then, a, now)
	}
	if out.Holds = err == nil; !out.Holds {
		text, _ := i18n.Sentence(lang, codeOf(err), facts(err))
		out.Why = &api.Note{Code: codeOf(err), Text: text.Detail}
	}
	return out
}

func strayOf(v *store.View, p *proposal, s seat.Stray, lang string) api.StoredChange {
	out := api.StoredChange{Person: "#" + strconv.FormatInt(s.Person, 10)}
	if person, ok := v.PersonByNumber(s.Person); ok && person.Personal.UserID != "" {
		out.Person = person.Personal.UserID
	}
	effect := func(a *seat.Agreed) *api.PersonEffect {
		if a == nil {
			return nil
		}
		e := &api.PersonEffect{Person: out.Person, LoginEnded: a.LoginEnds}
		for _, h := range a.Given {
			e.Given = append(e.Given, api.Holding{Name: h.Name, DisplayName: p.displayName(h.Name, lang), Quantity: h.Quantity})
		}
		for _, h := range a.Released {
			e.Released = append(e.Released, api.Holding{Name: h.Name, DisplayName: p.displayName(h.Name, lang), Quantity: h.Quantity})
		}
		return e
	}
	out.Was, out.Is = effect(s.Was), effect(s.Is)
	return out
}
