package main

import (
	"crypto/ed25519"
	"encoding/base64"
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
		g.Fence = fence
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
	return licensefile.IssuerGrant{Issuer: r.Issuer, Key: r.Key.Key}, nil
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
