package fsck

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/pott-dev/pott/internal/sqldb"
)

// What a line of the journal says was done to a row.
const (
	inserted    = 1
	overwritten = 2
	deleted     = 3
)

// A line is one changed row of a batch.
type line struct {
	seq int64 // of the batch
	op  int
	old int64
	mac [16]byte
}

// A batch is a row of the journal.
type batch struct {
	seq     int64
	at      int64
	epoch   []byte
	id      []byte
	node    string
	entries []byte
	changes []byte
	link    []byte
}

// wantLink is the link the batch should have after the one before it.
func (b *batch) wantLink(before []byte, installation, ledger string) []byte {
	text := append([]byte("pott/journal/v1\n"), before...)
	text = lp(lp(text, installation), ledger)
	text = append(append(i64(text, b.seq), b.epoch...), b.id...)
	text = append(lp(i64(text, b.at), b.node), b.entries...)
	changes := sha256.Sum256(b.changes)
	sum := sha256.Sum256(append(text, changes[:]...))
	return sum[:]
}

// lines calls act with every changed row of the batch. ok is false when the
// changes do not have the form of changes.
func (b *batch) lines(act func(table, key string, l line)) (ok bool) {
	r := &reader{b: b.changes, ok: true}
	for r.ok && len(r.b) > 0 {
		table, key := r.short(), r.long()
		l := line{seq: b.seq, op: r.u8(), old: int64(r.u64()), mac: [16]byte(r.take(16))}
		if !r.ok || l.op < inserted || l.op > deleted {
			return false
		}
		act(table, key, l)
	}
	return r.ok
}

func readJournal(ctx context.Context, tx *sqldb.Tx, installation, ledger string, act func(b *batch) error) error {
	rows, err := tx.Query(ctx, `SELECT seq, epoch, batch, at, node, entries, changes, link FROM journal
		WHERE installation = ? AND ledger = ? ORDER BY seq`, installation, ledger)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		b := &batch{}
		if err := rows.Scan(&b.seq, &b.epoch, &b.id, &b.at, &b.node, &b.entries, &b.changes, &b.link); err != nil {
			return err
		}
		if err := act(b); err != nil {
			return err
		}
	}
	return rows.Err()
}

// entryHashes reads the audit trail of a ledger and returns the entries hash of
// every batch, and how many entries there are. A batch without entries is not
// in the map.
func entryHashes(ctx context.Context, tx *sqldb.Tx, installation, ledger string) (map[int64][]byte, int, error) {
	rows, err := tx.Query(ctx, `SELECT seq, n, at, actor_kind, actor, action, subject, facts FROM audit
		WHERE installation = ? AND ledger = ? ORDER BY seq, n`, installation, ledger)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	hashes, all := map[int64][]byte{}, 0
	var seq int64
	var text []byte
	var n uint32
	finish := func() {
		if n > 0 {
			sum := sha256.Sum256(append(binary.BigEndian.AppendUint32(nil, n), text...))
			hashes[seq] = sum[:]
		}
		text, n = text[:0], 0
	}
	for rows.Next() {
		var of, number, at int64
		var words [5]string
		if err := rows.Scan(&of, &number, &at, &words[0], &words[1], &words[2], &words[3], &words[4]); err != nil {
			return nil, 0, err
		}
		if of != seq {
			finish()
			seq = of
		}
		entry := i64(i64(i64(nil, of), number), at)
		for _, w := range words {
			entry = lp(entry, w)
		}
		text = lp(text, entry)
		n++
		all++
	}
	finish()
	return hashes, all, rows.Err()
}

// checkChain follows the journal of a ledger from its first batch to its head.
func (c *check) checkChain(l *ledger) error {
	hashes, entries, err := entryHashes(c.ctx, c.tx, l.installation, l.name)
	if err != nil {
		return c.unreadable(&c.report.Chain, l.installation, "audit", err)
	}
	c.report.Checked.Entries += entries
	at := func(table string, seq int64, what string, columns ...string) {
		c.report.Chain.at(Place{l.installation, table, fmt.Sprintf("ledger=%s seq=%d", l.name, seq), columns, what})
	}
	before, next := make([]byte, 32), int64(1)
	err = readJournal(c.ctx, c.tx, l.installation, l.name, func(b *batch) error {
		c.report.Checked.Batches++
		gap := b.seq != next
		for ; next < b.seq && next < b.seq+placesPerList; next++ {
			at("journal", next, "deleted")
		}
		next = b.seq + 1
		switch hash, ok := hashes[b.seq]; {
		case !ok && !noEntries(b.entries):
			at("audit", b.seq, "deleted")
		case ok && !bytes.Equal(hash, b.entries):
			at("audit", b.seq, "not what the journal was written with: edited, added or removed")
		}
		delete(hashes, b.seq)
		// After a gap the link before is not known, so this one cannot be tried.
		if !gap && !bytes.Equal(b.link, b.wantLink(before, l.installation, l.name)) {
			at("journal", b.seq, "edited, or does not follow from the batch before")
		}
		if !b.lines(func(string, string, line) {}) {
			at("journal", b.seq, "edited", "changes")
		}
		before = b.link
		l.last = b
		c.witness(l, b)
		return nil
	})
	if err != nil {
		return c.unreadable(&c.report.Chain, l.installation, "journal", err)
	}
	for seq := range hashes {
		at("audit", seq, "belongs to no batch of the journal")
	}
	c.checkEnd(l, before, next-1)
	return nil
}

// checkEnd compares the end of a chain with the head, which the seal key
// protects. Links need no key to be written, so a journal that was written anew
// agrees with itself; it cannot agree with the head.
func (c *check) checkEnd(l *ledger, link []byte, seq int64) {
	switch {
	case l.head == nil || !l.opened:
		c.report.Chain.cannot("the head it should end at is damaged or missing")
	case seq < l.head.seq:
		c.report.Chain.at(Place{Installation: l.installation, Table: "journal",
			Row: fmt.Sprintf("ledger=%s seq=%d", l.name, seq+1), What: fmt.Sprintf("the end is missing up to seq=%d", l.head.seq)})
	case seq > l.head.seq:
		c.report.Chain.at(Place{Installation: l.installation, Table: "journal",
			Row: fmt.Sprintf("ledger=%s seq=%d", l.name, l.head.seq+1), What: "inserted: the head knows nothing of it"})
	case !bytes.Equal(link, l.head.link):
		c.report.Chain.at(Place{Installation: l.installation, Table: "journal",
			Row: fmt.Sprintf("ledger=%s seq=%d", l.name, seq), What: "written anew: it does not end at the head's link"})
	}
}

// noEntries reports whether an entries hash is that of no entries.
func noEntries(hash []byte) bool {
	none := sha256.Sum256(make([]byte, 4))
	return bytes.Equal(hash, none[:])
}
