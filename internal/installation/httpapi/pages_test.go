package httpapi_test

import (
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

// Whoever reads page after page comes to the end, also when the last person of a
// page has gone meanwhile.
func TestPagesEndWhenTheirPeopleGo(t *testing.T) {
	w := newWorld(t)
	seen := map[string]int{}
	after := ""
	for range 10 {
		page := into[api.List[api.Person]](w, ask{method: "GET", path: "/v1/people?limit=1&after=" + after})
		for _, p := range page.Items {
			seen[p.UserID]++
		}
		if after = page.Next; after == "" {
			break
		}
		_, err := w.Installation("acme").DeletePerson(t.Context(), installation.Act{By: housetest.Host}, page.Items[0].UserID)
		w.must(err)
	}
	if after != "" || len(seen) != 3 || seen["anna"] != 1 || seen["bo"] != 1 || seen["cy"] != 1 {
		t.Errorf("seen %v, and then %q", seen, after)
	}
	for _, path := range []string{"/v1/people?after=nobody", "/v1/people?after=99999", "/v1/licenses/sales/holders?after=x"} {
		if r := w.do(ask{method: "GET", path: path}); r.problem().Code != "request.bad-value" {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}
