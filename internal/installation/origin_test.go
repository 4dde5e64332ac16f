package installation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/auditproof"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func through(t *testing.T, door audit.Door, request string) context.Context {
	return audit.Through(t.Context(), audit.Origin{Door: door, Request: request})
}

// trail is what a filter finds, newest first.
func trail(t *testing.T, in *installation.Installation, f installation.AuditFilter) (actions []string) {
	t.Helper()
	list, err := in.Audit(t.Context(), admin, f)
	must(t, err)
	for _, e := range list.Items {
		actions = append(actions, e.Action)
	}
	return actions
}

func TestTheTrailIsSearchedByDoorAndRequest(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, in := branch(t, db)
		add := func(ctx context.Context, id string) {
			_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true})
			must(t, err)
		}
		add(t.Context(), "before") // as every entry was once
		add(through(t, audit.ByPage, "4f1c20aa93be-1"), "page")
		add(through(t, audit.ByAPI, "4f1c20aa93be-11"), "api")
		add(through(t, audit.ByCommand, "4f1c20aa93be-1"), "command")
		_, err := in.StartEvent(through(t, audit.ByAPI, "0000000000ab-2"), admin, api.NewEvent{Type: "maintenance"})
		must(t, err)
		for _, test := range []struct {
			name string
			f    installation.AuditFilter
			want []string
		}{
			{"a page", installation.AuditFilter{Door: "page"}, []string{"person.add"}},
			{"programs", installation.AuditFilter{Door: "api"}, []string{"event.start", "person.add"}},
			{"the command", installation.AuditFilter{Door: "command"}, []string{"person.add"}},
			{"a job that never was", installation.AuditFilter{Door: "job"}, nil},
			{"nobody at the machine", installation.AuditFilter{Door: "host", Action: "event."}, nil},
			{"a request, and not one that begins alike", installation.AuditFilter{Request: "4f1c20aa93be-1"}, []string{"person.add", "person.add"}},
			{"in capitals, as somebody reads it out", installation.AuditFilter{Request: "4F1C20AA93BE-11"}, []string{"person.add"}},
			{"both", installation.AuditFilter{Request: "4f1c20aa93be-1", Door: "page"}, []string{"person.add"}},
			{"a part of a number", installation.AuditFilter{Request: "20aa93be-1"}, nil},
			{"not on record", installation.AuditFilter{Door: "none", Action: "person.add"}, []string{"person.add"}},
		} {
			if got := trail(t, in, test.f); fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
		for _, f := range []installation.AuditFilter{{Door: "window"}, {Door: "%"}, {Request: "%"}, {Request: "a_b"}, {Request: "4f1c20aa93be-1\n"}, {Request: "' OR 1=1"}} {
			_, err := in.Audit(t.Context(), admin, f)
			refused(t, fmt.Sprintf("%+v", f), err, "request.bad-value")
		}
		list, err := in.Audit(t.Context(), admin, installation.AuditFilter{Door: "page"})
		must(t, err)
		e := list.Items[0]
		if e.Door != "page" || e.Request != "4f1c20aa93be-1" || e.Facts["door"]+e.Facts["request_id"] != "" {
			t.Errorf("%+v", e)
		}
		d, err := in.AuditEntry(t.Context(), admin, fmt.Sprint(e.Seq, "-", e.N))
		must(t, err)
		if d.Together != 1 {
			t.Errorf("%d other entries of the request", d.Together)
		}
		for _, c := range d.Changes {
			if c.Name == "door" || c.Name == "request_id" {
				t.Errorf("it is told as a change: %+v", c)
			}
		}
	})
}

// How long the trail is must not matter to who looks at one entry, or types a number.
func TestOtherEntriesOfARequestAreCountedOnlyNearAnEntry(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, in := branch(t, db)
		add := func(ctx context.Context, id string) {
			_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: id})
			must(t, err)
		}
		for i, request := range []string{"r-1", "r-2", "r-1", "r-1", "r-2", "r-2", "r-1"} { // a commit each
			add(through(t, audit.ByAPI, request), fmt.Sprint("p", i))
		}
		list, err := in.Audit(t.Context(), admin, installation.AuditFilter{Request: "r-1"})
		must(t, err)
		e := list.Items[1]
		for far, want := range map[int64]int{0: 0, 1: 1, 2: 1, 3: 3, 10_000: 3} {
			if n, err := in.Together(t.Context(), e, far); n != want || err != nil {
				t.Errorf("%d commits away: %d others, want %d: %v", far, n, want, err)
			}
		}
		found, err := in.FindAuditEntry(t.Context(), admin, fmt.Sprint("#", e.Seq))
		must(t, err)
		if fmt.Sprint(found) != fmt.Sprint(e) {
			t.Errorf("found %+v, want %+v", found, e)
		}
		for _, id := range []string{"", "0", "-1", "x", "9999", fmt.Sprint(e.Seq, "-2"), "9223372036854775807", "9223372036854775808"} {
			_, err := in.FindAuditEntry(t.Context(), admin, id)
			refused(t, id, err, "audit.unknown")
		}
	})
}

// A job goes on when the request that began it is long over, and is found by it.
func TestWhatAJobDoesSaysWhichRequestBeganIt(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, in := branch(t, db)
		began := func(request string, b api.Bulk, err error) string {
			t.Helper()
			must(t, err)
			if b.Job.State != "done" {
				t.Fatalf("%+v", b.Job)
			}
			entries, err := in.Audit(t.Context(), admin, installation.AuditFilter{Request: request})
			must(t, err)
			for _, e := range entries.Items {
				if want := map[bool]string{true: "page", false: "job"}[e.Action == "job.start"]; e.Door != want || e.Request != request {
					t.Errorf("%s came through %q in %q, want %s", e.Action, e.Door, e.Request, want)
				}
			}
			if len(entries.Items) < 4 || len(trail(t, in, installation.AuditFilter{Request: request, Action: "job.end"})) != 1 {
				t.Errorf("%d entries of request %s", len(entries.Items), request)
			}
			return b.Job.ID
		}
		var job string
		for i, partial := range []bool{false, true} {
			request := fmt.Sprint("r-", i)
			b, err := in.ImportPeople(through(t, audit.ByPage, request), admin, installation.Import{File: list("user_id;plans", fmt.Sprintf("a%d;none", i), fmt.Sprintf("b%d;none", i)), Partial: partial})
			job = began(request, b, err)
		}
		b, err := in.UndoJob(through(t, audit.ByPage, "r-undo"), admin, job, "")
		began("r-undo", b, err)
	})
}

// Entries from before there were doors stand in the same chain as those after, and
// are proved and checked with them.
func TestAnOldTrailGoesOnAndIsChecked(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, _ := watched(t, db)
		in := f.Installation("acme")
		_, err := in.AddPerson(through(t, audit.ByPage, "4f1c20aa93be-1"), admin, api.NewPerson{UserID: "new", Login: true})
		must(t, err)
		old := len(trail(t, in, installation.AuditFilter{Door: "none"}))
		if now := len(trail(t, in, installation.AuditFilter{Door: "page"})); old < 3 || now != 1 {
			t.Fatalf("%d old entries, %d of today", old, now)
		}
		v, err := in.VerifyAudit(t.Context(), admin, installation.AuditSpan{})
		must(t, err)
		if v.Verdict != "intact" {
			t.Errorf("%+v", v)
		}
		if r := verified(t, in); r.Verdict != "intact" {
			t.Errorf("fsck: %+v", r)
		}
		p, judge := judged(t, proofText(t, in, installation.ProofAsked{}), "")
		if judge.Verdict != auditproof.Intact {
			t.Errorf("a proof: %+v", judge)
		}
		last := p.Batches[len(p.Batches)-1].Entries
		if facts := last[len(last)-1].Facts; facts[:10] != "door=page\n" {
			t.Errorf("a proof says %q", facts)
		}
		for _, attack := range []string{
			"UPDATE audit SET facts = replace(facts, 'door=page', 'door=host') WHERE facts LIKE 'door=page%'",
			"UPDATE audit SET facts = replace(facts, 'door=host', 'door=') WHERE facts LIKE 'door=host%' AND facts LIKE '%request_id%'",
		} {
			attacked(t, db, attack)
			if v, err := in.VerifyAudit(t.Context(), admin, installation.AuditSpan{}); err != nil || v.Verdict != "broken" {
				t.Errorf("%s: %+v %v", attack, v, err)
			}
		}
	})
}

// An old entry into which somebody writes an empty door is another entry.
func TestAnEmptyDoorIsAnEdit(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, _ := watched(t, db)
		attacked(t, db, "UPDATE audit SET facts = 'door=\n' || facts WHERE action = 'person.add'")
		in := f.Installation("acme")
		if v, err := in.VerifyAudit(t.Context(), admin, installation.AuditSpan{}); err != nil || v.Verdict != "broken" {
			t.Errorf("%+v %v", v, err)
		}
		// And it can be looked at.
		list, err := in.Audit(t.Context(), admin, installation.AuditFilter{Action: "person.add"})
		must(t, err)
		if e := list.Items[0]; e.Door != "" || !strings.HasPrefix(e.Facts[""], "door=\n") {
			t.Errorf("%+v", e)
		}
	})
}
