package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
)

// A Restore says who takes a database into use that is behind what is remembered
// of it, such as a backup, and why.
type Restore struct {
	By            audit.Actor // somebody at the host
	Administrator string      // who decided it
	Reason        string
	// Seen are places somebody else remembers, beside the anchors: of ledger
	// names by installation id. Numbers up to them are not used again.
	Seen []Seen
	// Before is called with what is about to be done, of [Store.RestoreHeads]; an error
	// ends it. nil: nothing is.
	Before func([]Restored) error
}

// Seen is how far somebody remembers a ledger.
type Seen struct {
	Installation string // id; "server" for the server's own ledger
	Ledger       string // "seats" or "server"
	Seq          int64
}

// Restored is what became of one ledger.
type Restored struct {
	Installation string // id; "server" for the server's own ledger
	Name         string // of the installation; "" for the server's own ledger
	Ledger       string
	Backup       Head  // the last change that is there
	Highest      Head  // the highest place a witness remembers; without link when only its number is known
	New          Head  // the change that says so, the first of a new epoch
	Gap          int64 // how many numbers are skipped: changes that may be lost
}

// AcceptRestore takes the database into use as it is: each ledger goes on in a
// new epoch, above every number that any witness remembers, so that nothing of
// what was given up can ever be mistaken for what comes. The marks that only rise
// are at least those of the anchors.
//
// Nothing else may be writing. Whether the rows are good is not asked here: a
// ledger whose rows do not add up is refused with a [*ReadOnlyError].
func (s *Store) AcceptRestore(ctx context.Context, now time.Time, r Restore) (list []Restored, err error) {
	err = s.alone(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		restarts, err := s.restarts(now, r)
		if err != nil {
			return err
		}
		if err := s.inTx(ctx, w, func() error {
			for _, r := range restarts {
				if err := r.write(ctx, w); err != nil {
					return err
				}
			}
			return nil
		}, func() (bool, error) { return s.batchIsThere(ctx, w, restarts[0].stage) }); err != nil {
			return err
		}
		list = nil
		for _, r := range restarts {
			r.finish()
			list = append(list, r.Restored)
		}
		return nil
	})
	return list, err
}

// PlanRestore says what [Store.AcceptRestore] would do.
func (s *Store) PlanRestore(r Restore) ([]Restored, error) {
	restarts, err := s.restarts(time.Time{}, r)
	var list []Restored
	for _, r := range restarts {
		list = append(list, r.Restored)
	}
	return list, err
}

// A restart is one ledger about to go on in a new epoch.
type restart struct {
	Restored
	ledger  *ledger
	stage   *stage
	make    func() *stage
	merge   func()
	anchors []witness
	at      int64
	by      Restore
}

func (s *Store) restarts(now time.Time, r Restore) ([]*restart, error) {
	list := s.everyRestart(now, r)
	for _, one := range list {
		if err := one.plan(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// everyRestart is all ledgers, the server's own first, before it is known where
// they go on.
func (s *Store) everyRestart(now time.Time, r Restore) []*restart {
	server := &restart{ledger: &s.server}
	server.make = func() *stage { return newStage(&s.server) }
	server.merge = func() { s.server.merge(server.stage) }
	list := []*restart{server}
	for _, b := range s.Books() {
		book := &restart{ledger: &b.ledger, Restored: Restored{Name: b.Name()}}
		var staged *staged
		book.make = func() *stage { staged = b.stage(); return staged.stage }
		book.merge = func() { b.ledger.merge(book.stage) }
		list = append(list, book)
	}
	for _, one := range list {
		one.by, one.at, one.anchors = r, micros(now), slices.Clone(s.anchors.of(one.ledger))
		slices.SortStableFunc(one.anchors, func(x, y witness) int { return cmp.Compare(y.Seq, x.Seq) })
	}
	return list
}

// plan finds out where the ledger goes on.
func (r *restart) plan() error {
	l := r.ledger
	l.mu.RLock()
	defer l.mu.RUnlock()
	r.Installation, r.Ledger, r.Backup = l.installation, l.name, Head{l.head.Epoch, l.head.Seq, l.head.Link}
	health := l.health
	if health == RolledBack {
		health = l.sound
	}
	switch {
	case health == Unchecked:
		return l.sealed
	case l.shut || health > Damaged || l.head.Seq == 0:
		return &ReadOnlyError{Installation: r.Name, Why: "its rows do not add up to what was last written"}
	}
	r.Highest = r.Backup
	for _, w := range r.anchors {
		if w.Seq > r.Highest.Seq {
			r.Highest = Head{w.Epoch, w.Seq, w.Link}
		}
	}
	for _, seen := range r.by.Seen {
		if seen.Installation == l.installation && seen.Ledger == l.name && seen.Seq > r.Highest.Seq {
			r.Highest = Head{Seq: seen.Seq}
		}
	}
	if r.Highest.Seq-r.Backup.Seq > maxGap {
		return &GapError{Installation: r.Name, Backup: r.Backup.Seq, Highest: r.Highest.Seq}
	}
	r.New = Head{Seq: r.Highest.Seq + 1}
	rand.Read(r.New.Epoch[:])
	r.Gap = r.Highest.Seq - r.Backup.Seq
	return nil
}

// maxGap is the most changes a restore may skip: nobody has made as many, so that
// a slip of the pen does not use up the numbers.
const maxGap = 1 << 40

// A GapError is returned when somebody remembers more changes than there can be.
type GapError struct {
	Installation string
	Backup       int64
	Highest      int64
}

func (e *GapError) Error() string {
	return fmt.Sprintf("nobody can have made %d changes since %d", e.Highest-e.Backup, e.Backup)
}

// Code returns the stable code of the error.
func (e *GapError) Code() string { return "restore.gap" }

func (r *restart) write(ctx context.Context, w *sqldb.Writer) error {
	l := r.ledger
	if err := l.lock(ctx, w); err != nil {
		return err
	}
	r.stage = r.make()
	r.stage.begins = &Head{Epoch: r.New.Epoch, Seq: r.New.Seq}
	raise(&r.stage.secret, r.anchors)
	r.stage.at = max(r.stage.at, r.at)
	r.stage.entries = []audit.Entry{{At: r.stage.at, Actor: r.by.By, Action: "installation.restore", Facts: r.facts()}}
	damages, err := l.writeBatch(ctx, w, r.stage)
	return errors.Join(err, joined(damages))
}

func (r *restart) facts() []audit.Fact {
	epoch, link := "", ""
	if r.Highest.Link != [32]byte{} && r.Gap > 0 {
		epoch, link = hex.EncodeToString(r.Highest.Epoch[:]), hex.EncodeToString(r.Highest.Link[:])
	}
	return []audit.Fact{
		audit.F("administrator", r.by.Administrator),
		audit.F("backup_epoch", hex.EncodeToString(r.Backup.Epoch[:])),
		audit.F("backup_link", hex.EncodeToString(r.Backup.Link[:])),
		audit.F("backup_seq", r.Backup.Seq),
		audit.F("epoch", hex.EncodeToString(r.New.Epoch[:])),
		audit.F("gap", r.Gap),
		audit.F("highest_epoch", epoch),
		audit.F("highest_link", link),
		audit.F("highest_seq", r.Highest.Seq),
		audit.F("reason", r.by.Reason),
	}
}

// finish makes the new branch the state of the ledger, and remembers it.
func (r *restart) finish() {
	l := r.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	r.merge()
	r.New.Link = l.head.Link
	if l.health == RolledBack {
		l.health = l.sound
	}
	l.damages = slices.DeleteFunc(l.damages, func(d Damage) bool { return d.Table == "head" })
	l.rollback = Rollback{Witnessed: true, Seq: l.head.Seq, Highest: l.head.Seq}
	l.remember()
}
