package installation_test

import (
	"testing"

	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// A set file that was edited behind the server's back is no reason to keep the
// status and the other sets from whoever must look into it.
func TestADamagedSetFileDoesNotHideTheStatus(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f := housetest.New(t, db, "acme")
		enforce(t, f, f.Installation("acme"), twoSeats(1, 2, ""))
		set, err := f.Installation("acme").Set(ctx, admin, "superoffice-1")
		must(t, err)
		load(t, f, f.Installation("acme"), twoSeats(2, 3, set.Checkpoint))
		_, err = db.Exec(ctx, "UPDATE set_file SET bytes = ? WHERE hash IN (SELECT file FROM license_set WHERE number = 2)", []byte("pott-license/v1\n"))
		must(t, err)
		f.Reopen(t)
		acme := f.Installation("acme")
		if s, err := acme.Status(ctx, admin); err != nil || len(s.Sets) != 1 || s.Integrity.Quarantined != 1 {
			t.Errorf("the status is %+v, %v", s, err)
		}
		sets, err := acme.Sets(ctx, admin)
		if err != nil || len(sets.Items) != 2 || sets.Items[0].ID != "superoffice-2" && sets.Items[1].ID != "superoffice-2" {
			t.Errorf("the sets are %+v, %v", sets.Items, err)
		}
		if _, err := acme.Activate(ctx, admin, "superoffice-2", ""); code(err) != "storage.damaged" {
			t.Errorf("activating it: %v", err)
		}
	})
}
