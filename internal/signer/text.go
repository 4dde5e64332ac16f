package signer

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// TypeSet is the type of the checkpoint of a license set. The type of any other
// text is its first line, such as pott-key-list/v1.
const TypeSet = "set"

var (
	formatLine = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}/v[1-9][0-9]{0,8}$`)
	originLine = regexp.MustCompile(`^[A-Z0-9]{1,32}/pott-set/[A-Za-z0-9][A-Za-z0-9._-]{0,63}/[1-9][0-9]{0,15}$`)
	sizeLine   = regexp.MustCompile(`^[1-9][0-9]{0,15}$`)
)

// IsType reports whether a text names a type: [TypeSet] or the first line of a
// format.
func IsType(name string) bool { return name == TypeSet || formatLine.MatchString(name) }

// TypeOf returns the type of a text by its first line. A text that is not one a
// signed note can hold, or whose first line is of no known form, has none: a
// *TextError.
func TypeOf(text []byte) (string, error) {
	if len(text) > MaxMessage {
		return "", &TextError{fmt.Sprintf("it has %d bytes, and at most %d are signed", len(text), MaxMessage)}
	}
	if !utf8.Valid(text) || bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' }) {
		return "", &TextError{"it is not text in UTF-8 without control characters"}
	}
	first, rest, _ := bytes.Cut(text, []byte{'\n'})
	switch {
	case !bytes.HasSuffix(text, []byte{'\n'}):
		return "", &TextError{"its last line has no end"}
	case formatLine.Match(first):
		return string(first), nil
	case !originLine.Match(first):
		return "", &TextError{"its first line names neither a format nor a license set"}
	case !isTree(rest):
		return "", &TextError{"a checkpoint is three lines: the set, the number of lines and the hash of their tree"}
	}
	return TypeSet, nil
}

// isTree reports whether these are the second and third line of a checkpoint.
func isTree(lines []byte) bool {
	size, rest, _ := bytes.Cut(lines, []byte{'\n'})
	root, after, _ := bytes.Cut(rest, []byte{'\n'})
	hash, err := base64.StdEncoding.Strict().DecodeString(string(root))
	return sizeLine.Match(size) && err == nil && len(hash) == 32 && len(after) == 0
}
