package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/printing"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

func plansRoutes() []route {
	return []route{
		get("/users/{id}/plans", api.ScopeRead, showPlans),
		post("/users/{id}/plans", api.ScopeAssign, changePlans).showing(),
		post("/users/{id}/profile", api.ScopeAssign, changeProfile).showing(),
	}
}

// plansView is what a person may be given.
type plansView struct {
	card
	Offer  api.Offer
	Faults page.Faults
}

func showPlans(v *visit) error {
	p, err := v.plans()
	if err != nil {
		return err
	}
	return v.show(plansPage(v, p))
}

func (v *visit) plans() (plansView, error) {
	c, err := v.card("plans")
	if err != nil {
		return plansView{}, err
	}
	offer, err := v.in.Offer(v.ctx(), v.act, fmt.Sprint("#", c.Number))
	v.Command, v.AsOf = "pott user offer "+quoted(c.UserID), offer.AsOf
	v.Modules = []string{"extras.js"}
	return plansView{card: c, Offer: offer}, err
}

// planField and lineField name the radio buttons of a group of plans.
func planField(issuer, group string) string { return "plan:" + issuer + ":" + group }
func lineField(issuer, group, line string) string {
	return "line:" + issuer + ":" + line + ":" + group
}

// arrangement reads what was ticked and chosen.
func (v *visit) arrangement() api.Arrangement {
	a := api.Arrangement{Given: []string{}, Reason: v.form("reason")}
	lines := map[string]*api.LinesChoice{}
	for _, name := range slices.Sorted(keys(v.r.PostForm)) {
		kind, rest, _ := strings.Cut(name, ":")
		switch kind {
		case "give":
			a.Given = append(a.Given, v.r.PostForm[name]...)
		case "plan":
			if plan := v.form(name); plan != "" {
				a.Given = append(a.Given, plan)
			}
		case "line":
			issuer, rest, _ := strings.Cut(rest, ":")
			line, group, _ := strings.Cut(rest, ":")
			choice := lines[issuer+":"+group]
			if choice == nil {
				choice = &api.LinesChoice{Issuer: issuer, Group: group, Tiers: map[string]string{}}
				lines[issuer+":"+group] = choice
			}
			choice.Tiers[line] = v.form(name)
		}
	}
	for _, key := range slices.Sorted(keys(lines)) {
		a.Lines = append(a.Lines, *lines[key])
	}
	was := []string{}
	for _, name := range v.r.PostForm["was"] {
		if name != "" {
			was = append(was, name)
		}
	}
	a.Was = &was
	for _, text := range v.r.PostForm["take"] {
		if name, person, ok := strings.Cut(text, " "); ok {
			a.TakeFrom = append(a.TakeFrom, api.Taken{Person: person, Name: name})
		}
	}
	return a
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// carried are the fields of a form that the next one takes along.
func (v *visit) carried(without ...string) (fields [][2]string) {
	for _, name := range slices.Sorted(keys(v.r.PostForm)) {
		if name == "csrf" || slices.Contains(without, name) {
			continue
		}
		for _, value := range v.r.PostForm[name] {
			fields = append(fields, [2]string{name, value})
		}
	}
	return fields
}

// changePlans looks at what a choice comes to first. What takes nothing from
// anybody is done at once; anything else is shown before it is done.
func changePlans(v *visit) error {
	p, err := v.plans()
	if err != nil {
		return err
	}
	id, a := fmt.Sprint("#", p.Number), v.arrangement()
	would, err := v.in.Arrange(v.ctx(), v.dry(), id, a)
	changed, full := new(installation.PersonChangedError), new(seat.PoolFullError)
	switch {
	case errors.As(err, &changed):
		return v.conflict(p, changed)
	case errors.As(err, &full):
		return v.full(p, full, true)
	case err != nil:
		p.Faults = page.Faults{v.fault("", err)}
		p.Offer = typed(p.Offer, a)
		return v.wrong(plansPage(v, p))
	case !would.Changed:
		return v.done(p.Path+"/plans", page.Receipt{Title: v.Say("person.already")})
	}
	if v.form("confirm") == "" && (loses(would) || len(a.TakeFrom) > 0) {
		return v.review(p.card, "/plans", would, a.TakeFrom...)
	}
	done, err := v.in.Arrange(v.ctx(), v.act, id, a)
	if errors.As(err, &changed) {
		return v.conflict(p, changed)
	} else if err != nil {
		return err
	}
	undo := &page.Act{Text: v.Say("person.undo"), Path: p.Path + "/plans", Fields: [][2]string{{"confirm", "yes"}}}
	for _, name := range p.Offer.Given {
		undo.Fields = append(undo.Fields, [2]string{"give", name})
	}
	for _, name := range givenNames(done.Person) {
		undo.Fields = append(undo.Fields, [2]string{"was", name})
	}
	if len(a.TakeFrom) > 0 {
		undo = nil // whom it was taken from would go without
	}
	return v.done(p.Path+"/plans", v.changed(done, v.Say("plans.changed", "Name", p.Name()), undo))
}

// givenNames are the names of what a person was given by hand, each once.
func givenNames(p api.Person) (names []string) {
	for _, h := range slices.Concat(p.Plans, p.Extras) {
		names = append(names, h.Name.String())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// loses reports whether a change takes something away, or what somebody should
// know of first.
func loses(c api.ChangedPerson) bool {
	return len(c.Effect.Loses)+len(c.Effect.Dependants)+len(c.HandOver) > 0
}

// reviewView shows what a change would do before it is done.
type reviewView struct {
	card
	Action  string // path below the person's
	Fields  [][2]string
	Effects []string
	Gains   []string
	Loses   []string
	Pools   []api.PoolChange
	Hand    []api.Blocker
	Changes int
}

// review shows what a change would do; taken is what others lose by it.
func (v *visit) review(c card, action string, would api.ChangedPerson, taken ...api.Taken) error {
	r := reviewView{card: c, Action: action, Fields: v.carried("confirm"), Effects: v.personEffects(would.Effect),
		Gains: v.calledAll(would.Effect.Gains), Loses: v.calledAll(would.Effect.Loses), Hand: would.HandOver,
		Changes: len(would.Effect.Given) + len(would.Effect.Released) + len(taken)}
	for _, t := range taken {
		who := t.Person
		if p, err := v.in.Person(v.ctx(), v.act, t.Person); err == nil {
			who = fullName(p.Person)
		}
		r.Effects = append(r.Effects, v.Say("plans.taken-from", "Name", who, "Licenses", v.named([]string{t.Name})))
	}
	for _, pool := range would.Effect.Pools {
		if !pool.Hidden {
			r.Pools = append(r.Pools, pool)
		}
	}
	v.titled("users", v.Say("plans.review", "Name", c.Name()))
	v.crumbs(v.crumb("nav.users", "/users"), page.Link{Text: c.Name(), Path: c.Path + "/plans"})
	return v.show(reviewPage(v, r))
}

// fullView offers what can be done when no seat is left.
type fullView struct {
	card
	Code    string // of the reason
	License string
	Seats   int64
	Taken   int64
	Fields  [][2]string
	Holders []takable
	More    int // holders that are not listed
	Path    string
}

// A takable is somebody who could give up a seat.
type takable struct {
	Value, Name, UserID, How string
}

// mostTakable is how many holders are offered.
const mostTakable = 50

// full says that a license is full, and who could give it up where seats can be taken
// one by one.
func (v *visit) full(p plansView, full *seat.PoolFullError, each bool) error {
	f := fullView{card: p.card, Code: full.Code(), License: v.called(full.Module), Seats: full.Seats, Taken: full.Taken, Fields: v.carried("confirm", "take"), Path: licensePath(full.Module)}
	for _, kept := range v.r.PostForm["take"] {
		f.Fields = append(f.Fields, [2]string{"take", kept})
	}
	holders, err := v.in.Holders(v.ctx(), v.act, full.Module.String(), 1000, "")
	if err != nil {
		return err
	}
	for _, h := range holders.Items {
		if !each {
			break
		}
		name := full.Module
		if h.Source == "" || h.Source == "profile" {
			if len(h.Via) == 0 {
				continue
			}
			name = h.Via[0]
		}
		if h.Number == p.Number || len(f.Holders) == mostTakable {
			continue
		}
		person, err := v.in.Person(v.ctx(), v.act, fmt.Sprint("#", h.Number))
		if err != nil {
			continue // deleted meanwhile
		}
		f.Holders = append(f.Holders, takable{Value: name.String() + " #" + fmt.Sprint(h.Number), Name: fullName(person.Person), UserID: h.Person, How: v.called(name)})
	}
	f.More = holders.Total - len(f.Holders)
	slices.SortFunc(f.Holders, func(x, y takable) int { return cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)) })
	v.titled("users", v.Say("plans.full-title", "License", f.License))
	v.crumbs(v.crumb("nav.users", "/users"), page.Link{Text: p.Name(), Path: p.Path + "/plans"})
	v.status = http.StatusConflict
	return v.show(fullPage(v, f))
}

// conflictView compares what was chosen with what somebody else did meanwhile.
type conflictView struct {
	card
	Code   string // of the reason
	By     string
	Yours  []string
	Theirs []string // what the person has now
	Was    []string // what the choice was made from
	Fields [][2]string
}

func (v *visit) conflict(p plansView, changed *installation.PersonChangedError) error {
	c := conflictView{card: p.card, Code: changed.Code(), By: v.actor(changed.By), Was: v.named(v.r.PostForm["was"]), Theirs: v.named(changed.Has), Fields: v.carried("confirm", "was")}
	a := v.arrangement()
	c.Yours = v.named(a.Given)
	for _, choice := range a.Lines {
		for _, line := range slices.Sorted(keys(choice.Tiers)) {
			if tier := choice.Tiers[line]; tier != "" {
				c.Yours = append(c.Yours, title(line)+" "+title(tier))
			}
		}
	}
	for _, name := range changed.Has {
		c.Fields = append(c.Fields, [2]string{"was", name})
	}
	v.titled("users", v.Say("plans.conflict", "Name", p.Name()))
	v.crumbs(v.crumb("nav.users", "/users"), page.Link{Text: p.Name(), Path: p.Path + "/plans"})
	v.status = http.StatusConflict
	return v.show(conflictPage(v, c))
}

// named are licenses that were written down, as readers know them.
func (v *visit) named(texts []string) (names []string) {
	for _, text := range texts {
		if text == "" {
			continue
		}
		name := text
		if n, err := license.ParseName(text); err == nil {
			name = v.called(n)
		}
		names = append(names, name)
	}
	return names
}

// title writes a code with a capital.
func title(code string) string {
	if code == "" {
		return ""
	}
	return strings.ToUpper(code[:1]) + code[1:]
}

// typed shows an offer with what was chosen, for a form that was not accepted.
func typed(o api.Offer, a api.Arrangement) api.Offer {
	held := func(n license.Name) bool { return slices.Contains(a.Given, n.String()) }
	for i := range o.Issuers {
		issuer := &o.Issuers[i]
		for j := range issuer.Extras {
			issuer.Extras[j].Held = held(issuer.Extras[j].Name)
		}
		for j := range issuer.Groups {
			g := &issuer.Groups[j]
			for k := range g.Plans {
				g.Plans[k].Held = held(g.Plans[k].Name)
			}
			for _, choice := range a.Lines {
				if choice.Issuer != issuer.Issuer || choice.Group != g.Group {
					continue
				}
				for _, l := range g.Lines {
					for k := range l.Options {
						l.Options[k].Chosen = choice.Tiers[l.Line] == l.Options[k].Tier
					}
				}
			}
		}
	}
	return o
}

// besideLine are the tiers that are chosen in the other lines of a group: what is in
// no plan together with them may be in one without.
func besideLine(g api.GroupOffer, line string) (names []string) {
	for _, l := range g.Lines {
		for _, o := range l.Options {
			if l.Line != line && o.Chosen && o.Tier != "" {
				names = append(names, title(l.Line)+" "+title(o.Tier))
			}
		}
	}
	return names
}

// A branch is an extra with those that need it.
type branch struct {
	api.ExtraOffer
	Below []branch
}

// branches hangs extras below what they need.
func branches(extras []api.ExtraOffer) []branch {
	var all []branch
	for i := 0; i < len(extras); {
		end := i + 1
		for end < len(extras) && extras[end].Depth > extras[i].Depth {
			end++
		}
		all = append(all, branch{extras[i], branches(extras[i+1 : end])})
		i = end
	}
	return all
}

// locked reports whether an extra comes with a plan and was not given besides.
func (b branch) locked() bool { return !b.Held && len(b.IncludedBy) > 0 }

// room says how many seats are left, "" where no number limits it.
func (v *visit) room(free *int64) string {
	if free == nil {
		return ""
	}
	return v.Say("plans.spare", "N", *free)
}

func changeProfile(v *visit) error {
	p, err := v.plans()
	if err != nil {
		return err
	}
	id, code := fmt.Sprint("#", p.Number), v.form("profile")
	act := v.act
	act.WithDependants = true
	rehearsal := v.dry()
	rehearsal.WithDependants = true
	rehearsal = v.seeing(rehearsal, "profile")
	would, err := v.in.SetProfile(v.ctx(), rehearsal, id, code)
	full := new(seat.PoolFullError)
	switch {
	case errors.As(err, new(*installation.ChangedMeanwhileError)):
		return v.profileConflict(p)
	case errors.As(err, &full):
		return v.full(p, full, false) // what comes with a profile goes with one
	case err != nil:
		p.Faults = page.Faults{v.fault("", err)}
		return v.wrong(plansPage(v, p))
	case !would.Changed:
		return v.done(p.Path+"/plans", page.Receipt{Title: v.Say("person.already")})
	}
	if v.form("confirm") == "" && loses(would) {
		return v.review(p.card, "/profile", would)
	}
	done, err := v.in.SetProfile(v.ctx(), v.seeing(act, "profile"), id, code)
	if errors.As(err, new(*installation.ChangedMeanwhileError)) {
		return v.profileConflict(p)
	} else if err != nil {
		return err
	}
	undo := &page.Act{Text: v.Say("person.undo"), Path: p.Path + "/profile", Fields: append(undoing("profile", p.Profile, code), [2]string{"confirm", "yes"})}
	return v.done(p.Path+"/plans", v.changed(done, v.Say("plans.changed", "Name", p.Name()), undo))
}

func (v *visit) profileConflict(p plansView) error {
	now, err := v.in.Person(v.ctx(), v.act, fmt.Sprint("#", p.Number))
	if err != nil {
		return err
	}
	v.titled("users", "")
	v.crumbs(v.crumb("nav.users", "/users"), page.Link{Text: p.Name(), Path: p.Path + "/plans"})
	name := func(code string) string {
		if code == "" {
			return v.Say("plans.profile-none")
		}
		return v.profileName(code)
	}
	return v.meanwhile(meanwhileView{What: p.Name(), By: v.lastChanger(p.card, "profile.set"), Caption: v.Say("plans.profile"), Action: p.Path + "/profile", Back: p.Path + "/plans"},
		[]contested{{Field: "profile", Label: v.Say("plans.profile"), Yours: v.form("profile"), Now: now.Profile, Say: name}})
}

// costs are the seats a profile would take or free, in words.
func (v *visit) costs(p api.ProfileOffer) (items []string) {
	for _, pool := range p.Pools {
		name := cmp.Or(pool.DisplayName, string(pool.Name.Module))
		switch n := pool.After - pool.Before; {
		case pool.Unrestricted: // nobody counts them
		case n > 0:
			items = append(items, v.Say("plans.takes", "N", n, "License", name, "Free", max(0, pool.Seats-pool.Before)))
		case n < 0:
			items = append(items, v.Say("plans.frees", "N", -n, "License", name))
		}
	}
	return items
}

// choosable reports whether there is anything to choose by hand.
func choosable(o api.Offer) bool {
	return slices.ContainsFunc(o.Issuers, func(i api.IssuerOffer) bool { return len(i.Groups)+len(i.Extras) > 0 })
}

func holdsOne(g api.GroupOffer) bool {
	return slices.ContainsFunc(g.Plans, func(p api.PlanOffer) bool { return p.Held })
}

// withheldHere reports whether something is refused because nothing of its issuer can
// be given.
func withheldHere(issuer api.IssuerOffer, refused string) bool {
	return issuer.Withheld != nil && refused == issuer.Withheld.Code
}

// withheldMark says at a choice why it cannot be made.
func (v *visit) withheldMark(w *api.Withheld) page.Mark {
	mark := printing.WithheldMark(v.Lang, w)
	mark.Text = v.Say("plans.withheld", "Why", mark.Text)
	return mark
}
