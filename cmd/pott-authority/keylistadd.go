package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
)

type keyListAdd struct {
	Files []string `arg:"" name:"file" help:"Copies of one signed draft, whose signatures are put together; or one file with several key lists, or a license file that carries them."`
	preview
}

func (c *keyListAdd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	var lists [][]byte
	if len(c.Files) == 1 {
		text, err := s.read(c.Files[0])
		if err != nil {
			return err
		}
		// A draft without a signature is refused with the words of a draft.
		if lists, err = authority.SplitKeyLists(text); err != nil {
			lists = [][]byte{text}
		}
	} else if lists, err = s.merged(c.Files); err != nil {
		return err
	}
	return s.addLists(a, lists, c.DryRun)
}

// merged puts the signatures of several copies of one draft together.
func (s *session) merged(files []string) ([][]byte, error) {
	var drafts []*authority.KeyListDraft
	for _, path := range files {
		text, err := s.read(path)
		if err != nil {
			return nil, err
		}
		d, err := authority.ParseKeyListDraft(text)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, d)
	}
	d, err := authority.MergeKeyListDrafts(drafts...)
	if err != nil {
		return nil, err
	}
	return [][]byte{d.Bytes()}, nil
}

func (s *session) addLists(a *authority.Authority, lists [][]byte, dryRun bool) error {
	newest, err := authority.ParseKeyListDraft(lists[len(lists)-1])
	if err != nil {
		return err
	}
	did, added := "added", 0
	if dryRun {
		did = "would add"
		added, err = a.TryKeyLists(s.ctx, lists)
	} else {
		added, err = a.AddKeyLists(s.ctx, s.by(), lists, s.p.now())
	}
	if err != nil {
		return err
	}
	doc := map[string]any{"number": newest.Number, "hash": newest.Hash(), "added": added, "dry_run": dryRun}
	return s.answer(doc, func(w io.Writer) {
		if added == 0 {
			fmt.Fprintf(w, "key list %d is on record already\n", newest.Number)
			return
		}
		fmt.Fprintf(w, "%s key list %d\nhash  %s\n", did, newest.Number, newest.Hash())
	})
}

type keyListLs struct{}

func (c *keyListLs) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	lists, err := a.KeyLists(s.ctx)
	if err != nil {
		return err
	}
	items := []*shownList{}
	var rows [][]string
	for _, text := range lists {
		d, err := authority.ParseKeyListDraft(text)
		if err != nil {
			return err
		}
		l, err := s.shownList(a, d)
		if err != nil {
			return err
		}
		items = append(items, l)
		rows = append(rows, []string{fmt.Sprint(l.Number), l.Issued, fmt.Sprintf("%d of %d", l.Threshold, len(d.Roots)), fmt.Sprint(len(d.Issuers)), fmt.Sprint(len(d.Revocations)), l.Hash})
	}
	return s.answer(map[string]any{"items": items}, func(w io.Writer) {
		s.table(w, []string{"#list", "issued", "roots", "#issuers", "#revoked", "hash"}, rows)
	})
}

type keyListExport struct {
	Out string `short:"o" placeholder:"FILE" help:"Where the key lists go; - is standard output. Else key-lists.txt here."`
	preview
}

func (c *keyListExport) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	lists, err := a.KeyLists(s.ctx)
	if err != nil {
		return err
	}
	if len(lists) == 0 {
		return &authority.NoKeyListError{}
	}
	path := c.Out
	if path == "" {
		path = "key-lists.txt"
	}
	return s.exported(path, authority.JoinKeyLists(lists), fmt.Sprintf("%d key lists", len(lists)), c.DryRun)
}

// exported writes a file that is no secret, and says so.
func (s *session) exported(path string, text []byte, what string, dryRun bool) error {
	if err := mayWrite(path); err != nil {
		return err
	}
	did := "would write"
	if !dryRun {
		if err := s.write(path, text); err != nil || path == "-" {
			return err
		}
		did = "wrote"
	}
	return s.answer(map[string]any{"file": path, "bytes": len(text), "dry_run": dryRun}, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s: %s\n", did, path, what)
	})
}

type keyListRecover struct {
	Out string `short:"o" placeholder:"FILE" help:"Where the draft goes; - is standard output. Else key-list-N.draft here."`
	preview
}

// Run helps after an interruption: a root signs one text under one number, so
// that text must not be lost.
func (c *keyListRecover) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	d, err := a.PromisedDraft(s.ctx)
	if err != nil {
		return err
	}
	return s.deliverDraft(a, d, c.Out, c.DryRun)
}

type keyListWithdraw struct {
	File   string `arg:"" help:"The draft that was signed here."`
	Key    string `required:"" placeholder:"ROOT" help:"Root key that signed it."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, for the record."`
	preview
}

func (c *keyListWithdraw) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	text, err := s.read(c.File)
	if err != nil {
		return err
	}
	d, err := authority.ParseKeyListDraft(text)
	if err != nil {
		return err
	}
	k, err := s.public(c.Key, keyfile.Root)
	if err != nil {
		return err
	}
	did := "would withdraw"
	if !c.DryRun {
		did = "withdrew"
		if err := a.WithdrawApproval(s.ctx, s.by(), d, k.Key, c.Reason, s.p.now()); err != nil {
			return err
		}
	}
	return s.answer(map[string]any{"number": d.Number, "hash": d.Hash(), "key": c.Key, "reason": c.Reason, "dry_run": c.DryRun}, func(w io.Writer) {
		fmt.Fprintf(w, "%s the signature of %s under key list %d: %s\n", did, c.Key, d.Number, c.Reason)
	})
}

// replace puts a file in the place of another, whole or not at all.
func (s *session) replace(path string, text []byte) error {
	if path == "-" {
		_, err := s.p.stdout.Write(text)
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fileError(path, err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return fileError(path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fileError(path, err)
	}
	return nil
}
