package entitle_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/license"
)

// A crowd is a large installation: everybody is on one of some plans, and may
// use the same number of modules. The rest of a set of 150 modules is held by
// others.
type crowd struct {
	active   *license.Active
	holdings *entitle.Holdings
	names    []license.Name // asked about
}

var crowds = map[int]func() crowd{
	1_000_000: sync.OnceValue(func() crowd { return newCrowd(1_000_000, 20) }),
}

func newCrowd(people, modules int) crowd {
	set := &license.Set{Issuer: "SUPEROFFICE", Serial: "1", Number: 1, TimeZone: "Europe/Stockholm",
		Dates: license.Dates{Expiry: license.Date{Year: 2030, Month: 6, Day: 30}}}
	var c crowd
	user := func(m license.Module, plan *license.Plan) {
		set.Licenses = append(set.Licenses, license.License{Module: m, Kind: license.User, Quantity: 1, Unrestricted: true, Plan: plan})
	}
	for i := range 130 {
		m := license.Module(fmt.Sprintf("module-%03d-cal", i))
		user(m, nil)
		if i < modules {
			c.names = append(c.names, license.NameOf(set.Issuer, m))
		}
	}
	for p := range 20 {
		plan := &license.Plan{}
		for i := range modules {
			plan.Includes = append(plan.Includes, license.Module(fmt.Sprintf("module-%03d-cal", i)))
		}
		user(license.Module(fmt.Sprintf("plan-%02d", p)), plan)
	}
	c.active = license.NewActive(set)
	c.holdings = &entitle.Holdings{TimeZone: "Europe/Stockholm", People: make([]entitle.Holder, people)}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range c.holdings.People {
		holds := []license.Held{{Name: license.NameOf(set.Issuer, license.Module(fmt.Sprintf("plan-%02d", random.IntN(20)))), Quantity: 1}}
		for random.IntN(3) == 0 { // an extra, so that there are a few thousand combinations
			holds = append(holds, license.Held{Name: license.NameOf(set.Issuer, license.Module(fmt.Sprintf("module-%03d-cal", 20+random.IntN(10)))), Quantity: 1})
		}
		c.holdings.People[i] = entitle.Holder{Person: personID(random), Number: int64(i + 1), Kind: license.Internal, Login: true, Holds: holds}
	}
	return c
}

// personID returns a user id of 36 characters, as directories give.
func personID(r *rand.Rand) string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.Uint32()>>16, r.Uint32()>>20, r.Uint32()>>20, r.Uint64()>>16)
}

var noon = time.Date(2026, 6, 10, 10, 0, 0, 0, time.UTC)

type key struct{ person, module string }

// BenchmarkCheck asks one index of a million people about 20 modules each, by
// name and by handle, and one bare Go map of the same 20 million keys, in the
// same run: the same people and modules in the same random order. What is
// reported is nanoseconds per question and the ratio to the map.
func BenchmarkCheck(b *testing.B) {
	const people = 1_000_000
	c := crowds[people]()
	index := entitle.NewIndex(c.active, c.holdings, noon)
	bare := make(map[key]bool, people*len(c.names))
	for i := range c.holdings.People {
		for _, n := range c.names {
			bare[key{c.holdings.People[i].Person, string(n.Module)}] = true
		}
	}
	modules := make([]entitle.ModuleHandle, len(c.names))
	for i, n := range c.names {
		modules[i] = index.Module(n)
	}
	// Questions hold copies of their texts, as a request would: neither the map
	// nor the index may recognize a user id by where it is kept.
	type named struct {
		person string
		module license.Name
	}
	type handles struct {
		person entitle.PersonHandle
		module entitle.ModuleHandle
	}
	type questions struct {
		keys    []key
		names   []named
		handles []handles
	}
	random := rand.New(rand.NewPCG(3, 4))
	draw := func(people int) (q questions) {
		for range 1 << 20 {
			id, m := strings.Clone(c.holdings.People[random.IntN(people)].Person), random.IntN(len(c.names))
			person, _ := index.Person(id)
			q.keys = append(q.keys, key{id, string(c.names[m].Module)})
			q.names = append(q.names, named{id, c.names[m]})
			q.handles = append(q.handles, handles{person, modules[m]})
		}
		return q
	}
	everybody, few := draw(people), draw(2048)
	runtime.GC()
	for _, asked := range []struct {
		name      string
		questions questions
	}{{"everybody", everybody}, {"2048 people", few}} {
		b.Run(asked.name, func(b *testing.B) {
			var byMap, byName, byHandle time.Duration
			missed := 0
			const round = 1 << 18
			rounds := 0
			for b.Loop() {
				// In turns, so that a busy moment of the machine falls on all three.
				from := rounds * round & (1<<20 - 1)
				keys := asked.questions.keys[from : from+round]
				names := asked.questions.names[from : from+round]
				handles := asked.questions.handles[from : from+round]
				start := time.Now()
				for i := range keys {
					if !bare[keys[i]] {
						missed++
					}
				}
				byMap += time.Since(start)
				start = time.Now()
				for i := range names {
					if index.Check(names[i].person, names[i].module).Effect != entitle.Allow {
						missed++
					}
				}
				byName += time.Since(start)
				start = time.Now()
				for i := range handles {
					if index.CheckHandle(handles[i].person, handles[i].module).Effect != entitle.Allow {
						missed++
					}
				}
				byHandle += time.Since(start)
				rounds++
			}
			if missed > 0 {
				b.Fatalf("%d questions were answered wrongly", missed)
			}
			n := float64(rounds * round)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(byMap)/n, "map-ns")
			b.ReportMetric(float64(byName)/n, "name-ns")
			b.ReportMetric(float64(byHandle)/n, "handle-ns")
			b.ReportMetric(float64(byName)/float64(byMap), "name/map")
			b.ReportMetric(float64(byHandle)/float64(byMap), "handle/map")
		})
	}
	runtime.KeepAlive(bare)
}

// BenchmarkWith makes the index that follows a commit, at a million people.
func BenchmarkWith(b *testing.B) {
	c := crowds[1_000_000]()
	index := entitle.NewIndex(c.active, c.holdings, noon)
	runtime.GC()
	for _, n := range []int{1, 256} {
		for _, kind := range []string{"other holdings", "new people"} {
			b.Run(fmt.Sprintf("%d %s", n, kind), func(b *testing.B) {
				random := rand.New(rand.NewPCG(5, 6))
				changed := make([]entitle.Holder, n)
				for b.Loop() {
					for i := range changed {
						h := c.holdings.People[random.IntN(len(c.holdings.People))]
						h.Holds = c.holdings.People[random.IntN(len(c.holdings.People))].Holds
						if kind == "new people" {
							h.Person, h.Number = personID(random), 0
						}
						changed[i] = h
					}
					_ = index.With(changed, nil)
				}
			})
		}
	}
}

// BenchmarkBuild makes the index of a million people from nothing, and for the
// next day.
func BenchmarkBuild(b *testing.B) {
	c := crowds[1_000_000]()
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			entitle.NewIndex(c.active, c.holdings, noon)
		}
	})
	index := entitle.NewIndex(c.active, c.holdings, noon)
	b.Run("other sets", func(b *testing.B) {
		for b.Loop() {
			index.Under(c.active, noon)
		}
	})
	b.Run("next day", func(b *testing.B) {
		for b.Loop() {
			index.At(noon.Add(24 * time.Hour))
		}
	})
}
