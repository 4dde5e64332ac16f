package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

func freeRoutes() []route {
	return []route{
		get("/licenses/review/{id}/{module}", api.ScopeActivate, showFree),
		post("/licenses/review/{id}/{module}", api.ScopeActivate, chooseFree).whatever(),
	}
}

// A freeView is what the page shows on which people are chosen who give up a
// license.
type freeView struct {
	api.Superfluous
	Picks  picks
	Text   string // what the people are filtered by
	Pager  page.Pager
	Faults page.Faults
	Rows   []freeRow
	Moves  []moved // everybody who is moved by one choice
	Apart  int64   // seats freed by what was not chosen on this page
}

// A freeRow is somebody on the page.
type freeRow struct {
	api.Candidate
	Ticked bool
	With   bool // moved with everybody, so there is nothing to choose
	Given  string
	Ways   []page.Option
}

// A moved is a choice that moves everybody.
type moved struct{ Text, Without string }

const freePage = 50

func freePath(v *visit) string {
	return reviewPath(v.r.PathValue("id")) + "/" + escape(v.r.PathValue("module"))
}

// showFree shows who uses a license that the set has too few of. With suggest in
// the address it leads on to the same page with people chosen.
func showFree(v *visit) error {
	q := v.r.URL.Query()
	p, err := readPicks(q)
	if err != nil {
		return err
	}
	if v.query("suggest") != "" {
		x, err := v.in.Superfluous(v.ctx(), v.act, v.r.PathValue("id"), v.r.PathValue("module"),
			api.SuperfluousQuestion{Choices: p.choices(), Limit: 1, Suggest: true})
		if err != nil {
			return err
		}
		return v.goTo(p.and(x.Suggested...).to(freePath(v)))
	}
	x, err := v.free(p, v.query("q"), v.pageNumber())
	if err != nil {
		return err
	}
	return v.show(freePeople(v, x))
}

// free asks who could give the license up, after the choices so far. Choices that
// cannot be carried out are left out and said.
func (v *visit) free(p picks, text string, number int) (freeView, error) {
	x := freeView{Picks: p, Text: text, Pager: page.Pager{Page: number, Size: freePage}}
	ask := func(p picks) (err error) {
		x.Superfluous, err = v.in.Superfluous(v.ctx(), v.act, v.r.PathValue("id"), v.r.PathValue("module"),
			api.SuperfluousQuestion{Choices: p.choices(), Text: text, Page: number, Limit: freePage})
		return err
	}
	if err := ask(p); err != nil {
		if p.empty() || ask(picks{}) != nil {
			return x, err
		}
		x.Faults, x.Picks = v.choiceFault(err), picks{}
	}
	x.Pager.Total = x.Total
	x.Pager.Link = func(page int) string { return x.Picks.to(freePath(v), "q", text, "page", strconv.Itoa(page)) }
	x.Apart = x.Over - x.Left
	for _, c := range x.Items {
		row := x.row(v, c)
		if row.Ticked {
			x.Apart--
		}
		x.Rows = append(x.Rows, row)
	}
	x.Apart = max(0, x.Apart)
	for _, c := range x.Picks.list {
		if c.Everyone && c.Do != api.ChooseGive && x.gives(c.Name) {
			without := x.Picks.without(func(o api.Choice) bool { return o == c })
			x.Moves = append(x.Moves, moved{v.Say("free.moved", "From", v.shortName(c.Name), "To", v.shortName(c.To)), without.to(freePath(v), "q", text)})
		}
	}
	name := cmp.Or(x.DisplayName, string(x.Name.Module))
	title := v.Say("free.people", "Name", name)
	if x.Over > 0 {
		title = v.Say("free.title", "N", x.Over, "Name", name)
	}
	v.titled("licenses", title)
	v.onPage(x.Pager)
	v.crumbs(v.crumb("nav.licenses", "/licenses"), page.Link{Text: v.Say("review.title", "Set", x.Set), Path: x.Picks.to(reviewPath(x.Set))})
	v.AsOf, v.Wide, v.Modules = x.AsOf, true, []string{"free.js"}
	v.Command = "pott set review " + x.Set
	return x, nil
}

// shortName is what people call a license that a choice names.
func (v *visit) shortName(name string) string {
	n, err := license.ParseName(name)
	if err != nil {
		return name
	}
	return v.called(n)
}

// gives reports whether a name is one of those that give the license.
func (x freeView) gives(name string) bool {
	return slices.ContainsFunc(x.From, func(f api.GivenFrom) bool { return f.Name.String() == name })
}

func (x freeView) row(v *visit, c api.Candidate) freeRow {
	row := freeRow{Candidate: c}
	var given []string
	for _, h := range c.GivenBy {
		given = append(given, v.Say("free.given."+h.Source, "Name", cmp.Or(h.DisplayName, string(h.Name.Module))))
	}
	switch {
	case c.Profile != "":
		given = append(given, v.Say("free.given-profile", "Profile", c.Profile))
	case len(given) == 0:
		given = append(given, v.Say("free.given-login"))
	}
	row.Given = strings.Join(given, ", ")
	own := slices.ContainsFunc(x.Picks.list, func(p api.Choice) bool { return numberOf(p) == c.Number })
	row.With = len(c.Chosen) > 0 && !own
	row.Ticked = len(c.Chosen) > 0 && own
	for _, w := range c.Ways {
		row.Ways = append(row.Ways, page.Option{Value: wayValue(w), Text: x.way(v, w), Chosen: slices.Contains(c.Chosen, w)})
	}
	return row
}

// wayValue is a way as a form carries it.
func wayValue(w api.Choice) string { return w.Do + "~" + w.Name + "~" + w.To }

func (x freeView) way(v *visit, w api.Choice) string {
	switch w.Do {
	case api.ChooseSwitch:
		for _, f := range x.From {
			for _, to := range f.To {
				if f.Name.String() == w.Name && to.Name.String() == w.To {
					return targetText(v, to)
				}
			}
		}
		return v.Say("free.switch", "Plan", v.shortName(w.To))
	case api.ChooseRemove:
		return v.Say("free.remove", "Name", v.shortName(w.Name))
	}
	return v.Say("free.end-login")
}

func targetText(v *visit, to api.SwitchTarget) string {
	name := cmp.Or(to.DisplayName, string(to.Name.Module))
	if to.Spare == nil {
		return v.Say("free.switch", "Plan", name)
	}
	return v.Say("free.switch-spare", "Plan", name, "N", *to.Spare)
}

// count says how far the choosing is.
func (x freeView) count(v *visit) string {
	chosen := x.Over - x.Left
	if x.Left > 0 {
		return v.Say("free.count", "Chosen", v.Number(chosen), "Needed", v.Number(x.Over), "Left", v.Number(x.Left))
	}
	return v.Say("free.done", "Chosen", v.Number(chosen))
}

// chooseFree takes in who was chosen on a page, and leads on: to another page of
// people, or back to the review once enough are chosen.
func chooseFree(v *visit) error {
	p, err := readPicks(v.r.PostForm)
	if err != nil {
		return err
	}
	if from := v.form("move"); from != "" {
		p, err = movedAll(p, from, v.form("to"))
	} else {
		p, err = v.chosenHere(p)
	}
	if err != nil {
		return err
	}
	text, number := v.form("q"), 1
	if n, ok := strings.CutPrefix(v.form("go"), "page:"); ok {
		number, _ = strconv.Atoi(n)
		number = max(1, number)
		return v.goTo(p.to(freePath(v), "q", text, "page", strconv.Itoa(number)))
	}
	x, err := v.free(p, text, number)
	if err != nil {
		return err
	}
	if x.Faults == nil && x.Left > 0 && v.form("move") == "" {
		x.Faults = page.Faults{{Field: "count", Text: x.count(v)}}
	}
	if x.Faults != nil {
		return v.wrong(freePeople(v, x))
	}
	if x.Left > 0 {
		return v.goTo(p.to(freePath(v), "q", text))
	}
	return v.goTo(p.to(reviewPath(x.Set)))
}

// movedAll moves everybody from one plan to another, whatever was chosen for some
// of them before.
func movedAll(p picks, from, to string) (picks, error) {
	for _, text := range []string{from, to} {
		if _, err := license.ParseName(text); err != nil {
			return p, err
		}
	}
	p = p.without(func(c api.Choice) bool { return c.Name == from && c.Do != api.ChooseGive })
	return p.and(api.Choice{Do: api.ChooseSwitch, Name: from, To: to, Everyone: true}), nil
}

// chosenHere puts what was chosen on the page in the place of what was chosen
// there before.
func (v *visit) chosenHere(p picks) (picks, error) {
	form := v.r.PostForm
	from := form["from"]
	rows := map[int64]bool{}
	for _, text := range form["row"] {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			rows[n] = true
		}
	}
	p = p.without(func(c api.Choice) bool {
		return rows[numberOf(c)] && (c.Do == api.ChooseEndLogin || c.Do != api.ChooseGive && slices.Contains(from, c.Name))
	})
	for _, text := range form["p"] {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !rows[n] {
			return p, &BadFormError{}
		}
		c, err := wayOf(form, n)
		if err != nil {
			return p, err
		}
		p = p.and(c)
	}
	return p, nil
}

func wayOf(form url.Values, n int64) (api.Choice, error) {
	words := strings.Split(form.Get("do-"+strconv.FormatInt(n, 10)), "~")
	if len(words) != 3 {
		return api.Choice{}, &BadFormError{}
	}
	return api.Choice{Do: words[0], Person: numbered(n), Name: words[1], To: words[2]}, nil
}

// idleFirst reports whether who was active longest ago stands first.
func (x freeView) idleFirst() bool {
	return slices.ContainsFunc(x.Rows, func(r freeRow) bool { return r.LastActive != "" })
}

func (x freeView) caption(v *visit) string {
	if x.idleFirst() {
		return v.Say("free.caption-active")
	}
	return v.Say("free.caption")
}

// suggests says in which order people are suggested.
func (x freeView) suggests(v *visit) string {
	if x.idleFirst() {
		return v.Say("free.suggest-active")
	}
	return v.Say("free.suggest-how")
}

func freeID(what string, row freeRow) string { return what + "-" + strconv.FormatInt(row.Number, 10) }

func freeName(shown string, n license.Name) string { return cmp.Or(shown, string(n.Module)) }
