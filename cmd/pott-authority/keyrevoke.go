package main

import (
	"crypto/ed25519"
	"fmt"
	"slices"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type keyRevoke struct {
	Key       string `arg:"" name:"name" help:"The key: its name here, its fingerprint, or the file that key public wrote."`
	DropOn    string `placeholder:"DATE" help:"Accepted sets stop counting on this day, at least 14 days ahead. Only roots can say so. Else no new set is accepted and accepted ones run to their dates."`
	IssuerKey string `placeholder:"NAME" help:"Key that signs the certificate when a signing key is revoked; the issuer's newest one here when left out."`
	rootSide
	passphrase
	preview
}

const revokeHelp = "pott-authority key revoke --help"

func (c *keyRevoke) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	list, err := s.newestList(a)
	if err != nil {
		return err
	}
	key, err := s.listed(a, list, c.Key)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list.Roots, func(r licensefile.RootKey) bool { return r.Key.Equal(key) }) {
		return &UsageError{"a root is not revoked but taken out: pott-authority key list draft --drop-root", revokeHelp}
	}
	shown := &shownRotation{DryRun: c.DryRun}
	issuer, err := s.certifiedFor(a, list, key)
	if err != nil {
		return err
	}
	if issuer != "" && c.DropOn == "" {
		err = c.bySignature(s, a, list, issuer, key, shown)
	} else {
		err = c.byRoots(s, a, list, key, shown)
	}
	if err != nil {
		return err
	}
	return s.rotation(shown)
}

// certifiedFor returns the issuer whose newest certificate names a signing key,
// or "".
func (s *session) certifiedFor(a *authority.Authority, list *licensefile.KeyList, key ed25519.PublicKey) (license.Issuer, error) {
	for _, g := range list.Issuers {
		certificates, err := a.Certificates(s.ctx, g.Issuer)
		if err != nil {
			return "", err
		}
		if len(certificates) == 0 {
			continue
		}
		c, err := licensefile.ParseCertificate(certificates[len(certificates)-1])
		if err != nil {
			return "", err
		}
		if c.SigningKey(key) != nil {
			return g.Issuer, nil
		}
	}
	return "", nil
}

// bySignature revokes a signing key in the issuer's own certificate.
func (c *keyRevoke) bySignature(s *session, a *authority.Authority, list *licensefile.KeyList, issuer license.Issuer, key ed25519.PublicKey, shown *shownRotation) error {
	by, err := s.issuerKey(c.IssuerKey, list, issuer)
	if err != nil {
		return err
	}
	shown.Key = s.nameOf(key)
	shown.did("revoke the signing key %s in the next certificate of %s, signed with %s", shown.Key, issuer, by)
	shown.next("pott-authority key rotate signing %s, unless another signing key is there", issuer)
	shown.next("send customers any newer file: that is how they learn of it")
	shown.next("issue the sets it signed anew; accepted ones run to their dates")
	if c.DryRun {
		return nil
	}
	signs, err := s.signer(by, keyfile.Issuer, c.passphrase.source())
	if err != nil {
		return err
	}
	_, err = a.RevokeSigningKey(s.ctx, s.by(), issuer, signs, key, s.p.now())
	return err
}

// byRoots revokes a key in the next key list.
func (c *keyRevoke) byRoots(s *session, a *authority.Authority, list *licensefile.KeyList, key ed25519.PublicKey, shown *shownRotation) error {
	r := licensefile.Revocation{Key: key, Effect: licensefile.RefuseNew}
	if c.DropOn != "" {
		day, err := license.ParseDate(c.DropOn)
		if err != nil {
			return err
		}
		r.Effect, r.Date = licensefile.DropOn, day
	}
	d, err := a.DraftKeyList(s.ctx, authority.KeyListChange{Revoke: []licensefile.Revocation{r}}, s.p.now())
	if err != nil {
		return err
	}
	roots, err := c.roots(s, a, d)
	if err != nil {
		return err
	}
	if err := c.mayDraft(d, roots); err != nil {
		return err
	}
	shown.Key = s.nameOf(key)
	shown.did("revoke the key %s in key list %d: %s", shown.Key, d.Number, effectText(r))
	if _, err := c.settle(s, a, d, roots, c.passphrase.source(), shown); err != nil {
		return err
	}
	for _, g := range list.Issuers {
		if g.Key.Equal(key) {
			shown.next("pott-authority key rotate issuer %s", g.Issuer)
			shown.next("pott-authority set rewrap for every set of %s that customers have not loaded", g.Issuer)
		}
	}
	return nil
}

func effectText(r licensefile.Revocation) string {
	if r.Effect == licensefile.DropOn {
		return fmt.Sprintf("sets are dropped on %s", r.Date)
	}
	return "no new set is accepted"
}
