package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/internal/signer"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type initCmd struct {
	Catalogue          []string `placeholder:"FILE" help:"Catalogue of an issuer; may be given several times."`
	Fence              string   `placeholder:"FILE" help:"What the issuers may issue; a wide fence when left out."`
	Days               int      `default:"366" help:"How many days the signing keys are valid."`
	Root               []string `placeholder:"FILE" help:"Root key that somebody else holds, as key public wrote it; may be given several times. Key list 1 is then a draft for them to sign."`
	Threshold          int      `default:"1" placeholder:"K" help:"How many of those roots must sign a key list, 1 to 4."`
	RootKey            string   `placeholder:"REF" help:"Root key that a signer holds, as signer:SOCKET#NAME; else one is made."`
	IssuerKey          []string `placeholder:"ISSUER=REF" help:"Key of an issuer that a signer holds; else one is made."`
	SigningKey         []string `placeholder:"ISSUER=REF" help:"Signing key of an issuer that a signer holds; else one is made."`
	RootPassphraseFile string   `placeholder:"FILE" help:"File whose first line is the passphrase of the root key. Else it is that of the other keys."`
	Work               int      `default:"18" placeholder:"N" help:"What one try of a passphrase costs, as a power of two."`
	joining
	passphrase
	preview
}

// A made authority, as init answers.
type made struct {
	Dir         string   `json:"dir"`
	Issuers     []string `json:"issuers"`
	Keys        []string `json:"keys"`
	RootFile    string   `json:"root_file"`
	Fingerprint string   `json:"root_fingerprint,omitempty"`
	Draft       string   `json:"draft,omitempty"` // of key list 1, where others hold the roots
	Hash        string   `json:"hash,omitempty"`  // of its text
	DryRun      bool     `json:"dry_run,omitempty"`
}

// Run builds the whole folder under another name and puts it in place at the
// end, so that a failure leaves nothing behind.
func (c *initCmd) Run(s *session) error {
	dir := s.dir()
	switch {
	case c.Days < 1:
		return &UsageError{"--days is at least 1", initHelp}
	case c.KeyLists != "" || c.RootFile != "":
		return c.join(s)
	case c.Issuer != "":
		return &UsageError{"--issuer goes with --key-lists and --root-file", initHelp}
	case len(c.Catalogue) == 0:
		return &UsageError{"missing flags: --catalogue=FILE,...", initHelp}
	}
	if _, err := os.Lstat(dir); err == nil {
		return &AlreadyMadeError{dir}
	}
	m := &made{Dir: dir, RootFile: s.rootFile(), DryRun: c.DryRun, Keys: []string{"root-1"}}
	elsewhere, err := c.elsewhere()
	if err != nil {
		return err
	}
	if elsewhere != nil {
		m.Keys, m.Draft = nil, filepath.Join(dir, "key-list-1.draft")
	}
	var texts [][]byte
	for _, path := range c.Catalogue {
		text, cat, err := s.goodCatalogue(path)
		if err != nil {
			return err
		}
		issuer := string(cat.Issuer.Code)
		if slices.Contains(m.Issuers, issuer) {
			return &UsageError{fmt.Sprintf("two catalogues are of %s", issuer), "pott-authority init --help"}
		}
		m.Issuers, texts = append(m.Issuers, issuer), append(texts, text)
		m.Keys = append(m.Keys, issuerKeyName(issuer, 1), signingKeyName(issuer, 1))
	}
	fence, err := s.fence(c.Fence)
	if err != nil {
		return err
	}
	held, err := c.held(s, m)
	if err != nil {
		return err
	}
	if !c.DryRun {
		if err := c.build(s, m, held, elsewhere, texts, fence); err != nil {
			return err
		}
	}
	return s.answer(m, func(w io.Writer) {
		would := "made"
		if c.DryRun {
			would = "would make"
		}
		fmt.Fprintf(w, "%s %s for %s\n", would, dir, strings.Join(m.Issuers, ", "))
		fmt.Fprintf(w, "keys       %s\n", strings.Join(m.Keys, ", "))
		fmt.Fprintf(w, "root file  %s\n", m.RootFile)
		if m.Fingerprint != "" {
			fmt.Fprintf(w, "root key   %s\n", m.Fingerprint)
		}
		if m.Draft != "" {
			fmt.Fprintf(w, "draft      %s\n", m.Draft)
		}
		if m.Hash != "" {
			fmt.Fprintf(w, "hash       %s\n", m.Hash)
			fmt.Fprintln(w, "next       each root: pott-authority init --root-file root.pub, then key list sign; then key list add and key certify here")
		}
	})
}

// elsewhere returns the roots that somebody else holds, or nil.
func (c *initCmd) elsewhere() (*licensefile.Trust, error) {
	if len(c.Root) == 0 {
		if c.Threshold != 1 {
			return nil, &UsageError{"--threshold goes with --root", initHelp}
		}
		return nil, nil
	}
	if c.RootKey != "" {
		return nil, &UsageError{"--root-key is one root of this machine, and --root those of others", initHelp}
	}
	trust := &licensefile.Trust{Threshold: c.Threshold}
	for _, path := range c.Root {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fileError(path, err)
		}
		k, err := licensefile.ParseRootKey(strings.TrimSuffix(string(text), "\n"))
		if err != nil {
			return nil, fileError(path, err)
		}
		trust.Roots = append(trust.Roots, k)
	}
	if _, err := licensefile.ParseRootFile(trust.RootFile()); err != nil {
		return nil, &UsageError{err.Error(), initHelp}
	}
	return trust, nil
}

func issuerKeyName(issuer string, n int) string {
	return fmt.Sprintf("%s-issuer-%d", strings.ToLower(issuer), n)
}

func signingKeyName(issuer string, n int) string {
	return fmt.Sprintf("%s-signing-%d", strings.ToLower(issuer), n)
}

// goodCatalogue reads a catalogue that nothing is wrong with.
func (s *session) goodCatalogue(path string) ([]byte, *authority.Catalogue, error) {
	text, err := s.read(path)
	if err != nil {
		return nil, nil, err
	}
	c, err := authority.ParseCatalogue(text)
	if err != nil {
		return nil, nil, err
	}
	return text, c, authority.Blocked(c.Lint())
}

// fence reads a fence, or returns the default one for "".
func (s *session) fence(path string) (licensefile.Fence, error) {
	base := authority.DefaultFence(license.DateOf(s.p.now().UTC()))
	if path == "" {
		return base, nil
	}
	text, err := s.read(path)
	if err != nil {
		return base, err
	}
	return authority.ParseFence(text, base)
}

// held returns the keys that signers hold, by the name the key would have if it
// were made here, and puts their references among the keys of m.
func (c *initCmd) held(s *session, m *made) (map[string]licensefile.Signer, error) {
	held := map[string]licensefile.Signer{}
	hold := func(name string, use keyfile.Use, reference string) error {
		i := slices.Index(m.Keys, name)
		if i < 0 || !signer.IsReference(reference) {
			return &UsageError{fmt.Sprintf("%q is no key that a signer holds for one of the issuers", reference), "pott-authority init --help"}
		}
		k, err := s.remote(reference, use)
		if err != nil {
			return err
		}
		held[name], m.Keys[i] = k, reference
		return nil
	}
	if c.RootKey != "" {
		if err := hold("root-1", keyfile.Root, c.RootKey); err != nil {
			return nil, err
		}
	}
	for _, list := range []struct {
		flags []string
		use   keyfile.Use
		name  func(issuer string, n int) string
	}{{c.IssuerKey, keyfile.Issuer, issuerKeyName}, {c.SigningKey, keyfile.Signing, signingKeyName}} {
		for _, flag := range list.flags {
			issuer, reference, _ := strings.Cut(flag, "=")
			if err := hold(list.name(issuer, 1), list.use, reference); err != nil {
				return nil, err
			}
		}
	}
	return held, nil
}

// secrets asks for the passphrases of the keys that are made here.
func (c *initCmd) secrets() (root, others []byte, err error) {
	if others, err = c.source().Read("passphrase of the new keys", true); err != nil {
		return nil, nil, err
	}
	if c.RootPassphraseFile == "" {
		return others, others, nil
	}
	root, err = keyfile.Source{File: c.RootPassphraseFile, FD: -1}.Read("", false)
	return root, others, err
}

func (c *initCmd) build(s *session, m *made, held map[string]licensefile.Signer, elsewhere *licensefile.Trust, catalogues [][]byte, fence licensefile.Fence) (err error) {
	var rootSecret, secret []byte
	if len(held) < len(m.Keys) {
		if rootSecret, secret, err = c.secrets(); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(m.Dir), 0o755); err != nil {
		return fileError(m.Dir, err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(m.Dir), "."+filepath.Base(m.Dir)+".*")
	if err != nil {
		return fileError(m.Dir, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(temp))
		}
	}()
	signers := maps.Clone(held)
	for _, name := range m.Keys {
		if signer.IsReference(name) {
			continue
		}
		use, pass := keyfile.Signing, secret
		switch {
		case name == "root-1":
			use, pass = keyfile.Root, rootSecret
		case strings.HasSuffix(name, "-issuer-1"):
			use = keyfile.Issuer
		}
		k, err := keyfile.Generate(rand.Reader, name, use)
		if err != nil {
			return err
		}
		if _, err := keyfile.Write(filepath.Join(temp, "keys"), k, pass, c.Work); err != nil {
			return err
		}
		signers[name] = licensefile.NewSigner(k.Private)
	}
	trust := licensefile.Trust{Threshold: 1}
	if elsewhere != nil {
		trust = *elsewhere
	} else {
		root := licensefile.RootKey{Name: "root-1", Key: signers["root-1"].Public()}
		if k, ok := signers["root-1"].(*signer.RemoteKey); ok {
			root.Name = k.Name()
		}
		trust.Roots = []licensefile.RootKey{root}
		m.Fingerprint = licensefile.Fingerprint(root.Key)
	}
	if err := os.WriteFile(filepath.Join(temp, "root.pub"), trust.RootFile(), 0o644); err != nil {
		return fileError(temp, err)
	}
	if err := c.found(s, temp, s.dsn(temp), trust, m, signers, catalogues, fence); err != nil {
		return err
	}
	if err := os.Rename(temp, m.Dir); err != nil {
		return fileError(m.Dir, err)
	}
	return nil
}

// found fills the record.
func (c *initCmd) found(s *session, temp, dsn string, trust licensefile.Trust, m *made, signers map[string]licensefile.Signer, catalogues [][]byte, fence licensefile.Fence) error {
	a, err := authority.Open(s.ctx, dsn, trust)
	if err != nil {
		return err
	}
	defer a.Close()
	now := s.p.now()
	today := license.DateOf(now.UTC())
	f := authority.Founding{Roots: []licensefile.Signer{signers["root-1"]}}
	change := authority.KeyListChange{} // for roots that are elsewhere
	for _, issuer := range m.Issuers {
		f.Issuers = append(f.Issuers, authority.FoundingIssuer{
			Issuer: license.Issuer(issuer), Key: signers[issuerKeyName(issuer, 1)], Fence: fence,
			Signing: licensefile.SigningKey{Key: signers[signingKeyName(issuer, 1)].Public(), Type: licensefile.TypeSet, From: today, Through: today.Add(c.Days)},
		})
	}
	for _, i := range f.Issuers {
		change.Grants = append(change.Grants, licensefile.IssuerGrant{Issuer: i.Issuer, Key: i.Key.Public(), Fence: i.Fence})
	}
	if m.Draft == "" {
		err = a.Found(s.ctx, s.by(), f, now)
	} else {
		err = c.draftFirst(s, a, change, filepath.Join(temp, filepath.Base(m.Draft)), m)
	}
	if err != nil {
		return err
	}
	for _, text := range catalogues {
		if _, _, err := a.AddCatalogue(s.ctx, s.by(), text, now); err != nil {
			return err
		}
	}
	return a.Close()
}

// draftFirst writes key list 1 for the holders of the roots to sign.
func (c *initCmd) draftFirst(s *session, a *authority.Authority, change authority.KeyListChange, path string, m *made) error {
	d, err := a.DraftKeyList(s.ctx, change, s.p.now())
	if err != nil {
		return err
	}
	m.Hash = d.Hash()
	return s.write(path, d.Bytes())
}
