package installation_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// A market is an installation whose issuer sends one set after another.
type market struct {
	testing.TB
	*housetest.Fixture
	last license.Set
	mark string // checkpoint of the last set
}

func newMarket(t testing.TB, db *sqldb.DB) *market {
	return &market{TB: t, Fixture: housetest.New(t, db, "acme"), last: license.Set{
		Issuer: "SUPEROFFICE", Company: "Acme AB", Serial: "1600070120", Issued: housetest.Noon, TimeZone: "Europe/Stockholm",
		Dates: license.Dates{Expiry: license.Date{Year: 2027, Month: 6, Day: 10}},
	}}
}

func (m *market) in() *installation.Installation { return m.Installation("acme") }

// sells reads licenses of the next set: "sales 3 plan user sale-cal", "user 5",
// "quotes system".
func (m *market) sells(lines ...string) license.Set {
	set := m.last
	set.Number, set.Previous, set.Licenses, set.Start, set.Final = set.Number+1, m.mark, nil, license.Date{}, false
	for _, line := range lines {
		w := strings.Fields(line)
		l := license.License{Module: license.Module(w[0]), Kind: license.User, Quantity: 1, People: license.Internal}
		if w[1] == "system" {
			l.Kind, l.People = license.System, 0
		} else if _, err := fmt.Sscan(w[1], &l.Quantity); err != nil {
			m.Fatal(err)
		}
		if len(w) > 2 && w[2] == "plan" {
			l.Plan = &license.Plan{Group: "plans"}
			for _, included := range w[3:] {
				l.Plan.Includes = append(l.Plan.Includes, license.Module(included))
			}
		} else if len(w) > 2 {
			l.Prerequisite = license.Module(w[2])
		}
		set.Licenses = append(set.Licenses, l)
	}
	return set
}

func (m *market) load(set license.Set) api.LoadedSet {
	m.Helper()
	loaded, err := m.in().Load(m.Context(), admin, m.Vendors.File(m, set))
	must(m, err)
	m.last, m.mark = set, loaded.Set.Checkpoint
	return loaded
}

func (m *market) open(set license.Set) {
	m.Helper()
	loaded := m.load(set)
	_, err := m.in().Activate(m.Context(), admin, loaded.Set.ID, api.Activate{})
	must(m, err)
}

// staff brings in people: "anna sales", "bo".
func (m *market) staff(people ...string) {
	m.Helper()
	for _, p := range people {
		id, plan, _ := strings.Cut(p, " ")
		_, err := m.in().AddPerson(m.Context(), admin, api.NewPerson{UserID: id, Login: true, Plan: plan})
		must(m, err)
	}
}

// plans writes down who holds what: "anna sales, bo basic+travel, cy -"; a login
// that was ended is a minus behind the name.
func (m *market) plans() string {
	m.Helper()
	list, err := m.in().People(m.Context(), admin, installation.PeopleFilter{})
	must(m, err)
	var all []string
	for _, p := range list.Items {
		var held []string
		for _, h := range append(slices.Clone(p.Plans), p.Extras...) {
			held = append(held, string(h.Name.Module))
		}
		line := p.UserID
		if !p.Login {
			line += "-"
		}
		all = append(all, strings.TrimSpace(line+" "+strings.Join(held, "+")))
	}
	return strings.Join(all, ", ")
}

func (m *market) active() string {
	m.Helper()
	s, err := m.in().Status(m.Context(), admin)
	must(m, err)
	if len(s.Sets) != 1 {
		return fmt.Sprint(len(s.Sets), " sets")
	}
	return s.Sets[0].ID
}

// recorded lists the actions since an entry, oldest first, with whom they are
// about.
func (m *market) recorded(since int64) (all []string) {
	m.Helper()
	list, err := m.in().Audit(m.Context(), admin, installation.AuditFilter{Limit: 1000})
	must(m, err)
	for _, e := range list.Items {
		if e.Seq > since {
			all = append(all, strings.TrimSpace(e.Action+" "+e.Person))
		}
	}
	slices.Reverse(all)
	return all
}

func (m *market) seq() int64 {
	m.Helper()
	s, err := m.in().Status(m.Context(), admin)
	must(m, err)
	return s.Seq
}

func eachMarket(t *testing.T, run func(t *testing.T, m *market)) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { run(t, newMarket(t, db)) })
}

var first = []string{"quotes system", "user 9", "sale-cal 9", "travel 9", "sales 3 plan user sale-cal", "basic 3 plan user", "none 9 plan"}

func TestPeopleAreFreedAndTheSetActivatedInOneStep(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		ctx := t.Context()
		m.open(m.sells(first...))
		m.staff("anna sales", "bo sales", "cy sales", "dag basic")
		loaded := m.load(m.sells("quotes system", "user 9", "sale-cal 9", "travel 9", "sales 1 plan user sale-cal", "basic 3 plan user", "none 9 plan"))
		plain, err := m.in().Review(ctx, admin, loaded.Set.ID, api.Choices{})
		must(t, err)
		if row := plain.Rows[0]; plain.Fits || plain.Blocking != 1 || row.Look != "blocks" || row.Over != 2 || row.Findings[0].Text != "2 too many" {
			t.Errorf("the review begins with %+v", row)
		}
		choices := []api.Choice{
			{Do: "switch", Person: "anna", Name: "sales", To: "basic"},
			{Do: "remove", Person: "bo", Name: "superoffice.sales"},
			{Do: "end-login", Person: "bo"},
		}
		review, err := m.in().Review(ctx, admin, loaded.Set.ID, api.Choices{Choices: choices})
		must(t, err)
		if !review.Fits || review.Blocking != 0 || len(review.Effects) != 2 || review.Effects[0].Person != "anna" || !review.Effects[1].LoginEnded {
			t.Errorf("with choices the review is %+v", review)
		}
		before := m.seq()
		done, err := m.in().Activate(ctx, admin, loaded.Set.ID, api.Activate{Choices: choices, PlanToken: review.PlanToken})
		must(t, err)
		if !done.Changed || done.Replaced != "superoffice-1" || !cmp.Equal(done.Effects, review.Effects) {
			t.Errorf("done: %+v", done)
		}
		if got := m.plans(); got != "anna basic, bo-, cy sales, dag basic" {
			t.Errorf("now: %s", got)
		}
		if want := []string{"plan.set anna", "plan.remove bo", "login.end bo", "set.activate"}; !slices.Equal(want, m.recorded(before)) {
			t.Errorf("recorded: %v, want %v", m.recorded(before), want)
		}
		for module, taken := range map[license.Module]int64{"sales": 1, "basic": 2, "user": 3, "sale-cal": 1} {
			if l := inUse(t, m.in(), module); l.Taken != taken {
				t.Errorf("%s: %d in use, want %d", module, l.Taken, taken)
			}
		}
	})
}

// Everybody moves to a plan that only the new set has, from one that it lacks.
func TestEverybodyMovesFromOnePlanToAnother(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		m.open(m.sells(first...))
		m.staff("anna sales", "bo sales", "cy sales", "dag basic")
		_, err := m.in().GiveExtra(t.Context(), admin, "anna", "travel", 1, "")
		must(t, err)
		loaded := m.load(m.sells("quotes system", "user 9", "sale-cal 9", "travel 9", "sell 5 plan user sale-cal", "basic 3 plan user", "none 9 plan"))
		if loaded.Activated != nil {
			t.Fatal("a set that takes a plan away has come in force by itself")
		}
		all := api.Choice{Do: "switch", Everyone: true, Name: "sales", To: "sell"}
		own := api.Choice{Do: "switch", Person: "cy", Name: "sales", To: "none"}
		_, err = m.in().Activate(t.Context(), admin, loaded.Set.ID, api.Activate{Choices: []api.Choice{own, all}})
		must(t, err)
		if got := m.plans(); got != "anna sell+travel, bo sell, cy none, dag basic" {
			t.Errorf("now: %s", got)
		}
		a, err := m.in().Check(api.Check{Person: "anna", Module: "superoffice.sale-cal"})
		if err != nil || a.Effect != api.Allow {
			t.Errorf("the check says %+v, %v", a, err)
		}
	})
}

func TestARefusedActivationFreesNobody(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		m.open(m.sells(first...))
		m.staff("anna sales", "bo sales", "cy sales")
		set := m.load(m.sells("user 9", "sale-cal 9", "sales 1 plan user sale-cal", "basic 3 plan user", "guest 2")).Set.ID
		free := func(id string) api.Choice { return api.Choice{Do: "remove", Person: id, Name: "sales"} }
		for _, row := range []struct {
			name, want string
			body       api.Activate
		}{
			{"one too few", "set.too-small", api.Activate{Choices: []api.Choice{free("anna")}, Acknowledge: []string{"quotes"}}},
			{"a feature goes that nobody let go", "review.unacknowledged", api.Activate{Choices: []api.Choice{free("anna"), free("bo")}}},
			{"one who does not hold it", "review.choice-refused", api.Activate{Choices: []api.Choice{free("anna"), {Do: "remove", Person: "bo", Name: "basic"}}}},
			{"nobody of that name", "review.choice-refused", api.Activate{Choices: []api.Choice{free("zoe")}}},
			{"to a plan that the new set lacks", "review.choice-refused", api.Activate{Choices: []api.Choice{{Do: "switch", Person: "anna", Name: "sales", To: "none"}}}},
			{"for one and for all", "review.choice-refused", api.Activate{Choices: []api.Choice{{Do: "remove", Person: "anna", Everyone: true, Name: "sales"}}}},
			{"for nobody", "review.choice-refused", api.Activate{Choices: []api.Choice{{Do: "remove", Name: "sales"}}}},
			{"what is no choice", "review.choice-refused", api.Activate{Choices: []api.Choice{{Do: "promote", Person: "anna", Name: "sales"}}}},
			{"with a token of something else", "review.changed", api.Activate{PlanToken: "1-abc", Choices: []api.Choice{free("anna"), free("bo")}, Acknowledge: []string{"quotes"}}},
			{"a license nobody knows acknowledged", "license.unknown-module", api.Activate{Acknowledge: []string{"nothing"}}},
		} {
			before := m.seq()
			_, err := m.in().Activate(t.Context(), admin, set, row.body)
			if code(err) != row.want || m.seq() != before {
				t.Errorf("%s: %v, and %d became %d", row.name, err, before, m.seq())
			}
			if got := m.plans(); got != "anna sales, bo sales, cy sales" || m.active() != "superoffice-1" {
				t.Fatalf("%s: %s under %s", row.name, got, m.active())
			}
		}
		_, err := m.in().Activate(t.Context(), installation.Act{By: admin.By, DryRun: true}, set,
			api.Activate{Choices: []api.Choice{free("anna"), free("bo")}, Acknowledge: []string{"quotes"}})
		if got := m.plans(); err != nil || got != "anna sales, bo sales, cy sales" {
			t.Errorf("a preview: %v, %s", err, got)
		}
	})
}

func TestWhoActivatesTooLateIsToldWhatHasChanged(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		ctx := t.Context()
		m.open(m.sells(first...))
		m.staff("anna sales", "bo")
		set := m.load(m.sells("quotes system", "user 9", "sale-cal 9", "travel 9", "sales 2 plan user sale-cal", "basic 3 plan user", "none 9 plan")).Set.ID
		review, err := m.in().Review(ctx, admin, set, api.Choices{})
		must(t, err)
		_, err = m.in().SetPlan(ctx, admin, "bo", "sales", "")
		must(t, err)
		_, err = m.in().Activate(ctx, admin, set, api.Activate{PlanToken: review.PlanToken})
		var changed *installation.ReviewChangedError
		if !errors.As(err, &changed) {
			t.Fatalf("activating gives %v", err)
		}
		var rows, since []string
		for _, r := range changed.Rows {
			rows = append(rows, fmt.Sprint(r.Name.Module, " ", r.WasInUse, ">", r.InUse, " ", r.WasLook, ">", r.Look))
		}
		for _, s := range changed.Since {
			since = append(since, s.Action+" "+s.Person)
		}
		slices.Sort(rows)
		if got := strings.Join(rows, "; "); got != "sale-cal 1>2 same>same; sales 1>2 lowers>warns; user 1>2 same>same" {
			t.Errorf("rows: %s", got)
		}
		if got := strings.Join(since, "; "); got != "plan.set bo" {
			t.Errorf("since: %s", got)
		}
		// Something that does not touch it does not matter.
		review, err = m.in().Review(ctx, admin, set, api.Choices{})
		must(t, err)
		_, err = m.in().MakeToken(ctx, admin, api.NewToken{Name: "x", Scopes: []string{"read"}})
		must(t, err)
		_, err = m.in().Activate(ctx, admin, set, api.Activate{PlanToken: review.PlanToken})
		must(t, err)
	})
}

// Behind a restart nothing is remembered of what was shown; the acts since tell.
func TestWhatHasChangedIsToldAlsoAfterARestart(t *testing.T) {
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	m.open(m.sells(first...))
	m.staff("anna")
	set := m.load(m.sells(first[1:]...)).Set.ID
	review, err := m.in().Review(t.Context(), admin, set, api.Choices{Acknowledge: []string{"quotes"}})
	must(t, err)
	m.Reopen(t)
	_, err = m.in().SetPlan(t.Context(), admin, "anna", "sales", "")
	must(t, err)
	_, err = m.in().Activate(t.Context(), admin, set, api.Activate{PlanToken: review.PlanToken, Acknowledge: []string{"quotes"}})
	var changed *installation.ReviewChangedError
	if !errors.As(err, &changed) || len(changed.Rows) != 0 || len(changed.Since) != 1 || changed.Since[0].Person != "anna" {
		t.Errorf("activating gives %+v", err)
	}
}

func TestWhatANewPlanIncludesTakesEffectForEverybodyAtOnce(t *testing.T) {
	eachMarket(t, func(t *testing.T, m *market) {
		m.open(m.sells(first...))
		m.staff("anna basic", "bo sales")
		may := func(person, module string) string {
			a, err := m.in().Check(api.Check{Person: person, Module: "superoffice." + module})
			must(t, err)
			return a.Effect
		}
		set := m.load(m.sells("quotes system", "user 9", "sale-cal 9", "travel 9", "sales 3 plan user", "basic 3 plan user travel", "none 9 plan")).Set.ID
		r, err := m.in().Review(t.Context(), admin, set, api.Choices{})
		must(t, err)
		var said []string
		for _, row := range r.Rows {
			for _, f := range row.Findings {
				said = append(said, fmt.Sprint(row.Name.Module, ": ", f.Text, " ", f.People))
			}
		}
		if want := []string{"sales: Loses superoffice.sale-cal for 1 person [bo]", "basic: Gets superoffice.travel for 1 person [anna]"}; !slices.Equal(said, want) {
			t.Errorf("the review says %v", said)
		}
		if may("anna", "travel") != api.Deny || may("bo", "sale-cal") != api.Allow {
			t.Error("before the activation it has effect already")
		}
		_, err = m.in().Activate(t.Context(), admin, set, api.Activate{})
		must(t, err)
		if may("anna", "travel") != api.Allow || may("bo", "sale-cal") != api.Deny {
			t.Error("after the activation it has no effect")
		}
		if l := inUse(t, m.in(), "travel"); l.Taken != 1 {
			t.Errorf("%d of travel are in use", l.Taken)
		}
	})
}

func TestASetThatOnlyRaisesComesInForceByItself(t *testing.T) {
	more := slices.Concat([]string{"quotes system", "user 12"}, first[2:], []string{"pen 4"})
	day := func(y, m, d int) license.Date { return license.Date{Year: y, Month: time.Month(m), Day: d} }
	for _, row := range []struct {
		name   string
		lines  []string
		change func(*license.Set)
		ask    bool
		want   bool
	}{
		{name: "the same again", lines: first, want: true},
		{name: "more seats and a new license", lines: more, want: true},
		{name: "later dates", lines: first, change: func(s *license.Set) { s.Dates.Expiry = day(2028, 1, 1) }, want: true},
		{name: "earlier dates", lines: first, change: func(s *license.Set) { s.Dates.Expiry = day(2027, 1, 1) }},
		{name: "fewer seats that nobody uses", lines: append([]string{"quotes system", "user 8"}, first[2:]...)},
		{name: "a feature less", lines: first[1:]},
		{name: "another company", lines: more, change: func(s *license.Set) { s.Company = "Beta AB" }},
		{name: "another set before it than the one here", lines: more, change: func(s *license.Set) { s.Previous = strings.Repeat("0a", 32) }},
		{name: "it begins tomorrow", lines: more, change: func(s *license.Set) { s.Start = day(2026, 6, 11) }},
		{name: "everybody wants to be asked", lines: more, ask: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
			if loaded := m.load(m.sells(first...)); loaded.Activated != nil {
				t.Fatal("the first set has come in force by itself")
			}
			_, err := m.in().Activate(t.Context(), admin, "superoffice-1", api.Activate{})
			must(t, err)
			m.staff("anna sales")
			if row.ask {
				_, err := m.in().PutSetPolicy(t.Context(), admin, api.SetPolicy{Activation: "ask"})
				must(t, err)
			}
			set := m.sells(row.lines...)
			if row.change != nil {
				row.change(&set)
			}
			before := m.seq()
			preview, err := m.in().Load(t.Context(), installation.Act{By: admin.By, DryRun: true}, m.Vendors.File(t, set))
			must(t, err)
			loaded := m.load(set)
			active := "superoffice-1"
			if row.want {
				active = "superoffice-2"
			}
			if (loaded.Activated != nil) != row.want || (preview.Activated != nil) != row.want || m.active() != active {
				t.Fatalf("by itself: %v, in the preview %v; active is %s", loaded.Activated != nil, preview.Activated != nil, m.active())
			}
			s, err := m.in().Status(t.Context(), admin)
			must(t, err)
			told := slices.ContainsFunc(s.Events, func(e api.Event) bool { return e.Code == "set-activated" })
			recorded := m.recorded(before)
			if slices.Contains(recorded, "set.auto-activate") != row.want || told != row.want {
				t.Errorf("recorded: %v; told: %v", recorded, told)
			}
			if row.want && (loaded.Activated.Replaced != "superoffice-1" || loaded.Set.Status != "active") {
				t.Errorf("the answer is %+v", loaded)
			}
		})
	}
}
