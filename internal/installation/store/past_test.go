package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// stagePast stages how somebody stood before.
func stagePast(tx *Tx, id string) error {
	was := &person{Person: Person{Person: seat.Person{ID: id, Kind: license.External, Login: true, Profile: "basic", Former: true}}}
	return tx.keepPerson(was, tx.person(id))
}

// ended lists the assignments that have ended.
func endedOf(t testing.TB, b *Book) (list []string) {
	t.Helper()
	if err := b.EachEnded(t.Context(), func(a seat.Assignment) {
		list = append(list, fmt.Sprint(a.Number, a.Person, a.Name, a.Quantity, a.From, a.Until))
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWhatWasIsKeptWhenItChanges(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		id := addPerson(t, b, "anna")
		at := func(days int) time.Time { return monday.AddDate(0, 0, days) }
		act := func(days int, what func(tx *Tx) error) {
			t.Helper()
			if _, err := b.Update(t.Context(), admin, at(days), func(tx *Tx) error {
				tx.Entry("test", "")
				return what(tx)
			}); err != nil {
				t.Fatal(err)
			}
		}
		change := func(days int, to func(p *Person)) {
			t.Helper()
			act(days, func(tx *Tx) error {
				p, _ := tx.Person(id)
				to(&p)
				_, err := tx.PutPerson(p)
				return err
			})
		}
		profile := func(days int, modules ...license.Name) {
			t.Helper()
			act(days, func(tx *Tx) error { return tx.PutProfile(Profile{Code: "basic", Modules: modules}) })
		}
		change(1, func(p *Person) { p.Login = false })
		change(2, func(p *Person) { p.Personal.First = "Anna" }) // moves no seat
		change(3, func(p *Person) { p.Profile = "basic" })
		change(3, func(p *Person) { p.Profile = "" }) // at the same moment: nobody was ever on it
		profile(4, web())
		profile(5)
		act(6, func(tx *Tx) error { return tx.DropProfile("basic") })
		b = reopen(t, b)
		change(7, func(p *Person) { p.Deleted = true })
		var got []string
		day := func(micros int64) string {
			if micros == 0 {
				return "ever"
			}
			return fmt.Sprint(int(time.UnixMicro(micros).Sub(monday).Hours() / 24))
		}
		if err := b.View(func(v *View) error {
			for _, p := range v.PastPeople() {
				got = append(got, fmt.Sprint(day(p.From), "–", day(p.Until), " login ", p.Login))
			}
			for _, p := range v.PastProfiles() {
				got = append(got, fmt.Sprint(day(p.From), "–", day(p.Until), " ", p.Code, p.Modules))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		want := []string{"0–1 login true", "1–3 login false", "3–7 login false", "ever–5 basic[superoffice.web]", "5–6 basic[]"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("what was (-want +got):\n%s", diff)
		}
	})
}

func TestEndedAssignmentsAreReadOnceAndThenFollowed(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		putPool(t, b, web(), 9)
		anna, bo := addPerson(t, b, "anna"), addPerson(t, b, "bo")
		turn := func(id string) {
			do(t, b, give(id, web()))
			do(t, b, release(id, web()))
		}
		turn(anna)
		turn(bo)
		if got := endedOf(t, b); len(got) != 2 {
			t.Errorf("read from the database: %v", got)
		}
		turn(anna)
		followed := endedOf(t, b)
		if len(followed) != 3 {
			t.Errorf("followed: %v", followed)
		}
		if diff := cmp.Diff(followed, endedOf(t, reopen(t, b))); diff != "" {
			t.Errorf("read again (-followed +read):\n%s", diff)
		}
	})
}

func TestAnEndedAssignmentThatWasEditedIsNoPast(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		putPool(t, b, web(), 9)
		anna := addPerson(t, b, "anna")
		do(t, b, give(anna, web()))
		do(t, b, release(anna, web()))
		attack(t, b, "UPDATE assignment SET from_at = 1 WHERE installation = ?", b.ID())
		err := b.EachEnded(t.Context(), func(seat.Assignment) {})
		if _, ok := err.(*DamagedError); !ok {
			t.Errorf("it is read as %v", err)
		}
	})
}
