package licensefile

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/pott-dev/pott/license"
)

// A File is a license file that was read. Its lines belong to its checkpoint;
// whether anyone to trust signed the checkpoint only [Verify] tells.
type File struct {
	Set         license.Set
	Optional    []Optional
	Checkpoint  string // the signed text: three lines, each with its end
	Hash        string // SHA-256 of Checkpoint in lower-case hex: the identity of the set
	Certificate *Certificate
	KeyLists    []*KeyList // 1 to N without a gap

	lines      [][]byte // the leaves of the tree
	checkpoint note
}

// Optional is a line that readers may ignore: it is signed and kept, and grants
// nothing to a reader that does not know its name.
type Optional struct {
	Name string // `[a-z0-9-]{1,32}`
	Text string // what follows the name and a space; may be empty
}

const optionalPrefix = "optional:"

// Parse reads a license file strictly. It checks everything that needs neither
// keys nor a clock: form, limits, that the lines belong to the checkpoint, that
// the checkpoint and certificate name the header's issuer, serial number and
// set number, and that the key lists are complete.
func Parse(file []byte) (*File, error) {
	if err := checkNewer(file, setFormat); err != nil {
		return nil, err
	}
	blocks, err := split(file)
	if err != nil {
		return nil, err
	}
	f := &File{lines: blocks[0].lines}
	if f.Set, f.Optional, err = readLines(blocks[0]); err != nil {
		return nil, err
	}
	size, root, err := f.readNotes(blocks)
	if err != nil {
		return nil, err
	}
	if err := f.matchLines(size, root); err != nil {
		return nil, err
	}
	return f, nil
}

// readNotes reads everything after the first block.
func (f *File) readNotes(blocks []block) (size int, root tlog.Hash, err error) {
	if last := blocks[len(blocks)-1]; len(blocks) < 7 || len(blocks)%2 == 0 {
		return 0, root, &FormatError{Line: last.line, Rule: "a checkpoint, a certificate and at least one key list follow, each with signatures: a part is missing"}
	}
	if f.checkpoint, err = readNote(blocks[1], blocks[2]); err != nil {
		return 0, root, err
	}
	if size, root, err = f.readCheckpoint(blocks[1]); err != nil {
		return 0, root, err
	}
	return size, root, f.readChain(blocks[3:])
}

// readLines reads the lines that are the leaves of the tree.
func readLines(b block) (license.Set, []Optional, error) {
	var none license.Set
	if err := checkFormat(b, setFormat); err != nil {
		return none, nil, err
	}
	if len(b.lines) > MaxLines {
		return none, nil, &TooLargeError{What: "the set", Unit: "lines", Limit: MaxLines, Got: int64(len(b.lines))}
	}
	if len(b.lines) < headerLine {
		return none, nil, &FormatError{Line: 1, Rule: "the header line is missing"}
	}
	set, err := readHeader(headerLine, b.lines[1])
	if err != nil {
		return none, nil, err
	}
	if err := sameLine(headerLine, b.lines[1], appendHeader(nil, &set)); err != nil {
		return none, nil, err
	}
	rows := b.lines[headerLine:]
	var scratch []byte
	seen := make(map[license.Module]int, min(len(rows), 1024))
	if len(rows) > 0 && rows[0][0] == '{' {
		set.Licenses = make([]license.License, 0, min(len(rows), 1024))
	}
	for i, text := range rows {
		if bytes.HasPrefix(text, []byte(optionalPrefix)) {
			optional, err := readOptional(firstLicenseLine+i, rows[i:])
			return set, optional, err
		}
		line := firstLicenseLine + i
		l, err := readLicense(line, text)
		if err != nil {
			return none, nil, err
		}
		scratch = appendLicense(scratch[:0], &l)
		if err := sameLine(line, text, scratch); err != nil {
			return none, nil, err
		}
		folded := l.Module.Fold()
		if first, twice := seen[folded]; twice {
			return none, nil, &FormatError{Line: line, Rule: fmt.Sprintf("the module %q stands on line %d already", l.Module, first)}
		}
		seen[folded] = line
		set.Licenses = append(set.Licenses, l)
	}
	return set, nil, nil
}

// sameLine guards the promise that a line has one spelling: what was read must
// be written again as the same bytes.
func sameLine(line int, got, want []byte) error {
	if !bytes.Equal(got, want) {
		return &FormatError{Line: line, Rule: "the line is not in its one spelling"}
	}
	return nil
}

// readOptional reads the lines after the licenses, all of them optional.
func readOptional(line int, rows [][]byte) (optional []Optional, err error) {
	for i, text := range rows {
		rest, ok := strings.CutPrefix(string(text), optionalPrefix)
		name, text, found := strings.Cut(rest, " ")
		if !ok || !wordGrammar.MatchString(name) {
			return nil, &FormatError{Line: line + i, Rule: "only optional lines follow an optional line, written as optional:name text"}
		}
		if found != (text != "") {
			return nil, &FormatError{Line: line + i, Rule: "an optional line without a text has no space after its name"}
		}
		optional = append(optional, Optional{name, text})
	}
	return optional, nil
}

func appendOptional(b []byte, o Optional) []byte {
	b = append(append(b, optionalPrefix...), o.Name...)
	if o.Text != "" {
		b = append(append(b, ' '), o.Text...)
	}
	return b
}

var sizeGrammar = regexp.MustCompile(`^[1-9][0-9]{0,6}$`)

// readCheckpoint reads the text of the checkpoint and returns the size and root
// of the tree it is of. It must be the checkpoint of the set in the header.
func (f *File) readCheckpoint(b block) (size int, root tlog.Hash, err error) {
	if len(b.lines) != 3 {
		return 0, root, &FormatError{Line: b.line, Rule: "a checkpoint has exactly three lines: origin, size and root hash"}
	}
	f.Checkpoint = string(f.checkpoint.text)
	sum := sha256.Sum256(f.checkpoint.text)
	f.Hash = hex.EncodeToString(sum[:])
	origin := checkpointName(f.Set.Issuer, f.Set.Serial, f.Set.Number)
	if string(b.lines[0]) != origin {
		return 0, root, &FormatError{Line: b.line, Rule: fmt.Sprintf("the checkpoint must be of %s, as the header says", origin)}
	}
	if !sizeGrammar.Match(b.lines[1]) {
		return 0, root, &FormatError{Line: b.line + 1, Rule: "the size of the tree is written with digits only, without a leading zero"}
	}
	size, _ = strconv.Atoi(string(b.lines[1])) // at most 7 digits
	hash, err := parseTreeHash(string(b.lines[2]))
	if err != nil {
		return 0, root, &FormatError{Line: b.line + 2, Rule: err.Error()}
	}
	return size, hash, nil
}

func parseTreeHash(s string) (tlog.Hash, error) {
	b, err := decode64(s)
	if err != nil || len(b) != tlog.HashSize {
		return tlog.Hash{}, fmt.Errorf("%.80q is not a hash of 32 bytes in base64", s)
	}
	return tlog.Hash(b), nil
}

// matchLines checks that the checkpoint is of these lines.
func (f *File) matchLines(size int, root tlog.Hash) error {
	if size != len(f.lines) {
		return &SignatureError{What: "the checkpoint", Why: fmt.Sprintf("it is of %d lines, and the file has %d: a line was added or removed", size, len(f.lines))}
	}
	if rootHash(leafHashes(f.lines)) != root {
		return &SignatureError{What: "the checkpoint", Why: otherLines}
	}
	return nil
}

const otherLines = "it is of other lines: a line was changed or moved"

// readChain reads the certificate and the key lists.
func (f *File) readChain(blocks []block) error {
	n, err := readNote(blocks[0], blocks[1])
	if err != nil {
		return err
	}
	if f.Certificate, err = readCertificate(n, blocks[0]); err != nil {
		return err
	}
	if f.Certificate.Issuer != f.Set.Issuer {
		return &FormatError{Line: blocks[0].line + 1, Rule: fmt.Sprintf("the certificate must be of %s, as the header says", f.Set.Issuer)}
	}
	lists := blocks[2:]
	for i := 0; i < len(lists); i += 2 {
		n, err := readNote(lists[i], lists[i+1])
		if err != nil {
			return err
		}
		l, err := readKeyList(n, lists[i])
		if err != nil {
			return err
		}
		if want := int64(i/2 + 1); l.Number != want {
			return &FormatError{Line: lists[i].line + 1, Rule: fmt.Sprintf("key list %d must stand here: a file carries all from number 1 on, in order", want)}
		}
		f.KeyLists = append(f.KeyLists, l)
	}
	return nil
}

// Bytes writes the file again from what was read: the same bytes that Parse got.
func (f *File) Bytes() []byte {
	lines := append(bytes.Join(setLines(&f.Set, f.Optional), []byte{'\n'}), '\n')
	return join(append([][]byte{lines}, f.notes()...))
}

// setLines returns the leaves of a set's tree.
func setLines(s *license.Set, optional []Optional) [][]byte {
	lines := make([][]byte, 0, headerLine+len(s.Licenses)+len(optional))
	lines = append(lines, []byte(setFormat), appendHeader(nil, s))
	for i := range s.Licenses {
		lines = append(lines, appendLicense(nil, &s.Licenses[i]))
	}
	for _, o := range optional {
		lines = append(lines, appendOptional(nil, o))
	}
	return lines
}

// Lines returns the lines of the set, without their ends: the format line, the
// header, the licenses and the optional lines. They are the leaves of the tree.
// The caller may not change them.
func (f *File) Lines() [][]byte { return f.lines }

// VerifyCheckpoint checks once more that the lines are those that one key
// signed, for callers that know the key from [Verified] already and keep the
// file in memory.
func (f *File) VerifyCheckpoint(key ed25519.PublicKey) error {
	root := rootHash(leafHashes(f.lines))
	text := checkpointText(&f.Set, len(f.lines), root)
	if text != f.Checkpoint {
		return &SignatureError{What: "the checkpoint", Why: otherLines}
	}
	ok, err := f.checkpoint.verify(checkpointName(f.Set.Issuer, f.Set.Serial, f.Set.Number), key)
	if err != nil {
		return &SignatureError{What: "the checkpoint", Why: err.Error()}
	}
	if !ok {
		return &SignatureError{What: "the checkpoint", Why: "it is not signed with this key"}
	}
	return nil
}

// checkpointText returns what is signed: three lines, each with its end.
func checkpointText(s *license.Set, lines int, root tlog.Hash) string {
	return checkpointName(s.Issuer, s.Serial, s.Number) + "\n" + strconv.Itoa(lines) + "\n" + padded.EncodeToString(root[:]) + "\n"
}
