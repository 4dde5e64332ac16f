package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/installation/housetest"
)

func TestOnlyAdministratorsSeeTheSettings(t *testing.T) {
	w := newWorld(t)
	for _, who := range []string{"uma", "olle", "anna"} {
		r := w.as(who)
		page := r.get("/settings")
		if page.status != http.StatusForbidden || strings.Contains(page.body, `href="/acme/settings"`) {
			t.Errorf("%s: %d", who, page.status)
		}
		page.says(t, "Karin Lind")
	}
	w.as("karin").get("/settings").says(t, "Acme AB", "Europe", "Always ask before a set comes into force")
}

func TestSettingsAreChangedAndUndone(t *testing.T) {
	w := newWorld(t)
	r := w.as("karin")
	r.get("/settings")
	r.send("/settings/policy", "activation", "ask").says(t, "Always ask before a set comes into force", "Undo")
	r.send("/settings/policy", "activation", "automatic").says(t, "Sets that only add come into force by themselves")
	if page := r.send("/settings/policy", "activation", "never"); page.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", page.status)
	}

	r.get("/settings/roles").says(t, "karin", "Administrator", "olle", "Auditor")
	r.send("/settings/roles", "person", "bo", "role", "auditor").says(t, "bo has the role Auditor now.", "Undo")
	r.send("/settings/roles/take", "person", "bo", "role", "auditor").says(t, "bo does not have the role Auditor any more")
	page := r.send("/settings/roles", "person", "nobody", "role", "auditor")
	page.says(t, "nobody")
	if page.status != http.StatusNotFound || !strings.Contains(page.body, `aria-invalid="true"`) || !strings.Contains(page.body, `value="nobody"`) {
		t.Errorf("%d", page.status)
	}
	r.send("/settings/roles/take", "person", "karin", "role", "administrator").says(t, "own roles")

	r.get("/settings/tokens").says(t, "No API tokens")
	page = r.send("/settings/tokens", "name", "intranet", "scope", "check", "scope", "read", "expires", "2027-06-30")
	page.says(t, "The token is made.", "pott_", "intranet", "check, read", "Good")
	r.get("/settings/tokens").lacks(t, "pott_")
	if page = r.send("/settings/tokens", "name", "nothing"); page.status != http.StatusUnprocessableEntity {
		t.Errorf("a token for nothing: %d", page.status)
	}
	r.get("/settings/tokens")
	for _, l := range r.last.links() {
		if strings.HasSuffix(l, "/revoke") {
			r.send(l).says(t, "The token intranet is revoked.", "Revoked")
		}
	}

	r.get("/settings/blockers")
	r.send("/settings/blockers", "url", "http://127.0.0.1:1/", "timeout_ms", "500", "unreachable", "block").says(t, "is asked from now on")
	if page = r.send("/settings/blockers", "url", "ftp://x/"); page.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", page.status)
	}
	if page = r.send("/settings/blockers", "url", "http://127.0.0.1:1/", "timeout_ms", "soon"); page.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", page.status)
	}
	r.send("/settings/blockers/remove").says(t, "Nobody is asked any more.")
}

func TestProvidersAreAddedTestedAndRemoved(t *testing.T) {
	w := newWorld(t)
	p := housetest.NewProvider(t, w.Clock)
	r := w.as("karin")
	r.get("/settings/providers").says(t, "No sign-in providers")
	r.get("/settings/providers/new")
	page := r.send("/settings/providers", "new", "on", "code", "work", "name", "Work account", "issuer", "ftp://x", "client_id", "pott", "secret", "geheim", "match", "user-id")
	if page.status != http.StatusUnprocessableEntity || strings.Contains(page.body, "geheim") || !strings.Contains(page.body, `value="Work account"`) || !strings.Contains(page.body, `href="#issuer"`) {
		t.Errorf("%d: %s", page.status, page.text())
	}
	page = r.send("/settings/providers", "new", "on", "code", "work", "name", "Work account", "issuer", p.URL, "client_id", "pott", "secret", p.Secret, "match", "email", "claim", "x")
	page.says(t, "Work account is saved.", "/acme/signin/provider/work/callback", "By verified e-mail address")
	r.send("/settings/providers/work/test").says(t, "Work account answers.", "1 key", p.URL+"/authorize")
	page = r.get("/settings/providers/work")
	page.says(t, "Work account", "One is kept")
	if strings.Contains(page.body, p.Secret) {
		t.Error("the secret is shown")
	}
	if page = r.get("/settings/providers/other"); page.status != http.StatusNotFound {
		t.Errorf("%d", page.status)
	}
	r.get("/settings/providers")
	r.send("/settings/providers/work/remove").says(t, "Work account is removed.", "No sign-in providers")
}

func TestAnAdministratorHelpsSomebodyToSignIn(t *testing.T) {
	w := newWorld(t)
	r := w.as("karin")
	r.get("/users/anna/signin").says(t, "Signing in", "Nowhere.", "No password and no passkey yet.")
	page := r.send("/users/anna/signin/link")
	page.says(t, "A one-time link for anna is made.", w.server.URL+"/acme/signin/link/")
	if page = r.get("/users/anna/signin"); strings.Contains(page.body, "/signin/link/") {
		t.Error("the link is shown again")
	}
	page.says(t, "A link that nobody has used is good until")
	w.secret("anna")
	r.get("/users/anna/signin").says(t, "End 1 session", "Remove the password")
	r.send("/users/anna/signin/end").says(t, "session ended: 1", "Nowhere.")
	r.send("/users/anna/signin/forget").says(t, "The password of anna is removed.")
	if page = r.send("/users/anna/signin/forget", "passkey", "key.0"); page.status != http.StatusNotFound {
		t.Errorf("%d", page.status)
	}
	if page = r.get("/users/nobody/signin"); page.status != http.StatusNotFound {
		t.Errorf("%d", page.status)
	}
	if page = w.as("uma").get("/users/anna/signin"); page.status != http.StatusForbidden {
		t.Errorf("a user administrator: %d", page.status)
	}
}
