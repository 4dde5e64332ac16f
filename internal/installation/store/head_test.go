package store

import (
	"testing"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestTheHeadMovesWithEveryChangeAndIsTheSameAfterAStart(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		before, server := b.Head(), b.store.Head()
		addPerson(t, b, "anna")
		after := b.Head()
		if after.Seq != before.Seq+1 || after.Link == before.Link || after.Epoch != before.Epoch {
			t.Errorf("from %+v to %+v", before, after)
		}
		if b.store.Head() != server || server.Seq != 1 || server.Epoch == after.Epoch {
			t.Errorf("the server's own ledger is at %+v", b.store.Head())
		}
		if again := reopen(t, b).Head(); again != after {
			t.Errorf("after a start it is %+v, want %+v", again, after)
		}
	})
}
