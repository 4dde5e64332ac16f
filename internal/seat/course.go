package seat

import "github.com/pott-dev/pott/license"

// A Stretch is a part of a course: the most seats that were taken in it.
type Stretch struct {
	From, Until int64 // until is excluded
	Most        int64
	At          int64 // the first moment it was so
}

// Course returns the peak of one license between each two of some moments, which
// are in order; the first of a pair belongs to the stretch, the second does not.
// What changed at one moment counts as one step.
func (p *Past) Course(name license.Name, moments []int64) []Stretch {
	if len(moments) < 2 {
		return nil
	}
	w := newSweep(p)
	w.everybody(moments[0])
	changes := p.changes(moments[0], moments[len(moments)-1])
	course := make([]Stretch, 0, len(moments)-1)
	for i, from := range moments[:len(moments)-1] {
		until := moments[i+1]
		// A change at this very moment is part of how the stretch begins.
		for len(changes) > 0 && changes[0].at <= from {
			changes = w.next(changes)
		}
		clear(w.peaks)
		w.record(name, from)
		for len(changes) > 0 && changes[0].at < until {
			changes = w.next(changes)
		}
		peak := w.peaks[name]
		if peak.Most == 0 {
			peak.At = from
		}
		course = append(course, Stretch{from, until, peak.Most, peak.At})
	}
	return course
}

// next takes the step of the first moment among changes and returns the others.
func (w *sweep) next(changes []turn) []turn {
	n := 1
	for n < len(changes) && changes[n].at == changes[0].at {
		n++
	}
	w.step(changes[:n])
	return changes[n:]
}
