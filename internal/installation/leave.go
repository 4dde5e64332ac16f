package installation

import (
	"context"
	"fmt"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// RetirePerson makes somebody a former employee: everything given by hand and
// every role is taken back, the login waits for a return. Nobody does that with the
// own account.
func (in *Installation) RetirePerson(ctx context.Context, act Act, id string) (api.ChangedPerson, error) {
	return in.decidePerson(ctx, act, id, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		if p.Deleted {
			return decision{}, &seat.PersonGoneError{Deleted: true}
		}
		d := decision{action: api.ActPersonRetire, person: p, write: !p.Former, facts: []audit.Fact{audit.F("former", true)}}
		d.person.Former = true
		var err error
		d.change, err = become(s, d.person)
		return d, err
	})
}

// RestorePerson brings back somebody who has left or was deleted, without
// anything that was given by hand and without a role. Who has left has the login
// again, so that what it brings must be free; who was deleted has none. Who was
// erased does not come back: nothing says who it was.
//
// The user id may have gone to somebody else; then another is needed. Nobody
// new is ever linked to an old record: this is the only way back.
func (in *Installation) RestorePerson(ctx context.Context, act Act, id string, c api.RestoreChoice) (api.ChangedPerson, error) {
	return in.decidePerson(ctx, act, id, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		d := decision{action: "person.restore", person: p, write: p.Gone()}
		switch {
		case !p.Gone():
			return d, nil
		case p.Erased != 0:
			return d, &ErasedPersonError{Number: p.Number}
		}
		if _, ok := tx.Profile(p.Profile); !ok {
			s.Person.Profile, s.Profile = "", nil // it was deleted meanwhile
		}
		if c.UserID != "" {
			d.person.Personal.UserID = c.UserID
			if err := checkPersonal(d.person.Personal); err != nil {
				return d, err
			}
		}
		var err error
		d.person.Person, d.change, err = s.Restore()
		return d, err
	})
}

// ApprovePerson lets somebody in who waits for approval.
func (in *Installation) ApprovePerson(ctx context.Context, act Act, id string) (api.ChangedPerson, error) {
	return in.decidePerson(ctx, act, id, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		d := decision{action: "person.approve", person: p, write: p.Waiting}
		d.person.Waiting = false
		var err error
		d.change, err = s.Approve()
		return d, err
	})
}

// letWait lets somebody wait for approval again, or no longer, as it was before.
func (in *Installation) letWait(ctx context.Context, act Act, id string, waits bool) (api.ChangedPerson, error) {
	return in.decidePerson(ctx, act, id, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		d := decision{action: "person.wait", person: p, write: p.Waiting != waits, facts: []audit.Fact{audit.F("waits", waits)}}
		d.person.Waiting = waits
		var err error
		d.change, err = become(s, d.person)
		return d, err
	})
}

// RefusePerson turns somebody away who waits for approval: the person is deleted,
// and number, name and history stay.
func (in *Installation) RefusePerson(ctx context.Context, act Act, id string) (api.ChangedPerson, error) {
	return in.goForGood(ctx, act, id, goodbye{action: "person.refuse", decide: seat.Standing.Refuse})
}

// DeletePerson takes everything back and keeps number, name and history, so that
// records still say who it was.
func (in *Installation) DeletePerson(ctx context.Context, act Act, id string) (api.ChangedPerson, error) {
	return in.leaveForGood(ctx, act, id, false)
}

func (in *Installation) leaveForGood(ctx context.Context, act Act, id string, erase bool) (api.ChangedPerson, error) {
	leave := func(s seat.Standing) (seat.Change, error) { return s.Leave(), nil }
	return in.goForGood(ctx, act, id, goodbye{action: api.ActPersonDelete, decide: leave, erase: erase})
}

// A goodbye is how somebody goes for good.
type goodbye struct {
	action string // as it is recorded
	decide func(seat.Standing) (seat.Change, error)
	erase  bool // what names the person is forgotten too
}

func (in *Installation) goForGood(ctx context.Context, act Act, id string, g goodbye) (api.ChangedPerson, error) {
	var answer api.ChangedPerson
	outcome, err := in.performAsking(ctx, act, func(tx *store.Tx, asked *asking) (bool, error) {
		p, err := findPerson(&tx.View, id)
		if err != nil {
			return false, err
		}
		if act.by(p) {
			return false, &OwnAccountError{Person: p.Personal.UserID}
		}
		s := in.standing(&tx.View, p, tx.Now())
		var change seat.Change
		changed := !p.Deleted
		if changed {
			if change, err = g.decide(s); err != nil {
				return false, named(err, p)
			}
			p.Deleted, p.Former, p.Waiting, p.Login, p.ValidThrough = true, false, false, false, license.Date{}
			if answer.HandOver, err = in.handOver(tx, asked, s, decision{person: p, change: change, action: api.ActPersonDelete}); err != nil {
				return false, err
			}
		}
		answer.Effect = effectOf(&tx.View, change, act.Language)
		answer.Person = personOf(&tx.View, p, s.Apply(change), act.Language)
		if changed {
			if err := writeDeleted(tx, act, p, change, g.action); err != nil {
				return false, err
			}
		}
		if g.erase && p.Erased == 0 {
			tx.Protects()
			if err := in.eraseFromJobs(ctx, tx, p); err != nil {
				return false, err
			}
			if err := forgetMessages(tx, p.ID); err != nil {
				return false, err
			}
			if err := tx.ErasePersonal(p.ID); err != nil {
				return false, err
			}
			tx.Entry("person.erase", p.ID)
			changed = true
		}
		return changed, nil
	})
	answer.Outcome = outcome
	return answer, err
}

func writeDeleted(tx *store.Tx, act Act, p store.Person, change seat.Change, action string) error {
	if _, err := tx.PutPerson(p); err != nil {
		return err
	}
	if err := write(tx, act, change, ""); err != nil {
		return err
	}
	tx.Entry(action, p.ID, changeFacts(change)...)
	return dropRoles(tx, p.ID)
}

// An OwnAccountError is returned when somebody wants to delete the own account, or
// to be a former employee: roles would go with it, and nobody changes the own.
type OwnAccountError struct{ Person string }

func (e *OwnAccountError) Error() string {
	return fmt.Sprintf("%s cannot delete or leave the own account", e.Person)
}

// Code returns the stable code of the error.
func (e *OwnAccountError) Code() string { return "person.own-account" }

// An ErasedPersonError is returned when somebody who was erased is to come back.
type ErasedPersonError struct{ Number int64 }

func (e *ErasedPersonError) Error() string {
	return fmt.Sprintf("person %d was erased: nothing says who it was", e.Number)
}

// Code returns the stable code of the error.
func (e *ErasedPersonError) Code() string { return "person.erased" }
