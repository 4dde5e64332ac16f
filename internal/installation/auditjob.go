package installation

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// auditKind is the kind of a job that checks the audit trail.
const auditKind = "audit"

// A server that checks the audit trail says every beatEvery that it still does. One
// that has said nothing for silentCheck has stopped: it may miss one time, because the
// database was busy.
const (
	beatEvery   = 45 * time.Second
	silentCheck = 2 * time.Minute
)

// mostChecks is how many checks of the audit trail this server remembers.
const mostChecks = 20

// auditJobs are the checks of the audit trail that took long, on this server. They
// are remembered here too because the trail is checked also while nothing can be
// written.
type auditJobs struct {
	mu    sync.Mutex
	heads map[string]jobHead
	order []string
}

func (a *auditJobs) put(h jobHead) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.heads == nil {
		a.heads = map[string]jobHead{}
	}
	if _, known := a.heads[h.ID]; !known {
		a.order = append(a.order, h.ID)
	}
	a.heads[h.ID] = h
	if len(a.order) > mostChecks {
		delete(a.heads, a.order[0])
		a.order = a.order[1:]
	}
}

func (a *auditJobs) get(id string) (jobHead, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h, ok := a.heads[id]
	return h, ok
}

// CheckAudit is [Installation.VerifyAudit] for who does not want to wait: what
// takes longer than two seconds goes on as a job, which it returns. A job that is
// done carries the verdict.
func (in *Installation) CheckAudit(ctx context.Context, act Act, span AuditSpan) (api.Job, error) {
	h := jobHead{ID: store.NewID(), Kind: auditKind, Act: "verify", State: "running", By: act.By.String(), Created: in.present()}
	h.Heard = h.Created
	running, stop := context.WithCancel(audit.InJob(context.WithoutCancel(ctx)))
	live := in.jobs.add(h.ID, stop)
	c := &auditCheck{in: in, act: act, span: span, head: h, live: live}
	go func() {
		defer in.jobs.remove(h.ID, live)
		defer stop()
		if err := guarded(func() error { c.run(running); return nil }); err != nil {
			in.options.Log.Error("the end of a job met a fault", "installation", in.name, "job", h.ID, "request", audit.OriginOf(ctx).Request, "err", err)
		}
	}()
	wait := time.NewTimer(waitsFor)
	defer wait.Stop()
	select {
	case <-live.done:
		return in.jobShown(c.head, in.present()), c.refused
	case <-ctx.Done():
		stop()
		return api.Job{}, ctx.Err()
	case <-wait.C:
	}
	return c.goesOn(context.WithoutCancel(ctx))
}

// An auditCheck is one check of the audit trail.
type auditCheck struct {
	in   *Installation
	act  Act
	span AuditSpan
	live *liveJob

	total atomic.Int64

	// writing is held by whoever stores how the check is, and taken before mu: one
	// writes at a time, and nothing after the end. mu is never held meanwhile, for the
	// check must not stand still while what it stores waits for its turn.
	writing sync.Mutex

	mu      sync.Mutex
	long    bool      // it has become a job
	looked  time.Time // when it was last asked whether somebody wants it stopped
	head    jobHead
	refused error // why it could not even begin, or go on
}

// run checks the trail and keeps what came of it.
func (c *auditCheck) run(ctx context.Context) {
	var verdict api.AuditVerdict
	err := guarded(func() (err error) {
		verdict, err = c.in.watchAudit(ctx, c.act, c.span, func(done, total int64) {
			c.live.looked.Store(done)
			c.total.Store(total)
			c.in.options.Step(ctx, c.in.name, int(done))
			c.beat(ctx)
			if c.wanted(ctx) {
				c.live.stop()
			}
		})
		return err
	})
	h, long := c.ended(ctx, verdict, err)
	if !long {
		return
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	c.keep(ctx, h, "job.end")
}

// ended takes over how the check has ended. From then on it becomes no job any more.
func (c *auditCheck) ended(ctx context.Context, verdict api.AuditVerdict, err error) (ended jobHead, long bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := &c.head
	h.Rows, h.Done, h.Finished = int(c.total.Load()), int(c.live.looked.Load()), c.in.present()
	switch {
	case err == nil:
		h.State, h.Done, h.Audit = "done", h.Rows, &verdict
	case errors.Is(err, context.Canceled):
		h.State = "cancelled"
	default:
		h.State, c.refused = "failed", err
		h.Problem = c.in.failure(ctx, err, c.act, h.ID)
		c.in.options.Log.Warn("a job has failed", "installation", c.in.name, "job", h.ID, "request", audit.OriginOf(ctx).Request, "err", err)
	}
	return c.head, c.long
}

// goesOn makes a job of a check that takes long.
func (c *auditCheck) goesOn(ctx context.Context) (api.Job, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	h, refused := c.lasts()
	if h.State == "running" { // it was not quicker
		c.keep(ctx, h, "job.start")
	}
	return c.in.jobShown(h, c.in.present()), refused
}

// lasts says that a check which still runs is a job, and returns how it is.
func (c *auditCheck) lasts() (jobHead, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.head.State == "running" {
		c.long, c.head.Rows = true, int(c.total.Load())
	}
	return c.head, c.refused
}

// keep remembers the job here, and for other servers where that can be written. It
// may wait long for its turn; whoever calls it holds writing.
func (c *auditCheck) keep(ctx context.Context, h jobHead, action string) {
	c.in.audits.put(h)
	_, err := c.in.book.Update(context.WithoutCancel(ctx), c.act.By, c.in.present(), func(tx *store.Tx) error {
		putJob(tx, h)
		if h.State != "running" {
			tx.DropBox("cancel/"+h.ID, 0)
		}
		tx.Entry(action, "", audit.F("job", h.ID), audit.F("kind", auditKind), audit.F("state", h.State))
		return nil
	})
	if err != nil {
		c.in.options.Log.Warn("that the audit trail is checked could not be stored", "installation", c.in.name, "job", h.ID, "err", err)
	}
}

// beat says, for other servers, that a check which has become a job goes on. It does
// not wait until that is stored: the check holds the database open, and a job that
// does all or nothing may be long before it.
func (c *auditCheck) beat(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.in.present()
	if !c.long || now.Sub(c.head.Heard) < beatEvery || !c.writing.TryLock() {
		return
	}
	c.head.Heard, c.head.Done, c.head.Rows = now, int(c.live.looked.Load()), int(c.total.Load())
	go func(h jobHead) {
		defer c.writing.Unlock()
		if err := guarded(func() error { c.keep(ctx, h, "job.step"); return nil }); err != nil {
			c.in.options.Log.Error("saying that a job goes on met a fault", "installation", c.in.name, "job", h.ID, "request", audit.OriginOf(ctx).Request, "err", err)
		}
	}(c.head)
}

// wanted reports whether somebody wants a check stopped that has become a job: on
// another server they can only leave word. It is asked for twice a second at most,
// and a database that cannot tell stops nothing.
func (c *auditCheck) wanted(ctx context.Context) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.long || time.Since(c.looked) < time.Second/2 {
		return false
	}
	c.looked = time.Now()
	stop, err := c.in.stopped(ctx, c.head.ID)
	return err == nil && stop
}

// cancelCheck stops a check of the audit trail that runs here.
func (in *Installation) cancelCheck(ctx context.Context, act Act, j api.Job, live *liveJob) (api.Job, error) {
	live.stop()
	<-live.done
	return in.Job(ctx, act, j.ID)
}
