package web

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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
		post("/licenses/review/{id}", api.ScopeActivate, activateSet),
		get("/licenses/review/{id}/apply", api.ScopeActivate, showApply),
		post("/licenses/review/{id}/apply", api.ScopeActivate, activateSet),
		post("/licenses/review/{id}/withdraw", api.ScopeActivate, withdrawSet),
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
}

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
		return v.download(id+".csv", "text/csv; charset=utf-8", x.csv(v))
	case "json":
		rows := make([]api.ReviewRow, 0, len(x.Rows))
		for _, row := range x.Rows {
			rows = append(rows, row.ReviewRow)
		}
		return v.json(map[string]any{"set": x.Set, "replaces": x.Replaces, "rows": rows})
	}
	return v.show(setReviewPage(v, x))
}

// formatOf takes .csv or .json off a name.
func formatOf(name string) (rest, format string) {
	for _, f := range []string{"csv", "json"} {
		if rest, ok := strings.CutSuffix(name, "."+f); ok {
			return rest, f
		}
	}
	return name, ""
}

// reviewOf asks for a review with the choices that came along. A choice that cannot
// be carried out is a fault, and the review is shown without any.
func (v *visit) reviewOf(id string, values url.Values) (setReview, error) {
	x := setReview{All: values.Get("all") != "", Order: values.Get("sort")}
	var err error
	if x.Picks, err = readPicks(values); err != nil {
		return x, err
	}
	x.Review, err = v.in.Review(v.ctx(), v.act, id, x.Picks.choices())
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
	return p.to(reviewPath(x.Set.ID), "all", all, "sort", x.Order)
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

// begun reports whether the first day of the set has come, in its own zone.
func (x *setReview) begun(v *visit) bool {
	if x.Set.Start.IsZero() {
		return true
	}
	zone, err := time.LoadLocation(x.Set.TimeZone)
	return err == nil && !v.now.Before(x.Set.Start.Midnight(zone))
}

// waits reports whether somebody may still decide about the set.
func (x setReview) waits() bool { return x.Set.Status != "active" }

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

// csv is the table as it is shown.
func (x setReview) csv(v *visit) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"license", "name", "now", "new", "change", "in_use", "result"})
	for _, r := range x.Rows {
		used := ""
		if r.InUse != nil {
			used = strconv.FormatInt(*r.InUse, 10)
		}
		w.Write([]string{cellText(r.Title), r.Name.String(), strconv.FormatInt(r.Total, 10), strconv.FormatInt(r.NewTotal, 10),
			strconv.FormatInt(r.Change, 10), used, cellText(strings.Join(r.Results, "; "))})
	}
	w.Flush()
	return b.Bytes()
}

// cellText keeps a spreadsheet from taking a text for a formula.
func cellText(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// letter asks the issuer for a correction, with everything that changes.
func (x setReview) letter(v *visit) string {
	var b strings.Builder
	b.WriteString(v.Say("review.letter", "Set", x.Set.ID, "Company", x.Set.Company, "Serial", x.Set.Serial) + "\n\n")
	for _, r := range x.Rows {
		if r.Look == api.LookSame {
			continue
		}
		b.WriteString(r.Title + " (" + r.Name.String() + "): " + r.Now + " → " + r.New)
		if r.InUse != nil {
			b.WriteString(", " + v.Say("review.letter-used", "N", *r.InUse))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n" + v.Say("review.letter-end") + "\n")
	return b.String()
}

// export is the address of the table as a file.
func (x setReview) export(format string) string {
	all := ""
	if x.All {
		all = "1"
	}
	return x.Picks.to(reviewPath(x.Set.ID)+"."+format, "all", all, "sort", x.Order)
}

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

// mail is the letter as an address that opens the reader's mail program.
func (x setReview) mail(v *visit) string {
	q := url.Values{"subject": {v.Say("review.letter-subject", "Set", x.Set.ID)}, "body": {x.Letter}}
	return "mailto:?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// showApply shows on one page everything an activation would do.
func showApply(v *visit) error {
	x, err := v.reviewOf(v.r.PathValue("id"), v.r.URL.Query())
	if err != nil {
		return err
	}
	if !x.Fits || !x.waits() || len(x.Faults) > 0 {
		return v.goTo(x.path(x.Picks))
	}
	v.titled("licenses", v.Say("review.apply-title", "Set", x.Set.ID))
	v.crumbs(v.crumb("nav.licenses", "/licenses"), page.Link{Text: v.Say("review.title", "Set", x.Set.ID), Path: x.path(x.Picks)})
	return v.show(applyPage(v, x))
}

// activateSet puts the set in force with what was chosen, all or nothing.
func activateSet(v *visit) error {
	id := v.r.PathValue("id")
	p, err := readPicks(v.r.PostForm)
	if err != nil {
		return err
	}
	done, err := v.in.Activate(v.ctx(), v.act, id, api.Activate{PlanToken: v.form("token"), Choices: p.list, Acknowledge: p.acknowledge})
	if err != nil {
		return v.notActivated(id, err)
	}
	switch {
	case done.Waits:
		return v.done(reviewPath(done.Set.ID), page.Receipt{Title: v.Say("review.agreed", "Set", done.Set.ID, "Start", done.Set.Start)})
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
	r := page.Receipt{Title: v.Say("review.activated", "Set", done.Set.ID), Text: v.Say("review.rows-changed", "N", len(done.Rows))}
	if freed > 0 {
		r.Title = v.Say("review.freed", "N", freed, "Set", done.Set.ID)
	}
	if done.Replaced != "" {
		r.Links = append(r.Links, page.Link{Text: v.Say("review.see-changes"), Path: diffPath(done.Replaced, done.Set.ID)})
	}
	r.Links = append(r.Links, page.Link{Text: v.Say("review.in-audit"), Path: "/audit"})
	if done.Replaced != "" && !done.Set.Final {
		r.Undo = &page.Act{Text: v.Say("review.undo"), Path: "/licenses/history/roll-back", Fields: [][2]string{{"issuer", done.Set.Issuer}}}
	}
	return r
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
	for _, row := range x.Rows {
		if row.Look == api.LookBlocks {
			faults = append(faults, page.Fault{Field: row.ID, Text: row.Title + ": " + strings.Join(row.Results, "; ")})
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
	return v.done(reviewPath(changed.Set.ID), page.Receipt{Title: v.Say("review.withdrawn", "Set", changed.Set.ID)})
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
	case !x.Begun && len(x.Picks.list) > 0:
		return v.Say("review.not-begun", "Start", x.Set.Start)
	}
	return ""
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
