package installation_test

import (
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// Administration takes user ids in any letter case for one person, and so do
// checks: what one calls Anna the other may not call somebody unknown.
func TestAPersonIsOnePersonInAnyLetterCaseAlsoInChecks(t *testing.T) {
	f, in := withAnna(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "Karin.Åberg", Login: true, Plan: "sales-premium"})
	must(t, err)
	allowed := func(person string, want bool) {
		t.Helper()
		q := api.Check{Person: person, Module: "superoffice.sale-cal"}
		a, err := in.Check(q)
		must(t, err)
		why, err := in.Why(ctx, admin, q)
		must(t, err)
		if a != why.Answer || (a.Effect == api.Allow) != want {
			t.Errorf("%q: the check says %+v, why %+v", person, a, why.Answer)
		}
	}
	for _, id := range []string{"anna", "Anna", "ANNA", "karin.åberg", "KARIN.ÅBERG", "\u212Aarin.Åberg"} {
		allowed(id, true)
	}
	for _, id := range []string{"anna ", "ann\u0430", "karin.aberg", "karin.a\u030Aberg"} { // a Cyrillic a, a combining ring
		allowed(id, false)
	}
	if _, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "\u212AARIN.åberg"}); code(err) != "person.user-id-taken" {
		t.Errorf("a second Karin: %v", err)
	}
	// The spelling is what is shown, and may be changed alone.
	id := "KARIN.Åberg"
	_, err = in.ChangePerson(ctx, admin, "karin.åberg", api.PersonPatch{UserID: &id})
	must(t, err)
	allowed("karin.Åberg", true)
	people, err := in.People(ctx, admin, installation.PeopleFilter{Text: "karin"})
	must(t, err)
	if people.Items[0].UserID != id {
		t.Errorf("shown as %q", people.Items[0].UserID)
	}
	holdings, err := in.Holdings(ctx, admin)
	must(t, err)
	if !strings.Contains(string(holdings), `"person":"KARIN.Åberg"`) {
		t.Error("the holdings spell it otherwise")
	}
	other := "eva"
	_, err = in.ChangePerson(ctx, admin, "karin.åberg", api.PersonPatch{UserID: &other})
	must(t, err)
	allowed("karin.åberg", false)
	allowed("EVA", true)
	f.Reopen(t)
	in = f.Installation("acme")
	allowed("Eva", true)
}
