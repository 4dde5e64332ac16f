package installation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

func TestALicenseSaysWhatItHasToDoWithOthersAndHowItWouldBe(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := housetest.New(t, db, "acme")
		in := f.Installation("acme")
		enforce(t, f, in, smallSet("SUPEROFFICE", 1))
		_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "anna", Login: true, Plan: "sales"})
		must(t, err)

		seats := int64(0)
		plan, err := in.LicenseDetail(t.Context(), admin, "sales", &seats)
		must(t, err)
		if diff := cmp.Diff(&api.LicenseIf{Over: 1, State: api.PoolOver}, plan.If); diff != "" {
			t.Errorf("with no seats (-want +got):\n%s", diff)
		}
		if len(plan.Contents) != len(plan.Includes) || len(plan.Contents) == 0 {
			t.Errorf("the plan gives %v, named %v", plan.Includes, plan.Contents)
		}
		part, err := in.LicenseDetail(t.Context(), admin, plan.Includes[0].String(), nil)
		must(t, err)
		if len(part.ComesWith) != 1 || part.ComesWith[0].Name != plan.Name || part.If != nil {
			t.Errorf("what comes with the plan says %v, %v", part.ComesWith, part.If)
		}
		for _, n := range []int64{-1, 1_000_000_001} {
			if _, err := in.LicenseDetail(t.Context(), admin, "sales", &n); code(err) != "request.bad-value" {
				t.Errorf("%d seats: %v", n, err)
			}
		}
	})
}

func TestTheHistoryOfALicenseHasOnePeakForEachWeekSinceItCame(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := housetest.New(t, db, "acme")
		in := f.Installation("acme")
		enforce(t, f, in, smallSet("SUPEROFFICE", 1)) // Wednesday 10 June
		name := func(i int) string { return fmt.Sprint("person", i) }
		for i := range 2 {
			_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: name(i), Login: true, Plan: "sales"})
			must(t, err)
		}
		f.Set(f.Now().Add(7 * 24 * time.Hour))
		_, err := in.RemovePlan(t.Context(), admin, name(0), "sales")
		must(t, err)
		f.Set(f.Now().Add(7 * 24 * time.Hour))

		for by, want := range map[string][]int64{"week": {2, 2, 1}, "": {2, 2, 1}, "month": {2}, "day": {2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1}} {
			course, err := in.Course(t.Context(), admin, "sales", by)
			must(t, err)
			var got []int64
			for i, row := range course.Items {
				got = append(got, row.Peak)
				if row.Seats == nil || i > 0 && !row.From.Equal(course.Items[i-1].To) || row.At.Before(row.From) || !row.At.Before(row.To) {
					t.Errorf("by %q: %v", by, row)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("by %q (-want +got):\n%s", by, diff)
			}
		}
		if _, err := in.Course(t.Context(), admin, "sales", "year"); code(err) != "request.bad-value" {
			t.Errorf("by years: %v", err)
		}
		if _, err := in.Course(t.Context(), admin, "gold", ""); code(err) != "license.unknown-module" {
			t.Errorf("of nothing: %v", err)
		}
	})
}

func TestThePeaksOfTheLastDaysFollowEveryChange(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := housetest.New(t, db, "acme")
		in := f.Installation("acme")
		enforce(t, f, in, smallSet("SUPEROFFICE", 1))
		for i := range 3 {
			name := fmt.Sprint("person", i)
			_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: name, Login: true, Plan: "sales"})
			must(t, err)
			for range 2 {
				course, err := in.RecentCourse(t.Context(), admin, "sales", "day")
				must(t, err)
				plain, err := in.Course(t.Context(), admin, "sales", "day")
				must(t, err)
				if diff := cmp.Diff(plain, course); diff != "" {
					t.Errorf("kept (-anew +kept):\n%s", diff)
				}
				peaks, err := in.RecentPeaks(t.Context(), admin)
				must(t, err)
				if got := peaks[license.NameOf("SUPEROFFICE", "sales")].Peak; got != int64(i+1) {
					t.Errorf("with %d people on the plan: %d", i+1, got)
				}
			}
		}
		// What changes nobody's use is no reason to work it out again; it is as of now all the same.
		_, err := in.StartEvent(t.Context(), admin, api.NewEvent{Type: "message", Texts: map[string]string{"en": "News"}})
		must(t, err)
		f.Set(housetest.Noon.Add(time.Minute))
		kept, err := in.RecentCourse(t.Context(), admin, "sales", "day")
		must(t, err)
		plain, err := in.Course(t.Context(), admin, "sales", "day")
		must(t, err)
		if diff := cmp.Diff(plain, kept); diff != "" {
			t.Errorf("a minute later (-anew +kept):\n%s", diff)
		}
		f.Set(housetest.Noon.Add(time.Hour))
		for i := range 3 {
			_, err := in.RemovePlan(t.Context(), admin, fmt.Sprint("person", i), "sales")
			must(t, err)
		}
		for i, want := range []int64{3, 3, 0} {
			days := []int{1, 89, 90}[i]
			f.Set(housetest.Noon.Add(time.Duration(days) * 24 * time.Hour))
			peaks, err := in.RecentPeaks(t.Context(), admin)
			must(t, err)
			if got := peaks[license.NameOf("SUPEROFFICE", "sales")].Peak; got != want {
				t.Errorf("%d days later: %d, want %d", days, got, want)
			}
		}
	})
}
