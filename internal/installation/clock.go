package installation

import (
	"context"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/licenseserver"
)

// VouchForClock confirms the clock on the word of somebody who can know: somebody
// at the server's machine, who has looked at its clock and made a one-time code, or
// an issuer, whose license server is asked for the time and signs its answer. An
// administrator's own word is not enough: dates could be passed by it.
//
// A clock that is right is left alone. The errors are [BadValueError],
// [NotConfirmedError] and, where a license server is asked, those of
// [Installation.Fetch].
func (in *Installation) VouchForClock(ctx context.Context, act Act, c api.ConfirmClock) (api.ClockConfirmed, error) {
	if (c.Code == "") == (c.Issuer == "") {
		return api.ClockConfirmed{}, &BadValueError{Field: "code", Why: "give a code or an issuer, and not both"}
	}
	if c.Issuer != "" {
		return in.askTime(ctx, act, c.Issuer)
	}
	receipt := ClockReceipt{Time: in.options.Now(), From: "host"}
	tried := act
	tried.DryRun = true // or the code would be used up for nothing
	answer, err := in.confirmDoubted(ctx, tried, receipt)
	if err != nil || act.DryRun {
		return answer, err
	}
	if err := in.confirmed(c.Code); err != nil {
		return api.ClockConfirmed{}, err
	}
	return in.confirmDoubted(ctx, act, receipt)
}

// askTime asks a license server for the time.
func (in *Installation) askTime(ctx context.Context, act Act, text string) (api.ClockConfirmed, error) {
	issuer, err := readIssuer(text)
	if err != nil {
		return api.ClockConfirmed{}, err
	}
	in.askMu.Lock()
	defer in.askMu.Unlock()
	q, err := in.askServer(ctx, issuer, licenseserver.Ping, nil)
	if err != nil {
		return api.ClockConfirmed{}, asTyped(err, text)
	}
	done, err := in.confirmDoubted(ctx, act, ClockReceipt{Time: q.reply.Made, From: string(issuer)})
	if err != nil || act.DryRun {
		return done, err
	}
	_, err = in.heard(ctx, act, q, func(tx *store.Tx, a *store.Authority) error {
		tx.Entry("clock.ask", "", audit.F("issuer", issuer), audit.F("status", a.Status))
		return nil
	})
	return done, err
}

// confirmDoubted confirms a clock that is in doubt. One that is right is left
// alone: the clock of whoever vouches may be wrong too.
func (in *Installation) confirmDoubted(ctx context.Context, act Act, r ClockReceipt) (api.ClockConfirmed, error) {
	c, err := in.Clock(ctx)
	if err != nil {
		return api.ClockConfirmed{}, err
	}
	if c.State == api.ClockRight {
		outcome := api.Outcome{DryRun: act.DryRun, Seq: in.now.Load().seq}
		return api.ClockConfirmed{Outcome: outcome, Proven: c.Proven, Was: c.Proven}, nil
	}
	return in.ConfirmClock(ctx, act, r)
}
