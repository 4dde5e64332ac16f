package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// stormEnv makes the test binary a server in a storm of assignments instead.
const stormEnv = "POTT_TEST_STORM"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(stormEnv); dsn != "" {
		if err := storm(dsn); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// storm gives and takes back seats until it is killed, and prints every change
// once it was acknowledged.
func storm(dsn string) error {
	ctx := context.Background()
	db, err := sqldb.Open(ctx, dsn)
	if err != nil {
		return err
	}
	s, err := Open(ctx, db, keys, Options{})
	if err != nil {
		return err
	}
	b, err := s.Book("design")
	if err != nil {
		return err
	}
	var people []string
	b.View(func(v *View) error {
		for p := range v.People() {
			people = append(people, p.ID)
		}
		return nil
	})
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for {
				person := people[rand.IntN(len(people))]
				var did string
				var number int64
				_, err := b.Update(ctx, admin, monday, func(tx *Tx) error {
					if list := tx.Assignments(person); len(list) > 0 {
						did, number = "ended", list[0].Number
						return release(person, web())(tx)
					}
					did = "given"
					err := give(person, web())(tx)
					for _, a := range tx.Assignments(person) {
						number = a.Number
					}
					return err
				})
				if err == nil {
					fmt.Printf("%s %d\n", did, number) // one write: whole or not at all
				} else if code(err) != "seat.pool-full" {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
			}
		})
	}
	wg.Wait()
	return nil
}

// Killing the server in a storm of assignments loses nothing that was
// acknowledged and gives no seat too many.
func TestKilledServerKeepsWhatItAcknowledged(t *testing.T) {
	t.Parallel()
	rounds := 5
	if os.Getenv("POTT_PROOF") == "1" {
		rounds = 50
	}
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		db := sqldbtest.Open(t, dsn)
		b := newTestBook(t, db)
		addPeople(t, b, 40)
		putPool(t, b, web(), 25)
		b.store.Close()
		r := rand.New(rand.NewPCG(50, 7))
		acknowledged := 0
		for range rounds {
			last := killInStorm(t, dsn, 20+r.IntN(300))
			acknowledged += len(last)
			s, err := Open(t.Context(), db, keys, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if b, err = s.Book("design"); err != nil {
				t.Fatal(err)
			}
			checkBook(t, b)
			checkAcknowledged(t, b, last)
			s.Close()
		}
		t.Logf("figure: %d kills, %d acknowledged changes all there", rounds, acknowledged)
	})
}

// killInStorm starts a server, kills it once it has acknowledged some changes,
// and returns what it said last about each assignment.
func killInStorm(t *testing.T, dsn string, after int) map[int64]string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), stormEnv+"="+dsn)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := map[int64]string{}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ { // also what was still in the pipe when it died
		var did string
		var number int64
		if _, err := fmt.Sscanf(lines.Text(), "%s %d", &did, &number); err != nil {
			t.Errorf("bad line %s", strconv.Quote(lines.Text()))
		}
		if last[number] != "ended" { // a line may be printed after that of the release
			last[number] = did
		}
		if n == after {
			cmd.Process.Kill()
		}
	}
	cmd.Wait()
	if len(last) == 0 {
		t.Fatal("the server acknowledged nothing")
	}
	return last
}

// checkAcknowledged checks that what was acknowledged is there. What was given
// may have been ended by a change that was stored and not acknowledged.
func checkAcknowledged(t *testing.T, b *Book, last map[int64]string) {
	t.Helper()
	b.View(func(v *View) error {
		current, all := map[int64]bool{}, map[int64]seat.Assignment{}
		for p := range v.People() {
			for _, a := range v.Assignments(p.ID) {
				current[a.Number] = true
			}
			history, err := v.History(t.Context(), p.ID)
			if err != nil {
				t.Error(err)
			}
			for _, a := range history {
				all[a.Number] = a.Assignment
			}
		}
		for number, did := range last {
			if _, ok := all[number]; !ok || did == "ended" && current[number] {
				t.Errorf("assignment %d was acknowledged as %s: there %v, current %v", number, did, ok, current[number])
			}
		}
		return nil
	})
}
