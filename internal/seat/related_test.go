package seat_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

func TestWhatALicenseHasToDoWithOthers(t *testing.T) {
	t.Parallel()
	set := &license.Set{Issuer: "ACME", Licenses: []license.License{
		{Module: "Login"}, {Module: "client", Prerequisite: "login"}, {Module: "travel", Prerequisite: "Client"},
		{Module: "gold", Plan: &license.Plan{Includes: []license.Module{"TRAVEL", "login"}}},
		{Module: "a", Prerequisite: "b"}, {Module: "b", Prerequisite: "a"},
	}}
	names := func(modules ...license.Module) (all []license.Name) {
		for _, m := range modules {
			all = append(all, license.NameOf("ACME", m))
		}
		return all
	}
	for what, pair := range map[string][2][]license.Name{
		"travel needs the client and the login":       {seat.Needs(set, "Travel"), names("client", "login")},
		"the login needs nothing":                     {seat.Needs(set, "login"), nil},
		"what nobody has needs nothing":               {seat.Needs(set, "gone"), nil},
		"a circle ends":                               {seat.Needs(set, "a"), names("b", "a")},
		"the login is needed by the client":           {seat.NeededBy(set, "LOGIN"), names("client")},
		"travel is needed by nothing":                 {seat.NeededBy(set, "travel"), nil},
		"travel comes with gold":                      {seat.PlansWith(set, "Travel"), names("gold")},
		"gold comes with nothing":                     {seat.PlansWith(set, "gold"), nil},
		"what nobody has is needed and comes nowhere": {append(seat.NeededBy(set, "gone"), seat.PlansWith(set, "gone")...), nil},
	} {
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}
