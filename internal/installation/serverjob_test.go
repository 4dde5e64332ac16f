package installation

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// Administrators are told of a job that lasts, while it lasts, and cannot end it;
// of one that is over in a moment they are not.
func TestAJobOfTheServerIsTold(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		h, err := Open(ctx, Options{DB: db, Master: [32]byte{7}, Key: nil})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		in, err := h.Create(ctx, theServer, New{Name: "acme"})
		if err != nil {
			t.Fatal(err)
		}
		act := Act{By: audit.Actor{Kind: audit.Token, ID: "anna"}}
		open := func(all bool) (codes []string, id string) {
			t.Helper()
			list, err := in.Events(ctx, act, all, 0, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list.Items {
				codes = append(codes, e.Code)
				id = strconv.FormatInt(e.Number, 10)
			}
			return codes, id
		}
		broken := errors.New("the disk is full")
		j := h.serverJob(JobBackup)
		if err := j.do(ctx, time.Hour, func(context.Context) error { return broken }); err != broken {
			t.Errorf("it answers %v", err)
		}
		if codes, _ := open(true); codes != nil {
			t.Errorf("of a moment it tells %v", codes)
		}
		if err := j.do(ctx, 0, func(context.Context) error {
			for codes, _ := open(false); len(codes) == 0; codes, _ = open(false) {
			}
			codes, id := open(false)
			if codes[0] != JobBackup {
				t.Errorf("while it lasts: %v", codes)
			}
			if _, err := in.EndEvent(ctx, act, id, api.EndEvent{}); codeOf(err) != "event.guarded" {
				t.Errorf("somebody ends it: %v", err)
			}
			return broken
		}); err != broken {
			t.Errorf("it answers %v", err)
		}
		if codes, _ := open(false); codes != nil {
			t.Errorf("afterwards: %v", codes)
		}
		// One whose process was killed is ended by whoever serves the database next.
		h.Tell(ctx, JobMove)
		if codes, _ := open(false); len(codes) != 1 {
			t.Errorf("left behind: %v", codes)
		}
		h.EndLeftJobs(ctx)
		if codes, _ := open(false); codes != nil {
			t.Errorf("after a start: %v", codes)
		}
	})
}
