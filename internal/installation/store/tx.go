package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/license"
)

// staged is what the acts of one batch have staged in one book.
type staged struct {
	*stage
	book *Book

	owners      *staging[int64, Owner]
	people      *staging[string, person]
	assignments *staging[int64, Assignment]
	licenses    *staging[license.Name, License]
	sets        *staging[string, Set]
	keyLists    *staging[int64, KeyList]
	profiles    *staging[string, Profile]
	tokens      *staging[string, Token]
	activations *staging[int64, Activation]
	agreements  *staging[string, Agreement]
	policies    *staging[int64, Policy]
	events      *staging[int64, Event]
	authorities *staging[string, Authority]
	databases   *staging[int64, Database]
	sites       *staging[int64, SiteAssignment]
	roles       *staging[roleKey, Role]
	hooks       *staging[string, Hook]

	credentials *staging[string, Credential]
	sessions    *staging[string, Session]
	preferences *staging[string, Preference]
	providers   *staging[string, Provider]

	messageRules   *staging[messageKey, MessageRule]
	messageChoices *staging[string, MessageChoice]
	snoozes        *staging[string, Snooze]
	activity       *staging[int64, ActivityPolicy]
	forgetDays     bool // what was collected of everybody is deleted
	messagesTold   *staging[messageKey, ToldMessage]
	messagesOut    *staging[string, OutMessage]

	pastPeople   *staging[int64, PastPerson]
	pastProfiles *staging[int64, PastProfile]
	changedAt    since // as Book.changedAt, where it differs

	byUser   map[string]string  // as Book.byUser, where it differs
	byNumber map[int64]string   // as Book.byNumber, of people who are new
	current  map[string][]int64 // as Book.current, where it differs
	files    map[string][]byte
	boxes    map[boxAt][]byte // nil: to be deleted
	mended   map[string]bool  // hashes of files that are written over what stands in their place
	last     numbers
}

func (b *Book) stage() *staged {
	s := &staged{stage: newStage(&b.ledger), book: b, last: b.last,
		byUser: map[string]string{}, byNumber: map[int64]string{}, current: map[string][]int64{}, files: map[string][]byte{}, boxes: map[boxAt][]byte{}, mended: map[string]bool{}}
	s.owners, s.people, s.assignments = newStaging(b.owners, s.stage), newStaging(b.people, s.stage), newStaging(b.assignments, s.stage)
	s.licenses, s.sets, s.keyLists = newStaging(b.licenses, s.stage), newStaging(b.sets, s.stage), newStaging(b.keyLists, s.stage)
	s.profiles, s.tokens = newStaging(b.profiles, s.stage), newStaging(b.tokens, s.stage)
	s.activations, s.agreements, s.policies = newStaging(b.activations, s.stage), newStaging(b.agreements, s.stage), newStaging(b.policies, s.stage)
	s.events, s.authorities = newStaging(b.events, s.stage), newStaging(b.authorities, s.stage)
	s.databases, s.sites = newStaging(b.databases, s.stage), newStaging(b.sites, s.stage)
	s.roles, s.hooks = newStaging(b.roles, s.stage), newStaging(b.hooks, s.stage)
	s.pastPeople, s.pastProfiles, s.changedAt = newStaging(b.pastPeople, s.stage), newStaging(b.pastProfiles, s.stage), since{}
	s.credentials, s.sessions = newStaging(b.credentials, s.stage), newStaging(b.sessions, s.stage)
	s.preferences, s.providers = newStaging(b.preferences, s.stage), newStaging(b.providers, s.stage)
	s.messageRules, s.messageChoices = newStaging(b.messageRules, s.stage), newStaging(b.messageChoices, s.stage)
	s.snoozes, s.activity = newStaging(b.snoozes, s.stage), newStaging(b.activity, s.stage)
	s.messagesTold, s.messagesOut = newStaging(b.messagesTold, s.stage), newStaging(b.messagesOut, s.stage)
	s.more = s.writeBeside
	return s
}

// run runs an act and undoes all of it when it returns an error. What it records
// came from where ctx says.
func (s *staged) run(ctx context.Context, by audit.Actor, now time.Time, act func(*Tx) error) (err error) {
	if err := s.book.closed(); err != nil {
		return err
	}
	at, before, last := s.at, s.save(), s.last
	tx := &Tx{View: View{book: s.book, staged: s}, by: by, from: audit.OriginOf(ctx), now: max(micros(now), s.secret.Clock)}
	defer func() {
		if p := recover(); p != nil {
			err = newPanicError(p)
		}
		if err != nil {
			s.back(before)
			s.at, s.last = at, last
		}
	}()
	s.at = max(s.at, tx.now)
	if err := act(tx); err != nil {
		return err
	}
	if len(s.undo) > before.undo && len(s.entries) == before.entries {
		return &NoEntryError{}
	}
	if len(s.undo) > before.undo && !tx.protects {
		return s.book.suspended()
	}
	return nil
}

// writeBeside writes personal values and license files.
func (s *staged) writeBeside(ctx context.Context, w *sqldb.Writer) error {
	for _, hash := range slices.Sorted(maps.Keys(s.files)) {
		if _, err := w.Exec(ctx, `INSERT INTO set_file (installation, hash, bytes) VALUES (?, ?, ?)
			ON CONFLICT (installation, hash) DO NOTHING`, s.book.installation, hash, s.files[hash]); err != nil {
			return err
		}
	}
	if err := s.writeMended(ctx, w); err != nil {
		return err
	}
	if err := s.writeBoxes(ctx, w); err != nil {
		return err
	}
	if err := s.eraseDays(ctx, w); err != nil {
		return err
	}
	for id, draft := range s.people.drafts {
		old, p := s.book.people.get(id), draft.row
		var err error
		switch {
		case p == nil:
			_, err = w.Exec(ctx, "DELETE FROM personal WHERE installation = ? AND person = ?", s.book.installation, id)
		case p.Erased != 0 && (old == nil || old.Erased == 0):
			_, err = w.Exec(ctx, "DELETE FROM personal WHERE installation = ? AND person = ?", s.book.installation, id)
		case p.Erased == 0 && (old == nil || old.salt != p.salt):
			_, err = w.Exec(ctx, `INSERT INTO personal (installation, person, salt, user_id, first_name, last_name, email, grp)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (installation, person) DO UPDATE SET salt = excluded.salt,
				user_id = excluded.user_id, first_name = excluded.first_name, last_name = excluded.last_name,
				email = excluded.email, grp = excluded.grp`, s.book.installation, id, p.salt[:],
				p.Personal.UserID, p.Personal.First, p.Personal.Last, p.Personal.Email, p.Personal.Group)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Tx is the state an act sees and changes. It is valid only inside the act.
type Tx struct {
	View
	by       audit.Actor
	from     audit.Origin
	now      int64
	protects bool // see Protects
}

// Now returns the time of the act: the caller's, or that of the latest change
// when the caller's is behind it.
func (tx *Tx) Now() time.Time { return time.UnixMicro(tx.now).UTC() }

// By returns who does it.
func (tx *Tx) By() audit.Actor { return tx.by }

// Entry records what the act does. An act that changes anything must record it.
// The subject is the id of a person, or "".
func (tx *Tx) Entry(action, subject string, facts ...audit.Fact) {
	s := tx.staged.stage
	facts = slices.SortedStableFunc(slices.Values(facts), func(x, y audit.Fact) int { return strings.Compare(x.Key, y.Key) })
	s.entries = append(s.entries, audit.Entry{At: tx.now, Actor: tx.by, Action: action, Subject: subject, Facts: facts, Origin: tx.from})
}

// granting returns why nothing may be granted, or nil.
func (tx *Tx) granting() error { return tx.book.granting() }

func (tx *Tx) undo(f func()) { tx.staged.stage.undo = append(tx.staged.stage.undo, f) }

// A NoRowError is returned for a change of a row that is not there.
type NoRowError struct{ Table, Key string }

func (e *NoRowError) Error() string {
	return fmt.Sprintf("table %s has no row %q to change", e.Table, e.Key)
}

// Code returns the stable code of the error.
func (e *NoRowError) Code() string { return "storage.no-row" }

func (tx *Tx) noRow(table, key string, damaged *DamagedError) error {
	if damaged != nil {
		return damaged
	}
	return &NoRowError{Table: table, Key: key}
}

// Assign stores a new assignment and returns its number. From is the time of the
// act and By its actor unless they are set. Seats are taken by TakeSeats.
func (tx *Tx) Assign(a seat.Assignment) (int64, error) {
	if err := tx.granting(); err != nil {
		return 0, err
	}
	s := tx.staged
	s.last.assignment++
	a.Number, a.Until = s.last.assignment, 0
	if a.From == 0 {
		a.From = tx.now
	}
	if a.By == "" {
		a.By = tx.by.String()
	}
	tx.setCurrent(a.Person, with(tx.numbersOf(a.Person), a.Number))
	return a.Number, s.assignments.put(a.Number, &Assignment{Assignment: a})
}

func (tx *Tx) setCurrent(person string, numbers []int64) {
	current := tx.staged.current
	prev, had := current[person]
	current[person] = numbers
	tx.undo(func() {
		if had {
			current[person] = prev
		} else {
			delete(current, person)
		}
	})
}

// EndAssignment ends a current assignment now. Its seats are given back by
// TakeSeats.
func (tx *Tx) EndAssignment(number int64, reason string) error {
	s := tx.staged
	old := s.assignments.get(number)
	if old == nil || old.Until != 0 {
		return tx.noRow("assignment", fmt.Sprint(number), tx.book.assignments.damaged[number])
	}
	next := *old
	next.Until, next.EndedBy, next.EndReason = max(tx.now, old.From), tx.by.String(), reason
	tx.setCurrent(old.Person, without(tx.numbersOf(old.Person), number))
	return s.assignments.put(number, &next)
}

// TakeSeats moves seats of pools. Whether they are there is for the rules to
// say; the database refuses a pool that would hold more than it has.
func (tx *Tx) TakeSeats(takes []seat.Take) error {
	rows := make([]*License, 0, len(takes))
	for _, t := range takes {
		if t.Delta > 0 {
			if err := tx.granting(); err != nil {
				return err
			}
		}
		row, err := tx.staged.licenses.edit(t.Name)
		if err != nil {
			return err
		}
		if row == nil {
			return &NoRowError{Table: "license", Key: t.Name.String()}
		}
		rows = append(rows, row)
	}
	for i, t := range takes {
		rows[i].Taken += t.Delta
	}
	tx.undo(func() {
		for i, t := range takes {
			rows[i].Taken -= t.Delta
		}
	})
	return nil
}

// PutLicense stores a license, its counter included. A new one gets a number.
func (tx *Tx) PutLicense(l License) error {
	if err := tx.granting(); err != nil {
		return err
	}
	if old := tx.staged.licenses.get(l.Name); old != nil {
		l.Number = old.Number
	} else {
		tx.staged.last.license++
		l.Number = tx.staged.last.license
	}
	return tx.staged.licenses.put(l.Name, &l)
}

// PutSet stores a set. Once it is accepted or in force, its number is the lowest
// that [View.HighestSet] will ever answer.
func (tx *Tx) PutSet(s Set) error {
	if err := tx.granting(); err != nil {
		return err
	}
	if s.AcceptedAt != 0 || s.State == SetActive {
		tx.raiseSet(s)
	}
	return tx.staged.sets.put(s.Checkpoint, &s)
}

// PutSetFile stores a license file as it was received and returns its hash. A
// set that names it must be stored by the same act or before.
func (tx *Tx) PutSetFile(file []byte) string {
	hash := FileHash(file)
	files := tx.staged.files
	if files[hash] == nil {
		files[hash] = slices.Clone(file)
		tx.undo(func() { delete(files, hash) })
	}
	return hash
}

// PutKeyList stores a key list that was learned and remembers its number; see
// [View.HighestKeyList].
func (tx *Tx) PutKeyList(l KeyList) error {
	secret := &tx.staged.secret
	if prev := secret.KeyList; uint64(l.Number) > prev {
		secret.KeyList = uint64(l.Number)
		tx.undo(func() { secret.KeyList = prev })
	}
	return tx.staged.keyLists.put(l.Number, &l)
}

// PutProfile stores a profile.
func (tx *Tx) PutProfile(p Profile) error {
	if err := tx.keepProfile(p.Code, &p); err != nil {
		return err
	}
	return tx.staged.profiles.put(p.Code, &p)
}

// DropProfile deletes a profile.
func (tx *Tx) DropProfile(code string) error {
	if err := tx.keepProfile(code, nil); err != nil {
		return err
	}
	return tx.staged.profiles.put(code, nil)
}

// PutToken stores a token.
func (tx *Tx) PutToken(t Token) error {
	if t.Revoked == 0 {
		if err := tx.granting(); err != nil {
			return err
		}
	}
	return tx.staged.tokens.put(t.ID, &t)
}

// SetOwner says whose installation it is.
func (tx *Tx) SetOwner(o Owner) error { return tx.staged.owners.put(1, &o) }

// NewID returns a random id of 128 bits that has never been used.
func NewID() string { return strings.ToLower(rand.Text()) }

// Attempt runs do and undoes what it staged when it returns an error, which is
// returned.
func (tx *Tx) Attempt(do func() error) error {
	s := tx.staged
	before, last := s.save(), s.last
	err := do()
	if err != nil {
		s.back(before)
		s.last = last
	}
	return err
}

// Later returns the act at a later time, for asking what would be then.
func (tx *Tx) Later(now time.Time) *Tx {
	return &Tx{View: tx.View, by: tx.by, from: tx.from, now: max(tx.now, micros(now))}
}
