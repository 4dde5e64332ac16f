package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

func personRoutes() []route {
	return slices.Concat([]route{
		get("/users/{id}", api.ScopeRead, showPerson),
		get("/users/{id}/history", api.ScopeRead, showHistory),
		post("/users/{id}/details", api.ScopeAssign, changeDetails).showing(),
		post("/users/{id}/login", api.ScopeAssign, changeLogin),
		post("/users/{id}/role", api.ScopeAdmin, changeRole),
		post("/users/{id}/approve", api.ScopeAssign, approve),
		get("/users/{id}/refuse", api.ScopeAssign, showRefuse),
		post("/users/{id}/refuse", api.ScopeAssign, refuse),
		post("/users/{id}/restore", api.ScopeAssign, restore),
		post("/users/{id}/link", api.ScopeAdmin, makeLink).protecting().granting(),
	}, exporting("/users/{id}/history", api.ScopeRead, personHistoryList))
}

// words that other pages of /users have as their last segment, and v1, behind which
// programs are: a person with such a user id is found by number.
var taken = []string{"new", "bulk", "other", "licenses", "views", "rules", "v1"}

// personPath is where the page of a person is.
func personPath(userID string, number int64) string {
	if userID == "" || slices.Contains(taken, strings.ToLower(userID)) || strings.HasSuffix(userID, ".csv") || strings.HasSuffix(userID, ".json") {
		userID = fmt.Sprint("#", number)
	}
	return "/users/" + escape(userID)
}

// pathOf is where the page of a person is. Whoever was deleted is found by number: the
// user id may be somebody else's by now.
func pathOf(p api.Person) string {
	if p.Deleted {
		return personPath("", p.Number)
	}
	return personPath(p.UserID, p.Number)
}

// fullName is what a person is called: the name, or else the user id.
func fullName(p api.Person) string {
	return cmp.Or(strings.TrimSpace(p.FirstName+" "+p.LastName), p.UserID, fmt.Sprint("#", p.Number))
}

// A card is what every page of a person shows around its own part.
type card struct {
	api.PersonDetail
	Path   string
	Part   string // the tab
	Assign bool   // the reader may give and take
	Admin  bool
}

// Name is what the person is called.
func (c card) Name() string { return fullName(c.Person) }

// Gone reports whether the person holds nothing and may come back.
func (c card) Gone() bool { return c.Former || c.Deleted }

// card reads the person of the path, and begins the page.
func (v *visit) card(part string) (card, error) {
	p, err := v.in.Person(v.ctx(), v.act, v.r.PathValue("id"))
	if err != nil {
		return card{}, err
	}
	c := card{PersonDetail: p, Path: pathOf(p.Person), Part: part, Assign: v.may(api.ScopeAssign), Admin: v.may(api.ScopeAdmin)}
	v.titled("users", c.Name())
	for _, tab := range c.tabs(v) {
		if tab.Current && part != "overview" {
			v.Part = tab.Text
		}
	}
	v.crumbs(v.crumb("nav.users", "/users"))
	v.Command = "pott user show " + quoted(p.UserID)
	v.AsOf = v.now
	return c, nil
}

// quoted writes a word as a shell takes it.
func quoted(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// tabs lead between the parts of a person's page.
func (c card) tabs(v *visit) []page.Link {
	tabs := []page.Link{
		{Text: v.Say("person.overview"), Path: c.Path, Current: c.Part == "overview"},
		{Text: v.Say("person.plans"), Path: c.Path + "/plans", Current: c.Part == "plans"},
		{Text: v.Say("person.uses"), Path: c.Path + "/uses", Current: c.Part == "uses"},
		{Text: v.Say("person.history"), Path: c.Path + "/history", Current: c.Part == "history"},
	}
	if c.Admin {
		tabs = append(tabs, page.Link{Text: v.Say("person.signin"), Path: c.Path + "/signin", Current: c.Part == "signin"})
	}
	return tabs
}

// state says in a word how the person is.
func (c card) state(v *visit) page.Mark {
	switch {
	case c.Deleted:
		return page.Mark{Kind: "off", Text: v.Say("person.is-deleted")}
	case c.Former:
		return page.Mark{Kind: "off", Text: v.Say("person.is-former")}
	case c.Waiting:
		return page.Mark{Kind: "warn", Text: v.Say("person.is-waiting")}
	case !c.Login:
		return page.Mark{Kind: "off", Text: v.Say("person.no-login")}
	case !c.ValidThrough.IsZero() && c.ValidThrough.Before(license.DateOf(v.In(v.now))):
		return page.Mark{Kind: "warn", Text: v.Say("person.login-ended", "Day", v.day(c.ValidThrough))}
	}
	return page.Mark{Kind: "ok", Text: v.Say("person.may-log-in")}
}

// day writes a calendar date as tables do; "" for none.
func (v *visit) day(d license.Date) string {
	if d.IsZero() {
		return ""
	}
	return v.Date(d.Midnight(v.Zone))
}

// calledAll are the names of licenses as readers know them.
func (v *visit) calledAll(names []license.Name) []string {
	all := []string{}
	for _, n := range names {
		all = append(all, v.called(n))
	}
	return all
}

func (v *visit) holding(h api.Holding) string { return cmp.Or(h.DisplayName, string(h.Name.Module)) }

// personView is the overview.
type personView struct {
	card
	Faults page.Faults
	Link   string      // a one-time link that was just made: shown once
	Until  string      // when it ends
	Links  []page.Link // to what is on record of it
	Form   map[string]string
}

func (p personView) value(field, stored string) string {
	if typed, ok := p.Form[field]; ok {
		return typed
	}
	return stored
}

func showPerson(v *visit) error {
	c, err := v.card("overview")
	if err != nil {
		return err
	}
	return v.show(personPage(v, personView{card: c}))
}

// recorded leads to what the audit trail has of what the reader has just done.
func (v *visit) recorded(o api.Outcome) []page.Link {
	if !o.Changed || o.DryRun {
		return nil
	}
	e, ok, err := v.in.RecordedAs(v.ctx(), v.act, o.Seq)
	if err != nil || !ok {
		return nil
	}
	return []page.Link{{Text: v.Say("person.audit"), Path: "/audit/" + entryID(e)}}
}

// trail leads to what is on record of a person.
func (v *visit) trail(p api.Person) []page.Link {
	return []page.Link{{Text: v.Say("person.audit"), Path: "/audit?person=" + escape(cmp.Or(p.UserID, fmt.Sprint("#", p.Number)))}}
}

func changeLogin(v *visit) error {
	c, err := v.card("overview")
	if err != nil {
		return err
	}
	id := fmt.Sprint("#", c.Number)
	is := v.form("valid_through")
	if v.form("do") == "end" {
		is = noLogin
	}
	undo := &page.Act{Text: v.Say("person.undo"), Path: c.Path + "/login", Fields: [][2]string{{"do", "end"}, {"was_valid_through", is}}}
	if c.Login {
		undo.Fields = append(undoing("valid_through", c.ValidThrough.String(), is), [2]string{"do", "give"})
	}
	var done api.ChangedPerson
	title, act := "person.login-given", v.seeing(v.act, "valid_through")
	if v.form("do") == "end" {
		title = "person.login-taken"
		act.WithDependants = true
		done, err = v.in.EndLogin(v.ctx(), act, id)
	} else {
		done, err = v.in.GiveLogin(v.ctx(), act, id, v.form("valid_through"))
	}
	if errors.As(err, new(*installation.ChangedMeanwhileError)) {
		return v.loginConflict(c)
	}
	if err != nil {
		return v.wrong(personPage(v, personView{card: c, Faults: page.Faults{v.fault("valid_through", err)}, Form: map[string]string{"valid_through": v.form("valid_through")}}))
	}
	return v.done(v.backTo(c), v.changed(done, v.Say(title, "Name", c.Name()), undo))
}

// noLogin is what the last day of a login is compared as where there is none.
const noLogin = "none"

// loginNow is the last day of the login as it is.
func (c card) loginNow() string {
	if !c.Login {
		return noLogin
	}
	return c.ValidThrough.String()
}

func (v *visit) loginConflict(c card) error {
	yours := v.form("valid_through")
	if v.form("do") == "end" {
		yours = noLogin
	}
	by := v.lastChanger(c, "login.")
	v.titled("users", "")
	v.crumbs(v.crumb("nav.users", "/users"), page.Link{Text: c.Name(), Path: c.Path})
	return v.meanwhile(meanwhileView{What: c.Name(), By: by, Caption: v.Say("person.login"), Action: c.Path + "/login", Back: v.backTo(c)},
		[]contested{{Field: "valid_through", Label: v.Say("person.login"), Yours: yours, Now: c.loginNow(), Say: v.loginWord}})
}

// loginWord says how a login is.
func (v *visit) loginWord(through string) string {
	switch day, err := license.ParseDate(through); {
	case through == noLogin:
		return v.Say("person.login-none")
	case err != nil || day.IsZero():
		return v.Say("person.login-open")
	default:
		return v.Say("person.login-through", "Day", day)
	}
}

// backTo is where a form of a person's page was sent from.
func (v *visit) backTo(c card) string {
	if v.form("from") == "plans" {
		return c.Path + "/plans"
	}
	return c.Path
}

// changed is the receipt of a change of a person.
func (v *visit) changed(done api.ChangedPerson, title string, undo *page.Act) page.Receipt {
	if !done.Changed {
		return page.Receipt{Title: v.Say("person.already")}
	}
	r := page.Receipt{Title: title, Undo: undo, Links: v.recorded(done.Outcome)}
	r.Items = v.personEffects(done.Effect)
	for _, b := range done.HandOver {
		r.Items = append(r.Items, v.Say("person.hand-over", "What", b.Text))
	}
	return r
}

// personEffects are what a change did, in sentences.
func (v *visit) personEffects(e api.Effect) (items []string) {
	say := func(key string, names []string) {
		if len(names) > 0 {
			items = append(items, v.Say(key, "Names", names))
		}
	}
	var given, released []string
	for _, h := range e.Given {
		if !slices.Contains(e.Parents, h.Name) {
			given = append(given, v.holding(h))
		}
	}
	for _, h := range e.Released {
		if !slices.Contains(e.Dependants, h.Name) {
			released = append(released, v.holding(h))
		}
	}
	say("person.given", given)
	say("person.along-given", v.calledAll(e.Parents))
	say("person.released", released)
	say("person.along-released", v.calledAll(e.Dependants))
	return items
}

func changeRole(v *visit) error {
	c, err := v.card("overview")
	if err != nil {
		return err
	}
	role, id := v.form("role"), fmt.Sprint("#", c.Number)
	var done api.ChangedRoles
	undo := "take"
	if v.form("do") == "take" {
		done, err = v.in.TakeRole(v.ctx(), v.act, id, role)
		undo = "give"
	} else {
		done, err = v.in.GiveRole(v.ctx(), v.act, id, role)
	}
	if err != nil {
		return v.wrong(personPage(v, personView{card: c, Faults: page.Faults{v.fault("", err)}}))
	}
	r := page.Receipt{Title: v.Say("person.roles-are", "Name", c.Name(), "Roles", v.roleNames(done.Roles)), Links: v.recorded(done.Outcome),
		Undo: &page.Act{Text: v.Say("person.undo"), Path: c.Path + "/role", Fields: [][2]string{{"do", undo}, {"role", role}}}}
	return v.done(c.Path, r)
}

// roleNames are roles as readers know them.
func (v *visit) roleNames(roles []string) []string {
	names := []string{}
	for _, r := range roles {
		names = append(names, v.Say("person.role-"+r))
	}
	return names
}

func approve(v *visit) error {
	c, err := v.card("overview")
	if err != nil {
		return err
	}
	done, err := v.in.ApprovePerson(v.ctx(), v.act, fmt.Sprint("#", c.Number))
	if err != nil {
		return err
	}
	return v.done(v.cameFrom(c), v.changed(done, v.Say("person.approved", "Name", c.Name()), nil))
}

// cameFrom is where a form was sent from: the list of people, or the person's page.
func (v *visit) cameFrom(c card) string {
	if v.form("from") != "list" {
		return c.Path
	}
	if query, err := url.ParseQuery(v.form("query")); err == nil && len(query) > 0 {
		return "/users?" + query.Encode()
	}
	return "/users"
}

// showRefuse says what turning somebody away does before it is done.
func showRefuse(v *visit) error {
	c, err := v.card("overview")
	if err != nil {
		return err
	}
	would, err := v.in.RefusePerson(v.ctx(), v.dry(), fmt.Sprint("#", c.Number))
	if err != nil {
		return err
	}
	v.titled("users", v.Say("person.refuse-title", "Name", c.Name()))
	v.crumbs(v.crumb("nav.users", "/users"), page.Link{Text: c.Name(), Path: c.Path})
	v.Command = "pott user refuse " + quoted(c.UserID)
	return v.show(refusePage(v, c, v.personEffects(would.Effect)))
}

func refuse(v *visit) error {
	c, err := v.card("overview")
	if err != nil {
		return err
	}
	done, err := v.in.RefusePerson(v.ctx(), v.act, fmt.Sprint("#", c.Number))
	if err != nil {
		return err
	}
	return v.done(v.cameFrom(c), v.changed(done, v.Say("person.refused", "Name", c.Name()), nil))
}

func restore(v *visit) error {
	c, err := v.card("overview")
	if err != nil {
		return err
	}
	done, err := v.in.RestorePerson(v.ctx(), v.act, fmt.Sprint("#", c.Number), api.RestoreChoice{UserID: v.form("new_id")})
	if err != nil {
		return v.wrong(personPage(v, personView{card: c, Faults: page.Faults{v.fault("new_id", err)}, Form: map[string]string{"new_id": v.form("new_id")}}))
	}
	return v.done(personPath(done.Person.UserID, done.Person.Number), v.changed(done, v.Say("person.restored", "Name", c.Name()), nil))
}

// makeLink shows a one-time link on the very page that answers: it is nowhere
// else, and gone when the page is.
func makeLink(v *visit) error {
	c, err := v.card("overview")
	if err != nil {
		return err
	}
	made, err := v.in.MakeLink(v.ctx(), v.act, fmt.Sprint("#", c.Number))
	if err != nil {
		return v.wrong(personPage(v, personView{card: c, Faults: page.Faults{v.fault("", err)}}))
	}
	return v.show(personPage(v, personView{card: c, Link: v.origin() + v.Base + made.Path, Until: v.Time(made.Expires), Links: v.recorded(made.Outcome)}))
}

func showHistory(v *visit) error {
	c, err := v.card("history")
	if err != nil {
		return err
	}
	c.History = c.newestFirst()
	return v.show(historyPage(v, c))
}

// newestFirst is everything the person was given, from the newest on.
func (c card) newestFirst() []api.Holding {
	all := slices.Clone(c.History)
	slices.Reverse(all)
	return all
}

// everyRole is all roles in the order they are offered.
var everyRole = []string{"administrator", "user-administrator", "auditor"}

// kindWord is the word for a kind of account.
func kindWord(p api.Person) string {
	text, err := p.Kind.MarshalText()
	if err != nil {
		return "internal"
	}
	return string(text)
}
