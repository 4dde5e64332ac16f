package installation_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestAShortCheckOfTheAuditTrailAnswersAtOnceAndALongOneIsAJob(t *testing.T) {
	t.Parallel()
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
	_, err := f.Installation("acme").AddPerson(t.Context(), admin, api.NewPerson{UserID: "anna"})
	must(t, err)
	in := f.Installation("acme")
	before := commits(t, in)
	short, err := in.CheckAudit(t.Context(), admin, installation.AuditSpan{})
	must(t, err)
	if short.State != "done" || short.Audit == nil || short.Audit.Verdict != "intact" || short.Done != short.Rows || short.Rows == 0 {
		t.Errorf("a short check is %+v, %+v", short, short.Audit)
	}
	if _, err := in.Job(t.Context(), admin, short.ID); err == nil || commits(t, in) != before {
		t.Errorf("a short check left something behind: %v, %d commits", err, commits(t, in)-before)
	}
	_, err = in.CheckAudit(t.Context(), admin, installation.AuditSpan{From: "soon"})
	refused(t, "a range that is none", err, "request.bad-value")

	gate, reached := make(chan struct{}), make(chan struct{}, 1000)
	f.HoldJobs(t, func(ctx context.Context, _ string, _ int) {
		reached <- struct{}{}
		select {
		case <-gate:
		case <-ctx.Done():
		}
	})
	in = f.Installation("acme")
	long, err := in.CheckAudit(t.Context(), admin, installation.AuditSpan{})
	must(t, err)
	<-reached
	if long.State != "running" || long.Audit != nil || long.Rows == 0 {
		t.Fatalf("a long check is %+v", long)
	}
	if jobs, err := in.Jobs(t.Context(), admin); err != nil || len(jobs.Items) != 1 || jobs.Items[0].Kind != "audit" || !jobs.Items[0].Undo.IsZero() {
		t.Errorf("the jobs are %+v, %v", jobs.Items, err)
	}
	if dry, err := in.CancelJob(t.Context(), dry(), long.ID); err != nil || dry.State != "running" {
		t.Errorf("cancelling as a rehearsal: %+v, %v", dry, err)
	}
	cancelled, err := in.CancelJob(t.Context(), admin, long.ID)
	if err != nil || cancelled.State != "cancelled" {
		t.Errorf("cancelled it is %+v, %v", cancelled, err)
	}
	second, err := in.CheckAudit(t.Context(), admin, installation.AuditSpan{})
	must(t, err)
	close(gate)
	for second.State == "running" {
		second, err = in.Job(t.Context(), admin, second.ID)
		must(t, err)
	}
	if second.State != "done" || second.Audit == nil || second.Audit.Links == 0 || second.Audit.Broken != nil {
		t.Errorf("in the end it is %+v", second)
	}
	f.Reopen(t)
	again, err := f.Installation("acme").Job(t.Context(), admin, second.ID)
	if err != nil || again.Audit == nil || again.Audit.Head != second.Audit.Head {
		t.Errorf("after a restart it is %+v, %v", again, err)
	}
}

func commits(t *testing.T, in *installation.Installation) int64 {
	t.Helper()
	s, err := in.Status(t.Context(), admin)
	must(t, err)
	return s.Seq
}

func TestACheckOfTheAuditTrailIsCancelledFromAnyServer(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := housetest.New(t, db, "acme")
		gate := make(chan struct{})
		f.HoldJobs(t, func(ctx context.Context, _ string, _ int) {
			select {
			case <-gate:
			case <-ctx.Done():
			}
		})
		in := f.Installation("acme")
		job, err := in.CheckAudit(t.Context(), admin, installation.AuditSpan{})
		must(t, err)
		second := f.Second(t)
		defer second.Close()
		other := second.Installation("acme")
		asked, err := other.CancelJob(t.Context(), admin, job.ID)
		if err != nil || asked.State != "running" {
			t.Fatalf("asked for at another server it is %+v, %v", asked, err)
		}
		close(gate)
		for job.State == "running" {
			job, err = in.Job(t.Context(), admin, job.ID)
			must(t, err)
		}
		if job.State != "cancelled" {
			t.Errorf("in the end it is %+v", job)
		}
		for job.State = "running"; job.State == "running"; { // the end is written once it is known here
			job, err = other.Job(t.Context(), admin, job.ID)
			must(t, err)
		}
		if job.State != "cancelled" {
			t.Errorf("at the other server it is %+v", job)
		}
		_, err = other.CancelJob(t.Context(), admin, job.ID)
		refused(t, "cancelling once more", err, "job.state")
	})
}

func TestWhatLeavesTheHouseOfTheTrailIsOnRecord(t *testing.T) {
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
	in := f.Installation("acme")
	before := in.PrintedHead().Head
	file, err := in.AuditForFile(t.Context(), admin, installation.AuditFilter{})
	must(t, err)
	_, err = in.AuditProof(t.Context(), admin, installation.ProofAsked{})
	must(t, err)
	_, err = in.AuditProof(t.Context(), admin, installation.ProofAsked{Names: true})
	must(t, err)
	list, err := in.Audit(t.Context(), admin, installation.AuditFilter{Action: "audit.export"})
	must(t, err)
	if len(list.Items) != 2 || list.Items[0].Facts["to"] == "" || list.Items[1].Facts["rows"] != strconv.Itoa(len(file.Items)) {
		t.Errorf("two files are on record as %+v", list.Items)
	}
	if before == in.PrintedHead().Head {
		t.Error("nothing was written")
	}
}

// What a server that has died was checking is known to have stopped within minutes, at
// every other server; what one still checks is not taken for dead, however long it takes.
func TestACheckIsBelievedToGoOnAsLongAsItsServerSaysSo(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := housetest.New(t, db, "acme")
		step, reached := make(chan struct{}), make(chan struct{}, 1000)
		f.HoldJobs(t, func(ctx context.Context, _ string, _ int) {
			reached <- struct{}{}
			select {
			case <-step:
			case <-ctx.Done():
			}
		})
		in := f.Installation("acme")
		for _, id := range []string{"anna", "bo", "cy", "dan", "eva"} { // there is more to look at when it is cancelled
			_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: id})
			must(t, err)
		}
		job, err := in.CheckAudit(t.Context(), admin, installation.AuditSpan{})
		must(t, err)
		<-reached
		second := f.Second(t)
		defer second.Close()
		other := second.Installation("acme")
		begun := f.Clock()
		state := func() string {
			t.Helper()
			j, err := other.Job(t.Context(), admin, job.ID)
			must(t, err)
			return j.State
		}
		for _, test := range []struct {
			after time.Duration
			want  string
		}{{0, "running"}, {2 * time.Minute, "running"}, {2*time.Minute + time.Second, "interrupted"}} {
			f.Set(begun.Add(test.after))
			if got := state(); got != test.want {
				t.Errorf("%v after its server was last heard of it is %s", test.after, got)
			}
		}
		if j, err := in.Job(t.Context(), admin, job.ID); err != nil || j.State != "running" {
			t.Errorf("at its own server it is %s, %v", j.State, err)
		}
		step <- struct{}{} // the server goes on, and says so
		<-reached
		for state() != "running" { // once it is written
		}
		f.Set(begun.Add(4 * time.Minute))
		if got := state(); got != "running" {
			t.Errorf("it was heard of two minutes ago, and is %s", got)
		}
		_, err = in.CancelJob(t.Context(), admin, job.ID)
		must(t, err)
		if got := state(); got != "cancelled" {
			t.Errorf("in the end it is %s", got)
		}
	})
}

// A job that does all or nothing is one long act, and whatever else is written waits
// for it. The check of the trail goes on meanwhile, and has said so before its end.
func TestACheckOfTheAuditTrailGoesOnWhileWhatItSaysWaitsForALongJob(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		type imports struct{}
		f, _ := branch(t, db)
		step, reached := make(chan struct{}), make(chan struct{}, 1000)
		held, gate := make(chan struct{}, 1000), make(chan struct{})
		f.HoldJobs(t, func(ctx context.Context, _ string, _ int) {
			tell, until := reached, step
			if ctx.Value(imports{}) != nil {
				tell, until = held, gate
			}
			tell <- struct{}{}
			select {
			case <-until:
			case <-t.Context().Done():
			}
		})
		in := f.Installation("acme")
		job, err := in.CheckAudit(t.Context(), admin, installation.AuditSpan{})
		must(t, err)
		<-reached
		imported := make(chan error, 1)
		go func() {
			_, err := in.ImportPeople(context.WithValue(t.Context(), imports{}, true), admin, installation.Import{File: list("user_id;plans", "p;none")})
			imported <- err
		}()
		<-held
		f.Set(f.Clock().Add(time.Minute))
		for range 3 { // it is to be heard of, and nobody else can write
			select {
			case step <- struct{}{}:
			case <-time.After(20 * time.Second):
				t.Fatal("the check stands still")
			}
			select {
			case <-reached:
			case <-time.After(20 * time.Second):
				t.Fatal("the check stands still")
			}
		}
		close(step)
		for job.Done < job.Rows-1 { // it has looked at everything, before anything was written
			job, err = in.Job(t.Context(), admin, job.ID)
			must(t, err)
		}
		if job.State != "running" {
			t.Errorf("before its end is written it is %s", job.State)
		}
		close(gate)
		must(t, <-imported)
		for job.State == "running" {
			job, err = in.Job(t.Context(), admin, job.ID)
			must(t, err)
		}
		if job.State != "done" {
			t.Errorf("in the end it is %+v", job)
		}
		f.Reopen(t)
		in = f.Installation("acme")
		if stored, err := in.Job(t.Context(), admin, job.ID); err != nil || stored.State != "done" {
			t.Errorf("stored it is %+v, %v", stored, err)
		}
		trail, err := in.Audit(t.Context(), admin, installation.AuditFilter{})
		must(t, err)
		said := []string{}
		for _, e := range trail.Items { // newest first
			if e.Facts["job"] == job.ID {
				said = append(said, e.Action)
			}
		}
		if !slices.Equal(said, []string{"job.end", "job.step", "job.start"}) {
			t.Errorf("of the check it says %v", said)
		}
	})
}
