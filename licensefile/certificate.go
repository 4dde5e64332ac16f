package licensefile

import (
	"crypto/ed25519"
	"fmt"
	"slices"
	"time"

	"github.com/pott-dev/pott/license"
)

// TypeSet is the type of signing keys that sign license sets. Keys of any other
// type sign something else and are never accepted for a set.
const TypeSet = "set"

// A Certificate names the signing keys of an issuer. It is signed with a key
// that a [KeyList] grants the issuer, and it certifies signing keys only: no
// key in it can certify another.
type Certificate struct {
	Issuer      license.Issuer
	Number      int64     // rises with each certificate of the issuer
	Issued      time.Time // UTC, whole seconds
	SigningKeys []SigningKey
	Revoked     []ed25519.PublicKey // own signing keys no new set is accepted from

	note note
}

// A SigningKey is a key that signs one type of text from one day through
// another, in UTC.
type SigningKey struct {
	Key     ed25519.PublicKey
	Type    string // [TypeSet], or another word `[a-z0-9-]{1,32}`
	From    license.Date
	Through license.Date
	Also    []SecondKey // the holder's keys of other algorithms; nil for none
}

var (
	certificateFields = []string{"requires", "issuer", "number", "issued"}
	signingFields     = []string{"key", "type", "from", "through", "also"}
	ownRevokeFields   = []string{"revoke"}
)

// issuerKeyName returns the name an issuer's signature on a certificate carries.
func issuerKeyName(issuer license.Issuer) string { return string(issuer) + "/pott-issuer" }

// MarshalCertificate returns the text that the issuer signs. It refuses a
// certificate that [ParseCertificate] would refuse.
func MarshalCertificate(c *Certificate) ([]byte, error) {
	text := appendCertificate(nil, c)
	blocks, err := split(text)
	if err != nil {
		return nil, err
	}
	if len(blocks) != 1 {
		return nil, &FormatError{Rule: "a certificate has no blank lines"}
	}
	if _, err := readCertificate(note{text: text, line: 1}, blocks[0]); err != nil {
		return nil, err
	}
	return text, nil
}

// SignCertificate returns the certificate as a note signed with an issuer key.
func SignCertificate(c *Certificate, signer Signer) ([]byte, error) {
	text, err := MarshalCertificate(c)
	if err != nil {
		return nil, err
	}
	sig, err := sign(text, issuerKeyName(c.Issuer), signer)
	if err != nil {
		return nil, err
	}
	n := note{text: text, sigs: []noteSig{sig}}
	return n.bytes(), nil
}

// ParseCertificate reads a signed certificate. It checks form, not signatures.
func ParseCertificate(text []byte) (*Certificate, error) {
	n, b, err := openNote(text)
	if err != nil {
		return nil, err
	}
	return readCertificate(n, b)
}

// Bytes returns the signed certificate as it stands in a file. It is empty for
// a certificate that was not parsed.
func (c *Certificate) Bytes() []byte {
	if len(c.note.sigs) == 0 {
		return nil
	}
	n := c.note
	n.text = appendCertificate(nil, c)
	return n.bytes()
}

// SigningKey returns what the certificate says about a key, or nil.
func (c *Certificate) SigningKey(key ed25519.PublicKey) *SigningKey {
	for i := range c.SigningKeys {
		if c.SigningKeys[i].Key.Equal(key) {
			return &c.SigningKeys[i]
		}
	}
	return nil
}

func (c *Certificate) revoked(key ed25519.PublicKey) bool {
	return slices.ContainsFunc(c.Revoked, func(k ed25519.PublicKey) bool { return k.Equal(key) })
}

func appendCertificate(b []byte, c *Certificate) []byte {
	w := writer{append(b, certificateFormat+"\n"...)}
	w.open()
	w.must("issuer", string(c.Issuer))
	w.integer("number", c.Number)
	w.moment("issued", c.Issued)
	w.close()
	w.b = append(w.b, '\n')
	for _, k := range c.SigningKeys {
		w.open()
		w.must("key", padded.EncodeToString(k.Key))
		w.must("type", k.Type)
		w.must("from", k.From.String())
		w.must("through", k.Through.String())
		writeAlso(&w, k.Also)
		w.close()
		w.b = append(w.b, '\n')
	}
	for _, k := range c.Revoked {
		w.open()
		w.must("revoke", padded.EncodeToString(k))
		w.close()
		w.b = append(w.b, '\n')
	}
	return w.b
}

func readCertificate(n note, b block) (*Certificate, error) {
	if err := checkFormat(b, certificateFormat); err != nil {
		return nil, err
	}
	if len(b.lines) < 3 {
		return nil, &FormatError{Line: b.line + len(b.lines) - 1, Rule: "a certificate has a header line and at least one signing key"}
	}
	if err := checkTextLines(b, "the certificate"); err != nil {
		return nil, err
	}
	c := &Certificate{note: n}
	r := &reader{line: b.line + 1, s: string(b.lines[1])}
	r.open()
	readRequires(r)
	r.need("issuer", certificateFields)
	c.Issuer = r.issuer()
	r.need("number", certificateFields)
	c.Number = r.integer(1)
	r.need("issued", certificateFields)
	c.Issued = r.moment()
	r.close(certificateFields)
	if err := r.end(); err != nil {
		return nil, err
	}
	var seen once // every key, with what it is
	for i, text := range b.lines[2:] {
		if err := c.readLine(b.line+2+i, text, &seen); err != nil {
			return nil, err
		}
	}
	if len(c.SigningKeys) == 0 {
		return nil, &FormatError{Line: b.line + 1, Rule: "a certificate has at least one signing key"}
	}
	return c, nil
}

// readLine reads a line after the header: a signing key or a revocation.
func (c *Certificate) readLine(line int, text []byte, seen *once) error {
	r := &reader{line: line, s: string(text)}
	at := 0
	r.open()
	if r.field("revoke") {
		key := word(r, parseKey)
		r.close(ownRevokeFields)
		if r.err == nil && seen.again("revoked "+string(key)) {
			r.fail(at, "the key is revoked twice")
		}
		c.Revoked = append(c.Revoked, key)
		return r.end()
	}
	var k SigningKey
	r.need("key", signingFields)
	k.Key = word(r, parseKey)
	r.need("type", signingFields)
	k.Type = word(r, parseWord)
	r.need("from", signingFields)
	k.From = r.date()
	r.need("through", signingFields)
	k.Through = r.date()
	k.Also = readAlso(r, func(key string) bool { return seen.again("also " + key) })
	r.close(signingFields)
	switch {
	case r.err != nil:
	case len(c.Revoked) > 0:
		r.fail(at, "signing keys come before revocations")
	case k.Through.Before(k.From):
		r.fail(at, "the key ends before it begins")
	case seen.again("signing " + string(k.Key)):
		r.fail(at, "the key stands twice: a key signs one type of text only")
	}
	c.SigningKeys = append(c.SigningKeys, k)
	return r.end()
}

// checkpointName returns the origin of a set's checkpoint, which is also the
// name its signature carries.
func checkpointName(issuer license.Issuer, serial string, number int64) string {
	return fmt.Sprintf("%s/pott-set/%s/%d", issuer, serial, number)
}
