package installation_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// Whatever was counted on a day is what that day is counted as ever after: under
// the sets of then, with people who have left since, and with the profiles and
// logins of then.
func TestWhatWasCountedThenIsWhatIsCountedAsOfThen(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := housetest.New(t, db, "acme")
		in := f.Installation("acme")
		ctx := t.Context()
		set := smallSet("SUPEROFFICE", 1)
		set.Occupancy = license.ByCredentials
		set.Clients = []license.Client{{Name: "web", People: license.Internal, User: []license.Module{"scan"}}}
		enforce(t, f, in, set)
		first, err := in.Set(ctx, admin, "superoffice-1")
		must(t, err)
		next := set
		next.Number, next.Previous = 2, first.Checkpoint
		next.Licenses = append([]license.License(nil), set.Licenses...)
		for i := range next.Licenses {
			next.Licenses[i].Quantity++
		}
		no, yes := false, true
		acts := []func() error{
			func() error {
				_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "anna", Login: true, Plan: "sales"})
				return err
			},
			func() error { _, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "bo", Login: true}); return err },
			func() error {
				_, err := in.PutProfile(ctx, admin, "p", api.ProfileBody{Modules: []string{"scan"}})
				return err
			},
			func() error { _, err := in.SetProfile(ctx, admin, "bo", "p"); return err },
			func() error { _, err := in.EndLogin(ctx, admin, "bo"); return err },
			func() error { _, err := in.GiveLogin(ctx, admin, "bo", ""); return err },
			func() error { _, err := in.GiveExtra(ctx, admin, "anna", "scan", 2, ""); return err },
			func() error { enforce(t, f, in, next); return nil },
			func() error { _, err := in.ChangePerson(ctx, admin, "anna", api.PersonPatch{Former: &yes}); return err },
			func() error { _, err := in.ChangePerson(ctx, admin, "anna", api.PersonPatch{Former: &no}); return err },
			func() error {
				_, err := in.PutProfile(ctx, admin, "p", api.ProfileBody{Modules: []string{}})
				return err
			},
			func() error { _, err := in.SetPlan(ctx, admin, "bo", "sales", ""); return err },
			func() error { _, err := in.ErasePerson(ctx, admin, "bo"); return err },
		}
		type snapshot struct {
			at      time.Time
			count   api.Count
			holders []api.Holder
		}
		look := func() snapshot {
			s := snapshot{at: f.Now()}
			var err error
			s.count, err = in.Count(ctx, admin)
			must(t, err)
			list, err := in.Holders(ctx, admin, "scan", 0, "")
			must(t, err)
			s.holders = list.Items
			return s
		}
		then := []snapshot{look()}
		for i, act := range acts {
			f.Set(f.Now().Add(7 * time.Hour))
			if err := act(); err != nil {
				t.Fatalf("act %d: %v", i, err)
			}
			then = append(then, look())
		}
		compare := func() {
			t.Helper()
			for i, s := range then {
				for _, at := range []time.Time{s.at, s.at.Add(time.Hour)} {
					if at.After(f.Now()) {
						continue
					}
					asOf := at.Format(time.RFC3339)
					count, err := in.CountAsOf(ctx, admin, asOf)
					must(t, err)
					count.AsOf, count.Seq = s.count.AsOf, s.count.Seq
					if diff := cmp.Diff(s.count, count); diff != "" {
						t.Fatalf("after act %d (-then +as of then):\n%s", i, diff)
					}
					list, err := in.HoldersAsOf(ctx, admin, "scan", asOf, 0, "")
					must(t, err)
					for j := range list.Items {
						if list.Items[j].Person == "" { // who was erased has no name any more
							list.Items[j].Person = s.holders[j].Person
						}
					}
					if diff := cmp.Diff(s.holders, list.Items); diff != "" {
						t.Fatalf("after act %d (-held then +as of then):\n%s", i, diff)
					}
				}
			}
		}
		compare()
		f.Reopen(t)
		in = f.Installation("acme")
		compare()

		// The peak of each license is the most that was ever seen.
		most := map[string]int64{}
		for _, s := range then {
			for _, r := range append(s.count.SignIn, s.count.Plans...) {
				most[r.Name.String()] = max(most[r.Name.String()], r.Taken)
			}
		}
		peaks, err := in.Peaks(ctx, admin, "2026-06-01", "", true)
		must(t, err)
		seen := map[string]int64{}
		for _, p := range peaks.Items {
			seen[p.Name.String()] = p.Peak
		}
		for name, n := range most {
			if seen[name] != n {
				t.Errorf("the peak of %s is %d, and %d were seen", name, seen[name], n)
			}
		}
		if _, err := in.Peaks(ctx, admin, "2026-05-01", "2026-05-31", true); err != nil {
			t.Errorf("a month before anything was there: %v", err)
		}
	})
}

func TestAMomentThatHasNotComeOrIsNoneIsRefused(t *testing.T) {
	_, in := withAnna(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	for _, asOf := range []string{"2026-06-11", "2026-06-10T12:00:01Z", "yesterday", "2026-13-01"} {
		if _, err := in.CountAsOf(t.Context(), admin, asOf); code(err) != "request.bad-value" {
			t.Errorf("%s: %v", asOf, err)
		}
	}
	if c, err := in.CountAsOf(t.Context(), admin, "2026-06-10"); err != nil || c.PaidUsers != 1 {
		t.Errorf("the day that has begun: %+v, %v", c, err)
	}
	if c, err := in.CountAsOf(t.Context(), admin, "1999-12-31"); err != nil || c.PaidUsers != 0 || len(c.Plans) != 0 {
		t.Errorf("before everything: %+v, %v", c, err)
	}
	for _, period := range [][2]string{{"2026-06-10T12:00:01Z", ""}, {"2026-06-02", "2026-06-01"}, {"x", ""}, {"", "x"}} {
		if _, err := in.Peaks(t.Context(), admin, period[0], period[1], false); code(err) != "request.bad-value" {
			t.Errorf("%v: %v", period, err)
		}
	}
}

// What is paid by use shows no total: only what is in use counts.
func TestWhatIsPaidByUseIsCountedWithoutATotal(t *testing.T) {
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
	in := f.Installation("acme")
	set := smallSet("SUPEROFFICE", 1)
	for i := range set.Licenses {
		set.Licenses[i].Quantity = 100_000 // nobody has so many people
	}
	enforce(t, f, in, set)
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "anna", Login: true, Plan: "sales"})
	must(t, err)
	c, err := in.CountAsOf(t.Context(), admin, f.Now().Format(time.RFC3339))
	must(t, err)
	now, err := in.Count(t.Context(), admin)
	must(t, err)
	peaks, err := in.Peaks(t.Context(), admin, "", "", true)
	must(t, err)
	for _, row := range append(c.Plans, now.Plans...) {
		if row.Seats != nil || row.Name.Module == "sales" && row.Taken != 1 {
			t.Errorf("%+v", row)
		}
	}
	for _, row := range peaks.Items {
		if row.Seats != nil || row.Peak != 1 {
			t.Errorf("%+v", row)
		}
	}
	if len(peaks.Items) == 0 {
		t.Error("there are no peaks")
	}
}
