package main

import (
	"fmt"
	"io"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/authority/httpapi"
	"github.com/pott-dev/pott/licenseserver"
)

type answerCmd struct {
	Request string `arg:"" help:"The request file of an installation; - reads standard input."`
	delivery
}

// A shownAnswer is what answer answers.
type shownAnswer struct {
	Kind         string       `json:"kind"`
	Installation string       `json:"installation"` // fingerprint of the key that asks
	Serial       string       `json:"serial"`       // of the set
	Company      string       `json:"company,omitempty"`
	Request      string       `json:"request_spoken"` // six groups to compare by telephone
	Answer       string       `json:"answer_spoken,omitempty"`
	Set          *httpapi.Set `json:"set,omitempty"`
	File         string       `json:"file,omitempty"`
	DryRun       bool         `json:"dry_run,omitempty"`
}

func (x shownAnswer) print(w io.Writer) {
	did := "answered"
	if x.DryRun {
		did = "would answer"
	}
	fmt.Fprintf(w, "%s %s of %s for serial number %s\nkey      %s\nrequest  %s\n", did, x.Kind, either(x.Company, "an installation"), x.Serial, x.Installation, x.Request)
	if x.DryRun {
		fmt.Fprintln(w, "next     compare key and request over the telephone")
		return
	}
	fmt.Fprintf(w, "answer   %s\nset      %s\nfile     %s\n", x.Answer, x.Set.Name, x.File)
}

func either(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// Run signs a set that names the installation's key, unless the newest one does,
// and makes the key known.
func (c *answerCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	text, err := s.read(c.Request)
	if err != nil {
		return err
	}
	q, err := licenseserver.ParseRequest(text)
	if err != nil {
		return err
	}
	bound, err := a.BindTo(s.ctx, q)
	if err != nil {
		return err
	}
	shown := shownAnswer{Kind: string(q.Kind), Installation: q.Installation(), Serial: bound.Serial, Company: q.Company, Request: licenseserver.Spoken(text), DryRun: c.DryRun}
	e, file, err := c.bound(s, a, q, bound)
	if err != nil {
		return err
	}
	if c.DryRun {
		return s.answer(shown, shown.print)
	}
	path := c.path(e.Issuer, e.Serial, e.Number)
	if err := s.write(path, file); err != nil {
		return err
	}
	if path == "-" {
		return nil
	}
	set := httpapi.SetOf(e)
	shown.Answer, shown.Set, shown.File = licenseserver.Spoken(file), &set, path
	return s.answer(shown, shown.print)
}

// bound returns the set that answers a request, signed now when it has to be. In
// a dry run it only checks.
func (c *answerCmd) bound(s *session, a *authority.Authority, q *licenseserver.Request, b *authority.Bound) (*authority.Entry, []byte, error) {
	now := s.p.now()
	if b.Entry != nil {
		if err := mayWrite(c.path(b.Entry.Issuer, b.Entry.Serial, b.Entry.Number)); err != nil || c.DryRun {
			return nil, nil, err
		}
		if err := a.Vouch(s.ctx, s.by(), q, now); err != nil {
			return nil, nil, err
		}
		file, err := a.File(s.ctx, b.Entry)
		return b.Entry, file, err
	}
	if err := a.Pending(s.ctx, b.Order); err != nil {
		return nil, nil, err
	}
	r, err := a.Lint(s.ctx, b.Order, now)
	if err != nil {
		return nil, nil, err
	}
	set := &r.Draft.Set
	if err := mayWrite(c.path(set.Issuer, set.Serial, set.Number)); err != nil || c.DryRun {
		return nil, nil, err
	}
	signer, err := c.signer(s, a, set.Issuer)
	if err != nil {
		return nil, nil, err
	}
	// A code that is not good is refused before anything is signed.
	if err := a.Vouch(s.ctx, s.by(), q, now); err != nil {
		return nil, nil, err
	}
	p, err := a.Prepare(s.ctx, s.by(), b.Order, now)
	if err != nil {
		return nil, nil, err
	}
	file, err := a.Sign(s.ctx, s.by(), p, signer, now)
	if err != nil {
		return nil, nil, err
	}
	e, err := a.Find(s.ctx, p.Entry.ID)
	return e, file, err
}
