package installation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// Everybody a review names for a license is a candidate, and each way that is
// offered frees the seat.
func TestEveryWayThatIsOfferedFreesTheSeat(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m := newMarket(t, db)
		m.open(m.sells("sales 5 plan user sale-cal", "basic 5 plan user", "none 5 plan", "user 9", "sale-cal 5", "gadget 3"))
		m.staff("anna sales", "bo sales", "cy sales", "dan basic", "eva")
		_, err := m.in().GiveExtra(t.Context(), admin, "dan", "gadget", 1, "")
		must(t, err)
		m.load(m.sells("sales 5 plan user sale-cal", "basic 5 plan user", "none 5 plan", "user 9", "sale-cal 1"))
		const set = "superoffice-2"
		review, err := m.in().Review(t.Context(), admin, set, api.Choices{})
		must(t, err)
		for _, row := range review.Rows {
			if row.Kind != license.User {
				continue
			}
			s, err := m.in().Superfluous(t.Context(), admin, set, row.Name.String(), api.SuperfluousQuestion{})
			must(t, err)
			if s.Over != max(row.Over, s.Left) || s.Over != s.Left {
				t.Errorf("%s: over %d, left %d; the review says %d", row.Name, s.Over, s.Left, row.Over)
			}
			var people []string
			for _, c := range s.Items {
				people = append(people, c.Person)
				for _, way := range c.Ways {
					after, err := m.in().Superfluous(t.Context(), admin, set, row.Name.String(), api.SuperfluousQuestion{Choices: api.Choices{Choices: []api.Choice{way}}})
					must(t, err)
					if s.Over > 0 && after.Left != s.Left-1 {
						t.Errorf("%s: %+v leaves %d of %d to free", row.Name, way, after.Left, s.Left)
					}
					i := slices.IndexFunc(after.Items, func(x api.Candidate) bool { return x.Person == c.Person })
					if i < 0 || len(after.Items[i].Chosen) == 0 {
						t.Errorf("%s: what was chosen for %s is not shown", row.Name, c.Person)
					}
				}
			}
			slices.Sort(people)
			if row.Holders != nil && fmt.Sprint(people) != fmt.Sprint(row.Holders) {
				t.Errorf("%s: %v may give it up, the review names %v", row.Name, people, row.Holders)
			}
		}
	})
}

func TestAsManyAreSuggestedAsMustGiveASeatBack(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m := newMarket(t, db)
		m.open(m.sells("sales 5 plan user", "basic 5 plan user", "none 9 plan", "user 9"))
		m.staff("anna sales", "bo sales", "cy sales", "dan sales")
		m.load(m.sells("sales 1 plan user", "basic 1 plan user", "none 9 plan", "user 9"))
		s, err := m.in().Superfluous(t.Context(), admin, "superoffice-2", "sales", api.SuperfluousQuestion{Suggest: true, Limit: 1})
		must(t, err)
		var to []string
		for _, c := range s.Suggested {
			to = append(to, strings.TrimPrefix(c.To, "superoffice."))
		}
		slices.Sort(to)
		if fmt.Sprint(to) != "[basic none none]" {
			t.Errorf("%+v", s.Suggested)
		}
		if len(s.Items) != 1 || s.Total != 4 {
			t.Errorf("%d of %d on a page of one", len(s.Items), s.Total)
		}
		done, err := m.in().Review(t.Context(), admin, "superoffice-2", api.Choices{Choices: s.Suggested})
		must(t, err)
		if !done.Fits {
			t.Errorf("with what was suggested it does not fit: %+v", done.Rows)
		}
	})
}

func TestKeysSayHowEachSetLeadsBackToTheRoots(t *testing.T) {
	t.Parallel()
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	m.open(m.sells("sales 5 plan"))
	k, err := m.in().Keys(t.Context(), admin)
	must(t, err)
	i := slices.IndexFunc(k.Issuers, func(x api.IssuerKeys) bool { return x.Issuer == "SUPEROFFICE" })
	if len(k.Roots) != 1 || k.List != 1 || i < 0 || len(k.Issuers[i].Sets) != 1 {
		t.Fatalf("%+v", k)
	}
	if s := k.Issuers[i].Sets[0]; !s.Good || s.Set != "superoffice-1" || s.Key != m.Vendors.Signing("SUPEROFFICE") || s.Checked.IsZero() {
		t.Errorf("%+v", s)
	}
}
