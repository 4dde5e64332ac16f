package i18n_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/i18n"
)

// A Name stands in for the name of a license: a type of that name with a text
// form.
type Name string

func (n Name) MarshalText() ([]byte, error) { return []byte(n), nil }

type poolFull struct {
	Wanted, Module Name
	Seats, Taken   int64
	Short          int64
	Also           []Name
	Err            error
	secret         string
}

func TestASentenceSaysWhatIsTheCaseWhatItMeansAndWhatWouldHelp(t *testing.T) {
	t.Parallel()
	full := &poolFull{Wanted: "so.sales", Module: "so.sales", Seats: 12000, Taken: 12000, Short: 1, secret: "x"}
	for lang, want := range map[string]i18n.Text{
		"en": {
			Title: "No seat left", Detail: "Sales Premium is full: 12,000 of 12,000 in use. Nothing was changed.",
			Hint: "Add licenses, or take one from someone who no longer needs it.",
		},
		"sv": {
			Title: "Ingen ledig plats", Detail: "Sales Premium är slut: 12\u00a0000 av 12\u00a0000 används. Inget har ändrats.",
			Hint: "Lägg till licenser, eller ta en från någon som inte behöver den längre.",
		},
	} {
		got, ok := i18n.SentenceNamed(lang, "seat.pool-full", full, func(string) string { return "Sales Premium" })
		if !ok {
			t.Fatalf("no sentence in %s", lang)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
	}
	full.Wanted, full.Short, full.Also = "so.all", 3, []Name{"so.a", "so.b"}
	got, _ := i18n.Sentence("en", "seat.pool-full", full)
	if want := "so.sales is full: 12,000 of 12,000 in use. 3 seats are missing. so.all needs it. Also full: so.a and so.b. Nothing was changed."; got.Detail != want {
		t.Errorf("got:  %s\nwant: %s", got.Detail, want)
	}
}

func TestALanguageNobodyWroteIsEnglish(t *testing.T) {
	t.Parallel()
	got, ok := i18n.Sentence("fi", "internal", nil)
	want, _ := i18n.Sentence("en", "internal", nil)
	if !ok || got != want {
		t.Errorf("%v, %v", got, ok)
	}
	if _, ok := i18n.Sentence("en", "no.such-code", nil); ok {
		t.Error("a code without a sentence has one")
	}
}

func TestARefusalIsToldEvenWhenAFactIsMissing(t *testing.T) {
	t.Parallel()
	got, ok := i18n.Sentence("en", "seat.pool-full", struct{ Seats int }{4})
	if !ok || got.Title != "No seat left" || !strings.Contains(got.Detail, "is full") {
		t.Errorf("%v, %v", got, ok)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"":                              "en",
		"sv":                            "sv",
		"sv-SE,sv;q=0.9,en;q=0.8":       "sv",
		"fi, sv;q=0.3, de;q=0.7":        "de",
		"no":                            "nb",
		"nn-NO":                         "nb",
		"fr-FR, fr":                     "en",
		"da;q=0":                        "en",
		"da;q=0, nl;q=0.1":              "nl",
		"DE-at":                         "de",
		"*":                             "en",
		"sv;q=x, nl;q=0.5":              "nl",
		"sv;q=NaN, nl;q=0.5":            "nl",
		"nl;q=0.5, da;q=0.5":            "nl",
		" ; , ;q=1,,":                   "en",
		"sv;level=1;q=1, da; q = 0.4  ": "da",
	} {
		if got := i18n.Match(header); got != want {
			t.Errorf("Match(%q) = %s, want %s", header, got, want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("sv-SE,sv;q=0.9,en;q=0.8")
	f.Add("*;q=0.1,,;=")
	f.Fuzz(func(t *testing.T, header string) {
		if _, ok := i18n.Sentence(i18n.Match(header), "internal", nil); !ok {
			t.Errorf("Match(%q) is no language", header)
		}
	})
}

func TestNumbersAndDatesAreWrittenAsTheLanguageDoes(t *testing.T) {
	t.Parallel()
	numbers := map[string]string{"sv": "−1\u00a0234\u00a0567", "en": "-1,234,567", "nb": "−1\u00a0234\u00a0567", "da": "-1.234.567", "de": "-1.234.567", "nl": "-1.234.567"}
	for lang, want := range numbers {
		if got := i18n.Number(lang, -1234567); got != want {
			t.Errorf("%s: %s, want %s", lang, got, want)
		}
	}
	if got := i18n.Number("sv", 1000); got != "1\u00a0000" {
		t.Errorf("four digits line up with five: %s", got)
	}
	day := struct {
		Text           string
		Issuer, Module Name
		Ended          time.Time
	}{Issuer: "SO", Module: "so.sales", Ended: time.Date(2027, 3, 8, 23, 0, 0, 0, time.UTC)}
	for lang, want := range map[string]string{
		"sv": "8 mars 2027", "en": "8 March 2027", "nb": "8. mars 2027", "da": "8. marts 2027", "de": "8. März 2027", "nl": "8 maart 2027",
	} {
		if got, _ := i18n.Sentence(lang, "license.read-only", day); !strings.Contains(got.Detail, want) {
			t.Errorf("%s: %q, want %q in it", lang, got.Detail, want)
		}
	}
}

func TestALongListIsCutAndSaysHowMuchMoreThereIs(t *testing.T) {
	t.Parallel()
	names := func(n int) (all []Name) {
		for i := range n {
			all = append(all, Name(fmt.Sprint("m", i)))
		}
		return all
	}
	for n, want := range map[int]string{
		1: "It comes with m0.", 2: "It comes with m0 and m1.", 5: "It comes with m0, m1, m2, m3 and m4.", 9: "It comes with m0, m1, m2, m3 and 5 more.",
	} {
		got, _ := i18n.Sentence("en", "seat.hidden", struct {
			Module Name
			Plans  []Name
		}{"so.x", names(n)})
		if got.Hint != want {
			t.Errorf("%d: %q, want %q", n, got.Hint, want)
		}
	}
}

// How every sentence must sound, whatever it says.
func TestEverySentenceKeepsTheTone(t *testing.T) {
	t.Parallel()
	words := []string{"please", "sorry", "oops", "invalid", "illegal", "bitte", "alstublieft", "vennligst", "venligst", "licen" + "ce"}
	for _, lang := range i18n.Languages {
		codes := i18n.Codes(lang)
		for _, code := range codes {
			source := i18n.Source(lang, code)
			all := strings.ToLower(source.Title + " " + source.Detail + " " + source.Hint)
			said := strings.FieldsFunc(all, func(r rune) bool { return !unicode.IsLetter(r) })
			for _, word := range words {
				if slices.Contains(said, word) {
					t.Errorf("%s in %s says %q", code, lang, word)
				}
			}
			if strings.Contains(all, "!") {
				t.Errorf("%s in %s shouts", code, lang)
			}
			if source.Title == "" || source.Detail == "" || strings.HasSuffix(source.Title, ".") {
				t.Errorf("%s in %s: title %q, detail %q", code, lang, source.Title, source.Detail)
			}
		}
		if want := len(i18n.Codes("en")); len(codes) != want {
			t.Errorf("%s has %d codes, English %d", lang, len(codes), want)
		}
	}
}

// A translation that forgets a number or a date hides it from its readers.
func TestEveryLanguageNamesTheSameFacts(t *testing.T) {
	t.Parallel()
	for _, code := range i18n.Codes("en") {
		want := i18n.Fields("en", code)
		for _, lang := range i18n.Languages {
			if diff := cmp.Diff(want, i18n.Fields(lang, code)); diff != "" {
				t.Errorf("%s in %s (-en +%s):\n%s", code, lang, lang, diff)
			}
		}
	}
}

func TestFieldsFindsWhatASentenceNames(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]string{"Issuer", "Number", "Rows"}, i18n.Fields("en", "set.too-small")); diff != "" {
		t.Error(diff)
	}
	if i18n.Fields("en", "no.such-code") != nil {
		t.Error("a code without a sentence names facts")
	}
}
