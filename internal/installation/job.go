package installation

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/roster"
)

// How jobs are done and kept.
const (
	MostTasks = 10_000              // people in one job
	batchRows = 50                  // rows of a partial job in one act
	partRows  = 500                 // rows of a receipt in one box
	undoFor   = 24 * time.Hour      // how long a job can be undone, and its rows are kept
	JobsKept  = 30 * 24 * time.Hour // how long a job is remembered
	silentFor = time.Minute         // a job nobody hears of any longer was interrupted
	waitsFor  = 2 * time.Second
)

// A jobHead is what a job says of itself.
type jobHead struct {
	ID       string
	Kind     string
	Act      string
	Names    []string `json:",omitempty"`
	State    string
	Partial  bool
	By       string
	Created  time.Time
	Finished time.Time `json:",omitzero"`
	Heard    time.Time // when it last said that it runs
	Rows     int       // how many there are
	Done     int       // how many were looked at
	Totals   api.BulkTotals
	Problem  *api.Refused `json:",omitempty"`
	File     string       `json:",omitempty"`
	UndoneBy string       `json:",omitempty"`
	Undoes   string       `json:",omitempty"`
	Columns  []string     `json:",omitempty"` // of the list
	Language string       `json:",omitempty"` // of the list
	Excel    bool         `json:",omitempty"` // the list has semicolons

	Audit *api.AuditVerdict `json:",omitempty"` // of a check of the audit trail
}

// Where the parts of a job are kept.
const (
	jobPlace    = "job/"
	jobHeadPart = 0
	jobTaskPart = 1 // and the parts of tasks behind it
	jobDonePart = 1000
)

// A keptJob is a job as it is stored.
type keptJob struct {
	head  jobHead
	tasks []task
	rows  []done
}

// readJob reads a job. Of one whose rows are forgotten only the head is left.
func (in *Installation) readJob(ctx context.Context, id string) (keptJob, error) {
	var k keptJob
	if h, here := in.audits.get(id); here {
		return keptJob{head: h}, nil
	}
	boxes, err := in.book.Boxes(ctx, jobPlace+id)
	if err != nil {
		return k, err
	}
	if len(boxes) == 0 || boxes[0].Part != jobHeadPart {
		return k, &UnknownJobError{Job: id}
	}
	for _, b := range boxes {
		var err error
		switch {
		case b.Part == jobHeadPart:
			err = json.Unmarshal(b.Plain, &k.head)
		case b.Part < jobDonePart:
			var some []task
			err = json.Unmarshal(b.Plain, &some)
			k.tasks = append(k.tasks, some...)
		default:
			var some []done
			err = json.Unmarshal(b.Plain, &some)
			k.rows = append(k.rows, some...)
		}
		if err != nil {
			return k, fmt.Errorf("job %s: %w", id, err)
		}
	}
	k.complete()
	return k, nil
}

// complete puts rows in the order of the list, and in rows that a job did not
// come to, that they are left.
func (k *keptJob) complete() {
	known := map[int]done{}
	for _, d := range k.rows {
		known[d.Row] = d
	}
	if len(k.tasks) == 0 {
		return
	}
	k.rows = k.rows[:0:0]
	for _, t := range k.tasks {
		d, ok := known[t.Row]
		if !ok {
			d = done{BulkRow: api.BulkRow{Row: t.Row, Person: t.Who, Result: "left"}}
		}
		k.rows = append(k.rows, d)
	}
}

func putJob(tx *store.Tx, h jobHead) {
	tx.PutBox(store.Box{Place: jobPlace + h.ID, Part: jobHeadPart, Plain: asJSON(h)})
}

func putRows(tx *store.Tx, id string, rows []done) {
	forgetErased(&tx.View, rows)
	for n, part := 0, int64(jobDonePart); n < len(rows); n, part = n+partRows, part+1 {
		tx.PutBox(store.Box{Place: jobPlace + id, Part: part, Plain: asJSON(rows[n:min(n+partRows, len(rows))])})
	}
}

func plainRows(rows []done) []api.BulkRow {
	list := []api.BulkRow{}
	for _, d := range rows {
		list = append(list, d.BulkRow)
	}
	return list
}

func asJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("installation: a job cannot be written: " + err.Error())
	}
	return text
}

// shown is a job in the words of the API.
func (in *Installation) jobShown(h jobHead, now time.Time) api.Job {
	j := api.Job{ID: h.ID, Kind: h.Kind, Act: h.Act, Names: h.Names, State: h.State, Partial: h.Partial, By: h.By, Created: h.Created, Finished: h.Finished,
		Rows: h.Rows, Done: h.Done, Totals: h.Totals, Problem: h.Problem, File: h.File, UndoneBy: h.UndoneBy, Undoes: h.Undoes, Audit: h.Audit}
	live := in.jobs.get(h.ID)
	switch {
	case h.State == "running" && live != nil:
		j.Done = min(int(live.looked.Load()), h.Rows)
	case h.State == "running" && now.Sub(h.Heard) > h.silent():
		j.State = "interrupted"
	}
	if h.undoable(j.State, now) {
		j.Undo = h.ended().Add(undoFor).UTC()
	}
	return j
}

// silent is how long a job may say nothing before it counts as interrupted.
func (h jobHead) silent() time.Duration {
	if h.Kind == auditKind {
		return silentCheck
	}
	return silentFor
}

func (h jobHead) ended() time.Time {
	if h.Finished.IsZero() {
		return h.Heard
	}
	return h.Finished
}

// Jobs returns the jobs of the last thirty days, newest first.
func (in *Installation) Jobs(ctx context.Context, act Act) (api.List[api.Job], error) {
	list := api.List[api.Job]{AsOf: in.options.Now().UTC(), Seq: in.now.Load().seq, Items: []api.Job{}}
	boxes, err := in.book.FirstBoxes(ctx, jobPlace)
	for _, b := range boxes {
		var h jobHead
		if err := json.Unmarshal(b.Plain, &h); err == nil {
			list.Items = append(list.Items, in.jobShown(h, in.present()))
		}
	}
	slices.SortFunc(list.Items, func(x, y api.Job) int { return cmp.Or(y.Created.Compare(x.Created), strings.Compare(x.ID, y.ID)) })
	list.Total = len(list.Items)
	return list, err
}

// Job returns a job: how far it is, or what came of it.
func (in *Installation) Job(ctx context.Context, act Act, id string) (api.Job, error) {
	k, err := in.readJob(ctx, id)
	if err != nil {
		return api.Job{}, err
	}
	j := in.jobShown(k.head, in.present())
	if k.head.Kind != auditKind && (j.State == "running" || j.State == "interrupted") {
		j.Totals = totalsOf(k.rows)
	}
	return j, nil
}

// JobRows returns what became of the rows of a job, those with one result or all.
// They are forgotten a day after it ended.
func (in *Installation) JobRows(ctx context.Context, act Act, id, result string) (api.List[api.BulkRow], error) {
	list := api.List[api.BulkRow]{AsOf: in.options.Now().UTC(), Seq: in.now.Load().seq, Items: []api.BulkRow{}}
	k, err := in.readJob(ctx, id)
	for _, d := range k.rows {
		if result == "" || d.Result == result {
			list.Items = append(list.Items, d.BulkRow)
		}
	}
	list.Total = len(list.Items)
	return list, err
}

// JobErrors returns the rows of an import that were not applied as a list of the
// same columns and the reason, which can be imported again.
func (in *Installation) JobErrors(ctx context.Context, act Act, id string) ([]byte, error) {
	k, err := in.readJob(ctx, id)
	if err != nil {
		return nil, err
	}
	columns := []string{}
	for _, c := range roster.Columns {
		if c != roster.Reason && slices.ContainsFunc(k.tasks, func(t task) bool { _, ok := t.Cells[c]; return ok }) {
			columns = append(columns, c)
		}
	}
	if len(columns) == 0 {
		columns = []string{roster.UserID}
	}
	return wrongRows(roster.Style{Language: act.Language}, columns, k.tasks, plainRows(k.rows)), nil
}

// CancelJob stops a job between two rows. What it has done stays done; a job that
// does all or nothing has done nothing. One that was quicker is not stopped any
// more. One that another server does is told so, and is running still in the
// answer: it stops where it next looks.
func (in *Installation) CancelJob(ctx context.Context, act Act, id string) (api.Job, error) {
	j, err := in.Job(ctx, act, id)
	switch {
	case err != nil:
		return j, err
	case j.State != "running":
		return j, &JobStateError{Job: id, State: j.State}
	case act.DryRun:
		return j, nil
	}
	// Before anything is written: a job that does all or nothing is one act, and
	// whatever else is written waits for it. The audit trail is checked also where
	// nothing can be written.
	live := in.jobs.get(id)
	if live != nil && j.Kind == auditKind {
		return in.cancelCheck(ctx, act, j, live)
	}
	if live != nil {
		live.stop()
	}
	if _, err := in.book.Update(ctx, act.By, in.present(), func(tx *store.Tx) error {
		if live == nil {
			tx.PutBox(store.Box{Place: "cancel/" + id, Plain: []byte("{}")})
		}
		tx.Entry("job.cancel", "", audit.F("job", id))
		return nil
	}); err != nil {
		return j, err
	}
	if live != nil {
		<-live.done
	}
	j, err = in.Job(ctx, act, id)
	if err == nil && j.State == "done" {
		err = &JobStateError{Job: id, State: j.State}
	}
	return j, err
}

// An UnknownJobError is returned for a job that is not there, any longer or yet.
type UnknownJobError struct{ Job string }

func (e *UnknownJobError) Error() string { return "there is no job " + e.Job }

// Code returns the stable code of the error.
func (e *UnknownJobError) Code() string { return "job.unknown" }

// A JobStateError is returned when a job is not in a state for what is asked.
type JobStateError struct {
	Job   string
	State string // draft, running, done, cancelled, failed, interrupted, undone or too-late
}

func (e *JobStateError) Error() string { return fmt.Sprintf("job %s is %s", e.Job, e.State) }

// Code returns the stable code of the error.
func (e *JobStateError) Code() string { return "job.state" }
