package installation_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestAJobThatDoesAllOrNothingIsCancelledAtARowAndHasDoneNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := branch(t, db)
		waits := make(chan struct{})
		f.HoldJobs(t, func(ctx context.Context, _ string, looked int) {
			if looked == 20 {
				close(waits)
				<-ctx.Done()
			}
		})
		in = f.Installation("acme")
		lines := []string{"user_id;plans"}
		for i := range 60 {
			lines = append(lines, fmt.Sprintf("p%d;none", i))
		}
		began := make(chan error, 1)
		go func() {
			_, err := in.ImportPeople(t.Context(), admin, installation.Import{File: list(lines...)})
			began <- err
		}()
		<-waits
		jobs, err := in.Jobs(t.Context(), admin)
		must(t, err)
		if jobs.Items[0].State != "running" || jobs.Items[0].Done != 20 || jobs.Items[0].Rows != 60 {
			t.Errorf("at the row the job is %+v", jobs.Items[0])
		}
		job, err := in.CancelJob(t.Context(), admin, jobs.Items[0].ID)
		must(t, err)
		must(t, <-began)
		if job.State != "cancelled" || job.Totals.Changed != 0 || job.Totals.Left != 60 {
			t.Errorf("the job is %+v", job)
		}
		all, err := in.People(t.Context(), admin, installation.PeopleFilter{})
		must(t, err)
		if all.Total != 0 {
			t.Errorf("%d people are there", all.Total)
		}
	})
}
