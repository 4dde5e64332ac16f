package installation

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// shownReviews remembers the last reviews that were shown, so that whoever
// activates too late is told which numbers are others now. It is a help, not a
// promise: after a restart, or on another server, the acts since tell it.
type shownReviews struct {
	mu     sync.Mutex
	tokens []string // oldest first
	rows   map[string]map[license.Name]shownRow
}

type shownRow struct {
	inUse, need int64
	look        seat.Look
}

// How many reviews are remembered, and up to how many rows each.
const (
	keptReviews = 32
	keptRows    = 2000
)

func (s *shownReviews) keep(token string, rows []seat.ReviewRow) {
	if len(rows) > keptRows {
		return
	}
	kept := make(map[license.Name]shownRow, len(rows))
	for _, r := range rows {
		kept[r.Name] = shownRowOf(r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows == nil {
		s.rows = map[string]map[license.Name]shownRow{}
	}
	if s.rows[token] == nil {
		s.tokens = append(s.tokens, token)
	}
	s.rows[token] = kept
	if len(s.tokens) > keptReviews {
		delete(s.rows, s.tokens[0])
		s.tokens = s.tokens[1:]
	}
}

func shownRowOf(r seat.ReviewRow) shownRow {
	row := shownRow{need: r.Need, look: r.Look}
	if r.InUse != nil {
		row.inUse = *r.InUse
	}
	return row
}

// differ returns the rows that are not as they were shown, nil when it is not
// known how they were.
func (s *shownReviews) differ(token string, now []seat.ReviewRow) []ChangedRow {
	s.mu.Lock()
	was := s.rows[token]
	s.mu.Unlock()
	if was == nil {
		return nil
	}
	var changed []ChangedRow
	for _, r := range now {
		before, is := was[r.Name], shownRowOf(r)
		if before != is {
			changed = append(changed, ChangedRow{r.Name, before.inUse, is.inUse, before.need, is.need, string(before.look), string(is.look)})
		}
	}
	return changed
}

// A ChangedRow is a row of a review that is not any longer as it was shown.
type ChangedRow struct {
	Name     license.Name
	WasInUse int64
	InUse    int64
	WasNeed  int64
	Need     int64
	WasLook  string
	Look     string
}

// A ChangedSince is something that was done after a review was shown.
type ChangedSince struct {
	At     time.Time
	By     string
	Action string
	Person string // user id; "" when it is about nobody
}

// sameToken reports whether two tokens are of the same comparison, whatever the
// state they were made at.
func sameToken(x, y string) bool {
	_, x, xok := strings.Cut(x, "-")
	_, y, yok := strings.Cut(y, "-")
	return xok && yok && x == y
}

// mostSince is how many acts since a review are told.
const mostSince = 50

// sinceShown says what has changed since a review was shown.
func (in *Installation) sinceShown(ctx context.Context, e *ReviewChangedError, token string) error {
	e.Rows = in.shown.differ(token, e.rows)
	text, _, _ := strings.Cut(token, "-")
	seq, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seq < 0 {
		return e
	}
	entries, err := in.book.AuditEntries(ctx, store.AuditFilter{After: store.AuditPlace{Seq: seq, N: 1 << 62}, Limit: mostSince})
	if err != nil {
		return fmt.Errorf("reading what was done since the review: %w", err)
	}
	return in.view(func(v *store.View) error {
		for _, entry := range entries {
			s := ChangedSince{At: timeOf(entry.At), By: strings.TrimSpace(string(entry.Actor.Kind) + " " + entry.Actor.ID), Action: entry.Action}
			if p, ok := v.Person(entry.Subject); ok {
				s.Person = p.Personal.UserID
			}
			e.Since = append(e.Since, s)
		}
		return e
	})
}
