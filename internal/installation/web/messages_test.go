package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestWhoIsToldOfWhatIsChosenInATable(t *testing.T) {
	w := newWorld(t)
	r := w.as("karin")
	page := r.get("/settings/messages")
	page.says(t, "A license is full or over", "Everybody concerned", "Addresses called", "No mail server is set", "all messages so far were taken")
	if got := strings.Count(page.body, ` name="on"`); got != 7*4+1 {
		t.Errorf("%d boxes", got)
	}
	if got := strings.Count(page.body, " checked"); got != 16 {
		t.Errorf("%d of them are ticked", got)
	}
	r.send("/settings/messages", "on", "pool auditor", "on", "damage administrator").says(t, "Saved.")
	page = r.get("/settings/messages")
	if got := strings.Count(page.body, " checked"); got != 2 {
		t.Errorf("%d are ticked, of two that were", got)
	}
	for _, who := range []string{"uma", "olle", "anna"} {
		if got := w.as(who).get("/settings/messages"); got.status != http.StatusForbidden {
			t.Errorf("%s: %d", who, got.status)
		}
	}
}

func TestAddressesThatAreCalledAreAddedTriedAndRemoved(t *testing.T) {
	w := newWorld(t)
	r := w.as("karin")
	r.get("/settings/messages")
	page := r.send("/settings/messages/webhooks", "url", "ftp://x/<b>")
	if page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, `value="ftp://x/&lt;b&gt;"`) {
		t.Errorf("%d", page.status)
	}
	r.send("/settings/messages/webhooks", "url", "http://127.0.0.1:1/pott").says(t, "http://127.0.0.1:1/pott is called from now on")
	r.get("/settings/messages")
	for _, l := range r.last.links() {
		if strings.HasSuffix(l, "/remove") {
			r.send(l).says(t, "http://127.0.0.1:1/pott is called no longer")
		}
	}
	if page = r.send("/settings/messages/test"); page.status != http.StatusBadGateway {
		t.Errorf("a test without a mail server: %d", page.status)
	}
}

func TestEverybodyChoosesTheOwnMails(t *testing.T) {
	w := newWorld(t)
	r := w.as("anna")
	page := r.get("/me/messages")
	page.says(t, "Licenses end soon")
	page.lacks(t, "The records were changed")
	r.send("/me/messages").says(t, "Saved.")
	if page = r.get("/me/messages"); strings.Contains(page.body, " checked") {
		t.Error("it is still ticked")
	}
	r.send("/me/messages", "on", "expiry").says(t, "Saved.")
	if page = r.get("/me/messages"); !strings.Contains(page.body, " checked") {
		t.Error("it is not ticked again")
	}
	w.as("karin").get("/me/messages").says(t, "The records were changed")
}
