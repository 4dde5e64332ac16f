package store

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// View is one consistent state of an installation. It is valid only inside the
// function it was passed to. Everything it returns was checked; what is damaged
// is not returned at all. Slices and maps it returns may not be changed.
type View struct {
	book   *Book
	staged *staged // nil: the committed state
}

// View calls do with the state after the last committed change.
func (b *Book) View(do func(v *View) error) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return do(&View{book: b})
}

// Info says whose installation it is. When the owner's row is damaged, only the
// part that the server's own ledger keeps is filled in.
func (v *View) Info() Info {
	p := v.book.place
	info := Info{ID: p.id, Number: p.number, Name: p.name, Created: p.created}
	if now := v.book.standing.Load(); now != nil && now.state == StateSuspended {
		info.Suspended, info.Reason = true, now.reason
	}
	owner := v.book.owners.get(1)
	if v.staged != nil {
		owner = v.staged.owners.get(1)
	}
	if owner != nil {
		info.Owner = *owner
	}
	return info
}

// Seq returns the number of the last change the view shows.
func (v *View) Seq() int64 { return v.book.head.Seq }

// Epoch returns a random text that changes when a backup is taken into use.
func (v *View) Epoch() string { return v.book.epoch() }

// Mark returns the latest time a change was stored at. The clock of the
// installation never counts as earlier.
func (v *View) Mark() time.Time { return time.UnixMicro(v.secret().Clock).UTC() }

// Head returns where the ledger stands; the zero Head when nobody can speak for
// that, because its head was not opened with the seal key.
func (v *View) Head() Head {
	l := &v.book.ledger
	if l.shut || l.health == Unchecked {
		return Head{}
	}
	return Head{Epoch: l.head.Epoch, Seq: l.head.Seq, Link: l.head.Link}
}

// Link returns the last link of the audit chain.
func (v *View) Link() [32]byte { return v.book.head.Link }

// Health says how far the installation can be trusted.
func (v *View) Health() Health { return v.book.fitness() }

// Rollback says whether the installation was found to be an older copy of itself.
func (v *View) Rollback() Rollback { return v.book.rollback }

// Damage lists what was found to be damaged since the book was opened.
func (v *View) Damage() []Damage { return v.book.allDamage() }

func (v *View) secret() *tamper.Secret {
	if v.staged != nil {
		return &v.staged.secret
	}
	return &v.book.ledger.secret
}

func (v *View) person(id string) *person {
	if v.staged != nil {
		return v.staged.people.get(id)
	}
	return v.book.people.get(id)
}

// Person returns a person by id.
func (v *View) Person(id string) (Person, bool) {
	if p := v.person(id); p != nil {
		return p.Person, true
	}
	return Person{}, false
}

// PersonByUserID returns the person who has a user id, in any letter case, and
// is not deleted.
func (v *View) PersonByUserID(userID string) (Person, bool) {
	return v.Person(v.idByUser(FoldUserID(userID)))
}

func (v *View) idByUser(folded string) string {
	if v.staged != nil {
		if id, ok := v.staged.byUser[folded]; ok {
			return id
		}
	}
	return v.book.byUser[folded]
}

// People returns all people, deleted ones included, in no order.
func (v *View) People() iter.Seq[Person] {
	return func(yield func(Person) bool) {
		for p := range all(v, v.book.people, func(s *staged) *staging[string, person] { return s.people }) {
			if !yield(p.Person) {
				return
			}
		}
	}
}

// all returns the rows of a table, in no order.
func all[K comparable, R any](v *View, t *table[K, R], in func(*staged) *staging[K, R]) iter.Seq[*R] {
	if v.staged != nil {
		return in(v.staged).all
	}
	return func(yield func(*R) bool) {
		for _, s := range t.rows {
			if s.row != nil && !yield(s.row) {
				return
			}
		}
	}
}

func (v *View) assignment(number int64) *Assignment {
	if v.staged != nil {
		return v.staged.assignments.get(number)
	}
	return v.book.assignments.get(number)
}

func (v *View) numbersOf(person string) []int64 {
	if v.staged != nil {
		if numbers, ok := v.staged.current[person]; ok {
			return numbers
		}
	}
	return v.book.current[person]
}

// Assignments returns the current assignments of a person, by number.
func (v *View) Assignments(person string) []seat.Assignment {
	numbers := v.numbersOf(person)
	if len(numbers) == 0 {
		return nil
	}
	list := make([]seat.Assignment, 0, len(numbers))
	for _, n := range numbers {
		if a := v.assignment(n); a != nil {
			list = append(list, a.Assignment)
		}
	}
	return list
}

// History returns all assignments of a person, ended ones included, by number.
// It reads ended ones from the database; one that is not as the book has it is
// an error. What acts have staged is not in it.
func (v *View) History(ctx context.Context, person string) ([]Assignment, error) {
	b := v.book
	var list []Assignment
	for _, n := range b.current[person] {
		if a := b.assignments.get(n); a != nil {
			list = append(list, *a)
		}
	}
	ended, err := b.readEnded(ctx, b.ended[person])
	list = append(list, ended...)
	slices.SortFunc(list, func(x, y Assignment) int { return cmp.Compare(x.Number, y.Number) })
	return list, err
}

// AssignedTo returns whose some assignments are, ended ones included: the person's id
// by number. Damaged ones keep their person. What acts have staged is not in it.
func (v *View) AssignedTo(numbers map[int64]bool) map[int64]string {
	found := make(map[int64]string, len(numbers))
	for _, of := range []map[string][]int64{v.book.current, v.book.ended} {
		for person, list := range of {
			for _, n := range list {
				if numbers[n] {
					found[n] = person
				}
			}
		}
	}
	return found
}

// EndedAssignments returns ended assignments by their numbers, in that order; one
// that is not as the book has it is an error.
func (v *View) EndedAssignments(ctx context.Context, numbers []int64) ([]Assignment, error) {
	var list []Assignment
	var archived []int64
	for _, n := range numbers {
		if a := v.assignment(n); a != nil { // ended by an act of this batch
			list = append(list, *a)
			continue
		}
		archived = append(archived, n)
	}
	read, err := v.book.readEnded(ctx, archived)
	list = append(list, read...)
	slices.SortFunc(list, func(x, y Assignment) int { return cmp.Compare(x.Number, y.Number) })
	return list, err
}

// readEnded reads assignments that are not kept in memory.
func (b *Book) readEnded(ctx context.Context, numbers []int64) ([]Assignment, error) {
	var list []Assignment
	var wanted [][]tamper.Value
	for _, n := range numbers {
		wanted = append(wanted, numberKey(n))
	}
	ring, found := b.ring.Clone(), 0
	err := byKeys(ctx, b.store.db, texts{}, assignmentLayout, b.installation, wanted, func(r *rawRow) error {
		m, ok, edited := r.check(ring, assignmentLayout, string(tamper.AppendKey(nil, r.key...)))
		if known, _ := b.assignments.markOf(r.key); !ok || m != known {
			return &DamagedError{Damage{Table: "assignment", Key: keyText(r.key), What: "edited", Columns: edited}}
		}
		found++
		list = append(list, assignmentCodec.decode(r.key[0].Int(), r.values))
		return nil
	})
	if err == nil && found != len(wanted) {
		err = &DamagedError{Damage{Table: "assignment", Key: "ended", What: "deleted"}}
	}
	return list, err
}

// License returns a license.
func (v *View) License(name license.Name) (License, bool) {
	var l *License
	if v.staged != nil {
		l = v.staged.licenses.get(name)
	} else {
		l = v.book.licenses.get(name)
	}
	if l == nil {
		return License{}, false
	}
	return *l, true
}

// Pool returns how full a license is; see [seat.Pools].
func (v *View) Pool(name license.Name) seat.Pool {
	l, _ := v.License(name)
	return l.Pool()
}

// Licenses returns all licenses, those no set has any more included: by issuer,
// then by line.
func (v *View) Licenses() []License {
	var list []License
	for l := range all(v, v.book.licenses, func(s *staged) *staging[license.Name, License] { return s.licenses }) {
		list = append(list, *l)
	}
	slices.SortFunc(list, func(x, y License) int {
		return cmp.Or(cmp.Compare(x.Name.Issuer, y.Name.Issuer), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Name.Module, y.Name.Module))
	})
	return list
}

// Sets returns all sets: by issuer, then by number.
func (v *View) Sets() []Set {
	var list []Set
	for s := range all(v, v.book.sets, func(s *staged) *staging[string, Set] { return s.sets }) {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(x, y Set) int {
		return cmp.Or(cmp.Compare(x.Issuer, y.Issuer), cmp.Compare(x.Number, y.Number), cmp.Compare(x.LoadedAt, y.LoadedAt),
			cmp.Compare(x.Checkpoint, y.Checkpoint))
	})
	return list
}

// Set returns a set by the hash of its checkpoint.
func (v *View) Set(checkpoint string) (Set, bool) {
	s := v.book.sets.get(checkpoint)
	if v.staged != nil {
		s = v.staged.sets.get(checkpoint)
	}
	if s == nil {
		return Set{}, false
	}
	return *s, true
}

// SetFile returns a license file as it was received, by its hash. Files of sets
// that were replaced are read from the database.
func (v *View) SetFile(ctx context.Context, hash string) ([]byte, error) {
	if v.staged != nil && v.staged.files[hash] != nil {
		return bytes.Clone(v.staged.files[hash]), nil
	}
	if file := v.book.files[hash]; file != nil {
		return bytes.Clone(file), nil
	}
	return v.book.readFile(ctx, hash)
}

// Active returns the sets in force, parsed from their files.
func (v *View) Active() *license.Active {
	if v.staged == nil || len(v.staged.sets.drafts) == 0 {
		return v.book.active
	}
	var active []*license.Set
	for s := range v.staged.sets.all {
		file := v.staged.files[s.File]
		if file == nil {
			file = v.book.files[s.File]
		}
		if s.State == SetActive && file != nil {
			active = append(active, v.book.store.parsed(s.File, file))
		}
	}
	return license.NewActive(active...)
}

// KeyLists returns the key lists learned, by number.
func (v *View) KeyLists() []KeyList {
	var list []KeyList
	for l := range all(v, v.book.keyLists, func(s *staged) *staging[int64, KeyList] { return s.keyLists }) {
		list = append(list, *l)
	}
	slices.SortFunc(list, func(x, y KeyList) int { return cmp.Compare(x.Number, y.Number) })
	return list
}

// Profile returns a profile.
func (v *View) Profile(code string) (Profile, bool) {
	p := v.book.profiles.get(code)
	if v.staged != nil {
		p = v.staged.profiles.get(code)
	}
	if p == nil {
		return Profile{}, false
	}
	return *p, true
}

// Profiles returns all profiles, by code.
func (v *View) Profiles() []Profile {
	var list []Profile
	for p := range all(v, v.book.profiles, func(s *staged) *staging[string, Profile] { return s.profiles }) {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(x, y Profile) int { return cmp.Compare(x.Code, y.Code) })
	return list
}

// Token returns a token by id, revoked and expired ones included.
func (v *View) Token(id string) (Token, bool) {
	t := v.book.tokens.get(id)
	if v.staged != nil {
		t = v.staged.tokens.get(id)
	}
	if t == nil {
		return Token{}, false
	}
	return *t, true
}

// TokenByHash returns the token whose secret has a hash. Tokens staged in the
// same act are not found.
func (v *View) TokenByHash(hash [32]byte) (Token, bool) { return v.Token(v.book.byHash[hash]) }

// Tokens returns all tokens: by the time they were made, then by id.
func (v *View) Tokens() []Token {
	var list []Token
	for t := range all(v, v.book.tokens, func(s *staged) *staging[string, Token] { return s.tokens }) {
		list = append(list, *t)
	}
	slices.SortFunc(list, func(x, y Token) int { return cmp.Or(cmp.Compare(x.Created, y.Created), cmp.Compare(x.ID, y.ID)) })
	return list
}

// Strangers returns the current assignments of people whose records are out of
// use, by number.
func (v *View) Strangers() []seat.Assignment {
	var list []seat.Assignment
	for id := range v.book.current {
		if v.book.people.get(id) == nil {
			list = append(list, v.Assignments(id)...)
		}
	}
	slices.SortFunc(list, func(x, y seat.Assignment) int { return cmp.Compare(x.Number, y.Number) })
	return list
}

// DamagedAssignments returns the numbers of assignments that are out of use.
// They keep their seats.
func (v *View) DamagedAssignments() []int64 {
	return slices.Sorted(maps.Keys(v.book.assignments.damaged))
}
