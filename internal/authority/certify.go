package authority

import (
	"context"
	"crypto/ed25519"
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
	return a.certify(ctx, by, issuer, signer, now, func(c *licensefile.Certificate, list *licensefile.KeyList) error {
		if as := usedAs(list, key.Key); as != "" {
			return &KeyTakenError{Key: licensefile.Fingerprint(key.Key), As: as}
		}
		if isRevoked(c, key.Key) {
			return &KeyTakenError{Key: licensefile.Fingerprint(key.Key), As: "revoked"}
		}
		c.SigningKeys = append(slices.DeleteFunc(c.SigningKeys, func(k licensefile.SigningKey) bool { return k.Key.Equal(key.Key) }), key)
		return nil
	})
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
func (a *Authority) certify(ctx context.Context, by string, issuer license.Issuer, signer licensefile.Signer, now time.Time, change func(*licensefile.Certificate, *licensefile.KeyList) error) (*licensefile.Certificate, error) {
	lists, err := a.keyLists(ctx)
	if err != nil {
		return nil, err
	}
	if len(lists) == 0 {
		return nil, &NoKeyListError{}
	}
	list, err := licensefile.ParseKeyList(lists[len(lists)-1])
	if err != nil {
		return nil, err
	}
	granted := slices.ContainsFunc(list.Issuers, func(g licensefile.IssuerGrant) bool { return g.Issuer == issuer && g.Key.Equal(signer.Public()) })
	if !granted || list.Revocation(signer.Public()) != nil {
		return nil, &NoGrantError{issuer, list.Number}
	}
	next, err := a.nextCertificate(ctx, issuer, now)
	if err != nil {
		return nil, err
	}
	if err := change(next, list); err != nil {
		return nil, err
	}
	text, err := licensefile.MarshalCertificate(next)
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
