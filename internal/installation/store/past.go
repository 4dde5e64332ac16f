package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"sync"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// What was: people and profiles as they stood before they were changed, in as far
// as that moves seats, and assignments that have ended. Rows are never changed.

// PastPerson is how a person stood for a while.
type PastPerson struct {
	Number int64 // in the order they were written
	seat.Person
	From  int64 // microseconds since 1970 UTC
	Until int64 // exclusive
}

// PastProfile is what a profile had for a while.
type PastProfile struct {
	Number  int64
	Code    string
	Modules []license.Name
	From    int64 // 0: since it was made
	Until   int64 // exclusive
}

var (
	pastPersonLayout  = tamper.NewLayout("person_past", "number:i", "person:t kind:i login:i profile:t state:t from_at:i until_at:i")
	pastProfileLayout = tamper.NewLayout("profile_past", "number:i", "code:t modules:t from_at:i until_at:i")
)

var pastPersonCodec = codec[int64, PastPerson]{
	layout: pastPersonLayout,
	key:    numberKey,
	parse:  parseNumberKey,
	encode: func(p *PastPerson) []tamper.Value {
		return []tamper.Value{tamper.Str(p.ID), tamper.Int(int64(p.Kind)), tamper.Flag(p.Login), tamper.Str(p.Profile),
			tamper.Str(stateOf(p.Person)), tamper.Int(p.From), tamper.Int(p.Until)}
	},
	decode: func(k int64, v []tamper.Value) PastPerson {
		return PastPerson{Number: k, Person: seat.Person{ID: v[0].Str(), Kind: license.PersonKind(v[1].Int()), Login: v[2].Flag(), Profile: v[3].Str(),
			Former: v[4].Str() == formerPerson, Deleted: v[4].Str() == deletedPerson}, From: v[5].Int(), Until: v[6].Int()}
	},
}

func stateOf(p seat.Person) string {
	switch {
	case p.Deleted:
		return deletedPerson
	case p.Former:
		return formerPerson
	}
	return herePerson
}

var pastProfileCodec = codec[int64, PastProfile]{
	layout: pastProfileLayout,
	key:    numberKey,
	parse:  parseNumberKey,
	encode: func(p *PastProfile) []tamper.Value {
		return []tamper.Value{tamper.Str(p.Code), tamper.Str(formatNames(p.Modules)), tamper.Int(p.From), tamper.Int(p.Until)}
	},
	decode: func(k int64, v []tamper.Value) PastProfile {
		return PastProfile{Number: k, Code: v[0].Str(), Modules: parseNames(v[1].Str()), From: v[2].Int(), Until: v[3].Int()}
	},
}

// since is when something last changed: ids of people, and codes of profiles
// behind a space.
type since map[string]int64

func profileSince(code string) string { return " " + code }

func (b *Book) pastPersonChanged(_, new *PastPerson) {
	if new != nil {
		b.last.pastPerson = max(b.last.pastPerson, new.Number)
		b.changedAt[new.ID] = max(b.changedAt[new.ID], new.Until)
	}
}

func (b *Book) pastProfileChanged(_, new *PastProfile) {
	if new != nil {
		b.last.pastProfile = max(b.last.pastProfile, new.Number)
		key := profileSince(new.Code)
		b.changedAt[key] = max(b.changedAt[key], new.Until)
	}
}

// lastChange returns when a person or profile last changed, or 0.
func (tx *Tx) lastChange(key string) int64 {
	if at, ok := tx.staged.changedAt[key]; ok {
		return at
	}
	return tx.book.changedAt[key]
}

// setChanged notes that a person or profile changes now.
func (tx *Tx) setChanged(key string) {
	changed := tx.staged.changedAt
	prev, had := changed[key]
	changed[key] = tx.now
	tx.undo(func() {
		if had {
			changed[key] = prev
		} else {
			delete(changed, key)
		}
	})
}

// keepPerson keeps how a person stood until now, when the next state moves seats.
func (tx *Tx) keepPerson(old, next *person) error {
	was, is := old.Person.Person, next.Person.Person
	same := was.Kind == is.Kind && was.Login == is.Login && was.Profile == is.Profile && was.Former == is.Former && was.Deleted == is.Deleted
	from := max(tx.lastChange(old.ID), old.Created)
	if same || from >= tx.now {
		return nil
	}
	tx.staged.last.pastPerson++
	tx.setChanged(old.ID)
	n := tx.staged.last.pastPerson
	return tx.staged.pastPeople.put(n, &PastPerson{Number: n, Person: was, From: from, Until: tx.now})
}

// keepProfile keeps what a profile had until now; next is nil when it is dropped.
func (tx *Tx) keepProfile(code string, next *Profile) error {
	old := tx.staged.profiles.get(code)
	from := tx.lastChange(profileSince(code))
	if old == nil || from >= tx.now || next != nil && slices.Equal(old.Modules, next.Modules) {
		return nil
	}
	tx.staged.last.pastProfile++
	tx.setChanged(profileSince(code))
	n := tx.staged.last.pastProfile
	return tx.staged.pastProfiles.put(n, &PastProfile{Number: n, Code: code, Modules: old.Modules, From: from, Until: tx.now})
}

// PastPeople returns how people stood before they were changed, in the order
// they were.
func (v *View) PastPeople() []PastPerson {
	var list []PastPerson
	for p := range all(v, v.book.pastPeople, func(s *staged) *staging[int64, PastPerson] { return s.pastPeople }) {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(x, y PastPerson) int { return cmp.Compare(x.Number, y.Number) })
	return list
}

// PastProfiles returns what profiles had before they were changed, in the order
// they were.
func (v *View) PastProfiles() []PastProfile {
	var list []PastProfile
	for p := range all(v, v.book.pastProfiles, func(s *staged) *staging[int64, PastProfile] { return s.pastProfiles }) {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(x, y PastProfile) int { return cmp.Compare(x.Number, y.Number) })
	return list
}

// ended are the assignments that have ended, in little memory: read from the
// database when somebody first asks for the past, and kept up to date from then
// on.
type ended struct {
	mu      sync.Mutex // held while they are read
	ready   bool
	rows    []endedRow // by number
	people  dictionary[string]
	names   dictionary[license.Name]
	sources dictionary[seat.Source]

	freshMu sync.Mutex
	keeps   bool         // fresh is collected
	fresh   []Assignment // what has ended since
}

// endedRow is an assignment that has ended.
type endedRow struct {
	number, from, until  int64
	person, name, source uint32
	quantity             int32
}

// dictionary gives each value a small number.
type dictionary[T comparable] struct {
	numbers map[T]uint32
	values  []T
}

func (d *dictionary[T]) number(v T) uint32 {
	n, ok := d.numbers[v]
	if !ok {
		if d.numbers == nil {
			d.numbers = map[T]uint32{}
		}
		n = uint32(len(d.values))
		d.numbers[v] = n
		d.values = append(d.values, v)
	}
	return n
}

func (e *ended) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.freshMu.Lock()
	defer e.freshMu.Unlock()
	e.ready, e.rows, e.keeps, e.fresh = false, nil, false, nil
}

// note takes in an assignment that has just ended.
func (e *ended) note(a *Assignment) {
	e.freshMu.Lock()
	defer e.freshMu.Unlock()
	if e.keeps {
		e.fresh = append(e.fresh, *a)
	}
}

func (e *ended) add(a *Assignment) {
	at, known := slices.BinarySearchFunc(e.rows, a.Number, func(r endedRow, n int64) int { return cmp.Compare(r.number, n) })
	if known {
		return // it was written again, as when it got another seal
	}
	e.rows = slices.Insert(e.rows, at, e.row(a))
}

func (e *ended) row(a *Assignment) endedRow {
	return endedRow{number: a.Number, from: a.From, until: a.Until, person: e.people.number(a.Person), name: e.names.number(a.Name),
		source: e.sources.number(a.Source), quantity: int32(a.Quantity)}
}

// EachEnded calls do for every assignment that has ended, in the order they were
// given. Actors and reasons are left out. The first call reads all of them from
// the database; a row whose seal is not good is an error. What ends meanwhile
// may be among them.
func (b *Book) EachEnded(ctx context.Context, do func(seat.Assignment)) error {
	e := &b.endedRows
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.ready {
		if err := b.readAllEnded(ctx, e); err != nil {
			return err
		}
	}
	e.freshMu.Lock()
	fresh := e.fresh
	e.fresh = nil
	e.freshMu.Unlock()
	for i := range fresh {
		e.add(&fresh[i])
	}
	for i := range e.rows {
		r := &e.rows[i]
		do(seat.Assignment{Number: r.number, Person: e.people.values[r.person], Name: e.names.values[r.name], Quantity: int64(r.quantity),
			Source: e.sources.values[r.source], From: r.from, Until: r.until})
	}
	return nil
}

func (b *Book) readAllEnded(ctx context.Context, e *ended) error {
	e.freshMu.Lock()
	e.keeps, e.fresh = true, nil // from here on nothing is missed
	e.freshMu.Unlock()
	b.mu.RLock()
	ring := b.ring.Clone()
	b.mu.RUnlock()
	e.rows = nil
	s, r := newScanner(assignmentLayout), &rawRow{}
	var buf []byte
	err := each(ctx, b.store.db, selectText(assignmentLayout)+" AND until_at <> 0 ORDER BY number", []any{b.installation}, func(rows *sql.Rows) error {
		if err := s.scan(rows, r); err != nil {
			return err
		}
		buf = tamper.AppendKey(buf[:0], r.key...)
		if _, ok, edited := r.check(ring, assignmentLayout, string(buf)); !ok {
			return &DamagedError{Damage{Table: "assignment", Key: keyText(r.key), What: "edited", Columns: edited}}
		}
		a := assignmentCodec.decode(r.key[0].Int(), r.values)
		e.rows = append(e.rows, e.row(&a))
		return nil
	})
	e.ready = err == nil
	return err
}
