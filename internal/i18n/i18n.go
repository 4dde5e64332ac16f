// Package i18n turns a code and the facts behind it into sentences a person can
// act on, in six languages: what is the case, what it means, and one next step.
//
// A sentence is a template over the exported fields of the error (or other
// struct) it is about. A catalogue lacks no code and no sentence names a field
// that is not there: a test walks the tree to see to it.
package i18n

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync"
	"text/template"
)

// Languages are the languages there are sentences in. English is the one used
// when nothing else fits.
var Languages = []string{"sv", "en", "nb", "da", "de", "nl"}

// A Text is what a person reads about one thing that happened.
type Text struct {
	Title  string // what kind of thing it is; the same every time
	Detail string // what is the case and what it means
	Hint   string // one next step; "" when there is none

	// Foreign is what stands in the detail as it came from elsewhere, in English
	// although the text is not; "" when nothing does.
	Foreign string
}

//go:embed catalogue words reasons
var files embed.FS

// An entry is one code in one language, as written in the catalogue.
type entry struct {
	Title      string `json:"title"`
	Detail     string `json:"detail"`
	Hint       string `json:"hint,omitempty"`
	Unverified bool   `json:"unverified,omitempty"` // no native speaker has read it
}

// Sentence returns the text of a code in a language, and whether there is one.
// facts is the struct the text is about, or a pointer to it; nil when the text
// names no facts.
func Sentence(lang, code string, facts any) (Text, bool) {
	return SentenceNamed(lang, code, facts, nil)
}

// SentenceNamed is like [Sentence] and shows licenses by the names people know
// them by. display gets "superoffice.sale-cal" and returns such a name, or "" to
// show what it got.
func SentenceNamed(lang, code string, facts any, display func(name string) string) (Text, bool) {
	t, ok := lookup(lang, code)
	if !ok {
		return Text{}, false
	}
	fields := flatten(facts, display)
	detail := render(t.detail, fields)
	return Text{render(t.title, fields), detail, render(t.hint, fields), foreignIn(lang, detail, fields)}, true
}

// Source returns the text of a code as it is written in a language's catalogue,
// before facts are filled in; the zero Text when there is none.
func Source(lang, code string) Text {
	e := catalogues()[lang][code]
	return Text{Title: e.Title, Detail: e.Detail, Hint: e.Hint}
}

// Unverified reports whether no native speaker has read a code's text.
func Unverified(lang, code string) bool { return catalogues()[lang][code].Unverified }

// Codes returns every code that has a text in a language, in no order.
func Codes(lang string) []string {
	var codes []string
	for code := range catalogues()[lang] {
		codes = append(codes, code)
	}
	return codes
}

type templates struct{ title, detail, hint *template.Template }

var parsed sync.Map // lang + " " + code → templates

func lookup(lang, code string) (templates, bool) {
	e, ok := catalogues()[lang][code]
	if !ok {
		if e, ok = catalogues()["en"][code]; !ok {
			return templates{}, false
		}
		if lang != Pseudo {
			lang = "en"
		}
	}
	key := lang + " " + code
	if t, ok := parsed.Load(key); ok {
		return t.(templates), true
	}
	t := templates{compile(lang, inWords.Replace(e.Title)), compile(lang, inWords.Replace(e.Detail)), compile(lang, inWords.Replace(e.Hint))}
	parsed.Store(key, t)
	return t, true
}

// compile reads a template of the catalogue. A test has parsed them all.
func compile(lang, text string) *template.Template {
	t := template.Must(template.New("").Option("missingkey=error").Funcs(functions(lang)).Parse(text))
	if lang == Pseudo && t.Tree != nil {
		pseudo(t.Root)
	}
	return t
}

// render fills in a template. A text must never be the reason that a refusal is
// not told, so what cannot be filled in stays as it is written.
func render(t *template.Template, fields map[string]any) string {
	var b strings.Builder
	if err := t.Execute(&b, fields); err != nil {
		return t.Root.String()
	}
	return b.String()
}

// catalogues are the entries by language and code.
var catalogues = sync.OnceValue(func() map[string]map[string]entry {
	all := map[string]map[string]entry{}
	for _, lang := range Languages {
		all[lang] = map[string]entry{}
		dir := path.Join("catalogue", lang)
		rooms, err := fs.ReadDir(files, dir)
		if err != nil {
			panic("i18n: " + err.Error())
		}
		for _, room := range rooms {
			if err := read(path.Join(dir, room.Name()), all[lang]); err != nil {
				panic("i18n: " + err.Error())
			}
		}
	}
	return all
})

func read(name string, into map[string]entry) error {
	text, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	var entries map[string]entry
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&entries); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for code, e := range entries {
		if _, twice := into[code]; twice {
			return fmt.Errorf("%s: %s stands in another file too", name, code)
		}
		into[code] = e
	}
	return nil
}

// Match returns the language that fits an Accept-Language header best: the one
// with the highest weight that there are sentences in, the earlier of equals,
// "en" when none fits. Norwegian in any form is "nb".
func Match(acceptLanguage string) string {
	return cmp.Or(Asked(acceptLanguage), "en")
}

// Asked returns the language a browser prefers among those there are catalogues
// for, "" when it asks for none of them.
func Asked(acceptLanguage string) string {
	best, weight := "", 0.0
	for part := range strings.SplitSeq(acceptLanguage, ",") {
		tag, params, _ := strings.Cut(part, ";")
		q := quality(params)
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if primary == "no" || primary == "nn" {
			primary = "nb"
		}
		if _, known := catalogues()[primary]; known && q > weight {
			best, weight = primary, q
		}
	}
	return best
}

// quality returns the weight of a language range: 1 unless it says otherwise,
// 0 when it cannot be read.
func quality(params string) float64 {
	params = strings.TrimSpace(params)
	if params == "" {
		return 1
	}
	key, value, _ := strings.Cut(params, "=")
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if strings.TrimSpace(key) != "q" || err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}
