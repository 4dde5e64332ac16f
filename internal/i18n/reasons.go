package i18n

import (
	"cmp"
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// reasons are the short English phrases that errors carry as their Why, Rule or
// What, in the other languages: reasons/<lang>.json holds them by the English. "#"
// stands for a number and "*" for whatever is said there, each once more and in the
// same order in the translation; "unverified" says that no native speaker has read
// the file.
var reasons = sync.OnceValue(func() map[string]map[string]any {
	all := map[string]map[string]any{}
	for _, lang := range Languages {
		if lang == "en" {
			continue
		}
		text, err := files.ReadFile(path.Join("reasons", lang+".json"))
		if err != nil {
			panic("i18n: " + err.Error())
		}
		known := map[string]any{}
		if err := json.Unmarshal(text, &known); err != nil {
			panic("i18n: reasons of " + lang + ": " + err.Error())
		}
		all[lang] = known
	}
	return all
})

// A reasonPattern is a reason with something open in it.
type reasonPattern struct {
	english *regexp.Regexp
	said    string
	literal int // bytes that are not open
}

// open is what stands for something in a reason.
var open = regexp.MustCompile(`[#*]`)

// reasonPatterns are the reasons with something open in them, those first that say
// most themselves.
var reasonPatterns = sync.OnceValue(func() map[string][]reasonPattern {
	all := map[string][]reasonPattern{}
	for lang, known := range reasons() {
		for english, said := range known {
			text, ok := said.(string)
			if !ok || !open.MatchString(english) {
				continue
			}
			expression := strings.NewReplacer("#", `([0-9]+)`, `\*`, `(.+)`).Replace(regexp.QuoteMeta(english))
			all[lang] = append(all[lang], reasonPattern{regexp.MustCompile(`(?s)^` + expression + `$`), text, len(english)})
		}
		slices.SortFunc(all[lang], func(x, y reasonPattern) int {
			return cmp.Or(cmp.Compare(y.literal, x.literal), cmp.Compare(x.said, y.said))
		})
	}
	return all
})

// Reason returns a reason that an error gives in English as a language says it,
// and whether it is known there. What is not known stays as it is.
func Reason(lang, english string) (said string, known bool) {
	if said, ok := reasons()[lang][english].(string); ok {
		return said, true
	}
	for _, p := range reasonPatterns()[lang] {
		if parts := p.english.FindStringSubmatch(english); parts != nil {
			return p.fill(lang, parts[1:]), true
		}
	}
	return english, lang == "en"
}

// fill puts into a reason what was said where it is open, itself as the language says
// it where that is known.
func (p reasonPattern) fill(lang string, parts []string) string {
	n := 0
	return open.ReplaceAllStringFunc(p.said, func(string) string {
		part, _ := Reason(lang, parts[n])
		n++
		return part
	})
}

// wordless is what reads the same in every language: numbers and marks.
var wordless = regexp.MustCompile(`^[^\pL]*$`)

// Told returns a reason that an error gives in English as a sentence of a language has
// it, and what of that is English all the same, "" when nothing is. A code is told by its title. Text from elsewhere, such as an error
// of the operating system or the answer of another server, is quoted behind a word in
// the reader's language, so that it can be searched for and passed on.
func Told(lang, english string) (said, foreign string) {
	said, known := Reason(lang, english)
	if known || wordless.MatchString(english) {
		return said, ""
	}
	if title := titleOf(lang, english); title != "" {
		return title, ""
	}
	return Word(lang, "reason.technical", "Text", english), english
}

// titleOf is the title of a code in a language, "" when it is none or names facts.
func titleOf(lang, code string) string {
	e, ok := catalogues()[lang][code]
	if !ok || strings.Contains(e.Title, "{{") {
		return ""
	}
	return e.Title
}

// toldFacts are the facts that hold a reason in English.
var toldFacts = []string{"Why", "Rule"}

// inWords has a text of a catalogue say the facts that hold English as the language
// says them.
var inWords = strings.NewReplacer("{{.Why}}", "{{told .Why}}", "{{.Rule}}", "{{told .Rule}}", "{{.What}}", "{{term .What}}")

// foreignIn is what stands in English in a text that is filled in with facts, "" when
// nothing does.
func foreignIn(lang, detail string, fields map[string]any) string {
	for _, name := range toldFacts {
		text, ok := fields[name].(string)
		if !ok {
			continue
		}
		if _, foreign := Told(lang, text); foreign != "" && strings.Contains(detail, foreign) {
			return foreign
		}
	}
	return ""
}

// FieldName is what forms call a field of the API: the value of a part of it, such as
// texts.sv, is called as the whole. A field nobody gave a word stays as it is.
func FieldName(lang, code string) string {
	whole, part, _ := strings.Cut(code, ".")
	name := Word(lang, "input."+strings.ReplaceAll(whole, "_", "-"))
	switch {
	case strings.HasPrefix(name, "input."):
		return code
	case part != "":
		return name + " (" + part + ")"
	}
	return name
}
