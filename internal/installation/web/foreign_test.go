package web_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

// namesOfSet are what the licenses of smallSet are called, in English and Swedish:
// readers of other languages see the English names.
var namesOfSet = []string{"The sales", "The service", "The none", "The gadget", "The user", "The sale-cal"}

// unmarked collects texts of a page that are one of some, and do not stand in an
// element of their language.
func unmarked(n *html.Node, texts []string, lang string) (found []string) {
	if n.Type == html.ElementNode && n.Data != "html" {
		for _, a := range n.Attr {
			if a.Key == "lang" && a.Val == lang {
				return nil
			}
		}
	}
	if text := strings.TrimSpace(n.Data); n.Type == html.TextNode && slices.Contains(texts, text) {
		found = append(found, n.Parent.Data+": "+text)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		found = append(found, unmarked(c, texts, lang)...)
	}
	return found
}

func TestWhatIsInAnotherLanguageSaysInWhich(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	host := installation.Act{By: housetest.Host}
	_, err := acme.StartEvent(t.Context(), host, api.NewEvent{Type: "message", Texts: map[string]string{"en": "The lifts are out of order"}})
	w.must(err)
	_, err = acme.SetPlan(t.Context(), host, "bo", "service", "")
	w.must(err)
	_, err = acme.GiveExtra(t.Context(), host, "anna", "gadget", 1, "")
	w.must(err)
	karin := w.as("karin")
	texts := append(slices.Clone(namesOfSet), "The lifts are out of order")
	for _, path := range []string{
		"/", "/licenses?hidden=1", "/licenses/SUPEROFFICE/sales", "/licenses/SUPEROFFICE/user", "/users?col=plan&col=extras", "/users?tab=licenses", "/users/anna", "/users/anna/plans",
		"/users/anna/uses?all=yes", "/users/anna/history", "/status", "/status/events/1", "/audit", "/search?q=sales",
	} {
		page := karin.get(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=de")
		if page.status != 200 || !strings.Contains(page.body, ` lang="en"`) {
			t.Errorf("%s: %d, nothing in English", path, page.status)
		}
		if found := unmarked(page.tree, texts, "en"); len(found) > 0 {
			t.Errorf("%s does not say that these are English: %v", path, found)
		}
	}
	// In a language the set has, nothing is foreign.
	page := karin.get("/users/anna/plans?lang=sv")
	page.says(t, "Den sales")
	if strings.Count(page.body, `<span lang=`) != 1 || !strings.Contains(page.body, `<span lang="en">The lifts`) {
		t.Errorf("of a Swedish page only what is said in English is marked: %s", page.body)
	}
	// At the door too.
	if door := w.nobody().get("/signin?lang=nl"); len(unmarked(door.tree, texts, "en")) > 0 || !strings.Contains(door.body, "The lifts") {
		t.Errorf("the door: %s", door.text())
	}
}
