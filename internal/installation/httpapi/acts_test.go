package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"crypto/ed25519"
	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// changes are acts that are possible in a new world, and what each leaves so.
var changes = []ask{
	{method: "POST", path: "/v1/people", body: `{"user_id":"eva","login":true,"plan":"service"}`},
	{method: "PATCH", path: "/v1/people/cy", body: `{"first_name":"Cyan"}`},
	{method: "PATCH", path: "/v1/people/bo", body: `{"former":true}`},
	{method: "DELETE", path: "/v1/people/bo"},
	{method: "POST", path: "/v1/people/anna/erase", body: `{}`},
	{method: "PUT", path: "/v1/people/anna/plan", body: `{"plan":"service"}`},
	{method: "POST", path: "/v1/people/cy/plans", body: `{"plan":"service"}`},
	{method: "DELETE", path: "/v1/people/anna/plans/sales"},
	{method: "PUT", path: "/v1/people/cy/extras/gadget", body: `{"quantity":2}`},
	{method: "PUT", path: "/v1/profiles/team", body: `{"name":"The team","modules":["gadget"]}`},
	{method: "PUT", path: "/v1/people/anna/login", body: `{"valid_through":"2026-12-31"}`},
	{method: "DELETE", path: "/v1/people/anna/login"},
	{method: "POST", path: "/v1/events", body: `{"type":"no-login"}`},
}

func TestADryRunAnswersLikeTheActAndStoresNothing(t *testing.T) {
	for _, act := range changes {
		t.Run(act.method+" "+act.path, func(t *testing.T) {
			w := newWorld(t)
			before := w.state()
			dry := act
			dry.path += map[bool]string{true: "&", false: "?"}[strings.Contains(act.path, "?")] + "dry_run=true"
			preview := into[map[string]any](w, dry)
			if preview["dry_run"] != true || preview["changed"] != true {
				t.Errorf("the preview says %v", preview)
			}
			if w.state() != before {
				t.Fatal("a dry run stores something")
			}
			real := into[map[string]any](w, act)
			delete(preview, "dry_run")
			delete(preview, "seq")
			delete(real, "seq")
			p, _ := json.Marshal(preview)
			r, _ := json.Marshal(real)
			if string(p) != string(r) {
				t.Errorf("the preview is\n%s\nthe act\n%s", p, r)
			}
			if w.state() == before {
				t.Error("the act stores nothing")
			}
		})
	}
}

func TestWhatIsAlreadySoChangesNothing(t *testing.T) {
	for _, act := range changes {
		if act.method == "POST" && (act.path == "/v1/people" || act.path == "/v1/events") {
			continue // a second person of one user id is refused, and a second event is another
		}
		t.Run(act.method+" "+act.path, func(t *testing.T) {
			w := newWorld(t)
			if strings.Contains(act.path, "erase") {
				act.path = "/v1/people/%231/erase" // the user id is forgotten
			}
			first := into[api.Outcome](w, act)
			after := w.state()
			second := into[api.Outcome](w, act)
			if !first.Changed || second.Changed || second.Seq != first.Seq || w.state() != after {
				t.Errorf("first %+v, then %+v", first, second)
			}
		})
	}
}

func TestACheckSeesEveryAcknowledgedChange(t *testing.T) {
	w := newWorld(t)
	question := ask{method: "POST", path: "/v1/check", token: "check", body: `{"person":"cy","module":"superoffice.user"}`}
	expect := func(effect, reason string, seq int64) {
		t.Helper()
		if a := into[api.Answer](w, question); a.Effect != effect || a.Reason != reason || a.Seq < seq {
			t.Errorf("the answer is %+v, want %s (%s) from %d on", a, effect, reason, seq)
		}
	}
	expect("deny", "not-held", 0)
	changed := into[api.ChangedPerson](w, ask{method: "PUT", path: "/v1/people/cy/plan", body: `{"plan":"service"}`})
	expect("allow", "included", changed.Seq)
	changed = into[api.ChangedPerson](w, ask{method: "DELETE", path: "/v1/people/cy/login"})
	expect("deny", "no-login", changed.Seq)
	changed = into[api.ChangedPerson](w, ask{method: "PUT", path: "/v1/people/cy/login", body: `{"valid_through":"2026-06-10"}`})
	expect("allow", "included", changed.Seq)
	changed = into[api.ChangedPerson](w, ask{method: "PATCH", path: "/v1/people/cy", body: `{"user_id":"cyan"}`})
	expect("deny", "person-unknown", changed.Seq)
	question.body = strings.Replace(question.body, "cy", "cyan", 1)
	expect("allow", "included", changed.Seq)
	changed = into[api.ChangedPerson](w, ask{method: "DELETE", path: "/v1/people/cyan"})
	expect("deny", "person-unknown", changed.Seq)
}

func TestWhyIsToldInTheLanguageAskedForAndAgreesWithTheCheck(t *testing.T) {
	w := newWorld(t)
	into[api.ChangedPerson](w, ask{method: "PUT", path: "/v1/people/cy/plan", body: `{"plan":"service"}`})
	why := func(query, language string) api.Why {
		t.Helper()
		return into[api.Why](w, ask{method: "GET", path: "/v1/why?" + query, language: language})
	}
	got := why("person=cy&module=sale-cal", "sv")
	if got.Effect != "deny" || got.Question.Module != "superoffice.sale-cal" || len(got.Missing) != 1 || got.Missing[0].Text != "Personen har inte Den sale-cal." || len(got.Missing[0].Fixes) == 0 {
		t.Errorf("in Swedish: %+v", got)
	}
	if held := why("person=cy&module=user", ""); len(held.Paths) != 1 || !strings.Contains(held.Paths[0].Steps[0].Text, "token admin") {
		t.Errorf("who gave it: %+v", held.Paths)
	}
	for _, q := range []api.Check{
		{Person: "anna", Module: "superoffice.sale-cal"}, {Person: "cy", Module: "superoffice.sale-cal"}, {Person: "dag", Module: "superoffice.user"},
		{Person: "nobody", Module: "superoffice.user"}, {Person: "anna", Module: "superoffice.nothing"}, {Person: "anna", Client: "superoffice.web"},
		{Person: "dag", Client: "superoffice.web"}, {Person: "cy", Client: "superoffice.none"}, {Feature: "superoffice.sale"}, {Feature: "superoffice.none"},
		{Person: "cy", Feature: "superoffice.sale"}, {Person: "anna", Feature: "superoffice.sale"}, {Person: "anna", Module: "superoffice.server"},
	} {
		body, _ := json.Marshal(q)
		a := into[api.Answer](w, ask{method: "POST", path: "/v1/check", body: string(body)})
		values := url.Values{}
		for name, value := range map[string]string{"person": q.Person, "module": q.Module, "client": q.Client, "feature": q.Feature} {
			if value != "" {
				values.Set(name, value)
			}
		}
		if got := why(values.Encode(), ""); got.Answer != a {
			t.Errorf("%s: the check says %+v, why says %+v", body, a, got.Answer)
		}
	}
}

func TestATokenIsGoodUntilItIsRevokedOrExpires(t *testing.T) {
	w := newWorld(t)
	made := into[api.MadeToken](w, ask{method: "POST", path: "/v1/tokens", body: `{"name":"ci","scopes":["read"],"expires":"2026-06-10"}`})
	status := ask{method: "GET", path: "/v1/status", token: made.Secret}
	if got := w.do(status); got.status != http.StatusOK {
		t.Fatalf("a new token: %d %s", got.status, got.body)
	}
	listed := w.do(ask{method: "GET", path: "/v1/tokens"})
	if strings.Contains(string(listed.body), made.Secret[len("pott_"):]) || !strings.Contains(string(listed.body), made.Token.ID) {
		t.Errorf("tokens are listed as %s", listed.body)
	}
	w.Set(time.Date(2026, 6, 10, 21, 59, 59, 0, time.UTC)) // the last second of the day in Stockholm
	if got := w.do(status); got.status != http.StatusOK {
		t.Errorf("on its last day: %d %s", got.status, got.body)
	}
	w.Set(time.Date(2026, 6, 10, 22, 0, 0, 0, time.UTC))
	if got := w.do(status); got.problem().Code != "auth.invalid" {
		t.Errorf("after its last day: %d %s", got.status, got.body)
	}
	w.Set(housetest.Noon)
	into[api.RevokedToken](w, ask{method: "DELETE", path: "/v1/tokens/" + made.Token.ID})
	if got := w.do(status); got.problem().Code != "auth.invalid" {
		t.Errorf("once revoked: %d %s", got.status, got.body)
	}
	var stored int
	w.must(w.db.QueryRow(t.Context(), "SELECT count(*) FROM token WHERE hash = ?", []byte(made.Secret)).Scan(&stored))
	if stored != 0 {
		t.Error("the secret itself is stored")
	}
}

func TestHistoryAndNumberOutliveThePerson(t *testing.T) {
	w := newWorld(t)
	anna := into[api.PersonDetail](w, ask{method: "GET", path: "/v1/people/ANNA"}) // in any letter case
	into[api.ChangedPerson](w, ask{method: "PUT", path: "/v1/people/anna/plan", body: `{"plan":"service","reason":"moved"}`})
	gone := into[api.ChangedPerson](w, ask{method: "DELETE", path: "/v1/people/anna"})
	if len(gone.Effect.Released) != 1 || len(gone.Effect.Pools) != 2 || !gone.Person.Deleted {
		t.Errorf("deleting does %+v", gone.Effect)
	}
	again := into[api.ChangedPerson](w, ask{method: "POST", path: "/v1/people", body: `{"user_id":"Anna","plan":"sales"}`})
	if again.Person.Number == anna.Number || len(again.Person.Plans) != 1 {
		t.Errorf("the new person is %+v", again.Person)
	}
	byNumber := ask{method: "GET", path: fmt.Sprintf("/v1/people/%%23%d", anna.Number)}
	old := into[api.PersonDetail](w, byNumber)
	if !old.Deleted || len(old.Uses) != 0 || len(old.History) != 2 || old.History[0].Name.Module != "sales" || old.History[0].Until.IsZero() || old.History[1].Reason != "moved" {
		t.Errorf("the old person is %+v", old)
	}
	into[api.ChangedPerson](w, ask{method: "POST", path: byNumber.path + "/erase", body: `{}`})
	if old = into[api.PersonDetail](w, byNumber); old.UserID != "" || old.FirstName != "" || len(old.History) != 2 {
		t.Errorf("the erased person is %+v", old)
	}
	if v := into[api.AuditVerdict](w, ask{method: "GET", path: "/v1/audit/verify"}); v.Verdict != "intact" {
		t.Errorf("after erasing, the chain is %+v", v)
	}
	for _, e := range into[api.List[api.AuditEntry]](w, ask{method: "GET", path: "/v1/audit?limit=1000"}).Items {
		for name, value := range e.Facts {
			if strings.Contains(strings.ToLower(value), "anna") {
				t.Errorf("entry %d names a person for ever: %s is %q", e.Seq, name, value)
			}
		}
	}
}

func TestATokenWhoseRecordWasEditedGivesNothing(t *testing.T) {
	w := newWorld(t)
	made := into[api.MadeToken](w, ask{method: "POST", path: "/v1/tokens", body: `{"name":"ci","scopes":["check"]}`})
	_, err := w.db.Exec(t.Context(), "UPDATE token SET scopes = 'admin' WHERE id = ?", made.Token.ID)
	w.must(err)
	w.Reopen(t)
	w.reconnect()
	if got := w.do(ask{method: "GET", path: "/v1/tokens", token: made.Secret}); got.problem().Code != "auth.invalid" {
		t.Errorf("the edited token: %d %s", got.status, got.body)
	}
	s := into[api.Status](w, ask{method: "GET", path: "/v1/status"})
	if s.Integrity.Quarantined != 1 || s.Integrity.Note == "" || !s.Integrity.Writable {
		t.Errorf("the status says %+v", s.Integrity)
	}
	if listed := w.do(ask{method: "GET", path: "/v1/tokens"}); strings.Contains(string(listed.body), made.Token.ID) {
		t.Errorf("the edited token is listed: %s", listed.body)
	}
}

func TestTheInstallationIsNamedByPathOrHostOrIsTheOnlyOne(t *testing.T) {
	w := newWorld(t)
	name := func(a ask) string {
		a.method = "GET"
		return into[api.Status](w, a).Installation.Name
	}
	if got := name(ask{path: "/birka/v1/status", token: "other"}); got != "birka" {
		t.Errorf("by path: %s", got)
	}
	if got := name(ask{path: "/v1/status", host: "birka.pott.example", token: "other"}); got != "birka" {
		t.Errorf("by host: %s", got)
	}
	if got := w.do(ask{method: "GET", path: "/v1/status", host: "pott.example"}); got.problem().Code != "auth.other-installation" {
		t.Errorf("by nothing, of two: %d %s", got.status, got.body)
	}
	lone := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "lone")
	if lone.NameFor("localhost") != "lone" {
		t.Error("the only installation is not found without a name")
	}
}

// TestTwoAdministratorsTakingTheLastSeat has many try at once: exactly as many
// as there are seats succeed, and everybody else is told that the pool is full.
func TestTwoAdministratorsTakingTheLastSeat(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorldOn(t, db)
		const people = 16
		for i := range people {
			into[api.ChangedPerson](w, ask{method: "POST", path: "/v1/people", body: fmt.Sprintf(`{"user_id":"p%d"}`, i)})
		}
		replies := make([]reply, people)
		var wg sync.WaitGroup
		for i := range people {
			wg.Go(func() {
				replies[i] = w.do(ask{method: "PUT", path: fmt.Sprintf("/v1/people/p%d/plan", i), body: `{"plan":"service"}`})
			})
		}
		wg.Wait()
		// Two seats of service, and one of user that sales leaves free.
		given := 0
		for _, r := range replies {
			switch {
			case r.status == http.StatusOK:
				given++
			case r.problem().Code != "seat.pool-full":
				t.Errorf("%d %s", r.status, r.body)
			}
		}
		l := into[api.License](w, ask{method: "GET", path: "/v1/licenses/user"})
		if given != 1 || l.Taken != 3 || l.Seats != 3 {
			t.Errorf("%d were given a seat, %d of %d taken", given, l.Taken, l.Seats)
		}
		if v := into[api.AuditVerdict](w, ask{method: "GET", path: "/v1/audit/verify"}); v.Verdict != "intact" {
			t.Errorf("the audit chain is %+v", v)
		}
	})
}

func TestHoldingsAreSignedByTheInstallation(t *testing.T) {
	w := newWorld(t)
	text := w.do(ask{method: "GET", path: "/v1/holdings", token: "check"})
	h, err := entitle.ParseHoldings(text.body, housetest.Key("acme").Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatalf("%v in %s", err, text.body)
	}
	if len(h.Sets) != 1 || h.Sets[0] != into[api.Set](w, ask{method: "GET", path: "/v1/sets/superoffice-1"}).Checkpoint {
		t.Errorf("the sets are %v", h.Sets)
	}
	holds := map[string]int{}
	for _, p := range h.People {
		holds[p.Person] = len(p.Holds)
	}
	if !maps.Equal(holds, map[string]int{"anna": 1, "bo": 1, "cy": 0}) {
		t.Errorf("people hold %v", holds)
	}
}

func TestInGraceEverythingWorksAndAfterItOnlyReading(t *testing.T) {
	w := newWorld(t)
	check := func(body string) api.Answer {
		t.Helper()
		return into[api.Answer](w, ask{method: "POST", path: "/v1/check", body: body})
	}
	const module, edit = `{"person":"anna","module":"superoffice.sale-cal"}`, `{"person":"anna","feature":"superoffice.sale"}`
	const client = `{"person":"anna","client":"superoffice.web"}`
	for _, day := range []struct {
		now                  time.Time
		module, edit, client string
		grace                bool
		state                string
	}{
		{time.Date(2027, 3, 27, 12, 0, 0, 0, time.UTC), "allow", "allow", "allow", false, "warning"},
		{time.Date(2027, 3, 28, 12, 0, 0, 0, time.UTC), "allow", "allow", "allow", true, "grace"},
		{time.Date(2027, 4, 8, 21, 0, 0, 0, time.UTC), "allow", "allow", "allow", true, "grace"},
		{time.Date(2027, 4, 9, 12, 0, 0, 0, time.UTC), "read-only", "read-only", "allow", false, "read-only"},
	} {
		w.Set(day.now)
		w.Reopen(t) // the house looks at the clock when it opens, and when a day ends
		w.reconnect()
		m, e, c := check(module), check(edit), check(client)
		if m.Effect != day.module || e.Effect != day.edit || c.Effect != day.client || m.Grace != day.grace {
			t.Errorf("%s: module %+v, edit %+v, client %+v", day.now, m, e, c)
		}
		if s := into[api.Status](w, ask{method: "GET", path: "/v1/status"}); s.State != day.state {
			t.Errorf("%s: the state is %s, want %s", day.now, s.State, day.state)
		}
	}
	w.refuses(t, refusal{ask: ask{method: "PUT", path: "/v1/people/cy/plan", body: `{"plan":"service"}`}, code: "license.read-only"})
	into[api.ChangedPerson](w, ask{method: "PUT", path: "/v1/people/cy/plan", body: `{"plan":"none"}`})
	if gone := into[api.ChangedPerson](w, ask{method: "DELETE", path: "/v1/people/anna/plans/sales"}); !gone.Changed {
		t.Error("after grace nothing can be taken back")
	}
}

// Every door reads the host of a request alike, the quick one for checks too.
func TestTheHostNamesTheInstallationInAnyLetterCaseAndWithAPort(t *testing.T) {
	w := newWorld(t)
	for _, host := range []string{"acme.pott.example", "Acme.pott.example", "ACME:8080", "acme"} {
		a := ask{method: "POST", path: "/v1/check", host: host, token: api.ScopeCheck, body: `{"person":"anna","module":"superoffice.user"}`}
		if got := w.do(a); got.status != http.StatusOK {
			t.Errorf("a check at %s: %d %s", host, got.status, got.body)
		}
		if got := w.do(ask{method: "GET", path: "/v1/status", host: host, token: api.ScopeRead}); got.status != http.StatusOK {
			t.Errorf("the status at %s: %d", host, got.status)
		}
	}
}
