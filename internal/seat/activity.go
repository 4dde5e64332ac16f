package seat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/license"
)

// A LastActive says how long ago somebody was active, as coarsely as it may be
// shown. Days are calendar days in the installation's time zone.
type LastActive string

// How long ago, the latest first. Each leaves out what the ones before it say.
const (
	ActiveToday   LastActive = "today"
	ActiveWeek    LastActive = "7-days"  // 1 to 7 days ago
	ActiveMonth   LastActive = "30-days" // 8 to 30 days ago
	ActiveQuarter LastActive = "90-days" // 31 to 90 days ago
	ActiveLonger  LastActive = "longer"  // more than 90 days ago
	ActiveNever   LastActive = "never"   // not since it is collected
)

// LastActives are all of them, the latest first.
var LastActives = []LastActive{ActiveToday, ActiveWeek, ActiveMonth, ActiveQuarter, ActiveLonger, ActiveNever}

// LastActiveOn says how long ago somebody was active whose last day was day; the
// zero Date is never. A day that has not come yet, which a clock or a time zone
// that was changed may leave behind, is today.
func LastActiveOn(day, today license.Date) LastActive {
	if day.IsZero() {
		return ActiveNever
	}
	switch ago := day.DaysUntil(today); {
	case ago <= 0:
		return ActiveToday
	case ago <= 7:
		return ActiveWeek
	case ago <= 30:
		return ActiveMonth
	case ago <= 90:
		return ActiveQuarter
	}
	return ActiveLonger
}

// Rank orders by how long ago it was: 0 is today, and never is the highest.
func (a LastActive) Rank() int { return slices.Index(LastActives, a) }

// Lately reports whether somebody was active within the last 30 days.
func (a LastActive) Lately() bool {
	return a == ActiveToday || a == ActiveWeek || a == ActiveMonth
}

// ParseLastActives reads several with commas between, such as "longer,never"; ""
// is none.
func ParseLastActives(text string) ([]LastActive, error) {
	if text == "" {
		return nil, nil
	}
	var all []LastActive
	for word := range strings.SplitSeq(text, ",") {
		a := LastActive(word)
		if a.Rank() < 0 {
			return nil, &BadLastActiveError{Text: word}
		}
		all = append(all, a)
	}
	return all, nil
}

// A BadLastActiveError is returned for a word that does not say how long ago
// somebody was active.
type BadLastActiveError struct{ Text string }

func (e *BadLastActiveError) Error() string {
	words := make([]string, 0, len(LastActives))
	for _, a := range LastActives {
		words = append(words, string(a))
	}
	return fmt.Sprintf("%q does not say how long ago somebody was active: %s", e.Text, strings.Join(words, ", "))
}

// Code returns the stable code of the error.
func (e *BadLastActiveError) Code() string { return "activity.bad-word" }

// A Collection says whether it is collected on which day people were last active.
type Collection struct {
	On     bool
	Ground string // why that may be; "" where it is not collected
}

// Becomes returns the collection after it was turned on or off, or its ground was
// said anew; nil leaves either as it is. It is turned on only with a ground, and
// nothing is collected without one.
func (c Collection) Becomes(on *bool, ground *string) (Collection, error) {
	next := c
	if on != nil {
		next.On = *on
	}
	if ground != nil {
		next.Ground = strings.TrimSpace(*ground)
	}
	switch {
	case next.On && next.Ground == "":
		return c, &NoGroundError{}
	case !next.On && ground != nil && next.Ground != "" && next.Ground != c.Ground:
		return c, &NotCollectedError{}
	case !next.On:
		next.Ground = ""
	}
	return next, nil
}

// A NoGroundError is returned when it is to be collected when people are active,
// and nobody says why that may be.
type NoGroundError struct{}

func (*NoGroundError) Error() string {
	return "it is not said on what legal ground it may be collected when people are active"
}

// Code returns the stable code of the error.
func (*NoGroundError) Code() string { return "activity.no-ground" }

// A NotCollectedError is returned for what needs to know when people were active
// where that is not collected.
type NotCollectedError struct{}

func (*NotCollectedError) Error() string { return "it is not collected when people were active" }

// Code returns the stable code of the error.
func (*NotCollectedError) Code() string { return "activity.off" }
