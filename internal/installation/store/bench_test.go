package store

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// BenchmarkGiveSalesPremium gives a plan with 18 included modules: one
// assignment, 19 pools with one more seat taken, one audit entry; seals, totals,
// chain and anchor included, stored durably before it is answered. Writers wait for
// their answer before they ask again. x-single is how many times faster it goes
// than the same code with one act in each transaction.
func BenchmarkGiveSalesPremium(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchGive(b, func() string { return sqldbtest.SQLite(b) }) })
	if server := sqldbtest.Server(b); server != "" {
		b.Run("postgres", func(b *testing.B) { benchGive(b, func() string { return sqldbtest.Postgres(b, server) }) })
	}
}

func benchGive(b *testing.B, dsn func() string) {
	for _, writers := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			single := newGiving(b, dsn(), 1)
			grouped := newGiving(b, dsn(), 0)
			single.run(writers, 300*time.Millisecond) // warm up
			grouped.run(writers, 300*time.Millisecond)
			var alone, together []float64
			for b.Loop() {
				// Interleaved, so that a busy moment hits both.
				alone = append(alone, single.run(writers, 400*time.Millisecond))
				together = append(together, grouped.run(writers, 400*time.Millisecond))
			}
			b.ReportMetric(mean(together), "acts/s")
			b.ReportMetric(mean(alone), "single-acts/s")
			b.ReportMetric(mean(together)/mean(alone), "x-single")
			b.ReportMetric(grouped.perBatch(), "acts/batch")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum / float64(len(list))
}

// giving is a book in which everybody gets the plan.
type giving struct {
	book   *Book
	plan   license.Name
	takes  []seat.Take
	people []string
	next   atomic.Int64
	given  atomic.Int64
}

func newGiving(b *testing.B, dsn string, maxBatch int) *giving {
	store := openStore(b, sqldbtest.Open(b, dsn), Options{MaxBatch: maxBatch, Anchors: filepath.Join(b.TempDir(), "anchors")})
	g := &giving{book: createBook(b, store, "bench"), plan: license.NameOf("SUPEROFFICE", "sales-premium")}
	g.takes = append(g.takes, seat.Take{Name: g.plan, Delta: 1})
	for i := range 18 {
		g.takes = append(g.takes, seat.Take{Name: license.NameOf("SUPEROFFICE", license.Module(fmt.Sprintf("module-%02d", i))), Delta: 1})
	}
	do(b, g.book, func(tx *Tx) error {
		tx.Entry("setup", "")
		for i, take := range g.takes {
			if err := tx.PutLicense(License{Name: take.Name, Kind: license.User, Seats: 1 << 40, SetNumber: 1, Line: int64(i + 1)}); err != nil {
				return err
			}
		}
		for i := range 20000 {
			p, err := tx.PutPerson(Person{Person: seat.Person{Kind: license.Internal, Login: true}, Personal: Personal{UserID: fmt.Sprint("user", i)}})
			if err != nil {
				return err
			}
			g.people = append(g.people, p.ID)
		}
		return nil
	})
	return g
}

// run lets writers give the plan for a while and returns the acts per second.
func (g *giving) run(writers int, d time.Duration) float64 {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	start, before := time.Now(), g.given.Load()
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for ctx.Err() == nil {
				person := g.people[g.next.Add(1)%int64(len(g.people))]
				if _, err := g.book.Update(context.Background(), admin, monday, g.give(person)); err != nil {
					panic(err)
				}
				g.given.Add(1)
			}
		})
	}
	wg.Wait()
	return float64(g.given.Load()-before) / time.Since(start).Seconds()
}

// give is the act. Its rules are as short as rules can be: the store is measured.
func (g *giving) give(person string) func(tx *Tx) error {
	return func(tx *Tx) error {
		if _, err := tx.Assign(seat.Assignment{Person: person, Name: g.plan, Quantity: 1, Source: seat.Direct}); err != nil {
			return err
		}
		for _, take := range g.takes {
			if tx.Pool(take.Name).Free() < take.Delta {
				return errNo
			}
		}
		tx.Entry("plan.set", person, audit.F("plan", g.plan))
		return tx.TakeSeats(g.takes)
	}
}

func (g *giving) perBatch() float64 {
	var seq int64
	g.book.View(func(v *View) error { seq = v.Seq(); return nil })
	return float64(g.given.Load()) / float64(seq)
}
