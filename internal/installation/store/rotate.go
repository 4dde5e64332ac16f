package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// Sealing says which keys the rows of a ledger are sealed with.
type Sealing struct {
	Installation string           // its name; "" for the server's own ledger
	Key          string           // what every row that is written is sealed with; "" when nothing can be checked
	Rows         map[string]int64 // number of rows by key id
}

// behind returns how many rows are sealed with other keys than the ledger's.
func (s Sealing) behind() (n int64) {
	for id, rows := range s.Rows {
		if id != s.Key {
			n += rows
		}
	}
	return n
}

func (l *ledger) sealing(name string) Sealing {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s := Sealing{Installation: name, Rows: map[string]int64{}}
	if l.health == Unchecked {
		return s
	}
	s.Key = l.keys.ID.String()
	for key, total := range l.secret.Totals {
		if total.N != 0 {
			s.Rows[key.Key.String()] += int64(total.N)
		}
	}
	return s
}

// Sealing says which keys the rows of every ledger are sealed with: first the
// server's own, then those of the installations by name.
func (s *Store) Sealing() []Sealing {
	list := []Sealing{s.server.sealing("")}
	for _, b := range s.Books() {
		list = append(list, b.sealing(b.Name()))
	}
	return list
}

// A KeyOrderError is returned when a ledger would be moved to a key that is not
// a later one of the ring.
type KeyOrderError struct{ From, To string }

func (e *KeyOrderError) Error() string {
	return fmt.Sprintf("records are sealed with key %s, and key %s was not made after it", e.From, e.To)
}

// Code returns the stable code of the error.
func (e *KeyOrderError) Code() string { return "seal.key-order" }

// A KeyInUseError is returned when a key would be retired that rows are still
// sealed with.
type KeyInUseError struct {
	KeyID string
	Rows  int64
}

func (e *KeyInUseError) Error() string {
	return fmt.Sprintf("key %s cannot be retired: %d rows are still sealed with it", e.KeyID, e.Rows)
}

// Code returns the stable code of the error.
func (e *KeyInUseError) Code() string { return "seal.key-in-use" }

// Rotate makes every ledger seal with another key from now on. Rows stay under
// theirs until they are written or moved; see [Store.MoveSeals]. A ledger that
// seals with it already is left alone, so that a rotation that was cut short
// can be done again.
func (s *Store) Rotate(ctx context.Context, by audit.Actor, now time.Time, to tamper.KeyID, compromised bool) error {
	if err := s.alone(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		l := &s.server
		if l.health == Unchecked {
			return l.sealed.of("server")
		}
		if l.keys.ID == to {
			return nil
		}
		return s.writeServer(ctx, w, func(stage *stage) error {
			stage.at = max(stage.at, micros(now))
			return stage.rotate(by, to, compromised)
		})
	}); err != nil {
		return err
	}
	for _, b := range s.Books() {
		if _, err := b.Update(ctx, by, now, func(tx *Tx) error {
			if tx.book.keys.ID == to {
				return nil
			}
			return tx.staged.rotate(tx.by, to, compromised)
		}); err != nil {
			return fmt.Errorf("installation %s: %w", b.Name(), err)
		}
	}
	return nil
}

// rotate seals the batch, and everything after it, with another key.
func (s *stage) rotate(by audit.Actor, to tamper.KeyID, compromised bool) error {
	ring := s.ledger.with(to)
	if ring == nil {
		return s.ledger.lacking(to)
	}
	from, answer := s.ledger.keys.ID, "no"
	if !ring.Later(to, from) {
		return &KeyOrderError{From: from.String(), To: to.String()}
	}
	if compromised {
		answer = "yes"
	}
	keys, before := s.keys, s.ring
	s.keys, s.ring = ring.Key(to), ring
	s.undo = append(s.undo, func() { s.keys, s.ring = keys, before })
	s.entries = append(s.entries, audit.Entry{At: s.at, Actor: by, Action: "seal.rotate", Facts: []audit.Fact{
		audit.F("compromised", answer), audit.F("from", from), audit.F("to", to)}})
	return nil
}

// Retire records that a key is not used any more. A key that rows are sealed
// with is a [*KeyInUseError].
func (s *Store) Retire(ctx context.Context, by audit.Actor, now time.Time, id tamper.KeyID) error {
	if err := s.MayRetire(id); err != nil {
		return err
	}
	return s.alone(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		return s.writeServer(ctx, w, func(stage *stage) error {
			stage.at = max(stage.at, micros(now))
			stage.entries = append(stage.entries, audit.Entry{At: stage.at, Actor: by, Action: "seal.retire", Facts: []audit.Fact{audit.F("key", id)}})
			return nil
		})
	})
}

// MayRetire reports whether a key is out of use.
func (s *Store) MayRetire(id tamper.KeyID) error {
	var rows int64
	for i, sealing := range s.Sealing() {
		if sealing.Key == "" {
			l := &s.server
			if i > 0 {
				l = &s.Books()[i-1].ledger
			}
			return l.sealed.of(sealing.Installation)
		}
		rows += sealing.Rows[id.String()]
		if sealing.Key == id.String() {
			rows = max(rows, 1) // the head itself
		}
	}
	if rows > 0 {
		return &KeyInUseError{KeyID: id.String(), Rows: rows}
	}
	return nil
}

// moveSize is how many rows a batch moves at most.
const moveSize = 256

// MoveSeals seals rows that carry an earlier key with that of their ledger, in
// at most batches transactions of each ledger. Nothing else about the rows
// changes. It may be stopped at any time, and does the rest when it is called
// again. left is the number of rows that still carry another key; damaged rows
// stay among them until they are repaired.
func (s *Store) MoveSeals(ctx context.Context, batches int) (left int64, err error) {
	if err := s.alone(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		return s.server.moveSome(ctx, w, batches)
	}); err != nil {
		return 0, err
	}
	for _, b := range s.Books() {
		if b.sealing("").behind() == 0 {
			continue
		}
		for range batches { // others have their turn between two batches
			r := &request{ctx: ctx, done: make(chan struct{}), solo: func(ctx context.Context, w *sqldb.Writer) error {
				return b.moveSome(ctx, w, 1)
			}}
			if err := errors.Join(b.teller.ask(r), r.err); err != nil {
				return 0, err
			}
		}
	}
	for _, sealing := range s.Sealing() {
		left += sealing.behind()
	}
	return left, nil
}

// moveSome moves rows in at most batches transactions.
func (l *ledger) moveSome(ctx context.Context, w *sqldb.Writer, batches int) error {
	for range batches {
		if !l.trusted() || l.sealing("").behind() == 0 {
			return nil
		}
		if moved, err := l.move(ctx, w); err != nil || moved == 0 {
			return err
		}
	}
	return nil
}

// moved are rows of one table that are sealed anew.
type moved struct {
	sealedTable
	rows []pending
}

func (m *moved) pending() []pending { return m.rows }

func (m *moved) merge() {
	for i := range m.rows {
		m.remark(m.rows[i].keyValues, *m.rows[i].new)
	}
}

// move moves up to moveSize rows in one transaction. A commit whose answer is
// lost needs no looking up: if it took place, the ledger follows it like one of
// another server.
func (l *ledger) move(ctx context.Context, w *sqldb.Writer) (n int, err error) {
	var written *stage
	for range tries {
		if err = w.Begin(ctx); err != nil {
			return 0, err
		}
		if written, n, err = l.writeMoved(ctx, w); err != nil || n == 0 {
			w.Rollback(ctx)
		} else {
			_, err = w.Commit(ctx)
		}
		if err == nil || !sqldb.Retryable(err) {
			break
		}
	}
	if err != nil || n == 0 {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.merge(written)
	return n, nil
}

// writeMoved writes a batch of up to moveSize moved rows.
func (l *ledger) writeMoved(ctx context.Context, w *sqldb.Writer) (s *stage, n int, err error) {
	if err := l.lock(ctx, w); err != nil {
		return nil, 0, err
	}
	s = newStage(l)
	for _, t := range l.tables {
		m := &moved{sealedTable: t}
		if m.rows, err = l.readBehind(ctx, w, t, moveSize-n); err != nil {
			return nil, 0, err
		}
		s.tables, n = append(s.tables, m), n+len(m.rows)
	}
	if n == 0 {
		return s, 0, nil
	}
	damages, err := l.writeBatch(ctx, w, s)
	return s, n, errors.Join(err, joined(damages))
}

// readBehind reads up to limit rows of a table that carry another key than the
// ledger's. A row that is not what the book knows is out of use from then on.
func (l *ledger) readBehind(ctx context.Context, w *sqldb.Writer, t sealedTable, limit int) ([]pending, error) {
	layout, wanted := t.sealedLayout(), map[string]mark{}
	var keys [][]tamper.Value
	for key, m := range t.marks {
		if len(wanted) >= limit {
			break
		}
		if m.seal.Key() == l.keys.ID {
			continue
		}
		if k, err := tamper.ParseKey([]byte(key)); err == nil && t.damagedAt(k) == nil {
			wanted[key], keys = m, append(keys, k)
		}
	}
	var rows []pending
	err := byKeys(ctx, w, l.texts, layout, l.installation, keys, func(r *rawRow) error {
		text := string(tamper.AppendKey(nil, r.key...))
		want := wanted[text]
		if m, ok, edited := r.check(l.ring, layout, text); !ok || m != want {
			l.take(t, slices.Clone(r.key), &DamagedError{Damage{Table: layout.Table, Key: keyText(r.key), What: "edited", Columns: edited}}, &want)
			return nil
		}
		rows = append(rows, pending{key: text, keyValues: slices.Clone(r.key), values: slices.Clone(r.values), old: &want, new: &mark{}})
		return nil
	})
	slices.SortFunc(rows, func(x, y pending) int { return strings.Compare(x.key, y.key) })
	return rows, err
}
