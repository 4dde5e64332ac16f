package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// What the host says of an installation reaches every server on the database.
func TestASuspendedInstallationIsReadAndNotChanged(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		first := newTestBook(t, sqldbtest.Open(t, dsn))
		anna := addPerson(t, first, "anna")
		putPool(t, first, web(), 10)
		do(t, first, give(anna, web()))
		other := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second"})
		second, err := other.Book(first.Name())
		if err != nil {
			t.Fatal(err)
		}
		if changed, err := first.store.SetState(t.Context(), admin, monday, first.Name(), StateSuspended, "an unpaid invoice"); !changed || err != nil {
			t.Fatal(changed, err)
		}
		if changed, err := first.store.SetState(t.Context(), admin, monday, first.Name(), StateSuspended, "an unpaid invoice"); changed || err != nil {
			t.Error("suspending it twice changes something", err)
		}
		if err := other.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name, b := range map[string]*Book{"here": first, "on the other server": second} {
			_, err := b.Update(t.Context(), admin, monday, give(anna, web()))
			if e := new(SuspendedError); !errors.As(err, &e) || e.Reason != "an unpaid invoice" {
				t.Errorf("a change %s: %v", name, err)
			}
			do(t, b, func(tx *Tx) error { tx.Entry("audit.look", ""); return nil })
			do(t, b, func(tx *Tx) error {
				tx.Protects()
				tx.Entry("person.erase", anna)
				return tx.EndAssignment(tx.numbersOf(anna)[0], "taken back")
			})
			do(t, b, func(tx *Tx) error { tx.Protects(); tx.Entry("plan.set", anna); return give(anna, web())(tx) })
			b.View(func(v *View) error {
				if i := v.Info(); !i.Suspended || i.Reason != "an unpaid invoice" {
					t.Errorf("%s: %+v", name, i)
				}
				return nil
			})
		}
		// It is so after a restart, and until it is resumed.
		again := openStore(t, sqldbtest.Open(t, dsn), Options{})
		b, err := again.Book(first.Name())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Update(t.Context(), admin, monday, give(anna, web())); code(err) != "installation.suspended" {
			t.Errorf("after a restart: %v", err)
		}
		if changed, err := again.SetState(t.Context(), admin, monday, first.Name(), StateOpen, ""); !changed || err != nil {
			t.Error(changed, err)
		}
		do(t, b, give(anna, web()))
		if _, err := again.SetState(t.Context(), admin, monday, "nobody", StateSuspended, "x"); code(err) != "installation.unknown" {
			t.Errorf("an installation nobody has: %v", err)
		}
	})
}

// A deleted installation leaves nothing but its place in the list, and no
// other installation notices.
func TestADeletedInstallationIsGoneAndItsNameIsFree(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		db := sqldbtest.Open(t, dsn)
		first := newTestBook(t, db)
		s := first.store
		stays := createBook(t, s, "stays")
		addPerson(t, stays, "bo")
		addPerson(t, first, "anna")
		other := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second"})
		old := first.Head()
		addPerson(t, first, "cilla")
		if _, err := s.Delete(t.Context(), monday, first.Name(), Deletion{By: admin, Reason: "moved", Exported: old, Archive: "abc"}); code(err) != "installation.changed-since" {
			t.Fatalf("an export that is not the last state: %v", err)
		}
		id, err := s.Delete(t.Context(), monday, first.Name(), Deletion{By: admin, Reason: "moved", Exported: first.Head(), Archive: "abc"})
		if err != nil || id != first.ID() {
			t.Fatal(id, err)
		}
		for _, table := range Tables() {
			var rows int
			if err := db.QueryRow(t.Context(), "SELECT count(*) FROM "+table+" WHERE installation = ?", id).Scan(&rows); err != nil || rows > 0 {
				t.Errorf("%s keeps %d rows, %v", table, rows, err)
			}
		}
		if _, err := s.Book(first.Name()); code(err) != "installation.unknown" {
			t.Errorf("it is still there: %v", err)
		}
		if _, err := other.Book(first.Name()); err != nil {
			t.Fatal("the other server should not have heard yet")
		}
		if err := other.Refresh(t.Context()); err != nil {
			t.Errorf("the other server: %v", err)
		}
		if _, err := other.Book(first.Name()); code(err) != "installation.unknown" {
			t.Errorf("the other server has it still: %v", err)
		}
		next := createBook(t, s, first.Name())
		if next.ID() == id {
			t.Error("the id was used again")
		}
		var list []string
		for _, p := range s.Places() {
			list = append(list, p.Name+" "+p.State+" "+p.Reason)
		}
		if diff := cmp.Diff([]string{first.Name() + "#1 deleted moved", "stays open ", first.Name() + " open "}, list); diff != "" {
			t.Errorf("the list (-want +got):\n%s", diff)
		}
		checkBook(t, reopen(t, stays))
		if health, damages := openStore(t, db, Options{}).Health(); health != Sound {
			t.Errorf("the list is %v: %v", health, damages)
		}
	})
}

// A change that comes in at the moment of the deletion is refused, or was part of
// what was deleted: it is never acknowledged and lost.
func TestAChangeDuringADeletionIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		first := newTestBook(t, sqldbtest.Open(t, dsn))
		other := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second"})
		if _, err := other.Delete(t.Context(), monday, first.Name(), Deletion{By: admin, Reason: "gone"}); err != nil {
			t.Fatal(err)
		}
		_, err := first.Update(t.Context(), admin, monday, func(tx *Tx) error { tx.Entry("audit.look", ""); return nil })
		if err == nil {
			t.Error("a change of an installation that is gone is acknowledged")
		}
	})
}
