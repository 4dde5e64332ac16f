package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/pott-dev/pott/api"
)

// An Import is a list of people and what is to be done with it; the words are
// those of the API, and what is empty is left out.
type Import struct {
	File      []byte
	Mode      string
	Partial   bool
	PlanToken string
	Delimiter string
	Encoding  string
	Language  string
	Columns   string
	DryRun    bool
}

// ImportPeople sends a list of people.
func (c *Client) ImportPeople(ctx context.Context, i Import) (api.Bulk, error) {
	q := url.Values{}
	for name, value := range map[string]string{"mode": i.Mode, "plan_token": i.PlanToken, "delimiter": i.Delimiter, "encoding": i.Encoding, "language": i.Language, "columns": i.Columns} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, is := range map[string]bool{"partial": i.Partial, api.DryRun: i.DryRun} {
		if is {
			q.Set(name, "true")
		}
	}
	if i.File == nil {
		i.File = []byte{} // an empty file is sent as one, and refused as one
	}
	var answer api.Bulk
	err := c.ask(ctx, request{method: http.MethodPost, path: path("people", "import"), query: q, raw: i.File}, &answer)
	return answer, err
}

// A ListStyle says how a list is written.
type ListStyle struct {
	Header string // language
	Excel  bool
}

func (s ListStyle) set(q url.Values) url.Values {
	if s.Header != "" {
		q.Set("header", s.Header)
	}
	if s.Excel {
		q.Set("excel", "true")
	}
	return q
}

// ExportPeople returns people as a list that can be imported.
func (c *Client) ExportPeople(ctx context.Context, f PeopleFilter, s ListStyle) ([]byte, error) {
	return c.text(ctx, request{method: http.MethodGet, path: path("people", "export"), query: s.set(f.query())})
}

// PeopleTemplate returns an empty list of people.
func (c *Client) PeopleTemplate(ctx context.Context, s ListStyle) ([]byte, error) {
	return c.text(ctx, request{method: http.MethodGet, path: path("people", "template"), query: s.set(url.Values{})})
}

// ChangePeople does the same for many people.
func (c *Client) ChangePeople(ctx context.Context, what api.BulkChange, dryRun bool) (api.Bulk, error) {
	return change[api.Bulk](ctx, c, http.MethodPost, path("people", "bulk"), what, dryRun)
}

// Jobs returns the jobs of the last thirty days.
func (c *Client) Jobs(ctx context.Context) (api.List[api.Job], error) {
	return get[api.List[api.Job]](ctx, c, path("jobs"), nil)
}

// Job returns how far a job is.
func (c *Client) Job(ctx context.Context, id string) (api.Job, error) {
	return get[api.Job](ctx, c, path("jobs", id), nil)
}

// JobRows returns what became of the rows of a job, with one result or "" for all.
func (c *Client) JobRows(ctx context.Context, id, result string) (api.List[api.BulkRow], error) {
	q := url.Values{}
	if result != "" {
		q.Set("result", result)
	}
	return get[api.List[api.BulkRow]](ctx, c, path("jobs", id, "rows"), q)
}

// JobErrors returns the rows of an import that were not applied.
func (c *Client) JobErrors(ctx context.Context, id string) ([]byte, error) {
	return c.text(ctx, request{method: http.MethodGet, path: path("jobs", id, "errors")})
}

// CancelJob stops a job.
func (c *Client) CancelJob(ctx context.Context, id string, dryRun bool) (api.Job, error) {
	return change[api.Job](ctx, c, http.MethodPost, path("jobs", id, "cancel"), struct{}{}, dryRun)
}

// UndoJob undoes a job.
func (c *Client) UndoJob(ctx context.Context, id, token string, dryRun bool) (api.Bulk, error) {
	return change[api.Bulk](ctx, c, http.MethodPost, path("jobs", id, "undo"), api.PlanToken{PlanToken: token}, dryRun)
}
