// Package clock says what time it is where the clock may be wrong: one that is
// set back brings nothing back, and one that jumps ahead ends nothing before
// somebody has confirmed it.
//
// It is values only. A mark is a time that is proven to have come: it was read
// from a clock nobody doubted, or somebody signed it. Running time is how long
// the process has run, which nobody can set.
package clock

import "time"

const (
	// Slack is how far a clock may run ahead of what is proven.
	Slack = 36 * time.Hour
	// Settle is the running time after which a jump is believed although nobody
	// has confirmed it.
	Settle = 72 * time.Hour
	// skew is how far the clocks of servers that share an installation may be
	// apart. A mark that falls by more was lowered by somebody.
	skew = time.Minute
)

// A Clock is what one process knows of the time. The zero Clock knows nothing.
type Clock struct {
	begun  bool
	proven time.Time     // this time has come
	at     time.Duration // the running time when it came
	mark   time.Time     // the newest that was read
	seq    int64         // the change it was read at

	jumped   bool
	jumpWall time.Time     // what the wall clock said when it was first seen to have jumped
	jumpAt   time.Duration // the running time then
}

// A Reading is everything there is to be read at one moment.
type Reading struct {
	Wall time.Time     // the wall clock
	Up   time.Duration // running time; it never goes back
	Mark time.Time     // what is stored as proven
	Seq  int64         // the change that stored it; a reading of an older one says nothing about the mark
}

// A Now is what a reading comes to.
type Now struct {
	Wall        time.Time
	Proven      time.Time     // this time has come: marks rise to it
	Unconfirmed bool          // the wall clock is so far ahead of it that nobody knows
	Settles     time.Duration // the running time after which it will be believed
	Behind      time.Duration // how far the wall clock is behind what is proven
}

// Read takes a reading. Readings come in the order of their running time.
func (c *Clock) Read(r Reading) Now {
	c.learn(r)
	expected := c.proven.Add(r.Up - c.at)
	if c.jumpsAhead(r, expected) {
		return Now{Wall: r.Wall, Proven: expected, Unconfirmed: true, Settles: Settle - (r.Up - c.jumpAt)}
	}
	c.jumped = false
	if r.Wall.Before(expected) {
		return Now{Wall: r.Wall, Proven: expected, Behind: expected.Sub(r.Wall)}
	}
	c.proven, c.at = r.Wall, r.Up
	return Now{Wall: r.Wall, Proven: r.Wall}
}

// learn takes over the stored mark when it says more than is known, or was
// lowered.
func (c *Clock) learn(r Reading) {
	switch {
	case c.begun && r.Seq < c.seq:
		return
	case !c.begun, r.Mark.Before(c.mark.Add(-skew)):
		c.begun, c.jumped = true, false
		c.proven, c.at = r.Mark, r.Up
	case r.Mark.After(c.proven.Add(r.Up - c.at)):
		c.proven, c.at = r.Mark, r.Up
	}
	c.mark, c.seq = r.Mark, r.Seq
}

// jumpsAhead reports whether the wall clock is ahead of what can be believed. A
// jump on top of another begins the wait anew.
func (c *Clock) jumpsAhead(r Reading, expected time.Time) bool {
	if r.Wall.Sub(expected) <= Slack {
		return false
	}
	if !c.jumped || r.Wall.Sub(c.jumpWall.Add(r.Up-c.jumpAt)) > Slack {
		c.jumped, c.jumpWall, c.jumpAt = true, r.Wall, r.Up
	}
	return r.Up-c.jumpAt < Settle
}

// Time returns the moment decisions are made at. While the wall clock is
// unconfirmed it is the wall clock's, but never at or past an end: one that lies
// after what is proven stays ahead.
func (n Now) Time(ends func(yield func(end time.Time) bool)) time.Time {
	if !n.Unconfirmed {
		return n.Proven
	}
	t := n.Wall
	for end := range ends {
		if end.After(n.Proven) && !t.Before(end) {
			t = end.Add(-time.Microsecond)
		}
	}
	return t
}
