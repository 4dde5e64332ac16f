package installation

import (
	"context"
	"errors"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Activate puts a received set in force in place of its issuer's, and does to
// people what was chosen, all in one update or nothing. It is refused whole,
// with a [seat.TooSmallError] that names every license by user ids, when it
// would leave anybody without a seat, and with an [UnacknowledgedError] when it
// turns a feature off that nobody has said may go. A plan token that is not
// empty must be the one the review would give now, else the error is
// [ReviewChangedError], which says what has changed. Where the host application
// says that something stands in the way of a choice, it is a [BlockedError].
//
// In one update the people's choices, the licenses, their pools as the new plans
// fill them, the old set's end and the new one's beginning are stored. The first
// activation binds the installation to the set's serial number.
//
// A set that begins on a later day is agreed to: it takes over by itself on that
// day, if it fits then. What was chosen is kept until then, and done with it if
// it is still exactly what was shown; see [Installation.SwitchDue]. Agreeing again
// takes the place of what was agreed to before.
func (in *Installation) Activate(ctx context.Context, act Act, id string, body api.Activate) (api.Activated, error) {
	var answer api.Activated
	outcome, err := in.askingAll(ctx, act, func(tx *store.Tx, c *clearing) (bool, error) {
		now := tx.Now()
		p, err := in.propose(ctx, &tx.View, id, api.Choices{Choices: body.Choices, Acknowledge: body.Acknowledge}, now)
		if err != nil {
			return false, err
		}
		answer = p.answer(&tx.View, act, now)
		if p.row.State == store.SetActive {
			return false, nil
		}
		begun, err := begun(p.set, now)
		if err != nil {
			return false, err
		}
		if !begun {
			return in.agree(tx, act, p, body, c, &answer)
		}
		if err := in.mayActivate(&tx.View, p, body.PlanToken, now); err != nil {
			return false, err
		}
		if err := c.clear(p.losses()); err != nil {
			return false, err
		}
		answer.Set, err = activate(tx, act, p, store.ByHand, now)
		return true, err
	})
	if changed := new(ReviewChangedError); errors.As(err, &changed) {
		err = in.sinceShown(ctx, changed, body.PlanToken)
	}
	answer.Outcome = outcome
	return answer, err
}

// answer is what there is to say of an activation that takes place.
func (p *proposal) answer(v *store.View, act Act, now time.Time) api.Activated {
	return api.Activated{
		Replaced: p.replaces(), Notes: notes(v, p.set, now, act.Language), Set: setOf(v, p.row, p.set, now),
		Rows:    p.shown(v, act.Language, func(r seat.ReviewRow) bool { return r.Look != seat.Same }),
		Effects: p.plan.effects(p, act.Language),
	}
}

// begun reports whether the day of a set has come, in its own time zone.
func begun(set *license.Set, now time.Time) (bool, error) {
	today, err := set.Today(now)
	return err == nil && set.Begun(today), err
}

func (in *Installation) mayActivate(v *store.View, p *proposal, planToken string, now time.Time) error {
	if err := in.isFor(v, p, now); err != nil {
		return err
	}
	if err := p.asShown(v, planToken); err != nil {
		return err
	}
	return p.blocked()
}

// asShown refuses a comparison that is not the one a token was given for. An
// empty token is for any.
func (p *proposal) asShown(v *store.View, planToken string) error {
	if planToken != "" && !sameToken(planToken, p.token(v.Seq())) {
		return &ReviewChangedError{Set: setID(p.set.Issuer, p.set.Number), rows: p.review.Rows}
	}
	return nil
}

// isFor refuses a set of somebody else, and one whose last day has passed.
func (in *Installation) isFor(v *store.View, p *proposal, now time.Time) error {
	if serial := v.Info().Serial; serial != "" && serial != p.set.Serial {
		return &OtherSerialError{Serial: p.set.Serial, Company: p.set.Company, Want: serial}
	}
	today, err := p.set.Today(now)
	if err != nil {
		return err
	}
	return licensefile.CheckNew(*p.set, today)
}

// blocked returns why the set cannot be activated as it is, or nil.
func (p *proposal) blocked() error {
	if p.short != nil {
		return p.tooSmall()
	}
	var off []license.Name
	for _, row := range p.review.Rows {
		if row.Look == seat.Blocks {
			off = append(off, row.Name)
		}
	}
	if len(off) > 0 {
		return &UnacknowledgedError{Set: setID(p.set.Issuer, p.set.Number), Licenses: off}
	}
	return nil
}

// tooSmall is the refusal of the rules with the user ids of the rows.
func (p *proposal) tooSmall() error {
	e := &seat.TooSmallError{Issuer: p.short.Issuer, Number: p.short.Number}
	for _, row := range p.review.Rows {
		if row.Result.Refuses() {
			e.Rows = append(e.Rows, seat.Short{Name: row.Name, Seats: row.NewTotal, Need: row.Need, Over: row.Release, Holders: row.Holders})
		}
	}
	return e
}

// activate stages a set that may come in force, with what is done to people.
func activate(tx *store.Tx, act Act, p *proposal, how store.How, now time.Time) (api.Set, error) {
	set := setID(p.set.Issuer, p.set.Number)
	undo, err := p.plan.carryOut(tx, act, set, p.set.Issuer)
	if err != nil {
		return api.Set{}, err
	}
	if err := enthrone(tx, p, store.SetReplaced, how, undo, now); err != nil {
		return api.Set{}, err
	}
	facts := []audit.Fact{audit.F("set", set), audit.F("checkpoint", p.row.Checkpoint), audit.F("replaced", p.replaces())}
	if len(p.plan.order) > 0 {
		facts = append(facts, audit.F("people", len(p.plan.order)))
	}
	for i, n := range p.plan.acknowledged {
		facts = append(facts, audit.F(numbered("acknowledged", i), n))
	}
	action := "set.activate"
	switch how {
	case store.ByItself:
		action = "set.auto-activate"
	case store.OnItsDay:
		facts = append(facts, audit.F("how", string(how)))
		if p.agreedBy != "" {
			facts = append(facts, audit.F("agreed_by", p.agreedBy))
		}
	}
	tx.Entry(action, "", facts...)
	p.row.State, p.row.From, p.row.Until = store.SetActive, now.UnixMicro(), 0
	return setOf(&tx.View, p.row, p.set, now), nil
}

// enthrone ends the set of the issuer that is in force and puts the proposed one
// in its place, with its pools as everybody's holdings fill them.
func enthrone(tx *store.Tx, p *proposal, old store.SetState, how store.How, undo store.Undo, now time.Time) error {
	replaced := ""
	for _, row := range tx.Sets() {
		if row.Issuer == p.set.Issuer && row.State == store.SetActive {
			row.State, row.Until, replaced = old, now.UnixMicro(), row.Checkpoint
			if err := tx.PutSet(row); err != nil {
				return err
			}
		}
	}
	row := p.row
	row.State, row.From, row.Until = store.SetActive, now.UnixMicro(), 0
	if err := tx.PutSet(row); err != nil {
		return err
	}
	if err := remember(tx, p, replaced, how, undo, now); err != nil {
		return err
	}
	if err := project(tx, p); err != nil {
		return err
	}
	if err := p.settleNotices(tx); err != nil {
		return err
	}
	if a := tx.Agreement(p.row.Checkpoint); a.At != 0 || a.Told != 0 {
		// It has waited. Should it ever wait again, nobody has said anything yet.
		if err := tx.PutAgreement(store.Agreement{Checkpoint: p.row.Checkpoint}); err != nil {
			return err
		}
	}
	owner := tx.Info().Owner
	if owner.Serial == p.set.Serial && owner.Company == p.set.Company {
		return nil
	}
	owner.Serial, owner.Company = p.set.Serial, p.set.Company
	return tx.SetOwner(owner)
}

// settleNotices ends what was told of the sets that change places.
func (p *proposal) settleNotices(tx *store.Tx) error {
	if _, err := settle(tx, NoticeSetDoesNotFit, setID(p.set.Issuer, p.set.Number)); err != nil {
		return err
	}
	if p.replaces() == "" {
		return nil
	}
	_, err := settle(tx, NoticeSetActivated, p.replaces())
	return err
}

// remember ends the row of the activation before and begins one.
func remember(tx *store.Tx, p *proposal, replaced string, how store.How, undo store.Undo, now time.Time) error {
	for _, a := range tx.Activations() {
		if a.Issuer == p.set.Issuer && a.Until == 0 {
			a.Until = now.UnixMicro()
			if err := tx.PutActivation(a); err != nil {
				return err
			}
		}
	}
	return tx.PutActivation(store.Activation{
		Issuer: p.set.Issuer, SetNumber: p.set.Number, Checkpoint: p.row.Checkpoint, Replaced: replaced, From: now.UnixMicro(),
		How: how, By: tx.By().String(), Undo: undo,
	})
}

// project writes the set's licenses as rows, each pool as full as everybody's
// holdings fill it under the new set.
func project(tx *store.Tx, p *proposal) error {
	need := map[license.Name]int64{}
	for _, r := range p.rows {
		if r.InUse != nil {
			need[r.Name] = r.Need
		}
	}
	for i := range p.set.Licenses {
		l := &p.set.Licenses[i]
		name := license.NameOf(p.set.Issuer, l.Module)
		row, _ := tx.License(name)
		row.Name, row.SetNumber, row.Line, row.Kind = name, p.set.Number, int64(i+1), l.Kind
		row.Seats, row.Taken = l.Quantity, need[name]
		row.Unrestricted, row.OpenEnded, row.Hidden = l.Unrestricted, l.OpenEnded, l.Hidden
		if err := tx.PutLicense(row); err != nil {
			return err
		}
	}
	for _, row := range tx.Licenses() {
		if row.Name.Issuer != p.set.Issuer || p.next.License(row.Name) != nil {
			continue
		}
		row.SetNumber, row.Line, row.Seats, row.Taken, row.Unrestricted = p.set.Number, 0, 0, 0, false
		if err := tx.PutLicense(row); err != nil {
			return err
		}
	}
	return nil
}
