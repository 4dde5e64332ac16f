package examples

import (
	"strings"
	"testing"

	"github.com/pott-dev/pott/license"
)

func TestTheCustomersAreComplete(t *testing.T) {
	people, d := DesignteametPeople(), Designteamet()
	byPlan, login, former := map[license.Module]int64{}, 0, 0
	for _, p := range people {
		if p.Plan != "" {
			byPlan[p.Plan]++
		}
		if p.Login {
			login++
		}
		if p.Former {
			former++
		}
	}
	if len(people) != 52 || login != d.CanLogIn || former != 1 {
		t.Errorf("Designteamet has %d people, %d with login, %d former; want 52, %d, 1", len(people), login, former, d.CanLogIn)
	}
	for plan, n := range d.Plans {
		if byPlan[plan] != n {
			t.Errorf("%d people are on %s, and %d are expected", byPlan[plan], plan, n)
		}
	}
	if n := len(d.Renewal.RefusedBy); n != 6 {
		t.Errorf("the renewal is refused by %d modules; want 6", n)
	}
	if n := len(d.AfterRelease.Release); n != 12 {
		t.Errorf("%d people must be released; want 12", n)
	}
	if len(d.Renewal.Rows) != 76 || len(d.InUse) != 28 || len(d.States) != 7 {
		t.Errorf("expected.yaml has %d review rows, %d counts and %d states; want 76, 28 and 7", len(d.Renewal.Rows), len(d.InUse), len(d.States))
	}
	if len(NordlysPeople()) != 9 || len(NordlysProfiles()) != 5 || len(NordlysChanges()) != 16 || len(Nordlys().People) != 9 {
		t.Error("Nordlys Drift has 9 people, 5 profiles and 16 changes")
	}
}

func TestOrdersMoveWithTheirToday(t *testing.T) {
	same := OrderAt("designteamet/order-1.yaml", Day)
	if string(same) != string(Bytes("designteamet/order-1.yaml")) {
		t.Error("an order whose today is the examples' own day differs")
	}
	later := string(OrderAt("designteamet/order-1.yaml", Day.Add(365)))
	if !strings.Contains(later, "expiry: 2028-03-26") || strings.Contains(later, "2027-03-27") {
		t.Error("365 days later the expiry is 365 days later")
	}
}
