package store

import (
	"fmt"
	"strings"
)

// Damage is something in the database that is not as the store left it.
type Damage struct {
	Table   string
	Key     string   // of the row, its columns joined with "/"; "" for the whole table
	What    string   // "edited", "deleted", "inserted", "old copy put back", "deleted row put back", "from an abandoned branch", "personal values edited", "missing", "broken"
	Columns []string // that were edited, when that can be told
}

// A DamagedError is returned when an act touches a row that is damaged. Nothing
// is written over it until somebody has decided what to do with it.
type DamagedError struct{ Damage }

func (e *DamagedError) Error() string {
	s := fmt.Sprintf("row %q of table %s was changed behind the store's back: %s", e.Key, e.Table, e.What)
	if len(e.Columns) > 0 {
		s += " (" + strings.Join(e.Columns, ", ") + ")"
	}
	return s
}

// Code returns the stable code of the error.
func (e *DamagedError) Code() string { return "storage.damaged" }

// A ReadOnlyError is returned when nothing may be granted because the rows of
// the installation do not add up to what was last written.
type ReadOnlyError struct {
	Installation string
	Why          string
}

func (e *ReadOnlyError) Error() string {
	return fmt.Sprintf("installation %s gives nothing away for now: %s", e.Installation, e.Why)
}

// Code returns the stable code of the error.
func (e *ReadOnlyError) Code() string { return "storage.read-only" }

// An UnknownInstallationError is returned for a name no installation has.
type UnknownInstallationError struct{ Name string }

func (e *UnknownInstallationError) Error() string {
	return fmt.Sprintf("there is no installation %q on this server", e.Name)
}

// Code returns the stable code of the error.
func (e *UnknownInstallationError) Code() string { return "installation.unknown" }

// An InstallationExistsError is returned for a name an installation has already.
type InstallationExistsError struct{ Name string }

func (e *InstallationExistsError) Error() string {
	return fmt.Sprintf("there is an installation %q already", e.Name)
}

// Code returns the stable code of the error.
func (e *InstallationExistsError) Code() string { return "installation.exists" }

// A UserIDTakenError is returned when somebody who is not deleted has the user
// id already, in some letter case.
type UserIDTakenError struct{ Number int64 } // of the person who has it

func (e *UserIDTakenError) Error() string {
	return fmt.Sprintf("the user id is already person #%d's", e.Number)
}

// Code returns the stable code of the error.
func (e *UserIDTakenError) Code() string { return "person.user-id-taken" }

// A NoEntryError is returned for an act that changed something and recorded
// nothing.
type NoEntryError struct{}

func (*NoEntryError) Error() string { return "a change that is not recorded does not happen" }

// Code returns the stable code of the error.
func (*NoEntryError) Code() string { return "storage.no-entry" }

// A ConstraintError is returned when the database itself refused an act.
type ConstraintError struct{ Constraint string }

func (e *ConstraintError) Error() string {
	return fmt.Sprintf("the database refused the change: constraint %s", e.Constraint)
}

// Code returns the stable code of the error.
func (e *ConstraintError) Code() string { return "storage.constraint" }

// An UnknownOutcomeError is returned when the connection was lost at commit and
// the database could not be asked afterwards whether the change took place.
type UnknownOutcomeError struct{ Seq int64 } // the place in the journal where it is, if it took place

func (e *UnknownOutcomeError) Error() string {
	return fmt.Sprintf("the connection to the database was lost while change %d was being stored: it may or may not have happened", e.Seq)
}

// Code returns the stable code of the error.
func (e *UnknownOutcomeError) Code() string { return "storage.unknown-outcome" }

// An UnavailableError is returned when the database failed. Nothing was stored.
type UnavailableError struct{ cause error }

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("the database did not store the change: %v", e.cause)
}

// Code returns the stable code of the error.
func (e *UnavailableError) Code() string { return "storage.unavailable" }

// Unwrap returns what the database said.
func (e *UnavailableError) Unwrap() error { return e.cause }

// A ClosedError is returned once the store is being closed.
type ClosedError struct{}

func (*ClosedError) Error() string { return "the store is closed" }

// Code returns the stable code of the error.
func (*ClosedError) Code() string { return "storage.closed" }

// A PanicError is returned when an act panicked. Nothing of it was stored.
type PanicError struct {
	value any
	stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("an act panicked: %v\n%s", e.value, e.stack) }

// Code returns the stable code of the error.
func (e *PanicError) Code() string { return "internal" }
