package main

import (
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

// joining is the flags of init under a root that somebody else holds.
type joining struct {
	KeyLists string `placeholder:"FILE" help:"Work under a root that is there already: its key lists, or a license file that carries them."`
	RootFile string `placeholder:"FILE" help:"Root file of that root; compare the fingerprints over another way."`
	Issuer   string `placeholder:"ISSUER" help:"Issue as this issuer, with the key of your request; without it you only approve key lists."`
}

// A NoOwnKeyError says that the roots have granted an issuer no key that is
// here.
type NoOwnKeyError struct {
	Issuer  license.Issuer
	KeyList int64
}

func (e *NoOwnKeyError) Error() string {
	return fmt.Sprintf("key list %d grants %s no key that is here", e.KeyList, e.Issuer)
}

// Code returns the stable code of the error.
func (e *NoOwnKeyError) Code() string { return "authority.no-own-key" }

// A joined authority, as init answers.
type joined struct {
	Dir      string   `json:"dir"`
	Issuer   string   `json:"issuer,omitempty"`
	KeyList  int64    `json:"key_list"`
	Roots    []string `json:"roots"` // fingerprints
	Key      string   `json:"key,omitempty"`
	Signing  string   `json:"signing_key,omitempty"`
	DryRun   bool     `json:"dry_run,omitempty"`
	trust    licensefile.Trust
	lists    [][]byte
	issuer   license.Issuer
	catalogs [][]byte
}

// join makes the folder of somebody who issues, or approves key lists, under a
// root that is there already. The folder may be there with keys in it. Its root
// file comes last: without one there is no authority.
func (c *initCmd) join(s *session) error {
	j, err := c.joined(s)
	if err != nil {
		return err
	}
	if !c.DryRun {
		if err := c.settleIn(s, j); err != nil {
			return err
		}
	}
	return s.answer(j, func(w io.Writer) {
		did := "made"
		if c.DryRun {
			did = "would make"
		}
		what := "to approve key lists"
		if j.Issuer != "" {
			what = "for " + j.Issuer
		}
		under := "from the first"
		if j.KeyList > 0 {
			under = fmt.Sprintf("under key list %d", j.KeyList)
		}
		fmt.Fprintf(w, "%s %s %s, %s\n", did, j.Dir, what, under)
		for _, r := range j.Roots {
			fmt.Fprintf(w, "root key     %s\n", r)
		}
		if j.Issuer != "" {
			fmt.Fprintf(w, "issuer key   %s\nsigning key  %s\n", j.Key, j.Signing)
		}
	})
}

const initHelp = "pott-authority init --help"

// joined checks everything before anything is written.
func (c *initCmd) joined(s *session) (*joined, error) {
	switch {
	case c.RootFile == "":
		return nil, &UsageError{"--key-lists needs --root-file, which says whom to trust", initHelp}
	case c.KeyLists == "" && (c.Issuer != "" || len(c.Catalogue) > 0):
		return nil, &UsageError{"--root-file alone is for approving the first key list: an issuer needs --key-lists", initHelp}
	case c.Issuer == "" && len(c.Catalogue) > 0:
		return nil, &UsageError{"a catalogue is an issuer's: say which with --issuer", initHelp}
	}
	if _, err := os.Lstat(s.rootFile()); err == nil {
		return nil, &AlreadyMadeError{s.dir()}
	}
	j := &joined{Dir: s.dir(), DryRun: c.DryRun}
	text, err := s.read(c.RootFile)
	if err != nil {
		return nil, err
	}
	if j.trust, err = licensefile.ParseRootFile(text); err != nil {
		return nil, fileError(c.RootFile, err)
	}
	for _, r := range j.trust.Roots {
		j.Roots = append(j.Roots, licensefile.Fingerprint(r.Key))
	}
	if c.KeyLists == "" {
		return j, nil
	}
	if text, err = s.read(c.KeyLists); err != nil {
		return nil, err
	}
	if j.lists, err = authority.SplitKeyLists(text); err != nil {
		return nil, err
	}
	verified, err := licensefile.VerifyKeyLists(j.lists, j.trust)
	if err != nil {
		return nil, err
	}
	newest := verified[len(verified)-1]
	j.KeyList = newest.Number
	if c.Issuer == "" {
		return j, nil
	}
	return j, c.asIssuer(s, j, newest)
}

// asIssuer finds the key that the roots have granted.
func (c *initCmd) asIssuer(s *session, j *joined, list *licensefile.KeyList) (err error) {
	if j.issuer, err = license.ParseIssuer(strings.ToUpper(c.Issuer)); err != nil {
		return err
	}
	j.Issuer = string(j.issuer)
	for _, path := range c.Catalogue {
		text, catalogue, err := s.goodCatalogue(path)
		if err != nil {
			return err
		}
		if catalogue.Issuer.Code != j.issuer {
			return &UsageError{fmt.Sprintf("%s is the catalogue of %s, not of %s", path, catalogue.Issuer.Code, j.issuer), initHelp}
		}
		j.catalogs = append(j.catalogs, text)
	}
	for _, flag := range c.IssuerKey {
		if issuer, reference, _ := strings.Cut(flag, "="); strings.EqualFold(issuer, j.Issuer) {
			j.Key = reference
		}
	}
	if j.Key, err = s.issuerKey(j.Key, list, j.issuer); err != nil {
		return &NoOwnKeyError{j.issuer, list.Number}
	}
	p, err := s.public(j.Key, keyfile.Issuer)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(granted(list, j.issuer), func(g licensefile.IssuerGrant) bool { return g.Key.Equal(p.Key) }) {
		return &NoOwnKeyError{j.issuer, list.Number}
	}
	for _, flag := range c.SigningKey {
		if issuer, reference, _ := strings.Cut(flag, "="); strings.EqualFold(issuer, j.Issuer) {
			j.Signing = reference
			_, err := s.public(reference, keyfile.Signing)
			return err
		}
	}
	j.Signing, _, err = (&freshKey{}).choose(s, strings.ToLower(j.Issuer)+"-signing")
	return err
}

// settleIn writes what was checked.
func (c *initCmd) settleIn(s *session, j *joined) (err error) {
	var signs licensefile.Signer
	if j.Issuer != "" {
		if signs, err = s.signer(j.Key, keyfile.Issuer, c.source()); err != nil {
			return err
		}
	}
	if _, err := os.Lstat(s.dir()); errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(s.keys(), 0o700); err != nil {
			return fileError(s.dir(), err)
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, os.RemoveAll(s.dir()))
			}
		}()
	}
	a, err := authority.Open(s.ctx, s.dsn(s.dir()), j.trust)
	if err != nil {
		return err
	}
	defer a.Close()
	if _, err := a.AddKeyLists(s.ctx, s.by(), j.lists, s.p.now()); err != nil {
		return err
	}
	if j.Issuer != "" {
		if err := c.beginIssuing(s, a, j, signs); err != nil {
			return err
		}
	}
	return s.write(filepath.Join(s.dir(), "root.pub"), j.trust.RootFile())
}

// beginIssuing makes the first signing key, its certificate, and the catalogue's
// place on record.
func (c *initCmd) beginIssuing(s *session, a *authority.Authority, j *joined, signs licensefile.Signer) error {
	now := s.p.now()
	fresh := len(c.SigningKey) == 0
	k, err := (&freshKey{Work: c.Work}).ready(s, j.Signing, fresh, keyfile.Signing, c.source())
	if err != nil {
		return err
	}
	today := license.DateOf(now.UTC())
	key := licensefile.SigningKey{Key: k.Key, Type: licensefile.TypeSet, From: today, Through: today.Add(c.Days)}
	if _, err := a.Certify(s.ctx, s.by(), j.issuer, signs, key, now); err != nil {
		k.undo(s)
		return err
	}
	for _, text := range j.catalogs {
		if _, _, err := a.AddCatalogue(s.ctx, s.by(), text, now); err != nil {
			return err
		}
	}
	return nil
}
