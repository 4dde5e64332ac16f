package licensefile

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Trust is what a verifier believes before it reads a file. The zero Trust
// believes nobody.
type Trust struct {
	// Roots and Threshold say whose word counts: some key list in the file, and
	// through it every later one, must be signed by that many of these keys.
	Roots     []RootKey
	Threshold int
	// HighestKeyList is the number of the newest key list accepted before.
	// Files that carry fewer are refused; 0 when none was accepted.
	HighestKeyList int64
	// Known holds the signed key lists accepted before, 1 to n. A file that
	// carries another list under the same number is refused. It also counts as
	// HighestKeyList, and lets [VerifyAccepted] see revocations that are newer
	// than the file. It may be nil.
	Known [][]byte
	// HighestCertificates holds the number of the newest certificate accepted
	// before, by the fingerprint of the issuer key that signed it. Each key
	// counts for itself: whoever stole one can spend its numbers, and not those
	// of the key that replaces it. It may be nil.
	HighestCertificates map[string]int64
}

// ParseRootFile reads a root file: the trusted keys and their threshold.
func ParseRootFile(text []byte) (Trust, error) {
	if err := checkNewer(text, rootFormat); err != nil {
		return Trust{}, err
	}
	blocks, err := split(text)
	if err != nil {
		return Trust{}, err
	}
	lines := blocks[0].lines
	if err := checkFormat(blocks[0], rootFormat); err != nil {
		return Trust{}, err
	}
	if len(blocks) != 1 {
		return Trust{}, &FormatError{Line: blocks[1].line - 1, Rule: "a root file has no blank lines"}
	}
	if len(lines) < 3 {
		return Trust{}, &FormatError{Line: len(lines), Rule: "a root file has a threshold line and at least one key"}
	}
	if keys := len(lines) - 2; keys > MaxRoots {
		return Trust{}, &TooLargeError{What: "the root file", Unit: "keys", Limit: MaxRoots, Got: int64(keys)}
	}
	var t Trust
	digits, _ := strings.CutPrefix(string(lines[1]), "threshold ")
	t.Threshold, err = strconv.Atoi(digits)
	if err != nil || string(lines[1]) != "threshold "+strconv.Itoa(t.Threshold) {
		return Trust{}, &FormatError{Line: 2, Rule: "the second line is the word threshold and a number"}
	}
	for i, line := range lines[2:] {
		k, err := ParseRootKey(string(line))
		if newer := new(VersionError); errors.As(err, &newer) {
			newer.Line = 3 + i
			return Trust{}, newer
		}
		if err != nil {
			return Trust{}, &FormatError{Line: 3 + i, Rule: err.Error()}
		}
		if findRoot(t.Roots, k.Key) != nil {
			return Trust{}, &FormatError{Line: 3 + i, Rule: "the key stands twice"}
		}
		t.Roots = append(t.Roots, k)
	}
	if t.Threshold < 1 || t.Threshold > min(MaxThreshold, len(t.Roots)) {
		return Trust{}, &FormatError{Line: 2, Rule: fmt.Sprintf("the threshold is from 1 to the number of keys, at most %d", MaxThreshold)}
	}
	return t, nil
}

// RootFile writes the root keys and threshold as [ParseRootFile] reads them.
func (t Trust) RootFile() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nthreshold %d\n", rootFormat, t.Threshold)
	for _, k := range t.Roots {
		fmt.Fprintln(&b, k)
	}
	return b.Bytes()
}

// VerifyKeyLists checks signed key lists 1 to N against what is trusted and
// returns them.
func VerifyKeyLists(lists [][]byte, trust Trust) ([]*KeyList, error) {
	parsed, err := parseKeyLists(lists)
	if err != nil {
		return nil, err
	}
	if err := trust.verifyLists(parsed); err != nil {
		return nil, err
	}
	return parsed, nil
}

func parseKeyLists(lists [][]byte) ([]*KeyList, error) {
	var parsed []*KeyList
	for i, text := range lists {
		l, err := ParseKeyList(text)
		if err != nil {
			return nil, fmt.Errorf("reading key list %d: %w", i+1, err)
		}
		if l.Number != int64(i+1) {
			return nil, &FormatError{Line: 2, Rule: fmt.Sprintf("key list %d must stand here, not %d", i+1, l.Number)}
		}
		parsed = append(parsed, l)
	}
	return parsed, nil
}

// verifyLists checks that lists, numbered from 1 without a gap, lead back to
// the trusted roots and are not older than what was accepted.
func (t Trust) verifyLists(lists []*KeyList) error {
	newest := int64(len(lists))
	highest := max(t.HighestKeyList, int64(len(t.Known)))
	if newest < highest {
		return &OldKeyListError{Number: newest, Highest: highest}
	}
	known, err := parseKeyLists(t.Known)
	if err != nil {
		return err
	}
	for i, k := range known {
		if !bytes.Equal(k.note.text, lists[i].note.text) {
			return &ForkedKeyListError{Number: k.Number}
		}
	}
	asked := answers{}
	for i, l := range lists {
		if err := l.signedBy(l.Roots, l.Threshold, asked); err != nil {
			return err
		}
		if i > 0 {
			if err := l.signedBy(lists[i-1].Roots, lists[i-1].Threshold, asked); err != nil {
				return err
			}
		}
	}
	return t.anchor(lists, asked)
}

// anchor looks for a list that enough of the trusted roots signed.
func (t Trust) anchor(lists []*KeyList, asked answers) error {
	if t.Threshold < 1 || t.Threshold > len(t.Roots) {
		return &UntrustedRootError{Threshold: t.Threshold}
	}
	for _, l := range lists {
		n, err := l.count(t.Roots, asked)
		if err != nil {
			return err
		}
		if n >= t.Threshold {
			return nil
		}
	}
	return &UntrustedRootError{Threshold: t.Threshold}
}

func (l *KeyList) signedBy(roots []RootKey, threshold int, asked answers) error {
	n, err := l.count(roots, asked)
	if err != nil {
		return err
	}
	if n < threshold {
		return &UntrustedRootError{KeyList: l.Number, Signed: n, Threshold: threshold}
	}
	return nil
}

// answers holds which root signed which list, so that a root that stands in the
// list, in the one before and in the root file is asked once.
type answers map[question]bool

type question struct {
	list      int64
	name, key string
}

// signed reports whether a root signed a list.
func (a answers) signed(l *KeyList, k RootKey) (bool, error) {
	q := question{l.Number, k.Name, string(k.Key)}
	if ok, known := a[q]; known {
		return ok, nil
	}
	ok, err := l.note.verify(k.Name, k.Key)
	a[q] = ok
	return ok, err
}

// count returns how many distinct keys of roots signed the list.
func (l *KeyList) count(roots []RootKey, asked answers) (int, error) {
	var signed []RootKey
	for _, k := range roots {
		if findRoot(signed, k.Key) != nil {
			continue
		}
		ok, err := asked.signed(l, k)
		if err != nil {
			return 0, &SignatureError{What: fmt.Sprintf("key list %d", l.Number), Why: err.Error()}
		}
		if ok {
			signed = append(signed, k)
		}
	}
	return len(signed), nil
}
