package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type initCmd struct {
	Catalogue          []string `required:"" placeholder:"FILE" help:"Catalogue of an issuer; may be given several times."`
	Fence              string   `placeholder:"FILE" help:"What the issuers may issue; a wide fence when left out."`
	Days               int      `default:"366" help:"How many days the signing keys are valid."`
	RootPassphraseFile string   `placeholder:"FILE" help:"File whose first line is the passphrase of the root key. Else it is that of the other keys."`
	Work               int      `default:"18" placeholder:"N" help:"What one try of a passphrase costs, as a power of two."`
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
	DryRun      bool     `json:"dry_run,omitempty"`
}

// Run builds the whole folder under another name and puts it in place at the
// end, so that a failure leaves nothing behind.
func (c *initCmd) Run(s *session) error {
	dir := s.dir()
	if c.Days < 1 {
		return &UsageError{"--days is at least 1", "pott-authority init --help"}
	}
	if _, err := os.Lstat(dir); err == nil {
		return &AlreadyMadeError{dir}
	}
	m := &made{Dir: dir, RootFile: s.rootFile(), DryRun: c.DryRun, Keys: []string{"root-1"}}
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
	if !c.DryRun {
		if err := c.build(s, m, texts, fence); err != nil {
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
	})
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

func (c *initCmd) build(s *session, m *made, catalogues [][]byte, fence licensefile.Fence) (err error) {
	secret, err := c.source().Read("passphrase of the new keys", true)
	if err != nil {
		return err
	}
	rootSecret := secret
	if c.RootPassphraseFile != "" {
		if rootSecret, err = (keyfile.Source{File: c.RootPassphraseFile, FD: -1}).Read("", false); err != nil {
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
	signers := map[string]licensefile.Signer{}
	for _, name := range m.Keys {
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
	root := licensefile.RootKey{Name: "root-1", Key: signers["root-1"].Public()}
	trust := licensefile.Trust{Roots: []licensefile.RootKey{root}, Threshold: 1}
	m.Fingerprint = licensefile.Fingerprint(root.Key)
	if err := os.WriteFile(filepath.Join(temp, "root.pub"), trust.RootFile(), 0o644); err != nil {
		return fileError(temp, err)
	}
	if err := c.found(s, s.dsn(temp), trust, m, signers, catalogues, fence); err != nil {
		return err
	}
	if err := os.Rename(temp, m.Dir); err != nil {
		return fileError(m.Dir, err)
	}
	return nil
}

// found fills the record.
func (c *initCmd) found(s *session, dsn string, trust licensefile.Trust, m *made, signers map[string]licensefile.Signer, catalogues [][]byte, fence licensefile.Fence) error {
	a, err := authority.Open(s.ctx, dsn, trust)
	if err != nil {
		return err
	}
	defer a.Close()
	now := s.p.now()
	today := license.DateOf(now.UTC())
	f := authority.Founding{Roots: []licensefile.Signer{signers["root-1"]}}
	for _, issuer := range m.Issuers {
		f.Issuers = append(f.Issuers, authority.FoundingIssuer{
			Issuer: license.Issuer(issuer), Key: signers[issuerKeyName(issuer, 1)], Fence: fence,
			Signing: licensefile.SigningKey{Key: signers[signingKeyName(issuer, 1)].Public(), Type: licensefile.TypeSet, From: today, Through: today.Add(c.Days)},
		})
	}
	if err := a.Found(s.ctx, s.by(), f, now); err != nil {
		return err
	}
	for _, text := range catalogues {
		if _, _, err := a.AddCatalogue(s.ctx, s.by(), text, now); err != nil {
			return err
		}
	}
	return a.Close()
}
