package installation_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/licenseserver"
)

// activated loads the second set of a connected installation and puts it in force.
func activated(t *testing.T, v *vendor) []byte {
	t.Helper()
	in := v.f.Installation("acme")
	file := v.f.Vendors.File(t, secondSet(t, in))
	loaded, err := in.Load(t.Context(), admin, file)
	must(t, err)
	if loaded.Activated == nil {
		_, err = in.Activate(t.Context(), admin, "superoffice-2", api.Activate{})
		must(t, err)
	}
	return file
}

// An issuer hears of every roll back, once and in order, also when something else
// is in force again before it could be told.
func TestEveryRollBackIsReportedOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		v, in := connected(t, db)
		file := activated(t, v)
		_, err := in.RollBack(ctx, admin, api.RollBack{Issuer: "superoffice"})
		must(t, err)
		_, err = in.Load(ctx, admin, file)
		must(t, err)
		_, err = in.Activate(ctx, admin, "superoffice-2", api.Activate{})
		must(t, err)

		// The server is away at first: nothing counts as told.
		v.say = func(_ *licenseserver.Request, r *licenseserver.Reply) {
			r.Refused, r.Status = licenseserver.NothingIssued, licenseserver.Problem
		}
		v.f.Attend(ctx)
		if got := v.kinds(); got != "rolled-back" {
			t.Fatalf("at first it reports %q", got)
		}
		v.say = nil
		now := housetest.Noon.Add(25 * time.Hour)
		var told []string
		for range 5 {
			v.f.Set(now)
			v.f.Attend(ctx)
			for _, q := range v.asked {
				told = append(told, strings.TrimSpace(string(q.Kind)))
				if q.Kind == licenseserver.RolledBack && (q.Set.Number != 1 || q.Left != markOf(t, file)) {
					t.Errorf("the roll back is told as %+v from %+v", q.Set, q.Left)
				}
			}
			v.asked = nil
			now = now.Add(2 * time.Minute)
		}
		if got := strings.Join(told, " "); got != "rolled-back accepted" {
			t.Errorf("told %q", got)
		}
	})
}

// A set that is here and waits is not one to fetch.
func TestASetThatIsHereIsNotOfferedAgain(t *testing.T) {
	ctx := t.Context()
	v, in := connected(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	set := secondSet(t, in)
	set.Licenses[len(set.Licenses)-1].Quantity = 1 // less than before: it waits for a review
	file := v.f.Vendors.File(t, set)
	v.offers(file)
	dry := admin
	dry.DryRun = true
	would, err := in.Fetch(ctx, dry, "superoffice")
	must(t, err)
	if a := would.Items[0].Authority; a.StatusText != "A newer set can be fetched: superoffice-2." {
		t.Errorf("before it is here: %q", a.StatusText)
	}
	_, err = in.Fetch(ctx, admin, "superoffice")
	must(t, err)
	if a := authorityOf(t, in); a.Status != "new-set" || a.StatusText != "The newest set, superoffice-2, is here. It is not in force yet." {
		t.Errorf("once it is here: %+v", a)
	}
}

// Two copies that go on under one key are told so by the license server, and say so.
func TestACloneIsToldSo(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		v, in := connected(t, db)
		seen := map[string]map[int64]string{} // heads by epoch and number
		v.say = func(q *licenseserver.Request, r *licenseserver.Reply) {
			if seen[q.Epoch] == nil {
				seen[q.Epoch] = map[int64]string{}
			}
			if was := seen[q.Epoch][q.Seq]; was != "" && was != q.Head {
				r.Status = licenseserver.Problem
			}
			seen[q.Epoch][q.Seq] = q.Head
		}
		copied := v.f.Backup(t)
		_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "anna"})
		must(t, err)
		_, err = in.Fetch(ctx, admin, "superoffice")
		must(t, err)
		if a := authorityOf(t, in); a.Status != "ok" {
			t.Errorf("the first: %+v", a)
		}
		v.f.PutBack(t, copied)
		in = v.f.Installation("acme")
		_, err = in.AddPerson(ctx, admin, api.NewPerson{UserID: "bo"})
		must(t, err)
		_, err = in.Fetch(ctx, admin, "superoffice")
		must(t, err)
		a := authorityOf(t, in)
		if a.Status != "problem" || a.StatusText == "" {
			t.Errorf("the other: %+v", a)
		}
		// Nothing is stopped by it: whoever answers cannot tell which is the copy.
		if _, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "cecilia"}); err != nil {
			t.Error(err)
		}
	})
}

// What passed through a mail or a text box is received when nothing but its line
// ends was changed.
func TestASetThatWasPasted(t *testing.T) {
	ctx := t.Context()
	v, in := connected(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	file := v.f.Vendors.File(t, secondSet(t, in))
	lines := bytes.ReplaceAll(file, []byte("\n"), []byte("\r\n"))
	for name, bad := range map[string][]byte{
		"one line end is as it was":    bytes.Replace(lines, []byte("\r\n"), []byte("\n"), 1),
		"a carriage return too much":   bytes.Replace(lines, []byte("\r\n"), []byte("\r\r\n"), 1),
		"a carriage return in a line":  bytes.Replace(lines, []byte("Acme"), []byte("Ac\rme"), 1),
		"something else was changed":   bytes.Replace(lines, []byte("Acme"), []byte("Acma"), 1),
		"nothing but carriage returns": bytes.ReplaceAll(file, []byte("\n"), []byte("\r")),
	} {
		if _, err := in.Load(ctx, admin, bad); err == nil {
			t.Errorf("%s: it was received", name)
		}
	}
	got, err := in.Load(ctx, admin, lines)
	must(t, err)
	stored, err := in.SetFile(ctx, got.Set.ID)
	must(t, err)
	if !bytes.Equal(stored, file) {
		t.Error("what is kept is not the file as it was signed")
	}
	if got, err = in.Load(ctx, admin, file); err != nil || !got.Already {
		t.Errorf("the file itself: %+v, %v", got, err)
	}
}
