package fsck

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/internal/tamper"
)

// A history is a database with anchors, and a backup of it that was made some
// changes ago.
type history struct {
	*built
	dir    string // of the anchors
	ring   tamper.Ring
	backup func() // puts the backup in the place of the database
	lost   map[rowID]*row
}

func newHistory(t *testing.T, db *sqldb.DB) *history {
	t.Helper()
	h := &history{built: build(t, db), dir: t.TempDir(), ring: tamper.Ring{{Key: testMaster}}}
	h.open(func(f *filler) {
		f.profile("before", true)
		f.profile("kept", true)
	})
	h.backup = h.keep()
	h.open(func(f *filler) {
		f.profile("lost", true)
		f.profile("kept", true)
		f.profile("before", true)
	})
	h.lost = map[rowID]*row{}
	h.read(func(c *check) {
		for _, tb := range tables {
			c.scan(tb, "", func(r *row) { h.lost[r.id()] = r.keep() })
		}
	})
	return h
}

// open runs do with a store that keeps anchors.
func (h *history) open(do func(f *filler)) {
	h.t.Helper()
	h.store(func(s *store.Store) {
		b, err := s.Book("north")
		if err != nil {
			h.t.Fatal(err)
		}
		do(&filler{t: h.t, book: b})
	})
}

func (h *history) store(do func(s *store.Store)) {
	h.t.Helper()
	keys := store.Keys{Ring: func() (tamper.Ring, error) { return h.ring, nil }}
	s, err := store.Open(h.t.Context(), h.db, keys, store.Options{Anchors: h.dir, Parse: parse})
	if err != nil {
		h.t.Fatal(err)
	}
	do(s)
	if err := s.Close(); err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) files() map[string][]byte {
	h.t.Helper()
	files := map[string][]byte{}
	entries, err := os.ReadDir(h.dir)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(h.dir, e.Name())); err != nil {
			h.t.Fatal(err)
		}
	}
	return files
}

func (h *history) options() Options {
	o := Options{Anchors: h.files()}
	for _, m := range h.ring {
		o.Keys = append(o.Keys, Key{Master: m.Key, Retired: m.Retired})
	}
	return o
}

// expect checks, and compares the verdict and what is said of a rollback.
func (h *history) expect(name string, o Options, verdict, rollback State, says ...string) Report {
	h.t.Helper()
	r := h.check(o)
	if r.Verdict != verdict || r.Rollback.State != rollback {
		h.t.Errorf("%s: verdict %s, rollback %s: %+v", name, r.Verdict, r.Rollback.State, r)
	}
	text := r.Rollback.Why
	for _, p := range r.Rollback.At {
		text += "\n" + p.String()
	}
	for _, s := range says {
		if !strings.Contains(text, s) {
			h.t.Errorf("%s: nothing says %q: %s", name, s, text)
		}
	}
	return r
}

func TestAnAnchorTellsAnOlderCopyFromTheDatabase(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHistory(t, db)
		h.expect("as it is", h.options(), Intact, Intact)
		now := h.options()
		none := now
		none.Anchors = nil
		h.expect("without anchors", none, CannotBeChecked, CannotBeChecked, "nothing outside the database remembers")
		h.backup()
		h.expect("a backup in its place", now, Broken, Broken, "rolled back from ")
		h.expect("a backup, and nobody remembers", none, CannotBeChecked, CannotBeChecked)
		dir := h.dir
		h.dir = t.TempDir()
		h.open(func(f *filler) {
			for range 6 {
				f.profile("other", true)
			}
		})
		h.expect("another history that is longer", now, Broken, Broken, "forked: the anchor ")
		h.dir = dir
	})
}

// bothSlots writes the slot that was not needed yet like the other one.
func bothSlots(anchors map[string][]byte) map[string][]byte {
	both := maps.Clone(anchors)
	for name, b := range anchors {
		for _, slot := range []string{"0", "1"} {
			other := name[:len(name)-len("0.anchor")] + slot + ".anchor"
			if both[other] == nil {
				both[other] = b
			}
		}
	}
	return both
}

// A slot that is damaged says nothing; when both are, nobody knows.
func TestWhatAnAnchorIsWorth(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHistory(t, db)
		damage := func(what func(name string, b []byte) []byte) Options {
			o := h.options()
			files := map[string][]byte{}
			for name, b := range bothSlots(o.Anchors) {
				if b := what(name, append([]byte{}, b...)); b != nil {
					files[name] = b
				}
			}
			o.Anchors = files
			return o
		}
		slot := func(name, slot string) bool { return strings.HasSuffix(name, "."+slot+".anchor") }
		for _, n := range []string{"0", "1"} {
			h.expect("slot "+n+" is missing", damage(func(name string, b []byte) []byte {
				if slot(name, n) {
					return nil
				}
				return b
			}), Intact, Intact)
			h.expect("slot "+n+" is cut", damage(func(name string, b []byte) []byte {
				if slot(name, n) {
					return b[:len(b)/2]
				}
				return b
			}), Intact, Intact)
		}
		h.expect("both slots are edited", damage(func(_ string, b []byte) []byte {
			b[60] ^= 1
			return b
		}), CannotBeChecked, CannotBeChecked, "is damaged")
		other := h.options()
		other.Anchors = map[string][]byte{}
		for name, b := range h.options().Anchors {
			if id, rest, _ := strings.Cut(name, "."); id == h.north {
				name = h.south + ".x" + rest
			}
			other.Anchors[name] = b
		}
		h.expect("an anchor under another's name", other, CannotBeChecked, CannotBeChecked, "is damaged")
		cut := h.options()
		cut.Anchors["x"] = nil
		cut.Anchors[strings.Repeat("y.", 300)] = make([]byte, 100000)
		h.expect("files that are no anchors", cut, CannotBeChecked, CannotBeChecked)
	})
}

func TestAnInstallationThatVanishedIsRemembered(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHistory(t, db)
		for _, table := range append(tableNames(), "head", "journal", "audit", "personal", "set_file") {
			h.change("DELETE FROM " + table + " WHERE installation = '" + h.north + "'")
		}
		h.change("DELETE FROM installation WHERE id = '" + h.north + "'")
		h.expect("every row of an installation is deleted", h.options(), Broken, Broken, "missing: the anchor ")
	})
}

func TestAPrintedHeadIsAWitness(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHistory(t, db)
		o := h.options()
		o.Anchors = nil
		for _, x := range h.heads() {
			o.Heads = append(o.Heads, printed(x))
		}
		h.expect("heads that were written down", o, Intact, Intact)
		wrong := o
		wrong.Heads = append([]string{}, o.Heads...)
		last := len(wrong.Heads[0]) - 1
		wrong.Heads[0] = wrong.Heads[0][:last] + map[bool]string{true: "1", false: "0"}[wrong.Heads[0][last] == '0']
		h.expect("one digit is another", wrong, Broken, Broken, "forked: the printed head")
		h.backup()
		h.expect("a backup in its place", o, Broken, Broken, "rolled back from ")
		o.Heads = []string{"what I wrote down"}
		h.expect("no head at all", o, CannotBeChecked, CannotBeChecked, "this is not a printed head")
	})
}

// When a backup is taken into use, that is an entry; from then on everything is
// intact, and what was given up stays recognisable.
func TestABackupThatWasTakenIntoUseIsIntact(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHistory(t, db)
		var abandonedBatches []*batch
		h.read(func(c *check) {
			c.journal(&ledger{ledgerID: ledgerID{h.north, seatsLedger}}, func(b *batch) { abandonedBatches = append(abandonedBatches, b) })
		})
		h.backup()
		h.store(func(s *store.Store) {
			if _, err := s.AcceptRestore(t.Context(), testNow, store.Restore{By: testBy, Administrator: "1", Reason: "a disk"}); err != nil {
				t.Fatal(err)
			}
		})
		h.expect("accepted", h.options(), Intact, Intact)
		h.open(func(f *filler) { f.profile("kept", true) })
		h.expect("and worked with", h.options(), Intact, Intact)

		back := h.keep()
		gone := h.lost[rowID{h.north, "profile", string(appendValue(nil, "lost"))}]
		h.insert(gone)
		r := h.check(h.options())
		if len(r.Rows.At) != 1 || !strings.Contains(r.Rows.At[0].String(), "profile code=lost: version ") || !strings.Contains(r.Rows.At[0].What, abandoned) {
			t.Errorf("a row of the abandoned branch: %v", r.Rows)
		}
		back()
		over := h.lost[rowID{h.north, "profile", string(appendValue(nil, "kept"))}]
		h.exec("DELETE FROM profile WHERE installation = ? AND code = 'kept'", h.north)
		h.insert(over)
		r = h.check(h.options())
		if len(r.Rows.At) != 1 || !strings.Contains(r.Rows.At[0].What, abandoned) {
			t.Errorf("a row of the abandoned branch over a newer one: %v", r.Rows)
		}
		back()
		last := abandonedBatches[len(abandonedBatches)-1]
		h.exec("INSERT INTO journal (installation, ledger, seq, epoch, batch, at, node, entries, changes, link) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			h.north, seatsLedger, last.seq, last.epoch, last.id, last.at, last.node, last.entries, last.changes, last.link)
		r = h.check(h.options())
		if len(r.Chain.At) != 1 || r.Chain.At[0].What != abandoned {
			t.Errorf("a batch of the abandoned branch: %v", r.Chain)
		}
	})
}

// Whoever can write the database can claim a restore, but not seal a head on it.
func TestAGapThatIsOnlyClaimedIsBroken(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHistory(t, db)
		h.exec("UPDATE audit SET action = 'installation.restore', facts = ? WHERE installation = ? AND seq = 9", "backup_seq=5\n", h.north)
		h.exec("DELETE FROM journal WHERE installation = ? AND seq > 5 AND seq < 9", h.north)
		r := h.check(h.options())
		if r.Chain.State != Broken {
			t.Errorf("%+v", r.Chain)
		}
	})
}

func TestKeysOfARing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHistory(t, db)
		next := [32]byte{77}
		h.ring = append(h.ring, tamper.Master{Key: next})
		h.expect("a key is prepared", h.options(), Intact, Intact)
		was := h.keep()
		before := h.row(tableNamed("profile"), h.north, "before")
		h.store(func(s *store.Store) {
			if err := s.Rotate(t.Context(), testBy, testNow, tamper.IDOf(next), true); err != nil {
				t.Fatal(err)
			}
		})
		h.open(func(f *filler) { f.profile("new", true) })
		h.expect("rows under two keys", h.options(), Intact, Intact)
		only := func(keys ...Key) Options {
			o := h.options()
			o.Keys = keys
			return o
		}
		r := h.expect("the new key is missing", only(Key{Master: testMaster}), CannotBeChecked, CannotBeChecked)
		if len(r.Broken()) > 0 {
			t.Errorf("the new key is missing: %v", r.Broken())
		}
		r = h.expect("the old key is missing", only(Key{Master: next}), CannotBeChecked, Intact)
		if !strings.Contains(r.Rows.Why, "a key that is not on the ring") || r.Totals.State != CannotBeChecked {
			t.Errorf("the old key is missing: %+v", r)
		}
		h.exec("DELETE FROM profile WHERE installation = ? AND code = 'before'", h.north)
		if r := h.check(only(Key{Master: next})); r.Totals.State != Broken {
			t.Errorf("a row under the missing key is deleted: %+v", r)
		}
		h.insert(before)
		h.store(func(s *store.Store) {
			if left, err := s.MoveSeals(t.Context(), 1000); err != nil || left != 0 {
				t.Fatal(left, err)
			}
		})
		h.expect("all moved", h.options(), Intact, Intact)
		h.expect("all moved, the old key lost", only(Key{Master: next}), Intact, Intact)
		h.ring[0].Retired = true
		h.expect("the old key is retired", h.options(), Intact, Intact)
		h.exec("DELETE FROM profile WHERE installation = ? AND code = 'before'", h.north)
		h.insert(before)
		if r := h.check(h.options()); len(r.Rows.At) != 1 || r.Rows.At[0].String() != "profile code=before: copied from another database" {
			t.Errorf("a row under the retired key: %v", r.Rows)
		}
		was()
		h.expect("the database of the time before, under the retired key", h.options(), Broken, Broken, "retired", "rolled back")
		h.ring[0].Retired = false
		o := h.options()
		o.Anchors = nil
		h.expect("the same, and nobody remembers", o, CannotBeChecked, CannotBeChecked)
	})
}

// A row under a key the ledger has not reached was not written by the server.
func TestAKeyThatWaitsSealsNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHistory(t, db)
		next := [32]byte{77}
		h.ring = append(h.ring, tamper.Master{Key: next})
		r := h.row(tableNamed("profile"), h.north, "before")
		k := keysFor(next, h.north)
		r.colsum = r.wantColsum(k)
		r.seal = append(append([]byte{}, k.id[:]...), r.macWith(k, r.installation, r.colsum)...)
		h.exec("UPDATE profile SET seal = ?, colsum = ? WHERE installation = ? AND code = 'before'", r.seal, r.colsum, h.north)
		if r := h.check(h.options()); len(r.Rows.At) != 1 || r.Rows.At[0].String() != "profile code=before: copied from another database" {
			t.Errorf("%v", r.Rows)
		}
	})
}

func TestOneInstallationIsCheckedAlone(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHistory(t, db)
		h.exec("DELETE FROM profile WHERE installation = ? AND code = 'nurse'", h.south)
		o := h.options()
		h.expect("all", o, Broken, Intact)
		for _, name := range []string{"north", h.north} {
			o.Only = name
			if r := h.expect("the one that is whole", o, Intact, Intact); r.Checked.Installations != 1 {
				t.Errorf("%+v", r.Checked)
			}
		}
		o.Only = "south"
		r := h.expect("the other", o, Broken, Intact)
		if len(r.Rows.At) != 1 || r.Rows.At[0].Name != "south" {
			t.Errorf("%+v", r.Rows)
		}
		o.Only = "nobody"
		if _, err := Check(t.Context(), db, o); err == nil || !strings.Contains(err.Error(), "there is no installation nobody") {
			t.Error(err)
		}
	})
}

// Of an installation that was deleted only its row in the list is left, and that
// explains the anchors that remember it.
func TestAnInstallationThatWasDeletedIsNotMissed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHistory(t, db)
		anchors := h.files()
		h.store(func(s *store.Store) {
			if _, err := s.Delete(t.Context(), testNow, "south", store.Deletion{By: testBy, Reason: "it ended"}); err != nil {
				t.Fatal(err)
			}
		})
		o := h.options()
		for name, slot := range anchors {
			if _, there := o.Anchors[name]; !there {
				o.Anchors[name] = slot
			}
		}
		if r := h.expect("deleted", o, Intact, Intact); r.Checked.Installations != 1 {
			t.Errorf("%+v", r.Checked)
		}
		h.exec("INSERT INTO profile SELECT ?, code, name, modules, ver, layout, seal, colsum FROM profile WHERE installation = ?", h.south, h.north)
		if r := h.check(o); r.Verdict != Broken || !strings.Contains(r.Rows.At[0].What, "an installation that does not exist") {
			t.Errorf("rows of a deleted installation: %+v", r)
		}
	})
}

func TestADatabaseThatWasMovedCannotBeChecked(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHistory(t, db)
		h.exec("UPDATE head SET ledger = ledger || ' moved'")
		if r := h.expect("moved", h.options(), CannotBeChecked, CannotBeChecked, "moved to another place"); len(r.Broken()) > 0 {
			t.Error(r.Broken())
		}
	})
}
