package authority

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// A Prepared is a set that was checked and recorded: the only thing that can be
// signed, and only once.
type Prepared struct {
	Entry    *Entry
	Draft    *licensefile.Draft
	Problems []Problem // warnings only

	redeemed atomic.Bool
}

// A Review is what is to be said of an order before anything is recorded.
type Review struct {
	Order     *Order
	Catalogue *StoredCatalogue
	Set       license.Set        // as far as it could be made
	Draft     *licensefile.Draft // nil when something stands in the way
	Problems  []Problem
	Before    Before // what was issued last to the same serial number
}

// Lint checks an order against the newest catalogue, what was issued before and
// what the issuer may issue, and records nothing. The review names every
// problem; the error is a [*LintError] when one stands in the way.
func (a *Authority) Lint(ctx context.Context, order []byte, now time.Time) (*Review, error) {
	o, err := ParseOrder(order)
	if err != nil {
		return nil, err
	}
	c, err := a.Catalogue(ctx, o.Issuer)
	if err != nil {
		return nil, err
	}
	last, err := a.record.Last(ctx, o.Issuer, o.Serial)
	if err != nil {
		return nil, err
	}
	r := review(o, c.Catalogue, before(last), now)
	r.Catalogue = c
	if r.Draft != nil {
		chain, err := a.chain(ctx, o.Issuer)
		if err != nil {
			return nil, err
		}
		r.Problems = append(r.Problems, fenceProblems(&chain.grant.Fence, r.Draft.Set)...)
	}
	if err := Blocked(r.Problems); err != nil {
		r.Draft = nil
		return r, err
	}
	return r, nil
}

// Prepare checks an order, records the text that will be signed, and returns
// it. It returns a [*LintError] when something stands in the way, and a
// [*PendingError] while an earlier set of the same serial number is neither
// signed nor abandoned; nothing is recorded then.
func (a *Authority) Prepare(ctx context.Context, by string, order []byte, now time.Time) (*Prepared, error) {
	// Said before anything else: most of what lint would find follows from it.
	if err := a.Pending(ctx, order); err != nil {
		return nil, err
	}
	r, err := a.Lint(ctx, order, now)
	if err != nil {
		return nil, err
	}
	d := r.Draft
	e := &Entry{
		ID: strings.ToLower(rand.Text()[:12]), Issuer: d.Set.Issuer, Serial: d.Set.Serial, Number: d.Set.Number,
		Company: d.Set.Company, Checkpoint: d.Checkpoint, Hash: d.Hash(), Previous: d.Set.Previous,
		Lines: joinLines(d.Lines), Order: order, Catalogue: r.Catalogue.Number, Licenses: int64(len(d.Set.Licenses)),
		Expiry: d.Set.Dates.Expiry, PreparedAt: now, PreparedBy: by, State: store.Prepared,
	}
	if err := a.record.Record(ctx, e); err != nil {
		return nil, err
	}
	return &Prepared{Entry: e, Draft: d, Problems: r.Problems}, nil
}

// Pending returns a [*PendingError] when a set stands in front of an order: one
// of the same serial number that is neither signed nor abandoned.
func (a *Authority) Pending(ctx context.Context, order []byte) error {
	o, err := ParseOrder(order)
	if err != nil {
		return err
	}
	last, err := a.record.Last(ctx, o.Issuer, o.Serial)
	if err != nil || last == nil || last.State == store.Signed {
		return err
	}
	return &PendingError{last.ID, last.Issuer, last.Serial, last.Number, last.State}
}

// before is what a set on record says to the next one.
func before(last *Entry) Before {
	if last == nil {
		return Before{}
	}
	return Before{last.Number, last.Hash, last.Company}
}

// review checks an order and, when nothing stands in the way, writes the text
// to be signed.
func review(o *Order, c *Catalogue, before Before, now time.Time) *Review {
	r := &Review{Order: o, Before: before}
	r.Problems = append(c.Lint(), lintOrder(o, c, before, now)...)
	r.Set = setOf(o, c, before, now)
	if Blocked(r.Problems) != nil {
		return r
	}
	d, err := licensefile.NewDraft(r.Set, optionalOf(c)...)
	if err != nil {
		r.Problems = append(r.Problems, draftProblem(err))
		return r
	}
	r.Draft = d
	return r
}

// setOf returns the set an order asks for.
func setOf(o *Order, c *Catalogue, before Before, now time.Time) license.Set {
	s := license.Set{
		Issuer: o.Issuer, IssuerName: c.Issuer.Name, Company: o.Company, Serial: o.Serial,
		Number: before.Number + 1, Previous: before.Checkpoint, Issued: now.UTC().Truncate(time.Second),
		Dates:    license.Dates(o.Dates),
		Start:    o.Start,
		TimeZone: o.TimeZone, Deployment: o.Deployment, Product: o.Product, Occupancy: c.Occupancy,
		Installation: o.Installation, Final: o.Final, Demo: o.Demo,
	}
	s.Licenses, s.Clients = compose(o, c)
	return s
}

// optionalOf returns the lines of a set that readers may ignore: where the issuer's
// license server is asked.
func optionalOf(c *Catalogue) []licensefile.Optional {
	if c.Issuer.LicenseServer == "" {
		return nil
	}
	return []licensefile.Optional{{Name: licenseserver.AddressLine, Text: c.Issuer.LicenseServer}}
}

// draftProblem places what the writer of license files refuses. A line of the
// file is not one of the order, so none is named.
func draftProblem(err error) Problem {
	if e := (*licensefile.FormatError)(nil); errors.As(err, &e) {
		err = &OrderTextError{"the set", "cannot be written: " + e.Rule}
	}
	return Problem{Blocking, "set", 0, err}
}

// fenceProblems returns everything in a set that the issuer may not issue.
//
// The fence stops at the first thing; asking license by license, in a set that
// has nothing else wrong, finds all of them.
func fenceProblems(f *licensefile.Fence, s license.Set) []Problem {
	var problems []Problem
	ask := func(s license.Set) bool {
		err := f.Check(s)
		e := (*licensefile.FenceError)(nil)
		switch {
		case errors.As(err, &e):
			err = &OrderFenceError{e.Fence, e.Module, e.Limit, e.Got}
			fallthrough
		case err != nil:
			problems = append(problems, Problem{Blocking, "set", 0, err})
		}
		return err == nil
	}
	header := s
	header.Licenses = nil
	headerFits := ask(header)
	one := license.Set{Issuer: s.Issuer, Issued: f.LastDate.Midnight(time.UTC), Dates: license.Dates{Expiry: f.LastDate}}
	linesFit := true
	for i := range s.Licenses {
		one.Licenses = s.Licenses[i : i+1]
		linesFit = ask(one) && linesFit
	}
	if headerFits && linesFit {
		ask(s) // what only shows on the whole: the total
	}
	return problems
}

func joinLines(lines [][]byte) []byte {
	return append(bytes.Join(lines, []byte{'\n'}), '\n')
}

func splitLines(text []byte) [][]byte {
	return bytes.Split(bytes.TrimSuffix(text, []byte{'\n'}), []byte{'\n'})
}
