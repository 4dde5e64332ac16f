package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

var testCopy = NewInstallation{Name: "design", Owner: Owner{Company: "Designteamet", Serial: "1600070120", TimeZone: "Europe/Stockholm", Language: "sv", SiteKey: []byte("another")}}

// have is what a copy must have as the original has it.
func have(t *testing.T, b *Book) (all struct {
	People   map[string]Personal
	Holds    map[string][]seat.Assignment
	History  map[string][]Assignment
	Licenses []License
	Sets     []Set
	File     string
	KeyLists []KeyList
	Profiles []Profile
	Highest  int64
}) {
	t.Helper()
	all.People, all.Holds, all.History = map[string]Personal{}, map[string][]seat.Assignment{}, map[string][]Assignment{}
	err := b.View(func(v *View) error {
		for p := range v.People() {
			all.People[p.ID], all.Holds[p.ID] = p.Personal, v.Assignments(p.ID)
			var err error
			if all.History[p.ID], err = v.History(t.Context(), p.ID); err != nil {
				return err
			}
		}
		all.Licenses, all.Sets, all.KeyLists, all.Profiles = v.Licenses(), v.Sets(), v.KeyLists(), v.Profiles()
		all.Highest = v.HighestSet("SUPEROFFICE", "1600070120")
		file, err := v.SetFile(t.Context(), all.Sets[0].File)
		all.File = string(file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestACopyForTestsHasEverythingUnderAnotherKey(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		everything(t, b)
		before := save(t, db)
		other, err := Open(t.Context(), sqldbtest.Open(t, sqldbtest.SQLite(t)), Keys{Master: [32]byte{9}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		clone, err := b.CloneTest(t.Context(), other, admin, monday, testCopy)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if diff := cmp.Diff(have(t, b), have(t, clone)); diff != "" {
				t.Errorf("the copy differs (-original +copy):\n%s", diff)
			}
			if clone.Health() != Sound || clone.ID() == b.ID() || clone.Head().Seq != 1 || clone.Head().Epoch == b.Head().Epoch {
				t.Errorf("the copy is %v, %s, %+v", clone.Health(), clone.ID(), clone.Head())
			}
			clone.View(func(v *View) error {
				if !v.Info().Test || v.Info().Demo || len(v.Tokens()) != 0 || string(v.Info().SiteKey) != "another" {
					t.Errorf("the copy is %+v, with %d tokens", v.Info(), len(v.Tokens()))
				}
				return nil
			})
			if _, err := clone.VerifyChain(t.Context()); err != nil {
				t.Error(err)
			}
			other.Close()
			if other, err = Open(t.Context(), other.db, Keys{Master: [32]byte{9}}, Options{}); err != nil {
				t.Fatal(err)
			}
			if clone, err = other.Book("design"); err != nil {
				t.Fatal(err)
			}
		}
		entries, err := clone.AuditEntries(t.Context(), AuditFilter{Action: "installation.clone"})
		if err != nil || len(entries) != 1 || entries[0].Fact("from") != b.ID() {
			t.Errorf("the copy says that it comes from %+v, %v", entries, err)
		}
		// It goes on by itself, and the original knows nothing of it.
		if _, err := clone.Update(t.Context(), admin, monday, func(tx *Tx) error {
			tx.Entry("profile.put", "")
			return tx.PutProfile(Profile{Code: "trial"})
		}); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(before, save(t, db)); diff != "" {
			t.Errorf("the original was written to:\n%s", diff)
		}
	})
}

// A copy of a copy of the database, as it was taken from a backup, is made of what
// the backup holds; one of a damaged installation is not made.
func TestACopyForTestsCoversNothingUp(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		to := openStore(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), Options{})
		b, _ := rolledBack(t, db)
		if _, err := b.CloneTest(t.Context(), to, admin, monday, testCopy); err != nil {
			t.Errorf("of a backup: %v", err)
		}
		if _, err := b.CloneTest(t.Context(), to, admin, monday, testCopy); !errors.As(err, new(*InstallationExistsError)) {
			t.Errorf("under the same name: %v", err)
		}
		n := testCopy
		n.Name = "second"
		attack(t, b, "UPDATE license SET seats = 900 WHERE installation = ?", b.ID())
		if _, err := b.CloneTest(t.Context(), to, admin, monday, n); !errors.As(err, new(*DamagedError)) {
			t.Errorf("edited since it was opened: %v", err)
		}
		if _, err := reopen(t, b).CloneTest(t.Context(), to, admin, monday, n); !errors.As(err, new(*ReadOnlyError)) {
			t.Errorf("damaged: %v", err)
		}
		if _, err := to.Book("second"); err == nil {
			t.Error("there is half a copy")
		}
	})
}

// Every table is either copied or left out for a reason.
func TestEveryTableIsCopiedOrLeftOut(t *testing.T) {
	b := newTestBook(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	known := map[string]bool{}
	for _, table := range b.tables {
		known[table.sealedLayout().Table] = true
	}
	for table := range notCloned {
		if !known[table] {
			t.Errorf("there is no table %s to leave out", table)
		}
	}
	for table := range unsealed {
		if _, copied := besides[table]; !copied && forgotten[table] == "" && table != "head" && table != "journal" && table != "audit" {
			t.Errorf("a copy for tests has nothing of %s", table)
		}
	}
}
