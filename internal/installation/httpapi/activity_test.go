package httpapi_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
)

// A product asks because somebody is at work; the command asks because somebody
// wants to know.
func TestWhoAsksAtTheCommandLineMakesNobodyActive(t *testing.T) {
	w := newWorld(t)
	w.do(ask{method: "PATCH", path: "/v1/activity", body: `{"collected":true,"ground":"agreed"}`})
	asks := func(agent, path, body string) {
		r := httptest.NewRequest("POST", "/acme"+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+w.tokens[api.ScopeCheck])
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("User-Agent", agent)
		answer := httptest.NewRecorder()
		w.door.ServeHTTP(answer, r)
		if answer.Code != 200 || !strings.Contains(answer.Body.String(), `"allow"`) {
			t.Fatalf("%s %s: %d %s", agent, path, answer.Code, answer.Body)
		}
	}
	active := func() string {
		return into[api.Person](w, ask{method: "GET", path: "/v1/people/anna"}).LastActive
	}
	const one = `{"person":"anna","module":"superoffice.user"}`
	for _, step := range []struct{ agent, path, body, want string }{
		{"pott/1.2.3", "/v1/check", one, "never"},
		{"pott/1.2.3", "/v1/checks", `{"checks":[` + one + `]}`, "never"},
		{"intranet/7", "/v1/check", one, "today"},
	} {
		asks(step.agent, step.path, step.body)
		if got := active(); got != step.want {
			t.Errorf("%s at %s: anna was active %q", step.agent, step.path, got)
		}
	}
}
