package store

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/pott-dev/pott/internal/audit"
)

func TestActsAreReadBackInOrder(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		e := entry("a", 1)
		for i, do := range []func() error{
			func() error {
				return s.Note(ctx, Act{At: noon, By: "anna", What: "key.made", About: "root-1", Facts: []audit.Fact{audit.F("use", "root\nand more")}})
			},
			func() error { return s.Record(ctx, e) },
			func() error { return s.Decide(ctx, e, Begun, nil, "", noon, "bo") },
			func() error { return s.AddKeyList(ctx, Note{Number: 1, Text: []byte("one"), At: noon, By: "bo"}) },
		} {
			if err := do(); err != nil {
				t.Fatal(i, err)
			}
		}
		if err := s.Record(ctx, entry("b", 1)); code(err) != "set.taken" {
			t.Fatal(err)
		}
		acts, err := s.Acts(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for _, a := range acts {
			got += fmt.Sprintf("%d %s %s by %s\n", a.Number, a.What, a.About, a.By)
		}
		want := "1 key.made root-1 by anna\n2 set.prepared ACME/S-1/1 by anna\n3 set.begun ACME/S-1/1 by bo\n4 key-list.added key list 1 by bo\n"
		if got != want || acts[0].Facts[0].Value != "root\nand more" {
			t.Errorf("acts:\n%swant, and nothing of what was refused:\n%s", got, want)
		}
	})
}

func TestATamperedActIsFound(t *testing.T) {
	for _, row := range []struct {
		name, sql string
		number    int64
	}{
		{"somebody else did it", `UPDATE act SET by_whom = 'eve' WHERE number = 2`, 2},
		{"a fact is another", "UPDATE act SET facts = 'n=7\n' WHERE number = 2", 2},
		{"its facts are no facts", `UPDATE act SET facts = 'n' WHERE number = 2`, 2},
		{"it happened later", `UPDATE act SET at = at + 1 WHERE number = 3`, 3},
		{"one is taken out", `DELETE FROM act WHERE number = 2`, 2},
		{"the newest is taken out", `DELETE FROM act WHERE number = 4`, 4},
		{"the newest is taken out of the head too", `UPDATE act_head SET number = 3`, 5},
		{"the head is of another chain", `UPDATE act_head SET link = 'x'`, 5},
		{"one is put in", `INSERT INTO act SELECT 5, at, by_whom, what, about, facts, link FROM act WHERE number = 4`, 5},
		{"the first is another", `UPDATE act SET what = 'x' WHERE number = 1`, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *Store) {
				ctx := t.Context()
				for i := range 4 {
					if err := s.Note(ctx, Act{At: noon, By: "anna", What: "act", About: "it", Facts: []audit.Fact{audit.F("n", i)}}); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := s.db.Exec(ctx, row.sql); err != nil {
					t.Fatal(err)
				}
				acts, err := s.Acts(ctx)
				e := (*BrokenActsError)(nil)
				if !errors.As(err, &e) || e.Number != row.number {
					t.Errorf("Acts = %d acts, %v; want it broken at %d", len(acts), err, row.number)
				}
			})
		})
	}
}

func TestAKeySignsOneTextOfAnOrigin(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		anna, bo := ed25519.PublicKey("anna"), ed25519.PublicKey("bo")
		promise := func(key ed25519.PublicKey, hash string) Promise {
			return Promise{Origin: "pott-key-list/2", Key: key, Text: []byte("text " + hash), Hash: hash, At: noon, By: "anna"}
		}
		withdraw := func(p Promise) func() error {
			return func() error {
				did, err := s.Withdraw(ctx, p, "wrong")
				if err == nil && !did {
					return errors.New("nothing to do")
				}
				return err
			}
		}
		make := func(p Promise) func() error { return func() error { return s.Promise(ctx, p) } }
		for _, step := range []struct {
			name string
			do   func() error
			want string
		}{
			{"what was not promised cannot be taken back", withdraw(promise(anna, "h1")), "nothing to do"},
			{"it promises one", make(promise(anna, "h1")), "<nil>"},
			{"the same again is no news", make(promise(anna, "h1")), "<nil>"},
			{"another is refused", make(promise(anna, "h2")), "key.equivocation"},
			{"another key promises for itself", make(promise(bo, "h2")), "<nil>"},
			{"taking back another text does nothing", withdraw(promise(anna, "h2")), "nothing to do"},
			{"it takes the first back", withdraw(promise(anna, "h1")), "<nil>"},
			{"and may promise another", make(promise(anna, "h2")), "<nil>"},
			{"but only one", make(promise(anna, "h1")), "key.equivocation"},
		} {
			if got := code(step.do()); got != step.want {
				t.Fatalf("%s: %s; want %s", step.name, got, step.want)
			}
		}
		if text, err := s.PromisedText(ctx, "pott-key-list/2"); err != nil || string(text) != "text h2" {
			t.Errorf("PromisedText = %q, %v", text, err)
		}
		if text, err := s.PromisedText(ctx, "pott-key-list/3"); err != nil || text != nil {
			t.Errorf("PromisedText of what nobody promised = %q, %v", text, err)
		}
		if _, err := s.Acts(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestOfManyWhoPromiseAtOnceOneDoes(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		outcomes := map[string]int{}
		for i := range 8 {
			wg.Go(func() {
				err := s.Promise(t.Context(), Promise{Origin: "o", Key: ed25519.PublicKey("k"), Hash: fmt.Sprint("h", i), At: noon, By: "anna"})
				mu.Lock()
				outcomes[code(err)]++
				mu.Unlock()
			})
		}
		wg.Wait()
		if outcomes["<nil>"] != 1 || outcomes["key.equivocation"] != 7 {
			t.Errorf("outcomes = %v; want one promise and seven refused", outcomes)
		}
	})
}

func TestANumberOfACertificateMayBeLeftOut(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for _, row := range []struct {
			number int64
			want   string
		}{{2, "<nil>"}, {2, "key.number"}, {1, "key.number"}, {5, "<nil>"}} {
			if got := code(s.AddCertificate(t.Context(), "ACME", Note{Number: row.number, Text: []byte("c"), At: noon, By: "anna"})); got != row.want {
				t.Errorf("certificate %d: %s; want %s", row.number, got, row.want)
			}
		}
		if got := code(s.AddKeyList(t.Context(), Note{Number: 2, Text: []byte("l"), At: noon, By: "anna"})); got != "key.number" {
			t.Errorf("key list 2 before 1: %s; want key.number", got)
		}
	})
}
