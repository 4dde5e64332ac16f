package web_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

var host = installation.Act{By: housetest.Host}

// table returns the cells of the rows of the table with a caption, those of its
// head left out.
func (s *shown) table(caption string) (rows [][]string) {
	var inside func(*html.Node) string
	inside = func(n *html.Node) string {
		if n.Type == html.TextNode {
			return n.Data + " "
		}
		text := ""
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			text += inside(c)
		}
		return text
	}
	words := func(n *html.Node) string { return strings.Join(strings.Fields(inside(n)), " ") }
	var walk func(n *html.Node, in bool)
	walk = func(n *html.Node, in bool) {
		if n.Type == html.ElementNode && n.Data == "table" {
			c := n.FirstChild
			for c != nil && c.Data != "caption" {
				c = c.NextSibling
			}
			in = c != nil && strings.Contains(words(c), caption)
		}
		if in && n.Type == html.ElementNode && n.Data == "tr" && n.Parent.Data == "tbody" {
			var row []string
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				if c.Type == html.ElementNode {
					row = append(row, words(c))
				}
			}
			rows = append(rows, row)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, in)
		}
	}
	walk(s.tree, false)
	return rows
}

func TestEveryNumberInUseIsTheLengthOfTheListBehindIt(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	_, err := acme.GiveExtra(t.Context(), host, "karin", "gadget", 1, "")
	w.must(err)
	_, err = acme.AddDatabase(t.Context(), host, "Bergen")
	w.must(err)
	_, err = acme.AssignSite(t.Context(), host, "Bergen", "translate", api.SiteChoice{})
	w.must(err)
	r := w.host()
	all, err := acme.Licenses(t.Context(), host, true)
	w.must(err)
	list := r.get("/licenses?hidden=1")
	for _, l := range all.Items {
		row := slices.IndexFunc(list.table("Licenses from"), func(row []string) bool { return strings.HasSuffix(row[0], l.Name.String()) })
		if row < 0 {
			t.Errorf("%s is in no row", l.Name)
			continue
		}
		said := list.table("Licenses from")[row][3]
		if l.Kind.String() == "system" {
			if said != "– no number" {
				t.Errorf("%s: %q in use", l.Name, said)
			}
			continue
		}
		page := r.get("/licenses/" + string(l.Name.Issuer) + "/" + string(l.Name.Module))
		if holders := page.table("Who has"); fmt.Sprint(len(holders)) != said || l.Taken != int64(len(holders)) {
			t.Errorf("%s: %s in use, %d taken, and the list has %d: %v", l.Name, said, l.Taken, len(holders), holders)
		}
	}
	if got := r.get("/licenses/SUPEROFFICE/translate").table("Who has"); len(got) != 1 || got[0][0] != "Bergen Database" {
		t.Errorf("a database holds it: %v", got)
	}
}

func TestTheListOfLicensesBeginsWithWhatNeedsSomebody(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	for _, id := range []string{"karin", "bo"} {
		_, err := acme.GiveExtra(t.Context(), host, id, "gadget", 1, "")
		w.must(err)
	}
	_, err := acme.SetPlan(t.Context(), host, "uma", "sales", "")
	w.must(err)
	r := w.host()
	page := r.get("/licenses")
	page.says(t, "Acme AB", "1600070120", "SuperOffice AS", "Number 1, issued 10 Jun 2026", "27 Mar 2027", "Genuine", "Show 2 licenses that come with plans")
	page.lacks(t, "The sale-cal")
	var plans []string
	for _, row := range page.table("Licenses from") {
		plans = append(plans, row[0])
	}
	want := []string{"User licenses: plans", "The sales superoffice.sales", "The none superoffice.none", "The service superoffice.service",
		"User licenses: extras", "The gadget superoffice.gadget", "System licenses", "superoffice.sale superoffice.sale", "superoffice.server superoffice.server",
		"Site licenses", "superoffice.translate superoffice.translate"}
	if strings.Join(plans, "\n") != strings.Join(want, "\n") {
		t.Errorf("rows:\n%s\nwant:\n%s", strings.Join(plans, "\n"), strings.Join(want, "\n"))
	}
	if row := page.table("Licenses from")[1]; row[1] != "Full" || row[2] != "3" || row[4] != "0" || row[5] != "3" {
		t.Errorf("sales: %v", row)
	}
	r.get("/licenses?sort=name").says(t, "The none superoffice.none")
	if s := r.get("/licenses?issuer=NOBODY"); s.status != http.StatusNotFound {
		t.Errorf("an issuer nobody knows: %d", s.status)
	}
}

func TestAListAsAFileIsTheListOnThePage(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	for _, query := range []string{"", "?hidden=1", "?hidden=1&sort=in-use"} {
		var page []string
		for _, row := range r.get("/licenses" + query).table("Licenses from") {
			if len(row) > 1 {
				page = append(page, row[0])
			}
		}
		records, err := csv.NewReader(strings.NewReader(r.get("/licenses.csv" + query).body)).ReadAll()
		w.must(err)
		var file []string
		for _, record := range records[1:] {
			file = append(file, strings.TrimSpace(record[0]+" "+record[1]))
		}
		if !slices.Equal(page, file) {
			t.Errorf("%s: the page has %v, the file %v", query, page, file)
		}
		var doc api.List[api.License]
		w.must(json.Unmarshal([]byte(r.get("/licenses.json"+query).body), &doc))
		if len(doc.Items) != len(page) {
			t.Errorf("%s: the document has %d, the page %d", query, len(doc.Items), len(page))
		}
	}
	if got := r.get("/licenses.csv?excel=1").body; !strings.HasPrefix(got, "\ufeffName;Code name;") {
		t.Errorf("for a spreadsheet: %.40q", got)
	}
	if got := r.get("/licenses/holders.csv?license=superoffice.sales").body; !strings.Contains(got, "Anna Berg,anna,1,plan") && !strings.Contains(got, "Anna Berg,anna,1,given directly") {
		t.Errorf("holders: %s", got)
	}
}

func TestOneLicenseTellsWhoHasItAndHowItWouldBe(t *testing.T) {
	w := newWorld(t)
	_, err := w.Installation("acme").AddPerson(t.Context(), host, api.NewPerson{UserID: "=2+3", FirstName: "Åsa", Login: true, Plan: "service"})
	w.must(err)
	r := w.host()
	r.get("/licenses/SUPEROFFICE/user?lang=sv").says(t, "Den user", "Ingår i", "Den sales", "Den service", "Innehavare (3)", "Användning över tid")
	if got := r.last.table("Vilka som har"); len(got) != 3 || got[0][0] != "Anna Berg anna" || got[1][0] != "Bo Ågren bo" || got[2][0] != "Åsa =2+3" || got[0][1] != "plan: Den sales" {
		t.Errorf("holders by name: %v", got)
	}
	r.get("/licenses/superoffice/sales?seats=1").says(t, "With 1, 1 of the 2 in use would have to be given back first.", "1 over", "What the plan gives", "The user")
	r.get("/licenses/superoffice/sales?seats=5").says(t, "With 5, everybody keeps theirs: 2 in use, 3 spare.")
	if s := r.get("/licenses/superoffice/sales?seats=1,5"); s.status != http.StatusUnprocessableEntity || !strings.Contains(s.body, "<title>Error:") {
		t.Errorf("what is no number: %d", s.status)
	}
	r.last.says(t, "“1,5” is not a number of licenses")
	r.get("/licenses/superoffice/sales?via=profile").says(t, "Nobody has it in this way")
	r.get("/licenses/superoffice/sale").lacks(t, "Holders")
	if s := r.get("/licenses/superoffice/gold"); s.status != http.StatusNotFound {
		t.Errorf("a license nobody has: %d", s.status)
	}
	if got := r.get("/licenses/holders.csv?license=superoffice.user").body; !strings.Contains(got, "Åsa,'=2+3,1,") {
		t.Errorf("a formula in a file: %s", got)
	}
}

func TestAnInstallationWithoutLicensesSaysWhatToDo(t *testing.T) {
	w := newEmptyWorld(t)
	w.host().get("/licenses").says(t, "No licenses yet", "Load license from file")
	for _, lang := range append([]string{i18n.Pseudo}, i18n.Languages...) {
		for _, path := range []string{"/licenses?lang=" + lang} {
			if s := w.host().get(path); s.status != http.StatusOK || strings.Contains(s.text(), "{{") || strings.Contains(s.text(), "licenses.") {
				t.Errorf("%s: %d, %s", path, s.status, s.text())
			}
		}
	}
}

// What pages show beside data is in the catalogue: in the pseudo-language
// everything else is in brackets.
func TestPagesOfLicensesSayNothingThatIsInNoCatalogue(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	for _, path := range []string{"/licenses?hidden=1&lang=qps", "/licenses/superoffice/user?seats=2&lang=qps", "/licenses/superoffice/gadget?lang=qps"} {
		text := r.get(path).text()
		for _, word := range []string{" Licenses ", "Holders", "Purchased", "In use", "given ", "Week ", "spare ", "licenses.", "license."} {
			if strings.Contains(" "+text+" ", word) {
				t.Errorf("%s says %q: %s", path, word, text)
			}
		}
	}
}
