package e2e

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
)

// notOnPages is what pages do not offer, and the API is asked for instead. A
// door that asks the API for anything else fails the test, and so does a line
// that nobody needs any longer.
var notOnPages = map[string]string{
	"checks":                        "product code asks; pages show what somebody can use",
	"counts":                        "what is paid for is counted by the API and by commands",
	"why, of a client or a feature": "pages explain licenses",
	"why, of somebody unknown":      "nobody has no page",
	"what if, in several steps":     "a page supposes one thing at a time",
	"holders of the past":           "a page shows a person of the past, and the course of a license in numbers",
	"databases":                     "site licenses of databases have no form in this suite",
	"a plan by a name that is none": "a page offers plans, and a name that is none cannot be ticked as one",
	"a plan as an extra":            "what a page offers as a plan is one",
}

// asked is what was asked of the API by doors through pages, and which scenarios
// went through them.
var asked sync.Map

// listed fails for lines of notOnPages that no scenario needed, once all have been
// run through the pages.
func listed(t *testing.T, scenario string) {
	asked.Store(scenario, true)
	for _, other := range []string{"the example", "the newer acts"} {
		if _, ran := asked.Load(other); !ran {
			return
		}
	}
	for what := range notOnPages {
		if _, needed := asked.Load(what); !needed {
			t.Errorf("nobody asks the API for %s", what)
		}
	}
}

// pagesDoor goes through the pages, as somebody without JavaScript. What pages do
// not offer is in notOnPages.
type pagesDoor struct {
	apiDoor
	*browser
	t *testing.T
}

// openPages signs in at the recovery door: before the first set there is nobody
// else.
func openPages(t *testing.T, w *world, at string) door {
	made, unrecorded, err := w.host.Recover(t.Context(), audit.Actor{Kind: audit.Host, ID: "test"}, at, 15*time.Minute)
	if err != nil || unrecorded != nil {
		t.Fatal(err, unrecorded)
	}
	d := pagesDoor{apiDoor{t, w, w.client(t, at)}, newBrowser(t, w.server+"/"+at), t}
	s := d.open("/signin/recovery")
	f := s.form("/signin/recovery")
	if f == nil {
		t.Fatalf("the recovery door has no form: %s", words(s.tree))
	}
	if s = d.send(f, "token", made.Token); strings.HasPrefix(s.path, "/signin") {
		t.Fatalf("the recovery door does not open: %s", words(s.tree))
	}
	return d
}

// instead asks the API for what pages do not offer.
func (d pagesDoor) instead(what string) apiDoor {
	if notOnPages[what] == "" {
		d.t.Errorf("pages offer no %s, and nothing says that they need not", what)
	}
	asked.Store(what, true)
	return d.apiDoor
}

func personPage(person string) string { return "/users/" + url.PathEscape(person) }

func (d pagesDoor) load(file []byte) (string, string) {
	s := d.open("/licenses/import")
	s = d.send(s.form("/licenses/import"), "text", string(file))
	if code := s.refused(); code != "" {
		return "", code
	}
	return strings.TrimPrefix(s.path, "/licenses/review/"), ""
}

// reviewPath is the review with what is known of the set.
func (d pagesDoor) reviewOf(set string) *sheet {
	q := url.Values{}
	for _, name := range d.w.accepts[set] {
		q.Add("ok", "superoffice."+name)
	}
	return d.open("/licenses/review/" + set + "?" + q.Encode())
}

func (d pagesDoor) review(set string) (bool, []string) {
	s := d.reviewOf(set)
	var blocking []string
	for _, row := range nodes(s.tree, "tr") {
		if value(row, "class") != "crit" {
			continue
		}
		for _, span := range nodes(row, "code") {
			if value(span, "class") == "sub" {
				blocking = append(blocking, words(span))
			}
		}
	}
	return s.activatable(set), blocking
}

// activatable reports whether the review lets one go on.
func (s *sheet) activatable(set string) bool {
	if len(s.links("/licenses/review/"+set+"/apply")) > 0 {
		return true
	}
	f := s.form("/licenses/review/" + set)
	if f == nil {
		return false
	}
	for _, b := range nodes(f.node, "button") {
		if value(b, "aria-disabled") == "true" {
			return false
		}
	}
	return true
}

func (d pagesDoor) activate(set string) string { return d.activateFrom(d.reviewOf(set), set) }

// activateFrom goes on from a review, over the summary where there is one.
func (d pagesDoor) activateFrom(s *sheet, set string) string {
	d.t.Helper()
	if on := s.links("/licenses/review/" + set + "/apply"); len(on) > 0 {
		s = d.open(on[0])
		return d.send(s.form("/licenses/review/" + set + "/apply")).refused()
	}
	f := s.form("/licenses/review/" + set)
	if f == nil {
		return "page says: " + words(s.tree)
	}
	return d.send(f).refused()
}

// activateWith chooses who is changed on the page of each license.
func (d pagesDoor) activateWith(set string, choices []api.Choice) string {
	review := d.reviewOf(set)
	for _, c := range choices {
		free := review.links("/licenses/review/" + set + "/" + c.Name)
		if len(free) == 0 {
			d.t.Fatalf("the review leads nowhere to choose who gives up %s", c.Name)
		}
		s := d.open(free[0])
		if c.Everyone {
			f := s.form("/"+c.Name, "move", c.Name)
			if f == nil || !f.offers("to", c.To) {
				d.t.Fatalf("nobody can be moved from %s to %s: %s", c.Name, c.To, words(s.tree))
			}
			review = d.send(f, "to", c.To)
			continue
		}
		p := must[api.PersonDetail](d.t)(d.c.Person(d.ctx(), c.Person, ""))
		number := strconv.FormatInt(p.Number, 10)
		f := s.form("/"+c.Name, "row", number)
		if f == nil || !f.offers("do-"+number, c.Do+"~"+c.Name+"~"+c.To) {
			d.t.Fatalf("%s is not offered for %s: %s", c.Do, c.Person, words(s.tree))
		}
		f.tick("p", number)
		// What is chosen on this page and the pages before is in the address of the
		// review it leads back to, also when it is not enough yet.
		s = d.send(f, "do-"+number, c.Do+"~"+c.Name+"~"+c.To, "go", "review")
		if review = s; !strings.HasSuffix(s.path, "/licenses/review/"+set) {
			back := s.links("/licenses/review/" + set + "?")
			if len(back) == 0 {
				d.t.Fatalf("there is no way back to the review: %s", words(s.tree))
			}
			review = d.open(back[0])
		}
	}
	return d.activateFrom(review, set)
}

func (d pagesDoor) rollBack() string {
	s := d.open("/licenses/history")
	back := s.links("/licenses/history/roll-back")
	if len(back) == 0 {
		f := s.form("/licenses/history/roll-back")
		if f == nil {
			return "page says: " + words(s.tree)
		}
		return d.send(f).refused()
	}
	s = d.open(back[0])
	return d.send(s.form("/licenses/history/roll-back")).refused()
}

func (d pagesDoor) add(p api.NewPerson) string {
	f := d.open("/users/new").form("/users/new")
	if !p.Login {
		f.fields.Del("login")
	}
	if p.Plan != "" && !f.offers("plan", p.Plan) {
		d.t.Errorf("the form does not offer %s", p.Plan)
	}
	return d.send(f, "user_id", p.UserID, "first_name", p.FirstName, "last_name", p.LastName, "email", p.Email, "group", p.Group, "plan", p.Plan).refused()
}

// plansOf opens the page where somebody's plans and extras are chosen.
func (d pagesDoor) plansOf(person string) (*blank, string) {
	s := d.open(personPage(person) + "/plans")
	if code := s.refused(); code != "" {
		return nil, code
	}
	f := s.form(personPage(person) + "/plans")
	if f != nil {
		return f, ""
	}
	// Who has left is offered nothing. A form that was open before is sent all the
	// same, and refused.
	token := ""
	for _, any := range nodes(s.tree, "input") {
		if value(any, "name") == "csrf" {
			token = value(any, "value")
		}
	}
	return &blank{action: d.base + personPage(person) + "/plans", fields: url.Values{"csrf": {token}, "was": {""}}}, ""
}

// changePlans sends the form, and agrees to what it would take away when that is
// shown first. also says whether what needs something may go with it.
func (d pagesDoor) changePlans(person string, f *blank, also bool) string {
	s := d.send(f)
	if code := s.refused(); code != "" {
		return code
	}
	sure := s.form(personPage(person)+"/plans", "confirm", "yes")
	if sure == nil || strings.Contains(s.text, "data-plans") {
		return ""
	}
	if !also && strings.Contains(words(s.tree), "Taken back as well, because what it needs goes") {
		return "seat.dependants" // the page lists them, and nobody has agreed
	}
	return d.send(sure).refused()
}

var lineName = regexp.MustCompile(`^line:([^:]+):([^:]+):(.*)$`)

// choosePlan ticks a plan, by its name or by the tiers it is made of. "" is none.
func (f *blank) choosePlan(plan string) bool {
	module := plan[strings.IndexByte(plan, '.')+1:]
	found := false
	for _, in := range nodes(f.node, "input") {
		name, v := value(in, "name"), value(in, "value")
		switch m := lineName.FindStringSubmatch(name); {
		case strings.HasPrefix(name, "plan:") && v == plan:
			f.fields.Set(name, v)
			found = true
		case m != nil && v == "" && !found:
			f.fields.Set(name, "")
		case m != nil && v != "" && strings.Contains("-"+module+"-", "-"+m[2]+"-"+v+"-"):
			f.fields.Set(name, v)
		}
	}
	return found || f.composes(module)
}

// composes reports whether the tiers that are ticked make up a plan, none the
// empty one.
func (f *blank) composes(module string) bool {
	lines, parts := false, 0
	for name, v := range f.fields {
		if m := lineName.FindStringSubmatch(name); m != nil {
			if lines = true; v[0] != "" {
				parts++
			}
		}
	}
	return lines && (parts > 0 || module == "no-selection")
}

func (d pagesDoor) setPlan(person, plan string) string {
	f, code := d.plansOf(person)
	switch {
	case code != "":
		return code
	case f.node == nil:
		f.tick("give", plan)
	case !f.choosePlan(plan):
		return d.instead("a plan by a name that is none").setPlan(person, plan)
	}
	return d.changePlans(person, f, true)
}

func (d pagesDoor) takePlan(person, plan string) string {
	f, code := d.plansOf(person)
	if code != "" {
		return code
	}
	for name := range f.fields {
		if strings.HasPrefix(name, "plan:") || lineName.MatchString(name) {
			f.fields.Set(name, "")
		}
	}
	return d.changePlans(person, f, true)
}

func (d pagesDoor) extra(person, name string) string {
	f, code := d.plansOf(person)
	if code != "" {
		return code
	}
	if f.node != nil && !f.offers("give", name) && slices.ContainsFunc(d.licenses(), func(l api.License) bool { return l.Plan && l.Name.String() == name }) {
		return d.instead("a plan as an extra").extra(person, name)
	}
	f.tick("give", name) // also what the page does not offer: forms can be written by hand
	return d.changePlans(person, f, true)
}

func (d pagesDoor) takeExtra(person, name string, also bool) string {
	f, code := d.plansOf(person)
	if code != "" {
		return code
	}
	f.untick("give", name)
	return d.changePlans(person, f, also)
}

func (d pagesDoor) licenses() []api.License {
	var list api.List[api.License]
	d.document("/licenses.json?hidden=1", &list)
	return list.Items
}

func (d pagesDoor) holders(name, asOf string) []string {
	if asOf != "" {
		return d.instead("holders of the past").holders(name, asOf)
	}
	var list api.List[api.Holder]
	d.document("/licenses/holders.json?license="+url.QueryEscape(name), &list)
	return whoHolds(list)
}

func (d pagesDoor) count() api.Count                { return d.instead("counts").count() }
func (d pagesDoor) countAsOf(asOf string) api.Count { return d.instead("counts").countAsOf(asOf) }
func (d pagesDoor) may(q api.Check) api.Answer      { return d.instead("checks").may(q) }
func (d pagesDoor) addDatabase(name string) string  { return d.instead("databases").addDatabase(name) }
func (d pagesDoor) removeDatabase(name string) string {
	return d.instead("databases").removeDatabase(name)
}
func (d pagesDoor) assignSite(database, name string) string {
	return d.instead("databases").assignSite(database, name)
}
func (d pagesDoor) releaseSite(database, name string) string {
	return d.instead("databases").releaseSite(database, name)
}

func (d pagesDoor) whatIf(steps ...api.WhatIfStep) api.WhatIfAnswer {
	return d.instead("what if, in several steps").whatIf(steps...)
}

func (d pagesDoor) why(q api.Check) (y api.Why) {
	if q.Module == "" {
		return d.instead("why, of a client or a feature").why(q)
	}
	if !d.document(personPage(q.Person)+"/uses.json?why="+url.QueryEscape(q.Module), &y) {
		return d.instead("why, of somebody unknown").why(q)
	}
	return y
}

// leaving goes through the page on which somebody leaves, in one of its ways.
func (d pagesDoor) leaving(person, way string) string {
	s := d.open(personPage(person) + "/offboard")
	if code := s.refused(); code != "" {
		return code
	}
	s = d.send(s.form("/offboard"), "do", way)
	if code := s.refused(); code != "" {
		return code
	}
	sure := s.form("/offboard", "confirm", "yes")
	if sure == nil {
		return "page says: " + words(s.tree)
	}
	return d.send(sure).refused()
}

func (d pagesDoor) former(person string) string { return d.leaving(person, "retire") }
func (d pagesDoor) retire(person string) string { return d.leaving(person, "retire") }
func (d pagesDoor) remove(person string) string { return d.leaving(person, "delete") }

// press sends the form of a person's page that has a field with a value.
func (d pagesDoor) press(person, end string, with ...string) string {
	s := d.open(personPage(person))
	if code := s.refused(); code != "" {
		return code
	}
	f := s.form(end, with...)
	if f == nil {
		return "page says: " + words(s.tree)
	}
	return d.send(f).refused()
}

func (d pagesDoor) restore(person string) string { return d.press(person, "/restore") }

func (d pagesDoor) giveLogin(person string) string {
	s := d.open(personPage(person))
	if code := s.refused(); code != "" {
		return code
	}
	for _, f := range s.forms("/login") {
		if f.offers("do", "give") {
			return d.send(f, "do", "give").refused()
		}
	}
	return "page says: " + words(s.tree)
}

func (d pagesDoor) endLogin(person string) string { return d.press(person, "/login", "do", "end") }

func (d pagesDoor) role(person, role string) string {
	return d.press(person, "/role", "do", "give", "role", role)
}

func (d pagesDoor) takeRole(person, role string) string {
	return d.press(person, "/role", "do", "take", "role", role)
}

var eventNumber = regexp.MustCompile(`/status/events/(\d+)`)

func (d pagesDoor) startEvent(kind string) (int64, string) {
	s := d.open("/status/events/new")
	s = d.send(s.form("/status/events/new"), "type", kind, "text-en", "We are upgrading", "do", "preview")
	if code := s.refused(); code != "" {
		return 0, code
	}
	s = d.send(s.form("/status/events/new"), "do", "start")
	if code := s.refused(); code != "" {
		return 0, code
	}
	m := eventNumber.FindStringSubmatch(s.text)
	if m == nil {
		return 0, "page says: " + words(s.tree)
	}
	number, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		d.t.Error(err)
	}
	return number, ""
}

// endEvent ends an event on its page; one that has ended has no button, and it is
// already so.
func (d pagesDoor) endEvent(number int64) string {
	s := d.open(fmt.Sprint("/status/events/", number))
	if code := s.refused(); code != "" {
		return code
	}
	f := s.form(fmt.Sprint("/status/events/", number, "/end"))
	if f == nil {
		return ""
	}
	return d.send(f).refused()
}

func (d pagesDoor) profile(person, code string) string {
	s := d.open(personPage(person) + "/plans")
	if code := s.refused(); code != "" {
		return code
	}
	f := s.form(personPage(person) + "/profile")
	if f == nil {
		return "page says: " + words(s.tree)
	}
	s = d.send(f, "profile", code)
	if code := s.refused(); code != "" {
		return code
	}
	if len(s.forms(personPage(person)+"/profile")) == 1 {
		if sure := s.form(personPage(person)+"/profile", "confirm", "yes"); sure != nil {
			return d.send(sure).refused()
		}
	}
	return ""
}

// importList pastes a list, looks at what it would do, and does it: also where the
// page says that it cannot be done.
func (d pagesDoor) importList(list string) string {
	s := d.open("/users/bulk")
	s = d.send(s.form("/users/bulk"), "text", list)
	if code := s.refused(); code != "" {
		return code
	}
	f := s.form(s.path)
	if f == nil {
		return "page says: " + words(s.tree)
	}
	return d.untilDone(d.send(f))
}

// untilDone waits on the page of a job until it is over.
func (d pagesDoor) untilDone(s *sheet) string {
	if code := s.refused(); code != "" {
		return code
	}
	d.await(s.path[strings.LastIndexByte(s.path, '/')+1:])
	return d.open(s.path).refused()
}

// undoImport goes to the newest job, looks at what undoing it would do, and presses
// the button.
func (d pagesDoor) undoImport() string {
	jobs := d.open("/users/bulk").links("/users/bulk/jobs/")
	if len(jobs) == 0 {
		return "page says: there was nothing"
	}
	ways := d.open(jobs[0]).links(jobs[0] + "/undo")
	if len(ways) == 0 {
		return "page says: it cannot be undone"
	}
	f := d.open(ways[0]).form("/undo")
	if f == nil {
		return "page says: there is nothing to undo"
	}
	return d.untilDone(d.send(f))
}
