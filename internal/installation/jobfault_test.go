package installation_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// Jobs that do all or nothing, and jobs that do what they can, end as failed when
// they meet a fault of ours; everything else goes on.
func TestAFaultInAJobEndsTheJobAndNothingElse(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, _ := branch(t, db)
		faulty := true
		f.HoldJobs(t, func(_ context.Context, _ string, looked int) {
			if faulty && looked >= 50 {
				panic("a fault of ours")
			}
		})
		in := f.Installation("acme")
		lines := []string{"user_id;plans"}
		for i := range 120 {
			lines = append(lines, fmt.Sprintf("p%d;none", i))
		}
		asked := audit.Through(t.Context(), audit.Origin{Door: audit.ByPage, Request: "abc-17"})
		last := ""
		for _, partial := range []bool{false, true} {
			b, err := in.ImportPeople(asked, admin, installation.Import{File: list(lines...), Partial: partial})
			must(t, err)
			job := b.Job
			last = job.ID
			if job.State != "failed" || job.Problem == nil || job.Problem.Code != "job.fault" || !strings.Contains(job.Problem.Text, "abc-17") || strings.Contains(job.Problem.Text, "a fault of ours") {
				t.Fatalf("partial %v: the job is %+v, because %+v", partial, job, job.Problem)
			}
			want := 0
			if partial {
				want = 50
			}
			all, err := in.People(t.Context(), admin, installation.PeopleFilter{})
			must(t, err)
			if all.Total != want || job.Totals.Changed != want {
				t.Errorf("partial %v: %d people are there, and the job says %+v", partial, all.Total, job.Totals)
			}
			if partial == job.Undo.IsZero() {
				t.Errorf("partial %v: it can be undone until %v", partial, job.Undo)
			}
		}
		faulty = false
		b, err := in.UndoJob(t.Context(), admin, last, "")
		must(t, err)
		if b.Job.State != "done" || b.Job.Totals.Changed != 50 {
			t.Errorf("undone: %+v", b.Job)
		}
	})
}

// What tells people goes on after a fault, with the next message.
func TestAFaultInAMessageDelaysOnlyThatMessage(t *testing.T) {
	t.Parallel()
	f, box := withMail(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	_, err := f.Installation("acme").GiveRole(t.Context(), admin, "ulla", "administrator")
	must(t, err)
	first := true
	f.Mail(t, "", func(ctx context.Context, l installation.Letter) error {
		if first {
			first = false
			panic("a fault of ours")
		}
		return box.take(ctx, l)
	})
	in := f.Installation("acme")
	fill(t, in)
	in.Tell(t.Context())
	if letters := box.empty(); len(letters) != 1 {
		t.Errorf("the others: %v", letters)
	}
	m, err := in.Messages(t.Context(), admin)
	must(t, err)
	if len(m.Failures) != 1 || strings.Contains(m.Failures[0].Error, "a fault of ours") || m.Waiting != 1 {
		t.Errorf("failures: %+v", m)
	}
	f.Set(f.Clock().Add(2 * 60e9))
	in.Tell(t.Context())
	if letters := box.empty(); len(letters) != 1 {
		t.Errorf("after the pause: %v", letters)
	}
}

// A faultyLog panics when it is to say that what is to be told of acme could not be
// written, and counts the faults it is told of.
type faultyLog struct {
	slog.Handler
	faults chan string
}

func (l faultyLog) Handle(_ context.Context, r slog.Record) error {
	switch {
	case strings.HasPrefix(r.Message, "what people are to be told of"):
		panic("a fault of ours")
	case r.Message == "telling people met a fault":
		r.Attrs(func(a slog.Attr) bool {
			if a.Key == "installation" {
				select {
				case l.faults <- a.Value.String():
				default: // enough were counted
				}
			}
			return true
		})
	}
	return nil
}

// What tells people meets a fault before there is any message: the server lives, it
// looks again, and the other installations are told.
func TestAFaultWhileTellingEndsOnlyThatLook(t *testing.T) {
	t.Parallel()
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme", "beta")
	letters := make(chan installation.Letter, 10)
	f.Remember(t)
	f.Mail(t, "", func(_ context.Context, l installation.Letter) error {
		letters <- l
		return nil
	})
	enforce(t, f, f.Installation("beta"), smallSet("SUPEROFFICE", 1))
	for _, name := range []string{"acme", "beta"} {
		for _, id := range []string{"karin", "rolf", "ulla", "bo"} {
			_, err := f.Installation(name).AddPerson(t.Context(), admin, api.NewPerson{UserID: id, Login: true, Email: id + "@" + name + ".example"})
			must(t, err)
		}
		_, err := f.Installation(name).GiveRole(t.Context(), admin, "karin", string(seat.Administrator))
		must(t, err)
	}
	backup := f.Backup(t)
	_, err := f.Installation("acme").AddPerson(t.Context(), admin, api.NewPerson{UserID: "eva"})
	must(t, err)
	log := faultyLog{slog.NewTextHandler(t.Output(), nil), make(chan string, 2)}
	f.TellEvery(time.Millisecond, log)
	f.PutBack(t, backup) // acme is older than it was: nothing can be written there
	for range 2 {
		select {
		case name := <-log.faults:
			if name != "acme" {
				t.Errorf("%s met a fault", name)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("nobody looks again after a fault")
		}
	}
	fill(t, f.Installation("beta"))
	select {
	case l := <-letters:
		if l.To != "karin@beta.example" {
			t.Errorf("%s is told: %s", l.To, l.Subject)
		}
	case <-time.After(20 * time.Second):
		t.Error("the other installation is not told")
	}
}
