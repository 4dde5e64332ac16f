package entitle

import (
	"fmt"
	"slices"

	"github.com/pott-dev/pott/license"
)

// An Effect is what an answer lets happen. The zero Effect is Deny.
type Effect uint8

const (
	Deny     Effect = iota // no
	ReadOnly               // look, but change nothing
	Allow                  // yes
)

// String returns "deny", "read-only" or "allow".
func (e Effect) String() string {
	switch e {
	case Deny:
		return "deny"
	case ReadOnly:
		return "read-only"
	case Allow:
		return "allow"
	}
	return fmt.Sprintf("effect(%d)", uint8(e))
}

// MarshalText returns the same as String.
func (e Effect) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// A Reason is the one fact that decided an answer. Its text is stable; the
// numbers are not.
type Reason uint8

const (
	NoReason           Reason = iota // nothing was asked
	Held                             // given to the person, directly or by a profile
	Included                         // included in a plan the person holds
	System                           // on for the whole installation
	NotHeld                          // in a set, but the person does not hold it
	ModuleUnknown                    // in no set in force
	FeatureOff                       // not a system module of any set in force
	NoEdit                           // the feature is on, the person does not hold the module that edits
	PersonUnknown                    // nobody has that user id
	PersonGone                       // has left or was deleted
	NoLogin                          // has no login
	WaitingForApproval               // has a login, and is not approved yet
	ValidThroughPassed               // the last day of the login has passed
	ClientUnknown                    // no set in force has a client of that name
	ClientKind                       // the client is not for this kind of person
	ClientNeeds                      // a module the client needs is missing or not held
	IssuerReadOnly                   // the grace of the issuer's set is over
	SetDropped                       // the issuer's set is out of force: a key it was made with is revoked
	SetNotGenuine                    // the issuer's set is out of force: it does not lead back to the pinned root
	TooOld                           // the holdings are older than their maximum age
	NoLoginEvent                     // an event keeps everybody but administrators from signing in
	MaintenanceEnded                 // of an upgrade: the version was released after the last day of maintenance
	NoSet                            // of an upgrade: the issuer has no set in force
	HandleUnknown                    // the handle is the zero handle or comes from another index
	reasons                          // how many there are
)

var reasonWords = [reasons]string{
	NoReason: "", Held: "held", Included: "included", System: "system", NotHeld: "not-held",
	ModuleUnknown: "module-unknown", FeatureOff: "feature-off", NoEdit: "no-edit",
	PersonUnknown: "person-unknown", PersonGone: "person-gone", NoLogin: "no-login", WaitingForApproval: "waiting-for-approval",
	ValidThroughPassed: "valid-through-passed", ClientUnknown: "client-unknown", ClientKind: "client-kind",
	ClientNeeds: "client-needs", IssuerReadOnly: "issuer-read-only", SetDropped: "set-dropped", SetNotGenuine: "set-not-genuine", TooOld: "stale", NoLoginEvent: "no-login-event", MaintenanceEnded: "maintenance-ended", NoSet: "no-set", HandleUnknown: "handle-unknown",
}

// Reasons returns every reason an answer may give.
func Reasons() []Reason {
	all := make([]Reason, 0, reasons-1)
	for r := NoReason + 1; r < reasons; r++ {
		all = append(all, r)
	}
	return all
}

// String returns the stable code, such as "not-held".
func (r Reason) String() string {
	if r >= reasons {
		return fmt.Sprintf("reason(%d)", uint8(r))
	}
	return reasonWords[r]
}

// MarshalText returns the same as String.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *Reason) UnmarshalText(text []byte) error {
	i := slices.Index(reasonWords[:], string(text))
	if i < 0 {
		return &license.BadWordError{Word: string(text), Of: "reason", Allowed: "the codes of entitle.Reasons"}
	}
	*r = Reason(i)
	return nil
}

// An Answer is the answer to one check. It is a small value: comparing, copying
// and returning it allocates nothing. The zero Answer denies.
type Answer struct {
	Effect Effect
	Reason Reason
	// Grace is true between the expiry of the issuer's set and the end of its
	// grace: everything still works, and somebody should renew.
	Grace bool
	// Until is the last day the effect stands as far as is known now: the day the
	// set or the person's login ends, whichever is first. It is zero when no end
	// is known, and when the effect is Deny. With the reason [NoLoginEvent] it is the
	// day signing in should work again, if that was said and has not passed; see
	// [Index.Closed] for the moment.
	Until license.Date
}

// Allowed reports whether the effect is Allow.
func (a Answer) Allowed() bool { return a.Effect == Allow }

// CanRead reports whether the effect is Allow or ReadOnly.
func (a Answer) CanRead() bool { return a.Effect != Deny }

// String returns a line for logs, such as "allow (included) until 2026-12-31, in
// grace".
func (a Answer) String() string {
	s := a.Effect.String() + " (" + a.Reason.String() + ")"
	if !a.Until.IsZero() {
		s += " until " + a.Until.String()
	}
	if a.Grace {
		s += ", in grace"
	}
	return s
}

func deny(r Reason) Answer { return Answer{Effect: Deny, Reason: r} }
