package installation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

func TestADatabaseIsAskedAboutLikeAPerson(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, in := branch(t, db)
		_, err := in.AddDatabase(ctx, admin, "Oslo")
		must(t, err)
		_, err = in.AssignSite(ctx, admin, "Oslo", "glossary", api.SiteChoice{})
		must(t, err)
		for _, row := range []struct {
			name string
			q    api.Check
			want string
		}{
			{"what the database was given", api.Check{Database: "Oslo", Module: "superoffice.glossary"}, "allow held 2027-03-27"},
			{"by number, and in other letters", api.Check{Database: "1", Module: "superoffice.TRANSLATE"}, "allow held 2027-03-27"},
			{"another database", api.Check{Database: "0", Module: "superoffice.translate"}, "deny database-lacks"},
			{"a database nobody has", api.Check{Database: "Bergen", Module: "superoffice.translate"}, "deny database-unknown"},
			{"a module nobody sells", api.Check{Database: "Oslo", Module: "superoffice.gold"}, "deny module-unknown"},
			{"what people are given", api.Check{Database: "Oslo", Module: "superoffice.mobile"}, "deny for-people"},
		} {
			a, err := in.Check(row.q)
			must(t, err)
			why, err := in.Why(ctx, admin, row.q)
			must(t, err)
			if got := strings.TrimSpace(a.Effect + " " + a.Reason + " " + a.Until.String()); got != row.want {
				t.Errorf("%s: %s, want %s", row.name, got, row.want)
			}
			if why.Answer != a || a.Effect == api.Allow && len(why.Paths) == 0 || a.Effect == api.Deny && len(why.Missing) == 0 {
				t.Errorf("%s: the check says %+v, why says %+v", row.name, a, why)
			}
		}
		why, err := in.Why(ctx, admin, api.Check{Database: "0", Module: "translate"})
		must(t, err)
		if fix := why.Missing[0].Fixes; len(fix) != 1 || fix[0].Act != "assign-site" || *fix[0].Free != 1 || why.Question.Database != "Central" && why.Question.Database == "0" {
			t.Errorf("%+v", why)
		}
		both, err := in.Checks([]api.Check{{Database: "Oslo", Module: "superoffice.translate"}, {Person: "nobody", Module: "superoffice.user"}})
		must(t, err)
		if both.Answers[0].Effect != api.Allow || both.Answers[1].Reason != "person-unknown" || both.Answers[0].Seq != both.Answers[1].Seq {
			t.Errorf("%+v", both)
		}
		for _, q := range []api.Check{{Database: "0", Person: "anna", Module: "superoffice.user"}, {Database: "0", Client: "superoffice.web"}, {Database: "0"}} {
			_, err := in.Check(q)
			refused(t, "a question about two things", err, "check.bad-question")
		}
		f.Set(housetest.Noon.AddDate(1, 0, 0))
		in.Look()
		if a, err := in.Check(api.Check{Database: "Oslo", Module: "superoffice.translate"}); err != nil || a.Effect != api.ReadOnly || a.Reason != "issuer-read-only" {
			t.Errorf("past the end: %+v (%v)", a, err)
		}
	})
}

func TestTheHoldersOfASiteLicenseAreDatabasesNowAndThen(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, in := branch(t, db)
		_, err := in.AddDatabase(ctx, admin, "Oslo")
		must(t, err)
		for _, id := range []string{"0", "Oslo"} {
			_, err = in.AssignSite(ctx, admin, id, "translate", api.SiteChoice{})
			must(t, err)
		}
		then := f.Now()
		f.Set(then.AddDate(0, 0, 1))
		_, err = in.ReleaseSite(ctx, admin, "Oslo", "translate", false)
		must(t, err)
		_, err = in.RenameDatabase(ctx, admin, "0", "Stockholm")
		must(t, err)
		names := func(asOf string, limit int, after string) (all []string, next string) {
			list, err := in.HoldersAsOf(ctx, admin, "translate", asOf, limit, after)
			must(t, err)
			for _, h := range list.Items {
				all = append(all, h.Database)
			}
			if list.Total == 0 {
				t.Error("there are none")
			}
			return all, list.Next
		}
		if got, _ := names("", 10, ""); !slices.Equal(got, []string{"Stockholm"}) {
			t.Errorf("now: %v", got)
		}
		first, next := names(then.Format("2006-01-02"), 1, "")
		second, _ := names(then.Format("2006-01-02"), 1, next)
		if got := append(first, second...); !slices.Equal(got, []string{"Stockholm", "Oslo"}) {
			t.Errorf("then, page by page: %v", got)
		}
	})
}

// What stands in the way behind the system's back is named, and only what
// concerns the question.
func TestAnExplanationNamesTheDamageItHangsOn(t *testing.T) {
	for _, row := range []struct{ name, edit, person, module, want string }{
		{"an assignment of the person", "UPDATE assignment SET quantity = 7 WHERE number = 1", "anna", "sale-cal", "damaged-holding superoffice.sales"},
		{"of another person: not the one asked about", "UPDATE assignment SET quantity = 7 WHERE number = 2", "anna", "sale-cal", ""},
		{"a row moved to somebody else says no longer whose it was", "UPDATE assignment SET person = (SELECT id FROM person WHERE number = 2) WHERE number = 1", "anna", "sale-cal", "damaged-anybody superoffice.sales"},
		{"and whoever has it is not told", "UPDATE assignment SET person = (SELECT id FROM person WHERE number = 2) WHERE number = 1", "bo", "sale-cal", ""},
		{"a row that is gone", "DELETE FROM assignment WHERE number = 1", "anna", "sale-cal", "damaged-anybody"},
		{"the person, by number", "UPDATE person SET login = 0 WHERE number = 1", "#1", "sale-cal", "damaged-person"},
		{"the person, by user id", "UPDATE person SET login = 0 WHERE number = 1", "anna", "sale-cal", "damaged-somebody"},
		{"another person, by number", "UPDATE person SET login = 0 WHERE number = 1", "#3", "sale-cal", ""},
		{"the count of the plan", "UPDATE license SET taken = 1 WHERE module = 'sales'", "anna", "sale-cal", "damaged-license superoffice.sales"},
		{"the set", "UPDATE license_set SET state = 'stored'", "anna", "sale-cal", "damaged-set"},
	} {
		t.Run(row.name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				ctx := t.Context()
				f := housetest.New(t, db, "acme")
				enforce(t, f, f.Installation("acme"), twoSeats(1, 2, ""))
				for _, id := range []string{"anna", "bo"} {
					_, err := f.Installation("acme").AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true, Plan: "sales"})
					must(t, err)
				}
				_, err := db.Exec(ctx, row.edit)
				must(t, err)
				f.Reopen(t)
				why, err := f.Installation("acme").Why(ctx, installation.Act{By: admin.By, Language: "sv"}, api.Check{Person: row.person, Module: "superoffice." + row.module})
				must(t, err)
				var got []string
				for _, d := range why.Damage {
					got = append(got, strings.TrimSpace(d.Fact+" "+d.Name.String()))
					if d.Text == "" || d.Place == "" || strings.Contains(d.Text, "{{") {
						t.Errorf("%+v", d)
					}
				}
				if strings.Join(got, ", ") != row.want {
					t.Errorf("got %q, want %q", got, row.want)
				}
			})
		})
	}
}

func TestWhoCannotDoWhatWouldHelpIsToldWhoCan(t *testing.T) {
	_, in := withAnna(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	q := api.Check{Person: "anna", Module: "service-premium"}
	asks := func(lacks ...string) api.Fix {
		why, err := in.Why(t.Context(), installation.Act{By: admin.By, Lacks: lacks}, q)
		must(t, err)
		if len(why.Missing) == 0 || len(why.Missing[0].Fixes) == 0 {
			t.Fatalf("nothing would help: %+v", why)
		}
		return why.Missing[0].Fixes[0]
	}
	if f := asks(); f.Forbidden || f.Needs != api.ScopeAssign || strings.Contains(f.Text, "Only an administrator") {
		t.Errorf("whoever may give licenses is told %+v", f)
	}
	if f := asks(api.ScopeAssign, api.ScopeAdmin); !f.Forbidden || !strings.HasSuffix(f.Text, "Only an administrator can do that.") {
		t.Errorf("whoever may only read is told %+v", f)
	}
}

func TestEverybodyIsToldInOneSentenceWhyTheyHaveSomething(t *testing.T) {
	f, in := withAnna(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	_, err := in.GiveExtra(ctx, admin, "anna", "visible-for", 1, "")
	must(t, err)
	told := func(lang, name string) string {
		own, err := in.MyLicenses(ctx, installation.Act{By: admin.By, Language: lang}, "anna")
		must(t, err)
		for _, l := range own.Items {
			if l.Name == license.NameOf("SUPEROFFICE", license.Module(name)) {
				return l.Text
			}
		}
		return "nothing"
	}
	for _, row := range [][3]string{
		{"en", "sale-cal", "You have this because you are on Sales Premium."},
		{"sv", "sale-cal", "Du har det här eftersom du har planen Sales Premium."},
		{"en", "visible-for", "You have this because it was given to you on 10 June 2026."},
		{"en", "service-premium", "nothing"},
	} {
		if got := told(row[0], row[1]); got != row[2] {
			t.Errorf("%s in %s: %s, want %s", row[1], row[0], got, row[2])
		}
	}
	_, err = in.GiveLogin(ctx, admin, "anna", "2026-06-11")
	must(t, err)
	f.Set(housetest.Noon.AddDate(0, 0, 3))
	own, err := in.MyLicenses(ctx, admin, "anna")
	if err != nil || own.Stopped == nil || own.Stopped.Fact != "valid-through-passed" || own.Total == 0 {
		t.Errorf("when the login has ended: %+v (%v)", own.Stopped, err)
	}
	if _, err := in.MyLicenses(ctx, admin, "nobody"); code(err) != "person.unknown" {
		t.Error(err)
	}
}

// Two words are the same client only when they differ in the letters a to z.
func TestClientsAreFoundInAnyCaseOfPlainLetters(t *testing.T) {
	_, in := withAnna(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	if why, err := in.Why(t.Context(), admin, api.Check{Person: "anna", Client: "SERVICE"}); err != nil || why.Question.Client != "superoffice.service" {
		t.Errorf("SERVICE: %+v (%v)", why.Question, err)
	}
	// U+017F is an s of old prints, and no s here.
	if _, err := in.Why(t.Context(), admin, api.Check{Person: "anna", Client: "\u017Fervice"}); code(err) != "check.unknown-client" {
		t.Error(err)
	}
}
