package store

import (
	"crypto/rand"

	"github.com/pott-dev/pott/internal/tamper"
)

// PutPerson stores a person, personal values included, and returns it as it is
// stored: a person without an id is new and gets an id, a number and the time.
// A user id that somebody else has is a [*UserIDTakenError].
func (tx *Tx) PutPerson(p Person) (Person, error) {
	next := person{Person: p}
	if p.ID == "" {
		next.ID, next.Created = NewID(), tx.now
		tx.staged.last.person++
		next.Number = tx.staged.last.person
		tx.staged.byNumber[next.Number] = next.ID
	}
	old := tx.person(next.ID)
	if old != nil {
		next.salt, next.commitment = old.salt, old.commitment
		next.Number, next.Created, next.Erased = old.Number, old.Created, old.Erased
	}
	if next.Erased != 0 {
		next.Personal = Personal{}
	} else if old == nil || old.Personal != next.Personal {
		rand.Read(next.salt[:])
		next.commitment = tamper.Commitment(next.salt[:], next.Personal.fields()...)
	}
	if next.signsInMoreThan(old) {
		if err := tx.granting(); err != nil {
			return Person{}, err
		}
	}
	if err := tx.moveUserID(old, &next); err != nil {
		return Person{}, err
	}
	if old != nil {
		if err := tx.keepPerson(old, &next); err != nil {
			return Person{}, err
		}
	}
	if err := tx.staged.people.put(next.ID, &next); err != nil {
		return Person{}, err
	}
	return next.Person, nil
}

// signsInMoreThan reports whether p may sign in where old, which may be nil,
// may not, or on later days.
func (p *person) signsInMoreThan(old *person) bool {
	switch {
	case !p.Login || p.Waiting || p.Gone():
		return false
	case old == nil || !old.Login || old.Waiting || old.Gone():
		return true
	case old.ValidThrough.IsZero():
		return false
	}
	return p.ValidThrough.IsZero() || p.ValidThrough.After(old.ValidThrough)
}

// moveUserID makes a person findable by the user id of next instead of old's.
func (tx *Tx) moveUserID(old, next *person) error {
	var from, to string
	if old != nil && old.findable() {
		from = FoldUserID(old.Personal.UserID)
	}
	if next.findable() {
		to = FoldUserID(next.Personal.UserID)
	}
	if from == to {
		return nil
	}
	if to != "" {
		if other, ok := tx.Person(tx.idByUser(to)); ok && other.ID != next.ID {
			return &UserIDTakenError{Number: other.Number}
		}
		tx.setUser(to, next.ID)
	}
	if from != "" {
		tx.setUser(from, "")
	}
	return nil
}

func (tx *Tx) setUser(folded, id string) {
	byUser := tx.staged.byUser
	prev, had := byUser[folded]
	byUser[folded] = id
	tx.undo(func() {
		if had {
			byUser[folded] = prev
		} else {
			delete(byUser, folded)
		}
	})
}

// PutPersonal replaces the personal values of a person.
func (tx *Tx) PutPersonal(id string, values Personal) error {
	p, ok := tx.Person(id)
	if !ok {
		return tx.noRow("person", id, tx.book.people.damaged[id])
	}
	p.Personal = values
	_, err := tx.PutPerson(p)
	return err
}

// ErasePersonal removes the personal values of a person for good. What was
// recorded stays verifiable.
func (tx *Tx) ErasePersonal(id string) error {
	old := tx.person(id)
	if old == nil {
		return tx.noRow("person", id, tx.book.people.damaged[id])
	}
	if old.Erased != 0 {
		return nil
	}
	next := *old
	next.Erased, next.Personal, next.salt = tx.now, Personal{}, [32]byte{}
	if err := tx.moveUserID(old, &next); err != nil {
		return err
	}
	return tx.staged.people.put(id, &next)
}
