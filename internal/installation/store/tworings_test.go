package store

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// Two servers share a database and a key ring. While one of them gives people
// seats, the other rotates the key, and moves the rows, twice: no act is refused,
// nothing is lost, and everything ends up under the newest key.
func TestAKeyIsRotatedOnOneServerWhileAnotherWrites(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		const people = 30
		f := &keyFile{ring: tamper.Ring{first}}
		writes, rotates := openRing(t, sqldbtest.Open(t, dsn), f), openRing(t, sqldbtest.Open(t, dsn), f)
		near := createBook(t, writes, "design")
		putPool(t, near, web(), people)
		var ids []string
		for i := range people {
			ids = append(ids, addPerson(t, near, fmt.Sprint("p", i)))
		}
		if err := rotates.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			for _, id := range ids {
				if _, err := near.Update(context.Background(), admin, monday, give(id, web())); err != nil {
					t.Errorf("an act while the key is rotated elsewhere: %v", err)
				}
			}
		})
		for _, ring := range []tamper.Ring{{first, second}, {first, second, third}} {
			f.set(ring...)
			mustRotate(t, rotates, ring[len(ring)-1])
			for range 3 { // in the middle of it, not to its end
				mustMove(t, rotates, 1)
			}
		}
		wg.Wait()
		for mustMove(t, rotates, 10) > 0 {
		}
		far := ringBook(t, rotates, "design")
		for _, b := range []*Book{near, far} {
			if err := b.Refresh(t.Context()); err != nil || b.Health() != Sound || b.keys.ID != idOf(third) || takenOf(b, web()) != people {
				t.Errorf("%v with %v, key %s, %d seats, %v", b.Health(), b.Damage(), b.keys.ID, takenOf(b, web()), err)
			}
		}
		for _, sealing := range rotates.Sealing() {
			if sealing.behind() != 0 {
				t.Errorf("rows were left behind: %+v", sealing)
			}
		}
		for _, old := range []tamper.Master{first, second} {
			if err := rotates.Retire(t.Context(), admin, monday, idOf(old)); err != nil {
				t.Error(err)
			}
		}
		report, err := fsck.Check(t.Context(), rotates.db, fsck.Options{Keys: []fsck.Key{{Master: third.Key}}})
		if err != nil || report.Rows.State != fsck.Intact || report.Totals.State != fsck.Intact || report.Chain.State != fsck.Intact {
			t.Errorf("fsck: %+v, %v", report, err)
		}
	})
}

func takenOf(b *Book, of license.Name) (taken int64) {
	b.View(func(v *View) error {
		taken = v.Pool(of).Taken
		return nil
	})
	return taken
}
