package store

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// While everybody is given seats and gives them back, rows are edited, deleted and
// slipped in, and the tables themselves are changed. Each is found, named and
// repaired while the storm goes on; nobody else is accused, no seat is given too
// many, and in the end everything adds up.
func TestDamageIsFoundAndRepairedInAStorm(t *testing.T) {
	t.Parallel()
	rounds := 2
	if os.Getenv("POTT_PROOF") == "1" {
		rounds = 60
	}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		people := addPeople(t, b, 40)
		putPool(t, b, web(), 12)
		do(t, b, func(tx *Tx) error {
			tx.Entry("profile.put", "")
			return errors.Join(tx.PutProfile(Profile{Code: "one", Name: "One"}), tx.PutProfile(Profile{Code: "two", Name: "Two"}))
		})
		over := stormOf(t, b, people, 16)
		for n := range rounds {
			for _, c := range []struct {
				what, attack string
				action       Repair
				values       map[string]string
			}{
				{"edited", "UPDATE profile SET name = 'Another' WHERE code = 'one'", RepairRestore, map[string]string{"name": "One"}},
				{"deleted", "DELETE FROM profile WHERE code = 'two'", RepairRestore, map[string]string{"name": "Two", "modules": ""}},
				{"slipped in", "INSERT INTO profile SELECT installation, 'three', name, modules, ver, layout, seal, colsum FROM profile WHERE code = 'one'", RepairRemove, nil},
			} {
				attack(t, b, c.attack)
				if _, err := b.CheckAll(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := repair(t, b, c.action, c.values); err != nil {
					t.Fatalf("round %d, %s: %v", n, c.what, err)
				}
				if b.Health() != Sound {
					t.Fatalf("round %d, %s: after the repair %v with %v", n, c.what, b.Health(), b.Damage())
				}
			}
			schemaInStorm(t, db)
		}
		given, full := over()
		if given == 0 || full == 0 {
			t.Errorf("%d were given a seat and %d told that the pool is full: nothing was tested", given, full)
		}
		t.Logf("figure: %d repairs and %d changes of the schema in a storm of %d changes, %d times full", 3*rounds, rounds, given, full)
		checkBook(t, whole(t, b))
	})
}

// stormOf has administrators give and take back seats until it is over, and tell
// how often they did and how often the pool was full. It returns when the pool has
// been full once: then the storm is one.
func stormOf(t *testing.T, b *Book, people []string, administrators int) (over func() (given, full int64)) {
	var stop atomic.Bool
	var did, none atomic.Int64
	var all sync.WaitGroup
	var once sync.Once
	begun := make(chan struct{})
	for i := range administrators {
		all.Go(func() {
			for n := i; !stop.Load(); n += 7 {
				person := people[n%len(people)]
				_, err := b.Update(t.Context(), admin, monday, func(tx *Tx) error {
					if len(tx.Assignments(person)) > 0 {
						return release(person, web())(tx)
					}
					return give(person, web())(tx)
				})
				switch {
				case err == nil:
					did.Add(1)
				case code(err) == "seat.pool-full":
					none.Add(1)
					once.Do(func() { close(begun) })
				default:
					t.Errorf("in the storm: %v", err)
					return
				}
			}
		})
	}
	select {
	case <-begun:
	case <-t.Context().Done():
	}
	return func() (int64, int64) {
		stop.Store(true)
		all.Wait()
		return did.Load(), none.Load()
	}
}

// schemaInStorm hangs a trigger on a table and has fsck name it, and it alone.
func schemaInStorm(t *testing.T, db *sqldb.DB) {
	t.Helper()
	run := func(texts ...string) {
		t.Helper()
		for _, text := range texts {
			if _, err := db.Exec(t.Context(), text); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
	}
	made, dropped := []string{"CREATE TRIGGER more AFTER UPDATE ON profile BEGIN SELECT 1; END"}, []string{"DROP TRIGGER more"}
	if db.Dialect == sqldb.PostgreSQL {
		made = []string{"CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
			"CREATE TRIGGER more AFTER UPDATE ON profile FOR EACH ROW EXECUTE FUNCTION nothing()"}
		dropped = []string{"DROP TRIGGER more ON profile", "DROP FUNCTION nothing()"}
	}
	check := func() string {
		report, err := fsck.Check(t.Context(), db, fsck.Options{Keys: []fsck.Key{{Master: keys.Master}}})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(report.Rows.At) // the pool stands in no set, which Counts names
	}
	run(made...)
	if said := check(); !strings.Contains(said, "a trigger that does not belong there: more") || strings.Contains(said, "assignment") {
		t.Errorf("with a trigger fsck says %s", said)
	}
	run(dropped...)
	if said := check(); said != "[]" {
		t.Errorf("without it fsck says %s", said)
	}
}
