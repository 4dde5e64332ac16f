package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/paper/papertest"
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

// Every cell and every fact of a page stands on its paper.
func onPaper(t *testing.T, s *shown, file string) *papertest.Paper {
	t.Helper()
	p := papertest.Read(t, []byte(file))
	n := 0
	var look func(*html.Node)
	look = func(node *html.Node) {
		for _, part := range []string{"h1", "h2", "th", "td", "dt", "dd", "caption"} {
			if node.Type == html.ElementNode && node.Data == part {
				for _, text := range pieces(node) {
					if n++; text != "–" && !p.Says(text) {
						t.Errorf("%s: %q of a %s is not on paper", s.path, text, part)
					}
				}
				return
			}
		}
		for c := node.FirstChild; c != nil; c = c.NextSibling {
			look(c)
		}
	}
	for _, section := range find(s.tree, "main") {
		look(section)
	}
	if n < 30 {
		t.Errorf("%s: only %d texts were compared", s.path, n)
	}
	return p
}

// pieces are the texts of a cell, without what is only for those who do not see it.
func pieces(n *html.Node) (texts []string) {
	if n.Type == html.TextNode {
		if text := strings.Join(strings.Fields(n.Data), " "); text != "" {
			texts = append(texts, text)
		}
	}
	for _, a := range n.Attr {
		if a.Key == "class" && a.Val == "unseen" || a.Key == "aria-hidden" {
			return nil
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		texts = append(texts, pieces(c)...)
	}
	return texts
}

func find(n *html.Node, tag string) (all []*html.Node) {
	if n.Type == html.ElementNode && n.Data == tag {
		return []*html.Node{n}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		all = append(all, find(c, tag)...)
	}
	return all
}

func TestTheReportOnPaperSaysWhatThePageSaysInEveryLanguage(t *testing.T) {
	w := newWorld(t)
	_, err := w.Installation("acme").AddDatabase(t.Context(), host, "Tromsø")
	w.must(err)
	for _, lang := range i18n.Languages {
		r := w.visitor("olle")
		r.get("/me")
		r.send("/language", "lang", lang, "to", "/licenses/report")
		page := r.get("/licenses/report")
		page.says(t, i18n.Word(lang, "report.title"), "Tromsø")
		file := r.get("/licenses/report.pdf")
		if file.header.Get("Content-Type") != "application/pdf" || !strings.Contains(file.header.Get("Content-Disposition"), `filename="report.pdf"`) {
			t.Errorf("%s: %v", lang, file.header)
		}
		p := onPaper(t, page, file.body)
		if p.Lang != lang || p.Info["Title"] != i18n.Word(lang, "report.title") || p.Info["Author"] != "Acme AB" || p.Info["CreationDate"] != "D:"+w.Clock().UTC().Format("20060102150405") {
			t.Errorf("%s: it says of itself %v %s", lang, p.Info, p.Lang)
		}
		if strings.Contains(strings.Join(p.Lines(), ""), "□") {
			t.Errorf("%s lacks letters: %q", lang, p.Lines())
		}
		if again := r.get("/licenses/report.pdf"); again.body != file.body {
			t.Errorf("%s: the same state is other bytes", lang)
		}
	}
	if s := w.visitor("anna").get("/licenses/report.pdf"); s.status != 403 {
		t.Errorf("somebody without a role: %d", s.status)
	}
}

func TestAnActivationHasARecordOnAPageAndOnPaper(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	w.waits(w.offer(map[license.Module]int64{"sales": 1}))
	const id = "superoffice-2"
	_, err := acme.Activate(t.Context(), host, id, api.Activate{Choices: []api.Choice{{Do: "remove", Name: "superoffice.sales", Person: "bo"}}})
	w.must(err)
	w.Set(w.Clock().Add(time.Minute))
	for _, lang := range []string{"sv", "de", "en"} {
		r := w.visitor("olle")
		r.get("/me")
		r.send("/language", "lang", lang, "to", "/licenses/history")
		r.get("/licenses/history")
		if !slices.Contains(r.last.links(), "/licenses/history/records/2") {
			t.Errorf("the history leads to %q", r.last.links())
		}
		page := r.get("/licenses/history/records/2")
		set, err := acme.Set(t.Context(), host, id)
		w.must(err)
		page.says(t, i18n.Word(lang, "record.title", "Set", id), set.Checkpoint, "superoffice-1", "Bo Ågren", acme.PrintedHead().Head[:20])
		p := onPaper(t, page, r.get("/licenses/history/records/2/record.pdf").body)
		if p.Lang != lang || p.Info["Title"] != i18n.Word(lang, "record.title", "Set", id) {
			t.Errorf("%s: it says of itself %v", lang, p.Info)
		}
	}
	var doc api.ActivationRecord
	r := w.visitor("olle")
	w.must(json.Unmarshal([]byte(r.get("/licenses/history/records/2/record.json").body), &doc))
	if len(doc.People) != 1 || doc.People[0].Person != "bo" || len(doc.People[0].Released) != 1 || doc.People[0].Released[0].Name.String() != "superoffice.sales" {
		t.Errorf("people: %+v", doc.People)
	}
	if doc.Entry == nil || doc.Entry.Action != "set.activate" || doc.Entry.Facts["checkpoint"] != doc.Set.Checkpoint || doc.Key == nil || !doc.Key.Good {
		t.Errorf("entry %+v, key %+v", doc.Entry, doc.Key)
	}
	exports, err := acme.Audit(t.Context(), host, installation.AuditFilter{Action: "people.export"})
	w.must(err)
	if len(exports.Items) != 4 { // three papers and a document
		t.Errorf("%d times it is recorded that people left the house", len(exports.Items))
	}
	// The one before is not in force any more, and nobody was changed with it.
	before := r.get("/licenses/history/records/1")
	before.says(t, "Record of activating superoffice-1", "Nobody was changed in the same step.", "Added")
	onPaper(t, before, r.get("/licenses/history/records/1/record.pdf").body)
	for _, n := range []string{"0", "3", "-1", "x", "99999999999999999999"} {
		if s := r.get("/licenses/history/records/" + n); s.status != 404 {
			t.Errorf("record %s: %d", n, s.status)
		}
	}
	if s := w.visitor("anna").get("/licenses/history/records/2"); s.status != 403 {
		t.Errorf("somebody without a role: %d", s.status)
	}
}

// Somebody who was forgotten is a number on every record.
func TestARecordNamesNobodyWhoWasForgotten(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	w.waits(w.offer(map[license.Module]int64{"sales": 1}))
	const id = "superoffice-2"
	_, err := acme.Activate(t.Context(), host, id, api.Activate{Choices: []api.Choice{{Do: "remove", Name: "superoffice.sales", Person: "bo"}}})
	w.must(err)
	_, err = acme.ErasePerson(t.Context(), host, "bo")
	w.must(err)
	r := w.visitor("olle")
	r.get("/licenses/history/records/2").says(t, "#5", "The sales")
	r.last.lacks(t, "Ågren")
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
