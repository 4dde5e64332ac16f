package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// A MovedError is returned for a database whose contents live elsewhere now.
type MovedError struct {
	To string // where, without a password; as the records say
}

func (e *MovedError) Error() string { return "the database was moved to " + e.To }

// Code returns the stable code of the error.
func (e *MovedError) Code() string { return "storage.moved" }

// movedMark ends the name of a ledger in a head that was moved elsewhere. No
// ledger is called so: nothing finds the head, and nothing can be written
// without one.
const movedMark = " moved"

// movedAway returns a [*MovedError] when the head of a ledger has gone elsewhere.
func movedAway(ctx context.Context, q queryer, installation, ledger string) error {
	moved, to := false, ""
	err := each(ctx, q, "SELECT 1 FROM head WHERE installation = ? AND ledger = ?", []any{installation, ledger + movedMark}, func(*sql.Rows) error {
		moved = true
		return nil
	})
	if err != nil || !moved {
		return err
	}
	err = each(ctx, q, "SELECT facts FROM audit WHERE installation = ? AND ledger = ? AND action = ? ORDER BY seq DESC LIMIT 1",
		[]any{tamper.ServerInstallation, serverLedger, "server.move"}, func(rows *sql.Rows) error {
			var facts string
			if err := rows.Scan(&facts); err != nil {
				return err
			}
			for line := range strings.Lines(facts) {
				if place, ok := strings.CutPrefix(line, "to="); ok {
					to = strings.TrimSuffix(place, "\n")
				}
			}
			return nil
		})
	if err != nil {
		return err
	}
	return &MovedError{To: to}
}

// A Source is the whole database as it will be when it has been moved. Nobody can
// change it while it is read.
type Source interface {
	Query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// Move lets copy take everything in the database elsewhere, and then sees to it
// that nothing is ever written or served here again: also not by another server
// that has the database open. Every change waits meanwhile; when copy fails, they
// go on here.
//
// The last entry says where to. It is in what copy reads, so that the chain goes
// on there without a gap.
func (s *Store) Move(ctx context.Context, by audit.Actor, now time.Time, from, to string, copy func(context.Context, Source) error) error {
	return s.alone(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		if err := s.mayList(tamper.ServerInstallation); err != nil {
			return err
		}
		err := s.writeServerThen(ctx, w, func(stage *stage) error {
			var ids []string
			for _, p := range s.known() {
				if p.state != StateDeleted {
					ids = append(ids, p.id)
				}
			}
			slices.Sort(ids)
			for _, id := range ids {
				if _, err := takeHead(ctx, w, id); err != nil {
					return err
				}
			}
			stage.at = max(stage.at, micros(now))
			stage.entries = []audit.Entry{{At: stage.at, Actor: by, Action: "server.move", Facts: []audit.Fact{
				audit.F("from", from), audit.F("installations", len(ids)), audit.F("to", to)}}}
			return nil
		}, func() error {
			if err := copy(ctx, w); err != nil {
				return err
			}
			_, err := w.Exec(ctx, "UPDATE head SET ledger = ledger || ?", movedMark)
			return err
		})
		if err != nil {
			return fmt.Errorf("moving the database: %w", err)
		}
		s.server.remember()
		return nil
	})
}
