package web_test

import (
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

func TestWhatNothingUndoesIsAskedOnceMore(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	made, err := acme.MakeToken(t.Context(), host, api.NewToken{Name: "intranet", Scopes: []string{"read"}})
	w.must(err)
	_, err = acme.PutProvider(t.Context(), host, "work", api.ProviderBody{Name: "Work account", Issuer: "https://id.example.com", ClientID: "pott"})
	w.must(err)
	r := w.visitor("karin")
	for _, test := range []struct{ path, list, button, done string }{
		{"/settings/tokens/" + made.Token.ID + "/revoke", "/settings/tokens", "Revoke intranet", "The token intranet is revoked."},
		{"/settings/providers/work/remove", "/settings/providers", "Remove Work account", "Work account is removed."},
	} {
		if r.get(test.list); strings.Contains(r.last.body, `action="/acme`+test.path) || !strings.Contains(r.last.body, `href="/acme`+test.path) {
			t.Errorf("%s is done without asking", test.path)
		}
		r.get(test.path).says(t, "Nothing is saved yet.", test.button, "Keep as it is")
		r.get(test.list).says(t, test.button)
		r.send(test.path).says(t, test.done)
	}
	if s := r.get("/settings/tokens/" + made.Token.ID + "/revoke"); s.path != "/settings/tokens" {
		t.Errorf("a token that is revoked already: at %s", s.path)
	}
	if s := r.get("/settings/providers/work/remove"); s.status != 404 {
		t.Errorf("a provider that is gone: %d", s.status)
	}
}

func TestNumbersInUseOfAReviewLeadToWhoHasThem(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sales": 1}))
	if s := w.visitor("karin").get("/licenses/review/superoffice-2"); !strings.Contains(s.body, `href="/acme/licenses/SUPEROFFICE/sales#holders"`) {
		t.Errorf("no way from the number: %s", s.body)
	}
	w.visitor("olle").get("/").says(t, "The set superoffice-2 waits for Karin Lind.")
}
