package entitle_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/license"
)

func TestASetOutOfForceGivesNothing(t *testing.T) {
	t.Parallel()
	o := newOffice()
	o.set.Number = 3
	theirs := license.NameOf("HUMBUG", "sale-cal")
	other := &license.Set{Issuer: "HUMBUG", Number: 3, TimeZone: "UTC", Licenses: []license.License{{Module: "sale-cal", Kind: license.User, Quantity: 1}}}
	anna := o.person("anna")
	anna.Holds = append(anna.Holds, license.Held{Name: theirs, Quantity: 1})
	index := func(at time.Time, stops ...entitle.Stop) *entitle.Index {
		h := o.holdings()
		h.Stops = stops
		return entitle.NewIndex(license.NewActive(o.set, other), h, at)
	}
	stop := entitle.Stop{Issuer: "ACME", Number: 3, Reason: entitle.SetDropped, From: date("2026-06-11")}
	eve, day := time.Date(2026, 6, 10, 23, 59, 59, 0, time.UTC), time.Date(2026, 6, 11, 0, 0, 0, 0, time.UTC)
	foreign := entitle.Stop{Issuer: "ACME", Number: 3, Reason: entitle.SetNotGenuine}
	replaced := entitle.Stop{Issuer: "ACME", Number: 2, Reason: entitle.SetDropped}

	sale, web := o.name("sale"), o.name("web")
	for _, row := range []struct {
		sentence string
		x        *entitle.Index
		ask      func(*entitle.Index) entitle.Answer
		want     string
	}{
		{"until the day everything works", index(eve, stop), func(x *entitle.Index) entitle.Answer { return x.Check("anna", o.name("sale-cal")) }, "allow (included) until 2026-07-14"},
		{"on the day it does not", index(eve, stop).At(day), func(x *entitle.Index) entitle.Answer { return x.Check("anna", o.name("sale-cal")) }, "deny (set-dropped)"},
		{"nobody signs in", index(day, stop), func(x *entitle.Index) entitle.Answer { return x.CheckLogin("anna", web) }, "deny (set-dropped)"},
		{"not even with a login that ends", index(day, stop), func(x *entitle.Index) entitle.Answer { return x.CheckLogin("hanna", o.name("portal")) }, "deny (client-kind)"},
		{"no feature is on", index(day, stop), func(x *entitle.Index) entitle.Answer { return x.CheckSystem(sale) }, "deny (set-dropped)"},
		{"nobody edits or looks", index(day, stop), func(x *entitle.Index) entitle.Answer { return x.CheckEdit("bo", sale) }, "deny (set-dropped)"},
		{"nor with what adds editing", index(day, stop), func(x *entitle.Index) entitle.Answer { return x.CheckEdit("anna", sale) }, "deny (set-dropped)"},
		{"what was not held is still not held", index(day, stop), func(x *entitle.Index) entitle.Answer { return x.Check("bo", o.name("sale-cal")) }, "deny (not-held)"},
		{"another issuer is untouched", index(day, stop), func(x *entitle.Index) entitle.Answer { return x.Check("anna", theirs) }, "allow (held)"},
		{"a set that is not genuine is out at once", index(eve, foreign), func(x *entitle.Index) entitle.Answer { return x.CheckLogin("anna", web) }, "deny (set-not-genuine)"},
		{"the stop of a set that was replaced stops nothing", index(day, replaced), func(x *entitle.Index) entitle.Answer { return x.CheckLogin("anna", web) }, "allow (held) until 2026-07-14"},
		{"a newer set brings everything back", index(day, stop).StoppedBy(nil), func(x *entitle.Index) entitle.Answer { return x.CheckSystem(sale) }, "allow (system) until 2026-07-14"},
	} {
		if got := row.ask(row.x).String(); got != row.want {
			t.Errorf("%s: got %s, want %s", row.sentence, got, row.want)
		}
	}
	// david's last day is June 10: the day of the stop must not bring him back.
	if got := index(eve.Add(-3*time.Hour), foreign).Check("david", o.name("user")).String(); got != "deny (set-not-genuine)" {
		t.Errorf("somebody whose login ends today: %s", got)
	}
}

func TestTheDayOfAStopIsLookedAt(t *testing.T) {
	t.Parallel()
	h := &entitle.Holdings{TimeZone: "America/New_York", Stops: []entitle.Stop{{Issuer: "ACME", Number: 1, Reason: entitle.SetDropped, From: date("2026-06-11")}}}
	x := entitle.NewIndex(license.NewActive(&license.Set{Issuer: "ACME", Number: 1, TimeZone: "America/New_York"}), h, time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC))
	if got := x.NextChange().UTC().Format(time.RFC3339); got != "2026-06-11T00:00:00Z" {
		t.Errorf("the next look is at %s", got)
	}
}

func TestStopsTravel(t *testing.T) {
	t.Parallel()
	stops := []entitle.Stop{
		{Issuer: "ACME", Number: 3, Reason: entitle.SetDropped, From: date("2026-06-11")},
		{Issuer: "HUMBUG", Number: 1, Reason: entitle.SetNotGenuine},
	}
	if diff := cmp.Diff(stops, entitle.StopsFromWire(entitle.StopsToWire(stops))); diff != "" {
		t.Errorf("by the stream (-sent +got):\n%s", diff)
	}
	key := signer("acme")
	file, err := entitle.MarshalHoldings(&entitle.Holdings{Installation: "i", Epoch: "e", Seq: 1, Mark: noon, Made: noon, Stops: stops}, key)
	if err != nil {
		t.Fatal(err)
	}
	h, err := entitle.ParseHoldings(file, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(stops, h.Stops); diff != "" {
		t.Errorf("by file (-sent +got):\n%s", diff)
	}
	unknown := entitle.StopsFromWire(entitle.StopsToWire([]entitle.Stop{{Issuer: "ACME", Number: 1, Reason: entitle.Held}}))
	if unknown[0].Reason != entitle.SetDropped {
		t.Errorf("a stop for a reason nobody knows is %v", unknown[0])
	}
}
