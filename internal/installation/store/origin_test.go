package store

import (
	"context"
	"fmt"
	"testing"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// What people write into a reason is no door and no request, and what is asked for
// is no pattern.
func TestEntriesAreFoundByWhatTheyCameThroughAndNothingElse(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		note := func(ctx context.Context, action string, facts ...audit.Fact) {
			t.Helper()
			if _, err := b.Update(ctx, audit.Actor{Kind: audit.Person, ID: "p"}, monday, func(tx *Tx) error { tx.Entry(action, "", facts...); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		through := func(door audit.Door, request string) context.Context {
			return audit.Through(t.Context(), audit.Origin{Door: door, Request: request})
		}
		note(t.Context(), "old", audit.F("reason", "door=page"))
		note(t.Context(), "older", audit.F("a", `x\`), audit.F("reason", "x\ndoor=page\nrequest_id=r-1"))
		note(through(audit.ByPage, "r-1"), "page", audit.F("zone", "x"), audit.F("a", "y"))
		note(through(audit.ByPage, "r-12"), "first")
		note(through(audit.ByAPI, "r-1"), "forged", audit.F(audit.FactDoor, "page"), audit.F(audit.FactRequest, "r-9"))
		newest, err := b.AuditEntries(t.Context(), AuditFilter{Newest: true, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		forged := newest[0].Seq
		note(through("", "r-7"), "nowhere")
		for _, test := range []struct {
			f    AuditFilter
			want []string
		}{
			{AuditFilter{Door: audit.ByPage}, []string{"page", "first"}},
			{AuditFilter{Door: audit.ByAPI}, []string{"forged"}},
			{AuditFilter{Door: audit.NoDoor, Kind: audit.Person}, []string{"old", "older", "nowhere"}},
			{AuditFilter{Request: "r-1"}, []string{"page", "forged"}},
			{AuditFilter{Request: "r-1", Last: forged}, []string{"page", "forged"}},
			{AuditFilter{Request: "r-1", Last: forged - 1}, []string{"page"}},
			{AuditFilter{Request: "r-1", Last: forged, Newest: true, After: AuditPlace{Seq: forged, N: 1}}, []string{"page"}},
			{AuditFilter{Request: "r-9"}, nil},
			{AuditFilter{Request: "r-7"}, []string{"nowhere"}},
			{AuditFilter{Request: "%"}, nil},
			{AuditFilter{Request: "r-_"}, nil},
			{AuditFilter{Request: "r-1!"}, nil},
			{AuditFilter{Door: "pag_"}, nil},
			{AuditFilter{Door: "%", Kind: audit.Person}, nil},
		} {
			found, err := b.AuditEntries(t.Context(), test.f)
			if err != nil {
				t.Fatal(err)
			}
			var actions []string
			for _, e := range found {
				actions = append(actions, e.Action)
			}
			if fmt.Sprint(actions) != fmt.Sprint(test.want) {
				t.Errorf("%+v finds %q, want %q", test.f, actions, test.want)
			}
		}
		if _, err := b.VerifyChain(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
