package web_test

import (
	"slices"
	"testing"

	"github.com/pott-dev/pott/license"
)

func TestWhatTwoSetsSayOtherwiseIsSaidInWords(t *testing.T) {
	w := newWorld(t)
	next := w.offer(map[license.Module]int64{"sales": 1500, "service": -1})
	next.Dates.Expiry = license.Date{Year: 2027, Month: 3, Day: 20}
	next.Final = true
	for i := range next.Licenses {
		switch l := &next.Licenses[i]; l.Module {
		case "sales":
			plan := *l.Plan
			plan.Includes = []license.Module{"user"}
			l.Plan = &plan
		case "gadget":
			l.Hidden, l.People = true, license.Internal|license.External
		}
	}
	w.waits(next)
	r := w.signedIn("karin")
	const path = "/licenses/history/superoffice-1..superoffice-2"
	r.get(path).says(t, "Valid until 27 Mar 2027 20 Mar 2027", "No way back from it No Yes", "Quantity 3 1,500", "Gives The user and The sale-cal The user",
		"The gadget", "Comes with plans only No Yes", "For Employee Employee and External", "Removed Type User")
	r.last.lacks(t, "includes", "expiry", "hidden", "sale-cal,")
	r.get(path+"?lang=sv").says(t, "Giltig till och med 2027-03-27", "Antal 3 1 500", "Ger Den user och Den sale-cal Den user", "Ingen väg tillbaka Nej Ja")
	if links := r.last.links(); !slices.Contains(links, "/licenses/SUPEROFFICE/gadget") {
		t.Errorf("no way to a license that differs: %v", links)
	}
	// What the review finds besides is in words too.
	r.get("/licenses/review/superoffice-2").says(t, "Also changes: Comes with plans only: No → Yes")
}
