package seat

import (
	"fmt"

	"github.com/pott-dev/pott/license"
)

// A PoolFullError says that a change needs more seats than are left. Nothing
// was taken.
type PoolFullError struct {
	Wanted license.Name   // what was to be given; the zero Name when a profile asked
	Module license.Name   // the pool that is full
	Seats  int64          // bought
	Taken  int64          // in use, of Seats
	Short  int64          // how many seats are missing
	Also   []license.Name // other pools that are full, by name
}

func (e *PoolFullError) Error() string {
	return fmt.Sprintf("no seat left of %s: %d of %d taken", e.Module, e.Taken, e.Seats)
}

// Code returns the stable code of the error.
func (e *PoolFullError) Code() string { return "seat.pool-full" }

// An ExclusiveError says that a person already holds another plan of the same
// group.
type ExclusiveError struct {
	Plan  license.Name // what was to be added
	Group string
	Held  license.Name // the plan that is held
}

func (e *ExclusiveError) Error() string {
	return fmt.Sprintf("%s cannot be added to %s: a person holds one plan of the group %q", e.Plan, e.Held, e.Group)
}

// Code returns the stable code of the error.
func (e *ExclusiveError) Code() string { return "plan.exclusive" }

// A NotAPlanError says that a license given as a plan is none.
type NotAPlanError struct{ Module license.Name }

func (e *NotAPlanError) Error() string { return fmt.Sprintf("%s is not a plan", e.Module) }

// Code returns the stable code of the error.
func (e *NotAPlanError) Code() string { return "plan.not-a-plan" }

// An IsPlanError says that a license given as an extra is a plan.
type IsPlanError struct{ Module license.Name }

func (e *IsPlanError) Error() string { return fmt.Sprintf("%s is a plan, not an extra", e.Module) }

// Code returns the stable code of the error.
func (e *IsPlanError) Code() string { return "seat.is-a-plan" }

// A HiddenError says that a license is given by plans only.
type HiddenError struct {
	Module license.Name
	Plans  []license.Name // those that include it, in the issuer's order
}

func (e *HiddenError) Error() string {
	return fmt.Sprintf("%s is hidden: only a plan gives it", e.Module)
}

// Code returns the stable code of the error.
func (e *HiddenError) Code() string { return "seat.hidden" }

// A NotAssignableError says that a license is not given to people at all.
type NotAssignableError struct {
	Module license.Name
	Kind   license.Kind
	Marker bool
}

func (e *NotAssignableError) Error() string {
	if e.Marker {
		return fmt.Sprintf("%s is a marker: it is not given to anybody", e.Module)
	}
	return fmt.Sprintf("%s is a %s license: it is not given to people", e.Module, e.Kind)
}

// Code returns the stable code of the error.
func (e *NotAssignableError) Code() string { return "seat.not-assignable" }

// A PrerequisiteError says which license must be held first.
type PrerequisiteError struct {
	Module license.Name
	Needs  license.Name
}

func (e *PrerequisiteError) Error() string {
	return fmt.Sprintf("%s needs %s, which is not held", e.Module, e.Needs)
}

// Code returns the stable code of the error.
func (e *PrerequisiteError) Code() string { return "seat.prerequisite" }

// A DependantsError says that taking something back would take more with it
// than was named. Nothing was changed.
type DependantsError struct {
	Module     license.Name   // what was to be taken back; the zero Name when a login or profile was
	Dependants []license.Name // what needs it and would go along, what is needed last
}

func (e *DependantsError) Error() string {
	return fmt.Sprintf("%d other licenses need what would be taken back, %s first of all", len(e.Dependants), e.Dependants[0])
}

// Code returns the stable code of the error.
func (e *DependantsError) Code() string { return "seat.dependants" }

// A ByLoginError says that nobody is put on a plan by hand, because everybody
// who has a login is on it.
type ByLoginError struct{ Module license.Name }

func (e *ByLoginError) Error() string {
	return fmt.Sprintf("%s is not given by hand: whoever has a login is on the plan", e.Module)
}

// Code returns the stable code of the error.
func (e *ByLoginError) Code() string { return "plan.by-login" }

// A PersonKindError says that a license is not for this kind of person.
type PersonKindError struct {
	Module  license.Name
	Kind    license.PersonKind
	Allowed []string // the words of the kinds that may hold it
}

func (e *PersonKindError) Error() string {
	return fmt.Sprintf("%s is not for a person of kind %s", e.Module, e.Kind)
}

// Code returns the stable code of the error.
func (e *PersonKindError) Code() string { return "seat.person-kind" }

// A PersonGoneError says that somebody has left or is deleted, and so can be
// given nothing.
type PersonGoneError struct {
	Person  string
	Deleted bool // false: has left, and may come back
}

func (e *PersonGoneError) Error() string {
	if e.Deleted {
		return fmt.Sprintf("person %s is deleted", e.Person)
	}
	return fmt.Sprintf("person %s has left", e.Person)
}

// Code returns the stable code of the error.
func (e *PersonGoneError) Code() string { return "person.gone" }

// A NotWaitingError says that somebody does not wait for approval.
type NotWaitingError struct{ Person string }

func (e *NotWaitingError) Error() string {
	return fmt.Sprintf("person %s does not wait for approval", e.Person)
}

// Code returns the stable code of the error.
func (e *NotWaitingError) Code() string { return "person.not-waiting" }

// A ReadOnlyError says that an issuer's set is past its grace date, so that
// nothing of it can be given. Taking back still works.
type ReadOnlyError struct {
	Module license.Name // what was to be given
	Issuer license.Issuer
	Ended  license.Date // the last day everything worked
}

func (e *ReadOnlyError) Error() string {
	return fmt.Sprintf("%s cannot be given: the licenses of %s ended on %s", e.Module, e.Issuer, e.Ended)
}

// Code returns the stable code of the error.
func (e *ReadOnlyError) Code() string { return "license.read-only" }

// A NotHeldError says that somebody was not given what is to be taken back.
type NotHeldError struct {
	Module license.Name
	From   []license.Name // the plans or the profile's modules it comes from instead; nil when it is not held at all
}

func (e *NotHeldError) Error() string {
	if len(e.From) > 0 {
		return fmt.Sprintf("%s comes with %s: take that back instead", e.Module, e.From[0])
	}
	return fmt.Sprintf("%s is not held", e.Module)
}

// Code returns the stable code of the error.
func (e *NotHeldError) Code() string { return "seat.not-held" }

// MaxQuantity is the largest number of seats one assignment may take.
const MaxQuantity = 1_000_000

// A BadQuantityError says that a number of seats is not 1 to [MaxQuantity].
type BadQuantityError struct {
	Module   license.Name
	Quantity int64
	Most     int64
}

func (e *BadQuantityError) Error() string {
	return fmt.Sprintf("%d is not a number of seats from 1 to %d", e.Quantity, e.Most)
}

// Code returns the stable code of the error.
func (e *BadQuantityError) Code() string { return "seat.bad-quantity" }

// A NotForDatabasesError says that a license is not given to databases.
type NotForDatabasesError struct {
	Module license.Name
	Kind   license.Kind
	Marker bool
}

func (e *NotForDatabasesError) Error() string {
	if e.Marker {
		return fmt.Sprintf("%s is a marker: it is not given to anything", e.Module)
	}
	return fmt.Sprintf("%s is a %s license: it is not given to databases", e.Module, e.Kind)
}

// Code returns the stable code of the error.
func (e *NotForDatabasesError) Code() string { return "database.not-for-databases" }

// A DatabaseRemovedError says that a database was removed, and so can be given
// nothing.
type DatabaseRemovedError struct{ Database string }

func (e *DatabaseRemovedError) Error() string {
	return fmt.Sprintf("database %q was removed", e.Database)
}

// Code returns the stable code of the error.
func (e *DatabaseRemovedError) Code() string { return "database.removed" }

// A CentralDatabaseError says that the central database cannot be removed.
type CentralDatabaseError struct{}

func (e *CentralDatabaseError) Error() string { return "the central database cannot be removed" }

// Code returns the stable code of the error.
func (e *CentralDatabaseError) Code() string { return "database.central" }
