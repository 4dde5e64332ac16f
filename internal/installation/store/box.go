package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// A Box is a value that is kept and is no record: it may hold names of people,
// nothing that decides about seats is read from it, and it may be forgotten.
type Box struct {
	Place string // such as "job/x": whose parts it is one of
	Part  int64
	Plain []byte
}

type boxAt struct {
	place string
	part  int64
}

// PutBox keeps a value, in place of the one that is there.
func (tx *Tx) PutBox(b Box) { tx.stageBox(boxAt{b.Place, b.Part}, slices.Clip(b.Plain)) }

// DropBox forgets a value.
func (tx *Tx) DropBox(place string, part int64) { tx.stageBox(boxAt{place, part}, nil) }

func (tx *Tx) stageBox(at boxAt, plain []byte) {
	boxes := tx.staged.boxes
	prev, had := boxes[at]
	boxes[at] = plain
	tx.undo(func() {
		if had {
			boxes[at] = prev
		} else {
			delete(boxes, at)
		}
	})
}

// writeBoxes writes what was put and deletes what was dropped.
func (s *staged) writeBoxes(ctx context.Context, w *sqldb.Writer) error {
	for at, plain := range maps.All(s.boxes) {
		var err error
		if plain == nil {
			_, err = w.Exec(ctx, "DELETE FROM box WHERE installation = ? AND place = ? AND part = ?", s.book.installation, at.place, at.part)
		} else {
			_, err = w.Exec(ctx, `INSERT INTO box (installation, place, part, box) VALUES (?, ?, ?, ?)
				ON CONFLICT (installation, place, part) DO UPDATE SET box = excluded.box`, s.book.installation, at.place, at.part, s.book.keys.Box(at.place, at.part, plain))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Boxes returns the values of a place, by part. A box that does not open is as if
// it were not there.
func (b *Book) Boxes(ctx context.Context, place string) ([]Box, error) {
	return b.openBoxes(ctx, "place = ?", place)
}

// FirstBoxes returns part 0 of every place that begins with a word, by place.
func (b *Book) FirstBoxes(ctx context.Context, begins string) ([]Box, error) {
	return b.openBoxes(ctx, "part = 0 AND place >= ? AND place < ?", begins, begins+"~")
}

func (b *Book) openBoxes(ctx context.Context, where string, args ...any) ([]Box, error) {
	b.mu.RLock()
	ring := b.ring.Clone()
	b.mu.RUnlock()
	var list []Box
	err := each(ctx, b.store.db, "SELECT place, part, box FROM box WHERE installation = ? AND "+where+" ORDER BY place, part", append([]any{b.installation}, args...), func(rows *sql.Rows) error {
		var found Box
		var box []byte
		if err := rows.Scan(&found.Place, &found.Part, &box); err != nil {
			return err
		}
		if keys := ring.Key(tamper.BoxKey(box)); keys != nil {
			var ok bool
			if found.Plain, ok = keys.Unbox(found.Place, found.Part, box); ok {
				list = append(list, found)
			}
		}
		return nil
	})
	return list, err
}
