package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

func peopleRoutes() []route {
	return []route{
		get("/users", api.ScopeRead, showPeople),
		get("/users.csv", api.ScopeRead, exportPeople),
		get("/users.json", api.ScopeRead, exportPeople),
		get("/users/new", api.ScopeAssign, newPerson),
		post("/users/new", api.ScopeAssign, addPerson),
		post("/users/views", api.ScopeRead, saveView),
		post("/users/views/drop", api.ScopeRead, dropView),
	}
}

// peopleSize is how many people stand on a page.
const peopleSize = 50

// peopleKinds are the accounts of people, otherKinds those that are nobody's.
var peopleKinds = []string{"internal", "external", "resource"}

const otherKinds = "system,anonymous"

// chosenBy are the parameters that leave people out of a list.
var chosenBy = []string{"q", "plan", "extra", "group", "role", "profile", "kind", "login", "active", "signs_in", "counted", "waiting"}

// unfiltered is this list with everybody on it.
func (v *visit) unfiltered() string {
	pairs := []string{"page", "", "select", ""}
	for _, name := range chosenBy {
		pairs = append(pairs, name, "")
	}
	return v.with(pairs...)
}

// columns are what a list of people can show beside the name, in its order, where
// everything is collected.
var columns = []string{"plan", "extras", "group", "role", "login", "active", "email", "profile", "kind", "source", "number"}

// usual are the columns shown when nobody chooses: when people were active is among
// them where that is collected, the profile where people have one.
func (v *visit) usual() ([]string, error) {
	shown := []string{"plan", "extras", "group", "role", "login"}
	if v.in.CollectsActivity() {
		shown = append(shown, "active")
	}
	profiles, err := v.in.Profiles(v.ctx(), v.act)
	if err != nil || len(profiles.Items) == 0 {
		return shown, err
	}
	return append(shown, "profile"), nil
}

// A peopleView is a list of people with everything that chooses them.
type peopleView struct {
	tab      string // "", "other" or "licenses"
	filter   installation.PeopleFilter
	list     api.PeopleList
	pager    page.Pager
	shown    []string
	dense    bool
	selected string // "", "page" or "all"
	filtered bool
	options  map[string][]page.Option
	views    []api.SavedView
	pools    []api.License // of the tab of licenses
	license  *api.License  // chosen there
	assign   bool
	saving   string // what a view was to be called that was not saved
	shared   bool   // and whether with everybody
	faults   page.Faults
}

// paidPlans stands for every plan that is neither empty nor unrestricted.
const paidPlans = "*"

// filterOf reads the filter of an address.
func filterOf(q url.Values) installation.PeopleFilter {
	f := installation.PeopleFilter{Text: q.Get("q"), Plan: q.Get("plan"), Holds: q.Get("license"), Extra: q.Get("extra"), Group: q.Get("group"), Role: q.Get("role"), Profile: q.Get("profile"), Active: q.Get("active"),
		Sort: q.Get("sort"), GroupBy: q.Get("by"), Waiting: q.Get("waiting"), Limit: peopleSize, Kind: strings.Join(peopleKinds, ",")}
	if slices.Contains(peopleKinds, q.Get("kind")) {
		f.Kind = q.Get("kind")
	}
	switch q.Get("login") {
	case "may":
		f.SignsIn = "true"
	case "may-not":
		f.SignsIn = "false"
	case "former":
		f.Former = "true"
	case "deleted":
		f.Deleted = true
	case "waiting":
		f.Waiting = "true"
	}
	if q.Get("signs_in") != "" {
		f.SignsIn = "true"
	}
	if q.Get("counted") != "" {
		f.Counted = "true"
	}
	if f.Plan == paidPlans {
		f.Plan, f.Paid = "", "true"
	}
	switch q.Get("tab") {
	case "other":
		f.Kind = otherKinds
	case "licenses":
		f.Kind = ""
	}
	return f
}

func showPeople(v *visit) error {
	if path, leads := v.withoutActive(); leads {
		return v.goTo(path)
	}
	view, err := v.people()
	if err != nil {
		return err
	}
	v.listOfPeople(view)
	return v.show(peoplePage(v, view))
}

// listOfPeople begins the page of a list.
func (v *visit) listOfPeople(view peopleView) {
	v.titled("users", v.Say("people.title"))
	v.Part = view.part(v)
	v.onPage(view.pager)
	v.Wide, v.AsOf, v.Command = true, view.list.AsOf, view.command()
	v.Modules = []string{"people.js"}
}

// part says which list it is, where it is not that of all people.
func (x peopleView) part(v *visit) string {
	var parts []string
	switch x.tab {
	case "other":
		parts = append(parts, v.Say("people.tab-other"))
	case "licenses":
		parts = append(parts, v.Say("people.tab-licenses"))
	}
	if text := v.query("q"); text != "" {
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// people reads what the list of an address shows.
func (v *visit) people() (peopleView, error) {
	q := v.r.URL.Query()
	view := peopleView{tab: q.Get("tab"), filter: filterOf(q), shown: q["col"], dense: q.Get("dense") != "", selected: q.Get("select"), assign: v.may(api.ScopeAssign)}
	if len(view.shown) == 0 {
		usual, err := v.usual()
		if err != nil {
			return view, err
		}
		view.shown = usual
	}
	for _, name := range chosenBy {
		view.filtered = view.filtered || q.Get(name) != ""
	}
	if view.tab == "licenses" {
		if err := v.pools(&view, q.Get("license")); err != nil || view.license == nil {
			return view, err
		}
		view.filter.Holds = view.license.Name.String()
	}
	view.filter.Page = v.pageNumber()
	var err error
	if view.list, err = v.in.People(v.ctx(), v.act, view.filter); err != nil {
		return view, err
	}
	view.pager = page.Pager{Page: view.filter.Page, Size: peopleSize, Total: view.list.Total, Link: func(n int) string { return v.with("page", strconv.Itoa(n), "select", "") }}
	views, err := v.in.SavedViews(v.ctx(), v.act, "users")
	if err != nil {
		return view, err
	}
	view.views = views.Items
	return view, v.choices(&view, q)
}

// chosen says what the list is filtered and grouped by, in words.
func (x peopleView) chosen(v *visit) string {
	var words []string
	if x.filter.Text != "" {
		words = append(words, x.filter.Text)
	}
	for _, field := range []string{"plan", "extra", "group", "role", "profile", "kind", "login", "active", "by"} {
		key := cmp.Or(map[string]string{"extra": "people.col.extras", "by": "people.by"}[field], "people.col."+field)
		for _, o := range x.options[field] {
			if o.Chosen && o.Value != "" {
				words = append(words, v.Say(key)+": "+o.Text)
			}
		}
	}
	if v.query("signs_in") != "" {
		words = append(words, v.Say("people.only-login"))
	}
	if v.query("counted") != "" {
		words = append(words, v.Say("people.only-counted"))
	}
	return strings.Join(words, ", ")
}

// pools reads the licenses people can be given.
func (v *visit) pools(view *peopleView, chosen string) error {
	list, err := v.in.Licenses(v.ctx(), v.act, false)
	if err != nil {
		return err
	}
	for _, l := range list.Items {
		if l.Kind.String() == "user" && !l.Marker {
			view.pools = append(view.pools, l)
		}
	}
	for i := range view.pools {
		if chosen == "" || view.pools[i].Name.String() == chosen {
			view.license = &view.pools[i]
			break
		}
	}
	if view.license == nil && len(view.pools) > 0 {
		view.license = &view.pools[0] // there is no such one
	}
	view.list.AsOf = list.AsOf
	return nil
}

// choices fills in what people can be filtered by, and given.
func (v *visit) choices(view *peopleView, q url.Values) error {
	list, err := v.in.Licenses(v.ctx(), v.act, false)
	if err != nil {
		return err
	}
	groups, err := v.in.Groups(v.ctx(), v.act)
	if err != nil {
		return err
	}
	profiles, err := v.in.Profiles(v.ctx(), v.act)
	if err != nil {
		return err
	}
	o := map[string][]page.Option{}
	option := func(field, value, text string) {
		o[field] = append(o[field], page.Option{Value: value, Text: text, Chosen: q.Get(field) == value})
	}
	licenseOption := func(field string, l api.License, group string) {
		o[field] = append(o[field], page.Option{Value: l.Name.String(), Text: licenseTitle(l), Chosen: group == "" && q.Get(field) == l.Name.String(),
			Group: group, Lang: v.foreign(l.Name)})
	}
	for _, field := range []string{"plan", "extra", "group", "role", "profile", "kind", "login"} {
		option(field, "", v.Say("people.any"))
	}
	option("plan", paidPlans, v.Say("people.any-paid"))
	option("by", "", v.Say("people.by-none"))
	if v.in.CollectsActivity() {
		o["active"] = v.activeOptions(q.Get("active"))
	}
	for _, l := range list.Items {
		if l.Plan {
			licenseOption("plan", l, "")
		}
		if l.Kind.String() == "user" && !l.Marker {
			group := v.Say("licenses.extras")
			if l.Plan {
				group = v.Say("licenses.plans")
			} else {
				licenseOption("extra", l, "")
			}
			licenseOption("name", l, group)
		}
	}
	for _, g := range groups {
		option("group", g, g)
	}
	for _, r := range []string{"administrator", "user-administrator", "auditor"} {
		option("role", r, v.Say("people.role."+r))
	}
	for _, p := range profiles.Items {
		option("profile", p.Code, p.Name)
	}
	for _, k := range peopleKinds {
		option("kind", k, v.Say("people.kind."+k))
	}
	for _, w := range []string{"may", "may-not", "waiting", "former", "deleted"} {
		option("login", w, v.Say("people.login."+w))
	}
	for _, by := range installation.PeopleGroupings {
		if by != "profile" || len(profiles.Items) > 0 {
			option("by", by, v.Say("people.col."+by))
		}
	}
	slices.SortStableFunc(o["name"], func(x, y page.Option) int { return cmp.Compare(y.Group, x.Group) })
	view.options = o
	return nil
}

// command is the list as a command.
func (x peopleView) command() string {
	words := []string{"pott user ls"}
	f := x.filter
	for _, flag := range [][2]string{{"--plan", f.Plan}, {"--holds", f.Holds}, {"--extra", f.Extra}, {"--group", f.Group}, {"--role", f.Role}, {"--profile", f.Profile}, {"--kind", f.Kind}, {"--active", f.Active}, {"--sort", f.Sort}, {"--by", f.GroupBy}} {
		if flag[1] != "" {
			words = append(words, flag[0]+" "+shellWord(flag[1]))
		}
	}
	if f.SignsIn != "" {
		words = append(words, map[string]string{"true": "--signs-in yes", "false": "--signs-in no"}[f.SignsIn])
	}
	if f.Paid != "" {
		words = append(words, "--paid yes")
	}
	if f.Counted != "" {
		words = append(words, "--counted yes")
	}
	for _, flag := range []struct {
		word string
		set  bool
	}{{"--former yes", f.Former != ""}, {"--waiting", f.Waiting != ""}, {"--deleted", f.Deleted}} {
		if flag.set {
			words = append(words, flag.word)
		}
	}
	if f.Text != "" {
		words = append(words, shellWord(f.Text))
	}
	return strings.Join(words, " ")
}

// shellWord writes an argument as a shell takes it.
func shellWord(text string) string {
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// cell is what somebody has in a column, in words.
func (v *visit) cell(p api.Person, column string) string {
	switch column {
	case "plan":
		return strings.Join(holdingTitles(p.Plans), ", ")
	case "extras":
		if n := len(p.Extras); n > 0 {
			return v.Number(int64(n))
		}
		return ""
	case "group":
		return p.Group
	case "role":
		var words []string
		for _, r := range p.Roles {
			words = append(words, v.Say("people.role."+r))
		}
		return strings.Join(words, ", ")
	case "login":
		return v.loginMark(p).Text
	case "active":
		return v.active(p.LastActive)
	case "email":
		return p.Email
	case "profile":
		return v.profileName(p.Profile)
	case "kind":
		return v.Say("people.kind." + p.Kind.String())
	case "source":
		var words []string
		for _, h := range append(slices.Clone(p.Plans), p.Extras...) {
			if w := v.Say("people.source." + h.Source); !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
		return strings.Join(words, ", ")
	case "number":
		return strconv.FormatInt(p.Number, 10)
	}
	return ""
}

// profileName is what people call a profile; its code where it is gone by now.
func (v *visit) profileName(code string) string {
	if code == "" {
		return ""
	}
	if v.profiles == nil {
		v.profiles = map[string]string{}
		if list, err := v.in.Profiles(v.ctx(), v.act); err == nil {
			for _, p := range list.Items {
				v.profiles[p.Code] = p.Name
			}
		}
	}
	return cmp.Or(v.profiles[code], code)
}

func holdingTitles(list []api.Holding) []string {
	var titles []string
	for _, h := range list {
		titles = append(titles, cmp.Or(h.DisplayName, h.Name.String()))
	}
	return titles
}

// loginMark says whether somebody signs in.
func (v *visit) loginMark(p api.Person) page.Mark {
	switch {
	case p.Deleted:
		return page.Mark{Text: v.Say("people.state.deleted")}
	case p.Former:
		return page.Mark{Text: v.Say("people.state.former")}
	case p.Waiting:
		return page.Mark{Kind: "warn", Text: v.Say("people.state.waiting")}
	case !p.Login:
		return page.Mark{Kind: "off", Text: v.Say("people.state.no")}
	case !p.ValidThrough.IsZero() && p.ValidThrough.Before(license.DateOf(v.In(v.now))):
		return page.Mark{Kind: "warn", Text: v.Say("person.login-ended", "Day", v.day(p.ValidThrough))}
	case !p.ValidThrough.IsZero():
		return page.Mark{Kind: "ok", Text: v.Say("people.state.through", "On", p.ValidThrough)}
	}
	return page.Mark{Kind: "ok", Text: v.Say("people.state.yes")}
}

// groupTitle is the heading of people who have the same.
func (v *visit) groupTitle(by string, g api.PeopleGroup) string {
	name := cmp.Or(g.Name, g.Key)
	switch {
	case g.Key == "":
		name = v.Say("people.none-of-it")
	case by == "role":
		name = v.Say("people.role." + g.Key)
	case by == "kind":
		name = v.Say("people.kind." + g.Key)
	case by == "login":
		name = v.Say("people.state." + g.Key)
	}
	return v.Say("people.group-of", "Name", name, "N", g.People)
}

// groupStarts are the headings before some of the rows of a page.
func (x peopleView) groupStarts() map[int]api.PeopleGroup {
	starts := map[int]api.PeopleGroup{}
	at, first := 0, x.pager.First()-1
	for _, g := range x.list.Groups {
		if end := at + g.People; end > first && at < first+len(x.list.Items) {
			starts[max(0, at-first)] = g
		}
		at += g.People
	}
	return starts
}

// kept are the parameters of the address a form must carry along, without those
// it sets itself.
func (v *visit) kept(without ...string) [][2]string {
	var pairs [][2]string
	q := v.r.URL.Query()
	names := append(slices.Clone(chosenBy), "tab", "license", "sort", "by", "col", "dense")
	for _, name := range names {
		if slices.Contains(without, name) {
			continue
		}
		for _, value := range q[name] {
			pairs = append(pairs, [2]string{name, value})
		}
	}
	return pairs
}

// who is how a form names a person.
func who(p api.Person) string { return fmt.Sprint("#", p.Number) }
