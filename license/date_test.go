package license_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/pott-dev/pott/license"
)

func day(t testing.TB, text string) license.Date {
	t.Helper()
	d, err := license.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOnlyDatesThatExistAreRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2026-06-10", "2024-02-29", "0001-01-01", "9999-12-31", ""} {
		d, err := license.ParseDate(text)
		if err != nil || d.String() != text {
			t.Errorf("%q is read as %q, %v", text, d, err)
		}
	}
	for _, text := range []string{"2026-02-30", "2025-02-29", "0000-01-01", "10000-01-01", "2026-6-10", "2026-06-10 ", "10.06.2026", "2026-06-10T00:00:00Z", "-001-01-01"} {
		_, err := license.ParseDate(text)
		if bad := new(license.BadDateError); !errors.As(err, &bad) || bad.Text != text || bad.Code() != "license.bad-date" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestDaysUntilUndoesAdd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := license.DateOf(time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds"), 0).UTC())
		n := rapid.IntRange(-1_000_000, 1_000_000).Draw(t, "days")
		e := d.Add(n)
		if got := d.DaysUntil(e); got != n {
			t.Fatalf("from %v to %v there are %d days, not %d", d, e, got, n)
		}
		if got := d.Compare(e); got != sign(-n) {
			t.Fatalf("%v compares to %v as %d", d, e, got)
		}
		if d.Before(e) != (n > 0) || d.After(e) != (n < 0) {
			t.Fatalf("%v is before or after %v the wrong way", d, e)
		}
	})
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return +1
	}
	return 0
}

func TestDatesAreGoodThroughTheirWholeDay(t *testing.T) {
	t.Parallel()
	dates := license.Dates{Warning: day(t, "2027-02-27"), Expiry: day(t, "2027-03-27"), Grace: day(t, "2027-04-08"), Maintenance: day(t, "2027-02-27")}
	for _, row := range []struct {
		today string
		want  license.State
	}{
		{"2027-02-26", license.OK},
		{"2027-02-27", license.Warning},
		{"2027-03-27", license.Warning},
		{"2027-03-28", license.Grace},
		{"2027-04-08", license.Grace},
		{"2027-04-09", license.ReadOnly},
	} {
		if got := dates.State(day(t, row.today)); got != row.want {
			t.Errorf("on %s the state is %v, want %v", row.today, got, row.want)
		}
	}
	if !dates.MayUpgrade(day(t, "2027-02-27")) || dates.MayUpgrade(day(t, "2027-02-28")) {
		t.Error("the maintenance date is not good through its day")
	}
}

func TestTheEndIsTheLaterOfExpiryAndGrace(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ expiry, grace, end string }{
		{"", "", ""},
		{"", "2027-04-08", ""},
		{"2027-03-27", "", "2027-03-27"},
		{"2027-03-27", "2027-04-08", "2027-04-08"},
		{"2027-03-27", "2027-01-01", "2027-03-27"},
	} {
		d := license.Dates{Expiry: day(t, row.expiry), Grace: day(t, row.grace)}
		if got := d.End().String(); got != row.end {
			t.Errorf("expiry %q and grace %q end on %q, want %q", row.expiry, row.grace, got, row.end)
		}
		if row.expiry == "" && d.State(day(t, "9999-12-31")) != license.OK {
			t.Error("a set without an expiry ends")
		}
	}
}

func TestTodayIsADateInTheZoneOfTheSet(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 10, 22, 30, 0, 0, time.UTC)
	for zone, want := range map[string]string{"UTC": "2026-06-10", "Europe/Stockholm": "2026-06-11", "America/New_York": "2026-06-10"} {
		s := &license.Set{TimeZone: zone}
		if got, err := s.Today(at); err != nil || got.String() != want {
			t.Errorf("in %s it is %v, %v, want %s", zone, got, err, want)
		}
	}
	if _, err := (&license.Set{TimeZone: "Europe/Atlantis"}).Today(at); err == nil {
		t.Error("an unknown zone has a today")
	}
}
