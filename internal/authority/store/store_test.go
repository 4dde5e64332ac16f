package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

func entry(id string, number int64) *Entry {
	return &Entry{ID: id, Issuer: "ACME", Serial: "S-1", Number: number, Company: "Nordlys", Checkpoint: "c\n1\nh\n",
		Hash: id, Lines: []byte("a\nb\n"), Order: []byte("o"), Catalogue: 1, Licenses: 2, PreparedAt: noon, PreparedBy: "anna"}
}

func each(t *testing.T, do func(t *testing.T, s *Store)) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s, err := Open(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		do(t, s)
	})
}

func code(err error) string {
	var c interface{ Code() string }
	if errors.As(err, &c) {
		return c.Code()
	}
	return fmt.Sprint(err)
}

func TestASetIsSignedOnce(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx, e := t.Context(), entry("a", 1)
		steps := []struct {
			name string
			do   func() error
			want string
		}{
			{"what nobody prepared is not on record", func() error { _, err := s.Entry(ctx, "a"); return err }, "set.not-on-record"},
			{"it is recorded", func() error { return s.Record(ctx, e) }, "<nil>"},
			{"its number is taken", func() error { return s.Record(ctx, entry("b", 1)) }, "set.taken"},
			{"a signature is not recorded before it is begun", func() error { return s.Decide(ctx, e, Signed, []byte("f"), "", noon, "anna") }, "set.taken"},
			{"it is begun", func() error { return s.Decide(ctx, e, Begun, nil, "", noon, "anna") }, "<nil>"},
			{"it is not begun twice", func() error { return s.Decide(ctx, e, Begun, nil, "", noon, "bo") }, "set.taken"},
			{"begun is not abandoned", func() error { return s.Decide(ctx, e, Abandoned, nil, "why", noon, "bo") }, "set.taken"},
			{"it is signed", func() error { return s.Decide(ctx, e, Signed, []byte("f"), "", noon, "anna") }, "<nil>"},
			{"it is not signed twice", func() error { return s.Decide(ctx, e, Signed, []byte("g"), "", noon, "anna") }, "set.taken"},
		}
		for _, step := range steps {
			if got := code(step.do()); got != step.want {
				t.Fatalf("%s: %s; want %s", step.name, got, step.want)
			}
		}
		got, err := s.Set(ctx, "ACME", "S-1", 1)
		if err != nil || got.State != Signed || string(got.File) != "f" || string(got.Lines) != "a\nb\n" || !got.DecidedAt.Equal(noon) {
			t.Errorf("Set = %+v, %v; want the signed file", got, err)
		}
	})
}

func TestAnAbandonedNumberIsFreeAgain(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		for i, id := range []string{"a", "b"} {
			e := entry(id, 1)
			if err := s.Record(ctx, e); err != nil {
				t.Fatal(err)
			}
			if err := s.Decide(ctx, e, Abandoned, nil, "wrong price", noon.Add(time.Duration(i)), "anna"); err != nil {
				t.Fatal(err)
			}
		}
		if last, err := s.Last(ctx, "ACME", "S-1"); last != nil || err != nil {
			t.Errorf("Last = %+v, %v; want none", last, err)
		}
		if list, err := s.Entries(ctx); err != nil || len(list) != 2 || list[0].Reason != "wrong price" {
			t.Errorf("Entries = %v, %v; want both on record", list, err)
		}
	})
}

func TestOfManyWhoRecordTheSameNumberOneDoes(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		outcomes := map[string]int{}
		for i := range 8 {
			wg.Go(func() {
				err := s.Record(context.Background(), entry(fmt.Sprint("id", i), 1))
				mu.Lock()
				outcomes[code(err)]++
				mu.Unlock()
			})
		}
		wg.Wait()
		if outcomes["<nil>"] != 1 || outcomes["set.taken"] != 7 {
			t.Errorf("outcomes = %v; want one recorded and seven taken", outcomes)
		}
	})
}

func TestNotesAndCataloguesAreNumbered(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		if err := s.AddKeyList(ctx, Note{Number: 1, Text: []byte("one"), At: noon, By: "anna"}); err != nil {
			t.Fatal(err)
		}
		if got := code(s.AddKeyList(ctx, Note{Number: 1, Text: []byte("other"), At: noon, By: "anna"})); got != "key.number" {
			t.Errorf("a second list 1: %s; want key.number", got)
		}
		if err := s.AddCertificate(ctx, "ACME", Note{Number: 1, Text: []byte("cert"), At: noon, By: "anna"}); err != nil {
			t.Fatal(err)
		}
		lists, _ := s.KeyLists(ctx)
		certs, _ := s.Certificates(ctx, "ACME")
		if len(lists) != 1 || string(lists[0].Text) != "one" || len(certs) != 1 || certs[0].By != "anna" {
			t.Errorf("notes = %v, %v", lists, certs)
		}
		for i, hash := range []string{"h1", "h1", "h2"} {
			n, err := s.AddCatalogue(ctx, Catalogue{Issuer: "ACME", Hash: hash, Text: []byte(hash), At: noon, By: "anna"})
			if want := []int64{1, 1, 2}[i]; n != want || err != nil {
				t.Errorf("AddCatalogue(%s) = %d, %v; want %d", hash, n, err, want)
			}
		}
		c, err := s.Catalogue(ctx, "ACME")
		if err != nil || c.Number != 2 || string(c.Text) != "h2" {
			t.Errorf("Catalogue = %+v, %v", c, err)
		}
		if all, err := s.Catalogues(ctx); err != nil || len(all) != 1 {
			t.Errorf("Catalogues = %v, %v", all, err)
		}
	})
}
