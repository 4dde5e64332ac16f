package installation

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// What two sets say differently, as people read it. Files spell fields and values
// in codes; pages and the findings of a review say them in words.

// The kinds of values in a set. Whatever is in none of them is the issuer's own
// text, and stands as it is.
var (
	dayFields    = []string{"next_check", "warning", "expiry", "grace", "maintenance", "start"}
	flagFields   = []string{"final", "demo", "unrestricted", "open_ended", "hidden", "marker"}
	moduleFields = []string{"prerequisite", "edit", "includes"}
)

// FieldsInWords returns the differences in words of a language: each field under
// the name people know it by, and its values as they are written in texts. An
// empty value stays empty. modules are shown under the names of the sets in force.
func (in *Installation) FieldsInWords(lang string, issuer license.Issuer, fields []api.FieldChange) []api.FieldChange {
	var said []api.FieldChange
	_ = in.view(func(v *store.View) error { // a view of what is there fails for nobody
		called := func(n license.Name) string { return displayName(v.Active(), n, lang) }
		for _, f := range fields {
			w := fieldWords(lang, issuer, seat.Field{Field: f.Field, From: f.From, To: f.To}, called)
			said = append(said, api.FieldChange{Field: w.Field, From: w.From, To: w.To})
		}
		return nil
	})
	return said
}

// fieldWords is a difference in words. called is what people call a license, "" for
// one that is not known.
func fieldWords(lang string, issuer license.Issuer, f seat.Field, called func(license.Name) string) seat.Field {
	name := i18n.Word(lang, "field."+strings.ReplaceAll(f.Field, "_", "-"))
	if strings.HasPrefix(name, "field.") {
		name = f.Field // of a newer version: as its file spells it
	}
	value := func(text string) string { return fieldValue(lang, issuer, f.Field, text, called) }
	return seat.Field{Field: name, From: value(f.From), To: value(f.To)}
}

func fieldValue(lang string, issuer license.Issuer, field, text string, called func(license.Name) string) string {
	switch {
	case slices.Contains(flagFields, field):
		if text == "" {
			return i18n.Word(lang, "field.no")
		}
		return i18n.Word(lang, "field.yes")
	case text == "":
		return ""
	case slices.Contains(dayFields, field):
		if day, err := license.ParseDate(text); err == nil {
			return locale.For(lang).Date(day.Midnight(time.UTC))
		}
	case slices.Contains(moduleFields, field):
		if text == "nothing" {
			return i18n.Word(lang, "field.nothing")
		}
		return eachOf(lang, text, func(module string) string { return called(license.NameOf(issuer, license.Module(module))) })
	case field == "people":
		return eachOf(lang, text, func(kind string) string { return word(lang, "people.kind."+kind) })
	case field == "kind":
		return cmp.Or(word(lang, "licenses.kind."+text), text)
	case field == "occupancy":
		return cmp.Or(word(lang, "field.occupancy-"+text), text)
	case field == "quantity":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return i18n.Number(lang, n)
		}
	}
	return text
}

// eachOf says each code of a list in words, and the code where there are none.
func eachOf(lang, codes string, say func(code string) string) string {
	var words []string
	for code := range strings.SplitSeq(codes, ", ") {
		words = append(words, cmp.Or(say(code), code))
	}
	return locale.For(lang).List(words)
}

// word is a word of the pages, "" where there is none.
func word(lang, key string) string {
	if i18n.WordSource("en", key) == "" {
		return ""
	}
	return i18n.Word(lang, key)
}
