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
	var leaves [3]leaf
	for i, at := range []int{0, 1, row} {
		leaves[i] = leaf{int64(at), inclusion(hashes, at), f.lines[at]}
	}
	return appendProof(nil, leaves, f.notes()), nil
}

// A leaf is one line of a set and the way from it to the root of the tree.
type leaf struct {
	index int64
	path  tlog.RecordProof
	line  []byte
}

func appendProof(b []byte, leaves [3]leaf, notes [][]byte) []byte {
	w := writer{append(b, proofFormat+"\n"...)}
	for _, l := range leaves {
		var path []string
		for _, h := range l.path {
			path = append(path, padded.EncodeToString(h[:]))
		}
		w.open()
		w.integer("index", l.index)
		list(&w, "path", path)
		w.close()
		w.b = append(append(append(w.b, '\n'), l.line...), '\n')
	}
	for _, note := range notes {
		w.b = append(append(w.b, '\n'), note...)
	}
	return w.b
}

// A Proof is one license of a set, with the checkpoint it belongs to. Whether
// anyone to trust signed the checkpoint only [VerifyProof] tells.
type Proof struct {
	Set     license.Set // the header and this one license
	License license.License
	Index   int64 // of the license among the lines of the set: 2 is the first license

	file   *File
	leaves [3]leaf
}

// ParseProof reads a proof strictly, and checks that its lines are in the tree
// of its checkpoint. It needs neither keys nor a clock.
func ParseProof(proof []byte) (*Proof, error) {
	if err := checkNewer(proof, proofFormat); err != nil {
		return nil, err
	}
	blocks, err := split(proof)
	if err != nil {
		return nil, err
	}
	leaves, err := readLeaves(blocks[0])
	if err != nil {
		return nil, err
	}
	f, err := proofFile(blocks[0])
	if err != nil {
		return nil, err
	}
	size, root, err := f.readNotes(blocks)
	if err != nil {
		return nil, err
	}
	for i, leaf := range leaves {
		hash := leafHashes([][]byte{leaf.line})[0]
		if tlog.CheckRecord(leaf.path, int64(size), root, leaf.index, hash) != nil {
			return nil, &SignatureError{What: "the checkpoint", Why: fmt.Sprintf("line %d of the proof does not lead to it", 3+2*i)}
		}
	}
	return &Proof{Set: f.Set, License: f.Set.Licenses[0], Index: leaves[2].index, file: f, leaves: leaves}, nil
}

// Bytes writes the proof again from what was read: the same bytes that
// ParseProof got.
func (p *Proof) Bytes() []byte {
	leaves := p.leaves
	leaves[0].line, leaves[1].line = []byte(setFormat), appendHeader(nil, &p.Set)
	leaves[2].line = appendLicense(nil, &p.License)
	return appendProof(nil, leaves, p.file.notes())
}

// VerifyProof checks a proof as [Verify] checks a file.
func VerifyProof(proof []byte, trust Trust, now time.Time) (*Proved, error) {
	p, err := ParseProof(proof)
	if err != nil {
		return nil, err
	}
	v, err := p.file.verify(trust, now)
	if fence := new(FenceError); errors.As(err, &fence) {
		fence.Line = 2*fence.Line + 1 // in a proof a path stands before each line
	}
	if err != nil {
		return nil, err
	}
	return &Proved{Verified: v, License: p.License, Index: p.Index}, nil
}

// readLeaves reads the first block of a proof: three lines of a set, each after
// its path.
func readLeaves(b block) (leaves [3]leaf, err error) {
	if err := checkFormat(b, proofFormat); err != nil {
		return leaves, err
	}
	if len(b.lines) != 7 {
		return leaves, &FormatError{Line: 1, Rule: "a proof has three lines of a set, each after its path"}
	}
	for i := range leaves {
		line := 2 + 2*i
		leaves[i].index, leaves[i].path, err = readLeaf(line, b.lines[line-1])
		if err != nil {
			return leaves, err
		}
		leaves[i].line = b.lines[line]
		if i < headerLine && leaves[i].index != int64(i) || i == headerLine && leaves[i].index < headerLine {
			return leaves, &FormatError{Line: line, Rule: "a proof has leaf 0, leaf 1 and a license"}
		}
	}
	return leaves, nil
}

func readLeaf(line int, text []byte) (index int64, path tlog.RecordProof, err error) {
	r := &reader{line: line, s: string(text)}
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
