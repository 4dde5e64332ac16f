package installation_test

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// BenchmarkActivation reviews and activates a renewal where everybody is on a
// plan: 100,000 people with POTT_PROOF=1, else 5,000.
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
	var review, activation time.Duration
	b.ResetTimer()
	for range b.N {
		status, err := in.Sets(ctx, admin)
		must(b, err)
		set.Number, set.Previous = set.Number+1, status.Items[0].Checkpoint
		loaded, err := in.Load(ctx, admin, f.Vendors.File(b, set))
		must(b, err)
		start := time.Now()
		r, err := in.Review(ctx, admin, loaded.Set.ID)
		must(b, err)
		review += time.Since(start)
		start = time.Now()
		_, err = in.Activate(ctx, admin, loaded.Set.ID, r.PlanToken)
		must(b, err)
		activation += time.Since(start)
	}
	b.ReportMetric(float64(review.Milliseconds())/float64(b.N), "review-ms")
	b.ReportMetric(float64(activation.Milliseconds())/float64(b.N), "activate-ms")
	b.Logf("figure: %d people: review %v, activation %v", people, review/time.Duration(b.N), activation/time.Duration(b.N))
}
