package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
)

type auditCmd struct {
	Ls      auditLs      `cmd:"" help:"List who did what, newest first."`
	Show    auditShow    `cmd:"" help:"Show one entry, and what the chain holds of it."`
	Head    auditHead    `cmd:"" help:"Print where the record stands, to be kept elsewhere."`
	Compare auditCompare `cmd:"" help:"Compare a head that was kept with the record."`
	Verify  auditVerify  `cmd:"" help:"Have the server check the record, or check a proof of it without a server."`
	Proof   auditProof   `cmd:"" help:"Write a proof of the record for somebody without access to the server."`
}

type auditLs struct {
	User   string `placeholder:"USER" help:"Only what was done to this person."`
	Action string `placeholder:"ACTION" help:"Only this kind of act, such as plan.set."`
	Who    string `placeholder:"WHO" help:"Only what they did: a user id, the id of a token, or person, token, system, host."`
	From   string `placeholder:"DAY" help:"Only since this day."`
	To     string `placeholder:"DAY" help:"Only through this day."`
	Door   string `placeholder:"DOOR" help:"Only what came through this: page, api, command, job, host or server; none is of which it is not on record."`

	Request string `placeholder:"NUMBER" help:"Only what was asked in the request with this reference number, as errors and --verbose say it, and what jobs did that it began."`
	paging
}

func (c auditLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Audit(s.ctx, client.AuditFilter{Person: c.User, Action: c.Action, Who: c.Who, From: c.From, To: c.To, Door: c.Door, Request: c.Request, Page: client.Page{Limit: c.Limit, After: c.After}})
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(e api.AuditEntry) string { return fmt.Sprint(e.Seq) }), human: func(o *paper) {
		t := &table{columns: []column{{head: "seq", right: true}, {head: "at"}, {head: "who", cut: late}, {head: "door"}, {head: "did"}, {head: "user"}, {head: "facts", cut: late}}}
		for _, e := range list.Items {
			t.add(fmt.Sprint(e.Seq), moment(e.At), e.Actor, either(e.Door, "-"), e.Action, either(e.Person, e.Subject), facts(e.Facts))
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

// either returns the first that says something.
func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func facts(f map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(f)) {
		parts = append(parts, k+"="+f[k])
	}
	return strings.Join(parts, " ")
}

type auditShow struct {
	Entry string `arg:"" help:"The number pott audit ls shows; 12-2 for the second entry of a commit."`
}

func (c auditShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	e, err := cl.AuditEntry(s.ctx, c.Entry)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: e, ids: []string{fmt.Sprint(e.Seq)}, human: func(o *paper) {
		o.printf("#%d  %s  %s  %s  %s\n", e.Seq, moment(e.At), e.Who, e.Action, either(e.Person, e.Subject))
		t := &table{columns: []column{{head: "what"}, {head: "was", cut: late}, {head: "now", cut: late}}}
		for _, ch := range e.Changes {
			t.add(ch.Name, ch.Before, ch.After)
		}
		o.table(t)
		o.line("audit.door", either(e.Door, s.say("audit.no-door")))
		if e.Request != "" {
			o.line("audit.request", e.Request)
		}
		o.line("audit.hash", e.Hash)
		if e.Previous != "" {
			o.line("audit.previous", e.Previous)
		}
	}})
}

type auditVerify struct {
	From string `placeholder:"FROM" help:"The first commit, or a day."`
	To   string `placeholder:"TO" help:"The last commit, or a day."`

	File string   `placeholder:"PROOF" help:"Check this proof instead, as pott audit proof wrote it; no server is asked. - reads standard input."`
	Head []string `placeholder:"HEAD" help:"Of a proof: a head that was kept, or a file of them. May be repeated."`
	Key  string   `placeholder:"KEY" help:"Of a proof: the fingerprint of the installation's key, or a file that holds it."`
}

// Help says what kong's one line cannot.
func (auditVerify) Help() string {
	return "With --file, nothing is asked and nothing is needed but the proof and what you know from elsewhere: a head that was kept (pott audit head, pott server head, a license server's record), or the fingerprint of the installation's key. With neither, a proof can be found to be broken, and never to be intact. Follows the chain from the beginning of the range to its head. Exit code 0: intact; 8: broken, with the first commit that is not what was written; 12: cannot be checked, because there is no entry in the range or nothing outside the database remembers how far it was."
}

func (c auditVerify) Run(s *session) error {
	switch {
	case c.File != "" && c.From+c.To != "":
		return &UsageError{Problem: "a proof is checked whole: leave out --from and --to", Help: "pott audit verify --help"}
	case c.File != "":
		return s.verifyProof(c.File, c.Head, c.Key)
	case len(c.Head) > 0 || c.Key != "":
		return &UsageError{Problem: "--head and --key are for a proof: add --file", Help: "pott audit verify --help"}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	job, err := cl.CheckAudit(s.ctx, api.AuditRange{From: c.From, To: c.To})
	if err != nil {
		return err
	}
	if job, err = s.watch(cl, job); err != nil {
		return err
	}
	if job.Audit == nil { // somebody has cancelled it, or it failed
		if job.Problem != nil {
			return &AuditUncheckedError{Note: job.Problem.Text}
		}
		return &AuditUncheckedError{Note: s.say("job." + job.State)}
	}
	v := *job.Audit
	err = s.answer(answer{doc: v, ids: []string{v.Verdict}, human: func(o *paper) {
		o.line("audit."+v.Verdict, v.Entries, v.Links, v.Seq)
		if v.Where != "" {
			o.printf("  %s\n", v.Where)
		}
		if b := v.Broken; b != nil && b.Expected != "" {
			o.line("audit.expected", b.Expected)
			o.line("audit.found", b.Found)
		}
		if v.Note != "" {
			o.printf("  %s\n", v.Note)
		}
	}})
	switch {
	case err != nil:
		return err
	case v.Verdict == "intact":
		return nil
	case v.Verdict == "broken":
		return &AuditBrokenError{Where: v.Where}
	}
	return &AuditUncheckedError{Note: v.Note}
}

// moment prints a moment in UTC, to the second.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// day prints the day of a moment, in UTC.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}
