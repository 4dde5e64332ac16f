package installation

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// daysKept is how long what was read of the days people were active is shown before
// it is read again: so far lists may be behind what another server has written.
const daysKept = time.Minute

// lastDays are the days people were last active, as one collection knows
// them. It never changes.
type lastDays struct {
	from    int64            // when it began; 0: nothing is collected
	written map[string]int64 // by opaque id, as days since 1970
	pending map[string]int64 // likewise, and later than what was written
}

// lastDays returns what is known now. Nothing is decided by it: where the days cannot
// be read, they are what was read last.
func (in *Installation) lastDays(ctx context.Context) *lastDays {
	r := in.collection()
	if r == nil {
		return &lastDays{}
	}
	err := r.read(in.options.Now(), func() (map[string]int64, error) { return in.book.Days(ctx) })
	if err != nil && ctx.Err() == nil {
		in.options.Log.Warn("it could not be read when people were active", "installation", in.name, "err", err)
	}
	return r.now()
}

// firstDay is day 0.
var firstDay = license.Date{Year: 1970, Month: time.January, Day: 1}

// dayNumber is a date as it is stored.
func dayNumber(d license.Date) int64 { return int64(firstDay.DaysUntil(d)) }

// day is when somebody was last active; the zero Date: never.
func (d *lastDays) day(person string) license.Date {
	n := max(d.written[person], d.pending[person])
	if n <= 0 || n > 4e6 { // nothing vouches for the number
		return license.Date{}
	}
	return firstDay.Add(int(n))
}

// holds reports whether they are of what is collected in a state: it may have been
// turned off since they were read.
func (d *lastDays) holds(v *store.View) bool {
	p, on := v.Activity()
	return on && p.From == d.from
}

// count is of how many people there is a day.
func (d *lastDays) count(v *store.View) (n int) {
	if !d.holds(v) {
		return 0
	}
	for p := range v.People() {
		if p.Erased == 0 && !d.day(p.ID).IsZero() {
			n++
		}
	}
	return n
}

// at returns what the days come to at a moment, in a state.
func (d *lastDays) at(v *store.View, now time.Time) buckets {
	if !d.holds(v) {
		return buckets{}
	}
	return buckets{days: d, today: today(v, now)}
}

// buckets say how long ago people were active, as it may be shown. The zero buckets
// say nothing.
type buckets struct {
	days  *lastDays // nil: it is not collected
	today license.Date
}

func (b buckets) on() bool { return b.days != nil }

// of says how long ago somebody was active: "" where that is not collected, and of
// people who were erased.
func (b buckets) of(p store.Person) seat.LastActive {
	if b.days == nil || p.Erased != 0 {
		return ""
	}
	return seat.LastActiveOn(b.days.day(p.ID), b.today)
}

// key puts somebody where an order by it wants them: the latest first, and those of
// whom nothing is known last.
func (b buckets) key(p store.Person) []byte {
	rank := b.of(p).Rank()
	if rank < 0 {
		rank = len(seat.LastActives)
	}
	return []byte{byte(rank)}
}

// sort puts people who are in their order of user ids into that of when they were
// active.
func (b buckets) sort(people []place) {
	for i := range people {
		people[i].key = b.key(people[i].who.person)
	}
	slices.SortStableFunc(people, func(x, y place) int { return bytes.Compare(x.key, y.key) })
}
