package httpapi_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/problem"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A refusal is a request that must be refused, and how.
type refusal struct {
	name string
	ask  ask
	code string
}

// files are license files that something is wrong with.
func files(w *world) map[string]string {
	change := func(edit func(*license.Set)) license.Set {
		set := w.set
		set.Licenses = slices.Clone(set.Licenses)
		set.Number, set.Previous = 2, strings.Repeat("0", 64)
		edit(&set)
		return set
	}
	sign := func(edit func(*license.Set)) string { return string(w.Vendors.File(w.t, change(edit))) }
	good := sign(func(*license.Set) {})
	day := func(y, m, d int) license.Date { return license.Date{Year: y, Month: time.Month(m), Day: d} }
	return map[string]string{
		"damaged":       strings.Replace(good, "\n", "\r\n", 1),
		"truncated":     good[:len(good)/2],
		"edited":        strings.Replace(good, "Acme AB", "Acme XY", 1),
		"foreign":       sign(func(s *license.Set) { s.Serial = "1600065823" }),
		"other key":     sign(func(s *license.Set) { s.Installation = licensefile.Fingerprint(w.otherKey()) }),
		"not yet valid": sign(func(s *license.Set) { s.Issued = s.Issued.AddDate(0, 0, 3) }),
		"expired": sign(func(s *license.Set) {
			s.Issued = s.Issued.AddDate(-2, 0, 0)
			s.Dates = license.Dates{Expiry: day(2026, 5, 1), Grace: day(2026, 5, 31)}
		}),
		"demo":       sign(func(s *license.Set) { s.Demo, s.Dates = true, license.Dates{Expiry: day(2026, 12, 1)} }),
		"other root": w.stranger(change(func(*license.Set) {})),
		"unknown":    sign(func(s *license.Set) { s.Issuer = housetest.Stranger }),
		"fenced":     sign(func(s *license.Set) { s.Issuer = "ACME"; s.License("gadget").Quantity = 101 }),
		"twin":       string(w.Vendors.File(w.t, w.twin())),
		"newer":      strings.Replace(good, "pott-license-set/v1", "pott-license-set/v2", 1),
		"small":      sign(func(s *license.Set) { s.License("sale-cal").Quantity = 1 }),
		"vanished": sign(func(s *license.Set) {
			s.Licenses = slices.DeleteFunc(s.Licenses, func(l license.License) bool { return l.Module == "gadget" })
		}),
	}
}

// TestBadInputIsRefusedWholeAndSaidWell makes every request an administrator can
// get wrong. Each has its own code and status, sentences in English and Swedish
// that name what they are about, and leaves what is stored as it was.
func TestBadInputIsRefusedWholeAndSaidWell(t *testing.T) {
	w := newWorld(t)
	file := files(w)
	load := func(which string) ask {
		return ask{method: "POST", path: "/v1/sets", body: file[which], media: "text/plain"}
	}
	put := func(path, body string) ask { return ask{method: "PUT", path: path, body: body} }
	for _, r := range []refusal{
		{"a damaged set", load("damaged"), "set.malformed"},
		{"a truncated set", load("truncated"), "set.malformed"},
		{"an edited set", load("edited"), "set.bad-signature"},
		{"a set that needs a newer version", load("newer"), "set.needs-newer"},
		{"a set for another customer", load("foreign"), "set.other-serial"},
		{"a set for another installation", load("other key"), "set.other-installation"},
		{"a set that is not yet valid", load("not yet valid"), "set.not-yet-valid"},
		{"a set that has expired", load("expired"), "set.expired"},
		{"a demo set", load("demo"), "set.demo"},
		{"a set of an unknown issuer", load("unknown"), "set.unknown-issuer"},
		{"a set under another root", load("other root"), "set.forked-key-list"},
		{"a set beyond what its issuer may grant", load("fenced"), "set.outside-fence"},
		{"a set as JSON", ask{method: "POST", path: "/v1/sets", body: "{}", media: "application/json"}, "request.media-type"},
		{"a set that is too large", ask{method: "POST", path: "/v1/sets", body: strings.Repeat("x", 8<<20+1), media: "text/plain"}, "request.too-large"},
		{"activating what was never received", ask{method: "POST", path: "/v1/sets/superoffice-9/activate"}, "set.unknown"},
		{"a set id that is none", ask{method: "GET", path: "/v1/sets/nothing"}, "set.unknown"},

		{"an unknown plan", put("/v1/people/cy/plan", `{"plan":"superoffice.sales-ultimate"}`), "license.unknown-module"},
		{"no plan at all", put("/v1/people/cy/plan", `{}`), "license.unknown-module"},
		{"a module as a plan", put("/v1/people/cy/plan", `{"plan":"gadget"}`), "plan.not-a-plan"},
		{"a full pool", put("/v1/people/cy/plan", `{"plan":"sales"}`), "seat.pool-full"},
		{"a second plan of a group", ask{method: "POST", path: "/v1/people/anna/plans", body: `{"plan":"service"}`}, "plan.exclusive"},
		{"an unknown person", put("/v1/people/nobody/plan", `{"plan":"service"}`), "person.unknown"},
		{"an unknown number", put("/v1/people/%23999/plan", `{"plan":"service"}`), "person.unknown"},
		{"a deleted person", put("/v1/people/dag/plan", `{"plan":"service"}`), "person.gone"},
		{"a login for a deleted person", put("/v1/people/dag/login", `{}`), "person.gone"},
		{"changing a deleted person", ask{method: "PATCH", path: "/v1/people/dag", body: `{"last_name":"X"}`}, "person.gone"},
		{"a hidden license by hand", put("/v1/people/cy/extras/sale-cal", ``), "seat.hidden"},
		{"a system license for a person", put("/v1/people/cy/extras/server", ``), "seat.not-assignable"},
		{"a plan as an extra", put("/v1/people/cy/extras/service", ``), "seat.is-a-plan"},
		{"a quantity below one", put("/v1/people/cy/extras/gadget", `{"quantity":-1}`), "seat.bad-quantity"},
		{"an extra for the wrong kind of person", ask{method: "PATCH", path: "/v1/people/anna", body: `{"kind":"external"}`}, "seat.person-kind"},
		{"a kind there is not", ask{method: "PATCH", path: "/v1/people/anna", body: `{"kind":"boss"}`}, "license.bad-word"},
		{"a user id that is taken", ask{method: "POST", path: "/v1/people", body: `{"user_id":"ANNA"}`}, "person.user-id-taken"},
		{"a person without a user id", ask{method: "POST", path: "/v1/people", body: `{}`}, "request.bad-value"},
		{"a user id that turns letters around", ask{method: "POST", path: "/v1/people", body: `{"user_id":"a\u202eb"}`}, "request.bad-value"},
		{"a person on a full plan", ask{method: "POST", path: "/v1/people", body: `{"user_id":"eva","plan":"sales"}`}, "seat.pool-full"},
		{"a day there is not", put("/v1/people/cy/login", `{"valid_through":"2026-02-30"}`), "request.bad-value"},
		{"an unknown profile", put("/v1/people/cy/profile", `{"profile":"ghosts"}`), "profile.unknown"},
		{"a profile with a plan", put("/v1/profiles/p", `{"modules":["sales"]}`), "seat.is-a-plan"},
		{"a profile code with spaces", put("/v1/profiles/a%20b", `{"modules":[]}`), "request.bad-value"},
		{"deleting an unknown profile", ask{method: "DELETE", path: "/v1/profiles/ghosts"}, "profile.unknown"},
		{"revoking an unknown token", ask{method: "DELETE", path: "/v1/tokens/ffff"}, "token.unknown"},
		{"a token without scopes", ask{method: "POST", path: "/v1/tokens", body: `{"name":"x","scopes":[]}`}, "request.bad-value"},
		{"a token with an unknown scope", ask{method: "POST", path: "/v1/tokens", body: `{"name":"x","scopes":["root"]}`}, "license.bad-word"},
		{"a token that has expired already", ask{method: "POST", path: "/v1/tokens", body: `{"name":"x","scopes":["read"],"expires":"2026-06-09"}`}, "request.bad-value"},

		{"no token", ask{method: "GET", path: "/v1/status", token: "-"}, "auth.missing"},
		{"a token that is none", ask{method: "GET", path: "/v1/status", token: "pott_x_y"}, "auth.invalid"},
		{"a token with another secret", ask{method: "GET", path: "/v1/status", token: w.tokens["read"][:len(w.tokens["read"])-1] + "x"}, "auth.invalid"},
		{"another installation's token", ask{method: "GET", path: "/v1/status", token: "other"}, "auth.other-installation"},
		{"another installation's token at a check", ask{method: "POST", path: "/v1/check", token: "other", body: `{"feature":"superoffice.sale"}`}, "auth.other-installation"},
		{"an installation there is not", ask{method: "GET", path: "/corp/v1/status"}, "auth.other-installation"},
		{"an installation there is not, with no good token", ask{method: "GET", path: "/corp/v1/status", token: "pott_x_y"}, "auth.invalid"},
		{"a token that does not reach", ask{method: "PUT", path: "/v1/people/cy/plan", token: "read", body: `{"plan":"service"}`}, "auth.scope"},
		{"a check token reading", ask{method: "GET", path: "/v1/people", token: "check"}, "auth.scope"},
		{"an assigning token activating", ask{method: "POST", path: "/v1/sets/superoffice-1/activate", token: "assign"}, "auth.scope"},
		{"an activating token making tokens", ask{method: "GET", path: "/v1/tokens", token: "activate"}, "auth.scope"},
		{"a reading token asking", ask{method: "POST", path: "/v1/check", token: "read", body: `{"feature":"superoffice.sale"}`}, "auth.scope"},

		{"a request that is too large", ask{method: "POST", path: "/v1/people", body: `{"user_id":"` + strings.Repeat("x", 1<<20) + `"}`}, "request.too-large"},
		{"a question that is too large", ask{method: "POST", path: "/v1/check", body: `{"person":"` + strings.Repeat("x", 70_000) + `"}`}, "request.too-large"},
		{"an unknown field", put("/v1/people/cy/plan", `{"plan":"service","force":true}`), "request.unknown-field"},
		{"a field in other letters", put("/v1/people/cy/plan", `{"Plan":"service"}`), "request.unknown-field"},
		{"a field with a letter that folds", put("/v1/people/cy/profile", `{"profile":"x","\u017fource":"x"}`), "request.unknown-field"},
		{"an unknown field in a question", ask{method: "POST", path: "/v1/check", body: `{"person":"anna","modul":"superoffice.sale-cal"}`}, "request.unknown-field"},
		{"an unknown field in a batch", ask{method: "POST", path: "/v1/checks", body: `{"checks":[{"who":"anna"}]}`}, "request.unknown-field"},
		{"a field given twice", put("/v1/people/cy/plan", `{"plan":"service","plan":"sales"}`), "request.malformed"},
		{"a question with a field given twice", ask{method: "POST", path: "/v1/check", body: `{"person":"anna","person":"bo","module":"superoffice.sale-cal"}`}, "request.malformed"},
		{"a field that is null", put("/v1/people/cy/plan", `{"plan":null}`), "request.malformed"},
		{"a field of another type", put("/v1/people/cy/plan", `{"plan":1}`), "request.malformed"},
		{"half an object", put("/v1/people/cy/plan", `{"plan":"service"`), "request.malformed"},
		{"two objects", put("/v1/people/cy/plan", `{"plan":"service"}{}`), "request.malformed"},
		{"a list", put("/v1/people/cy/plan", `[]`), "request.malformed"},
		{"bytes that are no text", put("/v1/people/cy/plan", "{\"plan\":\"\xff\"}"), "request.malformed"},
		{"a form", ask{method: "PUT", path: "/v1/people/cy/plan", body: "plan=service", media: "application/x-www-form-urlencoded"}, "request.media-type"},
		{"an unknown parameter", ask{method: "PUT", path: "/v1/people/cy/plan?dryrun=true", body: `{"plan":"service"}`}, "request.parameter"},
		{"a dry run that is neither", ask{method: "PUT", path: "/v1/people/cy/plan?dry_run=yes", body: `{"plan":"service"}`}, "request.parameter"},
		{"a parameter given twice", ask{method: "DELETE", path: "/v1/people/anna?dry_run=true&dry_run=false"}, "request.parameter"},
		{"a page that is too long", ask{method: "GET", path: "/v1/people?limit=1001"}, "request.parameter"},
		{"a check with a parameter", ask{method: "POST", path: "/v1/check?x=1", body: `{"feature":"superoffice.sale"}`}, "request.parameter"},
		{"a path there is not", ask{method: "GET", path: "/v1/nothing"}, "request.no-such-path"},
		{"a method there is not", ask{method: "DELETE", path: "/v1/status"}, "request.method"},
		{"a question about nothing", ask{method: "POST", path: "/v1/check", body: `{"person":"anna"}`}, "check.bad-question"},
		{"a question about two things", ask{method: "POST", path: "/v1/check", body: `{"person":"anna","module":"superoffice.sale-cal","client":"superoffice.web"}`}, "check.bad-question"},
		{"a question about nobody", ask{method: "POST", path: "/v1/check", body: `{"module":"superoffice.sale-cal"}`}, "check.bad-question"},
		{"a question without an issuer", ask{method: "POST", path: "/v1/check", body: `{"person":"anna","module":"sale-cal"}`}, "license.bad-name"},
		{"too many questions", ask{method: "POST", path: "/v1/checks", body: `{"checks":[` + strings.TrimSuffix(strings.Repeat(`{},`, 1001), ",") + `]}`}, "request.too-many-checks"},
	} {
		t.Run(r.name, func(t *testing.T) { w.refuses(t, r) })
	}
}

// refuses makes a request in English and in Swedish.
func (w *world) refuses(t *testing.T, r refusal) {
	t.Helper()
	before := w.state()
	details := map[string]string{}
	for _, language := range []string{"en", "sv-SE, en;q=0.5"} {
		a := r.ask
		a.language = language
		got := w.do(a)
		p := got.problem()
		row, _ := problem.Lookup(r.code)
		if p.Code != r.code || got.status != row.Status || p.Status != got.status {
			t.Fatalf("%d %s, want %d %s: %s", got.status, p.Code, row.Status, r.code, got.body)
		}
		if got.header.Get("Content-Type") != api.ContentProblem || !strings.HasSuffix(p.Type, r.code) || p.Instance == "" || p.Instance != got.header.Get("X-Request-Id") {
			t.Errorf("the problem is not whole: %s", got.body)
		}
		if p.Title == "" || p.Detail == "" || p.Hint == "" || strings.Contains(p.Detail, "{{") || strings.Contains(p.Detail, "no value") {
			t.Errorf("the sentence is not whole: %q, %q, %q", p.Title, p.Detail, p.Hint)
		}
		details[language] = p.Title + p.Detail
	}
	if details["en"] == details["sv-SE, en;q=0.5"] {
		t.Errorf("the Swedish sentence is the English one: %s", details["en"])
	}
	if after := w.state(); after != before {
		t.Error("something is stored that was not before")
	}
}

func TestASetThatLeavesSomebodyWithoutASeatIsRefusedWhole(t *testing.T) {
	for which, want := range map[string]struct {
		module  string
		holders []string
	}{"small": {"superoffice.sale-cal", []string{"anna", "bo"}}, "vanished": {"superoffice.gadget", []string{"cy"}}} {
		t.Run(which, func(t *testing.T) {
			w := newWorld(t)
			into[api.ChangedPerson](w, ask{method: "PUT", path: "/v1/people/cy/extras/gadget"})
			into[api.LoadedSet](w, ask{method: "POST", path: "/v1/sets", body: files(w)[which], media: "text/plain"})
			review := into[api.Review](w, ask{method: "GET", path: "/v1/sets/superoffice-2/review"})
			if review.Fits {
				t.Error("the review says that it fits")
			}
			r := refusal{ask: ask{method: "POST", path: "/v1/sets/superoffice-2/activate"}, code: "set.too-small"}
			w.refuses(t, r)
			facts, _ := json.Marshal(w.do(r.ask).problem().Facts["rows"])
			for _, part := range append(want.holders, want.module, `"over":1`) {
				if !bytes.Contains(facts, []byte(part)) {
					t.Errorf("the facts lack %s: %s", part, facts)
				}
			}
		})
	}
}

func TestAnOlderSetIsRefusedAndTheSameOneIsAlreadyThere(t *testing.T) {
	w := newWorld(t)
	first := string(w.Vendors.File(t, w.set))
	load := func(file string) ask { return ask{method: "POST", path: "/v1/sets", body: file, media: "text/plain"} }
	if again := into[api.LoadedSet](w, load(first)); again.Changed || !again.Already || again.Set.Status != "active" {
		t.Errorf("the same set again: %+v", again)
	}
	renewal := w.set
	renewal.Number, renewal.Previous = 3, strings.Repeat("1", 64)
	into[api.LoadedSet](w, load(string(w.Vendors.File(t, renewal))))
	renewal.Number = 2
	w.refuses(t, refusal{ask: load(string(w.Vendors.File(t, renewal))), code: "set.older"})
	w.refuses(t, refusal{ask: ask{method: "GET", path: "/v1/sets/superoffice-1/review"}, code: "set.older"})
}

func TestTwoSetsWithOneNumberAreBothKept(t *testing.T) {
	w := newWorld(t)
	a := ask{method: "POST", path: "/v1/sets", body: files(w)["twin"], media: "text/plain"}
	for range 2 {
		if got := w.do(a); got.problem().Code != "set.equivocation" || got.status != http.StatusUnprocessableEntity {
			t.Fatalf("%d %s\n%s", got.status, got.body, w.log)
		}
	}
	entries := into[api.List[api.AuditEntry]](w, ask{method: "GET", path: "/v1/audit?action=set.equivocation"})
	if len(entries.Items) != 1 {
		t.Fatalf("%d entries, want one", len(entries.Items))
	}
	var kept int
	w.must(w.db.QueryRow(t.Context(), "SELECT count(*) FROM set_file WHERE hash = ?", entries.Items[0].Facts["file"]).Scan(&kept))
	if kept != 1 {
		t.Error("the refused file is not kept")
	}
	if s := into[api.Status](w, ask{method: "GET", path: "/v1/status"}); len(s.Waiting) != 0 || s.Sets[0].Number != 1 {
		t.Errorf("the status is %+v", s)
	}
}

func TestARefusalNamesLicensesAsPeopleAndProgramsDo(t *testing.T) {
	w := newWorld(t)
	for lang, want := range map[string]string{"en": "The sales (superoffice.sales) is full: 2 of 2 in use.", "sv": "Den sales (superoffice.sales) är slut: 2 av 2 används."} {
		r := w.do(ask{method: "PUT", path: "/v1/people/cy/plan", body: `{"plan":"sales"}`, language: lang})
		p := r.problem()
		if !strings.HasPrefix(p.Detail, want) || p.Facts["module"] != "superoffice.sales" {
			t.Errorf("in %s it says %q about %v", lang, p.Detail, p.Facts)
		}
	}
}
