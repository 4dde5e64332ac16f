package installation

import (
	"context"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// countsPlace is what is repaired when every record is genuine and pools and
// assignments disagree all the same: a mistake of the program, and nobody's edit.
const countsPlace = "counts"

// miscounted is that place, when there is something to count anew; nobody can
// tell while records are damaged.
func miscounted(v *store.View) []api.DamagedPlace {
	if v.Health() != store.Sound {
		return []api.DamagedPlace{}
	}
	seen := counted(v)
	for _, row := range v.Licenses() {
		if want, counts := seen(row); counts && want != row.Taken {
			return []api.DamagedPlace{{Place: countsPlace, Table: "license", Key: row.Name.String(), What: "seats in use are not what the records give",
				Columns: []string{"taken"}, Repairs: []string{string(store.RepairAccept)}}}
		}
	}
	return []api.DamagedPlace{}
}

// countsOf is that place as the store would name it.
func countsOf(shown []api.DamagedPlace) (list []store.DamagedPlace) {
	for _, p := range shown {
		list = append(list, store.DamagedPlace{ID: p.Place, Damage: store.Damage{Table: p.Table, Key: p.Key, What: p.What, Columns: p.Columns},
			Repairs: []store.Repair{store.RepairAccept}})
	}
	return list
}

// onlyAccepted refuses what cannot be decided about counts: there is nothing to
// remove, and nothing that stood there before is to come back.
func onlyAccepted(action store.Repair) error {
	if action != store.RepairAccept {
		return &store.NotRepairableError{Place: countsPlace, Action: action, Why: "action"}
	}
	return nil
}

// evidence is what stands at a damaged place.
func (in *Installation) evidence(ctx context.Context, place string) (e store.Evidence, err error) {
	if place != countsPlace {
		return in.book.Evidence(ctx, place)
	}
	err = in.view(func(v *store.View) error {
		list := countsOf(miscounted(v))
		if len(list) == 0 {
			return &store.UnknownPlaceError{Place: place}
		}
		e.DamagedPlace = list[0]
		return nil
	})
	return e, err
}

// counted returns what counts the seats of a pool anew: those of people and of
// databases that can be seen. counts is false of a pool that nothing is counted
// in, or whose issuer has no set in force.
func counted(v *store.View) func(store.License) (taken int64, counts bool) {
	active := v.Active()
	people := seat.Recount(active, visible(v, active))
	databases := seat.RecountAt(active, seenSites(v))
	return func(row store.License) (int64, bool) {
		switch {
		case active.Set(row.Name.Issuer) == nil:
			return 0, false
		case row.Kind == license.User:
			return people[row.Name], true
		case row.Kind == license.Site:
			return databases[row.Name], true
		}
		return 0, false
	}
}

// seenSites is every database with what it can be seen to hold.
func seenSites(v *store.View) seat.Holders {
	return func(yield func(string, []license.Held) bool) {
		for _, d := range v.Databases() {
			if held := seat.HoldsAt(siteAssignments(v, d.Number)); len(held) > 0 && !yield(databaseHolder+d.Name, held) {
				return
			}
		}
	}
}

// recount makes the counts of pools those that the records give. While other
// records are damaged no count is lowered: they keep their seats.
func recount(tx *store.Tx, exact bool) ([]api.Recounted, error) {
	seen, changed := counted(&tx.View), []api.Recounted{}
	for _, row := range tx.Licenses() {
		want, counts := seen(row)
		if !exact {
			want = max(want, row.Taken)
		}
		if !counts || want == row.Taken {
			continue
		}
		if !row.Unrestricted && want > row.Seats {
			return nil, &seat.PoolFullError{Wanted: row.Name, Module: row.Name, Seats: row.Seats, Taken: row.Taken, Short: want - row.Seats}
		}
		if err := tx.SetTaken(row.Name, want); err != nil {
			return nil, err
		}
		changed = append(changed, api.Recounted{Name: row.Name, Was: row.Taken, Taken: want})
	}
	return changed, nil
}
