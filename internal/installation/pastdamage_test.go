package installation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// A record that was changed behind the server's back keeps its seat in the past
// too, since the earliest moment at which it can have been taken, and whoever asks
// is told. Three people come, an hour apart.
func TestSeatsOfDamagedRecordsCountInThePast(t *testing.T) {
	for _, row := range []struct {
		name, edit string
		leaves     bool     // the third has left again
		taken      []string // before anybody, with one, two and three, and now
		since      string
	}{
		{"nothing is damaged", "", false, []string{"0", "1", "2", "3", "3"}, ""},
		{"an assignment: it came no earlier than the one before", "UPDATE assignment SET quantity = 0 WHERE number = 2", false,
			[]string{"0", "2 ?", "2 ?", "3 ?", "3 ?"}, "12:00"},
		{"the first assignment: nothing tells how early", "UPDATE assignment SET module = 'x' WHERE number = 1", false,
			[]string{"1 ?", "1 ?", "2 ?", "3 ?", "3 ?"}, ""},
		{"a person: the assignment itself tells", "UPDATE person SET login = 0 WHERE number = 2", false,
			[]string{"0", "1", "2 ?", "3 ?", "3 ?"}, "13:00"},
		{"one that had ended, made to look as if it had not", "UPDATE assignment SET until_at = 0 WHERE number = 3", true,
			[]string{"0", "1", "2 ?", "2 ?", "2 ?"}, "13:00"},
		{"how somebody stood before: it may be about any time", "UPDATE person_past SET login = 0", true,
			[]string{"0 ?", "1 ?", "2 ?", "3 ?", "2 ?"}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				ctx := t.Context()
				f := housetest.New(t, db, "acme")
				enforce(t, f, f.Installation("acme"), twoSeats(1, 3, ""))
				hour := func(n float64) time.Time { return housetest.Noon.Add(time.Duration(n * float64(time.Hour))) }
				for i, id := range []string{"anna", "bo", "cy"} {
					f.Set(hour(float64(i)))
					_, err := f.Installation("acme").AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true, Plan: "sales"})
					must(t, err)
				}
				if row.leaves {
					f.Set(hour(3))
					_, err := f.Installation("acme").RetirePerson(ctx, admin, "cy")
					must(t, err)
				}
				f.Set(hour(4))
				if row.edit != "" {
					_, err := db.Exec(ctx, row.edit)
					must(t, err)
				}
				f.Reopen(t)
				in := f.Installation("acme")
				for i, at := range []time.Time{hour(-0.5), hour(0.5), hour(1.5), hour(2.5), hour(4)} {
					c, err := in.CountAsOf(ctx, admin, at.Format(time.RFC3339))
					must(t, err)
					got := "0"
					for _, p := range c.Plans {
						got = fmt.Sprint(p.Taken)
					}
					if c.Damage != nil {
						got += " ?"
						if since := c.Damage.Since; c.Damage.Records != 1 || c.Damage.Text == "" || strings.Contains(c.Damage.Text, "{") || !since.IsZero() && since.Format("15:04") != row.since || since.IsZero() && row.since != "" {
							t.Errorf("at %s: %+v", at.Format("15:04"), c.Damage)
						}
					}
					if i == 0 && len(c.Plans) == 0 && row.taken[0] == "1 ?" {
						got = "1 ?" // no set was in force, so there is nothing to count it under
					}
					if got != row.taken[i] {
						t.Errorf("at %s: %s taken, want %s", at.Format("15:04"), got, row.taken[i])
					}
				}
				now, err := in.Count(ctx, admin)
				must(t, err)
				if then := row.taken[4]; fmt.Sprint(now.Plans[0].Taken) != then[:1] {
					t.Errorf("today %d are in use, and as of today %s", now.Plans[0].Taken, then)
				}
				peaks, err := in.Peaks(ctx, admin, "2026-06-10", "", true)
				must(t, err)
				course, err := in.Course(ctx, admin, "superoffice.sales", "day")
				must(t, err)
				holders, err := in.HoldersAsOf(ctx, admin, "superoffice.sales", hour(4).Format(time.RFC3339), 0, "")
				must(t, err)
				told := row.edit != ""
				if (peaks.Damage != nil) != told || (course.Damage != nil) != told || (holders.Damage != nil) != told {
					t.Errorf("peaks, course, holders say %v, %v, %v", peaks.Damage, course.Damage, holders.Damage)
				}
				for _, p := range peaks.Items {
					if most := row.taken[3][:1]; fmt.Sprint(p.Peak) != most && p.Name.Module == license.Module("sales") {
						t.Errorf("the peak of %s is %d, want %s", p.Name, p.Peak, most)
					}
				}
			})
		})
	}
}
