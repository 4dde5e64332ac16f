package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type keyListCmd struct {
	Draft    keyListDraft    `cmd:"" help:"Write the next key list as a draft that travels to the holders of root keys."`
	Show     keyListShow     `cmd:"" help:"Show a draft, or a key list on record: what it changes and who has signed it."`
	Sign     keyListApprove  `cmd:"" help:"Add the signature of one root key to a draft."`
	Add      keyListAdd      `cmd:"" help:"Take key lists that enough roots have signed into the record."`
	Ls       keyListLs       `cmd:"" help:"List the key lists on record."`
	Export   keyListExport   `cmd:"" help:"Write all key lists into one file, for those who issue under the same root."`
	Recover  keyListRecover  `cmd:"" help:"Write the draft again that a root here has promised to sign."`
	Withdraw keyListWithdraw `cmd:"" help:"Take back a signature under a draft that will not be used."`
}

// A shownApproval is a root and whether it signed.
type shownApproval struct {
	Root        string `json:"root"`
	Fingerprint string `json:"fingerprint"`
	Signed      bool   `json:"signed"`
	Before      bool   `json:"root_of_the_list_before"`
	Own         bool   `json:"root_of_this_list"`
}

// A shownList is a draft, or a key list, as people and programs see it.
type shownList struct {
	Number    int64           `json:"number"`
	Hash      string          `json:"hash"`
	Issued    string          `json:"issued"`
	Through   license.Date    `json:"through,omitzero"`
	Threshold int             `json:"threshold"`
	Changes   []string        `json:"changes"`
	Roots     []shownApproval `json:"roots"`
	Missing   int             `json:"missing"` // signatures of roots of the list before and of its own, whichever lacks more
	Complete  bool            `json:"complete"`
	File      string          `json:"file,omitempty"`
	DryRun    bool            `json:"dry_run,omitempty"`
}

func (s *session) shownList(a *authority.Authority, d *authority.KeyListDraft) (*shownList, error) {
	p, err := a.Approval(s.ctx, d)
	if err != nil {
		return nil, err
	}
	lists, err := a.KeyLists(s.ctx)
	if err != nil {
		return nil, err
	}
	var before *licensefile.KeyList
	if d.Number > 1 {
		if before, err = licensefile.ParseKeyList(lists[d.Number-2]); err != nil {
			return nil, err
		}
	}
	l := &shownList{
		Number: d.Number, Hash: d.Hash(), Issued: d.Issued.Format("2006-01-02T15:04:05Z"), Through: d.Through, Threshold: d.Threshold,
		Changes: authority.KeyListChanges(before, d.KeyList), Roots: []shownApproval{}, Complete: p.Enough,
		Missing: max(p.ThresholdBefore-p.HaveOld, p.ThresholdOwn-p.HaveOwn, 0),
	}
	if l.Changes == nil {
		l.Changes = []string{}
	}
	for _, r := range p.Roots {
		l.Roots = append(l.Roots, shownApproval{r.Root.Name, licensefile.Fingerprint(r.Root.Key), r.Signed, r.Before, r.Own})
	}
	return l, nil
}

func (l *shownList) print(w io.Writer) {
	fmt.Fprintf(w, "key list   %d, issued %s\n", l.Number, l.Issued)
	fmt.Fprintf(w, "hash       %s\n", l.Hash)
	for _, c := range l.Changes {
		fmt.Fprintf(w, "change     %s\n", c)
	}
	if len(l.Changes) == 0 {
		fmt.Fprintln(w, "change     none")
	}
	for _, r := range l.Roots {
		state := "has not signed"
		if r.Signed {
			state = "signed"
		}
		switch {
		case !r.Own:
			state += " (leaves)"
		case !r.Before && l.Number > 1:
			state += " (new)"
		}
		fmt.Fprintf(w, "root       %s %s %s\n", r.Root, r.Fingerprint, state)
	}
	if l.Complete {
		fmt.Fprintln(w, "complete   yes")
	} else {
		fmt.Fprintf(w, "complete   no, %d more must sign\n", l.Missing)
	}
}

type keyListDraft struct {
	Out string `short:"o" placeholder:"FILE" help:"Where the draft goes; - is standard output. Else key-list-N.draft here."`
	changes
	preview
}

func (c *keyListDraft) Run(s *session) error {
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
	return s.deliverDraft(a, d, c.Out, c.DryRun)
}

// deliverDraft writes a draft and says what it is.
func (s *session) deliverDraft(a *authority.Authority, d *authority.KeyListDraft, path string, dryRun bool) error {
	if path == "" {
		path = fmt.Sprintf("key-list-%d.draft", d.Number)
	}
	shown, err := s.shownList(a, d)
	if err != nil {
		return err
	}
	if err := mayWrite(path); err != nil {
		return err
	}
	if shown.File, shown.DryRun = path, dryRun; !dryRun {
		if err := s.write(path, d.Bytes()); err != nil || path == "-" {
			return err
		}
	}
	return s.answer(shown, func(w io.Writer) {
		shown.print(w)
		if dryRun {
			fmt.Fprintf(w, "would write %s\n", path)
			return
		}
		fmt.Fprintf(w, "file       %s\n", path)
		fmt.Fprintf(w, "next       each root: pott-authority key list sign %s --key ROOT; then key list add %s\n", path, path)
	})
}

type keyListShow struct {
	File string `arg:"" help:"The draft, a signed key list, or the number of one on record."`
}

func (c *keyListShow) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	text, err := s.draftText(a, c.File)
	if err != nil {
		return err
	}
	d, err := authority.ParseKeyListDraft(text)
	if err != nil {
		return err
	}
	shown, err := s.shownList(a, d)
	if err != nil {
		return err
	}
	return s.answer(shown, shown.print)
}

// draftText returns a file, or the key list on record of a number.
func (s *session) draftText(a *authority.Authority, word string) ([]byte, error) {
	lists, err := a.KeyLists(s.ctx)
	if err != nil {
		return nil, err
	}
	for i, text := range lists {
		if word == fmt.Sprint(i+1) {
			return text, nil
		}
	}
	return s.read(word)
}

type keyListApprove struct {
	File string `arg:"" help:"The draft. The signature is added to the file itself."`
	Key  string `placeholder:"ROOT" help:"Root key that signs; the only one here that may when left out."`
	Out  string `short:"o" placeholder:"FILE" help:"Write the signed draft to another file; - is standard output."`
	passphrase
	preview
}

func (c *keyListApprove) Run(s *session) error {
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
	if c.Out != "" {
		if err := mayWrite(c.Out); err != nil {
			return err
		}
	}
	if c.DryRun {
		return s.showSigned(a, d, "", true)
	}
	signed, err := s.approve(a, d, c.Key, c.source())
	if err != nil {
		return err
	}
	out := c.Out
	if out == "" {
		out = c.File
		err = s.replace(out, signed.Bytes())
	} else {
		err = s.write(out, signed.Bytes())
	}
	if err != nil || out == "-" {
		return err
	}
	return s.showSigned(a, signed, out, false)
}

// approve adds the signature of a root key to a draft.
func (s *session) approve(a *authority.Authority, d *authority.KeyListDraft, name string, from keyfile.Source) (*authority.KeyListDraft, error) {
	p, err := a.Approval(s.ctx, d)
	if err != nil {
		return nil, err
	}
	name, err = s.choose(name, keyfile.Root, func(k keyfile.Public) bool {
		return slices.ContainsFunc(p.Roots, func(r authority.RootApproval) bool { return r.Root.Key.Equal(k.Key) })
	})
	if err != nil {
		return nil, err
	}
	signer, err := s.signer(name, keyfile.Root, from)
	if err != nil {
		return nil, err
	}
	return a.ApproveKeyList(s.ctx, s.by(), d, signer, s.p.now())
}

func (s *session) showSigned(a *authority.Authority, d *authority.KeyListDraft, path string, dryRun bool) error {
	shown, err := s.shownList(a, d)
	if err != nil {
		return err
	}
	shown.File, shown.DryRun = path, dryRun
	return s.answer(shown, func(w io.Writer) {
		shown.print(w)
		switch {
		case dryRun:
			fmt.Fprintln(w, "would sign this text")
		case shown.Complete:
			fmt.Fprintf(w, "next       pott-authority key list add %s\n", path)
		default:
			fmt.Fprintf(w, "next       send %s to the next root, who must see the same hash\n", path)
		}
	})
}
