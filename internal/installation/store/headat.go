package store

import (
	"context"
	"database/sql"
)

// HeadAt returns the first batch of the journal that is not before a number; found
// is false when there is none. A higher number than was asked for says that a
// restore skipped it.
func (b *Book) HeadAt(ctx context.Context, seq int64) (at Head, found bool, err error) {
	err = each(ctx, b.store.db, `SELECT seq, epoch, link FROM journal WHERE installation = ? AND ledger = ? AND seq >= ? ORDER BY seq LIMIT 1`,
		[]any{b.installation, b.name, seq}, func(rows *sql.Rows) error {
			var epoch, link []byte
			if err := rows.Scan(&at.Seq, &epoch, &link); err != nil {
				return err
			}
			if len(epoch) != len(at.Epoch) || len(link) != len(at.Link) {
				return b.journalDamaged(at.Seq)
			}
			at.Epoch, at.Link, found = [16]byte(epoch), [32]byte(link), true
			return nil
		})
	return at, found, err
}
