package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// pastGrace is a world in which the set of a second issuer is past its grace, and that
// of the first is not.
func pastGrace(t *testing.T) *world {
	w := newWorld(t)
	acme := w.Installation("acme")
	set := smallSet()
	set.Issuer, set.IssuerName = "ACME", "Toolmakers"
	set.Dates = license.Dates{Expiry: license.Date{Year: 2026, Month: 7, Day: 1}, Grace: license.Date{Year: 2026, Month: 7, Day: 10}}
	loaded, err := acme.Load(t.Context(), host, w.Vendors.File(t, set))
	w.must(err)
	_, err = acme.Activate(t.Context(), host, loaded.Set.ID, api.Activate{})
	w.must(err)
	_, err = acme.SetPlan(t.Context(), host, "anna", "acme.sales", "")
	w.must(err)
	w.Set(time.Date(2026, 7, 20, 12, 0, 0, 0, time.UTC))
	w.reopen()
	return w
}

func TestPagesSayAtTheRowWhyALicenseCannotBeGiven(t *testing.T) {
	w := pastGrace(t)
	r := w.as("uma")
	list := r.get("/licenses?issuer=ACME&hidden=1")
	list.says(t, "have been read-only since 11 July 2026", "An administrator ends this", "Karin Lind")
	rows := slices.DeleteFunc(list.table("Licenses from"), func(row []string) bool { return len(row) < 2 }) // headings of groups
	for _, row := range rows {
		want := "Read-only since 11 Jul 2026"
		switch {
		case strings.HasSuffix(row[0], "acme.none"):
			want = "No limit"
		case strings.HasSuffix(row[0], "acme.user"):
			want = "Signing in works, read-only since 11 Jul 2026"
		}
		if !strings.Contains(row[1], want) {
			t.Errorf("%q says %q, want %q", row[0], row[1], want)
		}
	}
	if len(rows) != len(smallSet().Licenses) {
		t.Errorf("%d rows", len(rows))
	}
	r.get("/licenses?issuer=SUPEROFFICE&hidden=1").lacks(t, "Read-only since", "An administrator ends this")
	r.get("/licenses/ACME/gadget").says(t, "Read-only since 11 Jul 2026", "nobody can be given one", "Karin Lind")
	r.get("/licenses/SUPEROFFICE/gadget").lacks(t, "nobody can be given one")

	plans := r.get("/users/bo/plans")
	plans.says(t, "The licenses from Toolmakers have been read-only since 11 July 2026", "Karin Lind")
	disabled := 0
	for _, input := range plans.all("input") {
		name := attribute(input, "value")
		if strings.HasPrefix(name, "acme.") && attribute(input, "type") != "hidden" {
			refused := name != "acme.none"
			if (attribute(input, "aria-disabled") == "true") != refused {
				t.Errorf("%s: aria-disabled is %q", name, attribute(input, "aria-disabled"))
			}
			disabled++
		} else if attribute(input, "aria-disabled") != "" {
			t.Errorf("%s is disabled", name)
		}
	}
	if disabled != 4 {
		t.Errorf("%d choices of the issuer", disabled)
	}
	answer := r.send("/users/bo/plans", "give", "acme.gadget", "was", "superoffice.sales")
	answer.says(t, "cannot be given", "read-only since 11 July 2026")
	if answer.status != http.StatusLocked {
		t.Errorf("the answer is %d", answer.status)
	}
	w.as("karin").get("/users/bo/plans").says(t, "Load a license")
}

func TestAPageOfARefusalThatLastsSaysWhatStillWorks(t *testing.T) {
	w := newWorld(t)
	r := w.as("karin")
	r.get("/users/anna") // a page of the session, for its token
	_, err := w.Suspend(t.Context(), housetest.Host, "acme", "moving")
	w.must(err)
	s := r.send("/users/bulk/apply", "act", "retire", "who", "bo")
	if s.status != http.StatusLocked {
		t.Errorf("the answer is %d", s.status)
	}
	s.says(t, "moving", "What you can still do", "Read and check the audit trail", "Your change was not saved")
	s.says(t, "See who has what")
	s.lacks(t, "take it back")
	if !slices.Contains(s.links(), "/audit") || slices.Contains(s.links(), "/licenses/import") {
		t.Errorf("it leads to %v", s.links())
	}
}

// The empty plan is given as ever, and its page says why all beside it is not valid.
func TestTheEmptyPlanOfASetOutOfForceSaysWhyItIsNotValid(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	on := license.Date{Year: 2026, Month: 7, Day: 1}
	w.Vendors = w.Vendors.Revoked(t, "SUPEROFFICE", licensefile.DropOn, on)
	_, err := acme.Load(t.Context(), host, w.Vendors.KeyLists())
	w.must(err)
	w.Set(on.Midnight(time.UTC))
	w.reopen()
	r := w.as("karin")
	for _, module := range []string{"gadget", "none"} {
		s := r.get("/licenses/SUPEROFFICE/" + module)
		s.says(t, "Not valid")
		if n := strings.Count(s.text(), "has counted for nothing"); n != 1 {
			t.Errorf("%s says why %d times: %s", module, n, s.text())
		}
	}
}
