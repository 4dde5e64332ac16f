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
var chosenBy = []string{"q", "plan", "extra", "group", "role", "profile", "kind", "login", "signs_in", "waiting"}

// unfiltered is this list with everybody on it.
func (v *visit) unfiltered() string {
	pairs := []string{"page", "", "select", ""}
	for _, name := range chosenBy {
		pairs = append(pairs, name, "")
	}
	return v.with(pairs...)
}

// columns are what a list of people can show beside the name, in its order.
var columns = []string{"plan", "extras", "group", "role", "login", "email", "profile", "kind", "source", "number"}

// usual are the columns shown when nobody chooses.
var usual = []string{"plan", "extras", "group", "role", "login"}

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
	f := installation.PeopleFilter{Text: q.Get("q"), Plan: q.Get("plan"), Holds: q.Get("license"), Extra: q.Get("extra"), Group: q.Get("group"), Role: q.Get("role"), Profile: q.Get("profile"),
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
	view.list.AsOf = list.AsOf
	return nil
}

// choices fills in what people can be filtered by, and given.
func (v *visit) choices(view *peopleView, q url.Values) error {
	list, err := v.in.Licenses(v.ctx(), v.act, false)
	if err != nil {
		return err
	}
	groups, err := v.in.Groups(v.act)
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
	for _, flag := range [][2]string{{"--plan", f.Plan}, {"--holds", f.Holds}, {"--extra", f.Extra}, {"--group", f.Group}, {"--role", f.Role}, {"--profile", f.Profile}, {"--kind", f.Kind}, {"--sort", f.Sort}, {"--by", f.GroupBy}} {
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

func exportPeople(v *visit) error {
	f := filterOf(v.r.URL.Query())
	f.Limit = installation.MostListed
	list, err := v.in.ListForFile(v.ctx(), v.act, f)
	if err != nil {
		return err
	}
	if strings.HasSuffix(v.Path, ".json") {
		return v.json(list)
	}
	shown := v.r.URL.Query()["col"]
	if len(shown) == 0 {
		shown = usual
	}
	s := sheet{name: "users", head: v.words("people.name", "people.user-id")}
	for _, c := range shown {
		if slices.Contains(coded, c) {
			s.head = append(s.head, v.withCode("people.col."+c)...)
		} else {
			s.head = append(s.head, v.words("people.col."+c)...)
		}
	}
	for _, p := range list.Items {
		row := []string{strings.TrimSpace(p.FirstName + " " + p.LastName), p.UserID}
		for _, c := range shown {
			if row = append(row, v.cell(p, c)); slices.Contains(coded, c) {
				row = append(row, cellCode(p, c))
			}
		}
		s.rows = append(s.rows, row)
	}
	return v.csv(s)
}

// coded are the columns that stand in a file in words and in codes.
var coded = []string{"plan", "extras", "role", "login", "profile", "kind", "source"}

// cellCode is what somebody has in a column in the words of the API.
func cellCode(p api.Person, column string) string {
	switch column {
	case "plan":
		return holdingCodes(p.Plans)
	case "extras":
		return holdingCodes(p.Extras)
	case "role":
		return strings.Join(p.Roles, " ")
	case "login":
		return loginCode(p)
	case "profile":
		return p.Profile
	case "kind":
		return p.Kind.String()
	case "source":
		var all []string
		for _, h := range slices.Concat(p.Plans, p.Extras) {
			if !slices.Contains(all, h.Source) {
				all = append(all, h.Source)
			}
		}
		return strings.Join(all, " ")
	}
	return ""
}

func holdingCodes(list []api.Holding) string {
	var all []string
	for _, h := range list {
		all = append(all, h.Name.String())
	}
	return strings.Join(all, " ")
}

// loginCode is whether somebody may sign in, and the last day there is one.
func loginCode(p api.Person) string {
	switch {
	case p.Deleted:
		return "deleted"
	case p.Former:
		return "former"
	case p.Waiting:
		return "waiting"
	case !p.Login:
		return "no"
	case !p.ValidThrough.IsZero():
		return "through " + p.ValidThrough.String()
	}
	return "yes"
}

// A newPersonView is the form that adds somebody.
type newPersonView struct {
	person  api.NewPerson
	plans   []page.Option
	profile []page.Option
	faults  page.Faults
}

func newPerson(v *visit) error {
	view, err := v.newPersonView(api.NewPerson{Login: true})
	if err != nil {
		return err
	}
	return v.show(newPersonPage(v, view))
}

func (v *visit) newPersonView(p api.NewPerson) (newPersonView, error) {
	view := newPersonView{person: p}
	list, err := v.in.Licenses(v.ctx(), v.act, false)
	if err != nil {
		return view, err
	}
	profiles, err := v.in.Profiles(v.ctx(), v.act)
	if err != nil {
		return view, err
	}
	view.plans = []page.Option{{Text: v.Say("people.no-plan")}}
	for _, l := range list.Items {
		if l.Plan {
			text := licenseTitle(l)
			if bounded(l) {
				text = v.Say("people.plan-spare", "Name", text, "N", l.Free)
			}
			view.plans = append(view.plans, page.Option{Value: l.Name.String(), Text: text, Chosen: p.Plan == l.Name.String()})
		}
	}
	for _, pr := range profiles.Items {
		view.profile = append(view.profile, page.Option{Value: pr.Code, Text: pr.Name, Chosen: p.Profile == pr.Code})
	}
	if len(view.profile) > 0 {
		view.profile = append([]page.Option{{Text: v.Say("people.no-profile")}}, view.profile...)
	}
	v.Command = "pott user add USER --login"
	v.titled("users", v.Say("people.add"))
	v.crumbs(v.crumb("nav.users", "/users"))
	return view, nil
}

func addPerson(v *visit) error {
	n := api.NewPerson{UserID: v.form("user_id"), FirstName: v.form("first_name"), LastName: v.form("last_name"), Email: v.form("email"), Group: v.form("group"),
		Plan: v.form("plan"), Profile: v.form("profile"), Login: v.ticked("login")}
	done, err := v.in.AddPerson(v.ctx(), v.act, n)
	if err != nil {
		view, viewErr := v.newPersonView(n)
		if viewErr != nil {
			return viewErr
		}
		field := "plan"
		if bad := new(installation.BadValueError); asBad(err, &bad) {
			field = bad.Field
		} else if _, code := v.explain(err); code == "person.user-id-taken" {
			field = "user_id"
		}
		view.faults = page.Faults{v.fault(field, err)}
		return v.wrong(newPersonPage(v, view))
	}
	p := done.Person
	return v.done(personPath(p.UserID, p.Number), page.Receipt{Title: v.Say("people.added", "Name", cmp.Or(strings.TrimSpace(p.FirstName+" "+p.LastName), p.UserID)),
		Links: append([]page.Link{{Text: v.Say("people.add-another"), Path: "/users/new"}}, v.recorded(done.Outcome)...)})
}

func saveView(v *visit) error {
	name, query := v.form("view"), v.form("query")
	if _, err := v.in.SaveView(v.ctx(), v.act, api.NewView{Page: "users", Name: name, Query: query, Shared: v.ticked("shared")}); err != nil {
		return v.viewRefused(name, query, err)
	}
	return v.done("/users?"+query, page.Receipt{Title: v.Say("people.view-saved", "Name", name)})
}

// viewRefused shows the list again that was to be saved, and why it was not.
func (v *visit) viewRefused(name, query string, refused error) error {
	if _, err := url.ParseQuery(query); err != nil {
		return refused
	}
	address, asked := *v.r.URL, *v.r
	address.Path, address.RawQuery, asked.URL = "/users", query, &address
	v.r, v.Path, v.Query = &asked, address.Path, query
	view, err := v.people()
	if err != nil {
		return err
	}
	view.saving, view.shared = name, v.ticked("shared")
	view.faults = page.Faults{v.faultAt(refused, map[string]string{"name": "view"})}
	v.listOfPeople(view)
	return v.wrong(peoplePage(v, view))
}

func dropView(v *visit) error {
	done, err := v.in.DropView(v.ctx(), v.act, v.form("id"))
	if err != nil {
		return err
	}
	return v.done("/users", page.Receipt{Title: v.Say("people.view-dropped"), Undo: &page.Act{Text: v.Say("person.undo"), Path: "/users/views",
		Fields: [][2]string{{"view", done.View.Name}, {"query", done.View.Query}, {"shared", shared(done.View)}}}})
}

// shared is the box of a form that shares a view, ticked or not.
func shared(s api.SavedView) string {
	if s.Shared {
		return "on"
	}
	return ""
}

// viewQuery is the address of a list without where one stands in it.
func (v *visit) viewQuery() string {
	q := v.r.URL.Query()
	for _, name := range []string{"page", "select"} {
		q.Del(name)
	}
	return q.Encode()
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
