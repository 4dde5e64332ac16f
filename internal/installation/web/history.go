package web

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

func historyRoutes() []route {
	return slices.Concat([]route{
		get("/licenses/history", api.ScopeRead, showSetHistory),
		get("/licenses/history/roll-back", api.ScopeActivate, showRollBack),
		post("/licenses/history/roll-back", api.ScopeActivate, rollBackSet).granting(),
		get("/licenses/history/{pair}", api.ScopeRead, showDiff),
		post("/licenses/history/seen", api.ScopeActivate, seeActivated),
	}, exporting("/licenses/history", api.ScopeRead, historyList))
}

// diffPath is where two sets are compared.
func diffPath(from, to string) string { return "/licenses/history/" + escape(from+".."+to) }

// A setHistory is every time a set was in force, and what was received.
type setHistory struct {
	Activations []api.Activation
	Sets        []api.Set
	Pager       page.Pager
	Backs       []wayBack
	Policy      string
	Earlier     string // two sets to compare
	Later       string
	Told        []autoActivated
}

// A wayBack is whether the set of an issuer can give way to the one it replaced.
type wayBack struct {
	Issuer, Name, Set, To string
	Why                   string // it cannot; "" when it can
	May                   bool   // the reader may do it
}

const mostActivations = 50

func showSetHistory(v *visit) error {
	list, err := v.in.SetHistory(v.ctx(), v.act)
	if err != nil {
		return err
	}
	sets, err := v.in.Sets(v.ctx(), v.act)
	if err != nil {
		return err
	}
	policy, err := v.in.SetPolicy(v.ctx(), v.act)
	if err != nil {
		return err
	}
	x := setHistory{Sets: sets.Items, Policy: policy.Activation}
	x.Pager = page.Pager{Page: v.pageNumber(), Size: mostActivations, Total: len(list.Items), Link: func(n int) string { return v.with("page", strconv.Itoa(n)) }}
	x.Activations = list.Items[min(len(list.Items), max(0, x.Pager.First()-1)):x.Pager.Last()]
	x.Backs = v.waysBack(sets.Items)
	if x.Told, err = v.activatedByItself(); err != nil {
		return err
	}
	x.Earlier, x.Later = lastTwo(sets.Items)
	v.titled("licenses", v.Say("history.title"))
	v.onPage(x.Pager)
	v.crumbs(v.crumb("nav.licenses", "/licenses"))
	v.AsOf, v.Wide, v.Command = list.AsOf, true, "pott set history"
	return v.show(setHistoryPage(v, x))
}

// lastTwo are the newest two sets of an issuer that has two, or else any two.
func lastTwo(sets []api.Set) (earlier, later string) {
	for i, s := range sets {
		for _, before := range sets[i+1:] {
			if before.Issuer == s.Issuer {
				return before.ID, s.ID
			}
		}
	}
	if len(sets) > 1 {
		return sets[1].ID, sets[0].ID
	}
	return "", ""
}

// waysBack asks of each set in force whether it can give way to the one before.
func (v *visit) waysBack(sets []api.Set) []wayBack {
	var all []wayBack
	if !v.may(api.ScopeActivate) {
		return nil
	}
	for _, s := range sets {
		if s.Status != "active" {
			continue
		}
		back := wayBack{Issuer: s.Issuer, Name: cmp.Or(s.IssuerName, s.Issuer), Set: s.ID, May: true}
		would, err := v.in.RollBack(v.ctx(), v.dry(), api.RollBack{Issuer: s.Issuer})
		if err != nil {
			text, _ := v.explain(err)
			back.Why = text.Detail
		}
		back.To = would.Set.ID
		all = append(all, back)
	}
	return all
}

func historyList(v *visit) (listing, error) {
	list, err := v.in.SetHistory(v.ctx(), v.act)
	file := sheet{name: "history", head: slices.Concat(v.words("history.set", "history.from", "history.until"), v.withCode("history.how"), v.words("history.by", "history.replaced", "history.people"))}
	for _, a := range list.Items {
		file.rows = append(file.rows, []string{a.Set, isoTime(a.From), isoTime(a.Until), v.words("history.how." + a.How)[0], a.How, v.actor(a.By), a.Replaced, strconv.Itoa(a.People)})
	}
	return listing{sheet: file, doc: list.Items, people: len(list.Items)}, err
}

// showRollBack shows what going back would do.
func showRollBack(v *visit) error {
	issuer := v.query("issuer")
	would, err := v.in.RollBack(v.ctx(), v.dry(), api.RollBack{Issuer: issuer})
	if err != nil {
		return v.goTo("/licenses/history") // which says why there is no way back
	}
	v.titled("licenses", v.Say("history.back-title", "Set", would.Set.ID))
	v.crumbs(v.crumb("nav.licenses", "/licenses"), v.crumb("history.title", "/licenses/history"))
	v.Wide, v.Command = true, "pott set roll-back --dry-run"
	return v.show(rollBackPage(v, would))
}

// rollBackSet puts the replaced set in force again.
func rollBackSet(v *visit) error {
	back, err := v.in.RollBack(v.ctx(), v.act, api.RollBack{Issuer: v.form("issuer")})
	if err != nil {
		return err
	}
	r := page.Receipt{Title: v.Say("history.went-back", "Set", back.Set.ID, "Instead", back.Instead), Text: v.Say("history.restored", "N", len(back.Restored)),
		Links: v.recorded(back.Outcome)}
	if len(back.NotRestored) > 0 {
		r.Kind = "warn"
		for _, n := range back.NotRestored[:min(len(back.NotRestored), 10)] {
			r.Items = append(r.Items, n.Person+": "+n.Text)
		}
	}
	return v.done("/licenses/history", r)
}

// A diffView compares two sets.
type diffView struct {
	api.SetDifference
	Sets   []api.Set // to choose others from
	Faults page.Faults
}

// issuer is whose sets are compared.
func (x diffView) issuer() license.Issuer {
	i := slices.IndexFunc(x.Sets, func(s api.Set) bool { return s.ID == x.To })
	if i < 0 {
		return ""
	}
	return license.Issuer(x.Sets[i].Issuer)
}

// changedFields are what a license says differently, in words; of one that was added
// or removed, what it is and how many.
func (v *visit) changedFields(l api.LicenseDifference) []api.FieldChange {
	fields := slices.Clone(l.Fields)
	if l.Became != "changed" {
		fields = slices.DeleteFunc(fields, func(f api.FieldChange) bool { return f.Field != "kind" && f.Field != "quantity" })
	}
	if len(fields) == 0 {
		return []api.FieldChange{{}}
	}
	return v.in.FieldsInWords(v.Lang, l.Name.Issuer, fields)
}

// showDiff shows what two sets say differently; with from and to in the address
// it leads to the page of those.
func showDiff(v *visit) error {
	pair, format := formatOf(v.r.PathValue("pair"))
	from, to, two := strings.Cut(pair, "..")
	if !two || from == "" || to == "" {
		if v.query("from") == "" {
			return &NoSuchPageError{Path: v.Path}
		}
		from, to = v.query("from"), v.query("to")
		return v.goTo(diffPath(from, to))
	}
	if v.query("from") != "" {
		return v.goTo(diffPath(v.query("from"), v.query("to")))
	}
	if format != "" {
		d, err := v.in.DiffSets(v.ctx(), v.act, from, to)
		if err != nil {
			return err
		}
		return v.export(v.diffList(d), v.Path)
	}
	sets, err := v.in.Sets(v.ctx(), v.act)
	if err != nil {
		return err
	}
	x := diffView{Sets: sets.Items}
	v.titled("licenses", v.Say("history.diff-title", "From", from, "To", to))
	v.crumbs(v.crumb("nav.licenses", "/licenses"), v.crumb("history.title", "/licenses/history"))
	v.Wide, v.Command = true, "pott set diff "+from+" "+to
	x.SetDifference, err = v.in.DiffSets(v.ctx(), v.act, from, to)
	if other := (*installation.OtherIssuerError)(nil); errors.As(err, &other) {
		x.SetDifference = api.SetDifference{From: from, To: to}
		x.Faults = page.Faults{v.fault("to", err)}
		return v.wrong(diffPage(v, x))
	}
	if err != nil {
		return err
	}
	return v.show(diffPage(v, x))
}

// An autoActivated is a set that came in force by itself, and that nobody has
// looked at since.
type autoActivated struct {
	Event   string // its number, "" while it could not be stored
	Set     api.Set
	Changes int // licenses that are not as before
	Rows    []string
	Path    string // where they stand
}

// activatedByItself lists the sets that came in force by themselves, until
// somebody says that they are seen.
func (v *visit) activatedByItself() ([]autoActivated, error) {
	status, err := v.in.Status(v.ctx(), v.act)
	if err != nil {
		return nil, err
	}
	var told []api.Event
	for _, e := range status.Events {
		if e.Code == installation.NoticeSetActivated {
			told = append(told, e)
		}
	}
	if len(told) == 0 {
		return nil, nil
	}
	history, err := v.in.SetHistory(v.ctx(), v.act)
	if err != nil {
		return nil, err
	}
	var all []autoActivated
	for _, e := range told {
		i := slices.IndexFunc(history.Items, func(a api.Activation) bool { return a.Set == e.About && a.Until.IsZero() })
		if i < 0 {
			continue
		}
		one := autoActivated{Event: strconv.FormatInt(e.Number, 10)}
		if one.Set, err = v.in.Set(v.ctx(), v.act, e.About); err != nil {
			return nil, err
		}
		if before := history.Items[i].Replaced; before != "" {
			d, err := v.in.DiffSets(v.ctx(), v.act, before, e.About)
			if err != nil {
				return nil, err
			}
			one.Changes, one.Rows, one.Path = len(d.Licenses), v.differingRows(d.Licenses), diffPath(before, e.About)
		}
		all = append(all, one)
	}
	return all, nil
}

// differingRows says of each license in which two sets differ what it was and is.
func (v *visit) differingRows(licenses []api.LicenseDifference) (items []string) {
	for _, l := range licenses {
		name := cmp.Or(l.DisplayName, l.Name.String())
		i := slices.IndexFunc(l.Fields, func(f api.FieldChange) bool { return f.Field == "quantity" })
		if l.Became != "changed" || i < 0 {
			items = append(items, v.Say("review.row-is", "Name", name, "What", v.Say("history.became."+l.Became)))
			continue
		}
		items = append(items, v.Say("review.row-was", "Name", name, "Now", v.figure(l.Fields[i].From), "New", v.figure(l.Fields[i].To)))
	}
	return v.upTo(mostRows, items)
}

// figure is a number that was written for programs, as the reader writes it.
func (v *visit) figure(text string) string {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return text
	}
	return v.Number(n)
}

// seeActivated ends what was told of a set that came in force by itself.
func seeActivated(v *visit) error {
	told, err := v.activatedByItself()
	if err != nil {
		return err
	}
	for _, one := range told {
		if one.Event == v.form("event") {
			if _, err := v.in.EndEvent(v.ctx(), v.act, one.Event, api.EndEvent{}); err != nil {
				return err
			}
		}
	}
	to, _ := here(v.form("to"))
	return v.goTo(to)
}

// setOptions are the sets as choices of a form.
func setOptions(sets []api.Set, chosen string) []page.Option {
	var all []page.Option
	for _, s := range sets {
		all = append(all, page.Option{Value: s.ID, Text: s.ID, Chosen: s.ID == chosen, Group: cmp.Or(s.IssuerName, s.Issuer)})
	}
	slices.SortStableFunc(all, func(a, b page.Option) int { return cmp.Compare(a.Group, b.Group) })
	return all
}
