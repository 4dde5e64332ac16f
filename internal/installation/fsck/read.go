package fsck

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/internal/sqldb"
)

// each calls act with every row a statement returns. The values are the
// driver's, of whatever type stands there; the slice is used again for the next
// row. broken says why the database could not deliver all rows, "" when it
// could; err says that nothing more can be asked at all.
func (c *check) each(text string, columns int, act func(v []any), args ...any) (broken string, err error) {
	// On PostgreSQL a failed statement ends the transaction, and the snapshot
	// with it, unless there is a place to go back to.
	if err := c.savepoint("SAVEPOINT reading"); err != nil {
		return "", err
	}
	err = c.rows(text, columns, act, args)
	if err == nil {
		return "", c.savepoint("RELEASE SAVEPOINT reading")
	}
	if c.ctx.Err() != nil {
		return "", err
	}
	if lost := c.savepoint("ROLLBACK TO SAVEPOINT reading"); lost != nil {
		return "", err
	}
	return err.Error(), nil
}

func (c *check) rows(text string, columns int, act func(v []any), args []any) error {
	rows, err := c.tx.Query(c.ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	values, into := make([]any, columns), make([]any, columns)
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		act(values)
		if c.read++; c.read%1000 == 0 && c.options.Pace != nil {
			c.options.Pace(c.read)
		}
	}
	return rows.Err()
}

func (c *check) savepoint(text string) error {
	if c.db.Dialect != sqldb.PostgreSQL {
		return nil
	}
	_, err := c.tx.Exec(c.ctx, text)
	return err
}

// A value that is not of the type that belongs there becomes one that no seal,
// link or box agrees with.
func asInt(v any) int64 { n, _ := v.(int64); return n }

func asText(v any) string { s, _ := v.(string); return s }

func asBytes(v any) []byte { b, _ := v.([]byte); return b }

// scan calls act with every row of a sealed table, or with those of one
// installation only. The row is used again for the next; keep it with
// [row.keep].
func (c *check) scan(t *table, installation string, act func(r *row)) (broken string, err error) {
	names := t.names()
	text := "SELECT " + strings.Join(names, ", ") + " FROM " + t.name
	var args []any
	if installation != "" {
		text, args = text+" WHERE installation = ?", append(args, installation)
	}
	n := len(t.key)
	r := &row{table: t}
	broken, err = c.each(text, len(names), func(v []any) {
		r.installation = asText(v[0])
		tail := v[len(v)-4:]
		r.key, r.values = v[1:1+n:1+n], v[1+n:len(v)-4:len(v)-4]
		r.ver, r.layout, r.seal, r.colsum = asInt(tail[0]), asInt(tail[1]), asBytes(tail[2]), asBytes(tail[3])
		r.name = r.name[:0]
		for _, k := range r.key {
			r.name = appendValue(r.name, k)
		}
		act(r)
	}, args...)
	if broken != "" && len(r.name) > 0 {
		broken = fmt.Sprintf("%s; the last row that could be read is %s", broken, r.keyText())
	}
	return broken, err
}

// unreadable reports a table that could not be read to its end.
func (c *check) unreadable(a *Answer, installation, table, broken string) {
	if broken != "" {
		a.at(Place{Installation: installation, Table: table, What: "cannot be read: " + broken})
	}
}
