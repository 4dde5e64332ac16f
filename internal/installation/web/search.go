package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/page"
)

func searchRoutes() []route {
	return []route{
		get("/search", member, showSearch),
		get("/search.json", member, showSearch),
		get("/search.csv", member, exportSearch),
	}
}

// A hits is one part of what was found.
type hits struct {
	Title string `json:"title"`
	Items []hit  `json:"items"`
	More  int    `json:"-"` // how many are not shown
	List  string `json:"-"` // where all of them stand; "" where there is no such list
}

// A hit is one thing that was found, and where it is.
type hit struct {
	Text string `json:"text"`
	More string `json:"more,omitempty"` // such as a user id
	Path string `json:"path"`
	Lang string `json:"lang,omitempty"` // of the text, where it is not the page's

	person bool // it names somebody
}

// found is what the palette shows.
type found struct {
	Recent string `json:"recent"` // heading of what the browser remembers
	None   string `json:"none"`   // said when nothing was found
	Parts  []hits `json:"parts"`
}

// mostHits is how many of a kind are shown.
const mostHits = 8

// showSearch finds people, licenses, sets, pages and things to do. A text that
// begins with @, #, or > is looked for among people, licenses, or things to do
// alone.
func showSearch(v *visit) error {
	text := v.query("q")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "")
	}
	all, err := v.search(text)
	if err != nil {
		return err
	}
	if strings.HasSuffix(v.Path, ".json") {
		v.keepsSearch(all)
		return v.json(found{Recent: v.Say("search.recent"), None: v.Say("search.none", "Text", text), Parts: all})
	}
	v.titled("", v.Say("search.title"))
	v.Part = text
	return v.show(searchPage(v, text, all))
}

// keepsSearch records that people leave the house as a file. The palette asks at
// every letter, and shows a few people to who may look through all of them: that is
// looking at a list, which is not on record either. It says what it wants; a browser
// that saves a file does not.
func (v *visit) keepsSearch(all []hits) {
	if people := peopleIn(all); people > 0 && v.r.Method != http.MethodHead && v.r.Header.Get("Accept") != "application/json" {
		v.in.RecordExport(v.ctx(), v.act, people)
	}
}

// peopleIn counts what was found that names somebody.
func peopleIn(all []hits) (n int) {
	for _, part := range all {
		for _, h := range part.Items {
			if h.person {
				n++
			}
		}
	}
	return n
}

// exportSearch is what was found as a file.
func exportSearch(v *visit) error {
	x, err := searchList(v)
	if err != nil {
		return err
	}
	return v.export(x, v.Path)
}

func (v *visit) search(text string) ([]hits, error) {
	only := byte(0)
	if text != "" && strings.IndexByte("@#>", text[0]) >= 0 {
		only, text = text[0], strings.TrimSpace(text[1:])
	}
	parts := []struct {
		sign  byte
		title string
		find  func(string) ([]hit, error)
	}{
		{'@', "search.people", v.findPeople},
		{'#', "search.licenses", v.findLicenses},
		{'#', "search.numbers", v.findNumbered},
		{0, "search.sets", v.findSets},
		{0, "search.go", v.findPages},
		{'>', "search.do", v.findActs},
	}
	all := []hits{}
	for _, part := range parts {
		if only != 0 && part.sign != only {
			continue
		}
		items, err := part.find(text)
		if err != nil {
			return nil, err
		}
		if len(items) > 0 {
			all = append(all, v.shownHits(part.title, text, items))
		}
	}
	return all, nil
}

// shownHits are the first of what was found. Pages and deeds are shown all: they are
// a list one looks through.
func (v *visit) shownHits(title, text string, items []hit) hits {
	h := hits{Title: v.Say(title), Items: items}
	if title == "search.go" || title == "search.do" {
		return h
	}
	h.Items = items[:min(len(items), mostHits)]
	h.More = len(items) - len(h.Items)
	if title == "search.people" && len(items) >= mostHits {
		h.List = "/users?q=" + escapeQuery(text)
	}
	return h
}

func (v *visit) findPeople(text string) ([]hit, error) {
	if text == "" || !v.may(api.ScopeRead) {
		return nil, nil
	}
	people, err := v.in.FindPeople(v.ctx(), v.act, text, mostHits)
	if err != nil {
		return nil, err
	}
	var items []hit
	for _, p := range people {
		items = append(items, hit{Text: cmp.Or(p.Name, p.UserID), More: p.UserID, Path: personPath(p.UserID, p.Number), person: true})
	}
	return items, nil
}

func (v *visit) findLicenses(text string) ([]hit, error) {
	if text == "" || !v.may(api.ScopeRead) {
		return nil, nil
	}
	licenses, err := v.in.Licenses(v.ctx(), v.act, true)
	if err != nil {
		return nil, err
	}
	var items []hit
	for _, l := range licenses.Items {
		shown := cmp.Or(l.DisplayName, string(l.Name.Module))
		if likely(text, shown, l.Name.String()) {
			items = append(items, hit{Text: shown, More: l.Name.String(), Path: licensePath(l.Name), Lang: v.foreign(l.Name)})
		}
	}
	return items, nil
}

// findNumbered finds what has a number: a person, an entry of the audit trail, and
// what is on record of a request.
func (v *visit) findNumbered(text string) ([]hit, error) {
	if !v.may(api.ScopeRead) {
		return nil, nil
	}
	if text == "" || len(text) > 12 || strings.Trim(text, "0123456789") != "" {
		return v.findRequest(text)
	}
	var items []hit
	if p, err := v.in.Person(v.ctx(), v.act, "#"+text); err == nil {
		items = append(items, hit{Text: fullName(p.Person), More: "#" + text, Path: pathOf(p.Person), person: true})
	}
	if e, err := v.in.FindAuditEntry(v.ctx(), v.act, text); err == nil {
		items = append(items, hit{Text: v.Say("audit.entry", "Number", text), More: v.action(e.Action), Path: "/audit/" + text})
	}
	return items, nil
}

func (v *visit) findSets(text string) ([]hit, error) {
	if text == "" || !v.may(api.ScopeRead) {
		return nil, nil
	}
	sets, err := v.in.Sets(v.ctx(), v.act)
	if err != nil {
		return nil, err
	}
	var items []hit
	for _, s := range sets.Items {
		if likely(text, s.ID) {
			path := "/licenses/history"
			if v.may(api.ScopeActivate) {
				path = reviewPath(s.ID)
			}
			items = append(items, hit{Text: v.Say("search.set", "ID", s.ID), Path: path})
		}
	}
	return items, nil
}

// A place is a page or a thing to do that the palette knows.
type place struct{ key, path, scope string }

// places are the pages worth going to.
var places = []place{
	{"nav.home", "/", member},
	{"nav.licenses", "/licenses", api.ScopeRead},
	{"search.history", "/licenses/history", api.ScopeRead},
	{"search.keys", "/licenses/keys", api.ScopeRead},
	{"report.title", "/licenses/report", api.ScopeRead},
	{"nav.users", "/users", api.ScopeRead},
	{"people.tab-other", "/users?tab=other", api.ScopeRead},
	{"people.tab-licenses", "/users?tab=licenses", api.ScopeRead},
	{"nav.status", "/status", api.ScopeRead},
	{"databases.title", databasesPath, api.ScopeRead},
	{"nav.audit", "/audit", api.ScopeRead},
	{"nav.settings", "/settings", api.ScopeAdmin},
	{"nav.me", "/me", member},
	{"me.signin", "/me/signin", member},
	{"me.appearance", "/me/appearance", member},
	{"frame.help", "/help", member},
	{"help.keys", "/help#keys", member},
}

// deeds are things to do. Each leads to the page where they are prepared; none
// is done by choosing it.
var deeds = []place{
	{"search.import", "/licenses/import", api.ScopeActivate},
	{"search.review", "/licenses/review", api.ScopeActivate},
	{"search.add-person", "/users/new", api.ScopeAssign},
	{"search.bulk", "/users/bulk", api.ScopeAssign},
	{"search.event", "/status/events/new", api.ScopeAdmin},
	{"settings.role-give-title", "/settings/roles", api.ScopeAdmin},
	{"settings.token-new", "/settings/tokens", api.ScopeAdmin},
	{"search.verify", "/audit/verify", api.ScopeRead},
}

// findPages finds pages; the parts of the settings only by name, for there are
// many.
func (v *visit) findPages(text string) ([]hit, error) {
	items := v.among(places, text)
	if text != "" {
		items = append(items, v.among(settingsPlaces, text)...)
	}
	return items, nil
}

// mostDeedsOf is of how many people it is offered what can be done.
const mostDeedsOf = 3

// findActs finds things to do, and what can be done about people who are named.
func (v *visit) findActs(text string) ([]hit, error) {
	items := v.among(deeds, text)
	if !v.may(api.ScopeAssign) {
		return items, nil
	}
	for _, deed := range []struct{ word, path string }{{"search.plans-of", "/plans"}, {"offboard.title", "/offboard"}} {
		people, err := v.in.FindPeople(v.ctx(), v.act, nameIn(text, v.words(deed.word)[0]), mostDeedsOf)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			items = append(items, hit{Text: v.Say(deed.word, "Name", cmp.Or(p.Name, p.UserID)), More: p.UserID, Path: personPath(p.UserID, p.Number) + deed.path, person: true})
		}
	}
	return items, nil
}

// nameIn is what remains of a text without the words of a deed: "anna" of "give
// anna".
func nameIn(text, deed string) string {
	var rest []string
	said := strings.Fields(strings.ToLower(deed))
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, word) }) {
			rest = append(rest, word)
		}
	}
	return strings.Join(rest, " ")
}

func (v *visit) among(all []place, text string) []hit {
	var items []hit
	for _, p := range all {
		if shown := v.Say(p.key); v.may(p.scope) && likely(text, shown) {
			items = append(items, hit{Text: shown, Path: p.path})
		}
	}
	return items
}

// likely reports whether every word of a text stands in one of some names,
// without regard to letter case. No text is in all of them.
func likely(text string, names ...string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.Contains(strings.ToLower(n), word) }) {
			return false
		}
	}
	return true
}

// crumb is a link of the way to a page.
func (v *visit) crumb(key, path string) page.Link { return page.Link{Text: v.Say(key), Path: path} }
