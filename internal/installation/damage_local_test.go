package installation_test

import (
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// A set file that was edited behind the server's back is no reason to keep the
// status and the other sets from whoever must look into it.
func TestADamagedSetFileDoesNotHideTheStatus(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f := housetest.New(t, db, "acme")
		enforce(t, f, f.Installation("acme"), twoSeats(1, 2, ""))
		set, err := f.Installation("acme").Set(ctx, admin, "superoffice-1")
		must(t, err)
		_, err = f.Installation("acme").PutSetPolicy(ctx, admin, api.SetPolicy{Activation: "ask"})
		must(t, err)
		load(t, f, f.Installation("acme"), twoSeats(2, 3, set.Checkpoint))
		_, err = db.Exec(ctx, "UPDATE set_file SET bytes = ? WHERE hash IN (SELECT file FROM license_set WHERE number = 2)", []byte("pott-license/v1\n"))
		must(t, err)
		f.Reopen(t)
		acme := f.Installation("acme")
		if s, err := acme.Status(ctx, admin); err != nil || len(s.Sets) != 1 || s.Integrity.Quarantined != 1 {
			t.Errorf("the status is %+v, %v", s, err)
		}
		sets, err := acme.Sets(ctx, admin)
		if err != nil || len(sets.Items) != 2 || sets.Items[0].ID != "superoffice-2" && sets.Items[1].ID != "superoffice-2" {
			t.Errorf("the sets are %+v, %v", sets.Items, err)
		}
		if _, err := acme.Activate(ctx, admin, "superoffice-2", api.Activate{}); code(err) != "storage.damaged" {
			t.Errorf("activating it: %v", err)
		}
	})
}

// Damage that is found while the server runs counts at once: checks and pages say
// the same.
func TestDamageThatIsFoundCountsForChecks(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f := housetest.New(t, db, "acme")
		acme := f.Installation("acme")
		enforce(t, f, acme, twoSeats(1, 2, ""))
		_, err := acme.AddPerson(ctx, admin, api.NewPerson{UserID: "anna", Login: true, Plan: "sales"})
		must(t, err)
		_, err = db.Exec(ctx, "UPDATE assignment SET quantity = 7")
		must(t, err)
		if _, err := acme.RemovePlan(ctx, admin, "anna", "sales"); code(err) != "storage.damaged" {
			t.Fatalf("taking it back: %v", err)
		}
		p, err := acme.Person(ctx, admin, "anna")
		must(t, err)
		a, err := acme.Check(api.Check{Person: "anna", Module: "superoffice.sale-cal"})
		must(t, err)
		if len(p.Plans) != 0 || a.Effect != api.Deny {
			t.Errorf("the page shows %v, and the check says %s", p.Plans, a.Effect)
		}
		if l := inUse(t, acme, "sales"); l.Taken != 1 {
			t.Errorf("%d seats are taken", l.Taken)
		}
	})
}

// What is asked for is explained for the very person that checks would find.
func TestAnExplanationNamesWhoItIsAbout(t *testing.T) {
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
	acme := f.Installation("acme")
	enforce(t, f, acme, twoSeats(1, 2, ""))
	_, err := acme.AddPerson(t.Context(), admin, api.NewPerson{UserID: "anna", Login: true, Plan: "sales"})
	must(t, err)
	for _, typed := range []string{"anna", "ANNA", "#1"} {
		why, err := acme.Why(t.Context(), admin, api.Check{Person: typed, Module: "sale-cal"})
		must(t, err)
		a, err := acme.Check(why.Question)
		must(t, err)
		if why.Answer != a || a.Effect != api.Allow {
			t.Errorf("%s: explained %+v, checked %+v", typed, why.Answer, a)
		}
	}
}

// A set that is put back after another took its place does not come in force
// beside it.
func TestARepairedSetGivesWayToTheOneThatCameInItsPlace(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f := housetest.New(t, db, "acme")
		enforce(t, f, f.Installation("acme"), twoSeats(1, 2, ""))
		first, err := f.Installation("acme").Set(ctx, admin, "superoffice-1")
		must(t, err)
		for _, edit := range []string{"UPDATE license_set SET state = 'loaded'", "UPDATE activation SET how = 'automatic'"} {
			_, err = db.Exec(ctx, edit)
			must(t, err)
		}
		f.Reopen(t)
		acme := f.Installation("acme")
		if s, err := acme.Status(ctx, admin); err != nil || len(s.Sets) != 0 {
			t.Fatalf("a set whose record was edited is in force: %+v, %v", s.Sets, err)
		}
		load(t, f, acme, twoSeats(2, 5, first.Checkpoint))
		_, err = acme.Activate(ctx, admin, "superoffice-2", api.Activate{})
		must(t, err)
		damage, err := acme.Damage(ctx, admin)
		must(t, err)
		right := map[string]map[string]string{"license_set": {"state": "active"}, "activation": {"how": "by-hand"}}
		for _, place := range damage.Items {
			_, err := acme.Repair(ctx, byToken, place.Place, api.Repair{Action: "restore", Reason: "it was", Code: housetest.Code, Values: right[place.Table]})
			must(t, err)
		}
		for range 2 {
			acme = f.Installation("acme")
			s, err := acme.Status(ctx, admin)
			must(t, err)
			history, err := acme.SetHistory(ctx, admin)
			must(t, err)
			if len(s.Sets) != 1 || s.Sets[0].ID != "superoffice-2" || s.Integrity.Quarantined != 0 || len(history.Items) != 2 || history.Items[1].Until.IsZero() {
				t.Errorf("in force: %+v, damaged: %d, history: %+v", s.Sets, s.Integrity.Quarantined, history.Items)
			}
			if l := inUse(t, acme, "sales"); l.Seats != 5 {
				t.Errorf("the pool has %d seats", l.Seats)
			}
			f.Reopen(t)
		}
	})
}
