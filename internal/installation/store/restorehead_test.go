package store

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

var lostHeads = map[string]string{
	"its box is edited":          "UPDATE head SET box = epoch WHERE ledger = 'seats'",
	"its number is edited":       "UPDATE head SET seq = seq - 1 WHERE ledger = 'seats'",
	"its link is edited":         "UPDATE head SET link = schema WHERE ledger = 'seats'",
	"it is not one at all":       "UPDATE head SET epoch = box, key_id = box WHERE ledger = 'seats'",
	"it is deleted":              "DELETE FROM head WHERE ledger = 'seats'",
	"that of the server is, too": "DELETE FROM head",
}

// The journal and the anchor together say what a damaged head said: it is made
// again, in a new epoch, nothing is lost, and the record says that it was.
func TestADamagedHeadIsMadeAgainFromWhatProvesIt(t *testing.T) {
	t.Parallel()
	for name, attack := range lostHeads {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				b := anchoredBook(t, db)
				anna := addPerson(t, b, "anna")
				putPool(t, b, web(), 3)
				do(t, b, give(anna, web()))
				before := b.Head()
				b.store.Close()
				if _, err := db.Exec(t.Context(), attack); err != nil {
					t.Fatal(err)
				}
				s := openStore(t, db, Options{Parse: b.store.options.Parse, Anchors: b.store.options.Anchors})
				for range 2 { // with the server's own ledger the installations come back, and are next
					list, err := s.RestoreHeads(t.Context(), monday, accepted)
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range list {
						if r.Gap != 0 || r.New.Epoch == r.Backup.Epoch || r.New.Seq != r.Backup.Seq+1 || r.Ledger == "seats" && r.Backup != before {
							t.Errorf("%+v, the head was %+v", r, before)
						}
					}
					s.Close()
					s = openStore(t, db, Options{Parse: b.store.options.Parse, Anchors: b.store.options.Anchors})
					if again, err := s.Book("design"); err == nil && !again.isShut() {
						break
					}
				}
				again, err := s.Book("design")
				if err != nil {
					t.Fatal(err)
				}
				if again.Health() != Sound || sayOf(again) != "intact" || again.Head().Seq != before.Seq+1 {
					t.Errorf("%v %s %+v %v", again.Health(), sayOf(again), again.Head(), again.Damage())
				}
				checkBook(t, again)
				addPerson(t, again, "bo")
				checkBook(t, reopen(t, again))
				entries, err := again.AuditEntries(t.Context(), AuditFilter{Action: "installation.restore"})
				if err != nil || len(entries) != 1 || entries[0].Fact("gap") != "0" || entries[0].Fact("reason") != accepted.Reason {
					t.Errorf("%+v, %v", entries, err)
				}
			})
		})
	}
}

// What is not proved stays damaged: nothing that stands in the database becomes
// true by making a head for it.
func TestAHeadThatNothingProvesIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	const gone = "DELETE FROM head WHERE ledger = 'seats'"
	for name, c := range map[string]struct {
		attacks []string
		anchors func(t *testing.T, dir, older string)
		want    string // why; "good" when no head is damaged
	}{
		"the head is good":             {want: "good"},
		"no anchor is there":           {attacks: []string{gone}, anchors: func(t *testing.T, dir, _ string) { os.RemoveAll(dir) }, want: "witness"},
		"the anchors are edited":       {attacks: []string{gone}, anchors: func(t *testing.T, dir, _ string) { spoilAnchors(t, dir) }, want: "witness"},
		"the anchors are from before":  {attacks: []string{gone}, anchors: func(t *testing.T, dir, older string) { replaceDir(t, dir, older) }, want: "behind"},
		"a change is edited":           {attacks: []string{gone, "UPDATE journal SET at = at + 1 WHERE ledger = 'seats' AND seq = 2"}, want: "journal"},
		"the last change is deleted":   {attacks: []string{gone, "DELETE FROM journal WHERE ledger = 'seats' AND seq = (SELECT max(seq) FROM journal WHERE ledger = 'seats')"}, want: "journal"},
		"the first change is deleted":  {attacks: []string{gone, "DELETE FROM journal WHERE ledger = 'seats' AND seq = 1"}, want: "journal"},
		"all changes are deleted":      {attacks: []string{gone, "DELETE FROM journal WHERE ledger = 'seats'"}, want: "journal"},
		"the rows of a change are not": {attacks: []string{gone, "UPDATE journal SET changes = link WHERE ledger = 'seats' AND seq = 3"}, want: "journal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				b := anchoredBook(t, db)
				dir, older := b.store.options.Anchors, filepath.Join(t.TempDir(), "older")
				anna := addPerson(t, b, "anna")
				putPool(t, b, web(), 3)
				b.store.Close()
				if err := os.CopyFS(older, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
				b = reopen(t, b)
				do(t, b, give(anna, web()))
				b.store.Close()
				for _, text := range c.attacks {
					if _, err := db.Exec(t.Context(), text); err != nil {
						t.Fatal(err)
					}
				}
				if c.anchors != nil {
					c.anchors(t, dir, older)
				}
				s := openStore(t, db, Options{Anchors: dir})
				_, planned := s.PlanHeads(t.Context(), accepted)
				s.Close()
				s = openStore(t, db, Options{Anchors: dir})
				_, err := s.RestoreHeads(t.Context(), monday, accepted)
				for _, err := range []error{planned, err} {
					why := "good"
					if e, ok := err.(*HeadUnprovenError); ok {
						why = e.Why
					} else if _, ok := err.(*HeadsGoodError); !ok {
						t.Errorf("%v", err)
					}
					if why != c.want {
						t.Errorf("%v, want %s", err, c.want)
					}
				}
				s.Close()
				if again, err := openStore(t, db, Options{Anchors: dir}).Book("design"); c.want != "good" && (err != nil || !again.isShut()) {
					t.Errorf("its head is good now: %v", err)
				}
			})
		})
	}
}

// Making a head again brings no row into use that is not the one the journal has:
// an old copy, a deleted row that was put back and a row that is gone are named as
// they always are.
func TestMakingAHeadAgainLaundersNothing(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := anchoredBook(t, db)
		anna := addPerson(t, b, "anna")
		putPool(t, b, web(), 3)
		do(t, b, func(tx *Tx) error {
			tx.Entry("profile.put", "")
			return tx.PutProfile(Profile{Code: "old"})
		})
		old := save(t, db)
		do(t, b, func(tx *Tx) error {
			tx.Entry("profile.put", "")
			return tx.PutProfile(Profile{Code: "old", Name: "newer"})
		})
		do(t, b, give(anna, web()))
		b.store.Close()
		copyRows(t, b, old, "profile", func([]any) bool { return true })
		for _, text := range []string{"DELETE FROM assignment", "DELETE FROM head WHERE ledger = 'seats'"} {
			if _, err := db.Exec(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		s := openStore(t, db, Options{Anchors: b.store.options.Anchors})
		if _, err := s.RestoreHeads(t.Context(), monday, accepted); err != nil {
			t.Fatal(err)
		}
		s.Close()
		again, err := openStore(t, db, Options{Anchors: b.store.options.Anchors}).Book("design")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"assignment deleted", "profile old copy put back"}, foundAll(again)); diff != "" || again.Health() != Damaged {
			t.Errorf("%v (-want +got):\n%s", again.Health(), diff)
		}
	})
}

func replaceDir(t *testing.T, dir, with string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(with)); err != nil {
		t.Fatal(err)
	}
}

func spoilAnchors(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.anchor"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err == nil {
			b[len(b)-1] ^= 1
			err = os.WriteFile(file, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
