package i18n

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"
)

// wordRooms are the rooms of words: words/<lang>/<room>.json holds the words whose
// keys begin with the room's name and a dot, and "unverified" where no native
// speaker has read them.
type wordRooms struct {
	texts      map[string]map[string]string // by language and key
	unverified map[string]bool              // by language + " " + room
}

// Word returns a word or sentence of a page in a language, filled in with facts:
// name and value by turns, as in
//
//	i18n.Word("sv", "users.count", "N", 12)
//
// Values are numbers, texts, whether or not, dates and times (told in the zone
// they carry), lists of these, and whatever else has a text form. A language
// nobody wrote is English; a key nobody wrote is shown as it is, for a page must
// never fail for want of a word.
func Word(lang, key string, facts ...any) string {
	w, ok := findWord(lang, key)
	if !ok {
		return key
	}
	if w.filled == nil {
		return w.text
	}
	return render(w.filled, byTurns(facts))
}

// WordKeys returns every key there is a word for in a language, sorted.
func WordKeys(lang string) []string {
	var keys []string
	for key := range words().texts[lang] {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// WordSource returns a word as it is written in a language's catalogue; "" when
// there is none.
func WordSource(lang, key string) string { return words().texts[lang][key] }

// WordFields returns the facts that a word names in a language, sorted, each once.
func WordFields(lang, key string) []string {
	w, ok := findWord(lang, key)
	if !ok || w.filled == nil {
		return nil
	}
	fields := named(nil, w.filled.Root)
	slices.Sort(fields)
	return slices.Compact(fields)
}

// UnverifiedWord reports whether no native speaker has read the word of a key.
func UnverifiedWord(lang, key string) bool {
	room, _, _ := strings.Cut(key, ".")
	return words().unverified[lang+" "+room]
}

// A word is ready to be shown: a text, or a template when facts go into it.
type word struct {
	text   string
	filled *template.Template
}

var readyWords sync.Map // lang + " " + key → word

func findWord(lang, key string) (word, bool) {
	at := lang + " " + key
	if w, ok := readyWords.Load(at); ok {
		return w.(word), true
	}
	text, ok := words().texts[lang][key]
	if !ok && lang != "en" && lang != Pseudo {
		return findWord("en", key)
	}
	if lang == Pseudo {
		text, ok = words().texts["en"][key]
	}
	if !ok {
		return word{}, false
	}
	w := word{filled: compile(lang, text)}
	if nodes := w.filled.Root.Nodes; len(nodes) == 1 && nodes[0].Type() == parse.NodeText {
		w = word{text: nodes[0].String()}
	}
	readyWords.Store(at, w)
	return w, true
}

// byTurns returns facts given by turns as templates see them.
func byTurns(facts []any) map[string]any {
	fields := make(map[string]any, len(facts)/2)
	for i := 0; i+1 < len(facts); i += 2 {
		name, ok := facts[i].(string)
		if ok && facts[i+1] != nil {
			fields[name] = show(reflect.ValueOf(facts[i+1]), nil)
		}
	}
	return fields
}

var words = sync.OnceValue(func() wordRooms {
	all := wordRooms{texts: map[string]map[string]string{}, unverified: map[string]bool{}}
	for _, lang := range Languages {
		all.texts[lang] = map[string]string{}
		rooms, err := fs.ReadDir(files, path.Join("words", lang))
		if err != nil {
			panic("i18n: " + err.Error())
		}
		for _, file := range rooms {
			if err := readWords(all, lang, file.Name()); err != nil {
				panic("i18n: " + err.Error())
			}
		}
	}
	return all
})

func readWords(all wordRooms, lang, file string) error {
	name := path.Join("words", lang, file)
	text, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	var entries map[string]any
	if err := json.Unmarshal(text, &entries); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	room := strings.TrimSuffix(file, ".json")
	for key, value := range entries {
		switch value := value.(type) {
		case string:
			if !strings.HasPrefix(key, room+".") {
				return fmt.Errorf("%s: %s belongs in another room", name, key)
			}
			all.texts[lang][key] = value
		case bool:
			if key != "unverified" {
				return fmt.Errorf("%s: %s is no text", name, key)
			}
			all.unverified[lang+" "+room] = value
		default:
			return fmt.Errorf("%s: %s is no text", name, key)
		}
	}
	return nil
}
