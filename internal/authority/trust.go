package authority

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"gopkg.in/yaml.v3"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A chain is what vouches for an issuer's signatures.
type chain struct {
	lists       [][]byte // signed, from the first
	list        *licensefile.KeyList
	grant       *licensefile.IssuerGrant // the one the certificate is signed with
	certificate []byte
	parsed      *licensefile.Certificate
}

// chain returns what vouches for an issuer, or an error that says which link is
// missing.
func (a *Authority) chain(ctx context.Context, issuer license.Issuer) (*chain, error) {
	lists, err := a.keyLists(ctx)
	if err != nil {
		return nil, err
	}
	if len(lists) == 0 {
		return nil, &NoKeyListError{}
	}
	// The record is believed only as far as customers would believe it.
	verified, err := licensefile.VerifyKeyLists(lists, a.trust)
	if err != nil {
		return nil, err
	}
	c := &chain{lists: lists, list: verified[len(verified)-1]}
	certificates, err := a.record.Certificates(ctx, issuer)
	if err != nil {
		return nil, err
	}
	if len(certificates) == 0 {
		return nil, &NoCertificateError{issuer}
	}
	c.certificate = certificates[len(certificates)-1].Text
	if c.parsed, err = licensefile.ParseCertificate(c.certificate); err != nil {
		return nil, fmt.Errorf("reading the certificate of %s: %w", issuer, err)
	}
	if c.grant = grantOf(c.list, issuer, c.certificate); c.grant == nil {
		return nil, &NoGrantError{issuer, c.list.Number}
	}
	return c, nil
}

// grantOf returns the grant whose key signed a certificate, or nil.
func grantOf(list *licensefile.KeyList, issuer license.Issuer, certificate []byte) *licensefile.IssuerGrant {
	for i := range list.Issuers {
		g := &list.Issuers[i]
		if g.Issuer != issuer || list.Revocation(g.Key) != nil {
			continue
		}
		v, err := note.NewVerifier(licensefile.RootKey{Name: string(issuer) + "/pott-issuer", Key: g.Key}.String())
		if err != nil {
			continue
		}
		if _, err := note.Open(certificate, note.VerifierList(v)); err == nil {
			return g
		}
	}
	return nil
}

// ready returns the chain of an issuer when signer may sign its sets now.
func (a *Authority) ready(ctx context.Context, issuer license.Issuer, signer licensefile.Signer, now time.Time) (*chain, error) {
	c, err := a.chain(ctx, issuer)
	if err != nil {
		return nil, err
	}
	return c, c.certified(issuer, signer.Public(), licensefile.TypeSet, now)
}

// certified returns an error unless a key may sign one type of text for an
// issuer now.
func (c *chain) certified(issuer license.Issuer, key ed25519.PublicKey, typ string, now time.Time) error {
	today := license.DateOf(now.UTC())
	refuse := func(why string) error { return &NotCertifiedError{issuer, licensefile.Fingerprint(key), why} }
	k := c.parsed.SigningKey(key)
	switch {
	case k == nil:
		return refuse("the newest certificate does not name it")
	case k.Type != typ:
		return refuse("it signs " + k.Type + " texts, not " + typ + "s")
	case slices.ContainsFunc(c.parsed.Revoked, func(r ed25519.PublicKey) bool { return r.Equal(key) }) || c.list.Revocation(key) != nil:
		return refuse("it is revoked")
	case today.Before(k.From) || today.After(k.Through):
		return refuse(fmt.Sprintf("it is valid from %s through %s", k.From, k.Through))
	case today.Before(c.grant.Fence.From) || today.After(c.grant.Fence.Through):
		return refuse(fmt.Sprintf("the issuer is valid from %s through %s", c.grant.Fence.From, c.grant.Fence.Through))
	}
	return nil
}

func (a *Authority) keyLists(ctx context.Context) ([][]byte, error) {
	notes, err := a.record.KeyLists(ctx)
	if err != nil {
		return nil, err
	}
	var lists [][]byte
	for _, n := range notes {
		lists = append(lists, n.Text)
	}
	return lists, nil
}

// KeyLists returns the signed key lists, from the first.
func (a *Authority) KeyLists(ctx context.Context) ([][]byte, error) { return a.keyLists(ctx) }

// Certificates returns the signed certificates of an issuer, from the first.
func (a *Authority) Certificates(ctx context.Context, issuer license.Issuer) ([][]byte, error) {
	notes, err := a.record.Certificates(ctx, issuer)
	if err != nil {
		return nil, err
	}
	var list [][]byte
	for _, n := range notes {
		list = append(list, n.Text)
	}
	return list, nil
}

// NextKeyList returns the list that follows the newest one: the same roots,
// issuers and revocations under the next number, to be changed and signed.
// Without a list it is the first, with the trusted roots.
func (a *Authority) NextKeyList(ctx context.Context, now time.Time) (*licensefile.KeyList, error) {
	lists, err := a.keyLists(ctx)
	if err != nil {
		return nil, err
	}
	if len(lists) == 0 {
		return &licensefile.KeyList{Number: 1, Issued: now.UTC().Truncate(time.Second), Threshold: a.trust.Threshold, Roots: a.trust.Roots}, nil
	}
	l, err := licensefile.ParseKeyList(lists[len(lists)-1])
	if err != nil {
		return nil, err
	}
	return &licensefile.KeyList{
		Number: l.Number + 1, Issued: now.UTC().Truncate(time.Second), Through: l.Through, Threshold: l.Threshold,
		Roots: l.Roots, NextRoots: l.NextRoots, Algorithms: l.Algorithms, Issuers: l.Issuers, Revocations: l.Revocations,
	}, nil
}

// AddKeyList records a signed key list after checking that customers would
// accept it after those before. The list that has that number already may come
// again; another one is a fork, and is refused and noted.
func (a *Authority) AddKeyList(ctx context.Context, by string, signed []byte, now time.Time) error {
	d, err := ParseKeyListDraft(signed)
	if err != nil {
		return err
	}
	lists, err := a.keyLists(ctx)
	if err != nil {
		return err
	}
	switch next := int64(len(lists)) + 1; {
	case d.Number > next:
		return &store.NumberError{What: "key list", Number: d.Number, Next: next}
	case d.Number < next && bytes.HasPrefix(lists[d.Number-1], append(bytes.Clone(d.Text), '\n')):
		return nil
	case d.Number < next:
		fork := &licensefile.ForkedKeyListError{Number: d.Number}
		return errors.Join(fork, a.note(ctx, by, "key-list.fork-refused", fmt.Sprintf("key list %d", d.Number), now, audit.F("hash", d.Hash())))
	case d.note == nil:
		return &licensefile.UntrustedRootError{KeyList: d.Number, Threshold: d.Threshold}
	}
	if _, err := licensefile.VerifyKeyLists(append(lists, signed), a.trust); err != nil {
		return err
	}
	return a.record.AddKeyList(ctx, store.Note{Number: d.Number, Text: signed, At: now, By: by})
}

// DefaultFence is wide enough for an ordinary vendor: every module and kind, up
// to ten million of one license and five years, for ten years from today. Sets
// without an end are outside it.
func DefaultFence(today license.Date) licensefile.Fence {
	return licensefile.Fence{
		From: today, Through: today.Add(3653), LastDate: today.Add(3653 + 1827), MaxTermDays: 1827,
		MaxQuantity: 10_000_000, MaxTotal: 1_000_000_000,
		Kinds: []license.Kind{license.System, license.Site, license.User}, Modules: []string{"*"},
		Unrestricted: true, Clients: true,
	}
}

// PartnerFence allows nothing yet: it has the days of [DefaultFence], and what a
// partner may issue is for a fence file to name.
func PartnerFence(today license.Date) licensefile.Fence {
	f := DefaultFence(today)
	return licensefile.Fence{From: f.From, Through: f.Through, LastDate: f.LastDate, MaxTermDays: f.MaxTermDays}
}

// ParseFence reads a fence written as YAML. What it leaves out is as in base.
func ParseFence(text []byte, base licensefile.Fence) (licensefile.Fence, error) {
	f := struct {
		From         license.Date   `yaml:"from"`
		Through      license.Date   `yaml:"through"`
		LastDate     license.Date   `yaml:"last_date"`
		MaxTermDays  int            `yaml:"max_term_days"`
		MaxQuantity  int64          `yaml:"max_quantity"`
		MaxTotal     int64          `yaml:"max_total"`
		Kinds        []license.Kind `yaml:"kinds"`
		Modules      []string       `yaml:"modules"`
		Unrestricted bool           `yaml:"unrestricted"`
		NoExpiry     bool           `yaml:"no_expiry"`
		Clients      bool           `yaml:"clients"`
	}(base)
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		why := blame(err, nil)
		return base, &FenceMalformedError{why.Line, why.Why}
	}
	for _, part := range []struct {
		name string
		left bool
	}{{"kinds", len(f.Kinds) == 0}, {"modules", len(f.Modules) == 0}, {"max_quantity", f.MaxQuantity == 0}, {"max_total", f.MaxTotal == 0}} {
		if part.left {
			return base, &FenceMalformedError{0, fmt.Sprintf("it must say %s: without, nothing could be issued", part.name)}
		}
	}
	return licensefile.Fence(f), nil
}
