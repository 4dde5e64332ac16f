package installation_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

var older = installation.Restore{By: housetest.Host, Administrator: "anna", Reason: "the disk broke"}

// lostSet is an installation that accepted a second set after its backup was
// made, and whose backup was put back. With revoked, a newer key list came with
// it too.
func lostSet(t *testing.T, db *sqldb.DB, revoked bool) (v *vendor, in *installation.Installation, file []byte) {
	t.Helper()
	v, _ = connected(t, db)
	v.f.Remember(t)
	v.f.Reopen(t)
	in = v.f.Installation("acme")
	if revoked { // one more than the set in force came with
		v.f.Vendors = v.f.Vendors.Revoked(t, "ACME", licensefile.RefuseNew, license.Date{})
		_, err := in.Load(t.Context(), admin, v.f.Vendors.KeyLists())
		must(t, err)
	}
	backup := v.f.Backup(t)
	set := secondSet(t, in)
	if revoked {
		v.f.Vendors = v.f.Vendors.Revoked(t, "SUPEROFFICE", licensefile.RefuseNew, license.Date{})
	}
	file = v.f.Vendors.File(t, set)
	v.offers(file)
	got, err := in.Fetch(t.Context(), admin, "")
	must(t, err)
	if got.Items[0].Set == nil {
		t.Fatalf("fetched %+v", got)
	}
	v.f.PutBack(t, backup)
	v.kinds()
	return v, v.f.Installation("acme"), file
}

// Whoever takes a backup into use has at once what the issuers signed since, and
// not what somebody else makes of it.
func TestTheNewestSetComesBackWithARestore(t *testing.T) {
	for name, revoked := range map[string]bool{"a set": false, "a set and a key list": true} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				v, in, _ := lostSet(t, db, revoked)
				if _, err := in.Fetch(t.Context(), admin, ""); err == nil {
					t.Error("a set was received before anybody said that the older state is meant")
				}
				v.kinds()
				list, err := v.f.AcceptRestore(t.Context(), older)
				must(t, err)
				if got := list[1].Fetched; len(got) != 1 || got[0].Set == nil || got[0].Set.ID != "superoffice-2" || v.kinds() != "ping fetch" {
					t.Fatalf("after the restore: %+v", got)
				}
				if entries, err := in.Audit(t.Context(), admin, installation.AuditFilter{Action: "keys.learn"}); err != nil || revoked && len(entries.Items) != 3 {
					t.Errorf("key lists learned: %+v, %v", entries.Items, err)
				}
				v.f.Attend(t.Context())
				if got := v.kinds(); got != "accepted" {
					t.Errorf("nothing is lost any more, and it asks %q", got)
				}
				if _, err := in.Activate(t.Context(), admin, "superoffice-2", api.Activate{}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// Until the key list is back, the set in force stays in force.
func TestAKeyListThatARestoreLostStopsNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		v, _, _ := lostSet(t, db, true)
		v.send = func([]byte, *licenseserver.Reply) ([]byte, error) { return nil, errors.New("no route to host") }
		list, err := v.f.AcceptRestore(t.Context(), older)
		must(t, err)
		if got := list[1].Fetched; len(got) != 1 || got[0].Error != "fetch.unreachable" || got[0].ErrorText == "" {
			t.Errorf("the answer for a server that is away: %+v", got)
		}
		v.f.Reopen(t)
		in := v.f.Installation("acme")
		if got := said(t, in, "SUPEROFFICE"); got != "deny person-unknown, allow system, deny person-unknown" {
			t.Errorf("of the set in force it says %q", got)
		}
		// The old lists are not taken for the newest.
		old := housetest.NewVendors(t)
		if _, err := in.Load(t.Context(), admin, old.KeyLists()); codeIn(err) != "set.old-key-list" {
			t.Errorf("the older key lists: %v", err)
		}
		// It asks again by itself, in a while and also after a start, until it is back.
		v.kinds()
		v.send = nil
		v.f.Attend(t.Context())
		if got := v.kinds(); got != "accepted" {
			t.Errorf("at once it asks %q", got)
		}
		v.f.Set(housetest.Noon.Add(10 * time.Minute))
		v.f.Reopen(t)
		v.f.Attend(t.Context())
		if got := v.kinds(); got != "ping fetch" {
			t.Errorf("ten minutes later it asks %q", got)
		}
		v.f.Set(housetest.Noon.Add(30 * time.Minute))
		v.f.Attend(t.Context())
		if got := v.kinds(); got != "accepted" {
			t.Errorf("with everything back it asks %q", got)
		}
	})
}

func codeIn(err error) string {
	var coded interface{ Code() string }
	if errors.As(err, &coded) {
		return coded.Code()
	}
	return ""
}

// That the newest set may come again is no door for others: not for one of a
// lower number, nor for another one of the same.
func TestARestoreOpensNoDoorForOldSets(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		v, _ := connected(t, db)
		v.f.Remember(t)
		v.f.Reopen(t)
		in := v.f.Installation("acme")
		backup := v.f.Backup(t)
		second := secondSet(t, in)
		low := v.f.Vendors.File(t, second)
		_, err := in.Load(ctx, admin, low)
		must(t, err)
		third := following(t, in, "SUPEROFFICE", 3)
		newest := v.f.Vendors.File(t, third)
		_, err = in.Load(ctx, admin, newest)
		must(t, err)
		v.f.PutBack(t, backup)
		in = v.f.Installation("acme")
		_, err = v.f.AcceptRestore(ctx, older)
		must(t, err)

		if _, err := in.Load(ctx, admin, low); codeIn(err) != "set.older" {
			t.Errorf("a lower number: %v", err)
		}
		other := third
		other.Company = "Somebody else"
		forged := v.f.Vendors.File(t, other)
		if _, err := in.Load(ctx, admin, forged); codeIn(err) != "set.equivocation" {
			t.Errorf("another set of the highest number: %v", err)
		}
		// Not even when the license server says so.
		v.offers(forged)
		if _, err := in.Fetch(ctx, admin, "SUPEROFFICE"); codeIn(err) != "set.equivocation" {
			t.Errorf("another set of the highest number, fetched: %v", err)
		}
		got, err := in.Load(ctx, admin, newest)
		must(t, err)
		if got.Set.ID != "superoffice-3" || got.Already {
			t.Errorf("the newest set from its file: %+v", got)
		}
		if got, err = in.Load(ctx, admin, newest); err != nil || !got.Already {
			t.Errorf("twice: %+v, %v", got, err)
		}
	})
}
