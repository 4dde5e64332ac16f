package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
)

// asked has a product ask about people, who are told yes.
func (w *world) asked(people ...string) {
	w.t.Helper()
	for _, p := range people {
		_, err := w.Installation("acme").Check(api.Check{Person: p, Module: "superoffice.sales"})
		w.must(err)
	}
}

func TestWhenPeopleWereActiveIsShownOnceAnAdministratorHasTurnedItOn(t *testing.T) {
	w := newWorld(t)
	r := w.as("karin")
	r.get("/users").lacks(t, "Last active")
	r.get("/settings/activity").says(t, "It is not collected when people were active.", "Collect it from now on")
	page := r.send("/settings/activity", "ground", " ")
	if page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, `href="#ground"`) {
		t.Errorf("without a ground: %d", page.status)
	}
	page.says(t, "1 thing to correct", "on what legal ground")
	r.send("/settings/activity", "ground", "agreed in May").says(t, "It is collected from now on", "agreed in May", "Undo")
	r.get("/users/anna/uses")
	r.get("/users/anna").says(t, "Last active", "Never") // who looks makes nobody active
	w.asked("anna")
	r.get("/users").says(t, "Last active", "Today", "Never", "What is kept of when people were active")
	if page := r.get("/users?active=longer,never"); !strings.Contains(page.text(), "Bo Ågren") || strings.Contains(page.text(), "Anna Berg") {
		t.Errorf("who was not active: %s", page.text())
	}
	if page := r.get("/users?sort=active"); strings.Index(page.text(), "Anna Berg") > strings.Index(page.text(), "Bo Ågren") {
		t.Error("who was active today does not stand first")
	}
	if file := r.get("/users.csv?col=active"); !strings.Contains(file.body, "today") || !strings.Contains(file.body, "never") {
		t.Errorf("the file: %s", file.body)
	}
	r.get("/users/anna").says(t, "Last active", "Today")
	w.as("anna").get("/me").says(t, "Your organization keeps the day", "agreed in May")
	read := w.as("olle").get("/settings/activity")
	read.says(t, "agreed in May")
	read.lacks(t, "Save the ground")

	r.get("/settings/activity/off").says(t, "The day of 2 people is erased at once") // Karin has signed in
	off := r.send("/settings/activity/off")
	off.says(t, "It is not collected any longer. The day of 2 people is erased.")
	off.lacks(t, "agreed in May", "Undo")
	r.get("/users").lacks(t, "Last active")
	r.get("/users/anna").lacks(t, "Last active")
	w.as("anna").get("/me").lacks(t, "Your organization keeps the day")
}

func TestAReceiptSaysOnlyWhatIsSo(t *testing.T) {
	w := newWorld(t)
	me, colleague := w.as("karin"), w.as("karin")
	me.get("/settings/activity")
	off := me.send("/settings/activity/off") // sent again once it is off
	off.says(t, "It is not collected when people were active. Nothing was changed.")
	off.lacks(t, "is erased.", "Undo")
	me.send("/settings/activity", "ground", "agreed in May").says(t, "It is collected from now on")
	again := me.send("/settings/activity", me.get("/settings/activity").filled(t, "Save the ground")...)
	again.says(t, "That is the ground already. Nothing was changed.")
	again.lacks(t, "It is collected from now on", "The ground is saved", "Undo")
	me.send("/settings/activity", "ground", "agreed in June").says(t, "The ground is saved.", "Undo")

	opened := me.get("/settings/activity").filled(t, "Save the ground")
	w.asked("anna")
	colleague.get("/settings/activity")
	colleague.send("/settings/activity/off").says(t, "is erased.")
	saved := me.send("/settings/activity", opened...)
	saved.says(t, "It is not collected when people were active. Nothing was changed.", "Collect it from now on")
	saved.lacks(t, "It is collected from now on when", "The ground is saved", "Undo")
}

func TestNobodyButWhoSeesAllPeopleSeesWhenOthersWereActive(t *testing.T) {
	w := newWorld(t)
	on, ground := true, "agreed"
	_, err := w.Installation("acme").PutActivity(t.Context(), host, api.ActivityPatch{Collected: &on, Ground: &ground})
	w.must(err)
	w.asked("bo")
	anna := w.as("anna")
	for _, path := range []string{"/settings/activity", "/users", "/users/bo", "/users.csv?col=active"} {
		if page := anna.get(path); page.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, page.status)
		}
	}
	for _, who := range []string{"uma", "olle"} {
		r := w.as(who)
		r.get("/users").says(t, "Last active", "Today")
		if page := r.get("/settings/activity/off"); page.status != http.StatusForbidden {
			t.Errorf("%s may turn it off: %d", who, page.status)
		}
		if page := r.send("/settings/activity", "ground", "mine"); page.status != http.StatusForbidden {
			t.Errorf("%s may say why: %d", who, page.status)
		}
	}
}

// A saved view by it leads on to everybody once it is turned off; what is done to
// everybody it chose is refused, and not done to all.
func TestAViewByItIsNotEverybodyOnceItIsTurnedOff(t *testing.T) {
	w := newWorld(t)
	r := w.as("karin")
	r.get("/users")
	page := r.get("/users?active=longer,never&sort=-active&group=Sales")
	page.says(t, "Anna Berg")
	page.lacks(t, "Uma Ek")
	if file := r.get("/users.csv?active=never"); file.status != http.StatusConflict {
		t.Errorf("a file of them: %d", file.status)
	}
	r.get("/users")
	done := r.send("/users/bulk/change", "act", "end-login", "all", "1", "query", "active=never")
	if done.status != http.StatusUnprocessableEntity {
		t.Errorf("all of them: %d", done.status)
	}
	done.says(t, "is not collected here")
}
