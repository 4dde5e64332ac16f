package installation

import (
	"context"
	"errors"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
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

// agree records that a set takes over on its day.
func (in *Installation) agree(tx *store.Tx, act Act, p *proposal, body api.Activate, answer *api.Activated) (bool, error) {
	if len(body.Choices) > 0 {
		return false, &NotBegunError{Set: setID(p.set.Issuer, p.set.Number), Start: p.set.Start}
	}
	if err := in.isFor(&tx.View, p, tx.Now()); err != nil {
		return false, err
	}
	answer.Waits = true
	was := tx.Agreement(p.row.Checkpoint)
	if was.At != 0 && sameNames(was.Accepts, p.plan.acknowledged) && p.row.State == store.SetLoaded {
		return false, nil
	}
	a := store.Agreement{Checkpoint: p.row.Checkpoint, At: tx.Now().UnixMicro(), By: tx.By().String(), Accepts: p.plan.acknowledged}
	if err := tx.PutAgreement(a); err != nil {
		return false, err
	}
	if p.row.State != store.SetLoaded {
		p.row.State = store.SetLoaded
		if err := tx.PutSet(p.row); err != nil {
			return false, err
		}
	}
	facts := []audit.Fact{audit.F("set", setID(p.set.Issuer, p.set.Number)), audit.F("start", p.set.Start)}
	for i, n := range a.Accepts {
		facts = append(facts, audit.F(numbered("acknowledged", i), n))
	}
	tx.Entry("set.wait", "", facts...)
	answer.Set = setOf(&tx.View, p.row, p.set, tx.Now())
	return true, nil
}

func sameNames(x, y []license.Name) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}

// calendar is who acts when a day has come.
var calendar = audit.Actor{Kind: audit.System, ID: "calendar"}

// SwitchDue lets every set whose day has come take over, if it fits. One that
// does not keeps waiting, and administrators are told; the set in force keeps its
// dates. It may be called at any time, by any number of servers: a set takes over
// once.
func (in *Installation) SwitchDue(ctx context.Context) error {
	var due []string
	err := in.view(func(v *store.View) error {
		due = in.due(ctx, v, in.proven(v))
		return nil
	})
	var errs []error
	for _, checkpoint := range due {
		_, err := in.perform(ctx, Act{By: calendar}, func(tx *store.Tx) (bool, error) { return in.switchTo(ctx, tx, checkpoint) })
		errs = append(errs, err)
	}
	return errors.Join(append(errs, err)...)
}

// due returns the sets that wait for a day that has come and were not tried yet,
// by checkpoint.
func (in *Installation) due(ctx context.Context, v *store.View, now time.Time) []string {
	var due []string
	for _, row := range v.Sets() {
		if row.State != store.SetLoaded || row.Number < v.HighestSet(row.Issuer, row.Serial) || v.Agreement(row.Checkpoint).Told != 0 {
			continue
		}
		file, err := v.SetFile(ctx, row.File)
		if err != nil {
			continue // counted among what is quarantined
		}
		f, err := licensefile.Parse(file)
		if err != nil || f.Set.Start.IsZero() {
			continue
		}
		if begun, err := begun(&f.Set, now); err == nil && begun {
			due = append(due, row.Checkpoint)
		}
	}
	return due
}

// switchTo lets one set take over, or records that it does not fit.
func (in *Installation) switchTo(ctx context.Context, tx *store.Tx, checkpoint string) (bool, error) {
	agreement := tx.Agreement(checkpoint)
	if row, ok := tx.Set(checkpoint); !ok || row.State != store.SetLoaded || agreement.Told != 0 {
		return false, nil // another server was quicker
	}
	var accepts api.Choices
	for _, n := range agreement.Accepts {
		accepts.Acknowledge = append(accepts.Acknowledge, n.String())
	}
	now := in.proven(&tx.View)
	p, err := in.propose(ctx, &tx.View, checkpoint, accepts, now)
	if err == nil {
		err = in.isFor(&tx.View, p, now)
	}
	if err == nil {
		err = p.blocked()
	}
	if err == nil && agreement.At == 0 && tx.Policy() == store.Ask {
		err = &AskFirstError{}
	}
	set := setIDOf(tx, checkpoint)
	if err != nil {
		agreement.Told = now.UnixMicro()
		if err := tx.PutAgreement(agreement); err != nil {
			return false, err
		}
		tx.Entry("set.wait", "", audit.F("set", set), audit.F("why", codeOf(err)))
		_, raised := raise(tx, Notice{Code: NoticeSetDoesNotFit, About: set, Why: codeOf(err), Count: p.blockingRows()})
		return true, raised
	}
	if _, err := activate(tx, Act{By: calendar}, p, store.OnItsDay, now); err != nil {
		return false, err
	}
	_, err = raise(tx, Notice{Code: NoticeSetActivated, About: set})
	return true, err
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
