package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/licensefile"
)

// freshKey is the flags of commands that put a new key in place.
type freshKey struct {
	Name string `placeholder:"NAME" help:"Name of the new key; the next free one when left out."`
	With string `placeholder:"KEY" help:"Take this key instead of making one: its name here, or signer:SOCKET#NAME."`
	Work int    `default:"18" placeholder:"N" help:"What one try of a passphrase costs, as a power of two."`
}

// choose returns the name of the new key, and whether it is to be made.
func (f *freshKey) choose(s *session, stem string) (name string, fresh bool, err error) {
	if f.With != "" {
		return f.With, false, nil
	}
	if name = f.Name; name == "" {
		for n := 1; name == "" || s.mayMake(name) != nil; n++ {
			name = fmt.Sprintf("%s-%d", stem, n)
		}
	}
	return name, true, s.mayMake(name)
}

// A newKey is a key that is being put in place.
type newKey struct {
	keyfile.Public
	reference string       // what names it to a command
	made      *keyfile.Key // when it was made just now
	use       keyfile.Use
}

// ready returns the new key, made now when it has to be.
func (f *freshKey) ready(s *session, name string, fresh bool, use keyfile.Use, from keyfile.Source) (k newKey, err error) {
	k = newKey{reference: name, use: use}
	if !fresh {
		k.Public, err = s.public(name, use)
		return k, err
	}
	if k.made, err = s.make(name, use, from, f.Work); err == nil {
		k.Public = k.made.Public
	}
	return k, err
}

// signer returns the key ready to sign; one that was made just now asks for no
// passphrase.
func (k newKey) signer(s *session, from keyfile.Source) (licensefile.Signer, error) {
	if k.made != nil {
		return licensefile.NewSigner(k.made.Private), nil
	}
	return s.signer(k.reference, k.use, from)
}

// undo takes a key away again that was made for something that was refused.
func (k newKey) undo(s *session) {
	if k.made != nil {
		os.Remove(filepath.Join(s.keys(), k.Name+keyfile.Ext))
	}
}

// rootSide is the flags of commands that change the key list.
type rootSide struct {
	Root               []string `placeholder:"NAME" help:"Root keys that sign; those here when they are enough, else a draft is written."`
	RootPassphraseFile string   `placeholder:"FILE" help:"File whose first line is the passphrase of the root keys. Else it is that of the other keys."`
	Out                string   `short:"o" placeholder:"FILE" help:"Write a draft for the holders of root keys to this file, and sign nothing."`
}

func (r *rootSide) source(others keyfile.Source) keyfile.Source {
	if r.RootPassphraseFile != "" {
		return keyfile.Source{File: r.RootPassphraseFile, FD: -1}
	}
	return others
}

// roots returns the root keys that will sign a draft: those of the flag, or
// those here when they are enough. Without any, a draft is to be written.
func (r *rootSide) roots(s *session, a *authority.Authority, d *authority.KeyListDraft) ([]string, error) {
	if r.Out != "" || len(r.Root) > 0 {
		return r.Root, nil
	}
	p, err := a.Approval(s.ctx, d)
	if err != nil {
		return nil, err
	}
	here, err := keyfile.List(s.keys())
	if err != nil {
		return nil, err
	}
	var names []string
	for _, k := range here {
		i := slices.IndexFunc(p.Roots, func(o authority.RootApproval) bool { return o.Root.Key.Equal(k.Key) })
		if k.Use != keyfile.Root || i < 0 || p.HaveOld >= p.ThresholdBefore && p.HaveOwn >= p.ThresholdOwn {
			continue
		}
		names = append(names, k.Name)
		if p.Roots[i].Before {
			p.HaveOld++
		}
		if p.Roots[i].Own {
			p.HaveOwn++
		}
	}
	if p.HaveOld < p.ThresholdBefore || p.HaveOwn < p.ThresholdOwn {
		return nil, nil
	}
	return names, nil
}

// path returns where a draft goes.
func (r *rootSide) path(d *authority.KeyListDraft) string {
	if r.Out != "" {
		return r.Out
	}
	return fmt.Sprintf("key-list-%d.draft", d.Number)
}

// settle signs a draft and adds it where enough roots are, or writes it. It
// reports whether the list is on record now.
func (r *rootSide) settle(s *session, a *authority.Authority, d *authority.KeyListDraft, roots []string, from keyfile.Source, shown *shownRotation) (added bool, err error) {
	shown.Hash = d.Hash()
	if len(roots) > 0 {
		shown.did("sign and add key list %d with %s", d.Number, strings.Join(roots, " and "))
		if shown.DryRun {
			return true, nil
		}
		return true, s.signAndAdd(a, d, roots, r.source(from))
	}
	shown.Draft = r.path(d)
	shown.did("write the draft %s of key list %d", shown.Draft, d.Number)
	shown.next("each root: pott-authority key list sign %s --key ROOT", shown.Draft)
	shown.next("pott-authority key list add %s", shown.Draft)
	if shown.DryRun {
		return false, nil
	}
	return false, s.write(shown.Draft, d.Bytes())
}

// mayDraft returns an error when a draft would be written and cannot be.
func (r *rootSide) mayDraft(d *authority.KeyListDraft, roots []string) error {
	if len(roots) > 0 {
		return nil
	}
	return mayWrite(r.path(d))
}
