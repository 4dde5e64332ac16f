package tamper

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// An Anchor is what is remembered of a head outside the database.
type Anchor struct {
	Installation string
	Ledger       string
	Epoch        [16]byte
	Seq          int64
	Link         [32]byte
	Sets         map[Owner]uint64
	KeyList      uint64
	Clock        int64
}

// A Slot is how much one of the two copies of an anchor is worth.
type Slot uint8

const (
	WholeSlot     Slot = iota // it is what was written
	TornSlot                  // it is not: cut off, overwritten in part, or edited
	OtherKeySlot              // it was written under another key
	ElsewhereSlot             // it is another installation's
)

const anchorFormat = "pott-anchor/v1\n"

// SealAnchor returns a slot.
func (k *Keys) SealAnchor(a Anchor) []byte {
	b := append(make([]byte, 0, 256), anchorFormat...)
	b = append(b, k.ID[:]...)
	b = appendText(appendText(b, a.Installation), a.Ledger)
	b = append(b, a.Epoch[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(a.Seq))
	b = append(b, a.Link[:]...)
	b = appendMarks(b, a.Sets)
	b = binary.BigEndian.AppendUint64(b, a.KeyList)
	b = binary.BigEndian.AppendUint64(b, uint64(a.Clock))
	return append(b, k.anchorMAC(b)...)
}

func (k *Keys) anchorMAC(message []byte) []byte {
	h := hmac.New(sha256.New, k.secret.anchor)
	h.Write(message)
	return h.Sum(nil)
}

// OpenAnchor reads a slot. The anchor is what was sealed only when the slot is
// whole; of another key's or installation's it says what stands there.
func (k *Keys) OpenAnchor(slot []byte) (Anchor, Slot) {
	body := len(slot) - sha256.Size
	if body < len(anchorFormat) || !bytes.HasPrefix(slot, []byte(anchorFormat)) {
		return Anchor{}, TornSlot
	}
	r := reader{b: slot[len(anchorFormat):body], what: "anchor"}
	id := KeyID(r.take(len(KeyID{})))
	a := Anchor{Installation: string(r.text()), Ledger: string(r.text()), Sets: map[Owner]uint64{}}
	a.Epoch, a.Seq, a.Link = [16]byte(r.take(16)), int64(r.u64()), [32]byte(r.take(32))
	for range r.u16() {
		owner := Owner{Issuer: r.short(), Serial: r.short()}
		a.Sets[owner] = r.u64()
	}
	a.KeyList, a.Clock = r.u64(), int64(r.u64())
	switch {
	case r.err != nil || len(r.b) > 0:
		return Anchor{}, TornSlot
	case id != k.ID:
		return a, OtherKeySlot
	case a.Installation != k.installation:
		return a, ElsewhereSlot
	case subtle.ConstantTimeCompare(k.anchorMAC(slot[:body]), slot[body:]) != 1 || a.Seq < 0:
		return Anchor{}, TornSlot
	}
	return a, WholeSlot
}

// OpenAnchor reads a slot that was written under any key of the ring that is not
// retired.
func (r *KeyRing) OpenAnchor(slot []byte) (a Anchor, state Slot) {
	state = OtherKeySlot
	for _, id := range r.order {
		if k := r.keys[id]; k != nil {
			if a, state = k.OpenAnchor(slot); state != OtherKeySlot {
				break
			}
		}
	}
	return a, state
}

// appendMarks writes set marks in their order.
func appendMarks(b []byte, marks map[Owner]uint64) []byte {
	sets := slices.SortedFunc(maps.Keys(marks), func(x, y Owner) int {
		return cmp.Or(strings.Compare(x.Issuer, y.Issuer), strings.Compare(x.Serial, y.Serial))
	})
	b = binary.BigEndian.AppendUint16(b, uint16(len(sets)))
	for _, o := range sets {
		b = appendShort(appendShort(b, o.Issuer), o.Serial)
		b = binary.BigEndian.AppendUint64(b, marks[o])
	}
	return b
}

// Fingerprint returns the fingerprint of a head that is written down: short
// enough to be typed, and long enough that no other history has it.
func Fingerprint(installation string, h Head) string {
	m := appendText(appendText([]byte("pott-head/v1\n"), installation), h.Ledger)
	m = append(m, h.Epoch[:]...)
	m = binary.BigEndian.AppendUint64(m, uint64(h.Seq))
	sum := sha256.Sum256(append(m, h.Link[:]...))
	digits := hex.EncodeToString(sum[:16])
	var groups []string
	for part := range slices.Chunk([]byte(digits), 4) {
		groups = append(groups, string(part))
	}
	return strings.Join(groups, "-")
}
