package installation

import (
	"context"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/clock"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// readClock takes a reading, with the mark as it is stored at a change.
func (in *Installation) readClock(mark time.Time, seq int64) clock.Now {
	in.clockMu.Lock()
	defer in.clockMu.Unlock()
	up := max(in.options.Uptime(), in.lastUp) // readings come in order
	in.lastUp = up
	return in.time.Read(clock.Reading{Wall: in.options.Now(), Up: up, Mark: mark, Seq: seq})
}

// clock returns the moment decisions are made at: the wall clock, or what is
// proven when the wall clock is behind. A clock that has jumped ahead is believed
// as far as nothing ends by it that had not ended before.
func (in *Installation) clock(v *store.View) time.Time {
	if in.supposed != nil {
		return in.supposed.at
	}
	now, _ := in.clockAndDoubt(v)
	return now
}

func (in *Installation) clockAndDoubt(v *store.View) (time.Time, clock.Now) {
	n := in.readClock(v.StoredMark(), v.Seq())
	return n.Time(func(yield func(time.Time) bool) { in.ends(v, yield) }), n
}

// present is clock without a view at hand.
func (in *Installation) present() (now time.Time) {
	in.view(func(v *store.View) error {
		now = in.clock(v)
		return nil
	})
	return now
}

// proven returns a moment that has certainly come: for what a clock alone brings
// about and nobody takes back.
func (in *Installation) proven(v *store.View) time.Time {
	if in.supposed != nil {
		return in.supposed.at
	}
	_, n := in.clockAndDoubt(v)
	return n.Proven
}

// latest returns the latest it may be: what has come in from outside, signed, may
// tell the time better than a clock that nobody has confirmed.
func (in *Installation) latest(v *store.View) time.Time {
	if in.supposed != nil {
		return in.supposed.at
	}
	now, n := in.clockAndDoubt(v)
	if n.Unconfirmed {
		return n.Wall
	}
	return now
}

// ends yields the moments at which something stops working: the sets in force
// after their grace, or when their keys are dropped.
func (in *Installation) ends(v *store.View, yield func(time.Time) bool) {
	for _, set := range v.Active().Sets() {
		if zone, err := set.Location(); err == nil && !set.Dates.End().IsZero() && !yield(set.Dates.End().Add(1).Midnight(zone)) {
			return
		}
		if drop := in.backing(v, set.Issuer).drop; drop != (license.Date{}) && !yield(drop.Midnight(time.UTC)) {
			return
		}
	}
}

// Clock says what time it is to the installation, and how it knows.
func (in *Installation) Clock(context.Context) (c api.Clock, err error) {
	err = in.view(func(v *store.View) error {
		c = in.shownClock(v)
		return nil
	})
	return c, err
}

func (in *Installation) shownClock(v *store.View) api.Clock {
	now, n := in.clockAndDoubt(v)
	c := api.Clock{Now: now.UTC(), Wall: n.Wall.UTC(), Proven: n.Proven.UTC(), State: api.ClockRight}
	switch {
	case n.Unconfirmed:
		c.State, c.SettlesIn = api.ClockUnconfirmed, int64(n.Settles.Round(time.Second)/time.Second)
	case n.Behind > time.Minute:
		c.State = api.ClockBehind
	}
	return c
}

// A ClockReceipt is a time that somebody vouches for.
type ClockReceipt struct {
	Time time.Time
	From string // who says so: "host", or the issuer whose receipt was verified
}

// ConfirmClock takes over a time that is known to be right, earlier or later than
// what was believed. Whoever calls it has verified the receipt, or acts on the
// host.
func (in *Installation) ConfirmClock(ctx context.Context, act Act, r ClockReceipt) (api.ClockConfirmed, error) {
	var answer api.ClockConfirmed
	if r.Time.IsZero() || r.Time.Year() < 2000 || r.Time.Year() > 9999 {
		return answer, &BadValueError{Field: "time", Why: "it is no time of this world"}
	}
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		before := in.readClock(tx.StoredMark(), tx.Seq())
		answer = api.ClockConfirmed{Proven: r.Time.UTC(), Was: before.Proven.UTC()}
		if d := r.Time.Sub(before.Proven).Abs(); d < time.Minute && !before.Unconfirmed {
			return false, nil
		}
		tx.SetMark(r.Time)
		tx.Entry("clock.confirm", "", audit.F("from", r.From), audit.F("time", r.Time.UTC().Format(time.RFC3339)),
			audit.F("was", before.Proven.UTC().Format(time.RFC3339)), audit.F("wall", before.Wall.UTC().Format(time.RFC3339)))
		return true, nil
	})
	answer.Outcome = outcome
	return answer, err
}

// remembered is how old what is remembered of the clock may become.
const remembered = time.Minute

// watchClocks tells administrators of a clock that nobody has confirmed, and
// keeps what is proven while nothing changes.
func (h *House) watchClocks(ctx context.Context) {
	for _, name := range h.Names() {
		if in := h.Installation(name); in != nil {
			in.watchClock(ctx)
		}
	}
}

func (in *Installation) watchClock(ctx context.Context) {
	in.watching.Lock()
	defer in.watching.Unlock()
	var n clock.Now
	in.view(func(v *store.View) error {
		n = in.readClock(v.StoredMark(), v.Seq())
		return nil
	})
	if n.Proven.Sub(in.remembers) >= remembered {
		in.remembers = n.Proven
		in.book.RememberMark(n.Proven)
	}
	if n.Unconfirmed == in.noticed {
		return
	}
	in.noticed = n.Unconfirmed
	if n.Unconfirmed {
		in.Raise(ctx, Notice{Code: NoticeClockUnconfirmed})
	} else {
		in.Clear(ctx, NoticeClockUnconfirmed, "")
	}
}
