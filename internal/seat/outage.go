package seat

import (
	"fmt"

	"github.com/pott-dev/pott/license"
)

// An Outage says why the set of an issuer gives nothing although it was
// activated. Its pools stay as they are, what was given stays given, and
// everything of it can be taken back.
type Outage struct {
	Reason string       // [SetDropped] or [SetNotGenuine]
	Key    string       // fingerprint of the key that was revoked; "" when that is not why
	Since  license.Date // the first day without it, in UTC; zero when no day is known
}

// Reasons of an [Outage].
const (
	SetDropped    = "set-dropped"     // a key it was made with is revoked with effect from a day
	SetNotGenuine = "set-not-genuine" // it does not lead back to the pinned root
)

func (o *Outage) refuse(name license.Name, set *license.Set) error {
	number := int64(0)
	if set != nil {
		number = set.Number
	}
	if o.Reason == SetDropped {
		return &DroppedError{Module: name, Issuer: name.Issuer, Number: number, Key: o.Key, Since: o.Since}
	}
	return &NotGenuineError{Module: name, Issuer: name.Issuer, Number: number}
}

// A DroppedError says that nothing of an issuer can be given, because a key its
// set was made with is revoked. Taking back still works.
type DroppedError struct {
	Module license.Name // what was to be given
	Issuer license.Issuer
	Number int64        // of the set
	Key    string       // fingerprint of the key
	Since  license.Date // the first day without the set, in UTC
}

func (e *DroppedError) Error() string {
	return fmt.Sprintf("%s cannot be given: set %d of %s is out of force since %s, its key %s is revoked", e.Module, e.Number, e.Issuer, e.Since, e.Key)
}

// Code returns the stable code of the error.
func (e *DroppedError) Code() string { return "license.set-dropped" }

// A NotGenuineError says that nothing of an issuer can be given, because its set
// does not lead back to the pinned root. Taking back still works.
type NotGenuineError struct {
	Module license.Name // what was to be given
	Issuer license.Issuer
	Number int64 // of the set
}

func (e *NotGenuineError) Error() string {
	return fmt.Sprintf("%s cannot be given: set %d of %s does not lead back to the pinned root", e.Module, e.Number, e.Issuer)
}

// Code returns the stable code of the error.
func (e *NotGenuineError) Code() string { return "license.set-not-genuine" }
