package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// checkBook checks what must hold at all times: every row sound, every pool as
// full as its assignments say and no fuller than it may be, the chain whole.
func checkBook(t testing.TB, b *Book) {
	t.Helper()
	if b.Health() != Sound {
		t.Errorf("the book is %v: %v", b.Health(), b.Damage())
	}
	b.View(func(v *View) error {
		taken := map[license.Name]int64{}
		for p := range v.People() {
			for _, a := range v.Assignments(p.ID) {
				taken[a.Name] += a.Quantity
			}
		}
		for _, l := range v.Licenses() {
			if l.Taken != taken[l.Name] || !l.Unrestricted && l.Taken > l.Seats {
				t.Errorf("%s: %d of %d taken, %d assigned", l.Name, l.Taken, l.Seats, taken[l.Name])
			}
		}
		return nil
	})
	report, err := fsck.Check(t.Context(), b.store.db, fsck.Options{Keys: []fsck.Key{{Master: keys.Master}}})
	if err != nil {
		t.Fatal(err)
	}
	// The sets of these tests are not license files, so fsck's count against
	// them says nothing.
	for what, answer := range map[string]fsck.Answer{"rows": report.Rows, "totals": report.Totals, "chain": report.Chain} {
		if answer.State != fsck.Intact {
			t.Errorf("fsck: %s: %v", what, answer)
		}
	}
	chain, err := b.VerifyChain(t.Context())
	if err != nil {
		t.Error(err)
	}
	b.View(func(v *View) error {
		if chain.Link != v.Link() || chain.Batches != v.Seq() {
			t.Errorf("the chain ends at batch %d, the book at %d", chain.Batches, v.Seq())
		}
		return nil
	})
}

func addPeople(t testing.TB, b *Book, n int) (ids []string) {
	t.Helper()
	do(t, b, func(tx *Tx) error {
		ids = nil
		tx.Entry("people.import", "", audit.F("count", n))
		for i := range n {
			p, err := tx.PutPerson(Person{Person: seat.Person{Kind: license.Internal}, Personal: Personal{UserID: fmt.Sprint("user-", i)}})
			if err != nil {
				return err
			}
			ids = append(ids, p.ID)
		}
		return nil
	})
	return ids
}

// 64 writers on the last 100 seats: exactly 100 get one, and everybody else
// hears that the pool is full.
func TestLastSeatsAreGivenOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		race(t, []*Book{b}, addPeople(t, b, 200))
		checkBook(t, reopen(t, b))
	})
}

func race(t *testing.T, books []*Book, people []string) {
	t.Helper()
	putPool(t, books[0], web(), 100)
	var given, full atomic.Int64
	var wg sync.WaitGroup
	next := make(chan string)
	for w := range 64 {
		b := books[w%len(books)]
		wg.Go(func() {
			for person := range next {
				switch _, err := b.Update(t.Context(), admin, monday, give(person, web())); {
				case err == nil:
					given.Add(1)
				case code(err) == "seat.pool-full":
					full.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	for _, person := range people {
		next <- person
	}
	close(next)
	wg.Wait()
	if given.Load() != 100 || full.Load() != int64(len(people)-100) {
		t.Errorf("%d seats given and %d refused, want 100 and %d", given.Load(), full.Load(), len(people)-100)
	}
	for _, b := range books {
		if err := b.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
		checkBook(t, b)
	}
}

// hold keeps the teller busy until let is called, so that what is asked in
// between ends up in one batch.
func hold(t testing.TB, b *Book) (let func()) {
	t.Helper()
	held, release := make(chan struct{}), make(chan struct{})
	go b.Update(context.Background(), admin, monday, func(*Tx) error {
		close(held)
		<-release
		return errNo
	})
	<-held
	return func() { close(release) }
}

// queued waits until n requests are in the teller's queue.
func queued(t testing.TB, b *Book, n int) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for len(b.teller.queue) < n {
		if time.Now().After(deadline) {
			t.Fatalf("%d requests queued, want %d", len(b.teller.queue), n)
		}
		runtime.Gosched()
	}
}

func TestWaitingActsShareATransaction(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		people := addPeople(t, b, 60)
		putPool(t, b, web(), 50)
		let := hold(t, b)
		seqs := map[int64]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for _, person := range people {
			wg.Go(func() {
				r, err := b.Update(t.Context(), admin, monday, give(person, web()))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					seqs[r.Seq]++
				} else if code(err) != "seat.pool-full" {
					t.Error(err)
				}
			})
		}
		queued(t, b, 60)
		let()
		wg.Wait()
		if len(seqs) != 1 {
			t.Errorf("50 acts in %d batches: %v", len(seqs), seqs)
		}
		for _, n := range seqs {
			if n != 50 {
				t.Errorf("%d acts went through, want 50", n)
			}
		}
		checkBook(t, reopen(t, b))
	})
}

// An act that only the database can refuse takes nobody else down with it.
func TestConstraintRefusesItsOwnActOnly(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		people := addPeople(t, b, 10)
		putPool(t, b, web(), 100)
		putPool(t, b, license.NameOf("SUPEROFFICE", "user"), 1)
		let := hold(t, b)
		var wg sync.WaitGroup
		for i, person := range people {
			wg.Go(func() {
				act, want := give(person, web()), "<nil>"
				if i == 4 {
					act, want = func(tx *Tx) error {
						tx.Entry("too.much", "")
						return tx.TakeSeats([]seat.Take{{Name: license.NameOf("SUPEROFFICE", "user"), Delta: 2}})
					}, "storage.constraint"
				}
				if _, err := b.Update(t.Context(), admin, monday, act); code(err) != want {
					t.Errorf("act %d: %v, want %s", i, err, want)
				}
			})
		}
		queued(t, b, 10)
		let()
		wg.Wait()
		b.View(func(v *View) error {
			if p := v.Pool(web()); p.Taken != 9 {
				t.Errorf("%d taken, want 9", p.Taken)
			}
			return nil
		})
		checkBook(t, reopen(t, b))
	})
}

// A commit whose answer is lost is looked up before anybody is answered.
func TestLostCommitIsLookedUp(t *testing.T) {
	t.Parallel()
	for name, took := range map[string]bool{"it took place": true, "it did not": false} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				b := newTestBook(t, db)
				anna := addPerson(t, b, "anna")
				putPool(t, b, web(), 3)
				lost := false
				let := hold(t, b)
				b.teller.commit = func(ctx context.Context) (bool, error) { // the teller waits in hold
					if lost {
						return b.teller.writer.Commit(ctx)
					}
					lost = true
					if took {
						if _, err := b.teller.writer.Commit(ctx); err != nil {
							return true, err
						}
					} else {
						b.teller.writer.Rollback(ctx)
					}
					return false, errors.New("connection reset by peer")
				}
				let()
				do(t, b, give(anna, web()))
				if !lost {
					t.Error("no commit was lost")
				}
				b.View(func(v *View) error {
					if got := len(v.Assignments(anna)); got != 1 {
						t.Errorf("%d assignments, want 1", got)
					}
					return nil
				})
				checkBook(t, reopen(t, b))
			})
		})
	}
}

// A database that is gone stores nothing and says so; the book goes on once it
// is back.
func TestDatabaseThatFailsStoresNothing(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		putPool(t, b, web(), 1)
		attack(t, b, "ALTER TABLE audit RENAME TO gone")
		before := dump(t, b)
		if _, err := b.Update(t.Context(), admin, monday, give(anna, web())); code(err) != "storage.unavailable" {
			t.Errorf("without its table: %v", err)
		}
		if diff := cmp.Diff(before, dump(t, b)); diff != "" {
			t.Errorf("the book changed:\n%s", diff)
		}
		attack(t, b, "ALTER TABLE gone RENAME TO audit")
		do(t, b, give(anna, web()))
		checkBook(t, reopen(t, b))
	})
}

// A random day against the simplest model there is, with a new store now and
// then.
func TestRandomDay(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		const seed = 20260601
		r := rand.New(rand.NewPCG(seed, 1))
		t.Logf("seed %d", seed)
		b := newTestBook(t, db)
		people := addPeople(t, b, 12)
		modules := []license.Name{web(), license.NameOf("SUPEROFFICE", "user"), license.NameOf("AMSYSTEM", "case")}
		for i, m := range modules {
			putPool(t, b, m, int64(3+i))
		}
		held := map[string]map[license.Name]bool{}
		taken := map[license.Name]int64{}
		for step := range 300 {
			person, m := people[r.IntN(len(people))], modules[r.IntN(len(modules))]
			if held[person] == nil {
				held[person] = map[license.Name]bool{}
			}
			var err error
			if held[person][m] {
				if _, err = b.Update(t.Context(), admin, monday, release(person, m)); err == nil {
					held[person][m] = false
					taken[m]--
				}
			} else if _, err = b.Update(t.Context(), admin, monday, give(person, m)); err == nil {
				held[person][m] = true
				taken[m]++
			} else if code(err) == "seat.pool-full" {
				err = nil
			}
			if err != nil {
				t.Fatalf("step %d: %v", step, err)
			}
			if step%60 == 59 {
				b = reopen(t, b)
				checkBook(t, b)
			}
			b.View(func(v *View) error {
				for _, m := range modules {
					if p := v.Pool(m); p.Taken != taken[m] || p.Taken > p.Seats {
						t.Fatalf("step %d: %s has %d of %d taken, want %d", step, m, p.Taken, p.Seats, taken[m])
					}
				}
				return nil
			})
		}
	})
}

// The same holds for the commit that makes an installation: when nobody can say
// what became of it, that is what is said.
func TestLostCommitOfANewInstallationIsLookedUp(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		took, silent bool
		want         string
	}{
		"it took place":          {true, false, ""},
		"it did not":             {false, false, ""},
		"nobody can say":         {true, true, "storage.unknown-outcome"},
		"nobody can say it took": {false, true, "storage.unknown-outcome"},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				s := newTestBook(t, db).store
				lost := false
				lose := func(ctx context.Context) (bool, error) {
					if lost {
						return s.teller.writer.Commit(ctx)
					}
					lost = true
					if row.took {
						if _, err := s.teller.writer.Commit(ctx); err != nil {
							return true, err
						}
					} else {
						s.teller.writer.Rollback(ctx)
					}
					if row.silent {
						attack(t, s.Books()[0], "ALTER TABLE head RENAME TO gone")
					}
					return false, errors.New("connection reset by peer")
				}
				if err := s.alone(t.Context(), func(context.Context, *sqldb.Writer) error { s.teller.commit = lose; return nil }); err != nil {
					t.Fatal(err)
				}
				made, err := s.CreateInstallation(t.Context(), admin, monday, NewInstallation{Name: "nordlys"})
				if row.silent {
					attack(t, s.Books()[0], "ALTER TABLE gone RENAME TO head")
				}
				if (err != nil || row.want != "") && code(err) != row.want || !lost {
					t.Fatalf("%v, want %q; lost: %v", err, row.want, lost)
				}
				if err == nil {
					checkBook(t, made)
				}
				again := openStore(t, s.db, Options{})
				if _, err := again.Book("nordlys"); (err == nil) != (row.took || !row.silent) {
					t.Errorf("after a restart: %v", err)
				}
			})
		})
	}
}
