package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

// showApply shows on one page everything an activation would do.
func showApply(v *visit) error {
	x, err := v.reviewOf(v.r.PathValue("id"), v.r.URL.Query())
	if err != nil {
		return err
	}
	if !x.Fits || !x.waits() || len(x.Faults) > 0 {
		return v.goTo(x.path(x.Picks))
	}
	if x.Heavy, err = v.many(x.Frees); err != nil {
		return err
	}
	v.applying(x)
	return v.show(applyPage(v, x))
}

func (v *visit) applying(x setReview) {
	v.titled("licenses", v.Say("review.apply-title", "Set", x.Set.ID))
	v.crumbs(v.crumb("nav.licenses", "/licenses"), page.Link{Text: v.Say("review.title", "Set", x.Set.ID), Path: x.path(x.Picks)})
}

// activateSet puts the set in force with what was chosen, all or nothing.
func activateSet(v *visit) error {
	id := v.r.PathValue("id")
	p, err := readPicks(v.r.PostForm)
	if err != nil {
		return err
	}
	if len(p.list) > 0 {
		x, err := v.reviewOf(id, v.r.PostForm)
		if err == nil {
			x.Heavy, err = v.many(x.Frees)
		}
		if err == nil && x.Heavy && v.form("org") != v.Org {
			x.Faults = page.Faults{{Field: "org", Text: v.Say("offboard.organisation-wrong", "Org", v.Org)}}
			v.applying(x)
			return v.wrong(applyPage(v, x))
		}
	}
	done, err := v.in.Activate(v.ctx(), v.act, id, api.Activate{PlanToken: v.form("token"), Choices: p.list, Acknowledge: p.acknowledge})
	if err != nil {
		return v.notActivated(id, err)
	}
	switch {
	case done.Waits && len(done.Effects) > 0:
		return v.done(reviewPath(done.Set.ID), page.Receipt{Title: v.Say("review.stored-done", "Set", done.Set.ID, "Start", done.Set.Start, "N", len(done.Effects))})
	case done.Waits:
		return v.done(reviewPath(done.Set.ID), page.Receipt{Title: v.Say("review.agreed", "Set", done.Set.ID, "Start", done.Set.Start), Links: v.recorded(done.Outcome)})
	case !done.Changed:
		return v.done("/licenses/history", page.Receipt{Title: v.Say("review.already", "Set", done.Set.ID)})
	}
	return v.done("/licenses/history", v.activated(done))
}

// activated is the receipt of an activation.
func (v *visit) activated(done api.Activated) page.Receipt {
	freed := 0
	for _, e := range done.Effects {
		if len(e.Released) > 0 || e.LoginEnded {
			freed++
		}
	}
	r := page.Receipt{Title: v.Say("review.activated", "Set", done.Set.ID), Text: v.Say("review.rows-changed", "N", len(done.Rows)), Items: v.changedRows(done.Rows)}
	if freed > 0 {
		r.Title = v.Say("review.freed", "N", freed, "Set", done.Set.ID)
	}
	if done.Replaced != "" {
		r.Links = append(r.Links, page.Link{Text: v.Say("review.see-changes"), Path: diffPath(done.Replaced, done.Set.ID)})
	}
	r.Links = append(r.Links, v.recorded(done.Outcome)...)
	if done.Replaced != "" && !done.Set.Final {
		r.Undo = &page.Act{Text: v.Say("review.undo"), Path: "/licenses/history/roll-back", Fields: [][2]string{{"issuer", done.Set.Issuer}}}
	}
	return r
}

// mostRows is how many changed licenses a receipt lists.
const mostRows = 12

// changedRows says of each license that an activation changed what it was and
// is, in the order of the review.
func (v *visit) changedRows(rows []api.ReviewRow) (items []string) {
	for _, r := range rows {
		name := cmp.Or(r.DisplayName, r.Name.String())
		was := quantity(v, r, r.Total, r.Result == api.ResultAdded)
		is := quantity(v, r, r.NewTotal, r.Result == api.ResultRemoved || r.Result == api.ResultRemovedInUse)
		if was == is {
			items = append(items, v.Say("review.row-is", "Name", name, "What", plainResult(v, r)))
		} else {
			items = append(items, v.Say("review.row-was", "Name", name, "Now", was, "New", is))
		}
	}
	return v.upTo(mostRows, items)
}

// upTo is a list with no more than most items, of which the last says how many
// there are besides.
func (v *visit) upTo(most int, items []string) []string {
	if len(items) <= most {
		return items
	}
	return append(slices.Clone(items[:most-1]), v.Say("bulk.more-rows", "N", len(items)-most+1))
}

// notActivated shows the review again, with why nothing was activated.
func (v *visit) notActivated(id string, refused error) error {
	x, err := v.reviewOf(id, v.r.PostForm)
	if err != nil {
		return refused
	}
	if changed := new(installation.ReviewChangedError); errors.As(refused, &changed) {
		x.Changed, v.status = changed, http.StatusConflict
		return v.show(setReviewPage(v, x))
	}
	if x.Faults == nil {
		x.Faults = x.reasons(v, refused)
	}
	return v.wrong(setReviewPage(v, x))
}

// reasons are why the set cannot be activated: each row that is in the way, what
// people have in hand, or whatever else the refusal says.
func (x setReview) reasons(v *visit, refused error) page.Faults {
	var faults page.Faults
	_, code := v.explain(refused)
	for _, row := range x.Rows {
		if row.Look == api.LookBlocks {
			faults = append(faults, page.Fault{Field: row.ID, Text: row.Title + ": " + strings.Join(row.Results, "; "), Code: code})
		}
	}
	if faults == nil {
		faults = page.Faults{v.fault("", refused)}
	}
	return faults
}

// withdrawSet lets a set no longer wait.
func withdrawSet(v *visit) error {
	changed, err := v.in.Withdraw(v.ctx(), v.act, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.done(reviewPath(changed.Set.ID), page.Receipt{Title: v.Say("review.withdrawn", "Set", changed.Set.ID), Links: v.recorded(changed.Outcome)})
}

// blockedPeople are those who still have something in hand that must be put right.
func (x setReview) blockedPeople() []api.PersonBlockers {
	if x.Blockers == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(x.Blockers.People), func(p api.PersonBlockers) bool {
		return !slices.ContainsFunc(p.Blockers, func(b api.Blocker) bool { return b.Blocks })
	})
}

// why says in one sentence what is in the way; "" when nothing is.
func (x setReview) why(v *visit) string {
	switch {
	case x.Blocking > 0:
		return v.Say("review.blocked", "N", x.Blocking)
	case len(x.blockedPeople()) > 0:
		return v.Say("review.in-hand", "N", len(x.blockedPeople()))
	case !x.Fits:
		return v.Say("review.does-not-fit")
	case len(x.Faults) > 0:
		return v.Say("review.choice-first")
	}
	return ""
}
