package fsck

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A witness remembers, outside the database, how far a ledger was.
type witness struct {
	id    ledgerID
	seq   int64
	epoch []byte // nil: not known
	link  []byte // nil: not known
	print []byte // fingerprint of a printed head; nil for an anchor
	marks secret // without totals
	key   *keys  // that an anchor was written with; nil for a printed head
	from  string // "anchor …" or "printed head"

	met    bool // the batch it remembers is there
	forked bool // and is another one
}

const anchorFormat = "pott-anchor/v1\n"

// readWitnesses reads anchors and printed heads. What is damaged says nothing,
// and because something newer may have stood there, rollback cannot be checked.
func (c *check) readWitnesses() {
	slots := map[string][]*witness{}
	for file, bytes := range c.options.Anchors {
		name := anchorName(file)
		slots[name] = slots[name][:len(slots[name]):len(slots[name])]
		w := readAnchor(bytes, c.options.Keys)
		if w != nil && strings.HasPrefix(name, w.id.installation+"."+w.id.name+".") {
			w.from = "anchor " + name
			slots[name] = append(slots[name], w)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(slots)) {
		if len(slots[name]) == 0 {
			c.report.Rollback.cannot("the anchor " + name + " is damaged, or was written with a key that is not in use")
			continue
		}
		c.witnesses = append(c.witnesses, slices.MaxFunc(slots[name], func(x, y *witness) int { return cmp.Compare(x.seq, y.seq) }))
	}
	for _, text := range c.options.Heads {
		if w := readPrinted(text); w != nil {
			c.witnesses = append(c.witnesses, w)
		} else {
			c.report.Rollback.cannot("this is not a printed head: " + text)
		}
	}
}

// anchorName is the name of an anchor: that of its files without the slot.
func anchorName(file string) string {
	name := strings.TrimSuffix(file, ".anchor")
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[:i]
	}
	return name
}

// readAnchor reads one slot, or returns nil when it is not whole.
func readAnchor(b []byte, ring []Key) *witness {
	if len(b) < 32 || !bytes.HasPrefix(b, []byte(anchorFormat)) {
		return nil
	}
	text, mac := b[:len(b)-32], b[len(b)-32:]
	r := &reader{b: text[len(anchorFormat):], ok: true}
	key := keyID(r.take(4))
	w := &witness{id: ledgerID{r.long(), r.long()}, epoch: r.take(16), seq: int64(r.u64()), link: r.take(32)}
	w.marks.marks = map[[2]string]uint64{}
	for range r.u16() {
		w.marks.marks[[2]string{r.short(), r.short()}] = r.u64()
	}
	w.marks.keyList, w.marks.clock = r.u64(), int64(r.u64())
	if !r.ok || len(r.b) > 0 || w.seq < 0 {
		return nil
	}
	k := ringFor(ring, w.id.installation).find(key)
	if k == nil || k.retired || !hmac.Equal(newMacKey(k.anchor).of(nil, text), mac) {
		return nil
	}
	w.key = k
	return w
}

// readPrinted reads a head as it was written down:
// <installation id>/<ledger>/<seq>/<fingerprint>.
func readPrinted(text string) *witness {
	parts := strings.Split(strings.TrimSpace(text), "/")
	if len(parts) != 4 {
		return nil
	}
	seq, err := strconv.ParseInt(parts[2], 10, 64)
	print, bad := hex.DecodeString(strings.ReplaceAll(strings.ToLower(parts[3]), "-", ""))
	if err != nil || bad != nil || seq < 0 || len(print) != 16 {
		return nil
	}
	return &witness{id: ledgerID{parts[0], parts[1]}, seq: seq, print: print, from: "printed head"}
}

// fingerprint is what is printed of a batch.
func fingerprint(id ledgerID, epoch []byte, seq int64, link []byte) []byte {
	b := lp(lp([]byte("pott-head/v1\n"), id.installation), id.name)
	sum := sha256.Sum256(append(i64(append(b, epoch...), seq), link...))
	return sum[:16]
}

// agrees reports whether a batch is the one that is remembered.
func (w *witness) agrees(b *batch) bool {
	if w.print != nil {
		return bytes.Equal(w.print, fingerprint(w.id, b.epoch, b.seq, b.link))
	}
	return bytes.Equal(w.epoch, b.epoch) && bytes.Equal(w.link, b.link)
}

// remember compares a batch with what its witnesses remember of it.
func (l *ledger) remember(b *batch, witnesses []*witness) {
	for _, w := range witnesses {
		if w.id == l.ledgerID && w.seq == b.seq {
			w.met, w.forked = true, !w.agrees(b)
		}
	}
}

// checkRollback says whether a ledger reaches what its witnesses remember.
func (c *check) checkRollback(l *ledger) error {
	none := true
	for _, w := range c.witnesses {
		if w.id == l.ledgerID {
			none = false
			c.judgeWitness(l, w)
		}
	}
	if l.with != nil && l.with.retired {
		c.report.Rollback.at(l.head.placeWith(fmt.Sprintf("rolled back: sealed with key %x, which is retired", l.with.id)))
	}
	if none {
		c.report.Rollback.cannot("nothing outside the database remembers how far it was")
	}
	return nil
}

func (c *check) judgeWitness(l *ledger, w *witness) {
	at := func(table string, seq int64, what string) {
		c.report.Rollback.at(Place{Installation: l.installation, Table: table, Row: fmt.Sprintf("ledger=%s seq=%d", l.name, seq), What: what})
	}
	var end int64
	if l.last != nil {
		end = l.last.seq
	}
	i := slices.IndexFunc(l.gaps, func(g gap) bool { return g.holds(w.seq) })
	switch {
	case w.seq == 0:
	case w.forked:
		at("journal", w.seq, "forked: the "+w.from+" remembers another history")
	case w.seq > end:
		at("head", end, fmt.Sprintf("rolled back from %d to %d, says the %s", w.seq, end, w.from))
	case w.key != nil && l.with != nil && l.with.place < w.key.place:
		at("head", end, fmt.Sprintf("rolled back: sealed with key %x, the %s remembers %x, a later one", l.with.id, w.from, w.key.id))
	case i < 0 && !w.met:
		c.report.Rollback.cannot("the batch that the " + w.from + " remembers is missing from the journal")
	}
	if l.with != nil && end >= w.seq {
		c.judgeMarks(l, w)
	}
}

// judgeMarks reports numbers that only rise and have fallen.
func (c *check) judgeMarks(l *ledger, w *witness) {
	at := func(what string, was, is uint64) {
		c.report.Rollback.at(Place{Installation: l.installation, Table: "head", Row: "ledger=" + l.name,
			What: fmt.Sprintf("%s went back from %d to %d, says the %s", what, was, is, w.from)})
	}
	for owner, n := range w.marks.marks {
		if of, which := strings.CutPrefix(owner[1], "#checkpoint "); which {
			c.judgeCheckpoint(l, w, [2]string{owner[0], of}, n)
			continue
		}
		if is := l.secret.marks[owner]; is < n {
			at("the highest number of "+owner[0]+" "+owner[1], n, is)
		}
	}
	if is := l.secret.keyList; is < w.marks.keyList {
		at("the highest key list number", w.marks.keyList, is)
	}
}

// judgeCheckpoint reports a highest set that is another one than the witness
// remembers under the same number.
func (c *check) judgeCheckpoint(l *ledger, w *witness, owner [2]string, first uint64) {
	is, known := l.secret.marks[[2]string{owner[0], "#checkpoint " + owner[1]}]
	if known && is != first && l.secret.marks[owner] == w.marks.marks[owner] {
		c.report.Rollback.at(Place{Installation: l.installation, Table: "head", Row: "ledger=" + l.name,
			What: fmt.Sprintf("set %d of %s %s is another one than the %s remembers", w.marks.marks[owner], owner[0], owner[1], w.from)})
	}
}

// checkMissing reports ledgers that a witness remembers and of which there is
// nothing.
func (c *check) checkMissing() error {
	for _, w := range c.witnesses {
		if l := c.byName[w.id]; l != nil || c.ended[w.id.installation] || w.seq == 0 {
			continue
		}
		if c.only == "" || w.id.installation == c.only {
			c.report.Rollback.at(Place{Installation: w.id.installation, Table: "head", Row: "ledger=" + w.id.name,
				What: fmt.Sprintf("missing: the %s remembers it at seq=%d", w.from, w.seq)})
		}
	}
	return nil
}
