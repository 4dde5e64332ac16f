package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// What is kept for the day of a set is read as it was written, names with spaces
// and dots included.
func TestWhatWasAgreedToIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	name := func(module string) license.Name { return license.NameOf("SUPEROFFICE", license.Module(module)) }
	a := Agreement{Checkpoint: "c", At: 5, By: "person 7f", Accepts: []license.Name{name("quotes 2.0")}, Told: 9,
		Choices: []AgreedChoice{
			{Person: 12, Choice: seat.Choice{Do: seat.SwitchPlan, Name: name("sales premium"), To: name("basic")}},
			{Person: 3, Choice: seat.Choice{Do: seat.EndLogin}},
			{Choice: seat.Choice{Do: seat.GiveAlso, Name: name("user")}, Holding: name("travel.2")},
		},
		Effects: []seat.Agreed{
			{Person: 12, Given: []license.Held{{Name: name("basic"), Quantity: 1}}, Released: []license.Held{{Name: name("sales premium"), Quantity: 1}, {Name: name("t 2"), Quantity: 30}}},
			{Person: 3, LoginEnds: true},
		}}
	for _, want := range []Agreement{a, {Checkpoint: "c"}} {
		got := agreementCodec.decode("c", agreementCodec.encode(&want))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-written +read):\n%s", diff)
		}
	}
}
