package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/internal/signer"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type keyRotate struct {
	Signing rotateSigning `cmd:"" help:"A new signing key and a certificate that names it beside the old one."`
	Issuer  rotateIssuer  `cmd:"" help:"A new key of an issuer, granted by the roots, and a certificate that it signs."`
	Root    rotateRoot    `cmd:"" help:"A new root: announced first, and in the place of the old one when run again."`
}

// A shownRotation is what a rotation did, would do, and leaves to do.
type shownRotation struct {
	Key    string   `json:"key,omitempty"`
	Did    []string `json:"did"`
	Next   []string `json:"next"`
	Draft  string   `json:"draft,omitempty"`
	Hash   string   `json:"hash,omitempty"` // of the text that roots sign
	DryRun bool     `json:"dry_run,omitempty"`
}

func (r *shownRotation) did(format string, args ...any) {
	r.Did = append(r.Did, fmt.Sprintf(format, args...))
}

func (r *shownRotation) next(format string, args ...any) {
	r.Next = append(r.Next, fmt.Sprintf(format, args...))
}

func (s *session) rotation(r *shownRotation) error {
	return s.answer(r, func(w io.Writer) {
		word := "did  "
		if r.DryRun {
			word = "would"
		}
		for _, line := range r.Did {
			fmt.Fprintf(w, "%s  %s\n", word, line)
		}
		if r.Hash != "" {
			fmt.Fprintf(w, "hash   %s\n", r.Hash)
		}
		for _, line := range r.Next {
			fmt.Fprintf(w, "next   %s\n", line)
		}
	})
}

// granted returns the grants of an issuer whose keys count, from the oldest.
func granted(list *licensefile.KeyList, issuer license.Issuer) (grants []licensefile.IssuerGrant) {
	for _, g := range list.Issuers {
		if g.Issuer == issuer && list.Revocation(g.Key) == nil {
			grants = append(grants, g)
		}
	}
	return grants
}

// issuerKey returns the name of the key here that signs certificates of an
// issuer: the one given, or the newest granted one that is here.
func (s *session) issuerKey(name string, list *licensefile.KeyList, issuer license.Issuer) (string, error) {
	if name != "" {
		return name, nil
	}
	here, err := keyfile.List(s.keys())
	if err != nil {
		return "", err
	}
	for _, g := range slices.Backward(granted(list, issuer)) {
		for _, k := range here {
			if k.Use == keyfile.Issuer && k.Key.Equal(g.Key) {
				return k.Name, nil
			}
		}
	}
	return "", &KeyChoiceError{Use: string(keyfile.Issuer), Found: []string{}}
}

type rotateSigning struct {
	Issuer    string `arg:"" help:"Issuer whose sets the new key signs."`
	IssuerKey string `placeholder:"NAME" help:"Key that signs the certificate; the issuer's newest one here when left out."`
	Days      int    `default:"366" help:"How many days from today the new key is valid."`
	freshKey
	passphrase
	preview
}

func (c *rotateSigning) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	issuer, list, err := s.issuer(a, c.Issuer)
	if err != nil {
		return err
	}
	if c.Days < 1 {
		return &UsageError{"--days is at least 1", "pott-authority key rotate signing --help"}
	}
	by, err := s.issuerKey(c.IssuerKey, list, issuer)
	if err != nil {
		return err
	}
	name, fresh, err := c.choose(s, strings.ToLower(string(issuer))+"-signing")
	if err != nil {
		return err
	}
	now := s.p.now()
	today := license.DateOf(now.UTC())
	key := licensefile.SigningKey{Type: licensefile.TypeSet, From: today, Through: today.Add(c.Days)}
	shown := &shownRotation{Key: name, DryRun: c.DryRun}
	if fresh {
		shown.did("make the signing key %s", name)
	}
	shown.did("certify it for %s from %s through %s, signed with %s", issuer, key.From, key.Through, by)
	shown.next("sets of %s are signed with %s from now on; what the old key signed stays good", issuer, name)
	if c.DryRun {
		return s.rotation(shown)
	}
	signs, err := s.signer(by, keyfile.Issuer, c.source())
	if err != nil {
		return err
	}
	k, err := c.ready(s, name, fresh, keyfile.Signing, c.source())
	if err != nil {
		return err
	}
	key.Key = k.Key
	made, err := a.Certify(s.ctx, s.by(), issuer, signs, key, now)
	if err != nil {
		k.undo(s)
		return err
	}
	for _, old := range made.SigningKeys {
		if !old.Key.Equal(k.Key) && old.Type == licensefile.TypeSet {
			shown.next("%s stays certified through %s; key revoke ends that sooner", s.nameOf(old.Key), old.Through)
		}
	}
	return s.rotation(shown)
}

// nameOf returns the name of a key that is here, or the fingerprint.
func (s *session) nameOf(key []byte) string {
	list, _ := keyfile.List(s.keys())
	for _, k := range list {
		if string(k.Key) == string(key) {
			return k.Name
		}
	}
	return licensefile.Fingerprint(key)
}

// issuer reads the name of an issuer and the newest key list.
func (s *session) issuer(a *authority.Authority, name string) (license.Issuer, *licensefile.KeyList, error) {
	issuer, err := license.ParseIssuer(strings.ToUpper(name))
	if err != nil {
		return "", nil, err
	}
	list, err := s.newestList(a)
	return issuer, list, err
}

type rotateIssuer struct {
	Issuer string `arg:"" help:"Issuer that gets a new key."`
	Fence  string `placeholder:"FILE" help:"What the new key may issue; what the newest key of the issuer may when left out."`
	freshKey
	rootSide
	passphrase
	preview
}

func (c *rotateIssuer) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	issuer, list, err := s.issuer(a, c.Issuer)
	if err != nil {
		return err
	}
	shown := &shownRotation{DryRun: c.DryRun}
	newest, err := c.waiting(s, a, list, issuer)
	if err != nil {
		return err
	}
	if newest != "" {
		shown.Key = newest
		if err := c.recertify(s, a, issuer, newKey{Public: keyfile.Public{Name: newest}, reference: newest, use: keyfile.Issuer}, shown); err != nil {
			return err
		}
		return s.rotation(shown)
	}
	if err := c.replace(s, a, list, issuer, shown); err != nil {
		return err
	}
	return s.rotation(shown)
}

// waiting returns the name of a key that the roots have granted and that has
// not signed a certificate yet: the act goes on from there.
func (c *rotateIssuer) waiting(s *session, a *authority.Authority, list *licensefile.KeyList, issuer license.Issuer) (string, error) {
	grants := granted(list, issuer)
	if len(grants) == 0 {
		return "", nil
	}
	newest := grants[len(grants)-1]
	by, err := a.CertifiedBy(s.ctx, issuer)
	if err != nil || by != nil && by.Key.Equal(newest.Key) {
		return "", err
	}
	if signer.IsReference(c.With) {
		return c.With, nil
	}
	here, err := keyfile.List(s.keys())
	if err != nil {
		return "", err
	}
	for _, k := range here {
		if k.Key.Equal(newest.Key) {
			return k.Name, nil
		}
	}
	return "", nil
}

// recertify lets the new key vouch for the signing keys.
func (c *rotateIssuer) recertify(s *session, a *authority.Authority, issuer license.Issuer, k newKey, shown *shownRotation) error {
	shown.did("sign the next certificate of %s with %s", issuer, k.Name)
	shown.next("pott-authority set rewrap for files that were made and not loaded yet")
	shown.next("when those are delivered: pott-authority key list draft --ungrant %s=OLDKEY", issuer)
	if c.DryRun {
		return nil
	}
	signs, err := k.signer(s, c.passphrase.source())
	if err != nil {
		return err
	}
	_, err = a.Recertify(s.ctx, s.by(), issuer, signs, s.p.now())
	if e := (*authority.NoCertificateError)(nil); errors.As(err, &e) {
		return nil // there is nothing to vouch for yet
	}
	return err
}

// replace makes a key and has the roots grant it beside the old one.
func (c *rotateIssuer) replace(s *session, a *authority.Authority, list *licensefile.KeyList, issuer license.Issuer, shown *shownRotation) error {
	fence, err := c.fence(s, list, issuer)
	if err != nil {
		return err
	}
	name, fresh, err := c.choose(s, strings.ToLower(string(issuer))+"-issuer")
	if err != nil {
		return err
	}
	shown.Key = name
	if fresh {
		shown.did("make the issuer key %s", name)
	}
	now := s.p.now()
	// Who signs, and whether a file is in the way, is known before the key is
	// made: the new key has no say in the list.
	plain, err := a.DraftKeyList(s.ctx, authority.KeyListChange{}, now)
	if err != nil {
		return err
	}
	roots, err := c.roots(s, a, plain)
	if err != nil {
		return err
	}
	if err := c.mayDraft(plain, roots); err != nil {
		return err
	}
	if c.DryRun {
		added, err := c.settle(s, a, plain, roots, c.passphrase.source(), shown)
		shown.Hash = "" // the text will hold the new key
		if err != nil || !added {
			return err
		}
		return c.recertify(s, a, issuer, newKey{Public: keyfile.Public{Name: name}}, shown)
	}
	k, err := c.ready(s, name, fresh, keyfile.Issuer, c.passphrase.source())
	if err != nil {
		return err
	}
	grant := licensefile.IssuerGrant{Issuer: issuer, Key: k.Key, Fence: fence}
	d, err := a.DraftKeyList(s.ctx, authority.KeyListChange{Grants: []licensefile.IssuerGrant{grant}}, now)
	added := false
	if err == nil {
		added, err = c.settle(s, a, d, roots, c.passphrase.source(), shown)
	}
	if err != nil {
		k.undo(s)
		return err
	}
	if !added {
		shown.next("pott-authority key rotate issuer %s, which goes on from there", issuer)
		return nil
	}
	return c.recertify(s, a, issuer, k, shown)
}

// fence returns what the new key may issue.
func (c *rotateIssuer) fence(s *session, list *licensefile.KeyList, issuer license.Issuer) (licensefile.Fence, error) {
	if c.Fence != "" {
		return s.fence(c.Fence)
	}
	for _, g := range slices.Backward(list.Issuers) {
		if g.Issuer == issuer {
			return g.Fence, nil
		}
	}
	return licensefile.Fence{}, &authority.NotListedError{What: "issuer", Name: string(issuer), Where: fmt.Sprintf("key list %d", list.Number)}
}
