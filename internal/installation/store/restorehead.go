package store

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// A HeadUnprovenError is returned for a damaged head that nothing proves: making
// another one would make what stands in the database look like what was written.
type HeadUnprovenError struct {
	Installation string // name; "server" for the list of installations
	Why          string // "witness": no anchor remembers it; "journal": that does not lead to what the anchor remembers; "behind": it goes on behind that; "key": rows were sealed with a key that is not there
	Anchor       int64  // the last change an anchor remembers
	Journal      int64  // the last one the journal leads to
}

func (e *HeadUnprovenError) Error() string {
	return fmt.Sprintf("the head of %s is damaged, and nothing proves what it said: %s", e.Installation, e.Why)
}

// Code returns the stable code of the error.
func (e *HeadUnprovenError) Code() string { return "restore.head-unproven" }

// A HeadsGoodError is returned when no head is damaged.
type HeadsGoodError struct{}

func (e *HeadsGoodError) Error() string { return "no head is damaged" }

// Code returns the stable code of the error.
func (e *HeadsGoodError) Code() string { return "restore.heads-good" }

// RestoreHeads makes heads again that are damaged or missing, each in a new epoch
// and with an entry that says so. What a head said is proved: an anchor, which the
// seal key protects, remembers the very change that the journal leads to, so the
// journal is the one that was written, and it says which rows there are with which
// seals. The totals are those; rows that are not as it says are damaged as ever,
// and none comes into use by this.
//
// Nothing else may be writing. The store is of no use afterwards: it is to be
// opened again. Errors are [*HeadUnprovenError], for the first that is not proved,
// and [*HeadsGoodError].
func (s *Store) RestoreHeads(ctx context.Context, now time.Time, r Restore) (list []Restored, err error) {
	if err := s.changedSchema(); err != nil {
		return nil, err
	}
	err = s.alone(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		lost, err := s.lostHeads(ctx, now, r)
		if err != nil {
			return err
		}
		if r.Before != nil {
			if err := r.Before(restoredOf(lost)); err != nil {
				return err
			}
		}
		if err := s.inTx(ctx, w, func() error {
			for _, one := range lost {
				if err := one.ledger.writeProven(ctx, w); err != nil {
					return err
				}
				if err := one.write(ctx, w); err != nil {
					return err
				}
			}
			return nil
		}, func() (bool, error) { return s.batchIsThere(ctx, w, lost[0].stage) }); err != nil {
			return err
		}
		for _, one := range lost {
			one.finish()
		}
		list = restoredOf(lost)
		return nil
	})
	return list, err
}

// PlanHeads says what [Store.RestoreHeads] would do. The store is of no use
// afterwards either.
func (s *Store) PlanHeads(ctx context.Context, r Restore) (list []Restored, err error) {
	lost, err := s.lostHeads(ctx, time.Time{}, r)
	return restoredOf(lost), err
}

func restoredOf(all []*restart) (list []Restored) {
	for _, one := range all {
		list = append(list, one.Restored)
	}
	return list
}

// lostHeads returns the ledgers whose heads are damaged, each with the head that
// is proved in its place.
func (s *Store) lostHeads(ctx context.Context, now time.Time, r Restore) (lost []*restart, err error) {
	for _, one := range s.everyRestart(now, r) {
		if !one.ledger.isShut() {
			continue
		}
		if err := s.db.View(ctx, func(tx *sqldb.Tx) error {
			h, err := one.ledger.prove(ctx, tx, one.anchors)
			if unproven, ok := err.(*HeadUnprovenError); ok {
				if unproven.Installation = one.Name; one.Name == "" {
					unproven.Installation = tamper.ServerInstallation
				}
			}
			if err == nil {
				one.ledger.takeProven(h)
			}
			return err
		}); err != nil {
			return nil, err
		}
		if err := one.plan(); err != nil {
			return nil, err
		}
		lost = append(lost, one)
	}
	if len(lost) == 0 {
		return nil, &HeadsGoodError{}
	}
	return lost, nil
}

func (l *ledger) isShut() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.shut
}

// A proven is a head that is proved, and what is in its box.
type proven struct {
	headRow
	secret tamper.Secret
	keys   *tamper.Keys
}

// prove finds out what the head of a ledger said. witnesses are sorted, the
// highest first.
func (l *ledger) prove(ctx context.Context, q queryer, witnesses []witness) (*proven, error) {
	refused := &HeadUnprovenError{Why: "witness"}
	if len(witnesses) == 0 || witnesses[0].Seq == 0 {
		return nil, refused
	}
	w := witnesses[0]
	turns, err := l.allTurns(ctx, q)
	if err != nil {
		return nil, err
	}
	expected, end, err := l.expect(ctx, q, turns, nil)
	refused.Anchor, refused.Journal, refused.Why = w.Seq, end.Seq, "journal"
	if _, damaged := err.(*DamagedError); err != nil && !damaged && !sqldb.Damaged(err) {
		return nil, err
	}
	if err == nil && end.Seq > w.Seq {
		refused.Why = "behind"
	}
	if err != nil || end != (Head{w.Epoch, w.Seq, w.Link}) {
		return nil, refused
	}
	ring := l.with(turns.at(w.Seq))
	if refused.Why = "key"; ring == nil {
		return nil, refused
	}
	l.ring = ring
	p := &proven{keys: ring.Key(turns.at(w.Seq)), secret: tamper.Secret{Totals: map[tamper.TotalKey]tamper.Total{},
		Sets: maps.Clone(w.Sets), KeyList: w.KeyList, Clock: w.Clock}}
	for _, t := range l.tables {
		sums := l.summing(t.sealedLayout())
		for _, m := range expected[t.sealedLayout().Table] {
			if ring.Key(m.seal.Key()) == nil {
				return nil, refused
			}
			sums.add(m.seal)
		}
		maps.Copy(p.secret.Totals, sums.totals())
	}
	p.Head = tamper.Head{Ledger: l.name, Epoch: w.Epoch, Seq: w.Seq, Link: w.Link, Schema: schemaDigest}
	p.keyID, p.box = p.keys.ID[:], p.keys.SealHead(p.Head, p.secret)
	return p, nil
}

// takeProven makes a proven head the one of the ledger.
func (l *ledger) takeProven(p *proven) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.head, l.box, l.secret, l.keys = p.Head, p.box, p.secret, p.keys
	l.shut, l.health = false, Sound
}

// writeProven writes the head of the ledger over what stands in its place.
func (l *ledger) writeProven(ctx context.Context, w *sqldb.Writer) error {
	h := l.head
	_, err := w.Exec(ctx, `INSERT INTO head (installation, ledger, seq, epoch, link, key_id, schema, box) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (installation, ledger) DO UPDATE SET seq = excluded.seq, epoch = excluded.epoch, link = excluded.link,
		key_id = excluded.key_id, schema = excluded.schema, box = excluded.box`,
		l.installation, l.name, h.Seq, h.Epoch[:], h.Link[:], l.keys.ID[:], h.Schema[:], l.box)
	return err
}
