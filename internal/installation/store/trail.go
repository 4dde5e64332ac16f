package store

import (
	"context"
	"database/sql"

	"github.com/pott-dev/pott/internal/sqldb"
)

// A TrailBatch is a change as the journal and the audit trail have it: nothing
// of it has been checked.
type TrailBatch struct {
	Seq              int64
	Epoch, ID        []byte
	At               int64
	Node             string
	Entries, Changes []byte // the hash of the entries, the rows that were changed
	Link             []byte
	Trail            []TrailEntry
}

// A TrailEntry is a row of the audit trail as it stands.
type TrailEntry struct {
	Seq, N, At                          int64
	Kind, Actor, Action, Subject, Facts string
}

// trailPage is how many changes are read at a time. What is behind a head does
// not change any more, so that no snapshot is held while somebody reads slowly.
const trailPage = 500

// Trail calls do for every change after a number up to another, in order, with
// the entries of those that are at least from and at most to.
func (b *Book) Trail(ctx context.Context, after, last int64, span Span, do func(*TrailBatch) error) error {
	for after < last {
		page, err := b.trailPage(ctx, after, last, span)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		for i := range page {
			if err := do(&page[i]); err != nil {
				return err
			}
		}
		after = page[len(page)-1].Seq
	}
	return nil
}

func (b *Book) trailPage(ctx context.Context, after, last int64, span Span) (page []TrailBatch, err error) {
	err = b.store.db.View(ctx, func(tx *sqldb.Tx) error {
		page = nil
		at := map[int64]int{}
		if err := each(ctx, tx, `SELECT seq, epoch, batch, at, node, entries, changes, link FROM journal
			WHERE installation = ? AND ledger = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
			[]any{b.installation, b.name, after, last, int64(trailPage)}, func(rows *sql.Rows) error {
				var t TrailBatch
				err := rows.Scan(&t.Seq, &t.Epoch, &t.ID, &t.At, &t.Node, &t.Entries, &t.Changes, &t.Link)
				at[t.Seq] = len(page)
				page = append(page, t)
				return err
			}); err != nil || len(page) == 0 {
			return err
		}
		from, to := max(span.From, page[0].Seq), min(span.To, page[len(page)-1].Seq)
		return each(ctx, tx, `SELECT seq, n, at, actor_kind, actor, action, subject, facts FROM audit
			WHERE installation = ? AND ledger = ? AND seq >= ? AND seq <= ? ORDER BY seq, n`, []any{b.installation, b.name, from, to}, func(rows *sql.Rows) error {
			var e TrailEntry
			if err := rows.Scan(&e.Seq, &e.N, &e.At, &e.Kind, &e.Actor, &e.Action, &e.Subject, &e.Facts); err != nil {
				return err
			}
			if i, there := at[e.Seq]; there {
				page[i].Trail = append(page[i].Trail, e)
			}
			return nil
		})
	})
	return page, err
}

// PlaceBefore returns the change before a number; its number is 0 when there is
// none.
func (b *Book) PlaceBefore(ctx context.Context, seq int64) (Head, error) {
	return b.before(ctx, b.store.db, seq)
}

// Vouched reports whether the head was opened with the seal key, so that somebody
// may speak for where the ledger stands.
func (b *Book) Vouched() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return !b.shut && b.health != Unchecked
}
