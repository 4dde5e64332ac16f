package store

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// What names a person stands in one table only, and not even there once it was
// erased; everything still verifies.
func TestPersonalValuesStandNowhereElse(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		values := Personal{UserID: "anna.lund", First: "Ännä", Last: "Lundqvist", Email: "anna@designteamet.example", Group: "Malmö"}
		var id string
		do(t, b, func(tx *Tx) error {
			p, err := tx.PutPerson(Person{Person: seat.Person{Kind: license.Internal}, Personal: values})
			id = p.ID
			tx.Entry("person.add", p.ID)
			return err
		})
		if got := tablesWith(t, db, values.fields()); !slices.Equal(got, []string{"personal"}) {
			t.Errorf("personal values stand in %v", got)
		}
		do(t, b, func(tx *Tx) error {
			tx.Entry("person.erase", id)
			return tx.ErasePersonal(id)
		})
		if got := tablesWith(t, db, values.fields()); got != nil {
			t.Errorf("erased personal values stand in %v", got)
		}
		b = reopen(t, b)
		checkBook(t, b)
		b.View(func(v *View) error {
			p, ok := v.Person(id)
			if _, found := v.PersonByUserID("anna.lund"); !ok || found || p.Personal != (Personal{}) || p.Erased == 0 {
				t.Errorf("after erasing: %+v, %v, found by user id %v", p, ok, found)
			}
			return nil
		})
	})
}

// tablesWith returns the tables that hold one of some texts anywhere.
func tablesWith(t testing.TB, db *sqldb.DB, texts []string) (found []string) {
	t.Helper()
	tables, err := db.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for table, columns := range tables {
		rows, err := db.Query(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		cells, into := make([]any, len(columns)), []any{}
		for i := range cells {
			into = append(into, &cells[i])
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for _, cell := range cells {
				b, _ := cell.([]byte)
				if s, ok := cell.(string); ok {
					b = []byte(s)
				}
				for _, text := range texts {
					if bytes.Contains(b, []byte(text)) && !slices.Contains(found, table) {
						found = append(found, table)
					}
				}
			}
		}
		rows.Close()
	}
	return found
}

func TestUserIDsAreUniqueAmongPeopleWhoAreThere(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		addPerson(t, b, "Anna")
		put := func(p Person) (Person, error) {
			var stored Person
			_, err := b.Update(t.Context(), admin, monday, func(tx *Tx) (err error) {
				tx.Entry("person.put", "")
				stored, err = tx.PutPerson(p)
				return err
			})
			return stored, err
		}
		if _, err := put(Person{Personal: Personal{UserID: "ANNA"}}); code(err) != "person.user-id-taken" {
			t.Errorf("a second anna: %v", err)
		}
		bo, err := put(Person{Personal: Personal{UserID: "bo"}})
		if err != nil {
			t.Fatal(err)
		}
		bo.Personal.UserID = "aNNa"
		if _, err := put(bo); code(err) != "person.user-id-taken" {
			t.Errorf("renaming bo: %v", err)
		}
		var anna Person
		b.View(func(v *View) error { anna, _ = v.PersonByUserID("anna"); return nil })
		anna.Deleted = true
		if _, err := put(anna); err != nil {
			t.Fatal(err)
		}
		if _, err := put(bo); err != nil {
			t.Errorf("renaming bo once anna is deleted: %v", err)
		}
		anna.Deleted = false
		if _, err := put(anna); code(err) != "person.user-id-taken" {
			t.Errorf("bringing anna back: %v", err)
		}
		b = reopen(t, b)
		b.View(func(v *View) error {
			if p, _ := v.PersonByUserID("anna"); p.ID != bo.ID || p.Number != 2 {
				t.Errorf("anna is now %+v", p)
			}
			return nil
		})
	})
}

func TestTryStoresNothing(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		putPool(t, b, web(), 1)
		before := dump(t, b)
		if err := b.Try(t.Context(), admin, monday, give(anna, web())); err != nil {
			t.Error(err)
		}
		if err := b.Try(t.Context(), admin, monday, release(anna, web())); err != errNo {
			t.Errorf("got %v, want the act's own error", err)
		}
		if diff := cmp.Diff(before, dump(t, b)); diff != "" {
			t.Errorf("a try changed the book:\n%s", diff)
		}
	})
}

func TestActsAnswerForThemselves(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for name, c := range map[string]struct {
			ctx  context.Context
			act  func(*Tx) error
			want string
		}{
			"changes and records nothing":       {t.Context(), func(tx *Tx) error { return tx.PutProfile(Profile{Code: "p"}) }, "storage.no-entry"},
			"panics":                            {t.Context(), func(*Tx) error { panic("oh") }, "internal"},
			"is called off":                     {gone, func(*Tx) error { panic("it ran") }, context.Canceled.Error()},
			"ends what nobody has":              {t.Context(), func(tx *Tx) error { return tx.EndAssignment(7, "") }, "storage.no-row"},
			"takes from a pool that is nowhere": {t.Context(), func(tx *Tx) error { return tx.TakeSeats([]seat.Take{{Name: web(), Delta: 1}}) }, "storage.no-row"},
			"erases nobody":                     {t.Context(), func(tx *Tx) error { return tx.ErasePersonal("x") }, "storage.no-row"},
			"does nothing":                      {t.Context(), func(*Tx) error { return nil }, "<nil>"},
		} {
			before := dump(t, b)
			if _, err := b.Update(c.ctx, admin, monday, c.act); code(err) != c.want {
				t.Errorf("an act that %s: %v, want %s", name, err, c.want)
			}
			if diff := cmp.Diff(before, dump(t, b)); diff != "" {
				t.Errorf("an act that %s changed the book:\n%s", name, diff)
			}
		}
		b.store.Close()
		if _, err := b.Update(t.Context(), admin, monday, func(*Tx) error { return nil }); code(err) != "storage.closed" {
			t.Errorf("after closing: %v", err)
		}
	})
}

func TestClockOfABookNeverRunsBack(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		note := func(now time.Time) (at time.Time) {
			if _, err := b.Update(t.Context(), admin, now, func(tx *Tx) error {
				at = tx.Now()
				tx.Entry("note", "")
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return at
		}
		friday := monday.AddDate(0, 0, 4)
		note(friday)
		if at := note(monday); !at.Equal(friday) {
			t.Errorf("an act on monday after friday's happens at %v", at)
		}
		b = reopen(t, b)
		b.View(func(v *View) error {
			if !v.Mark().Equal(friday) {
				t.Errorf("the mark is %v", v.Mark())
			}
			return nil
		})
	})
}

func TestHighestNumbersAreRememberedInTheHead(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		do(t, b, func(tx *Tx) error {
			tx.Entry("marks", "")
			tx.RaiseCertificate("SUPEROFFICE", "key-1", 3)
			tx.RaiseCertificate("SUPEROFFICE", "key-1", 2)
			tx.RaiseCertificate("SUPEROFFICE", "key-2", 1)
			return errors.Join(tx.PutKeyList(KeyList{Number: 5}), tx.PutKeyList(KeyList{Number: 4}),
				tx.PutSet(Set{Checkpoint: "b", Issuer: "SUPEROFFICE", Serial: "1", Number: 7, State: SetActive}),
				tx.PutSet(Set{Checkpoint: "a", Issuer: "SUPEROFFICE", Serial: "1", Number: 6, State: SetReplaced, AcceptedAt: 1}),
				tx.PutSet(Set{Checkpoint: "c", Issuer: "SUPEROFFICE", Serial: "1", Number: 8, State: SetLoaded}))
		})
		reopen(t, b).View(func(v *View) error {
			got := []int64{v.HighestKeyList(), v.HighestSet("SUPEROFFICE", "1"), v.HighestSet("SUPEROFFICE", "2"), v.HighestCertificates()["key-1"], v.HighestCertificates()["key-2"]}
			if diff := cmp.Diff([]int64{5, 7, 0, 3, 1}, got); diff != "" {
				t.Error(diff)
			}
			return nil
		})
	})
}

func TestActiveSetsAreParsedFromTheirFiles(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		parse := func(file []byte) (*license.Set, error) {
			if string(file) == "bad" {
				return nil, errNo
			}
			return &license.Set{Issuer: "SUPEROFFICE", Licenses: []license.License{{Module: license.Module(file)}}}, nil
		}
		b := createBook(t, openStore(t, db, Options{Parse: parse}), "design")
		names := func(v *View) []license.Name { return v.Active().Names() }
		do(t, b, func(tx *Tx) error {
			tx.Entry("set.activate", "")
			err := tx.PutSet(Set{Checkpoint: "a", Issuer: "SUPEROFFICE", Number: 1, State: SetActive, File: tx.PutSetFile([]byte("web"))})
			if diff := cmp.Diff([]license.Name{web()}, names(&tx.View)); diff != "" {
				t.Errorf("inside the act:\n%s", diff)
			}
			return err
		})
		check := func(when string, b *Book, want ...license.Name) {
			t.Helper()
			b.View(func(v *View) error {
				if diff := cmp.Diff(want, names(v)); diff != "" {
					t.Errorf("%s:\n%s", when, diff)
				}
				return nil
			})
		}
		check("after the act", b, web())
		check("after reopening", reopen(t, b), web())
		b = reopen(t, b)
		do(t, b, func(tx *Tx) error {
			tx.Entry("set.activate", "")
			old, _ := tx.Set("a")
			old.State = SetReplaced
			return errors.Join(tx.PutSet(old),
				tx.PutSet(Set{Checkpoint: "b", Issuer: "SUPEROFFICE", Number: 2, State: SetActive, File: tx.PutSetFile([]byte("user"))}))
		})
		check("after another", b, license.NameOf("SUPEROFFICE", "user"))
		b.View(func(v *View) error {
			if file, err := v.SetFile(t.Context(), FileHash([]byte("web"))); string(file) != "web" {
				t.Errorf("the replaced file: %q, %v", file, err)
			}
			return nil
		})
	})
}

func TestWatchersHearBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		var heard Commit
		var holds int
		stop := b.Watch(func(v *View, c Commit) {
			heard = c
			holds = 0
			for _, id := range c.People {
				holds += len(v.Assignments(id))
			}
		})
		commits, cancel := b.Subscribe()
		anna := addPerson(t, b, "anna")
		putPool(t, b, web(), 1)
		r := do(t, b, give(anna, web()))
		if heard.Seq != r.Seq || holds != 1 || !heard.Licenses || heard.Sets || !slices.Equal(heard.People, []string{anna}) {
			t.Errorf("heard %+v with %d assignments before change %d was answered", heard, holds, r.Seq)
		}
		var all Commit
		for all.Seq < r.Seq {
			all.add(<-commits)
		}
		if !slices.Equal(all.People, []string{anna}) || !all.Licenses {
			t.Errorf("the subscriber got %+v", all)
		}
		cancel()
		cancel()
		for range commits {
		}
		stop()
		heard = Commit{}
		do(t, b, release(anna, web()))
		if heard.Seq != 0 {
			t.Errorf("heard %+v after stopping", heard)
		}
		since, ok, err := b.ChangedSince(t.Context(), r.Seq)
		if !ok || err != nil || !slices.Equal(since.People, []string{anna}) || since.Seq != r.Seq+1 {
			t.Errorf("changed since: %+v, %v, %v", since, ok, err)
		}
		if _, ok, _ := b.ChangedSince(t.Context(), since.Seq+1); ok {
			t.Error("there are changes since the future")
		}
	})
}

func TestEntriesAreFoundAndVerified(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		everything(t, b)
		ask := func(f AuditFilter) (actions []string) {
			t.Helper()
			entries, err := b.AuditEntries(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if e.Actor != admin || e.At != monday.UnixMicro() {
					t.Errorf("entry %+v", e)
				}
				actions = append(actions, e.Action)
			}
			return actions
		}
		all := ask(AuditFilter{})
		want := []string{"installation.create", "person.add", "person.add", "license.put", "extra.add", "extra.add", "extra.remove", "all", "profile.drop"}
		if diff := cmp.Diff(want, all); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		first, _ := b.AuditEntries(t.Context(), AuditFilter{Limit: 1, Action: "extra.add"})
		for name, c := range map[string]struct {
			f    AuditFilter
			want []string
		}{
			"by action":     {AuditFilter{Action: "extra.add"}, []string{"extra.add", "extra.add"}},
			"by its prefix": {AuditFilter{Action: "extra."}, []string{"extra.add", "extra.add", "extra.remove"}},
			"of a person":   {AuditFilter{Subject: first[0].Subject, After: AuditPlace{first[0].Seq, first[0].N}}, []string{"extra.remove"}},
			"newest":        {AuditFilter{Newest: true, Limit: 2}, []string{"profile.drop", "all"}},
			"older":         {AuditFilter{Newest: true, Limit: 1, After: AuditPlace{first[0].Seq, first[0].N}}, []string{"license.put"}},
		} {
			if diff := cmp.Diff(c.want, ask(c.f)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if diff := cmp.Diff([]audit.Fact{{Key: "module", Value: "superoffice.web"}}, first[0].Facts); diff != "" {
			t.Error(diff)
		}
		chain, err := b.VerifyChain(t.Context())
		if err != nil || chain.Entries != int64(len(want)) {
			t.Errorf("chain %+v, %v", chain, err)
		}
	})
}

func TestBrokenChainIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, table string }{
		"an edited entry":   {"UPDATE audit SET actor = 'somebody' WHERE installation = ? AND seq = 4", "audit"},
		"a deleted entry":   {"DELETE FROM audit WHERE installation = ? AND seq = 5", "audit"},
		"a moved entry":     {"UPDATE audit SET n = 2 WHERE installation = ? AND seq = 5", "audit"},
		"an entry too many": {"UPDATE audit SET seq = 99 WHERE installation = ? AND seq = 5", "audit"},
		"bad facts":         {"UPDATE audit SET facts = 'x' WHERE installation = ? AND seq = 6", "audit"},
		"a deleted batch":   {"DELETE FROM journal WHERE installation = ? AND seq = 7", "journal"},
		"the last batch":    {"DELETE FROM journal WHERE installation = ? AND seq = 9", "journal"},
		"an edited change":  {"UPDATE journal SET changes = link WHERE installation = ? AND seq = 8", "journal"},
		"an edited time":    {"UPDATE journal SET at = at + 1 WHERE installation = ? AND seq = 8", "journal"},
		"an edited node":    {"UPDATE journal SET node = 'other' WHERE installation = ? AND seq = 8", "journal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				b := newTestBook(t, db)
				everything(t, b)
				attack(t, b, c.text, b.ID())
				_, err := b.VerifyChain(t.Context())
				if e, ok := errors.AsType[*DamagedError](err); !ok || e.Table != c.table {
					t.Errorf("got %v, want damage of %s", err, c.table)
				}
			})
		})
	}
}

// An entry may stand alone, and a file that is there may be stored again.
func TestActMayStoreNoRow(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		everything(t, b)
		for _, again := range []bool{false, true} {
			do(t, b, func(tx *Tx) error {
				tx.Entry("note", "")
				if again {
					tx.PutSetFile([]byte("a license file"))
				}
				return nil
			})
		}
		checkBook(t, reopen(t, b))
	})
}

// A book that was written with another key cannot be joined to this one: the
// seal of each row says whose it is.
func TestSealsNameTheirKey(t *testing.T) {
	t.Parallel()
	if a, b := tamper.IDOf([32]byte{1}), tamper.IDOf([32]byte{2}); a == b {
		t.Error("two keys have one id")
	}
}

func TestNamesOfInstallationsAreTakenOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		if _, err := b.store.CreateInstallation(t.Context(), admin, monday, NewInstallation{Name: "design"}); code(err) != "installation.exists" {
			t.Errorf("a second design: %v", err)
		}
		if _, err := b.store.Book("none"); code(err) != "installation.unknown" {
			t.Errorf("an unknown one: %v", err)
		}
		other := createBook(t, b.store, "nordlys")
		for i, x := range []*Book{b, other} {
			x.View(func(v *View) error {
				if v.Info().Number != int64(i+1) || v.Info().Serial != "1600070120" {
					t.Errorf("info %+v", v.Info())
				}
				return nil
			})
		}
		again := reopen(t, b)
		if diff := cmp.Diff([]string{"design", "nordlys"}, again.store.Names()); diff != "" {
			t.Error(diff)
		}
	})
}
