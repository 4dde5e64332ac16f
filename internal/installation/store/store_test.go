package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

var (
	admin  = audit.Actor{Kind: audit.Host, ID: "root"}
	monday = time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	keys   = Keys{Master: [32]byte{1, 2, 3}}
	errNo  = errors.New("no")
)

func web() license.Name { return license.NameOf("SUPEROFFICE", "web") }

// openStore opens a store and closes it before its database is closed.
func openStore(t testing.TB, db *sqldb.DB, options Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), db, keys, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// newTestBook makes a store with one installation.
func newTestBook(t testing.TB, db *sqldb.DB) *Book {
	t.Helper()
	return createBook(t, openStore(t, db, Options{}), "design")
}

func createBook(t testing.TB, s *Store, name string) *Book {
	t.Helper()
	b, err := s.CreateInstallation(t.Context(), admin, monday, NewInstallation{Name: name,
		Owner: Owner{Company: "Designteamet", Serial: "1600070120", TimeZone: "Europe/Stockholm", Language: "sv"}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// reopen closes the store of a book and opens its database anew.
func reopen(t testing.TB, b *Book) *Book {
	t.Helper()
	b.store.Close()
	again, err := openStore(t, b.store.db, Options{Parse: b.store.options.Parse, Anchors: b.store.options.Anchors}).Book(b.Name())
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// do runs an act that must succeed.
func do(t testing.TB, b *Book, act func(tx *Tx) error) Receipt {
	t.Helper()
	r, err := b.Update(t.Context(), admin, monday, act)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func addPerson(t testing.TB, b *Book, userID string) string {
	t.Helper()
	var id string
	do(t, b, func(tx *Tx) error {
		p, err := tx.PutPerson(Person{Person: seat.Person{Kind: license.Internal, Login: true}, Personal: Personal{UserID: userID, First: "Anna"}})
		id = p.ID
		tx.Entry("person.add", id)
		return err
	})
	return id
}

func putPool(t testing.TB, b *Book, name license.Name, seats int64) {
	t.Helper()
	do(t, b, func(tx *Tx) error {
		tx.Entry("license.put", "")
		return tx.PutLicense(License{Name: name, Kind: license.User, Seats: seats, SetNumber: 1, Line: 1})
	})
}

// give is the smallest act that takes a seat.
func give(person string, name license.Name) func(tx *Tx) error {
	return func(tx *Tx) error {
		if p := tx.Pool(name); p.Free() < 1 {
			return &seat.PoolFullError{Module: name, Seats: p.Seats, Taken: p.Taken}
		}
		if _, err := tx.Assign(seat.Assignment{Person: person, Name: name, Quantity: 1, Source: seat.Direct}); err != nil {
			return err
		}
		tx.Entry("extra.add", person, audit.F("module", name))
		return tx.TakeSeats([]seat.Take{{Name: name, Delta: 1}})
	}
}

func release(person string, name license.Name) func(tx *Tx) error {
	return func(tx *Tx) error {
		for _, a := range tx.Assignments(person) {
			if a.Name == name {
				if err := tx.EndAssignment(a.Number, "done"); err != nil {
					return err
				}
				tx.Entry("extra.remove", person, audit.F("module", name))
				return tx.TakeSeats([]seat.Take{{Name: name, Delta: -1}})
			}
		}
		return errNo
	}
}

// dump writes everything a view shows, for comparing two books.
func dump(t testing.TB, b *Book) string {
	t.Helper()
	var out string
	err := b.View(func(v *View) error {
		info := v.Info()
		info.SiteKey = nil
		out = fmt.Sprintln(info, v.Seq(), v.Epoch(), v.Mark(), v.Health(), v.Damage(), v.HighestKeyList(), v.HighestSet("SUPEROFFICE", "1600070120"))
		people := slices.SortedFunc(v.People(), func(x, y Person) int { return int(x.Number - y.Number) })
		for _, p := range people {
			history, err := v.History(t.Context(), p.ID)
			if err != nil {
				return err
			}
			out += fmt.Sprintln(p, v.Assignments(p.ID), history)
		}
		out += fmt.Sprintln(v.Licenses(), v.Sets(), v.Profiles(), v.Tokens(), v.KeyLists(), v.Active().Names(),
			v.Activations(), v.Agreement("c5"), v.Policy(), v.PastPeople(), v.PastProfiles(), v.Events(),
			v.Databases(), v.SiteAssignments(), v.Roles(), fmt.Sprint(v.Hook("blockers")), v.Providers())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// everything fills a book with a row of every table.
func everything(t testing.TB, b *Book) {
	t.Helper()
	anna, bo := addPerson(t, b, "anna"), addPerson(t, b, "bo")
	putPool(t, b, web(), 3)
	do(t, b, give(anna, web()))
	do(t, b, give(bo, web()))
	do(t, b, release(anna, web()))
	do(t, b, func(tx *Tx) error {
		tx.Entry("all", "")
		file := tx.PutSetFile([]byte("a license file"))
		return errors.Join(
			tx.PutSet(Set{Checkpoint: "c1", Issuer: "SUPEROFFICE", Number: 4, Serial: "1600070120", State: SetActive, File: file, AcceptedAt: 7, Certificates: []string{"a", "b"}}),
			tx.PutProfile(Profile{Code: "basic", Name: "Basic", Modules: []license.Name{web()}}),
			tx.PutProfile(Profile{Code: "gone"}),
			tx.PutToken(Token{ID: "t1", Name: "shop", Hash: [32]byte{9}, Scopes: []string{"check", "read"}, Created: 5}),
			tx.PutKeyList(KeyList{Number: 2, Note: []byte("note")}),
			tx.PutActivation(Activation{Issuer: "SUPEROFFICE", SetNumber: 4, Checkpoint: "c1", Replaced: "c0", From: 7, How: OnItsDay, By: "system",
				Undo: Undo{Released: []int64{1, 2}, Given: []int64{3}, Logins: map[int64]string{2: "", 7: "2026-06-10"}}}),
			tx.PutAgreement(Agreement{Checkpoint: "c5", At: 8, By: "person x", Accepts: []license.Name{web()}, Told: 9}),
			tx.SetPolicy(Ask),
			stageEvents(tx), tx.PutAuthority(fullAuthority()),
			stageSites(tx, anna), stagePast(tx, anna), stageSignIn(tx, anna), stageMessages(tx, anna))
	})
	do(t, b, func(tx *Tx) error {
		tx.Entry("profile.drop", "")
		return tx.DropProfile("gone")
	})
}

func TestReopenedBookIsTheSame(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		everything(t, b)
		want := dump(t, b)
		if diff := cmp.Diff(want, dump(t, reopen(t, b))); diff != "" {
			t.Errorf("after reopening (-before +after):\n%s", diff)
		}
	})
}

func TestRefusedActLeavesNothing(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		everything(t, b)
		before := dump(t, b)
		_, err := b.Update(t.Context(), admin, monday, func(tx *Tx) error {
			p, _ := tx.PutPerson(Person{Personal: Personal{UserID: "carl"}})
			give(p.ID, web())(tx)
			tx.PutProfile(Profile{Code: "x"})
			tx.PutSet(Set{Checkpoint: "c9", Issuer: "SUPEROFFICE", Number: 99, Serial: "1600070120", State: SetActive})
			tx.PutKeyList(KeyList{Number: 99})
			tx.PutActivation(Activation{Issuer: "SUPEROFFICE"})
			tx.PutAgreement(Agreement{Checkpoint: "c5"})
			tx.SetPolicy(Automatic)
			tx.PutEvent(Event{})
			tx.PutAuthority(Authority{Issuer: "ACME"})
			anna, _ := tx.PersonByUserID("ANNA")
			tx.ErasePersonal(anna.ID)
			return errNo
		})
		if err != errNo {
			t.Fatalf("got error %v, want the act's", err)
		}
		if diff := cmp.Diff(before, dump(t, b)); diff != "" {
			t.Errorf("after a refused act (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(before, dump(t, reopen(t, b))); diff != "" {
			t.Errorf("after a refused act and reopening (-before +after):\n%s", diff)
		}
	})
}

// Small numbers have no gaps where acts of the same batch were refused.
func TestRefusedActUsesUpNoNumber(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		let := hold(t, b)
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				_, err := b.Update(t.Context(), admin, monday, func(tx *Tx) error {
					tx.Entry("person.add", "")
					_, err := tx.PutPerson(Person{Personal: Personal{UserID: fmt.Sprint("user-", i)}})
					if i%2 == 0 {
						return errNo
					}
					return err
				})
				if (err == nil) != (i%2 == 1) {
					t.Error(err)
				}
			})
		}
		queued(t, b, 20)
		let()
		wg.Wait()
		b.View(func(v *View) error {
			var numbers []int64
			for p := range v.People() {
				numbers = append(numbers, p.Number)
			}
			slices.Sort(numbers)
			if diff := cmp.Diff([]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, numbers); diff != "" {
				t.Errorf("numbers (-want +got):\n%s", diff)
			}
			return nil
		})
	})
}

// stageMessages puts a row into every table of messages, and says what is collected.
func stageMessages(tx *Tx, person string) error {
	return errors.Join(
		tx.PutMessageRule(MessageRule{Kind: "full", Reader: "administrator", On: true}),
		tx.PutMessageChoice(MessageChoice{Person: person, Off: []string{"full", "expires"}}),
		tx.CollectActivity(ActivityPolicy{Ground: "agreement with the works council", From: 7}),
		tx.PutSnooze(Snooze{Person: person, Until: map[string]int64{"expires:ACME:2026-11-01:0:14": 5, "message:::3:0": 7}}),
		tx.PutToldMessage(ToldMessage{Kind: "expires", About: "SUPEROFFICE", Level: 30, At: 7, Over: 9, Facts: []audit.Fact{audit.F("days", 30)}, Next: 2}),
		tx.PutOutMessage(OutMessage{ID: "m1", Kind: "expires", About: "SUPEROFFICE", Level: 30, Channel: "mail", Target: person, Made: 7, Due: 8, Failed: 9, Tries: 3, Error: "no route"}))
}
