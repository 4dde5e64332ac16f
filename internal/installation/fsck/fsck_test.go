package fsck

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

func TestWhatTheStoreWroteIsIntactAndNothingMoreIsSaidWithoutAWitness(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := build(t, db)
		r := b.check()
		if broken := r.Broken(); len(broken) > 0 {
			t.Fatalf("broken: %v", broken)
		}
		if r.Rows.State != Intact || r.Totals.State != Intact || r.Chain.State != Intact || r.Counts.State != Intact {
			t.Errorf("%+v", r)
		}
		if r.Rollback.State != CannotBeChecked || r.Verdict != CannotBeChecked {
			t.Errorf("without a witness: rollback %s, verdict %s", r.Rollback.State, r.Verdict)
		}
		o := b.options()
		o.Anchors = b.anchors()
		if r := b.check(o); r.Verdict != Intact {
			t.Errorf("with a witness: %+v", r)
		}
		if r.Checked.Installations != 2 || r.Checked.Rows == 0 || r.Checked.Batches == 0 || r.Checked.Entries == 0 {
			t.Errorf("checked %+v", r.Checked)
		}
	})
}

func TestAnotherKeyIsNotDamage(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		build(t, db)
		r, err := Check(t.Context(), db, Options{Keys: []Key{{Master: [32]byte{9}}}})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Broken()) > 0 || r.Verdict != CannotBeChecked || !strings.Contains(r.Rows.Why, "another key") {
			t.Errorf("%+v", r)
		}
	})
}

// other returns a value of the same type that is not v.
func other(v any) any {
	switch v := v.(type) {
	case int64:
		if v > 0 {
			return v - 1
		}
		return v + 1
	case string:
		return v + "x"
	case []byte:
		if len(v) == 0 {
			return []byte{1}
		}
		flipped := append([]byte{}, v...)
		flipped[len(v)-1] ^= 1
		return flipped
	}
	return v
}

func where(r *row) (string, []any) {
	text, args := "installation = ?", []any{r.installation}
	for i, c := range r.table.key {
		text += " AND " + c.name + " = ?"
		args = append(args, r.key[i])
	}
	return text, args
}

// A fault is something done behind the store's back, and what must be said of
// it: text that a place must contain.
type fault struct {
	name   string
	do     func(b *built)
	answer func(r *Report) *Answer
	says   []string
}

func rowsOfReport(r *Report) *Answer   { return &r.Rows }
func totalsOfReport(r *Report) *Answer { return &r.Totals }
func chainOfReport(r *Report) *Answer  { return &r.Chain }

var faults = []fault{
	{"an assignment is deleted", func(b *built) {
		b.exec("DELETE FROM assignment WHERE installation = ? AND number = 2", b.north)
	}, rowsOfReport, []string{"assignment number=2: deleted"}},
	{"a deleted row is missed by the total of its table", func(b *built) {
		b.exec("DELETE FROM assignment WHERE installation = ? AND number = 2", b.north)
	}, totalsOfReport, []string{"assignment: 6 rows were counted, 5 are there"}},
	{"an assignment is made up from another's seal", func(b *built) {
		b.copyRow("assignment", b.north, "number", 2, b.north, 90)
	}, rowsOfReport, []string{"assignment number=90: copied from number=2"}},
	{"an assignment is made up", func(b *built) {
		b.copyRow("assignment", b.north, "number", 2, b.north, 90)
		seal := append(b.keyID(), make([]byte, 16)...)
		b.exec("UPDATE assignment SET seal = ? WHERE installation = ? AND number = 90", seal, b.north)
	}, rowsOfReport, []string{"assignment number=90: inserted"}},
	{"a row is copied from another installation", func(b *built) {
		b.copyRow("assignment", b.south, "number", 2, b.north, 90)
	}, rowsOfReport, []string{"assignment number=90: copied from number=2 of installation "}},
	{"a row comes from another database", func(b *built) {
		b.copyRow("assignment", b.south, "number", 2, b.north, 90)
		b.exec("UPDATE assignment SET seal = ? WHERE installation = ? AND number = 90", make([]byte, 20), b.north)
	}, rowsOfReport, []string{"assignment number=90: copied from another database"}},
	{"two rows are swapped, seals and all", func(b *built) {
		b.exec("UPDATE assignment SET number = 900 WHERE installation = ? AND number = 2", b.north)
		b.exec("UPDATE assignment SET number = 2 WHERE installation = ? AND number = 3", b.north)
		b.exec("UPDATE assignment SET number = 3 WHERE installation = ? AND number = 900", b.north)
	}, rowsOfReport, []string{"number=2: copied from number=3", "number=3: copied from number=2"}},
	{"a row is put back as it was", func(b *built) {
		b.exec("DELETE FROM license WHERE installation = ? AND module = 'user'", b.north)
		b.insert(b.oldLicense)
	}, rowsOfReport, []string{"license issuer=ACME module=user: old copy put back: version "}},
	{"a deleted row is put back", func(b *built) {
		b.insert(b.goneProfile)
	}, rowsOfReport, []string{"profile code=gone: deleted row put back"}},
	{"a license gets more seats", func(b *built) {
		b.exec("UPDATE license SET seats = 1000 WHERE installation = ? AND module = 'user'", b.north)
	}, rowsOfReport, []string{"license issuer=ACME module=user: edited (seats)"}},
	{"a personal value is edited", func(b *built) {
		b.exec("UPDATE personal SET email = 'x' WHERE installation = ? AND user_id = 'user0'", b.north)
	}, rowsOfReport, []string{": edited"}},
	{"personal values are deleted without an erasure", func(b *built) {
		b.exec("DELETE FROM personal WHERE installation = ? AND user_id = 'user0'", b.north)
	}, rowsOfReport, []string{"personal person=", ": deleted"}},
	{"erased personal values come back", func(b *built) {
		b.exec(`INSERT INTO personal SELECT p.installation, p.id, q.salt, 'back', '', '', '', '' FROM person p, personal q
			WHERE p.installation = ? AND p.erased <> 0 AND q.installation = p.installation AND q.user_id = 'user0'`, b.north)
	}, rowsOfReport, []string{"put back after it was erased"}},
	{"a license file is edited", func(b *built) {
		b.exec("UPDATE set_file SET bytes = ? WHERE installation = ?", []byte("pott"), b.north)
	}, rowsOfReport, []string{"set_file hash=", ": edited"}},
	{"a license file is deleted", func(b *built) {
		b.exec("DELETE FROM set_file WHERE installation = ?", b.north)
	}, rowsOfReport, []string{": deleted: the file of set ACME-1"}},
	{"the head says a lower number", func(b *built) {
		b.exec("UPDATE head SET seq = seq - 1 WHERE installation = ?", b.north)
	}, totalsOfReport, []string{"head ledger=seats: edited (seq)"}},
	{"the head's link is edited", func(b *built) {
		b.exec("UPDATE head SET link = ? WHERE installation = ?", make([]byte, 32), b.north)
	}, totalsOfReport, []string{"head ledger=seats: edited (link)"}},
	{"the head's epoch is edited", func(b *built) {
		b.exec("UPDATE head SET epoch = ? WHERE installation = ?", make([]byte, 16), b.north)
	}, totalsOfReport, []string{"head ledger=seats: edited (epoch)"}},
	{"the head's schema is edited", func(b *built) {
		b.exec("UPDATE head SET schema = ? WHERE installation = ?", make([]byte, 32), b.north)
	}, totalsOfReport, []string{"head ledger=seats: edited (schema)"}},
	{"the head's box is edited", func(b *built) {
		b.exec("UPDATE head SET box = ? WHERE installation = ?", make([]byte, 60), b.north)
	}, totalsOfReport, []string{"head ledger=seats: edited (box)"}},
	{"the head's key id is edited", func(b *built) {
		b.exec("UPDATE head SET key_id = ? WHERE installation = ?", make([]byte, 4), b.north)
	}, totalsOfReport, []string{"head ledger=seats: edited (key_id)"}},
	{"a head is deleted", func(b *built) {
		b.exec("DELETE FROM head WHERE installation = ?", b.north)
	}, totalsOfReport, []string{"head ledger=seats: deleted"}},
	{"an installation is deleted from the list", func(b *built) {
		b.exec("DELETE FROM installation WHERE id = ?", b.north)
	}, totalsOfReport, []string{"its installation was deleted", "installation: 2 rows were counted, 1 are there"}},
	{"a batch is deleted from the journal", func(b *built) {
		b.exec("DELETE FROM journal WHERE installation = ? AND seq = 3", b.north)
	}, chainOfReport, []string{"journal ledger=seats seq=3: deleted"}},
	{"the end of the journal is deleted", func(b *built) {
		b.exec("DELETE FROM journal WHERE installation = ? AND seq = (SELECT seq FROM head WHERE installation = ?)", b.north, b.north)
	}, chainOfReport, []string{"the end is missing up to seq="}},
	{"a batch is edited", func(b *built) {
		b.exec("UPDATE journal SET node = 'other' WHERE installation = ? AND seq = 3", b.north)
	}, chainOfReport, []string{"journal ledger=seats seq=3: edited"}},
	{"a batch is added", func(b *built) {
		b.exec(`INSERT INTO journal SELECT installation, ledger, seq + 1000, epoch, batch, at, node, entries, changes, link
			FROM journal WHERE installation = ? AND seq = 3`, b.north)
	}, chainOfReport, []string{"the head knows nothing of it"}},
	{"an audit entry says somebody else did it", func(b *built) {
		b.exec("UPDATE audit SET actor = '2' WHERE installation = ? AND seq = 3", b.north)
	}, chainOfReport, []string{"audit ledger=seats seq=3: not what the journal was written with"}},
	{"an audit entry is deleted", func(b *built) {
		b.exec("DELETE FROM audit WHERE installation = ? AND seq = 3", b.north)
	}, chainOfReport, []string{"audit ledger=seats seq=3: deleted"}},
	{"an audit entry is added", func(b *built) {
		b.exec(`INSERT INTO audit SELECT installation, ledger, seq, n + 1, at, actor_kind, actor, action, subject, facts
			FROM audit WHERE installation = ? AND seq = 3`, b.north)
	}, chainOfReport, []string{"audit ledger=seats seq=3: not what the journal was written with"}},
	{"a view is added", func(b *built) {
		if _, err := b.db.Exec(b.t.Context(), "CREATE VIEW seats AS SELECT number FROM assignment"); err != nil {
			b.t.Fatal(err)
		}
	}, rowsOfReport, []string{"schema seats: a view that does not belong there"}},
	{"rows of an installation that does not exist", func(b *built) {
		b.copyRow("assignment", b.north, "number", 2, "nowhere", 2)
	}, rowsOfReport, []string{"an installation that does not exist"}},
}

func TestWhatWasDoneIsNamed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := build(t, db)
		putBack := b.keep()
		for _, f := range faults {
			f.do(b)
			f.judge(t, b.check())
			putBack()
		}
		if broken := b.check().Broken(); len(broken) > 0 {
			t.Errorf("after everything was put back: %v", broken)
		}
	})
}

func (f fault) judge(t *testing.T, r Report) {
	t.Helper()
	if r.Verdict != Broken {
		t.Errorf("%s: verdict %s: %+v", f.name, r.Verdict, r)
	}
	var places []string
	for _, p := range f.answer(&r).At {
		places = append(places, p.String())
	}
	text := strings.Join(places, "\n")
	for _, s := range f.says {
		if !strings.Contains(text, s) {
			t.Errorf("%s: no place says %q:\n%s\nreport: %+v", f.name, s, text, r)
		}
	}
}

// Writing a link needs no key, so a journal can be written anew so that it
// agrees with itself. It cannot be made to agree with the head.
func TestAJournalWrittenAnewDoesNotEndAtTheHead(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := build(t, db)
		var batches []*batch
		b.read(func(c *check) {
			c.journal(&ledger{ledgerID: ledgerID{b.north, seatsLedger}}, func(x *batch) { batches = append(batches, x) })
		})
		before := make([]byte, 32)
		for i, x := range batches {
			if i >= 2 {
				x.node = "forged"
			}
			x.link = x.wantLink(before, b.north, seatsLedger)
			before = x.link
			b.exec("UPDATE journal SET node = ?, link = ? WHERE installation = ? AND ledger = ? AND seq = ?", x.node, x.link, b.north, seatsLedger, x.seq)
		}
		r := b.check()
		if len(r.Chain.At) != 1 || !strings.Contains(r.Chain.At[0].What, "written anew") {
			t.Errorf("%+v", r.Chain)
		}
	})
}

// A count the store got wrong is sealed like any other; only a recount finds it.
func TestSeatsAreCountedFromNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := build(t, db)
		s := openStore(t, db)
		book, err := s.Book("north")
		if err != nil {
			t.Fatal(err)
		}
		(&filler{t: t, book: book}).update(func(tx *store.Tx) error {
			tx.Entry("mistake.make", "")
			return tx.TakeSeats([]seat.Take{{Name: license.NameOf("ACME", "case"), Delta: 5}})
		})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		report := b.check()
		want := "license issuer=ACME module=case: 3 seats are in use, 8 are written (taken)"
		if len(report.Counts.At) != 1 || report.Counts.At[0].String() != want {
			t.Errorf("%+v", report.Counts)
		}
		if report.Rows.State != Intact || report.Totals.State != Intact {
			t.Errorf("rows %s, totals %s", report.Rows.State, report.Totals.State)
		}
	})
}

// What is printed is what an administrator reads at night.
func TestTheTextSaysWhereAndWhat(t *testing.T) {
	r := Report{Rows: Answer{State: Broken}, Totals: Answer{State: Intact}, Chain: Answer{State: Intact},
		Rollback: Answer{State: CannotBeChecked, Why: "nobody remembers"}, Counts: Answer{State: Intact}, Checked: Checked{1, 3, 2, 2}}
	r.Rows.at(Place{Installation: "id", Table: "assignment", Row: "number=12", Columns: []string{"module"}, What: "edited"})
	for range placesPerList {
		r.Rows.at(Place{Installation: "id", Table: "assignment", Row: "number=12", What: "deleted"})
	}
	r.conclude(nil)
	var text strings.Builder
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text.String(), "\n")
	want := []string{"rows      broken", "  assignment number=12: edited (module)", "  assignment number=12: deleted"}
	if diff := cmp.Diff(want, lines[:3]); diff != "" {
		t.Errorf("first lines (-want +got):\n%s", diff)
	}
	want = []string{"  and 1 more", "totals    intact", "chain     intact", "rollback  cannot be checked: nobody remembers", "counts    intact",
		"read      3 rows, 2 batches, 2 audit entries, 1 installations", ""}
	if diff := cmp.Diff(want, lines[len(lines)-len(want):]); diff != "" {
		t.Errorf("last lines (-want +got):\n%s", diff)
	}
	if r.Verdict != Broken {
		t.Errorf("verdict %s", r.Verdict)
	}
}
