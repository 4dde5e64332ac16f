package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licenseserver"
)

// fullAuthority has something in every field.
func fullAuthority() Authority {
	return Authority{Issuer: "SUPEROFFICE", Serial: "1600070120", Registered: 1, Asked: 2, Answered: 3, Failures: 4, Error: "fetch.unreachable", Why: "no route",
		Refused: licenseserver.Replaced, Status: licenseserver.NewSet, Messages: license.Texts{"sv": "Rad ett", "en": "a = b"}, Address: "https://shop.example",
		Offered: 5, Company: "Designteamet", NewSerial: "1801550193", NewCompany: "Nordlys", Clock: -6, Reported: licenseserver.Mark{Number: 7, Checkpoint: "ab"}, ToldAt: 8}
}

func TestWhatIsKnownOfALicenseServerIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		want := []Authority{{Issuer: "ACME"}, fullAuthority()}
		do(t, b, func(tx *Tx) error {
			tx.Entry("installation.register", "")
			if err := tx.PutAuthority(want[1]); err != nil {
				return err
			}
			if got, ok := tx.Authority("SUPEROFFICE"); !ok || got.Asked != 2 {
				t.Errorf("the act sees %+v", got)
			}
			return tx.PutAuthority(want[0])
		})
		reopen(t, b).View(func(v *View) error {
			if diff := cmp.Diff(want, v.Authorities()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, ok := v.Authority("NOBODY"); ok {
				t.Error("an issuer nobody asked is known")
			}
			return nil
		})
	})
}
