package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// A Cursor says how far a round through all rows of a ledger has come. The zero
// Cursor is the beginning, and the end.
type Cursor struct {
	table int
	after []tamper.Value // key of the last row of that table; nil: none yet
}

// Began reports whether a round has begun and is not over.
func (c Cursor) Began() bool { return c.table > 0 || c.after != nil }

// CheckSome compares up to limit rows after a cursor with what the book knows of
// them. It holds nobody up: only when a row is not the one to be there, it looks
// once more while nobody else writes, and puts it out of use as [Store.Open] does.
// That a row is missing is not noticed: see [Book.CheckAll].
func (b *Book) CheckSome(ctx context.Context, at Cursor, limit int) (next Cursor, rows int, err error) {
	return b.store.checkSome(ctx, &b.ledger, b.solo, at, limit, nil)
}

// CheckAll compares every row with what the book knows of it, and notices those
// that are missing. It returns how many are there.
func (b *Book) CheckAll(ctx context.Context) (rows int, err error) {
	return b.store.checkAll(ctx, &b.ledger, b.solo)
}

// CheckList is [Book.CheckAll] for the server's own list of installations.
func (s *Store) CheckList(ctx context.Context) (rows int, err error) {
	return s.checkAll(ctx, &s.server, s.soloServer)
}

// Counted returns how many sealed rows an installation has.
func (b *Book) Counted() (rows int64) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, total := range b.secret.Totals {
		rows += int64(total.N)
	}
	return rows
}

// solo runs do on the goroutine that writes the book, and tells those who watch
// what was found.
func (b *Book) solo(ctx context.Context, do func(context.Context, *sqldb.Writer) error) error {
	r := &request{ctx: ctx, done: make(chan struct{}), solo: func(ctx context.Context, w *sqldb.Writer) error {
		err := do(ctx, w)
		if damaged := new(DamagedError); errors.As(err, &damaged) { // the head itself
			b.stop(damaged)
			err = nil
		}
		b.tell()
		return err
	}}
	if err := b.teller.ask(r); err != nil {
		return err
	}
	return r.err
}

// soloServer is [Book.solo] for the server's own ledger.
func (s *Store) soloServer(ctx context.Context, do func(context.Context, *sqldb.Writer) error) error {
	return s.alone(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		err := do(ctx, w)
		if damaged := new(DamagedError); errors.As(err, &damaged) {
			s.server.mu.Lock()
			defer s.server.mu.Unlock()
			s.server.health = max(s.server.health, ReadOnly)
			s.server.note(damaged.Damage)
			return nil
		}
		return err
	})
}

// roundSize is how many rows are read and compared at a time.
const roundSize = 1000

func (s *Store) checkAll(ctx context.Context, l *ledger, solo soloist) (rows int, err error) {
	seen := map[string]bool{}
	for at := (Cursor{}); ; {
		next, n, err := s.checkSome(ctx, l, solo, at, roundSize, seen)
		if rows += n; err != nil {
			return rows, err
		}
		if next.table != at.table || !next.Began() {
			if err := s.checkMissing(ctx, l, solo, l.tables[at.table], seen); err != nil {
				return rows, err
			}
			clear(seen)
		}
		if at = next; !at.Began() {
			return rows, nil
		}
	}
}

// soloist runs something on the goroutine that writes a ledger.
type soloist = func(context.Context, func(context.Context, *sqldb.Writer) error) error

func (s *Store) checkSome(ctx context.Context, l *ledger, solo soloist, at Cursor, limit int, seen map[string]bool) (next Cursor, rows int, err error) {
	if s.misshapen() {
		return Cursor{}, 0, s.changedSchema()
	}
	t := l.tables[at.table]
	ring, err := l.ringToRead()
	if err != nil {
		return Cursor{}, 0, err
	}
	p, err := l.page(ctx, s.db, ring, t, at.after, limit)
	switch {
	case err != nil && sqldb.Damaged(err) && ctx.Err() == nil:
		l.mu.Lock()
		l.note(Damage{Table: t.sealedLayout().Table, What: "cannot be read: " + err.Error()})
		l.health = max(l.health, Damaged)
		l.mu.Unlock()
	case err != nil:
		return at, 0, err
	}
	for _, key := range p.keys {
		if seen != nil {
			seen[string(tamper.AppendKey(nil, key...))] = true
		}
	}
	if len(p.odd) > 0 {
		if err := s.confirm(ctx, l, solo, t, p.odd); err != nil {
			return at, len(p.keys), err
		}
	}
	switch {
	case len(p.keys) == limit:
		next = Cursor{at.table, p.keys[limit-1]}
	case at.table+1 < len(l.tables):
		next = Cursor{table: at.table + 1}
	}
	return next, len(p.keys), nil
}

// ringToRead returns keys to check rows with beside the goroutine that writes.
func (l *ledger) ringToRead() (*tamper.KeyRing, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.health == Unchecked {
		return nil, l.sealed
	}
	return l.ring.Clone(), nil
}

// page is some rows of a table, one after the other.
type page struct {
	keys [][]tamper.Value
	odd  [][]tamper.Value // of those that are not what the book knows
}

// page reads rows of a table in the order of their keys and compares them with
// the book. What others have just written looks odd, too.
func (l *ledger) page(ctx context.Context, q queryer, ring *tamper.KeyRing, t sealedTable, after []tamper.Value, limit int) (page, error) {
	layout := t.sealedLayout()
	text, args := selectText(layout), []any{l.installation}
	columns := strings.Join(names(layout.Key), ", ")
	if after != nil {
		text += " AND (" + columns + ") > " + tuple(len(layout.Key))
		for _, v := range after {
			args = append(args, v.SQL())
		}
	}
	var p page
	marks := map[string]mark{} // of rows that carry their own seal
	s, r := newScanner(layout), &rawRow{}
	err := each(ctx, q, text+" ORDER BY "+columns+" LIMIT ?", append(args, int64(limit)), func(rows *sql.Rows) error {
		if err := s.scan(rows, r); err != nil {
			return err
		}
		key := string(tamper.AppendKey(nil, r.key...))
		p.keys = append(p.keys, slices.Clone(r.key))
		if m, ok, _ := r.check(ring, layout, key); ok {
			marks[key] = m
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	faults := map[string]string{}
	if l.besides != nil {
		if faults, err = l.besides(ctx, q, layout.Table, p.keys); err != nil {
			return p, err
		}
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, key := range p.keys {
		name := tamper.AppendKey(nil, key...)
		found, good := marks[string(name)]
		want, known := t.markOf(key)
		if t.damagedAt(key) == nil && (!good || !known || found != want || faults[string(name)] != "") {
			p.odd = append(p.odd, key)
		}
	}
	return p, nil
}

// checkMissing looks for rows that the book knows and nobody has seen.
func (s *Store) checkMissing(ctx context.Context, l *ledger, solo soloist, t sealedTable, seen map[string]bool) error {
	var gone [][]tamper.Value
	l.mu.RLock()
	for name := range t.marks {
		if key, err := tamper.ParseKey([]byte(name)); err == nil && !seen[name] && t.damagedAt(key) == nil {
			gone = append(gone, key)
		}
	}
	l.mu.RUnlock()
	for part := range slices.Chunk(gone, roundSize) {
		if err := s.confirm(ctx, l, solo, t, part); err != nil {
			return err
		}
	}
	return nil
}

// confirm looks at rows again while nobody else writes, and puts out of use
// those that are not what the book knows. It writes nothing.
func (s *Store) confirm(ctx context.Context, l *ledger, solo soloist, t sealedTable, keys [][]tamper.Value) error {
	return solo(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		if err := w.Begin(ctx); err != nil {
			return err
		}
		defer w.Rollback(ctx)
		if err := l.lock(ctx, w); err != nil {
			return err
		}
		return l.confirm(ctx, w, t, keys)
	})
}

func (l *ledger) confirm(ctx context.Context, w *sqldb.Writer, t sealedTable, keys [][]tamper.Value) error {
	layout := t.sealedLayout()
	faults := map[string]string{}
	if l.besides != nil {
		var err error
		if faults, err = l.besides(ctx, w, layout.Table, keys); err != nil {
			return err
		}
	}
	missing := map[string][]tamper.Value{}
	for _, key := range keys {
		missing[string(tamper.AppendKey(nil, key...))] = key
	}
	err := byKeys(ctx, w, l.texts, layout, l.installation, keys, func(r *rawRow) error {
		name := string(tamper.AppendKey(nil, r.key...))
		delete(missing, name)
		m, good, edited := r.check(l.ring, layout, name)
		want, known := t.markOf(r.key)
		d := Damage{Table: layout.Table, Key: keyText(r.key)}
		switch {
		case !good && known:
			d.What, d.Columns = "edited", edited
		case !good:
			d.What = "inserted"
		case !known && m.ver > l.head.Seq:
			d.What = fromBranch
		case !known:
			d.What = "deleted row put back"
		case m != want:
			d.What = otherCopy(m, want)
		default:
			d.What = faults[name]
		}
		l.convict(t, slices.Clone(r.key), d, known)
		return nil
	})
	for _, key := range missing {
		if _, known := t.markOf(key); known && err == nil {
			l.convict(t, key, Damage{Table: layout.Table, Key: keyText(key), What: "deleted"}, true)
		}
	}
	return err
}

// convict puts a row out of use for what was found, unless nothing was or it is
// already.
func (l *ledger) convict(t sealedTable, key []tamper.Value, d Damage, known bool) {
	if d.What == "" || t.damagedAt(key) != nil {
		return
	}
	var last *mark
	if known {
		want, _ := t.markOf(key)
		last = &want
	}
	l.take(t, key, &DamagedError{d}, last)
}

// besidesOf says what is wrong with the personal values of people, by their
// keys as they are written.
func (b *Book) besidesOf(ctx context.Context, q queryer, table string, keys [][]tamper.Value) (map[string]string, error) {
	if table != "person" {
		return nil, nil
	}
	rows, err := b.personalRows(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	faults := map[string]string{}
	for _, key := range keys {
		if p := b.people.get(key[0].Str()); p != nil {
			r, ok := rows[p.ID]
			faults[string(tamper.AppendKey(nil, key...))] = p.beside(r, ok)
		}
	}
	return faults, nil
}
