package installation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// freed makes an installation in which an activation has moved anna to basic,
// taken everything from bo and ended cy's login.
func freed(t *testing.T, m *market, final bool) {
	t.Helper()
	m.open(m.sells(first...))
	m.staff("anna sales", "bo sales", "cy sales", "dag basic")
	_, err := m.in().GiveLogin(t.Context(), admin, "cy", "2026-12-31")
	must(t, err)
	set := m.sells(fewer...)
	set.Final = final
	loaded := m.load(set)
	_, err = m.in().Activate(t.Context(), admin, loaded.Set.ID, api.Activate{Choices: []api.Choice{
		{Do: "switch", Person: "anna", Name: "sales", To: "basic"}, {Do: "remove", Person: "bo", Name: "sales"}, {Do: "end-login", Person: "cy"}}})
	must(t, err)
	if got := m.plans(); got != "anna basic, bo, cy- sales, dag basic" {
		t.Fatalf("after the activation: %s", got)
	}
}

func TestRollingBackRestoresTheSetAndThePeople(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		ctx := t.Context()
		freed(t, m, false)
		before := m.seq()
		preview, err := m.in().RollBack(ctx, installation.Act{By: admin.By, DryRun: true}, api.RollBack{})
		must(t, err)
		back, err := m.in().RollBack(ctx, admin, api.RollBack{})
		must(t, err)
		if back.Set.ID != "superoffice-1" || back.Instead != "superoffice-2" || len(back.Restored) != 3 || len(back.NotRestored) != 0 || len(preview.Restored) != 3 {
			t.Errorf("back: %+v", back)
		}
		if got := m.plans(); got != "anna sales, bo sales, cy sales, dag basic" || m.active() != "superoffice-1" {
			t.Errorf("%s under %s", got, m.active())
		}
		cy, err := m.in().Person(ctx, admin, "cy")
		must(t, err)
		if cy.ValidThrough != (license.Date{Year: 2026, Month: 12, Day: 31}) {
			t.Errorf("cy's login is good through %s", cy.ValidThrough)
		}
		if want := []string{"set.restore-person anna", "set.restore-person bo", "set.restore-person cy", "set.roll-back"}; !slices.Equal(want, m.recorded(before)) {
			t.Errorf("recorded: %v", m.recorded(before))
		}
		for module, taken := range map[license.Module]int64{"sales": 3, "basic": 1, "user": 4, "sale-cal": 3} {
			if l := inUse(t, m.in(), module); l.Taken != taken {
				t.Errorf("%s: %d in use, want %d", module, l.Taken, taken)
			}
		}
		history, err := m.in().SetHistory(ctx, admin)
		must(t, err)
		if h := history.Items[0]; h.How != "roll-back" || h.Set != "superoffice-1" || h.Replaced != "superoffice-2" || h.Reported || len(history.Items) != 3 {
			t.Errorf("the history says %+v", history.Items)
		}
		// Whoever gave up one plan for another is one person, not two.
		if h := history.Items; h[0].People != 3 || h[1].People != 3 || h[2].People != 0 {
			t.Errorf("people changed: %d, %d, %d", h[0].People, h[1].People, h[2].People)
		}
		// It is what was written, and there is only one way back.
		m.Reopen(t)
		if m.active() != "superoffice-1" || m.plans() != "anna sales, bo sales, cy sales, dag basic" {
			t.Errorf("reopened: %s under %s", m.plans(), m.active())
		}
		if _, err := m.in().RollBack(ctx, admin, api.RollBack{}); code(err) != "set.no-roll-back" {
			t.Errorf("rolling back the roll back: %v", err)
		}
	})
}

// The newer number stays remembered, so that a roll back is no way to run an
// older set for good.
func TestAfterARollBackOnlyANewerSetIsAccepted(t *testing.T) {
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	freed(t, m, false)
	third := m.sells(first...) // made before the roll back
	_, err := m.in().RollBack(ctx, admin, api.RollBack{Issuer: "superoffice"})
	must(t, err)
	set := third
	set.Number, set.Previous = 2, strings.Repeat("0b", 32)
	if _, err := m.in().Load(ctx, admin, m.Vendors.File(t, set)); code(err) != "set.equivocation" {
		t.Errorf("another set 2: %v", err)
	}
	s, err := m.in().Status(ctx, admin)
	must(t, err)
	if len(s.Waiting) != 0 {
		t.Errorf("the set that was taken out waits: %+v", s.Waiting)
	}
	loaded := m.load(third)
	if loaded.Activated == nil || m.active() != "superoffice-3" {
		t.Errorf("a newer set: %+v", loaded)
	}
}

func TestAfterARollBackTheNewerSetCanBeActivatedAgainByHand(t *testing.T) {
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	freed(t, m, false)
	_, err := m.in().RollBack(t.Context(), admin, api.RollBack{})
	must(t, err)
	_, err = m.in().Activate(t.Context(), admin, "superoffice-2", api.Activate{Choices: []api.Choice{{Do: "switch", Everyone: true, Name: "sales", To: "none"}}})
	must(t, err)
	if got := m.plans(); got != "anna none, bo none, cy none, dag basic" || m.active() != "superoffice-2" {
		t.Errorf("%s under %s", got, m.active())
	}
}

func TestRollingBackIsRefused(t *testing.T) {
	for _, row := range []struct {
		name   string
		do     func(t *testing.T, m *market)
		want   string
		reason string
	}{
		{name: "when nothing was replaced", do: func(t *testing.T, m *market) { m.open(m.sells(first...)) }, want: "set.no-roll-back", reason: "nothing"},
		{name: "when there is no set", do: func(*testing.T, *market) {}, want: "set.no-roll-back", reason: "nothing"},
		{name: "after a day", do: func(t *testing.T, m *market) { freed(t, m, false); m.Set(m.Clock().Add(24*time.Hour + time.Second)) }, want: "set.no-roll-back", reason: "too-late"},
		{name: "when the newer set is final", do: func(t *testing.T, m *market) { freed(t, m, true) }, want: "set.no-roll-back", reason: "final"},
		{name: "when the older has ended", do: func(t *testing.T, m *market) {
			set := m.sells(first...)
			set.Dates.Expiry = license.Date{Year: 2026, Month: 6, Day: 10}
			m.open(set)
			next := m.sells(first...)
			next.Dates.Expiry = license.Date{Year: 2027, Month: 6, Day: 10}
			m.load(next)
			m.Set(time.Date(2026, 6, 11, 9, 0, 0, 0, time.UTC))
		}, want: "set.expired"},
		{name: "when what is in use does not fit the older", do: func(t *testing.T, m *market) {
			m.open(m.sells(first...))
			m.load(m.sells(append([]string{"quotes system", "user 12", "sale-cal 9", "travel 9", "sales 5 plan user sale-cal"}, first[5:]...)...))
			m.staff("anna sales", "bo sales", "cy sales", "dag sales")
		}, want: "set.too-small"},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
			row.do(t, m)
			before, plans := m.seq(), m.plans()
			_, err := m.in().RollBack(t.Context(), admin, api.RollBack{})
			reason := ""
			if e, ok := err.(*installation.NoRollBackError); ok {
				reason = e.Reason
			}
			if code(err) != row.want || reason != row.reason || m.seq() != before || m.plans() != plans {
				t.Errorf("%v (%s)", err, reason)
			}
		})
	}
}

func TestWhoCannotBePutBackIsNamedAndKeepsWhatThereIs(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		ctx := t.Context()
		freed(t, m, false)
		// Since then anna was put on another plan, and bo has left.
		_, err := m.in().SetPlan(ctx, admin, "anna", "none", "")
		must(t, err)
		former := true
		_, err = m.in().ChangePerson(ctx, admin, "bo", api.PersonPatch{Former: &former})
		must(t, err)
		back, err := m.in().RollBack(ctx, admin, api.RollBack{})
		must(t, err)
		var not []string
		for _, n := range back.NotRestored {
			not = append(not, fmt.Sprint(n.Person, " ", n.Name.Module, " ", n.Code, " ", n.Text != ""))
		}
		if want := []string{"anna sales plan.exclusive true", "bo sales person.gone true"}; !slices.Equal(want, not) {
			t.Errorf("not restored: %v", not)
		}
		if got := m.plans(); got != "anna none, bo, cy sales, dag basic" {
			t.Errorf("now: %s", got)
		}
	})
}

// Everybody was moved to a plan that the older set does not have: whoever finds
// no seat of the old plan holds nothing of what is gone.
func TestWhoFindsNoSeatOnTheWayBackIsNamed(t *testing.T) {
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	m.open(m.sells(first...))
	m.staff("anna sales", "bo sales", "cy sales")
	m.load(m.sells("quotes system", "user 9", "sale-cal 9", "travel 9", "sales 3 plan user sale-cal", "sell 5 plan user sale-cal", "basic 3 plan user", "none 9 plan"))
	if m.active() != "superoffice-2" {
		t.Fatalf("%s is active", m.active())
	}
	set := m.load(m.sells("quotes system", "user 9", "sale-cal 9", "travel 9", "sell 5 plan user sale-cal", "basic 3 plan user", "none 9 plan")).Set.ID
	_, err := m.in().Activate(t.Context(), admin, set, api.Activate{Choices: []api.Choice{{Do: "switch", Everyone: true, Name: "sales", To: "sell"}}})
	must(t, err)
	back, err := m.in().RollBack(t.Context(), admin, api.RollBack{})
	must(t, err)
	if got := m.plans(); got != "anna sales, bo sales, cy sales" || len(back.Restored) != 3 || m.active() != "superoffice-2" {
		t.Errorf("%s under %s", got, m.active())
	}
}

func TestAnySetsOfAnIssuerCanBeCompared(t *testing.T) {
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	m.open(m.sells(first...))
	m.load(m.sells(fewer...))
	set := m.sells(first[1:]...)
	set.Company = "Beta AB"
	m.load(set)
	d, err := m.in().DiffSets(t.Context(), admin, "superoffice-1", "superoffice-3")
	must(t, err)
	if d.Same != 6 || len(d.Licenses) != 1 || d.Licenses[0].Became != "removed" || d.Licenses[0].Name.Module != "quotes" || len(d.Fields) != 1 || d.Fields[0] != (api.FieldChange{Field: "company", From: "Acme AB", To: "Beta AB"}) {
		t.Errorf("1 and 3: %+v", d)
	}
	d, err = m.in().DiffSets(t.Context(), admin, "superoffice-2", "superoffice-1")
	must(t, err)
	if len(d.Licenses) != 1 || d.Licenses[0].Fields[0] != (api.FieldChange{Field: "quantity", From: "1", To: "3"}) {
		t.Errorf("2 and 1: %+v", d)
	}
	if d, err = m.in().DiffSets(t.Context(), admin, "superoffice-2", "superoffice-2"); err != nil || len(d.Licenses)+len(d.Fields) != 0 {
		t.Errorf("2 and itself: %+v, %v", d, err)
	}
	if _, err := m.in().DiffSets(t.Context(), admin, "superoffice-1", "superoffice-9"); code(err) != "set.unknown" {
		t.Errorf("1 and nothing: %v", err)
	}
}

// A file that was edited in the database says nothing any longer, and so does not
// say either that the set may be gone back from.
func TestAFinalSetIsNotRolledBackByEditingIt(t *testing.T) {
	for what, edit := range map[string]string{
		"its file":   "UPDATE set_file SET bytes = x'706f7474' WHERE hash IN (SELECT file FROM license_set WHERE number = 2)",
		"its record": "UPDATE license_set SET state = 'loaded' WHERE number = 2",
	} {
		t.Run(what, func(t *testing.T) {
			db := sqldbtest.Open(t, sqldbtest.SQLite(t))
			m := newMarket(t, db)
			freed(t, m, true)
			exec(t, db, edit)
			m.Reopen(t)
			_, err := m.in().RollBack(t.Context(), admin, api.RollBack{})
			if e, ok := err.(*installation.NoRollBackError); !ok || e.Reason != installation.RollBackDamaged {
				t.Errorf("rolling it back: %v", err)
			}
		})
	}
}

// What an administrator has decided since about a login stays.
func TestRollingBackLeavesALoginThatWasGivenAnew(t *testing.T) {
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	freed(t, m, false)
	_, err := m.in().GiveLogin(t.Context(), admin, "cy", "2026-07-01")
	must(t, err)
	_, err = m.in().RollBack(t.Context(), admin, api.RollBack{})
	must(t, err)
	cy, err := m.in().Person(t.Context(), admin, "cy")
	must(t, err)
	if want := (license.Date{Year: 2026, Month: 7, Day: 1}); !cy.Login || cy.ValidThrough != want {
		t.Errorf("cy's login is good through %s, want %s", cy.ValidThrough, want)
	}
}
