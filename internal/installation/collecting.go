package installation

import (
	"context"
	"hash/maphash"
	"maps"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// A collection is collecting on which day people were last active, from when it was
// turned on until it is turned off. Days are kept in memory and written now and
// then, so that no check waits for the database: a process that is killed loses
// those of the last minute.
type collection struct {
	from int64
	zone *time.Location
	day  atomic.Pointer[present]

	// known has, at a place its user id falls on, who was noted today: most checks
	// end there. Two who fall on the same place are noted in turn, which costs time
	// and does no harm.
	known []atomic.Uint64
	seed  maphash.Seed

	mu      sync.Mutex
	pending map[string]int64 // by opaque id: to be written
	written map[string]int64 // as it was read; nil: it was not. Never changed in place
	since   map[string]int64 // written after what was read was begun to be read
	readAt  time.Time

	reading sync.Mutex // while the days are read
}

// present is the day it is.
type present struct {
	number        int64
	begins, until time.Time // by the server's clock: it is looked at again after that
}

// collection returns what is collected now, or nil.
func (in *Installation) collection() *collection {
	if in.supposed != nil {
		return nil
	}
	return in.collecting.Load()
}

// collect begins or ends a collection as a state says. The caller holds mu.
func (in *Installation) collect(v *store.View) {
	p, on := v.Activity()
	r := in.collecting.Load()
	switch {
	case !on:
		in.collecting.Store(nil)
	case r == nil || r.from != p.From || r.zone != zone(v):
		next := newCollection(p.From, zone(v), v)
		if r != nil && r.from == p.From { // only the zone is another
			r.mu.Lock()
			next.pending = maps.Clone(r.pending)
			r.mu.Unlock()
		}
		in.collecting.Store(next)
	}
}

func newCollection(from int64, zone *time.Location, v *store.View) *collection {
	people := 0
	for range v.People() {
		people++
	}
	// A power of two: at least twice the people there are.
	places := 1 << min(20, max(8, bits.Len(uint(2*people))))
	return &collection{from: from, zone: zone, known: make([]atomic.Uint64, places), seed: maphash.MakeSeed(), pending: map[string]int64{}}
}

// saw notes that a product was told something other than no about a person. It is
// part of every check, and must cost next to nothing.
func (in *Installation) saw(person, effect string) {
	r := in.collection()
	if r == nil || person == "" || effect == api.Deny {
		return
	}
	day := r.today(in)
	mark := (maphash.String(r.seed, person) + uint64(day)*0x9e3779b97f4a7c15) | 1
	place := &r.known[mark>>32&uint64(len(r.known)-1)]
	if place.Load() == mark {
		return
	}
	_ = in.view(func(v *store.View) error {
		if p, ok := v.PersonByUserID(person); ok {
			r.note(p.ID, day)
		}
		return nil
	})
	place.Store(mark)
}

// sawSignIn notes that a person has signed in to the pages, by opaque id.
func (in *Installation) sawSignIn(id string) {
	if r := in.collection(); r != nil {
		r.note(id, r.today(in))
	}
}

// note keeps a day until it is written; one that was written is not written again.
func (r *collection) note(id string, day int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if day > r.written[id] && day > r.pending[id] {
		r.pending[id] = day
	}
}

// today returns the number of the day that has certainly come.
func (r *collection) today(in *Installation) int64 {
	now := in.options.Now()
	if d := r.day.Load(); d != nil && !now.Before(d.begins) && now.Before(d.until) {
		return d.number
	}
	var proven time.Time
	_ = in.view(func(v *store.View) error {
		proven = in.proven(v)
		return nil
	})
	day := license.DateOf(proven.In(r.zone))
	left := min(time.Hour, day.Add(1).Midnight(r.zone).Sub(proven))
	d := &present{number: dayNumber(day), begins: now, until: now.Add(left)}
	r.day.Store(d)
	return d.number
}

// writeDays writes the days that were noted since it was last called. What cannot be
// written is kept for the next time.
func (in *Installation) writeDays(ctx context.Context) error {
	r := in.collection()
	if r == nil {
		return nil
	}
	r.mu.Lock()
	days := maps.Clone(r.pending)
	r.mu.Unlock()
	if err := in.book.PutDays(ctx, r.from, days); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, day := range days {
		if r.pending[id] == day {
			delete(r.pending, id)
		}
	}
	if len(days) > 0 {
		r.since = later(r.since, days)
	}
	if r.written != nil && len(days) > 0 {
		r.written = later(r.written, days)
	}
	return nil
}

// now returns what is known now.
func (r *collection) now() *lastDays {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &lastDays{from: r.from, written: r.written, pending: maps.Clone(r.pending)}
}

// forget has everybody noted anew: a user id may be another person's from now on.
func (r *collection) forget() {
	for i := range r.known {
		r.known[i].Store(0)
	}
}

// read reads the days that were written, where what was read is too old.
func (r *collection) read(now time.Time, days func() (map[string]int64, error)) error {
	r.reading.Lock()
	defer r.reading.Unlock()
	r.mu.Lock()
	age := now.Sub(r.readAt)
	old := r.written == nil || age < 0 || age >= daysKept
	if old {
		r.since = map[string]int64{}
	}
	r.mu.Unlock()
	if !old {
		return nil
	}
	written, err := days() // without the lock, for checks wait for that
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.written, r.readAt = later(written, r.since), now
	return nil
}

// later returns the later of two days of everybody.
func later(x, y map[string]int64) map[string]int64 {
	all := make(map[string]int64, len(x)+len(y))
	for id, day := range x {
		all[id] = day
	}
	for id, day := range y {
		all[id] = max(day, all[id])
	}
	return all
}

// writeLastDays writes them before the house closes. A database that does not answer
// keeps nobody from closing it: what is lost is no change anybody was told of.
func (h *House) writeLastDays() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	h.WriteDays(ctx)
}

// WriteDays writes on which day people were last active, as far as that was noted
// since it was last written. The house does it by itself every minute, and when it
// closes.
func (h *House) WriteDays(ctx context.Context) {
	for _, name := range h.Names() {
		if in := h.Installation(name); in != nil {
			if err := in.writeDays(ctx); err != nil && ctx.Err() == nil {
				h.options.Log.Warn("it could not be written when people were active", "installation", name, "err", err)
			}
		}
	}
}
