package web_test

import (
	"encoding/csv"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

// What no page shows where people read: dates as files have them, times as programs
// write them, codes of acts and of errors, and who did something as records name it.
var unread = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b|\dT\d{2}:|\b[a-z]+\.[a-z]+(-[a-z]+)*\b|\b(person|token) [0-9a-f]{8,}\b|\b[a-z]+_[a-z_]+\b|[{}]|\bfalse\b|\bnil\b`)

// sample is what hints give as examples, an address, and licenses without a name.
var sample = regexp.MustCompile(`such as \S+|\S+@\S+|superoffice\.\S+`)

// spoken are the texts of a page that are read as words: not code, not small print
// with a name of a license, not what somebody typed.
func spoken(n *html.Node, texts []string) []string {
	if n.Type == html.ElementNode {
		for _, a := range n.Attr {
			if a.Key == "class" && strings.Contains(" "+a.Val+" ", " sub ") {
				return texts
			}
		}
		switch n.Data {
		case "code", "script", "style", "option", "input", "textarea", "summary":
			return texts
		}
	}
	if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
		texts = append(texts, strings.Join(strings.Fields(n.Data), " "))
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		texts = spoken(c, texts)
	}
	return texts
}

func TestPagesSpeakInWordsAndNotInCodes(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	host := installation.Act{By: housetest.Host}
	karin := w.as("karin")
	karin.get("/users/anna")
	karin.send("/users/anna/login", "do", "give", "valid_through", "2027-02-01")
	karin.get("/users")
	karin.send("/users/bulk/apply", "act", "retire", "who", "bo")
	_, err := acme.StartEvent(t.Context(), host, api.NewEvent{Type: "maintenance", Expected: "2026-06-11T12:00:00Z"})
	w.must(err)
	_, err = acme.PutProfile(t.Context(), host, "team", api.ProfileBody{Name: "The team", Modules: []string{}})
	w.must(err)
	_, err = acme.SetProfile(t.Context(), host, "uma", "team")
	w.must(err)
	jobs, err := acme.Jobs(t.Context(), host)
	w.must(err)
	for _, path := range []string{
		"/", "/licenses", "/licenses?all=1", "/licenses/SUPEROFFICE/sales", "/licenses/history", "/licenses/keys", "/licenses/import",
		"/users?col=plan&col=extras&col=group&col=role&col=login&col=profile&col=kind&col=source", "/users?by=role", "/users/bulk", "/users/new",
		"/users/bulk/jobs/" + jobs.Items[0].ID, "/users/anna", "/users/anna/plans", "/users/anna/uses", "/users/anna/history", "/users/anna/signin", "/users/anna/offboard",
		"/users/bo", "/users/bo/history", "/users/uma", "/status", "/status/events/1", "/audit", "/audit/3", "/audit?action=plan.set", "/audit/verify?run=1", "/me", "/me/signin", "/settings", "/settings/roles",
		"/settings/tokens", "/settings/providers", "/settings/blockers", "/search?q=anna", "/help",
	} {
		page := karin.get(path)
		if page.status != 200 {
			t.Errorf("%s: %d", path, page.status)
		}
		var main *html.Node
		var find func(*html.Node)
		find = func(n *html.Node) {
			if n.Type == html.ElementNode && n.Data == "main" {
				main = n
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				find(c)
			}
		}
		find(page.tree)
		for _, text := range spoken(main, nil) {
			text = sample.ReplaceAllString(text, "")
			if found := unread.FindString(text); found != "" {
				t.Errorf("%s shows %q in %q", path, found, text)
			}
		}
	}
	karin.get("/users?col=profile").says(t, "The team")
	karin.get("/users/uma").says(t, "The team")
}

func TestFilesSayEverythingInWordsWithTheCodesBesideThem(t *testing.T) {
	w := newWorld(t)
	karin := w.as("karin")
	karin.get("/users")
	for _, test := range []struct{ path, head, row string }{
		{"/users.csv?col=plan&col=login&col=role&q=olle&lang=sv", "Planer|Planer (kod)", "|Granskare|auditor"},
		{"/users.csv?col=plan&q=anna&lang=sv", "Planer|Planer (kod)", "Den sales|superoffice.sales"},
		{"/audit.csv?action=role.give&lang=sv", "Vad|Vad (kod)", "Roll given|role.give"},
		{"/licenses.csv?lang=sv", "Typ|Typ (kod)", "|plan|"},
		{"/licenses/history.csv?lang=sv", "Hur|Hur (kod)", "|by-hand|"},
		{"/licenses/holders.csv?license=superoffice.user&lang=sv", "Hur|Hur (kod)", "|superoffice.sales|"},
	} {
		page := karin.get(test.path)
		rows, err := csv.NewReader(strings.NewReader(page.body)).ReadAll()
		if err != nil || len(rows) < 2 {
			t.Errorf("%s: %v: %s", test.path, err, page.body)
			continue
		}
		if head := strings.Join(rows[0], "|"); !strings.Contains(head, test.head) {
			t.Errorf("%s begins with %s", test.path, head)
		}
		found := false
		for _, row := range rows[1:] {
			found = found || strings.Contains("|"+strings.Join(row, "|")+"|", test.row)
		}
		if !found {
			t.Errorf("%s does not say %q: %v", test.path, test.row, rows)
		}
	}
	if json := karin.get("/audit.json?action=role.give&lang=sv"); !strings.Contains(json.body, `"role.give"`) || strings.Contains(json.body, "Roll given") {
		t.Errorf("documents are in other words: %s", json.body)
	}
}
