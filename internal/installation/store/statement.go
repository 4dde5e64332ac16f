package store

import (
	"context"
	"database/sql"
	"strings"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// sealColumns end every sealed table.
var sealColumns = []string{"ver", "layout", "seal", "colsum"}

// sizes are the numbers of rows one statement may carry. Few sizes keep the
// statements prepared; every small number is one, because most batches have
// small parts.
const (
	exactSizes  = 32
	largestSize = 128
)

// sizeFor returns the largest size that does not exceed n.
func sizeFor(n int) int {
	if n <= exactSizes {
		return n
	}
	size := exactSizes
	for size*2 <= min(n, largestSize) {
		size *= 2
	}
	return size
}

// texts makes statements once for each table, kind and size.
type texts map[statementKey]string

type statementKey struct {
	table string
	kind  byte
	size  int
}

func (t texts) get(table string, kind byte, size int, make func() string) string {
	key := statementKey{table, kind, size}
	text, ok := t[key]
	if !ok {
		text = make()
		t[key] = text
	}
	return text
}

func names(columns []tamper.Column) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.Name
	}
	return list
}

// sealedColumns returns the columns of a table as they are read: key, values,
// seal.
func sealedColumns(l *tamper.Layout) []string {
	return append(append(names(l.Key), names(l.Columns)...), sealColumns...)
}

func tuple(n int) string { return "(" + strings.TrimSuffix(strings.Repeat("?, ", n), ", ") + ")" }

func tuples(rows, n int) string {
	return strings.TrimSuffix(strings.Repeat(tuple(n)+", ", rows), ", ")
}

func selectText(l *tamper.Layout) string {
	return "SELECT " + strings.Join(sealedColumns(l), ", ") + " FROM " + l.Table + " WHERE installation = ?"
}

// keysText is the condition that the key is one of n.
func keysText(l *tamper.Layout, n int) string {
	if len(l.Key) == 1 {
		return " AND " + l.Key[0].Name + " IN " + tuple(n)
	}
	return " AND (" + strings.Join(names(l.Key), ", ") + ") IN (VALUES " + tuples(n, len(l.Key)) + ")"
}

func insertText(table string, columns []string, rows int) string {
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " + tuples(rows, len(columns))
}

// overwriteText is an insert that replaces the rows that are there, which all
// are: it is the one statement both databases have for writing many rows.
func overwriteText(l *tamper.Layout, rows int) string {
	columns := append([]string{"installation"}, sealedColumns(l)...)
	var b strings.Builder
	b.WriteString(insertText(l.Table, columns, rows))
	b.WriteString(" ON CONFLICT (installation, " + strings.Join(names(l.Key), ", ") + ") DO UPDATE SET ")
	for i, c := range append(names(l.Columns), sealColumns...) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c + " = excluded." + c)
	}
	return b.String()
}

// rawRow is a sealed row as it was read.
type rawRow struct {
	key    []tamper.Value
	values []tamper.Value
	ver    int64
	layout int64
	seal   []byte
	colsum []byte
}

// seal returns the seal as one, and whether it has the length of one.
func (r *rawRow) sealValue() (tamper.Seal, bool) {
	if len(r.seal) != len(tamper.Seal{}) {
		return tamper.Seal{}, false
	}
	return tamper.Seal(r.seal), true
}

// scanner reads rows of a sealed table.
type scanner struct {
	layout *tamper.Layout
	cells  []any
	into   []any
}

func newScanner(l *tamper.Layout) *scanner {
	s := &scanner{layout: l, cells: make([]any, len(l.Key)+len(l.Columns)+len(sealColumns))}
	for i := range s.cells {
		s.into = append(s.into, &s.cells[i])
	}
	return s
}

// scan reads the row that rows stands on. The slices of the result are valid
// until the next scan.
func (s *scanner) scan(rows *sql.Rows, r *rawRow) error {
	if err := rows.Scan(s.into...); err != nil {
		return err
	}
	r.key, r.values = r.key[:0], r.values[:0]
	for i, c := range s.layout.Key {
		r.key = append(r.key, tamper.FromSQL(c.Kind, s.cells[i]))
	}
	for i, c := range s.layout.Columns {
		r.values = append(r.values, tamper.FromSQL(c.Kind, s.cells[len(s.layout.Key)+i]))
	}
	rest := s.cells[len(s.layout.Key)+len(s.layout.Columns):]
	r.ver, _ = rest[0].(int64)
	r.layout, _ = rest[1].(int64)
	r.seal, _ = rest[2].([]byte)
	r.colsum, _ = rest[3].([]byte)
	return nil
}

// check reports whether a row carries its own seal, and which columns were
// edited when it does not. Columns that are newer than the layout of the row
// must hold their defaults.
func (r *rawRow) check(ring *tamper.KeyRing, l *tamper.Layout, key string) (m mark, ok bool, edited []string) {
	seal, whole := r.sealValue()
	at := l.At(r.layout)
	if !whole || at == nil {
		return mark{}, false, nil
	}
	k := ring.Key(seal.Key())
	if k == nil {
		return mark{}, false, nil
	}
	ok, edited = k.Verify(at, key, r.ver, r.values[:len(at.Columns)], r.colsum, seal)
	if changed := l.Changed(at, r.values); len(changed) > 0 {
		ok, edited = false, append(edited, changed...)
	}
	return mark{r.ver, seal}, ok, edited
}

// queryer is a connection, a transaction or a writer.
type queryer interface {
	Query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// byKeys calls do for every row of a table whose key is one of keys.
func byKeys(ctx context.Context, q queryer, t texts, l *tamper.Layout, installation string, keys [][]tamper.Value, do func(*rawRow) error) error {
	s, r := newScanner(l), &rawRow{}
	for len(keys) > 0 {
		n := sizeFor(len(keys))
		text := t.get(l.Table, 's', n, func() string { return selectText(l) + keysText(l, n) })
		args := []any{installation}
		for _, key := range keys[:n] {
			for _, v := range key {
				args = append(args, v.SQL())
			}
		}
		keys = keys[n:]
		if err := each(ctx, q, text, args, func(rows *sql.Rows) error {
			if err := s.scan(rows, r); err != nil {
				return err
			}
			return do(r)
		}); err != nil {
			return err
		}
	}
	return nil
}

// each runs a query and calls do for every row.
func each(ctx context.Context, q queryer, text string, args []any, do func(*sql.Rows) error) error {
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// insertMany writes rows in as few statements as their number allows. args
// holds the columns of all rows, one row after the other.
func insertMany(ctx context.Context, w *sqldb.Writer, columns, rows int, args []any, text func(rows int) string) error {
	for rows > 0 {
		n := sizeFor(rows)
		if _, err := w.Exec(ctx, text(n), args[:n*columns]...); err != nil {
			return err
		}
		args, rows = args[n*columns:], rows-n
	}
	return nil
}
