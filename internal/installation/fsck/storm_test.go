package fsck

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// An act that writes over a row would seal what was done to it. It is refused,
// the row stays as it was left, and fsck still names it.
func TestNoActWashesAnEditClean(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, 5)
		back := w.keep()
		for _, table := range slices.Sorted(maps.Keys(writers)) {
			if added[table] {
				continue
			}
			tb := tableNamed(table)
			target, act := w.target(tb, back)
			was := w.now[target]
			ways := map[string]func() Place{
				"edited": func() Place {
					column := tb.columns[w.random.IntN(len(tb.columns))].name
					if !w.alter(was, column) {
						w.set(was, "ver", was.ver+1)
						column = "ver"
					}
					return placeOf(was, "edited", column)
				},
				"deleted": func() Place {
					w.delete(was)
					return placeOf(was, "deleted")
				},
				"copied from another database": func() Place {
					w.set(was, "seal", slices.Concat([]byte{9, 9, 9, 9}, make([]byte, 16)))
					return placeOf(was, "copied from another database")
				},
			}
			if old := w.old[target]; old != nil {
				ways["old copy"] = func() Place {
					w.replace(old)
					return placeOf(was, fmt.Sprintf("old copy put back: version %d, should be %d", old.ver, was.ver))
				}
			}
			for _, way := range slices.Sorted(maps.Keys(ways)) {
				w.open(func(*store.Store) {
					want := ways[way]()
					left := w.rows()[target]
					err := act()
					if err == nil {
						t.Errorf("%s %s: the act was not refused", table, way)
					}
					if now := w.rows()[target]; fmt.Sprint(left) != fmt.Sprint(now) {
						t.Errorf("%s %s: the row was written over: %v, then %v (%v)", table, way, left, now, err)
					}
					if got := w.check().Rows.At; len(got) != 1 || got[0].String() != want.String() {
						t.Errorf("%s %s: %v, want %s", table, way, got, want)
					}
				})
				back()
			}
		}
	})
}

// added are the tables whose rows are written once: no act writes over them.
var added = map[string]bool{"person_past": true, "profile_past": true}

// target returns a row of a table and an act that writes over it.
func (w *world) target(tb *table, back func()) (rowID, func() error) {
	w.t.Helper()
	for _, try := range [][2]int{{0, 2}, {1, 1}} {
		var err error
		act := func() error { return w.filler.put(tb.name, try[0], try[1]) }
		w.open(func(*store.Store) { err = act() })
		now := w.rows()
		back()
		for id, r := range now {
			if was := w.now[id]; err == nil && id.table == tb.name && was != nil && was.ver != r.ver {
				return id, act
			}
		}
	}
	w.t.Fatalf("no act writes over a row of %s", tb.name)
	return rowID{}, nil
}

// While people are given seats and lose them, whatever is done to a row is named
// all the same, and nothing else is.
func TestMutationsAreNamedInAStorm(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, 6)
		w.open(func(*store.Store) {
			for _, tb := range tables {
				for _, m := range mutations {
					rows := w.of(w.now, tb, w.north)
					if m.column || !proof() && w.random.IntN(4) > 0 || tb.name == "license" || len(rows) == 0 {
						continue
					}
					over := w.storm()
					want := m.do(w, tb, "")
					if want != nil {
						w.judge(t, "in a storm: "+tb.name+": "+m.kind, want, w.check())
					}
					over()
					w.mendRows(tb)
				}
			}
		})
		if broken := w.check().Broken(); len(broken) > 0 {
			t.Errorf("after the storm: %v", broken)
		}
	})
}

// storm has eight administrators give a few seats each, and returns what waits
// until they have.
func (w *world) storm() (over func()) {
	var all sync.WaitGroup
	book, ctx := w.filler.book, w.t.Context()
	for i := range 8 {
		all.Go(func() {
			for n := range 4 {
				_, err := book.Update(ctx, testBy, testNow, func(tx *store.Tx) error {
					tx.Entry("storm", "")
					_, err := tx.Assign(seat.Assignment{Person: fmt.Sprintf("storm%d-%d", i, n), Name: license.NameOf("STORM", "seat"), Quantity: 1, Source: seat.Direct})
					return err
				})
				if err != nil {
					w.t.Error(err)
				}
			}
		})
	}
	return all.Wait
}

// mendRows writes the rows of a table as they were, and leaves rows alone that
// have come since.
func (w *world) mendRows(tb *table) {
	w.t.Helper()
	for id, r := range w.rows() {
		was := w.now[id]
		if id.table == tb.name && (was == nil && (tb.name != "assignment" || r.text("issuer") != "STORM") || was != nil && fmt.Sprint(was) != fmt.Sprint(r)) {
			w.delete(r)
		}
	}
	there := w.rows()
	for id, was := range w.now {
		if id.table == tb.name && there[id] == nil && !w.insert(was) {
			w.t.Fatalf("%s cannot be mended", tb.name)
		}
	}
}

// The same holds for the list of installations, which the server's own acts
// write.
func TestNoActWashesTheListOfInstallationsClean(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, 8)
		tb := tableNamed("installation")
		id := rowID{serverLedger, "installation", string(appendValue(nil, w.north))}
		for _, column := range []string{"created", "number", "state", "ver"} {
			w.open(func(s *store.Store) {
				if !w.alter(w.now[id], column) {
					t.Fatalf("%s cannot be edited", column)
				}
				left := fmt.Sprint(w.rows()[id])
				if _, err := s.SetState(t.Context(), testBy, testNow, "north", store.StateSuspended, "a bill"); err == nil {
					t.Errorf("%s was edited, and the act was not refused", column)
				}
				if now := fmt.Sprint(w.rows()[id]); now != left {
					t.Errorf("%s was edited, and the row was written over: %s, then %s", column, left, now)
				}
				w.judge(t, "installation edited under an act: "+column, done{placeOf(w.now[id], "edited", column)}, w.check())
			})
			w.mend(tb)
		}
	})
}
