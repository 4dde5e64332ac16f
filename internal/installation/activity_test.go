package installation_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

const ground = "agreement with the works council"

func collected(t testing.TB, in *installation.Installation, on bool) api.ChangedActivity {
	t.Helper()
	words, patch := ground, api.ActivityPatch{Collected: &on}
	if on {
		patch.Ground = &words
	}
	done, err := in.PutActivity(t.Context(), admin, patch)
	must(t, err)
	return done
}

// asks is a product that asks whether people may use a license.
func (m *market) asks(people ...string) {
	m.Helper()
	for _, p := range people {
		_, err := m.in().Check(api.Check{Person: p, Module: "superoffice.user"})
		must(m, err)
	}
}

// idle is how long ago everybody was active, in the order of a filter.
func (m *market) idle(f installation.PeopleFilter) string {
	m.Helper()
	list, err := m.in().People(m.Context(), admin, f)
	must(m, err)
	var all []string
	for _, p := range list.Items {
		all = append(all, p.UserID+" "+p.LastActive)
	}
	return strings.Join(all, ", ")
}

func openOffice(t testing.TB, db *sqldb.DB) *market {
	m := newMarket(t, db)
	m.open(m.sells("sales 9 plan user", "user 9", "quotes system"))
	m.staff("anna sales", "bo sales", "cy sales", "dan")
	return m
}

func TestNobodyIsSeenBeforeItIsTurnedOnAndNothingIsLeftAfter(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m := openOffice(t, db)
		m.asks("anna")
		if got := m.idle(installation.PeopleFilter{}); got != "anna , bo , cy , dan " {
			t.Fatalf("before it is turned on: %s", got)
		}
		for _, f := range []installation.PeopleFilter{{Sort: "active"}, {Sort: "-active"}, {Active: "never"}} {
			_, err := m.in().People(t.Context(), admin, f)
			refused(t, "a list by it", err, "activity.off")
		}
		on, none := true, ""
		_, err := m.in().PutActivity(t.Context(), admin, api.ActivityPatch{Collected: &on})
		refused(t, "no ground", err, "activity.no-ground")
		_, err = m.in().PutActivity(t.Context(), admin, api.ActivityPatch{Collected: &on, Ground: &none})
		refused(t, "an empty ground", err, "activity.no-ground")
		long := strings.Repeat("x", 501)
		_, err = m.in().PutActivity(t.Context(), admin, api.ActivityPatch{Collected: &on, Ground: &long})
		refused(t, "a ground without end", err, "request.bad-value")
		if done := collected(t, m.in(), true); !done.Changed || !done.Collected || done.Ground != ground || done.People != 0 {
			t.Errorf("turned on: %+v", done)
		}
		m.asks("ANNA", "nobody")
		_, err = m.in().Check(api.Check{Person: "dan", Module: "superoffice.user"}) // is told no
		must(t, err)
		_, err = m.in().Checks([]api.Check{{Person: "bo", Module: "superoffice.user"}, {Feature: "superoffice.quotes"}, {Database: "1", Module: "superoffice.user"}})
		must(t, err)
		const want = "anna today, bo today, cy never, dan never"
		if got := m.idle(installation.PeopleFilter{}); got != want {
			t.Errorf("after the checks: %s", got)
		}
		m.Reopen(t)
		if got := m.idle(installation.PeopleFilter{}); got != want {
			t.Errorf("after a restart: %s", got)
		}
		dryAct := dry()
		off := false
		if would, err := m.in().PutActivity(t.Context(), dryAct, api.ActivityPatch{Collected: &off}); err != nil || would.Erased != 2 || !would.Changed {
			t.Errorf("before it is turned off: %+v, %v", would, err)
		}
		if done := collected(t, m.in(), false); done.Erased != 2 || done.Collected || done.Ground != "" || done.People != 0 {
			t.Errorf("turned off: %+v", done)
		}
		var rows int
		must(t, db.QueryRow(t.Context(), "SELECT count(*) FROM activity").Scan(&rows))
		if rows != 0 || m.idle(installation.PeopleFilter{}) != "anna , bo , cy , dan " {
			t.Errorf("%d rows are left, and %s", rows, m.idle(installation.PeopleFilter{}))
		}
		collected(t, m.in(), true)
		if got := m.idle(installation.PeopleFilter{}); got != "anna never, bo never, cy never, dan never" {
			t.Errorf("turned on again: %s", got)
		}
	})
}

// The record says that a ground was given, and never which: it may name somebody.
func TestTheGroundIsNotOnRecord(t *testing.T) {
	t.Parallel()
	m := openOffice(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	collected(t, m.in(), true)
	anew := "agreement with Karin"
	_, err := m.in().PutActivity(t.Context(), admin, api.ActivityPatch{Ground: &anew})
	must(t, err)
	m.asks("anna")
	collected(t, m.in(), false)
	trail, err := m.in().Audit(t.Context(), admin, installation.AuditFilter{Action: "activity.set", Limit: 10})
	must(t, err)
	var facts []string
	for _, e := range trail.Items {
		facts = append(facts, fmt.Sprint(e.Facts))
	}
	if got := strings.Join(facts, " "); got != "map[collected:false erased:1] map[ground:changed] map[collected:true ground:given]" {
		t.Errorf("on record: %s", got)
	}
	if got := collected(t, m.in(), false); got.Changed {
		t.Errorf("turned off twice: %+v", got)
	}
}

func TestADayIsOneOfTheHouse(t *testing.T) {
	t.Parallel()
	m := openOffice(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	m.Set(time.Date(2026, 6, 20, 21, 30, 0, 0, time.UTC)) // 23:30 in Stockholm
	collected(t, m.in(), true)
	m.asks("anna")
	m.Set(time.Date(2026, 6, 20, 22, 30, 0, 0, time.UTC)) // half past midnight there
	m.asks("bo")
	if got := m.idle(installation.PeopleFilter{}); got != "anna 7-days, bo today, cy never, dan never" {
		t.Errorf("half an hour after midnight: %s", got)
	}
	m.Set(m.Clock().AddDate(0, 0, 7))
	if got := m.idle(installation.PeopleFilter{}); got != "anna 30-days, bo 7-days, cy never, dan never" {
		t.Errorf("a week later: %s", got)
	}
}

func TestPeopleAreListedByWhenTheyWereActive(t *testing.T) {
	t.Parallel()
	m := openOffice(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	collected(t, m.in(), true)
	m.asks("cy")
	m.Set(m.Clock().AddDate(0, 0, 40))
	m.asks("bo")
	for _, row := range []struct {
		f    installation.PeopleFilter
		want string
	}{
		{installation.PeopleFilter{Sort: "active"}, "bo today, cy 90-days, anna never, dan never"},
		{installation.PeopleFilter{Sort: "-active"}, "dan never, anna never, cy 90-days, bo today"},
		{installation.PeopleFilter{Active: "90-days,longer,never"}, "anna never, cy 90-days, dan never"},
		{installation.PeopleFilter{Active: "today"}, "bo today"},
		{installation.PeopleFilter{Active: "longer"}, ""},
		{installation.PeopleFilter{Sort: "active", Page: 2, Limit: 2}, "anna never, dan never"},
	} {
		if got := m.idle(row.f); got != row.want {
			t.Errorf("%+v: %s", row.f, got)
		}
	}
	_, err := m.in().People(t.Context(), admin, installation.PeopleFilter{Active: "lately"})
	refused(t, "a word there is not", err, "activity.bad-word")
	// Page by page it is the same list.
	var all []string
	after := ""
	for {
		list, err := m.in().People(t.Context(), admin, installation.PeopleFilter{Sort: "active", Limit: 1, After: after})
		must(t, err)
		for _, p := range list.Items {
			all = append(all, p.UserID)
		}
		if after = list.Next; after == "" {
			break
		}
	}
	if got := strings.Join(all, " "); got != "bo cy anna dan" {
		t.Errorf("page by page: %s", got)
	}
}

func TestSigningInCountsAndErasingForgets(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := signInHouse(t, db)
		collected(t, in, true)
		signIn(t, in, "björn")
		when := func(who string) string {
			w, err := in.LastActive(t.Context(), who)
			must(t, err)
			return string(w)
		}
		if when("björn") != "today" || when("anna") != "never" {
			t.Errorf("Björn %s, Anna %s", when("björn"), when("anna"))
		}
		f.WriteDays(t.Context())
		p, err := in.Person(t.Context(), admin, "björn")
		must(t, err)
		_, err = in.ErasePerson(t.Context(), admin, "björn")
		must(t, err)
		var rows int
		must(t, db.QueryRow(t.Context(), "SELECT count(*) FROM activity").Scan(&rows))
		if a, err := in.Activity(t.Context(), admin); err != nil || a.People != 0 || rows != 0 || when(fmt.Sprint("#", p.Number)) != "" {
			t.Errorf("it outlives Björn: %+v, %v, %d rows", a, err, rows)
		}
	})
}

// Two servers on one database: the later day wins, and what one turns off the other
// does not write again.
func TestTwoServersKnowTheLaterDay(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m := openOffice(t, db)
		collected(t, m.in(), true)
		second := m.Second(t)
		defer second.Close()
		other := second.Installation("acme")
		m.asks("anna", "bo")
		m.Set(m.Clock().AddDate(0, 0, 10))
		_, err := other.Check(api.Check{Person: "anna", Module: "superoffice.user"})
		must(t, err)
		second.WriteDays(t.Context())
		m.WriteDays(t.Context())
		for _, in := range []*installation.Installation{m.in(), other} {
			list, err := in.People(t.Context(), admin, installation.PeopleFilter{Sort: "active"})
			must(t, err)
			if len(list.Items) != 4 || list.Items[0].LastActive != "today" || list.Items[1].LastActive != "30-days" {
				t.Errorf("%+v", list.Items)
			}
		}
		_, err = other.Check(api.Check{Person: "cy", Module: "superoffice.user"})
		must(t, err)
		collected(t, m.in(), false)
		second.WriteDays(t.Context())
		var rows int
		must(t, db.QueryRow(t.Context(), "SELECT count(*) FROM activity").Scan(&rows))
		if rows != 0 {
			t.Errorf("%d days were written after it was turned off", rows)
		}
	})
}

// Whatever is asked at the same time, nobody who was told yes is missing.
func TestNobodyIsMissedWhileDaysAreWritten(t *testing.T) {
	t.Parallel()
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	m.open(m.sells("sales 300 plan user", "user 300"))
	var people []string
	for i := range 200 {
		people = append(people, fmt.Sprintf("p%03d sales", i))
	}
	m.staff(people...)
	collected(t, m.in(), true)
	var asking sync.WaitGroup
	for k := range 4 {
		asking.Go(func() {
			for i := range 200 {
				m.asks(fmt.Sprintf("p%03d", (i+50*k)%200))
			}
		})
	}
	for range 5 {
		m.WriteDays(t.Context())
	}
	asking.Wait()
	m.WriteDays(t.Context())
	if a, err := m.in().Activity(t.Context(), admin); err != nil || a.People != 200 {
		t.Errorf("of %d people a day is kept: %v", a.People, err)
	}
	m.Reopen(t)
	if a, err := m.in().Activity(t.Context(), admin); err != nil || a.People != 200 {
		t.Errorf("after a restart of %d: %v", a.People, err)
	}
}

func TestWhoWasActiveLongestAgoIsFirstToGiveUpASeat(t *testing.T) {
	t.Parallel()
	m := openOffice(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	collected(t, m.in(), true)
	m.asks("anna", "cy")
	m.Set(m.Clock().AddDate(0, 0, 20))
	m.asks("anna")
	m.load(m.sells("sales 1 plan user", "user 9"))
	s, err := m.in().Superfluous(t.Context(), admin, "superoffice-2", "sales", api.SuperfluousQuestion{Suggest: true})
	must(t, err)
	var order []string
	for _, c := range s.Items {
		order = append(order, c.Person+" "+c.LastActive)
	}
	if got := strings.Join(order, ", "); got != "bo never, cy 30-days, anna today" {
		t.Errorf("listed: %s", got)
	}
	if len(s.Suggested) != 2 {
		t.Fatalf("suggested: %+v", s.Suggested)
	}
	for _, c := range s.Suggested {
		p, err := m.in().Person(t.Context(), admin, c.Person)
		must(t, err)
		if p.UserID == "anna" {
			t.Error("who was active today is suggested")
		}
	}
	review, err := m.in().Review(t.Context(), admin, "superoffice-2", api.Choices{})
	must(t, err)
	lately := map[string]int64{}
	for _, r := range review.Rows {
		if r.ActiveLately != nil {
			lately[string(r.Name.Module)] = *r.ActiveLately
		}
	}
	if fmt.Sprint(lately) != "map[quotes:2 sales:2]" {
		t.Errorf("active lately: %v", lately)
	}
	collected(t, m.in(), false)
	s, err = m.in().Superfluous(t.Context(), admin, "superoffice-2", "sales", api.SuperfluousQuestion{})
	must(t, err)
	if s.Items[0].Person != "anna" || s.Items[0].LastActive != "" {
		t.Errorf("turned off it is by name: %+v", s.Items)
	}
	if review, err = m.in().Review(t.Context(), admin, "superoffice-2", api.Choices{}); err != nil || review.Rows[0].ActiveLately != nil {
		t.Errorf("turned off, a review counts: %+v, %v", review.Rows, err)
	}
}

// Who may give people licenses and not see all of them learns nothing by asking for
// those who were active, one word after the other.
func TestWhoMayNotSeeAllPeopleIsToldNothingOfWhenTheyWereActive(t *testing.T) {
	t.Parallel()
	m := openOffice(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	collected(t, m.in(), true)
	m.asks("anna")
	assigns := admin
	assigns.Lacks = []string{api.ScopeRead}
	for _, f := range []installation.PeopleFilter{{Active: "today"}, {Sort: "active"}, {Sort: "-active"}} {
		_, _, err := m.in().ChosenPeople(t.Context(), assigns, f)
		refused(t, "people by when they were active", err, "request.bad-value")
	}
	if _, _, err := m.in().ChosenPeople(t.Context(), assigns, installation.PeopleFilter{Sort: "name"}); err != nil {
		t.Error(err)
	}
	m.load(m.sells("sales 1 plan user", "user 1", "quotes system"))
	for act, want := range map[*installation.Act]string{&admin: "today", &assigns: ""} {
		s, err := m.in().Superfluous(t.Context(), *act, "superoffice-2", "sales", api.SuperfluousQuestion{})
		must(t, err)
		if got := s.Items[len(s.Items)-1].LastActive; got != want {
			t.Errorf("to who lacks %v: %q", act.Lacks, got)
		}
	}
}

func TestAUserIDThatIsGivenAgainIsAnotherPerson(t *testing.T) {
	t.Parallel()
	m := openOffice(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	collected(t, m.in(), true)
	m.asks("anna")
	to := "ada"
	_, err := m.in().ChangePerson(t.Context(), admin, "anna", api.PersonPatch{UserID: &to})
	must(t, err)
	from := "anna"
	_, err = m.in().ChangePerson(t.Context(), admin, "bo", api.PersonPatch{UserID: &from})
	must(t, err)
	m.asks("anna")
	if got := m.idle(installation.PeopleFilter{}); got != "ada today, anna today, cy never, dan never" {
		t.Errorf("after bo is called anna: %s", got)
	}
}

// What is noted of people decides nothing, and must not keep a list from anybody.
func TestPeopleAreListedWhereTheDaysCannotBeRead(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m := openOffice(t, db)
		collected(t, m.in(), true)
		m.asks("anna")
		m.Reopen(t)
		_, err := db.Exec(t.Context(), "ALTER TABLE activity RENAME TO elsewhere")
		must(t, err)
		if got := m.idle(installation.PeopleFilter{}); got != "anna never, bo never, cy never, dan never" {
			t.Errorf("while they cannot be read: %s", got)
		}
		m.asks("bo")
		if got := m.idle(installation.PeopleFilter{}); got != "anna never, bo today, cy never, dan never" {
			t.Errorf("what this server has noted itself: %s", got)
		}
		_, err = db.Exec(t.Context(), "ALTER TABLE elsewhere RENAME TO activity")
		must(t, err)
	})
}
