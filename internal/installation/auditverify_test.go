package installation_test

import (
	"testing"

	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestTheAuditTrailIsVerifiedInThreeStates(t *testing.T) {
	for name, c := range map[string]struct {
		attack   string
		from, to string
		verdict  string
		seq      int64 // where it is broken
		what     string
	}{
		"all of it":                             {verdict: "intact"},
		"two commits":                           {from: "2", to: "3", verdict: "intact"},
		"a day":                                 {from: "2026-06-10", to: "2026-06-10", verdict: "intact"},
		"a range without entries":               {from: "900", verdict: "cannot-check"},
		"a day after everything":                {from: "2026-06-11", verdict: "cannot-check"},
		"an edited entry":                       {attack: "UPDATE audit SET action = 'plan.remove' WHERE ledger = 'seats' AND seq = 4", verdict: "broken", seq: 4, what: "edited"},
		"an entry edited outside the range":     {attack: "UPDATE audit SET action = 'plan.remove' WHERE ledger = 'seats' AND seq = 4", from: "1", to: "3", verdict: "intact"},
		"an entry about somebody else":          {attack: "UPDATE audit SET subject = 'x' WHERE ledger = 'seats' AND seq = 5", verdict: "broken", seq: 5, what: "edited"},
		"a deleted entry":                       {attack: "DELETE FROM audit WHERE ledger = 'seats' AND seq = 4", verdict: "broken", seq: 4, what: "edited"},
		"an added entry":                        {attack: "INSERT INTO audit SELECT installation, ledger, seq, 9, at, actor_kind, actor, action, subject, facts FROM audit WHERE ledger = 'seats' AND seq = 3 AND n = 1", verdict: "broken", seq: 3, what: "edited"},
		"a commit that is gone":                 {attack: "DELETE FROM journal WHERE ledger = 'seats' AND seq = 3", verdict: "broken", seq: 3, what: "deleted"},
		"a commit that is gone after the range": {attack: "DELETE FROM journal WHERE ledger = 'seats' AND seq = 5", to: "3", verdict: "broken", seq: 5, what: "deleted"},
		"an edited commit":                      {attack: "UPDATE journal SET at = at + 1 WHERE ledger = 'seats' AND seq = 4", verdict: "broken", seq: 4, what: "edited"},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				f, _ := watched(t, db)
				acme := f.Installation("acme")
				if c.attack != "" {
					attacked(t, db, c.attack)
				}
				v, err := acme.VerifyAudit(t.Context(), admin, installation.AuditSpan{From: c.from, To: c.to})
				must(t, err)
				switch {
				case v.Verdict != c.verdict:
					t.Errorf("%+v, want %s", v, c.verdict)
				case c.verdict == "intact" && (v.Entries == 0 || v.First.IsZero() || v.Head == ""):
					t.Errorf("intact, and nothing is said of it: %+v", v)
				case c.verdict == "cannot-check" && v.Note == "":
					t.Errorf("nobody says why: %+v", v)
				case c.verdict == "broken" && (v.Broken.Seq != c.seq || v.Broken.What != c.what || v.Broken.Before == nil):
					t.Errorf("%+v %+v, want %s at %d", v, v.Broken, c.what, c.seq)
				}
			})
		})
	}
}

func TestWithoutAWitnessTheAuditTrailCannotBeChecked(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := twoOnSales(t, db)
		f.Reopen(t)
		v, err := f.Installation("acme").VerifyAudit(t.Context(), admin, installation.AuditSpan{})
		if err != nil || v.Verdict != "cannot-check" || v.Note == "" || v.Entries == 0 {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

func TestAnEntryIsShownWithWhatTheChainHolds(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		acme := twoOnSales(t, db).Installation("acme")
		list, err := acme.Audit(t.Context(), admin, installation.AuditFilter{Who: "host", From: "2026-06-10", To: "2026-06-10"})
		must(t, err)
		if len(list.Items) == 0 {
			t.Fatal("nobody did anything")
		}
		if none, err := acme.Audit(t.Context(), admin, installation.AuditFilter{From: "2026-06-11"}); err != nil || len(none.Items) != 0 {
			t.Errorf("tomorrow: %+v, %v", none, err)
		}
		second, err := acme.AuditEntry(t.Context(), admin, "2")
		must(t, err)
		first, err := acme.AuditEntry(t.Context(), admin, "#1-1")
		must(t, err)
		if second.Previous != first.Hash || first.Previous != "" || second.Before == nil || second.Before.Seq != 1 || first.After == nil {
			t.Errorf("%+v\nand %+v", first, second)
		}
		for _, id := range []string{"", "0", "999", "1-99", "x", "1-0", "-1", "1-1-1"} {
			if _, err := acme.AuditEntry(t.Context(), admin, id); code(err) != "audit.unknown" {
				t.Errorf("%q: %v", id, err)
			}
		}
	})
}
