package web_test

import (
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

func TestWhoWaitsIsApprovedOrRefusedWhereTheNameStands(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	for _, id := range []string{"eva", "fia", "gun"} {
		_, err := acme.AddPerson(t.Context(), installation.Act{By: housetest.Host}, api.NewPerson{UserID: id, FirstName: strings.ToUpper(id[:1]) + id[1:], Login: true, Waiting: true})
		w.must(err)
	}
	uma := w.as("uma")
	list := uma.get("/users?waiting=true&sort=name")
	list.says(t, "3 people", "Approve Eva", "Refuse Fia")
	if !strings.Contains(list.body, `formaction="/acme/users/eva/approve"`) {
		t.Error("the row has no button that approves")
	}
	back := uma.send("/users/eva/approve", "from", "list", "query", "waiting=true&sort=name")
	back.says(t, "Eva is approved", "2 people")
	if back.path != "/users?sort=name&waiting=true" {
		t.Errorf("it leads to %s", back.path)
	}
	uma.get("/users/fia").says(t, "Approve Fia", "Refuse Fia")
	uma.get("/users/fia/refuse").says(t, "Refuse Fia?", "Nothing", "Let it wait")
	uma.send("/users/fia/refuse").says(t, "Fia is refused and deleted.")
	if p, err := acme.Person(t.Context(), installation.Act{}, "#7"); err != nil || !p.Deleted {
		t.Errorf("Fia is %+v, %v", p.Person, err)
	}
	uma.get("/users")
	uma.send("/users/bulk/change", "act", "refuse", "who", "gun").says(t, "Refuse 1 person")
	if got := uma.get("/users/anna/refuse"); got.status != 409 {
		t.Errorf("refusing somebody who does not wait is answered %d", got.status)
	}
	olle := w.as("olle")
	olle.get("/users?waiting=true").lacks(t, "Approve Gun")
	if got := olle.get("/users/gun/refuse"); got.status != 403 {
		t.Errorf("an auditor is answered %d", got.status)
	}
}

func TestHowSomebodySignsInIsOneOfTheTabsForAdministrators(t *testing.T) {
	w := newWorld(t)
	karin := w.as("karin")
	if page := karin.get("/users/anna"); !strings.Contains(page.body, `href="/acme/users/anna/signin"`) {
		t.Error("the page of a person has no tab to how she signs in")
	}
	page := karin.get("/users/anna/signin")
	page.says(t, "Anna Berg", "Overview", "Signing in")
	if !strings.Contains(page.body, `<title>Signing in – Anna Berg · `) {
		t.Error("the title does not say which page it is")
	}
	if page := w.as("uma").get("/users/anna"); strings.Contains(page.body, "/users/anna/signin") {
		t.Error("somebody who may not see it is led there")
	}
}

func TestTheOrganizationsChoiceHoldsUntilSomebodyChooses(t *testing.T) {
	w := newWorld(t)
	karin, nobody := w.as("karin"), w.nobody()
	nobody.get("/signin").says(t, "Sign in")
	karin.get("/settings").says(t, "Language and looks", "Svenska", "High contrast")
	karin.send("/settings/defaults", "language", "sv", "theme", "dark").says(t, "Svenska", "Undo")
	door := w.nobody().get("/signin")
	if !strings.Contains(door.body, `lang="sv"`) || !strings.Contains(door.body, `data-theme="dark"`) {
		t.Errorf("the sign-in page begins with %.200s", door.body)
	}
	asks := w.nobody().asked("/signin", "Accept-Language", "de, en;q=0.5")
	defer asks.Body.Close()
	if got := asks.Header.Get("Content-Language"); got != "de" {
		t.Errorf("who asks for German gets %s", got)
	}
	fr := w.nobody().asked("/signin", "Accept-Language", "fr")
	defer fr.Body.Close()
	if got := fr.Header.Get("Content-Language"); got != "sv" {
		t.Errorf("who asks for a language there is not gets %s", got)
	}
	bo := w.as("bo")
	bo.get("/me/appearance").says(t, "Som organisationen (Mörkt)")
	bo.send("/me/appearance", "language", "en", "theme", "light")
	if page := bo.get("/me"); !strings.Contains(page.body, `lang="en"`) || !strings.Contains(page.body, `data-theme="light"`) {
		t.Errorf("bo's choice does not win: %.200s", page.body)
	}
	bo.send("/me/appearance", "language", "en", "theme", "system")
	if page := bo.get("/me"); strings.Contains(page.body, `data-theme`) {
		t.Errorf("as the device is: %.200s", page.body)
	}
	if page := karin.send("/settings/defaults", "language", "la", "theme", "dark"); page.status != 422 {
		t.Errorf("a language there is not is answered %d", page.status)
	}
}
