package locale

import (
	"strconv"
	"strings"
	"time"
)

func monthsOf(names string) []string { return strings.Fields(names) }

// near are the words for days around today.
type near struct {
	yesterday, today, tomorrow string
	in                         string // before a number of days to come
	days                       string // after it, or after one gone by
	before, ago                string // before and after a number of days gone by
}

// Date writes the day of t the way a table does: 2026-11-02 in Swedish, 2 Nov
// 2026 in English. The year always has four digits and the day is never mistaken
// for the month.
func (l *Locale) Date(t time.Time) string { return t.Format(l.date) }

// LongDate writes the day of t the way a sentence does: 2 november 2026.
func (l *Locale) LongDate(t time.Time) string {
	return strconv.Itoa(t.Day()) + l.dot + " " + l.Month(t)
}

// Month writes the month of t: november 2026.
func (l *Locale) Month(t time.Time) string {
	return l.months[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// MonthName writes a month alone: november.
func (l *Locale) MonthName(m time.Month) string { return l.months[m-1] }

// Clock writes the time of day of t, to the minute: 15:05.
func (l *Locale) Clock(t time.Time) string { return t.Format(l.clock) }

// Moment writes the day of t and its time, to the minute: 2026-11-02 15:05.
func (l *Locale) Moment(t time.Time) string { return l.Date(t) + l.joint + l.Clock(t) }

// Exact is like Moment, to the second: 2026-11-02 15:05:09.
func (l *Locale) Exact(t time.Time) string {
	return l.Moment(t) + t.Format(l.clock[2:3]+"05")
}

// Days writes how far away a day is: in 41 days, tomorrow, today, 3 days ago.
// n is positive for days to come.
func (l *Locale) Days(n int) string {
	switch n {
	case -1:
		return l.days.yesterday
	case 0:
		return l.days.today
	case 1:
		return l.days.tomorrow
	}
	if n < 0 {
		return l.days.before + l.Number(int64(-n)) + l.days.days + l.days.ago
	}
	return l.days.in + l.Number(int64(n)) + l.days.days
}

// ParseDate reads a day as somebody types it: 2026-11-02 in every language, and
// what [Locale.Date] writes, leading zeros or not. The result is midnight UTC.
func (l *Locale) ParseDate(text string) (t time.Time, ok bool) {
	text = strings.TrimSpace(text)
	for _, layout := range []string{time.DateOnly, l.date, strings.NewReplacer("02", "2", "01", "1").Replace(l.date)} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 {
			return t, true
		}
	}
	return time.Time{}, false
}

// List writes names the way a sentence does: a, b and c.
func (l *Locale) List(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + l.and + " " + names[last]
}
