// Package auditproof lets anybody check an audit trail without access to the
// server that wrote it, and says plainly what could not be checked.
//
// A proof is text: the entries of a range, the links of the journal from there
// to its head, and a signature of the installation. It holds no key and no
// secret; checking one takes nothing but what the checker knows from elsewhere:
// the installation's public key, or a head that was kept. The format is
// specified in spec/audit-proof.md.
package auditproof

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

const format = "pott-audit-proof/v1"

// Limits of a proof. One beyond any of them is refused.
const (
	MaxBytes = 1 << 30 // of the whole proof
	MaxLine  = 4 << 20 // bytes of one line, without its end
)

// A Place is a change of a ledger, and everything before it.
type Place struct {
	Seq   int64  `json:"seq"`
	Epoch string `json:"epoch,omitempty"` // 32 hexadecimal digits; "" before the first change
	Link  string `json:"link,omitempty"`  // 64 hexadecimal digits; likewise
}

// A Header says what a proof is of.
type Header struct {
	Installation string `json:"installation"`   // the random id
	Name         string `json:"name,omitempty"` // what people call it; nothing hangs on it
	Ledger       string `json:"ledger"`
	Key          string `json:"key,omitempty"` // the installation's public key in base64; "" when it is not signed
	Made         string `json:"made"`          // when, to the second in UTC: 2026-06-10T12:00:00Z
	From         int64  `json:"from"`          // the first change whose entries are shown
	To           int64  `json:"to"`            // the last one
	After        Place  `json:"after"`         // the change before the first
	Head         Place  `json:"head"`          // where the ledger stood
	// Rollback is what those who remember said to the server: Intact, Broken when
	// its database is older than they remember, or Unchecked.
	Rollback State `json:"rollback"`
}

// A Batch is one change: one link of the chain.
type Batch struct {
	Seq     int64   `json:"seq"`
	Epoch   string  `json:"epoch"`
	Batch   string  `json:"batch"` // its random id, 32 hexadecimal digits
	At      int64   `json:"at"`    // microseconds since 1970 UTC
	Node    string  `json:"node"`
	Content string  `json:"content"` // SHA-256 over its entries
	Changes string  `json:"changes"` // SHA-256 over the rows it changed
	Link    string  `json:"link"`
	Entries []Entry `json:"-"` // of a change from From to To
}

// An Entry is something somebody did. People stand in it by opaque ids.
type Entry struct {
	N       int64  `json:"n"`
	At      int64  `json:"at"`
	Kind    string `json:"kind"` // of who did it: person, token, system or host
	Actor   string `json:"actor"`
	Action  string `json:"action"`
	Subject string `json:"subject"`
	Facts   string `json:"facts"` // a line for each: key, =, value
}

// A Person is who an opaque id stood for when the proof was made. It is not part
// of the chain: only the signature vouches for it.
type Person struct {
	Person string `json:"person"` // the opaque id
	UserID string `json:"user_id"`
	First  string `json:"first_name"`
	Last   string `json:"last_name"`
}

// A Proof is one that was read. Nothing of it has been checked but its form.
type Proof struct {
	Header
	Batches []Batch
	People  []Person

	body      []byte // what the signature is for
	lines     int64
	signature []byte // with the key's hash before it; nil: it is not signed
	altered   bool   // what was signed is not this body
}

// A Head is a place of a ledger that somebody has kept.
type Head struct {
	Text         string // as it was read
	Installation string // "" where only epoch and link are known
	Ledger       string // likewise
	Seq          int64
	Print        string // fingerprint; "" where epoch and link are known
	Epoch, Link  string
}

// print returns the fingerprint of a place of a ledger.
func (p Place) print(installation, ledger string) string {
	b := appendText(appendText([]byte("pott-head/v1\n"), installation), ledger)
	b = append(b, unhex(p.Epoch)...)
	b = binary.BigEndian.AppendUint64(b, uint64(p.Seq))
	sum := sha256.Sum256(append(b, unhex(p.Link)...))
	digits := hex.EncodeToString(sum[:16])
	groups := make([]string, 0, 8)
	for i := 0; i < len(digits); i += 4 {
		groups = append(groups, digits[i:i+4])
	}
	return strings.Join(groups, "-")
}

// HeadText returns the head of the proof as it is written down.
func (h *Header) HeadText() string {
	return fmt.Sprintf("%s/%s/%d/%s", h.Installation, h.Ledger, h.Head.Seq, h.Head.print(h.Installation, h.Ledger))
}

func (b *Batch) place() Place { return Place{b.Seq, b.Epoch, b.Link} }

// follows returns the link a batch has that follows another.
func (b *Batch) follows(before Place, installation, ledger string) string {
	prev := make([]byte, sha256.Size)
	copy(prev, unhex(before.Link))
	m := append([]byte("pott/journal/v1\n"), prev...)
	m = appendText(appendText(m, installation), ledger)
	m = binary.BigEndian.AppendUint64(m, uint64(b.Seq))
	m = append(append(m, unhex(b.Epoch)...), unhex(b.Batch)...)
	m = binary.BigEndian.AppendUint64(m, uint64(b.At))
	m = appendText(m, b.Node)
	m = append(append(m, unhex(b.Content)...), unhex(b.Changes)...)
	sum := sha256.Sum256(m)
	return hex.EncodeToString(sum[:])
}

// content returns the hash of the entries of a batch.
func (b *Batch) content() string {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b.Entries))))
	var one []byte
	for _, e := range b.Entries {
		one = one[:0]
		for _, i := range []int64{b.Seq, e.N, e.At} {
			one = binary.BigEndian.AppendUint64(one, uint64(i))
		}
		for _, s := range []string{e.Kind, e.Actor, e.Action, e.Subject, e.Facts} {
			one = appendText(one, s)
		}
		h.Write(appendText(nil, string(one)))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// fact returns a fact of an entry, or "".
func (e *Entry) fact(key string) string {
	for line := range strings.Lines(e.Facts) {
		if value, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), key+"="); ok {
			return value
		}
	}
	return ""
}

func appendText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

// unhex returns bytes of digits that have been looked at.
func unhex(digits string) []byte {
	b, _ := hex.DecodeString(digits)
	return b
}
