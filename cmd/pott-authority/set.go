package main

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/authority/httpapi"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type setCmd struct {
	Lint    setLint    `cmd:"" help:"Say everything that is wrong with an order; record nothing."`
	Prepare setPrepare `cmd:"" help:"Check an order and record what will be signed."`
	Sign    setSign    `cmd:"" help:"Sign a prepared set and deliver its file."`
	Issue   setIssue   `cmd:"" help:"Prepare and sign an order in one act."`
	Abandon setAbandon `cmd:"" help:"Give up a prepared set; its number is free again."`
	Ls      setLs      `cmd:"" help:"List what was prepared and signed."`
	Show    setShow    `cmd:"" help:"Show a set on record."`
	Export  setExport  `cmd:"" help:"Deliver the file of a signed set again."`
	Rewrap  setRewrap  `cmd:"" help:"Deliver a signed set with the newest certificate and key lists around it."`
	Audit   setAudit   `cmd:"" help:"Compare the sets a customer has with the record; alarm when one was not signed here."`

	ImportSuperOffice setImportSuperOffice `cmd:"" name:"import-superoffice" help:"Make a draft order of a license package of SuperOffice; nothing in it is believed."`
	ExportSuperOffice setExportSuperOffice `cmd:"" name:"export-superoffice" help:"Make an unsigned license package of SuperOffice of a signed set, for other tools."`
}

// day is the day of a moment, in UTC.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// A shownReview is what lint and prepare answer.
type shownReview struct {
	Issuer   license.Issuer `json:"issuer"`
	Serial   string         `json:"serial"`
	Number   int64          `json:"number"`
	Company  string         `json:"company"`
	Licenses int            `json:"licenses"`
	Expiry   license.Date   `json:"expiry,omitzero"`
	Grace    license.Date   `json:"grace,omitzero"`
	Clients  []string       `json:"clients"`
	Hash     string         `json:"hash,omitempty"`
	Previous string         `json:"previous,omitempty"`
	ID       string         `json:"id,omitempty"` // of the record, once prepared
	DryRun   bool           `json:"dry_run,omitempty"`
	Problems []shownProblem `json:"problems"`
}

func (s *session) review(d *licensefile.Draft, problems []authority.Problem, id string, dryRun bool) shownReview {
	r := shownReview{
		Issuer: d.Set.Issuer, Serial: d.Set.Serial, Number: d.Set.Number, Company: d.Set.Company, Licenses: len(d.Set.Licenses),
		Expiry: d.Set.Dates.Expiry, Grace: d.Set.Dates.Grace, Clients: []string{}, Hash: d.Hash(), Previous: d.Set.Previous,
		ID: id, DryRun: dryRun, Problems: s.problems(problems),
	}
	for _, c := range d.Set.Clients {
		r.Clients = append(r.Clients, c.Name)
	}
	return r
}

func (r shownReview) print(w io.Writer) {
	fmt.Fprintf(w, "set       %s/%s/%d\n", r.Issuer, r.Serial, r.Number)
	fmt.Fprintf(w, "for       %s\n", r.Company)
	fmt.Fprintf(w, "licenses  %d\n", r.Licenses)
	if r.Expiry.IsZero() {
		fmt.Fprintf(w, "valid     without end\n")
	} else {
		fmt.Fprintf(w, "valid     until %s, grace until %s\n", r.Expiry, license.Dates{Expiry: r.Expiry, Grace: r.Grace}.End())
	}
	if len(r.Clients) > 0 {
		fmt.Fprintf(w, "clients   %s\n", strings.Join(r.Clients, ", "))
	}
	fmt.Fprintf(w, "hash      %s\n", r.Hash)
	if r.ID != "" {
		fmt.Fprintf(w, "record    %s\n", r.ID)
	}
}

// warn tells what lint found that does not stand in the way.
func (s *session) warn(r shownReview) {
	for _, p := range r.Problems {
		s.note("%s", p.line())
	}
}

type setLint struct {
	Order string `arg:"" help:"The order; - reads standard input."`
}

func (c *setLint) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	text, err := s.read(c.Order)
	if err != nil {
		return err
	}
	return s.lint(a, text, false)
}

func (s *session) lint(a *authority.Authority, order []byte, dryRun bool) error {
	r, err := a.Lint(s.ctx, order, s.p.now())
	if err != nil {
		return err
	}
	shown := s.review(r.Draft, r.Problems, "", dryRun)
	s.warn(shown)
	return s.answer(shown, shown.print)
}

type setPrepare struct {
	Order string `arg:"" help:"The order; - reads standard input."`
	preview
}

func (c *setPrepare) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	text, err := s.read(c.Order)
	if err != nil {
		return err
	}
	if c.DryRun {
		return s.lint(a, text, true)
	}
	p, err := a.Prepare(s.ctx, s.by(), text, s.p.now())
	if err != nil {
		return err
	}
	shown := s.review(p.Draft, p.Problems, p.Entry.ID, false)
	s.warn(shown)
	return s.answer(shown, shown.print)
}

// delivery is the flags of commands that make a signature and a file.
type delivery struct {
	Out string `short:"o" placeholder:"FILE" help:"Where the file goes; - is standard output. Else ISSUER-SERIAL-NUMBER.pott here."`
	Key string `placeholder:"NAME" help:"Signing key; the one here that was certified last when left out."`
	passphrase
	preview
}

// path returns where the file of a set goes.
func (d *delivery) path(issuer license.Issuer, serial string, number int64) string {
	if d.Out != "" {
		return d.Out
	}
	return strings.ToLower(fmt.Sprintf("%s-%s-%d.pott", issuer, serial, number))
}

// signer opens the signing key: the one of the flag, or of those here that may
// sign today the one that was certified last.
func (d *delivery) signer(s *session, a *authority.Authority, issuer license.Issuer) (licensefile.Signer, error) {
	certificates, err := a.Certificates(s.ctx, issuer)
	if err != nil {
		return nil, err
	}
	if len(certificates) == 0 {
		return nil, &authority.NoCertificateError{Issuer: issuer}
	}
	c, err := licensefile.ParseCertificate(certificates[len(certificates)-1])
	if err != nil {
		return nil, err
	}
	name, err := s.signingKey(d.Key, c)
	if err != nil {
		return nil, err
	}
	return s.signer(name, keyfile.Signing, d.source())
}

// signingKey returns the name of the key that signs sets under a certificate.
func (s *session) signingKey(name string, c *licensefile.Certificate) (string, error) {
	if name != "" {
		return name, nil
	}
	here, err := keyfile.List(s.keys())
	if err != nil {
		return "", err
	}
	today := license.DateOf(s.p.now().UTC())
	for _, k := range slices.Backward(c.SigningKeys) {
		revoked := slices.ContainsFunc(c.Revoked, func(r ed25519.PublicKey) bool { return r.Equal(k.Key) })
		if k.Type != licensefile.TypeSet || revoked || today.Before(k.From) || today.After(k.Through) {
			continue
		}
		if i := slices.IndexFunc(here, func(p keyfile.Public) bool { return p.Use == keyfile.Signing && p.Key.Equal(k.Key) }); i >= 0 {
			return here[i].Name, nil
		}
	}
	return "", &KeyChoiceError{Use: string(keyfile.Signing), Found: []string{}}
}

// A shownSigning is what sign, issue and export answer.
type shownSigning struct {
	Set    httpapi.Set `json:"set"`
	File   string      `json:"file"`
	Bytes  int         `json:"bytes"`
	DryRun bool        `json:"dry_run,omitempty"`
}

// deliver writes a signed file and says so; a file that goes to standard output
// is the answer itself.
func (s *session) deliver(a *authority.Authority, name, path string, file []byte) error {
	if err := s.write(path, file); err != nil {
		return err
	}
	e, err := a.Find(s.ctx, name)
	if err != nil {
		return err
	}
	if path == "-" {
		return nil
	}
	return s.answer(shownSigning{Set: httpapi.SetOf(e), File: path, Bytes: len(file)}, func(w io.Writer) {
		fmt.Fprintf(w, "signed %s/%s/%d for %s: %s, %d bytes\n", e.Issuer, e.Serial, e.Number, e.Company, path, len(file))
	})
}

type setSign struct {
	Set    string `arg:"" help:"The set, as ISSUER/SERIAL/NUMBER or by the id of its record."`
	Resume bool   `help:"Finish a set whose signing was interrupted."`
	delivery
}

func (c *setSign) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	e, err := a.Find(s.ctx, c.Set)
	if err != nil {
		return err
	}
	path := c.path(e.Issuer, e.Serial, e.Number)
	if err := mayWrite(path); err != nil {
		return err
	}
	var p *authority.Prepared
	if !c.Resume {
		if p, err = a.Reopen(s.ctx, e.ID); err != nil {
			return err
		}
	}
	signer, err := c.signer(s, a, e.Issuer)
	if err != nil {
		return err
	}
	if c.DryRun {
		return s.answer(shownSigning{Set: httpapi.SetOf(e), File: path, DryRun: true}, func(w io.Writer) {
			fmt.Fprintf(w, "would sign %s/%s/%d for %s with %s into %s\n", e.Issuer, e.Serial, e.Number, e.Company, licensefile.Fingerprint(signer.Public()), path)
		})
	}
	var file []byte
	if c.Resume {
		file, err = a.Resume(s.ctx, s.by(), e.ID, signer, s.p.now())
	} else {
		file, err = a.Sign(s.ctx, s.by(), p, signer, s.p.now())
	}
	if err != nil {
		return err
	}
	return s.deliver(a, e.ID, path, file)
}

type setIssue struct {
	Order string `arg:"" help:"The order; - reads standard input."`
	delivery
}

func (c *setIssue) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	text, err := s.read(c.Order)
	if err != nil {
		return err
	}
	// Everything that can be refused is, before anything is recorded.
	if err := a.Pending(s.ctx, text); err != nil {
		return err
	}
	r, err := a.Lint(s.ctx, text, s.p.now())
	if err != nil {
		return err
	}
	path := c.path(r.Draft.Set.Issuer, r.Draft.Set.Serial, r.Draft.Set.Number)
	if err := mayWrite(path); err != nil {
		return err
	}
	if c.DryRun {
		return s.lint(a, text, true)
	}
	signer, err := c.signer(s, a, r.Draft.Set.Issuer)
	if err != nil {
		return err
	}
	p, err := a.Prepare(s.ctx, s.by(), text, s.p.now())
	if err != nil {
		return err
	}
	s.warn(s.review(p.Draft, p.Problems, p.Entry.ID, false))
	file, err := a.Sign(s.ctx, s.by(), p, signer, s.p.now())
	if err != nil {
		return err
	}
	return s.deliver(a, p.Entry.ID, path, file)
}

type setAbandon struct {
	Set    string `arg:"" help:"The set, as ISSUER/SERIAL/NUMBER or by the id of its record."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, for the record."`
	preview
}

func (c *setAbandon) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	e, err := a.Find(s.ctx, c.Set)
	if err != nil {
		return err
	}
	if _, err := a.Reopen(s.ctx, e.ID); err != nil {
		return err
	}
	did := "abandoned"
	if c.DryRun {
		did = "would abandon"
	} else if err := a.Abandon(s.ctx, s.by(), e.ID, c.Reason, s.p.now()); err != nil {
		return err
	}
	return s.answer(map[string]any{"set": httpapi.SetOf(e), "reason": c.Reason, "dry_run": c.DryRun}, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s/%s/%d: %s\n", did, e.Issuer, e.Serial, e.Number, c.Reason)
	})
}
