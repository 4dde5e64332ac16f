package installation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// Roles returns who has which role, the widest role first, then by user id.
func (in *Installation) Roles(ctx context.Context, act Act) (api.List[api.RoleHolder], error) {
	var list api.List[api.RoleHolder]
	err := in.view(func(v *store.View) error {
		now := in.clock(v)
		list = api.List[api.RoleHolder]{AsOf: now.UTC(), Seq: v.Seq(), Items: []api.RoleHolder{}}
		for _, r := range v.Roles() {
			p, ok := v.Person(r.Person)
			if !ok {
				continue
			}
			list.Items = append(list.Items, api.RoleHolder{Role: string(r.Role), Person: p.Personal.UserID, Number: p.Number,
				SignsIn: p.CanSignIn(today(v, now)), Since: timeOf(r.From), By: r.By})
		}
		slices.SortStableFunc(list.Items, func(x, y api.RoleHolder) int {
			return cmp.Or(cmp.Compare(slices.Index(seat.Roles, seat.Role(x.Role)), slices.Index(seat.Roles, seat.Role(y.Role))),
				cmp.Compare(store.FoldUserID(x.Person), store.FoldUserID(y.Person)))
		})
		list.Total = len(list.Items)
		return nil
	})
	return list, err
}

// today is the date where the installation is.
func today(v *store.View, now time.Time) license.Date { return license.DateOf(now.In(zone(v))) }

// GiveRole gives a person a role. Who has left or was deleted cannot have one,
// and nobody changes the own roles.
func (in *Installation) GiveRole(ctx context.Context, act Act, person, role string) (api.ChangedRoles, error) {
	return in.changeRole(ctx, act, person, role, true)
}

// TakeRole takes a role back. The last administrator who can sign in keeps it.
func (in *Installation) TakeRole(ctx context.Context, act Act, person, role string) (api.ChangedRoles, error) {
	return in.changeRole(ctx, act, person, role, false)
}

func (in *Installation) changeRole(ctx context.Context, act Act, person, text string, give bool) (api.ChangedRoles, error) {
	role, err := seat.ParseRole(text)
	if err != nil {
		return api.ChangedRoles{}, err
	}
	var answer api.ChangedRoles
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		p, err := findPerson(&tx.View, person)
		switch {
		case err != nil:
			return false, err
		case give && p.Gone():
			return false, named(&seat.PersonGoneError{Deleted: p.Deleted}, p)
		case act.by(p):
			return false, &OwnRoleError{Person: p.Personal.UserID}
		}
		changed := tx.HasRole(p.ID, role) != give
		switch {
		case changed && give:
			err = tx.GiveRole(store.Role{Person: p.ID, Role: role})
			tx.Entry("role.give", p.ID, audit.F("role", role))
		case changed:
			err = tx.TakeRole(p.ID, role)
			tx.Entry("role.take", p.ID, audit.F("role", role))
			_, ended := endSessions(tx, p.ID, "")
			err = errors.Join(err, ended)
		}
		answer.Person, answer.Roles = p.Personal.UserID, rolesOf(&tx.View, p.ID)
		return changed, err
	})
	answer.Outcome = outcome
	return answer, err
}

// by reports whether it is the person who acts.
func (a Act) by(p store.Person) bool { return a.By.Kind == audit.Person && a.By.ID == p.ID }

func rolesOf(v *store.View, person string) []string {
	roles := []string{}
	for _, r := range seat.Roles {
		if v.HasRole(person, r) {
			roles = append(roles, string(r))
		}
	}
	return roles
}

// dropRoles takes all roles from somebody who leaves or is deleted, and every way
// to sign in.
func dropRoles(tx *store.Tx, person string) error {
	errs := []error{dropSignIn(tx, person)}
	for _, r := range seat.Roles {
		if tx.HasRole(person, r) {
			errs = append(errs, tx.TakeRole(person, r))
			tx.Entry("role.take", person, audit.F("role", r))
		}
	}
	return errors.Join(errs...)
}

// A post is the administrators before an act, and the sets in force then.
type post struct {
	active  *license.Active
	keepers []seat.Keeper
}

// postOf looks at the administrators before an act.
func postOf(tx *store.Tx) post {
	p := post{active: tx.Active()}
	p.keepers = p.now(tx)
	return p
}

// now returns the administrators as an act has left them. What was a plan before
// the act counts as one: a set that empties a plan takes it from nobody.
func (p post) now(tx *store.Tx) []seat.Keeper {
	var keepers []seat.Keeper
	for _, r := range tx.Roles() {
		person, ok := tx.Person(r.Person)
		if r.Role != seat.Administrator || !ok {
			continue
		}
		k := seat.Keeper{Person: person.ID, SignsIn: person.CanSignIn(today(&tx.View, tx.Now()))}
		for _, active := range []*license.Active{p.active, tx.Active()} {
			k.Planned = k.Planned || slices.ContainsFunc(holdsOf(&tx.View, active, person), func(h license.Held) bool {
				l := active.License(h.Name)
				return l != nil && l.Plan != nil && !l.Plan.Empty()
			})
		}
		keepers = append(keepers, k)
	}
	return keepers
}

// kept refuses an act that leaves nobody to administer.
func (p post) kept(tx *store.Tx) error {
	if len(p.keepers) == 0 {
		return nil
	}
	err := seat.KeepAdministrator(p.keepers, p.now(tx))
	if last := new(seat.LastAdministratorError); errors.As(err, &last) {
		if person, ok := tx.Person(last.Person); ok {
			return &seat.LastAdministratorError{Person: person.Personal.UserID}
		}
	}
	return err
}

// recognition is what people with a role are recognized by when they sign in.
type recognition map[string]store.Personal

// recognized returns it as it is before an act of somebody who is no
// administrator; nil: whoever acts may change it.
func (a Act) recognized(tx *store.Tx) recognition {
	if !slices.Contains(a.Lacks, api.ScopeAdmin) {
		return nil
	}
	names := recognition{}
	for _, r := range tx.Roles() {
		if p, ok := tx.Person(r.Person); ok {
			names[p.ID] = store.Personal{UserID: p.Personal.UserID, Email: p.Personal.Email}
		}
	}
	return names
}

// kept refuses an act that changes it: whoever gives an administrator another
// address could sign in as the administrator with it.
func (r recognition) kept(tx *store.Tx) error {
	for id, was := range r {
		p, ok := tx.Person(id)
		if ok && !p.Gone() && (p.Personal.UserID != was.UserID || p.Personal.Email != was.Email) {
			return &RoleHolderError{Person: was.UserID}
		}
	}
	return nil
}

// An OwnRoleError is returned when somebody wants to change the own roles.
type OwnRoleError struct{ Person string }

func (e *OwnRoleError) Error() string { return fmt.Sprintf("%s cannot change the own roles", e.Person) }

// Code returns the stable code of the error.
func (e *OwnRoleError) Code() string { return "role.own" }
