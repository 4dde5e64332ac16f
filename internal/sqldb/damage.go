package sqldb

import (
	"context"
	"strings"
)

// CheckFile looks for pages of an SQLite file that do not fit together, and
// returns what it finds in the words of SQLite; nothing on PostgreSQL, which
// offers no such check. It reads the whole file.
func (db *DB) CheckFile(ctx context.Context) (found []string, err error) {
	if db.Dialect != SQLite {
		return nil, nil
	}
	rows, err := db.Query(ctx, "PRAGMA integrity_check(20)")
	if err != nil {
		if Damaged(err) {
			return []string{err.Error()}, nil
		}
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		if text != "ok" {
			found = append(found, strings.Join(strings.Fields(text), " "))
		}
	}
	if err := rows.Err(); err != nil && Damaged(err) {
		return append(found, err.Error()), nil
	} else if err != nil {
		return nil, err
	}
	return found, nil
}
