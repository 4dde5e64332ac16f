package seat

import (
	"fmt"

	"github.com/pott-dev/pott/license"
)

// A Role is what somebody may do in the installation itself. Roles say nothing
// about licenses: signing in to administer never needs one.
type Role string

const (
	Administrator     Role = "administrator"      // everything
	UserAdministrator Role = "user-administrator" // people, and what they are given
	Auditor           Role = "auditor"            // reads everything, changes nothing
)

// Roles are all roles, the widest first.
var Roles = []Role{Administrator, UserAdministrator, Auditor}

// ParseRole reads the word of a role. The error is a [*license.BadWordError].
func ParseRole(text string) (Role, error) {
	for _, r := range Roles {
		if text == string(r) {
			return r, nil
		}
	}
	return "", &license.BadWordError{Word: text, Of: "role", Allowed: "administrator, user-administrator, auditor"}
}

// A Keeper is somebody with the role of an administrator, as far as keeping one
// goes.
type Keeper struct {
	Person  string
	SignsIn bool // may sign in today
	Planned bool // is on a plan that is not empty
}

// KeepAdministrator refuses with [*LastAdministratorError] a change after which
// no administrator could sign in although one could before, or after which none
// of those who can would be on a plan although one was. It is asked of every
// change, whatever the change is of, with all administrators before and after.
func KeepAdministrator(before, after []Keeper) error {
	for _, still := range []func(Keeper) bool{
		func(k Keeper) bool { return k.SignsIn },
		func(k Keeper) bool { return k.SignsIn && k.Planned },
	} {
		last, kept := "", false
		for _, k := range before {
			if still(k) {
				last = k.Person
			}
		}
		for _, k := range after {
			kept = kept || still(k)
		}
		if last != "" && !kept {
			return &LastAdministratorError{Person: last}
		}
	}
	return nil
}

// A LastAdministratorError says that a change would leave nobody who can sign in
// and administer. Nothing was changed.
type LastAdministratorError struct{ Person string }

func (e *LastAdministratorError) Error() string {
	return fmt.Sprintf("%s is the last administrator who can sign in", e.Person)
}

// Code returns the stable code of the error.
func (e *LastAdministratorError) Code() string { return "role.last-administrator" }
