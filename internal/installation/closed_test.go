package installation_test

import (
	"testing"

	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// A look at the clock that had begun when the installation closed winds nothing
// up again.
func TestAClosedInstallationLooksAtTheClockNoMore(t *testing.T) {
	f, in := twoIssuers(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	in.Look()
	if in.Winds() {
		t.Error("it will look again")
	}
}
