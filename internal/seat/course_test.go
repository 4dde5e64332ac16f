package seat_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

func TestACourseIsThePeakOfEachStretchByRecountAtEveryMoment(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		p := randomPast(r, 1+r.IntN(8), 30)
		var moments []int64
		for range 2 + r.IntN(5) {
			moments = append(moments, r.Int64N(40))
		}
		slices.Sort(moments)
		moments = slices.Compact(moments)
		name := license.NameOf("ACME", "m1")
		var want []seat.Stretch
		for i := range len(moments) - 1 {
			s := seat.Stretch{From: moments[i], Until: moments[i+1], At: moments[i]}
			for _, peak := range bruteForce(p, moments[i], moments[i+1]) {
				if peak.Name == name {
					s.Most, s.At = peak.Most, peak.At
				}
			}
			want = append(want, s)
		}
		if diff := cmp.Diff(want, p.Course(name, moments)); diff != "" && len(moments) > 1 {
			t.Fatalf("seed %d, %v (-recount +course):\n%s", seed, moments, diff)
		}
	}
	if got := new(seat.Past).Course(license.Name{}, []int64{1}); got != nil {
		t.Errorf("one moment is no stretch: %v", got)
	}
}

func TestHowFullALicenseIs(t *testing.T) {
	t.Parallel()
	user := func(quantity int64) *license.License { return &license.License{Kind: license.User, Quantity: quantity} }
	for _, test := range []struct {
		what  string
		l     *license.License
		taken int64
		want  seat.PoolState
	}{
		{"84 of 100 in use", user(100), 84, seat.PoolSpare},
		{"849 of 1000 in use", user(999), 848, seat.PoolSpare},
		{"85 of 100 in use", user(100), 85, seat.PoolNearly},
		{"17 of 20 in use", user(20), 17, seat.PoolNearly},
		{"5 of 6 in use", user(6), 5, seat.PoolSpare},
		{"6 of 6 in use", user(6), 6, seat.PoolFull},
		{"7 of 6 in use", user(6), 7, seat.PoolOver},
		{"none bought", user(0), 0, seat.PoolNone},
		{"none bought, 1 in use", user(0), 1, seat.PoolOver},
		{"the largest number", user(1<<63 - 1), 1<<63 - 2, seat.PoolByUse},
		{"a large number with as many people", user(2000), 1000, seat.PoolByUse},
		{"paid by use", &license.License{Kind: license.User, Quantity: 50, OpenEnded: true}, 49, seat.PoolByUse},
		{"paid by use, and over", &license.License{Kind: license.User, Quantity: 50, OpenEnded: true}, 51, seat.PoolByUse},
		{"not enforced", &license.License{Kind: license.User, Quantity: 5, Unrestricted: true}, 9, seat.PoolNoLimit},
		{"for everybody", &license.License{Kind: license.System, Quantity: 1}, 0, seat.PoolOn},
		{"a description", &license.License{Kind: license.User, Marker: true}, 0, seat.PoolMarker},
	} {
		p := seat.Pool{Seats: test.l.Quantity, Taken: test.taken, Unrestricted: test.l.Unrestricted}
		if got := seat.PoolStateOf(test.l, p, 100); got != test.want {
			t.Errorf("%s: %s, want %s", test.what, got, test.want)
		}
	}
	if p, state := (seat.Pool{Seats: 40, Taken: 38, Unrestricted: true}).With(35); p.Over() != 3 || p.Free() != 0 || state != seat.PoolOver {
		t.Errorf("38 people on 35 seats: %v, %s", p, state)
	}
}
