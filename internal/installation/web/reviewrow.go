package web

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

// A mismatch compares what the set says with what is in force.
type mismatch struct{ Is, Was string }

// A reviewRow is one row of the table, ready to be read.
type reviewRow struct {
	api.ReviewRow
	ID      string // of the row on the page
	Title   string
	Now     string
	New     string
	Changes string
	Used    string
	Results []string
	Mark    page.Mark
	Choose  string // where to choose who is changed; "" when nobody need be
	Must    bool   // whether somebody must be chosen
	Off     bool   // whether it turns something off for everyone
	Known   bool   // and somebody has said that it may
	Gives   []giveLink
}

// A giveLink gives people what they lack, as part of the activation.
type giveLink struct{ Name, Path string }

// begun reports whether the first day of the set has come, in its own zone.
func (x *setReview) begun(v *visit) bool {
	if x.Set.Start.IsZero() {
		return true
	}
	zone, err := time.LoadLocation(x.Set.TimeZone)
	return err == nil && !v.now.Before(x.Set.Start.Midnight(zone))
}

// sort puts the rows in the order that was asked for: by name, by change, or what
// needs attention first.
func (x *setReview) sort(v *visit) {
	switch x.Order {
	case "name":
		slices.SortStableFunc(x.Rows, func(a, b reviewRow) int { return locale.For(v.Lang).Compare(a.Title, b.Title) })
	case "change":
		slices.SortStableFunc(x.Rows, func(a, b reviewRow) int { return cmp.Compare(a.Change, b.Change) })
	default:
		x.Order = ""
	}
}

func (x *setReview) row(v *visit, i int, r api.ReviewRow) reviewRow {
	row := reviewRow{ReviewRow: r, ID: "row-" + strconv.Itoa(i), Title: cmp.Or(r.DisplayName, string(r.Name.Module)), Mark: markOf(v, r.Look)}
	row.Now, row.New = quantity(v, r, r.Total, r.Result == api.ResultAdded), quantity(v, r, r.NewTotal, r.Result == api.ResultRemoved || r.Result == api.ResultRemovedInUse)
	row.Used = "–"
	if r.InUse != nil {
		row.Used = v.Number(*r.InUse)
	}
	switch {
	case r.Result == api.ResultAdded:
		row.Changes = v.Say("review.new")
	case r.Kind == license.System && row.New == "–":
		row.Changes = v.Say("history.became.removed")
	case r.Unrestricted:
	case r.Change > 0:
		row.Changes = "+" + v.Number(r.Change)
	case r.Change < 0:
		row.Changes = v.Number(r.Change)
	}
	for _, f := range r.Findings {
		row.Results = append(row.Results, f.Text)
		switch f.Reason {
		case "turned-off":
			row.Off, row.Known = true, f.Acknowledged
		case "lacks-prerequisite":
			give := api.Choice{Do: api.ChooseGive, Name: f.Name.String(), Holding: r.Name.String(), Everyone: true}
			if f.Count > 0 && !slices.Contains(x.Picks.list, give) {
				row.Gives = append(row.Gives, giveLink{v.called(f.Name), x.path(x.Picks.and(give))})
			}
		}
	}
	if len(row.Results) == 0 {
		row.Results = []string{plainResult(v, r)}
	}
	if r.ActiveLately != nil && *r.ActiveLately > 0 {
		word := "review.active-lately"
		if r.Kind == license.System {
			word = "review.active-all"
		}
		row.Results = append(row.Results, v.Say(word, "N", *r.ActiveLately))
	}
	row.Must = r.Over > 0 || r.Result == api.ResultOver || r.Result == api.ResultRemovedInUse
	if r.Kind == license.User && !r.Marker && x.waits() && (row.Must || r.InUse != nil && *r.InUse > 0 && !r.Hidden) {
		row.Choose = x.Picks.to(reviewPath(x.Set.ID) + "/" + escape(r.Name.String()))
	}
	return row
}

// markOf is the sign of a row: a shape and a word beside the colour.
func markOf(v *visit, look string) page.Mark {
	switch look {
	case api.LookBlocks:
		return page.Mark{Kind: "crit", Text: v.Say("review.blocks")}
	case api.LookWarns:
		return page.Mark{Kind: "warn", Text: v.Say("review.warns")}
	case api.LookRaises, api.LookNew:
		return page.Mark{Kind: "ok", Text: v.Say("review.raises")}
	}
	return page.Mark{}
}

// quantity is how many seats a row has in one of the sets, as people say it.
func quantity(v *visit, r api.ReviewRow, n int64, absent bool) string {
	switch {
	case absent || n == 0 && r.Kind != license.User:
		return "–"
	case r.Kind == license.System && n == 1:
		return v.Say("review.on")
	case r.Unrestricted:
		return v.Say("review.no-limit")
	}
	return v.Number(n)
}

// plainResult is what there is to say of a row without findings.
func plainResult(v *visit, r api.ReviewRow) string {
	switch {
	case r.Look == api.LookSame:
		return v.Say("review.same")
	case r.Marker || r.Result == api.ResultMarker:
		return v.Say("review.marker")
	case r.Kind == license.System && r.Result == api.ResultAdded:
		return v.Say("review.turned-on")
	case r.Result == api.ResultRemoved:
		return v.Say("review.removed")
	case r.Unrestricted:
		return v.Say("review.no-limit")
	case r.NewFree != nil:
		return v.Say("review.spare", "N", max(0, *r.NewFree))
	case r.Look == api.LookText:
		return v.Say("review.texts")
	}
	return ""
}

// lost is what somebody gives back.
func lost(v *visit, e api.PersonEffect) []string {
	names := heldNames(e.Released)
	if e.LoginEnded {
		names = append(names, v.Say("review.login"))
	}
	return names
}

func heldNames(held []api.Holding) []string {
	var names []string
	for _, h := range held {
		names = append(names, cmp.Or(h.DisplayName, string(h.Name.Module)))
	}
	return names
}
