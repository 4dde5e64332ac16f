package command

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
)

type integrityCmd struct {
	Show  integrityShow  `cmd:"" default:"1" help:"Show what the last full check found, and what was found since."`
	Check integrityCheck `cmd:"" help:"Have the server check all records now, while everything goes on."`
}

type integrityShow struct{}

// Help says what kong's one line cannot.
func (integrityShow) Help() string {
	return "The server looks at a few records every second, at all of them within an hour, and makes a full check every hour. Exit code 0: intact; 8: broken; 12: cannot be checked, or never was. What was not checked is never called intact."
}

func (integrityShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	r, err := cl.Integrity(s.ctx)
	if err != nil {
		return err
	}
	return s.integrity(r)
}

type integrityCheck struct{}

// checkTick is how often the server is asked whether it is done.
const checkTick = 300 * time.Millisecond

func (integrityCheck) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	r, err := cl.CheckIntegrity(s.ctx)
	if err != nil {
		return err
	}
	shown := 0
	for r.Running != nil {
		if tenth := r.Running.Read * 10 / max(1, r.Running.Expected); s.p.Asked && tenth > shown {
			shown = tenth
			fmt.Fprintln(s.p.Stderr, s.say("integrity.checking", r.Running.Read, r.Running.Expected))
		}
		if err := wait(s.ctx, checkTick); err != nil {
			return err
		}
		if r, err = cl.Integrity(s.ctx); err != nil {
			return err
		}
	}
	return s.integrity(r)
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// integrity answers with a report and the exit code it stands for.
func (s *session) integrity(r api.IntegrityReport) error {
	err := s.answer(answer{doc: r, ids: []string{r.Verdict}, human: func(o *paper) { o.integrityReport(r) }})
	if err != nil {
		return err
	}
	switch r.Verdict {
	case "intact":
		return nil
	case "broken":
		return brokenRecords(r)
	}
	return &UncheckedRecordsError{Said: r.Why}
}

func (o *paper) integrityReport(r api.IntegrityReport) {
	var rows [][2]string
	answers := []struct {
		name   string
		answer api.IntegrityAnswer
	}{{"rows", r.Rows}, {"totals", r.Totals}, {"chain", r.Chain}, {"rollback", r.Rollback}, {"counts", r.Counts}}
	for _, a := range answers {
		state := o.s.say("integrity." + a.answer.State)
		if a.answer.State == "cannot-be-checked" && a.answer.Why != "" {
			state = o.s.say("integrity.because", a.answer.Why)
		}
		rows = append(rows, [2]string{a.name, state})
	}
	o.pairs(rows...)
	for _, a := range answers {
		for _, p := range a.answer.Places {
			o.printf("  %s\n", placeText(p))
		}
		if a.answer.More > 0 {
			o.printf("  %s\n", o.s.say("integrity.more", a.answer.More))
		}
	}
	if r.Last != nil {
		o.line("integrity.last", moment(r.Last.Ended), r.Last.Rows, r.Last.Batches, r.Last.Entries)
	}
	if r.Running != nil {
		o.line("integrity.running", r.Running.Read, r.Running.Expected)
	}
	if r.Round.Rows > 0 {
		o.line("integrity.round", r.Round.Rows, r.Round.Of)
	}
}

func placeText(p api.IntegrityPlace) string {
	text := strings.TrimSpace(p.Table+" "+p.Row) + ": " + p.What
	if len(p.Columns) > 0 {
		text += " (" + strings.Join(p.Columns, ", ") + ")"
	}
	return text
}

func brokenRecords(r api.IntegrityReport) error {
	e := &BrokenRecordsError{}
	for _, a := range []api.IntegrityAnswer{r.Rows, r.Totals, r.Chain, r.Rollback, r.Counts} {
		if a.State != "broken" {
			continue
		}
		if e.Places += max(1, len(a.Places)+a.More); e.First == "" {
			if e.First = a.Why; len(a.Places) > 0 {
				e.First = placeText(a.Places[0])
			}
		}
	}
	return e
}

// BrokenRecordsError is returned beside a report that found something broken.
type BrokenRecordsError struct {
	Places int
	First  string
}

func (e *BrokenRecordsError) Error() string { return fmt.Sprintf("%d places are broken", e.Places) }

// Code returns the stable code of the error.
func (e *BrokenRecordsError) Code() string { return "integrity.broken" }

// UncheckedRecordsError is returned beside a report that does not answer
// everything.
type UncheckedRecordsError struct {
	Said string // in the language that was asked for
}

func (e *UncheckedRecordsError) Error() string { return "the records cannot be checked: " + e.Said }

// Code returns the stable code of the error.
func (e *UncheckedRecordsError) Code() string { return "integrity.cannot-check" }
