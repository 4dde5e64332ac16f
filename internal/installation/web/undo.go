package web

import (
	"errors"
	"net/http"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

// An undoView is what undoing a job would do: whom it would make as they were, and
// whom not, because somebody has changed them since.
type undoView struct {
	job    api.Job
	bulk   api.Bulk
	only   string // rows with this result
	rows   []api.BulkRow
	pager  page.Pager
	faults page.Faults
}

func jobPath(id string) string { return "/users/bulk/jobs/" + escape(id) }

func showUndo(v *visit) error { return v.previewUndo(nil) }

func (v *visit) previewUndo(wrong error) error {
	x := undoView{only: v.query("result")}
	var err error
	if x.job, err = v.in.Job(v.ctx(), v.act, v.r.PathValue("job")); err != nil {
		return err
	}
	if x.bulk, err = v.in.UndoJob(v.ctx(), v.dry(), x.job.ID, ""); err != nil {
		return err
	}
	d := draftView{only: x.only, bulk: x.bulk}
	d.cutRows(v)
	x.rows, x.pager = d.rows, d.pager
	title := v.Say("bulk.job-" + x.job.Kind)
	v.titled("users", v.Say("bulk.undo-title", "Job", title))
	v.crumbs(v.crumb("nav.users", "/users"), v.crumb("bulk.title", "/users/bulk"), page.Link{Text: title, Path: jobPath(x.job.ID)})
	v.Wide, v.AsOf, v.Command = true, v.now, "pott job undo "+x.job.ID+" --dry-run"
	if wrong == nil {
		return v.show(undoPage(v, x))
	}
	x.faults = page.Faults{v.fault("", wrong)}
	v.Wrong, v.status = true, http.StatusConflict
	return v.show(undoPage(v, x))
}

// undoJob does what was shown, and nothing else: where something is different now, it
// is shown again.
func undoJob(v *visit) error {
	id, token := v.r.PathValue("job"), v.form("plan_token")
	if token == "" {
		return v.goTo(jobPath(id) + "/undo")
	}
	done, err := v.in.UndoJob(v.ctx(), v.act, id, token)
	if changed := new(installation.BulkChangedError); errors.As(err, &changed) {
		return v.previewUndo(err)
	}
	return v.began(done, err)
}

// undoCounts are how many rows there are of each result.
func (x undoView) undoCounts() map[string]int {
	t := x.bulk.Totals
	return map[string]int{"changed": t.Changed, "already": t.Already, "warning": t.Warnings, "error": t.Errors}
}

// undoSince is how many people stay as they are because they were changed since.
func (x undoView) undoSince() (n int) {
	for _, r := range x.bulk.Rows {
		if r.Problem != nil && r.Problem.Code == (&installation.RowChangedError{}).Code() {
			n++
		}
	}
	return n
}
