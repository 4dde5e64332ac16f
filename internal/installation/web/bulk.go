package web

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/problem"
	"github.com/pott-dev/pott/internal/roster"
	"github.com/pott-dev/pott/license"
)

func bulkRoutes() []route {
	return slices.Concat([]route{
		get("/users/bulk", api.ScopeAssign, showUpload),
		post("/users/bulk", api.ScopeAssign, sendList).upTo(roster.MaxBytes + 1<<20),
		get("/users/bulk/template.csv", api.ScopeAssign, sendTemplate),
		get("/users/bulk/list/{draft}", api.ScopeAssign, showSentList),
		get("/users/bulk/list/{draft}/errors.csv", api.ScopeAssign, draftErrors),
		post("/users/bulk/list/{draft}", api.ScopeAssign, importDraft),
		post("/users/bulk/change", api.ScopeAssign, reviewChange),
		post("/users/bulk/apply", api.ScopeAssign, applyChange),
		get("/users/bulk/jobs/{job}", api.ScopeRead, showJob),
		get("/users/bulk/jobs/{job}/errors.csv", api.ScopeRead, jobErrors),
		post("/users/bulk/jobs/{job}/cancel", api.ScopeAssign, cancelJob),
		get("/users/bulk/jobs/{job}/undo", api.ScopeAssign, showUndo),
		post("/users/bulk/jobs/{job}/undo", api.ScopeAssign, undoJob),
	}, exporting("/users/bulk/jobs", api.ScopeRead, jobsList))
}

// An uploadView is the form that takes a list, and what was done lately.
type uploadView struct {
	jobs   []api.Job
	faults page.Faults
	pasted string
}

func (v *visit) upload(pasted string, faults page.Faults) (uploadView, error) {
	v.titled("users", v.Say("bulk.title"))
	v.crumbs(v.crumb("nav.users", "/users"))
	v.Command = "pott user import FILE --dry-run"
	jobs, err := v.bulkJobs()
	return uploadView{jobs: jobs[:min(10, len(jobs))], faults: faults, pasted: pasted}, err
}

// bulkJobs are the jobs that change people, newest first.
func (v *visit) bulkJobs() ([]api.Job, error) {
	jobs, err := v.in.Jobs(v.ctx(), v.act)
	return slices.DeleteFunc(jobs.Items, func(j api.Job) bool { return j.Kind == "audit" }), err
}

func showUpload(v *visit) error {
	x, err := v.upload("", nil)
	if err != nil {
		return err
	}
	return v.show(uploadPage(v, x))
}

// sendList takes a list in, as a file or pasted, and leads to how it is
// understood. Nobody is changed yet.
func sendList(v *visit) error {
	text := []byte(v.r.PostFormValue("text"))
	file, _, err := v.r.FormFile("file")
	switch {
	case err == nil:
		defer file.Close()
		sent, err := io.ReadAll(io.LimitReader(file, roster.MaxBytes+1))
		if err != nil {
			return err
		}
		if len(sent) > 0 {
			text = sent
		}
	case !errors.Is(err, http.ErrMissingFile) && !errors.Is(err, http.ErrNotMultipart):
		return err
	}
	if _, err := roster.Read(text, roster.Reading{}); err != nil {
		if column := new(roster.ColumnError); !errors.As(err, &column) || column.Headers == "" { // columns can be said
			x, viewErr := v.upload(string(text[:min(len(text), 20_000)]), page.Faults{v.fault("text", err)})
			if viewErr != nil {
				return viewErr
			}
			return v.wrong(uploadPage(v, x))
		}
	}
	id, err := v.in.KeepDraft(v.ctx(), v.act, text)
	if err != nil {
		return err
	}
	q := url.Values{"mode": {cmp.Or(v.form("mode"), "add")}}
	return v.goTo("/users/bulk/list/" + escape(id) + "?" + q.Encode())
}

func sendTemplate(v *visit) error {
	return v.download("users.csv", "text/csv; charset=utf-8", installation.ListTemplate(roster.Style{Language: v.Lang, Excel: true}))
}

// A draftView is a list as it is understood, and what it would do.
type draftView struct {
	id      string
	mode    string
	partial bool
	only    string // rows with this result
	read    roster.Reading
	sheet   *roster.Sheet
	bulk    api.Bulk
	rows    []api.BulkRow
	pager   page.Pager
	faults  page.Faults
	wrong   page.Faults // of the name that was typed
	heavy   bool        // more than a fifth of everybody loses something: the organization's name is asked for
}

// readDraft reads the list of the path as the address says it is understood.
func (v *visit) readDraft() (draftView, installation.Import, error) {
	q := v.r.URL.Query()
	x := draftView{id: v.r.PathValue("draft"), mode: cmp.Or(q.Get("mode"), "add"), partial: q.Get("partial") != "", only: q.Get("result")}
	file, err := v.in.Draft(v.ctx(), v.act, x.id)
	if err != nil {
		return x, installation.Import{}, err
	}
	if x.read, err = installation.ReadingOf(q.Get("delimiter"), q.Get("encoding"), q.Get("language"), strings.Join(q["col"], ",")); err != nil {
		return x, installation.Import{}, err
	}
	return x, installation.Import{File: file, Mode: x.mode, Partial: x.partial, Reading: x.read}, nil
}

func showSentList(v *visit) error {
	x, list, err := v.readDraft()
	if err != nil {
		return err
	}
	return v.sentList(x, list, nil)
}

// sentList shows what a list would do; wrong is why it was not begun, or nil.
func (v *visit) sentList(x draftView, list installation.Import, wrong page.Faults) (err error) {
	v.titled("users", v.Say("bulk.understood-title"))
	v.crumbs(v.crumb("nav.users", "/users"), v.crumb("bulk.title", "/users/bulk"))
	v.Wide, v.AsOf = true, v.now
	x.bulk, err = v.in.ImportPeople(v.ctx(), v.dry(), list)
	if err != nil {
		if _, code := v.explain(err); code == problem.Internal {
			return err
		}
		x.faults = page.Faults{v.fault("", v.columnsInWords(err))}
		x.sheet, v.Wrong = headersOf(list), true
		return v.show(listCheckPage(v, x))
	}
	if x.mode != "add" {
		if x.heavy, err = v.many(losers(x.bulk)); err != nil {
			return err
		}
	}
	x.cutRows(v)
	v.onPage(x.pager)
	if wrong != nil {
		x.wrong = wrong
		return v.wrong(listCheckPage(v, x))
	}
	return v.show(listCheckPage(v, x))
}

// losers is how many rows of a list take something from somebody.
func losers(b api.Bulk) (n int) {
	for _, r := range b.Rows {
		if len(r.Released) > 0 {
			n++
		}
	}
	return n
}

// headersOf reads no more than the header of a list whose columns are not
// understood, so that somebody can say what they are.
func headersOf(list installation.Import) *roster.Sheet {
	for _, columns := range [][]string{nil, {roster.UserID}} {
		reading := list.Reading
		reading.Columns = columns
		if s, err := roster.Read(list.File, reading); err == nil {
			return s
		}
	}
	return nil
}

const bulkSize = 100

// cutRows keeps the rows of a page: of one result, or all.
func (x *draftView) cutRows(v *visit) {
	x.rows = ofResult(x.bulk.Rows, x.only)
	x.pager = page.Pager{Page: v.pageNumber(), Size: bulkSize, Total: len(x.rows), Link: func(n int) string { return v.with("page", fmt.Sprint(n)) }}
	first := min((x.pager.Page-1)*bulkSize, len(x.rows))
	x.rows = x.rows[first:min(first+bulkSize, len(x.rows))]
}

// ofResult are the rows with one result, or all.
func ofResult(all []api.BulkRow, only string) []api.BulkRow {
	rows := []api.BulkRow{}
	for _, r := range all {
		warned := only == "warning" && len(r.Warnings) > 0
		if only == "" || warned || r.Result == only || only == "changed" && r.Result == "added" {
			rows = append(rows, r)
		}
	}
	return rows
}

// columnsRead are the columns of the list, as understood or as they can be said.
func (x draftView) columnsRead() []api.ImportColumn {
	if x.bulk.Read != nil {
		return x.bulk.Read.Columns
	}
	var all []api.ImportColumn
	if x.sheet != nil {
		for _, h := range x.sheet.Headers {
			all = append(all, api.ImportColumn{Header: h})
		}
	}
	return all
}

func draftErrors(v *visit) error {
	_, list, err := v.readDraft()
	if err != nil {
		return err
	}
	b, err := v.in.ImportPeople(v.ctx(), v.dry(), list)
	if err != nil {
		return err
	}
	return v.download("errors.csv", "text/csv; charset=utf-8", []byte(b.Errors))
}

func importDraft(v *visit) error {
	x, list, err := v.readDraft()
	if err != nil {
		return err
	}
	if x.mode != "add" && v.form("org") != v.Org {
		tried, err := v.in.ImportPeople(v.ctx(), v.dry(), list)
		if err != nil {
			return err
		}
		if heavy, err := v.many(losers(tried)); err != nil {
			return err
		} else if heavy {
			return v.sentList(x, list, page.Faults{{Field: "org", Text: v.Say("offboard.organisation-wrong", "Org", v.Org)}})
		}
	}
	list.PlanToken = v.form("plan_token")
	done, err := v.in.ImportPeople(v.ctx(), v.act, list)
	return v.began(done, err)
}

// began leads to the job that was begun.
func (v *visit) began(b api.Bulk, err error) error {
	if err != nil {
		return err
	}
	return v.goTo("/users/bulk/jobs/" + escape(b.Job.ID))
}

// A changeView is the preview of a change of many people.
type changeView struct {
	act    string
	name   string
	people []string
	query  string // instead of people: everybody of a list
	bulk   api.Bulk
	rows   []api.BulkRow
	faults page.Faults
	total  int
	heavy  bool // more than a fifth of everybody: the organisation's name is asked for
}

var webActs = []string{"give", "switch", "remove", "give-login", "end-login", "retire", "approve", "refuse"}

func bulkActOptions(v *visit) []page.Option {
	var all []page.Option
	for _, a := range webActs {
		all = append(all, page.Option{Value: a, Text: v.Say("bulk.act." + a)})
	}
	return all
}

// changeOf reads which change of whom a form is about.
func (v *visit) changeOf() (changeView, api.BulkChange, *installation.PeopleFilter, error) {
	x := changeView{act: v.form("act"), name: v.form("name"), people: v.r.PostForm["who"]}
	c := api.BulkChange{Act: x.act, People: x.people, Partial: true, PlanToken: v.form("plan_token")}
	if slices.Contains([]string{"give", "switch", "remove"}, x.act) {
		c.Names = []string{x.name}
	}
	if v.form("all") == "" {
		return x, c, nil, nil
	}
	x.query, x.people, c.People = v.form("query"), nil, nil
	q, err := url.ParseQuery(x.query)
	if err != nil {
		return x, c, nil, &installation.BadValueError{Field: "query", Why: "it cannot be read"}
	}
	f := filterOf(q)
	return x, c, &f, nil
}

func reviewChange(v *visit) error {
	x, c, f, err := v.changeOf()
	if err != nil {
		return err
	}
	if !slices.Contains(webActs, x.act) {
		return &installation.BadValueError{Field: "act", Why: "it is not one of the choices"}
	}
	return v.previewChange(x, c, f, nil)
}

func (v *visit) previewChange(x changeView, c api.BulkChange, f *installation.PeopleFilter, wrong page.Faults) error {
	v.titled("users", v.Say("bulk.act."+x.act))
	v.crumbs(v.crumb("nav.users", "/users"))
	v.Path, v.Query = "/users", v.form("query")
	v.Wide, v.AsOf = true, v.now
	c.PlanToken = ""
	var err error
	if x.bulk, err = v.in.ChangePeople(v.ctx(), v.dry(), c, f); err != nil {
		if _, code := v.explain(err); code == problem.Internal {
			return err
		}
		x.faults = page.Faults{v.fault("", err)}
		return v.wrong(changePage(v, x))
	}
	if x.heavy, err = v.heavy(x.act, x.bulk); err != nil {
		return err
	}
	x.total = x.bulk.Totals.Rows
	x.rows = x.bulk.Rows[:min(bulkSize, len(x.bulk.Rows))]
	if wrong != nil {
		x.faults = wrong
		return v.wrong(changePage(v, x))
	}
	return v.show(changePage(v, x))
}

// heavy reports whether a change takes something from more than a fifth of all
// people: then whoever makes it types the organisation's name.
func (v *visit) heavy(act string, b api.Bulk) (bool, error) {
	if !slices.Contains([]string{"remove", "end-login", "retire", "switch"}, act) {
		return false, nil
	}
	return v.many(b.Totals.Changed)
}

// many reports whether so many people are more than a fifth of everybody.
func (v *visit) many(n int) (bool, error) {
	if v.Org == "" || n <= 5 {
		return false, nil
	}
	everybody, err := v.in.People(v.ctx(), v.act, installation.PeopleFilter{Limit: 1})
	return n*5 > everybody.Total, err
}

func applyChange(v *visit) error {
	x, c, f, err := v.changeOf()
	if err != nil {
		return err
	}
	tried, err := v.in.ChangePeople(v.ctx(), v.dry(), c, f)
	if err != nil {
		return err
	}
	if heavy, err := v.heavy(x.act, tried); err != nil {
		return err
	} else if heavy && v.form("org") != v.Org {
		return v.previewChange(x, c, f, page.Faults{{Field: "org", Text: v.Say("offboard.organisation-wrong", "Org", v.Org)}})
	}
	done, err := v.in.ChangePeople(v.ctx(), v.act, c, f)
	return v.began(done, err)
}

// A jobView is a job with its rows.
type jobView struct {
	job    api.Job
	rows   []api.BulkRow
	only   string
	pager  page.Pager
	assign bool
	counts map[string]int
	warned int // rows of which there is more to be said
}

// notBack is how many people an undo has not made as they were.
func (x jobView) notBack() int {
	if x.job.Kind != "undo" || x.job.State == "running" {
		return 0
	}
	return x.warned + x.counts["error"] + x.counts["left"]
}

func showJob(v *visit) error {
	id := v.r.PathValue("job")
	if id, format := formatOf(id); format != "" {
		x, err := v.jobRowsList(id)
		if err != nil {
			return err
		}
		return v.export(x, v.Path)
	}
	job, err := v.in.Job(v.ctx(), v.act, id)
	if err != nil {
		return err
	}
	if job.Kind == "audit" {
		return v.goTo(auditJobPath(job))
	}
	rows, err := v.in.JobRows(v.ctx(), v.act, id, "")
	if err != nil {
		return err
	}
	x := jobView{job: job, only: v.query("result"), assign: v.may(api.ScopeAssign), counts: map[string]int{}}
	d := draftView{only: x.only, bulk: api.Bulk{Rows: rows.Items}}
	for _, r := range rows.Items {
		x.counts[r.Result]++
		if len(r.Warnings) > 0 && r.Result != "error" {
			x.warned++
		}
	}
	d.cutRows(v)
	x.rows, x.pager = d.rows, d.pager
	v.titled("users", v.Say("bulk.job-"+job.Kind))
	v.crumbs(v.crumb("nav.users", "/users"), v.crumb("bulk.title", "/users/bulk"))
	v.Part = v.jobMark(job).Text + ", " + v.Time(job.Created)
	v.onPage(x.pager)
	v.Wide, v.AsOf, v.Command = true, v.now, "pott job show "+job.ID
	return v.show(jobPage(v, x))
}

func jobErrors(v *visit) error {
	list, err := v.in.JobErrors(v.ctx(), v.act, v.r.PathValue("job"))
	if err != nil {
		return err
	}
	return v.download("errors.csv", "text/csv; charset=utf-8", list)
}

func cancelJob(v *visit) error {
	id := v.r.PathValue("job")
	if _, err := v.in.CancelJob(v.ctx(), v.act, id); err != nil {
		return err
	}
	return v.done("/users/bulk/jobs/"+escape(id), page.Receipt{Title: v.Say("bulk.cancelled")})
}

// rowWhat says what becomes of a row.
func (v *visit) rowWhat(r api.BulkRow) string {
	if r.Problem != nil {
		return r.Problem.Text
	}
	var words []string
	for _, n := range r.Released {
		words = append(words, v.Say("bulk.minus", "Name", v.nameOf(n)))
	}
	for _, n := range r.Given {
		words = append(words, v.Say("bulk.plus", "Name", v.nameOf(n)))
	}
	for _, w := range r.Warnings {
		words = append(words, w.Text)
	}
	return strings.Join(words, " · ")
}

// rowMark is the result of a row, or what it would be.
func (v *visit) rowMark(r api.BulkRow, dry bool) page.Mark {
	kind := map[string]string{"added": "ok", "changed": "ok", "error": "crit", "left": "warn"}[r.Result]
	if kind == "ok" && len(r.Warnings) > 0 {
		kind = "warn"
	}
	if dry && (r.Result == "added" || r.Result == "changed") {
		return page.Mark{Kind: kind, Text: v.Say("bulk.only." + r.Result)} // it has not happened yet
	}
	return page.Mark{Kind: kind, Text: v.Say("bulk.result." + r.Result)}
}

// encodingName is how people write the name of an encoding.
func encodingName(code string) string {
	switch code {
	case "utf-8":
		return "UTF-8"
	case "utf-8-bom":
		return "UTF-8 (BOM)"
	case "windows-1252":
		return "Windows-1252"
	}
	return code
}

// columnsInWords is an error about the columns of a list with the column as the
// template for lists calls it.
func (v *visit) columnsInWords(err error) error {
	column := new(roster.ColumnError)
	if !errors.As(err, &column) || !slices.Contains(roster.Columns, column.Column) {
		return err
	}
	said := *column
	said.Column = roster.Header(v.Lang, column.Column)
	return &said
}

func (v *visit) jobMark(j api.Job) page.Mark {
	kind := map[string]string{"done": "ok", "failed": "crit", "cancelled": "warn", "interrupted": "warn", "running": "info"}[j.State]
	if j.State == "done" && (j.Totals.Errors > 0 || j.Totals.Left > 0) {
		return page.Mark{Kind: "warn", Text: v.Say("bulk.state.partly")}
	}
	return page.Mark{Kind: kind, Text: v.Say("bulk.state." + j.State)}
}

// nameOf is what people call a license.
func (v *visit) nameOf(n license.Name) string {
	return cmp.Or(v.in.DisplayName(n.String(), v.Lang), n.String())
}

func asBad(err error, bad **installation.BadValueError) bool { return errors.As(err, bad) }
