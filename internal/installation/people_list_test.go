package installation_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// listed says in one line who is listed: user ids, and groups in brackets.
func listed(t *testing.T, in *installation.Installation, lang string, f installation.PeopleFilter) string {
	t.Helper()
	act := admin
	act.Language = lang
	list, err := in.People(t.Context(), act, f)
	if err != nil {
		return code(err)
	}
	var words []string
	for _, p := range list.Items {
		words = append(words, p.UserID)
	}
	for _, g := range list.Groups {
		words = append(words, fmt.Sprintf("[%s %d]", g.Key, g.People))
	}
	return strings.Join(words, " ")
}

func TestPeopleAreListedAsSomebodyAsksForThem(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, in := branch(t, db)
		for _, p := range []api.NewPerson{
			{UserID: "zeb", FirstName: "Zeb", LastName: "Ek", Group: "Sales", Login: true, Plan: "basic"},
			{UserID: "asa", FirstName: "Åsa", LastName: "Berg", Group: "Sales", Login: true, Plan: "none"},
			{UserID: "oyvind", FirstName: "Øyvind", LastName: "Dahl", Email: "o@example.com", Login: true, ValidThrough: "2020-01-01", Plan: "basic"},
			{UserID: "anna", FirstName: "Anna", LastName: "Ek", Group: "Support"},
			{UserID: "robot", Kind: "system", Login: true},
		} {
			_, err := in.AddPerson(t.Context(), admin, p)
			must(t, err)
		}
		_, err := in.GiveExtra(t.Context(), admin, "zeb", "mobile", 1, "")
		must(t, err)
		_, err = in.GiveRole(t.Context(), admin, "anna", "auditor")
		must(t, err)
		type filter = installation.PeopleFilter
		for _, test := range []struct {
			name string
			lang string
			f    filter
			want string
		}{
			{"by user id when nobody says", "en", filter{}, "anna asa oyvind robot zeb"},
			{"Åsa stands after Zeb in Swedish", "sv", filter{Sort: "name"}, "anna zeb asa oyvind robot"},
			{"and after Øyvind in Norwegian", "nb", filter{Sort: "name"}, "anna zeb oyvind asa robot"},
			{"and in Danish", "da", filter{Sort: "name"}, "anna zeb oyvind asa robot"},
			{"and among A in English", "en", filter{Sort: "name"}, "anna asa oyvind zeb robot"},
			{"turned around", "sv", filter{Sort: "-name"}, "robot oyvind asa zeb anna"},
			{"by last name, then first", "sv", filter{Sort: "last-name"}, "asa oyvind anna zeb robot"},
			{"who was given most stands first", "en", filter{Sort: "extras", Limit: 1}, "zeb"},
			{"the newest first", "en", filter{Sort: "-number"}, "robot anna oyvind asa zeb"},
			{"all words must be there, in any order", "en", filter{Text: "ek sales"}, "zeb"},
			{"on a plan", "en", filter{Plan: "basic"}, "oyvind zeb"},
			{"who may use what a plan includes", "en", filter{Holds: "user"}, "oyvind zeb"},
			{"who was given an extra", "en", filter{Extra: "mobile"}, "zeb"},
			{"who has a login", "en", filter{Login: "true"}, "asa oyvind robot zeb"},
			{"who may sign in today", "en", filter{SignsIn: "true"}, "asa robot zeb"},
			{"who may not", "en", filter{SignsIn: "false"}, "anna oyvind"},
			{"who takes a seat of what is limited", "en", filter{Counted: "true"}, "oyvind zeb"},
			{"who takes none", "en", filter{Counted: "false"}, "anna asa robot"},
			{"accounts that are no people", "en", filter{Kind: "system,anonymous,resource"}, "robot"},
			{"with a role", "en", filter{Role: "auditor"}, "anna"},
			{"without any", "en", filter{Role: "none", Limit: 2}, "asa oyvind"},
			{"of a group", "en", filter{Group: "Sales"}, "asa zeb"},
			{"put together by group, and nobody's last", "sv", filter{GroupBy: "group", Sort: "name"}, "zeb asa anna oyvind robot [Sales 2] [Support 1] [ 2]"},
			{"put together by plan", "en", filter{GroupBy: "plan", Kind: "internal"}, "oyvind zeb asa anna [superoffice.basic 2] [superoffice.none 1] [ 1]"},
			{"the second page", "en", filter{Page: 2, Limit: 2}, "oyvind robot"},
			{"behind the last page", "en", filter{Page: 9, Limit: 2}, ""},
			{"behind somebody", "sv", filter{Sort: "name", After: "1", Limit: 1}, "asa"},
			{"behind somebody who is not chosen", "en", filter{Group: "Sales", After: "3"}, "zeb"},
			{"behind nobody", "en", filter{After: "99"}, "request.bad-value"},
			{"by a column there is not", "en", filter{Sort: "shoe"}, "request.bad-value"},
			{"together by one there is not", "en", filter{GroupBy: "user"}, "request.bad-value"},
		} {
			if got := listed(t, in, test.lang, test.f); got != test.want {
				t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
			}
		}

		// Whatever changes is seen by the next list.
		for _, test := range []struct {
			name string
			do   func() error
			f    filter
			want string
		}{
			{"a new name", func() error {
				name := "Ärla"
				_, err := in.ChangePerson(t.Context(), admin, "anna", api.PersonPatch{FirstName: &name})
				return err
			}, filter{Sort: "name"}, "zeb asa anna oyvind robot"},
			{"another plan", func() error { _, err := in.SetPlan(t.Context(), admin, "asa", "basic", ""); return err }, filter{Plan: "basic", Sort: "name"}, "zeb asa oyvind"},
			{"somebody deleted", func() error { _, err := in.DeletePerson(t.Context(), admin, "zeb"); return err }, filter{Sort: "name"}, "asa anna oyvind robot"},
			{"and still found", func() error { return nil }, filter{Sort: "name", Deleted: true}, "zeb asa anna oyvind robot"},
			{"somebody new", func() error {
				_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "bo", FirstName: "Bo"})
				return err
			}, filter{Sort: "name"}, "bo asa anna oyvind robot"},
		} {
			must(t, test.do())
			if got := listed(t, in, "sv", test.f); got != test.want {
				t.Errorf("after %s:\n got %s\nwant %s", test.name, got, test.want)
			}
		}

		found, err := in.FindPeople(t.Context(), admin, "da", 5)
		must(t, err)
		if len(found) != 1 || found[0].Name != "Øyvind Dahl" || found[0].Plans != "superoffice.basic" || found[0].SignsIn {
			t.Errorf("found %+v", found)
		}
	})
}

func TestSomebodyIsShownAsOfADay(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := branch(t, db)
		ctx := t.Context()
		_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "anna", FirstName: "Anna", Login: true, Plan: "basic"})
		must(t, err)
		f.Set(housetest.Noon.AddDate(0, 0, 1))
		_, err = in.SetPlan(ctx, admin, "anna", "none", "")
		must(t, err)
		f.Set(housetest.Noon.AddDate(0, 0, 2))
		_, err = in.ErasePerson(ctx, admin, "anna")
		must(t, err)
		for _, test := range []struct{ day, plan, uses string }{
			{housetest.Noon.Format(time.DateOnly), "superoffice.basic", "superoffice.basic superoffice.user"},
			{housetest.Noon.AddDate(0, 0, 1).Format(time.DateOnly), "superoffice.none", "superoffice.none"},
			{housetest.Noon.AddDate(0, 0, -1).Format(time.DateOnly), "", "person.not-yet"},
			{"", "", ""},
		} {
			p, err := in.PersonAsOf(ctx, admin, "#1", test.day)
			plan, uses := "", code(err)
			for _, h := range p.Plans {
				plan += h.Name.String()
			}
			if err == nil {
				var names []string
				for _, l := range p.Uses {
					names = append(names, l.Name.String())
				}
				uses = strings.Join(names, " ")
			}
			if plan != test.plan || uses != test.uses || p.FirstName != "" {
				t.Errorf("on %s: plan %q, uses %q, called %q", test.day, plan, uses, p.FirstName)
			}
		}
		if again, err := in.ErasePerson(ctx, admin, "#1"); err != nil || again.Changed {
			t.Errorf("erased again: %+v, %v", again.Outcome, err)
		}
	})
}

// BenchmarkPeople lists a page of ten thousand people, or with POTT_PROOF=1 of a
// hundred thousand, after every one of which somebody has changed.
func BenchmarkPeople(b *testing.B) {
	people := 2_000
	if os.Getenv("POTT_PROOF") == "1" {
		people = 10_000
	}
	f := housetest.New(b, sqldbtest.Open(b, sqldbtest.SQLite(b)), "large")
	in := f.Installation("large")
	enforce(b, f, in, branches())
	for i := range people {
		_, err := in.AddPerson(b.Context(), admin, api.NewPerson{UserID: fmt.Sprint("person", i), FirstName: fmt.Sprint("Åke ", i%997), Group: fmt.Sprint("g", i%31), Login: i%3 > 0})
		must(b, err)
	}
	var spent time.Duration
	for b.Loop() {
		_, err := in.SetPlan(b.Context(), admin, "person7", "none", "")
		must(b, err)
		_, err = in.RemovePlan(b.Context(), admin, "person7", "none")
		must(b, err)
		start := time.Now()
		_, err = in.People(b.Context(), admin, installation.PeopleFilter{Sort: "name", GroupBy: "group", Login: "true", Limit: 50, Page: 3})
		must(b, err)
		spent += time.Since(start)
	}
	b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "us/page")
}
