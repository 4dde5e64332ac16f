package store

import (
	"errors"
	"maps"
	"testing"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// collecting is a book in which it is collected since from when people were active.
func collecting(t *testing.T, b *Book, from int64) {
	t.Helper()
	do(t, b, func(tx *Tx) error {
		tx.Entry("activity.set", "")
		return tx.CollectActivity(ActivityPolicy{Ground: "agreed", From: from})
	})
}

func seqOf(b *Book) (seq int64) {
	_ = b.View(func(v *View) error {
		seq = v.Seq()
		return nil
	})
	return seq
}

func days(t *testing.T, b *Book) map[string]int64 {
	t.Helper()
	found, err := b.Days(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestDaysAreKeptOnlyWhereTheyAreCollected(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		b := newTestBook(t, db)
		anna, bo := addPerson(t, b, "anna"), addPerson(t, b, "bo")
		put := func(from int64, of map[string]int64) {
			t.Helper()
			if err := b.PutDays(ctx, from, of); err != nil {
				t.Fatal(err)
			}
		}
		put(0, map[string]int64{anna: 100})
		if got := days(t, b); len(got) != 0 {
			t.Fatalf("kept although it is not collected: %v", got)
		}
		collecting(t, b, 7)
		seq := seqOf(b)
		put(7, map[string]int64{anna: 100, bo: 99, "nobody": 98})
		put(7, map[string]int64{anna: 98, bo: 101})
		if got, want := days(t, b), map[string]int64{anna: 100, bo: 101}; !maps.Equal(got, want) {
			t.Errorf("the latest days are %v, want %v", got, want)
		}
		if seqOf(b) != seq {
			t.Error("they left a line in the journal")
		}
		put(6, map[string]int64{anna: 200})
		if got := days(t, b); got[anna] != 100 {
			t.Errorf("a day that was collected before it was turned off and on again is kept: %v", got)
		}
		do(t, b, func(tx *Tx) error {
			tx.Entry("person.erase", bo)
			return tx.ErasePersonal(bo)
		})
		put(7, map[string]int64{bo: 300})
		if got := days(t, b); len(got) != 1 {
			t.Errorf("after Bo was erased there are %v", got)
		}
		failed := errors.New("refused")
		if _, err := b.Update(ctx, admin, monday, func(tx *Tx) error {
			tx.Entry("activity.set", "")
			return errors.Join(tx.ForgetActivity(), failed)
		}); !errors.Is(err, failed) || len(days(t, b)) != 1 {
			t.Errorf("what was refused has erased them: %v", err)
		}
		do(t, b, func(tx *Tx) error {
			tx.Entry("activity.set", "")
			return tx.ForgetActivity()
		})
		if got := days(t, b); len(got) != 0 {
			t.Errorf("turned off, and there are %v", got)
		}
	})
}

// Another server has turned it off, and this one has not heard of it.
func TestAServerThatHasNotHeardOfItWritesNoDay(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		collecting(t, b, 7)
		other, err := openStore(t, db, Options{Parse: b.store.options.Parse}).Book(b.Name())
		if err != nil {
			t.Fatal(err)
		}
		do(t, other, func(tx *Tx) error {
			tx.Entry("activity.set", "")
			return tx.ForgetActivity()
		})
		if err := b.PutDays(t.Context(), 7, map[string]int64{anna: 100}); err != nil {
			t.Fatal(err)
		}
		if got := days(t, other); len(got) != 0 {
			t.Errorf("written all the same: %v", got)
		}
	})
}
