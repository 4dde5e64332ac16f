package command

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/license"
)

// waiting is the flag of what a job does.
type waiting struct {
	Wait bool `negatable:"" default:"true" help:"Wait until the job is over. Ctrl-C leaves it running."`
}

type userImport struct {
	File      string `arg:"" help:"The list as CSV, or - for standard input."`
	Mode      string `enum:"add,replace,remove" default:"add" help:"add to what is there, replace it, or remove plans and extras listed."`
	Partial   bool   `help:"Apply the rows without errors although others have some."`
	PlanToken string `placeholder:"TOKEN" help:"Of a preview: exactly that is done, or nothing."`
	Delimiter string `placeholder:"WORD" help:"comma, semicolon or tab; found out when left out."`
	Encoding  string `placeholder:"WORD" help:"utf-8, utf-8-bom or windows-1252; found out when left out."`
	Language  string `placeholder:"LANG" help:"The language of the header; found out when left out."`
	Columns   string `placeholder:"LIST" help:"What each column is, from the left, with commas between; found out when left out."`
	Errors    string `placeholder:"FILE" help:"Write the rows with errors, and why, to this file; it can be imported again."`
	waiting
	preview
}

func (c userImport) Run(s *session) error {
	file, err := s.read(c.File)
	if err != nil {
		return err
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	b, err := cl.ImportPeople(s.ctx, client.Import{File: file, Mode: c.Mode, Partial: c.Partial, PlanToken: c.PlanToken, Delimiter: c.Delimiter,
		Encoding: c.Encoding, Language: c.Language, Columns: c.Columns, DryRun: c.DryRun})
	if err != nil {
		return err
	}
	if err := s.await(cl, &b, c.Wait); err != nil {
		return err
	}
	if c.Errors != "" {
		list := []byte(b.Errors)
		if b.Job != nil {
			if list, err = cl.JobErrors(s.ctx, b.Job.ID); err != nil {
				return err
			}
		}
		if err := writeWhole(c.Errors, list); err != nil {
			return fileError(c.Errors, err)
		}
	}
	return s.bulk(b)
}

type listStyle struct {
	Header string `placeholder:"LANG" help:"The language of the header: en, sv, nb, da, de or nl; the words of the API when left out."`
	Excel  bool   `help:"Semicolons and a byte order mark, as spreadsheets in most of Europe want them."`
	File   string `placeholder:"FILE" help:"Write to this file instead of standard output."`
}

func (l listStyle) style() client.ListStyle {
	return client.ListStyle{Header: l.Header, Excel: l.Excel}
}

// write prints a list, or writes it to a file.
func (l listStyle) write(s *session, list []byte) error {
	if l.File != "" {
		if err := writeWhole(l.File, list); err != nil {
			return fileError(l.File, err)
		}
	}
	return s.answer(answer{doc: map[string]any{"list": string(list)}, human: func(o *paper) {
		if l.File == "" {
			o.printf("%s", list)
		} else {
			o.line("list.written", l.File)
		}
	}})
}

type userExport struct {
	Holdings bool `help:"Write instead who holds what of everybody, signed with the installation's key, for programs that answer from files."`
	peopleFilter
	listStyle
}

func (c userExport) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if c.Holdings {
		if c.filter() != (client.PeopleFilter{}) || c.style() != (client.ListStyle{}) {
			return &UsageError{Problem: "--holdings is of everybody, and written in one way only", Help: "pott user export --help"}
		}
		signed, err := cl.Holdings(s.ctx)
		if err != nil {
			return err
		}
		return c.write(s, signed)
	}
	list, err := cl.ExportPeople(s.ctx, c.filter(), c.style())
	if err != nil {
		return err
	}
	return c.write(s, list)
}

type userTemplate struct{ listStyle }

func (c userTemplate) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.PeopleTemplate(s.ctx, c.style())
	if err != nil {
		return err
	}
	return c.write(s, list)
}

type userBulk struct {
	Act       string   `arg:"" enum:"give,switch,remove,end-login,give-login,retire,delete,approve,refuse" help:"give, switch, remove, end-login, give-login, retire, delete, approve or refuse."`
	User      []string `arg:"" optional:"" help:"The people's user ids, or # and numbers."`
	Query     string   `placeholder:"QUERY" help:"Instead of people: everybody on a list, such as group=Sales&login=true."`
	Name      []string `placeholder:"LICENSE" help:"Of give, switch and remove: plan or extra; name*3 for three seats."`
	Partial   bool     `help:"Change the others although some cannot be changed."`
	PlanToken string   `placeholder:"TOKEN" help:"Of a preview: exactly that is done, or nothing."`
	Yes       bool     `help:"Retire or delete without asking."`
	waiting
	preview
}

func (c userBulk) Run(s *session) error {
	if (c.Act == "retire" || c.Act == "delete") && !c.DryRun {
		if err := s.confirm(c.Yes, s.say("bulk.ask", c.Act)); err != nil {
			return err
		}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	b, err := cl.ChangePeople(s.ctx, api.BulkChange{People: c.User, Query: c.Query, Act: c.Act, Names: c.Name, Partial: c.Partial, PlanToken: c.PlanToken}, c.DryRun)
	if err != nil {
		return err
	}
	if err := s.await(cl, &b, c.Wait); err != nil {
		return err
	}
	return s.bulk(b)
}

// await waits for the job of a change of many people.
func (s *session) await(cl *client.Client, b *api.Bulk, wait bool) error {
	if b.Job == nil || !wait {
		return nil
	}
	job, err := s.watch(cl, *b.Job)
	b.Job, b.Totals = &job, job.Totals
	return err
}

// watch returns a job once it is over, and says now and then how far it is.
func (s *session) watch(cl *client.Client, job api.Job) (api.Job, error) {
	said := 0
	for job.State == "running" {
		if err := pause(s.ctx, 300*time.Millisecond); err != nil {
			s.remark("job.goes-on", job.ID)
			return job, err
		}
		next, err := cl.Job(s.ctx, job.ID)
		if err != nil {
			return job, err
		}
		job = next
		if job.Rows > 0 && job.Done*10/job.Rows > said && !s.g.JSON && !s.g.Quiet {
			said = job.Done * 10 / job.Rows
			fmt.Fprintf(s.p.Stderr, "pott: %s\n", s.say("job.progress", job.Done, job.Rows))
		}
	}
	return job, nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// bulk prints what a change of many people would do, or did.
func (s *session) bulk(b api.Bulk) error {
	err := s.answer(answer{doc: b, ids: idsOf(b.Rows, func(r api.BulkRow) string { return r.Person }), human: func(o *paper) {
		if r := b.Read; r != nil {
			o.line("bulk.read", r.Rows, r.Delimiter, r.Encoding, orNone(r.Language))
		}
		if b.DryRun {
			o.line("bulk.would", b.Totals.Changed, b.Totals.Already, b.Totals.Warnings, b.Totals.Errors)
		}
		o.bulkRows(b.Rows)
		t := &table{columns: []column{{}, {}, {}, {}}}
		short := shorter(namesOf(b.Pools, func(p api.BulkPool) license.Name { return p.Name }))
		for _, p := range b.Pools {
			of, lacks := "", ""
			if !p.Unrestricted {
				of = s.say("pool.of", p.Seats)
			}
			if p.Short > 0 {
				lacks = s.say("bulk.short-by", p.Short)
			}
			if !p.Hidden || p.Short > 0 {
				t.add("  "+short(p.Name), fmt.Sprintf("%d → %d", p.Before, p.After), of, lacks)
			}
		}
		o.table(t)
		if b.PlanToken != "" {
			s.remark("bulk.token", b.PlanToken)
		}
		if b.Job != nil {
			o.job(*b.Job)
		}
	}})
	if err != nil {
		return err
	}
	return bulkExit(b)
}

// bulkExit says by the exit code that not everything was, or would be, done.
func bulkExit(b api.Bulk) error {
	switch {
	case b.DryRun && !b.Partial && b.Totals.Errors > 0:
		return &WouldRefuseError{Errors: b.Totals.Errors}
	case b.Job != nil && b.Job.State != "running" && (b.Totals.Errors > 0 || b.Totals.Left > 0):
		return &PartlyDoneError{Job: b.Job.ID, Errors: b.Totals.Errors, Left: b.Totals.Left}
	}
	return nil
}

func orNone(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

func (o *paper) bulkRows(rows []api.BulkRow) {
	t := &table{columns: []column{{right: true}, {}, {}, {cut: late}}}
	for _, r := range rows {
		what := ""
		switch {
		case r.Problem != nil:
			what = r.Problem.Text
		case len(r.Given)+len(r.Released) > 0:
			var words []string
			for _, n := range r.Released {
				words = append(words, "- "+string(n.Module))
			}
			for _, n := range r.Given {
				words = append(words, "+ "+string(n.Module))
			}
			what = strings.Join(words, ", ")
		}
		for _, w := range r.Warnings {
			what = strings.TrimSpace(what + "  (" + w.Text + ")")
		}
		t.add(fmt.Sprint("  ", r.Row), r.Person, o.s.say("bulk."+r.Result), what)
	}
	o.table(t)
}

// A WouldRefuseError is returned beside the preview of a change of all or none
// that would be refused.
type WouldRefuseError struct{ Errors int }

func (e *WouldRefuseError) Error() string {
	return fmt.Sprintf("%d rows have errors: nothing would be done", e.Errors)
}

// Code returns the stable code of the error.
func (e *WouldRefuseError) Code() string { return "bulk.would-refuse" }

// A PartlyDoneError is returned beside the receipt of a job that did not do
// everything.
type PartlyDoneError struct {
	Job          string
	Errors, Left int
}

func (e *PartlyDoneError) Error() string {
	return fmt.Sprintf("job %s: %d rows have errors, %d are left", e.Job, e.Errors, e.Left)
}

// Code returns the stable code of the error.
func (e *PartlyDoneError) Code() string { return "bulk.partly" }
