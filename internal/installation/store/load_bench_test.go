package store

import (
	"testing"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// BenchmarkOpen loads and checks a book of 20,000 people with one assignment
// each, and reports the time for each sealed row.
func BenchmarkOpen(b *testing.B) {
	each := func(b *testing.B, dsn string) {
		db := sqldbtest.Open(b, dsn)
		book := newTestBook(b, db)
		people := addPeople(b, book, 20000)
		putPool(b, book, web(), 20000)
		do(b, book, func(tx *Tx) error {
			tx.Entry("import", "", audit.F("count", len(people)))
			for _, person := range people {
				if _, err := tx.Assign(seat.Assignment{Person: person, Name: web(), Quantity: 1, Source: seat.Import}); err != nil {
					return err
				}
			}
			return tx.TakeSeats([]seat.Take{{Name: web(), Delta: int64(len(people))}})
		})
		for b.Loop() {
			if book = reopen(b, book); book.Health() != Sound {
				b.Fatal(book.Damage())
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/40000, "ns/row")
	}
	b.Run("sqlite", func(b *testing.B) { each(b, sqldbtest.SQLite(b)) })
	if server := sqldbtest.Server(b); server != "" {
		b.Run("postgres", func(b *testing.B) { each(b, sqldbtest.Postgres(b, server)) })
	}
}
