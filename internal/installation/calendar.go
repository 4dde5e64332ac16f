package installation

import (
	"context"
	"errors"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/licensefile"
)

// calendar is who acts when a day has come.
var calendar = audit.Actor{Kind: audit.System, ID: "calendar"}

// SwitchDue lets every set whose day has come take over, if it fits, and does to
// people what was chosen for that day, if that is still what was shown. One that
// cannot keeps waiting, nobody is changed, and administrators are told; the set
// in force keeps its dates. It may be called at any time, by any number of
// servers: a set takes over once.
//
// Where the host application must be asked and does not answer, administrators
// are told, and the next call asks again.
func (in *Installation) SwitchDue(ctx context.Context) error {
	var due []string
	err := in.view(func(v *store.View) error {
		due = in.due(ctx, v, in.proven(v))
		return nil
	})
	errs := []error{err}
	for _, checkpoint := range due {
		errs = append(errs, in.switchDue(ctx, checkpoint))
	}
	return errors.Join(errs...)
}

func (in *Installation) switchDue(ctx context.Context, checkpoint string) error {
	_, err := in.askingAll(ctx, Act{By: calendar}, func(tx *store.Tx, c *clearing) (bool, error) {
		return in.switchTo(ctx, tx, c, checkpoint)
	})
	unheard := new(BlockersUnreachableError)
	if !errors.As(err, &unheard) {
		return err
	}
	_, told := in.perform(ctx, Act{By: calendar}, func(tx *store.Tx) (bool, error) {
		return raise(tx, Notice{Code: NoticeSetDoesNotFit, About: setIDOf(tx, checkpoint), Why: unheard.Code()})
	})
	return errors.Join(err, told)
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

// switchTo lets one set take over, or records why it cannot.
func (in *Installation) switchTo(ctx context.Context, tx *store.Tx, c *clearing, checkpoint string) (bool, error) {
	agreement := tx.Agreement(checkpoint)
	if row, ok := tx.Set(checkpoint); !ok || row.State != store.SetLoaded || agreement.Told != 0 {
		return false, nil // another server was quicker
	}
	now := in.proven(&tx.View)
	p, err := in.propose(ctx, &tx.View, checkpoint, storedChoices(agreement), now)
	if err == nil {
		err = in.mayTakeOver(&tx.View, p, agreement, now)
	}
	if err == nil {
		err = c.clear(p.losses())
	}
	if ask := new(askAll); errors.As(err, &ask) {
		return false, err
	}
	set := setIDOf(tx, checkpoint)
	if err != nil {
		agreement.Told = now.UnixMicro()
		if err := tx.PutAgreement(agreement); err != nil {
			return false, err
		}
		tx.Entry("set.wait", "", audit.F("set", set), audit.F("why", codeOf(err)))
		count := p.blockingRows()
		if strayed := new(StrayedError); errors.As(err, &strayed) {
			count = int64(strayed.People)
		}
		_, raised := raise(tx, Notice{Code: NoticeSetDoesNotFit, About: set, Why: codeOf(err), Count: count})
		return true, raised
	}
	p.agreedBy = agreement.By
	if _, err := activate(tx, Act{By: calendar}, p, store.OnItsDay, now); err != nil {
		return false, err
	}
	_, err = raise(tx, Notice{Code: NoticeSetActivated, About: set})
	return true, err
}

// mayTakeOver refuses a set on its day that is for somebody else or past its
// end, that does not fit, that nobody has agreed to where every set is asked
// for, and one that would now do something else to people than was shown.
func (in *Installation) mayTakeOver(v *store.View, p *proposal, agreement store.Agreement, now time.Time) error {
	if err := in.isFor(v, p, now); err != nil {
		return err
	}
	if strays := seat.Strays(agreement.Effects, p.plan.agreed()); len(strays) > 0 {
		return &StrayedError{Set: setID(p.set.Issuer, p.set.Number), People: len(strays)}
	}
	if err := p.blocked(); err != nil {
		return err
	}
	if agreement.At == 0 && v.Policy() == store.Ask {
		return &AskFirstError{}
	}
	return nil
}
