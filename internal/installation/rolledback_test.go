package installation_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// accepted takes the database into use as it is.
func accepted(t *testing.T, f *housetest.Fixture) {
	t.Helper()
	_, err := f.AcceptRestore(t.Context(), installation.Restore{By: housetest.Host, Administrator: "Karin", Reason: "a disk"})
	must(t, err)
	f.Reopen(t)
}

// A database that was put back is told of by a notice, by the status, by the
// banner of every page, first of all that needs attention, and in a file; and once
// somebody has taken it into use, by none of them.
func TestADatabaseThatWasPutBackIsToldOfEverywhere(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, incidents := watched(t, db)
		backup := f.Backup(t)
		_, err := f.Installation("acme").AddPerson(ctx, admin, api.NewPerson{UserID: "lost"})
		must(t, err)
		f.PutBack(t, backup)
		in := f.Installation("acme")
		in.Discover(ctx)
		in.Discover(ctx) // it is found again every second, and told once
		status, attention, err := in.Overview(ctx, admin)
		must(t, err)
		var told []api.Event
		for _, e := range status.Events {
			if e.Code == installation.NoticeRolledBack {
				told = append(told, e)
			}
		}
		if len(told) != 1 || !strings.Contains(told[0].Text, " -> ") || told[0].Audience == nil {
			t.Errorf("the notices are %+v", status.Events)
		}
		i := status.Integrity
		if i.Rollback != "broken" || i.RollbackNote == "" || i.Writable || i.Note != i.RollbackNote || i.Verdict != "broken" {
			t.Errorf("the status says %+v", i)
		}
		if len(attention.Items) == 0 || attention.Items[0].Kind != string(seat.TroubleRolledBack) || attention.Items[0].Severity != "crit" || attention.Items[0].Text == "" {
			t.Errorf("first of all: %+v", attention.Items)
		}
		if slices.ContainsFunc(attention.Items, func(a api.AttentionItem) bool {
			return a.Kind == string(seat.WaitsNotice) && strings.Contains(a.Text, " -> ")
		}) {
			t.Error("it needs attention twice")
		}
		for _, page := range []seat.BannerPage{seat.OtherPage, seat.LicensePage, seat.HomePage} {
			b, err := in.Banner(installation.BannerAsk{Page: page, Reader: seat.Staff, Administrator: true})
			must(t, err)
			if b == nil || b.Kind != seat.TroubleRolledBack || b.Snooze() != 0 || b.Collapsible {
				t.Errorf("page %d tells of %+v", page, b)
			}
		}
		if b, err := in.Banner(installation.BannerAsk{Reader: seat.AnyReader}); err != nil || b != nil && b.Kind == seat.TroubleRolledBack {
			t.Errorf("somebody without a role hears of %+v, %v", b, err)
		}
		if _, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "more"}); codeIn(err) != "storage.rolled-back" {
			t.Errorf("a change: %v", err)
		}
		files, _ := filepath.Glob(filepath.Join(incidents, "rolled-back-*.json"))
		if len(files) == 0 {
			t.Error("no file tells of it")
		}
		accepted(t, f)
		in = f.Installation("acme")
		in.Discover(ctx)
		status, attention, err = in.Overview(ctx, admin)
		must(t, err)
		if slices.Contains(notices(t, in), installation.NoticeRolledBack) || status.Integrity.Rollback != "intact" || !status.Integrity.Writable ||
			slices.ContainsFunc(attention.Items, func(a api.AttentionItem) bool { return a.Kind == string(seat.TroubleRolledBack) }) {
			t.Errorf("after it was accepted: %+v %+v %v", status.Integrity, attention.Items, notices(t, in))
		}
		if b, err := in.Banner(installation.BannerAsk{Reader: seat.Staff, Administrator: true}); err != nil || b != nil && b.Kind == seat.TroubleRolledBack {
			t.Errorf("the banner stays: %+v, %v", b, err)
		}
	})
}
