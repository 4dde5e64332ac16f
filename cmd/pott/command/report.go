package command

import (
	"fmt"
	"strconv"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

type reportCmd struct {
	PDF string `name:"pdf" placeholder:"FILE" help:"Write it as PDF to this file; - for standard output."`
}

// Help says what kong's one line cannot.
func (reportCmd) Help() string {
	return "What an auditor or an issuer is shown: sets in force and the keys that signed them, licenses with what is in use and the peak of 90 days, databases, and what vouches for the records. All of it is of one state. The PDF and the page under Licenses have the same values as --json."
}

func (c reportCmd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if c.PDF != "" {
		file, err := cl.ReportPDF(s.ctx)
		if err != nil {
			return err
		}
		return s.keepPDF(c.PDF, file)
	}
	r, err := cl.Report(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: r, ids: idsOf(r.Licenses, func(l api.ReportLicense) string { return l.Name.String() }), human: func(o *paper) { o.report(r) }})
}

// report prints a report, the licenses with too much in use first.
func (o *paper) report(r api.Report) {
	o.line("report.of", r.Status.Installation.Company, minute(r.Status.Now))
	for _, set := range r.Sets {
		signed := ""
		for _, k := range r.Keys {
			if k.Set == set.ID && k.Good {
				signed = k.Key
			}
		}
		o.line("report.set", set.ID, o.setValidity(set), signed)
	}
	t := &table{columns: []column{{head: "license", cut: late}, {head: "name", cut: early}, {head: "purchased", right: true}, {head: "in-use", right: true},
		{head: "over", right: true}, {head: "peak", right: true}, {head: "at"}}}
	short := shorter(namesOf(r.Licenses, func(l api.ReportLicense) license.Name { return l.Name }))
	for _, l := range r.Licenses {
		bought, over := fmt.Sprint(l.Seats), fmt.Sprint(l.Over)
		if l.State == api.PoolNoLimit || l.State == api.PoolByUse {
			bought, over = "–", "–"
		}
		at := ""
		if !l.Peak.At.IsZero() {
			at = minute(l.Peak.At)
		}
		t.add(title(l.DisplayName, l.Name), short(l.Name), bought, fmt.Sprint(l.Taken), over, fmt.Sprint(l.Peak.Peak), at)
	}
	o.table(t)
	o.line("report.head", r.Head.Head)
	o.s.remark("report.next")
}

type setRecord struct {
	Number int64  `arg:"" optional:"" help:"The activation's number, as pott set history says it; the newest when left out."`
	PDF    string `name:"pdf" placeholder:"FILE" help:"Write it as PDF to this file; - for standard output."`
}

// Help says what kong's one line cannot.
func (setRecord) Help() string {
	return "What the activation changed of licenses and of people, who did it and when, the fingerprint of the set, and the entry the audit trail has of it. That a record with people in it was taken as a file is recorded."
}

func (c setRecord) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if c.Number == 0 {
		list, err := cl.SetHistory(s.ctx)
		if err != nil {
			return err
		}
		for _, a := range list.Items {
			c.Number = max(c.Number, a.Number)
		}
	}
	if c.PDF != "" {
		file, err := cl.ActivationRecordPDF(s.ctx, c.Number)
		if err != nil {
			return err
		}
		return s.keepPDF(c.PDF, file)
	}
	r, err := cl.ActivationRecord(s.ctx, c.Number)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: r, ids: []string{strconv.FormatInt(r.Activation.Number, 10)}, human: func(o *paper) { o.record(r) }})
}

func (o *paper) record(r api.ActivationRecord) {
	o.line("record.of", r.Set.ID, minute(r.Activation.From), r.Who)
	o.line("record.fingerprint", r.Set.Checkpoint)
	if r.Activation.Replaced != "" {
		o.line("record.replaced", r.Activation.Replaced)
	}
	t := &table{columns: []column{{head: "license", cut: late}, {head: "what"}, {head: "before", right: true}, {head: "after", right: true}}}
	for _, l := range r.Difference.Licenses {
		before, after := "", ""
		for _, f := range l.Fields {
			if f.Field == "quantity" {
				before, after = f.From, f.To
			}
		}
		t.add(title(l.DisplayName, l.Name), l.Became, before, after)
	}
	o.table(t)
	people := &table{columns: []column{{head: "user"}, {head: "released", cut: late}, {head: "given", cut: late}}}
	for _, p := range r.People {
		who := p.Person
		if who == "" {
			who = "#" + strconv.FormatInt(p.Number, 10)
		}
		people.add(who, held(p.Released), held(p.Given))
	}
	if len(r.People) > 0 {
		o.table(people)
	}
	if r.Entry != nil {
		o.line("record.entry", strconv.FormatInt(r.Entry.Seq, 10), r.Entry.Hash)
	}
}

func held(all []api.Holding) (names string) {
	for i, h := range all {
		if i > 0 {
			names += ", "
		}
		names += h.Name.String()
	}
	return names
}

// writtenPDF is the document of a paper that was written.
type writtenPDF struct {
	File  string `json:"file"`
	Bytes int    `json:"bytes"`
}

// keepPDF writes a paper to a file, or to standard output as it is.
func (s *session) keepPDF(path string, file []byte) error {
	if path == "-" {
		_, err := s.p.Stdout.Write(file)
		return err
	}
	if err := writeWhole(path, file); err != nil {
		return fileError(path, err)
	}
	return s.answer(answer{doc: writtenPDF{path, len(file)}, ids: []string{path}, human: func(o *paper) { o.line("report.written", path) }})
}
