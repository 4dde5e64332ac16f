package entitle_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/license"
)

// TestIndexAnswersLikeTheWorld lets random things happen to random worlds and
// asks every question after each of them.
func TestIndexAnswersLikeTheWorld(t *testing.T) {
	t.Parallel()
	rounds := 40
	switch {
	case os.Getenv("POTT_PROOF") != "":
		rounds = 1000
	case testing.Short():
		rounds = 10
	}
	names := allNames()
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := &world{active: randomActive(r), people: map[string]entitle.Holder{}, zone: pick(r, zones), now: randomTime(r), stops: randomStops(r), events: randomEvents(r)}
		for _, id := range some(r, ids) {
			w.people[strings.ToLower(id)] = randomHolder(r, id)
		}
		x := entitle.NewIndex(w.active, w.holdings(), w.now)
		modules := map[license.Name]entitle.ModuleHandle{}
		for _, n := range names {
			modules[n] = x.Module(n)
		}
		for step := range 12 {
			compare(t, x, w, names, modules)
			if t.Failed() {
				t.Fatalf("seed %d, step %d, %v", seed, step, w)
			}
			x = happen(r, x, w)
		}
	}
}

// happen does one random thing to the world and the index.
func happen(r *rand.Rand, x *entitle.Index, w *world) *entitle.Index {
	switch r.IntN(7) {
	case 0:
		w.active, w.now = randomActive(r), randomTime(r)
		return x.Under(w.active, w.now)
	case 1:
		w.now = randomTime(r)
		return x.At(w.now)
	case 2:
		w.people, w.zone = map[string]entitle.Holder{}, pick(r, zones)
		for _, id := range some(r, ids) {
			w.people[strings.ToLower(id)] = randomHolder(r, id)
		}
		return x.Replace(w.holdings())
	case 3:
		w.stops = randomStops(r)
		return x.StoppedBy(w.stops)
	case 4:
		w.events = randomEvents(r)
		return x.Announcing(w.events)
	}
	removed := some(r, ids)
	for _, id := range removed {
		delete(w.people, strings.ToLower(id))
	}
	var changed []entitle.Holder
	for _, id := range some(r, ids) {
		w.people[strings.ToLower(id)] = randomHolder(r, id)
		changed = append(changed, w.people[strings.ToLower(id)])
	}
	return x.With(changed, removed)
}

func compare(t *testing.T, x *entitle.Index, w *world, names []license.Name, modules map[license.Name]entitle.ModuleHandle) {
	t.Helper()
	if x.People() != len(w.people) {
		t.Errorf("the index knows %d people, there are %d", x.People(), len(w.people))
	}
	for _, id := range slices.Concat(ids, spelled) {
		var want int64
		if p, there := w.people[strings.ToLower(id)]; there {
			if e := w.closed(p); e != nil {
				want = e.Number
			}
		}
		if got, _ := x.Closed(id); got.Number != want {
			t.Errorf("%q is kept out by event %d, want %d", id, got.Number, want)
		}
	}
	for _, n := range names {
		if got, want := x.CheckSystem(n), w.CheckSystem(n); got != want {
			t.Errorf("is %v on? got %v, want %v", n, got, want)
		}
		for _, id := range slices.Concat(ids, spelled) {
			if got, want := x.Check(id, n), w.Check(id, n); got != want {
				t.Errorf("may %q use %v? got %v, want %v", id, n, got, want)
			}
			if got, want := x.CheckEdit(id, n), w.CheckEdit(id, n); got != want {
				t.Errorf("may %q edit %v? got %v, want %v", id, n, got, want)
			}
			if got, want := x.CheckLogin(id, n), w.CheckLogin(id, n); got != want {
				t.Errorf("may %q sign in to %v? got %v, want %v", id, n, got, want)
			}
			if h, ok := x.Person(id); ok {
				if got, want := x.CheckHandle(h, modules[n]), w.Check(id, n); got != want {
					t.Errorf("may %q use %v, by handles? got %v, want %v", id, n, got, want)
				}
			} else if _, there := w.people[strings.ToLower(id)]; there {
				t.Errorf("no handle of %q", id)
			}
		}
	}
}

// TestHandlesNeverMeanAnother keeps every handle ever given out, and asks all of
// them on every index ever made: each answers for the person it was given for, or
// denies.
func TestHandlesNeverMeanAnother(t *testing.T) {
	t.Parallel()
	set := &license.Set{Issuer: "ACME", TimeZone: "UTC"}
	const people = 40
	for i := range people * 50 {
		set.Licenses = append(set.Licenses, license.License{Module: license.Module(fmt.Sprint("only-", i)), Kind: license.User, Quantity: 1})
	}
	active := license.NewActive(set)
	only := func(i int) license.Name { return license.NameOf("ACME", license.Module(fmt.Sprint("only-", i))) }
	r := rand.New(rand.NewPCG(7, 7))
	x := entitle.NewIndex(active, &entitle.Holdings{}, noon)
	var indexes []*entitle.Index
	var handles []entitle.PersonHandle // the person of handle i alone holds only-i
	born := map[string]int{}
	for range 120 {
		id := fmt.Sprint("user-", r.IntN(people))
		if _, there := born[id]; there {
			delete(born, id)
			x = x.With(nil, []string{id})
		} else {
			n := len(handles)
			born[id] = n
			x = x.With([]entitle.Holder{{Person: id, Number: int64(n + 1), Kind: license.Internal, Login: true,
				Holds: []license.Held{{Name: only(n), Quantity: 1}}}}, nil)
			h, _ := x.Person(id)
			handles = append(handles, h)
		}
		indexes = append(indexes, x)
	}
	var modules []entitle.ModuleHandle
	for i := range handles {
		modules = append(modules, x.Module(only(i)))
	}
	for at, x := range indexes {
		for i, h := range handles {
			for j, m := range modules {
				if a := x.CheckHandle(h, m); i != j && a.Effect != entitle.Deny {
					t.Fatalf("index %d: the handle of person %d answers for person %d: %v", at, i, j, a)
				}
			}
		}
	}
	other := entitle.NewIndex(active, &entitle.Holdings{People: []entitle.Holder{{Person: "user-0", Kind: license.Internal, Login: true,
		Holds: []license.Held{{Name: only(0), Quantity: 1}}}}}, noon)
	for _, h := range append(handles, entitle.PersonHandle{}) {
		if a := other.CheckHandle(h, other.Module(only(0))); a != deny(entitle.HandleUnknown) {
			t.Errorf("a handle of another index answers %v", a)
		}
	}
	if a := other.CheckHandle(handles[0], entitle.ModuleHandle{}); a != deny(entitle.HandleUnknown) {
		t.Errorf("the zero module handle answers %v", a)
	}
}

func TestHandles(t *testing.T) {
	t.Parallel()
	w := newOffice()
	x := w.index()
	anna, _ := x.Person("anna")
	sale := x.Module(w.name("sale-cal"))
	later := x.Module(w.name("comes-later"))
	want := func(what string, got entitle.Answer, reason entitle.Reason) {
		t.Helper()
		if got.Reason != reason {
			t.Errorf("%s: got %v, want the reason %v", what, got, reason)
		}
	}
	want("at first", x.CheckHandle(anna, sale), entitle.Included)
	want("a module no set has", x.CheckHandle(anna, later), entitle.ModuleUnknown)

	set := *w.set
	set.Licenses = append(set.Licenses, license.License{Module: "Comes-Later", Kind: license.System, Quantity: 1})
	x = x.Under(license.NewActive(&set), noon)
	want("under a set that has it", x.CheckHandle(anna, later), entitle.System)
	unnumbered, numbered := *w.person("bo"), *w.person("bo")
	unnumbered.Person, unnumbered.Number, numbered.Person, numbered.Number = "new", 0, "new", 50
	x = x.With([]entitle.Holder{unnumbered}, nil)
	somebody, _ := x.Person("new")
	x = x.With([]entitle.Holder{numbered}, nil)
	want("of somebody whose number became known", x.CheckHandle(somebody, x.Module(w.name("web"))), entitle.Included)
	x = x.With([]entitle.Holder{unnumbered}, nil)
	want("of somebody whose number was left out once", x.CheckHandle(somebody, x.Module(w.name("web"))), entitle.Included)
	x = x.Replace(w.holdings())
	want("after reading everything again", x.CheckHandle(anna, sale), entitle.Included)
	x = x.With(nil, []string{"anna"})
	want("of somebody deleted", x.CheckHandle(anna, sale), entitle.PersonGone)
	again := *w.person("anna")
	again.Number = 99
	x = x.With([]entitle.Holder{again}, nil)
	want("of somebody deleted, whose user id was given to another", x.CheckHandle(anna, sale), entitle.PersonGone)
	want("of the other", x.Check("anna", w.name("sale-cal")), entitle.Included)
	again.Number = 100
	other, _ := x.Person("anna")
	x = x.With([]entitle.Holder{again}, nil)
	want("of somebody whose user id changed hands in one commit", x.CheckHandle(other, sale), entitle.PersonGone)
}

// TestEverybodyHasHoldingsOfTheirOwn has more combinations than two bytes count.
func TestEverybodyHasHoldingsOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := newOffice()
	first := date("2027-01-01")
	h := &entitle.Holdings{TimeZone: "UTC"}
	for i := range 70_000 {
		h.People = append(h.People, entitle.Holder{Person: fmt.Sprint(i), Kind: license.Internal, Login: true,
			ValidThrough: first.Add(i), Holds: []license.Held{{Name: w.name("sale-cal"), Quantity: 1}}})
	}
	set := *w.set
	set.Dates = license.Dates{}
	x := entitle.NewIndex(license.NewActive(&set), h, noon)
	ask := func(x *entitle.Index, i int, want license.Date) {
		t.Helper()
		if got := x.Check(fmt.Sprint(i), w.name("sale-cal")); got.Until != want || got.Reason != entitle.Held {
			t.Errorf("person %d: %v, want until %v", i, got, want)
		}
	}
	for i := 0; i < len(h.People); i += 331 {
		ask(x, i, first.Add(i))
	}
	h.People[69_000].ValidThrough, h.People[5].ValidThrough = first.Add(5), first.Add(69_000)
	y := x.With([]entitle.Holder{h.People[69_000], h.People[5]}, []string{"66000"})
	ask(y, 69_000, first.Add(5))
	ask(y, 5, first.Add(69_000))
	ask(y, 6, first.Add(6))
	ask(x, 69_000, first.Add(69_000))
	ask(x, 5, first.Add(5))
	if a := y.Check("66000", w.name("sale-cal")); a.Reason != entitle.PersonUnknown {
		t.Errorf("somebody removed: %v", a)
	}
}

// TestPatchesOfOneIndexKnowNothingOfEachOther makes many indexes from one at the
// same time, and asks them while others are made.
func TestPatchesOfOneIndexKnowNothingOfEachOther(t *testing.T) {
	t.Parallel()
	w := newOffice()
	x := w.index()
	sale, extra := w.name("sale-cal"), w.name("visible-for")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			mine := fmt.Sprint("new-", i)
			y := x
			for n := range 50 {
				y = y.With([]entitle.Holder{{Person: fmt.Sprint(mine, "-", n), Kind: license.Internal, Login: true,
					ValidThrough: license.Date{Year: 2027, Month: 1, Day: 1}.Add(i*50 + n),
					Holds:        []license.Held{{Name: extra, Quantity: 1}}}}, nil)
				if n == 25 {
					y = y.Under(w.active(), noon.Add(time.Hour))
				}
				if a := x.Check("anna", sale); a.Effect != entitle.Allow {
					t.Errorf("the first index changed: %v", a)
				}
				if a := y.Check(fmt.Sprint(mine, "-", n), extra); a.Reason != entitle.Held {
					t.Errorf("person %d of %s: %v", n, mine, a)
				}
				if a := y.Check(fmt.Sprintf("new-%d-0", (i+1)%8), extra); a.Reason != entitle.PersonUnknown {
					t.Errorf("%s knows somebody of another index: %v", mine, a)
				}
			}
			if y.People() != x.People()+50 {
				t.Errorf("%d people, want %d", y.People(), x.People()+50)
			}
		})
	}
	wg.Wait()
}

// TestChecksWhileTheIndexIsReplaced asks from several goroutines while another
// goes through a hundred states. In every state exactly one of two people holds
// the module, and one index never says otherwise.
func TestChecksWhileTheIndexIsReplaced(t *testing.T) {
	t.Parallel()
	w := newOffice()
	sale := w.name("sale-cal")
	var current atomic.Pointer[entitle.Index]
	one := entitle.Holder{Person: "one", Kind: license.Internal, Login: true, Holds: []license.Held{{Name: sale, Quantity: 1}}}
	two := entitle.Holder{Person: "two", Kind: license.Internal, Login: true}
	current.Store(w.index().With([]entitle.Holder{one, two}, nil))
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for asked := 0; ; asked++ {
				x := current.Load()
				a, b := x.Check("one", sale), x.Check("two", sale)
				if a.Allowed() == b.Allowed() {
					t.Errorf("one: %v, two: %v", a, b)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range 100 {
		one.Holds, two.Holds = two.Holds, one.Holds
		current.Store(current.Load().With([]entitle.Holder{one, two}, nil))
	}
	close(done)
	wg.Wait()
}

func TestChecksAllocateNothing(t *testing.T) {
	w := newOffice()
	x := w.index()
	anna, _ := x.Person("anna")
	sale, web, feature := w.name("sale-cal"), w.name("web"), w.name("sale")
	handle := x.Module(sale)
	for what, check := range map[string]func() entitle.Answer{
		"Check":                     func() entitle.Answer { return x.Check("anna", sale) },
		"Check of a stranger":       func() entitle.Answer { return x.Check("nobody", sale) },
		"CheckHandle":               func() entitle.Answer { return x.CheckHandle(anna, handle) },
		"CheckLogin":                func() entitle.Answer { return x.CheckLogin("anna", web) },
		"Check in other letters":    func() entitle.Answer { return x.Check("ANN\u0041", sale) },
		"CheckEdit":                 func() entitle.Answer { return x.CheckEdit("anna", feature) },
		"CheckSystem":               func() entitle.Answer { return x.CheckSystem(feature) },
		"Person":                    func() entitle.Answer { x.Person("anna"); return entitle.Answer{} },
		"Module of a known module":  func() entitle.Answer { x.Module(sale); return entitle.Answer{} },
		"Check of a missing module": func() entitle.Answer { return x.Check("anna", license.Name{Issuer: "ACME", Module: "none"}) },
	} {
		if n := testing.AllocsPerRun(100, func() { check() }); n != 0 {
			t.Errorf("%s allocates %v times", what, n)
		}
	}
}
