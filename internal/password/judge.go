package password

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// How long a password may be.
const (
	Least = 12   // characters
	Most  = 1024 // bytes
)

// A Verdict says whether a password may be chosen.
type Verdict int

// The verdicts.
const (
	Good   Verdict = iota
	Short          // fewer than Least characters
	Long           // more than Most bytes
	Common         // among those that are guessed first
)

// Judge says whether somebody may choose a password. own is what others know of
// the person: user id, names, address. There are no rules about what characters
// it is made of.
func Judge(password string, own ...string) Verdict {
	composed := norm.NFC.String(password)
	switch {
	case len(password) > Most:
		return Long
	case utf8.RuneCountInString(composed) < Least:
		return Short
	case common()[fold(composed)] || monotonous(composed) || isOwn(fold(composed), own):
		return Common
	}
	return Good
}

//go:embed common.txt
var commonText string

// common are passwords of twelve characters or more that many people use.
var common = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(commonText) {
		all[fold(strings.TrimSpace(line))] = true
	}
	return all
})

// fold is a password without letter case and what is put between words.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-_.,!?", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// monotonous reports whether a password repeats up to four characters over and
// over, or counts.
func monotonous(s string) bool {
	runes := []rune(s)
	for unit := 1; unit <= 4; unit++ {
		if repeats(runes, unit) {
			return true
		}
	}
	return slices.ContainsFunc([]rune{1, -1}, func(step rune) bool { return counts(runes, step) })
}

func repeats(s []rune, unit int) bool {
	for i := unit; i < len(s); i++ {
		if s[i] != s[i-unit] {
			return false
		}
	}
	return true
}

// counts reports whether each character follows the one before; 0 follows 9.
func counts(s []rune, step rune) bool {
	for i := 1; i < len(s); i++ {
		next := s[i-1] + step
		switch {
		case next == '9'+1:
			next = '0'
		case next == '0'-1:
			next = '9'
		}
		if s[i] != next {
			return false
		}
	}
	return true
}

// isOwn reports whether little is left of a password without what others know of
// the person.
func isOwn(folded string, own []string) bool {
	left := folded
	for _, o := range own {
		for _, word := range strings.FieldsFunc(strings.ToLower(o), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(word) >= 3 {
				left = strings.ReplaceAll(left, word, "")
			}
		}
	}
	return left != folded && utf8.RuneCountInString(left) < 6
}
