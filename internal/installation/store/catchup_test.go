package store

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

var errBroken = errors.New("the connection broke")

// breaking is a connection that breaks after a number of statements.
type breaking struct {
	queryer
	left int
}

func (b *breaking) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if b.left--; b.left < 0 {
		return nil, errBroken
	}
	return b.queryer.Query(ctx, text, args...)
}

// Whenever the connection breaks while a server takes over what another has
// written, readers see the state before or the state after, and nothing between.
func TestACatchUpIsSeenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		first := newTestBook(t, sqldbtest.Open(t, dsn))
		second, err := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second"}).Book("design")
		if err != nil {
			t.Fatal(err)
		}
		everything(t, first)
		before := dump(t, second)
		broke := 0
		for ; ; broke++ {
			err := second.store.db.View(t.Context(), func(tx *sqldb.Tx) error {
				q := &breaking{tx, broke}
				found, err := second.readHead(t.Context(), q, headText)
				if err != nil {
					return err
				}
				return second.follow(t.Context(), q, found)
			})
			if err == nil {
				break
			}
			if !errors.Is(err, errBroken) {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, dump(t, second)); diff != "" {
				t.Errorf("broken after %d statements, readers see\n%s", broke, diff)
			}
		}
		if diff := cmp.Diff(dump(t, first), dump(t, second)); diff != "" || broke < 5 {
			t.Errorf("after %d breaks the servers differ:\n%s", broke, diff)
		}
	})
}

// A set of another server whose file cannot be read for a moment is told of once
// it can.
func TestASetThatCouldNotBeReadIsToldOfLater(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		parse := func([]byte) (*license.Set, error) { return &license.Set{Issuer: "SUPEROFFICE", Number: 4}, nil }
		first := newTestBook(t, sqldbtest.Open(t, dsn))
		second, err := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second", Parse: parse}).Book("design")
		if err != nil {
			t.Fatal(err)
		}
		told := 0 // how often, with the set in force
		second.Watch(func(v *View, c Commit) {
			if c.Sets && len(v.Active().Sets()) == 1 {
				told++
			}
		})
		everything(t, first)
		attack(t, first, "ALTER TABLE set_file RENAME TO away")
		second.Refresh(t.Context())
		attack(t, first, "ALTER TABLE away RENAME TO set_file")
		for range 3 {
			if err := second.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if told != 1 {
			t.Errorf("those who watch were told of the set %d times", told)
		}
	})
}

// Looking whether others have written anything waits for nobody and writes
// nothing.
func TestLookingForChangesDoesNotWaitForWhoeverWrites(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		b := newTestBook(t, sqldbtest.Open(t, dsn))
		other := sqldbtest.Open(t, dsn).Writer()
		defer other.Close()
		if err := other.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Exec(t.Context(), "UPDATE head SET seq = seq"); err != nil {
			t.Fatal(err)
		}
		looked := make(chan error, 1)
		go func() { looked <- b.store.Refresh(t.Context()) }()
		select {
		case err := <-looked:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(4 * time.Second):
			t.Error("it waits for the other server's transaction")
		}
		other.Rollback(t.Context())
	})
}
