package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
)

// visitor is somebody of acme who is signed in.
func (w *world) visitor(user string) *reader {
	w.t.Helper()
	acme := w.Installation("acme")
	link, err := acme.MakeLink(w.t.Context(), host, user)
	w.must(err)
	begun, err := acme.SignInLink(byPage(w.t.Context()), installation.Visit{}, strings.TrimPrefix(link.Path, installation.LinkPath), "")
	w.must(err)
	r := w.nobody()
	r.enter(begun.Cookie)
	return r
}

func TestAnAdministratorSeesFirstWhatNeedsSomebody(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	karin := w.visitor("karin")
	karin.get("/").says(t, "Nothing needs you.", "Next date: 1 January 2027", "Licenses, those that need you first", "The sales", "Everybody 5", "Latest entries")
	karin.last.lacks(t, "Three steps to begin")
	if got := len(karin.last.table("Latest entries")); got != 8 {
		t.Errorf("%d entries", got)
	}
	for _, id := range []string{"karin", "bo"} {
		_, err := acme.GiveExtra(t.Context(), host, id, "gadget", 1, "")
		w.must(err)
	}
	first, err := acme.Set(t.Context(), host, "superoffice-1")
	w.must(err)
	next := w.set
	next.Number, next.Previous, next.Licenses = 2, first.Checkpoint, slices.Clone(w.set.Licenses)
	next.Licenses[4].Quantity = 1 // lowers the gadget, so that it waits to be reviewed
	_, err = acme.Load(t.Context(), host, w.Vendors.File(t, next))
	w.must(err)
	karin.get("/").says(t, "The gadget is full: 2 of 2 in use", "The set superoffice-2 is waiting for you", "See who has it", "Review")
	// As many rows as the review has, for all who read of the set.
	karin.last.says(t, "It changes 1 row. Nothing happens until you have reviewed it.")
	karin.get("/licenses").says(t, "The set superoffice-2 is waiting for you. It changes 1 row. Nothing happens until you have reviewed it.")
	if rows := karin.get("/licenses/review/superoffice-2").table("compared with superoffice-1"); len(rows) != 1 {
		t.Errorf("the review has %d rows: %q", len(rows), rows)
	}
	w.visitor("olle").get("/").says(t, "It changes 1 row.")
	karin.get("/")
	if text := karin.last.text(); strings.Index(text, "is waiting for you") > strings.Index(text, "is full") {
		t.Errorf("what is more severe stands later: %s", text)
	}
	karin.get("/?lang=sv").says(t, "Den gadget är slut: 2 av 2 används", "Licenspaketet superoffice-2 väntar på dig")
}

func TestNoMoreThanSevenThingsNeedAttentionAtATime(t *testing.T) {
	w := newWorld(t)
	for i := range 9 {
		_, err := w.Installation("acme").StartEvent(t.Context(), host, api.NewEvent{Type: "message", Texts: map[string]string{"en": fmt.Sprint("News ", i)}})
		w.must(err)
	}
	r := w.visitor("karin")
	r.get("/").says(t, "News 0", "News 6", "2 more")
	r.last.lacks(t, "News 7")
}

func TestTheFirstStepsLeadIntoAnEmptyInstallation(t *testing.T) {
	w := newEmptyWorld(t)
	acme, r := w.Installation("acme"), w.host()
	r.get("/").says(t, "Three steps to begin", "Load a license set", "From a file", "Confirm the owner", "Add people")
	r.last.lacks(t, "Done")
	_, err := acme.Load(t.Context(), host, w.Vendors.File(t, w.set))
	w.must(err)
	r.get("/").says(t, "Load a license set Done")
	if got := strings.Join(r.last.links(), " "); !strings.Contains(got, "/licenses/review/superoffice-1") {
		t.Errorf("no way to the set that waits: %s", got)
	}
	_, err = acme.Activate(t.Context(), host, "superoffice-1", api.Activate{})
	w.must(err)
	r.get("/").says(t, "serial number Done", "Add people From a list")
	r.send("/guide").lacks(t, "Three steps")
	if other := w.host(); other.get("/").status != http.StatusOK || !strings.Contains(other.last.text(), "Three steps") {
		t.Error("another browser does not show the steps")
	}
	_, err = acme.AddPerson(t.Context(), host, api.NewPerson{UserID: "anna"})
	w.must(err)
	w.host().get("/").lacks(t, "Three steps")
}

func TestEachRoleSeesItsOwnFirstPage(t *testing.T) {
	w := newWorld(t)
	w.visitor("olle").get("/").says(t, "Are the records whole?", "Every record read carries a good seal", "Verify the audit trail", "You have no licenses yet")
	uma := w.visitor("uma").get("/")
	uma.says(t, "Needs attention", "The sales")
	uma.lacks(t, "Are the records whole?", "Three steps")
	anna := w.visitor("anna").get("/")
	anna.says(t, "You have The sales", "Until 8 April 2027.")
	anna.lacks(t, "Needs attention", "Latest entries", "Bo Ågren", "bo ", "Everybody")
	w.visitor("anna").get("/?lang=sv").says(t, "Du har Den sales", "Till och med 8 april 2027.")
	if s := w.visitor("anna").send("/guide"); s.status != http.StatusForbidden {
		t.Errorf("somebody without a role puts the steps away: %d", s.status)
	}
}

func TestTheFirstPageSaysNothingThatIsInNoCatalogue(t *testing.T) {
	w := newWorld(t)
	for _, who := range []string{"karin", "olle", "anna"} {
		r := w.visitor(who)
		for _, lang := range append([]string{i18n.Pseudo}, i18n.Languages...) {
			text := r.get("/?lang=" + lang).text()
			if strings.Contains(text, "{{") || strings.Contains(text, "home.") || strings.Contains(text, "attention.") || lang == i18n.Pseudo && strings.Contains(text, "You have") {
				t.Errorf("%s in %s: %s", who, lang, text)
			}
		}
	}
}
