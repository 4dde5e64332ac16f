package license_test

import (
	"testing"

	"github.com/pott-dev/pott/license"
)

func TestUserIDsFoldByTheSimpleLowerCaseOfEachLetter(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"": "", "anna": "anna", "Anna.EK@Example.com": "anna.ek@example.com", "ÅSA": "åsa",
		"\u212Aarin": "karin",      // the Kelvin sign
		"\u017Fimon": "\u017Fimon", // a long s is not an s
		"\u0130lker": "ilker",      // a dotted capital I
		"\u1E9E":     "\u00df",     // a capital sharp s
		"a\xffB":     "a\xffB",     // not UTF-8
		"ΣΑΣ":        "σασ",        // no rule about ends of words
		"#12":        "#12",
	} {
		if got := license.FoldUserID(id); got != want {
			t.Errorf("%q folds to %q, want %q", id, got, want)
		}
		if got := string(license.AppendFoldedUserID([]byte("x"), id)); got != "x"+want {
			t.Errorf("appended, %q folds to %q, want %q", id, got, want)
		}
	}
}

func FuzzFoldingTwiceIsFoldingOnceAndAppendingIsTheSame(f *testing.F) {
	f.Add("Anna\u212A\u017F\u0130")
	f.Add("a\xff")
	f.Fuzz(func(t *testing.T, id string) {
		once := license.FoldUserID(id)
		if twice := license.FoldUserID(once); twice != once {
			t.Errorf("%q folds to %q, and that to %q", id, once, twice)
		}
		if got := string(license.AppendFoldedUserID(nil, id)); got != once {
			t.Errorf("%q folds to %q, appended to %q", id, once, got)
		}
	})
}
