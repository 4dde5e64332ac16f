package store

import (
	"context"
	"testing"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// A server that was interrupted while it took over what another has written
// begins again. Nobody's history is longer for that.
func TestTakingOverTheSameTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		first := newTestBook(t, sqldbtest.Open(t, dsn))
		second, err := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second"}).Book("design")
		if err != nil {
			t.Fatal(err)
		}
		anna := addPerson(t, first, "anna")
		do(t, first, func(tx *Tx) error {
			tx.Entry("extra.give", anna)
			n, err := tx.Assign(seat.Assignment{Person: anna, Name: web(), Quantity: 1, Source: seat.Direct})
			if err != nil {
				return err
			}
			return tx.EndAssignment(n, "")
		})
		before := second.head // as if the last of it had failed
		box, secret := second.box, second.secret.Clone()
		for range 2 {
			if err := second.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			second.store.alone(t.Context(), func(context.Context, *sqldb.Writer) error {
				second.mu.Lock()
				defer second.mu.Unlock()
				second.head, second.box, second.secret = before, box, secret
				return nil
			})
		}
		if err := second.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		second.View(func(v *View) error {
			if h, err := v.History(t.Context(), anna); err != nil || len(h) != 1 {
				t.Errorf("the history is %v, %v", h, err)
			}
			return nil
		})
	})
}
