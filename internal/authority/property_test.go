package authority

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// What lint lets through can always be written as a license file, and a reader
// of the file sees exactly the set that was composed.
func TestWhatLintPassesCanBeWritten(t *testing.T) {
	c := parsed(t, small)
	names := append(c.moduleNames(), c.planCodes()...)
	written := 0
	check := func(t rapid.TB, o *Order) {
		r := review(o, c, Before{}, noon)
		if r.Draft == nil {
			for _, p := range r.Problems {
				if p.Where == "set" {
					t.Fatalf("lint finds nothing, and the writer does: %v", p)
				}
			}
			return
		}
		written++
		if len(r.Draft.Set.Licenses) != len(r.Set.Licenses) || r.Draft.Set.Dates != license.Dates(o.Dates) {
			t.Fatalf("a reader sees %+v; composed was %+v", r.Draft.Set, r.Set)
		}
		if _, err := licensefile.NewDraft(r.Draft.Set); err != nil {
			t.Fatalf("what was read cannot be written again: %v", err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.Just("Nordlys"), rapid.String())
		date := rapid.Custom(func(t *rapid.T) license.Date {
			if rapid.IntRange(0, 3).Draw(t, "any") == 0 {
				return license.Date{}
			}
			return license.DateOf(noon).Add(rapid.IntRange(-2, 900).Draw(t, "days"))
		})
		o := &Order{
			Issuer: "ACME", Company: text.Draw(t, "company"), Serial: "1600070120", TimeZone: "Europe/Stockholm",
			Product: rapid.OneOf(rapid.Just(""), rapid.String()).Draw(t, "product"), Version: rapid.StringMatching(`[0-9. ]{0,4}`).Draw(t, "version"),
			Final: rapid.Bool().Draw(t, "final"), Quantities: rapid.SampledFrom([]Quantities{Explicit, Derived}).Draw(t, "quantities"),
			Dates: OrderDates{date.Draw(t, "next"), date.Draw(t, "warning"), date.Draw(t, "expiry"), date.Draw(t, "grace"), date.Draw(t, "maintenance")},
		}
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(names)-1), 1, 6, rapid.ID).Draw(t, "lines") {
			l := OrderLine{Module: license.Module(names[i]), Quantity: rapid.Int64Range(0, maxQuantity).Draw(t, "quantity")}
			if c.Plan(l.Module) != nil {
				l.Module, l.Plan = "", l.Module
			}
			o.Lines = append(o.Lines, l)
		}
		check(t, o)
	})
	// Few random orders are free of problems; this one is.
	good, fault := ParseOrder([]byte(order))
	if fault != nil {
		t.Fatal(fault)
	}
	before := written
	check(t, good)
	if written != before+1 {
		t.Error("an order without problems was not written")
	}
}
