package authority

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Certify records the next certificate of an issuer: the signing keys of the
// one before whose last day has not passed, and the new one. A key that is
// certified already gets the new days. signer holds a key that the newest key
// list grants the issuer.
func (a *Authority) Certify(ctx context.Context, by string, issuer license.Issuer, signer licensefile.Signer, key licensefile.SigningKey, now time.Time) (*licensefile.Certificate, error) {
	return a.certify(ctx, by, issuer, signer, now, with(key))
}

// TryCertify returns the certificate that [Authority.Certify] would record when
// the issuer key by signs it, and the hash of its text.
func (a *Authority) TryCertify(ctx context.Context, issuer license.Issuer, by ed25519.PublicKey, key licensefile.SigningKey, now time.Time) (*licensefile.Certificate, string, error) {
	next, text, err := a.draftCertificate(ctx, issuer, by, now, with(key))
	return next, hashOf(text), err
}

// A certificateChange changes the next certificate under the newest key list.
type certificateChange func(*licensefile.Certificate, *licensefile.KeyList) error

// with adds a signing key, or gives it its new days.
func with(key licensefile.SigningKey) certificateChange {
	return func(c *licensefile.Certificate, list *licensefile.KeyList) error {
		if as := usedAs(list, key.Key); as != "" {
			return &KeyTakenError{Key: licensefile.Fingerprint(key.Key), As: as}
		}
		if isRevoked(c, key.Key) {
			return &KeyTakenError{Key: licensefile.Fingerprint(key.Key), As: "revoked"}
		}
		c.SigningKeys = append(slices.DeleteFunc(c.SigningKeys, func(k licensefile.SigningKey) bool { return k.Key.Equal(key.Key) }), key)
		return nil
	}
}

// Recertify records the next certificate of an issuer with the signing keys of
// the one before, so that another key of the issuer vouches for them.
func (a *Authority) Recertify(ctx context.Context, by string, issuer license.Issuer, signer licensefile.Signer, now time.Time) (*licensefile.Certificate, error) {
	return a.certify(ctx, by, issuer, signer, now, func(c *licensefile.Certificate, _ *licensefile.KeyList) error {
		if len(c.SigningKeys) == 0 {
			return &NoCertificateError{issuer}
		}
		return nil
	})
}

// RevokeSigningKey records the next certificate of an issuer, which revokes one
// of its signing keys: no new set signed with it is accepted, and accepted ones
// run to their dates.
func (a *Authority) RevokeSigningKey(ctx context.Context, by string, issuer license.Issuer, signer licensefile.Signer, key ed25519.PublicKey, now time.Time) (*licensefile.Certificate, error) {
	return a.certify(ctx, by, issuer, signer, now, func(c *licensefile.Certificate, _ *licensefile.KeyList) error {
		// The key stays among the signing keys, so that a verifier can tell a
		// revoked key from a strange one.
		if c.SigningKey(key) == nil {
			return &NotListedError{What: "signing key", Name: licensefile.Fingerprint(key), Where: fmt.Sprintf("the certificate of %s", issuer)}
		}
		if isRevoked(c, key) {
			return &KeyTakenError{Key: licensefile.Fingerprint(key), As: "revoked"}
		}
		c.Revoked = append(c.Revoked, key)
		return nil
	})
}

func isRevoked(c *licensefile.Certificate, key ed25519.PublicKey) bool {
	return slices.ContainsFunc(c.Revoked, func(k ed25519.PublicKey) bool { return k.Equal(key) })
}

// certify signs and records the next certificate after change has had its way.
func (a *Authority) certify(ctx context.Context, by string, issuer license.Issuer, signer licensefile.Signer, now time.Time, change certificateChange) (*licensefile.Certificate, error) {
	next, text, err := a.draftCertificate(ctx, issuer, signer.Public(), now, change)
	if err != nil {
		return nil, err
	}
	if err := a.promise(ctx, by, certificateOrigin(issuer, next.Number), signer.Public(), text, now); err != nil {
		return nil, err
	}
	signed, err := licensefile.SignCertificate(next, signer)
	if err != nil {
		return nil, err
	}
	return next, a.record.AddCertificate(ctx, issuer, store.Note{Number: next.Number, Text: signed, At: now, By: by})
}

// draftCertificate returns the next certificate and its text, for an issuer key
// that the newest key list grants.
func (a *Authority) draftCertificate(ctx context.Context, issuer license.Issuer, by ed25519.PublicKey, now time.Time, change certificateChange) (*licensefile.Certificate, []byte, error) {
	lists, err := a.keyLists(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(lists) == 0 {
		return nil, nil, &NoKeyListError{}
	}
	list, err := licensefile.ParseKeyList(lists[len(lists)-1])
	if err != nil {
		return nil, nil, err
	}
	granted := slices.ContainsFunc(list.Issuers, func(g licensefile.IssuerGrant) bool { return g.Issuer == issuer && g.Key.Equal(by) })
	if !granted || list.Revocation(by) != nil {
		return nil, nil, &NoGrantError{issuer, list.Number}
	}
	next, err := a.nextCertificate(ctx, issuer, now)
	if err != nil {
		return nil, nil, err
	}
	if err := change(next, list); err != nil {
		return nil, nil, err
	}
	text, err := licensefile.MarshalCertificate(next)
	return next, text, err
}

// CertifiedBy returns the grant whose key signed the newest certificate of an
// issuer, or nil when there is no certificate, or that key counts no longer.
func (a *Authority) CertifiedBy(ctx context.Context, issuer license.Issuer) (*licensefile.IssuerGrant, error) {
	c, err := a.chain(ctx, issuer)
	var coded interface{ Code() string }
	if errors.As(err, &coded) && (coded.Code() == "key.no-certificate" || coded.Code() == "key.no-grant") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c.grant, nil
}

func certificateOrigin(issuer license.Issuer, number int64) string {
	return fmt.Sprintf("%s/pott-issuer/%d", issuer, number)
}

// nextCertificate returns the certificate that follows the newest: the signing
// keys whose last day has not passed, and every revocation. A number for which
// something was promised, and which is not on record, is never used again: what
// was signed under it may be in the world.
func (a *Authority) nextCertificate(ctx context.Context, issuer license.Issuer, now time.Time) (*licensefile.Certificate, error) {
	next := &licensefile.Certificate{Issuer: issuer, Number: 1, Issued: now.UTC().Truncate(time.Second)}
	before, err := a.record.Certificates(ctx, issuer)
	if err != nil {
		return nil, err
	}
	if n := len(before); n > 0 {
		c, err := licensefile.ParseCertificate(before[n-1].Text)
		if err != nil {
			return nil, err
		}
		next.Number, next.Revoked = c.Number+1, c.Revoked
		today := license.DateOf(now.UTC())
		for _, k := range c.SigningKeys {
			if !k.Through.Before(today) {
				next.SigningKeys = append(next.SigningKeys, k)
			}
		}
	}
	for {
		taken, err := a.record.Promised(ctx, certificateOrigin(issuer, next.Number))
		if err != nil || !taken {
			return next, err
		}
		next.Number++
	}
}

// usedAs says what a key is in a key list, or "": one key has one use.
func usedAs(list *licensefile.KeyList, key ed25519.PublicKey) string {
	switch i := slices.IndexFunc(list.Issuers, func(g licensefile.IssuerGrant) bool { return g.Key.Equal(key) }); {
	case list.Revocation(key) != nil:
		return "revoked"
	case contains(list.Roots, key):
		return "a root"
	case contains(list.NextRoots, key):
		return "a root to come"
	case i >= 0:
		return "a key of " + string(list.Issuers[i].Issuer)
	}
	return ""
}
