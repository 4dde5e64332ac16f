package authority

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxText is the longest text for people, in bytes.
const maxText = 1000

// textFault says why a text cannot stand in a set, or "".
//
// Verifiers compare bytes and refuse what cannot be seen, so that two texts
// that look alike are alike. Composed form is asked for here, at the source.
func textFault(s string) string {
	if !utf8.ValidString(s) {
		return "is not UTF-8"
	}
	if len(s) > maxText {
		return fmt.Sprintf("has %d bytes, and at most %d are allowed", len(s), maxText)
	}
	for _, c := range s {
		// Cf holds the direction marks and zero-width characters, Co and Cs
		// what has no agreed meaning.
		if unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp) || c == utf8.RuneError || unicode.Is(unicode.Variation_Selector, c) {
			return fmt.Sprintf("holds %U, a character that cannot be seen", c)
		}
	}
	if !norm.NFC.IsNormalString(s) {
		return "holds letters in more than one piece (it is not in Unicode form NFC)"
	}
	if s != "" && (s[0] == ' ' || s[len(s)-1] == ' ') {
		return "has a space at an end"
	}
	return ""
}

// isWord reports whether s is a word of a license file: `[a-z0-9-]{1,32}`.
func isWord(s string) bool {
	if len(s) < 1 || len(s) > 32 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || 'z' < c) && (c < '0' || '9' < c) && c != '-' {
			return false
		}
	}
	return true
}

// nearest returns the one of names that text was probably meant to be: at most
// two letters away. It returns "" when none is that near.
func nearest(text string, names []string) string {
	best, found := 3, ""
	for _, n := range names {
		if d := distance(text, n); d < best {
			best, found = d, n
		}
	}
	return found
}

// distance returns how many letters must be put in, taken out or changed to
// make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
