package web_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

func TestPeopleAreListedFilteredAndPutTogether(t *testing.T) {
	w := newWorld(t)
	uma := w.as("uma")
	uma.get("/users").says(t, "5 people", "Anna Berg", "The sales", "Bo Ågren", "Administrator", "Add a person")
	uma.get("/users?q=berg").says(t, "1 person", "Anna Berg")
	uma.get("/users?q=berg").lacks(t, "Bo Ågren")
	uma.get("/users?plan=superoffice.sales&sort=-name&lang=sv").says(t, "2 personer", "Ågren")
	uma.get("/users?by=group&sort=name").says(t, "Sales (2)", "None (3)")
	_, err := w.Installation("acme").GiveLogin(t.Context(), installation.Act{By: housetest.Host}, "bo", "2026-06-01")
	w.must(err)
	uma.get("/users?q=bo&lang=sv").says(t, "Inloggningen slutade 2026-06-01")
	uma.last.lacks(t, "Kan logga in till och med")
	uma.get("/users?q=nobodyatall").says(t, "Nobody matches", "Clear filters")
	_, err = w.Installation("acme").GiveExtra(t.Context(), installation.Act{By: housetest.Host}, "bo", "gadget", 1, "")
	w.must(err)
	_, err = w.Installation("acme").AddPerson(t.Context(), installation.Act{By: housetest.Host}, api.NewPerson{UserID: "guest", Kind: "external"})
	w.must(err)
	uma.get("/users?extra=superoffice.gadget").says(t, "1 person", "Bo Ågren", "Clear filters")
	uma.get("/users?kind=external").says(t, "1 person", "guest", "Clear filters")
	uma.get("/users?kind=system").says(t, "6 people") // those are not people
	if csv := uma.get("/users.csv?extra=superoffice.gadget"); strings.Contains(csv.body, "anna") || !strings.Contains(csv.body, "bo") {
		t.Errorf("the file of those with an extra is %s", csv.body)
	}
	uma.get("/users?tab=other").says(t, "No other users")
	uma.get("/users?tab=licenses&license=superoffice.sales").says(t, "The sales", "2 of 3 in use", "Anna Berg", "Bo Ågren")
	if csv := uma.get("/users.csv?col=plan&q=anna"); !strings.Contains(csv.body, "Anna Berg,anna,The sales") {
		t.Errorf("the file is %s", csv.body)
	}
	if json := uma.get("/users.json?q=anna"); !strings.Contains(json.body, `"user_id":"anna"`) {
		t.Errorf("the file is %s", json.body)
	}
	olle := w.as("olle")
	olle.get("/users").lacks(t, "Add a person", "Review the change")
	if got := olle.get("/users/bulk"); got.status != 403 {
		t.Errorf("an auditor is answered %d", got.status)
	}
	uma.get("/users?group=Sales")
	uma.send("/users/views", "view", "Our sales people", "query", "group=Sales&sort=name", "shared", "on").says(t, "The view Our sales people is saved.", "2 people")
	olle.get("/users").says(t, "Our sales people")
	olle.get("/users").lacks(t, "Remove the view")
}

func TestAPersonIsAdded(t *testing.T) {
	w := newWorld(t)
	uma := w.as("uma")
	uma.get("/users/new").says(t, "Add a person", "The sales – 1 spare")
	if got := uma.send("/users/new", "user_id", "anna", "login", "on"); got.status != 422 {
		t.Errorf("a user id somebody has is answered %d", got.status)
	}
	uma.send("/users/new", "user_id", "eva.ek", "first_name", "Eva", "plan", "superoffice.sales", "login", "on")
	p, err := w.Installation("acme").Person(t.Context(), installation.Act{}, "eva.ek")
	w.must(err)
	if len(p.Plans) != 1 || !p.Login || p.FirstName != "Eva" {
		t.Errorf("Eva is %+v", p.Person)
	}
	uma.get("/users/new")
	uma.send("/users/new", "user_id", "fia", "plan", "superoffice.sales").says(t, "3 of 3")
}

func TestAListIsSentCheckedAppliedAndUndone(t *testing.T) {
	w := newWorld(t)
	uma := w.as("uma")
	uma.get("/users/bulk").says(t, "Nothing is changed before you have seen what would happen")
	check := uma.send("/users/bulk", "mode", "add", "text", "Användare;Förnamn;Plan\nnils;Nils;service\nanna;Annika;\nkarin;;gold\n")
	check.says(t, "As it was understood", "3 rows, Semicolon, UTF-8", "Nothing is saved yet.", "2 will change", "1 has an error", "Correct the list")
	if _, err := w.Installation("acme").Person(t.Context(), installation.Act{}, "nils"); err == nil {
		t.Error("looking at a list has changed somebody")
	}
	// Pressing the button that does not work gives the reason and changes nothing.
	path := check.path
	if got := uma.send(path); got.status < 400 {
		t.Errorf("a list with errors is answered %d", got.status)
	}
	errs := uma.get(strings.Replace(path, "?", "/errors.csv?", 1))
	if !strings.Contains(errs.body, "karin") || strings.Contains(errs.body, "nils") {
		t.Errorf("the rows with errors are %s", errs.body)
	}
	partial := uma.get(path + "&partial=on")
	partial.says(t, "Change 2 people")
	token := planToken.FindStringSubmatch(partial.body + `name="plan_token" value=""`)[1]
	job := uma.send(path+"&partial=on", "plan_token", token)
	job.says(t, "Import of a list", "Partly done", "2 changed", "1 error,", "Undo: see what it would do")
	p, err := w.Installation("acme").Person(t.Context(), installation.Act{}, "anna")
	w.must(err)
	if p.FirstName != "Annika" {
		t.Errorf("Anna is called %s", p.FirstName)
	}
	uma.get(strings.SplitN(job.path, "?", 2)[0]+"?result=error").says(t, "karin", "Error")
	uma.get(job.path)
	preview := uma.get(job.path + "/undo")
	preview.says(t, "Undo: Import of a list", "2 people have again what they had before, and no more.", "Undo for 2 people", "nils", "anna")
	uma.send(job.path+"/undo", preview.fields(t, "Undo for 2 people")...).says(t, "Undoing", "2 changed")
	if p, err = w.Installation("acme").Person(t.Context(), installation.Act{}, "anna"); err != nil || p.FirstName != "Anna" {
		t.Errorf("Anna is called %s, %v", p.FirstName, err)
	}
	uma.get("/users/bulk").says(t, "Lately", "Import of a list", "Undoing")

	// Columns nobody understands can be said, and what is no list is refused with what was pasted.
	strange := uma.send("/users/bulk", "mode", "add", "text", "Who;Team\nzoe;Sales\n")
	strange.says(t, "The list has no column User ID", "Who", "Team")
	uma.get(strange.path+"&delimiter=semicolon&col=user_id&col=group").says(t, "1 will change", "zoe")
	uma.get("/users/bulk")
	if got := uma.send("/users/bulk", "text", "user_id\n\"a"); got.status != 422 || !strings.Contains(got.body, "user_id") {
		t.Errorf("what is no list is answered %d: %s", got.status, got.text())
	}
}

var planToken = regexp.MustCompile(`name="plan_token" value="([^"]*)"`)

func TestEverybodyOfAListIsChangedInTwoSteps(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	for i := range 70 {
		_, err := acme.AddPerson(t.Context(), installation.Act{By: housetest.Host}, api.NewPerson{UserID: fmt.Sprintf("p%02d", i), Group: "Many", Login: true})
		w.must(err)
	}
	uma := w.as("uma")
	uma.get("/users?group=Many&select=page").says(t, "50 of 70 selected", "Select all 70 that match")
	uma.get("/users?group=Many&select=all").says(t, "70 of 70 selected")
	review := uma.send("/users/bulk/change", "act", "switch", "name", "superoffice.none", "all", "1", "query", "group=Many")
	if got := uma.send("/users/bulk/apply", "act", "switch", "name", "superoffice.none", "all", "1", "query", "group=Many", "org", "Acme"); got.status != 422 {
		t.Errorf("a change of everybody without the organisation's name is answered %d", got.status)
	}
	token := planToken.FindStringSubmatch(review.body + `name="plan_token" value=""`)[1]
	uma.get("/users")
	uma.send("/users/bulk/apply", "act", "switch", "name", "superoffice.none", "all", "1", "query", "group=Many", "org", "Acme AB", "plan_token", token).says(t, "Change of many people", "70 changed")
	review.says(t, "It concerns 70 people.", "70 will change", "Switch 70 people to The none", "This concerns many")
}
