package installation

import (
	"context"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Activate puts a received set in force in place of its issuer's. It is refused
// whole, with a [seat.TooSmallError] that names every license by user ids, when
// it would leave anybody without a seat. A plan token that is not empty must be
// the one the review would give now, else the error is [ReviewChangedError].
//
// In one update the licenses, their pools as the new plans fill them, the old
// set's end and the new one's beginning are stored. The first activation binds
// the installation to the set's serial number.
func (in *Installation) Activate(ctx context.Context, act Act, id, planToken string) (api.Activated, error) {
	var answer api.Activated
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		now := tx.Now()
		p, err := in.propose(ctx, &tx.View, id, now)
		if err != nil {
			return false, err
		}
		answer.Replaced = p.replaces()
		answer.Notes = notes(&tx.View, p.set, act.Language)
		answer.Rows = p.shown(&tx.View, act.Language, func(r seat.Row) bool { return r.Result != seat.Unchanged || r.Change != 0 })
		answer.Set = setOf(p.row, p.set, now)
		if p.row.State == store.SetActive {
			return false, nil
		}
		if err := in.mayActivate(&tx.View, p, planToken, now); err != nil {
			return false, err
		}
		answer.Set, err = activate(tx, p, now)
		return true, err
	})
	answer.Outcome = outcome
	return answer, err
}

func (in *Installation) mayActivate(v *store.View, p *proposal, planToken string, now time.Time) error {
	if serial := v.Info().Serial; serial != "" && serial != p.set.Serial {
		return &OtherSerialError{Serial: p.set.Serial, Company: p.set.Company, Want: serial}
	}
	today, err := p.set.Today(now)
	if err != nil {
		return err
	}
	if err := licensefile.CheckNew(*p.set, today); err != nil {
		return err
	}
	if planToken != "" && planToken != p.token() {
		return &ReviewChangedError{Set: setID(p.set.Issuer, p.set.Number)}
	}
	if p.short != nil {
		return p.tooSmall()
	}
	return nil
}

// tooSmall is the refusal of the rules with the user ids of the rows.
func (p *proposal) tooSmall() error {
	e := &seat.TooSmallError{Issuer: p.short.Issuer, Number: p.short.Number}
	for _, row := range p.rows {
		if row.Result.Refuses() {
			e.Rows = append(e.Rows, seat.Short{Name: row.Name, Seats: row.NewTotal, Need: row.Need, Over: row.Release, Holders: row.Holders})
		}
	}
	return e
}

// activate stages a set that may come in force.
func activate(tx *store.Tx, p *proposal, now time.Time) (api.Set, error) {
	for _, row := range tx.Sets() {
		if row.Issuer == p.set.Issuer && row.State == store.SetActive {
			row.State, row.Until = store.SetReplaced, now.UnixMicro()
			if err := tx.PutSet(row); err != nil {
				return api.Set{}, err
			}
		}
	}
	row := p.row
	row.State, row.From = store.SetActive, now.UnixMicro()
	if err := tx.PutSet(row); err != nil {
		return api.Set{}, err
	}
	if err := project(tx, p); err != nil {
		return api.Set{}, err
	}
	owner := tx.Info().Owner
	if owner.Serial != p.set.Serial || owner.Company != p.set.Company {
		owner.Serial, owner.Company = p.set.Serial, p.set.Company
		if err := tx.SetOwner(owner); err != nil {
			return api.Set{}, err
		}
	}
	tx.Entry("set.activate", "", audit.F("set", setID(p.set.Issuer, p.set.Number)), audit.F("checkpoint", row.Checkpoint),
		audit.F("replaced", p.replaces()))
	return setOf(row, p.set, now), nil
}

// project writes the set's licenses as rows, each pool as full as the holdings
// of today fill it under the new set.
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
