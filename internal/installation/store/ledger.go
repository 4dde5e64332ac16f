package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/anchor"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

const (
	seatsLedger  = "seats"
	serverLedger = "server"
)

// ledger is the sealed rows under one head: it loads and checks them, follows
// what other servers write, and writes batches. It does not know what the rows
// mean.
type ledger struct {
	installation string
	name         string
	node         string
	texts        texts // for the goroutine that writes
	keyring

	mu      sync.RWMutex // guards the committed state: everything below, and the rows of tables
	head    tamper.Head
	box     []byte
	secret  tamper.Secret
	tables  []sealedTable
	health  Health
	damages []Damage
	sealed  *CannotCheckError // which key is missing, of a ledger that is unchecked
	shut    bool              // the head does not open, so that no other may be written in its place

	rollback  Rollback
	sound     Health                // what health is but for the rollback
	anchor    *anchor.File          // nil: nothing is remembered outside the database
	anchored  int64                 // the seq in it; -1: not known. Of the goroutine that writes
	anchorErr atomic.Pointer[error] // of the last try to write it
	log       *slog.Logger

	// misshapen reports whether the catalogue of the database is another than the
	// shipped one, so that a table may be missing.
	misshapen func() bool

	remembering sync.Mutex // guards writing the anchor
	provenAt    int64      // a proven moment to remember beside the mark; under remembering
	proven      func(mark time.Time, seq int64) time.Time

	// settle is called with mu held when rows of another server have been taken
	// over; nil: nothing depends on them.
	settle func()

	// beside reads what belongs to rows of a table and stands elsewhere, for
	// the rows with these keys or, when keys is nil, for all; nil: nothing does.
	beside func(ctx context.Context, q queryer, table string, keys [][]tamper.Value) error
	// besides says what is wrong beside rows that are in the book, by their keys;
	// nil: nothing stands there. Unlike beside it may be called by anybody.
	besides func(ctx context.Context, q queryer, table string, keys [][]tamper.Value) (map[string]string, error)
}

func (l *ledger) table(name string) sealedTable {
	for _, t := range l.tables {
		if t.sealedLayout().Table == name {
			return t
		}
	}
	return nil
}

// stage is what the acts of one batch have staged in one ledger.
type stage struct {
	ledger   *ledger
	tables   []stagedTable
	undo     []func() // newest last
	entries  []audit.Entry
	secret   tamper.Secret
	keys     *tamper.Keys                                     // what the batch is sealed with
	ring     *tamper.KeyRing                                  // has them, and those of every row there is
	pressing bool                                             // to be written even when it changes nothing
	marked   bool                                             // the clock mark was set, and stays what it was set to
	begins   *Head                                            // the epoch and seq of a new branch of history; nil: the present one goes on
	act      int                                              // which act of the batch is running
	at       int64                                            // the time of the batch, in microseconds since 1970 UTC
	more     func(ctx context.Context, w *sqldb.Writer) error // writes what is not sealed
	done     []func()                                         // called with mu held when the batch is committed
	batch    [16]byte                                         // its random id, set by writeBatch
	written  tamper.Head                                      // likewise
	box      []byte                                           // likewise
}

func newStage(l *ledger) *stage {
	return &stage{ledger: l, keys: l.keys, ring: l.ring, secret: l.secret.Clone(), at: l.secret.Clock}
}

// savepoint is a moment of a stage to come back to.
type savepoint struct{ undo, entries int }

func (s *stage) save() savepoint { return savepoint{len(s.undo), len(s.entries)} }

// back undoes everything staged after a savepoint.
func (s *stage) back(p savepoint) {
	for len(s.undo) > p.undo {
		last := len(s.undo) - 1
		s.undo[last]()
		s.undo = s.undo[:last]
	}
	s.entries = s.entries[:p.entries]
}

// empty reports whether there is nothing to write.
func (s *stage) empty() bool { return len(s.undo) == 0 && len(s.entries) == 0 && !s.pressing }

// lock takes the head row, which holds off every other writer of the ledger
// until the transaction ends, and catches up with what others have written.
func (l *ledger) lock(ctx context.Context, w *sqldb.Writer) error {
	found, err := l.readHead(ctx, w, `UPDATE head SET seq = seq + 1 WHERE installation = ? AND ledger = ?
		RETURNING seq - 1, epoch, link, key_id, schema, box`)
	if err != nil {
		return err
	}
	return l.follow(ctx, w, found)
}

// headRow is a head as it was read.
type headRow struct {
	tamper.Head
	keyID []byte
	box   []byte
}

// readHead runs a statement that returns the head.
func (l *ledger) readHead(ctx context.Context, q queryer, text string) (*headRow, error) {
	var found *headRow
	err := each(ctx, q, text, []any{l.installation, l.name}, func(rows *sql.Rows) error {
		h := &headRow{Head: tamper.Head{Ledger: l.name}}
		var epoch, link, schema []byte
		if err := rows.Scan(&h.Seq, &epoch, &link, &h.keyID, &schema, &h.box); err != nil {
			return err
		}
		if len(epoch) != len(h.Epoch) || len(link) != len(h.Link) || len(schema) != len(h.Schema) || len(h.keyID) != len(tamper.KeyID{}) {
			return l.headDamaged("edited")
		}
		h.Epoch, h.Link, h.Schema = [16]byte(epoch), [32]byte(link), [32]byte(schema)
		found = h
		return nil
	})
	if err == nil && found == nil {
		if err = movedAway(ctx, q, l.installation, l.name); err == nil {
			err = l.headDamaged("missing")
		}
	}
	return found, err
}

func (l *ledger) headDamaged(what string) error {
	return &DamagedError{Damage{Table: "head", Key: l.installation + "/" + l.name, What: what}}
}

// follow compares the head in the database with the book and applies the
// batches that others have written since.
func (l *ledger) follow(ctx context.Context, q queryer, found *headRow) error {
	switch {
	case l.health == Unchecked:
		return l.sealed
	case found.Seq < l.head.Seq:
		return l.headDamaged(fmt.Sprintf("rolled back from %d to %d", l.head.Seq, found.Seq))
	case found.Seq > l.head.Seq:
		return l.catchUp(ctx, q, found)
	case found.Head != l.head || !bytes.Equal(found.box, l.box) || tamper.KeyID(found.keyID) != l.keys.ID:
		return l.headDamaged("edited")
	}
	return nil
}

// blamed is a damaged row that an act was to write over.
type blamed struct {
	*DamagedError
	act int
}

// writeBatch writes everything staged: rows, entries, journal, head. Rows that
// are not as the book has them come back as damages, and then nothing of use has
// been written.
func (l *ledger) writeBatch(ctx context.Context, w *sqldb.Writer, s *stage) (damages []blamed, err error) {
	seq := l.head.Seq + 1
	if s.begins != nil {
		seq = s.begins.Seq
	}
	var changes []tamper.Change
	for _, t := range s.tables {
		rows := t.pending()
		if len(rows) == 0 {
			continue
		}
		found, err := l.compare(ctx, w, t, rows)
		if err != nil {
			return nil, err
		}
		damages = append(damages, found...)
		if len(damages) > 0 {
			continue
		}
		if changes, err = l.writeRows(ctx, w, s, t.sealedLayout(), rows, seq, changes); err != nil {
			return nil, err
		}
	}
	if len(damages) > 0 {
		return damages, nil
	}
	if s.more != nil {
		if err := s.more(ctx, w); err != nil {
			return nil, err
		}
	}
	if l.head.Schema != schemaDigest {
		s.entries = append(s.entries, l.upgradeEntry(s.at))
	}
	return nil, l.writeHead(ctx, w, s, seq, changes)
}

// compare reads the rows that are about to be written over and compares them
// with what the book knows of them.
func (l *ledger) compare(ctx context.Context, w *sqldb.Writer, t sealedTable, rows []pending) ([]blamed, error) {
	layout := t.sealedLayout()
	missing := map[string]*pending{}
	var keys [][]tamper.Value
	for i := range rows {
		if rows[i].old != nil && !rows[i].repaired {
			missing[rows[i].key] = &rows[i]
			keys = append(keys, rows[i].keyValues)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	var damages []blamed
	report := func(p *pending, what string, columns []string) {
		e := &DamagedError{Damage{Table: layout.Table, Key: keyText(p.keyValues), What: what, Columns: columns}}
		damages = append(damages, blamed{e, p.act})
		l.take(t, p.keyValues, e, p.old)
	}
	var buf []byte
	err := byKeys(ctx, w, l.texts, layout, l.installation, keys, func(r *rawRow) error {
		buf = tamper.AppendKey(buf[:0], r.key...)
		p := missing[string(buf)]
		if p == nil {
			return nil
		}
		delete(missing, string(buf))
		switch m, ok, edited := r.check(l.ring, layout, p.key); {
		case !ok:
			report(p, "edited", edited)
		case m != *p.old:
			report(p, otherCopy(m, *p.old), nil)
		}
		return nil
	})
	for _, p := range missing {
		if err == nil {
			report(p, "deleted", nil)
		}
	}
	return damages, err
}

// take puts a damaged row out of use and remembers why.
func (l *ledger) take(t sealedTable, key []tamper.Value, e *DamagedError, last *mark) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.damage(key, e, last)
	l.damages = append(l.damages, e.Damage)
	l.health = max(l.health, Damaged)
}

// keyText returns a key for people to read.
func keyText(key []tamper.Value) string {
	parts := make([]string, len(key))
	for i, v := range key {
		parts[i] = v.Str()
		if v.Kind() == tamper.Integer {
			parts[i] = fmt.Sprint(v.Int())
		}
	}
	return strings.Join(parts, "/")
}

// writeRows seals and writes the rows of one table and counts them into the
// totals.
func (l *ledger) writeRows(ctx context.Context, w *sqldb.Writer, s *stage, layout *tamper.Layout, rows []pending, seq int64, changes []tamper.Change) ([]tamper.Change, error) {
	var inserts, overwrites []any
	var inserted, overwritten int
	var deletes [][]tamper.Value
	for i := range rows {
		p := &rows[i]
		c := tamper.Change{Table: layout.Table, Key: p.key, Op: tamper.Inserted}
		if p.old != nil {
			c.Op, c.OldVer = tamper.Overwritten, p.old.ver
			l.count(s, layout, p.old.seal, false)
		}
		if p.new == nil {
			c.Op = tamper.Deleted
			deletes = append(deletes, p.keyValues)
			if p.old != nil { // a row that was slipped in was never the journal's
				changes = append(changes, c)
			}
			continue
		}
		p.colsum = s.keys.Colsum(layout, p.values)
		*p.new = mark{seq, s.keys.Seal(layout, p.key, seq, p.values, p.colsum)}
		l.count(s, layout, p.new.seal, true)
		c.MAC = p.new.seal.MAC()
		changes = append(changes, c)
		if p.old == nil && !p.repaired {
			inserts, inserted = l.args(inserts, layout, p), inserted+1
		} else {
			overwrites, overwritten = l.args(overwrites, layout, p), overwritten+1
		}
	}
	columns := 1 + len(layout.Key) + len(layout.Columns) + len(sealColumns)
	if err := insertMany(ctx, w, columns, inserted, inserts, func(n int) string {
		return l.texts.get(layout.Table, 'i', n, func() string {
			return insertText(layout.Table, append([]string{"installation"}, sealedColumns(layout)...), n)
		})
	}); err != nil {
		return nil, err
	}
	if err := insertMany(ctx, w, columns, overwritten, overwrites, func(n int) string {
		return l.texts.get(layout.Table, 'o', n, func() string { return overwriteText(layout, n) })
	}); err != nil {
		return nil, err
	}
	return changes, l.deleteRows(ctx, w, layout, deletes)
}

func (l *ledger) deleteRows(ctx context.Context, w *sqldb.Writer, layout *tamper.Layout, keys [][]tamper.Value) error {
	for len(keys) > 0 {
		n := sizeFor(len(keys))
		args := []any{l.installation}
		for _, key := range keys[:n] {
			for _, v := range key {
				args = append(args, v.SQL())
			}
		}
		text := l.texts.get(layout.Table, 'd', n, func() string {
			return "DELETE FROM " + layout.Table + " WHERE installation = ?" + keysText(layout, n)
		})
		if _, err := w.Exec(ctx, text, args...); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// count moves a row into or out of the total of its table.
func (l *ledger) count(s *stage, layout *tamper.Layout, seal tamper.Seal, in bool) {
	key := tamper.TotalKey{Table: layout.Table, Key: seal.Key()}
	total := s.secret.Totals[key]
	if c := s.ring.Key(seal.Key()).Contribution(layout, seal); in {
		total.Add(c)
	} else {
		total.Remove(c)
	}
	s.secret.Totals[key] = total
}

func (l *ledger) args(args []any, layout *tamper.Layout, p *pending) []any {
	args = append(args, l.installation)
	for _, v := range p.keyValues {
		args = append(args, v.SQL())
	}
	for _, v := range p.values {
		args = append(args, v.SQL())
	}
	return append(args, p.new.ver, int64(layout.Number), append([]byte(nil), p.new.seal[:]...), p.colsum)
}

// writeHead writes entries and journal and moves the head to the new batch.
func (l *ledger) writeHead(ctx context.Context, w *sqldb.Writer, s *stage, seq int64, changes []tamper.Change) error {
	epoch := l.head.Epoch
	if s.begins != nil {
		epoch = s.begins.Epoch
	}
	batch := tamper.Batch{Ledger: l.name, Seq: seq, Epoch: epoch, At: s.at, Node: l.node, Changes: tamper.AppendChanges([]byte{}, changes)}
	rand.Read(batch.ID[:])
	entries, err := l.writeEntries(ctx, w, s, seq)
	if err != nil {
		return err
	}
	batch.Entries = entries
	s.secret.Clock = l.markFor(s)
	s.written = tamper.Head{Ledger: l.name, Epoch: epoch, Seq: seq, Link: batch.Link(l.installation, l.head.Link), Schema: schemaDigest}
	s.box = s.keys.SealHead(s.written, s.secret)
	s.batch = batch.ID
	if _, err := w.Exec(ctx, `INSERT INTO journal (installation, ledger, seq, epoch, batch, at, node, entries, changes, link)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, l.installation, l.name, seq, batch.Epoch[:], batch.ID[:], batch.At, batch.Node,
		batch.Entries[:], batch.Changes, s.written.Link[:]); err != nil {
		return err
	}
	_, err = w.Exec(ctx, `UPDATE head SET seq = ?, epoch = ?, link = ?, key_id = ?, schema = ?, box = ? WHERE installation = ? AND ledger = ?`,
		seq, epoch[:], s.written.Link[:], s.keys.ID[:], schemaDigest[:], s.box, l.installation, l.name)
	return err
}

var auditColumns = []string{"installation", "ledger", "seq", "n", "at", "actor_kind", "actor", "action", "subject", "facts"}

func (l *ledger) writeEntries(ctx context.Context, w *sqldb.Writer, s *stage, seq int64) (hash [32]byte, err error) {
	canonical := make([][]byte, len(s.entries))
	args := make([]any, 0, len(s.entries)*len(auditColumns))
	for i := range s.entries {
		e := &s.entries[i]
		e.Seq, e.N, e.Origin = seq, int64(i+1), e.Origin.Of(e.Actor)
		canonical[i] = e.Append(nil)
		args = append(args, l.installation, l.name, e.Seq, e.N, e.At, string(e.Actor.Kind), e.Actor.ID, e.Action, e.Subject, e.FactsText())
	}
	return tamper.EntriesHash(canonical), insertMany(ctx, w, len(auditColumns), len(s.entries), args, func(n int) string {
		return l.texts.get("audit", 'i', n, func() string { return insertText("audit", auditColumns, n) })
	})
}

// forget takes damage from the list that is repaired. The caller holds mu.
func (l *ledger) forget(table, key string) {
	l.damages = slices.DeleteFunc(l.damages, func(d Damage) bool { return d.Table == table && d.Key == key })
	if len(l.damages) == 0 && l.health == Damaged {
		l.health = Sound
	}
}

// merge makes a batch that was committed the state of the book.
func (l *ledger) merge(s *stage) {
	for _, do := range s.done {
		do()
	}
	for _, t := range s.tables {
		t.merge()
	}
	l.head, l.box, l.secret = s.written, s.box, s.secret
	l.keys, l.ring = s.keys, s.ring
}

// Epoch returns a random text that changes when a backup is taken into use.
func (l *ledger) epoch() string { return hex.EncodeToString(l.head.Epoch[:]) }
