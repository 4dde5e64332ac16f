package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// An ActivityPolicy says that it is collected on which day people were last
// active. Where none is stored, nothing is.
type ActivityPolicy struct {
	Ground string // why that may be, in the organisation's own words
	From   int64  // since when, in microseconds since 1970 UTC; what was collected before was erased
}

var activityPolicyLayout = tamper.NewLayout("activity_policy", "id:i", "ground:t from_at:i")

var activityPolicyCodec = codec[int64, ActivityPolicy]{
	layout: activityPolicyLayout,
	key:    numberKey,
	parse:  parseNumberKey,
	encode: func(p *ActivityPolicy) []tamper.Value {
		return []tamper.Value{tamper.Str(p.Ground), tamper.Int(p.From)}
	},
	decode: func(_ int64, v []tamper.Value) ActivityPolicy {
		return ActivityPolicy{Ground: v[0].Str(), From: v[1].Int()}
	},
}

// Activity says whether it is collected when people were active, and how.
func (v *View) Activity() (p ActivityPolicy, collected bool) {
	found := v.book.activity.get(1)
	if v.staged != nil {
		found = v.staged.activity.get(1)
	}
	if found == nil {
		return ActivityPolicy{}, false
	}
	return *found, true
}

// CollectActivity has it collected from now on when people were active. Days that
// are there stay, if the policy is from the same moment as the one they were
// collected under; otherwise they are forgotten.
func (tx *Tx) CollectActivity(p ActivityPolicy) error {
	if old, on := tx.Activity(); !on || old.From != p.From {
		tx.forgetDays()
	}
	return tx.staged.activity.put(1, &p)
}

// ForgetActivity ends that, and deletes every day that was collected.
func (tx *Tx) ForgetActivity() error {
	tx.forgetDays()
	return tx.staged.activity.put(1, nil)
}

func (tx *Tx) forgetDays() {
	s := tx.staged
	prev := s.forgetDays
	s.forgetDays = true
	tx.undo(func() { s.forgetDays = prev })
}

// eraseDays deletes the days of everybody who was erased, or of all.
func (s *staged) eraseDays(ctx context.Context, w *sqldb.Writer) error {
	if s.forgetDays {
		_, err := w.Exec(ctx, "DELETE FROM activity WHERE installation = ?", s.book.installation)
		return err
	}
	for id, draft := range s.people.drafts {
		if p := draft.row; p == nil || p.Erased != 0 {
			if _, err := w.Exec(ctx, "DELETE FROM activity WHERE installation = ? AND person = ?", s.book.installation, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// Days returns on which day everybody was last active, by the person's id, as days
// since 1970, among those that were written. Nothing vouches for them: whoever can
// write the database can say what it likes.
func (b *Book) Days(ctx context.Context) (map[string]int64, error) {
	days := map[string]int64{}
	err := each(ctx, b.store.db, "SELECT person, day FROM activity WHERE installation = ?", []any{b.installation}, func(rows *sql.Rows) error {
		var person string
		var day int64
		err := rows.Scan(&person, &day)
		days[person] = day
		return err
	})
	return days, err
}

// errNotCollected ends a write of days that nobody may keep any longer.
var errNotCollected = errors.New("it is not collected when people were active")

// PutDays writes days people were active on that were collected under the policy
// that began at from, by the person's id. A later day that is there stays. If the
// policy has ended meanwhile, here or on another server, nothing is written: the
// head that is held says whether it has. Nor is anything of people who were erased.
func (b *Book) PutDays(ctx context.Context, from int64, days map[string]int64) error {
	if len(days) == 0 {
		return nil
	}
	return b.solo(ctx, func(_ context.Context, w *sqldb.Writer) (err error) { // who asks says how long it may take
		for range tries {
			if err = w.Begin(ctx); err != nil {
				return err
			}
			if err = b.putDays(ctx, w, from, days); err == nil {
				_, err = w.Commit(ctx) // the same days may be written twice
			} else {
				w.Rollback(ctx)
			}
			switch {
			case errors.Is(err, errNotCollected):
				return nil
			case err == nil || !sqldb.Retryable(err):
				return err
			}
		}
		return err
	})
}

func (b *Book) putDays(ctx context.Context, w *sqldb.Writer, from int64, days map[string]int64) error {
	if err := b.lock(ctx, w); err != nil {
		return err
	}
	if err := b.closed(); err != nil {
		return err
	}
	if p := b.activity.get(1); p == nil || p.From != from {
		return errNotCollected
	}
	var args []any
	rows := 0
	for _, id := range slices.Sorted(maps.Keys(days)) {
		if p := b.people.get(id); p != nil && p.Erased == 0 {
			args, rows = append(args, b.installation, id, days[id]), rows+1
		}
	}
	if rows == 0 {
		return errNotCollected
	}
	if err := insertMany(ctx, w, 3, rows, args, func(n int) string {
		return b.texts.get("activity", 'i', n, func() string {
			return insertText("activity", []string{"installation", "person", "day"}, n) +
				" ON CONFLICT (installation, person) DO UPDATE SET day = excluded.day WHERE activity.day < excluded.day"
		})
	}); err != nil {
		return fmt.Errorf("days: %w", err)
	}
	_, err := w.Exec(ctx, "UPDATE head SET seq = seq - 1 WHERE installation = ? AND ledger = ?", b.installation, b.name)
	return err
}
