package installation

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/roster"
	"github.com/pott-dev/pott/internal/seat"
)

// How jobs are done and kept.
const (
	MostTasks = 10_000         // people in one job
	batchRows = 50             // rows of a partial job in one act
	partRows  = 500            // rows of a receipt in one box
	undoFor   = 24 * time.Hour // how long a job can be undone, and its rows are kept
	jobsFor   = 30 * 24 * time.Hour
	silentFor = time.Minute // a job nobody hears of any longer was interrupted
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
}

// Where the parts of a job are kept.
const (
	jobPlace    = "job/"
	jobHeadPart = 0
	jobTaskPart = 1 // and the parts of tasks behind it
	jobDonePart = 1000
)

// A bulkOrder is a change of many people to be tried or done.
type bulkOrder struct {
	head   jobHead
	tasks  []task
	token  string
	source seat.Source
}

// jobs are the jobs that run on this server.
type jobs struct {
	mu   sync.Mutex
	live map[string]*liveJob
	all  sync.WaitGroup
}

// A liveJob is a job that runs.
type liveJob struct {
	looked atomic.Int64
	parts  []int64 // boxes its batches wrote; for the goroutine that works
	stop   context.CancelFunc
	done   chan struct{}
}

// errCancelled ends a job that somebody has cancelled.
var errCancelled = errors.New("the job was cancelled")

// bulk tries a change of many people, or begins the job that makes it.
func (in *Installation) bulk(ctx context.Context, act Act, o bulkOrder) (api.Bulk, error) {
	switch {
	case len(o.tasks) == 0:
		return api.Bulk{}, &BadValueError{Field: "people", Why: "nobody is chosen"}
	case len(o.tasks) > MostTasks:
		return api.Bulk{}, &roster.TooLargeError{Most: MostTasks}
	}
	act.source = o.source
	heard := &heard{}
	found, err := in.tryTasks(ctx, act, o, heard)
	if err != nil {
		return api.Bulk{}, err
	}
	out := api.Bulk{Outcome: api.Outcome{DryRun: act.DryRun, Changed: found.totals().Changed > 0, Seq: in.now.Load().seq}, Kind: o.head.Kind, Partial: o.head.Partial,
		Totals: found.totals(), Pools: found.demand, Rows: []api.BulkRow{}, PlanToken: o.tokenOf(found)}
	if out.Pools == nil {
		out.Pools = []api.BulkPool{}
	}
	for _, d := range found.rows {
		out.Rows = append(out.Rows, d.BulkRow)
	}
	switch {
	case act.DryRun:
		return out, nil
	case o.token != "" && o.token != out.PlanToken:
		return out, &BulkChangedError{}
	case !o.head.Partial && out.Totals.Errors > 0:
		return out, refusedBulk(out)
	}
	job, err := in.beginJob(ctx, act, o, found, heard)
	out.Rows, out.PlanToken, out.Job, out.Totals = []api.BulkRow{}, "", &job, job.Totals
	return out, err
}

func (o bulkOrder) tokenOf(r bulkResult) string {
	return r.token(o.head.Kind, o.head.Act, o.head.Partial, o.head.File, o.head.Undoes)
}

// tryTasks says what would become of tasks.
func (in *Installation) tryTasks(ctx context.Context, act Act, o bulkOrder, heard *heard) (bulkResult, error) {
	var found bulkResult
	for range 5 { // what is lost may change while the host application thinks
		err := in.book.Try(ctx, act.By, in.present(), func(tx *store.Tx) (err error) {
			found, err = in.carryOut(ctx, tx, act, bulk{tasks: o.tasks, whole: !o.head.Partial, heard: heard, step: ctx.Err})
			return err
		})
		first := new(unheard)
		if !errors.As(err, &first) {
			return found, err
		}
		if err := heard.askEach(ctx, in, act, first.losses); err != nil {
			return found, err
		}
	}
	return found, &BlockersUnreachableError{Why: "unreachable"}
}

// beginJob stores a job and lets it run. It waits a little, so that a short job is
// over when it returns.
func (in *Installation) beginJob(ctx context.Context, act Act, o bulkOrder, found bulkResult, heard *heard) (api.Job, error) {
	h := &o.head
	h.ID, h.State, h.By, h.Created, h.Rows = cmp.Or(h.ID, store.NewID()), "running", act.By.String(), in.present(), len(o.tasks)
	h.Heard = h.Created
	_, err := in.book.Update(ctx, act.By, in.present(), func(tx *store.Tx) error {
		if h.Undoes != "" {
			if err := in.markUndone(ctx, tx, h.Undoes, h.ID); err != nil {
				return err
			}
		}
		putJob(tx, *h)
		for n, part := 0, int64(jobTaskPart); n < len(o.tasks); n, part = n+partRows, part+1 {
			tx.PutBox(store.Box{Place: jobPlace + h.ID, Part: part, Plain: asJSON(o.tasks[n:min(n+partRows, len(o.tasks))])})
		}
		tx.Entry("job.start", "", jobFacts(*h)...)
		return nil
	})
	if err != nil {
		return api.Job{}, err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	live := in.jobs.add(h.ID, stop)
	go func() {
		defer in.jobs.remove(h.ID, live)
		defer stop()
		in.work(running, act, o, found, heard, live)
	}()
	wait := time.NewTimer(waitsFor)
	defer wait.Stop()
	select {
	case <-live.done:
	case <-wait.C:
	case <-ctx.Done():
	}
	return in.Job(context.WithoutCancel(ctx), act, h.ID)
}

func jobFacts(h jobHead) []audit.Fact {
	facts := []audit.Fact{audit.F("job", h.ID), audit.F("kind", h.Kind), audit.F("act", h.Act), audit.F("rows", h.Rows)}
	if h.File != "" {
		facts = append(facts, audit.F("file", h.File))
	}
	for i, n := range h.Names {
		facts = append(facts, audit.F(numbered("name", i), n))
	}
	if h.Undoes != "" {
		facts = append(facts, audit.F("undoes", h.Undoes))
	}
	return facts
}

func (j *jobs) add(id string, stop context.CancelFunc) *liveJob {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.live == nil {
		j.live = map[string]*liveJob{}
	}
	l := &liveJob{stop: stop, done: make(chan struct{})}
	j.live[id] = l
	j.all.Add(1)
	return l
}

func (j *jobs) get(id string) *liveJob {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.live[id]
}

func (j *jobs) remove(id string, l *liveJob) {
	j.mu.Lock()
	delete(j.live, id)
	j.mu.Unlock()
	close(l.done)
	j.all.Done()
}

// close stops all jobs and waits for them.
func (j *jobs) close() {
	j.mu.Lock()
	for _, l := range j.live {
		l.stop()
	}
	j.mu.Unlock()
	j.all.Wait()
}

// work does the tasks of a job and stores what became of it.
func (in *Installation) work(ctx context.Context, act Act, o bulkOrder, found bulkResult, heard *heard, live *liveJob) {
	var err error
	h := o.head
	rows := make([]done, len(found.rows))
	if o.head.Partial {
		err = in.workPartly(ctx, act, &h, o, found, heard, live, rows)
	} else {
		err = in.workWhole(ctx, act, &h, o, heard, live, rows)
	}
	closed := new(store.ClosedError)
	if err == nil || errors.As(err, &closed) {
		return
	}
	h.State, h.Finished, h.Totals = "failed", in.present(), totalsOf(rows)
	if errors.Is(err, errCancelled) || errors.Is(err, context.Canceled) {
		h.State = "cancelled"
	} else {
		_ = in.view(func(v *store.View) error { h.Problem = refusedAs(v, err, act.Language); return nil })
		in.options.Log.Warn("a job has failed", "installation", in.name, "job", h.ID, "err", err)
	}
	if err := in.finish(ctx, act, h, rows, live.parts); err != nil {
		in.options.Log.Error("the end of a job could not be stored", "installation", in.name, "job", h.ID, "err", err)
	}
}

// workWhole does all tasks in one act, or none.
func (in *Installation) workWhole(ctx context.Context, act Act, h *jobHead, o bulkOrder, heard *heard, live *liveJob, rows []done) error {
	step := func() error {
		in.options.Step(ctx, in.name, int(live.looked.Load()))
		live.looked.Add(1)
		if ctx.Err() != nil {
			return errCancelled
		}
		return nil
	}
	for i := range rows {
		rows[i] = done{BulkRow: api.BulkRow{Row: o.tasks[i].Row, Person: o.tasks[i].Who, Result: "left"}}
	}
	_, err := in.book.Update(context.WithoutCancel(ctx), act.By, in.present(), func(tx *store.Tx) error {
		live.looked.Store(0)
		found, err := in.carryOut(ctx, tx, act, bulk{tasks: o.tasks, whole: true, heard: heard, step: step})
		switch {
		case err != nil:
			return err
		case found.errors() > 0:
			return refusedBulk(api.Bulk{Totals: found.totals(), Pools: found.demand, Rows: plainRows(found.rows)})
		case o.token != "" && o.tokenOf(found) != o.token:
			return &BulkChangedError{}
		}
		ended := *h
		ended.State, ended.Finished, ended.Done, ended.Totals = "done", tx.Now(), len(o.tasks), found.totals()
		putJob(tx, ended)
		putRows(tx, h.ID, found.rows)
		tx.Entry("job.end", "", audit.F("job", h.ID), audit.F("state", "done"), audit.F("changed", ended.Totals.Changed))
		return nil
	})
	return err
}

// workPartly does the tasks that can be done, some in each act, in the order in
// which they were found to be possible.
func (in *Installation) workPartly(ctx context.Context, act Act, h *jobHead, o bulkOrder, found bulkResult, heard *heard, live *liveJob, rows []done) error {
	for i, d := range found.rows {
		rows[i] = d
		if d.Result == "added" || d.Result == "changed" {
			rows[i] = done{BulkRow: api.BulkRow{Row: d.Row, Person: d.Person, Number: d.Number, Result: "left"}}
		}
	}
	h.Done = len(rows) - len(found.order)
	live.looked.Store(int64(h.Done))
	order := found.order
	for len(order) > 0 {
		in.options.Step(ctx, in.name, h.Done)
		if stop, err := in.stopped(ctx, h.ID); err != nil || stop {
			return cmp.Or(err, errCancelled)
		}
		n := min(batchRows, len(order))
		if err := in.workBatch(ctx, act, h, o, order[:n], heard, rows); err != nil {
			return err
		}
		live.parts = append(live.parts, int64(jobDonePart+h.Done-n))
		order = order[n:]
		live.looked.Add(int64(n))
	}
	h.State, h.Finished, h.Totals = "done", in.present(), totalsOf(rows)
	return in.finish(ctx, act, *h, rows, live.parts)
}

// workBatch does some tasks in one act.
func (in *Installation) workBatch(ctx context.Context, act Act, h *jobHead, o bulkOrder, some []int, heard *heard, rows []done) error {
	var result bulkResult
	_, err := in.book.Update(context.WithoutCancel(ctx), act.By, in.present(), func(tx *store.Tx) error {
		b := bulk{heard: heard, step: func() error { return nil }}
		for _, i := range some {
			b.tasks = append(b.tasks, o.tasks[i])
		}
		var err error
		if result, err = in.pass(ctx, tx, act, b, false); err != nil {
			return err
		}
		next := *h
		next.Done, next.Heard = h.Done+len(some), tx.Now()
		putJob(tx, next)
		tx.PutBox(store.Box{Place: jobPlace + h.ID, Part: int64(jobDonePart + h.Done), Plain: asJSON(result.rows)})
		tx.Entry("job.step", "", audit.F("job", h.ID), audit.F("rows", len(some)))
		return nil
	})
	if err != nil {
		return err
	}
	for n, i := range some {
		rows[i] = result.rows[n]
	}
	h.Done, h.Heard = h.Done+len(some), in.present()
	return nil
}

// stopped reports whether somebody has cancelled a job, here or on another
// server.
func (in *Installation) stopped(ctx context.Context, id string) (bool, error) {
	if ctx.Err() != nil {
		return true, nil
	}
	wish, err := in.book.Boxes(ctx, "cancel/"+id)
	return len(wish) > 0, err
}

// finish stores how a job has ended.
func (in *Installation) finish(ctx context.Context, act Act, h jobHead, rows []done, parts []int64) error {
	_, err := in.book.Update(context.WithoutCancel(ctx), act.By, in.present(), func(tx *store.Tx) error {
		putJob(tx, h)
		for _, part := range parts { // what batches wrote is written once more, whole
			tx.DropBox(jobPlace+h.ID, part)
		}
		putRows(tx, h.ID, rows)
		tx.DropBox("cancel/"+h.ID, 0)
		tx.Entry("job.end", "", audit.F("job", h.ID), audit.F("state", h.State), audit.F("changed", h.Totals.Changed))
		return nil
	})
	return err
}

func putJob(tx *store.Tx, h jobHead) {
	tx.PutBox(store.Box{Place: jobPlace + h.ID, Part: jobHeadPart, Plain: asJSON(h)})
}

func putRows(tx *store.Tx, id string, rows []done) {
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

// A keptJob is a job as it is stored.
type keptJob struct {
	head  jobHead
	tasks []task
	rows  []done
}

// readJob reads a job. Of one whose rows are forgotten only the head is left.
func (in *Installation) readJob(ctx context.Context, id string) (keptJob, error) {
	var k keptJob
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

// shown is a job in the words of the API.
func (in *Installation) jobShown(h jobHead, now time.Time) api.Job {
	j := api.Job{ID: h.ID, Kind: h.Kind, Act: h.Act, Names: h.Names, State: h.State, Partial: h.Partial, By: h.By, Created: h.Created, Finished: h.Finished,
		Rows: h.Rows, Done: h.Done, Totals: h.Totals, Problem: h.Problem, File: h.File, UndoneBy: h.UndoneBy, Undoes: h.Undoes}
	live := in.jobs.get(h.ID)
	switch {
	case h.State == "running" && live != nil:
		j.Done = min(int(live.looked.Load()), h.Rows)
	case h.State == "running" && now.Sub(h.Heard) > silentFor:
		j.State = "interrupted"
	}
	if h.undoable(j.State, now) {
		j.Undo = h.ended().Add(undoFor).UTC()
	}
	return j
}

func (h jobHead) ended() time.Time {
	if h.Finished.IsZero() {
		return h.Heard
	}
	return h.Finished
}

// undoable reports whether a job has done anything that can still be undone.
func (h jobHead) undoable(state string, now time.Time) bool {
	return h.UndoneBy == "" && slices.Contains([]string{"done", "cancelled", "interrupted"}, state) && now.Before(h.ended().Add(undoFor)) &&
		(h.Totals.Changed > 0 || state == "interrupted")
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
	if j.State == "running" || j.State == "interrupted" {
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
// more.
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
	// whatever else is written waits for it.
	live := in.jobs.get(id)
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

// UndoJob makes a job that gives everybody a job has changed back what the person
// had, except those who were changed by somebody else since: it says who. Seats
// that went to others meanwhile are not taken from them.
func (in *Installation) UndoJob(ctx context.Context, act Act, id, token string) (api.Bulk, error) {
	k, err := in.readJob(ctx, id)
	if err != nil {
		return api.Bulk{}, err
	}
	now := in.present()
	state := in.jobShown(k.head, now).State
	if state == "interrupted" {
		k.head.Totals = totalsOf(k.rows)
	}
	switch {
	case k.head.UndoneBy != "":
		return api.Bulk{}, &JobStateError{Job: id, State: "undone"}
	case !k.head.undoable(state, now):
		if slices.Contains([]string{"done", "cancelled", "interrupted"}, state) {
			state = "too-late"
		}
		return api.Bulk{}, &JobStateError{Job: id, State: state}
	}
	o := bulkOrder{head: jobHead{Kind: "undo", Act: k.head.Act, Names: k.head.Names, Partial: true, Undoes: id}, token: token}
	for _, d := range slices.Backward(k.rows) {
		if (d.Result == "added" || d.Result == "changed") && d.Number != 0 {
			o.tasks = append(o.tasks, d.Before.back(d))
		}
	}
	slices.SortStableFunc(o.tasks, func(x, y task) int { return cmp.Compare(x.Row, y.Row) })
	return in.bulk(ctx, act, o)
}

// markUndone says in a job which other undoes it.
func (in *Installation) markUndone(ctx context.Context, tx *store.Tx, id, by string) error {
	k, err := in.readJob(ctx, id)
	switch {
	case err != nil:
		return err
	case k.head.UndoneBy != "":
		return &JobStateError{Job: id, State: "undone"}
	}
	k.head.UndoneBy = by
	if k.head.State == "running" { // nobody had heard of it any longer
		k.head.State, k.head.Finished, k.head.Totals = "interrupted", k.head.Heard, totalsOf(k.rows)
	}
	putJob(tx, k.head)
	return nil
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

// A BulkChangedError is returned when what was shown is not any longer what would
// be done.
type BulkChangedError struct{}

func (e *BulkChangedError) Error() string { return "things have changed since the preview" }

// Code returns the stable code of the error.
func (e *BulkChangedError) Code() string { return "bulk.changed" }

// A BulkRefusedError is returned for a change of all or none of whom some cannot
// be changed. Nothing was done.
type BulkRefusedError struct {
	Errors int
	Rows   string // the first of them
	First  string // why the first
}

func (e *BulkRefusedError) Error() string {
	return fmt.Sprintf("%d rows cannot be applied, such as %s: %s", e.Errors, e.Rows, e.First)
}

// Code returns the stable code of the error.
func (e *BulkRefusedError) Code() string { return "bulk.refused" }

// A BulkShortError is returned for a change of all or none for which there are not
// seats enough. Nothing was done.
type BulkShortError struct {
	Name   string // of the license that lacks most
	Short  int64
	Seats  int64
	Wanted int64
	Others int // licenses that lack seats too
}

func (e *BulkShortError) Error() string {
	return fmt.Sprintf("%s lacks %d seats: %d of %d", e.Name, e.Short, e.Wanted, e.Seats)
}

// Code returns the stable code of the error.
func (e *BulkShortError) Code() string { return "bulk.short" }

// refusedBulk says why a change of all or none is none.
func refusedBulk(b api.Bulk) error {
	e := &BulkRefusedError{Errors: b.Totals.Errors}
	var rows []string
	other := false
	for _, r := range b.Rows {
		if r.Problem == nil {
			continue
		}
		other = other || r.Problem.Code != (&seat.PoolFullError{}).Code()
		if len(rows) < 5 {
			rows = append(rows, fmt.Sprint(r.Row))
		}
		e.First = cmp.Or(e.First, r.Problem.Text)
	}
	e.Rows = strings.Join(rows, ", ")
	if other {
		return e
	}
	short := &BulkShortError{Others: -1}
	for _, p := range b.Pools {
		if p.Short == 0 {
			continue
		}
		short.Others++
		if p.Short > short.Short || p.Short == short.Short && !p.Hidden {
			short.Name, short.Short, short.Seats, short.Wanted = p.Name.String(), p.Short, p.Seats, p.After
		}
	}
	if short.Short == 0 {
		return e
	}
	return short
}
