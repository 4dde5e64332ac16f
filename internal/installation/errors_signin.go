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

// A TooManyError is returned, for a while, when signing in has failed too often.
// It is never for ever, and other ways of signing in are not stopped by it.
type TooManyError struct {
	Seconds int64 // until it can be tried again
}

func (e *TooManyError) Error() string {
	return fmt.Sprintf("too many attempts; try again in %d seconds", e.Seconds)
}

// Code returns the stable code of the error.
func (e *TooManyError) Code() string { return "signin.too-many" }

// A BusyError is returned when more people sign in at the same moment than the
// server has memory for.
type BusyError struct{}

func (e *BusyError) Error() string { return "too many people sign in at this moment" }

// Code returns the stable code of the error.
func (e *BusyError) Code() string { return "signin.busy" }

// A LinkOverError is returned for a one-time link that is not good: it was used,
// its day is over, a newer one was made, or it never was one.
type LinkOverError struct{}

func (e *LinkOverError) Error() string { return "the link is not good any more" }

// Code returns the stable code of the error.
func (e *LinkOverError) Code() string { return "signin.link-over" }

// A StaleError is returned when signing in was begun too long ago, in another
// browser, or has been finished already.
type StaleError struct{}

func (e *StaleError) Error() string { return "signing in was begun too long ago or elsewhere" }

// Code returns the stable code of the error.
func (e *StaleError) Code() string { return "signin.stale" }

// A SignInAgainError is returned when somebody who signed in long ago wants to
// change how to sign in: the browser may have been left alone.
type SignInAgainError struct{}

func (e *SignInAgainError) Error() string { return "sign in again first" }

// Code returns the stable code of the error.
func (e *SignInAgainError) Code() string { return "signin.again" }

// A ShortPasswordError is returned for a password that is too short.
type ShortPasswordError struct{ Least int } // characters

func (e *ShortPasswordError) Error() string {
	return fmt.Sprintf("the password needs at least %d characters", e.Least)
}

// Code returns the stable code of the error.
func (e *ShortPasswordError) Code() string { return "signin.password-short" }

// A LongPasswordError is returned for a password that is too long.
type LongPasswordError struct{ Most int } // bytes

func (e *LongPasswordError) Error() string {
	return fmt.Sprintf("the password may have at most %d bytes", e.Most)
}

// Code returns the stable code of the error.
func (e *LongPasswordError) Code() string { return "signin.password-long" }

// A CommonPasswordError is returned for a password that others guess first: many
// people use it, or it is made of the person's own name.
type CommonPasswordError struct{}

func (e *CommonPasswordError) Error() string { return "the password is one that is guessed first" }

// Code returns the stable code of the error.
func (e *CommonPasswordError) Code() string { return "signin.password-common" }

// An UnknownCredentialError is returned when a person has no such passkey or
// password.
type UnknownCredentialError struct{ Credential string }

func (e *UnknownCredentialError) Error() string {
	return fmt.Sprintf("there is no credential %q", e.Credential)
}

// Code returns the stable code of the error.
func (e *UnknownCredentialError) Code() string { return "credential.unknown" }

// A LastCredentialError is returned when somebody wants to remove the only way to
// sign in there is.
type LastCredentialError struct{}

func (e *LastCredentialError) Error() string { return "there is no other way to sign in" }

// Code returns the stable code of the error.
func (e *LastCredentialError) Code() string { return "credential.last" }

// A BadPasskeyError is returned for a passkey that cannot be registered.
type BadPasskeyError struct{}

func (e *BadPasskeyError) Error() string { return "the passkey cannot be registered" }

// Code returns the stable code of the error.
func (e *BadPasskeyError) Code() string { return "passkey.bad" }

// An UnknownSessionError is returned when a person has no such session.
type UnknownSessionError struct{ Session string }

func (e *UnknownSessionError) Error() string { return fmt.Sprintf("there is no session %q", e.Session) }

// Code returns the stable code of the error.
func (e *UnknownSessionError) Code() string { return "session.unknown" }

// An UnknownProviderError is returned when no provider has a code.
type UnknownProviderError struct{ Provider string }

func (e *UnknownProviderError) Error() string {
	return fmt.Sprintf("there is no provider %q", e.Provider)
}

// Code returns the stable code of the error.
func (e *UnknownProviderError) Code() string { return "provider.unknown" }

// An UnreachableProviderError is returned when a provider does not answer, or not
// as a provider does.
type UnreachableProviderError struct {
	Provider string
	Why      string
}

func (e *UnreachableProviderError) Error() string {
	return fmt.Sprintf("provider %s cannot be asked: %s", e.Provider, e.Why)
}

// Code returns the stable code of the error.
func (e *UnreachableProviderError) Code() string { return "provider.unreachable" }

// A ProviderRefusedError is returned when a provider does not say who somebody
// is, or says it in a way that cannot be believed.
type ProviderRefusedError struct{ Provider string }

func (e *ProviderRefusedError) Error() string {
	return fmt.Sprintf("provider %s does not say who it is", e.Provider)
}

// Code returns the stable code of the error.
func (e *ProviderRefusedError) Code() string { return "provider.refused" }

// A NobodyError is returned when a provider says who somebody is and nobody here
// is called that. Signing in makes no people.
type NobodyError struct {
	Provider string
	Claimed  string // what the provider says; "" when it says nothing that can be used
}

func (e *NobodyError) Error() string {
	return fmt.Sprintf("nobody here is %q of provider %s", e.Claimed, e.Provider)
}

// Code returns the stable code of the error.
func (e *NobodyError) Code() string { return "provider.nobody" }

// A NoSecretKeyError is returned where a provider's secret cannot be kept, or
// cannot be read any more: the key of the installation it is encrypted with is
// not on this server.
type NoSecretKeyError struct{ Provider string }

func (e *NoSecretKeyError) Error() string {
	return fmt.Sprintf("the secret of provider %s cannot be kept without the installation's key", e.Provider)
}

// Code returns the stable code of the error.
func (e *NoSecretKeyError) Code() string { return "provider.no-key" }

// A RoleHolderError is returned when somebody who is no administrator wants to
// change what a person with a role is recognized by, or let oneself in as that
// person.
type RoleHolderError struct{ Person string }

func (e *RoleHolderError) Error() string {
	return fmt.Sprintf("%s has a role; only an administrator changes how that person signs in", e.Person)
}

// Code returns the stable code of the error.
func (e *RoleHolderError) Code() string { return "person.role-holder" }

// refusedBegin is an answer of our own among what the store may say when a session
// is recorded.
type refusedBegin struct{ err error }

func (e *refusedBegin) Error() string { return e.err.Error() }
