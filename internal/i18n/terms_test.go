package i18n_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/pott-dev/pott/internal/i18n"
)

// People who come from other systems know these words from there, as the vendors
// print them in each language; "license" is spelled our way.
var terms = map[string]map[string]string{
	"nav.licenses":       {"en": "Licenses", "sv": "Licenser", "nb": "Lisenser", "da": "Licenser", "de": "Lizenzen", "nl": "Licenties"},
	"nav.users":          {"en": "Users", "sv": "Användare", "nb": "Brukere", "da": "Brugere", "de": "Benutzer", "nl": "Gebruikers"},
	"licenses.load":      {"en": "Load license from file", "sv": "Läs in licens från fil", "nb": "Hent lisens fra fil", "da": "Indlæs licens fra fil", "de": "Lizenzen aus Datei laden", "nl": "Licentie uit bestand laden"},
	"licenses.in-use":    {"en": "In use", "sv": "Används", "nb": "I bruk", "da": "I brug", "de": "Belegt", "nl": "In gebruik"},
	"licenses.spare":     {"en": "Spare", "sv": "Lediga", "nb": "Ledige", "da": "Ledige", "de": "Frei", "nl": "Vrij"},
	"licenses.serial":    {"en": "Serial number", "sv": "Serienummer", "nb": "Serienummer", "da": "Serienummer", "de": "Seriennummer", "nl": "Serienummer"},
	"licenses.systems":   {"en": "System licenses", "sv": "Systemlicenser", "nb": "Systemlisenser", "da": "Systemlicenser", "de": "Systemlizenzen", "nl": "Systeemlicenties"},
	"people.tab-other":   {"en": "Other users", "sv": "Andra användare", "nb": "Andre brukere", "da": "Andre brugere", "de": "Andere Benutzer", "nl": "Overige gebruikers"},
	"people.can-sign-in": {"en": "Can log in", "sv": "Kan logga in", "nb": "Kan logge inn", "da": "Kan logge på", "de": "Anmelden möglich", "nl": "Kan aanmelden"},
	"people.user-id":     {"en": "User ID", "sv": "Användar-ID", "nb": "Bruker-ID", "da": "Bruger-id", "de": "Benutzer-ID", "nl": "Gebruikers-ID"},
}

func TestWordsAreThoseThatPeopleKnow(t *testing.T) {
	t.Parallel()
	for key, in := range terms {
		for lang, want := range in {
			if got := i18n.WordSource(lang, key); !strings.EqualFold(got, want) {
				t.Errorf("%s in %s is %q, known as %q", key, lang, got, want)
			}
		}
	}
}

// A term is what one thing is called in each language, and what it is never
// called: words, where "*" stands for any ending, in texts whose keys begin as
// Only says, or in all but those that begin as But says.
type term struct {
	Term      string
	Words     map[string]string
	Never     map[string][]string
	Only, But []string
}

// reaches reports whether a term says something about the text of a key.
func (t term) reaches(key string) bool {
	begins := func(prefix string) bool { return strings.HasPrefix(key, prefix) }
	return !slices.ContainsFunc(t.But, begins) && (len(t.Only) == 0 || slices.ContainsFunc(t.Only, begins))
}

func TestOneThingHasOneName(t *testing.T) {
	t.Parallel()
	terms := readTerms(t)
	for _, lang := range i18n.Languages {
		texts := texts(lang)
		for _, term := range terms {
			if term.Words[lang] == "" {
				t.Errorf("%s has no name in %s", term.Term, lang)
			}
			for _, never := range term.Never[lang] {
				for key, text := range texts {
					if term.reaches(key) && says(text, never) {
						t.Errorf("%s of %s says %q, where %s is called %q: %s", key, lang, never, term.Term, term.Words[lang], text)
					}
				}
			}
		}
	}
}

func TestATermKnowsWordsFromEndingsAndFromParts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, word string
		want       bool
	}{
		{"Die Extras fehlen.", "extras", true},
		{"Extrazeilen", "Extra", false},
		{"preferred_username", "username*", false},
		{"en pålogging", "pålogg*", true},
		{"en ompålogging", "pålogg*", false},
		{"Du kan logge på igen.", "logge på", true},
		{"logger på", "logge på", false},
		{"mit --dir", "dir", false},
		{"Nehmen Sie dir.", "dir", true},
		{"", "du", false},
	} {
		if got := says(test.text, test.word); got != test.want {
			t.Errorf("%q in %q: %v", test.word, test.text, got)
		}
	}
}

func readTerms(t *testing.T) (terms []term) {
	t.Helper()
	text, err := os.ReadFile("testdata/terms.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &terms); err != nil {
		t.Fatal(err)
	}
	return terms
}

// says reports whether a text has a word, or several in a row, in any letter
// case. Parts of --flags, .files and compounds-with-hyphens are no words.
func says(text, word string) bool {
	text, word = strings.ToLower(text), strings.ToLower(word)
	stem, open := strings.CutSuffix(word, "*")
	for from := 0; ; {
		i := strings.Index(text[from:], stem)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(stem)
		if before, after := lastOf(text[:start]), firstOf(text[end:]); !letter(before) && before != '.' && (open || !letter(after)) {
			return true
		}
		from = end
	}
}

func letter(r rune) bool {
	return strings.ContainsRune("_-", r) || unicode.IsLetter(r) || unicode.IsDigit(r)
}

func firstOf(s string) rune {
	for _, r := range s {
		return r
	}
	return ' '
}

func lastOf(s string) rune {
	if all := []rune(s); len(all) > 0 {
		return all[len(all)-1]
	}
	return ' '
}

// quoted are the texts that a template picks from, such as a plural's two.
var (
	action = regexp.MustCompile(`\{\{.*?\}\}`)
	picked = regexp.MustCompile(`(?:plural [^"]*|" )"([^"]*)"`)
)

// prose returns what a template says whatever the facts are: itself without its
// actions, but with the forms they pick from.
func prose(source string) string {
	return action.ReplaceAllStringFunc(source, func(a string) string {
		var forms []string
		for _, m := range picked.FindAllStringSubmatch(a, -1) {
			forms = append(forms, m[1])
		}
		if len(forms) == 0 {
			return "…"
		}
		return strings.Join(forms, " / ")
	})
}

// texts are all texts of a language, without actions, by key; a sentence's are
// code/title, code/detail and code/hint, a reason's the English.
func texts(lang string) map[string]string {
	all := map[string]string{}
	for _, key := range i18n.WordKeys(lang) {
		all[key] = prose(i18n.WordSource(lang, key))
	}
	reasons, _ := i18n.Reasons(lang)
	maps.Copy(all, reasons)
	for _, code := range i18n.Codes(lang) {
		s := i18n.Source(lang, code)
		all[code+"/title"], all[code+"/detail"], all[code+"/hint"] = prose(s.Title), prose(s.Detail), prose(s.Hint)
	}
	return all
}

// quotation are the marks each language puts around what it quotes.
var quotation = map[string]string{"en": "“”", "sv": "”", "nb": "«»", "da": "»«", "de": "„“", "nl": "‘"}

var odd = regexp.MustCompile(`\.\.\.|\pL - \pL|  | [,.;](\s|$)`)

func TestEveryLanguageHasItsOwnMarks(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Languages {
		for key, text := range texts(lang) {
			for _, r := range text {
				if strings.ContainsRune(`"'!“”„‘«»‹›`, r) && !strings.ContainsRune(quotation[lang], r) {
					t.Errorf("%s of %s has %q: %s", key, lang, r, text)
				}
			}
			if odd.MatchString(text) {
				t.Errorf("%s of %s has dots, a hyphen or spaces that do not belong: %s", key, lang, text)
			}
		}
	}
}
