package licensefile

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A block is what stands between two blank lines of a text.
type block struct {
	line  int // number of the first line in the text
	lines [][]byte
}

// text returns the lines of the block as they stand, each with its end.
func (b block) text() []byte {
	return append(bytes.Join(b.lines, []byte{'\n'}), '\n')
}

// maxBlocks is how many blocks a file of [MaxKeyLists] key lists has: two for
// each of them, after five others.
const maxBlocks = 5 + 2*MaxKeyLists

// split cuts a text into blocks after checking everything that needs no
// meaning: size, encoding, line ends and line lengths.
func split(text []byte) ([]block, error) {
	if len(text) > MaxBytes {
		return nil, &TooLargeError{What: "the file", Unit: "bytes", Limit: MaxBytes, Got: int64(len(text))}
	}
	if len(text) == 0 {
		return nil, &FormatError{Rule: "the file is empty"}
	}
	if n := bytes.Count(text, []byte{'\n'}); n > MaxFileLines {
		return nil, &TooLargeError{What: "the file", Unit: "lines", Limit: MaxFileLines, Got: int64(n)}
	}
	var blocks []block
	current := block{line: 1}
	for n, rest := 1, text; len(rest) > 0; n++ {
		line, after, ended := bytes.Cut(rest, []byte{'\n'})
		if err := checkLine(n, line, ended); err != nil {
			return nil, err
		}
		rest = after
		if len(line) > 0 {
			current.lines = append(current.lines, line)
			continue
		}
		if len(current.lines) == 0 || len(rest) == 0 {
			return nil, &FormatError{Line: n, Rule: "one blank line stands between two parts, and none anywhere else"}
		}
		blocks = append(blocks, current)
		if len(blocks) >= maxBlocks {
			return nil, &TooLargeError{What: "the file", Unit: "key lists", Limit: MaxKeyLists, Got: MaxKeyLists + 1}
		}
		current = block{line: n + 1}
	}
	return append(blocks, current), nil
}

func checkLine(n int, line []byte, ended bool) error {
	if len(line) > MaxLine {
		return &TooLargeError{What: fmt.Sprintf("line %d", n), Unit: "bytes", Limit: MaxLine, Got: int64(len(line))}
	}
	for i, c := range line {
		if c == '\r' {
			return &FormatError{n, i + 1, "lines end with a line feed alone, without a carriage return"}
		}
		if c < ' ' {
			return &FormatError{n, i + 1, fmt.Sprintf("the control character %U stands in the text", c)}
		}
	}
	if !utf8.Valid(line) {
		i := 0
		for c, size := utf8.DecodeRune(line); c != utf8.RuneError || size != 1; c, size = utf8.DecodeRune(line[i:]) {
			i += size
		}
		return &FormatError{n, i + 1, "the text is not UTF-8"}
	}
	if !ended {
		return &FormatError{n, 0, "the last line has no end: the file may have been cut off"}
	}
	return nil
}

// checkFormat checks the first line of a text against the one expected. A text
// of the same type in another version needs a newer reader.
func checkFormat(b block, want string) error {
	got := string(b.lines[0])
	if got == want {
		return nil
	}
	kind, _, _ := strings.Cut(want, "/")
	if version, ok := strings.CutPrefix(got, kind+"/v"); ok {
		if n, err := strconv.ParseUint(version, 10, 32); err == nil && n > 1 && strconv.FormatUint(n, 10) == version {
			return &VersionError{Needs: got, Line: b.line}
		}
	}
	return &FormatError{Line: b.line, Rule: fmt.Sprintf("the first line must be %s", want)}
}

// checkNewer refuses a text whose first line says that it is of a higher version
// than format. What such a text holds below is not known here, so this is asked
// before anything else.
func checkNewer(text []byte, format string) error {
	line, _, _ := bytes.Cut(text[:min(len(text), len(format)+16)], []byte{'\n'})
	if newer := new(VersionError); errors.As(checkFormat(block{1, [][]byte{line}}, format), &newer) {
		return newer
	}
	return nil
}

// checkTextLines refuses a certificate or key list of so many lines that
// checking all their keys would be work for a stranger.
func checkTextLines(b block, what string) error {
	if len(b.lines) > MaxTextLines {
		return &TooLargeError{What: fmt.Sprintf("%s at line %d", what, b.line), Unit: "lines", Limit: MaxTextLines, Got: int64(len(b.lines))}
	}
	return nil
}

// A note is a text and the signatures over it.
type note struct {
	text []byte // the lines, each with its end
	sigs []noteSig
	line int // of the text in the file
}

type noteSig struct {
	name string
	id   uint32
	sig  []byte
}

const dash = "— "

// readNote reads the two blocks of a signed note. It checks form only.
func readNote(text, sigs block) (note, error) {
	n := note{text: text.text(), line: text.line}
	if len(sigs.lines) > MaxSignatures {
		return note{}, &TooLargeError{What: fmt.Sprintf("the signature at line %d", sigs.line), Unit: "lines", Limit: MaxSignatures, Got: int64(len(sigs.lines))}
	}
	for i, line := range sigs.lines {
		s, err := readSignature(string(line))
		if err != "" {
			return note{}, &FormatError{Line: sigs.line + i, Rule: err}
		}
		for _, other := range n.sigs {
			if other.name == s.name && other.id == s.id {
				return note{}, &FormatError{Line: sigs.line + i, Rule: "the same key signs twice"}
			}
		}
		n.sigs = append(n.sigs, s)
	}
	return n, nil
}

// readSignature reads one signature line; the rule it breaks is "" when none.
func readSignature(line string) (noteSig, string) {
	rest, ok := strings.CutPrefix(line, dash)
	name, encoded, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 || !isKeyName(name) {
		return noteSig{}, "a signature line is a dash, the name of a key and the signature in base64"
	}
	b, err := decode64(encoded)
	if err != nil {
		return noteSig{}, "the signature is not base64 in its one spelling"
	}
	if len(b) < 5 {
		return noteSig{}, "the signature is too short"
	}
	return noteSig{name, binary.BigEndian.Uint32(b), b[4:]}, ""
}

// verify reports whether key, under name, signed the note. It is an error when
// a signature says it is by that key and is not.
func (n *note) verify(name string, key ed25519.PublicKey) (bool, error) {
	id := keyID(name, key)
	for _, s := range n.sigs {
		if s.name != name || s.id != id {
			continue
		}
		if len(s.sig) != ed25519.SignatureSize || !ed25519.Verify(key, n.text, s.sig) {
			return false, errBadSignature
		}
		return true, nil
	}
	return false, nil
}

var errBadSignature = fmt.Errorf("the signature does not belong to the text: one of them was changed, or it was made with another key")

// bytes returns the note as it stands in a file.
func (n *note) bytes() []byte {
	b := append(bytes.Clone(n.text), '\n')
	for _, s := range n.sigs {
		b = appendSignature(b, s)
	}
	return b
}

func appendSignature(b []byte, s noteSig) []byte {
	b = append(b, dash...)
	b = append(b, s.name...)
	b = append(b, ' ')
	b = padded.AppendEncode(b, append(binary.BigEndian.AppendUint32(nil, s.id), s.sig...))
	return append(b, '\n')
}

// sign makes one signature and checks it, because a token can fail.
func sign(text []byte, name string, signer Signer) (noteSig, error) {
	if !isKeyName(name) {
		return noteSig{}, fmt.Errorf("%q cannot name a key: names are ASCII without spaces and plus signs", name)
	}
	key := signer.Public()
	if err := CheckKey(key); err != nil {
		return noteSig{}, err
	}
	sig, err := signer.Sign(text)
	if err != nil {
		return noteSig{}, fmt.Errorf("signing with key %s: %w", Fingerprint(key), err)
	}
	if !ed25519.Verify(key, text, sig) {
		return noteSig{}, fmt.Errorf("key %s made a signature that does not verify", Fingerprint(key))
	}
	return noteSig{name, keyID(name, key), sig}, nil
}

// openNote reads a text that is exactly one signed note.
func openNote(text []byte) (note, block, error) {
	blocks, err := split(text)
	if err != nil {
		return note{}, block{}, err
	}
	if len(blocks) != 2 {
		return note{}, block{}, &FormatError{Rule: "a signed note is a text, a blank line and signatures"}
	}
	n, err := readNote(blocks[0], blocks[1])
	return n, blocks[0], err
}
