// Package locale writes numbers, dates and names the way a language does, the
// same on a page, in a message, in a file and in a command, and sorts names the
// way its readers look for them.
//
// It knows six languages and holds no words but those of the calendar. Times are
// written in the zone they carry; which zone that is, the caller decides.
package locale

// A Locale is the customs of one language. It is immutable and used by any number
// of goroutines.
type Locale struct {
	lang    string
	minus   string
	group   string // between thousands
	decimal string
	percent string // after the number, its space included
	money   money

	date   string // layout of [Locale.Date]
	clock  string // layout of [Locale.Clock]
	joint  string // between date and time of [Locale.Moment]
	dot    string // after the day in a long date
	months []string
	days   near
	and    string

	order *order
}

// space does not break: a number stays on one line.
const space = "\u00a0"

var locales = map[string]*Locale{
	"en": {
		lang: "en", minus: "-", group: ",", decimal: ".", percent: "%",
		money: money{before: true, signs: map[string]string{"EUR": "€", "GBP": "£"}},
		date:  "2 Jan 2006", clock: "15:04", joint: ", ",
		months: monthsOf("January February March April May June July August September October November December"),
		days:   near{"yesterday", "today", "tomorrow", "in ", " days", "", " ago"}, and: "and",
		order: orderOf("en"),
	},
	"sv": {
		lang: "sv", minus: "−", group: space, decimal: ",", percent: space + "%",
		money: money{signs: map[string]string{"EUR": "€", "SEK": "kr"}},
		date:  "2006-01-02", clock: "15:04", joint: " ",
		months: monthsOf("januari februari mars april maj juni juli augusti september oktober november december"),
		days:   near{"i går", "i dag", "i morgon", "om ", " dagar", "för ", " sedan"}, and: "och",
		order: orderOf("sv"),
	},
	"nb": {
		lang: "nb", minus: "−", group: space, decimal: ",", percent: space + "%",
		money: money{signs: map[string]string{"EUR": "€", "NOK": "kr"}},
		date:  "02.01.2006", clock: "15:04", joint: ", ", dot: ".",
		months: monthsOf("januar februar mars april mai juni juli august september oktober november desember"),
		days:   near{"i går", "i dag", "i morgen", "om ", " dager", "for ", " siden"}, and: "og",
		order: orderOf("nn"), // the library's nb puts Å among A
	},
	"da": {
		lang: "da", minus: "-", group: ".", decimal: ",", percent: space + "%",
		money: money{signs: map[string]string{"EUR": "€", "DKK": "kr."}},
		date:  "02.01.2006", clock: "15.04", joint: ", ", dot: ".",
		months: monthsOf("januar februar marts april maj juni juli august september oktober november december"),
		days:   near{"i går", "i dag", "i morgen", "om ", " dage", "for ", " siden"}, and: "og",
		order: orderOf("da"),
	},
	"de": {
		lang: "de", minus: "-", group: ".", decimal: ",", percent: space + "%",
		money: money{signs: map[string]string{"EUR": "€"}},
		date:  "02.01.2006", clock: "15:04", joint: ", ", dot: ".",
		months: monthsOf("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
		days:   near{"gestern", "heute", "morgen", "in ", " Tagen", "vor ", ""}, and: "und",
		order: orderOf("de"),
	},
	"nl": {
		lang: "nl", minus: "-", group: ".", decimal: ",", percent: "%",
		money: money{before: true, inside: true, apart: true, signs: map[string]string{"EUR": "€"}},
		date:  "02-01-2006", clock: "15:04", joint: ", ",
		months: monthsOf("januari februari maart april mei juni juli augustus september oktober november december"),
		days:   near{"gisteren", "vandaag", "morgen", "over ", " dagen", "", " geleden"}, and: "en",
		order: orderOf("nl"),
	},
}

// For returns the customs of a language: "sv", "en", "nb", "da", "de" or "nl".
// Norwegian in any form is "nb", and what is none of them is English.
func For(lang string) *Locale {
	if l, ok := locales[lang]; ok {
		return l
	}
	if lang == "no" || lang == "nn" {
		return locales["nb"]
	}
	return locales["en"]
}

// Lang returns the language the customs are those of.
func (l *Locale) Lang() string { return l.lang }
