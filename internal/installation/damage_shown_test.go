package installation_test

import (
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestALicenseWhoseRecordIsDamagedIsShownAsItsFileSaysAndPeopleHoldIt(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, in := branch(t, db)
		for _, id := range []string{"anna", "bo"} {
			_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: id, Plan: "basic"})
			must(t, err)
		}
		shown := func() api.License {
			list, err := in.Licenses(t.Context(), admin, true)
			must(t, err)
			for _, l := range list.Items {
				if l.Name.Module == "basic" {
					return l
				}
			}
			t.Fatal("the license is not listed")
			return api.License{}
		}
		before := shown()
		if _, err := db.Exec(t.Context(), "UPDATE license SET seats = 99, taken = 0 WHERE module = 'basic'"); err != nil {
			t.Fatal(err)
		}
		must(t, in.LookOnce(t.Context()))
		after := shown()
		if !after.Damaged || before.Damaged {
			t.Errorf("damaged: %t, then %t", before.Damaged, after.Damaged)
		}
		if after.Seats != 3 || after.Taken != 2 || after.Free != 1 || after.State != before.State {
			t.Errorf("it is %+v, and was %+v", after, before)
		}
	})
}
