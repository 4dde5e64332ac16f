package seat_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

func (o *office) count() seat.Counts {
	return seat.Count(o.active, func(n license.Name) seat.Pool { return o.pools[n] }, o.holders(o.active))
}

func TestUsersAreCountedBothWays(t *testing.T) {
	t.Parallel()
	o := designteamet(t)
	o.active.Set("SUPEROFFICE").Clients = []license.Client{{Name: "web", User: []license.Module{"user", "web"}}}
	got := o.count()
	if got.People != 51 || got.PaidUsers != 49 {
		t.Errorf("%d people, %d paid users; want 51 and 49", got.People, got.PaidUsers)
	}
	want := []seat.ClientCount{
		{Client: "web", Name: so("user"), Seats: 63, Taken: 49},
		{Client: "web", Name: so("web"), Seats: 63, Taken: 49},
	}
	if diff := cmp.Diff(want, got.SignIn); diff != "" {
		t.Errorf("sign-in (-want +got):\n%s", diff)
	}
	wantPlans := []seat.PlanCount{
		{Name: so("no-selection"), Seats: 1, Taken: 2, Unrestricted: true},
		{Name: so("sales-premium"), Seats: 21, Taken: 21, Paid: true},
		{Name: so("service-premium"), Seats: 15, Taken: 5, Paid: true},
		{Name: so("all-three-premium"), Seats: 20, Taken: 20, Paid: true},
		{Name: so("marketing-premium"), Seats: 7, Taken: 3, Paid: true},
	}
	if diff := cmp.Diff(wantPlans, got.Plans); diff != "" {
		t.Errorf("plans (-want +got):\n%s", diff)
	}
}

func TestAPersonOnTwoPaidPlansIsOneUser(t *testing.T) {
	t.Parallel()
	o := newShop(t)
	o.must(o.step("anna set sales"))
	o.must(o.step("anna add ai"))
	o.must(o.step("bea set none"))
	if got := o.count(); got.People != 2 || got.PaidUsers != 1 {
		t.Errorf("%d people, %d paid users; want 2 and 1", got.People, got.PaidUsers)
	}
}

func TestTheEmptyPlanIsNobodysPurchase(t *testing.T) {
	t.Parallel()
	o := newOffice(t, set(t, "SUPEROFFICE", "user user 5 hidden\nnone user 5 plan\nguest user 1 unrestricted plan user"))
	o.must(o.step("anna set none"))
	o.must(o.step("bea set guest"))
	if got := o.count(); got.PaidUsers != 0 || got.Plans[0].Paid || got.Plans[1].Paid {
		t.Errorf("%+v", got)
	}
}

func TestAVeryLargePoolIsPaidByUse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		line   string
		people int64
		byUse  bool
	}{
		{"ten seats for everybody and a thousand in all", "user user 1000", 100, true},
		{"fewer than ten for everybody", "user user 1000", 101, false},
		{"fewer than a thousand in all", "user user 999", 1, false},
		{"the issuer says so", "user user 5 open-ended", 100, true},
		{"what is not enforced has no total anyway", "user user 5000 unrestricted", 1, false},
		{"a system license is not counted", "user system 5000", 1, false},
	} {
		l := set(t, "SO", test.line).Licenses[0]
		if got := seat.OpenEnded(&l, test.people); got != test.byUse {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// company returns a set of plans and people to put on them, few combinations of
// holdings among many people.
func company(b testing.TB, people int) (*license.Active, seat.Holders) {
	text := secondSet
	active := license.NewActive(set(b, "SUPEROFFICE", text))
	plans := []license.Module{"sales-premium", "service-premium", "all-three-premium", "no-selection"}
	ids := make([]string, people)
	holds := make([][]license.Held, people)
	for i := range ids {
		ids[i] = fmt.Sprint("person-", i)
		current := []seat.Assignment{{Name: so(string(plans[i%len(plans)])), Quantity: 1}}
		if i%7 == 0 {
			current = append(current, seat.Assignment{Name: so("visible-for"), Quantity: 1})
		}
		holds[i] = seat.Holds(active, seat.Person{Kind: license.Internal, Login: true}, current, nil)
	}
	return active, func(yield func(string, []license.Held) bool) {
		for i, id := range ids {
			if !yield(id, holds[i]) {
				return
			}
		}
	}
}

func BenchmarkFits(b *testing.B) {
	for _, people := range []int{100, 10_000, 100_000} {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			active, holders := company(b, people)
			next := active.With(set(b, "SUPEROFFICE", secondSet))
			for b.Loop() {
				seat.Fits(active, next, "SUPEROFFICE", holders, nil)
			}
		})
	}
}

func BenchmarkSetPlan(b *testing.B) {
	o := designteamet(b)
	o.add("new")
	s := o.standing("new")
	for b.Loop() {
		if _, err := s.SetPlan(so("service-premium")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWhy(b *testing.B) {
	o := designteamet(b)
	s := o.standing("turkos.linjal")
	for b.Loop() {
		s.Why(seat.Question{Ask: seat.AskModule, Name: so("ej-client")}, today)
	}
}
