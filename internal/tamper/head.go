package tamper

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Total is the number of live rows of a table under one key, and the XOR of
// their contributions.
type Total struct {
	N uint64
	X Contribution
}

// Add counts a row in.
func (t *Total) Add(c Contribution) { t.N++; t.mix(c) }

// Remove counts a row out.
func (t *Total) Remove(c Contribution) { t.N--; t.mix(c) }

func (t *Total) mix(c Contribution) { subtle.XORBytes(t.X[:], t.X[:], c[:]) }

// TotalKey says what a total is of.
type TotalKey struct {
	Table string
	Key   KeyID
}

// Owner is who a set was made for, and by whom: what set numbers rise within.
type Owner struct {
	Issuer string
	Serial string
}

// A Secret is what the head keeps encrypted: the totals of every table and the
// marks that only rise.
type Secret struct {
	Totals  map[TotalKey]Total
	Sets    map[Owner]uint64 // highest set number accepted
	KeyList uint64           // highest key list number accepted
	Clock   int64            // latest time a batch was written at, in microseconds since 1970 UTC
}

// Clone returns a copy that shares nothing with s.
func (s Secret) Clone() Secret {
	s.Totals, s.Sets = maps.Clone(s.Totals), maps.Clone(s.Sets)
	return s
}

// SameTotals reports whether s and other count the same rows.
func (s Secret) SameTotals(other Secret) bool {
	live := func(m map[TotalKey]Total) map[TotalKey]Total {
		m = maps.Clone(m)
		maps.DeleteFunc(m, func(_ TotalKey, t Total) bool { return t == Total{} })
		return m
	}
	return maps.Equal(live(s.Totals), live(other.Totals))
}

// Head is the public part of the head row, which the box is bound to.
type Head struct {
	Ledger string
	Epoch  [16]byte
	Seq    int64
	Link   [32]byte
	Schema [32]byte
}

const nonceSize = 12

// SealHead encrypts a secret and binds it to its head.
func (k *Keys) SealHead(h Head, s Secret) []byte {
	box := make([]byte, nonceSize, 256)
	rand.Read(box)
	return k.secret.head.Seal(box, box, s.append(nil), k.headData(h))
}

// OpenHead decrypts the box of a head. ok is false when the box or any part of
// the head is not what was sealed.
func (k *Keys) OpenHead(h Head, box []byte) (s Secret, ok bool) {
	if len(box) < nonceSize {
		return Secret{}, false
	}
	plain, err := k.secret.head.Open(nil, box[:nonceSize], box[nonceSize:], k.headData(h))
	if err != nil {
		return Secret{}, false
	}
	s, err = parseSecret(plain)
	return s, err == nil
}

func (k *Keys) headData(h Head) []byte {
	b := appendText(appendText(nil, k.installation), h.Ledger)
	b = append(b, h.Epoch[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.Seq))
	b = append(b, h.Link[:]...)
	return append(b, h.Schema[:]...)
}

func (s Secret) append(b []byte) []byte {
	totals := slices.SortedFunc(maps.Keys(s.Totals), func(x, y TotalKey) int {
		return cmp.Or(strings.Compare(x.Table, y.Table), bytes.Compare(x.Key[:], y.Key[:]))
	})
	totals = slices.DeleteFunc(totals, func(k TotalKey) bool { return s.Totals[k].N == 0 })
	b = binary.BigEndian.AppendUint16(append(b, 1), uint16(len(totals)))
	for _, key := range totals {
		t := s.Totals[key]
		b = append(appendShort(b, key.Table), key.Key[:]...)
		b = binary.BigEndian.AppendUint64(b, t.N)
		b = append(b, t.X[:]...)
	}
	b = appendMarks(b, s.Sets)
	b = binary.BigEndian.AppendUint64(b, s.KeyList)
	return binary.BigEndian.AppendUint64(b, uint64(s.Clock))
}

func parseSecret(plain []byte) (Secret, error) {
	s := Secret{Totals: map[TotalKey]Total{}, Sets: map[Owner]uint64{}}
	r := reader{b: plain, what: "head box"}
	if r.u8() != 1 {
		r.fail()
	}
	for range r.u16() {
		key := TotalKey{Table: r.short(), Key: KeyID(r.take(len(KeyID{})))}
		s.Totals[key] = Total{N: r.u64(), X: Contribution(r.take(len(Contribution{})))}
	}
	for range r.u16() {
		owner := Owner{Issuer: r.short(), Serial: r.short()}
		s.Sets[owner] = r.u64()
	}
	s.KeyList, s.Clock = r.u64(), int64(r.u64())
	if len(r.b) > 0 || r.err == nil && !bytes.Equal(s.append(nil), plain) { // one secret has one form
		r.fail()
	}
	return s, r.err
}

// SchemaDigest returns the digest of sealed tables that a head carries.
func SchemaDigest(layouts []*Layout) [32]byte {
	return sha256.Sum256([]byte(SchemaText(layouts)))
}

// SchemaText returns what the schema digest is the digest of.
func SchemaText(layouts []*Layout) string {
	sorted := slices.SortedFunc(slices.Values(layouts), func(x, y *Layout) int { return strings.Compare(x.Table, y.Table) })
	var b strings.Builder
	for _, l := range sorted {
		b.WriteString(l.Table + " " + strconv.Itoa(int(l.Number)))
		for _, c := range l.Key {
			b.WriteString(" " + c.text())
		}
		b.WriteString(" |")
		for _, c := range l.Columns {
			b.WriteString(" " + c.text())
		}
		b.WriteByte('\n')
	}
	return b.String()
}
