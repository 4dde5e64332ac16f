package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// A Span is the changes of the audit trail from one number to another, both
// inclusive; 0 is the first, or the last.
type Span struct{ From, To int64 }

// Checked is what [Book.VerifySpan] found.
type Checked struct {
	Span             // as it was checked
	Batches, Entries int64
	First, Last      int64    // when the first and the last entry were written; 0: there is none
	Link             [32]byte // the head of the chain
	Break            *Break   // nil: it is whole
}

// A Break is where the audit trail is not what was written.
type Break struct {
	Seq             int64
	Table, What     string
	Expected, Found string // hashes in hex, or numbers of changes
}

// VerifySpan follows the chain from the beginning of a span to the head, whose
// seal needs the key, and checks every entry of the span, on one snapshot.
func (b *Book) VerifySpan(ctx context.Context, span Span) (Checked, error) {
	return b.WatchSpan(ctx, span, func(int64, int64) {})
}

// WatchSpan is [Book.VerifySpan] that tells how far it is: how many changes it has
// looked at, of how many. Each is looked at twice, at its entries and at its link.
func (b *Book) WatchSpan(ctx context.Context, span Span, far func(done, total int64)) (Checked, error) {
	c := Checked{Span: span}
	err := b.store.db.View(ctx, func(tx *sqldb.Tx) error {
		head, err := b.readHead(ctx, tx, headText)
		if err != nil {
			return err
		}
		if c.From, c.Link = max(span.From, 1), head.Link; span.To == 0 || span.To > head.Seq {
			c.To = head.Seq
		}
		entries, links := max(c.To-c.From+1, 0), max(head.Seq-c.From+1, 0)
		hashes, err := b.spanHashes(ctx, tx, &c, func(seq int64) { far(seq-c.From, entries+links) })
		if err != nil {
			return err
		}
		return b.followSpan(ctx, tx, &c, head.Head, hashes, func(seq int64) { far(entries+seq-c.From, entries+links) })
	})
	return c, err
}

// followSpan compares the journal with itself, with the entries of the span, and
// with the head.
func (b *Book) followSpan(ctx context.Context, q queryer, c *Checked, head tamper.Head, hashes map[int64][32]byte, at func(seq int64)) error {
	broken := func(seq int64, table, what, expected, found string) error {
		c.Break = &Break{seq, table, what, expected, found}
		return errStop
	}
	from, err := b.before(ctx, q, c.From)
	if err != nil {
		return err
	}
	err = each(ctx, q, journalText, []any{b.installation, b.name, from.Seq}, func(rows *sql.Rows) error {
		l := &link{Batch: tamper.Batch{Ledger: b.name}}
		var epoch, id, entries, stored []byte
		if err := rows.Scan(&l.Seq, &epoch, &id, &l.At, &l.Node, &entries, &l.Changes, &stored); err != nil {
			return err
		}
		at(l.Seq)
		if len(epoch) != 16 || len(id) != 16 || len(entries) != 32 || len(stored) != 32 {
			return broken(l.Seq, "journal", "edited", "", "")
		}
		l.Epoch, l.ID, l.Entries, l.link = [16]byte(epoch), [16]byte(id), [32]byte(entries), [32]byte(stored)
		if l.Seq != from.Seq+1 && (from.Seq == 0 || l.Epoch == from.Epoch) {
			return broken(from.Seq+1, "journal", "deleted", fmt.Sprint(from.Seq+1), fmt.Sprint(l.Seq))
		}
		if want := l.Link(b.installation, from.Link); want != l.link {
			return broken(l.Seq, "journal", "edited", hex.EncodeToString(want[:]), hex.EncodeToString(stored))
		}
		if l.Seq <= c.To {
			c.Batches++
			found, ok := hashes[l.Seq]
			if delete(hashes, l.Seq); !ok {
				found = noEntries.hash
			}
			if found != l.Entries {
				return broken(l.Seq, "audit", "edited", hex.EncodeToString(entries), hex.EncodeToString(found[:]))
			}
		}
		from = Head{l.Epoch, l.Seq, l.link}
		return nil
	})
	switch {
	case err == errStop:
		return nil
	case err != nil:
		return err
	case from.Seq != head.Seq:
		broken(from.Seq+1, "journal", "deleted", fmt.Sprint(head.Seq), fmt.Sprint(from.Seq))
	case from.Link != head.Link:
		broken(from.Seq, "journal", "written anew", hex.EncodeToString(head.Link[:]), hex.EncodeToString(from.Link[:]))
	case len(hashes) > 0:
		seqs := make([]int64, 0, len(hashes))
		for seq := range hashes {
			seqs = append(seqs, seq)
		}
		broken(slices.Min(seqs), "audit", "inserted", "", "")
	}
	return nil
}

// errStop ends a query whose answer is known.
var errStop = &DamagedError{Damage{Table: "audit", What: "broken"}}

// before is the place in the chain before a change.
func (b *Book) before(ctx context.Context, q queryer, seq int64) (at Head, err error) {
	err = each(ctx, q, "SELECT seq, epoch, link FROM journal WHERE installation = ? AND ledger = ? AND seq < ? ORDER BY seq DESC LIMIT 1",
		[]any{b.installation, b.name, seq}, func(rows *sql.Rows) error {
			var epoch, stored []byte
			err := rows.Scan(&at.Seq, &epoch, &stored)
			copy(at.Epoch[:], epoch)
			copy(at.Link[:], stored)
			return err
		})
	return at, err
}

// spanHashes hashes the entries of every change of a span, and counts them.
func (b *Book) spanHashes(ctx context.Context, q queryer, c *Checked, at func(seq int64)) (map[int64][32]byte, error) {
	hashes := map[int64][32]byte{}
	var batch [][]byte
	var seq int64
	end := func() {
		if len(batch) > 0 {
			hashes[seq] = tamper.EntriesHash(batch)
		}
		batch = batch[:0]
	}
	err := each(ctx, q, `SELECT seq, n, at, actor_kind, actor, action, subject, facts FROM audit
		WHERE installation = ? AND ledger = ? AND seq >= ? AND seq <= ? ORDER BY seq, n`, []any{b.installation, b.name, c.From, c.To}, func(rows *sql.Rows) error {
		e, err := scanEntry(rows)
		if err != nil {
			return err
		}
		if e.Seq != seq {
			end()
			seq = e.Seq
			at(seq)
		}
		batch = append(batch, e.Append(nil))
		if c.Entries++; c.First == 0 {
			c.First = e.At
		}
		c.Last = e.At
		return nil
	})
	end()
	return hashes, err
}

// A JournalLine is what the chain holds of one change.
type JournalLine struct {
	Seq      int64
	At       int64
	Node     string
	Epoch    string // in hex, as the rest
	Entries  string // hash of the entries
	Link     string // hash of everything up to here
	Previous string // that of the change before; "" of the first
}

// Line returns what the chain holds of a change; ok is false when there is none.
func (b *Book) Line(ctx context.Context, seq int64) (l JournalLine, ok bool, err error) {
	err = each(ctx, b.store.db, "SELECT seq, at, node, epoch, entries, link FROM journal WHERE installation = ? AND ledger = ? AND seq = ?",
		[]any{b.installation, b.name, seq}, func(rows *sql.Rows) error {
			var epoch, entries, stored []byte
			err := rows.Scan(&l.Seq, &l.At, &l.Node, &epoch, &entries, &stored)
			l.Epoch, l.Entries, l.Link, ok = hex.EncodeToString(epoch), hex.EncodeToString(entries), hex.EncodeToString(stored), true
			return err
		})
	if err != nil || !ok {
		return l, ok, err
	}
	previous, err := b.before(ctx, b.store.db, seq)
	if previous.Seq > 0 {
		l.Previous = hex.EncodeToString(previous.Link[:])
	}
	return l, true, err
}
