package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type keyCmd struct {
	Generate keyGenerate `cmd:"" help:"Make a key. It signs nothing before it is certified or listed."`
	Ls       keyLs       `cmd:"" help:"List the keys of this authority."`
	Show     keyShow     `cmd:"" help:"Show a key and what vouches for it."`
	Public   keyPublic   `cmd:"" help:"Print the public half of a key."`
	Root     keyRoot     `cmd:"" help:"Print the root file, which customers trust."`
	Certify  keyCertify  `cmd:"" help:"Let a key sign the sets of an issuer, or what its license server answers."`
	Rotate   keyRotate   `cmd:"" help:"Put a new key in the place of an old one, step by step."`
	Revoke   keyRevoke   `cmd:"" help:"Take the trust from a key."`
	Request  keyRequest  `cmd:"" help:"Ask the holder of the root keys to let an issuer in, or look at such a request."`
	List     keyListCmd  `cmd:"" help:"Key lists: what the roots have decided, from draft to record."`
	ListSign keyListSign `cmd:"" name:"list-sign" help:"Draft, sign and add the next key list in one act, where enough root keys are."`
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
	Use  keyfile.Use `required:"" enum:"root,issuer,signing,receipt" help:"What it signs: root (key lists), issuer (certificates), signing (sets) or receipt (what a license server answers)."`
	Work int         `default:"18" placeholder:"N" help:"What one try of a passphrase costs, as a power of two."`
	passphrase
	preview
}

func (c *keyGenerate) Run(s *session) error {
	if err := s.mayMake(c.Name); err != nil {
		return err
	}
	if c.DryRun {
		return s.answer(map[string]any{"dry_run": true, "name": c.Name, "use": c.Use}, func(w io.Writer) {
			fmt.Fprintf(w, "would make the %s key %s\n", c.Use, c.Name)
		})
	}
	k, err := s.make(c.Name, c.Use, c.source(), c.Work)
	if err != nil {
		return err
	}
	return s.answer(s.shown(k.Public, nil), func(w io.Writer) {
		fmt.Fprintf(w, "made the %s key %s\n%s\n", c.Use, c.Name, licensefile.Fingerprint(k.Key))
	})
}

type keyLs struct{}

func (c *keyLs) Run(s *session) error {
	a, err := s.openKeys()
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
	a, err := s.openKeys()
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
	Out  string `short:"o" placeholder:"FILE" help:"Write it to a file."`
}

func (c *keyPublic) Run(s *session) error {
	p, err := s.look(c.Name)
	if err != nil {
		return err
	}
	line := licensefile.RootKey{Name: p.Name, Key: p.Key}.String()
	if c.Out == "" {
		return s.answer(s.shown(p, nil), func(w io.Writer) { fmt.Fprintln(w, line) })
	}
	return s.exported(c.Out, []byte(line+"\n"), licensefile.Fingerprint(p.Key), false)
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
	if none := (*authority.NoKeyListError)(nil); errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range list.Roots {
		if r.Key.Equal(p.Key) {
			out = append(out, fmt.Sprintf("root in key list %d", list.Number))
		}
	}
	for _, r := range list.NextRoots {
		if r.Key.Equal(p.Key) {
			out = append(out, fmt.Sprintf("announced as a root in key list %d", list.Number))
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
		if err != nil {
			return nil, err
		}
		if len(certificates) == 0 {
			continue
		}
		c, err := licensefile.ParseCertificate(certificates[len(certificates)-1])
		if err != nil {
			return nil, err
		}
		if k := c.SigningKey(p.Key); k != nil {
			out = append(out, fmt.Sprintf("certificate %d of %s, %s through %s", c.Number, issuer, k.From, k.Through))
		}
		if slices.ContainsFunc(c.Revoked, func(k ed25519.PublicKey) bool { return k.Equal(p.Key) }) {
			out = append(out, fmt.Sprintf("revoked in certificate %d of %s", c.Number, issuer))
		}
	}
	if r := list.Revocation(p.Key); r != nil {
		out = append(out, strings.TrimSpace(fmt.Sprintf("revoked in key list %d: %s %s", list.Number, r.Effect, r.Date)))
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
	Issuer    string `arg:"" help:"Issuer the key signs for."`
	Name      string `arg:"" help:"Name of the signing or receipt key, or signer:SOCKET#NAME."`
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
	p, typ, err := s.certifiable(c.Name)
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
	key := licensefile.SigningKey{Key: p.Key, Type: typ, From: today, Through: today.Add(c.Days)}
	if c.DryRun {
		by, err := s.public(name, keyfile.Issuer)
		if err != nil {
			return err
		}
		next, hash, err := a.TryCertify(s.ctx, issuer, by.Key, key, now)
		if err != nil {
			return err
		}
		return s.answer(map[string]any{"dry_run": true, "issuer": issuer, "certificate": next.Number, "hash": hash, "key": c.Name, "type": typ, "signed_by": name, "from": key.From, "through": key.Through}, func(w io.Writer) {
			fmt.Fprintf(w, "would let %s sign %ss of %s from %s through %s, signed with %s\nhash  %s\n", c.Name, typ, issuer, key.From, key.Through, name, hash)
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
	return s.answer(map[string]any{"issuer": issuer, "certificate": made.Number, "key": c.Name, "type": typ, "from": key.From, "through": key.Through}, func(w io.Writer) {
		fmt.Fprintf(w, "certificate %d of %s: %s signs %ss from %s through %s\n", made.Number, issuer, c.Name, typ, key.From, key.Through)
	})
}

// certifiable returns a key that a certificate may name, and the type of text it
// signs.
func (s *session) certifiable(name string) (keyfile.Public, string, error) {
	if p, err := s.public(name, keyfile.Receipt); err == nil {
		return p, licensefile.TypeReceipt, nil
	}
	p, err := s.public(name, keyfile.Signing)
	return p, licensefile.TypeSet, err
}

type keyListSign struct {
	Root []string `placeholder:"NAME" help:"Root keys that sign; the only one when left out."`
	changes
	passphrase
	preview
}

// Run drafts, signs and adds in one act: for whoever holds enough root keys.
func (c *keyListSign) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	list, err := a.NextKeyList(s.ctx, s.p.now())
	if err != nil {
		return err
	}
	change, err := c.change(s, a, list)
	if err != nil {
		return err
	}
	d, err := a.DraftKeyList(s.ctx, change, s.p.now())
	if err != nil {
		return err
	}
	shown, err := s.shownList(a, d)
	if err != nil {
		return err
	}
	if shown.DryRun = c.DryRun; c.DryRun {
		return s.answer(shown, func(w io.Writer) {
			fmt.Fprintf(w, "would sign key list %d\n", d.Number)
			shown.print(w)
		})
	}
	if err := s.signAndAdd(a, d, c.Root, c.source()); err != nil {
		return err
	}
	return s.answer(shown, func(w io.Writer) { fmt.Fprintf(w, "signed key list %d\nhash  %s\n", d.Number, shown.Hash) })
}

// signAndAdd signs a draft with root keys, or with the only one here when none
// is named, and adds it.
func (s *session) signAndAdd(a *authority.Authority, d *authority.KeyListDraft, roots []string, from keyfile.Source) (err error) {
	if len(roots) == 0 {
		roots = []string{""}
	}
	for _, name := range roots {
		if d, err = s.approve(a, d, name, from); err != nil {
			return err
		}
	}
	return a.AddKeyList(s.ctx, s.by(), d.Bytes(), s.p.now())
}
