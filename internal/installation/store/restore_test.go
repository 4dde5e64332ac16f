package store

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

var accepted = Restore{By: admin, Administrator: "anna", Reason: "the disk broke"}

// rolledBack is a book whose database was put back to before its last five
// changes, and what stood in the database after them.
func rolledBack(t *testing.T, db *sqldb.DB) (b *Book, lost saved) {
	t.Helper()
	b = anchoredBook(t, db)
	anna := addPerson(t, b, "anna")
	putPool(t, b, web(), 3)
	backup := save(t, db)
	do(t, b, give(anna, web()))
	addPerson(t, b, "bo")
	do(t, b, func(tx *Tx) error {
		tx.Entry("set", "")
		if err := tx.PutKeyList(KeyList{Number: 4, Note: []byte("note")}); err != nil {
			return err
		}
		return tx.PutSet(Set{Checkpoint: "c9", Issuer: "SUPEROFFICE", Number: 9, Serial: "1600070120", State: SetLoaded, AcceptedAt: 7})
	})
	addPerson(t, b, "cecilia")
	do(t, b, func(tx *Tx) error {
		tx.Entry("profile.put", "")
		return tx.PutProfile(Profile{Code: "lost"})
	})
	lost = save(t, db)
	b.store.Close()
	putBack(t, db, backup)
	return reopen(t, b), lost
}

func accept(t *testing.T, b *Book) []Restored {
	t.Helper()
	list, err := b.store.AcceptRestore(t.Context(), monday, accepted)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestARestoreThatIsAcceptedGoesOnInANewEpoch(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b, _ := rolledBack(t, db)
		before := b.Head()
		list := accept(t, b)
		if len(list) != 2 || list[0].Ledger != "server" || list[0].Gap != 0 || list[1].Gap != 5 || list[1].Backup != before {
			t.Fatalf("restored %+v", list)
		}
		r := list[1]
		if r.Highest.Seq != 8 || r.New.Seq != 9 || r.New != b.Head() || r.New.Epoch == before.Epoch {
			t.Errorf("restored %+v, and the head is %+v", r, b.Head())
		}
		if b.Health() != Sound || sayOf(b) != "intact" || len(b.Damage()) != 0 {
			t.Errorf("%v, %s, %v", b.Health(), sayOf(b), b.Damage())
		}
		b.View(func(v *View) error {
			if v.HighestSet("SUPEROFFICE", "1600070120") != 9 || v.HighestKeyList() != 4 {
				t.Error("what only rises went back with the database")
			}
			return nil
		})
		addPerson(t, b, "bo")
		checkBook(t, b)
		b = reopen(t, b)
		checkBook(t, b)
		if sayOf(b) != "intact" || b.Health() != Sound || b.Head().Seq != 10 {
			t.Errorf("after a start: %s, %v, %+v", sayOf(b), b.Health(), b.Head())
		}
		entries, err := b.AuditEntries(t.Context(), AuditFilter{Action: "installation.restore"})
		if err != nil || len(entries) != 1 || entries[0].Fact("gap") != "5" || entries[0].Fact("administrator") != "anna" ||
			entries[0].Fact("highest_seq") != "8" || entries[0].Fact("backup_link") != fmt.Sprintf("%x", before.Link) {
			t.Errorf("the entry: %+v, %v", entries, err)
		}
	})
}

// Whatever was written before the restore and is not in the backup is worth
// nothing afterwards, good seals or not.
func TestWhatWasGivenUpStaysGivenUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(t *testing.T, b *Book, lost saved)
		want string
	}{
		"a row that was overwritten": {func(t *testing.T, b *Book, lost saved) {
			copyRows(t, b, lost, "license", func([]any) bool { return true })
		}, "license from an abandoned branch"},
		"a row that was new": {func(t *testing.T, b *Book, lost saved) {
			copyRows(t, b, lost, "profile", func([]any) bool { return true })
		}, "profile from an abandoned branch"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				b, lost := rolledBack(t, db)
				accept(t, b)
				c.do(t, b, lost)
				b = reopen(t, b)
				if diff := cmp.Diff([]string{c.want}, foundAll(b)); diff != "" || b.Health() != Damaged {
					t.Errorf("%v (-want +got):\n%s", b.Health(), diff)
				}
			})
		})
	}
}

// copyRows puts the rows of a table from another copy of the database in place of
// those that are there.
func copyRows(t *testing.T, b *Book, from saved, table string, which func([]any) bool) {
	t.Helper()
	tables, err := b.store.db.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.db.Exec(t.Context(), "DELETE FROM "+table); err != nil && table != "journal" {
		t.Fatal(err)
	}
	for _, row := range from[table] {
		if !which(row) {
			continue
		}
		if _, err := b.store.db.Exec(t.Context(), insertText(table, tables[table], 1), row...); err != nil {
			t.Fatal(err)
		}
	}
}

// While the server runs, a row of the abandoned branch is refused where it would
// be written over.
func TestARowOfAnAbandonedBranchIsNotWrittenOver(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b, lost := rolledBack(t, db)
		accept(t, b)
		copyRows(t, b, lost, "license", func([]any) bool { return true })
		anna := ""
		b.View(func(v *View) error {
			p, _ := v.PersonByUserID("anna")
			anna = p.ID
			return nil
		})
		damaged := new(DamagedError)
		if _, err := b.Update(t.Context(), admin, monday, give(anna, web())); !errors.As(err, &damaged) || damaged.What != "from an abandoned branch" {
			t.Errorf("the act: %v", err)
		}
	})
}

// A batch of the abandoned branch in the gap breaks the chain.
func TestABatchInTheGapBreaksTheChain(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b, lost := rolledBack(t, db)
		accept(t, b)
		tables, _ := db.Tables(t.Context())
		for _, row := range lost["journal"] {
			db.Exec(t.Context(), insertText("journal", tables["journal"], 1), row...) // those that are there already are refused
		}
		if _, err := b.VerifyChain(t.Context()); err == nil {
			t.Error("the chain is whole")
		}
	})
}

// What another node remembers of the part that was given up is explained by the
// restore; what it remembers beyond is not.
func TestAnotherNodesAnchorAfterARestore(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b, _ := rolledBack(t, db)
		old := b.store.anchors.of(&b.ledger)[0]
		accept(t, b)
		addPerson(t, b, "bo")
		for _, c := range []struct {
			seq  int64
			want string
		}{{3, "forked at 3"}, {4, "intact"}, {8, "intact"}, {9, "forked at 9"}, {11, "rolled back from 11 to 10"}} {
			a := old.Anchor
			a.Seq = c.seq
			slots := remembered(t, b)
			slots[b.ID()+".seats.other.0.anchor"] = b.keys.Clone().SealAnchor(a)
			b.store.Close()
			remember(t, b, slots)
			b = reopen(t, b)
			if got := sayOf(b); got != c.want {
				t.Errorf("it remembers %d of the old epoch: %q, want %q", c.seq, got, c.want)
			}
		}
	})
}

func TestARestoreGoesAboveWhateverSomebodyRemembers(t *testing.T) {
	t.Parallel()
	b := anchoredBook(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	r := accepted
	r.Seen = []Seen{{b.ID(), "seats", 700}, {b.ID(), "server", 900}, {"other", "seats", 900}}
	plan, err := b.store.PlanRestore(r)
	if err != nil || plan[1].New.Seq != 701 || b.Head().Seq != 1 {
		t.Fatalf("planned %+v, %v; the head is %+v", plan, err, b.Head())
	}
	list, err := b.store.AcceptRestore(t.Context(), monday, r)
	if err != nil || list[1].New.Seq != 701 || list[0].New.Seq != 2 {
		t.Fatalf("restored %+v, %v", list, err)
	}
	r.Seen = []Seen{{b.ID(), "seats", 1 << 60}}
	if _, err := b.store.AcceptRestore(t.Context(), monday, r); !errors.As(err, new(*GapError)) {
		t.Errorf("beyond all reason: %v", err)
	}
	// Once more: epochs follow each other.
	accept(t, b)
	addPerson(t, b, "anna")
	checkBook(t, reopen(t, b))
}

// A database whose rows are wrong is not taken into use by a restore.
func TestARestoreDoesNotCoverUpDamage(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b, _ := rolledBack(t, db)
		attack(t, b, "UPDATE head SET box = ? WHERE installation = ?", []byte("nothing"), b.ID())
		b = reopen(t, b)
		if _, err := b.store.AcceptRestore(t.Context(), monday, accepted); !errors.As(err, new(*ReadOnlyError)) {
			t.Errorf("a head that does not open: %v", err)
		}
		if sayOf(b) != "unknown: its head is damaged or missing" {
			t.Error(sayOf(b))
		}
	})
}

// A server that runs while another takes a restore into use goes on when it was
// not ahead, and stops when it was.
func TestAServerThatRunsThroughARestore(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		b := anchoredBook(t, sqldbtest.Open(t, dsn))
		other, err := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second"}).Book("design")
		if err != nil {
			t.Fatal(err)
		}
		accept(t, b)
		addPerson(t, b, "anna")
		addPerson(t, other, "bo")
		if err := b.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(dump(t, b), dump(t, other)); diff != "" {
			t.Errorf("the servers differ:\n%s", diff)
		}
	})
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		db := sqldbtest.Open(t, dsn)
		b := anchoredBook(t, db)
		backup := save(t, db)
		putPool(t, b, license.NameOf("SUPEROFFICE", "web"), 3)
		other, err := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second"}).Book("design")
		if err != nil {
			t.Fatal(err)
		}
		b.store.Close()
		putBack(t, db, backup)
		b = reopen(t, b)
		if other.Refresh(t.Context()) == nil || other.Health() != RolledBack || other.Rollback().Highest != 2 {
			t.Errorf("before it is accepted: %v, %+v", other.Health(), other.Rollback())
		}
		accept(t, b)
		if _, err := other.Update(t.Context(), admin, monday, func(tx *Tx) error { return nil }); err == nil {
			t.Error("it goes on in the history that was given up")
		}
	})
}

// A server that is killed between the commit and its anchors has anchors of the
// time before, in any mixture: what they remember lies in the gap.
func TestAKillBetweenARestoreAndItsAnchors(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b, _ := rolledBack(t, db)
		before := remembered(t, b)
		accept(t, b)
		after := remembered(t, b)
		names := slices.Sorted(maps.Keys(after))
		for mixture := range 1 << len(names) {
			slots := map[string][]byte{}
			for i, name := range names {
				slots[name] = after[name]
				if mixture>>i&1 == 1 {
					slots[name] = before[name]
				}
				if slots[name] == nil {
					delete(slots, name) // it was not there yet
				}
			}
			b.store.Close()
			remember(t, b, slots)
			b = reopen(t, b)
			if got := sayOf(b); got != "intact" && got != "unknown: nothing outside the database remembers how far it was" || b.Health() != Sound || b.Head().Seq != 9 {
				t.Fatalf("with mixture %b: %s, %v, %+v", mixture, got, b.Health(), b.Head())
			}
		}
		checkBook(t, b)
	})
}

// Which set the highest one was is remembered outside the database too, and comes
// back with its number.
func TestARestoreRemembersWhichSetWasTheHighest(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := anchoredBook(t, db)
		set := func(number int64, digit string) {
			do(t, b, func(tx *Tx) error {
				tx.Entry("set", "")
				file := tx.PutSetFile([]byte(digit))
				return tx.PutSet(Set{File: file, Checkpoint: strings.Repeat(digit, 64), Issuer: "SUPEROFFICE", Number: number, Serial: "1600070120", State: SetLoaded, AcceptedAt: 7})
			})
		}
		want := func(when, digits string) {
			t.Helper()
			b.View(func(v *View) error {
				if got := v.HighestCheckpoint("SUPEROFFICE", "1600070120"); got != digits {
					t.Errorf("%s: %q, want %q", when, got, digits)
				}
				return nil
			})
		}
		want("without a set", "")
		set(5, "5")
		backup := save(t, db)
		set(6, "6")
		set(4, "4") // such as one that is put aside
		want("at first", "6666666666666666")
		b.store.Close()
		putBack(t, db, backup)
		b = reopen(t, b)
		want("in the backup", "5555555555555555")
		accept(t, b)
		want("after the restore", "6666666666666666")
		b = reopen(t, b)
		want("after a start", "6666666666666666")
		checkBook(t, b)
		set(7, "7")
		want("with a newer one", "7777777777777777")
	})
}
