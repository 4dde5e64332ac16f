package host

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// Everything goes to the other kind of database and back: what was answered is
// there, and the old place neither changes nor serves anything again.
func TestADatabaseIsMovedWithEverythingInIt(t *testing.T) {
	server := sqldbtest.Server(t)
	if server == "" {
		t.Log("no PostgreSQL: moved from one file to nowhere else")
		return
	}
	c := made(t, "", "acme", "birka")
	running := opened(t, c)
	before := intact(t, c)
	to := sqldbtest.Postgres(t, server)
	h, err := OpenBeside(t.Context(), c, running.now, running.log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Move(t.Context(), tester, to, true); err != nil {
		t.Errorf("a dry run: %v", err)
	}
	addPerson(t, running.House().Installation("acme"), "cilla")
	done, err := h.Move(t.Context(), tester, to, false)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(done.To, "pott:pott") || done.Rows == 0 {
		t.Errorf("%+v", done)
	}
	h.Close()

	// A server that was running here changes nothing any more.
	_, err = running.House().Installation("acme").AddPerson(t.Context(), installation.Act{By: tester}, api.NewPerson{UserID: "dag"})
	if !errors.As(err, new(*store.MovedError)) {
		t.Errorf("a change in the old place: %v", err)
	}
	if _, err := Open(t.Context(), c, running.now, running.log); !errors.As(err, new(*store.MovedError)) {
		t.Errorf("the old place opens: %v", err)
	}
	if _, err := running.House().Installation("acme").Person(t.Context(), installation.Act{By: tester}, "dag"); err == nil {
		t.Error("the old place has what it refused")
	}

	there := c
	there.Database = to
	after := intact(t, there)
	if after.Checked.Rows != before.Checked.Rows+1 {
		t.Errorf("%+v are there, %+v were here", after.Checked, before.Checked)
	}
	moved := opened(t, there)
	for _, id := range []string{"anna", "cilla"} {
		if _, err := moved.House().Installation("acme").Person(t.Context(), installation.Act{By: tester}, id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	addPerson(t, moved.House().Installation("birka"), "eva")
	if _, err := moved.Move(t.Context(), tester, to, false); !errors.As(err, new(*SamePlaceError)) {
		t.Errorf("to where it is: %v", err)
	}
	if _, err := moved.Move(t.Context(), tester, ToFile, false); !errors.As(err, new(*OccupiedError)) {
		t.Errorf("over the file it came from: %v", err)
	}
	// And back, into another data directory.
	moved.config.Data = filepath.Join(t.TempDir(), "data")
	if err := makeDir(moved.config.Data); err != nil {
		t.Fatal(err)
	}
	if _, err := moved.Move(t.Context(), tester, ToFile, false); err != nil {
		t.Fatal(err)
	}
}

// A copy that was left behind by a move that was cut short is replaced. One that
// somebody has used is not.
func TestAMoveIsTriedAgain(t *testing.T) {
	server := sqldbtest.Server(t)
	if server == "" {
		return
	}
	c := made(t, "", "acme")
	h := opened(t, c)
	to := sqldbtest.Postgres(t, server)
	left := h.config
	left.Database = to
	db, err := h.openTarget(t.Context(), left, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fill(t.Context(), h.db, db); err != nil {
		t.Fatal(err)
	}
	addPerson(t, h.House().Installation("acme"), "cilla")
	if err := h.mayFill(t.Context(), db, left); err != nil {
		t.Errorf("an older copy of what is here: %v", err)
	}
	elsewhere := left
	elsewhere.Anchors = filepath.Join(t.TempDir(), "anchors")
	other := opened(t, elsewhere)
	addPerson(t, other.House().Installation("acme"), "somebody else")
	other.Close()
	if _, err := h.Move(t.Context(), tester, to, false); !errors.As(err, new(*OccupiedError)) {
		t.Errorf("over a copy that was used: %v", err)
	}
	addPerson(t, h.House().Installation("acme"), "dag")
	if _, err := fill(t.Context(), h.db, db); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Move(t.Context(), tester, to, false); err != nil {
		t.Errorf("over an untouched copy: %v", err)
	}
	db.Close()
}
