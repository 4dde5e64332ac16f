package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

func usesRoutes() []route {
	return []route{
		get("/users/{id}/uses", api.ScopeRead, showUses),
		get("/users/{id}/uses.json", api.ScopeRead, showUses),
		get("/users/{id}/uses.csv", api.ScopeRead, exportUses),
	}
}

// usesView is what somebody can use, and why.
type usesView struct {
	card
	Rows   []useRow
	Hidden int  // rows that are not shown
	All    bool // hidden ones too
	Why    *whyView
}

// A useRow is one license and whether the person may use it.
type useRow struct {
	Name     license.Name
	Title    string
	Kind     string // user or system
	Answer   api.Answer
	Mark     page.Mark
	Path     string
	Detailed bool // it is the one that is explained
}

// A whyView is an answer with everything that led to it.
type whyView struct {
	Title string
	Mark  page.Mark
	Why   api.Why
	Text  string   // the whole trace, to copy
	JSON  string   // path of the same as a document
	Ifs   []choice // what would change if …
	If    *ifView
}

// A choice is one way things might go.
type choice struct {
	Value, Text string
	Chosen      bool
}

// An ifView is what would become of the answer.
type ifView struct {
	Text    string // what was supposed
	Refused string
	Mark    page.Mark
	Same    bool
	Gains   []string
	Loses   []string
}

func showUses(v *visit) error {
	c, err := v.card("uses")
	if err != nil {
		return err
	}
	view := usesView{card: c, All: v.query("all") != ""}
	asked := v.query("why")
	if strings.HasSuffix(v.r.URL.Path, ".json") && asked == "" {
		return exportUses(v)
	}
	if strings.HasSuffix(v.r.URL.Path, ".json") {
		why, err := v.in.Why(v.ctx(), v.act, api.Check{Person: v.personID(c), Module: asked})
		if err != nil {
			return err
		}
		return v.json(why)
	}
	if err := v.useRows(&view, asked); err != nil {
		return err
	}
	if asked != "" {
		if view.Why, err = v.explained(c, asked); err != nil {
			return err
		}
		v.Part = v.Say("uses.why-of", "Name", view.Why.Title)
		v.Command = "pott user why " + quoted(c.UserID) + " " + quoted(asked)
	}
	return v.show(usesPage(v, view))
}

// exportUses is the list as a file.
func exportUses(v *visit) error {
	x, err := usesList(v)
	if err != nil {
		return err
	}
	return v.export(x, v.Path)
}

// personID is how questions name a person.
func (v *visit) personID(c card) string { return cmp.Or(c.UserID, fmt.Sprint("#", c.Number)) }

// useRows asks about every license at once.
func (v *visit) useRows(view *usesView, asked string) error {
	licenses, err := v.in.Licenses(v.ctx(), v.act, true)
	if err != nil {
		return err
	}
	var questions []api.Check
	for _, l := range licenses.Items {
		if l.Kind == license.Site || l.Marker {
			continue
		}
		if l.Hidden && !view.All && !strings.EqualFold(asked, l.Name.String()) {
			view.Hidden++
			continue
		}
		row := useRow{Name: l.Name, Title: cmp.Or(l.DisplayName, string(l.Name.Module)), Kind: l.Kind.String(), Detailed: asked == l.Name.String()}
		row.Path = view.Path + "/uses?why=" + escape(l.Name.String())
		if view.All {
			row.Path += "&all=yes"
		}
		view.Rows = append(view.Rows, row)
		questions = append(questions, api.Check{Person: v.personID(view.card), Module: l.Name.String()})
	}
	answers, err := v.in.PeekAll(questions)
	if err != nil {
		return err
	}
	for i := range view.Rows {
		view.Rows[i].Answer = answers.Answers[i]
		view.Rows[i].Mark = v.effect(answers.Answers[i])
	}
	slices.SortStableFunc(view.Rows, func(x, y useRow) int { return cmp.Compare(order(x.Answer), order(y.Answer)) })
	return nil
}

// order puts what is allowed first.
func order(a api.Answer) int {
	return slices.Index([]string{api.Allow, api.ReadOnly, api.Deny}, a.Effect)
}

// effect says an answer in words.
func (v *visit) effect(a api.Answer) page.Mark {
	switch {
	case a.Effect == api.Deny:
		return page.Mark{Kind: "off", Text: v.Say("uses.denied")}
	case a.Effect == api.ReadOnly:
		return page.Mark{Kind: "warn", Text: v.Say("uses.read-only")}
	case !a.Until.IsZero():
		return page.Mark{Kind: "ok", Text: v.Say("uses.allowed-until", "Day", v.day(a.Until))}
	}
	return page.Mark{Kind: "ok", Text: v.Say("uses.allowed")}
}

// explained asks why, and what would change if things went otherwise.
func (v *visit) explained(c card, asked string) (*whyView, error) {
	q := api.Check{Person: v.personID(c), Module: asked}
	act := v.act
	for _, scope := range []string{api.ScopeAssign, api.ScopeActivate, api.ScopeAdmin} {
		if !v.may(scope) {
			act.Lacks = append(act.Lacks, scope)
		}
	}
	why, err := v.in.Why(v.ctx(), act, q)
	if err != nil {
		return nil, err
	}
	w := &whyView{Title: asked, Mark: v.effect(why.Answer), Why: why, JSON: c.Path + "/uses.json?why=" + escape(asked)}
	if n, err := license.ParseName(why.Question.Module); err == nil {
		w.Title = v.called(n)
	}
	w.Text = traceText(c.Name(), w)
	return w, v.suppose(c, w, q)
}

// traceText is a trace as text.
func traceText(person string, w *whyView) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s · %s: %s\n", person, w.Title, w.Mark.Text)
	for _, p := range w.Why.Paths {
		for i, s := range p.Steps {
			fmt.Fprintf(&b, "%d. %s\n", i+1, s.Text)
		}
	}
	for _, m := range w.Why.Missing {
		fmt.Fprintf(&b, "– %s\n", m.Text)
		for _, f := range m.Fixes {
			fmt.Fprintf(&b, "  → %s\n", f.Text)
		}
	}
	for _, d := range w.Why.Damage {
		fmt.Fprintf(&b, "– %s\n", d.Text)
	}
	fmt.Fprintf(&b, "= %s\n", w.Mark.Text)
	return b.String()
}

// suppose offers what might happen, and says what would come of the one that was
// chosen.
func (v *visit) suppose(c card, w *whyView, q api.Check) error {
	chosen := v.query("if")
	add := func(value, text string) {
		w.Ifs = append(w.Ifs, choice{value, text, value == chosen})
	}
	for _, h := range c.Plans {
		add("remove-plan "+h.Name.String(), v.Say("uses.if-plan", "Name", v.holding(h)))
	}
	for _, h := range c.Extras {
		add("remove-extra "+h.Name.String(), v.Say("uses.if-extra", "Name", v.holding(h)))
	}
	if c.Login {
		add("end-login", v.Say("uses.if-login"))
	}
	sets, err := v.in.Sets(v.ctx(), v.act)
	if err != nil {
		return err
	}
	for _, s := range sets.Items {
		if s.Status == "loaded" {
			add("activate-set "+s.ID, v.Say("uses.if-set", "Set", s.ID))
		}
	}
	at := slices.IndexFunc(w.Ifs, func(c choice) bool { return c.Chosen })
	if at < 0 {
		return nil
	}
	act, name, _ := strings.Cut(chosen, " ")
	step := api.WhatIfStep{Act: act, Person: fmt.Sprint("#", c.Number), Name: name}
	if act == api.IfActivateSet {
		step = api.WhatIfStep{Act: act, Set: name}
	}
	would, err := v.in.WhatIf(v.ctx(), v.act, api.WhatIf{Steps: []api.WhatIfStep{step}, Questions: []api.Check{q}})
	if err != nil {
		return err
	}
	w.If = &ifView{Text: w.Ifs[at].Text}
	if refused := would.Steps[0].Refused; refused != nil {
		w.If.Refused = refused.Text
		return nil
	}
	answer := would.Answers[0]
	w.If.Mark, w.If.Same = v.effect(answer.After), answer.After.Effect == answer.Before.Effect
	for _, p := range would.People {
		if p.Number == c.Number {
			w.If.Gains, w.If.Loses = v.calledAll(p.Gains), v.calledAll(p.Loses)
		}
	}
	return nil
}

// helpsHere reports whether a fix is done on the page of plans and extras.
func helpsHere(f api.Fix) bool {
	return slices.Contains([]string{"set-plan", "give-extra", "change-profile"}, f.Act)
}
