package web

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

func reviewRoutes() []route {
	return []route{
		get("/licenses/review", api.ScopeActivate, showWaiting),
		get("/licenses/review/{id}", api.ScopeActivate, showReview),
		post("/licenses/review/{id}", api.ScopeActivate, activateSet).granting(),
		get("/licenses/review/{id}/apply", api.ScopeActivate, showApply),
		post("/licenses/review/{id}/apply", api.ScopeActivate, activateSet).granting(),
		post("/licenses/review/{id}/withdraw", api.ScopeActivate, withdrawSet).granting(),
	}
}

func reviewPath(id string) string { return "/licenses/review/" + escape(id) }

// showWaiting leads to the set that waits, lists those that do, or says that
// none does.
func showWaiting(v *visit) error {
	status, err := v.in.Status(v.ctx(), v.act)
	if err != nil {
		return err
	}
	if len(status.Waiting) == 1 && v.Receipt == nil {
		return v.goTo(reviewPath(status.Waiting[0].ID))
	}
	v.titled("licenses", v.Say("review.waiting"))
	v.crumbs(v.crumb("nav.licenses", "/licenses"))
	v.AsOf, v.Command = status.Now, "pott set ls"
	return v.show(waitingPage(v, status.Waiting))
}

// A setReview is what the page of a review shows.
type setReview struct {
	api.Review
	Picks   picks
	Rows    []reviewRow
	All     bool // rows that do not change too
	Hidden  int  // rows that are not shown
	Faults  page.Faults
	Drop    string // where a choice that cannot be carried out is left out; "" when all can
	Changed *installation.ReviewChangedError
	Letter  string // to the issuer, should a number be wrong
	Begun   bool   // whether its day has come
	Company mismatch
	Serial  mismatch
	Order   string // "name" or "change"; "" is what needs attention first
	Frees   int    // of how many people something is taken
	Own     bool   // the choices are the reader's, also when there are none; else those stored for its day
	Heavy   bool   // more than a fifth of everybody: the organisation's name is asked for
}

// showReview shows what a set would change. With .csv or .json behind the id it
// is the table alone.
func showReview(v *visit) error {
	id, format := formatOf(v.r.PathValue("id"))
	x, err := v.reviewOf(id, v.r.URL.Query())
	if err != nil {
		return err
	}
	switch format {
	case "csv":
		return v.csv(x.sheet(v))
	case "json":
		rows := make([]api.ReviewRow, 0, len(x.Rows))
		for _, row := range x.Rows {
			rows = append(rows, row.ReviewRow)
		}
		return v.json(map[string]any{"set": x.Set, "replaces": x.Replaces, "rows": rows})
	}
	return v.show(setReviewPage(v, x))
}

// reviewOf asks for a review with the choices that came along. A choice that cannot
// be carried out is a fault, and the review is shown without any.
func (v *visit) reviewOf(id string, values url.Values) (setReview, error) {
	x := setReview{All: values.Get("all") != "", Order: values.Get("sort"), Own: values.Get("own") != ""}
	var err error
	if x.Picks, err = readPicks(values); err != nil {
		return x, err
	}
	x.Review, err = v.in.Review(v.ctx(), v.act, id, x.Picks.choices())
	if stored := x.Review.Stored; err == nil && stored != nil && x.Picks.empty() && !x.Own {
		x.Picks = picks{list: stored.Choices, acknowledge: stored.Acknowledge}
		x.Review, err = v.in.Review(v.ctx(), v.act, id, x.Picks.choices())
	}
	if err != nil && !x.Picks.empty() {
		without, plain := v.in.Review(v.ctx(), v.act, id, api.Choices{})
		if plain != nil {
			return x, plain
		}
		x.Review, x.Faults, x.Drop = without, v.choiceFault(err), x.dropping(err)
		err = nil
	}
	if err != nil {
		return x, err
	}
	x.fill(v)
	v.titled("licenses", v.Say("review.title", "Set", x.Set.ID))
	v.crumbs(v.crumb("nav.licenses", "/licenses"))
	v.Modules = []string{"free.js"}
	v.AsOf, v.Wide, v.Command = v.now, true, "pott set review "+x.Set.ID
	return x, nil
}

// choiceFault says which choice cannot be carried out, and why.
func (v *visit) choiceFault(err error) page.Faults {
	choice := new(installation.ChoiceError)
	if !errors.As(err, &choice) {
		return page.Faults{v.fault("", err)}
	}
	who := choice.Person
	if number, ok := strings.CutPrefix(who, "#"); ok {
		if p, err := v.in.Person(v.ctx(), v.act, "#"+number); err == nil {
			who = cmp.Or(strings.TrimSpace(p.FirstName+" "+p.LastName), p.UserID)
		}
	}
	return page.Faults{{Text: strings.TrimSpace(who + ": " + v.fault("", choice.Unwrap()).Text)}}
}

// dropping is this review without the choice that cannot be carried out, or
// without any when it is not known which.
func (x setReview) dropping(err error) string {
	choice := new(installation.ChoiceError)
	if !errors.As(err, &choice) || choice.Number < 1 || choice.Number > len(x.Picks.list) {
		return x.path(picks{})
	}
	left := x.Picks
	left.list = slices.Delete(slices.Clone(left.list), choice.Number-1, choice.Number)
	return x.path(left)
}

// path is this review with other choices.
func (x setReview) path(p picks) string {
	all := ""
	if x.All {
		all = "1"
	}
	return p.to(reviewPath(x.Set.ID), "all", all, "sort", x.Order, "own", x.own(p))
}

// own says in an address that there are no choices, where others are stored.
func (x setReview) own(p picks) string {
	if x.Stored != nil && p.empty() {
		return "1"
	}
	return ""
}

func (x *setReview) fill(v *visit) {
	x.Company, x.Serial = mismatch{x.Set.Company, v.about.Company}, mismatch{x.Set.Serial, v.about.Serial}
	x.Begun = x.begun(v)
	for i, row := range x.Review.Rows {
		if !x.All && row.Look == api.LookSame {
			x.Hidden++
			continue
		}
		x.Rows = append(x.Rows, x.row(v, i, row))
	}
	x.sort(v)
	for _, e := range x.Effects {
		if len(e.Released) > 0 || e.LoginEnded {
			x.Frees++
		}
	}
	x.Letter = x.letter(v)
}

// mostEffects is how many people a page lists of those who change.
const mostEffects = 500

// waits reports whether somebody may still decide about the set.
func (x setReview) waits() bool { return x.Set.Status != "active" }

// sortedBy is this review with its rows in another order.
func (x setReview) sortedBy(order string) string {
	x.Order = order
	return x.path(x.Picks)
}

// sorted says of a column whether the rows stand by it.
func (x setReview) sorted(order string) string {
	if x.Order == order {
		return "ascending"
	}
	return "none"
}

// setDay writes a calendar day as tables do; "" when there is none.
func (v *visit) setDay(d license.Date) string {
	if d.IsZero() {
		return ""
	}
	return locale.For(v.Lang).Date(d.Midnight(time.UTC))
}

// someNames are a few of many names, and how many more there are.
func someNames(v *visit, names []string) string {
	const enough = 30
	if len(names) <= enough {
		return locale.For(v.Lang).List(names)
	}
	return v.Say("review.and-more", "Names", strings.Join(names[:enough], ", "), "N", len(names)-enough)
}
