package i18n

import (
	"fmt"
	"text/template"
	"time"

	"github.com/pott-dev/pott/internal/locale"
)

// functions are what templates of a language may call besides the ordinary ones:
//
//	number .Seats                  12 000 (sv), 12,000 (en)
//	percent .Taken .Seats          84 %, rounded down; "" when there are no seats
//	date .Ended                    8 april 2027, in a sentence; "" for no date
//	short .Ended                   2027-04-08, in a table
//	moment .At                     2027-04-08 15:05, in the zone the fact carries
//	clock .At                      15:05, in the zone the fact carries
//	day .Since                     date of a moment in microseconds since 1970, in UTC
//	days .Left                     in 41 days, today, 3 days ago
//	plural .Short "seat" "seats"   the first for exactly 1, else the second
//	list .Also                     a, b and c; at most five, then how many more
//	told .Why                      a reason that an error gives in English
//	term .What                     a thing that an error names in English
//	field .Field                   a field of the API as forms call it
//	known .Free                    whether there is a number: 0 is one
func functions(lang string) template.FuncMap {
	l := locale.For(lang)
	return template.FuncMap{
		"number":  func(n any) string { return l.Number(whole(n)) },
		"percent": func(part, of any) string { return l.Percent(whole(part), whole(of)) },
		"date":    func(text string) string { return date(text, l.LongDate) },
		"short":   func(text string) string { return date(text, l.Date) },
		"moment":  func(text string) string { return moment(text, l.Moment) },
		"clock":   func(text string) string { return moment(text, l.Clock) },
		"day":     func(n any) string { return l.LongDate(time.UnixMicro(whole(n)).UTC()) },
		"days":    func(n any) string { return l.Days(int(whole(n))) },
		"plural":  plural,
		"known":   func(n any) bool { _, ok := n.(int64); return ok },
		"told":    func(text string) string { said, _ := Told(lang, text); return said },
		"term":    func(text string) string { said, _ := Reason(lang, text); return said },
		"field":   func(code string) string { return FieldName(lang, code) },
		"list":    func(items []any) string { return list(lang, items) },
	}
}

// whole returns a number of a template, where the length of a list is an int and
// a fact an int64.
func whole(n any) int64 {
	if i, ok := n.(int); ok {
		return int64(i)
	}
	i, _ := n.(int64)
	return i
}

// Number writes a number with the language's mark between thousands.
func Number(lang string, n int64) string { return locale.For(lang).Number(n) }

// date writes the day a text such as "2027-04-08" or "2027-04-08T12:00:00Z"
// begins with, as write does. What is no date stays as it is.
func date(text string, write func(time.Time) string) string {
	day, err := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))])
	if err != nil {
		return text
	}
	return write(day)
}

// moment writes the moment that a text such as "2027-04-08T12:00:00+02:00" is, in
// the zone it names, as write does. What is no moment stays as it is.
func moment(text string, write func(time.Time) string) string {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return text
	}
	return write(t)
}

// plural picks between two forms: all six languages have the same rule.
func plural(n any, one, other string) string {
	if whole(n) == 1 {
		return one
	}
	return other
}

var others = map[string]string{"sv": "till", "en": "more", "nb": "til", "da": "mere", "de": "weitere", "nl": "meer"}

// list writes items the way a sentence does, at most five of them.
func list(lang string, items []any) string {
	words := make([]string, 0, len(items))
	for _, item := range items {
		words = append(words, fmt.Sprint(item))
	}
	if len(words) > 5 {
		words = append(words[:4:4], fmt.Sprintf("%d %s", len(items)-4, others[lang]))
	}
	return locale.For(lang).List(words)
}
