package clock

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// A step is a reading, in words: running time since the start, the wall clock and
// the stored mark as distances from noon.
type step struct {
	up, wall, mark time.Duration
	want           time.Duration // what is proven then
	unconfirmed    bool
}

func TestWhatIsProven(t *testing.T) {
	for name, steps := range map[string][]step{
		"a clock that is right": {
			{0, 0, 0, 0, false}, {time.Hour, time.Hour, 0, time.Hour, false}, {40 * day, 40 * day, 0, 40 * day, false},
		},
		"a server that was away over the weekend": {{0, 35 * time.Hour, 0, 35 * time.Hour, false}},
		"a server that was away for a month": {
			{0, 30 * day, 0, 0, true}, {time.Hour, 30*day + time.Hour, 0, time.Hour, true},
			{72 * time.Hour, 33 * day, 0, 33 * day, false},
		},
		"a clock that is set back": {
			{0, 0, 0, 0, false}, {time.Hour, -300 * day, 0, time.Hour, false}, {2 * time.Hour, -300*day + time.Hour, 0, 2 * time.Hour, false},
			{3 * time.Hour, 3 * time.Hour, 0, 3 * time.Hour, false},
		},
		"a clock that jumps ahead and comes back": {
			{0, 0, 0, 0, false}, {time.Hour, 400 * day, 0, time.Hour, true}, {2 * time.Hour, 2 * time.Hour, 0, 2 * time.Hour, false},
			{70 * time.Hour, 400 * day, 0, 70 * time.Hour, true}, {80 * time.Hour, 400 * day, 0, 80 * time.Hour, true},
		},
		"a jump on top of a jump waits anew": {
			{0, 0, 0, 0, false}, {time.Hour, 30 * day, 0, time.Hour, true}, {71 * time.Hour, 4000 * day, 0, 71 * time.Hour, true},
			{74 * time.Hour, 4000 * day, 0, 74 * time.Hour, true}, {143 * time.Hour, 4003 * day, 0, 4003 * day, false},
		},
		"somebody confirms a jump": {
			{0, 30 * day, 0, 0, true}, {time.Hour, 30*day + time.Hour, 30 * day, 30*day + time.Hour, false},
		},
		"somebody lowers the mark": {
			{0, 300 * day, 300 * day, 300 * day, false}, {time.Hour, time.Hour, 300 * day, 300*day + time.Hour, false},
			{2 * time.Hour, 2 * time.Hour, 2 * time.Hour, 2 * time.Hour, false},
		},
		"another server's clock is a little behind": {
			{0, 0, 0, 0, false}, {time.Second, time.Second, time.Second, time.Second, false},
			{time.Second, time.Second, 0, time.Second, false},
		},
		"a signed time is ahead of the clock": {{0, 0, 0, 0, false}, {time.Second, time.Second, 10 * day, 10 * day, false}},
	} {
		t.Run(name, func(t *testing.T) {
			var c Clock
			for i, s := range steps {
				n := c.Read(Reading{Wall: noon.Add(s.wall), Up: s.up, Mark: noon.Add(s.mark), Seq: int64(i)})
				if got := n.Proven.Sub(noon); got != s.want || n.Unconfirmed != s.unconfirmed {
					t.Errorf("step %d: proven is noon + %v, unconfirmed %v; want noon + %v, %v", i, got, n.Unconfirmed, s.want, s.unconfirmed)
				}
			}
		})
	}
}

// Somebody who still looks at an older change does not lower the mark.
func TestAnOlderChangeSaysNothing(t *testing.T) {
	var c Clock
	c.Read(Reading{Wall: noon, Mark: noon.Add(-10 * day), Seq: 4})
	c.Read(Reading{Wall: noon, Mark: noon, Seq: 5})
	if n := c.Read(Reading{Wall: noon, Mark: noon.Add(-10 * day), Seq: 4}); n.Unconfirmed || !n.Proven.Equal(noon) {
		t.Errorf("%+v", n)
	}
}

func TestAnUnconfirmedClockEndsNothing(t *testing.T) {
	n := Now{Wall: noon.Add(100 * day), Proven: noon, Unconfirmed: true}
	for name, c := range map[string]struct {
		ends []time.Duration
		want time.Duration
	}{
		"nothing ends":              {nil, 100 * day},
		"what ended before":         {[]time.Duration{-day}, 100 * day},
		"what ends now":             {[]time.Duration{0}, 100 * day},
		"what ends in ten days":     {[]time.Duration{10 * day}, 10*day - time.Microsecond},
		"the first of several":      {[]time.Duration{50 * day, 10 * day, 90 * day, -day}, 10*day - time.Microsecond},
		"what ends at that moment":  {[]time.Duration{100 * day}, 100*day - time.Microsecond},
		"what ends only afterwards": {[]time.Duration{101 * day}, 100 * day},
	} {
		ends := func(yield func(time.Time) bool) {
			for _, d := range c.ends {
				if !yield(noon.Add(d)) {
					return
				}
			}
		}
		if got := n.Time(ends).Sub(noon); got != c.want {
			t.Errorf("%s: noon + %v, want noon + %v", name, got, c.want)
		}
		n.Unconfirmed = false
		if got := n.Time(ends); !got.Equal(noon) {
			t.Errorf("%s, confirmed: %v", name, got)
		}
		n.Unconfirmed = true
	}
}

// Whatever the wall clock does, what is proven never falls, never runs ahead of
// running time by more than the slack for each jump that was let through, and an
// end that lies ahead of it is never passed on the word of an unconfirmed clock.
// Restarts, which lose everything but the stored mark, change nothing of that.
func TestRandomClocks(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		var c Clock
		var up, settled time.Duration
		mark, wall := noon, noon
		last := Now{Proven: noon}
		end := noon.Add(time.Duration(r.Int64N(int64(400 * day))))
		unconfirmedSince := time.Duration(-1)
		for i := range 400 {
			passed := time.Duration(r.Int64N(int64(8 * time.Hour)))
			up, wall = up+passed, wall.Add(passed)
			switch r.IntN(12) {
			case 0: // somebody sets the clock
				wall = noon.Add(time.Duration(r.Int64N(int64(800*day))) - 400*day)
			case 1: // a change is stored
				mark = last.Proven
			case 2: // the server starts again
				c, mark, up = Clock{}, last.Proven, 0
				unconfirmedSince = -1
			}
			before := last
			n := c.Read(Reading{Wall: wall, Up: up, Mark: mark, Seq: int64(i)})
			last = n
			if n.Proven.Before(before.Proven) {
				t.Fatalf("seed %d, step %d: proven falls from %v to %v", seed, i, before.Proven, n.Proven)
			}
			if n.Unconfirmed && unconfirmedSince < 0 {
				unconfirmedSince = up
			}
			gained := n.Proven.Sub(before.Proven)
			if gained > passed+Slack {
				settled = up - unconfirmedSince
				if unconfirmedSince < 0 || settled < Settle {
					t.Fatalf("seed %d, step %d: proven gains %v in %v after %v without being confirmed", seed, i, gained, passed, settled)
				}
			}
			if !n.Unconfirmed {
				unconfirmedSince = -1
			}
			now := n.Time(slices.Values([]time.Time{end}))
			if now.Before(n.Proven) {
				t.Fatalf("seed %d, step %d: decisions are made at %v, before %v", seed, i, now, n.Proven)
			}
			if n.Unconfirmed && n.Proven.Before(end) && !now.Before(end) {
				t.Fatalf("seed %d, step %d: the end %v is passed at %v on the word of a clock nobody confirmed", seed, i, end, now)
			}
			if !n.Unconfirmed && !now.Equal(n.Proven) {
				t.Fatalf("seed %d, step %d: %v instead of %v", seed, i, now, n.Proven)
			}
		}
	}
}
