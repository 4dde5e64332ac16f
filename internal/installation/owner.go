package installation

import (
	"cmp"
	"context"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// ChangeOwner gives the installation another serial number and company, such as
// when a demo becomes real, and puts the set that goes with them in force, all in
// one step. People and what they were given stay. It is refused whole when the
// set would leave anybody without a seat.
//
// What makes it genuine is a reply of the issuer's license server to a one-time
// code, or a set that names this installation's key. The errors are those of
// [Installation.Fetch] and [Installation.Activate], [license.BadSerialError],
// [UnboundSetError] and [OtherCompanyError].
func (in *Installation) ChangeOwner(ctx context.Context, act Act, n api.ChangeOwner) (api.ChangedOwner, error) {
	if err := license.CheckSerial(n.Serial); err != nil {
		return api.ChangedOwner{}, err
	}
	if (n.Code == "") == (n.File == "") {
		return api.ChangedOwner{}, &BadValueError{Field: "code", Why: "either a one-time code or a file says that it may"}
	}
	if n.File != "" {
		return in.changeByFile(ctx, act, n)
	}
	issuer, err := readIssuer(n.Issuer)
	if err != nil {
		return api.ChangedOwner{}, err
	}
	code := licenseserver.TrimCode(n.Code)
	if code == "" {
		return api.ChangedOwner{}, &BadCodeError{}
	}
	if act.DryRun { // asking would use the code up
		return in.mayChange(act, n, issuer)
	}
	in.askMu.Lock()
	defer in.askMu.Unlock()
	q, err := in.askServer(ctx, issuer, licenseserver.Change, func(q *licenseserver.Request) {
		q.Code, q.NewSerial, q.NewCompany = code, n.Serial, n.Company
	})
	if err != nil {
		return api.ChangedOwner{}, asTyped(err, n.Issuer)
	}
	if q.reply.Refused != "" {
		return api.ChangedOwner{}, refusedBy(q)
	}
	if q.reply.NewSerial != n.Serial || q.reply.File == nil {
		return api.ChangedOwner{}, &licenseserver.OtherReplyError{Field: "new-serial", Got: q.reply.NewSerial, Want: n.Serial}
	}
	return in.change(ctx, act, n, q.reply.File, q)
}

func (in *Installation) mayChange(act Act, n api.ChangeOwner, issuer license.Issuer) (answer api.ChangedOwner, err error) {
	err = in.view(func(v *store.View) error {
		answer = api.ChangedOwner{Outcome: api.Outcome{Changed: true, DryRun: true, Seq: v.Seq()}, Installation: in.shownInstallation(v), Was: v.Info().Serial, Notes: []api.Note{}}
		_, err := in.askable(v, issuer)
		return asTyped(err, n.Issuer)
	})
	return answer, err
}

// changeByFile changes to the serial number of a set that was answered to a
// request file.
func (in *Installation) changeByFile(ctx context.Context, act Act, n api.ChangeOwner) (api.ChangedOwner, error) {
	f, err := licensefile.Parse([]byte(n.File))
	if err != nil {
		return api.ChangedOwner{}, err
	}
	err = in.view(func(v *store.View) error {
		switch own := in.fingerprint(v); {
		case f.Set.Installation == "" || own == "":
			return &UnboundSetError{Issuer: f.Set.Issuer, Number: f.Set.Number}
		case f.Set.Installation != own:
			return &OtherKeyError{Installation: f.Set.Installation, Want: own}
		}
		return nil
	})
	if err != nil {
		return api.ChangedOwner{}, err
	}
	return in.change(ctx, act, n, []byte(n.File), nil)
}

// change checks the set that a change brings and makes it. q is the exchange it
// came with, or nil for a file.
func (in *Installation) change(ctx context.Context, act Act, n api.ChangeOwner, file []byte, q *exchange) (api.ChangedOwner, error) {
	var answer api.ChangedOwner
	outcome, err := in.askingAll(ctx, act, func(tx *store.Tx, c *clearing) (bool, error) {
		now := tx.Now()
		f, err := licensefile.Verify(file, in.trust(&tx.View), now)
		if err != nil {
			return false, err
		}
		answer = api.ChangedOwner{Was: tx.Info().Serial, Notes: []api.Note{}}
		if err := fitsChange(n, &f.Set); err != nil {
			return false, err
		}
		if err := takeOver(tx, &f.Set); err != nil {
			return false, err
		}
		changed, err := in.startUnder(ctx, tx, c, act, n, f, file, &answer)
		if err != nil {
			return false, err
		}
		if q != nil {
			changed = true
			err = in.registeredAnew(tx, q)
		}
		answer.Installation = in.shownInstallation(&tx.View)
		return changed || answer.Was != n.Serial, err
	})
	answer.Outcome = outcome
	return answer, err
}

// fitsChange refuses a set of another serial number or company than was typed.
func fitsChange(n api.ChangeOwner, set *license.Set) error {
	switch {
	case set.Serial != n.Serial:
		return &OtherSerialError{Serial: set.Serial, Company: set.Company, Want: n.Serial}
	case n.Company != "" && set.Company != n.Company:
		return &OtherCompanyError{Company: n.Company, Want: set.Company}
	}
	return nil
}

// takeOver makes the installation the owner that a set names. A demo stays one
// only under demo sets; a real installation never becomes a demo.
func takeOver(tx *store.Tx, set *license.Set) error {
	owner := tx.Info().Owner
	if set.Demo && !owner.Demo {
		return &DemoError{Issuer: set.Issuer, Number: set.Number}
	}
	was := owner
	owner.Serial, owner.Company, owner.Demo = set.Serial, set.Company, set.Demo
	if owner.Serial == was.Serial && owner.Company == was.Company && owner.Demo == was.Demo {
		return nil
	}
	tx.Entry("owner.change", "", audit.F("serial", owner.Serial), audit.F("was", was.Serial), audit.F("company", owner.Company), audit.F("company_was", was.Company),
		audit.F("demo", owner.Demo))
	return tx.SetOwner(owner)
}

// startUnder loads a set for the new serial number and puts it in force.
func (in *Installation) startUnder(ctx context.Context, tx *store.Tx, c *clearing, act Act, n api.ChangeOwner, f *licensefile.Verified, file []byte, answer *api.ChangedOwner) (bool, error) {
	now := tx.Now()
	var loaded api.LoadedSet
	changed, err := in.load(tx, act, f, file, licenseserver.Mark{}, now, &loaded)
	if err != nil {
		return false, err
	}
	p, err := in.propose(ctx, &tx.View, f.Hash, api.Choices{Choices: n.Choices, Acknowledge: n.Acknowledge}, now)
	if err != nil {
		return false, err
	}
	set := setOf(&tx.View, p.row, p.set, now)
	if p.row.State != store.SetActive {
		if ready, err := begun(p.set, now); err != nil || !ready {
			return false, cmp.Or[error](err, &NotBegunError{Set: set.ID, Start: p.set.Start})
		}
		if err := in.mayActivate(&tx.View, p, "", now); err != nil {
			return false, err
		}
		if err := c.clear(p.losses()); err != nil {
			return false, err
		}
		if set, err = activate(tx, act, p, store.ByHand, now); err != nil {
			return false, err
		}
		changed = true
	}
	answer.Set, answer.Notes, answer.Effects = &set, append(answer.Notes, loaded.Notes...), p.plan.effects(p, act.Language)
	return changed, nil
}

// registeredAnew stores that the license server knows this installation under its
// new serial number.
func (in *Installation) registeredAnew(tx *store.Tx, q *exchange) error {
	a, _ := tx.Authority(q.asked.Issuer)
	hear(&a, q)
	a.Serial, a.Registered, a.Asked, a.Answered = q.reply.NewSerial, tx.Now().UnixMicro(), tx.Now().UnixMicro(), tx.Now().UnixMicro()
	a.Reported, a.NewSerial, a.NewCompany = licenseserver.Mark{}, "", ""
	tx.Entry("installation.register", "", audit.F("issuer", a.Issuer), audit.F("serial", a.Serial), audit.F("key", in.fingerprint(&tx.View)))
	return tx.PutAuthority(a)
}
