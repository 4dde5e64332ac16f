package license

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// FoldUserID returns the spelling that all letter cases of a user id share: each
// letter by its simple lower case in Unicode, so that the Kelvin sign is a k and
// a long s stays one. What is not UTF-8 is nobody's user id and stays as it is.
//
// Two people of an installation never have user ids with one folding; what is
// shown is the spelling each was given.
func FoldUserID(id string) string {
	if !utf8.ValidString(id) {
		return id
	}
	return strings.ToLower(id)
}

// AppendFoldedUserID appends what [FoldUserID] returns to b.
func AppendFoldedUserID(b []byte, id string) []byte {
	if !utf8.ValidString(id) {
		return append(b, id...)
	}
	for _, r := range id {
		b = utf8.AppendRune(b, unicode.ToLower(r))
	}
	return b
}
