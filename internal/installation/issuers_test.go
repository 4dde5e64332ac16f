package installation_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

func TestTwoIssuersGiveTheSamePersonPlansAndExtrasOfTheirOwn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		_, in := twoIssuers(t, db)
		// Both call their group of plans the same. A person holds one of each.
		if _, err := in.AddPlan(ctx, admin, "anna", "acme.none", ""); code(err) != "plan.exclusive" {
			t.Errorf("a second plan of acme: %v", err)
		}
		_, err := in.GiveExtra(ctx, admin, "anna", "acme.scan", 2, "")
		must(t, err)
		p, err := in.Person(ctx, admin, "anna")
		must(t, err)
		if len(p.Plans) != 2 || len(p.Extras) != 1 || p.Extras[0].Name.String() != "acme.scan" {
			t.Errorf("anna has %v and %v", p.Plans, p.Extras)
		}
		for name, taken := range map[string]int64{"acme.scan": 2, "superoffice.scan": 0, "acme.sale-cal": 1, "superoffice.sale-cal": 1, "acme.none": 0} {
			if l, err := in.License(ctx, admin, name); err != nil || l.Taken != taken {
				t.Errorf("%s has %d in use, %v, want %d", name, l.Taken, err, taken)
			}
		}
		_, err = in.SetPlan(ctx, admin, "anna", "superoffice.none", "")
		must(t, err)
		if got, other := said(t, in, "acme"), said(t, in, "superoffice"); got != allIsWell || other != "deny not-held, deny client-needs, allow system, read-only no-edit" {
			t.Errorf("after leaving the plan of one, it says %s, and the other %s", other, got)
		}
		list, err := in.Licenses(ctx, admin, true)
		must(t, err)
		if !slices.IsSortedFunc(list.Items, func(x, y api.License) int { return slices.Compare([]rune(x.Name.Issuer), []rune(y.Name.Issuer)) }) || len(list.Items) != 12 {
			t.Errorf("the licenses do not stand by issuer: %v", list.Items)
		}
		counts, err := in.Count(ctx, admin)
		must(t, err)
		if len(counts.Issuers) != 2 || counts.Issuers[0].PaidUsers != 1 || counts.Issuers[1].PaidUsers != 0 {
			t.Errorf("counted by issuer: %+v", counts.Issuers)
		}
	})
}

func TestABareNameThatTwoIssuersHaveIsRefusedNamingBoth(t *testing.T) {
	_, in := twoIssuers(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	for what, do := range map[string]func() error{
		"setting a plan":     func() error { _, err := in.SetPlan(ctx, admin, "anna", "none", ""); return err },
		"adding a plan":      func() error { _, err := in.AddPlan(ctx, admin, "anna", "sales", ""); return err },
		"taking a plan away": func() error { _, err := in.RemovePlan(ctx, admin, "anna", "sales"); return err },
		"giving an extra":    func() error { _, err := in.GiveExtra(ctx, admin, "anna", "scan", 1, ""); return err },
		"a license":          func() error { _, err := in.License(ctx, admin, "scan"); return err },
		"its holders":        func() error { _, err := in.Holders(ctx, admin, "sale-cal", 0, ""); return err },
		"people who hold it": func() error {
			_, err := in.People(ctx, admin, installation.PeopleFilter{Holds: "sale-cal"})
			return err
		},
		"why":       func() error { _, err := in.Why(ctx, admin, api.Check{Person: "anna", Module: "sale-cal"}); return err },
		"a profile": func() error { return putProfile(t, in, "x", "X", []license.Module{"scan"}) },
	} {
		err := do()
		var both *license.AmbiguousModuleError
		if !errors.As(err, &both) || len(both.Names) != 2 || both.Names[0].Issuer == both.Names[1].Issuer {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := in.Why(ctx, admin, api.Check{Person: "anna", Client: "web"})
	var clients *installation.AmbiguousClientError
	if !errors.As(err, &clients) || len(clients.Names) != 2 || clients.Names[0].String() != "acme.web" || clients.Names[1].String() != "superoffice.web" {
		t.Errorf("a way to sign in: %v", err)
	}
	if _, err := in.Why(ctx, admin, api.Check{Person: "anna", Client: "fax"}); code(err) != "check.unknown-client" {
		t.Errorf("a way to sign in that nobody has: %v", err)
	}
	// Product code says the issuer, always.
	if _, err := in.Check(api.Check{Person: "anna", Module: "scan"}); code(err) != "license.bad-name" {
		t.Errorf("a check: %v", err)
	}
}

func TestAnIssuerPastItsGraceLeavesTheOtherUntouched(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, in := twoIssuers(t, db)
		next := following(t, in, "ACME", 2)
		next.Dates = license.Dates{Expiry: license.Date{Year: 2026, Month: 8, Day: 1}, Grace: license.Date{Year: 2026, Month: 8, Day: 15}}
		enforce(t, f, in, next)
		f.Set(time.Date(2026, 8, 16, 0, 0, 0, 0, time.UTC))
		f.Reopen(t)
		in = f.Installation("acme")
		if got := said(t, in, "acme"); got != "read-only issuer-read-only, allow issuer-read-only, read-only issuer-read-only" {
			t.Errorf("the one says %s", got)
		}
		if got := said(t, in, "superoffice"); got != allIsWell {
			t.Errorf("the other says %s", got)
		}
		if _, err := in.GiveExtra(ctx, admin, "anna", "acme.scan", 1, ""); code(err) != "license.read-only" {
			t.Errorf("giving of the one: %v", err)
		}
		_, err := in.GiveExtra(ctx, admin, "anna", "superoffice.scan", 1, "")
		must(t, err)
		s, err := in.Status(ctx, admin)
		must(t, err)
		if s.State != "read-only" || len(s.Sets) != 2 || s.Sets[0].State != "read-only" || s.Sets[1].State != "ok" {
			t.Errorf("the status is %s, %+v", s.State, s.Sets)
		}
	})
}

func TestASetOfOneIssuerCannotTouchWhatIsTheOthers(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, in := twoIssuers(t, db)
		before, err := in.License(ctx, admin, "superoffice.sale-cal")
		must(t, err)
		// Acme's next set sells less of a module of the same name, and no scan.
		next := following(t, in, "ACME", 2)
		next.Licenses = slices.DeleteFunc(next.Licenses, func(l license.License) bool { return l.Module == "scan" })
		next.Licenses[2].Quantity = 1
		loaded, err := in.Load(ctx, admin, f.Vendors.File(t, next))
		must(t, err)
		review, err := in.Review(ctx, admin, loaded.Set.ID, api.Choices{})
		must(t, err)
		for _, row := range review.Rows {
			if row.Name.Issuer != "ACME" {
				t.Errorf("the review of acme's set has %s", row.Name)
			}
		}
		_, err = in.Activate(ctx, admin, loaded.Set.ID, api.Activate{PlanToken: review.PlanToken})
		must(t, err)
		after, err := in.License(ctx, admin, "superoffice.sale-cal")
		must(t, err)
		if after.Seats != before.Seats || after.Taken != before.Taken || after.Set != "superoffice-1" {
			t.Errorf("superoffice.sale-cal was %+v and is %+v", before, after)
		}
		if got := said(t, in, "superoffice"); got != allIsWell {
			t.Errorf("the other issuer says %s", got)
		}
		// Nor can its key sign a set in the other's name.
		if _, err := in.Load(ctx, admin, f.Vendors.Forged(t, following(t, in, "SUPEROFFICE", 2), "ACME")); code(err) == "" || code(err) == "internal" {
			t.Errorf("a set of superoffice that acme has signed: %v", err)
		}
	})
}
