package licensefile

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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

// An Algorithm is a kind of signature that sets issued or accepted from a date
// on must carry beside Ed25519, which is always required and never listed.
// Readers of this version know no other and refuse such sets.
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
	Also   []SecondKey // the issuer's keys of other algorithms; nil for none
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
	rootFields      = []string{"root", "key", "also"}
	nextFields      = []string{"next_root", "key", "also"}
	issuerFields    = []string{"issuer", "key", "fence", "also"}
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
