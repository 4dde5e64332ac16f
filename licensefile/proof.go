package licensefile

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/pott-dev/pott/license"
)

// Proved is a license that was in a genuine set, shown without the rest of the
// set. It says nothing about whether that set is in use.
type Proved struct {
	*Verified                 // Set holds the header and this one license; Lines and Bytes are empty
	License   license.License // the license
	Index     int64           // of its line among the lines of the set: 2 is the first license
}

var leafFields = []string{"index", "path"}

// Proof returns the proof that a module's license is in the file: the format
// line, the header and the license, each with its path to the root, and the
// checkpoint, certificate and key lists of the file.
func (f *File) Proof(module license.Module) ([]byte, error) {
	row := -1
	for i := range f.Set.Licenses {
		if f.Set.Licenses[i].Module.Fold() == module.Fold() {
			row = headerLine + i
		}
	}
	if row < 0 {
		return nil, fmt.Errorf("set %d of %s has no module %q", f.Set.Number, f.Set.Issuer, module)
	}
	hashes := leafHashes(f.lines)
	w := writer{[]byte(proofFormat + "\n")}
	for _, i := range []int{0, 1, row} {
		var path []string
		for _, h := range inclusion(hashes, i) {
			path = append(path, padded.EncodeToString(h[:]))
		}
		w.open()
		w.integer("index", int64(i))
		list(&w, "path", path)
		w.close()
		w.b = append(append(append(w.b, '\n'), f.lines[i]...), '\n')
	}
	for _, note := range f.notes() {
		w.b = append(append(w.b, '\n'), note...)
	}
	return w.b, nil
}

// VerifyProof checks a proof as [Verify] checks a file.
func VerifyProof(proof []byte, trust Trust, now time.Time) (*Proved, error) {
	f, index, err := parseProof(proof)
	if err != nil {
		return nil, err
	}
	v, err := f.verify(trust, now)
	if fence := new(FenceError); errors.As(err, &fence) {
		fence.Line = 2*fence.Line + 1 // in a proof a path stands before each line
	}
	if err != nil {
		return nil, err
	}
	return &Proved{Verified: v, License: f.Set.Licenses[0], Index: index}, nil
}

// parseProof reads a proof strictly, and checks that its lines are in the tree.
func parseProof(proof []byte) (*File, int64, error) {
	blocks, err := split(proof)
	if err != nil {
		return nil, 0, err
	}
	b := blocks[0]
	if err := checkFormat(b, proofFormat); err != nil {
		return nil, 0, err
	}
	if len(b.lines) != 7 {
		return nil, 0, &FormatError{Line: 1, Rule: "a proof has three lines of a set, each after its path"}
	}
	var leaves [3]struct {
		index int64
		path  tlog.RecordProof
	}
	for i := range leaves {
		line := 2 + 2*i
		leaves[i].index, leaves[i].path, err = readLeaf(line, b.lines[line-1])
		if err != nil {
			return nil, 0, err
		}
		if i < headerLine && leaves[i].index != int64(i) || i == headerLine && leaves[i].index < headerLine {
			return nil, 0, &FormatError{Line: line, Rule: "a proof has leaf 0, leaf 1 and a license"}
		}
	}
	f, err := proofFile(b)
	if err != nil {
		return nil, 0, err
	}
	size, root, err := f.readNotes(blocks)
	if err != nil {
		return nil, 0, err
	}
	for i, leaf := range leaves {
		hash := leafHashes(b.lines[2+2*i : 3+2*i])[0]
		if tlog.CheckRecord(leaf.path, int64(size), root, leaf.index, hash) != nil {
			return nil, 0, &SignatureError{What: "the checkpoint", Why: fmt.Sprintf("line %d of the proof does not lead to it", 3+2*i)}
		}
	}
	return f, leaves[2].index, nil
}

func readLeaf(line int, text []byte) (index int64, path tlog.RecordProof, err error) {
	r := &reader{line: line, s: text}
	r.open()
	r.need("index", leafFields)
	index = r.integer(0)
	r.need("path", leafFields)
	r.array(func() { path = append(path, word(r, parseTreeHash)) })
	r.close(leafFields)
	return index, path, r.end()
}

// proofFile reads the three lines of the set in a proof.
func proofFile(b block) (*File, error) {
	if err := checkFormat(block{b.line + 2, b.lines[2:3]}, setFormat); err != nil {
		return nil, err
	}
	set, err := readHeader(5, b.lines[4])
	if err != nil {
		return nil, err
	}
	if err := sameLine(5, b.lines[4], appendHeader(nil, &set)); err != nil {
		return nil, err
	}
	l, err := readLicense(7, b.lines[6])
	if err != nil {
		return nil, err
	}
	if err := sameLine(7, b.lines[6], appendLicense(nil, &l)); err != nil {
		return nil, err
	}
	set.Licenses = []license.License{l}
	return &File{Set: set}, nil
}

// notes returns the signed notes of a file: checkpoint, certificate, key lists.
func (f *File) notes() [][]byte {
	notes := [][]byte{f.checkpoint.bytes(), f.Certificate.Bytes()}
	for _, l := range f.KeyLists {
		notes = append(notes, l.Bytes())
	}
	return notes
}

// join puts blank lines between parts that each end with a line feed.
func join(parts [][]byte) []byte { return bytes.Join(parts, []byte{'\n'}) }
