package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type keyCmd struct {
	Generate keyGenerate `cmd:"" help:"Make a key. It signs nothing before it is certified or listed."`
	Ls       keyLs       `cmd:"" aliases:"list" help:"List the keys of this authority."`
	Show     keyShow     `cmd:"" help:"Show a key and what vouches for it."`
	Public   keyPublic   `cmd:"" help:"Print the public half of a key."`
	Root     keyRoot     `cmd:"" help:"Print the root file, which customers trust."`
	Certify  keyCertify  `cmd:"" help:"Let a signing key sign the sets of an issuer."`
	ListSign keyListSign `cmd:"" name:"list-sign" help:"Sign the next key list: roots, issuers, what they may issue, revocations."`
}

// A shownKey is a key as ls and show answer.
type shownKey struct {
	Name        string   `json:"name"`
	Use         string   `json:"use"`
	Fingerprint string   `json:"fingerprint"`
	Public      string   `json:"public"`
	Vouched     []string `json:"vouched,omitempty"`
}

func (s *session) shown(p keyfile.Public, vouched []string) shownKey {
	return shownKey{p.Name, string(p.Use), licensefile.Fingerprint(p.Key), base64.StdEncoding.EncodeToString(p.Key), vouched}
}

type keyGenerate struct {
	Name string      `arg:"" help:"Name of the key, such as superoffice-signing-2."`
	Use  keyfile.Use `required:"" enum:"root,issuer,signing" help:"What it signs: root (key lists), issuer (certificates) or signing (sets)."`
	Work int         `default:"18" placeholder:"N" help:"What one try of a passphrase costs, as a power of two."`
	passphrase
	preview
}

func (c *keyGenerate) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	k, err := keyfile.Generate(rand.Reader, c.Name, c.Use)
	if err != nil {
		return err
	}
	if _, err := keyfile.Inspect(filepath.Join(s.keys(), c.Name+keyfile.Ext)); err == nil {
		return &keyfile.ExistsError{Path: filepath.Join(s.keys(), c.Name+keyfile.Ext)}
	}
	if c.DryRun {
		return s.answer(map[string]any{"dry_run": true, "name": c.Name, "use": c.Use}, func(w io.Writer) {
			fmt.Fprintf(w, "would make the %s key %s\n", c.Use, c.Name)
		})
	}
	secret, err := c.source().Read("passphrase of "+c.Name, true)
	if err != nil {
		return err
	}
	if _, err := keyfile.Write(s.keys(), k, secret, c.Work); err != nil {
		return err
	}
	return s.answer(s.shown(k.Public, nil), func(w io.Writer) {
		fmt.Fprintf(w, "made the %s key %s\n%s\n", c.Use, c.Name, licensefile.Fingerprint(k.Key))
	})
}

type keyLs struct{}

func (c *keyLs) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	list, err := keyfile.List(s.keys())
	if err != nil {
		return err
	}
	doc := struct {
		Items []shownKey `json:"items"`
	}{[]shownKey{}}
	var rows [][]string
	for _, p := range list {
		vouched, err := s.vouched(a, p)
		if err != nil {
			return err
		}
		doc.Items = append(doc.Items, s.shown(p, vouched))
		rows = append(rows, []string{p.Name, string(p.Use), licensefile.Fingerprint(p.Key), strings.Join(vouched, "; ")})
	}
	return s.answer(doc, func(w io.Writer) { s.table(w, []string{"key", "use", "fingerprint", "vouched"}, rows) })
}

type keyShow struct {
	Name string `arg:"" help:"Name of the key."`
}

func (c *keyShow) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	p, err := s.look(c.Name)
	if err != nil {
		return err
	}
	vouched, err := s.vouched(a, p)
	if err != nil {
		return err
	}
	k := s.shown(p, vouched)
	return s.answer(k, func(w io.Writer) {
		fmt.Fprintf(w, "key          %s\nuse          %s\nfingerprint  %s\npublic       %s\n", k.Name, k.Use, k.Fingerprint, k.Public)
		for _, v := range vouched {
			fmt.Fprintf(w, "vouched      %s\n", v)
		}
	})
}

type keyPublic struct {
	Name string `arg:"" help:"Name of the key."`
}

func (c *keyPublic) Run(s *session) error {
	p, err := s.look(c.Name)
	if err != nil {
		return err
	}
	return s.answer(s.shown(p, nil), func(w io.Writer) {
		fmt.Fprintln(w, licensefile.RootKey{Name: p.Name, Key: p.Key})
	})
}

type keyRoot struct{}

func (c *keyRoot) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	list, err := s.newestList(a)
	if err != nil {
		return err
	}
	text := string(licensefile.Trust{Roots: list.Roots, Threshold: list.Threshold}.RootFile())
	return s.answer(map[string]any{"root_file": text}, func(w io.Writer) { io.WriteString(w, text) })
}

func (s *session) newestList(a *authority.Authority) (*licensefile.KeyList, error) {
	lists, err := a.KeyLists(s.ctx)
	if err != nil {
		return nil, err
	}
	if len(lists) == 0 {
		return nil, &authority.NoKeyListError{}
	}
	return licensefile.ParseKeyList(lists[len(lists)-1])
}

// vouched says what stands behind a key: the key list or the certificates that
// name it.
func (s *session) vouched(a *authority.Authority, p keyfile.Public) ([]string, error) {
	list, err := s.newestList(a)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range list.Roots {
		if r.Key.Equal(p.Key) {
			out = append(out, fmt.Sprintf("root in key list %d", list.Number))
		}
	}
	issuers := map[license.Issuer]bool{}
	for _, g := range list.Issuers {
		issuers[g.Issuer] = true
		if g.Key.Equal(p.Key) {
			out = append(out, fmt.Sprintf("%s in key list %d, %s through %s", g.Issuer, list.Number, g.Fence.From, g.Fence.Through))
		}
	}
	for issuer := range issuers {
		certificates, err := a.Certificates(s.ctx, issuer)
		if err != nil || len(certificates) == 0 {
			return out, err
		}
		c, err := licensefile.ParseCertificate(certificates[len(certificates)-1])
		if err != nil {
			return nil, err
		}
		if k := c.SigningKey(p.Key); k != nil {
			out = append(out, fmt.Sprintf("certificate %d of %s, %s through %s", c.Number, issuer, k.From, k.Through))
		}
	}
	if r := list.Revocation(p.Key); r != nil {
		out = append(out, fmt.Sprintf("revoked in key list %d: %s %s", list.Number, r.Effect, r.Date))
	}
	slices.Sort(out)
	return out, nil
}

// choose returns the name of the one key here that would do, or name when one
// was given.
func (s *session) choose(name string, use keyfile.Use, wouldDo func(keyfile.Public) bool) (string, error) {
	if name != "" {
		return name, nil
	}
	list, err := keyfile.List(s.keys())
	if err != nil {
		return "", err
	}
	e := &KeyChoiceError{Use: string(use), Found: []string{}}
	for _, p := range list {
		if p.Use == use && wouldDo(p) {
			e.Found = append(e.Found, p.Name)
		}
	}
	if len(e.Found) != 1 {
		return "", e
	}
	return e.Found[0], nil
}

type keyCertify struct {
	Issuer    string `arg:"" help:"Issuer whose sets the key may sign."`
	Name      string `arg:"" help:"Name of the signing key, or signer:SOCKET#NAME."`
	IssuerKey string `placeholder:"NAME" help:"Key that signs the certificate; the issuer's only one when left out."`
	Days      int    `default:"366" help:"How many days from today the key is valid."`
	passphrase
	preview
}

func (c *keyCertify) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	issuer, err := license.ParseIssuer(strings.ToUpper(c.Issuer))
	if err != nil {
		return err
	}
	list, err := s.newestList(a)
	if err != nil {
		return err
	}
	p, err := s.public(c.Name, keyfile.Signing)
	if err != nil {
		return err
	}
	name, err := s.choose(c.IssuerKey, keyfile.Issuer, func(k keyfile.Public) bool {
		return slices.ContainsFunc(list.Issuers, func(g licensefile.IssuerGrant) bool { return g.Issuer == issuer && g.Key.Equal(k.Key) })
	})
	if err != nil {
		return err
	}
	if c.Days < 1 {
		return &UsageError{"--days is at least 1", "pott-authority key certify --help"}
	}
	now := s.p.now()
	today := license.DateOf(now.UTC())
	key := licensefile.SigningKey{Key: p.Key, Type: licensefile.TypeSet, From: today, Through: today.Add(c.Days)}
	if c.DryRun {
		return s.answer(map[string]any{"dry_run": true, "issuer": issuer, "key": c.Name, "signed_by": name, "from": key.From, "through": key.Through}, func(w io.Writer) {
			fmt.Fprintf(w, "would let %s sign sets of %s from %s through %s, signed with %s\n", c.Name, issuer, key.From, key.Through, name)
		})
	}
	signer, err := s.signer(name, keyfile.Issuer, c.source())
	if err != nil {
		return err
	}
	made, err := a.Certify(s.ctx, s.by(), issuer, signer, key, now)
	if err != nil {
		return err
	}
	return s.answer(map[string]any{"issuer": issuer, "certificate": made.Number, "key": c.Name, "from": key.From, "through": key.Through}, func(w io.Writer) {
		fmt.Fprintf(w, "certificate %d of %s: %s signs sets from %s through %s\n", made.Number, issuer, c.Name, key.From, key.Through)
	})
}

type keyListSign struct {
	Grant []string `placeholder:"ISSUER=KEY" help:"Let an issuer certify with a key; may be given several times."`
	Fence string   `placeholder:"FILE" help:"What the granted issuers may issue; a wide fence when left out."`
	Root  []string `placeholder:"NAME" help:"Root keys that sign; the only one when left out."`
	passphrase
	preview
}

func (c *keyListSign) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	now := s.p.now()
	list, err := a.NextKeyList(s.ctx, now)
	if err != nil {
		return err
	}
	if err := c.grant(s, list); err != nil {
		return err
	}
	hash, err := list.Hash()
	if err != nil {
		return err
	}
	doc := map[string]any{"number": list.Number, "hash": hash, "issuers": len(list.Issuers), "threshold": list.Threshold}
	if c.DryRun {
		doc["dry_run"] = true
		return s.answer(doc, func(w io.Writer) { fmt.Fprintf(w, "would sign key list %d\nhash  %s\n", list.Number, hash) })
	}
	names := c.Root
	if len(names) == 0 {
		name, err := s.choose("", keyfile.Root, func(k keyfile.Public) bool {
			return slices.ContainsFunc(list.Roots, func(r licensefile.RootKey) bool { return r.Key.Equal(k.Key) })
		})
		if err != nil {
			return err
		}
		names = []string{name}
	}
	var signers []licensefile.Signer
	for _, name := range names {
		signer, err := s.signer(name, keyfile.Root, c.source())
		if err != nil {
			return err
		}
		signers = append(signers, signer)
	}
	signed, err := licensefile.SignKeyList(list, signers...)
	if err != nil {
		return err
	}
	if err := a.AddKeyList(s.ctx, s.by(), signed, now); err != nil {
		return err
	}
	return s.answer(doc, func(w io.Writer) { fmt.Fprintf(w, "signed key list %d\nhash  %s\n", list.Number, hash) })
}

// grant adds the issuers of the flags, or gives those that are there already a
// new fence.
func (c *keyListSign) grant(s *session, list *licensefile.KeyList) error {
	fence, err := s.fence(c.Fence)
	if err != nil {
		return err
	}
	for _, g := range c.Grant {
		name, key, ok := strings.Cut(g, "=")
		issuer, err := license.ParseIssuer(strings.ToUpper(name))
		if !ok || err != nil {
			return &UsageError{fmt.Sprintf("%q is not a grant: write ISSUER=KEY", g), "pott-authority key list-sign --help"}
		}
		p, err := s.public(key, keyfile.Issuer)
		if err != nil {
			return err
		}
		list.Issuers = slices.DeleteFunc(slices.Clone(list.Issuers), func(g licensefile.IssuerGrant) bool { return g.Issuer == issuer && g.Key.Equal(p.Key) })
		list.Issuers = append(list.Issuers, licensefile.IssuerGrant{Issuer: issuer, Key: p.Key, Fence: fence})
	}
	return nil
}
