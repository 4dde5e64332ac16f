package command

import (
	"fmt"

	"github.com/pott-dev/pott/api"
)

type jobCmd struct {
	Ls     jobLs     `cmd:"" help:"List the changes of many people of the last thirty days."`
	Show   jobShow   `cmd:"" help:"Show how far a job is, and what became of each row."`
	Wait   jobWait   `cmd:"" help:"Wait until a job is over."`
	Cancel jobCancel `cmd:"" help:"Stop a job between two rows; what it has done stays done."`
	Undo   jobUndo   `cmd:"" help:"Give everybody back what a job has changed, within a day; who was changed since is left alone."`
	Errors jobErrors `cmd:"" help:"Write the rows of an import that were not applied as a list that can be imported again."`
}

type jobLs struct{}

func (jobLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Jobs(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(j api.Job) string { return j.ID }), human: func(o *paper) {
		t := &table{columns: []column{{head: "job"}, {head: "begun"}, {head: "what"}, {head: "state"}, {head: "rows", right: true}, {head: "by", cut: late}}}
		for _, j := range list.Items {
			t.add(j.ID, moment(j.Created), j.Kind+" "+j.Act, s.say("job."+j.State), fmt.Sprintf("%d/%d", j.Done, j.Rows), j.By)
		}
		o.table(t)
	}})
}

// job prints what a job says of itself.
func (o *paper) job(j api.Job) {
	o.line("job.is", j.ID, o.s.say("job."+j.State), j.Done, j.Rows)
	o.line("job.did", j.Totals.Changed, j.Totals.Already, j.Totals.Errors, j.Totals.Left)
	if j.Problem != nil {
		o.line("job.problem", j.Problem.Text)
	}
	if j.UndoneBy != "" {
		o.line("job.undone", j.UndoneBy)
	}
	if !j.Undo.IsZero() {
		o.s.remark("undo", "pott job undo "+j.ID)
	}
}

type jobID struct {
	Job string `arg:"" help:"The job's id, as pott job ls says it."`
}

type jobShow struct {
	jobID
	Result string `placeholder:"RESULT" help:"Only rows with this result: added, changed, already, error or left."`
}

func (c jobShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	j, err := cl.Job(s.ctx, c.Job)
	if err != nil {
		return err
	}
	rows, err := cl.JobRows(s.ctx, c.Job, c.Result)
	if err != nil {
		return err
	}
	doc := struct {
		api.Job
		Items []api.BulkRow `json:"items"`
	}{j, rows.Items}
	return s.answer(answer{doc: doc, ids: []string{j.ID}, human: func(o *paper) {
		o.job(j)
		o.bulkRows(rows.Items)
	}})
}

type jobWait struct{ jobID }

func (c jobWait) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	j, err := cl.Job(s.ctx, c.Job)
	if err != nil {
		return err
	}
	if j, err = s.watch(cl, j); err != nil {
		return err
	}
	return s.answer(answer{doc: j, ids: []string{j.ID}, human: func(o *paper) { o.job(j) }})
}

type jobCancel struct {
	jobID
	preview
}

func (c jobCancel) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	j, err := cl.CancelJob(s.ctx, c.Job, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: j, ids: []string{j.ID}, human: func(o *paper) { o.job(j) }})
}

type jobUndo struct {
	jobID
	PlanToken string `placeholder:"TOKEN" help:"Of a preview: exactly that is done, or nothing."`
	waiting
	preview
}

func (c jobUndo) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	b, err := cl.UndoJob(s.ctx, c.Job, c.PlanToken, c.DryRun)
	if err != nil {
		return err
	}
	if err := s.await(cl, &b, c.Wait); err != nil {
		return err
	}
	return s.bulk(b)
}

type jobErrors struct {
	jobID
	File string `placeholder:"FILE" help:"Write to this file instead of standard output."`
}

func (c jobErrors) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.JobErrors(s.ctx, c.Job)
	if err != nil {
		return err
	}
	return listStyle{File: c.File}.write(s, list)
}
