package installation_test

import (
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

var byToken = installation.Act{By: audit.Actor{Kind: audit.Token, ID: "t1"}}

// twoOnSales is an installation with a plan of two seats, both in use.
func twoOnSales(t *testing.T, db *sqldb.DB) *housetest.Fixture {
	t.Helper()
	f := housetest.New(t, db, "acme")
	enforce(t, f, f.Installation("acme"), twoSeats(1, 2, ""))
	for _, id := range []string{"anna", "bo"} {
		_, err := f.Installation("acme").AddPerson(t.Context(), admin, api.NewPerson{UserID: id, Login: true, Plan: "sales"})
		must(t, err)
	}
	return f
}

func onlyPlace(t *testing.T, in *installation.Installation) api.DamagedPlace {
	t.Helper()
	d, err := in.Damage(t.Context(), admin)
	must(t, err)
	if d.Total != 1 {
		t.Fatalf("damage: %+v", d)
	}
	return d.Items[0]
}

func repaired(t *testing.T, in *installation.Installation, action string) api.Repaired {
	t.Helper()
	done, err := in.Repair(t.Context(), byToken, onlyPlace(t, in).Place, api.Repair{Action: action, Reason: "tried", Code: housetest.Code})
	must(t, err)
	return done
}

func TestASuspendedInstallationIsRepairedAllTheSame(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := twoOnSales(t, db)
		_, err := db.Exec(t.Context(), "UPDATE assignment SET module = 'sale-cal' WHERE number = 1")
		must(t, err)
		f.Reopen(t)
		_, err = f.House.Suspend(t.Context(), housetest.Host, "acme", "unpaid")
		must(t, err)
		acme := f.Installation("acme")
		if _, err := acme.RemovePlan(t.Context(), admin, "bo", "sales"); code(err) != "installation.suspended" {
			t.Errorf("an ordinary change: %v", err)
		}
		if done := repaired(t, acme, "remove"); done.Left != 0 {
			t.Errorf("left: %+v", done)
		}
		if _, err := acme.ErasePerson(t.Context(), admin, "bo"); err != nil {
			t.Errorf("erasing somebody: %v", err)
		}
	})
}

// A damaged assignment keeps its seat until somebody decides: then the pools are
// counted anew, and what it kept is free or taken for good.
func TestARemovedAssignmentGivesItsSeatBack(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := twoOnSales(t, db)
		_, err := db.Exec(t.Context(), "UPDATE assignment SET module = 'sale-cal' WHERE number = 1")
		must(t, err)
		f.Reopen(t)
		acme := f.Installation("acme")
		if l := inUse(t, acme, "sales"); l.Taken != 2 {
			t.Errorf("damaged, %d are taken", l.Taken)
		}
		done := repaired(t, acme, "remove")
		if len(done.Recounted) != 2 || done.Recounted[0].Taken != 1 {
			t.Errorf("recounted: %+v", done.Recounted)
		}
		for _, m := range []license.Module{"sales", "sale-cal"} {
			if l := inUse(t, acme, m); l.Taken != 1 || l.Free != 1 {
				t.Errorf("%s has %d taken and %d free", m, l.Taken, l.Free)
			}
		}
		_, err = acme.AddPerson(t.Context(), admin, api.NewPerson{UserID: "cy", Plan: "sales"})
		must(t, err)
		entries, err := acme.Audit(t.Context(), admin, installation.AuditFilter{Action: "repair.remove", Limit: 5})
		must(t, err)
		if len(entries.Items) != 1 || entries.Items[0].Facts["table"] != "assignment" {
			t.Errorf("recorded: %+v", entries.Items)
		}
	})
}

// The row of a license is made again from its signed file, its count from the
// records of people.
func TestADamagedLicenseIsMadeAgainFromItsFile(t *testing.T) {
	for what, edit := range map[string]string{
		"edited":  "UPDATE license SET seats = 900, taken = 0 WHERE module = 'sales'",
		"deleted": "DELETE FROM license WHERE module = 'sales'",
	} {
		t.Run(what, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				f := twoOnSales(t, db)
				_, err := db.Exec(t.Context(), edit)
				must(t, err)
				f.Reopen(t)
				acme := f.Installation("acme")
				if _, err := acme.AddPerson(t.Context(), admin, api.NewPerson{UserID: "cy", Plan: "sales"}); err == nil {
					t.Error("a seat was given from a damaged pool")
				}
				if a, err := acme.Check(api.Check{Person: "anna", Module: "superoffice.sale-cal"}); err != nil || a.Effect != api.Allow {
					t.Errorf("whoever holds it is asked: %+v, %v", a, err)
				}
				repaired(t, acme, "restore")
				f.Reopen(t)
				acme = f.Installation("acme")
				if l := inUse(t, acme, "sales"); l.Taken != 2 || l.Free != 0 || l.Seats != 2 {
					t.Errorf("%d taken, %d free", l.Taken, l.Free)
				}
				if d, err := acme.Damage(t.Context(), admin); err != nil || d.Total != 0 || d.Health != "sound" {
					t.Errorf("%+v, %v", d, err)
				}
			})
		})
	}
}

// An assignment that was slipped in gives nothing; accepting it needs a seat.
func TestAForgedAssignmentIsAcceptedOnlyWhereThereIsASeat(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := twoOnSales(t, db)
		_, err := f.Installation("acme").AddPerson(t.Context(), admin, api.NewPerson{UserID: "cy", Login: true})
		must(t, err)
		_, err = db.Exec(t.Context(), `INSERT INTO assignment SELECT installation, 77, (SELECT id FROM person WHERE number = 3), issuer, module, quantity,
			source, from_at, until_at, given_by, reason, ended_by, end_reason, ver, layout, seal, colsum FROM assignment WHERE number = 1`)
		must(t, err)
		f.Reopen(t)
		acme := f.Installation("acme")
		if a, _ := acme.Check(api.Check{Person: "cy", Module: "superoffice.sale-cal"}); a.Effect != api.Deny {
			t.Errorf("it gives %+v", a)
		}
		place := onlyPlace(t, acme)
		r := api.Repair{Action: "accept", Reason: "tried", Code: housetest.Code}
		if _, err := acme.Repair(t.Context(), byToken, place.Place, r); code(err) != "seat.pool-full" {
			t.Errorf("accepting it: %v", err)
		}
		_, err = acme.RemovePlan(t.Context(), admin, "bo", "sales")
		must(t, err)
		_, err = acme.Repair(t.Context(), byToken, place.Place, r)
		must(t, err)
		if a, _ := acme.Check(api.Check{Person: "cy", Module: "superoffice.sale-cal"}); a.Effect != api.Allow {
			t.Errorf("accepted, it gives %+v", a)
		}
		if l := inUse(t, acme, "sales"); l.Taken != 2 {
			t.Errorf("%d are taken", l.Taken)
		}
	})
}

func TestARepairNeedsSomebodyAtTheServerAndAReason(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := twoOnSales(t, db)
		_, err := db.Exec(t.Context(), "UPDATE license SET seats = 900 WHERE module = 'sales'")
		must(t, err)
		f.Reopen(t)
		acme := f.Installation("acme")
		place := onlyPlace(t, acme).Place
		for want, r := range map[string]api.Repair{
			"damage.not-confirmed": {Action: "restore", Reason: "tried"},
			"request.bad-value":    {Action: "restore"},
			"license.bad-word":     {Action: "mend", Reason: "tried", Code: housetest.Code},
		} {
			if _, err := acme.Repair(t.Context(), byToken, place, r); code(err) != want {
				t.Errorf("%+v: %v", r, err)
			}
		}
		if _, err := acme.Repair(t.Context(), byToken, place, api.Repair{Action: "restore", Reason: "tried", Code: "BAD"}); code(err) != "damage.not-confirmed" {
			t.Errorf("a wrong code: %v", err)
		}
		// Whoever sits at the machine needs no code.
		_, err = acme.Repair(t.Context(), installation.Act{By: housetest.Host}, place, api.Repair{Action: "restore", Reason: "tried"})
		must(t, err)
	})
}
