package fsck

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// What a line of the journal says was done to a row.
const (
	inserted    = 1
	overwritten = 2
	deleted     = 3
)

const abandoned = "from a branch of history that was abandoned"

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

// journal calls act with every batch of a ledger, in order.
func (c *check) journal(l *ledger, act func(b *batch)) (broken string, err error) {
	return c.each(`SELECT seq, epoch, batch, at, node, entries, changes, link FROM journal
		WHERE installation = ? AND ledger = ? ORDER BY seq`, 8, func(v []any) {
		act(&batch{seq: asInt(v[0]), epoch: asBytes(v[1]), id: asBytes(v[2]), at: asInt(v[3]), node: asText(v[4]),
			entries: asBytes(v[5]), changes: asBytes(v[6]), link: asBytes(v[7])})
	}, l.installation, l.name)
}

// A gap is the numbers that were skipped when a backup was taken into use: those
// after the backup's last batch and before the batch that says so.
type gap struct{ after, before int64 }

func (g gap) holds(seq int64) bool { return seq > g.after && seq < g.before }

// A trail is what the audit entries of a ledger come to.
type trail struct {
	hashes   map[int64][]byte // entries hash of every batch that has entries
	restores map[int64]int64  // batch that took a backup into use: the backup's last batch
}

// audit reads the audit trail of a ledger.
func (c *check) audit(l *ledger) (t trail, broken string, err error) {
	t = trail{map[int64][]byte{}, map[int64]int64{}}
	var seq int64
	var text, entry []byte
	var n uint32
	finish := func() {
		if n > 0 {
			binary.BigEndian.PutUint32(text, n)
			sum := sha256.Sum256(text)
			t.hashes[seq] = sum[:]
		}
		text, n = append(text[:0], 0, 0, 0, 0), 0
	}
	finish()
	broken, err = c.each(`SELECT seq, n, at, actor_kind, actor, action, subject, facts FROM audit
		WHERE installation = ? AND ledger = ? ORDER BY seq, n`, 8, func(v []any) {
		if of := asInt(v[0]); of != seq {
			finish()
			seq = of
		}
		entry = i64(i64(i64(entry[:0], asInt(v[0])), asInt(v[1])), asInt(v[2]))
		for _, word := range v[3:] {
			entry = lp(entry, asText(word))
		}
		text = lp(text, entry)
		n++
		c.report.Checked.Entries++
		if asText(v[5]) == "installation.restore" {
			t.restores[seq] = backupOf(asText(v[7]))
		}
	}, l.installation, l.name)
	finish()
	return t, broken, err
}

// backupOf returns the last batch of the backup that was taken into use, from
// the facts of the entry that says so.
func backupOf(facts string) int64 {
	for line := range strings.Lines(facts) {
		if text, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "backup_seq="); ok {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				return n
			}
		}
	}
	return -1
}

// A walk follows the journal of one ledger.
type walk struct {
	c      *check
	l      *ledger
	trail  trail
	before []byte // link of the batch before
	next   int64  // number the next batch should have
	epochs map[string]bool
	epoch  []byte // of the batch before; nil before the first
}

// checkChain follows the journal of a ledger from its first batch to its head.
func (c *check) checkChain(l *ledger) error {
	t, broken, err := c.audit(l)
	if err != nil {
		return err
	}
	c.unreadable(&c.report.Chain, l.installation, "audit", broken)
	for seq, backup := range t.restores {
		if backup >= 0 && backup < seq {
			l.gaps = append(l.gaps, gap{backup, seq})
		}
	}
	w := &walk{c: c, l: l, trail: t, before: make([]byte, 32), next: 1, epochs: map[string]bool{}}
	unread, err := c.journal(l, w.step)
	if err != nil {
		return err
	}
	c.unreadable(&c.report.Chain, l.installation, "journal", unread)
	if broken+unread != "" {
		l.unread = true
		return nil
	}
	for _, seq := range sorted(t.hashes) {
		if what := "belongs to no batch of the journal"; l.inGap(seq) {
			w.at("audit", seq, abandoned)
		} else {
			w.at("audit", seq, what)
		}
	}
	c.checkEnd(l, w.before, w.next-1)
	return nil
}

func sorted[V any](m map[int64]V) []int64 {
	var keys []int64
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (l *ledger) inGap(seq int64) bool {
	return slices.ContainsFunc(l.gaps, func(g gap) bool { return g.holds(seq) })
}

func (w *walk) at(table string, seq int64, what string, columns ...string) {
	w.l.broken = true
	w.c.report.Chain.at(Place{Installation: w.l.installation, Table: table,
		Row: fmt.Sprintf("ledger=%s seq=%d", w.l.name, seq), Columns: columns, What: what})
}

// step checks one batch against the one before it and its entries.
func (w *walk) step(b *batch) {
	w.c.report.Checked.Batches++
	if w.l.inGap(b.seq) {
		w.at("journal", b.seq, abandoned)
		return
	}
	whole := w.follow(b)
	switch hash, ok := w.trail.hashes[b.seq]; {
	case !ok && !noEntries(b.entries):
		w.at("audit", b.seq, "deleted")
	case ok && !bytes.Equal(hash, b.entries):
		w.at("audit", b.seq, "not what the journal was written with: edited, added or removed")
	}
	delete(w.trail.hashes, b.seq)
	switch {
	// After a gap the link before is not known, so this one cannot be tried.
	case whole && !bytes.Equal(b.link, b.wantLink(w.before, w.l.installation, w.l.name)):
		w.at("journal", b.seq, "edited, or does not follow from the batch before")
	case !b.lines(func(string, string, line) {}):
		w.at("journal", b.seq, "edited", "changes")
	}
	w.before, w.epoch, w.l.last = b.link, b.epoch, b
	w.l.remember(b, w.c.witnesses)
}

// follow checks the number and the epoch of a batch, and reports whether the
// batch before it is there. Both change only where a backup was taken into use.
func (w *walk) follow(b *batch) (whole bool) {
	backup, restored := w.trail.restores[b.seq]
	if whole = b.seq == w.next || restored && backup == w.next-1; !whole {
		for n := 0; w.next < b.seq && n < placesPerList; n++ {
			if !w.l.inGap(w.next) {
				w.at("journal", w.next, "deleted")
			}
			w.next++
		}
	}
	w.next = b.seq + 1
	changes := w.epoch != nil && !bytes.Equal(b.epoch, w.epoch)
	switch {
	case changes && !restored && whole:
		w.at("journal", b.seq, "another epoch, and no entry says that a backup was taken into use", "epoch")
	case changes && w.epochs[string(b.epoch)]:
		w.at("journal", b.seq, "an epoch that was left comes back", "epoch")
	}
	w.epochs[string(b.epoch)] = true
	return whole
}

// checkEnd compares the end of a chain with the head, which the seal key
// protects. Links need no key to be written, so a journal that was written anew
// agrees with itself; it cannot agree with the head.
func (c *check) checkEnd(l *ledger, link []byte, seq int64) {
	at := func(seq int64, what string) {
		l.broken = true
		c.report.Chain.at(Place{Installation: l.installation, Table: "journal", Row: fmt.Sprintf("ledger=%s seq=%d", l.name, seq), What: what})
	}
	switch {
	case l.with == nil:
		c.report.Chain.cannot("the head it should end at " + l.why())
	case seq < l.head.seq:
		at(seq+1, fmt.Sprintf("the end is missing up to seq=%d", l.head.seq))
	case seq > l.head.seq:
		at(l.head.seq+1, "inserted: the head knows nothing of it")
	case !bytes.Equal(link, l.head.link):
		at(seq, "written anew: it does not end at the head's link")
	case l.last != nil && !bytes.Equal(l.last.epoch, l.head.epoch):
		at(seq, "written anew: it does not end in the head's epoch")
	}
}

// noEntries reports whether an entries hash is that of no entries.
func noEntries(hash []byte) bool {
	none := sha256.Sum256(make([]byte, 4))
	return bytes.Equal(hash, none[:])
}
