package installation_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// smallSet is a set with one of everything: two plans of one group, an extra, a
// system license that one of the plans' modules edits, and a way to sign in.
func smallSet(issuer license.Issuer, number int64) license.Set {
	user := func(m license.Module, n int64) license.License {
		return license.License{Module: m, Kind: license.User, Quantity: n, People: license.Internal}
	}
	plan := func(m license.Module, includes ...license.Module) license.License {
		l := user(m, 5)
		l.Plan = &license.Plan{Group: "main", Includes: includes}
		return l
	}
	hidden := func(m license.Module) license.License {
		l := user(m, 5)
		l.Hidden = true
		return l
	}
	return license.Set{
		Issuer: issuer, Company: "Acme AB", Serial: "1600070120", Number: number, Issued: housetest.Noon, TimeZone: "Europe/Stockholm",
		Dates: license.Dates{Expiry: license.Date{Year: 2027, Month: 6, Day: 10}},
		Licenses: []license.License{
			{Module: "sale", Kind: license.System, Quantity: 1, Edit: "sale-cal"},
			hidden("user"), hidden("sale-cal"), plan("sales", "user", "sale-cal"), plan("none"), user("scan", 3),
		},
		Clients: []license.Client{{Name: "web", People: license.Internal, System: []license.Module{"sale"}, User: []license.Module{"user"}}},
	}
}

// following is the next set of an issuer of an installation.
func following(t testing.TB, in *installation.Installation, issuer license.Issuer, number int64) license.Set {
	t.Helper()
	before, err := in.Set(t.Context(), admin, fmt.Sprintf("%s-%d", strings.ToLower(string(issuer)), number-1))
	must(t, err)
	set := smallSet(issuer, number)
	set.Previous = before.Checkpoint
	return set
}

// twoIssuers is an installation with sets of SUPEROFFICE and ACME, and anna on
// the plan "sales" of both.
func twoIssuers(t testing.TB, db *sqldb.DB) (*housetest.Fixture, *installation.Installation) {
	t.Helper()
	f := housetest.New(t, db, "acme")
	in := f.Installation("acme")
	enforce(t, f, in, smallSet("SUPEROFFICE", 1))
	enforce(t, f, in, smallSet("ACME", 1))
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "anna", Login: true, Plan: "superoffice.sales"})
	must(t, err)
	_, err = in.SetPlan(t.Context(), admin, "anna", "acme.sales", "")
	must(t, err)
	return f, in
}

// said returns the answers to everything one may ask about anna and an issuer.
func said(t testing.TB, in *installation.Installation, issuer string) string {
	t.Helper()
	var all []string
	for _, q := range []api.Check{
		{Person: "anna", Module: issuer + ".sale-cal"}, {Person: "anna", Client: issuer + ".web"},
		{Feature: issuer + ".sale"}, {Person: "anna", Feature: issuer + ".sale"},
	} {
		a, err := in.Check(q)
		must(t, err)
		why, err := in.Why(t.Context(), admin, q)
		must(t, err)
		if why.Effect != a.Effect || why.Reason != a.Reason {
			t.Errorf("%+v: the check says %s (%s), why says %s (%s)", q, a.Effect, a.Reason, why.Effect, why.Reason)
		}
		all = append(all, a.Effect+" "+a.Reason)
	}
	return strings.Join(slices.Compact(all), ", ")
}

const (
	allIsWell = "allow included, allow held, allow system, allow included"
	dropped   = "deny set-dropped"
	foreign   = "deny set-not-genuine"
)

var dropDay = license.Date{Year: 2026, Month: 7, Day: 1}

func TestARevocationTakesASetOutOfForceOnItsDayAndNotBefore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, in := twoIssuers(t, db)
		key := f.Vendors.Signing("ACME")
		f.Vendors = f.Vendors.Revoked(t, "ACME", licensefile.DropOn, dropDay)
		learned, err := in.Load(ctx, admin, f.Vendors.KeyLists())
		must(t, err)
		if k := learned.Keys; k == nil || k.Number != 2 || k.Was != 1 || !learned.Changed || len(learned.Notes) != 1 || learned.Notes[0].Code != "set-drops" || learned.Notes[0].With["on"] != "2026-07-01" {
			t.Fatalf("learning it says %+v", learned)
		}

		f.Set(dropDay.Midnight(time.UTC).Add(-time.Second))
		f.Reopen(t)
		in = f.Installation("acme")
		if got := said(t, in, "acme"); got != allIsWell {
			t.Errorf("a second before: %s", got)
		}
		_, err = in.GiveExtra(ctx, admin, "anna", "acme.scan", 1, "")
		must(t, err)
		s, err := in.Status(ctx, admin)
		must(t, err)
		if n := s.Sets[0].Notice; s.State != "ok" || s.Sets[0].Issuer != "ACME" || n == nil || n.Code != "set-drops" || n.Key != key || n.On != dropDay || s.Sets[1].Notice != nil {
			t.Errorf("a second before the status is %+v", s.Sets)
		}

		// Nobody writes anything at midnight.
		f.Set(dropDay.Midnight(time.UTC))
		f.Reopen(t)
		in = f.Installation("acme")
		if got := said(t, in, "acme"); got != dropped {
			t.Errorf("on the day: %s", got)
		}
		if got := said(t, in, "superoffice"); got != allIsWell {
			t.Errorf("the other issuer on the day: %s", got)
		}
		_, err = in.GiveExtra(ctx, admin, "anna", "acme.scan", 2, "")
		var refused *seat.DroppedError
		if !errors.As(err, &refused) || refused.Key != key || refused.Since != dropDay || refused.Number != 1 {
			t.Errorf("giving more: %v", err)
		}
		if s, err = in.Status(ctx, admin); err != nil || s.State != api.OutOfForce || s.Sets[0].State != api.OutOfForce || s.Sets[0].Notice.Code != "set-dropped" || s.Sets[1].State != "ok" || !s.Integrity.Verified {
			t.Errorf("the status is %s, %+v, %v", s.State, s.Sets, err)
		}
		l, err := in.License(ctx, admin, "acme.sale-cal")
		must(t, err)
		if l.Seats != 5 || l.Taken != 1 || l.OutOfForce == nil || l.OutOfForce.Key != key || l.OutOfForce.On != dropDay || !strings.Contains(l.OutOfForce.Text, "acme-1") {
			t.Errorf("the license is %+v, %+v", l, l.OutOfForce)
		}
		if set, err := in.Set(ctx, admin, "acme-1"); err != nil || set.State != api.OutOfForce || set.Notice == nil {
			t.Errorf("the set is %+v, %v", set, err)
		}

		// Nothing is locked out: take back, load, activate.
		_, err = in.RemoveExtra(ctx, admin, "anna", "acme.scan")
		must(t, err)
		_, err = in.SetPlan(ctx, admin, "anna", "acme.none", "")
		must(t, err)
		next := following(t, in, "ACME", 2)
		next.Issued = f.Now()
		enforce(t, f, in, next)
		if got := said(t, in, "acme"); got != "deny not-held, deny client-needs, allow system, read-only no-edit" {
			t.Errorf("under the newer set: %s", got)
		}
		_, err = in.SetPlan(ctx, admin, "anna", "acme.sales", "")
		must(t, err)
		if got := said(t, in, "acme"); got != allIsWell {
			t.Errorf("under the newer set, given again: %s", got)
		}
		if v, err := in.VerifyAudit(ctx, admin, installation.AuditSpan{}); err != nil || v.Broken != nil {
			t.Errorf("the audit chain is %+v, %v", v, err)
		}
	})
}

func TestASetThatDoesNotLeadBackToThePinnedRootGivesNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, _ := twoIssuers(t, db)
		f.TrustNobody()
		f.Reopen(t)
		in := f.Installation("acme")
		for _, issuer := range []string{"acme", "superoffice"} {
			if got := said(t, in, issuer); got != foreign {
				t.Errorf("with another root %s says %s", issuer, got)
			}
		}
		if _, err := in.GiveExtra(t.Context(), admin, "anna", "acme.scan", 1, ""); code(err) != "license.set-not-genuine" {
			t.Errorf("giving: %v", err)
		}
		_, err := in.RemovePlan(t.Context(), admin, "anna", "acme.sales")
		must(t, err)
		s, err := in.Status(t.Context(), installation.Act{By: admin.By, Language: "sv"})
		must(t, err)
		if s.State != api.OutOfForce || s.Integrity.Verified || !strings.Contains(s.Integrity.Note, "fastlagda roten") || s.Sets[0].Notice.Code != "set-not-genuine" {
			t.Errorf("the status is %s, %+v, %+v", s.State, s.Integrity, s.Sets)
		}
		// The right root file put back is all it takes.
		f.TrustVendors()
		f.Reopen(t)
		if got := said(t, f.Installation("acme"), "superoffice"); got != allIsWell {
			t.Errorf("with the root put back: %s", got)
		}
	})
}

func TestAKeyRefusedForNewSetsLeavesTheAcceptedOneInForce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, in := twoIssuers(t, db)
		old := f.Vendors
		f.Vendors = f.Vendors.Revoked(t, "ACME", licensefile.RefuseNew, license.Date{})
		_, err := in.Load(ctx, admin, f.Vendors.KeyLists())
		must(t, err)
		f.Set(housetest.Noon.AddDate(0, 6, 0))
		f.Reopen(t)
		in = f.Installation("acme")
		if got := said(t, in, "acme"); got != allIsWell {
			t.Errorf("half a year later: %s", got)
		}
		s, err := in.Status(ctx, admin)
		must(t, err)
		if n := s.Sets[0].Notice; n == nil || n.Code != "set-reissue" || n.Key != old.Signing("ACME") || s.Sets[0].State != "ok" {
			t.Errorf("the status is %+v", s.Sets[0])
		}
		stale := following(t, in, "ACME", 2)
		if _, err := in.Load(ctx, admin, old.File(t, stale)); code(err) != "set.old-key-list" {
			t.Errorf("another set of the old key: %v", err)
		}
		// The same set, signed with the new key, takes the mark away.
		again, err := in.Load(ctx, admin, f.Vendors.File(t, smallSet("ACME", 1)))
		must(t, err)
		if !again.Already || !again.Changed || len(again.Notes) != 1 || again.Notes[0].Code != "set-rewrapped" {
			t.Errorf("the set wrapped anew says %+v", again)
		}
		if s, err = in.Status(ctx, admin); err != nil || s.Sets[0].Notice != nil {
			t.Errorf("then the status is %+v, %v", s.Sets[0], err)
		}
		if got := said(t, in, "acme"); got != allIsWell {
			t.Errorf("then: %s", got)
		}
	})
}
