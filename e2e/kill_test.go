package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// startProcess starts the server as a process of its own and returns it once it lets
// requests in.
func (w *world) startProcess(t *testing.T) *exec.Cmd {
	t.Helper()
	args := []string{"server", "serve", "--data", w.config.Data, "--keys", w.config.Keys, "--listen", "127.0.0.1:0", "--json"}
	if w.config.Database != "" {
		args = append(args, "--database", w.config.Database)
	}
	cmd := exec.Command("pott", args...)
	cmd.Env = append(os.Environ(), "HOME="+w.dir)
	cmd.Stderr = testWriter{t}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	var ready struct{ Address string }
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil {
		cmd.Process.Kill()
		cmd.Wait()
		t.Fatalf("the server did not start: %v", err)
	}
	w.server = ready.Address
	return cmd
}

// A claim is what a writer knows of one person: what was last acknowledged, and
// what was asked for when the server died, which may or may not have happened.
type claim struct {
	acknowledged bool
	asked        bool // something was asked for and not answered
	wanted       bool
}

func (c claim) allows(has bool) bool { return has == c.acknowledged || c.asked && has == c.wanted }

func TestAServerThatIsKilledLosesNothingItHasAnsweredFor(t *testing.T) {
	kills := 5
	if proof() {
		kills = 50
	}
	if testing.Short() {
		kills = 1
	}
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		w := start(t, dsn, designteamet)
		w.activateHundred(t)
		people := addPeople(t, w.client(t, designteamet.Name), 120)
		w.stop()
		claims := make([]claim, len(people))
		random := rand.New(rand.NewPCG(7, 7))
		answered := 0
		for kill := range kills {
			server := w.startProcess(t)
			c := w.client(t, designteamet.Name)
			w.compare(t, c, people, claims)
			ctx, stop := context.WithCancel(t.Context())
			counted := make(chan int)
			go func() { counted <- stormUntilItDies(t, ctx, c, people, claims, uint64(kill)) }()
			timer := time.NewTimer(time.Duration(30+random.IntN(200)) * time.Millisecond)
			<-timer.C
			if err := server.Process.Kill(); err != nil { // SIGKILL: nothing can be tidied up
				t.Fatal(err)
			}
			server.Wait()
			stop()
			n := <-counted
			answered += n
			w.fsck(t)
			if t.Failed() {
				t.Fatalf("after kill %d, %d changes answered", kill+1, n)
			}
		}
		server := w.startProcess(t)
		w.compare(t, w.client(t, designteamet.Name), people, claims)
		server.Process.Kill()
		server.Wait()
		if answered < kills {
			t.Errorf("only %d changes were answered in %d storms: nothing was tested", answered, kills)
		}
		t.Logf("figure: %d kills, %d changes answered before them, all there; no seat too many", kills, answered)
	})
}

// stormUntilItDies gives and takes the plan until the server is gone. Each
// person belongs to one writer. It returns how many changes were answered.
func stormUntilItDies(t *testing.T, ctx context.Context, c *client.Client, people []string, claims []claim, seed uint64) int {
	const writers = 24
	counts := make([]int, writers)
	var all sync.WaitGroup
	for writer := range writers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(writer)))
			for ctx.Err() == nil {
				i := random.IntN(len(people)/writers)*writers + writer
				want := !claims[i].acknowledged
				var err error
				if want {
					_, err = c.SetPlan(ctx, people[i], api.PlanChoice{Plan: plan}, client.Taking{})
				} else {
					_, err = c.RemovePlan(ctx, people[i], plan, client.Taking{})
				}
				switch code := codeOf(api.ChangedPerson{}, err); {
				case err == nil:
					claims[i] = claim{acknowledged: want}
					counts[writer]++
				case code == "seat.pool-full":
				default: // no answer: it may or may not have happened
					claims[i].asked, claims[i].wanted = true, want
					return
				}
			}
		})
	}
	all.Wait()
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum
}

// compare checks that everybody has what was acknowledged, and that no seat was
// given twice. Afterwards it is known who has what.
func (w *world) compare(t *testing.T, c *client.Client, people []string, claims []claim) {
	t.Helper()
	has := map[string]bool{}
	for after := ""; ; {
		page, err := c.Holders(t.Context(), plan, client.Page{Limit: 100, After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.Items {
			has[h.Person] = true
		}
		if after = page.Next; after == "" {
			break
		}
	}
	for i, person := range people {
		if !claims[i].allows(has[person]) {
			t.Errorf("%s: has it %v, but known is %+v", person, has[person], claims[i])
		}
		claims[i] = claim{acknowledged: has[person]}
	}
	l, err := c.License(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if l.Taken > 100 || l.Taken != int64(len(has)) {
		t.Errorf("%d are in use of 100, and %d people have it", l.Taken, len(has))
	}
}
