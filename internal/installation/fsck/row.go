package fsck

import (
	"bytes"
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/pott-dev/pott/internal/sqldb"
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
}

// scan calls act with every row of a table that belongs to an installation. The
// row may be kept.
func scan(ctx context.Context, tx *sqldb.Tx, t *table, installation string, act func(r *row) error) error {
	var names, keyNames []string
	for _, c := range t.key {
		keyNames = append(keyNames, c.name)
	}
	names = append(names, keyNames...)
	for _, c := range t.columns {
		names = append(names, c.name)
	}
	rows, err := tx.Query(ctx, fmt.Sprintf("SELECT %s, ver, layout, seal, colsum FROM %s WHERE installation = ? ORDER BY %s",
		strings.Join(names, ", "), t.name, strings.Join(keyNames, ", ")), installation)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := readRow(rows, t, installation)
		if err != nil {
			return err
		}
		if err := act(r); err != nil {
			return err
		}
	}
	return rows.Err()
}

func readRow(rows *sql.Rows, t *table, installation string) (*row, error) {
	all := make([]any, len(t.key)+len(t.columns)+4)
	into := make([]any, len(all))
	for i := range all {
		into[i] = &all[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	n := len(t.key)
	r := &row{table: t, installation: installation, key: all[:n:n], values: all[n : len(all)-4 : len(all)-4]}
	tail := all[len(all)-4:]
	// Whatever is not of its type becomes something no seal agrees with.
	r.ver, _ = tail[0].(int64)
	r.layout, _ = tail[1].(int64)
	r.seal, _ = tail[2].([]byte)
	r.colsum, _ = tail[3].([]byte)
	return r, nil
}

// name is the key of the row as bytes, unique within the table.
func (r *row) name() string {
	var b []byte
	for _, v := range r.key {
		b = appendValue(b, v)
	}
	return string(b)
}

// keyText is the key as people read it: "issuer=SUPEROFFICE module=user".
func (r *row) keyText() string { return keyText(r.table, r.key) }

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

// get returns a value column, or nil when the layout has no such column.
func (r *row) get(name string) any {
	if i := r.table.find(name); i >= 0 {
		return r.values[i]
	}
	return nil
}

func (r *row) text(name string) string { s, _ := r.get(name).(string); return s }
func (r *row) int(name string) int64   { n, _ := r.get(name).(int64); return n }
func (r *row) bytes(name string) []byte {
	b, _ := r.get(name).([]byte)
	return b
}

// keyOf returns the key id of the row's seal, and whether the seal has the form
// of one.
func (r *row) keyOf() (keyID, bool) {
	if len(r.seal) != 20 {
		return keyID{}, false
	}
	return keyID(r.seal[:4]), true
}

// macWith returns the MAC the row should carry if its column checks were colsum.
func (r *row) macWith(k keys, colsum []byte) []byte {
	t := r.table
	b := binary.BigEndian.AppendUint16(nil, uint16(r.layout))
	b = lp8(lp(b, r.installation), t.name)
	b = lp(b, r.name())
	b = lp(i64(b, r.ver), colsum)
	for i, v := range r.values {
		b = appendValue(lp8(b, t.columns[i].name), v)
	}
	return mac(k.row, b)[:16]
}

// checks reports whether the row carries its own seal.
func (r *row) checks(k keys) bool {
	id, ok := r.keyOf()
	return ok && id == k.id && r.layout == r.table.layout && hmac.Equal(r.macWith(k, r.colsum), r.seal[4:])
}

func (r *row) wantColsum(k keys) []byte {
	var all []byte
	for i, v := range r.values {
		b := lp8(lp8(nil, r.table.name), r.table.columns[i].name)
		all = append(all, mac(k.column, appendValue(b, v))[:4]...)
	}
	return all
}

// edited names the columns of a row that does not check: those whose own checks
// differ, or else the one of ver, layout, seal and colsum that would explain it.
// last is the journal's last line for the row, or nil.
func (r *row) edited(k keys, last *line) []string {
	want := r.wantColsum(k)
	if !bytes.Equal(want, r.colsum) && len(r.seal) == 20 && hmac.Equal(r.macWith(k, want), r.seal[4:]) {
		return []string{"colsum"}
	}
	var columns []string
	if len(want) == len(r.colsum) {
		for i, c := range r.table.columns {
			if !bytes.Equal(want[4*i:4*i+4], r.colsum[4*i:4*i+4]) {
				columns = append(columns, c.name)
			}
		}
	} else {
		columns = append(columns, "colsum")
	}
	if r.layout != r.table.layout {
		columns = append(columns, "layout")
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
func contribution(k keys, t *table, seal []byte) [32]byte {
	return [32]byte(mac(k.sum, append(lp8(nil, t.name), seal...)))
}
