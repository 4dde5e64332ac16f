package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/tamper"
)

// A CannotCheckError is returned when the rows of an installation were sealed
// with a key this server does not have, so that nothing can be said about them.
type CannotCheckError struct {
	Installation string
	KeyID        string // the key the rows were sealed with
	Have         string // the keys this server has
	Retired      bool   // it has the key, but that is retired: the database is older than that
}

func (e *CannotCheckError) Error() string {
	if e.Retired {
		return fmt.Sprintf("installation %s cannot be checked: it was sealed with key %s, which is retired", e.Installation, e.KeyID)
	}
	return fmt.Sprintf("installation %s cannot be checked: it was sealed with key %s, this server has %s",
		e.Installation, e.KeyID, e.Have)
}

// Code returns the stable code of the error.
func (e *CannotCheckError) Code() string { return "storage.cannot-check" }

// of returns the error under the name people know the installation by.
func (e *CannotCheckError) of(name string) *CannotCheckError {
	named := *e
	named.Installation = name
	return &named
}

// keyring is the keys of a ledger. Which of them seals is said by the head, so
// that all servers on a database use the same.
type keyring struct {
	keys *tamper.Keys    // what the head is sealed with; for the goroutine that writes
	ring *tamper.KeyRing // all of them; likewise, others make a clone while they hold mu
	read func() *tamper.KeyRing
}

// readRing reads the masters there are now.
func (s *Store) readRing() (tamper.Ring, error) {
	masters := tamper.Ring{{Key: s.keys.Master}}
	if s.keys.Ring != nil {
		var err error
		if masters, err = s.keys.Ring(); err != nil {
			return nil, err
		}
	}
	s.masters.Store(&masters)
	return masters, nil
}

func (s *Store) keyring(installation string) keyring {
	ring := tamper.NewKeyRing(*s.masters.Load(), installation)
	return keyring{keys: ring.Newest(), ring: ring, read: func() *tamper.KeyRing {
		masters, err := s.readRing()
		if err != nil {
			return nil // what cannot be read now is asked for again
		}
		return tamper.NewKeyRing(masters, installation)
	}}
}

// with returns a ring that has a key, which is read again when this one does not
// have it, or nil.
func (k *keyring) with(id tamper.KeyID) *tamper.KeyRing {
	if k.ring.Key(id) != nil {
		return k.ring
	}
	if next := k.read(); next != nil && next.Key(id) != nil {
		return next
	}
	return nil
}

func (l *ledger) lacking(id tamper.KeyID) *CannotCheckError {
	return &CannotCheckError{Installation: l.installation, KeyID: id.String(), Have: l.ring.String(), Retired: l.ring.Retired(id)}
}

// keysAtStart returns the keys of the head of a ledger that is being loaded: a
// [*CannotCheckError] when they are missing, and a [*DamagedError], beside some
// keys, when the head names others than it was sealed with.
func (l *ledger) keysAtStart(head *headRow) (*tamper.Keys, error) {
	id := tamper.KeyID(head.keyID)
	if ring := l.with(id); ring != nil {
		l.ring = ring
		return ring.Key(id), nil
	}
	if keys := l.ring.Opens(head.Head, head.box); keys != nil {
		return keys, l.headDamaged("edited")
	}
	return nil, l.lacking(id)
}

// keysOf returns the keys of a head that another server has written. A ledger
// only ever moves to later keys of the ring.
func (l *ledger) keysOf(found *headRow) (*tamper.Keys, error) {
	id := tamper.KeyID(found.keyID)
	if id == l.keys.ID {
		return l.keys, nil
	}
	ring := l.with(id)
	if ring == nil {
		if l.ring.Opens(found.Head, found.box) != nil {
			return nil, l.headDamaged("edited")
		}
		return nil, l.lacking(id)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring = ring
	if !l.ring.Later(id, l.keys.ID) {
		return nil, l.headDamaged("sealed with an earlier key")
	}
	return l.ring.Key(id), nil
}

// turns say from which batch on a ledger was sealed with which key.
type turns struct {
	first tamper.KeyID
	list  []turn // by seq
}

type turn struct {
	seq int64
	to  tamper.KeyID
}

// at returns the key of a batch.
func (t turns) at(seq int64) tamper.KeyID {
	id := t.first
	for _, turn := range t.list {
		if turn.seq <= seq {
			id = turn.to
		}
	}
	return id
}

// turnsSince returns the turns after the state of the ledger, up to a head
// sealed with keys.
func (l *ledger) turnsSince(ctx context.Context, q queryer, keys *tamper.Keys) (turns, error) {
	if keys.ID == l.keys.ID {
		return turns{first: keys.ID}, nil
	}
	t, err := l.readTurns(ctx, q, l.head.Seq)
	t.first = l.keys.ID
	return t, err
}

// allTurns returns the turns from the beginning of the ledger.
func (l *ledger) allTurns(ctx context.Context, q queryer) (turns, error) {
	t, err := l.readTurns(ctx, q, 0)
	if len(t.list) == 0 {
		t.first = l.keys.ID
	}
	return t, err
}

// readTurns reads the entries of the batches that moved the ledger to another
// key. Whoever edits them makes rows look worse than they are, never better:
// seals and totals decide.
func (l *ledger) readTurns(ctx context.Context, q queryer, after int64) (t turns, err error) {
	const text = `SELECT seq, facts FROM audit WHERE installation = ? AND ledger = ? AND seq > ? AND action = 'seal.rotate' ORDER BY seq, n`
	err = each(ctx, q, text, []any{l.installation, l.name, after}, func(rows *sql.Rows) error {
		var seq int64
		var text string
		if err := rows.Scan(&seq, &text); err != nil {
			return err
		}
		var e audit.Entry
		_ = e.ReadFacts(text) // what cannot be read says nothing
		if len(t.list) == 0 {
			t.first = keyID(e.Fact("from"))
		}
		t.list = append(t.list, turn{seq, keyID(e.Fact("to"))})
		return nil
	})
	return t, err
}

// keyID reads a key id in hex; what is not one becomes the zero id, which no
// key has but by a rare chance.
func keyID(text string) (id tamper.KeyID) {
	b, err := hex.DecodeString(text)
	if err == nil && len(b) == len(id) {
		id = tamper.KeyID(b)
	}
	return id
}

// sums counts the rows of one table, by the key they are sealed with.
type sums struct {
	layout *tamper.Layout
	ring   *tamper.KeyRing
	byKey  map[tamper.KeyID]*tamper.Total
	last   *tamper.Total // of the key of the row before, which most rows share
	keys   *tamper.Keys  // likewise
}

func (l *ledger) summing(layout *tamper.Layout) *sums {
	return &sums{layout: layout, ring: l.ring, byKey: map[tamper.KeyID]*tamper.Total{}}
}

// add counts a row in. A row under a key that is not there counts under none.
func (s *sums) add(seal tamper.Seal) {
	id := seal.Key()
	if s.keys == nil || s.keys.ID != id {
		if s.ring.Key(id) == nil {
			return
		}
		s.keys = s.ring.Key(id)
		if s.byKey[id] == nil {
			s.byKey[id] = &tamper.Total{}
		}
		s.last = s.byKey[id]
	}
	s.last.Add(s.keys.Contribution(s.layout, seal))
}

func (s *sums) totals() map[tamper.TotalKey]tamper.Total {
	totals := map[tamper.TotalKey]tamper.Total{}
	for id, t := range s.byKey {
		totals[tamper.TotalKey{Table: s.layout.Table, Key: id}] = *t
	}
	return totals
}
