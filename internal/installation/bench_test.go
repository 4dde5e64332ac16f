package installation_test

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// BenchmarkActivation reviews a renewal that is refused for every license, and
// reviews and activates one that fits, where everybody is on a
// plan: 100,000 people with POTT_PROOF=1, else 5,000. It prints each beside a
// recount of the seats with plain Go maps.
func BenchmarkActivation(b *testing.B) {
	people := 5_000
	if os.Getenv("POTT_PROOF") == "1" {
		people = 100_000
	}
	ctx := b.Context()
	f := housetest.New(b, sqldbtest.Open(b, sqldbtest.SQLite(b)), "large")
	in := f.Installation("large")
	set := license.Set{Issuer: "SUPEROFFICE", Company: "Large AB", Serial: "1600070120", Number: 1, Issued: housetest.Noon, TimeZone: "UTC",
		Dates: license.Dates{Expiry: license.Date{Year: 2027, Month: 6, Day: 10}}}
	plans := []license.License{}
	for i := range 8 {
		plan := license.License{Module: license.Module(fmt.Sprint("plan", i)), Kind: license.User, Quantity: int64(people), People: license.Internal, Plan: &license.Plan{Group: "g"}}
		for j := range 20 {
			if (j+i)%8 != 0 {
				plan.Plan.Includes = append(plan.Plan.Includes, license.Module(fmt.Sprint("module", j)))
			}
		}
		plans = append(plans, plan)
	}
	for j := range 20 {
		set.Licenses = append(set.Licenses, license.License{Module: license.Module(fmt.Sprint("module", j)), Kind: license.User, Quantity: int64(people), Hidden: true, People: license.Internal})
	}
	set.Licenses = append(set.Licenses, plans...)
	enforce(b, f, in, set)
	var wg sync.WaitGroup
	const writers = 256
	for w := range writers {
		wg.Go(func() {
			for i := w; i < people; i += writers {
				if _, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: fmt.Sprint("person", i), Login: true, Plan: fmt.Sprint("plan", i%8)}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	held := make(map[string]int, people)
	for i := range people {
		held[fmt.Sprint("person", i)] = i % 8
	}
	var review, refused, activation, recount, choosing, freeing, back []time.Duration
	var moved int
	timed := func(to *[]time.Duration, do func()) {
		start := time.Now()
		do()
		*to = append(*to, time.Since(start))
	}
	// Sets that only raise are to wait as well.
	_, err := in.PutSetPolicy(ctx, admin, api.SetPolicy{Activation: "ask"})
	must(b, err)
	b.ResetTimer()
	for range b.N {
		// Every other set has half the seats of everything, and is refused.
		for _, short := range []int64{1, 0} {
			status, err := in.Sets(ctx, admin)
			must(b, err)
			set.Number, set.Previous = set.Number+1, status.Items[0].Checkpoint
			next := set
			next.Licenses = slices.Clone(set.Licenses)
			for i := range next.Licenses {
				next.Licenses[i].Quantity -= short * next.Licenses[i].Quantity / 2
			}
			loaded, err := in.Load(ctx, admin, f.Vendors.File(b, next))
			must(b, err)
			var r api.Review
			to := &review
			if short != 0 {
				to = &refused
			}
			timed(to, func() { r, err = in.Review(ctx, admin, loaded.Set.ID, api.Choices{}) })
			must(b, err)
			if short != 0 {
				continue
			}
			timed(&recount, func() { countPlainly(held, plans) })
			timed(&activation, func() { _, err = in.Activate(ctx, admin, loaded.Set.ID, api.Activate{PlanToken: r.PlanToken}) })
			must(b, err)
		}
		// A set without one of the plans: everybody on it moves to another.
		status, err := in.Sets(ctx, admin)
		must(b, err)
		set.Number, set.Previous = set.Number+1, status.Items[0].Checkpoint
		next := set
		next.Licenses = slices.Clone(set.Licenses[:len(set.Licenses)-1])
		loaded, err := in.Load(ctx, admin, f.Vendors.File(b, next))
		must(b, err)
		var r api.Review
		choices := []api.Choice{{Do: "switch", Everyone: true, Name: "plan7", To: "plan0"}}
		timed(&choosing, func() { r, err = in.Review(ctx, admin, loaded.Set.ID, api.Choices{Choices: choices}) })
		must(b, err)
		moved = len(r.Effects)
		timed(&freeing, func() {
			_, err = in.Activate(ctx, admin, loaded.Set.ID, api.Activate{PlanToken: r.PlanToken, Choices: choices})
		})
		must(b, err)
		timed(&back, func() { _, err = in.RollBack(ctx, admin, api.RollBack{}) })
		must(b, err)
	}
	b.StopTimer()
	base := median(recount)
	for _, m := range []struct {
		what string
		took time.Duration
	}{{"review", median(review)}, {"refused", median(refused)}, {"activate", median(activation)},
		{"review-with-choices", median(choosing)}, {"free-and-activate", median(freeing)}, {"roll-back", median(back)}} {
		b.ReportMetric(float64(m.took.Milliseconds()), m.what+"-ms")
		b.Logf("figure: %d people (%d of them moved by choices): %s %v, %.1f times a plain recount with Go maps (%v)", people, moved, m.what, m.took, float64(m.took)/float64(base), base)
	}
}

// countPlainly counts seats from nothing as simply as it can be done: the
// baseline of a review.
func countPlainly(held map[string]int, plans []license.License) map[license.Module]int {
	seats := map[license.Module]int{}
	for _, plan := range held {
		seats[plans[plan].Module]++
		for _, m := range plans[plan].Plan.Includes {
			seats[m]++
		}
	}
	return seats
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
