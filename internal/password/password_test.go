package password

import (
	"strings"
	"testing"
)

func TestAPasswordIsRecognizedAndNoOtherIs(t *testing.T) {
	text := Hash("grön cykel på vinden")
	if !strings.HasPrefix(text, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("it is kept as %s", text)
	}
	for password, want := range map[string]bool{
		"grön cykel på vinden":             true,
		"gro\u0308n cykel pa\u030a vinden": true, // the same, typed on another keyboard
		"Grön cykel på vinden":             false,
		"grön cykel på vinden ":            false,
		"":                                 false,
	} {
		if ok, weak := Verify(text, password); ok != want || weak {
			t.Errorf("%q: %v, weak %v", password, ok, weak)
		}
	}
	if Hash("grön cykel på vinden") == text {
		t.Error("two people with one password are seen to have it")
	}
}

func TestAHashOfLessWorkIsToBeReplaced(t *testing.T) {
	less := parameters{memory: 8 * 1024, time: 1, threads: 1}
	salt := []byte("0123456789abcdef")
	text := less.text(salt, less.hash("a long sentence", salt, hashLen))
	if ok, weak := Verify(text, "a long sentence"); !ok || !weak {
		t.Errorf("ok %v, weak %v", ok, weak)
	}
}

func TestATextThatCannotBeReadIsNobodys(t *testing.T) {
	good := Hash("a long sentence")
	for what, text := range map[string]string{
		"nothing":                 "",
		"no hash":                 "a long sentence",
		"another algorithm":       strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":         strings.Replace(good, "v=19", "v=16", 1),
		"all memory there is":     strings.Replace(good, "m=19456", "m=4194304", 1),
		"no work":                 strings.Replace(good, "t=2", "t=0", 1),
		"work for a day":          strings.Replace(good, "t=2", "t=1000000", 1),
		"something behind it":     good + "$",
		"a second spelling":       strings.Replace(good, "m=19456", "m=019456", 1),
		"an empty hash":           good[:strings.LastIndex(good, "$")+1],
		"parameters out of order": strings.Replace(good, "m=19456,t=2", "t=2,m=19456", 1),
	} {
		if ok, _ := Verify(text, "a long sentence"); ok {
			t.Errorf("%s: %s", what, text)
		}
	}
}

func TestWhatMayBeChosen(t *testing.T) {
	own := []string{"anna.berg", "Anna", "Berg", "anna.berg@nordlys.example", "Nordlys AB"}
	for password, want := range map[string]Verdict{
		"grön cykel på vinden":         Good,
		"aaaaaaaaaaab":                 Good, // no rules about characters
		"korrekt häst":                 Good,
		"elva tecken":                  Short,
		"ååååååååååå":                  Short, // characters are counted, not bytes
		"":                             Short,
		strings.Repeat("lång ", 300):   Long,
		"Password-1234":                Common,
		"correct horse battery staple": Common,
		"aaaaaaaaaaaa":                 Common,
		"abcabcabcabc":                 Common,
		"345678901234":                 Common,
		"zyxwvutsrqponm":               Common,
		"AnnaBerg2026":                 Common,
		"nordlys anna 1":               Common,
		"anna har en grön cykel":       Good,
	} {
		if got := Judge(password, own...); got != want {
			t.Errorf("%q: %v, want %v", password, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, text string) {
		p, salt, hash, err := parse(text)
		if err == nil && p.text(salt, hash) != text {
			t.Errorf("%q has two spellings", text)
		}
	})
}
