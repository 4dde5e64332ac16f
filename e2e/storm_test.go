package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott-demo/demo"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// hundred is an order of one hundred seats of one plan, and of everything it
// includes.
const hundred = `format: pott-order/v1
issuer: SUPEROFFICE
company: Designteamet
serial: "1600070120"
time_zone: Europe/Stockholm
generation: "10-11"
dates:
  expiry: %s
quantities: derived
lines:
  - {module: sale, quantity: 1}
  - {plan: no-selection, quantity: 1}
  - {plan: sales-premium, quantity: 100}
`

const plan = "superoffice.sales-premium"

// activateHundred puts a set of one hundred seats in force.
func (w *world) activateHundred(t testing.TB) {
	t.Helper()
	file, err := w.vendors.Issue(t.Context(), fmt.Appendf(nil, hundred, license.DateOf(time.Now()).Add(300)), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Activate(t.Context(), w.client(t, designteamet.Name), file); err != nil {
		t.Fatal(err)
	}
}

// addPeople adds n people who have nothing.
func addPeople(t testing.TB, c *client.Client, n int) []string {
	t.Helper()
	people := make([]string, n)
	each(16, n, func(i int) {
		people[i] = fmt.Sprintf("user%03d", i)
		if _, err := c.AddPerson(context.Background(), api.NewPerson{UserID: people[i], Login: true}, false); err != nil {
			t.Errorf("%s: %v", people[i], err)
		}
	})
	return people
}

// each calls do for 0 to n-1 from a number of goroutines at once.
func each(workers, n int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	all.Wait()
}

func TestSixtyFourWritersGetExactlyTheLastHundredSeats(t *testing.T) {
	rounds, writers, wanted := 3, 64, 140
	if proof() {
		rounds = 20
	}
	if testing.Short() {
		rounds = 1
	}
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		w := start(t, dsn, designteamet)
		w.activateHundred(t)
		c := w.client(t, designteamet.Name)
		people := addPeople(t, c, wanted)
		begin := time.Now()
		for round := range rounds {
			given, full := w.storm(t, c, writers, people)
			l, err := c.License(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			if given != 100 || full != int64(wanted)-100 || l.Taken != 100 {
				t.Fatalf("round %d: %d given, %d told that the pool is full, %d in use; want 100, %d, 100", round+1, given, full, l.Taken, wanted-100)
			}
			if v, err := c.VerifyAudit(t.Context(), "", ""); err != nil || v.Verdict != "intact" {
				t.Fatalf("round %d: the audit trail is %+v, %v", round+1, v, err)
			}
			w.fsck(t)
			each(writers, len(people), func(i int) {
				if _, err := c.RemovePlan(context.Background(), people[i], plan, client.Taking{}); err != nil {
					t.Errorf("releasing %s: %v", people[i], err)
				}
			})
		}
		l, err := c.License(t.Context(), plan)
		if err != nil || l.Taken != 0 {
			t.Errorf("after everybody gave it back %d are in use, %v", l.Taken, err)
		}
		t.Logf("figure: last hundred seats, %d writers, %d rounds: exactly 100 each time, in %.1f s", writers, rounds, time.Since(begin).Seconds())
	})
}

// storm has everybody want a seat at once: half of the writers through the API,
// half through commands, a few of those as processes of their own. It returns
// how many got one and how many were told that the pool is full.
func (w *world) storm(t *testing.T, c *client.Client, writers int, people []string) (given, full int64) {
	var got, none atomic.Int64
	each(writers, len(people), func(i int) {
		var code string
		switch {
		case i%32 == 7:
			code = w.process(people[i])
		case i%2 == 0:
			code = codeOf(c.SetPlan(context.Background(), people[i], api.PlanChoice{Plan: plan}, client.Taking{}))
		default:
			r := w.pott(designteamet.Name, "user", "plan", "set", people[i], plan, "--json")
			if r.exit != 0 {
				if e := r.refusal(t); e.Exit != r.exit {
					t.Errorf("exit %d, but the error says %d", r.exit, e.Exit)
				} else {
					code = e.Code
				}
			}
		}
		switch code {
		case "":
			got.Add(1)
		case "seat.pool-full":
			none.Add(1)
		default:
			t.Errorf("%s: %s", people[i], code)
		}
	})
	return got.Load(), none.Load()
}

func codeOf(_ api.ChangedPerson, err error) string {
	var coded interface{ Code() string }
	switch {
	case err == nil:
		return ""
	case errors.As(err, &coded):
		return coded.Code()
	}
	return err.Error()
}

// process runs the command as a process of its own.
func (w *world) process(person string) string {
	cmd := exec.Command("pott", "user", "plan", "set", person, plan)
	cmd.Env = append(os.Environ(), "POTT_SERVER="+w.server, "POTT_INSTALLATION="+designteamet.Name, "POTT_TOKEN="+w.secrets[designteamet.Name], "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return ""
	case cmd.ProcessState.ExitCode() == 7:
		return "seat.pool-full"
	}
	return fmt.Sprintf("%v: %s", err, out)
}

func TestTwoAdministratorsAndOneSeatThenOneWinsAndTheOtherIsTold(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		w := start(t, dsn, designteamet)
		w.activateHundred(t)
		c := w.client(t, designteamet.Name)
		people := addPeople(t, c, 101)
		each(16, 99, func(i int) {
			if _, err := c.SetPlan(context.Background(), people[i], api.PlanChoice{Plan: plan}, client.Taking{}); err != nil {
				t.Error(err)
			}
		})
		rounds := 20
		if proof() {
			rounds = 1000
		}
		for range rounds {
			codes := make([]string, 2)
			each(2, 2, func(i int) {
				codes[i] = codeOf(c.SetPlan(context.Background(), people[99+i], api.PlanChoice{Plan: plan}, client.Taking{}))
			})
			if codes[0] == codes[1] || codes[0]+codes[1] != "seat.pool-full" {
				t.Fatalf("the two were told %q", codes)
			}
			winner := people[99]
			if codes[0] != "" {
				winner = people[100]
			}
			if _, err := c.RemovePlan(t.Context(), winner, plan, client.Taking{}); err != nil {
				t.Fatal(err)
			}
		}
		w.fsck(t)
	})
}
