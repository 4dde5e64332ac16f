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
	Ls     auditLs     `cmd:"" help:"List who did what, newest first."`
	Verify auditVerify `cmd:"" help:"Have the server check the whole record."`
}

type auditLs struct {
	User   string `placeholder:"USER" help:"Only what was done to this person."`
	Action string `placeholder:"ACTION" help:"Only this kind of act, such as plan.set."`
	paging
}

func (c auditLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Audit(s.ctx, client.AuditFilter{Person: c.User, Action: c.Action, Page: client.Page{Limit: c.Limit, After: c.After}})
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(e api.AuditEntry) string { return fmt.Sprint(e.Seq) }), human: func(o *paper) {
		t := &table{columns: []column{{head: "seq", right: true}, {head: "at"}, {head: "who", cut: late}, {head: "did"}, {head: "user"}, {head: "facts", cut: late}}}
		for _, e := range list.Items {
			t.add(fmt.Sprint(e.Seq), moment(e.At), e.Actor, e.Action, either(e.Person, e.Subject), facts(e.Facts))
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

type auditVerify struct{}

func (auditVerify) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	v, err := cl.VerifyAudit(s.ctx)
	if err != nil {
		return err
	}
	err = s.answer(answer{doc: v, ids: []string{v.Verdict}, human: func(o *paper) {
		o.line("audit."+v.Verdict, v.Entries, v.Links, v.Seq)
		if v.Where != "" {
			o.printf("  %s\n", v.Where)
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
