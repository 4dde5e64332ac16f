package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
)

// What the list of installations says of one.
const (
	StateOpen      = "open"
	StateSuspended = "suspended" // everything is answered, nothing changed
	StateDeleted   = "deleted"   // only its row in the list is left
)

// A Place is a row of the server's list of installations.
type Place struct {
	ID      string // random, never reused
	Number  int64
	Name    string // of one that was deleted: the name it had, #, and its number
	Created int64  // microseconds since 1970 UTC
	State   string // StateOpen, StateSuspended or StateDeleted
	Reason  string // why it is not open
}

// Places returns the server's list of installations, those included that were
// deleted, by number.
func (s *Store) Places() []Place {
	s.server.mu.RLock()
	defer s.server.mu.RUnlock()
	var list []Place
	for _, p := range s.known() {
		list = append(list, Place{p.id, p.number, p.name, p.created, p.state, p.reason})
	}
	slices.SortFunc(list, func(x, y Place) int { return cmp.Compare(x.Number, y.Number) })
	return list
}

// A SuspendedError is returned for a change of an installation that the host has
// suspended.
type SuspendedError struct {
	Installation string
	Reason       string
}

func (e *SuspendedError) Error() string {
	return fmt.Sprintf("installation %s is suspended: %s", e.Installation, e.Reason)
}

// Code returns the stable code of the error.
func (e *SuspendedError) Code() string { return "installation.suspended" }

// A ChangedSinceError is returned when an installation is to be deleted and has
// changed since it was exported.
type ChangedSinceError struct {
	Installation string
	Exported     int64 // the last change the export has
	Now          int64
}

func (e *ChangedSinceError) Error() string {
	return fmt.Sprintf("installation %s was exported at change %d and is at %d", e.Installation, e.Exported, e.Now)
}

// Code returns the stable code of the error.
func (e *ChangedSinceError) Code() string { return "installation.changed-since" }

// stateText is how a state and its reason stand in one column: the word, and
// behind a space why.
func (p *place) stateText() string {
	if p.reason == "" {
		return p.state
	}
	return p.state + " " + p.reason
}

func parseState(text string) (state, reason string) {
	state, reason, _ = strings.Cut(text, " ")
	return state, reason
}

// suspended returns why the installation is suspended, or nil.
func (b *Book) suspended() error {
	p := b.standing.Load()
	if p == nil || p.state != StateSuspended {
		return nil
	}
	return &SuspendedError{Installation: p.name, Reason: p.reason}
}

// Protects says that the act takes something back, repairs or erases: it is let
// through while the installation is suspended.
func (tx *Tx) Protects() { tx.protects = true }

// SetState suspends an installation or opens it again, and reports whether that
// changed anything. Other servers on the database hear of it when they follow.
func (s *Store) SetState(ctx context.Context, by audit.Actor, now time.Time, name, state, reason string) (changed bool, err error) {
	action := "installation.suspend"
	if state == StateOpen {
		action, reason = "installation.resume", ""
	}
	err = s.changePlace(ctx, now, name, func(_ context.Context, _ *sqldb.Writer, p *place) ([]audit.Entry, error) {
		if changed = p.state != state || p.reason != reason; !changed {
			return nil, nil
		}
		p.state, p.reason = state, reason
		facts := []audit.Fact{audit.F("id", p.id), audit.F("name", p.name)}
		if reason != "" {
			facts = append(facts, audit.F("reason", reason))
		}
		return []audit.Entry{{Actor: by, Action: action, Facts: facts}}, nil
	})
	return changed, err
}

// A Deletion says why an installation is deleted, and which export still has it.
type Deletion struct {
	By     audit.Actor
	Reason string
	// Exported is the last change of the export that keeps it, and Archive the
	// export's hash; zero when there is none.
	Exported Head
	Archive  string
}

// Delete deletes an installation for good: every row of it, its head, journal and
// audit trail. What stays is its row in the list, so that neither its id nor its
// number is ever used again, and an entry in the server's ledger with the last
// link of its chain: by it an export can be told to be the last state. An export
// that is not the last state is a [*ChangedSinceError].
func (s *Store) Delete(ctx context.Context, now time.Time, name string, d Deletion) (id string, err error) {
	err = s.changePlace(ctx, now, name, func(ctx context.Context, w *sqldb.Writer, p *place) ([]audit.Entry, error) {
		id = p.id
		last, err := takeHead(ctx, w, p.id)
		if err != nil {
			return nil, err
		}
		if d.Archive != "" && last != d.Exported {
			return nil, &ChangedSinceError{Installation: p.name, Exported: d.Exported.Seq, Now: last.Seq}
		}
		for _, table := range Tables() {
			if table == installationLayout.Table {
				continue
			}
			if _, err := w.Exec(ctx, "DELETE FROM "+table+" WHERE installation = ?", p.id); err != nil {
				return nil, err
			}
		}
		facts := []audit.Fact{audit.F("archive", d.Archive), audit.F("epoch", hex.EncodeToString(last.Epoch[:])), audit.F("id", p.id),
			audit.F("link", hex.EncodeToString(last.Link[:])), audit.F("name", p.name), audit.F("reason", d.Reason), audit.F("seq", last.Seq)}
		p.name, p.state, p.reason = fmt.Sprintf("%s#%d", p.name, p.number), StateDeleted, d.Reason
		return []audit.Entry{{Actor: d.By, Action: "installation.delete", Facts: facts}}, nil
	})
	return id, err
}

// takeHead takes the head of an installation, which holds off every other writer
// of it, and returns where it stands. One that has none has lost it already.
func takeHead(ctx context.Context, w *sqldb.Writer, id string) (h Head, err error) {
	err = each(ctx, w, "UPDATE head SET seq = seq WHERE installation = ? AND ledger = ? RETURNING seq, epoch, link",
		[]any{id, seatsLedger}, func(rows *sql.Rows) error {
			var epoch, link []byte
			if err := rows.Scan(&h.Seq, &epoch, &link); err != nil {
				return err
			}
			copy(h.Epoch[:], epoch)
			copy(h.Link[:], link)
			return nil
		})
	return h, err
}

// changePlace changes one row of the list of installations, in one batch of the
// server's ledger, and brings the books to it.
func (s *Store) changePlace(ctx context.Context, now time.Time, name string, change func(context.Context, *sqldb.Writer, *place) ([]audit.Entry, error)) error {
	return s.alone(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		if err := s.mayList(name); err != nil {
			return err
		}
		err := s.writeServer(ctx, w, func(stage *stage) error {
			p, err := s.placeNamed(name)
			if err != nil {
				return err
			}
			stage.at = max(stage.at, micros(now))
			next := *p
			entries, err := change(ctx, w, &next)
			if err == nil && entries == nil {
				err = errNoChange
			}
			if err != nil {
				return err
			}
			for i := range entries {
				entries[i].At = stage.at
			}
			stage.entries = entries
			return newStaging(s.places, stage).put(p.id, &next)
		})
		if errors.Is(err, errNoChange) {
			return nil
		}
		if err != nil {
			return err
		}
		s.server.remember()
		return s.openBooks(ctx, s.known())
	})
}

// errNoChange ends a batch that has nothing to write.
var errNoChange = errors.New("there is nothing to change")

// mayList returns why the list of installations may not be changed, or nil.
func (s *Store) mayList(name string) error {
	l := &s.server
	if l.health == Unchecked {
		return l.sealed.of(name)
	}
	if err := l.rolledBack(name); err != nil {
		return err
	}
	if l.health == ReadOnly {
		return &ReadOnlyError{Installation: name, Why: "the list of installations does not add up to what was last written"}
	}
	return nil
}

func (s *Store) placeNamed(name string) (*place, error) {
	for _, row := range s.places.rows {
		if row.row != nil && row.row.name == name && row.row.state != StateDeleted {
			return row.row, nil
		}
	}
	return nil, &UnknownInstallationError{Name: name}
}

// settlePlaces brings the books to what the list says of their installations, and
// lets go of those that were deleted. It runs on the goroutine that writes the
// server's ledger.
func (s *Store) settlePlaces(places []place) error {
	byID := map[string]place{}
	for _, p := range places {
		byID[p.id] = p
	}
	var errs []error
	for _, b := range s.Books() {
		p, listed := byID[b.installation]
		if !listed {
			continue // its row is damaged: it goes on as it is
		}
		if p.state != StateDeleted {
			b.standing.Store(&p)
			continue
		}
		s.mu.Lock()
		delete(s.books, b.place.name)
		s.mu.Unlock()
		if b.teller != s.teller {
			errs = append(errs, b.teller.close())
		}
		errs = append(errs, s.anchors.dir.Remove(b.installation))
	}
	return errors.Join(errs...)
}
