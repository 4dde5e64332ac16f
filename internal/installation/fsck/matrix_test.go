package fsck

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// A world is a database in which every sealed table has rows, some of them
// written over, some deleted, in two installations, and what somebody who can
// write the database may have kept of it: earlier rows, and rows of a branch of
// history that was abandoned.
type world struct {
	*built
	filler *filler // of north
	now    map[rowID]*row
	old    map[rowID]*row // versions that were written over
	gone   map[rowID]*row // rows that were deleted
	branch map[rowID]*row // versions of the branch
	random *rand.Rand
}

func newWorld(t *testing.T, db *sqldb.DB, seed uint64) *world {
	t.Helper()
	w := &world{built: build(t, db), old: map[rowID]*row{}, gone: map[rowID]*row{}, branch: map[rowID]*row{}, random: rand.New(rand.NewPCG(seed, 1))}
	w.filler = &filler{t: t}
	south := &filler{t: t, hash: 1}
	each := func(f *filler, do func(table string) error) {
		for _, table := range slices.Sorted(maps.Keys(writers)) {
			if err := do(table); err != nil {
				t.Fatalf("%s: %v", table, err)
			}
		}
	}
	rows := func(f *filler, n, round int) {
		each(f, func(table string) error {
			if n > 0 && writers[table].single || round > 0 && writers[table].fixed {
				return nil
			}
			return f.put(table, n, round)
		})
	}
	w.open(func(s *store.Store) {
		south.book, _ = s.Book("south")
		for n := range 3 {
			rows(w.filler, n, 0)
			rows(south, n, 0)
		}
		before := w.rows()
		rows(w.filler, 0, 1)
		each(w.filler, func(table string) error {
			if writers[table].drop == nil {
				return nil
			}
			w.filler.update(func(tx *store.Tx) error {
				tx.Entry("matrix.drop", "")
				return writers[table].drop(w.filler, tx, 2)
			})
			return nil
		})
		for _, state := range []string{store.StateSuspended, store.StateOpen} {
			if _, err := s.SetState(t.Context(), testBy, testNow, "north", state, "a bill"); err != nil {
				t.Fatal(err)
			}
		}
		after := w.rows()
		for id, r := range before {
			if now := after[id]; now == nil {
				w.gone[id] = r
			} else if now.ver != r.ver {
				w.old[id] = r
			}
		}
	})
	back := w.keep()
	before := w.rows()
	w.open(func(*store.Store) { rows(w.filler, 1, 1) })
	for id, r := range w.rows() {
		if before[id] == nil || before[id].ver != r.ver {
			w.branch[id] = r
		}
	}
	back()
	w.open(func(*store.Store) { w.filler.profile("after", true) })
	w.now = w.rows()
	return w
}

// open runs do with a store on the database, and the book of north.
func (w *world) open(do func(s *store.Store)) {
	w.t.Helper()
	s := openStore(w.t, w.db)
	defer s.Close()
	w.filler.book, _ = s.Book("north")
	do(s)
}

// rows returns every sealed row there is.
func (w *world) rows() map[rowID]*row {
	w.t.Helper()
	all := map[rowID]*row{}
	w.read(func(c *check) {
		for _, tb := range tables {
			broken, err := c.scan(tb, "", func(r *row) { all[r.id()] = r.keep() })
			if broken != "" || err != nil {
				w.t.Fatal(broken, err)
			}
		}
	})
	return all
}

// of returns the rows of a table in an installation, in order of their keys.
func (w *world) of(from map[rowID]*row, tb *table, installation string) []*row {
	var list []*row
	for id, r := range from {
		if id.table == tb.name && (id.installation == installation || tb.ledger == serverLedger) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(x, y *row) int { return bytes.Compare(x.name, y.name) })
	return list
}

// try runs a statement that the database may refuse because of a constraint.
func (w *world) try(text string, args ...any) (done bool) {
	w.t.Helper()
	for i, v := range args {
		if b, ok := v.([]byte); ok && b == nil {
			args[i] = []byte{} // nil would be written as null
		}
	}
	result, err := w.db.Exec(w.t.Context(), text, args...)
	if _, refused := sqldb.Constraint(err); refused {
		return false
	}
	if err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
	n, err := result.RowsAffected()
	if err != nil || n == 0 {
		w.t.Fatalf("%s: %d rows, %v", text, n, err)
	}
	return true
}

// set writes one column of a row.
func (w *world) set(r *row, column string, value any) bool {
	w.t.Helper()
	text, args := where(r)
	return w.try("UPDATE "+r.table.name+" SET "+column+" = ? WHERE "+text, append([]any{value}, args...)...)
}

// alter writes another value into a column, if the database lets it.
func (w *world) alter(r *row, column string) bool {
	return slices.ContainsFunc(others(r.column(column)), func(v any) bool {
		return fmt.Sprint(v) != fmt.Sprint(r.column(column)) && w.set(r, column, v)
	})
}

func (w *world) delete(r *row) bool {
	w.t.Helper()
	text, args := where(r)
	return w.try("DELETE FROM "+r.table.name+" WHERE "+text, args...)
}

// insert writes a row as it is.
func (w *world) insert(r *row) bool {
	w.t.Helper()
	names := r.table.names()
	args := append([]any{r.installation}, r.key...)
	args = append(append(args, r.values...), r.ver, r.layout, r.seal, r.colsum)
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ")
	return w.try("INSERT INTO "+r.table.name+" ("+strings.Join(names, ", ")+") VALUES ("+marks+")", args...)
}

// replace writes a row over the one with the same key.
func (w *world) replace(r *row) bool { return w.delete(r) && w.insert(r) }

// mend writes a table as it was.
func (w *world) mend(tb *table) {
	w.t.Helper()
	if _, err := w.db.Exec(w.t.Context(), "DELETE FROM "+tb.name); err != nil {
		w.t.Fatal(err)
	}
	for id, r := range w.now {
		if id.table == tb.name && !w.insert(r) {
			w.t.Fatalf("%s cannot be mended", tb.name)
		}
	}
}

// elsewhere returns the row with another key of the same table, which nobody
// has.
func elsewhere(r *row) *row {
	to := r.keep()
	last := len(to.key) - 1
	switch v := to.key[last].(type) {
	case int64:
		to.key[last] = v + 7000
	case string:
		to.key[last] = v + "-elsewhere"
	}
	to.name = nil
	return withName(to)
}

func (w *world) pick(list []*row) *row { return list[w.random.IntN(len(list))] }

// A done is what a mutation did: the places that must be named, or nothing when
// the database refused it.
type done []Place

// A mutation is one way to change a table behind the store's back. of is the
// column it is about, for those that are about one.
type mutation struct {
	kind   string
	column bool
	do     func(w *world, tb *table, column string) done
}

func placeOf(r *row, what string, columns ...string) Place {
	return Place{Installation: r.installation, Table: r.table.name, Row: r.keyText(), Columns: columns, What: what}
}

var sealColumns = []string{"ver", "layout", "seal", "colsum"}

func (r *row) column(name string) any {
	switch name {
	case "ver":
		return r.ver
	case "layout":
		return r.layout
	case "seal":
		return r.seal
	case "colsum":
		return r.colsum
	}
	return r.get(name)
}

// others returns other values of the type of v.
func others(v any) []any {
	if n, ok := v.(int64); ok {
		return []any{n - 1, n + 1, n + 1000, int64(0), int64(1)}
	}
	return []any{other(v)}
}

var mutations = []mutation{
	{"edited", true, func(w *world, tb *table, column string) done {
		for _, r := range w.of(w.now, tb, w.north) {
			if w.alter(r, column) {
				return done{placeOf(r, "edited", column)}
			}
		}
		return nil
	}},
	{"a value copied from another row", true, func(w *world, tb *table, column string) done {
		rows := w.of(w.now, tb, w.north)
		for _, r := range rows {
			for _, from := range rows {
				if fmt.Sprint(r.column(column)) != fmt.Sprint(from.column(column)) && column != "seal" && w.set(r, column, from.column(column)) {
					return done{placeOf(r, "edited", column)}
				}
			}
		}
		return nil
	}},
	{"a value copied from another row, its check too", true, func(w *world, tb *table, column string) done {
		i := tb.find(column)
		rows := w.of(w.now, tb, w.north)
		for _, r := range rows {
			for _, from := range rows {
				if i >= 0 && fmt.Sprint(r.values[i]) != fmt.Sprint(from.values[i]) && w.set(r, column, from.values[i]) {
					colsum := bytes.Clone(r.colsum)
					copy(colsum[4*i:4*i+4], from.colsum[4*i:4*i+4])
					w.set(r, "colsum", colsum)
					return done{placeOf(r, "edited")}
				}
			}
		}
		return nil
	}},
	{"a value as it was in an old copy", true, func(w *world, tb *table, column string) done {
		for _, was := range w.of(w.old, tb, w.north) {
			r := w.now[was.id()]
			if i := tb.find(column); i >= 0 && fmt.Sprint(was.values[i]) != fmt.Sprint(r.values[i]) && w.set(r, column, was.values[i]) {
				return done{placeOf(r, "edited", column)}
			}
		}
		return nil
	}},
	{"a row made up", false, func(w *world, tb *table, _ string) done {
		r := elsewhere(w.pick(w.of(w.now, tb, w.north)))
		r.seal = append(bytes.Clone(r.seal[:4]), bytes.Repeat([]byte{byte(w.random.IntN(256))}, 16)...)
		if !w.insert(r) {
			return nil
		}
		return done{placeOf(r, "inserted")}
	}},
	{"a row deleted", false, func(w *world, tb *table, _ string) done {
		r := w.pick(w.of(w.now, tb, w.north))
		w.delete(r)
		return done{placeOf(r, "deleted")}
	}},
	{"a row copied from another", false, func(w *world, tb *table, _ string) done {
		from := w.pick(w.of(w.now, tb, w.north))
		r := elsewhere(from)
		if !w.insert(r) {
			return nil
		}
		return done{placeOf(r, "copied from "+from.keyText())}
	}},
	{"a row written over with another", false, func(w *world, tb *table, _ string) done {
		rows := w.of(w.now, tb, w.north)
		if len(rows) < 2 {
			return nil
		}
		r := rows[0].keep()
		from := rows[1]
		r.values, r.ver, r.layout, r.seal, r.colsum = from.values, from.ver, from.layout, from.seal, from.colsum
		if !w.replace(r) {
			return nil
		}
		return done{placeOf(r, "copied from "+from.keyText())}
	}},
	{"a row copied from another installation", false, func(w *world, tb *table, _ string) done {
		if tb.ledger == serverLedger {
			return nil
		}
		from := w.pick(w.of(w.now, tb, w.south))
		r := from.keep()
		r.installation = w.north
		if there := w.now[r.id()]; there != nil {
			w.delete(there)
		}
		if !w.insert(r) {
			return nil
		}
		return done{placeOf(r, "copied from "+from.keyText()+" of installation "+w.south)}
	}},
	{"a row copied from another database", false, func(w *world, tb *table, _ string) done {
		r := w.pick(w.of(w.now, tb, w.north)).keep()
		k := keysFor([32]byte{200}, r.installation)
		r.colsum = r.wantColsum(k)
		r.seal = append(bytes.Clone(k.id[:]), r.macWith(k, r.installation, r.colsum)...)
		w.replace(r)
		return done{placeOf(r, "copied from another database")}
	}},
	{"an old copy of a row", false, func(w *world, tb *table, _ string) done {
		rows := w.of(w.old, tb, w.north)
		if len(rows) == 0 {
			return nil
		}
		r := w.pick(rows)
		w.replace(r)
		return done{placeOf(r, fmt.Sprintf("old copy put back: version %d, should be %d", r.ver, w.now[r.id()].ver))}
	}},
	{"a deleted row put back", false, func(w *world, tb *table, _ string) done {
		rows := w.of(w.gone, tb, w.north)
		if len(rows) == 0 {
			return nil
		}
		r := w.pick(rows)
		w.insert(r)
		return done{placeOf(r, "deleted row put back")}
	}},
	{"a row from an abandoned branch", false, func(w *world, tb *table, _ string) done {
		rows := w.of(w.branch, tb, w.north)
		if len(rows) == 0 {
			return nil
		}
		r := w.pick(rows)
		w.replace(r)
		return done{placeOf(r, fmt.Sprintf("version %d is from a branch of history that was abandoned", r.ver))}
	}},
	{"seals swapped", false, func(w *world, tb *table, _ string) done {
		rows := w.of(w.now, tb, w.north)
		if len(rows) < 2 {
			return nil
		}
		x, y := rows[0].keep(), rows[1].keep()
		x.ver, x.seal, x.colsum, y.ver, y.seal, y.colsum = y.ver, y.seal, y.colsum, x.ver, x.seal, x.colsum
		w.replace(x)
		w.replace(y)
		return done{placeOf(x, "copied from "+y.keyText()), placeOf(y, "copied from "+x.keyText())}
	}},
	{"a key exchanged", false, func(w *world, tb *table, _ string) done {
		from := w.pick(w.of(w.now, tb, w.north))
		r := elsewhere(from)
		w.delete(from)
		if !w.insert(r) {
			w.insert(from)
			return nil
		}
		return done{placeOf(from, "deleted"), placeOf(r, "copied from "+from.keyText())}
	}},
}

// judge compares what fsck says of a mutation with what must be said: exactly
// these places, and nothing of the chain.
func (w *world) judge(t *testing.T, name string, want done, r Report) {
	t.Helper()
	if r.Verdict != Broken || len(r.Chain.At) > 0 {
		t.Errorf("%s: verdict %s, chain %v", name, r.Verdict, r.Chain)
	}
	slices.SortStableFunc(want, comparePlaces)
	got := r.Rows.At
	for i := 0; i < max(len(want), len(got)); i++ {
		switch {
		case i >= len(want):
			t.Errorf("%s: more is said than was done: %v", name, got[i:])
			return
		case i >= len(got):
			t.Errorf("%s: nothing is said of %v", name, want[i])
		case got[i].Installation != want[i].Installation || got[i].String() != want[i].String():
			t.Errorf("%s:\n got %s\nwant %s", name, got[i], want[i])
		}
	}
}

// judgeStore opens the store on what was done: it must know of the same rows.
func (w *world) judgeStore(t *testing.T, name string, want done) {
	t.Helper()
	s := openStore(t, w.db)
	defer s.Close()
	health, damages := s.Health()
	if b, err := s.Book("north"); err == nil && want[0].Table != "installation" {
		health, damages = b.Health(), b.Damage()
	}
	if health == store.Sound {
		t.Errorf("%s: the store finds nothing", name)
	}
	for _, p := range want {
		if !slices.ContainsFunc(damages, func(d store.Damage) bool { return d.Table == p.Table && sameKey(d.Key, p.Row) }) {
			t.Errorf("%s: the store says nothing of %s: %v", name, p, damages)
		}
	}
}

// sameKey compares a key as the store writes it, "ACME/user", with one as it is
// written here, "issuer=ACME module=user".
func sameKey(key, row string) bool {
	var values []string
	for part := range strings.FieldsSeq(row) {
		_, value, _ := strings.Cut(part, "=")
		values = append(values, value)
	}
	return key == strings.Join(values, "/")
}

// proof reports whether tests run at their full sizes.
func proof() bool { return os.Getenv("POTT_PROOF") == "1" }

// Whatever is done to a row of whatever table is named: what was done, to which
// row, in which columns. By default every column is edited on SQLite and every
// kind of mutation done once to every table; POTT_PROOF=1 does every mutation to
// every column of every table on both databases.
func TestEveryMutationOfEveryTableIsNamed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, 4)
		if broken := w.check().Broken(); len(broken) > 0 {
			t.Fatalf("before anything is done: %v", broken)
		}
		tried, refused, kinds := 0, 0, map[string]int{}
		for _, tb := range tables {
			if tb.ledger == seatsLedger && writers[tb.name].put == nil {
				t.Errorf("table %s has no writer in matrix_fill_test.go, so nothing tries to change it", tb.name)
				continue
			}
			for _, m := range mutations {
				columns := []string{""}
				if m.column {
					columns = slices.Clone(sealColumns)
					for _, c := range tb.columns {
						columns = append(columns, c.name)
					}
				}
				all := proof() || m.kind == "edited" && db.Dialect == sqldb.SQLite
				w.random.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
				for _, column := range columns {
					tried++
					want := m.do(w, tb, column)
					if want == nil {
						refused++
						w.mend(tb) // half of it may have been done
						continue
					}
					kinds[m.kind]++
					name := strings.TrimSpace(fmt.Sprintf("%s: %s %s", tb.name, m.kind, column))
					w.judge(t, name, want, w.check())
					if all := proof(); all || !m.column || kinds[m.kind] == 1 {
						w.judgeStore(t, name, want)
					}
					w.mend(tb)
					if !all {
						break
					}
				}
			}
		}
		for _, m := range mutations {
			if kinds[m.kind] == 0 {
				t.Errorf("%s: never done", m.kind)
			}
		}
		if broken := w.check().Broken(); len(broken) > 0 {
			t.Errorf("after everything was mended: %v", broken)
		}
		t.Logf("%d mutations named, %d could not be made; %v", tried-refused, refused, kinds)
	})
}
