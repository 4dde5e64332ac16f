package installation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/pott-dev/pott/auditproof"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/licensefile"
)

// A NoTrailError is returned when there is no audit trail a proof could be made
// of: its head is missing.
type NoTrailError struct{ Installation string }

func (e *NoTrailError) Error() string {
	return fmt.Sprintf("installation %s has no head that its audit trail could lead to", e.Installation)
}

// Code returns the stable code of the error.
func (e *NoTrailError) Code() string { return "audit.no-trail" }

// A ProofAsked says which proof of the audit trail is wanted.
type ProofAsked struct {
	AuditSpan
	Names bool // also who the opaque ids of people stand for
}

// An AuditProof is a proof of the audit trail that is about to be written.
type AuditProof struct {
	header auditproof.Header
	signer licensefile.Signer // nil: nobody can speak for the trail
	people map[string]auditproof.Person
	book   *store.Book
}

// AuditProof prepares a proof of a range of the audit trail, which somebody
// without access to the server can check. A trail that does not hang together is
// written as it stands: whoever checks the proof finds the place. One with names is
// recorded, behind the end of the trail that it is about.
//
// The errors are [BadValueError] and [NoTrailError].
func (in *Installation) AuditProof(ctx context.Context, act Act, asked ProofAsked) (*AuditProof, error) {
	var span store.Span
	head := in.book.Head()
	p := &AuditProof{book: in.book, people: map[string]auditproof.Person{}}
	err := in.view(func(v *store.View) (err error) {
		if span, err = in.spanOf(ctx, v, asked.AuditSpan); err != nil {
			return err
		}
		p.header.Rollback = rollbackWord(in.rollback(v, act.Language))
		if asked.Names {
			p.people = peopleOf(v)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case head.Seq == 0 || head.Link == [32]byte{}:
		return nil, &NoTrailError{Installation: in.name}
	}
	span.From = max(span.From, 1)
	if span.To == 0 || span.To > head.Seq {
		span.To = head.Seq
	}
	span.From = min(span.From, span.To+1)
	before, err := in.book.PlaceBefore(ctx, span.From)
	if err != nil {
		return nil, err
	}
	h := &p.header
	h.Installation, h.Name, h.Ledger, h.From, h.To = in.book.ID(), in.name, "seats", span.From, span.To
	h.Made, h.After, h.Head = in.options.Now().UTC().Format("2006-01-02T15:04:05Z"), proofPlace(before), proofPlace(head)
	if in.key != nil && in.book.Vouched() {
		p.signer = licensefile.NewSigner(in.key)
	}
	if asked.Names {
		in.leaves(ctx, act, "audit.export", audit.F("from", h.From), audit.F("to", h.To))
	}
	return p, nil
}

func rollbackWord(state, _ string) auditproof.State {
	switch state {
	case "intact":
		return auditproof.Intact
	case "broken":
		return auditproof.Broken
	}
	return auditproof.Unchecked
}

func proofPlace(h store.Head) auditproof.Place {
	if h.Seq == 0 {
		return auditproof.Place{}
	}
	return auditproof.Place{Seq: h.Seq, Epoch: hex.EncodeToString(h.Epoch[:]), Link: hex.EncodeToString(h.Link[:])}
}

// peopleOf is everybody whose values are known, by opaque id.
func peopleOf(v *store.View) map[string]auditproof.Person {
	people := map[string]auditproof.Person{}
	for p := range v.People() {
		if p.Personal.UserID != "" {
			people[p.ID] = auditproof.Person{Person: p.ID, UserID: p.Personal.UserID, First: p.Personal.First, Last: p.Personal.Last}
		}
	}
	return people
}

// Name returns what a file with the proof is called.
func (p *AuditProof) Name() string {
	return fmt.Sprintf("%s-%d-%d.proof", p.header.Name, p.header.From, p.header.To)
}

// Write writes the proof. What was written when it fails is not one.
func (p *AuditProof) Write(ctx context.Context, w io.Writer) error {
	out := auditproof.NewWriter(w, p.header, p.signer)
	named := map[string]auditproof.Person{}
	span := store.Span{From: p.header.From, To: p.header.To}
	err := p.book.Trail(ctx, p.header.After.Seq, p.header.Head.Seq, span, func(t *store.TrailBatch) error {
		changes := sha256.Sum256(t.Changes)
		b := auditproof.Batch{Seq: t.Seq, Epoch: digits(t.Epoch, 16), Batch: digits(t.ID, 16), At: t.At, Node: t.Node,
			Content: digits(t.Entries, 32), Changes: digits(changes[:], 32), Link: digits(t.Link, 32)}
		for _, e := range t.Trail {
			b.Entries = append(b.Entries, auditproof.Entry{N: e.N, At: e.At, Kind: e.Kind, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Facts: e.Facts})
			p.name(named, e.Subject)
			if e.Kind == string(audit.Person) {
				p.name(named, e.Actor)
			}
		}
		return out.Batch(&b)
	})
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(named)) {
		if err := out.Person(named[id]); err != nil {
			return err
		}
	}
	return out.Close(p.signer)
}

// digits returns bytes in hex. Those of another length than can have been written
// are shown as zeros: whoever checks the proof finds that they do not follow.
func digits(b []byte, size int) string {
	if len(b) != size {
		b = make([]byte, size)
	}
	return hex.EncodeToString(b)
}

func (p *AuditProof) name(named map[string]auditproof.Person, id string) {
	if who, known := p.people[id]; known {
		named[id] = who
	}
}
