package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// round goes once through all rows, a few at a time.
func round(t testing.TB, b *Book, limit int) (rows int) {
	t.Helper()
	for at := (Cursor{}); ; {
		next, n, err := b.CheckSome(t.Context(), at, limit)
		if err != nil {
			t.Fatal(err)
		}
		if rows += n; !next.Began() {
			return rows
		}
		at = next
	}
}

func TestARoundSeesEveryRowOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		everything(t, b)
		for _, limit := range []int{1, 2, 3, 1000} {
			if rows := round(t, b, limit); int64(rows) != b.Counted() || b.Health() != Sound {
				t.Errorf("%d at a time: %d rows of %d, %v", limit, rows, b.Counted(), b.Damage())
			}
		}
		if rows, err := b.CheckAll(t.Context()); err != nil || int64(rows) != b.Counted() || b.Health() != Sound {
			t.Errorf("all: %d rows, %v, %v", rows, err, b.Damage())
		}
	})
}

// While the server runs, without anybody writing over the row.
func TestARoundFindsEveryEditedColumn(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		everything(t, b)
		var want []string
		for _, l := range layouts {
			if l == installationLayout {
				continue
			}
			c := l.Columns[0]
			key, old := oneCell(t, b, l, c.Name)
			attack(t, b, "UPDATE "+l.Table+" SET "+c.Name+" = ? WHERE installation = ? AND "+l.Key[len(l.Key)-1].Name+" = ?",
				other(l, c, old).SQL(), b.ID(), key.SQL())
			want = append(want, l.Table+" edited "+c.Name)
		}
		round(t, b, 2)
		round(t, b, 2) // names nothing twice
		if diff := cmp.Diff(want, foundAll(b), sorted); diff != "" || b.Health() != Damaged {
			t.Errorf("%v (-want +got):\n%s", b.Health(), diff)
		}
	})
}

func TestWhatARoundFinds(t *testing.T) {
	t.Parallel()
	const copied = " SELECT installation, 99, person, issuer, module, quantity, source, from_at, until_at, given_by, reason, ended_by, end_reason, ver, layout, seal, colsum FROM assignment WHERE number = 2"
	for name, c := range map[string]struct {
		sql  string
		want string
		all  bool // only a look at all rows finds it
	}{
		"personal edited":  {"UPDATE personal SET email = 'x@example.com'", "person personal values edited", false},
		"personal deleted": {"DELETE FROM personal WHERE user_id = 'bo'", "person personal values deleted", false},
		"inserted":         {"INSERT INTO assignment" + copied, "assignment inserted", false},
		"deleted":          {"DELETE FROM assignment WHERE number = 2", "assignment deleted", true},
		"seal":             {"UPDATE role SET seal = colsum", "role edited", false},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				b := newTestBook(t, db)
				everything(t, b)
				attack(t, b, c.sql)
				if round(t, b, 3); c.all && b.Health() != Sound {
					t.Errorf("a round of seals found %v", b.Damage())
				}
				if _, err := b.CheckAll(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := foundAll(b); len(got) == 0 || got[0] != c.want {
					t.Errorf("found %v, want %s", got, c.want)
				}
			})
		})
	}
}

func TestARoundNamesOldCopiesAndRowsPutBack(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		putPool(t, b, web(), 3)
		attack(t, b, "CREATE TABLE old AS SELECT * FROM license")
		do(t, b, give(anna, web()))
		do(t, b, func(tx *Tx) error { tx.Entry("p", ""); return tx.PutProfile(Profile{Code: "gone"}) })
		attack(t, b, "CREATE TABLE gone AS SELECT * FROM profile")
		do(t, b, func(tx *Tx) error { tx.Entry("p", ""); return tx.DropProfile("gone") })
		attack(t, b, "DELETE FROM license")
		attack(t, b, "INSERT INTO license SELECT * FROM old")
		attack(t, b, "INSERT INTO profile SELECT * FROM gone")
		round(t, b, 100)
		if diff := cmp.Diff([]string{"license old copy put back", "profile deleted row put back"}, foundAll(b)); diff != "" {
			t.Error(diff)
		}
	})
}

// Rounds go on while people work, and hold what was just written against nobody.
func TestARoundAccusesNobodyWhilePeopleWork(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		everything(t, b)
		anna := addPerson(t, b, "anna2")
		working := make(chan struct{})
		go func() {
			defer close(working)
			for range 40 {
				do(t, b, give(anna, web()))
				do(t, b, release(anna, web()))
			}
		}()
		for over := false; !over; {
			select {
			case <-working:
				over = true
			default:
			}
			round(t, b, 7)
			if _, err := b.CheckAll(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if b.Health() != Sound {
			t.Errorf("found %v", b.Damage())
		}
	})
}

func TestTheListOfInstallationsIsCheckedWhileItIsInUse(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		attack(t, b, "UPDATE installation SET name = 'mine' WHERE name = 'design'")
		if _, err := b.store.CheckList(t.Context()); err != nil {
			t.Fatal(err)
		}
		if health, damage := b.store.Health(); health != Damaged || len(damage) != 1 || damage[0].What != "edited" {
			t.Errorf("%v %v", health, damage)
		}
	})
}

func TestRowsUnderAnotherKeyAreNotChecked(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		b.store.Close()
		s, err := Open(t.Context(), db, Keys{Master: [32]byte{42}}, Options{Now: monday})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		other, err := s.Book("design")
		if err != nil {
			t.Fatal(err)
		}
		if rows, err := other.CheckAll(t.Context()); rows != 0 || code(err) != "storage.cannot-check" {
			t.Errorf("%d rows, %v", rows, err)
		}
	})
}

var sorted = cmp.Transformer("sorted", func(list []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range list {
		set[s] = true
	}
	return set
})
