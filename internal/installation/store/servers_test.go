package store

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestTwoServersShareTheLastSeats(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		first := newTestBook(t, sqldbtest.Open(t, dsn))
		people := addPeople(t, first, 200)
		second, err := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second"}).Book("design")
		if err != nil {
			t.Fatal(err)
		}
		race(t, []*Book{first, second}, people)
		if diff := cmp.Diff(dump(t, first), dump(t, second)); diff != "" {
			t.Errorf("the servers differ (-first +second):\n%s", diff)
		}
	})
}

// Everything one server does is seen by the other, watchers included.
func TestAServerFollowsAnother(t *testing.T) {
	t.Parallel()
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		first := newTestBook(t, sqldbtest.Open(t, dsn))
		store := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second"})
		second, err := store.Book("design")
		if err != nil {
			t.Fatal(err)
		}
		var seen Commit
		second.Watch(func(v *View, c Commit) {
			if v.Seq() != c.Seq {
				t.Errorf("told of %d at %d", c.Seq, v.Seq())
			}
			seen.add(c)
		})
		everything(t, first)
		do(t, first, func(tx *Tx) error {
			bo, _ := tx.PersonByUserID("bo")
			tx.Entry("person.erase", bo.ID)
			return tx.ErasePersonal(bo.ID)
		})
		created := createBook(t, first.store, "another")
		if err := store.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(dump(t, first), dump(t, second)); diff != "" {
			t.Errorf("the servers differ (-first +second):\n%s", diff)
		}
		if len(seen.People) != 2 || !seen.Sets || !seen.Licenses || !seen.Profiles {
			t.Errorf("the second server's watcher heard %+v", seen)
		}
		if b, err := store.Book("another"); err != nil || b.ID() != created.ID() {
			t.Errorf("the installation made by the first server: %v", err)
		}
	})
}

// A server that finds another's rows damaged takes none of them over.
func TestAServerDoesNotFollowIntoDamage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ attack, want string }{
		"edited":       {"UPDATE license SET seats = 900 WHERE installation = ?", "license edited seats"},
		"deleted":      {"DELETE FROM license WHERE installation = ?", "license deleted"},
		"an old copy":  {"", "license old copy put back"},
		"its personal": {"UPDATE personal SET user_id = 'mallory' WHERE installation = ?", "person personal values edited"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
				first := newTestBook(t, sqldbtest.Open(t, dsn))
				second, err := openStore(t, sqldbtest.Open(t, dsn), Options{Node: "second"}).Book("design")
				if err != nil {
					t.Fatal(err)
				}
				anna := addPerson(t, first, "anna")
				putPool(t, first, web(), 3)
				attack(t, first, "CREATE TABLE kept AS SELECT * FROM license")
				do(t, first, give(anna, web()))
				if c.attack != "" {
					attack(t, first, c.attack, first.ID())
				} else {
					attack(t, first, "DELETE FROM license WHERE installation = ?", first.ID())
					attack(t, first, "INSERT INTO license SELECT * FROM kept")
				}
				if err := second.Refresh(t.Context()); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]string{c.want}, foundAll(second)); diff != "" {
					t.Errorf("damage (-want +got):\n%s", diff)
				}
				second.View(func(v *View) error {
					_, pool := v.License(web())
					_, found := v.PersonByUserID("mallory")
					if pool != (name == "its personal") || found {
						t.Errorf("the pool is used: %v, mallory is found: %v", pool, found)
					}
					return nil
				})
			})
		})
	}
}

// Two installations of one server share neither rows nor numbers nor chains.
func TestInstallationsDoNotLeakIntoEachOther(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		one := newTestBook(t, db)
		two := createBook(t, one.store, "nordlys")
		before := dump(t, two)
		everything(t, one)
		if diff := cmp.Diff(before, dump(t, two)); diff != "" {
			t.Errorf("the other installation changed:\n%s", diff)
		}
		everything(t, two)
		two.View(func(v *View) error {
			if p, _ := v.PersonByUserID("anna"); p.Number != 1 {
				t.Errorf("anna of the second has number %d", p.Number)
			}
			return nil
		})
		// A row of one moved to the other has the other's keys against it.
		attack(t, one, "UPDATE token SET installation = 'x' WHERE installation = ?", one.ID())
		attack(t, one, "UPDATE token SET installation = 'y' WHERE installation = ?", two.ID())
		attack(t, one, "UPDATE token SET installation = ? WHERE installation = 'x'", two.ID())
		attack(t, one, "UPDATE token SET installation = ? WHERE installation = 'y'", one.ID())
		one = reopen(t, one)
		two, _ = one.store.Book("nordlys")
		for _, b := range []*Book{one, two} {
			if diff := cmp.Diff([]string{"token edited name,hash,scopes,created,created_by,expires,revoked"}, foundAll(b)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", b.Name(), diff)
			}
		}
	})
}

// On SQLite acts of several installations may share a transaction, some of them
// refused and some with nothing to do.
func TestBatchMixesInstallations(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		first := newTestBook(t, db)
		books := []*Book{first, createBook(t, first.store, "two"), createBook(t, first.store, "three")}
		let := hold(t, first)
		var wg sync.WaitGroup
		for i := range 30 {
			b := books[i%3]
			wg.Go(func() {
				_, err := b.Update(t.Context(), admin, monday, func(tx *Tx) error {
					if b == books[2] {
						return errNo
					}
					tx.Entry("profile.put", "")
					return tx.PutProfile(Profile{Code: fmt.Sprint(i)})
				})
				if want := b == books[2]; (err == errNo) != want {
					t.Error(err)
				}
			})
		}
		queued(t, first, 10)
		let()
		wg.Wait()
		for i, b := range books {
			checkBook(t, b)
			b.View(func(v *View) error {
				if got, want := len(v.Profiles()), []int{10, 10, 0}[i]; got != want {
					t.Errorf("%s has %d profiles, want %d", b.Name(), got, want)
				}
				return nil
			})
		}
		checkBook(t, reopen(t, first))
	})
}
