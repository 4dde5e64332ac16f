package fsck

import (
	"bytes"
	"crypto/hmac"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// A row of a sealed table as it stands in the database.
type row struct {
	table        *table
	installation string
	key          []any
	values       []any
	ver          int64
	layout       int64
	seal         []byte
	colsum       []byte
	name         []byte // the key as bytes, unique within the table
}

// keep returns a copy that outlives the scan it was read in.
func (r *row) keep() *row {
	kept := *r
	kept.key, kept.values, kept.name = slices.Clone(r.key), slices.Clone(r.values), bytes.Clone(r.name)
	return &kept
}

// keyText is the key as people read it: "issuer=SUPEROFFICE module=user".
func (r *row) keyText() string { return keyText(r.table, readKey(r.name)) }

func keyText(t *table, key []any) string {
	var parts []string
	for i, c := range t.key {
		if i < len(key) {
			if b, isBytes := key[i].([]byte); isBytes {
				parts = append(parts, fmt.Sprintf("%s=%x", c.name, b))
				continue
			}
			parts = append(parts, fmt.Sprintf("%s=%v", c.name, key[i]))
		}
	}
	return strings.Join(parts, " ")
}

// readKey takes the bytes of a key apart again.
func readKey(key []byte) []any {
	var values []any
	r := &reader{b: key, ok: true}
	for r.ok && len(r.b) > 0 {
		switch r.u8() {
		case 'i':
			values = append(values, int64(r.u64()))
		case 't':
			values = append(values, r.long())
		case 'b':
			values = append(values, []byte(r.long()))
		default:
			return values
		}
	}
	return values
}

// get returns a value column, or nil when the layout has no such column.
func (r *row) get(name string) any {
	if i := r.table.find(name); i >= 0 {
		return r.values[i]
	}
	return nil
}

func (r *row) text(name string) string  { return asText(r.get(name)) }
func (r *row) int(name string) int64    { return asInt(r.get(name)) }
func (r *row) bytes(name string) []byte { return asBytes(r.get(name)) }

// keyOf returns the key id of the row's seal, and whether the seal has the form
// of one.
func (r *row) keyOf() (keyID, bool) {
	if len(r.seal) != 20 {
		return keyID{}, false
	}
	return keyID(r.seal[:4]), true
}

// macWith returns the MAC the row should carry as a row of an installation, if
// its column checks were colsum.
func (r *row) macWith(k *keys, installation string, colsum []byte) []byte {
	n, _ := r.table.at(r.layout)
	b := binary.BigEndian.AppendUint16(make([]byte, 0, 512), uint16(r.layout))
	b = lp8(lp(b, installation), r.table.name)
	b = lp(i64(lp(b, r.name), r.ver), colsum)
	for i, v := range r.values[:n] {
		b = appendValue(lp8(b, r.table.columns[i].name), v)
	}
	return k.row.of(nil, b)[:16]
}

// checksAs reports whether the seal is that of such a row in an installation.
func (r *row) checksAs(k *keys, installation string) bool {
	if _, known := r.table.at(r.layout); !known || len(r.seal) != 20 || len(r.later()) > 0 {
		return false
	}
	return hmac.Equal(r.macWith(k, installation, r.colsum), r.seal[4:])
}

// later names the columns that came after the row's layout and hold anything
// but what they must hold there: no seal covers them.
func (r *row) later() (columns []string) {
	n, _ := r.table.at(r.layout)
	for i := n; i < len(r.values); i++ {
		c := r.table.columns[i]
		if !bytes.Equal(appendValue(nil, r.values[i]), appendValue(nil, c.missing)) {
			columns = append(columns, c.name)
		}
	}
	return columns
}

func (r *row) wantColsum(k *keys) []byte {
	n, _ := r.table.at(r.layout)
	all := make([]byte, 0, 4*n+32)
	for i, v := range r.values[:n] {
		b := lp8(lp8(nil, r.table.name), r.table.columns[i].name)
		all = k.column.of(all, appendValue(b, v))[:4*i+4]
	}
	return all
}

// edited names the columns of a row that does not check: those whose own checks
// differ, or else the one of ver, layout, seal and colsum that would explain it.
// last is the journal's last line for the row, or nil.
func (r *row) edited(k *keys, last *line) []string {
	for number := int64(1); number <= r.table.layout; number++ {
		as := *r
		if as.layout = number; number != r.layout && as.checksAs(k, r.installation) {
			return []string{"layout"}
		}
	}
	if _, known := r.table.at(r.layout); !known {
		return []string{"layout"}
	}
	if columns := r.later(); len(columns) > 0 {
		return columns
	}
	want := r.wantColsum(k)
	if !bytes.Equal(want, r.colsum) && len(r.seal) == 20 && hmac.Equal(r.macWith(k, r.installation, want), r.seal[4:]) {
		return []string{"colsum"}
	}
	var columns []string
	if len(want) == len(r.colsum) {
		for i := 0; 4*i < len(want); i++ {
			if !bytes.Equal(want[4*i:4*i+4], r.colsum[4*i:4*i+4]) {
				columns = append(columns, r.table.columns[i].name)
			}
		}
	} else {
		columns = append(columns, "colsum")
	}
	if last != nil && last.op != deleted {
		if r.ver != last.seq {
			columns = append(columns, "ver")
		}
		if len(r.seal) != 20 || !bytes.Equal(r.seal[4:], last.mac[:]) {
			columns = append(columns, "seal")
		}
	}
	return columns
}

// contribution is the row's share of the secret total of its table.
func contribution(k *keys, t *table, seal []byte) [32]byte {
	return [32]byte(k.sum.of(nil, append(lp8(nil, t.name), seal...)))
}
