package licensefile

import (
	"bytes"
	"fmt"
	"time"

	"github.com/pott-dev/pott/license"
)

// TypeReceipt is the type of signing keys that sign what a license server
// answers. Such a key signs no set, so it may live on a server that is reached
// over a network.
const TypeReceipt = "receipt"

// A Receipt is a text that a license server signed, with what vouches for it.
// What the text means is no business of this package; that it came from the
// issuer is what [VerifyReceipt] tells.
type Receipt struct {
	Text        []byte // the signed lines, each with its end
	Certificate *Certificate
	KeyLists    []*KeyList // 1 to N without a gap; the newest one's word counts
	Issuer      IssuerGrant
	SigningKey  SigningKey
}

// receiptKeyName returns the name the signature of an issuer's license server
// carries.
func receiptKeyName(issuer license.Issuer) string { return string(issuer) + "/pott-receipt" }

// SignReceipt signs a text and returns it with the issuer's certificate and the
// key lists 1 to N. It refuses a certificate that does not name the key for
// receipts. The text is at least one line, has no blank line, and ends in a line
// end.
func SignReceipt(text []byte, issuer license.Issuer, signer Signer, cert []byte, keyLists ...[]byte) ([]byte, error) {
	c, err := ParseCertificate(cert)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	if k := c.SigningKey(signer.Public()); c.Issuer != issuer || k == nil || k.Type != TypeReceipt || c.revoked(k.Key) {
		return nil, fmt.Errorf("certificate %d of %s does not let key %s sign receipts of %s", c.Number, c.Issuer, Fingerprint(signer.Public()), issuer)
	}
	sig, err := sign(text, receiptKeyName(issuer), signer)
	if err != nil {
		return nil, err
	}
	signed := note{text: text, sigs: []noteSig{sig}}
	file := join(append([][]byte{signed.bytes(), cert}, keyLists...))
	// A text that could not be read again is no receipt.
	if _, _, err := readReceipt(file); err != nil {
		return nil, fmt.Errorf("reading the receipt again: %w", err)
	}
	return file, nil
}

// VerifyReceipt checks that a license server of the issuer signed a receipt: the
// chain from the trusted roots, revocations, and that the keys were valid at the
// time made, which the caller reads from the text. The caller's own clock is not
// asked, because a receipt may be what sets it right.
func VerifyReceipt(file []byte, issuer license.Issuer, trust Trust, made time.Time) (*Receipt, error) {
	r, signed, err := readReceipt(file)
	if err != nil {
		return nil, err
	}
	if r.Certificate.Issuer != issuer {
		return nil, &FormatError{Line: r.Certificate.note.line + 1, Rule: fmt.Sprintf("the certificate must be of %s", issuer)}
	}
	if err := trust.verifyLists(r.KeyLists); err != nil {
		return nil, err
	}
	list := r.KeyLists[len(r.KeyLists)-1]
	f := &File{Set: license.Set{Issuer: issuer}, Certificate: r.Certificate}
	grant, err := f.grant(list)
	if err != nil {
		return nil, err
	}
	if highest := trust.HighestCertificates[Fingerprint(grant.Key)]; r.Certificate.Number < highest {
		return nil, &OldCertificateError{issuer, r.Certificate.Number, highest}
	}
	key, err := r.signingKey(signed, issuer)
	if err != nil {
		return nil, err
	}
	r.Issuer, r.SigningKey = *grant, *key
	return r, r.check(list, license.DateOf(made.UTC()))
}

// readReceipt reads the form of a receipt: a signed text, a certificate, and key
// lists.
func readReceipt(file []byte) (*Receipt, *note, error) {
	blocks, err := split(file)
	if err != nil {
		return nil, nil, err
	}
	if last := blocks[len(blocks)-1]; len(blocks) < 6 || len(blocks)%2 != 0 {
		return nil, nil, &FormatError{Line: last.line, Rule: "a signed text, a certificate and at least one key list, each with signatures, make a receipt: a part is missing"}
	}
	if err := checkTextLines(blocks[0], "the receipt"); err != nil {
		return nil, nil, err
	}
	n, err := readNote(blocks[0], blocks[1])
	if err != nil {
		return nil, nil, err
	}
	c, err := readNote(blocks[2], blocks[3])
	if err != nil {
		return nil, nil, err
	}
	r := &Receipt{Text: bytes.Clone(n.text)}
	if r.Certificate, err = readCertificate(c, blocks[2]); err != nil {
		return nil, nil, err
	}
	f := &File{Set: license.Set{Issuer: r.Certificate.Issuer}}
	if err := f.readChain(blocks[2:]); err != nil {
		return nil, nil, err
	}
	r.KeyLists = f.KeyLists
	return r, &n, nil
}

// signingKey finds the key for receipts that signed the text: the first in the
// order of the certificate. A false signature of any of them refuses it.
func (r *Receipt) signingKey(n *note, issuer license.Issuer) (signed *SigningKey, err error) {
	for i := range r.Certificate.SigningKeys {
		k := &r.Certificate.SigningKeys[i]
		if k.Type != TypeReceipt {
			continue
		}
		ok, err := n.verify(receiptKeyName(issuer), k.Key)
		if err != nil {
			return nil, &SignatureError{What: "the receipt", Why: err.Error()}
		}
		if ok && signed == nil {
			signed = k
		}
	}
	if signed == nil {
		return nil, &SignatureError{What: "the receipt", Why: "it is not signed with a key that the certificate names for receipts"}
	}
	return signed, nil
}

// check refuses revoked keys, and keys that were not valid on a day.
func (r *Receipt) check(list *KeyList, day license.Date) error {
	if findRoot(list.Roots, r.SigningKey.Key) != nil || isIssuerKey(list, r.SigningKey.Key) {
		return &SignatureError{What: "the certificate", Why: "it names a root or issuer key as a signing key"}
	}
	if r.Certificate.revoked(r.SigningKey.Key) {
		return &RevokedError{What: "the signing key", Key: r.SigningKey.Key, Effect: RefuseNew}
	}
	for _, a := range list.Algorithms {
		if !day.Before(a.From) {
			return &VersionError{Needs: "signatures of type " + a.Name, Line: list.note.line + 1}
		}
	}
	v := &Verified{KeyList: list, Issuer: r.Issuer, SigningKey: r.SigningKey}
	if err := v.revocation(func(*Revocation) bool { return true }); err != nil {
		return err
	}
	for _, w := range []CertificateExpiredError{
		{What: "the key list", Through: list.Through},
		{What: "the issuer", From: r.Issuer.Fence.From, Through: r.Issuer.Fence.Through},
		{What: "the signing key", From: r.SigningKey.From, Through: r.SigningKey.Through},
	} {
		if !w.From.IsZero() && day.Before(w.From) || !w.Through.IsZero() && day.After(w.Through) {
			w.Day = day
			return &w
		}
	}
	return nil
}
