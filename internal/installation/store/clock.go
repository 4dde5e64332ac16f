package store

import "time"

// Proves makes the mark rise only as far as proven says: it is given the mark as
// it is stored, and answers with what is proven now. Without it every change's
// time counts as proven. It is called on the goroutine that writes, must be
// quick, and may not call the book.
func (b *Book) Proves(proven func(mark time.Time, seq int64) time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.proven = proven
}

// markFor returns the mark that a batch stores.
func (l *ledger) markFor(s *stage) int64 {
	switch {
	case s.marked:
		return s.secret.Clock
	case l.proven == nil:
		return max(s.secret.Clock, s.at)
	}
	return max(s.secret.Clock, min(s.at, micros(l.proven(time.UnixMicro(l.secret.Clock), l.head.Seq))))
}

// SetMark makes a moment the latest that is proven, earlier or later than it was.
// Only somebody who knows the time may ask for that: a signed receipt, or a
// person at the host.
func (tx *Tx) SetMark(t time.Time) {
	s := tx.staged.stage
	prev, marked := s.secret.Clock, s.marked
	s.secret.Clock, s.marked = micros(t), true
	tx.undo(func() { s.secret.Clock, s.marked = prev, marked })
}

// RaiseMark makes a moment the latest that is proven, unless a later one is.
func (tx *Tx) RaiseMark(t time.Time) {
	s := tx.staged.stage
	prev := s.secret.Clock
	if at := micros(t); at > prev {
		s.secret.Clock = at
		tx.undo(func() { s.secret.Clock = prev })
	}
}

// StoredMark returns the latest moment that is proven as it is stored: what the
// act itself has staged does not count.
func (v *View) StoredMark() time.Time { return time.UnixMicro(v.book.ledger.secret.Clock).UTC() }

// RememberMark keeps a moment that is proven outside the database, so that it
// survives a time without changes.
func (b *Book) RememberMark(t time.Time) {
	b.remembering.Lock()
	defer b.remembering.Unlock()
	b.mu.RLock()
	defer b.mu.RUnlock()
	if at := micros(t); at > b.provenAt {
		b.provenAt = at
		b.writeAnchor()
	}
}
