package installation_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"crypto/ed25519"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Tomorrow begins in Stockholm two hours before it does in UTC.
var (
	tomorrow = license.Date{Year: 2026, Month: 6, Day: 11}
	midnight = time.Date(2026, 6, 10, 22, 0, 0, 0, time.UTC)
)

// next loads a set that begins tomorrow.
func (m *market) next(lines ...string) api.LoadedSet {
	m.Helper()
	set := m.sells(lines...)
	set.Start = tomorrow
	return m.load(set)
}

// notice returns why a set did not take over, as administrators are told; "" when
// they are not.
func (m *market) notice(code string) string {
	m.Helper()
	s, err := m.in().Status(m.Context(), admin)
	must(m, err)
	for _, e := range s.Events {
		if e.Code == code {
			return strings.TrimSpace(e.About + " " + e.Facts["why"])
		}
	}
	return ""
}

var fewer = []string{"quotes system", "user 9", "sale-cal 9", "travel 9", "sales 1 plan user sale-cal", "basic 3 plan user", "none 9 plan"}

func TestASetThatBeginsLaterTakesOverOnItsDay(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		m.open(m.sells(first...))
		m.staff("anna sales")
		loaded := m.next(fewer...)
		if loaded.Activated != nil || loaded.Set.Start != tomorrow {
			t.Fatalf("loading it: %+v", loaded)
		}
		m.Set(midnight.Add(-time.Second))
		m.in().Look()
		if m.active() != "superoffice-1" {
			t.Fatal("it has taken over before its day")
		}
		m.Set(midnight)
		before := m.seq()
		m.in().Look()
		if m.active() != "superoffice-2" {
			t.Fatalf("on its day %s is active, told: %s", m.active(), m.notice("set-does-not-fit"))
		}
		if got := m.recorded(before); !slices.Contains(got, "set.activate") || m.notice("set-activated") == "" {
			t.Errorf("recorded: %v", got)
		}
		after := m.seq()
		m.in().Look()
		must(t, m.in().SwitchDue(t.Context()))
		if m.seq() != after {
			t.Error("it has taken over twice")
		}
		history, err := m.in().SetHistory(t.Context(), admin)
		must(t, err)
		if h := history.Items[0]; h.How != "on-day" || h.By != "system calendar" || h.Replaced != "superoffice-1" || !h.From.Equal(midnight) || !history.Items[1].Until.Equal(midnight) {
			t.Errorf("the history says %+v", history.Items)
		}
	})
}

func TestAServerThatSleptOverTheDayLetsTheSetTakeOverAtStart(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		m.open(m.sells(first...))
		m.next(fewer...)
		m.Set(midnight.Add(20 * time.Hour))
		m.Reopen(t)
		if m.active() != "superoffice-2" {
			t.Errorf("%s is active", m.active())
		}
	})
}

// A clock that has jumped by days may be wrong: nothing takes over by it alone.
func TestASetWaitsUntilAClockThatHasJumpedIsConfirmed(t *testing.T) {
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	m.open(m.sells(first...))
	m.next(fewer...)
	m.Set(midnight.Add(72 * time.Hour))
	m.ReopenUnconfirmed(t)
	m.in().Look()
	if m.active() != "superoffice-1" {
		t.Errorf("by a clock that nobody has confirmed %s is active", m.active())
	}
	m.Reopen(t)
	m.in().Look()
	if m.active() != "superoffice-2" {
		t.Errorf("after confirming it %s is active", m.active())
	}
}

func TestAWaitingSetThatDoesNotFitOnItsDayWaitsOnAndAdministratorsAreTold(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		ctx := t.Context()
		m.open(m.sells(first...))
		m.staff("anna sales", "bo sales")
		set := m.next(fewer...).Set.ID
		m.Set(midnight)
		m.in().Look()
		if m.active() != "superoffice-1" || m.notice("set-does-not-fit") != "superoffice-2 set.too-small" {
			t.Fatalf("%s is active, told: %q", m.active(), m.notice("set-does-not-fit"))
		}
		waiting, err := m.in().Status(ctx, admin)
		must(t, err)
		if len(waiting.Waiting) != 1 || waiting.Waiting[0].Refused.IsZero() || waiting.Sets[0].Expiry != m.last.Dates.Expiry {
			t.Errorf("the status says %+v", waiting.Waiting)
		}
		before := m.seq()
		m.in().Look()
		if m.seq() != before {
			t.Error("it was tried again: administrators are told every minute")
		}
		_, err = m.in().Activate(ctx, admin, set, api.Activate{Choices: []api.Choice{{Do: "switch", Person: "bo", Name: "sales", To: "none"}}})
		must(t, err)
		if m.active() != "superoffice-2" || m.notice("set-does-not-fit") != "" {
			t.Errorf("%s is active, still told: %q", m.active(), m.notice("set-does-not-fit"))
		}
	})
}

func TestWhatIsTurnedOffOnItsDayMustBeAgreedToBefore(t *testing.T) {
	for _, agreed := range []bool{false, true} {
		m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
		m.open(m.sells(first...))
		m.staff("anna sales")
		set := m.next(first[1:]...).Set.ID
		if agreed {
			before := m.seq()
			done, err := m.in().Activate(t.Context(), admin, set, api.Activate{Acknowledge: []string{"quotes"}})
			if err != nil || !done.Waits || !done.Changed || done.Set.Agreed.IsZero() || !slices.Equal(m.recorded(before), []string{"set.wait"}) {
				t.Fatalf("agreeing: %+v, %v, %v", done, err, m.recorded(before))
			}
			if again, err := m.in().Activate(t.Context(), admin, set, api.Activate{Acknowledge: []string{"quotes"}}); err != nil || again.Changed {
				t.Errorf("agreeing again: %+v, %v", again, err)
			}
		}
		m.Set(midnight)
		m.in().Look()
		if want := map[bool]string{false: "superoffice-1", true: "superoffice-2"}[agreed]; m.active() != want {
			t.Errorf("agreed %v: %s is active, told: %s", agreed, m.active(), m.notice("set-does-not-fit"))
		}
		if want := map[bool]string{false: "superoffice-2 review.unacknowledged", true: ""}[agreed]; m.notice("set-does-not-fit") != want {
			t.Errorf("agreed %v: told %q", agreed, m.notice("set-does-not-fit"))
		}
	}
}

func TestWhereEverySetIsAskedForOneThatBeginsLaterIsToo(t *testing.T) {
	for _, agreed := range []bool{false, true} {
		m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
		m.open(m.sells(first...))
		_, err := m.in().PutSetPolicy(t.Context(), admin, api.SetPolicy{Activation: "ask"})
		must(t, err)
		set := m.next(first...).Set.ID
		if agreed {
			_, err := m.in().Activate(t.Context(), admin, set, api.Activate{})
			must(t, err)
		}
		m.Set(midnight)
		m.in().Look()
		if took := m.active() == set; took != agreed {
			t.Errorf("agreed %v: %s is active, told: %s", agreed, m.active(), m.notice("set-does-not-fit"))
		}
	}
}

func TestAWaitingSetCanBeWithdrawnAndLoadedAgain(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		ctx := t.Context()
		m.open(m.sells(first...))
		set := m.sells(fewer...)
		set.Start = tomorrow
		m.load(set)
		done, err := m.in().Withdraw(ctx, admin, "superoffice-2")
		if err != nil || !done.Changed || done.Set.Status != "withdrawn" {
			t.Fatalf("%+v, %v", done, err)
		}
		if again, err := m.in().Withdraw(ctx, admin, "superoffice-2"); err != nil || again.Changed {
			t.Errorf("again: %+v, %v", again, err)
		}
		if _, err := m.in().Withdraw(ctx, admin, "superoffice-1"); code(err) != "set.not-waiting" {
			t.Errorf("the one in force: %v", err)
		}
		m.Set(midnight)
		m.in().Look()
		s, err := m.in().Status(ctx, admin)
		must(t, err)
		if m.active() != "superoffice-1" || len(s.Waiting) != 0 {
			t.Fatalf("%s is active, %+v waits", m.active(), s.Waiting)
		}
		loaded, err := m.in().Load(ctx, admin, m.Vendors.File(t, set))
		if err != nil || !loaded.Already || !loaded.Changed || loaded.Set.Status != "loaded" {
			t.Errorf("loaded again: %+v, %v", loaded, err)
		}
		m.in().Look()
		if m.active() != "superoffice-2" {
			t.Errorf("%s is active", m.active())
		}
	})
}

func TestANewerWaitingSetTakesThePlaceOfAnOlder(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		m.open(m.sells(first...))
		m.next(fewer...)
		m.next(append([]string{"quotes system", "user 8"}, first[2:]...)...)
		s, err := m.in().Status(t.Context(), admin)
		must(t, err)
		if len(s.Waiting) != 1 || s.Waiting[0].ID != "superoffice-3" {
			t.Errorf("%+v waits", s.Waiting)
		}
		if _, err := m.in().Activate(t.Context(), admin, "superoffice-2", api.Activate{}); code(err) != "set.older" {
			t.Errorf("activating the older: %v", err)
		}
		m.Set(midnight)
		m.in().Look()
		if m.active() != "superoffice-3" {
			t.Errorf("%s is active", m.active())
		}
	})
}

// Two servers on one database look at the clock at the same moment.
func TestTwoServersLetASetTakeOverOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m := newMarket(t, db)
		m.open(m.sells(first...))
		m.next(fewer...)
		other, err := installation.Open(t.Context(), installation.Options{
			DB: db, Master: [32]byte{1, 2, 3}, Now: m.Clock, Log: slog.New(slog.DiscardHandler),
			Trust: func(string) (licensefile.Trust, error) { return m.Vendors.Trust(), nil },
			Key:   func(name string) (ed25519.PrivateKey, error) { return housetest.Key(name), nil },
		})
		must(t, err)
		defer other.Close()
		m.Set(midnight)
		done := make(chan error, 8)
		for i := range 8 {
			in := m.in()
			if i%2 == 0 {
				in = other.Installation("acme")
			}
			go func() { done <- in.SwitchDue(t.Context()) }()
		}
		for range 8 {
			must(t, <-done)
		}
		must(t, m.Refresh(t.Context()))
		history, err := m.in().SetHistory(t.Context(), admin)
		must(t, err)
		if len(history.Items) != 2 || m.active() != "superoffice-2" {
			t.Errorf("the history says %+v", history.Items)
		}
	})
}

func TestAClockThatIsALittleBehindIsWorthANote(t *testing.T) {
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	for ahead, want := range map[time.Duration]string{4 * time.Minute: "", 6 * time.Minute: "set.clock-differs", 23 * time.Hour: "set.clock-differs"} {
		set := m.sells(first...)
		set.Issued = housetest.Noon.Add(ahead)
		loaded, err := m.in().Load(t.Context(), installation.Act{By: admin.By, DryRun: true}, m.Vendors.File(t, set))
		must(t, err)
		var codes []string
		for _, n := range loaded.Notes {
			codes = append(codes, n.Code)
		}
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("%s ahead: %q, want %q", ahead, got, want)
		}
	}
}
