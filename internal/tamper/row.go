package tamper

import (
	"bytes"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
)

const (
	macSize   = 16
	checkSize = 4
)

// A Seal is what a row carries: the id of its key, then the MAC.
type Seal [len(KeyID{}) + macSize]byte

// Key returns the id of the key the seal was made with.
func (s Seal) Key() KeyID { return KeyID(s[:len(KeyID{})]) }

// MAC returns the part of the seal that the journal repeats.
func (s Seal) MAC() MAC { return MAC(s[len(KeyID{}):]) }

// SealOf puts a seal together.
func SealOf(id KeyID, mac MAC) (s Seal) {
	copy(s[:], id[:])
	copy(s[len(KeyID{}):], mac[:])
	return s
}

// A MAC is the message authentication code of a row.
type MAC [macSize]byte

// String returns the MAC in lower-case hex.
func (m MAC) String() string { return hex.EncodeToString(m[:]) }

// A Contribution is a row's share of the total of its table. It is never
// stored, logged or shown: whoever knew it could swap rows and keep the total.
type Contribution [32]byte

// Colsum returns the column checks of a row's values, which must be those of the
// layout, in order.
func (k *Keys) Colsum(l *Layout, values []Value) []byte {
	colsum := make([]byte, 0, checkSize*len(values))
	for i, v := range values {
		k.buf = appendShort(appendShort(k.buf[:0], l.Table), l.Columns[i].Name)
		k.buf = v.Append(k.buf)
		colsum = append(colsum, k.mac(k.column, k.buf)[:checkSize]...)
	}
	return colsum
}

// Seal returns the seal of a row: its key (see [AppendKey]), the batch that
// writes it, its values in the order of the layout and their column checks.
func (k *Keys) Seal(l *Layout, key string, ver int64, values []Value, colsum []byte) Seal {
	b := binary.BigEndian.AppendUint16(k.buf[:0], l.Number)
	b = appendText(b, k.installation)
	b = appendShort(b, l.Table)
	b = appendText(b, key)
	b = binary.BigEndian.AppendUint64(b, uint64(ver))
	b = appendText(b, colsum)
	for i, v := range values {
		b = appendShort(b, l.Columns[i].Name)
		b = v.Append(b)
	}
	k.buf = b
	return SealOf(k.ID, MAC(k.mac(k.row, b)[:macSize]))
}

// Verify reports whether a row carries its own seal. When it does not and the
// row was edited, columns names the columns that were, if that can be told.
func (k *Keys) Verify(l *Layout, key string, ver int64, values []Value, colsum []byte, seal Seal) (ok bool, columns []string) {
	want := k.Seal(l, key, ver, values, colsum)
	if subtle.ConstantTimeCompare(want[:], seal[:]) == 1 {
		return true, nil
	}
	checks := k.Colsum(l, values)
	if len(checks) != len(colsum) {
		return false, nil
	}
	for i, c := range l.Columns {
		if at := i * checkSize; !bytes.Equal(checks[at:at+checkSize], colsum[at:at+checkSize]) {
			columns = append(columns, c.Name)
		}
	}
	return false, columns
}

// Contribution returns a row's share of the total of its table.
func (k *Keys) Contribution(l *Layout, seal Seal) Contribution {
	k.buf = append(appendShort(k.buf[:0], l.Table), seal[:]...)
	return Contribution(k.mac(k.sum, k.buf))
}
