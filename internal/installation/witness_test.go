package installation_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/licenseserver"
)

// A license server has on record how far an installation was, from what it told
// itself, and reminds it. A database that was put back without a trace on the
// machine is found by that; one that somebody took into use is not called wrong.
func TestALicenseServerRemembersHowFarItWas(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		v, in := connected(t, db)
		incidents := v.f.KeepFiles(t)
		v.f.Remember(t)
		v.f.Reopen(t)
		in = v.f.Installation("acme")
		backup := v.f.Backup(t)
		var furthest licenseserver.Place
		v.say = func(q *licenseserver.Request, r *licenseserver.Reply) {
			if r.Last = furthest; q.Seq >= furthest.Seq {
				furthest = licenseserver.Place{Seq: q.Seq, Epoch: q.Epoch, Head: q.Head}
			}
		}
		fetch := func() {
			t.Helper()
			_, err := in.Fetch(ctx, admin, "superoffice")
			must(t, err)
		}
		told := func() (about []string) {
			t.Helper()
			list, err := in.Events(ctx, admin, false, 0, "")
			must(t, err)
			for _, e := range list.Items {
				if e.Code == installation.NoticeWitness {
					about = append(about, e.About)
				}
			}
			return about
		}
		for i := range 4 {
			_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: fmt.Sprint("p", i)})
			must(t, err)
			fetch()
		}
		if status, err := in.Status(ctx, admin); err != nil || len(told()) > 0 || status.Integrity.Rollback == "broken" {
			t.Errorf("one history that goes on: %v %+v %v", told(), status.Integrity, err)
		}
		kept := furthest
		v.f.Remember(t) // the anchors are lost
		v.f.PutBack(t, backup)
		v.f.Reopen(t)
		in = v.f.Installation("acme")
		if s, _ := in.Status(ctx, admin); s.Integrity.Rollback == "broken" {
			t.Fatal("something on the machine remembers: the test shows nothing")
		}
		fetch()
		v.f.Reopen(t) // from here on there is an anchor, of the wrong history
		in = v.f.Installation("acme")
		status, err := in.Status(ctx, admin)
		must(t, err)
		if got := told(); len(got) != 1 || got[0] != "SUPEROFFICE" || status.Integrity.Rollback != "cannot-be-checked" || !strings.Contains(status.Integrity.RollbackNote, "SUPEROFFICE") {
			t.Errorf("after it was put back: %v %+v", got, status.Integrity)
		}
		if verdict, err := in.VerifyAudit(ctx, admin, installation.AuditSpan{}); err != nil || verdict.Verdict != "cannot-check" {
			t.Errorf("the trail is %+v, %v", verdict, err)
		}
		files, _ := filepath.Glob(filepath.Join(incidents, "witness-acme-*.json"))
		if len(files) != 1 {
			t.Errorf("the files are %v", files)
		}
		for i := range 8 { // it goes on another way, past what is remembered
			_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: fmt.Sprint("q", i)})
			must(t, err)
			furthest = kept
			fetch()
		}
		if files, _ := filepath.Glob(filepath.Join(incidents, "witness-acme-*.json")); len(told()) != 1 || len(files) != 1 {
			t.Errorf("it was said often: %v %v", told(), files)
		}
		// Somebody takes it into use, and says how far it was.
		_, err = v.f.AcceptRestore(ctx, installation.Restore{By: housetest.Host, Administrator: "Karin", Reason: "a disk"})
		must(t, err)
		v.f.Reopen(t)
		in = v.f.Installation("acme")
		furthest = licenseserver.Place{}
		fetch()
		if status, err := in.Status(ctx, admin); err != nil || len(told()) > 0 || status.Integrity.Rollback != "intact" {
			t.Errorf("after it was accepted: %v %+v %v", told(), status.Integrity, err)
		}
	})
}

// What a license server remembers of a part of history that a restore skipped is
// explained by the restore.
func TestWhatALicenseServerRemembersAgreesWithAnAcceptedRestore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		v, _ := connected(t, db)
		v.f.Remember(t)
		v.f.Reopen(t)
		in := v.f.Installation("acme")
		backup := v.f.Backup(t)
		for i := range 3 {
			_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: fmt.Sprint("p", i)})
			must(t, err)
		}
		var last licenseserver.Place
		v.say = func(q *licenseserver.Request, r *licenseserver.Reply) {
			r.Last, last = last, licenseserver.Place{Seq: q.Seq, Epoch: q.Epoch, Head: q.Head}
		}
		_, err := in.Fetch(ctx, admin, "superoffice")
		must(t, err)
		v.f.PutBack(t, backup)
		accepted(t, v.f)
		in = v.f.Installation("acme")
		for range 2 {
			_, err = in.Fetch(ctx, admin, "superoffice")
			must(t, err)
		}
		if s, err := in.Status(ctx, admin); err != nil || s.Integrity.Rollback != "intact" || slices.Contains(notices(t, in), installation.NoticeWitness) {
			t.Errorf("%+v %v %v", s.Integrity, notices(t, in), err)
		}
	})
}

// A head that somebody kept shows that a database was put back, where no anchor
// does. Whoever says so is heard, and cannot stop anything by it.
func TestAWitnessIsHeardAndNotObeyed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f := housetest.New(t, db, "acme")
		in := f.Installation("acme")
		backup := f.Backup(t)
		early := in.PrintedHead()
		_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "anna"})
		must(t, err)
		late := in.PrintedHead()
		program := installation.Act{By: audit.Actor{Kind: audit.Token, ID: "3f3fb53e70745301"}}
		verdict := func(head string) string {
			t.Helper()
			done, err := in.CompareHead(ctx, program, api.CompareHead{Head: head})
			must(t, err)
			return done.Verdict
		}
		told := func() (n int) {
			t.Helper()
			list, err := in.Events(ctx, admin, false, 0, "")
			must(t, err)
			for _, e := range list.Items {
				if e.Code == installation.NoticeWitness {
					n++
				}
			}
			return n
		}
		if verdict(early.Head) != api.HeadAgrees || verdict(late.Head) != api.HeadAgrees || told() != 0 {
			t.Error("heads of this very history do not agree")
		}
		for _, bad := range []string{"", "x", strings.Replace(late.Head, "seats", "server", 1), "other" + late.Head} {
			if _, err := in.CompareHead(ctx, program, api.CompareHead{Head: bad}); codeIn(err) != "restore.bad-head" {
				t.Errorf("%q: %v", bad, err)
			}
		}
		f.PutBack(t, backup)
		in = f.Installation("acme")
		if verdict(early.Head) != api.HeadAgrees || verdict(late.Head) != api.HeadBehind || told() != 1 {
			t.Errorf("after the database was put back: %d notices", told())
		}
		for i := range 5 { // the notice itself was a change: the history goes on another way
			_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: fmt.Sprint("p", i)})
			must(t, err)
			if got := verdict(late.Head); got != api.HeadAnotherHistory {
				t.Errorf("once it went on: %s", got)
			}
		}
		if told() != 1 {
			t.Errorf("it was said often, and there are %d notices", told())
		}
	})
}
