package authority

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Sign redeems what was prepared and returns the license file. Before the
// signature is made it is recorded that it will be; the signed file is read and
// checked as a customer would, compared with what was prepared, and recorded.
//
// A second Sign returns an [*AlreadySignedError]. When Sign fails after it
// began, the set stays on record as begun, and [Authority.Resume] finishes it.
func (a *Authority) Sign(ctx context.Context, by string, p *Prepared, signer licensefile.Signer, now time.Time) ([]byte, error) {
	chain, err := a.ready(ctx, p.Entry.Issuer, signer, now)
	if err != nil {
		return nil, err
	}
	if !p.redeemed.CompareAndSwap(false, true) {
		return nil, &AlreadySignedError{p.Entry.Issuer, p.Entry.Serial, p.Entry.Number}
	}
	if err := a.record.Decide(ctx, p.Entry, store.Begun, nil, "", now, by); err != nil {
		return nil, a.whyNot(ctx, p.Entry.ID, err)
	}
	return a.finish(ctx, by, p.Draft, p.Entry, chain, signer, now)
}

// Reopen returns a prepared set from the record, to be signed. Only a set that
// is neither signed, begun nor abandoned can be.
func (a *Authority) Reopen(ctx context.Context, id string) (*Prepared, error) {
	e, err := a.record.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	if e.State != store.Prepared {
		return nil, stateError(e)
	}
	return &Prepared{Entry: e, Draft: draftOf(e)}, nil
}

// Resume finishes a set whose signing began and was interrupted. It signs the
// recorded text, so that a file that may have been made before and this one say
// the same.
func (a *Authority) Resume(ctx context.Context, by, id string, signer licensefile.Signer, now time.Time) ([]byte, error) {
	e, err := a.record.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	if e.State != store.Begun {
		return nil, stateError(e)
	}
	chain, err := a.ready(ctx, e.Issuer, signer, now)
	if err != nil {
		return nil, err
	}
	return a.finish(ctx, by, draftOf(e), e, chain, signer, now)
}

// Abandon gives up a prepared set: its number is free again. A set whose
// signing began cannot be given up, because its file may be in the world.
func (a *Authority) Abandon(ctx context.Context, by, id, reason string, now time.Time) error {
	e, err := a.record.Entry(ctx, id)
	if err != nil {
		return err
	}
	if e.State != store.Prepared {
		return stateError(e)
	}
	return a.whyNot(ctx, id, a.record.Decide(ctx, e, store.Abandoned, nil, reason, now, by))
}

// finish makes the file, checks it and records it.
func (a *Authority) finish(ctx context.Context, by string, d *licensefile.Draft, e *Entry, chain *chain, signer licensefile.Signer, now time.Time) ([]byte, error) {
	file, err := d.Seal(signer, chain.certificate, chain.lists...)
	if err != nil {
		return nil, fmt.Errorf("sealing set %d of %s: %w", e.Number, e.Serial, err)
	}
	if err := a.sameAsPrepared(file, d, e, now); err != nil {
		return nil, err
	}
	if err := a.record.Decide(ctx, e, store.Signed, file, "", now, by); err != nil {
		return nil, a.whyNot(ctx, e.ID, err)
	}
	return file, nil
}

// sameAsPrepared reads a signed file as a customer would and compares it with
// what was prepared.
func (a *Authority) sameAsPrepared(file []byte, d *licensefile.Draft, e *Entry, now time.Time) error {
	v, err := licensefile.Verify(file, a.trust, now)
	if err != nil {
		return fmt.Errorf("checking the signed file: %w", err)
	}
	differs := func(what string) error { return &SignedOtherwiseError{e.Issuer, e.Serial, e.Number, what} }
	switch {
	case v.Hash != e.Hash:
		return differs("the checkpoint")
	case !bytes.Equal(joinLines(v.Lines()), e.Lines):
		return differs("the lines")
	case v.Set.Issuer != e.Issuer || v.Set.Serial != e.Serial || v.Set.Number != e.Number || v.Set.Company != e.Company:
		return differs("the header")
	case len(d.Set.Licenses) > 0 && !reflect.DeepEqual(v.Set, d.Set):
		return differs("a license")
	}
	return nil
}

// draftOf returns the draft of a set on record. Of its set only the names that
// a checkpoint holds are known; the lines say the rest.
func draftOf(e *Entry) *licensefile.Draft {
	return &licensefile.Draft{
		Set:        license.Set{Issuer: e.Issuer, Serial: e.Serial, Number: e.Number, Company: e.Company},
		Lines:      splitLines(e.Lines),
		Checkpoint: e.Checkpoint,
	}
}

// whyNot replaces "somebody else was faster" by what they did.
func (a *Authority) whyNot(ctx context.Context, id string, err error) error {
	if taken := (*store.TakenError)(nil); !errors.As(err, &taken) {
		return err
	}
	e, readErr := a.record.Entry(ctx, id)
	if readErr != nil || e.State == store.Prepared {
		return err
	}
	return stateError(e)
}

// stateError says why a set cannot be signed or abandoned any more.
func stateError(e *Entry) error {
	switch e.State {
	case store.Signed:
		return &AlreadySignedError{e.Issuer, e.Serial, e.Number}
	case store.Begun:
		return &InterruptedError{e.ID, e.Issuer, e.Serial, e.Number}
	case store.Abandoned:
		return &AbandonedError{e.ID, e.Issuer, e.Serial, e.Number, e.Reason}
	}
	return &PendingError{e.ID, e.Issuer, e.Serial, e.Number, e.State}
}

// Sets returns everything on record in the order it was prepared, without the
// texts.
func (a *Authority) Sets(ctx context.Context) ([]*Entry, error) { return a.record.Entries(ctx) }

// Find returns the set a person means: by the id of its record, or written as
// ISSUER/serial/number. Of an abandoned number the later attempt is meant.
func (a *Authority) Find(ctx context.Context, text string) (*Entry, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return a.record.Entry(ctx, text)
	}
	number, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return nil, &store.MissingError{What: text}
	}
	return a.record.Set(ctx, license.Issuer(strings.ToUpper(parts[0])), parts[1], number)
}

// File returns the file of a signed set with the newest key lists around it,
// which never change the set.
func (a *Authority) File(ctx context.Context, e *Entry) ([]byte, error) {
	if e.State != store.Signed {
		return nil, stateError(e)
	}
	f, err := licensefile.Parse(e.File)
	if err != nil {
		return nil, fmt.Errorf("reading set %d of %s from the record: %w", e.Number, e.Serial, err)
	}
	if f.Hash != e.Hash {
		return nil, &SignedOtherwiseError{e.Issuer, e.Serial, e.Number, "the checkpoint"}
	}
	lists, err := a.keyLists(ctx)
	if err != nil || len(lists) == len(f.KeyLists) {
		return e.File, err
	}
	return f.Rewrap(f.Certificate.Bytes(), lists...)
}
