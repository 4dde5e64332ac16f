package web_test

import (
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
)

// meanwhileCalled writes somebody's last name behind the pages' back.
func (w *world) meanwhileCalled(person, last string) {
	w.t.Helper()
	_, err := w.Installation("acme").ChangePerson(w.t.Context(), meanwhile, person, api.PersonPatch{LastName: &last})
	w.must(err)
}

func (w *world) details(person string) [3]string {
	w.t.Helper()
	p, err := w.Installation("acme").Person(w.t.Context(), meanwhile, person)
	w.must(err)
	return [3]string{p.FirstName, p.LastName, p.Email}
}

func TestWhatAColleagueWroteMeanwhileIsNotLost(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn("karin")
	opened := r.get("/users/anna").typed(t, "Save details")
	w.meanwhileCalled("anna", "Berg-Ek")
	r.send("/users/anna/details", with(opened, "email", "anna@new.example")...).says(t, "The details are saved.", "Anna Berg-Ek")
	if got, want := w.details("anna"), ([3]string{"Anna", "Berg-Ek", "anna@new.example"}); got != want {
		t.Fatalf("a field nobody touched went back: %v", got)
	}

	s := r.send("/users/anna/details", with(opened, "last_name", "Bergman", "email", "anna@acme.example")...)
	if s.status != 409 || w.details("anna")[1] != "Berg-Ek" {
		t.Fatalf("%d, and Anna is called %v", s.status, w.details("anna"))
	}
	s.says(t, "was changed", "Last name Bergman Berg-Ek Berg", "Compare, then choose what to keep")
	s.lacks(t, "First name")
	r.send("/users/anna/details", s.fields(t, "Apply mine")...).says(t, "The details are saved.", "Anna Bergman")
	if got, want := w.details("anna"), ([3]string{"Anna", "Bergman", "anna@new.example"}); got != want {
		t.Errorf("mine, applied: %v", got)
	}
}

func TestWhatBothWroteAlikeIsNoConflict(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn("karin")
	opened := r.get("/users/anna").typed(t, "Save details")
	w.meanwhileCalled("anna", "Berg-Ek")
	r.send("/users/anna/details", with(opened, "last_name", "Berg-Ek")...).says(t, "It is already so", "Anna Berg-Ek")
}

func TestAConflictSurvivesAFormThatWasRefusedFirst(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn("karin")
	opened := r.get("/users/anna").typed(t, "Save details")
	w.meanwhileCalled("anna", "Berg-Ek")
	refused := r.send("/users/anna/details", with(opened, "last_name", "Bergman", "user_id", "bo")...)
	if refused.status != 409 && refused.status != 422 {
		t.Fatalf("%d", refused.status)
	}
	// Without the quarrel about the last name the user id alone is in the way.
	refused = r.send("/users/anna/details", with(opened, "user_id", "bo")...)
	s := r.send("/users/anna/details", with(refused.typed(t, "Save details"), "user_id", "anna", "last_name", "Bergman")...)
	if s.status != 409 {
		t.Errorf("the second try overwrote what was written meanwhile: %d %v", s.status, w.details("anna"))
	}
}

// typed are all fields of the form with a button, as a browser would send them.
func (s *shown) typed(t testing.TB, button string) []string {
	t.Helper()
	for _, form := range s.all("form") {
		if !strings.Contains(wordsOf(form), button) {
			continue
		}
		var fields []string
		for _, n := range within(form, "input") {
			if attribute(n, "name") != "csrf" {
				fields = append(fields, attribute(n, "name"), attribute(n, "value"))
			}
		}
		return fields
	}
	t.Fatalf("%s has no form with a button %q", s.path, button)
	return nil
}

// with changes some fields of a form.
func with(fields []string, pairs ...string) []string {
	all := append([]string{}, fields...)
	for i := 0; i < len(pairs); i += 2 {
		for j := 0; j < len(all); j += 2 {
			if all[j] == pairs[i] {
				all[j+1] = pairs[i+1]
			}
		}
	}
	return all
}
