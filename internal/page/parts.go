package page

import (
	"cmp"
	"regexp"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/pott-dev/pott/internal/locale"
)

// Languages are what the reader can choose, each under its own name, in the
// order of their names.
var Languages = []struct{ Code, Name string }{
	{"da", "Dansk"}, {"de", "Deutsch"}, {"en", "English"}, {"nl", "Nederlands"}, {"nb", "Norsk bokmål"}, {"sv", "Svenska"},
}

func brand(f *Frame) string { return cmp.Or(f.Org, "Pott") }

func scheme(theme string) string {
	switch theme {
	case "light", "dark":
		return theme
	}
	return "light dark"
}

// back is the address of the page itself.
func back(f *Frame) string {
	path := cmp.Or(f.Path, "/")
	if f.Query != "" {
		path += "?" + f.Query
	}
	return path
}

func kind(given, otherwise string) string { return cmp.Or(given, otherwise) }

func templSafe(fragment string) templ.SafeURL { return templ.SafeURL(fragment) }

// aria are the attributes all controls share.
func aria(x Field) templ.OrderedAttributes {
	var a templ.OrderedAttributes
	put := func(key string, value any) { a = append(a, templ.KeyValue[string, any]{Key: key, Value: value}) }
	if d := x.described(); d != "" {
		put("aria-describedby", d)
	}
	if x.Fault != "" {
		put("aria-invalid", "true")
	}
	if x.Required {
		put("required", true)
	}
	if x.Mode != "" {
		put("inputmode", x.Mode)
	}
	if x.Most > 0 {
		put("maxlength", strconv.Itoa(x.Most))
	}
	if x.Lang != "" {
		put("lang", x.Lang)
	}
	return a
}

// invalid are the attributes of one of several controls that are wrong together.
func invalid(x Field) templ.OrderedAttributes {
	if x.Fault == "" {
		return nil
	}
	return aria(Field{ID: x.ID, Fault: x.Fault})
}

// group returns the options that stand under the heading of the first.
func group(all []Option) []Option {
	for i, o := range all {
		if o.Group != all[0].Group {
			return all[:i]
		}
	}
	return all
}

func optionID(field string, i int) string { return field + "-" + strconv.Itoa(i) }

// share is how wide the full part of a bar is, from 0 to 100.
func share(taken, of int64) string {
	switch {
	case taken <= 0:
		return "0"
	case of <= 0 || taken >= of:
		return "100"
	}
	return strconv.FormatInt(max(1, taken*100/of), 10)
}

var unbreakable = regexp.MustCompile(`\d+-\d+-\d+|\b[a-z][a-z0-9]*-\d+\b`)

// A piece is a part of a text. A day with hyphens is one of its own, and so is the name
// of a set: lines would break after each of them.
type piece struct {
	text  string
	whole bool
}

// unbroken divides a text at its days and the names of sets.
func unbroken(text string) []piece {
	var all []piece
	at := 0
	for _, found := range unbreakable.FindAllStringIndex(text, -1) {
		all = append(all, piece{text: text[at:found[0]]}, piece{text[found[0]:found[1]], true})
		at = found[1]
	}
	return append(all, piece{text: text[at:]})
}

// Time writes a moment with its day.
func (f *Frame) Time(t time.Time) string { return f.locale().Moment(f.In(t)) }

// UTC writes what a moment is in UTC: the time of day, with its day where that is
// another one than in the zone of the page.
func (f *Frame) UTC(t time.Time) string {
	there, here := t.UTC(), f.In(t)
	if there.YearDay() == here.YearDay() && there.Year() == here.Year() {
		return f.locale().Clock(there) + " UTC"
	}
	return f.locale().Moment(there) + " UTC"
}

// Date writes the day of a moment.
func (f *Frame) Date(t time.Time) string { return f.locale().Date(f.In(t)) }

// Number writes a whole number.
func (f *Frame) Number(n int64) string { return f.locale().Number(n) }

func (f *Frame) locale() *locale.Locale { return locale.For(f.Lang) }
