package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// upgrade moves the ledgers of older programs to the schema of this one.
func (s *Store) upgrade(ctx context.Context) error {
	if len(s.schemaDamage()) > 0 {
		return nil
	}
	if s.server.outdated() {
		if err := s.alone(ctx, s.upgradeServer); err != nil {
			return err
		}
	}
	for _, b := range s.Books() {
		if !b.outdated() {
			continue
		}
		if _, err := b.Update(ctx, audit.Actor{}, s.options.Now, func(tx *Tx) error {
			tx.staged.pressing = true
			return nil
		}); err != nil {
			return fmt.Errorf("installation %s: %w", b.Name(), err)
		}
	}
	return nil
}

func (s *Store) upgradeServer(ctx context.Context, w *sqldb.Writer) error {
	return s.writeServer(ctx, w, func(stage *stage) error {
		stage.at = max(stage.at, micros(s.options.Now))
		return nil
	})
}

// writeServer writes one batch of the server's own ledger.
func (s *Store) writeServer(ctx context.Context, w *sqldb.Writer, do func(*stage) error) error {
	return s.writeServerThen(ctx, w, do, func() error { return nil })
}

// writeServerThen is writeServer with something more in the same transaction,
// once the batch is written.
func (s *Store) writeServerThen(ctx context.Context, w *sqldb.Writer, do func(*stage) error, then func() error) error {
	if err := s.changedSchema(); err != nil {
		return err
	}
	l := &s.server
	var written *stage
	err := s.inTx(ctx, w, func() error {
		if err := l.lock(ctx, w); err != nil {
			return err
		}
		written = newStage(l)
		if err := do(written); err != nil {
			return err
		}
		damages, err := l.writeBatch(ctx, w, written)
		if err := errors.Join(err, joined(damages)); err != nil {
			return err
		}
		return then()
	}, func() (bool, error) { return s.batchIsThere(ctx, w, written) })
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.merge(written)
	l.remember()
	return nil
}

// headIsThere reports whether a ledger has a head, once every transaction that
// may have made it has ended.
func (s *Store) headIsThere(ctx context.Context, w *sqldb.Writer, installation string) (bool, error) {
	return s.found(ctx, w, "SELECT 1 FROM head WHERE installation = ?", installation)
}

// batchIsThere reports whether a batch of the server's ledger was written, once
// every transaction that may have written it has ended.
func (s *Store) batchIsThere(ctx context.Context, w *sqldb.Writer, b *stage) (bool, error) {
	return s.found(ctx, w, "SELECT 1 FROM journal WHERE installation = ? AND ledger = ? AND seq = ? AND batch = ?",
		tamper.ServerInstallation, serverLedger, b.written.Seq, b.batch[:])
}

// makeServer makes the server's head in a database that has none at all. A head
// that is missing among others is damage, not a new beginning.
func (s *Store) makeServer(ctx context.Context, w *sqldb.Writer) error {
	return s.inTx(ctx, w, func() error {
		var heads int64
		if err := each(ctx, w, "SELECT count(*) FROM head", nil, func(rows *sql.Rows) error { return rows.Scan(&heads) }); err != nil {
			return err
		}
		if heads > 0 || len(s.anchors.of(&s.server)) > 0 { // a database that is remembered was emptied
			return nil
		}
		return s.server.create(ctx, w)
	}, func() (bool, error) { return s.headIsThere(ctx, w, tamper.ServerInstallation) })
}

// create writes the head of a ledger that has no rows yet.
func (l *ledger) create(ctx context.Context, w *sqldb.Writer) error {
	h := tamper.Head{Ledger: l.name, Schema: schemaDigest}
	rand.Read(h.Epoch[:])
	secret := tamper.Secret{Totals: map[tamper.TotalKey]tamper.Total{}, Sets: map[tamper.Owner]uint64{}}
	box := l.keys.SealHead(h, secret)
	_, err := w.Exec(ctx, `INSERT INTO head (installation, ledger, seq, epoch, link, key_id, schema, box)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (installation, ledger) DO NOTHING`,
		l.installation, l.name, h.Seq, h.Epoch[:], h.Link[:], l.keys.ID[:], h.Schema[:], box)
	l.head, l.box, l.secret, l.rollback = h, box, secret, Rollback{Witnessed: true}
	return err
}

func (s *Store) loadServer(ctx context.Context, _ *sqldb.Writer) error {
	if err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		return errors.Join(s.server.load(ctx, tx), s.server.testify(ctx, tx, s.anchors.of(&s.server)))
	}); err != nil {
		return err
	}
	s.anchors.keep(&s.server)
	s.server.remember()
	s.headless()
	places := s.known()
	if s.server.health == Unchecked {
		var err error
		if places, err = s.unchecked(ctx); err != nil {
			return err
		}
	}
	return s.openBooks(ctx, places)
}

func (s *Store) known() []place {
	var list []place
	for _, row := range s.places.rows {
		if row.row != nil {
			list = append(list, *row.row)
		}
	}
	return list
}

// unchecked returns the installations of a server whose key is another, so that
// each can say that it cannot be checked.
func (s *Store) unchecked(ctx context.Context) (list []place, err error) {
	err = each(ctx, s.db, "SELECT id, name FROM installation WHERE installation = ?", []any{tamper.ServerInstallation}, func(rows *sql.Rows) error {
		var p place
		err := rows.Scan(&p.id, &p.name)
		list = append(list, p)
		return err
	})
	return list, err
}

func (s *Store) openBooks(ctx context.Context, places []place) error {
	if err := s.settlePlaces(places); err != nil {
		return err
	}
	for _, p := range places {
		s.mu.RLock()
		known := s.books[p.name] != nil
		s.mu.RUnlock()
		if known || p.state == StateDeleted {
			continue
		}
		b := newBook(s, p)
		err := b.open(ctx)
		if err != nil && sqldb.Damaged(err) && ctx.Err() == nil {
			b.unreadable(err)
		} else if err != nil {
			return fmt.Errorf("installation %s: %w", p.name, err)
		}
		s.add(b)
	}
	return nil
}

// add makes a book reachable. On SQLite one teller serves the whole file; on
// PostgreSQL the books do not wait for each other.
func (s *Store) add(b *Book) {
	b.notifiedAt, b.touched = b.head.Seq, Commit{}
	b.standing.Store(&b.place)
	b.teller = s.teller
	if s.db.Dialect == sqldb.PostgreSQL {
		b.teller = newTeller(s.db, s.options.MaxBatch)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books[b.place.name] = b
}
