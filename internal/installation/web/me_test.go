package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestEverybodySeesTheOwnLicensesAndWhy(t *testing.T) {
	w := newWorld(t)
	page := w.as("anna").get("/me")
	page.says(t, "What Anna Berg can use", "Your plans", "The sales")
	if !strings.Contains(page.body, "<details>") {
		t.Error("what comes with a plan is not there")
	}
	w.as("uma").get("/me").says(t, "You have no licenses yet")
}

func TestTheOwnPasswordSessionsAndLooks(t *testing.T) {
	w := newWorld(t)
	r := w.as("anna")
	other := w.as("anna")
	r.get("/me/signin").says(t, "Firefox, Linux (this one)", "Sign out 1 other place", "You have no password")
	r.send("/me/password", "password", sentence).says(t, "The password is saved.", "session ended: 1")
	if page := other.get("/me"); !strings.HasPrefix(page.path, "/signin") {
		t.Errorf("the other session goes on at %s", page.path)
	}
	page := r.send("/me/password", "current", "wrong", "password", "en helt annan mening")
	if page.status != http.StatusUnauthorized {
		t.Errorf("a wrong password: %d", page.status)
	}
	page.says(t, "is not right")
	if page = r.send("/me/password", "current", sentence, "password", "annaberg"); page.status != http.StatusUnprocessableEntity {
		t.Errorf("a short password: %d", page.status)
	}
	w.as("anna")
	r.get("/me/signin")
	r.send("/me/sessions/end").says(t, "session ended: 1")

	page = r.send("/me/appearance", "language", "sv", "theme", "dark", "shortcuts", "on")
	if page.path != "/me/appearance" || !strings.Contains(page.body, `lang="sv"`) || !strings.Contains(page.body, `data-theme="dark"`) || !strings.Contains(page.body, `data-keys="on"`) {
		t.Errorf("%s: %s", page.path, page.body[:300])
	}
	page.says(t, "Sparat.")
	if page = r.send("/me/appearance", "theme", "pink"); page.status != http.StatusUnprocessableEntity {
		t.Errorf("pink: %d", page.status)
	}
	page = r.send("/me/appearance", "language", "", "theme", "")
	if strings.Contains(page.body, "data-theme") || strings.Contains(page.body, `data-keys="on"`) {
		t.Error("what the system says does not hold again")
	}
}

func TestWhoSignedInLongAgoIsAskedToSignInAgain(t *testing.T) {
	w := newWorld(t)
	r := w.as("anna")
	r.get("/me")
	w.Set(w.Clock().Add(time.Hour))
	r.get("/me/signin").says(t, "sign in again first")
	if page := r.send("/me/password", "password", sentence); page.status != http.StatusForbidden {
		t.Errorf("%d", page.status)
	}
	if page := r.send("/signout", "next", "/me/signin"); page.path != "/signin?next=%2Fme%2Fsignin" {
		t.Errorf("led to %s", page.path)
	}
}

func TestASessionSaysWhenItEndsAndUsingItPutsThatOff(t *testing.T) {
	w := newWorld(t)
	r := w.as("anna")
	if page := r.get("/me"); !strings.Contains(page.body, `data-until="`+w.Clock().Add(2*time.Hour).Format(time.RFC3339)+`"`) {
		t.Errorf("the page does not say until when: %.400s", page.body)
	}
	w.Set(w.Clock().Add(2*time.Hour - time.Minute))
	if page := r.get("/signin/stay.json"); !strings.Contains(page.body, w.Clock().Add(2*time.Hour).Format("2006-01-02T15:04")) {
		t.Errorf("%d: %s", page.status, page.body)
	}
	w.Set(w.Clock().Add(2*time.Hour - time.Minute))
	if page := r.get("/me"); page.path != "/me" {
		t.Errorf("it ended: %s", page.path)
	}
	if page := w.nobody().get("/signin"); strings.Contains(page.body, "data-until") {
		t.Error("nobody has a session that ends")
	}
}

func TestTheRecoveryDoorHasNoPagesOfItsOwn(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	for _, path := range []string{"/me", "/me/signin", "/me/appearance"} {
		if page := r.get(path); page.status != http.StatusConflict {
			t.Errorf("%s: %d", path, page.status)
		}
	}
	if page := r.get("/settings"); page.status != http.StatusOK {
		t.Errorf("settings: %d", page.status)
	}
}
