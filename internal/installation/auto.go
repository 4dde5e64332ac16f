package installation

import (
	"context"
	"errors"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// byItself activates a set that was just received when nothing speaks against
// it: it replaces another, only raises, adds or extends, and nobody has asked to
// be asked. It returns nil when the set waits.
func (in *Installation) byItself(ctx context.Context, tx *store.Tx, act Act, checkpoint string, now time.Time) (*api.Activated, error) {
	row, _ := tx.Set(checkpoint)
	if tx.Policy() != store.Automatic || row.State != store.SetLoaded {
		return nil, nil
	}
	p, err := in.propose(ctx, &tx.View, checkpoint, api.Choices{}, now)
	if err != nil {
		return nil, nil // whoever reviews it is told
	}
	begun, err := begun(p.set, now)
	quiet := err == nil && begun && p.review.OnlyRaises && len(notes(&tx.View, p.set, now, "")) == 0
	if !quiet || in.isFor(&tx.View, p, now) != nil || p.blocked() != nil {
		return nil, nil
	}
	answer := p.answer(&tx.View, act, now)
	answer.Set, err = activate(tx, act, p, store.ByItself, now)
	if err != nil {
		return nil, err
	}
	_, err = raise(tx, Notice{Code: NoticeSetActivated, About: answer.Set.ID})
	return &answer, err
}

// supersede lets the sets of an issuer that wait give way to a newer one.
func supersede(tx *store.Tx, newer store.Set) error {
	for _, row := range tx.Sets() {
		waits := row.State == store.SetLoaded || row.State == store.SetWithdrawn
		if !waits || row.Issuer != newer.Issuer || row.Serial != newer.Serial || row.Number >= newer.Number {
			continue
		}
		row.State = store.SetSuperseded
		if err := tx.PutSet(row); err != nil {
			return err
		}
		if _, err := settle(tx, NoticeSetDoesNotFit, setID(row.Issuer, row.Number)); err != nil {
			return err
		}
	}
	return nil
}

func setIDOf(tx *store.Tx, checkpoint string) string {
	row, _ := tx.Set(checkpoint)
	return setID(row.Issuer, row.Number)
}

// codeOf returns the stable code of an error.
func codeOf(err error) string {
	if c := (interface{ Code() string })(nil); errors.As(err, &c) {
		return c.Code()
	}
	return "internal"
}

func (p *proposal) blockingRows() (n int64) {
	if p == nil {
		return 0
	}
	for _, row := range p.review.Rows {
		if row.Look == "blocks" {
			n++
		}
	}
	return n
}

// Withdraw lets a set no longer wait. It can still be activated by hand, and
// waits again when it is loaded again.
func (in *Installation) Withdraw(ctx context.Context, act Act, id string) (api.ChangedSet, error) {
	var answer api.ChangedSet
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		row, err := findSet(&tx.View, id)
		if err != nil {
			return false, err
		}
		if row.State != store.SetLoaded && row.State != store.SetWithdrawn {
			return false, &NotWaitingError{Set: setID(row.Issuer, row.Number), Status: string(row.State)}
		}
		changed := row.State == store.SetLoaded
		if changed {
			row.State = store.SetWithdrawn
			if err := tx.PutSet(row); err != nil {
				return false, err
			}
			if err := tx.PutAgreement(store.Agreement{Checkpoint: row.Checkpoint}); err != nil {
				return false, err
			}
			set := setID(row.Issuer, row.Number)
			tx.Entry("set.withdraw", "", audit.F("set", set), audit.F("checkpoint", row.Checkpoint))
			if _, err := settle(tx, NoticeSetDoesNotFit, set); err != nil {
				return false, err
			}
		}
		answer.Set, err = in.shownSet(ctx, &tx.View, row, act.Language)
		return changed, err
	})
	answer.Outcome = outcome
	return answer, err
}

// SetPolicy returns how sets come in force.
func (in *Installation) SetPolicy(ctx context.Context, act Act) (api.SetPolicy, error) {
	var p api.SetPolicy
	err := in.view(func(v *store.View) error {
		p.Activation = string(v.Policy())
		return nil
	})
	return p, err
}

// PutSetPolicy says how sets come in force from now on. What waits already is
// not touched.
func (in *Installation) PutSetPolicy(ctx context.Context, act Act, body api.SetPolicy) (api.ChangedSetPolicy, error) {
	policy := store.Policy(body.Activation)
	if policy != store.Automatic && policy != store.Ask {
		return api.ChangedSetPolicy{}, &BadValueError{Field: "activation", Why: "use automatic or ask"}
	}
	answer := api.ChangedSetPolicy{SetPolicy: body}
	var err error
	answer.Outcome, err = in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		if tx.Policy() == policy {
			return false, nil
		}
		tx.Entry("set.policy", "", audit.F("activation", string(policy)))
		return true, tx.SetPolicy(policy)
	})
	return answer, err
}
