package main

import (
	"fmt"
	"slices"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/licensefile"
)

type rotateRoot struct {
	Replace string `placeholder:"NAME" help:"Root that leaves; the only one, or the only one whose key is here, when left out."`
	freshKey
	rootSide
	passphrase
	preview
}

func (c *rotateRoot) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	list, err := s.newestList(a)
	if err != nil {
		return err
	}
	if c.Replace != "" && !slices.ContainsFunc(list.Roots, func(r licensefile.RootKey) bool { return r.Name == c.Replace }) {
		return &authority.NotListedError{What: "root", Name: c.Replace, Where: fmt.Sprintf("key list %d", list.Number)}
	}
	shown := &shownRotation{DryRun: c.DryRun}
	step := c.announce
	if len(list.NextRoots) > 0 {
		step = c.takeOver
	}
	if err := step(s, a, list, shown); err != nil {
		return err
	}
	return s.rotation(shown)
}

// announce makes a root key and announces it.
func (c *rotateRoot) announce(s *session, a *authority.Authority, list *licensefile.KeyList, shown *shownRotation) error {
	name, fresh, err := c.choose(s, "root")
	if err != nil {
		return err
	}
	shown.Key = name
	if fresh {
		shown.did("make the root key %s", name)
	}
	now := s.p.now()
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
	shown.did("announce it in key list %d", plain.Number)
	if c.DryRun {
		_, err := c.settle(s, a, plain, roots, c.passphrase.source(), shown)
		shown.Hash = "" // the text will hold the new key
		return err
	}
	k, err := c.ready(s, name, fresh, keyfile.Root, c.rootSide.source(c.passphrase.source()))
	if err != nil {
		return err
	}
	d, err := a.DraftKeyList(s.ctx, authority.KeyListChange{NextRoots: []licensefile.RootKey{{Name: k.Name, Key: k.Key}}}, now)
	if err == nil {
		_, err = c.settle(s, a, d, roots, c.passphrase.source(), shown)
	}
	if err != nil {
		k.undo(s)
		return err
	}
	shown.next("pott-authority key rotate root, when it shall take over")
	return nil
}

// takeOver puts the announced roots in the place of an old one. The old key
// signs once more, so that whoever trusts it trusts what follows.
func (c *rotateRoot) takeOver(s *session, a *authority.Authority, list *licensefile.KeyList, shown *shownRotation) error {
	leaves, err := c.leaves(s, list)
	if err != nil {
		return err
	}
	d, err := a.DraftKeyList(s.ctx, authority.KeyListChange{AddRoots: list.NextRoots, DropRoots: []string{leaves}}, s.p.now())
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
	for _, r := range list.NextRoots {
		shown.did("make %s a root in the place of %s", r.Name, leaves)
	}
	if _, err := c.settle(s, a, d, roots, c.passphrase.source(), shown); err != nil {
		return err
	}
	shown.next("give new customers the new root file: pott-authority key root > root.pub")
	shown.next("customers who have the old one need nothing; keep %s locked away, its work is done", leaves)
	return nil
}

// leaves returns the name of the root that leaves.
func (c *rotateRoot) leaves(s *session, list *licensefile.KeyList) (string, error) {
	if c.Replace != "" {
		return c.Replace, nil
	}
	if len(list.Roots) == 1 {
		return list.Roots[0].Name, nil
	}
	here, err := keyfile.List(s.keys())
	if err != nil {
		return "", err
	}
	e := &KeyChoiceError{Use: string(keyfile.Root), Found: []string{}}
	for _, r := range list.Roots {
		if slices.ContainsFunc(here, func(k keyfile.Public) bool { return k.Key.Equal(r.Key) }) {
			e.Found = append(e.Found, r.Name)
		}
	}
	if len(e.Found) != 1 {
		return "", e
	}
	return e.Found[0], nil
}
