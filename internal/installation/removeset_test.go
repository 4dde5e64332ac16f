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

// withPartner is an installation under its vendor's set and a partner's, in which
// anna holds plans of both, bo the partner's alone, and a database translates.
func withPartner(t *testing.T, db *sqldb.DB) (*housetest.Fixture, *installation.Installation) {
	t.Helper()
	f := housetest.New(t, db, "acme")
	in := f.Installation("acme")
	enforce(t, f, in, smallSet("SUPEROFFICE", 1))
	partner := smallSet("ACME", 1)
	partner.Licenses = append(partner.Licenses, license.License{Module: "translate", Kind: license.Site, Quantity: 2})
	enforce(t, f, in, partner)
	for _, p := range []struct{ id, plan string }{{"anna", "superoffice.sales"}, {"bo", "acme.sales"}} {
		_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: p.id, Login: true, Plan: p.plan})
		must(t, err)
	}
	_, err := in.SetPlan(t.Context(), admin, "anna", "acme.sales", "")
	must(t, err)
	_, err = in.AssignSite(t.Context(), admin, "0", "acme.translate", api.SiteChoice{})
	must(t, err)
	return f, in
}

func TestAThirdPartysSetIsRemovedWithAllThatWasGivenOfIt(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, in := withPartner(t, db)
		before, err := in.Status(ctx, admin)
		must(t, err)
		would, err := in.RemoveSet(ctx, installation.Act{By: admin.By, DryRun: true}, "acme-1")
		must(t, err)
		if would.People != 2 || len(would.Effects) != 2 || len(would.Databases) != 1 || !would.DryRun {
			t.Errorf("it would come to %+v", would)
		}
		if s, err := in.Status(ctx, admin); err != nil || s.Seq != before.Seq {
			t.Errorf("the preview changed something: %v", err)
		}
		done, err := in.RemoveSet(ctx, admin, "acme-1")
		must(t, err)
		if done.Set.Status != "withdrawn" || len(done.Effects) != 2 || !done.Changed {
			t.Errorf("it came to %+v", done)
		}
		for range 2 {
			in = f.Installation("acme")
			s, err := in.Status(ctx, admin)
			must(t, err)
			if len(s.Sets) != 1 || s.Sets[0].ID != "superoffice-1" {
				t.Errorf("in force: %+v", s.Sets)
			}
			for who, want := range map[string]int{"anna": 1, "bo": 0} {
				if p, err := in.Person(ctx, admin, who); err != nil || len(p.Plans)+len(p.Extras) != want {
					t.Errorf("%s holds %+v, %v", who, p.Plans, err)
				}
				if a, err := in.Check(api.Check{Person: who, Module: "acme.sale-cal"}); err != nil || a.Effect == api.Allow {
					t.Errorf("%s may use %+v, %v", who, a, err)
				}
			}
			if a, err := in.Check(api.Check{Person: "anna", Module: "superoffice.sale-cal"}); err != nil || a.Effect != api.Allow {
				t.Errorf("of the vendor's anna may use %+v, %v", a, err)
			}
			if d, err := in.Database(ctx, admin, "0"); err != nil || len(d.Licenses) != 0 {
				t.Errorf("the database holds %+v, %v", d.Licenses, err)
			}
			if v, err := in.Verify(ctx, admin); err != nil || v.Rows.State != "intact" || v.Totals.State != "intact" || v.Chain.State != "intact" || v.Counts.State != "intact" {
				t.Errorf("the records: %+v, %v", v, err)
			}
			f.Reopen(t)
		}
		// It can come back, and gives nobody anything by that.
		in = f.Installation("acme")
		_, err = in.Activate(ctx, admin, "acme-1", api.Activate{})
		must(t, err)
		if p, err := in.Person(ctx, admin, "bo"); err != nil || len(p.Plans) != 0 {
			t.Errorf("bo holds %+v, %v", p.Plans, err)
		}
	})
}

func TestWhatIsNotRemoved(t *testing.T) {
	ctx := t.Context()
	f, in := withPartner(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	for id, want := range map[string]string{"superoffice-1": "set.own-vendor", "acme-2": "set.unknown", "nobody": "set.unknown"} {
		_, err := in.RemoveSet(ctx, admin, id)
		refused(t, id, err, want)
	}
	if in.Removable("SUPEROFFICE") || !in.Removable("ACME") || in.Removable("NOBODY") {
		t.Error("another set is offered to be removed")
	}
	f.AskHost(busy("bo"))
	f.Reopen(t)
	in = f.Installation("acme")
	_, err := in.RemoveSet(ctx, admin, "acme-1")
	refused(t, "while bo is busy", err, "person.blocked")
	f.AskHost(nil)
	f.Reopen(t)
	in = f.Installation("acme")
	_, err = in.RemoveSet(ctx, admin, "acme-1")
	must(t, err)
	_, err = in.RemoveSet(ctx, admin, "acme-1")
	refused(t, "once more", err, "set.not-in-force")
}

// Damage frees no seat: while a record is damaged that keeps one, its pool stays.
func TestASetWhoseSeatsDamageKeepsIsNotRemoved(t *testing.T) {
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	f, _ := withPartner(t, db)
	exec(t, db, "UPDATE assignment SET quantity = 0 WHERE number = 2")
	f.Reopen(t)
	_, err := f.Installation("acme").RemoveSet(t.Context(), admin, "acme-1")
	refused(t, "a damaged assignment of it", err, "storage.damaged")
}
