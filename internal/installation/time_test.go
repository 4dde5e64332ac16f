package installation_test

import (
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

const aDay = 24 * time.Hour

// ended is how product code hears of an issuer past its grace.
const ended = "read-only issuer-read-only, allow issuer-read-only, read-only issuer-read-only"

// ending is a house whose ACME set ends on 2026-08-01, with grace through the
// 15th, and its other one in 2027.
func ending(t *testing.T, db *sqldb.DB) *housetest.Fixture {
	f, in := twoIssuers(t, db)
	next := following(t, in, "ACME", 2)
	next.Dates = license.Dates{Expiry: license.Date{Year: 2026, Month: 8, Day: 1}, Grace: license.Date{Year: 2026, Month: 8, Day: 15}}
	enforce(t, f, in, next)
	return f
}

func clockOf(t *testing.T, in *installation.Installation) api.Clock {
	t.Helper()
	c, err := in.Clock(t.Context())
	must(t, err)
	return c
}

// A server that was away until long after the end, or whose clock somebody set:
// nobody knows which. Nothing passes its grace before somebody does.
func TestAClockThatJumpedEndsNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := ending(t, db)
		f.Set(time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC))
		f.ReopenUnconfirmed(t)
		in := f.Installation("acme")
		for _, issuer := range []string{"acme", "superoffice"} {
			if got := said(t, in, issuer); got == ended {
				t.Errorf("%s says %s", issuer, got)
			}
		}
		s, err := in.Status(t.Context(), admin)
		must(t, err)
		if s.State != "grace" || s.Clock.State != api.ClockUnconfirmed || s.Clock.SettlesIn != 72*3600 || s.Clock.Wall.Year() != 2028 || s.Clock.Proven.Year() != 2026 {
			t.Errorf("the status is %s, the clock %+v", s.State, s.Clock)
		}
		if _, err := in.GiveExtra(t.Context(), admin, "anna", "acme.scan", 1, ""); err != nil {
			t.Errorf("giving: %v", err)
		}
		if c := clockOf(t, in); c.Proven.Year() != 2026 {
			t.Errorf("a change has made it proven: %+v", c)
		}
		// It is not forgotten by another start either.
		f.ReopenUnconfirmed(t)
		in = f.Installation("acme")
		if c := clockOf(t, in); c.State != api.ClockUnconfirmed {
			t.Errorf("after another start: %+v", c)
		}
		answer, err := in.ConfirmClock(t.Context(), installation.Act{By: housetest.Host}, installation.ClockReceipt{Time: f.Clock(), From: "host"})
		must(t, err)
		if !answer.Changed || answer.Was.Year() != 2026 {
			t.Errorf("confirming says %+v", answer)
		}
		for _, issuer := range []string{"acme", "superoffice"} {
			if got := said(t, in, issuer); got != ended {
				t.Errorf("confirmed, %s says %s", issuer, got)
			}
		}
		if got := actions(t, in, "clock."); got["clock.confirm"] != 1 {
			t.Errorf("the records say %v", got)
		}
		if again, err := in.ConfirmClock(t.Context(), installation.Act{By: housetest.Host}, installation.ClockReceipt{Time: f.Clock(), From: "host"}); err != nil || again.Changed {
			t.Errorf("once more: %+v, %v", again, err)
		}
	})
}

// Three days of running are as good as somebody's word.
func TestAJumpIsBelievedAfterThreeDaysOfRunning(t *testing.T) {
	f := ending(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	f.Set(time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC))
	f.ReopenUnconfirmed(t)
	in := f.Installation("acme")
	f.Set(f.Clock().Add(3*aDay - time.Second))
	if c := clockOf(t, in); c.State != api.ClockUnconfirmed || c.SettlesIn != 1 {
		t.Errorf("a second before: %+v", c)
	}
	f.Set(f.Clock().Add(time.Second))
	if c := clockOf(t, in); c.State != api.ClockRight || !c.Now.Equal(f.Clock()) {
		t.Errorf("after three days: %+v", c)
	}
	if _, err := in.GiveExtra(t.Context(), admin, "anna", "acme.scan", 1, ""); code(err) != "license.read-only" {
		t.Errorf("giving what has ended: %v", err)
	}
}

// Setting the clock back brings nothing back, with or without a start between.
func TestAClockThatIsSetBackBringsNothingBack(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := ending(t, db)
		f.Set(time.Date(2026, 8, 16, 12, 0, 0, 0, time.UTC))
		f.Reopen(t)
		f.Set(housetest.Noon)
		f.ReopenUnconfirmed(t)
		in := f.Installation("acme")
		if got := said(t, in, "acme"); got != ended {
			t.Errorf("set back, it says %s", got)
		}
		if c := clockOf(t, in); c.State != api.ClockBehind || c.Now.Before(time.Date(2026, 8, 16, 12, 0, 0, 0, time.UTC)) {
			t.Errorf("the clock is %+v", c)
		}
		// Only somebody who knows lowers what is proven.
		_, err := in.ConfirmClock(t.Context(), installation.Act{By: housetest.Host}, installation.ClockReceipt{Time: f.Clock(), From: "host"})
		must(t, err)
		if got := said(t, in, "acme"); got != allIsWell {
			t.Errorf("once somebody says that it is June, it says %s", got)
		}
		f.ReopenUnconfirmed(t)
		if c := clockOf(t, f.Installation("acme")); c.State != api.ClockRight || !c.Now.Equal(f.Clock()) {
			t.Errorf("after another start: %+v", c)
		}
	})
}

// The day a set was signed has come, whatever the clock says; and a set that was
// signed while the server was away can be loaded when it is back.
func TestASignedDayHasCome(t *testing.T) {
	f := ending(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	f.Set(time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC))
	f.ReopenUnconfirmed(t)
	in := f.Installation("acme")
	next := following(t, in, "ACME", 3)
	next.Issued = f.Clock().Add(-5 * aDay)
	next.Dates = license.Dates{Expiry: license.Date{Year: 2027, Month: 6, Day: 1}}
	if _, err := in.Load(t.Context(), admin, f.Vendors.File(t, next)); err != nil {
		t.Fatalf("loading: %v", err)
	}
	if c := clockOf(t, in); c.Proven.Before(next.Issued) {
		t.Errorf("the clock is %+v", c)
	}
	if _, err := in.ConfirmClock(t.Context(), admin, installation.ClockReceipt{}); code(err) != "request.bad-value" {
		t.Errorf("confirming no time: %v", err)
	}
}

// The same, where the server does not change anything for weeks: what is proven is
// remembered beside the database.
func TestWhatIsProvenSurvivesAQuietTime(t *testing.T) {
	f := ending(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	f.Remember(t)
	f.Reopen(t)
	f.Set(f.Clock().Add(20 * aDay))
	f.WatchClocks(t.Context())
	f.Set(f.Clock().Add(aDay))
	f.ReopenUnconfirmed(t)
	if c := clockOf(t, f.Installation("acme")); c.State != api.ClockRight {
		t.Errorf("after three quiet weeks and a start: %+v", c)
	}
}
