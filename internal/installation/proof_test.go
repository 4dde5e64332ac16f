package installation_test

import (
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/licensefile"
)

func TestAnAnswerComesWithTheProofOfTheLicenseThatDecides(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := twoIssuers(t, db)
		for _, row := range []struct {
			ask   api.Check
			wants string
		}{
			{api.Check{Person: "anna", Module: "acme.sale-cal"}, "acme.sale-cal"},
			{api.Check{Person: "anna", Module: "scan"}, ""}, // both issuers have it
			{api.Check{Person: "anna", Module: "superoffice.sales"}, "superoffice.sales"},
			{api.Check{Person: "nobody", Module: "acme.scan"}, "acme.scan"},
			{api.Check{Person: "anna", Client: "acme.web"}, "acme.user"},
			{api.Check{Person: "anna", Feature: "superoffice.sale"}, "superoffice.sale-cal"},
			{api.Check{Feature: "superoffice.sale"}, "superoffice.sale"},
			{api.Check{Feature: "superoffice.project"}, ""},
			{api.Check{Person: "anna", Client: "nobody.web"}, ""},
		} {
			plain, plainErr := in.Why(t.Context(), admin, row.ask)
			why, err := in.WhyProved(t.Context(), admin, row.ask)
			if row.wants == "" {
				if want := "proof.none"; plainErr == nil && code(err) != want {
					t.Errorf("%+v: %v, want %s", row.ask, err, want)
				}
				continue
			}
			must(t, err)
			if plain.Proof != nil || why.Effect != plain.Effect || why.Proof.License.String() != row.wants {
				t.Errorf("%+v: the proof is of %s, want %s", row.ask, why.Proof.License, row.wants)
			}
			// Whoever has the root needs nothing else.
			proved, err := licensefile.VerifyProof([]byte(why.Proof.Text), f.Vendors.Trust(), f.Now())
			must(t, err)
			if proved.License.Module != why.Proof.License.Module || proved.Set.Issuer != why.Proof.License.Issuer || proved.Set.Number != 1 {
				t.Errorf("%+v: it proves %s of set %d of %s", row.ask, proved.License.Module, proved.Set.Number, proved.Set.Issuer)
			}
		}
	})
}
