package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/authority"
)

type setRewrap struct {
	Set string `arg:"" help:"The set, as ISSUER/SERIAL/NUMBER or by the id of its record."`
	Out string `short:"o" placeholder:"FILE" help:"Where the file goes; - is standard output. Else ISSUER-SERIAL-NUMBER.pott here."`
	preview
}

func (c *setRewrap) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	e, err := a.Find(s.ctx, c.Set)
	if err != nil {
		return err
	}
	path := (&delivery{Out: c.Out}).path(e.Issuer, e.Serial, e.Number)
	if err := mayWrite(path); err != nil {
		return err
	}
	by := s.by()
	if c.DryRun {
		by = ""
	}
	file, err := a.Rewrap(s.ctx, by, e, s.p.now())
	if err != nil {
		return err
	}
	return s.exported(path, file, fmt.Sprintf("%s/%s/%d, %d bytes, the same set", e.Issuer, e.Serial, e.Number, len(file)), c.DryRun)
}

type setAudit struct {
	File string `arg:"" help:"What the customer has, one set a line: ISSUER/SERIAL/NUMBER and the checkpoint hash; - reads standard input."`
	preview
}

// A shownAudit is one set of a customer and what the record says about it.
type shownAudit struct {
	Set     string            `json:"set"`
	Hash    string            `json:"hash"`
	Finding authority.Finding `json:"finding"`
	Alarm   bool              `json:"alarm"`
	Record  string            `json:"hash_on_record,omitempty"`
}

// Run answers with the report also when it ends in an alarm.
func (c *setAudit) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	text, err := s.read(c.File)
	if err != nil {
		return err
	}
	list, err := authority.ParseReport(text)
	if err != nil {
		return err
	}
	by := s.by()
	if c.DryRun {
		by = ""
	}
	found, alarm := a.AuditSets(s.ctx, by, list, s.p.now())
	if e := (*authority.UnknownSetsError)(nil); alarm != nil && !errors.As(alarm, &e) {
		return alarm
	}
	items := []shownAudit{}
	var rows [][]string
	for _, f := range found {
		i := shownAudit{f.Name(), f.Hash, f.Finding, f.Finding.Alarming(), f.Record}
		items = append(items, i)
		word := string(i.Finding)
		if i.Alarm {
			word = "ALARM " + word
		}
		rows = append(rows, []string{i.Set, word, i.Hash})
	}
	if err := s.answer(map[string]any{"items": items}, func(w io.Writer) { s.table(w, []string{"set", "finding", "hash"}, rows) }); err != nil {
		return err
	}
	return alarm
}

type auditCmd struct {
	Ls     auditLs     `cmd:"" help:"List what was done here, from the first."`
	Verify auditVerify `cmd:"" help:"Check that no act on record was changed, left out or put in."`
}

type auditLs struct {
	About string `placeholder:"TEXT" help:"Only acts whose subject holds this text."`
}

// A shownAct is something that was done.
type shownAct struct {
	Number int64             `json:"number"`
	At     string            `json:"at"`
	By     string            `json:"by"`
	What   string            `json:"what"`
	About  string            `json:"about"`
	Facts  map[string]string `json:"facts,omitempty"`
}

func (c *auditLs) Run(s *session) error {
	a, err := s.openKeys()
	if err != nil {
		return err
	}
	defer a.Close()
	// What stands before a break is shown, and then the break.
	acts, broken := a.Acts(s.ctx)
	items := []shownAct{}
	var rows [][]string
	for _, act := range acts {
		if !strings.Contains(act.About, c.About) {
			continue
		}
		i := shownAct{act.Number, act.At.Format(time.RFC3339), act.By, act.What, act.About, map[string]string{}}
		for _, f := range act.Facts {
			i.Facts[f.Key] = f.Value
		}
		items = append(items, i)
		rows = append(rows, []string{fmt.Sprint(i.Number), i.At, i.By, i.What, i.About, strings.TrimSpace(strings.ReplaceAll(audit.FormatFacts(act.Facts), "\n", " "))})
	}
	if err := s.answer(map[string]any{"items": items}, func(w io.Writer) {
		s.table(w, []string{"#act", "at", "by", "what", "about", "facts"}, rows)
	}); err != nil {
		return err
	}
	return broken
}

type auditVerify struct{}

func (c *auditVerify) Run(s *session) error {
	a, err := s.openKeys()
	if err != nil {
		return err
	}
	defer a.Close()
	acts, err := a.Acts(s.ctx)
	if err != nil {
		return err
	}
	head := ""
	if n := len(acts); n > 0 {
		head = acts[n-1].Link
	}
	return s.answer(map[string]any{"acts": len(acts), "head": head}, func(w io.Writer) {
		fmt.Fprintf(w, "intact  %d acts\nhead    %s\n", len(acts), head)
	})
}
