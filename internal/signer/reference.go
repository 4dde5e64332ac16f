package signer

import (
	"regexp"
	"strings"
)

// A Reference names a key of a signer.
type Reference struct{ Socket, Name string }

const scheme = "signer:"

var nameGrammar = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// IsName reports whether a text can name a key: `[A-Za-z0-9][A-Za-z0-9._-]{0,99}`.
func IsName(text string) bool { return nameGrammar.MatchString(text) }

// IsReference reports whether a text is meant to name a key of a signer rather
// than a key file.
func IsReference(text string) bool { return strings.HasPrefix(text, scheme) }

// ParseReference reads signer:SOCKET#NAME. The socket may hold any character;
// the last # ends it.
func ParseReference(text string) (Reference, error) {
	rest, ok := strings.CutPrefix(text, scheme)
	i := strings.LastIndexByte(rest, '#')
	if !ok || i < 1 || !IsName(rest[i+1:]) || strings.ContainsRune(rest, 0) {
		return Reference{}, &ReferenceError{text}
	}
	return Reference{rest[:i], rest[i+1:]}, nil
}

// String returns the text that [ParseReference] reads.
func (r Reference) String() string { return scheme + r.Socket + "#" + r.Name }
