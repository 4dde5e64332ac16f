package authority

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/licensefile"
)

// A KeyListDraft is a key list on its way to enough signatures. It travels as a
// file between the holders of root keys: the text of the list, and below it the
// signatures made so far.
type KeyListDraft struct {
	*licensefile.KeyList
	Text []byte // what is signed
	note []byte // with the signatures; nil when there is none
}

// NewKeyListDraft returns the draft of a list that nobody has signed.
func NewKeyListDraft(l *licensefile.KeyList) (*KeyListDraft, error) {
	text, err := licensefile.MarshalKeyList(l)
	if err != nil {
		return nil, err
	}
	return &KeyListDraft{KeyList: l, Text: text}, nil
}

// ParseKeyListDraft reads a draft, with or without signatures. It checks form,
// not signatures.
func ParseKeyListDraft(file []byte) (*KeyListDraft, error) {
	text, _, signed := bytes.Cut(file, []byte("\n\n"))
	if !signed {
		// A reader of key lists wants a signature, so it gets one that says
		// nothing; only the text is kept.
		l, err := licensefile.ParseKeyList(append(bytes.Clone(file), "\n— unsigned AAAAAAA=\n"...))
		if err != nil {
			return nil, err
		}
		return NewKeyListDraft(withoutNote(l))
	}
	l, err := licensefile.ParseKeyList(file)
	if err != nil {
		return nil, err
	}
	return &KeyListDraft{KeyList: l, Text: append(text, '\n'), note: file}, nil
}

// withoutNote returns the list as if it had never been parsed.
func withoutNote(l *licensefile.KeyList) *licensefile.KeyList {
	return &licensefile.KeyList{
		Number: l.Number, Issued: l.Issued, Through: l.Through, Threshold: l.Threshold, Roots: l.Roots,
		NextRoots: l.NextRoots, Algorithms: l.Algorithms, Issuers: l.Issuers, Revocations: l.Revocations,
	}
}

// Bytes returns the draft as it travels.
func (d *KeyListDraft) Bytes() []byte {
	if d.note != nil {
		return d.note
	}
	return d.Text
}

// Hash returns the SHA-256 of the text in lower-case hex: what everybody who
// signs must see. Signatures do not change it.
func (d *KeyListDraft) Hash() string { return hashOf(d.Text) }

// origin is the name of what a key list's signers promise.
func (d *KeyListDraft) origin() string { return fmt.Sprintf("pott-key-list/%d", d.Number) }

// signed reports whether a root signed the draft. A signature that says it is
// by that root and is not is an error.
func (d *KeyListDraft) signed(root licensefile.RootKey) (bool, error) {
	if d.note == nil {
		return false, nil
	}
	v, err := note.NewVerifier(root.String())
	if err != nil {
		return false, err
	}
	_, err = note.Open(d.note, note.VerifierList(v))
	if e := (*note.InvalidSignatureError)(nil); errors.As(err, &e) {
		return false, &licensefile.SignatureError{What: fmt.Sprintf("key list %d", d.Number), Why: "the signature of " + root.Name + " does not belong to the text"}
	}
	return err == nil, nil
}

// sign adds the signature of a root.
func (d *KeyListDraft) sign(root licensefile.RootKey, signer licensefile.Signer) (*KeyListDraft, error) {
	var file []byte
	var err error
	if d.note != nil {
		file, err = licensefile.CosignKeyList(d.note, root, signer)
	} else {
		file, err = d.signFirst(root, signer)
	}
	if err != nil {
		return nil, err
	}
	return ParseKeyListDraft(file)
}

// signFirst makes the first signature, which may be that of a root which leaves
// with this list.
func (d *KeyListDraft) signFirst(root licensefile.RootKey, signer licensefile.Signer) ([]byte, error) {
	v, err := note.NewVerifier(root.String())
	if err != nil {
		return nil, err
	}
	file, err := note.Sign(&note.Note{Text: string(d.Text)}, noteSigner{v, signer})
	if err != nil {
		return nil, fmt.Errorf("signing with key %s: %w", licensefile.Fingerprint(signer.Public()), err)
	}
	if _, err := note.Open(file, note.VerifierList(v)); err != nil {
		return nil, fmt.Errorf("key %s made a signature that does not verify", licensefile.Fingerprint(signer.Public()))
	}
	return file, nil
}

// A noteSigner signs notes under the name of a root.
type noteSigner struct {
	note.Verifier
	signer licensefile.Signer
}

func (s noteSigner) Sign(text []byte) ([]byte, error) { return s.signer.Sign(text) }

// MergeKeyListDrafts returns one draft with the signatures of all of them, which
// must be drafts of one text.
func MergeKeyListDrafts(drafts ...*KeyListDraft) (*KeyListDraft, error) {
	merged := *drafts[0]
	for _, d := range drafts[1:] {
		if d.Hash() != merged.Hash() {
			return nil, &DraftsDifferError{Number: merged.Number, Hash: merged.Hash(), Other: d.Hash()}
		}
		if d.note == nil {
			continue
		}
		if merged.note == nil {
			merged.note = d.note
			continue
		}
		for line := range bytes.Lines(d.note[len(d.Text)+1:]) {
			if !bytes.Contains(merged.note[len(merged.Text):], append([]byte{'\n'}, line...)) {
				merged.note = append(bytes.Clone(merged.note), line...)
			}
		}
	}
	return ParseKeyListDraft(merged.Bytes())
}

// A RootApproval is whether a root has signed a draft.
type RootApproval struct {
	Root   licensefile.RootKey
	Before bool // it is a root of the list before
	Own    bool // it is a root of the list itself
	Signed bool
}

// An Approval is how far a draft has come.
type Approval struct {
	Roots                    []RootApproval
	ThresholdBefore, HaveOld int // 0 for the first list
	ThresholdOwn, HaveOwn    int
	Enough                   bool // it can be added
	Strangers                int  // signatures that are of no root
}

// rootsBefore returns the roots a list must convince beside its own.
func (a *Authority) rootsBefore(ctx context.Context, number int64) (roots []licensefile.RootKey, threshold int, err error) {
	lists, err := a.keyLists(ctx)
	if err != nil {
		return nil, 0, err
	}
	switch next := int64(len(lists)) + 1; {
	case number > next:
		return nil, 0, &store.NumberError{What: "key list", Number: number, Next: next}
	case number == 1:
		return a.trust.Roots, 0, nil
	}
	verified, err := licensefile.VerifyKeyLists(lists, a.trust)
	if err != nil {
		return nil, 0, err
	}
	l := verified[number-2]
	return l.Roots, l.Threshold, nil
}

// Approval says who has signed a draft and whether that is enough. The lists
// before it must be on record.
func (a *Authority) Approval(ctx context.Context, d *KeyListDraft) (*Approval, error) {
	before, threshold, err := a.rootsBefore(ctx, d.Number)
	if err != nil {
		return nil, err
	}
	if threshold == 0 {
		before = nil
	}
	p := &Approval{ThresholdBefore: threshold, ThresholdOwn: d.Threshold}
	known := 0
	for _, root := range slices.Concat(before, d.Roots) {
		signed, err := d.signed(root)
		if err != nil {
			return nil, err
		}
		r := RootApproval{root, contains(before, root.Key), contains(d.Roots, root.Key), signed}
		if i := slices.IndexFunc(p.Roots, func(o RootApproval) bool { return o.Root.Key.Equal(root.Key) && o.Root.Name == root.Name }); i >= 0 {
			continue
		}
		p.Roots = append(p.Roots, r)
		if !signed {
			continue
		}
		known++
		if r.Before {
			p.HaveOld++
		}
		if r.Own {
			p.HaveOwn++
		}
	}
	p.Enough = p.HaveOld >= p.ThresholdBefore && p.HaveOwn >= p.ThresholdOwn
	if d.note != nil {
		p.Strangers = bytes.Count(d.note[len(d.Text)+1:], []byte{'\n'}) - known
	}
	return p, nil
}

func contains(roots []licensefile.RootKey, key ed25519.PublicKey) bool {
	return slices.ContainsFunc(roots, func(r licensefile.RootKey) bool { return r.Key.Equal(key) })
}

// ApproveKeyList adds the signature of one root to the draft of the next key
// list. That it will is recorded before: a root signs one text under one number.
// A root that signed the draft already changes nothing.
func (a *Authority) ApproveKeyList(ctx context.Context, by string, d *KeyListDraft, signer licensefile.Signer, now time.Time) (*KeyListDraft, error) {
	if err := a.isNext(ctx, d); err != nil {
		return nil, err
	}
	root, err := a.approver(ctx, d, signer.Public())
	if err != nil {
		return nil, err
	}
	if signed, err := d.signed(root); err != nil || signed {
		return d, err
	}
	if err := a.promise(ctx, by, d.origin(), signer.Public(), d.Text, now); err != nil {
		return nil, err
	}
	signed, err := d.sign(root, signer)
	if err != nil {
		// No signature came of it, so nobody can have one.
		_, undone := a.record.Withdraw(ctx, store.Promise{Origin: d.origin(), Key: signer.Public(), Hash: d.Hash(), At: now, By: by}, "no signature was made")
		return nil, errors.Join(err, undone)
	}
	return signed, nil
}

// PromisedDraft returns the draft of the next key list that a root here has
// promised to sign, without its signatures: what gets an act on again that was
// interrupted before its file was written. It returns a [*NotApprovedError] when
// there is none.
func (a *Authority) PromisedDraft(ctx context.Context) (*KeyListDraft, error) {
	lists, err := a.keyLists(ctx)
	if err != nil {
		return nil, err
	}
	next := &KeyListDraft{KeyList: &licensefile.KeyList{Number: int64(len(lists)) + 1}}
	text, err := a.record.PromisedText(ctx, next.origin())
	if err != nil {
		return nil, err
	}
	if text == nil {
		return nil, &NotApprovedError{KeyList: next.Number}
	}
	return ParseKeyListDraft(text)
}

// approver returns the root that a key may approve a draft as: one of the list
// before or one of its own.
func (a *Authority) approver(ctx context.Context, d *KeyListDraft, key ed25519.PublicKey) (licensefile.RootKey, error) {
	before, _, err := a.rootsBefore(ctx, d.Number)
	if err != nil {
		return licensefile.RootKey{}, err
	}
	for _, root := range slices.Concat(d.Roots, before) {
		if root.Key.Equal(key) {
			return root, nil
		}
	}
	return licensefile.RootKey{}, &NotARootError{Key: licensefile.Fingerprint(key), KeyList: d.Number}
}

// isNext returns an error unless a draft has the number that comes next here.
func (a *Authority) isNext(ctx context.Context, d *KeyListDraft) error {
	lists, err := a.keyLists(ctx)
	if err != nil {
		return err
	}
	next := int64(len(lists)) + 1
	if d.Number == next {
		return nil
	}
	if d.Number < next && !bytes.HasPrefix(lists[d.Number-1], append(bytes.Clone(d.Text), '\n')) {
		return &licensefile.ForkedKeyListError{Number: d.Number}
	}
	return &store.NumberError{What: "key list", Number: d.Number, Next: next}
}

// promise records what a key is about to sign, and the refusal when it has
// promised something else.
func (a *Authority) promise(ctx context.Context, by, origin string, key ed25519.PublicKey, text []byte, now time.Time) error {
	err := a.record.Promise(ctx, store.Promise{Origin: origin, Key: key, Text: text, Hash: hashOf(text), At: now, By: by})
	if e := (*store.EquivocationError)(nil); errors.As(err, &e) {
		return errors.Join(err, a.note(ctx, by, "promise.refused", origin, now, audit.F("hash", e.Hash), audit.F("promised", e.Promised)))
	}
	return err
}

// note records an act that changes nothing else.
func (a *Authority) note(ctx context.Context, by, what, about string, now time.Time, facts ...audit.Fact) error {
	return a.record.Note(ctx, store.Act{At: now, By: by, What: what, About: about, Facts: facts})
}

// WithdrawApproval takes back what a root key promised for the next key list, so
// that it may sign another text under that number. It is refused when the
// signatures of the draft, or that key's alone, are enough: then the list may be
// in the world, and must be added.
func (a *Authority) WithdrawApproval(ctx context.Context, by string, d *KeyListDraft, key ed25519.PublicKey, reason string, now time.Time) error {
	if err := a.isNext(ctx, d); err != nil {
		return err
	}
	p, err := a.Approval(ctx, d)
	if err != nil {
		return err
	}
	alone := p.ThresholdBefore <= 1 && p.ThresholdOwn <= 1 && contains(d.Roots, key)
	if p.Enough || alone {
		return &ListCompleteError{KeyList: d.Number}
	}
	did, err := a.record.Withdraw(ctx, store.Promise{Origin: d.origin(), Key: key, Hash: d.Hash(), At: now, By: by}, reason)
	if err == nil && !did {
		err = &NotApprovedError{Key: licensefile.Fingerprint(key), KeyList: d.Number}
	}
	return err
}

// hashOf returns the SHA-256 of a text in lower-case hex.
func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
