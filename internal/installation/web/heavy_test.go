package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

func TestWhoFreesMoreThanAFifthOfEverybodyTypesTheOrganisationsName(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	for i := range 6 {
		_, err := acme.AddPerson(t.Context(), host, api.NewPerson{UserID: fmt.Sprint("guest", i), Plan: "none"})
		w.must(err)
	}
	w.waits(w.offer(map[license.Module]int64{"none": -1}))
	r := w.signedIn("karin")
	choices := url.Values{}
	for _, id := range []string{"karin", "guest0", "guest1", "guest2", "guest3", "guest4", "guest5"} {
		choices.Add("c", "remove~superoffice.none~~"+w.number(id))
	}
	s := r.get("/licenses/review/superoffice-2/apply?" + choices.Encode())
	s.says(t, "Free 7 and activate", "This concerns many. Type Acme AB to go on", "More than a fifth of all people lose something.")
	fields := s.fields(t, "Free 7 and activate")
	for _, path := range []string{"/licenses/review/superoffice-2/apply", "/licenses/review/superoffice-2"} {
		for _, org := range []string{"", "acme ab", "Acme"} {
			s = r.send(path, append(fields, "org", org)...)
			if s.status != http.StatusUnprocessableEntity || w.inForce() != "superoffice-1" {
				t.Fatalf("%s with %q: %d, %s in force", path, org, s.status, w.inForce())
			}
			s.says(t, "What was typed is not Acme AB.")
		}
	}
	r.send("/licenses/review/superoffice-2/apply", append(s.fields(t, "Free 7 and activate"), "org", "Acme AB")...).says(t, "7 places freed and set superoffice-2 activated.")
}

func TestWhoTakesFromMoreThanAFifthOfEverybodyByAListTypesTheOrganisationsName(t *testing.T) {
	w := newWorld(t)
	list := "user_id,plans\n"
	for i := range 6 {
		id := fmt.Sprint("guest", i)
		_, err := w.Installation("acme").AddPerson(t.Context(), host, api.NewPerson{UserID: id, Plan: "none"})
		w.must(err)
		list += id + ",none\n"
	}
	uma := w.signedIn("uma")
	uma.get("/users/bulk")
	s := uma.send("/users/bulk", "mode", "remove", "text", list)
	s.says(t, "This concerns many. Type Acme AB to go on", "Change 6 people")
	for _, org := range []string{"", "acme ab"} {
		refused := uma.send(s.path, append(s.fields(t, "Change 6 people"), "org", org)...)
		if refused.status != http.StatusUnprocessableEntity || w.holds("none") != 7 {
			t.Fatalf("with %q: %d, %d have it", org, refused.status, w.holds("none"))
		}
		refused.says(t, "is not Acme AB", "Change 6 people")
	}
	uma.send(s.path, append(s.fields(t, "Change 6 people"), "org", "Acme AB")...).says(t, "6 changed")
	// A few people more or less are nobody's whole organisation.
	uma.get("/users/bulk")
	uma.send("/users/bulk", "mode", "remove", "text", "user_id,plans\nbo,sales\n").lacks(t, "This concerns many")
}
