package tamper

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
)

// An Op is what happened to a row.
type Op uint8

const (
	Inserted    Op = 1
	Overwritten Op = 2
	Deleted     Op = 3
)

// A Change is what a batch did to one row.
type Change struct {
	Table  string
	Key    string // see [AppendKey]
	Op     Op
	OldVer int64 // 0 when inserted
	MAC    MAC   // zero when deleted
}

// AppendChanges sorts changes and returns them as the journal keeps them.
func AppendChanges(b []byte, changes []Change) []byte {
	slices.SortFunc(changes, func(x, y Change) int {
		if c := strings.Compare(x.Table, y.Table); c != 0 {
			return c
		}
		return strings.Compare(x.Key, y.Key)
	})
	for _, c := range changes {
		b = appendText(appendShort(b, c.Table), c.Key)
		b = append(b, byte(c.Op))
		b = binary.BigEndian.AppendUint64(b, uint64(c.OldVer))
		b = append(b, c.MAC[:]...)
	}
	return b
}

// ParseChanges reads what AppendChanges wrote.
func ParseChanges(b []byte) ([]Change, error) {
	var changes []Change
	r := reader{b: b, what: "journal changes"}
	for len(r.b) > 0 && r.err == nil {
		c := Change{Table: r.short(), Key: string(r.text()), Op: Op(r.u8())}
		c.OldVer, c.MAC = int64(r.u64()), MAC(r.take(macSize))
		if c.Op < Inserted || c.Op > Deleted {
			r.fail()
		}
		changes = append(changes, c)
	}
	if r.err != nil {
		return nil, r.err
	}
	return changes, nil
}

// A Batch is one link of the chain: everything the journal says of a batch.
type Batch struct {
	Ledger  string
	Seq     int64
	Epoch   [16]byte
	ID      [16]byte // random
	At      int64    // microseconds since 1970 UTC
	Node    string   // which server wrote it
	Entries [32]byte // see [EntriesHash]
	Changes []byte   // see [AppendChanges]
}

// Link returns the link of a batch of an installation that follows another.
func (b Batch) Link(installation string, prev [32]byte) [32]byte {
	changes := sha256.Sum256(b.Changes)
	m := append([]byte("pott/journal/v1\n"), prev[:]...)
	m = appendText(appendText(m, installation), b.Ledger)
	m = binary.BigEndian.AppendUint64(m, uint64(b.Seq))
	m = append(append(m, b.Epoch[:]...), b.ID[:]...)
	m = binary.BigEndian.AppendUint64(m, uint64(b.At))
	m = appendText(m, b.Node)
	m = append(append(m, b.Entries[:]...), changes[:]...)
	return sha256.Sum256(m)
}

// EntriesHash returns the hash of the canonical audit entries of a batch, in
// order.
func EntriesHash(entries [][]byte) [32]byte {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(entries))))
	var b []byte
	for _, e := range entries {
		b = appendText(b[:0], e)
		h.Write(b)
	}
	return [32]byte(h.Sum(nil))
}

// Commitment returns the commitment to personal values, in the order of their
// columns, under a random salt of 32 bytes.
func Commitment(salt []byte, values ...string) [32]byte {
	b := slices.Clone(salt)
	for _, v := range values {
		b = appendText(b, v)
	}
	return sha256.Sum256(b)
}
