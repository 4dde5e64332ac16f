package installation_test

import (
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// twoSeats is a set with a plan that includes one hidden module, both with so
// many seats.
func twoSeats(number, seats int64, previous string) license.Set {
	user := func(m license.Module) license.License {
		return license.License{Module: m, Kind: license.User, Quantity: seats, People: license.Internal}
	}
	plan, hidden := user("sales"), user("sale-cal")
	plan.Plan, hidden.Hidden = &license.Plan{Includes: []license.Module{"sale-cal"}, Group: "plans"}, true
	return license.Set{Issuer: "SUPEROFFICE", Company: "Acme AB", Serial: "1600070120", Number: number, Issued: housetest.Noon, TimeZone: "UTC",
		Dates: license.Dates{Expiry: license.Date{Year: 2027, Month: 6, Day: 10}}, Previous: previous, Licenses: []license.License{plan, hidden}}
}

// A row that was edited behind the server's back gives nothing but keeps its
// seats, also when the next set is activated: whoever repairs it must find them.
func TestADamagedRowKeepsItsSeatsUnderTheNextSet(t *testing.T) {
	for name, edit := range map[string]string{
		"an assignment": "UPDATE assignment SET quantity = 0 WHERE number = 1",
		"a person":      "UPDATE person SET login = 0 WHERE number = 1",
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				ctx := t.Context()
				f := housetest.New(t, db, "acme")
				enforce(t, f, f.Installation("acme"), twoSeats(1, 2, ""))
				for _, id := range []string{"anna", "bo"} {
					_, err := f.Installation("acme").AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true, Plan: "sales"})
					must(t, err)
				}
				_, err := db.Exec(ctx, edit)
				must(t, err)
				f.Reopen(t)
				acme := f.Installation("acme")
				set, err := acme.Set(ctx, admin, "superoffice-1")
				must(t, err)
				first := set.Checkpoint

				second := load(t, f, acme, twoSeats(2, 1, first))
				if _, err := acme.Activate(ctx, admin, "superoffice-2", api.Activate{}); code(err) != "set.too-small" {
					t.Errorf("a set without a seat for the damaged row: %v", err)
				}
				load(t, f, acme, twoSeats(3, 2, second))
				review, err := acme.Review(ctx, admin, "superoffice-3", api.Choices{})
				must(t, err)
				if !review.Fits || review.Rows[0].Need != 2 {
					t.Errorf("the review says %+v", review.Rows)
				}
				_, err = acme.Activate(ctx, admin, "superoffice-3", api.Activate{PlanToken: review.PlanToken})
				must(t, err)
				for _, m := range []license.Module{"sales", "sale-cal"} {
					if l := inUse(t, acme, m); l.Taken != 2 || l.Free != 0 {
						t.Errorf("%s has %d taken and %d free", m, l.Taken, l.Free)
					}
				}
				if _, err := acme.AddPerson(ctx, admin, api.NewPerson{UserID: "cy", Plan: "sales"}); code(err) != "seat.pool-full" {
					t.Errorf("a third person: %v", err)
				}
			})
		})
	}
}

// load receives a set.
func load(t testing.TB, f *housetest.Fixture, in *installation.Installation, set license.Set) (checkpoint string) {
	t.Helper()
	loaded, err := in.Load(t.Context(), admin, f.Vendors.File(t, set))
	must(t, err)
	return loaded.Set.Checkpoint
}
