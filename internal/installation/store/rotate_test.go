package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// keyFile is the ring of a server as it stands on its disk.
type keyFile struct {
	mu   sync.Mutex
	ring tamper.Ring
}

func (f *keyFile) read() (tamper.Ring, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append(tamper.Ring(nil), f.ring...), nil
}

func (f *keyFile) set(ring ...tamper.Master) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ring = ring
}

var (
	first  = tamper.Master{Key: keys.Master}
	second = tamper.Master{Key: [32]byte{4, 5, 6}}
	third  = tamper.Master{Key: [32]byte{7, 8, 9}}
)

func idOf(m tamper.Master) tamper.KeyID { return tamper.IDOf(m.Key) }

// openRing opens a store whose keys are in a file.
func openRing(t testing.TB, db *sqldb.DB, f *keyFile) *Store {
	t.Helper()
	s, err := Open(t.Context(), db, Keys{Ring: f.read}, Options{Parse: readSet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func ringBook(t testing.TB, s *Store, name string) *Book {
	t.Helper()
	b, err := s.Book(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustRotate(t testing.TB, s *Store, to tamper.Master) {
	t.Helper()
	if err := s.Rotate(t.Context(), admin, monday, idOf(to), false); err != nil {
		t.Fatal(err)
	}
}

func mustMove(t testing.TB, s *Store, batches int) int64 {
	t.Helper()
	left, err := s.MoveSeals(t.Context(), batches)
	if err != nil {
		t.Fatal(err)
	}
	return left
}

func TestAKeyIsRotatedWhilePeopleWorkAndEveryRowMoves(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := &keyFile{ring: tamper.Ring{first}}
		s := openRing(t, db, f)
		b := createBook(t, s, "design")
		putPool(t, b, web(), 500)
		var people []string
		for i := range 40 {
			people = append(people, addPerson(t, b, fmt.Sprint("p", i)))
			do(t, b, give(people[i], web()))
		}
		do(t, b, release(people[0], web())) // an ended assignment is not in memory, and moves as well
		f.set(first, second)
		mustRotate(t, s, second)
		if got := s.Sealing()[1]; got.Key != idOf(second).String() || got.behind() < 80 {
			t.Errorf("after the rotation: %+v", got)
		}
		if err := s.MayRetire(idOf(first)); code(err) != "seal.key-in-use" {
			t.Errorf("retiring it now: %v", err)
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := 1; i < 20; i++ {
				if _, err := b.Update(context.Background(), admin, monday, release(people[i], web())); err != nil {
					t.Error(err)
				}
			}
		})
		for mustMove(t, s, 1) > 0 {
		}
		wg.Wait()
		for _, sealing := range s.Sealing() {
			if sealing.behind() != 0 || sealing.Rows[idOf(second).String()] == 0 {
				t.Errorf("after moving: %+v", sealing)
			}
		}
		if err := s.Retire(t.Context(), admin, monday, idOf(first)); err != nil {
			t.Error(err)
		}
		f.set(tamper.Master{Key: first.Key, Retired: true}, second)
		s.Close()
		s = openRing(t, db, f)
		b = ringBook(t, s, "design")
		if b.Health() != Sound || countEntries(t, db, "seal.rotate") != 2 || countEntries(t, db, "seal.retire") != 1 {
			t.Errorf("%v with %v", b.Health(), b.Damage())
		}
		if history, err := viewHistory(b, people[0]); err != nil || len(history) != 1 {
			t.Errorf("the history of an ended assignment: %v, %v", history, err)
		}
		s.Close()
		report, err := fsck.Check(t.Context(), db, fsck.Options{Keys: []fsck.Key{{Master: second.Key}}})
		if err != nil || report.Rows.State != fsck.Intact || report.Totals.State != fsck.Intact || report.Chain.State != fsck.Intact {
			t.Errorf("fsck: %+v, %v", report, err)
		}
	})
}

func viewHistory(b *Book, person string) (list []Assignment, err error) {
	err = b.View(func(v *View) error {
		list, err = v.History(context.Background(), person)
		return err
	})
	return list, err
}

// Whoever stops the server in the middle finds it working, and can go on.
func TestARotationThatWasCutShortGoesOn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := &keyFile{ring: tamper.Ring{first}}
		s := openRing(t, db, f)
		b := createBook(t, s, "design")
		createBook(t, s, "other")
		putPool(t, b, web(), 5)
		anna := addPerson(t, b, "anna")
		f.set(first, second)
		ctx, cancel := context.WithCancel(t.Context())
		b.Watch(func(_ *View, c Commit) { cancel() }) // when the first of the two has moved
		if err := s.Rotate(ctx, admin, monday, idOf(second), false); err == nil {
			t.Fatal("the rotation was not cut short")
		}
		s.Close()
		s = openRing(t, db, f)
		b = ringBook(t, s, "design")
		do(t, b, give(anna, web())) // in the middle of it, a row of each key is written over
		mustRotate(t, s, second)
		if left := mustMove(t, s, 100); left != 0 {
			t.Errorf("%d rows are left", left)
		}
		for _, sealing := range s.Sealing() {
			if sealing.Key != idOf(second).String() || sealing.behind() != 0 {
				t.Errorf("%+v", sealing)
			}
		}
		if b.Health() != Sound || countEntries(t, db, "seal.rotate") != 3 {
			t.Errorf("%v, %d entries", b.Health(), countEntries(t, db, "seal.rotate"))
		}
	})
}

// A second server that shares the database finds the new key where it looks for
// keys, and works on with it.
func TestAServerThatHasTheNewKeyFollows(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := &keyFile{ring: tamper.Ring{first}}
		s := openRing(t, db, f)
		b := createBook(t, s, "design")
		putPool(t, b, web(), 5)
		anna := addPerson(t, b, "anna")
		other := openRing(t, db, f)
		far := ringBook(t, other, "design")
		f.set(first, second)
		addPerson(t, b, "before")
		mustRotate(t, s, second)
		bo := addPerson(t, b, "bo")
		mustMove(t, s, 100)
		do(t, far, give(anna, web()))
		do(t, far, give(bo, web()))
		if far.Health() != Sound || far.keys.ID != idOf(second) {
			t.Errorf("%v with %v, key %s", far.Health(), far.Damage(), far.keys.ID)
		}
		if other.Sealing()[1].behind() != 0 {
			t.Errorf("%+v", other.Sealing())
		}
	})
}

// A server that does not have the new key damages nothing: it answers from what
// it knows, says which key it needs, and goes on as soon as it has it.
func TestAServerThatLacksTheNewKeySealsNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, old := &keyFile{ring: tamper.Ring{first, second}}, &keyFile{ring: tamper.Ring{first}}
		lagging := openRing(t, db, old)
		far := createBook(t, lagging, "design")
		putPool(t, far, web(), 5)
		anna := addPerson(t, far, "anna")
		s := openRing(t, db, f)
		mustRotate(t, s, second)
		before := headBytes(t, db)
		_, err := far.Update(t.Context(), admin, monday, give(anna, web()))
		var lacks *CannotCheckError
		if !errors.As(err, &lacks) || lacks.KeyID != idOf(second).String() || lacks.Installation != "design" {
			t.Errorf("an act without the key: %v", err)
		}
		if string(before) != string(headBytes(t, db)) {
			t.Error("the head was written")
		}
		if _, ok := personOf(far, anna); !ok || len(far.Damage()) != 0 {
			t.Errorf("reading: %v, damage %v", ok, far.Damage())
		}
		fresh := ringBook(t, openRing(t, db, old), "design")
		if fresh.Health() != Unchecked || len(fresh.Damage()) != 0 {
			t.Errorf("a start without the key: %v, %v", fresh.Health(), fresh.Damage())
		}
		old.set(first, second)
		do(t, far, give(anna, web()))
		if far.Health() != Sound {
			t.Errorf("with the key: %v, %v", far.Health(), far.Damage())
		}
	})
}

// What was made with a key before a rotation is no more when the key is retired:
// the whole database put back, or one row.
func TestNothingOfARetiredKeyIsBelieved(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := &keyFile{ring: tamper.Ring{first}}
		s := openRing(t, db, f)
		b := createBook(t, s, "design")
		putPool(t, b, web(), 5)
		attack(t, b, "CREATE TABLE kept AS SELECT * FROM license")
		f.set(first, second)
		mustRotate(t, s, second)
		mustMove(t, s, 100)
		f.set(tamper.Master{Key: first.Key, Retired: true}, second)
		attack(t, b, "DELETE FROM license")
		attack(t, b, "INSERT INTO license SELECT * FROM kept")
		if _, err := db.Exec(t.Context(), "DROP TABLE kept"); err != nil {
			t.Fatal(err)
		}
		s.Close()
		s = openRing(t, db, f)
		b = ringBook(t, s, "design")
		if b.Health() != Damaged || len(b.Damage()) != 1 || b.Damage()[0].Table != "license" {
			t.Errorf("a row of the old key: %v with %v", b.Health(), b.Damage())
		}
		if _, ok := licenseOf(b, web()); ok {
			t.Error("the row is in use")
		}
		s.Close()
		f.set(first, tamper.Master{Key: second.Key, Retired: true}, third)
		var lacks *CannotCheckError
		fresh := ringBook(t, openRing(t, db, f), "design")
		_, err := fresh.Update(t.Context(), admin, monday, func(tx *Tx) error { tx.Entry("x", ""); return nil })
		if !errors.As(err, &lacks) || !lacks.Retired {
			t.Errorf("a head of a retired key: %v", err)
		}
	})
}

func licenseOf(b *Book, name license.Name) (l License, ok bool) {
	b.View(func(v *View) error { l, ok = v.License(name); return nil })
	return l, ok
}

func TestAHeadThatNamesAnotherKeyIsEdited(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := &keyFile{ring: tamper.Ring{first, second}}
		s := openRing(t, db, f)
		b := createBook(t, s, "design")
		if b.keys.ID != idOf(second) {
			t.Errorf("a new installation is sealed with %s, not the newest key", b.keys.ID)
		}
		for what, id := range map[string][]byte{"a key nobody has": {1, 1, 1, 1}, "an earlier key": idBytes(first)} {
			attack(t, b, "UPDATE head SET key_id = ? WHERE ledger = 'seats'", id)
			if _, err := b.Update(t.Context(), admin, monday, func(tx *Tx) error { tx.Entry("x", ""); return nil }); code(err) != "storage.damaged" {
				t.Errorf("%s: an act says %v", what, err)
			}
			if fresh := ringBook(t, openRing(t, db, f), "design"); fresh.Health() != ReadOnly || len(fresh.Damage()) != 1 {
				t.Errorf("%s: a start says %v, %v", what, fresh.Health(), fresh.Damage())
			}
		}
	})
}

func idBytes(m tamper.Master) []byte { id := idOf(m); return id[:] }

func TestALedgerMovesOnlyToALaterKey(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := &keyFile{ring: tamper.Ring{first, second}}
		s := openRing(t, db, f)
		createBook(t, s, "design")
		if err := s.Rotate(t.Context(), admin, monday, idOf(first), false); code(err) != "seal.key-order" {
			t.Errorf("back to an earlier key: %v", err)
		}
		if err := s.Rotate(t.Context(), admin, monday, idOf(third), false); code(err) != "storage.cannot-check" {
			t.Errorf("to a key that is not there: %v", err)
		}
		if countEntries(t, db, "seal.rotate") != 0 {
			t.Error("it was recorded")
		}
	})
}

// A damaged row keeps its place: it is not sealed anew, and its key stays.
func TestADamagedRowIsNotMoved(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := &keyFile{ring: tamper.Ring{first, second}}
		f.set(first)
		s := openRing(t, db, f)
		b := createBook(t, s, "design")
		putPool(t, b, web(), 5)
		attack(t, b, "UPDATE license SET seats = 500")
		f.set(first, second)
		mustRotate(t, s, second)
		if left := mustMove(t, s, 100); left != 1 {
			t.Errorf("%d rows are left, want the damaged one", left)
		}
		if len(b.Damage()) != 1 || b.Damage()[0].Table != "license" {
			t.Errorf("damage %v", b.Damage())
		}
		if err := s.MayRetire(idOf(first)); code(err) != "seal.key-in-use" {
			t.Errorf("retiring: %v", err)
		}
	})
}
