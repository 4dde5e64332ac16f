package installation_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// designteamet returns the sample customer after its first activation, with
// everybody on their plans, and the renewal that is waiting.
func designteamet(t testing.TB, db *sqldb.DB) (*housetest.Fixture, *installation.Installation, license.Set) {
	t.Helper()
	sets := issued(t, "designteamet/order-1.yaml", "designteamet/order-2.yaml")
	f := housetest.New(t, db, "designteamet")
	in := f.Installation("designteamet")
	enforce(t, f, in, sets[0])
	settle(t, in, examples.DesignteametPeople())
	return f, in, sets[1]
}

func compareInUse(t *testing.T, in *installation.Installation, want []examples.InUse) {
	t.Helper()
	for _, w := range want {
		l := inUse(t, in, w.Module)
		if l.Taken != w.InUse || l.Seats != w.Seats || l.Unrestricted != (w.Free == nil) || w.Free != nil && l.Free != *w.Free {
			t.Errorf("%s: %d of %d in use, %d free, unrestricted %v; want %d of %d", w.Module, l.Taken, l.Seats, l.Free, l.Unrestricted, w.InUse, w.Seats)
		}
	}
}

func TestDesignteametInUseIsAsExpected(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in, _ := designteamet(t, db)
		want := examples.Designteamet()
		compareInUse(t, in, want.InUse)
		count, err := in.Count(t.Context(), admin)
		must(t, err)
		if count.PaidUsers != int64(want.PaidUsers) {
			t.Errorf("%d paid users, want %d", count.PaidUsers, want.PaidUsers)
		}
		plans := map[license.Module]int64{}
		for _, p := range count.Plans {
			if p.Taken > 0 {
				plans[p.Name.Module] = p.Taken
			}
		}
		if !maps.Equal(plans, want.Plans) {
			t.Errorf("plans in use are %v, want %v", plans, want.Plans)
		}
		if got := canSignIn(t, in, "superoffice.web"); got != want.CanLogIn {
			t.Errorf("%d people may sign in, want %d", got, want.CanLogIn)
		}
		// What is stored says the same to whoever opens it next.
		f.Reopen(t)
		compareInUse(t, f.Installation("designteamet"), want.InUse)
		if got := canSignIn(t, f.Installation("designteamet"), "superoffice.web"); got != want.CanLogIn {
			t.Errorf("after opening again, %d people may sign in, want %d", got, want.CanLogIn)
		}
	})
}

func canSignIn(t *testing.T, in *installation.Installation, client string) (n int) {
	t.Helper()
	people, err := in.People(t.Context(), admin, installation.PeopleFilter{Limit: 1000})
	must(t, err)
	for _, p := range people.Items {
		a, err := in.Check(api.Check{Person: p.UserID, Client: client})
		must(t, err)
		if a.Effect == api.Allow {
			n++
		}
		why, err := in.Why(t.Context(), admin, api.Check{Person: p.UserID, Client: client})
		must(t, err)
		if why.Effect != a.Effect || why.Reason != a.Reason || why.Until != a.Until {
			t.Errorf("%s: the check says %s (%s) until %s, why says %s (%s) until %s", p.UserID, a.Effect, a.Reason, a.Until, why.Effect, why.Reason, why.Until)
		}
	}
	return n
}

func TestDesignteametsRenewalIsRefusedForSixModulesAndFitsAfterTwelve(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in, renewal := designteamet(t, db)
		want := examples.Designteamet()
		ctx := t.Context()
		loaded, err := in.Load(ctx, admin, f.Vendors.File(t, renewal))
		must(t, err)
		review, err := in.Review(ctx, admin, loaded.Set.ID, api.Choices{})
		must(t, err)
		compareReview(t, review, want.Renewal.Rows)

		before, err := in.Status(ctx, admin)
		must(t, err)
		_, err = in.Activate(ctx, admin, loaded.Set.ID, api.Activate{PlanToken: review.PlanToken})
		var small *seat.TooSmallError
		if !errors.As(err, &small) {
			t.Fatalf("activating the renewal gives %v", err)
		}
		var refused []license.Module
		for _, row := range small.Rows {
			refused = append(refused, row.Name.Module)
			if int64(len(row.Holders)) != row.Need {
				t.Errorf("%s names %d holders, want %d", row.Name, len(row.Holders), row.Need)
			}
		}
		if !slices.Equal(sorted(refused), sorted(want.Renewal.RefusedBy)) {
			t.Errorf("refused by %v, want %v", refused, want.Renewal.RefusedBy)
		}
		if after, _ := in.Status(ctx, admin); after.Seq != before.Seq {
			t.Errorf("a refused activation moved seq from %d to %d", before.Seq, after.Seq)
		}
		compareInUse(t, in, want.InUse)

		for _, person := range want.AfterRelease.Release {
			_, err := in.SetPlan(ctx, admin, person, "no-selection", "renewal")
			must(t, err)
		}
		if _, err := in.Activate(ctx, admin, loaded.Set.ID, api.Activate{PlanToken: review.PlanToken}); code(err) != "review.changed" {
			t.Errorf("activating with the old plan token gives %v", err)
		}
		_, err = in.Activate(ctx, admin, loaded.Set.ID, api.Activate{})
		var off *installation.UnacknowledgedError
		if !errors.As(err, &off) || fmt.Sprint(off.Licenses) != "[superoffice.target-sale-u superoffice.aichatbot]" {
			t.Errorf("turning features off for everyone unasked gives %v", err)
		}
		activated, err := in.Activate(ctx, admin, loaded.Set.ID, api.Activate{Acknowledge: []string{"target-sale-u", "superoffice.aichatbot"}})
		must(t, err)
		if activated.Replaced != "superoffice-1" || !activated.Changed {
			t.Errorf("activation says %+v", activated)
		}
		compareInUse(t, in, want.AfterRelease.InUse)
		if got := canSignIn(t, in, "superoffice.web"); got != want.AfterRelease.CanLogIn {
			t.Errorf("%d people may sign in, want %d", got, want.AfterRelease.CanLogIn)
		}
		again, err := in.Activate(ctx, admin, loaded.Set.ID, api.Activate{})
		if err != nil || again.Changed {
			t.Errorf("activating again gives changed=%v, %v", again.Changed, err)
		}
		if _, err := in.Activate(ctx, admin, "superoffice-1", api.Activate{}); code(err) != "set.older" {
			t.Errorf("activating the old set gives %v", err)
		}
	})
}

func sorted(all []license.Module) []license.Module {
	return slices.Sorted(slices.Values(all))
}

func compareReview(t *testing.T, review api.Review, want []examples.ReviewRow) {
	t.Helper()
	if review.Fits || len(review.Rows) != len(want) {
		t.Errorf("the review fits: %v, with %d rows, want %d", review.Fits, len(review.Rows), len(want))
	}
	rows := map[license.Module]api.ReviewRow{}
	for _, row := range review.Rows {
		rows[row.Name.Module] = row
	}
	for i, w := range want {
		row := rows[w.Module]
		if row.Name.Module != w.Module || row.Total != w.Seats || !same(row.InUse, w.InUse) || !same(row.Free, w.Free) || row.Change != w.Change ||
			row.NewTotal != w.NewSeats || !same(row.NewFree, w.NewFree) || row.Result != w.Result || row.Over != w.Release {
			t.Errorf("review row %d is %+v, want %+v", i, row, w)
		}
	}
}

func same(x, y *int64) bool { return x == nil && y == nil || x != nil && y != nil && *x == *y }
