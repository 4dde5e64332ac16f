package store

import (
	"errors"
	"testing"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// While the rows do not add up nothing is granted, also not by a swap that gives
// something back first.
func TestNothingIsSwappedInWhileTheRowsDoNotAddUp(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		gadget := license.NameOf("SUPEROFFICE", "gadget")
		do(t, b, func(tx *Tx) error {
			tx.Entry("set.activate", "")
			return errors.Join(tx.PutLicense(License{Name: gadget, Kind: license.User, Seats: 5, Taken: 1}),
				tx.PutLicense(License{Name: web(), Kind: license.User, Seats: 5}))
		})
		unaccounted(t, b)
		b = reopen(t, b)
		if b.Health() != ReadOnly {
			t.Fatalf("the book is %s", b.Health())
		}
		err := b.Try(t.Context(), admin, monday, func(tx *Tx) error {
			tx.Entry("profile.set", "")
			return tx.TakeSeats([]seat.Take{{Name: gadget, Delta: -1}, {Name: web(), Delta: +1}})
		})
		var readOnly *ReadOnlyError
		if !errors.As(err, &readOnly) {
			t.Errorf("the swap: %v", err)
		}
		if err := b.Try(t.Context(), admin, monday, func(tx *Tx) error {
			tx.Entry("profile.set", "")
			return tx.TakeSeats([]seat.Take{{Name: gadget, Delta: -1}})
		}); err != nil {
			t.Errorf("giving back: %v", err)
		}
	})
}
