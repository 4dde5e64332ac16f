package installation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// graceDay is the last day on which everything of ACME works, readOnlyDay the first
// on which nothing of it can be given.
var (
	graceDay    = license.Date{Year: 2026, Month: 7, Day: 10}
	readOnlyDay = license.Date{Year: 2026, Month: 7, Day: 11}
)

// onePastGrace is an installation with sets of two issuers, of which one ends in July.
func onePastGrace(t testing.TB, db *sqldb.DB, on license.Date) *installation.Installation {
	t.Helper()
	f, in := twoIssuers(t, db)
	next := following(t, in, "ACME", 2)
	next.IssuerName = "Acme Tools"
	next.Dates = license.Dates{Expiry: license.Date{Year: 2026, Month: 7, Day: 1}, Grace: graceDay}
	enforce(t, f, in, next)
	f.Set(on.Midnight(time.UTC).Add(12 * time.Hour))
	f.Reopen(t)
	return f.Installation("acme")
}

func TestWhatCannotBeGivenSaysWhySinceWhenAndWhoCanEndIt(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		in := onePastGrace(t, db, readOnlyDay)
		list, err := in.Licenses(t.Context(), admin, true)
		must(t, err)
		for _, l := range list.Items {
			w := l.Withheld
			switch {
			case l.Name.Issuer != "ACME" || l.Name.Module == "none":
				if w != nil {
					t.Errorf("%s can be given, and says %+v", l.Name, w)
				}
			case w == nil || w.Code != "license.read-only" || w.Since != readOnlyDay || w.SignIn != (l.Name.Module == "user"):
				t.Errorf("%s says %+v", l.Name, w)
			case !strings.Contains(w.Text, "Acme Tools") || !strings.Contains(w.Text, "11 July 2026") || !strings.Contains(w.Text, "administrator"):
				t.Errorf("%s says %q", l.Name, w.Text)
			}
		}
		swedish := admin
		swedish.Language = "sv"
		if l, err := in.License(t.Context(), swedish, "acme.scan"); err != nil || !strings.Contains(l.Withheld.Text, "skrivskyddade sedan 11 juli 2026") {
			t.Errorf("in Swedish: %+v, %v", l.Withheld, err)
		}
	})
}

func TestAnOfferSaysOfEachChoiceWhetherItWouldBeRefused(t *testing.T) {
	in := onePastGrace(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), readOnlyDay)
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "bo", Login: true})
	must(t, err)
	offer, err := in.Offer(t.Context(), admin, "bo")
	must(t, err)
	for _, i := range offer.Issuers {
		if (i.Withheld != nil) != (i.Issuer == "ACME") {
			t.Errorf("%s: withheld is %+v", i.Issuer, i.Withheld)
		}
		asked := map[string]string{}
		for _, p := range i.Groups[0].Plans {
			_, err := in.SetPlan(t.Context(), dryAs(admin), "bo", p.Name.String(), "")
			asked[p.Name.String()] = p.Refused
			if code(err) != p.Refused {
				t.Errorf("%s is offered as %q and answers %q", p.Name, p.Refused, code(err))
			}
		}
		for _, e := range i.Extras {
			_, err := in.GiveExtra(t.Context(), dryAs(admin), "bo", e.Name.String(), 1, "")
			asked[e.Name.String()] = e.Refused
			if code(err) != e.Refused {
				t.Errorf("%s is offered as %q and answers %q", e.Name, e.Refused, code(err))
			}
		}
		if len(asked) != 3 {
			t.Errorf("%s offers %v", i.Issuer, asked)
		}
	}
	anna, err := in.Offer(t.Context(), admin, "anna")
	must(t, err)
	if held := anna.Issuers[0].Groups[0].Plans[0]; !held.Held || held.Refused != "" {
		t.Errorf("what anna has: %+v", held)
	}
}

func TestOnTheLastDayOfGraceEverythingCanBeGiven(t *testing.T) {
	in := onePastGrace(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), graceDay)
	list, err := in.Licenses(t.Context(), admin, true)
	must(t, err)
	for _, l := range list.Items {
		if l.Withheld != nil {
			t.Errorf("%s: %+v", l.Name, l.Withheld)
		}
	}
}
