package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

// saysDoors reports what programs have done without it being on record through
// which door, and in which request. It is asked after every test.
func (w *world) saysDoors() {
	for _, name := range []string{"acme", "birka"} {
		in := w.Installation(name)
		if in == nil {
			continue
		}
		list, err := in.Audit(context.Background(), installation.Act{By: housetest.Host}, installation.AuditFilter{Who: string(audit.Token), Limit: 1000})
		if err != nil {
			continue // what the test has done to the trail is its own matter
		}
		for _, e := range list.Items {
			if e.Door == "" || e.Request == "" {
				w.t.Errorf("entry %d-%d, %s: through door %q in request %q", e.Seq, e.N, e.Action, e.Door, e.Request)
			}
		}
	}
}

// The command says what it is; what else a caller says of itself or of its request
// is not on record.
func TestTheDoorIsWhatTheCallerSaysItIs(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name   string
		header http.Header
		want   string
	}{
		{"the command", http.Header{"User-Agent": {"pott/1.2.3"}}, "command"},
		{"a program", http.Header{"User-Agent": {"intranet/7"}}, "api"},
		{"nothing", http.Header{"User-Agent": {""}}, "api"},
		{"what is called alike", http.Header{"User-Agent": {"pottery/1"}}, "api"},
		{"somewhere in it", http.Header{"User-Agent": {"curl/8 pott/1"}}, "api"},
		{"said twice", http.Header{"User-Agent": {"pott/1", "intranet/7"}}, "api"},
		{"a number of its own", http.Header{"User-Agent": {"pott/1"}, "X-Request-Id": {"mine-1"}}, "command"},
		{"a huge one", http.Header{"X-Request-Id": {strings.Repeat("a", 20000)}}, "api"},
		{"hostile ones", http.Header{"X-Request-Id": {"'; DROP TABLE audit", "door=host"}}, "api"},
	} {
		r := httptest.NewRequest("PUT", "/acme/v1/people/cy/plan", strings.NewReader(`{"plan":"superoffice.none"}`))
		r.Header = test.header
		r.Header.Set("Authorization", "Bearer "+w.tokens[api.ScopeAssign])
		r.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder() // a client would not say a thing twice
		w.door.ServeHTTP(answer, r)
		given := answer.Header().Values("X-Request-Id")
		list := into[api.List[api.AuditEntry]](w, ask{method: "GET", path: "/v1/audit?who=token&action=plan.set&limit=1&request=" + strings.Join(given, ",")})
		if answer.Code != http.StatusOK || len(given) != 1 || len(list.Items) != 1 || list.Items[0].Door != test.want || list.Items[0].Request != given[0] {
			t.Errorf("%s: %d, request %q, %+v", test.name, answer.Code, given, list.Items)
		}
		w.do(ask{method: "DELETE", path: "/v1/people/cy/plans/superoffice.none"})
	}
	for _, bad := range []string{"door=window", "request=%25", "request=a%20b"} {
		if p := w.do(ask{method: "GET", path: "/v1/audit?" + bad}).problem(); p.Code != "request.bad-value" {
			t.Errorf("%s: %+v", bad, p)
		}
	}
}

func TestARecordOfPeopleThatAProgramReadsIsOnRecord(t *testing.T) {
	w := newWorld(t)
	exports := func() int {
		list := into[api.List[api.AuditEntry]](w, ask{method: "GET", path: "/v1/audit?action=people.export"})
		return len(list.Items)
	}
	// The first set changed nothing for people: nobody was there.
	w.do(ask{method: "GET", path: "/v1/activations/1"})
	if n := exports(); n != 0 {
		t.Errorf("a record of nobody is on record %d times", n)
	}
	// The next one ends what Anna and Bo have.
	next := w.set
	next.Number, next.Previous = 2, into[api.Set](w, ask{method: "GET", path: "/v1/sets/superoffice-1"}).Checkpoint
	next.Licenses = nil
	for _, l := range w.set.Licenses {
		if l.Module == "sales" {
			l.Quantity = 1
		}
		next.Licenses = append(next.Licenses, l)
	}
	acme, host := w.Installation("acme"), installation.Act{By: housetest.Host}
	_, err := acme.Load(t.Context(), host, w.Vendors.File(t, next))
	w.must(err)
	_, err = acme.Activate(t.Context(), host, "superoffice-2", api.Activate{Choices: []api.Choice{{Person: "bo", Do: api.ChooseRemove, Name: "superoffice.sales"}}})
	w.must(err)
	for _, method := range []string{"GET", "HEAD"} {
		w.do(ask{method: method, path: "/v1/activations/2"})
	}
	if n := exports(); n != 1 {
		t.Errorf("a record of one person is on record %d times", n)
	}
}
