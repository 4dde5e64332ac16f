package installation

import (
	"fmt"
	"time"
)

// A RefusedError is returned to somebody who has not shown who it is. It does not
// say what was wrong: that would tell a stranger who is known here.
type RefusedError struct{}

func (e *RefusedError) Error() string { return "user id or password is wrong" }

// Code returns the stable code of the error.
func (e *RefusedError) Code() string { return "signin.refused" }

// A NoLoginError is returned to somebody who has shown who it is and has no login
// now: none was given, it has ended, or the person waits for approval or has
// left.
type NoLoginError struct{ Person string }

func (e *NoLoginError) Error() string { return fmt.Sprintf("%s has no login now", e.Person) }

// Code returns the stable code of the error.
func (e *NoLoginError) Code() string { return "signin.no-login" }

// A ClosedError is returned while nobody but administrators may sign in.
type ClosedError struct {
	Until time.Time // when it is expected to be over; zero: nobody said
	Event int64     // the number of the event that says so
}

func (e *ClosedError) Error() string { return "nobody but administrators may sign in now" }

// Code returns the stable code of the error.
func (e *ClosedError) Code() string { return "signin.closed" }

// An UnknownSessionError is returned when a person has no such session.
type UnknownSessionError struct{ Session string }

func (e *UnknownSessionError) Error() string { return fmt.Sprintf("there is no session %q", e.Session) }

// Code returns the stable code of the error.
func (e *UnknownSessionError) Code() string { return "session.unknown" }

// refusedBegin is an answer of our own among what the store may say when a session
// is recorded.
type refusedBegin struct{ err error }

func (e *refusedBegin) Error() string { return e.err.Error() }
