package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/sqldb"
)

// Load reads the rest of an archive into a database whose tables are there and
// empty, in one transaction: when it fails, nothing was written. The tables must
// be those of the archive's schema.
func Load(ctx context.Context, from *Reader, db *sqldb.DB) (m *Manifest, err error) {
	known, err := db.Tables(ctx)
	if err != nil {
		return nil, err
	}
	begun := false
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		if begun { // what was read cannot be read again
			return errors.New("the transaction that loads an archive was called off")
		}
		begun = true
		in := &filler{ctx: ctx, tx: tx, known: known}
		m, err = from.Read(Into{Table: in.begin, Row: in.row, End: in.flush})
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Copy copies the rows of tables from one database to another, where they must
// be there and empty, and returns how many there were. Whoever calls it sees to it
// that from is one state; it writes in the transaction it is given.
func Copy(ctx context.Context, from Source, to *sqldb.Tx, columns, known map[string][]string, tables []string) (n int64, err error) {
	for _, name := range slices.Sorted(slices.Values(tables)) {
		if columns[name] == nil {
			continue
		}
		in := &filler{ctx: ctx, tx: to, known: known}
		if err := in.begin(name, columns[name]); err != nil {
			return n, err
		}
		if err := eachRow(ctx, from, name, columns[name], func(values []any) error {
			n++
			return in.row(values)
		}); err != nil {
			return n, fmt.Errorf("copying table %s: %w", name, err)
		}
		if err := in.flush(); err != nil {
			return n, fmt.Errorf("copying table %s: %w", name, err)
		}
	}
	return n, nil
}

// A Source is where rows are read: a snapshot, or a transaction.
type Source interface {
	Query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

func eachRow(ctx context.Context, tx Source, table string, columns []string, do func([]any) error) error {
	rows, err := tx.Query(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		if err := do(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// A filler writes rows into tables, many with one statement.
type filler struct {
	ctx     context.Context
	tx      *sqldb.Tx
	known   map[string][]string
	table   string
	columns []string
	args    []any
	rows    int
}

// The most rows and arguments of one statement: both databases take them.
const (
	mostRows = 400
	mostArgs = 30_000
)

func (f *filler) begin(table string, columns []string) error {
	there := f.known[table]
	if there == nil {
		return &NoPlaceError{Table: table, Why: "there is no such table"}
	}
	for _, c := range columns {
		if !slices.Contains(there, c) {
			return &NoPlaceError{Table: table, Why: "there is no such column: " + c}
		}
	}
	f.table, f.columns = table, columns
	return nil
}

func (f *filler) row(values []any) error {
	for _, v := range values {
		if b, ok := v.([]byte); ok {
			v = append([]byte{}, b...) // no bytes at all are not null
		}
		f.args = append(f.args, v)
	}
	f.rows++
	if f.rows == mostRows || len(f.args)+len(values) > mostArgs {
		return f.flush()
	}
	return nil
}

// flush writes the rows that wait.
func (f *filler) flush() error {
	if f.rows == 0 {
		return nil
	}
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", len(f.columns)), ",") + ")"
	text := "INSERT INTO " + f.table + " (" + strings.Join(f.columns, ", ") + ") VALUES " +
		strings.TrimSuffix(strings.Repeat(row+",", f.rows), ",")
	_, err := f.tx.Exec(f.ctx, text, f.args...)
	f.args, f.rows = f.args[:0], 0
	return err
}
