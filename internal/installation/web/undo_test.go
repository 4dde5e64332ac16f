package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

// imported is the page of a job that has called anna Annika and bo Bosse.
func (w *world) imported(r *reader) *shown {
	w.t.Helper()
	check := r.send("/users/bulk", "mode", "add", "text", "user_id;first_name\nanna;Annika\nbo;Bosse\n")
	return r.send(check.path, "plan_token", planToken.FindStringSubmatch(check.body + `name="plan_token" value=""`)[1])
}

func (w *world) called(person string) string {
	w.t.Helper()
	p, err := w.Installation("acme").Person(w.t.Context(), installation.Act{}, person)
	w.must(err)
	return p.FirstName
}

func TestUndoingAJobShowsWhomItRestoresAndWhomNot(t *testing.T) {
	w := newWorld(t)
	uma := w.as("uma")
	uma.get("/users/bulk")
	job := w.imported(uma)
	first := "Anders"
	_, err := w.Installation("acme").ChangePerson(t.Context(), installation.Act{By: housetest.Host}, "bo", api.PersonPatch{FirstName: &first})
	w.must(err)
	preview := uma.get(job.path + "/undo")
	preview.says(t, "Nothing is saved yet.", "1 person has again what they had before, and no more.", "1 stays as today, because somebody has changed them since.", "Undo for 1 person", "bo")
	if w.called("anna") != "Annika" {
		t.Error("looking has changed somebody")
	}
	uma.get(job.path+"/undo?result=error").says(t, "bo")
	uma.last.lacks(t, ">anna<")
	done := uma.get(job.path + "/undo")
	uma.send(job.path+"/undo", done.fields(t, "Undo for 1 person")...).says(t, "Undoing", "1 changed", "1 error,")
	if a, b := w.called("anna"), w.called("bo"); a != "Anna" || b != "Anders" {
		t.Errorf("anna is called %s, bo %s", a, b)
	}
	if again := uma.get(job.path + "/undo"); again.status != http.StatusConflict {
		t.Errorf("undoing once more is answered %d: %s", again.status, again.text())
	}
}

func TestAnUndoDoesWhatWasShownOrSaysThatItIsDifferentNow(t *testing.T) {
	w := newWorld(t)
	uma := w.as("uma")
	uma.get("/users/bulk")
	job := w.imported(uma)
	shown := uma.get(job.path+"/undo").fields(t, "Undo for 2 people")
	first := "Anders"
	_, err := w.Installation("acme").ChangePerson(t.Context(), installation.Act{By: housetest.Host}, "bo", api.PersonPatch{FirstName: &first})
	w.must(err)
	s := uma.send(job.path+"/undo", shown...)
	if s.status != http.StatusConflict {
		t.Errorf("it is answered %d", s.status)
	}
	if !strings.Contains(s.body, "<title>Error: ") {
		t.Error("the title does not say that it was not done")
	}
	s.says(t, "What was shown is no longer what would be done.", "1 person has again what they had before, and no more.", "1 stays as today, because somebody has changed them since.", "Undo for 1 person")
	if w.called("anna") != "Annika" {
		t.Error("something else was done than shown")
	}
	// Without having looked nothing is done: one is shown first.
	if s = uma.send(job.path + "/undo"); !strings.HasSuffix(s.path, "/undo") || w.called("anna") != "Annika" {
		t.Errorf("without a look: %s", s.path)
	}
	for _, path := range []string{job.path + "/undo", "/users/bulk/jobs/nothing/undo"} {
		if s := w.visitor("olle").get(path); s.status != http.StatusForbidden {
			t.Errorf("an auditor gets %d from %s", s.status, path)
		}
	}
	if s := uma.get("/users/bulk/jobs/nothing/undo"); s.status != http.StatusNotFound {
		t.Errorf("a job that is not there: %d", s.status)
	}
}
