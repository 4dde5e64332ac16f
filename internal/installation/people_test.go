package installation_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// branches is a set with two places and a plan, for an installation of several
// databases.
func branches() license.Set {
	user := func(m license.Module, n int64) license.License {
		return license.License{Module: m, Kind: license.User, Quantity: n, People: license.Internal}
	}
	plan := user("basic", 3)
	plan.Plan = &license.Plan{Includes: []license.Module{"user"}, Group: "plans", Parts: []license.Part{{Line: "sales", Tier: "basic"}}}
	none := user("none", 1)
	none.Unrestricted, none.Plan = true, &license.Plan{Group: "plans"}
	mobile := user("mobile", 2)
	mobile.Prerequisite = "user"
	hidden := user("user", 3)
	hidden.Hidden = true
	return license.Set{
		Issuer: "SUPEROFFICE", Company: "Acme AB", Serial: "1600070120", Number: 1, Issued: housetest.Noon.Add(-time.Hour), TimeZone: "UTC",
		Dates: license.Dates{Expiry: license.Date{Year: 2027, Month: 3, Day: 27}, Maintenance: license.Date{Year: 2026, Month: 12, Day: 31}},
		Licenses: []license.License{hidden, mobile, plan, none, {Module: "translate", Kind: license.Site, Quantity: 2},
			{Module: "glossary", Kind: license.Site, Quantity: 2, Prerequisite: "translate"}},
	}
}

func branch(t *testing.T, db *sqldb.DB) (*housetest.Fixture, *installation.Installation) {
	t.Helper()
	f := housetest.New(t, db, "acme")
	in := f.Installation("acme")
	enforce(t, f, in, branches())
	return f, in
}

// refused asserts the code of a refusal; "" is none.
func refused(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := code(err); got != want && !(want == "" && err == nil) {
		t.Errorf("%s: %q (%v), want %q", what, got, err, want)
	}
}

func TestSiteLicensesAreCountedPerDatabaseAndNeverOversold(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := branch(t, db)
		ctx := t.Context()
		for _, name := range []string{"Oslo", "Bergen"} {
			_, err := in.AddDatabase(ctx, admin, name)
			must(t, err)
		}
		_, err := in.AddDatabase(ctx, admin, "OSLO")
		refused(t, "a name in other letters", err, "database.name-taken")
		_, err = in.AddDatabase(ctx, admin, "12")
		refused(t, "a name that is a number", err, "request.bad-value")
		_, err = in.AddDatabase(ctx, admin, "+2")
		refused(t, "a name that is read as a number", err, "request.bad-value")
		done, err := in.AssignSite(ctx, admin, "oslo", "glossary", api.SiteChoice{Reason: "pilot"})
		must(t, err)
		if len(done.Effect.Parents) != 1 || len(done.Database.Licenses) != 2 || done.Database.Licenses[0].Reason != "pilot" {
			t.Errorf("giving glossary came to %+v", done)
		}
		_, err = in.AssignSite(ctx, admin, "0", "superoffice.translate", api.SiteChoice{})
		must(t, err)
		_, err = in.AssignSite(ctx, admin, "Bergen", "translate", api.SiteChoice{})
		refused(t, "the third of two", err, "seat.pool-full")
		if l := inUse(t, in, "translate"); l.Taken != 2 || l.Free != 0 {
			t.Errorf("translate: %d in use, %d free", l.Taken, l.Free)
		}
		less := branches()
		less.Number, less.Licenses[4].Quantity = 2, 1
		less.Previous = onlySet(t, in).Checkpoint
		loaded, err := in.Load(ctx, admin, f.Vendors.File(t, less))
		must(t, err)
		_, err = in.Activate(ctx, admin, loaded.Set.ID, api.Activate{})
		refused(t, "a set that is too small for the databases", err, "set.too-small")
		if err != nil && !strings.Contains(errorText(err), "database Oslo") {
			t.Errorf("it does not name the database: %s", errorText(err))
		}
		_, err = in.ReleaseSite(ctx, admin, "Oslo", "translate", false)
		refused(t, "taking back what glossary needs", err, "seat.dependants")
		gone, err := in.ReleaseSite(ctx, admin, "Oslo", "translate", true)
		must(t, err)
		if len(gone.Effect.Dependants) != 1 || len(gone.Database.Licenses) != 0 {
			t.Errorf("taking both back came to %+v", gone)
		}
		_, err = in.RemoveDatabase(ctx, admin, "0")
		refused(t, "removing the central database", err, "database.central")
		_, err = in.RemoveDatabase(ctx, admin, "Oslo")
		must(t, err)
		_, err = in.AssignSite(ctx, admin, "1", "translate", api.SiteChoice{})
		refused(t, "giving something to a removed database", err, "database.removed")
		f.Reopen(t)
		in = f.Installation("acme")
		if l := inUse(t, in, "translate"); l.Taken != 1 {
			t.Errorf("after a restart %d are in use", l.Taken)
		}
	})
}

func onlySet(t *testing.T, in *installation.Installation) api.Set {
	t.Helper()
	list, err := in.Sets(t.Context(), admin)
	must(t, err)
	return list.Items[0]
}

// errorText is everything a refusal for too few seats says.
func errorText(err error) string {
	var all []string
	for _, row := range holdersOf(err) {
		all = append(all, row...)
	}
	return strings.Join(all, ", ")
}

func TestTheLastAdministratorWhoCanSignInStaysThroughEveryDoor(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, in := branch(t, db)
		ctx := t.Context()
		for _, id := range []string{"anna", "bo"} {
			_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true, Plan: "basic"})
			must(t, err)
		}
		_, err := in.GiveRole(ctx, admin, "anna", "administrator")
		must(t, err)
		former := true
		for what, do := range map[string]func(string) error{
			"the role":         func(id string) error { _, err := in.TakeRole(ctx, admin, id, "administrator"); return err },
			"the login":        func(id string) error { _, err := in.EndLogin(ctx, admin, id); return err },
			"the last day":     func(id string) error { _, err := in.GiveLogin(ctx, admin, id, "2026-06-09"); return err },
			"the plan":         func(id string) error { _, err := in.RemovePlan(ctx, admin, id, "basic"); return err },
			"the plan, in all": func(id string) error { _, err := in.SetPlan(ctx, admin, id, "none", ""); return err },
			"the post": func(id string) error {
				_, err := in.ChangePerson(ctx, admin, id, api.PersonPatch{Former: &former})
				return err
			},
			"the desk":    func(id string) error { _, err := in.RetirePerson(ctx, admin, id); return err },
			"the account": func(id string) error { _, err := in.ErasePerson(ctx, admin, id); return err },
		} {
			refused(t, what, do("anna"), "role.last-administrator")
			try := installation.Act{By: admin.By, DryRun: true}
			_, err := in.TakeRole(ctx, try, "anna", "administrator")
			refused(t, "previewing "+what, err, "role.last-administrator")
		}
		// A day that is today is not past; and nobody changes the own role.
		_, err = in.GiveLogin(ctx, admin, "anna", "2026-06-10")
		must(t, err)
		self := installation.Act{By: audit.Actor{Kind: audit.Person, ID: personID(t, in, "anna")}}
		_, err = in.GiveRole(ctx, self, "anna", "auditor")
		refused(t, "the own role", err, "role.own")
		_, err = in.DeletePerson(ctx, self, "anna")
		refused(t, "the own account", err, "person.own-account")
		_, err = in.GiveRole(ctx, self, "bo", "administrator")
		must(t, err)
		_, err = in.DeletePerson(ctx, admin, "anna")
		must(t, err)
		// Who comes back has no role.
		back, err := in.RestorePerson(ctx, admin, "anna", api.RestoreChoice{})
		must(t, err)
		if len(back.Person.Roles) != 0 || len(back.Person.Plans) != 0 || back.Person.Login {
			t.Errorf("came back as %+v", back.Person)
		}
		_, err = in.EndLogin(ctx, admin, "bo")
		refused(t, "the login of the one who is left", err, "role.last-administrator")
	})
}

func TestWhoWasDeletedComesBackAsTheSamePersonOrNotAtAll(t *testing.T) {
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	add := func(id string) int64 {
		done, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true, Plan: "basic"})
		must(t, err)
		return done.Person.Number
	}
	first := add("anna")
	_, err := in.DeletePerson(ctx, admin, "anna")
	must(t, err)
	second := add("Anna")
	if first == second {
		t.Error("somebody new got the old number")
	}
	_, err = in.RestorePerson(ctx, admin, "#1", api.RestoreChoice{})
	refused(t, "coming back to a user id that is taken", err, "person.user-id-taken")
	back, err := in.RestorePerson(ctx, admin, "#1", api.RestoreChoice{UserID: "anna.ek"})
	must(t, err)
	if back.Person.Number != first || back.Person.UserID != "anna.ek" || len(back.Effect.Pools) != 0 {
		t.Errorf("came back as %+v, %+v", back.Person, back.Effect)
	}
	detail, err := in.Person(ctx, admin, "anna.ek")
	must(t, err)
	if len(detail.History) != 1 || detail.History[0].Until.IsZero() {
		t.Errorf("the history is %+v", detail.History)
	}
	_, err = in.ErasePerson(ctx, admin, "anna.ek")
	must(t, err)
	_, err = in.RestorePerson(ctx, admin, "#1", api.RestoreChoice{UserID: "anna.ek"})
	refused(t, "coming back after being erased", err, "person.erased")
}

func TestUpgradesStopAfterTheMaintenanceDateOfTheirIssuer(t *testing.T) {
	f, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	for _, row := range []struct {
		date, issuer string
		allowed      bool
		reason       string
	}{
		{"2026-12-31", "", true, ""},
		{"2027-01-01", "", false, "maintenance-ended"},
		{"", "superoffice", true, ""},
		{"2026-01-01", "AMSYSTEM", false, "no-set"},
	} {
		u, err := in.MayUpgrade("12.1", row.date, row.issuer)
		must(t, err)
		if u.Allowed != row.allowed || u.Issuers[0].Reason != row.reason {
			t.Errorf("%+v: %+v", row, u)
		}
	}
	f.Set(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
	f.Reopen(t)
	if u, err := f.Installation("acme").MayUpgrade("", "", ""); err != nil || u.Allowed {
		t.Errorf("today, after maintenance has ended: %+v, %v", u, err)
	}
	_, err := in.MayUpgrade("12.1", "soon", "")
	refused(t, "a day that is none", err, "request.bad-value")
}

// A crm is a host application that is asked for blockers.
type crm struct {
	*httptest.Server
	answer func([]api.BlockerQuestion) (api.BlockersAnswer, error)
	asked  []api.BlockerQuestion
}

func newCRM(t *testing.T, key ed25519.PublicKey) *crm {
	c := &crm{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entitle.BlockersHandler(key, c.URL+"/pott", func(_ context.Context, q []api.BlockerQuestion) (api.BlockersAnswer, error) {
			c.asked = append(c.asked, q...)
			return c.answer(q)
		}).ServeHTTP(w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

func TestTheHostApplicationIsAskedBeforeSomethingIsTaken(t *testing.T) {
	f, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	f.Set(time.Now()) // the host application judges how old a request is
	ctx := t.Context()
	for _, id := range []string{"anna", "bo"} {
		_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true, Plan: "basic"})
		must(t, err)
	}
	c := newCRM(t, housetest.Key("acme").Public().(ed25519.PublicKey))
	c.answer = func(q []api.BlockerQuestion) (api.BlockersAnswer, error) {
		if q[0].Person != "anna" {
			return api.BlockersAnswer{People: []api.PersonBlockers{{Person: q[0].Person, Blockers: []api.Blocker{{Text: "2 documents", Link: "https://crm.example/d"}}}}}, nil
		}
		return api.BlockersAnswer{People: []api.PersonBlockers{{Person: "anna", Blockers: []api.Blocker{{Text: "7 open requests", Count: 7, Blocks: true}}}}}, nil
	}
	_, err := in.SetBlockersHook(ctx, admin, api.BlockersHook{URL: c.URL + "/pott"})
	must(t, err)
	_, err = in.RemovePlan(ctx, admin, "anna", "basic")
	refused(t, "a plan with open requests", err, "person.blocked")
	_, err = in.DeletePerson(ctx, admin, "anna")
	refused(t, "an account with open requests", err, "person.blocked")
	if len(c.asked) != 2 || c.asked[0].Act != api.ActPlanRemove || len(c.asked[0].Loses) == 0 {
		t.Errorf("it was asked %+v", c.asked)
	}
	gone, err := in.RetirePerson(ctx, admin, "bo")
	must(t, err)
	if len(gone.HandOver) != 1 || gone.HandOver[0].Text != "2 documents" {
		t.Errorf("to hand over: %+v", gone.HandOver)
	}
	// What takes nothing asks nobody.
	before := len(c.asked)
	_, err = in.SetPlan(ctx, admin, "anna", "basic", "")
	must(t, err)
	_, err = in.GiveLogin(ctx, admin, "anna", "2026-06-01")
	must(t, err)
	if len(c.asked) != before {
		t.Errorf("it was asked %+v", c.asked[before:])
	}
	c.answer = func([]api.BlockerQuestion) (api.BlockersAnswer, error) { return api.BlockersAnswer{}, errors.New("no") }
	warned, err := in.RetirePerson(ctx, installation.Act{By: admin.By, DryRun: true}, "anna")
	must(t, err)
	if len(warned.HandOver) != 1 || !strings.Contains(warned.HandOver[0].Text, "could not be asked") {
		t.Errorf("without an answer: %+v", warned.HandOver)
	}
	_, err = in.SetBlockersHook(ctx, admin, api.BlockersHook{URL: c.URL + "/pott", Unreachable: "block"})
	must(t, err)
	_, err = in.RetirePerson(ctx, admin, "anna")
	refused(t, "without an answer that is needed", err, "blockers.unreachable")
	c.answer = func([]api.BlockerQuestion) (api.BlockersAnswer, error) {
		return api.BlockersAnswer{People: []api.PersonBlockers{{Person: "anna", Blockers: []api.Blocker{{Text: "click", Link: "javascript:alert(1)"}}}}}, nil
	}
	_, err = in.RetirePerson(ctx, admin, "anna")
	refused(t, "an answer with a link that is none", err, "blockers.unreachable")
	_, err = in.SetBlockersHook(ctx, admin, api.BlockersHook{URL: c.URL + "/elsewhere", Unreachable: "block"})
	must(t, err)
	_, err = in.RetirePerson(ctx, admin, "anna")
	refused(t, "a request for another address", err, "blockers.unreachable")
	for _, url := range []string{"http://crm.example/", "ftp://127.0.0.1/", "https://a:b@crm.example/", "crm.example", ""} {
		_, err := in.SetBlockersHook(ctx, admin, api.BlockersHook{URL: url})
		refused(t, url, err, "request.bad-value")
	}
	_, err = in.DropBlockersHook(ctx, admin)
	must(t, err)
	_, err = in.RetirePerson(ctx, admin, "anna")
	must(t, err)
}

func TestWhereEverybodyIsOnOnePlanTheIndexFollowsTheLogin(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := housetest.New(t, db, "acme")
		in := f.Installation("acme")
		set := branches()
		set.Occupancy = license.ByLogin
		enforce(t, f, in, set)
		ctx := t.Context()
		for _, id := range []string{"anna", "bo", "cia"} {
			_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true})
			must(t, err)
		}
		_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "dag", Login: true})
		refused(t, "a fourth login", err, "seat.pool-full")
		ask := func(want string) {
			t.Helper()
			q := api.Check{Person: "anna", Module: "superoffice.user"}
			a, err := in.Check(q)
			must(t, err)
			why, err := in.Why(ctx, admin, q)
			must(t, err)
			if a != why.Answer || a.Effect+" "+a.Reason != want {
				t.Errorf("check %+v, why %+v, want %s", a, why.Answer, want)
			}
		}
		ask("allow included")
		_, err = in.SetPlan(ctx, admin, "anna", "basic", "")
		refused(t, "the plan by hand", err, "plan.by-login")
		_, err = in.EndLogin(ctx, admin, "anna")
		must(t, err)
		ask("deny no-login")
		if l := inUse(t, in, "basic"); l.Taken != 2 {
			t.Errorf("%d on the plan", l.Taken)
		}
		// A set that counts otherwise takes the plan from everybody at once.
		next := branches()
		next.Number, next.Previous = 2, onlySet(t, in).Checkpoint
		loaded, err := in.Load(ctx, admin, f.Vendors.File(t, next))
		must(t, err)
		_, err = in.Activate(ctx, admin, loaded.Set.ID, api.Activate{})
		must(t, err)
		_, err = in.GiveLogin(ctx, admin, "anna", "")
		must(t, err)
		ask("deny not-held")
		q := api.Check{Person: "bo", Module: "superoffice.user"}
		if a, err := in.Check(q); err != nil || a.Reason != "not-held" {
			t.Errorf("bo after the change: %+v, %v", a, err)
		}
	})
}

func holdersOf(err error) [][]string {
	var small *seat.TooSmallError
	if !errors.As(err, &small) {
		return nil
	}
	var all [][]string
	for _, row := range small.Rows {
		all = append(all, row.Holders)
	}
	return all
}

// personID is the opaque id of somebody, as the audit trail has it.
func personID(t *testing.T, in *installation.Installation, user string) string {
	t.Helper()
	list, err := in.Audit(t.Context(), admin, installation.AuditFilter{Person: user})
	must(t, err)
	return list.Items[0].Subject
}
