package i18n_test

import (
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/i18n"
)

// People who come from other systems know these words from there, as the vendors
// print them in each language; "license" is spelled our way.
var terms = map[string]map[string]string{
	"nav.licenses":     {"en": "Licenses", "sv": "Licenser", "nb": "Lisenser", "da": "Licenser", "de": "Lizenzen", "nl": "Licenties"},
	"nav.users":        {"en": "Users", "sv": "Användare", "nb": "Brukere", "da": "Brugere", "de": "Benutzer", "nl": "Gebruikers"},
	"licenses.load":    {"en": "Load license from file", "sv": "Läs in licens från fil", "nb": "Hent lisens fra fil", "da": "Indlæs licens fra fil", "de": "Lizenzen aus Datei laden", "nl": "Licentie uit bestand laden"},
	"licenses.in-use":  {"en": "In use", "sv": "Används", "nb": "I bruk", "da": "I brug", "de": "Belegt", "nl": "In gebruik"},
	"licenses.spare":   {"en": "Spare", "sv": "Lediga", "nb": "Ledige", "da": "Ledige", "de": "Frei", "nl": "Vrij"},
	"licenses.serial":  {"en": "Serial number", "sv": "Serienummer", "nb": "Serienummer", "da": "Serienummer", "de": "Seriennummer", "nl": "Serienummer"},
	"licenses.systems": {"en": "System licenses", "sv": "Systemlicenser", "nb": "Systemlisenser", "da": "Systemlicenser", "de": "Systemlizenzen", "nl": "Systeemlicenties"},
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
