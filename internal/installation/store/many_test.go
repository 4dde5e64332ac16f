package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// A vendor that hosts its customers has more installations than one process has
// connections. None of them keeps a connection that another waits for.
func TestManyInstallationsShareFewConnections(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			s := openStore(t, db, Options{})
			for i := range 30 {
				b := createBook(t, s, fmt.Sprint("customer-", i))
				addPerson(t, b, "anna")
				if _, err := b.VerifyChain(t.Context()); err != nil {
					t.Error(err)
				}
			}
			for _, b := range s.Books() {
				addPerson(t, b, "bo")
			}
		}()
		select {
		case <-done:
		case <-time.After(60 * time.Second):
			t.Fatal("30 installations wait for each other's connections")
		}
	})
}
