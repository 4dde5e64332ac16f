package fsck

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// What a check of a whole database costs, by how many people there are, each
// with a plan and the two modules it includes. POTT_PROOF=1 takes 100,000,
// POTT_PEOPLE any number.
func BenchmarkCheck(b *testing.B) {
	people := 5000
	if proof() {
		people = 100_000
	}
	if n, err := strconv.Atoi(os.Getenv("POTT_PEOPLE")); err == nil {
		people = n
	}
	dsns := map[string]string{"sqlite": sqldbtest.SQLite(b)}
	if server := sqldbtest.Server(b); server != "" {
		dsns["postgres"] = sqldbtest.Postgres(b, server)
	}
	for name, dsn := range dsns {
		b.Run(fmt.Sprintf("%s/people=%d", name, people), func(b *testing.B) {
			db := sqldbtest.Open(b, dsn)
			s := openStore(b, db)
			if len(s.Names()) == 0 {
				fillMany(b, s, people)
			}
			s.Close()
			b.ResetTimer()
			for b.Loop() {
				r, err := Check(b.Context(), db, Options{Keys: []Key{{Master: testMaster}}})
				if err != nil || len(r.Broken()) > 0 || r.Counts.State != Intact {
					b.Fatalf("%v %+v", err, r)
				}
				b.ReportMetric(float64(r.Checked.Rows), "rows")
			}
		})
	}
}

// fillMany puts many people on a plan, 500 in a batch.
func fillMany(t testing.TB, s *store.Store, people int) {
	book, err := s.CreateInstallation(t.Context(), testBy, testNow, store.NewInstallation{Name: "north",
		Owner: store.Owner{Company: "Company", Serial: "1600065823", TimeZone: "UTC", Language: "en"}})
	if err != nil {
		t.Fatal(err)
	}
	f := &filler{t: t, book: book, seats: int64(people)}
	f.set()
	names := []license.Name{license.NameOf("ACME", "sales"), license.NameOf("ACME", "user"), license.NameOf("ACME", "web")}
	for from := 0; from < people; from += 500 {
		f.update(func(tx *store.Tx) error {
			n := min(500, people-from)
			for i := range n {
				p, err := tx.PutPerson(store.Person{Person: seat.Person{Kind: license.Internal, Login: true},
					Personal: store.Personal{UserID: fmt.Sprintf("user%d", from+i), First: "Anna", Last: "Andersson", Email: "anna@example.com"}})
				if err != nil {
					return err
				}
				if _, err := tx.Assign(seat.Assignment{Person: p.ID, Name: names[0], Quantity: 1, Source: seat.Direct}); err != nil {
					return err
				}
				tx.Entry("plan.set", p.ID, audit.F("plan", names[0]))
			}
			takes := make([]seat.Take, len(names))
			for i, name := range names {
				takes[i] = seat.Take{Name: name, Delta: int64(n)}
			}
			return tx.TakeSeats(takes)
		})
	}
}
