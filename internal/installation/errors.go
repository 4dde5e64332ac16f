package installation

import (
	"fmt"

	"github.com/pott-dev/pott/license"
)

// An UnknownPersonError is returned when nobody has a user id or number.
type UnknownPersonError struct {
	Person string // as it was asked for
}

func (e *UnknownPersonError) Error() string { return fmt.Sprintf("there is no person %q", e.Person) }

// Code returns the stable code of the error.
func (e *UnknownPersonError) Code() string { return "person.unknown" }

// An UnknownClientError is returned for a way to sign in that was typed without
// an issuer and that no set in force has.
type UnknownClientError struct {
	Client string // as it was asked for
}

func (e *UnknownClientError) Error() string {
	return fmt.Sprintf("no set in force has a way to sign in called %q", e.Client)
}

// Code returns the stable code of the error.
func (e *UnknownClientError) Code() string { return "check.unknown-client" }

// An AmbiguousClientError is returned for a way to sign in that was typed without
// an issuer and that more than one has.
type AmbiguousClientError struct {
	Client string         // as it was asked for
	Names  []license.Name // what it may stand for
}

func (e *AmbiguousClientError) Error() string {
	return fmt.Sprintf("more than one issuer has a way to sign in called %q", e.Client)
}

// Code returns the stable code of the error.
func (e *AmbiguousClientError) Code() string { return "check.ambiguous-client" }

// A BadValueError is returned for a value that no field of its kind may have.
type BadValueError struct {
	Field string
	Why   string
}

func (e *BadValueError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Why) }

// Code returns the stable code of the error.
func (e *BadValueError) Code() string { return "request.bad-value" }

// An UnknownSetError is returned when no set has been received under an id.
type UnknownSetError struct {
	Set string
}

func (e *UnknownSetError) Error() string { return fmt.Sprintf("there is no set %q", e.Set) }

// Code returns the stable code of the error.
func (e *UnknownSetError) Code() string { return "set.unknown" }

// An OlderSetError is returned for a set whose number is not above the highest
// accepted from its issuer.
type OlderSetError struct {
	Issuer  license.Issuer
	Number  int64
	Highest int64
}

func (e *OlderSetError) Error() string {
	return fmt.Sprintf("set %d of %s is older than set %d, which was accepted before", e.Number, e.Issuer, e.Highest)
}

// Code returns the stable code of the error.
func (e *OlderSetError) Code() string { return "set.older" }

// An EquivocationError is returned when an issuer has signed two different sets
// with one number: one of them should not exist. Both are kept.
type EquivocationError struct {
	Issuer   license.Issuer
	Number   int64
	Accepted string // checkpoint hash of the set that was accepted
	Refused  string // and of the other one
}

func (e *EquivocationError) Error() string {
	return fmt.Sprintf("another set %d of %s was accepted before: %s, not %s", e.Number, e.Issuer, e.Accepted, e.Refused)
}

// Code returns the stable code of the error.
func (e *EquivocationError) Code() string { return "set.equivocation" }

// An OtherSerialError is returned for a set of another customer.
type OtherSerialError struct {
	Serial  string // of the set
	Company string // of the set
	Want    string // this installation's
}

func (e *OtherSerialError) Error() string {
	return fmt.Sprintf("the set is for serial number %s, and this is %s", e.Serial, e.Want)
}

// Code returns the stable code of the error.
func (e *OtherSerialError) Code() string { return "set.other-serial" }

// An OtherKeyError is returned for a set that names another installation.
type OtherKeyError struct {
	Installation string // fingerprint in the set
	Want         string // this installation's
}

func (e *OtherKeyError) Error() string {
	return fmt.Sprintf("the set is for the installation %s, and this is %s", e.Installation, e.Want)
}

// Code returns the stable code of the error.
func (e *OtherKeyError) Code() string { return "set.other-installation" }

// A DemoError is returned for a demo set in an installation that is for real.
type DemoError struct {
	Issuer license.Issuer
	Number int64
}

func (e *DemoError) Error() string {
	return fmt.Sprintf("set %d of %s is for demo installations only", e.Number, e.Issuer)
}

// Code returns the stable code of the error.
func (e *DemoError) Code() string { return "set.demo" }

// An UnknownProfileError is returned when there is no profile of a code.
type UnknownProfileError struct {
	Profile string
}

func (e *UnknownProfileError) Error() string { return fmt.Sprintf("there is no profile %q", e.Profile) }

// Code returns the stable code of the error.
func (e *UnknownProfileError) Code() string { return "profile.unknown" }

// A ProfileInUseError is returned when a profile with people on it is to be
// deleted.
type ProfileInUseError struct {
	Profile string
	People  int
}

func (e *ProfileInUseError) Error() string {
	return fmt.Sprintf("%d people are on the profile %q", e.People, e.Profile)
}

// Code returns the stable code of the error.
func (e *ProfileInUseError) Code() string { return "profile.in-use" }

// An UnknownTokenError is returned when there is no token of an id.
type UnknownTokenError struct {
	Token string
}

func (e *UnknownTokenError) Error() string { return fmt.Sprintf("there is no token %q", e.Token) }

// Code returns the stable code of the error.
func (e *UnknownTokenError) Code() string { return "token.unknown" }

// A BadQuestionError is returned for a check that does not ask exactly one
// thing.
type BadQuestionError struct {
	Why string
}

func (e *BadQuestionError) Error() string { return "the question cannot be answered: " + e.Why }

// Code returns the stable code of the error.
func (e *BadQuestionError) Code() string { return "check.bad-question" }

// A NoKeyError is returned when holdings are asked for and the server has no
// installation key to sign them with.
type NoKeyError struct {
	Installation string
}

func (e *NoKeyError) Error() string {
	return fmt.Sprintf("the server has no key of the installation %q to sign with", e.Installation)
}

// Code returns the stable code of the error.
func (e *NoKeyError) Code() string { return "installation.no-key" }

// An UnknownEventError says that there is no event of a number.
type UnknownEventError struct{ Event string }

func (e *UnknownEventError) Error() string { return fmt.Sprintf("there is no event %q", e.Event) }

// Code returns the stable code of the error.
func (e *UnknownEventError) Code() string { return "event.unknown" }

// An EventEndedError says that an event has ended, so that nothing of it can be
// changed any more.
type EventEndedError struct{ Number int64 }

func (e *EventEndedError) Error() string { return fmt.Sprintf("event %d has ended", e.Number) }

// Code returns the stable code of the error.
func (e *EventEndedError) Code() string { return "event.ended" }

// A ManyEventsError says that as many events are open as may be at a time.
type ManyEventsError struct{ Open, Most int }

func (e *ManyEventsError) Error() string {
	return fmt.Sprintf("%d events are open, and no more than %d may be", e.Open, e.Most)
}

// Code returns the stable code of the error.
func (e *ManyEventsError) Code() string { return "event.too-many" }
