package installation

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/problem"
)

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
	running, stop := context.WithCancel(audit.InJob(context.WithoutCancel(ctx)))
	live := in.jobs.add(h.ID, stop)
	go func() {
		defer in.jobs.remove(h.ID, live)
		defer stop()
		if err := guarded(func() error { in.work(running, act, o, found, heard, live); return nil }); err != nil {
			in.options.Log.Error("the end of a job met a fault", "installation", in.name, "job", h.ID, "request", audit.OriginOf(ctx).Request, "err", err)
		}
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
	h := o.head
	rows := make([]done, len(found.rows))
	err := guarded(func() error {
		if o.head.Partial {
			return in.workPartly(ctx, act, &h, o, found, heard, live, rows)
		}
		return in.workWhole(ctx, act, &h, o, heard, live, rows)
	})
	closed := new(store.ClosedError)
	if err == nil || errors.As(err, &closed) {
		return
	}
	h.State, h.Finished, h.Totals = "failed", in.present(), totalsOf(rows)
	if errors.Is(err, errCancelled) || errors.Is(err, context.Canceled) {
		h.State = "cancelled"
	} else {
		h.Problem = in.failure(ctx, err, act, h.ID)
		in.options.Log.Warn("a job has failed", "installation", in.name, "job", h.ID, "request", audit.OriginOf(ctx).Request, "err", err)
	}
	if err := in.finish(ctx, act, h, rows, live.parts); err != nil {
		in.options.Log.Error("the end of a job could not be stored", "installation", in.name, "job", h.ID, "err", err)
	}
}

// failure says in the language of an act why a job has failed; of a fault of ours,
// that it is one, and how it is found in the log.
func (in *Installation) failure(ctx context.Context, err error, act Act, job string) (why *api.Refused) {
	_ = in.view(func(v *store.View) error { // a view of what is there fails for nobody
		if why = refusedAs(v, err, act.Language); why == nil || why.Code == problem.Internal {
			why = refusedAs(v, &JobFaultError{Job: job, Request: audit.OriginOf(ctx).Request}, act.Language)
		}
		return nil
	})
	return why
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
	return heard.before(ctx, in, act, func() error {
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
			tx.DropBox("cancel/"+h.ID, 0)
			tx.Entry("job.end", "", audit.F("job", h.ID), audit.F("state", "done"), audit.F("changed", ended.Totals.Changed))
			return nil
		})
		return err
	})
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
	err := heard.before(ctx, in, act, func() error {
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
		return err
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
