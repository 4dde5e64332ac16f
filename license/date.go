package license

import (
	"fmt"
	"time"
)

// A Date is a calendar date, without a time of day. Which hours it covers
// depends on the time zone of the set it stands in. The zero Date means that
// nothing is said; for an end it means "no end".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the date at t in t's location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads "2026-06-10". Only dates that exist, from year 1 to 9999, are
// read; the empty text is the zero Date.
func ParseDate(text string) (Date, error) {
	if text == "" {
		return Date{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Date{}, &BadDateError{Text: text}
	}
	return DateOf(t), nil
}

// IsZero reports whether nothing is said.
func (d Date) IsZero() bool { return d == Date{} }

// String returns "2026-06-10", or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText returns the same as String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// Before reports whether d is earlier than e. Neither may be the zero Date.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is later than e. Neither may be the zero Date.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Compare returns -1, 0 or +1 as d is before, equal to or after e.
func (d Date) Compare(e Date) int {
	switch a, b := d.ordinal(), e.ordinal(); {
	case a < b:
		return -1
	case a > b:
		return +1
	}
	return 0
}

func (d Date) ordinal() int { return (d.Year*13+int(d.Month))*32 + d.Day }

// Add returns the date that many days later.
func (d Date) Add(days int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+days, 0, 0, 0, 0, time.UTC))
}

// DaysUntil returns the number of calendar days from d to e: 1 from one day to
// the next, negative when e is earlier.
func (d Date) DaysUntil(e Date) int {
	// Not Time.Sub: a Duration ends after 292 years.
	const day = 24 * 60 * 60
	return int((e.Midnight(time.UTC).Unix() - d.Midnight(time.UTC).Unix()) / day)
}

// Midnight returns the moment the date begins in loc.
func (d Date) Midnight(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// A BadDateError is returned for a text that is not a date.
type BadDateError struct{ Text string }

func (e *BadDateError) Error() string {
	return fmt.Sprintf("%q is not a date written as 2026-06-10", e.Text)
}

// Code returns the stable code of the error.
func (e *BadDateError) Code() string { return "license.bad-date" }
