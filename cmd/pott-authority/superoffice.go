package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/authority/httpapi"
	"github.com/pott-dev/pott/internal/authority/superoffice"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type setImportSuperOffice struct {
	Package    string `arg:"" help:"The license package (XML); - reads standard input."`
	TimeZone   string `required:"" placeholder:"ZONE" help:"Time zone its dates are read in, such as Europe/Stockholm: a package names none."`
	Generation string `placeholder:"CODE" help:"Generation whose plans its names stand for; the one they fit best when left out."`
	Catalogue  string `placeholder:"FILE" help:"Catalogue to make the order for; the newest on record of its owner when left out."`
	Out        string `short:"o" default:"order.yaml" placeholder:"FILE" help:"Where the order goes; - is standard output. Else order.yaml here."`
	preview
}

// A shownDraft is what import answers.
type shownDraft struct {
	File     string         `json:"file"`
	Signed   bool           `json:"signed"` // always false: a package proves nothing
	Issuer   license.Issuer `json:"issuer"`
	Company  string         `json:"company"`
	Serial   string         `json:"serial"`
	Licenses int            `json:"licenses"`
	Blocking int            `json:"blocking"` // how many of the problems stand in the way of signing
	Problems []shownProblem `json:"problems"`
	Order    string         `json:"order,omitempty"` // the text, when it goes to standard output
	DryRun   bool           `json:"dry_run,omitempty"`
}

func (c *setImportSuperOffice) Run(s *session) error {
	text, err := s.read(c.Package)
	if err != nil {
		return err
	}
	p, err := superoffice.Parse(text)
	if err != nil {
		return err
	}
	d, problems, err := c.draft(s, p)
	if err != nil {
		return err
	}
	if err := mayWrite(c.Out); err != nil {
		return err
	}
	shown := shownDraft{
		File: c.Out, Issuer: d.Order.Issuer, Company: d.Order.Company, Serial: d.Order.Serial, Licenses: len(d.Order.Lines),
		Blocking: (&authority.LintError{Problems: problems}).Count(), Problems: s.problems(problems), DryRun: c.DryRun,
	}
	for _, p := range shown.Problems {
		s.note("%s", p.line())
	}
	if c.Out == "-" && s.g.JSON {
		shown.Order = string(d.Text)
	} else if !c.DryRun {
		if err := s.write(c.Out, d.Text); err != nil || c.Out == "-" {
			return err
		}
	}
	return s.answer(shown, shown.print)
}

// draft makes the order and says everything that is to be said of it: what the
// package has and it has not, and what lint finds.
func (c *setImportSuperOffice) draft(s *session, p *superoffice.Package) (*superoffice.Draft, []authority.Problem, error) {
	reading := superoffice.Reading{TimeZone: c.TimeZone, Generation: c.Generation}
	if c.Catalogue != "" {
		_, cat, err := s.goodCatalogue(c.Catalogue)
		if err != nil {
			return nil, nil, err
		}
		d, err := superoffice.Import(p, cat, reading)
		if err != nil {
			return nil, nil, err
		}
		return d, append(d.Problems, authority.ReviewOrder(d.Order, cat, authority.Before{}, s.p.now()).Problems...), nil
	}
	owner, err := p.Owner()
	if err != nil {
		return nil, nil, err
	}
	a, err := s.open()
	if err != nil {
		return nil, nil, err
	}
	defer a.Close()
	cat, err := a.Catalogue(s.ctx, owner)
	if err != nil {
		return nil, nil, err
	}
	d, err := superoffice.Import(p, cat.Catalogue, reading)
	if err != nil {
		return nil, nil, err
	}
	r, err := a.Lint(s.ctx, d.Text, s.p.now())
	if lint := (*authority.LintError)(nil); err != nil && !errors.As(err, &lint) {
		return nil, nil, err
	}
	return d, append(d.Problems, r.Problems...), nil
}

func (d shownDraft) print(w io.Writer) {
	did := "wrote"
	if d.DryRun {
		did = "would write"
	}
	fmt.Fprintf(w, "%s %s: an unsigned draft for %s (%s) with %d lines\n", did, d.File, visible(d.Company), visible(d.Serial), d.Licenses)
	if d.Blocking > 0 {
		fmt.Fprintf(w, "%d of the remarks stand in the way of signing it; mend the draft, then: pott-authority set lint %s\n", d.Blocking, d.File)
	}
}

// visible keeps a text of somebody else's from doing anything to the terminal.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
}

type setExportSuperOffice struct {
	Set       string `arg:"" help:"The signed set, as ISSUER/SERIAL/NUMBER or by the id of its record."`
	Catalogue string `placeholder:"FILE" help:"Catalogue that says what a package calls the plans; the newest on record when left out."`
	Out       string `short:"o" placeholder:"FILE" help:"Where the package goes; - is standard output. Else ISSUER-SERIAL-NUMBER.xml here."`
	preview
}

// A shownPackage is what export answers.
type shownPackage struct {
	Set     httpapi.Set    `json:"set"`
	File    string         `json:"file"`
	Signed  bool           `json:"signed"` // always false
	Bytes   int            `json:"bytes"`
	LeftOut []shownProblem `json:"left_out"`
	Package string         `json:"package,omitempty"` // the text, when it goes to standard output
	DryRun  bool           `json:"dry_run,omitempty"`
}

func (c *setExportSuperOffice) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	e, err := a.Find(s.ctx, c.Set)
	if err != nil {
		return err
	}
	set, err := s.verified(a, e)
	if err != nil {
		return err
	}
	from := c.Catalogue
	if from == "" {
		from = string(e.Issuer)
	}
	cat, err := s.catalogue(from)
	if err != nil {
		return err
	}
	p, left, err := superoffice.Export(set, cat)
	if err != nil {
		return err
	}
	path := c.Out
	if path == "" {
		path = strings.ToLower(fmt.Sprintf("%s-%s-%d.xml", e.Issuer, e.Serial, e.Number))
	}
	if err := mayWrite(path); err != nil {
		return err
	}
	return c.deliver(s, e, path, p.Bytes(), left)
}

func (c *setExportSuperOffice) deliver(s *session, e *authority.Entry, path string, text []byte, left []*superoffice.NotExportedError) error {
	var problems []authority.Problem
	for _, l := range left {
		problems = append(problems, authority.Problem{Severity: authority.Warning, Where: "set", Err: l})
	}
	shown := shownPackage{Set: httpapi.SetOf(e), File: path, Bytes: len(text), LeftOut: s.problems(problems), DryRun: c.DryRun}
	for _, p := range shown.LeftOut {
		s.note("%s", p.line())
	}
	if path == "-" && s.g.JSON {
		shown.Package = string(text)
	} else if !c.DryRun {
		if err := s.write(path, text); err != nil || path == "-" {
			return err
		}
	}
	return s.answer(shown, func(w io.Writer) {
		did := "wrote"
		if c.DryRun {
			did = "would write"
		}
		fmt.Fprintf(w, "%s %s: an unsigned package of %s/%s/%d, %d bytes\n", did, path, e.Issuer, e.Serial, e.Number, len(text))
	})
}

// verified returns the set of a signed file on record, checked as a customer
// checked it on the day it was signed.
func (s *session) verified(a *authority.Authority, e *authority.Entry) (*license.Set, error) {
	if _, err := a.File(s.ctx, e); err != nil { // says why there is none
		return nil, err
	}
	root, err := os.ReadFile(s.rootFile())
	if err != nil {
		return nil, fileError(s.rootFile(), err)
	}
	trust, err := licensefile.ParseRootFile(root)
	if err != nil {
		return nil, fileError(s.rootFile(), err)
	}
	v, err := licensefile.VerifyAccepted(e.File, trust, e.DecidedAt, s.p.now())
	if err != nil {
		return nil, err
	}
	return &v.Set, nil
}
