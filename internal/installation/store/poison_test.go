package store

import (
	"context"
	"errors"
	"testing"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// An act that the database cannot store refuses itself, not those who share its
// transaction.
func TestAnActThatCannotBeStoredRefusesNobodyElse(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		person := func(userID string) *request {
			return &request{book: b, ctx: context.Background(), by: admin, now: monday, done: make(chan struct{}), act: func(tx *Tx) error {
				p, err := tx.PutPerson(Person{Personal: Personal{UserID: userID}})
				tx.Entry("person.add", p.ID)
				return err
			}}
		}
		acts := []*request{person("anna"), person("no\x00text"), person("bo")}
		// All in one batch, as if they had come while another was written.
		if err := b.store.alone(t.Context(), func(context.Context, *sqldb.Writer) error { b.teller.settle(context.Background(), acts); return nil }); err != nil {
			t.Fatal(err)
		}
		if acts[0].err != nil || acts[2].err != nil {
			t.Errorf("the others: %v, %v", acts[0].err, acts[2].err)
		}
		var unavailable *UnavailableError
		if db.Dialect == sqldb.PostgreSQL && !errors.As(acts[1].err, &unavailable) {
			t.Errorf("the act itself: %v", acts[1].err)
		}
		b.View(func(v *View) error {
			for _, id := range []string{"anna", "bo"} {
				if _, ok := v.PersonByUserID(id); !ok {
					t.Errorf("%s is not there", id)
				}
			}
			return nil
		})
	})
}

// An installation that cannot be followed leaves the others as current as ever.
func TestOneBrokenInstallationDoesNotKeepTheOthersBehind(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		first := openStore(t, sqldbtest.Open(t, dsn), Options{})
		broken, sound := createBook(t, first, "a"), createBook(t, first, "b")
		second := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second"})
		attack(t, broken, "UPDATE head SET link = ? WHERE installation = ?", make([]byte, 32), broken.ID())
		addPerson(t, sound, "anna")
		if err := second.Refresh(t.Context()); err == nil {
			t.Error("nothing is said of the broken installation")
		}
		b, err := second.Book("b")
		if err != nil {
			t.Fatal(err)
		}
		b.View(func(v *View) error {
			if _, ok := v.PersonByUserID("anna"); !ok {
				t.Error("the second server does not know what the first has changed in the sound installation")
			}
			return nil
		})
	})
}
