package licensefile

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/license"
)

// A KeyList states everything that root keys decide: who the roots are and how
// many must agree, which issuers there are and what each may grant, and which
// keys are revoked. List N is signed by a threshold of its own roots and, from
// 2 on, by a threshold of the roots of list N-1. License files carry all lists
// from 1 to the newest; they merely transport them.
type KeyList struct {
	Number      int64
	Issued      time.Time    // UTC, whole seconds
	Through     license.Date // no set is accepted with this list later; zero: no end
	Threshold   int          // how many roots must sign, 1 to [MaxThreshold]
	Roots       []RootKey    // at most [MaxRoots], with distinct names and keys
	NextRoots   []RootKey    // announced for a later list; nil for none. They sign nothing yet
	Algorithms  []Algorithm  // signatures required beside Ed25519; nil for none
	Issuers     []IssuerGrant
	Revocations []Revocation

	note note
}

// An Algorithm is a kind of signature that sets issued from a date on must
// carry beside Ed25519, which is always required and never listed. Readers of
// this version know no other and refuse such sets.
type Algorithm struct {
	Name string // `[a-z0-9-]{1,32}`
	From license.Date
}

// An IssuerGrant lets an issuer certify signing keys with one key, for sets
// inside a fence. An issuer may stand in a list with several keys.
type IssuerGrant struct {
	Issuer license.Issuer
	Key    ed25519.PublicKey
	Fence  Fence
}

// Effect is what a revocation does.
type Effect string

const (
	// RefuseNew: no new set is accepted; accepted ones run to their dates.
	RefuseNew Effect = "refuse-new"
	// DropOn: in addition, accepted sets stop counting from a date on, which
	// lies at least 14 days after the list that says so.
	DropOn Effect = "drop-on"
)

// MinNotice is how many days a [DropOn] revocation lies ahead at least.
const MinNotice = 14

// A Revocation takes trust from one key, of an issuer or for signing.
type Revocation struct {
	Key    ed25519.PublicKey
	Effect Effect
	Date   license.Date // of DropOn, the first day, in UTC; zero with RefuseNew
}

// Revocation returns what the list says about a key, or nil.
func (l *KeyList) Revocation(key ed25519.PublicKey) *Revocation {
	for i := range l.Revocations {
		if l.Revocations[i].Key.Equal(key) {
			return &l.Revocations[i]
		}
	}
	return nil
}

// Hash returns the SHA-256 of the list's text in lower-case hex: what approvers
// compare before and after they sign.
func (l *KeyList) Hash() (string, error) {
	text, err := MarshalKeyList(l)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

var (
	keyListFields   = []string{"requires", "number", "issued", "through", "threshold", "algorithms"}
	algorithmFields = []string{"name", "from"}
	rootFields      = []string{"root", "key"}
	nextFields      = []string{"next_root", "key"}
	issuerFields    = []string{"issuer", "key", "fence"}
	revokeFields    = []string{"revoke", "effect", "date"}
)

// MarshalKeyList returns the text that roots sign. It refuses a list that
// [ParseKeyList] would refuse.
func MarshalKeyList(l *KeyList) ([]byte, error) {
	text := appendKeyList(nil, l)
	blocks, err := split(text)
	if err != nil {
		return nil, err
	}
	if len(blocks) != 1 {
		return nil, &FormatError{Rule: "a key list has no blank lines"}
	}
	if _, err := readKeyList(note{text: text, line: 1}, blocks[0]); err != nil {
		return nil, err
	}
	return text, nil
}

// SignKeyList returns the list as a note signed by roots of its own. Signatures
// of the roots of the list before are added with [CosignKeyList].
func SignKeyList(l *KeyList, signers ...Signer) ([]byte, error) {
	text, err := MarshalKeyList(l)
	if err != nil {
		return nil, err
	}
	n := note{text: text}
	for _, s := range signers {
		root := findRoot(l.Roots, s.Public())
		if root == nil {
			return nil, fmt.Errorf("key %s is not a root of key list %d", Fingerprint(s.Public()), l.Number)
		}
		sig, err := sign(text, root.Name, s)
		if err != nil {
			return nil, err
		}
		n.sigs = append(n.sigs, sig)
	}
	if len(n.sigs) == 0 {
		return nil, errors.New("a key list needs a signature")
	}
	b := n.bytes()
	_, err = ParseKeyList(b)
	return b, err
}

// CosignKeyList adds one signature to a signed key list, under the name of root:
// a root of the same list or of the one before.
func CosignKeyList(signed []byte, root RootKey, signer Signer) ([]byte, error) {
	if !root.Key.Equal(signer.Public()) {
		return nil, fmt.Errorf("the key of %s is not the one that signs", root.Name)
	}
	l, err := ParseKeyList(signed)
	if err != nil {
		return nil, err
	}
	sig, err := sign(l.note.text, root.Name, signer)
	if err != nil {
		return nil, err
	}
	b := appendSignature(l.note.bytes(), sig)
	_, err = ParseKeyList(b)
	return b, err
}

func findRoot(roots []RootKey, key ed25519.PublicKey) *RootKey {
	for i := range roots {
		if roots[i].Key.Equal(key) {
			return &roots[i]
		}
	}
	return nil
}

// ParseKeyList reads a signed key list. It checks form, not signatures.
func ParseKeyList(text []byte) (*KeyList, error) {
	n, b, err := openNote(text)
	if err != nil {
		return nil, err
	}
	return readKeyList(n, b)
}

// Bytes returns the signed list as it stands in a file. It is empty for a list
// that was not parsed.
func (l *KeyList) Bytes() []byte {
	if len(l.note.sigs) == 0 {
		return nil
	}
	n := l.note
	n.text = appendKeyList(nil, l)
	return n.bytes()
}

func appendKeyList(b []byte, l *KeyList) []byte {
	w := writer{append(b, keyListFormat+"\n"...)}
	w.open()
	w.integer("number", l.Number)
	w.moment("issued", l.Issued)
	w.date("through", l.Through)
	w.integer("threshold", int64(l.Threshold))
	if len(l.Algorithms) > 0 {
		w.name("algorithms")
		w.b = append(w.b, '[')
		for i, a := range l.Algorithms {
			if i > 0 {
				w.b = append(w.b, ',')
			}
			w.open()
			w.must("name", a.Name)
			w.date("from", a.From)
			w.close()
		}
		w.b = append(w.b, ']')
	}
	w.close()
	w.b = append(w.b, '\n')
	for _, k := range l.Roots {
		writeRoot(&w, "root", k)
	}
	for _, k := range l.NextRoots {
		writeRoot(&w, "next_root", k)
	}
	for i := range l.Issuers {
		g := &l.Issuers[i]
		w.open()
		w.must("issuer", string(g.Issuer))
		w.must("key", padded.EncodeToString(g.Key))
		w.name("fence")
		writeFence(&w, &g.Fence)
		w.close()
		w.b = append(w.b, '\n')
	}
	for _, r := range l.Revocations {
		w.open()
		w.must("revoke", padded.EncodeToString(r.Key))
		w.must("effect", string(r.Effect))
		w.date("date", r.Date)
		w.close()
		w.b = append(w.b, '\n')
	}
	return w.b
}

func writeRoot(w *writer, field string, k RootKey) {
	w.open()
	w.must(field, k.Name)
	w.must("key", padded.EncodeToString(k.Key))
	w.close()
	w.b = append(w.b, '\n')
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

// The lines of a key list come in groups, in this order.
const (
	rootLines = iota
	nextLines
	issuerLines
	revokeLines
)

func readKeyList(n note, b block) (*KeyList, error) {
	if err := checkFormat(b, keyListFormat); err != nil {
		return nil, err
	}
	if len(b.lines) < 2 {
		return nil, &FormatError{Line: b.line, Rule: "a key list has a header line"}
	}
	l := &KeyList{note: n}
	if err := l.readHeader(b.line+1, b.lines[1]); err != nil {
		return nil, err
	}
	group := rootLines
	seen := map[string]bool{} // every name of a root, and every key within its group
	for i, text := range b.lines[2:] {
		r := &reader{line: b.line + 2 + i, s: text}
		r.open()
		g := l.readLine(r, seen)
		if r.end() == nil && g < group {
			r.fail(0, "the lines of a key list are roots, next roots, issuers, revocations, in this order")
		}
		if r.err != nil {
			return nil, r.err
		}
		group = g
	}
	return l, l.check(b.line + 1)
}

func (l *KeyList) readHeader(line int, text []byte) error {
	r := &reader{line: line, s: text}
	r.open()
	readRequires(r)
	r.need("number", keyListFields)
	l.Number = r.integer(1)
	r.need("issued", keyListFields)
	l.Issued = r.moment()
	if r.field("through") {
		l.Through = r.date()
	}
	r.need("threshold", keyListFields)
	if at, n := r.i, r.integer(1); n > MaxThreshold {
		r.fail(at, "the threshold is at most %d", MaxThreshold)
	} else {
		l.Threshold = int(n)
	}
	if r.field("algorithms") {
		r.array(func() {
			at := r.i
			var a Algorithm
			r.open()
			r.need("name", algorithmFields)
			a.Name = word(r, parseWord)
			r.need("from", algorithmFields)
			a.From = r.date()
			r.close(algorithmFields)
			if a.Name == "ed25519" {
				r.fail(at, "ed25519 is always required and never listed")
			}
			for _, other := range l.Algorithms {
				if other.Name == a.Name {
					r.fail(at, "the algorithm %q stands twice", a.Name)
				}
			}
			l.Algorithms = append(l.Algorithms, a)
		})
	}
	r.close(keyListFields)
	return r.end()
}

// readLine reads one line after the header and returns its group.
func (l *KeyList) readLine(r *reader, seen map[string]bool) int {
	once := func(at int, group, what string) {
		if key := group + " " + what; seen[key] {
			r.fail(at, "%.80q stands twice among the %ss", what, group)
		} else {
			seen[key] = true
		}
	}
	key := func(group string, fields []string) ed25519.PublicKey {
		r.need("key", fields)
		at := r.i
		k := word(r, parseKey)
		once(at, group+" key", padded.EncodeToString(k))
		return k
	}
	at := r.i
	switch {
	case r.field("root"):
		name := word(r, parseKeyName)
		once(at, "root", name)
		l.Roots = append(l.Roots, RootKey{name, key("root", rootFields)})
		r.close(rootFields)
		return rootLines
	case r.field("next_root"):
		name := word(r, parseKeyName)
		once(at, "next root", name)
		l.NextRoots = append(l.NextRoots, RootKey{name, key("next root", nextFields)})
		r.close(nextFields)
		return nextLines
	case r.field("issuer"):
		g := IssuerGrant{Issuer: r.issuer(), Key: key("issuer", issuerFields)}
		r.need("fence", issuerFields)
		g.Fence = readFence(r)
		r.close(issuerFields)
		l.Issuers = append(l.Issuers, g)
		return issuerLines
	case r.field("revoke"):
		v := l.readRevocation(r)
		once(at, "revocation", padded.EncodeToString(v.Key))
		l.Revocations = append(l.Revocations, v)
		return revokeLines
	}
	r.fail(at, "a line of a key list begins with root, next_root, issuer or revoke")
	return 0
}

var parseKeyName = func(s string) (string, error) {
	if !isKeyName(s) {
		return "", fmt.Errorf("%.80q cannot name a key: names are ASCII without spaces and plus signs", s)
	}
	return s, nil
}

func (l *KeyList) readRevocation(r *reader) Revocation {
	v := Revocation{Key: word(r, parseKey)}
	r.need("effect", revokeFields)
	v.Effect = word(r, func(s string) (Effect, error) {
		if e := Effect(s); e == RefuseNew || e == DropOn {
			return e, nil
		}
		return "", fmt.Errorf("%q is not an effect: refuse-new or drop-on", s)
	})
	if v.Effect == DropOn {
		r.need("date", revokeFields)
		at := r.i
		v.Date = r.date()
		if r.err == nil && license.DateOf(l.Issued).DaysUntil(v.Date) < MinNotice {
			r.fail(at, "sets are dropped at the earliest %d days after the list is issued", MinNotice)
		}
	}
	r.close(revokeFields)
	return v
}

// check checks what no single line shows.
func (l *KeyList) check(line int) error {
	switch {
	case len(l.Roots) == 0:
		return &FormatError{Line: line, Rule: "a key list names at least one root"}
	case len(l.Roots) > MaxRoots || len(l.NextRoots) > MaxRoots:
		return &TooLargeError{What: fmt.Sprintf("the key list at line %d", line-1), Unit: "roots", Limit: MaxRoots, Got: int64(max(len(l.Roots), len(l.NextRoots)))}
	case l.Threshold > len(l.Roots):
		return &FormatError{Line: line, Rule: fmt.Sprintf("%d roots must sign, and there are %d", l.Threshold, len(l.Roots))}
	}
	for _, g := range l.Issuers {
		if findRoot(l.Roots, g.Key) != nil {
			return &FormatError{Line: line, Rule: fmt.Sprintf("a key of %s is also a root key", g.Issuer)}
		}
	}
	return nil
}
