package web_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

// saysDoors reports what people have done through pages without it being on record
// through which, and in which request. It is asked after every test.
func (w *world) saysDoors() {
	for _, name := range []string{"acme", "birka"} {
		in := w.Installation(name)
		if in == nil {
			continue
		}
		list, err := in.Audit(context.Background(), installation.Act{By: housetest.Host}, installation.AuditFilter{Who: string(audit.Person), Limit: 1000})
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

// byPage is the context of what a page would have done.
func byPage(ctx context.Context) context.Context {
	return audit.Through(ctx, audit.Origin{Door: audit.ByPage, Request: "fixture-1"})
}

func TestAnEntryIsFoundByTheReferenceNumberOfItsRequest(t *testing.T) {
	w := newWorld(t)
	karin := w.as("karin")
	karin.get("/users/bo")
	// What a browser, or a proxy, calls the request is nobody's number here.
	request := requestOf(karin.send("/users/bo/role", "do", "give", "role", "auditor"))
	list := karin.get("/audit?request=" + request)
	list.lacks(t, "role.give") // the page after the form has another number
	list.says(t, "Nothing matches the filter")

	e := w.entries(installation.AuditFilter{Action: "role.give", Who: "person"})[0]
	karin.get("/audit?request="+e.Request).says(t, "Role given", "Pages")
	karin.get(fmt.Sprintf("/audit/%d", e.Seq)).says(t, "Source Pages", "Reference number "+e.Request, "door=page", "request_id="+e.Request)
	karin.get("/search?q="+strings.ToUpper(e.Request)).says(t, "Entries of request "+e.Request, "Role given")
	karin.get("/search?q="+e.Request+"9").lacks(t, "Entries of request")
	karin.get("/search?q=%25-%25").lacks(t, "Entries of request")
	if s := w.as("bo").get("/search.json?q=" + e.Request); !strings.Contains(s.body, e.Request) {
		t.Errorf("an auditor does not find %s: %s", e.Request, s.body)
	}
	if s := w.as("anna").get("/search.json?q=" + e.Request); strings.Contains(s.body, "/audit") {
		t.Errorf("somebody without a role finds %s", s.body)
	}
}

func TestWhatARequestCallsItselfIsNotOnRecord(t *testing.T) {
	w := newWorld(t)
	karin := w.as("karin")
	for _, mine := range [][]string{{"4f1c20aa93be-17"}, {""}, {strings.Repeat("a", 8000)}, {"<script>"}, {"one-1", "two-2"}} {
		r, err := http.NewRequest("GET", karin.base+"/audit.csv", nil)
		w.must(err)
		r.Header["X-Request-Id"] = mine
		answer, err := karin.http.Do(r)
		w.must(err)
		answer.Body.Close()
		given := answer.Header.Values("X-Request-Id")
		e := w.entries(installation.AuditFilter{Action: "audit.export"})[0]
		if len(given) != 1 || e.Request != given[0] || !audit.IsRequest(e.Request) || e.Request == mine[0] {
			t.Errorf("called %.20q, answered %q, on record %q", mine, given, e.Request)
		}
	}
}

func TestAnEntryWithoutADoorSaysSo(t *testing.T) {
	w := newWorld(t)
	acme, olle := w.Installation("acme"), w.as("olle")
	_, err := acme.GiveRole(audit.Through(t.Context(), audit.Origin{Door: "window"}), installation.Act{By: housetest.Host}, "bo", "auditor")
	w.must(err)
	olle.get(fmt.Sprintf("/audit/%d", w.entries(installation.AuditFilter{Action: "role.give"})[0].Seq)).says(t, "Source window")
	w.attack("UPDATE audit SET facts = replace(facts, 'door=window' || char(10), '')")
	s := olle.get(fmt.Sprintf("/audit/%d", w.entries(installation.AuditFilter{Action: "role.give"})[0].Seq))
	s.says(t, "Source Not on record")
	s.lacks(t, "Reference number")
	olle.get("/audit?door=none").says(t, "role.give")
	olle.get("/audit?door=page").lacks(t, "role.give")
	if s := olle.get("/audit?door=window"); s.status != http.StatusUnprocessableEntity || !strings.Contains(s.body, `href="#door"`) {
		t.Errorf("a door there is not: %d", s.status)
	}
	if s := olle.get("/audit?request=no%20number"); s.status != http.StatusUnprocessableEntity || !strings.Contains(s.body, `href="#request"`) {
		t.Errorf("no number: %d", s.status)
	}
}

func TestEveryDoorHasItsWordInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Languages {
		for _, door := range append([]audit.Door{audit.NoDoor}, audit.Doors...) {
			if i18n.WordSource(lang, "audit.door-"+string(door)) == "" {
				t.Errorf("%s has no word for %s", lang, door)
			}
		}
	}
}

// Whoever has a token or a link made is led to what is on record of it, as from any
// other receipt.
func TestWhatIsShownOnceLeadsToWhatIsOnRecord(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn("karin")
	r.get("/settings/tokens")
	for _, test := range []struct {
		path   string
		fields []string
		action string
	}{
		{"/settings/tokens", []string{"name", "intranet", "scope", "read"}, "token.make"},
		{"/users/bo/link", nil, "link.make"},
		{"/users/bo/signin/link", nil, "link.make"},
	} {
		m := entryLink.FindStringSubmatch(r.send(test.path, test.fields...).body)
		if m == nil {
			t.Errorf("%s: no link to the entry: %s", test.path, r.last.text())
			continue
		}
		r.get(m[1]).says(t, test.action, "karin")
	}
}

// The palette asks at every letter, and a look is not on record; a file is.
func TestOnlyASearchThatIsKeptIsOnRecord(t *testing.T) {
	w := newWorld(t)
	olle := w.as("olle")
	ask := func(path, accept string) {
		r, err := http.NewRequest("GET", olle.base+path, nil)
		w.must(err)
		r.Header.Set("Accept", accept)
		answer, err := olle.http.Do(r)
		w.must(err)
		answer.Body.Close()
	}
	for _, test := range []struct {
		path, accept string
		want         int // entries more
	}{
		{"/search.json?q=anna", "application/json", 0},
		{"/search?q=anna", "text/html", 0},
		{"/search.json?q=anna", "text/html,*/*", 1},
		{"/search.csv?q=anna", "text/html,*/*", 1},
		{"/search.json?q=nobody", "text/html,*/*", 0},
		{"/search.csv?q=%3Eadd", "text/html,*/*", 0},
	} {
		before := len(w.entries(installation.AuditFilter{Action: "people.export"}))
		ask(test.path, test.accept)
		if got := len(w.entries(installation.AuditFilter{Action: "people.export"})) - before; got != test.want {
			t.Errorf("%s, %s: %d entries more, want %d", test.path, test.accept, got, test.want)
		}
	}
}

func (w *world) entries(f installation.AuditFilter) []api.AuditEntry {
	w.t.Helper()
	list, err := w.Installation("acme").Audit(w.t.Context(), installation.Act{By: housetest.Host}, f)
	w.must(err)
	return list.Items
}

var referenceNumber = regexp.MustCompile(`^[0-9a-f]{12}-[0-9]+$`)

func requestOf(s *shown) string {
	if id := s.header.Get("X-Request-Id"); referenceNumber.MatchString(id) {
		return id
	}
	return "no-number"
}

func TestTheListSaysOnceWhoAndThroughWhat(t *testing.T) {
	w := newWorld(t)
	karin := w.as("karin")
	karin.get("/users/bo")
	karin.send("/users/bo/role", "do", "give", "role", "auditor")
	karin.get("/audit?action=role.give&who=karin").says(t, "Karin Lind karin · Pages")
	karin.get("/audit?action=role.give&who=host").says(t, "test Server’s machine Role given")
}
