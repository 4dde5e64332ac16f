package seat_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// randomPast is a past in which anything may have happened at any moment from 0
// to the end, so that moments meet.
func randomPast(r *rand.Rand, people int, end int64) *seat.Past {
	p := &seat.Past{}
	moment := func(least int64) int64 { return least + 1 + r.Int64N(end) }
	for _, issuer := range []license.Issuer{"ACME", "HUMBUG"} {
		from := int64(0)
		for number := range int64(1 + r.IntN(3)) {
			set := &license.Set{Issuer: issuer, Number: number + 1, Occupancy: license.ByCredentials}
			for i := range 4 {
				set.Licenses = append(set.Licenses, license.License{Module: license.Module(fmt.Sprint("m", i)), Kind: license.User, People: license.Internal,
					Quantity: 1 + r.Int64N(9), Marker: r.IntN(12) == 0, Unrestricted: r.IntN(5) == 0})
			}
			for i := range 3 {
				l := license.License{Module: license.Module(fmt.Sprint("plan", i)), Kind: license.User, People: license.Internal, Quantity: 5, Plan: &license.Plan{}}
				for j := range 4 {
					if i > 0 && r.IntN(2) == 0 {
						l.Plan.Includes = append(l.Plan.Includes, license.Module(fmt.Sprint("m", j)))
					}
				}
				set.Licenses = append(set.Licenses, l)
			}
			until := moment(from)
			p.Reigns = append(p.Reigns, seat.Reign{Set: set, From: from, Until: until})
			from = until
		}
		p.Reigns[len(p.Reigns)-1].Until = 0
	}
	names := []license.Name{}
	for _, m := range []license.Module{"m0", "m1", "m2", "plan0", "plan1", "plan2", "gone"} {
		names = append(names, license.NameOf("ACME", m), license.NameOf("HUMBUG", m))
	}
	for _, code := range []string{"p", "q"} {
		cut := moment(0)
		p.Profiles = append(p.Profiles, seat.Bundle{Code: code, Modules: names[:1+r.IntN(4)], Until: cut}, seat.Bundle{Code: code, Modules: names[:r.IntN(4)], From: cut})
	}
	for i := range people {
		l := seat.Life{ID: fmt.Sprint("p", i)}
		from := r.Int64N(end)
		for range 1 + r.IntN(3) {
			until := moment(from)
			l.Stands = append(l.Stands, seat.Stand{From: from, Until: until, Person: seat.Person{ID: l.ID, Kind: license.Internal, Login: r.IntN(3) > 0,
				Former: r.IntN(6) == 0, Profile: []string{"", "p", "q"}[r.IntN(3)]}})
			from = until
		}
		l.Stands[len(l.Stands)-1].Until = 0
		for n := range r.IntN(6) {
			a := seat.Assignment{Number: int64(n), Person: l.ID, Name: names[r.IntN(len(names))], Quantity: 1 + r.Int64N(2), From: r.Int64N(end)}
			if r.IntN(3) > 0 {
				a.Until = moment(a.From)
			}
			l.Given = append(l.Given, a)
		}
		p.Lives = append(p.Lives, l)
	}
	return p
}

// bruteForce recounts at every moment there is.
func bruteForce(p *seat.Past, from, until int64) []seat.Peak {
	peaks := map[license.Name]seat.Peak{}
	for at := from; at == from || at < until; at++ {
		m := p.At(at)
		for n, taken := range seat.Recount(m.Active, m.Holders) {
			if taken > peaks[n].Most {
				peaks[n] = seat.Peak{Name: n, Most: taken, At: at}
			}
		}
	}
	all := []seat.Peak{}
	for _, peak := range peaks {
		all = append(all, peak)
	}
	slices.SortFunc(all, func(x, y seat.Peak) int { return license.CompareNames(x.Name, y.Name) })
	return all
}

func TestPeaksAreThoseOfARecountAtEveryMoment(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		p := randomPast(r, 1+r.IntN(8), 30)
		from := r.Int64N(30)
		until := from + r.Int64N(40)
		if diff := cmp.Diff(bruteForce(p, from, until), p.Peaks(from, until)); diff != "" {
			t.Fatalf("seed %d, from %d to %d (-recount +peaks):\n%s", seed, from, until, diff)
		}
	}
}

func TestAMomentOfThePastIsCountedUnderTheSetsOfThen(t *testing.T) {
	t.Parallel()
	set := func(number int64, includes ...license.Module) *license.Set {
		user := func(m license.Module) license.License {
			return license.License{Module: m, Kind: license.User, Quantity: 5 + number, People: license.Internal}
		}
		plan := user("sales")
		plan.Plan = &license.Plan{Includes: includes}
		return &license.Set{Issuer: "ACME", Number: number, Clients: []license.Client{{Name: "web", People: license.Internal, User: []license.Module{"user"}}},
			Licenses: []license.License{user("user"), user("mail"), plan}}
	}
	p := &seat.Past{
		Reigns: []seat.Reign{{Set: set(1, "user"), From: 10, Until: 20}, {Set: set(2, "user", "mail"), From: 20}},
		Lives: []seat.Life{
			{ID: "anna", Stands: []seat.Stand{{Person: seat.Person{ID: "anna", Kind: license.Internal}, From: 5}},
				Given: []seat.Assignment{{Person: "anna", Name: license.NameOf("ACME", "sales"), Quantity: 1, From: 12, Until: 30}}},
			{ID: "bo", Stands: []seat.Stand{{Person: seat.Person{ID: "bo", Kind: license.Internal}, From: 5, Until: 25}, {Person: seat.Person{ID: "bo", Former: true}, From: 25}},
				Given: []seat.Assignment{{Person: "bo", Name: license.NameOf("ACME", "sales"), Quantity: 1, From: 15, Until: 25}}},
		},
	}
	for at, want := range map[int64]string{
		4:  "0 people, 0 paid, user 0/0, mail 0",
		11: "2 people, 0 paid, user 0/6, mail 0",
		12: "2 people, 1 paid, user 1/6, mail 0",
		19: "2 people, 2 paid, user 2/6, mail 0",
		20: "2 people, 2 paid, user 2/7, mail 2",
		25: "1 people, 1 paid, user 1/7, mail 1",
		30: "1 people, 0 paid, user 0/7, mail 0",
	} {
		m := p.At(at)
		c, pools := m.Count(), m.Pools()
		user := pools(license.NameOf("ACME", "user"))
		got := fmt.Sprintf("%d people, %d paid, user %d/%d, mail %d", c.People, c.PaidUsers, user.Taken, user.Seats, pools(license.NameOf("ACME", "mail")).Taken)
		if got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
	if diff := cmp.Diff([]seat.Peak{{license.NameOf("ACME", "mail"), 2, 20}, {license.NameOf("ACME", "sales"), 2, 15}, {license.NameOf("ACME", "user"), 2, 15}}, p.Peaks(0, 100)); diff != "" {
		t.Error(diff)
	}
}

// BenchmarkPeaks goes through years of an installation: 100,000 people, each of
// whom changed plans ten times.
func BenchmarkPeaks(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	const year = int64(365 * 24 * time.Hour / time.Microsecond)
	p := randomPast(r, 0, 5)
	for i := range 100_000 {
		l := seat.Life{ID: fmt.Sprint("p", i), Stands: []seat.Stand{{Person: seat.Person{ID: fmt.Sprint("p", i), Kind: license.Internal, Login: true}, From: 1}}}
		at := r.Int64N(year)
		for range 10 {
			next := at + r.Int64N(year)
			l.Given = append(l.Given, seat.Assignment{Person: l.ID, Name: license.NameOf("ACME", license.Module(fmt.Sprint("plan", r.IntN(3)))), Quantity: 1, From: at, Until: next})
			at = next
		}
		p.Lives = append(p.Lives, l)
	}
	b.Run("five years", func(b *testing.B) {
		for b.Loop() {
			p.Peaks(0, 5*year)
		}
	})
	b.Run("one moment", func(b *testing.B) {
		for b.Loop() {
			p.At(3 * year).Count()
		}
	})
}
