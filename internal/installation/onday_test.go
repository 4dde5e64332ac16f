package installation_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// waitingFor is a market in which anna, bo and cy have sales, and a set with one
// seat of it begins tomorrow.
func waitingFor(m *market) (set string) {
	m.Helper()
	m.open(m.sells(first...))
	m.staff("anna sales", "bo sales", "cy basic")
	return m.next(fewer...).Set.ID
}

func choose(do, person, name, to string) api.Choice {
	return api.Choice{Do: do, Person: person, Everyone: person == "", Name: name, To: to}
}

// store agrees to a set with choices, as they were shown.
func (m *market) store(set string, choices ...api.Choice) api.Activated {
	m.Helper()
	review, err := m.in().Review(m.Context(), admin, set, api.Choices{Choices: choices})
	must(m, err)
	done, err := m.in().Activate(m.Context(), admin, set, api.Activate{Choices: choices, PlanToken: review.PlanToken})
	must(m, err)
	return done
}

func (m *market) dawn() {
	m.Helper()
	m.Set(midnight)
	m.in().Look()
}

func TestWhatWasChosenForTheDayOfASetIsDoneOnThatDay(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		set := waitingFor(m)
		before := m.seq()
		done := m.store(set, choose("switch", "bo", "sales", "basic"))
		if !done.Waits || !done.Changed || len(done.Effects) != 1 || m.plans() != "anna sales, bo sales, cy basic" {
			t.Fatalf("storing: %+v; %s", done, m.plans())
		}
		if got := m.recorded(before); !slices.Equal(got, []string{"set.wait", "set.choose bo"}) {
			t.Errorf("recorded: %v", got)
		}
		if again := m.store(set, choose("switch", "bo", "sales", "basic")); again.Changed {
			t.Errorf("storing it again: %+v", again)
		}
		review, err := m.in().Review(t.Context(), admin, set, api.Choices{})
		must(t, err)
		if s := review.Stored; s == nil || !s.Holds || s.People != 1 || s.By != admin.By.String() || s.Choices[0] != choose("switch", "#2", "superoffice.sales", "superoffice.basic") {
			t.Errorf("the review says %+v", s)
		}
		m.Reopen(t)
		before = m.seq()
		m.dawn()
		if m.active() != set || m.plans() != "anna sales, bo basic, cy basic" {
			t.Fatalf("on its day %s is active, told: %s; %s", m.active(), m.notice("set-does-not-fit"), m.plans())
		}
		if got := m.recorded(before); !slices.Contains(got, "plan.set bo") || !slices.Contains(got, "set.activate") {
			t.Errorf("recorded: %v", got)
		}
		for _, e := range m.entries("set.activate") {
			if e.Facts["how"] != "on-day" || e.Facts["agreed_by"] != admin.By.String() || e.Facts["people"] != "1" {
				t.Errorf("the entry says %v", e.Facts)
			}
		}
		_, err = m.in().RollBack(t.Context(), admin, api.RollBack{})
		must(t, err)
		if m.active() != "superoffice-1" || m.plans() != "anna sales, bo sales, cy basic" {
			t.Errorf("gone back: %s; %s", m.active(), m.plans())
		}
		m.in().Look()
		if m.active() != "superoffice-1" {
			t.Error("it has taken over again by itself")
		}
	})
}

// entries is the newest entry of an action.
func (m *market) entries(action string) []api.AuditEntry {
	m.Helper()
	list, err := m.in().Audit(m.Context(), admin, installation.AuditFilter{Action: action, Limit: 1})
	must(m, err)
	return list.Items
}

func TestWhereSomethingElseWouldHappenThanWasShownTheSetWaitsAndSaysForWhom(t *testing.T) {
	everybody := choose("switch", "", "sales", "basic")
	for _, row := range []struct {
		name    string
		choices []api.Choice
		meanwhile,
		why, changed, plans string
	}{
		{"nothing happened", []api.Choice{everybody}, "", "", "", "anna basic, bo basic, cy basic"},
		{"something else happened", []api.Choice{everybody}, "cy none", "", "", "anna basic, bo basic, cy none"},
		{"somebody more would be moved", []api.Choice{everybody}, "cy sales", "review.strayed", "cy: nothing, now -sales +basic", "anna sales, bo sales, cy sales"},
		{"somebody has been moved already", []api.Choice{everybody}, "bo basic", "review.strayed", "bo: -sales +basic, now nothing", "anna sales, bo basic, cy basic"},
		{"the one who was chosen has no such plan any longer", []api.Choice{choose("switch", "bo", "sales", "basic")}, "bo none", "review.choice-refused", "", "anna sales, bo none, cy basic"},
		{"somebody took the seat that was to be freed", []api.Choice{choose("switch", "bo", "sales", "basic")}, "cy sales", "set.too-small", "", "anna sales, bo sales, cy sales"},
		{"a login was ended that was to be ended", []api.Choice{choose("remove", "bo", "sales", ""), choose("end-login", "bo", "", "")}, "bo -", "review.strayed", "bo: -sales -login, now -sales", "anna sales, bo- sales, cy basic"},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
			set := waitingFor(m)
			m.store(set, row.choices...)
			if who, plan, ok := strings.Cut(row.meanwhile, " "); ok && plan == "-" {
				_, err := m.in().EndLogin(t.Context(), admin, who)
				must(t, err)
			} else if ok {
				_, err := m.in().SetPlan(t.Context(), admin, who, plan, "")
				must(t, err)
			}
			review, err := m.in().Review(t.Context(), admin, set, api.Choices{})
			must(t, err)
			why, changed := "", ""
			if review.Stored.Why != nil {
				why = review.Stored.Why.Code
			}
			for _, c := range review.Stored.Changed {
				changed += c.Person + ": " + effectWords(c.Was) + ", now " + effectWords(c.Is)
			}
			if why != row.why || review.Stored.Holds != (row.why == "") || changed != row.changed {
				t.Errorf("the review says %q, %q", why, changed)
			}
			m.dawn()
			want, told := set, ""
			if row.why != "" {
				want, told = "superoffice-1", set+" "+row.why
			}
			if m.active() != want || m.notice("set-does-not-fit") != told || m.plans() != row.plans {
				t.Errorf("on its day %s is active, told %q; %s", m.active(), m.notice("set-does-not-fit"), m.plans())
			}
		})
	}
}

func effectWords(e *api.PersonEffect) string {
	if e == nil {
		return "nothing"
	}
	var words []string
	for _, h := range e.Released {
		words = append(words, "-"+string(h.Name.Module))
	}
	if e.LoginEnded {
		words = append(words, "-login")
	}
	for _, h := range e.Given {
		words = append(words, "+"+string(h.Name.Module))
	}
	return strings.Join(words, " ")
}

func TestChoicesForADayAreKeptOnlyWhenTheyAreEnoughAndAsShown(t *testing.T) {
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	set := waitingFor(m)
	ctx := t.Context()
	bo := []api.Choice{choose("switch", "bo", "sales", "basic")}
	before := m.seq()
	for _, row := range []struct {
		name string
		body api.Activate
		want string
	}{
		{"too few", api.Activate{Choices: []api.Choice{choose("remove", "cy", "basic", "")}}, "set.too-small"},
		{"one that cannot be done", api.Activate{Choices: []api.Choice{choose("remove", "cy", "sales", "")}}, "review.choice-refused"},
		{"another review than this", api.Activate{Choices: bo, PlanToken: "1-00"}, "review.changed"},
		{"agreeing to another review than this", api.Activate{PlanToken: "1-00"}, "review.changed"},
	} {
		if _, err := m.in().Activate(ctx, admin, set, row.body); code(err) != row.want {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	if m.seq() != before {
		t.Error("something was stored")
	}
	if done, err := m.in().Activate(ctx, installation.Act{By: admin.By, DryRun: true}, set, api.Activate{Choices: bo}); err != nil || !done.Waits || !done.Changed || m.seq() != before {
		t.Errorf("a dry run: %+v, %v", done, err)
	}
}

func TestWhatWasChosenForADayCanBeChosenAnewOrDropped(t *testing.T) {
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	set := waitingFor(m)
	m.store(set, choose("switch", "bo", "sales", "basic"))
	m.store(set, choose("remove", "anna", "sales", ""))
	stored := func() *api.StoredChoices {
		t.Helper()
		r, err := m.in().Review(t.Context(), admin, set, api.Choices{})
		must(t, err)
		return r.Stored
	}
	if s := stored(); s == nil || len(s.Choices) != 1 || s.Choices[0].Person != "#1" {
		t.Errorf("chosen anew: %+v", s)
	}
	_, err := m.in().Activate(t.Context(), admin, set, api.Activate{})
	must(t, err)
	if s := stored(); s != nil {
		t.Errorf("dropped: %+v", s)
	}
	m.store(set, choose("remove", "anna", "sales", ""))
	_, err = m.in().Withdraw(t.Context(), admin, set)
	must(t, err)
	_, err = m.in().Load(t.Context(), admin, m.Vendors.File(t, m.last))
	must(t, err)
	if s := stored(); s != nil {
		t.Errorf("withdrawn and received again: %+v", s)
	}
	m.dawn()
	if m.active() != "superoffice-1" || m.plans() != "anna sales, bo sales, cy basic" {
		t.Errorf("%s is active; %s", m.active(), m.plans())
	}
}

// Whoever has something in hand is not changed, and neither is anybody else. Where
// the host application must be asked and does not answer, it is asked again, and
// administrators know meanwhile.
func TestTheHostApplicationIsAskedOnTheDay(t *testing.T) {
	var answer *api.BlockersAnswer // nil: it is away
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if answer == nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		json.NewEncoder(w).Encode(answer)
	}))
	defer host.Close()
	nothing := &api.BlockersAnswer{}
	inHand := &api.BlockersAnswer{People: []api.PersonBlockers{{Person: "bo", Blockers: []api.Blocker{{Text: "7 open requests", Blocks: true}}}}}
	bo := choose("switch", "bo", "sales", "basic")
	ready := func(t *testing.T) (m *market, set string) {
		m = newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
		set = waitingFor(m)
		_, err := m.in().SetBlockersHook(t.Context(), admin, api.BlockersHook{URL: host.URL, Unreachable: "block"})
		must(t, err)
		answer = inHand
		if _, err := m.in().Activate(t.Context(), admin, set, api.Activate{Choices: []api.Choice{bo}}); code(err) != "person.blocked" {
			t.Errorf("storing what somebody has in hand: %v", err)
		}
		answer = nothing
		m.store(set, bo)
		return m, set
	}
	t.Run("somebody has something in hand", func(t *testing.T) {
		m, set := ready(t)
		answer = inHand
		m.dawn()
		if m.active() != "superoffice-1" || m.notice("set-does-not-fit") != set+" person.blocked" || m.plans() != "anna sales, bo sales, cy basic" {
			t.Errorf("%s is active, told %q; %s", m.active(), m.notice("set-does-not-fit"), m.plans())
		}
	})
	t.Run("nobody answers at first", func(t *testing.T) {
		m, set := ready(t)
		answer = nil
		m.dawn()
		before := m.seq()
		m.in().Look()
		if m.active() != "superoffice-1" || m.notice("set-does-not-fit") != set+" blockers.unreachable" || m.seq() != before {
			t.Errorf("%s is active, told %q, %d changes more", m.active(), m.notice("set-does-not-fit"), m.seq()-before)
		}
		answer = nothing
		m.in().Look()
		if m.active() != set || m.notice("set-does-not-fit") != "" || m.plans() != "anna sales, bo basic, cy basic" {
			t.Errorf("once it answers %s is active, told %q; %s", m.active(), m.notice("set-does-not-fit"), m.plans())
		}
	})
}
