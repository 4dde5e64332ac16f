package store

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/installation/anchor"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/internal/tamper"
)

// anchoredBook is a book that is remembered in a directory.
func anchoredBook(t testing.TB, db *sqldb.DB) *Book {
	t.Helper()
	return createBook(t, openStore(t, db, Options{Anchors: filepath.Join(t.TempDir(), "anchors")}), "design")
}

// A saved database is every row of every table, or of one installation.
type saved map[string][][]any

func save(t testing.TB, db *sqldb.DB) saved {
	t.Helper()
	tables, err := db.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := saved{}
	for table, columns := range tables {
		s[table] = nil
		if err := each(t.Context(), db, "SELECT "+strings.Join(columns, ", ")+" FROM "+table, nil, func(rows *sql.Rows) error {
			cells, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			s[table] = append(s[table], cells)
			return rows.Scan(into...)
		}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// putBack makes the database what it was.
func putBack(t testing.TB, db *sqldb.DB, s saved) {
	t.Helper()
	tables, err := db.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for table, columns := range tables {
		if _, err := db.Exec(t.Context(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
		for _, row := range s[table] {
			row = slices.Clone(row)
			for i, cell := range row {
				if b, ok := cell.([]byte); ok && len(b) == 0 {
					row[i] = []byte{} // nil would be null
				}
			}
			if _, err := db.Exec(t.Context(), insertText(table, columns, 1), row...); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// remembered is what stands in the directory of anchors.
func remembered(t testing.TB, b *Book) map[string][]byte {
	t.Helper()
	slots, err := anchor.Read(b.store.options.Anchors)
	if err != nil {
		t.Fatal(err)
	}
	return slots
}

func remember(t testing.TB, b *Book, slots map[string][]byte) {
	t.Helper()
	dir := b.store.options.Anchors
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, slot := range slots {
		if err := os.WriteFile(filepath.Join(dir, name), slot, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func slotOf(b *Book, slot int) string {
	return anchor.Name{Installation: b.ID(), Ledger: "seats", Node: "pott", Slot: slot}.String()
}

// sayOf says in words what the witnesses say of a book.
func sayOf(b *Book) string {
	switch r := b.Rollback(); {
	case r.Forked:
		return fmt.Sprintf("forked at %d", r.Highest)
	case r.Back:
		return fmt.Sprintf("rolled back from %d to %d", r.Highest, r.Seq)
	case r.Why != "":
		return "unknown: " + r.Why
	}
	return "intact"
}

func TestWhatTheAnchorsSay(t *testing.T) {
	t.Parallel()
	const nothing = "unknown: nothing outside the database remembers how far it was"
	for name, c := range map[string]struct {
		do     func(t *testing.T, b *Book, slots map[string][]byte)
		want   string
		faults []string
	}{
		"nothing was done": {func(*testing.T, *Book, map[string][]byte) {}, "intact", nil},
		"one slot is missing": {func(t *testing.T, b *Book, slots map[string][]byte) {
			delete(slots, slotOf(b, 0))
		}, "intact", nil},
		"the newest slot is torn": {func(t *testing.T, b *Book, slots map[string][]byte) {
			slots[slotOf(b, 1)] = slots[slotOf(b, 1)][:60]
		}, "intact", []string{"torn"}},
		"a byte of one slot was changed": {func(t *testing.T, b *Book, slots map[string][]byte) {
			slots[slotOf(b, 1)][100] ^= 1
		}, "intact", []string{"torn"}},
		"both slots are torn": {func(t *testing.T, b *Book, slots map[string][]byte) {
			slots[slotOf(b, 0)], slots[slotOf(b, 1)] = nil, slots[slotOf(b, 1)][:60]
		}, nothing, []string{"torn", "torn"}},
		"there is no anchor": {func(t *testing.T, b *Book, slots map[string][]byte) { clear(slots) }, nothing, nil},
		"both are old copies": {func(t *testing.T, b *Book, slots map[string][]byte) {
			addPerson(t, b, "later")
		}, "intact", nil},
		"they are another installation's": {func(t *testing.T, b *Book, slots map[string][]byte) {
			other := createBook(t, b.store, "other")
			theirs := remembered(t, other)
			slots[slotOf(b, 0)], slots[slotOf(b, 1)] = theirs[slotOf(other, 1)], theirs[slotOf(other, 1)]
		}, nothing, []string{"of another installation or ledger", "of another installation or ledger"}},
		"they are the server's": {func(t *testing.T, b *Book, slots map[string][]byte) {
			theirs := slots["server.server.pott.1.anchor"]
			slots[slotOf(b, 0)], slots[slotOf(b, 1)] = theirs, theirs
		}, nothing, []string{"of another installation or ledger", "of another installation or ledger"}},
		"they were made with another key": {func(t *testing.T, b *Book, slots map[string][]byte) {
			a, _ := tamper.NewKeys(keys.Master, b.ID()).OpenAnchor(slots[slotOf(b, 1)])
			a.Seq = 900
			slot := tamper.NewKeys([32]byte{9}, b.ID()).SealAnchor(a)
			slots[slotOf(b, 0)], slots[slotOf(b, 1)] = slot, slot
		}, nothing, []string{"of another key", "of another key"}},
		"another node remembers more": {func(t *testing.T, b *Book, slots map[string][]byte) {
			a, _ := tamper.NewKeys(keys.Master, b.ID()).OpenAnchor(slots[slotOf(b, 1)])
			a.Seq = 900
			slots[b.ID()+".seats.other.0.anchor"] = tamper.NewKeys(keys.Master, b.ID()).SealAnchor(a)
		}, "rolled back from 900 to 7", nil},
		"another node remembers another history": {func(t *testing.T, b *Book, slots map[string][]byte) {
			a, _ := tamper.NewKeys(keys.Master, b.ID()).OpenAnchor(slots[slotOf(b, 1)])
			a.Seq--
			slots[b.ID()+".seats.other.0.anchor"] = tamper.NewKeys(keys.Master, b.ID()).SealAnchor(a)
		}, "forked at 6", nil},
		"another node remembers another epoch": {func(t *testing.T, b *Book, slots map[string][]byte) {
			a, _ := tamper.NewKeys(keys.Master, b.ID()).OpenAnchor(slots[slotOf(b, 1)])
			a.Epoch[0] ^= 1
			slots[b.ID()+".seats.other.0.anchor"] = tamper.NewKeys(keys.Master, b.ID()).SealAnchor(a)
		}, "forked at 7", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := anchoredBook(t, sqldbtest.Open(t, sqldbtest.SQLite(t))) // files are files, beside either database
			for i := range 5 {
				addPerson(t, b, fmt.Sprint("p", i))
			}
			if err := b.store.anchors.dir.Sync(); err != nil {
				t.Fatal(err)
			}
			addPerson(t, b, "newest")
			b.store.anchors.dir.Sync() // the newest slot is 1, the other one is behind by one
			b.anchored = -1
			b.remember()
			slots := remembered(t, b)
			c.do(t, b, slots)
			b.store.Close()
			remember(t, b, slots)
			b = reopen(t, b)
			if got := sayOf(b); got != c.want {
				t.Errorf("the witnesses say %q, want %q", got, c.want)
			}
			var faults []string
			for _, f := range b.store.AnchorFaults() {
				faults = append(faults, f.What)
			}
			if diff := cmp.Diff(c.faults, faults); diff != "" {
				t.Errorf("files that are not used (-want +got):\n%s", diff)
			}
			if back := b.Rollback().Back; back != (b.Health() == RolledBack) {
				t.Errorf("back is %v, and the installation %v", back, b.Health())
			}
		})
	}
}

// Nothing is written to a database that was rolled back, not even what gives
// something up: it would look like the changes that are missing.
func TestADatabaseThatWasRolledBackIsOnlyRead(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := anchoredBook(t, db)
		anna := addPerson(t, b, "anna")
		putPool(t, b, web(), 3)
		do(t, b, give(anna, web()))
		backup := save(t, db)
		do(t, b, release(anna, web()))
		b.store.Close()
		putBack(t, db, backup)
		b = reopen(t, b)
		if got := sayOf(b); got != "rolled back from 5 to 4" || b.Health() != RolledBack {
			t.Fatalf("the witnesses say %q, and it is %v", got, b.Health())
		}
		if diff := cmp.Diff([]string{"head rolled back from 5 to 4"}, foundAll(b)); diff != "" {
			t.Errorf("damage (-want +got):\n%s", diff)
		}
		for what, act := range map[string]func(*Tx) error{
			"give": give(anna, web()), "release": release(anna, web()), "erase": func(tx *Tx) error {
				tx.Entry("person.erase", anna)
				return tx.ErasePersonal(anna)
			},
		} {
			back := new(RolledBackError)
			if _, err := b.Update(t.Context(), admin, monday, act); !errors.As(err, &back) || back.From != 5 || back.To != 4 {
				t.Errorf("%s: %v", what, err)
			}
		}
		b.View(func(v *View) error {
			if len(v.Assignments(anna)) != 1 {
				t.Error("what it knows is not shown")
			}
			return nil
		})
		if diff := cmp.Diff(backup, save(t, db)); diff != "" {
			t.Errorf("it was written to:\n%s", diff)
		}
		if again := sayOf(reopen(t, b)); again != "rolled back from 5 to 4" {
			t.Errorf("after another start: %s", again)
		}
	})
}

// Two histories with the same numbers are told apart.
func TestAForkIsNoticed(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := anchoredBook(t, db)
		backup, slots := save(t, db), remembered(t, b)
		addPerson(t, b, "anna")
		addPerson(t, b, "bo")
		theirs := remembered(t, b)
		b.store.Close()
		putBack(t, db, backup)
		remember(t, b, slots)
		b = reopen(t, b)
		for i := range 4 {
			addPerson(t, b, fmt.Sprint("mallory", i))
		}
		b.store.Close()
		remember(t, b, theirs)
		b = reopen(t, b)
		if got := sayOf(b); got != "forked at 3" || b.Health() != RolledBack {
			t.Errorf("the witnesses say %q, and it is %v", got, b.Health())
		}
	})
}

func TestAnInstallationThatIsGoneIsRemembered(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		first := anchoredBook(t, db)
		before, slots := save(t, db), remembered(t, first)
		createBook(t, first.store, "another")
		all := remembered(t, first)
		first.store.Close()
		// The list of installations is as it was, and so is what is remembered of
		// it; only the anchor of the other installation is left.
		putBack(t, db, before)
		maps.Copy(all, slots)
		remember(t, first, all)
		s := openStore(t, db, Options{Anchors: first.store.options.Anchors})
		health, damages := s.Health()
		if health != RolledBack && (health != ReadOnly || len(damages) != 1) {
			t.Errorf("%v, %+v", health, damages)
		}
		if _, err := s.CreateInstallation(t.Context(), admin, monday, NewInstallation{Name: "third"}); err == nil {
			t.Error("a new one is made all the same")
		}
	})
}

// A database that was emptied is not begun anew.
func TestADatabaseThatWasEmptiedIsNoNewOne(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := anchoredBook(t, db)
		b.store.Close()
		putBack(t, db, saved{})
		s := openStore(t, db, Options{Anchors: b.store.options.Anchors})
		if health, damages := s.Health(); health != ReadOnly || len(damages) == 0 || len(s.Names()) != 0 {
			t.Errorf("%v, %+v", health, damages)
		}
		if len(save(t, db)["head"]) != 0 {
			t.Error("it has a head again")
		}
	})
}

// Every answered change is remembered, whichever server made it.
func TestEveryChangeIsRememberedBeforeItIsAnswered(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		first := anchoredBook(t, sqldbtest.Open(t, dsn))
		store := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second", Anchors: first.store.options.Anchors})
		second, err := store.Book("design")
		if err != nil {
			t.Fatal(err)
		}
		highest := func(node string) int64 {
			found, err := openAnchors(first.store.options.Anchors, "reader", tamper.Ring{{Key: keys.Master}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer found.dir.Close()
			var seq int64
			for _, w := range found.of(&first.ledger) {
				if strings.Contains(w.from, "."+node+".") {
					seq = w.Seq
				}
			}
			return seq
		}
		for i := range 3 {
			addPerson(t, first, fmt.Sprint("p", i))
			if got, want := highest("pott"), first.Head().Seq; got != want {
				t.Errorf("after change %d, %d is remembered", want, got)
			}
			first.store.anchors.dir.Sync()
		}
		if err := second.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := highest("second"), first.Head().Seq; got != want {
			t.Errorf("the second server follows to %d and remembers %d", want, got)
		}
		if names := slices.Sorted(maps.Keys(remembered(t, first))); len(names) < 5 {
			t.Errorf("ledgers and nodes: %v", names)
		}
	})
}

// A disk that cannot be written on refuses no change: it is stored already.
func TestAnAnchorThatCannotBeWrittenIsTold(t *testing.T) {
	t.Parallel()
	b := anchoredBook(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	dir := b.store.options.Anchors
	if err := os.Rename(dir, dir+".gone"); err != nil {
		t.Fatal(err)
	}
	addPerson(t, b, "anna")
	if b.AnchorError() == nil {
		t.Error("nothing is said")
	}
	if err := os.Rename(dir+".gone", dir); err != nil {
		t.Fatal(err)
	}
	addPerson(t, b, "bo")
	if err := b.AnchorError(); err != nil {
		t.Error(err)
	}
	if got := sayOf(reopen(t, b)); got != "intact" {
		t.Error(got)
	}
}
