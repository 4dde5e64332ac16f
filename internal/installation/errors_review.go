package installation

import (
	"errors"
	"fmt"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A ReviewChangedError is returned when an activation was to apply a review
// that no longer says what would happen. It says what has changed since.
type ReviewChangedError struct {
	Set   string
	Rows  []ChangedRow   // rows that are others now; nil when it is not known what was shown
	Since []ChangedSince // what was done since, oldest first; at most 50

	rows []seat.ReviewRow // as they are now
}

func (e *ReviewChangedError) Error() string {
	return fmt.Sprintf("the review of %s has changed since it was shown: %d rows, %d acts since", e.Set, len(e.Rows), len(e.Since))
}

// Code returns the stable code of the error.
func (e *ReviewChangedError) Code() string { return "review.changed" }

// An UnacknowledgedError is returned for a set that turns features off for
// everyone, as long as nobody has said that they may go.
type UnacknowledgedError struct {
	Set      string
	Licenses []license.Name
}

func (e *UnacknowledgedError) Error() string {
	return fmt.Sprintf("%s turns off %d licenses for everyone, which nobody has acknowledged", e.Set, len(e.Licenses))
}

// Code returns the stable code of the error.
func (e *UnacknowledgedError) Code() string { return "review.unacknowledged" }

// A ChoiceError says which choice of an activation cannot be carried out, for
// whom and why. Nothing was changed.
type ChoiceError struct {
	Number  int    // of the choice, from 1
	Person  string // user id
	Do      string
	Name    license.Name
	Because string // the code of the reason

	cause error
}

func (e *ChoiceError) Error() string {
	return fmt.Sprintf("choice %d, %s %s for %s: %v", e.Number, e.Do, e.Name, e.Person, e.cause)
}

// Code returns the stable code of the error.
func (e *ChoiceError) Code() string { return "review.choice-refused" }

// Unwrap returns the reason.
func (e *ChoiceError) Unwrap() error { return e.cause }

// choiceError says which choice an error is about.
func choiceError(i int, c api.Choice, err error) error {
	e := &ChoiceError{Person: c.Person, Do: c.Do, cause: err}
	errors.As(err, &e)
	e.Number, e.Because = i+1, codeOf(e.cause)
	if e.Name == (license.Name{}) {
		e.Name, _ = license.ParseName(c.Name)
	}
	return e
}

// A StrayedError is the reason a set whose day has come waits: what was chosen
// for that day would do something else to people now than was shown.
type StrayedError struct {
	Set    string
	People int // to whom something else would be done
}

func (e *StrayedError) Error() string {
	return fmt.Sprintf("%s waits: for %d people something else would happen now than was agreed to", e.Set, e.People)
}

// Code returns the stable code of the error.
func (e *StrayedError) Code() string { return "review.strayed" }

// A NotBegunError is returned when an installation is to begin again under a set
// whose day has not come.
type NotBegunError struct {
	Set   string
	Start license.Date
}

func (e *NotBegunError) Error() string {
	return fmt.Sprintf("%s begins on %s: it cannot be in force before that day", e.Set, e.Start)
}

// Code returns the stable code of the error.
func (e *NotBegunError) Code() string { return "set.not-begun" }

// An AskFirstError is the reason a set whose day has come waits: every set is to
// be agreed to, and nobody has.
type AskFirstError struct{}

func (e *AskFirstError) Error() string {
	return "every set waits until somebody agrees, and nobody has"
}

// Code returns the stable code of the error.
func (e *AskFirstError) Code() string { return "set.ask-first" }

// A NotWaitingError is returned when a set that does not wait is to be
// withdrawn.
type NotWaitingError struct {
	Set    string
	Status string
}

func (e *NotWaitingError) Error() string {
	return fmt.Sprintf("%s does not wait: it is %s", e.Set, e.Status)
}

// Code returns the stable code of the error.
func (e *NotWaitingError) Code() string { return "set.not-waiting" }

// Reasons of a [NoRollBackError].
const (
	RollBackNothing  = "nothing"     // no set was replaced
	RollBackTwice    = "rolled-back" // the set in force is one that was gone back to
	RollBackTooLate  = "too-late"    // more than a day has passed
	RollBackFinal    = "final"       // the issuer has ruled it out
	RollBackDamaged  = "damaged"     // what the set in force says cannot be read, and so not whether it is final
	RollBackSeveral  = "several"     // more than one issuer's set can go back: say whose
	RollBackReplaced = "gone"        // the replaced set is not known any longer
)

// A NoRollBackError is returned when the set in force cannot give way to the one
// it replaced.
type NoRollBackError struct {
	Set    string // in force; "" when there is none
	Reason string
	Since  license.Date // in UTC, when it came in force; zero when it does not matter
}

func (e *NoRollBackError) Error() string {
	return fmt.Sprintf("%s cannot be rolled back: %s", e.Set, e.Reason)
}

// Code returns the stable code of the error.
func (e *NoRollBackError) Code() string { return "set.no-roll-back" }

// An OtherIssuerError is returned when sets of two issuers are to be compared.
type OtherIssuerError struct{ From, To string }

func (e *OtherIssuerError) Error() string {
	return fmt.Sprintf("%s and %s are of different issuers", e.From, e.To)
}

// Code returns the stable code of the error.
func (e *OtherIssuerError) Code() string { return "set.other-issuer" }
