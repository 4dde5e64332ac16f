package command

import "fmt"

// UsageError is returned for arguments that make no sense.
type UsageError struct {
	Problem string
	Help    string // the command that tells more
}

func (e *UsageError) Error() string { return e.Problem }

// Code returns the stable code of the error.
func (e *UsageError) Code() string { return "cli.usage" }

// SetUnacknowledgedError is returned for a set that would turn features off for
// everyone, and is otherwise ready.
type SetUnacknowledgedError struct {
	Set      string
	Licenses int    // how many
	Flags    string // that acknowledge all of them
}

func (e *SetUnacknowledgedError) Error() string {
	return fmt.Sprintf("%s turns off %d licenses for everyone: add%s", e.Set, e.Licenses, e.Flags)
}

// Code returns the stable code of the error.
func (e *SetUnacknowledgedError) Code() string { return "set.unacknowledged" }

// ConfirmError is returned when a change that is hard to take back was not
// agreed to and nobody can be asked.
type ConfirmError struct{ Flag string }

func (e *ConfirmError) Error() string {
	return fmt.Sprintf("this is hard to take back and needs %s", e.Flag)
}

// Code returns the stable code of the error.
func (e *ConfirmError) Code() string { return "cli.confirm" }

// DeclinedError is returned when a person said no.
type DeclinedError struct{}

func (e *DeclinedError) Error() string { return "nothing was changed" }

// Code returns the stable code of the error.
func (e *DeclinedError) Code() string { return "cli.declined" }

// NoTokenError is returned when no token was given.
type NoTokenError struct{}

func (e *NoTokenError) Error() string { return "no token was given" }

// Code returns the stable code of the error.
func (e *NoTokenError) Code() string { return "cli.no-token" }

// TokenFileError is returned for a file that does not hold one token.
type TokenFileError struct{ Path string }

func (e *TokenFileError) Error() string { return fmt.Sprintf("%s does not hold one token", e.Path) }

// Code returns the stable code of the error.
func (e *TokenFileError) Code() string { return "cli.token-file" }

// FileError is returned for a file that cannot be read or written.
type FileError struct{ Path, Why string }

func (e *FileError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Why) }

// Code returns the stable code of the error.
func (e *FileError) Code() string { return "cli.file" }

// ContextsFileError is returned when the remembered contexts cannot be read or
// written.
type ContextsFileError struct{ Path, Why string }

func (e *ContextsFileError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Why) }

// Code returns the stable code of the error.
func (e *ContextsFileError) Code() string { return "cli.contexts-file" }

// NoContextError is returned for a context nobody has added.
type NoContextError struct {
	Name  string
	Known string // the names of those there are, with commas
}

func (e *NoContextError) Error() string {
	if e.Known == "" {
		return fmt.Sprintf("there is no context %q, nor any other", e.Name)
	}
	return fmt.Sprintf("there is no context %q: there are %s", e.Name, e.Known)
}

// Code returns the stable code of the error.
func (e *NoContextError) Code() string { return "cli.no-context" }

// NoHomeError is returned when there is no place to remember contexts.
type NoHomeError struct{}

func (e *NoHomeError) Error() string {
	return "neither XDG_CONFIG_HOME nor HOME says where to keep contexts"
}

// Code returns the stable code of the error.
func (e *NoHomeError) Code() string { return "cli.no-home" }

// NoSetWaitingError is returned when a command was not told which set is meant
// and there is not exactly one that waits.
type NoSetWaitingError struct{ Waiting int }

func (e *NoSetWaitingError) Error() string {
	if e.Waiting == 0 {
		return "no set waits for activation"
	}
	return fmt.Sprintf("%d sets wait for activation: name one", e.Waiting)
}

// Code returns the stable code of the error.
func (e *NoSetWaitingError) Code() string { return "cli.no-set-waiting" }

// SetBlockedError is returned beside a review that says the set cannot be
// activated.
type SetBlockedError struct {
	Set      string // its id
	Blocking int    // rows in the way
	First    string // the license of the first such row, a visible one if there is any
	hidden   bool   // whether First is hidden
}

func (e *SetBlockedError) Error() string {
	return fmt.Sprintf("%d of the licenses in %s are too small", e.Blocking, e.Set)
}

// Code returns the stable code of the error.
func (e *SetBlockedError) Code() string { return "set.blocked" }

// AuditBrokenError is returned beside a verdict that is not "intact".
type AuditBrokenError struct{ Where string }

func (e *AuditBrokenError) Error() string { return "the audit trail is broken at " + e.Where }

// Code returns the stable code of the error.
func (e *AuditBrokenError) Code() string { return "audit.broken" }

// AuditUncheckedError is returned beside a verdict that says nothing was
// checked.
type AuditUncheckedError struct{ Note string }

func (e *AuditUncheckedError) Error() string { return "the audit trail cannot be checked" }

// Code returns the stable code of the error.
func (e *AuditUncheckedError) Code() string { return "audit.cannot-check" }
