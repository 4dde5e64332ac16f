package installation

import (
	"context"
	"sync"
	"time"
)

// tellAfter is how long a job of the server lasts before administrators are told of
// it: what is over in a moment is no news.
const tellAfter = 5 * time.Second

// A serverJob is something long that is done to some installations.
type serverJob struct {
	code string // JobBackup and so on
	on   []*Installation
}

// begin tells administrators that the job goes on.
func (j serverJob) begin(ctx context.Context) {
	for _, in := range j.on {
		in.Raise(context.WithoutCancel(ctx), Notice{Code: j.code})
	}
}

// over tells them that it is over, whatever came of it.
func (j serverJob) over(ctx context.Context) {
	for _, in := range j.on {
		in.Clear(context.WithoutCancel(ctx), j.code, "")
	}
}

// do does the work, and tells administrators once it lasts longer than after.
func (j serverJob) do(ctx context.Context, after time.Duration, work func(context.Context) error) error {
	var mu sync.Mutex
	told, done := false, false
	timer := time.AfterFunc(after, func() {
		mu.Lock()
		defer mu.Unlock()
		if !done {
			told = true
			j.begin(ctx)
		}
	})
	err := work(ctx)
	timer.Stop()
	mu.Lock()
	defer mu.Unlock()
	if done = true; told {
		j.over(ctx)
	}
	return err
}

func (h *House) serverJob(code string) serverJob {
	j := serverJob{code: code}
	for _, name := range h.Names() {
		if in := h.Installation(name); in != nil {
			j.on = append(j.on, in)
		}
	}
	return j
}

// While does a job, and tells the administrators of every installation when it
// lasts longer than a moment. Nobody but the job ends the notice, except in an
// emergency.
func (h *House) While(ctx context.Context, code string, work func(context.Context) error) error {
	return h.serverJob(code).do(ctx, tellAfter, work)
}

// Tell tells the administrators of every installation of a job at once. over is to
// be called when it is over.
func (h *House) Tell(ctx context.Context, code string) (over func(context.Context)) {
	j := h.serverJob(code)
	j.begin(ctx)
	return j.over
}

// EndLeftJobs ends the notices of jobs that are certainly over: whoever begins to
// serve a database is not moving it, and checks nothing yet. A copy of a database
// that was made meanwhile says so still, and so does one whose job was killed.
func (h *House) EndLeftJobs(ctx context.Context) {
	for _, code := range []string{JobBackup, JobMove, JobVerification} {
		h.serverJob(code).over(ctx)
	}
}
