package web_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/license"
)

// signedIn is a reader who is a person of acme.
func (w *world) signedIn(person string) *reader {
	w.t.Helper()
	in := w.Installation("acme")
	made, err := in.MakeLink(w.t.Context(), installation.Act{By: housetest.Host}, person)
	w.must(err)
	begun, err := in.SignInLink(byPage(context.Background()), installation.Visit{Address: "192.0.2.1", Device: "a test"}, strings.TrimPrefix(made.Path, installation.LinkPath), "")
	w.must(err)
	r := w.nobody()
	r.enter(begun.Cookie)
	return r
}

// has is what somebody was given by hand.
func (w *world) has(person string) string {
	w.t.Helper()
	offer, err := w.Installation("acme").Offer(w.t.Context(), installation.Act{}, person)
	w.must(err)
	return strings.Join(offer.Given, " ")
}

// as is by whom things are done behind the pages' back.
var meanwhile = installation.Act{By: housetest.Host}

func TestAPersonsPageSaysWhoItIsAndWhatTheyHave(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn("karin")
	r.get("/users/anna").says(t, "Anna Berg", "anna@acme.example", "The sales", "Can log in", "Off-board")
	r.get("/users/nobody").says(t, "nobody")
	if got := r.get("/users/%233"); got.status != 200 {
		t.Errorf("by number: %d", got.status)
	}
	auditor := w.signedIn("olle")
	auditor.get("/users/anna").lacks(t, "Off-board", "Save details", "End login")
	if got := auditor.send("/users/anna/details", "user_id", "anna", "first_name", "Eve"); got.status != 403 {
		t.Errorf("an auditor changes a name: %d", got.status)
	}
	if got := w.signedIn("bo").get("/users/anna"); got.status != 403 {
		t.Errorf("somebody without a role reads: %d", got.status)
	}
}

func TestDetailsLoginRolesAndLinksAreChangedByForms(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn("karin")
	r.get("/users/anna")
	r.send("/users/anna/details", "user_id", "anna.berg", "first_name", "Anna", "last_name", "Berg-Ek", "email", "", "group", "Sales").
		says(t, "The details are saved.", "Anna Berg-Ek")
	r.send("/users/anna.berg/details", "user_id", "bo", "first_name", "Anna", "last_name", "X").says(t, "bo")
	if r.last.status != 422 || !strings.Contains(r.last.body, `value="X"`) {
		t.Errorf("what was typed is lost: %d", r.last.status)
	}
	r.send("/users/anna.berg/login", "do", "give", "valid_through", "2026-12-31").says(t, "can log in", "31 December 2026", "Undo")
	r.send("/users/anna.berg/login", "do", "end").says(t, "can no longer log in")
	r.send("/users/anna.berg/login", "do", "give", "valid_through", "soon").says(t, "not a day")
	r.send("/users/uma/role", "do", "give", "role", "auditor").says(t, "Auditor")
	r.send("/users/karin/role", "do", "take", "role", "administrator")
	if r.last.status == 200 && !strings.Contains(r.last.text(), "own") {
		t.Errorf("the own role: %s", r.last.text())
	}
	shown := r.send("/users/anna.berg/link")
	shown.says(t, "shown only now")
	link := regexp.MustCompile(`/signin/link/[A-Za-z0-9_-]+`).FindString(shown.body)
	if _, err := w.Installation("acme").LookAtLink(strings.TrimPrefix(link, "/signin/link/")); err == nil && link == "" {
		t.Error("there is no link")
	}
	if again := r.get("/users/anna.berg"); strings.Contains(again.body, "/signin/link/") {
		t.Error("the link is shown twice")
	}
	if got := w.signedIn("uma").send("/users/anna.berg/link"); got.status != 403 {
		t.Errorf("a user administrator makes a link: %d", got.status)
	}
}

func TestAPlanIsChosenAndWhatItTakesIsShownFirst(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn("karin")
	r.get("/users/uma/plans").says(t, "1 spare", "Review change", "No plan")
	r.send("/users/uma/plans", "was", "", "plan:SUPEROFFICE:plans", "superoffice.sales").says(t, "is changed", "Given: The sales", "Undo")
	if got := w.has("uma"); got != "superoffice.sales" {
		t.Fatalf("uma has %q", got)
	}
	r.send("/users/uma/plans", "was", "superoffice.sales", "plan:SUPEROFFICE:plans", "superoffice.service").
		says(t, "Nothing is saved yet", "loses 1 license", "The sale-cal", "Make 2 changes for Uma Ek")
	if got := w.has("uma"); got != "superoffice.sales" {
		t.Fatalf("a preview changed it: %q", got)
	}
	r.send("/users/uma/plans", "was", "superoffice.sales", "plan:SUPEROFFICE:plans", "superoffice.service", "confirm", "yes").says(t, "is changed")
	undo := r.last
	for _, field := range []string{`name="give" value="superoffice.sales"`, `name="was" value="superoffice.service"`} {
		if !strings.Contains(undo.body, field) {
			t.Errorf("undo lacks %s", field)
		}
	}
	r.send("/users/uma/plans", "confirm", "yes", "give", "superoffice.sales", "was", "superoffice.service").says(t, "is changed")
	if got := w.has("uma"); got != "superoffice.sales" {
		t.Errorf("undone: %q", got)
	}
	r.send("/users/uma/plans", "was", "superoffice.sales", "plan:SUPEROFFICE:plans", "superoffice.sales").says(t, "already so")
	r.send("/users/uma/plans", "was", "superoffice.sales", "give", "superoffice.gold").says(t, "gold")
	if r.last.status != 422 {
		t.Errorf("what nobody sells: %d", r.last.status)
	}
}

func TestAFullPlanIsTakenFromSomebodyElseInOneStep(t *testing.T) {
	w := newWorld(t)
	in := w.Installation("acme")
	_, err := in.SetPlan(t.Context(), meanwhile, "uma", "sales", "")
	w.must(err)
	r := w.signedIn("karin")
	r.get("/users/olle/plans")
	form := []string{"was", "", "plan:SUPEROFFICE:plans", "superoffice.sales"}
	r.send("/users/olle/plans", form...).says(t, "is full: 3 of 3 in use", "Anna Berg", "Bo Ågren")
	if r.last.status != 409 {
		t.Errorf("%d", r.last.status)
	}
	take := regexp.MustCompile(`name="take" value="([^"]*#\d+)"[^>]*>\s*<label[^>]*>Bo`).FindStringSubmatch(r.last.body)
	if take == nil {
		t.Fatal("nothing can be taken from Bo")
	}
	form = append(form, "take", take[1])
	r.send("/users/olle/plans", form...).says(t, "Nothing is saved yet", "Bo Ågren loses The sales")
	if w.has("bo") == "" {
		t.Fatal("a preview took it")
	}
	r.send("/users/olle/plans", append(form, "confirm", "yes")...).says(t, "is changed")
	if w.has("bo") != "" || w.has("olle") != "superoffice.sales" {
		t.Errorf("bo has %q, olle has %q", w.has("bo"), w.has("olle"))
	}
}

func TestWhatSomebodyElseDidMeanwhileIsComparedAndNothingIsLost(t *testing.T) {
	w := newWorld(t)
	in := w.Installation("acme")
	r := w.signedIn("karin")
	r.get("/users/anna/plans")
	_, err := in.SetPlan(t.Context(), meanwhile, "anna", "service", "")
	w.must(err)
	r.send("/users/anna/plans", "was", "superoffice.sales", "plan:SUPEROFFICE:plans", "superoffice.sales", "give", "superoffice.gadget").
		says(t, "changed meanwhile", "Yours The gadget The sales", "The service", "Apply mine")
	if got := w.has("anna"); got != "superoffice.service" {
		t.Fatalf("anna has %q", got)
	}
	for _, field := range []string{`name="give" value="superoffice.gadget"`, `name="was" value="superoffice.service"`, `value="superoffice.sales"`} {
		if !strings.Contains(r.last.body, field) {
			t.Errorf("the form lost %s", field)
		}
	}
	r.send("/users/anna/plans", "was", "superoffice.service", "plan:SUPEROFFICE:plans", "superoffice.sales", "give", "superoffice.gadget").says(t, "is changed")
	if got := w.has("anna"); got != "superoffice.gadget superoffice.sales" {
		t.Errorf("anna has %q", got)
	}
}

func TestWhyIsTheSameOnThePageAndInTheDocument(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn("karin")
	r.get("/users/anna/uses").says(t, "Allowed through", "Not allowed", "The gadget", "Show 2 licenses that come with plans")
	r.get("/users/anna/uses?all=yes").says(t, "The sale-cal", "Hide licenses")
	page := r.get("/users/anna/uses?why=superoffice.sale-cal")
	why, err := w.Installation("acme").Why(t.Context(), installation.Act{Language: "en"}, api.Check{Person: "anna", Module: "superoffice.sale-cal"})
	w.must(err)
	for _, step := range why.Paths[0].Steps {
		page.says(t, step.Text)
	}
	if got := strings.Count(page.body, "data-fact="); got != len(why.Paths[0].Steps) {
		t.Errorf("%d steps on the page, %d in the document", got, len(why.Paths[0].Steps))
	}
	r.get("/users/anna/uses?why=superoffice.gadget").says(t, "What is missing", "Give The gadget (2 spare)", "Do it")
	w.signedIn("olle").get("/users/anna/uses?why=superoffice.gadget").says(t, "Only an administrator can do that.")
	r.get("/users/anna/uses?why=superoffice.sale-cal&if=remove-plan+superoffice.sales").says(t, "the plan The sales is taken back", "Not allowed", "Loses")
	r.get("/users/anna/uses?why=superoffice.sale-cal&if=end-login").says(t, "the login is ended", "Not allowed")
	if got := r.get("/users/anna/uses.json?why=superoffice.sale-cal"); !strings.Contains(got.body, `"fact":"plan-includes"`) {
		t.Errorf("%s", got.body)
	}
	r.get("/users/anna/history").says(t, "The sales", "Now", "By hand")
}

func TestWhoeverLeavesIsLetGoByTheChoiceThatWasReviewed(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn("karin")
	r.get("/users/bo/offboard").says(t, "End login after a day", "Remove plans and extras", "frees 1 The sales", "Mark as former employee", "Delete account and contact card", "does not change")
	r.send("/users/bo/offboard", "do", "login-from").says(t, "Say the last day")
	r.send("/users/bo/offboard", "do", "login-from", "valid_through", "2026-07-31").says(t, "Nothing is saved yet")
	r.send("/users/bo/offboard", "do", "plans").says(t, "Taken back: The sales", "Remove plans and extras from Bo Ågren")
	if w.has("bo") == "" {
		t.Fatal("the review did it")
	}
	r.send("/users/bo/offboard", "do", "plans", "confirm", "yes").says(t, "no plans or extras", "Undo")
	r.send("/users/bo/plans", "confirm", "yes", "was", "", "give", "superoffice.sales").says(t, "is changed")
	r.send("/users/bo/offboard", "do", "retire", "confirm", "yes").says(t, "is a former employee", "Bring back")
	r.send("/users/bo/restore").says(t, "is back")
	r.send("/users/bo/offboard", "do", "erase", "confirm", "yes", "organisation", "Wrong AB").says(t, "is not Acme AB")
	r.send("/users/bo/offboard", "do", "erase", "confirm", "yes", "organisation", "Acme AB").says(t, "deleted for good")
	if _, err := w.Installation("acme").Person(t.Context(), installation.Act{}, "bo"); err == nil {
		t.Error("bo is still known")
	}
	// What must not be is not: the own account, the last administrator, and nobody
	// erases without the role.
	r.send("/users/karin/offboard", "do", "retire").says(t, "own account")
	uma := w.signedIn("uma")
	uma.get("/users/karin/offboard")
	uma.send("/users/karin/offboard", "do", "retire").says(t, "last administrator")
	uma.get("/users/anna/offboard").lacks(t, "contact card")
	if got := uma.send("/users/anna/offboard", "do", "erase", "confirm", "yes", "organisation", "Acme AB"); got.status != 403 {
		t.Errorf("a user administrator erases: %d", got.status)
	}
}

// lineSet has a plan made of each tier of two lines but one, extras in a chain,
// and a plan that brings the first of them.
func lineSet() license.Set {
	s := smallSet()
	s.Number, s.Serial = 2, "1600070120"
	user := func(m license.Module, needs license.Module) license.License {
		return license.License{Module: m, Kind: license.User, Quantity: 5, People: license.Internal, Prerequisite: needs, Names: license.Texts{"en": "The " + string(m)}}
	}
	plan := func(m license.Module, parts ...license.Part) license.License {
		l := user(m, "")
		l.Plan = &license.Plan{Group: "lines", Parts: parts, Includes: []license.Module{"user"}}
		return l
	}
	sales, service := license.Part{Line: "sales", Tier: "premium"}, license.Part{Line: "service", Tier: "premium"}
	s.Licenses = append(s.Licenses, plan("s", sales), plan("v", service), user("windows", "user"), user("travel", "windows"))
	return s
}

func TestLinesAreChosenOneByOneAndWhatIsNotSoldSaysSo(t *testing.T) {
	w := newWorld(t)
	in := w.Installation("acme")
	first, err := in.Set(t.Context(), meanwhile, "superoffice-1")
	w.must(err)
	next := lineSet()
	next.Previous = first.Checkpoint
	_, err = in.Load(t.Context(), meanwhile, w.Vendors.File(t, next))
	w.must(err)
	_, err = in.Activate(t.Context(), meanwhile, "superoffice-2", api.Activate{})
	w.must(err)
	r := w.signedIn("karin")
	r.get("/users/uma/plans").says(t, "Sales", "Service", "Premium", "None")
	form := []string{"was", "", "plan:SUPEROFFICE:plans", "", "line:SUPEROFFICE:sales:lines", "premium", "line:SUPEROFFICE:service:lines", ""}
	r.send("/users/uma/plans", form...).says(t, "Given: The s.")
	r.get("/users/uma/plans").says(t, "Not in your agreement together with Sales Premium")
	form[1], form[7] = "superoffice.s", "premium"
	r.send("/users/uma/plans", form...)
	if r.last.status != 422 || !strings.Contains(r.last.text(), "premium") {
		t.Errorf("a combination that is not sold: %d %s", r.last.status, r.last.text())
	}
	// Ticking travel brings windows; what it needs comes with the plan.
	form[7] = ""
	r.send("/users/uma/plans", append(form, "give", "superoffice.travel")...).says(t, "Given as well, because it is needed: The windows.")
	// Unticking the one below takes along what needs it, and is shown first.
	form[1] = "superoffice.s"
	lose := append(form, "was", "superoffice.windows", "was", "superoffice.travel", "give", "superoffice.travel")
	r.send("/users/uma/plans", lose...).says(t, "Nothing is saved yet", "because what it needs goes: The travel")
	r.get("/users/uma/plans").says(t, "Needs The user", "No plan", "Not in your agreement")
}
