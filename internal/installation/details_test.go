package installation_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestDetailsAreChangedOnlyFromWhatWasSeen(t *testing.T) {
	text := func(s string) *string { return &s }
	for _, test := range []struct {
		name   string
		patch  api.PersonPatch
		refuse []string // fields
		last   string   // name that stands afterwards
	}{
		{"without saying what was seen", api.PersonPatch{LastName: text("Ny")}, nil, "Ny"},
		{"from what still stands", api.PersonPatch{LastName: text("Ny"), Was: &api.PersonWas{LastName: text("Berg")}}, nil, "Ny"},
		{"from what stands no longer", api.PersonPatch{LastName: text("Ny"), Was: &api.PersonWas{LastName: text("Gammal")}}, []string{"last_name"}, "Berg"},
		{"to what stands by now", api.PersonPatch{LastName: text("Berg"), Was: &api.PersonWas{LastName: text("Gammal")}}, nil, "Berg"},
		{"another field than the one that was changed", api.PersonPatch{Email: text("a@b.example"), Was: &api.PersonWas{LastName: text("Gammal"), Email: text("")}}, nil, "Berg"},
		{"of two fields one is another by now", api.PersonPatch{LastName: text("Ny"), Group: text("Sales"), Was: &api.PersonWas{LastName: text("Berg"), Group: text("Support")}}, []string{"group"}, "Berg"},
		{"an empty field that was filled meanwhile", api.PersonPatch{FirstName: text("Anna"), Was: &api.PersonWas{FirstName: text("")}}, []string{"first_name"}, "Berg"},
	} {
		t.Run(test.name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				_, in := signInHouse(t, db)
				_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "berg", FirstName: "Ann", LastName: "Berg"})
				must(t, err)
				_, err = in.ChangePerson(t.Context(), admin, "berg", test.patch)
				changed := new(installation.DetailsChangedError)
				if errors.As(err, &changed) != (test.refuse != nil) || test.refuse == nil && err != nil || !slices.Equal(changed.Fields, test.refuse) {
					t.Errorf("%v, want a refusal of %v", err, test.refuse)
				}
				if p, err := in.Person(t.Context(), admin, "berg"); err != nil || p.LastName != test.last {
					t.Errorf("%s, %v", p.LastName, err)
				}
			})
		})
	}
}
