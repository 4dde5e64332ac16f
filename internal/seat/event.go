package seat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/license"
)

// An Event is something people should hear about. It never ends by itself: past
// its expected end it is overdue until somebody, or the server whose state it
// tells of, ends it.
type Event struct {
	Number    int64 // small and stable within the installation
	Type      EventType
	Code      string // what it tells of; "" for what people have started
	About     string // which one, where there may be several of a code
	Ending    Ending
	Audience  Audience
	StartedBy string // the actor
	Started   int64  // when it was recorded; all times in microseconds since 1970 UTC
	From      int64  // when it takes effect, inclusive
	Expected  int64  // when it should be over; 0: nobody said
	Ended     int64  // 0 while it is open
}

// An EventType is the stable word for what an event does.
type EventType string

const (
	NoSignIn    EventType = "no-login"    // keeps everybody but administrators from signing in
	Message     EventType = "message"     // the message of the day
	Maintenance EventType = "maintenance" // work that was announced
	Custom      EventType = "custom"      // whatever the organisation has to say
	Job         EventType = "job"         // a long job is running
	Notice      EventType = "notice"      // the server tells of its own state
)

// EventTypes are all types; people may start all but the last.
var EventTypes = []EventType{NoSignIn, Message, Maintenance, Custom, Job, Notice}

// An Ending says who may end an event by hand.
type Ending string

const (
	Free    Ending = "free"    // any administrator
	Guarded Ending = "guarded" // whoever started it; others only in an emergency
	Locked  Ending = "locked"  // nobody: it is over when what it tells of is over
)

// An EventState is where an event stands at a moment.
type EventState string

const (
	EventScheduled EventState = "scheduled" // it is yet to take effect
	EventRunning   EventState = "running"
	EventOverdue   EventState = "overdue" // it takes effect, and should be over
	EventEnded     EventState = "ended"
)

// State returns where the event stands at a moment.
func (e Event) State(now int64) EventState {
	switch {
	case e.Ended != 0:
		return EventEnded
	case now < e.From:
		return EventScheduled
	case e.Expected != 0 && now >= e.Expected:
		return EventOverdue
	}
	return EventRunning
}

// InEffect reports whether the event has begun and has not ended.
func (e Event) InEffect(now int64) bool { return e.Ended == 0 && now >= e.From }

// An Audience is whom an event concerns. The zero Audience is everybody.
type Audience struct {
	Kinds          license.PersonKind // people of these kinds; 0: of any
	Administrators bool               // administrators and nobody else
}

// administrators is the word for an audience of administrators.
const administrators = "administrators"

// Has reports whether somebody is among the audience.
func (a Audience) Has(kind license.PersonKind, administrator bool) bool {
	return (a.Kinds == 0 || a.Kinds&kind != 0) && (administrator || !a.Administrators)
}

// Words returns the audience as words: "administrators" and kinds of people.
// Everybody is none.
func (a Audience) Words() []string {
	var words []string
	if a.Administrators {
		words = append(words, administrators)
	}
	return append(words, a.Kinds.Words()...)
}

// ParseAudience reads what Words returns, in any order. The error is a
// [*license.BadWordError].
func ParseAudience(words []string) (Audience, error) {
	var a Audience
	for _, w := range words {
		var kind license.PersonKind
		switch err := kind.UnmarshalText([]byte(w)); {
		case w == administrators:
			a.Administrators = true
		case err != nil:
			return Audience{}, &license.BadWordError{Word: w, Of: "audience", Allowed: administrators + ", " + strings.Join(everyKind.Words(), ", ")}
		}
		a.Kinds |= kind
	}
	return a, nil
}

const everyKind = license.Internal | license.External | license.Technical | license.Anonymous | license.Resource

// Closed returns the event that keeps somebody from signing in at a moment: of
// several the one expected to last longest, of those the oldest. It is nil for
// administrators, who always get in.
func Closed(events []Event, kind license.PersonKind, administrator bool, now int64) *Event {
	if administrator {
		return nil
	}
	var closed *Event
	for i := range events {
		e := &events[i]
		if e.Type == NoSignIn && e.InEffect(now) && e.Audience.Has(kind, false) && (closed == nil || e.outlasts(closed)) {
			closed = e
		}
	}
	return closed
}

// A Closing is an event that keeps somebody from signing in, as an answer needs
// it.
type Closing struct {
	Number   int64
	Expected int64        // when it should be over, in microseconds since 1970 UTC; 0: nobody said
	Until    license.Date // the day of that, where the installation is; zero when it has passed
}

// outlasts reports whether an event is expected to last longer than another.
// One that does not say counts as longer than any that does.
func (e *Event) outlasts(other *Event) bool {
	switch {
	case e.Expected == other.Expected:
		return e.Number < other.Number
	case e.Expected == 0 || other.Expected == 0:
		return e.Expected == 0
	}
	return e.Expected > other.Expected
}

// MayEnd says whether an actor may end the event by hand. The error is an
// [*EventLockedError], which nothing overrides, or an [*EventGuardedError], which
// an emergency does.
func (e Event) MayEnd(by string, emergency bool) error {
	switch {
	case e.Ending == Locked:
		return &EventLockedError{Number: e.Number, About: e.About}
	case e.Ending == Guarded && by != e.StartedBy && !emergency:
		return &EventGuardedError{Number: e.Number, StartedBy: e.StartedBy}
	}
	return nil
}

// Check refuses an event that makes no sense. The error is an [*EventError].
func (e Event) Check() error {
	wrong := func(field, why string) error { return &EventError{Field: field, Why: why} }
	switch {
	case !slices.Contains(EventTypes, e.Type):
		return wrong("type", "use one of no-login, message, maintenance, custom, job")
	case e.Type == NoSignIn && e.Audience.Administrators:
		return wrong("audience", "nothing keeps administrators from signing in")
	case e.Expected != 0 && e.Expected <= e.From:
		return wrong("expected", "it is not after the beginning")
	}
	return nil
}

// MaxEvents is how many events of people may be open at a time. All of them
// travel with the holdings to every product.
const MaxEvents = 16

// An EventLockedError says that an event tells of a state of the server, and is
// over when that is.
type EventLockedError struct {
	Number int64
	About  string
}

func (e *EventLockedError) Error() string {
	return fmt.Sprintf("event %d is over when what it tells of is over; nobody can end it", e.Number)
}

// Code returns the stable code of the error.
func (e *EventLockedError) Code() string { return "event.locked" }

// An EventGuardedError says that whoever started an event should end it: what
// it tells of may still be going on.
type EventGuardedError struct {
	Number    int64
	StartedBy string
}

func (e *EventGuardedError) Error() string {
	return fmt.Sprintf("event %d was started by %s, who ends it; others may only in an emergency", e.Number, e.StartedBy)
}

// Code returns the stable code of the error.
func (e *EventGuardedError) Code() string { return "event.guarded" }

// An EventError says which part of an event makes no sense.
type EventError struct {
	Field string // as in the API
	Why   string
}

func (e *EventError) Error() string { return e.Field + ": " + e.Why }

// Code returns the stable code of the error.
func (e *EventError) Code() string { return "event.bad" }
