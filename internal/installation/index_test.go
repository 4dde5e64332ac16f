package installation_test

import (
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestAnswersChangeWhenTheDayEndsWithoutAnybodyDoingAnything(t *testing.T) {
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
	in := f.Installation("acme")
	enforce(t, f, in, issued(t, "designteamet/order-1.yaml")[0])
	// In Stockholm, where the installation is, the day has 50 milliseconds left.
	f.Set(time.Date(2026, 6, 10, 21, 59, 59, 950_000_000, time.UTC))
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "anna", Login: true, ValidThrough: "2026-06-10", Plan: "sales-premium"})
	must(t, err)
	check := func() api.Answer {
		a, err := in.Check(api.Check{Person: "anna", Module: "superoffice.sale-cal"})
		must(t, err)
		return a
	}
	if a := check(); a.Effect != api.Allow || a.Until.String() != "2026-06-10" {
		t.Errorf("on the last day the answer is %+v", a)
	}
	f.Set(time.Date(2026, 6, 10, 22, 0, 0, 0, time.UTC))
	for deadline := time.Now().Add(10 * time.Second); check().Effect == api.Allow && time.Now().Before(deadline); {
		<-time.After(5 * time.Millisecond)
	}
	if a := check(); a.Effect != api.Deny || a.Reason != "valid-through-passed" {
		t.Errorf("after the last day the answer is %+v", a)
	}
}

// A timer stands still while the machine sleeps, so it never waits long: what
// ended meanwhile is seen within a minute of waking.
func TestAMachineThatSleptOverMidnightSeesTheNewDayWithinAMinute(t *testing.T) {
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
	in := f.Installation("acme")
	enforce(t, f, in, smallSet("SUPEROFFICE", 1))
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "anna", Login: true, ValidThrough: "2026-06-10", Plan: "sales"})
	must(t, err)
	if wait := in.UntilNextLook(); wait != time.Minute {
		t.Errorf("at noon the next look is in %v", wait)
	}
	f.Set(housetest.Noon.Add(20 * time.Hour)) // it slept
	in.Look()
	if got := said(t, in, "superoffice"); got != "deny valid-through-passed, allow system, deny valid-through-passed" {
		t.Errorf("after waking: %s", got)
	}
}
