package e2e

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott-demo/demo"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// What several servers answered must be what one server could have answered that
// did one act after the other, each between the moment it was asked for and the
// moment it was answered.

// An act is what a writer asks for: a seat given or taken back, or a set put in
// force.
type act struct {
	verb   string // give, take or activate
	person int
	seats  int
	set    int
}

// told is what it was answered.
type told struct {
	unknown       bool // no answer: it may or may not have happened
	code          string
	changed       bool
	before, after int // of the pool; -1 where the answer does not say
}

// A moment is the state of the pool between two acts.
type moment struct {
	set, seats int
	holders    uint64
}

func (m moment) taken() int { return bits.OnesCount64(m.holders) }

// does returns what an act leaves, and what it answers, when nothing else
// happens at the same time.
func (m moment) does(a act) (moment, told) {
	bit := uint64(1) << a.person
	next, t := m, told{changed: true, before: m.taken()}
	switch has := m.holders&bit != 0; {
	case a.verb == "give" && has, a.verb == "take" && !has, a.verb == "activate" && m.set == a.set:
		return m, told{before: -1, after: -1}
	case a.verb == "give" && m.taken() >= m.seats:
		return m, told{code: "seat.pool-full", before: -1, after: -1}
	case a.verb == "activate" && m.taken() > a.seats:
		return m, told{code: "set.too-small", before: -1, after: -1}
	case a.verb == "give":
		next.holders |= bit
	case a.verb == "take":
		next.holders &^= bit
	case a.verb == "activate":
		next.set, next.seats = a.set, a.seats
		return next, told{changed: true, before: -1, after: -1}
	}
	t.after = next.taken()
	return next, t
}

func steps(state, input, output any) []any {
	m, t := state.(moment), output.(told)
	next, want := m.does(input.(act))
	if t.unknown {
		return []any{m, next}
	}
	if t != want {
		return nil
	}
	return []any{next}
}

// An entry is one act of a history, and which life of which server it was asked.
type entry struct {
	act          act
	told         told
	call, answer int64
	server, life int
}

// A history is what writers asked for and were told, and when servers died.
type history struct {
	began  time.Time
	mu     sync.Mutex
	grew   chan struct{} // closed when something was added
	list   []entry
	deaths [2][]int64
}

func (h *history) now() int64 { return int64(time.Since(h.began)) }

func (h *history) add(e entry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, e)
	close(h.grew)
	h.grew = make(chan struct{})
}

// until returns when n acts were asked for, or the writers are done.
func (h *history) until(n int, done <-chan struct{}) {
	for {
		h.mu.Lock()
		have, grew := len(h.list), h.grew
		h.mu.Unlock()
		if have >= n {
			return
		}
		select {
		case <-grew:
		case <-done:
			return
		}
	}
}

// operations gives every act an end. What a dead server had begun held the
// installation's head, so an act without an answer is decided once something
// that was asked for after the death has changed something.
func (h *history) operations() []porcupine.Operation {
	var list []porcupine.Operation
	for _, e := range h.list {
		end := e.answer
		if e.told.unknown {
			if e.call > h.deaths[e.server][e.life] {
				continue // nobody was there to do it
			}
			end = h.decided(e)
		}
		list = append(list, porcupine.Operation{Input: e.act, Output: e.told, Call: e.call, Return: end})
	}
	return list
}

func (h *history) decided(lost entry) int64 {
	end := int64(math.MaxInt64)
	for _, e := range h.list {
		if e.told.changed && e.call > h.deaths[lost.server][lost.life] {
			end = min(end, e.answer)
		}
	}
	return end
}

// A life is one run of a server's process.
type life struct {
	server, number int
	client         *client.Client
}

// servers are some servers on one database, of which any may be down.
type servers struct {
	w       *world
	history history
	process []*exec.Cmd
	mu      sync.Mutex
	up      []*life       // nil: down
	rose    chan struct{} // closed when one came up
}

func (p *servers) start(t *testing.T, server, number int) {
	p.process[server] = p.w.startProcess(t)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.up[server] = &life{server, number, p.w.client(t, designteamet.Name)}
	close(p.rose)
	p.rose = make(chan struct{})
}

// kill ends a server in the middle of whatever it does, and starts it again.
func (p *servers) kill(t *testing.T, server int) {
	p.mu.Lock()
	number := p.up[server].number
	p.up[server] = nil
	p.mu.Unlock()
	if err := p.process[server].Process.Kill(); err != nil {
		t.Error(err)
	}
	p.process[server].Wait()
	p.history.mu.Lock()
	p.history.deaths[server] = append(p.history.deaths[server], p.history.now())
	p.history.mu.Unlock()
	p.start(t, server, number+1)
}

// any returns a server that is up, once there is one.
func (p *servers) any(random *rand.Rand) *life {
	for {
		p.mu.Lock()
		var up []*life
		for _, l := range p.up {
			if l != nil {
				up = append(up, l)
			}
		}
		rose := p.rose
		p.mu.Unlock()
		if len(up) > 0 {
			return up[random.IntN(len(up))]
		}
		<-rose
	}
}

// ask has a server do an act and notes what it was told.
func (p *servers) ask(l *life, a act, do func() (told, error)) told {
	e := entry{act: a, server: l.server, life: l.number, call: p.history.now()}
	var err error
	e.told, err = do()
	e.answer = p.history.now()
	var refused *client.Problem
	switch {
	case errors.As(err, &refused):
		e.told = told{code: refused.ErrorCode, before: -1, after: -1}
	case err != nil:
		e.told = told{unknown: true}
	}
	p.history.add(e)
	return e.told
}

// write gives and takes the plan to and from three people of the writer's own.
func (p *servers) write(people []string, writer, acts int) {
	random := rand.New(rand.NewPCG(11, uint64(writer)))
	for range acts {
		i, l := 3*writer+random.IntN(3), p.any(random)
		if random.IntN(5) < 3 {
			p.ask(l, act{verb: "give", person: i}, func() (told, error) {
				return changed(l.client.SetPlan(context.Background(), people[i], api.PlanChoice{Plan: plan}, client.Taking{}))
			})
		} else {
			p.ask(l, act{verb: "take", person: i}, func() (told, error) {
				return changed(l.client.RemovePlan(context.Background(), people[i], plan, client.Taking{}))
			})
		}
	}
}

func changed(answer api.ChangedPerson, err error) (told, error) {
	t := told{changed: answer.Changed, before: -1, after: -1}
	for _, pool := range answer.Effect.Pools {
		if pool.Name.String() == plan {
			t.before, t.after = int(pool.Before), int(pool.After)
		}
	}
	return t, err
}

// renew puts one set after the other in force, larger and smaller ones, until
// the writers are done.
func (p *servers) renew(t *testing.T, writing <-chan struct{}) {
	random := rand.New(rand.NewPCG(12, 12))
	for set := 2; ; set++ {
		a := act{verb: "activate", set: set, seats: 8 + random.IntN(10)}
		file := p.w.seats(t, a.seats)
		for in := false; !in; {
			select {
			case <-writing:
				return
			default:
			}
			l := p.any(random)
			answer := p.ask(l, a, func() (told, error) {
				loaded, err := l.client.LoadSet(context.Background(), file, false)
				if err != nil || loaded.Activated != nil { // one that only raises is in force at once
					return told{changed: true, before: -1, after: -1}, err
				}
				activated, err := l.client.Activate(context.Background(), loaded.Set.ID, api.Activate{}, false)
				return told{changed: activated.Changed, before: -1, after: -1}, err
			})
			in = answer.code == "" && !answer.unknown
		}
	}
}

// seats issues a set with so many seats of the plan.
func (w *world) seats(t testing.TB, n int) []byte {
	t.Helper()
	order := fmt.Sprintf(hundred, license.DateOf(time.Now()).Add(300))
	order = strings.Replace(order, "quantity: 100}", fmt.Sprintf("quantity: %d}", n), 1)
	file, err := w.vendors.Issue(t.Context(), []byte(order), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// check reports whether one server could have answered the same.
func (p *servers) check(t *testing.T, first moment) {
	var full, small, unknown, done int
	for _, e := range p.history.list {
		switch {
		case e.told.unknown:
			unknown++
		case e.told.code == "seat.pool-full":
			full++
		case e.told.code == "set.too-small":
			small++
		case e.told.code != "":
			t.Errorf("%+v was refused with %s", e.act, e.told.code)
		case e.told.changed:
			done++
		}
	}
	if full == 0 || done == 0 || small == 0 && !testing.Short() { // a short one may end before a set is too small
		t.Errorf("%d changed, %d found the pool full, %d found the set too small: nothing was tested", done, full, small)
	}
	model := porcupine.NondeterministicModel{Init: func() []any { return []any{first} }, Step: steps}
	result := porcupine.CheckOperationsTimeout(model.ToModel(), p.history.operations(), 30*time.Second)
	if result != porcupine.Ok {
		t.Errorf("what was answered could not have happened one after the other: %v", result)
	}
	t.Logf("figure: %d servers, %d acts: %d changed something, %d found the pool full, %d the set too small, %d were not answered; %s",
		len(p.process), len(p.history.list), done, full, small, unknown, result)
}

func TestWhatServersAnswerOneCouldHaveAnsweredOneActAfterTheOtherAlsoWhenTheyAreKilled(t *testing.T) {
	const writers, seats = 8, 12
	acts, kills := 60, 2
	if proof() {
		acts, kills = 400, 12
	}
	if testing.Short() {
		acts, kills = 20, 1
	}
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		w := start(t, dsn, designteamet)
		if _, err := demo.Activate(t.Context(), w.client(t, designteamet.Name), w.seats(t, seats)); err != nil {
			t.Fatal(err)
		}
		people := addPeople(t, w.client(t, designteamet.Name), 3*writers)
		w.stop()
		number := 1 // one file is served by one server
		if strings.HasPrefix(dsn, "postgres") {
			number = 2
		}
		p := &servers{w: w, process: make([]*exec.Cmd, number), up: make([]*life, number), rose: make(chan struct{})}
		p.history = history{began: time.Now(), grew: make(chan struct{})}
		for server := range number {
			p.start(t, server, 0)
		}
		writing, renewing := make(chan struct{}), make(chan struct{})
		go func() {
			each(writers, writers, func(writer int) { p.write(people, writer, acts) })
			close(writing)
		}()
		go func() {
			p.renew(t, writing)
			close(renewing)
		}()
		for kill := range kills {
			p.history.until((kill+1)*writers*acts/(kills+1), writing)
			p.kill(t, kill%number)
		}
		<-renewing
		for _, process := range p.process {
			process.Process.Kill()
			process.Wait()
		}
		w.fsck(t)
		p.check(t, moment{set: 1, seats: seats})
	})
}
