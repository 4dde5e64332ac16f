package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// functions are what templates of a language may call besides the ordinary ones:
//
//	number .Seats                  12 000 (sv), 12,000 (en)
//	date .Ended                    8 april 2027; "" for no date
//	day .Since                     the same of a moment in microseconds since 1970, in UTC
//	plural .Short "seat" "seats"   the first for exactly 1, else the second
//	list .Also                     a, b and c; at most five, then how many more
//	known .Free                    whether there is a number: 0 is one
func functions(lang string) template.FuncMap {
	return template.FuncMap{
		"number": func(n any) string { return Number(lang, whole(n)) },
		"date":   func(text string) string { return date(lang, text) },
		"day": func(n any) string {
			return date(lang, time.UnixMicro(whole(n)).UTC().Format(time.DateOnly))
		},
		"plural": plural,
		"known":  func(n any) bool { _, ok := n.(int64); return ok },
		"list":   func(items []any) string { return list(lang, items) },
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

// Number writes a number with the language's mark between thousands. Four
// digits stand together where that is the custom.
func Number(lang string, n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	mark := map[string]string{"en": ",", "da": ".", "de": ".", "nl": "."}[lang]
	if mark == "" {
		mark = "\u00a0"
	}
	if len(digits) == 4 && lang != "en" {
		return sign + digits
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + mark + digits[i:]
	}
	return sign + digits
}

var months = map[string]string{
	"sv": "januari februari mars april maj juni juli augusti september oktober november december",
	"en": "January February March April May June July August September October November December",
	"nb": "januar februar mars april mai juni juli august september oktober november desember",
	"da": "januar februar marts april maj juni juli august september oktober november december",
	"de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
	"nl": "januari februari maart april mei juni juli augustus september oktober november december",
}

// date writes the day a text such as "2027-04-08" or "2027-04-08T12:00:00Z"
// begins with, the way a sentence says it. What is no date stays as it is.
func date(lang, text string) string {
	day, err := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))])
	if err != nil {
		return text
	}
	month := strings.Fields(months[lang])[day.Month()-1]
	dot := ""
	if lang == "nb" || lang == "da" || lang == "de" {
		dot = "."
	}
	return fmt.Sprintf("%d%s %s %d", day.Day(), dot, month, day.Year())
}

// plural picks between two forms: all six languages have the same rule.
func plural(n any, one, other string) string {
	if whole(n) == 1 {
		return one
	}
	return other
}

var and = map[string]string{"sv": "och", "en": "and", "nb": "og", "da": "og", "de": "und", "nl": "en"}

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
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + and[lang] + " " + words[last]
}
