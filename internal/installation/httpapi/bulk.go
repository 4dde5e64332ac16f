package httpapi

import (
	"net/http"
	"net/url"
	"reflect"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/roster"
)

const textCSV = "text/csv; charset=utf-8"

var bulkCodes = []string{"request.bad-value", "bulk.changed", "bulk.refused", "bulk.short", "roster.too-large", "blockers.unreachable"}

var (
	inLanguage = parameter{name: "header", kind: "string", doc: "The language of the header: en, sv, nb, da, de or nl; the words of the API when left out."}
	forExcel   = parameter{name: "excel", kind: "boolean", doc: "Semicolons and a byte order mark, as spreadsheets in most of Europe want them."}
)

// bulkRoutes are about many people at a time.
func bulkRoutes() []operation {
	imports := operation{
		id: "importPeople", method: http.MethodPost, path: "/v1/people/import", scopes: []string{api.ScopeAssign}, inText: true,
		summary: "Take in a list of people as CSV: add, replace or remove, all rows or none unless partial says otherwise; a job does it",
		query: []parameter{dryRun,
			{name: "mode", kind: "string", doc: "add (also when left out): filled cells are set, plans and extras given beside what is held; replace: a row says all there is; remove: plans and extras listed are taken back."},
			{name: "partial", kind: "boolean", doc: "Whether rows without errors are applied although others have some."},
			{name: "plan_token", kind: "string", doc: "Of a preview: exactly that is done, or nothing."},
			{name: "delimiter", kind: "string", doc: "comma, semicolon or tab; found out when left out."},
			{name: "encoding", kind: "string", doc: "utf-8, utf-8-bom or windows-1252; found out when left out."},
			{name: "language", kind: "string", doc: "The language of the header; found out when left out."},
			{name: "columns", kind: "string", doc: "What each column is, from the left, with commas between and nothing for one that is not read; found out when left out."},
		},
		out: reflect.TypeFor[api.Bulk](), outType: "application/json", status: http.StatusOK, serve: serveImport,
	}
	return []operation{
		imports.may("roster.malformed", "roster.column").may(bulkCodes...),
		text("/v1/people/export", "exportPeople", api.ScopeRead, "People as a list that can be imported again", textCSV, serveExport).
			with(peopleParameters...).with(inLanguage, forExcel).may("request.bad-value", "license.bad-word", "activity.bad-word", "activity.off").may(nameCodes...),
		text("/v1/people/template", "getPeopleTemplate", api.ScopeRead, "An empty list of people, with a row that shows how it is meant", textCSV, func(w http.ResponseWriter, c *call) error {
			return sendCSV(w, "people.csv", installation.ListTemplate(styleOf(c)))
		}).with(inLanguage, forExcel),
		change("POST", "/v1/people/bulk", "changePeople", api.ScopeAssign, "Do the same for many people, all or none unless partial says otherwise; a job does it",
			func(c *call, in api.BulkChange) (api.Bulk, error) {
				f, err := queried(in.Query)
				if err != nil {
					return api.Bulk{}, err
				}
				return c.in.ChangePeople(c.r.Context(), c.act, in, f)
			}).may(bulkCodes...).may("license.bad-word", "activity.bad-word", "activity.off").may(nameCodes...),
		read("/v1/jobs", "listJobs", api.ScopeRead, "Changes of many people in the last thirty days, newest first",
			func(c *call) (api.List[api.Job], error) { return c.in.Jobs(c.r.Context(), c.act) }),
		read("/v1/jobs/{job}", "getJob", api.ScopeRead, "How far a job is, or what came of it",
			func(c *call) (api.Job, error) { return c.in.Job(c.r.Context(), c.act, c.path("job")) }).may("job.unknown"),
		read("/v1/jobs/{job}/rows", "listJobRows", api.ScopeRead, "What became of each row of a job; forgotten a day after it ended",
			func(c *call) (api.List[api.BulkRow], error) {
				return c.in.JobRows(c.r.Context(), c.act, c.path("job"), c.query.Get("result"))
			}).with(parameter{name: "result", kind: "string", doc: "Only rows with this result: added, changed, already, error or left."}).may("job.unknown"),
		text("/v1/jobs/{job}/errors", "getJobErrors", api.ScopeRead, "The rows of an import that were not applied, with the reason, as a list that can be imported again", textCSV, serveJobErrors).may("job.unknown"),
		change("POST", "/v1/jobs/{job}/cancel", "cancelJob", api.ScopeAssign, "Stop a job between two rows; what it has done stays done",
			func(c *call, _ nothing) (api.Job, error) {
				return c.in.CancelJob(c.r.Context(), c.act, c.path("job"))
			}).may("job.unknown", "job.state"),
		change("POST", "/v1/jobs/{job}/undo", "undoJob", api.ScopeAssign, "Give everybody a job has changed back what the person had, but for those changed since; for a day",
			func(c *call, in api.PlanToken) (api.Bulk, error) {
				return c.in.UndoJob(c.r.Context(), c.act, c.path("job"), in.PlanToken)
			}).may("job.unknown", "job.state").may(bulkCodes...),
	}
}

func serveImport(w http.ResponseWriter, c *call) error {
	if err := wantMedia(c.r, "text/csv"); err != nil {
		if err := wantMedia(c.r, "text/plain"); err != nil {
			return err
		}
	}
	body, err := readBody(w, c.r, roster.MaxBytes)
	if err != nil {
		return err
	}
	q := c.query.Get
	reading, err := installation.ReadingOf(q("delimiter"), q("encoding"), q("language"), q("columns"))
	if err != nil {
		return err
	}
	out, err := c.in.ImportPeople(c.r.Context(), c.act, installation.Import{File: body, Mode: q("mode"), Partial: c.flag("partial"), Reading: reading, PlanToken: q("plan_token")})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, out)
}

func serveExport(w http.ResponseWriter, c *call) error {
	list, err := c.in.ExportPeople(c.r.Context(), c.act, peopleFilter(c), styleOf(c))
	if err != nil {
		return err
	}
	return sendCSV(w, "people.csv", list)
}

func serveJobErrors(w http.ResponseWriter, c *call) error {
	list, err := c.in.JobErrors(c.r.Context(), c.act, c.path("job"))
	if err != nil {
		return err
	}
	return sendCSV(w, "errors.csv", list)
}

func sendCSV(w http.ResponseWriter, name string, list []byte) error {
	w.Header().Set("Content-Type", textCSV)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err := w.Write(list)
	return err
}

func styleOf(c *call) roster.Style {
	return roster.Style{Language: c.query.Get("header"), Excel: c.flag("excel")}
}

// queried reads the query of a list of people, nil for none.
func queried(text string) (*installation.PeopleFilter, error) {
	if text == "" {
		return nil, nil
	}
	values, err := readQuery(&http.Request{URL: &url.URL{RawQuery: text}}, peopleParameters)
	if err != nil {
		return nil, &installation.BadValueError{Field: "query", Why: "it is not the query of a list of people"}
	}
	f := peopleFilter(&call{query: values})
	return &f, nil
}
