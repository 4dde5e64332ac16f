package fsck

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A scribe writes one ledger by hand, as the specification says and with
// nothing random, so that what it writes can stand in a file. fsck itself only
// reads.
type scribe struct {
	k       *keys
	before  []*keys // that earlier rows were sealed with
	id      ledgerID
	epoch   []byte
	link    []byte
	seq     int64
	rows    map[string]*row // live, by table and key
	batches []*batch
	entries []entry
}

type entry struct {
	seq            int64
	action, facts  string
	subject, actor string
}

// firstSchema is the digest of the layouts of the first release: it stays what
// it is when tables are added.
func firstSchema() []byte {
	digest, err := hex.DecodeString(olderSchemas[0])
	if err != nil {
		panic(err)
	}
	return digest
}

func newScribe(master [32]byte, installation, ledger string) *scribe {
	return &scribe{k: keysFor(master, installation), id: ledgerID{installation, ledger}, epoch: fill(16, 0xe0), link: make([]byte, 32), rows: map[string]*row{}}
}

// sealed seals a row as of a batch.
func (s *scribe) sealed(r *row, ver int64) *row {
	r = withName(&row{table: r.table, installation: s.id.installation, key: r.key, values: r.values, ver: ver, layout: r.table.layout})
	r.colsum = r.wantColsum(s.k)
	r.seal = append(bytes.Clone(s.k.id[:]), r.macWith(s.k, r.installation, r.colsum)...)
	return r
}

// write writes one batch: puts rows, and drops those without values.
func (s *scribe) write(action, facts string, rows ...*row) {
	s.seq++
	type change struct{ key, line []byte }
	var changes []change
	for _, r := range rows {
		name := r.table.name + string(withName(&row{table: r.table, key: r.key}).name)
		old, op, mac := int64(0), inserted, make([]byte, 16)
		if was := s.rows[name]; was != nil {
			old, op = was.ver, overwritten
		}
		if r.values == nil {
			op = deleted
			delete(s.rows, name)
		} else {
			s.rows[name] = s.sealed(r, s.seq)
			mac = s.rows[name].seal[4:]
		}
		key := withName(&row{table: r.table, key: r.key}).name
		line := append(lp(lp8(nil, r.table.name), key), byte(op))
		changes = append(changes, change{append(lp8(nil, r.table.name), key...), append(i64(line, old), mac...)})
	}
	slices.SortFunc(changes, func(x, y change) int { return bytes.Compare(x.key, y.key) })
	b := &batch{seq: s.seq, at: 1780000000000000 + s.seq, epoch: s.epoch, id: fill(16, byte(s.seq)), node: "node-1", changes: []byte{}}
	for _, c := range changes {
		b.changes = append(b.changes, c.line...)
	}
	e := entry{seq: s.seq, action: action, facts: facts, actor: "7"}
	s.entries = append(s.entries, e)
	sum := sha256.Sum256(lp([]byte{0, 0, 0, 1}, e.canonical(b.at)))
	b.entries = sum[:]
	b.link = b.wantLink(s.link, s.id.installation, s.id.name)
	s.link = b.link
	s.batches = append(s.batches, b)
}

func (e entry) canonical(at int64) []byte {
	b := i64(i64(i64(nil, e.seq), 1), at)
	for _, word := range []string{"person", e.actor, e.action, e.subject, e.facts} {
		b = lp(b, word)
	}
	return b
}

// restore goes on in another epoch after a gap, as when a backup is taken into
// use.
func (s *scribe) restore(highest int64) {
	backup := s.seq
	facts := fmt.Sprintf("administrator=7\nbackup_epoch=%x\nbackup_link=%x\nbackup_seq=%d\n", s.epoch, s.link, backup)
	s.epoch, s.seq = fill(16, 0xc0), highest
	s.write("installation.restore", facts+fmt.Sprintf("epoch=%x\ngap=%d\nhighest_epoch=\nhighest_link=\nhighest_seq=%d\nreason=a disk\n", s.epoch, highest-backup, highest))
}

// head seals the head as it should be.
func (s *scribe) head() *head {
	counted := totals{}
	for _, r := range s.rows {
		key := totalKey{r.table.name, keyID(r.seal[:4])}
		sum := counted[key]
		sum.add(contribution(ring(append(s.before, s.k)).find(key.key), r.table, r.seal))
		counted[key] = sum
	}
	return s.headOf(counted)
}

func (s *scribe) headOf(counted totals) *head {
	all := slices.SortedFunc(maps.Keys(counted), func(x, y totalKey) int {
		return strings.Compare(x.table+string(x.key[:]), y.table+string(y.key[:]))
	})
	plain := binary.BigEndian.AppendUint16([]byte{1}, uint16(len(all)))
	for _, key := range all {
		plain = i64(append(lp8(plain, key.table), key.key[:]...), int64(counted[key].n))
		x := counted[key].x
		plain = append(plain, x[:]...)
	}
	plain = i64(i64(binary.BigEndian.AppendUint16(plain, 0), 0), 1780000000000000+s.seq)
	h := &head{installation: s.id.installation, ledger: s.id.name, seq: s.seq, epoch: s.epoch, link: s.link, keyID: bytes.Clone(s.k.id[:]), schema: firstSchema()}
	return s.seal(h, plain)
}

func (s *scribe) seal(h *head, plain []byte) *head {
	block, err := aes.NewCipher(s.k.head)
	if err != nil {
		panic(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	data := append(lp(lp(nil, h.installation), h.ledger), h.epoch...)
	data = append(append(i64(data, h.seq), h.link...), h.schema...)
	nonce := fill(12, byte(h.seq))
	h.box = gcm.Seal(nonce, nonce, plain, data)
	return h
}

// A sheet is a whole database on paper: rows by table, and what stands outside.
type sheet struct {
	tables  map[string][]fields
	anchors map[string][]byte
	heads   []string
	keys    []Key
}

type fields map[string]any

// add copies a ledger onto the sheet.
func (p *sheet) add(s *scribe) {
	put := func(table string, f fields) { p.tables[table] = append(p.tables[table], f) }
	for _, name := range slices.Sorted(maps.Keys(s.rows)) {
		put(s.rows[name].table.name, s.rows[name].fields())
	}
	for _, b := range s.batches {
		put("journal", fields{"installation": s.id.installation, "ledger": s.id.name, "seq": b.seq, "epoch": b.epoch, "batch": b.id, "at": b.at,
			"node": b.node, "entries": b.entries, "changes": b.changes, "link": b.link})
	}
	for i, e := range s.entries {
		put("audit", fields{"installation": s.id.installation, "ledger": s.id.name, "seq": e.seq, "n": int64(1), "at": s.batches[i].at,
			"actor_kind": "person", "actor": e.actor, "action": e.action, "subject": e.subject, "facts": e.facts})
	}
	p.head(s.head())
}

func (p *sheet) head(h *head) {
	p.tables["head"] = append(p.tables["head"], fields{"installation": h.installation, "ledger": h.ledger, "seq": h.seq, "epoch": h.epoch,
		"link": h.link, "key_id": h.keyID, "schema": h.schema, "box": h.box})
}

func (r *row) fields() fields {
	f := fields{"installation": r.installation, "ver": r.ver, "layout": r.layout, "seal": r.seal, "colsum": r.colsum}
	for i, c := range r.table.key {
		f[c.name] = r.key[i]
	}
	for i, c := range r.table.columns {
		f[c.name] = r.values[i]
	}
	return f
}

// find returns the fields of the rows of a table that have these values.
func (p *sheet) find(table string, want fields) fields {
	for _, f := range p.tables[table] {
		same := true
		for name, v := range want {
			same = same && fmt.Sprint(f[name]) == fmt.Sprint(v)
		}
		if same {
			return f
		}
	}
	panic("no such row of " + table)
}

func (p *sheet) drop(table string, want fields) {
	gone := p.find(table, want)
	p.tables[table] = slices.DeleteFunc(p.tables[table], func(f fields) bool { return fmt.Sprint(f) == fmt.Sprint(gone) })
}
