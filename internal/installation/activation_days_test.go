package installation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// A review with choices says what activating with them does: whether it is
// accepted, and how many seats of each license are taken then. What is refused
// changes nothing, and rolling back leaves no pool oversold.
func TestOnRandomDaysAnActivationDoesWhatItsReviewSaid(t *testing.T) {
	sets, seeds := 8, uint64(2)
	if testing.Short() {
		sets, seeds = 4, 1
	}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m := newMarket(t, db)
		for seed := range seeds {
			random := rand.New(rand.NewPCG(seed, 7))
			for range sets {
				m.randomSet(random)
			}
		}
		if v, err := m.in().VerifyAudit(t.Context(), admin, installation.AuditSpan{}); err != nil || v.Broken != nil {
			t.Errorf("the audit chain is %+v, %v", v, err)
		}
		before := m.plans()
		m.Reopen(t)
		m.adds()
		if after := m.plans(); after != before {
			t.Errorf("%s became %s", before, after)
		}
		m.checks(db)
	})
}

// checks sees to it that the independent reader finds nothing broken.
func (m *market) checks(db *sqldb.DB) {
	m.Helper()
	report, err := fsck.Check(m.Context(), db, fsck.Options{Keys: []fsck.Key{{Master: [32]byte{1, 2, 3}}}})
	must(m, err)
	if broken := report.Broken(); len(broken) > 0 {
		m.Errorf("fsck: %v", broken)
	}
}

// randomSet brings in somebody, loads a random next set, and activates it with
// random choices.
func (m *market) randomSet(random *rand.Rand) {
	m.Helper()
	plans := []string{"plan0", "plan1", "plan2", "plan3"}
	for range 3 {
		id := fmt.Sprint("p", random.IntN(1_000_000))
		if _, err := m.in().AddPerson(m.Context(), admin, api.NewPerson{UserID: id, Login: true, Plan: plans[random.IntN(4)]}); err != nil {
			_, err = m.in().AddPerson(m.Context(), admin, api.NewPerson{UserID: id, Login: true})
			must(m, err)
		}
	}
	set := randomSet(random, "SUPEROFFICE")
	for i := range set.Licenses {
		set.Licenses[i].Quantity += random.Int64N(5)
	}
	set.Licenses = slices.DeleteFunc(set.Licenses, func(l license.License) bool { return l.Plan != nil && random.IntN(6) == 0 })
	set.Number, set.Previous = m.last.Number+1, m.mark
	loaded := m.load(set)
	people, err := m.in().People(m.Context(), admin, installation.PeopleFilter{})
	must(m, err)
	var choices []api.Choice
	for _, p := range people.Items {
		for _, h := range p.Plans {
			switch random.IntN(4) {
			case 0:
				choices = append(choices, api.Choice{Do: "switch", Person: p.UserID, Name: h.Name.String(), To: plans[random.IntN(4)]})
			case 1:
				choices = append(choices, api.Choice{Do: "remove", Person: p.UserID, Name: h.Name.String()})
			}
		}
	}
	if random.IntN(2) == 0 {
		choices = append(choices, api.Choice{Do: "switch", Everyone: true, Name: plans[random.IntN(4)], To: plans[random.IntN(4)]})
	}
	m.asReviewed(loaded.Set.ID, choices)
	if random.IntN(3) == 0 {
		if _, err := m.in().RollBack(m.Context(), admin, api.RollBack{}); err != nil && code(err) != "set.no-roll-back" && code(err) != "set.too-small" {
			m.Errorf("rolling back: %v", err)
		}
		m.adds()
	}
}

// asReviewed activates a set and compares what happens with its review.
func (m *market) asReviewed(set string, choices []api.Choice) {
	m.Helper()
	ctx, before, plans := m.Context(), m.seq(), m.plans()
	review, refused := m.in().Review(ctx, admin, set, api.Choices{Choices: choices})
	done, err := m.in().Activate(ctx, admin, set, api.Activate{Choices: choices, PlanToken: review.PlanToken})
	accepted := refused == nil && review.Fits
	if (err == nil) != accepted || refused != nil && code(err) != code(refused) {
		m.Fatalf("the review fits: %v (%v), activating: %v", review.Fits, refused, err)
	}
	if err != nil {
		if m.seq() != before || m.plans() != plans {
			m.Errorf("refused (%v), and %s became %s", err, plans, m.plans())
		}
		return
	}
	if done.Changed {
		for _, row := range review.Rows {
			if l, err := m.in().License(ctx, admin, row.Name.String()); err == nil && row.InUse != nil && l.Taken != row.Need {
				m.Errorf("%s: %d in use, the review said %d", row.Name, l.Taken, row.Need)
			}
		}
	}
	m.adds()
}

// adds recounts every pool from nothing.
func (m *market) adds() {
	m.Helper()
	licenses, err := m.in().Licenses(m.Context(), admin, true)
	must(m, err)
	people, err := m.in().People(m.Context(), admin, installation.PeopleFilter{Limit: 1000})
	must(m, err)
	includes := map[license.Name][]license.Name{}
	for _, l := range licenses.Items {
		includes[l.Name] = l.Includes
	}
	recount := map[license.Name]int64{}
	for _, p := range people.Items {
		uses := map[license.Name]int64{}
		for _, h := range append(slices.Clone(p.Plans), p.Extras...) {
			uses[h.Name] = max(uses[h.Name], h.Quantity)
			for _, n := range includes[h.Name] {
				uses[n] = max(uses[n], 1)
			}
		}
		for n, q := range uses {
			recount[n] += q
		}
	}
	for _, l := range licenses.Items {
		if l.Taken != recount[l.Name] || !l.Unrestricted && l.Taken > l.Seats {
			m.Errorf("%s: %d in use of %d, counted from nothing %d", l.Name, l.Taken, l.Seats, recount[l.Name])
		}
	}
}

// Sets with fewer seats are activated at the very moment people are given the
// last of them: one of the two is refused, and nothing is oversold.
func TestAStormOfGivingWhileSmallerSetsComeInForce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m := newMarket(t, db)
		m.open(m.sells("user 40", "sales 40 plan user", "none 90 plan"))
		const writers = 16
		for w := range writers {
			m.staff(fmt.Sprint("w", w, "a"), fmt.Sprint("w", w, "b"))
		}
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range 6 {
					plan := []string{"sales", "none"}[i%2]
					for _, who := range []string{"a", "b"} {
						if _, err := m.in().SetPlan(t.Context(), admin, fmt.Sprint("w", w, who), plan, ""); err != nil && code(err) != "seat.pool-full" {
							t.Error(err)
						}
					}
				}
			})
		}
		activated := 0
		for seats := 30; seats > 0; seats -= 3 {
			loaded := m.load(m.sells(fmt.Sprint("user ", seats), fmt.Sprint("sales ", seats, " plan user"), "none 90 plan"))
			_, err := m.in().Activate(t.Context(), admin, loaded.Set.ID, api.Activate{})
			switch code(err) {
			case "":
				activated++
			case "set.too-small":
			default:
				t.Error(err)
			}
			licenses, err := m.in().Licenses(t.Context(), admin, true)
			must(t, err)
			for _, l := range licenses.Items {
				if l.Over > 0 {
					t.Errorf("%s: %d in use of %d", l.Name, l.Taken, l.Seats)
				}
			}
		}
		wg.Wait()
		m.adds()
		m.checks(db)
		t.Logf("figure: %d smaller sets came in force while %d writers gave plans", activated, writers)
	})
}
