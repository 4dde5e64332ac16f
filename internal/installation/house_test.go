package installation_test

import (
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestTwoServersOnOneDatabaseAnswerTheSame(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		one := housetest.New(t, db, "acme")
		two := housetest.New(t, db)
		set := issued(t, "designteamet/order-1.yaml")[0]
		enforce(t, one, one.Installation("acme"), set)
		_, err := one.Installation("acme").AddPerson(ctx, admin, api.NewPerson{UserID: "anna", Login: true, Plan: "sales-premium"})
		must(t, err)
		must(t, two.Refresh(ctx))
		q := api.Check{Person: "anna", Module: "superoffice.sale-cal"}
		for i, f := range []*housetest.Fixture{one, two} {
			if a, err := f.Installation("acme").Check(q); err != nil || a.Effect != api.Allow {
				t.Errorf("server %d says %+v, %v", i+1, a, err)
			}
		}
		// A change on the second stands on what the first has made.
		_, err = two.Installation("acme").SetPlan(ctx, admin, "anna", "no-selection", "")
		must(t, err)
		must(t, one.Refresh(ctx))
		if a, _ := one.Installation("acme").Check(q); a.Effect != api.Deny {
			t.Errorf("the first server says %+v", a)
		}
		_, err = two.Create(ctx, housetest.Host, installation.New{Name: "birka"})
		must(t, err)
		must(t, one.Refresh(ctx))
		if one.Installation("birka") == nil {
			t.Error("the first server does not know the installation the second has made")
		}
	})
}

func TestAnInstallationIsMadeOnlyWithAGoodName(t *testing.T) {
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
	for _, n := range []installation.New{{Name: ""}, {Name: "v1"}, {Name: "users"}, {Name: "Acme"}, {Name: "a.b"}, {Name: "-a"}, {Name: "a", TimeZone: "Mars/Olympus"}, {Name: "a", Language: "la"}} {
		if _, err := f.Create(t.Context(), housetest.Host, n); code(err) != "request.bad-value" {
			t.Errorf("%+v: %v", n, err)
		}
	}
	if _, err := f.Create(t.Context(), housetest.Host, installation.New{Name: "acme"}); code(err) != "installation.exists" {
		t.Errorf("a name that is taken: %v", err)
	}
}

func TestASetInForceThatIsNoLongerGenuineIsReported(t *testing.T) {
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
	enforce(t, f, f.Installation("acme"), issued(t, "designteamet/order-1.yaml")[0])
	if s, err := f.Installation("acme").Status(t.Context(), admin); err != nil || !s.Integrity.Verified || len(s.Installation.Roots) != 1 {
		t.Errorf("the status is %+v, %v", s, err)
	}
	f.TrustNobody()
	f.Reopen(t)
	if s, err := f.Installation("acme").Status(t.Context(), admin); err != nil || s.Integrity.Verified || s.Integrity.Note == "" {
		t.Errorf("with another root the status is %+v, %v", s.Integrity, err)
	}
}

func TestNothingLeaksBetweenTwoInstallations(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f := housetest.New(t, db, "acme", "birka")
		acme, birka := f.Installation("acme"), f.Installation("birka")
		sets := issued(t, "designteamet/order-1.yaml", "nordlys/order-1.yaml")
		enforce(t, f, acme, sets[0])
		enforce(t, f, birka, sets[1])
		_, err := acme.AddPerson(ctx, admin, api.NewPerson{UserID: "anna", Login: true, Plan: "sales-premium"})
		must(t, err)
		made, err := acme.MakeToken(ctx, admin, api.NewToken{Name: "x", Scopes: []string{"admin"}})
		must(t, err)
		if birka.Admit(made.Secret, f.Now()) != nil || acme.Admit(made.Secret, f.Now()) == nil || !f.Knows(made.Secret, f.Now()) {
			t.Error("a token is good elsewhere, or not at home")
		}
		if _, err := birka.Person(ctx, admin, "anna"); code(err) != "person.unknown" {
			t.Errorf("the person: %v", err)
		}
		if a, _ := birka.Check(api.Check{Person: "anna", Module: "superoffice.sale-cal"}); a.Reason != "person-unknown" && a.Reason != "module-unknown" {
			t.Errorf("the check says %+v", a)
		}
		if _, err := birka.License(ctx, admin, "superoffice.sale-cal"); code(err) != "license.unknown-module" {
			t.Errorf("the license: %v", err)
		}
		people, err := birka.People(ctx, admin, installation.PeopleFilter{Deleted: true})
		must(t, err)
		entries, err := birka.Audit(ctx, admin, installation.AuditFilter{Action: "person."})
		must(t, err)
		profiles, err := birka.Profiles(ctx, admin)
		must(t, err)
		if len(people.Items)+len(entries.Items)+len(profiles.Items) != 0 {
			t.Errorf("birka has %v, %v, %v", people.Items, entries.Items, profiles.Items)
		}
		if _, err := acme.Load(ctx, admin, f.Vendors.File(t, sets[1])); code(err) != "set.other-serial" {
			t.Errorf("birka's set at acme: %v", err)
		}
	})
}
