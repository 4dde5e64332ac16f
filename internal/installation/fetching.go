package installation

import (
	"context"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licenseserver"
)

// theFetcher is who asks license servers when nobody says so.
var theFetcher = audit.Actor{Kind: audit.System, ID: "fetch"}

// askTick is how often it is looked whether a license server is to be asked.
const askTick = time.Minute

// attend asks license servers by itself, until ctx ends: one installation after
// another, so that a server that hangs makes the others late and nothing worse.
func (h *House) attend(ctx context.Context) {
	defer close(h.attended)
	tick := time.NewTicker(askTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.wake:
		}
		h.Attend(ctx)
	}
}

// Attend asks, for every installation, the license servers that are to be asked
// now, and reports what came in force. A server does so by itself every minute,
// and never twice at the same time.
func (h *House) Attend(ctx context.Context) {
	if h.options.Ask == nil {
		return
	}
	h.attending.Lock()
	defer h.attending.Unlock()
	for _, name := range h.Names() {
		in := h.Installation(name)
		if in == nil || ctx.Err() != nil {
			continue
		}
		in.attend(ctx)
	}
}

// AdministratorIsHere has license servers asked because an administrator looks,
// at most once a day. It does not wait for them.
func (in *Installation) AdministratorIsHere() {
	if in.options.Ask == nil || in.admin.Swap(true) {
		return
	}
	select {
	case in.wake <- struct{}{}:
	default: // it is awake
	}
}

// A duty is what an installation has to do at a license server now.
type duty struct {
	issuer license.Issuer
	fetch  bool
	report bool
}

func (in *Installation) attend(ctx context.Context) {
	act := Act{By: theFetcher}
	for _, d := range in.duties(in.admin.Swap(false)) {
		if d.fetch {
			if _, err := in.fetch(ctx, act, d.issuer); err != nil && ctx.Err() == nil {
				in.options.Log.Warn("a license server was asked in vain", "installation", in.name, "issuer", d.issuer, "err", err)
			}
		}
		if d.report {
			if err := in.report(ctx, act, d.issuer); err != nil && ctx.Err() == nil {
				in.options.Log.Warn("a license server could not be told", "installation", in.name, "issuer", d.issuer, "err", err)
			}
		}
	}
}

// registered are the issuers at whose license servers this installation is known,
// and may ask.
func (in *Installation) registered() (issuers []license.Issuer) {
	in.view(func(v *store.View) error {
		for _, a := range v.Authorities() {
			if _, err := in.askable(v, a.Issuer); err == nil && a.Registered != 0 {
				issuers = append(issuers, a.Issuer)
			}
		}
		return nil
	})
	return issuers
}

// duties returns what is to be done now, where this installation is registered.
func (in *Installation) duties(admin bool) (list []duty) {
	in.view(func(v *store.View) error {
		now, lost := in.clock(v), in.lost(v)
		for _, a := range v.Authorities() {
			if _, err := in.askable(v, a.Issuer); err != nil || a.Registered == 0 {
				continue
			}
			asking := in.asking(v, a)
			asking.Lost = lost.of(a.Issuer)
			d := duty{issuer: a.Issuer, fetch: asking.Due(now) || admin && asking.DueForAdministrator(now), report: in.reporting(v, a).Due(now)}
			if d.fetch || d.report {
				list = append(list, d)
			}
		}
		return nil
	})
	return list
}

// reporting is when the set in force is reported to its issuer.
func (in *Installation) reporting(v *store.View, a store.Authority) seat.Reporting {
	mark := inForceMark(v, a.Issuer)
	last := timeOf(a.ToldAt)
	return seat.Reporting{Same: mark == a.Reported || mark.Number == 0, Failed: a.ToldAt != 0 && a.ToldAt > a.Answered, Last: last}
}

// report tells the license server of an issuer which set is in force, or that the
// one before is again.
func (in *Installation) report(ctx context.Context, act Act, issuer license.Issuer) error {
	in.askMu.Lock()
	defer in.askMu.Unlock()
	var was licenseserver.Mark
	in.view(func(v *store.View) error {
		a, _ := v.Authority(issuer)
		was = a.Reported
		return nil
	})
	kind := licenseserver.Accepted
	q, err := in.askServer(ctx, issuer, kind, func(q *licenseserver.Request) {
		if was.Number > q.Set.Number {
			q.Kind, q.Left = licenseserver.RolledBack, was
		}
	})
	if err == nil && q.reply.Refused != "" {
		err = refusedBy(q)
	}
	if err != nil {
		if ctx.Err() == nil {
			in.toldInVain(ctx, act, issuer, err)
		}
		return err
	}
	_, err = in.heard(ctx, act, q, func(tx *store.Tx, a *store.Authority) error {
		a.Reported, a.ToldAt = q.asked.Set, tx.Now().UnixMicro()
		tx.Entry("set.report", "", audit.F("issuer", issuer), audit.F("kind", q.asked.Kind), audit.F("set", setID(issuer, a.Reported.Number)),
			audit.F("checkpoint", a.Reported.Checkpoint))
		return markReported(tx, issuer)
	})
	return err
}

// markReported notes that the issuer was told of every roll back so far.
func markReported(tx *store.Tx, issuer license.Issuer) error {
	for _, a := range tx.Activations() {
		if a.Issuer == issuer && a.How == store.RollBack && a.Reported == 0 {
			a.Reported = tx.Now().UnixMicro()
			if err := tx.PutActivation(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// toldInVain stores that a report was tried, so that it is tried again a day
// later.
func (in *Installation) toldInVain(ctx context.Context, act Act, issuer license.Issuer, failure error) {
	_, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		a, _ := tx.Authority(issuer)
		a.ToldAt, a.Error, a.Why = tx.Now().UnixMicro(), codeOf(failure), failure.Error()
		tx.Entry("set.report", "", audit.F("issuer", issuer), audit.F("error", a.Error))
		return true, tx.PutAuthority(a)
	})
	if err != nil {
		in.options.Log.Error("it could not be stored that a report failed", "installation", in.name, "issuer", issuer, "err", err)
	}
}
