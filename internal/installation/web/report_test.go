package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

func TestTheReportSaysWhatIsOwnedUsedAndWhole(t *testing.T) {
	w := newWorld(t)
	for _, who := range []string{"karin", "olle"} {
		s := w.visitor(who).get("/licenses/report")
		s.says(t, "License report", "Acme AB", "1600070120", "superoffice-1", "SuperOffice AS", "Genuine", "No license has more in use than was purchased.",
			"Root keys", "Head of the audit trail", w.Installation("acme").PrintedHead().Head)
		rows := s.table("Purchased and in use")
		if got := strings.Join(rows[len(rows)-2], "|"); !strings.HasPrefix(got, "The sales superoffice.sales|3|2|1|0|2|") {
			t.Errorf("%s reads %q of %q", who, got, rows)
		}
		for _, row := range rows {
			if strings.Contains(row[0], "sale-cal") {
				t.Error("what comes with plans only is listed though there is enough of it")
			}
		}
	}
	if s := w.visitor("anna").get("/licenses/report"); s.status != 403 {
		t.Errorf("somebody without a role: %d", s.status)
	}
}

func TestTheReportAsADocumentSaysTheSame(t *testing.T) {
	w := newWorld(t)
	var doc struct {
		Licenses []struct {
			Name  string `json:"name"`
			Taken int64  `json:"taken"`
		} `json:"licenses"`
		Sets []api.Set `json:"sets"`
		Head api.Head  `json:"head"`
	}
	r := w.visitor("olle")
	body := r.get("/licenses/report.json").body
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Sets) != 1 || doc.Head != w.Installation("acme").PrintedHead() {
		t.Errorf("%+v", doc)
	}
	shown := map[string]string{}
	for _, row := range r.get("/licenses/report").table("Purchased and in use") {
		words := strings.Fields(row[0])
		shown[words[len(words)-1]] = row[2]
	}
	for _, l := range doc.Licenses {
		if shown[l.Name] != strconv.FormatInt(l.Taken, 10) {
			t.Errorf("%s: %d in the document, %s on the page", l.Name, l.Taken, shown[l.Name])
		}
	}
}

func TestTheIssuerWithMostLicensesIsShownFirst(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	maps := w.set
	maps.Issuer, maps.IssuerName, maps.Number, maps.Clients = "ACME", "Aardvark AB", 1, nil
	maps.Licenses = []license.License{{Module: "map", Kind: license.System, Quantity: 1}}
	loaded, err := acme.Load(t.Context(), host, w.Vendors.File(t, maps))
	w.must(err)
	if loaded.Activated == nil {
		_, err = acme.Activate(t.Context(), host, "acme-1", api.Activate{})
		w.must(err)
	}
	r := w.visitor("karin")
	r.get("/licenses").says(t, "SuperOffice AS Aardvark AB", "Licenses from SuperOffice AS")
	r.get("/licenses?issuer=ACME").says(t, "SuperOffice AS Aardvark AB", "Licenses from Aardvark AB")
}

func TestSearchFindsWhatHasANumberAndTheSettings(t *testing.T) {
	w := newWorld(t)
	r := w.visitor("karin")
	for _, test := range []struct{ text, path string }{
		{"4", "/users/anna"}, {"%234", "/users/anna"}, {"4", "/audit/4"}, {"roles", "/settings/roles"}, {"keyboard", "/help"}, {"report", "/licenses/report"},
	} {
		if !slices.Contains(r.get("/search?q="+test.text).links(), test.path) {
			t.Errorf("%s does not lead to %s but to %q", test.text, test.path, r.last.links())
		}
	}
	r.get("/search?q=4711").says(t, "Nothing matches")
	if found := w.visitor("anna").get("/search?q=4").links(); slices.Contains(found, "/users/anna") || slices.Contains(found, "/audit/4") {
		t.Errorf("somebody without a role finds %q", found)
	}
}

func TestABannerThatCannotBeHiddenIsFoldedAndOpened(t *testing.T) {
	w := newWorld(t)
	w.Set(time.Date(2027, 5, 1, 12, 0, 0, 0, time.UTC))
	r := w.visitor("karin")
	shown := func() bool { return strings.Contains(r.get("/users").body, "People can sign in, read and export.") }
	if !shown() {
		t.Fatal("there is no banner")
	}
	button := func(word string) []string { return r.last.fields(t, word) }
	r.send("/fold", button("Show one line only")...)
	if shown() || !strings.Contains(r.last.body, "Read-only since") {
		t.Errorf("folded: %s", r.last.body)
	}
	r.send("/fold", button("Show all of it")...)
	if !shown() {
		t.Error("it stays folded")
	}
	anna := w.visitor("anna").get("/")
	if !strings.Contains(anna.body, "Your administrators know: Karin Lind.") {
		t.Errorf("who knows of it: %s", anna.body)
	}
}

func TestWhoMayNotChangeItIsToldWhomToAsk(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sales": 2}))
	olle, uma := w.visitor("olle"), w.visitor("uma")
	for _, path := range []string{"/users", "/users/anna"} {
		olle.get(path).says(t, "To have this changed, ask Karin Lind and Uma Ek.")
		uma.get(path).lacks(t, "To have this changed")
	}
	olle.get("/licenses").says(t, "The set superoffice-2 waits for Karin Lind.")
	olle.last.lacks(t, "Review it")
	for _, path := range []string{"/licenses", "/licenses/history", "/licenses/keys", "/status"} {
		olle.get(path).says(t, "To have this changed, ask Karin Lind.")
		w.visitor("karin").get(path).lacks(t, "To have this changed")
	}
	for path, right := range map[string]string{
		"/users/bulk": "manage people and what they are given", "/licenses/import": "load license sets and put them in force", "/settings": "administer the installation",
	} {
		if s := olle.get(path); s.status != http.StatusForbidden {
			t.Errorf("%s is answered %d", path, s.status)
		}
		olle.last.says(t, "This takes the right to "+right, "Ask Karin Lind")
	}
	w.visitor("anna").get("/users").says(t, "This takes the right to see the whole installation.")
}
