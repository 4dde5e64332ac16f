package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// publicKey returns a public half that a word names: a key here or at a signer,
// a file with what key public prints, or that line itself.
func (s *session) publicKey(word string) (licensefile.RootKey, error) {
	if k, err := licensefile.ParseRootKey(word); err == nil {
		return k, nil
	}
	if text, err := os.ReadFile(word); err == nil && len(text) < 1<<10 {
		if k, err := licensefile.ParseRootKey(strings.TrimSuffix(string(text), "\n")); err == nil {
			return k, nil
		}
	}
	p, err := s.look(word)
	return licensefile.RootKey{Name: p.Name, Key: p.Key}, err
}

// listed returns the key that a word names among those of a key list and of the
// certificates, by fingerprint, or as [session.publicKey] does.
func (s *session) listed(a *authority.Authority, list *licensefile.KeyList, word string) (ed25519.PublicKey, error) {
	var all []ed25519.PublicKey
	for _, g := range list.Issuers {
		all = append(all, g.Key)
		certificates, err := a.Certificates(s.ctx, g.Issuer)
		if err != nil {
			return nil, err
		}
		for _, text := range certificates {
			c, err := licensefile.ParseCertificate(text)
			if err != nil {
				return nil, err
			}
			for _, k := range c.SigningKeys {
				all = append(all, k.Key)
			}
		}
	}
	for _, key := range all {
		if licensefile.Fingerprint(key) == word {
			return key, nil
		}
	}
	if b, err := base64.StdEncoding.Strict().DecodeString(word); err == nil && licensefile.CheckKey(b) == nil {
		return b, nil
	}
	k, err := s.publicKey(word)
	return k.Key, err
}

// changes is the flags that say what the next key list changes.
type changes struct {
	Grant         []string `placeholder:"ISSUER=KEY|FILE" help:"Let an issuer certify with a key of this authority, or with the one of a request; may be given several times."`
	Fence         string   `placeholder:"FILE" help:"What the granted issuers may issue; a wide fence when left out. A request needs one."`
	AnotherKey    bool     `help:"The granted issuer is there already; the request is for one more key."`
	Ungrant       []string `placeholder:"ISSUER[=KEY]" help:"Take an issuer out, or one of its keys."`
	AddRoot       []string `placeholder:"KEY" help:"Make a key a root: its name here, or the file that key public wrote."`
	DropRoot      []string `placeholder:"NAME" help:"Take a root out, by its name in the key list."`
	Announce      []string `placeholder:"KEY" help:"Announce a root of a later list; it signs nothing yet."`
	DropAnnounced []string `placeholder:"NAME" help:"Announce a root no longer."`
	Threshold     int      `placeholder:"K" help:"How many roots must sign a list, 1 to 4."`
	Revoke        []string `placeholder:"KEY=EFFECT" help:"Revoke a key of an issuer or for signing, by name or fingerprint: refuse-new, or drop-on:DATE at least 14 days ahead."`
	Algorithm     []string `placeholder:"NAME=DATE" help:"Require another kind of signature from a day on. Verifiers of this version know none, and refuse such sets."`
	DropAlgorithm []string `placeholder:"NAME" help:"Require a kind of signature no longer."`
	Through       string   `placeholder:"DATE" help:"Last day a set is accepted with this list; none for no end."`
}

const draftHelp = "pott-authority key list draft --help"

func (c *changes) change(s *session, a *authority.Authority, list *licensefile.KeyList) (change authority.KeyListChange, err error) {
	for _, step := range []func(*session, *authority.Authority, *licensefile.KeyList, *authority.KeyListChange) error{c.issuers, c.roots, c.revocations, c.days} {
		if err := step(s, a, list, &change); err != nil {
			return change, err
		}
	}
	return change, nil
}

func (c *changes) issuers(s *session, a *authority.Authority, list *licensefile.KeyList, change *authority.KeyListChange) error {
	fence, err := s.fence(c.Fence)
	if err != nil {
		return err
	}
	for _, word := range c.Grant {
		g, err := c.granted(s, list, word)
		if err != nil {
			return err
		}
		if g.Fence.MaxQuantity == 0 {
			g.Fence = fence
		}
		change.Grants = append(change.Grants, g)
	}
	for _, word := range c.Ungrant {
		name, key, one := strings.Cut(word, "=")
		issuer, err := license.ParseIssuer(strings.ToUpper(name))
		if err != nil {
			return err
		}
		u := authority.Ungrant{Issuer: issuer}
		if one {
			if u.Key, err = s.listed(a, list, key); err != nil {
				return err
			}
		}
		change.Ungrants = append(change.Ungrants, u)
	}
	return nil
}

// granted reads one grant: ISSUER=KEY, or the file of a request.
func (c *changes) granted(s *session, list *licensefile.KeyList, word string) (g licensefile.IssuerGrant, err error) {
	name, key, pair := strings.Cut(word, "=")
	if issuer, bad := license.ParseIssuer(strings.ToUpper(name)); pair && bad == nil {
		p, err := s.public(key, keyfile.Issuer)
		return licensefile.IssuerGrant{Issuer: issuer, Key: p.Key}, err
	}
	text, err := os.ReadFile(word)
	if err != nil {
		return g, &UsageError{fmt.Sprintf("%q is not a grant: write ISSUER=KEY, or the file of a request", word), draftHelp}
	}
	r, err := authority.ParseRequest(text)
	if err != nil {
		return g, err
	}
	if c.Fence == "" {
		return g, &UsageError{"a request is granted inside a fence: say which with --fence", draftHelp}
	}
	// A name that is taken belongs to somebody: that a stranger asks for it is
	// not enough.
	taken := slices.ContainsFunc(list.Issuers, func(o licensefile.IssuerGrant) bool { return o.Issuer == r.Issuer && !o.Key.Equal(r.Key.Key) })
	if taken && !c.AnotherKey {
		return g, &authority.IssuerTakenError{Issuer: r.Issuer}
	}
	if text, err = s.read(c.Fence); err != nil {
		return g, err
	}
	// For somebody else, what the fence does not name is forbidden.
	g = licensefile.IssuerGrant{Issuer: r.Issuer, Key: r.Key.Key}
	g.Fence, err = authority.ParseFence(text, authority.PartnerFence(license.DateOf(s.p.now().UTC())))
	return g, err
}

func (c *changes) roots(s *session, _ *authority.Authority, list *licensefile.KeyList, change *authority.KeyListChange) error {
	for _, word := range c.AddRoot {
		k, err := s.rootKey(word, list.NextRoots)
		if err != nil {
			return err
		}
		change.AddRoots = append(change.AddRoots, k)
	}
	for _, word := range c.Announce {
		k, err := s.rootKey(word, nil)
		if err != nil {
			return err
		}
		change.NextRoots = append(change.NextRoots, k)
	}
	change.DropRoots, change.DropNextRoots, change.Threshold = c.DropRoot, c.DropAnnounced, c.Threshold
	return nil
}

// rootKey returns a key that is to be a root: one that was announced, by its
// name, or one that must be for root acts when it is here.
func (s *session) rootKey(word string, announced []licensefile.RootKey) (licensefile.RootKey, error) {
	if i := slices.IndexFunc(announced, func(k licensefile.RootKey) bool { return k.Name == word }); i >= 0 {
		return announced[i], nil
	}
	k, err := s.publicKey(word)
	if err != nil {
		return k, err
	}
	if p, err := s.look(word); err == nil && p.Use != keyfile.Root {
		return k, &KeyUseError{word, string(p.Use), string(keyfile.Root)}
	}
	return k, nil
}

func (c *changes) revocations(s *session, a *authority.Authority, list *licensefile.KeyList, change *authority.KeyListChange) error {
	for _, word := range c.Revoke {
		i := strings.LastIndexByte(word, '=')
		name, effect := word[:max(i, 0)], word[i+1:]
		r := licensefile.Revocation{Effect: licensefile.RefuseNew}
		day, drop := strings.CutPrefix(effect, string(licensefile.DropOn)+":")
		switch {
		case i < 0 || !drop && effect != string(licensefile.RefuseNew):
			return &UsageError{fmt.Sprintf("%q is not a revocation: write KEY=refuse-new or KEY=drop-on:DATE", word), draftHelp}
		case drop:
			r.Effect = licensefile.DropOn
			var err error
			if r.Date, err = license.ParseDate(day); err != nil {
				return err
			}
		}
		var err error
		if r.Key, err = s.listed(a, list, name); err != nil {
			return err
		}
		change.Revoke = append(change.Revoke, r)
	}
	return nil
}

func (c *changes) days(_ *session, _ *authority.Authority, _ *licensefile.KeyList, change *authority.KeyListChange) error {
	for _, word := range c.Algorithm {
		name, day, ok := strings.Cut(word, "=")
		from, err := license.ParseDate(day)
		if !ok || err != nil || from.IsZero() {
			return &UsageError{fmt.Sprintf("%q is not a kind of signature and a day: write NAME=DATE", word), draftHelp}
		}
		change.Algorithms = append(change.Algorithms, licensefile.Algorithm{Name: name, From: from})
	}
	change.DropAlgorithms = c.DropAlgorithm
	if c.Through != "" {
		var day license.Date
		if c.Through != "none" {
			var err error
			if day, err = license.ParseDate(c.Through); err != nil {
				return err
			}
		}
		change.Through = &day
	}
	return nil
}
