package seat_test

import (
	"errors"
	"testing"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

func TestOneAdministratorWhoCanSignInStays(t *testing.T) {
	t.Parallel()
	anna, annaOut := seat.Keeper{Person: "anna", SignsIn: true}, seat.Keeper{Person: "anna"}
	annaPlan := seat.Keeper{Person: "anna", SignsIn: true, Planned: true}
	bea := seat.Keeper{Person: "bea", SignsIn: true}
	beaPlan := seat.Keeper{Person: "bea", SignsIn: true, Planned: true}
	type all = []seat.Keeper
	for _, test := range []struct {
		name          string
		before, after all
		last          string // who must stay; "" when nobody must
	}{
		{"where there never was one, nothing is asked", nil, nil, ""},
		{"the first may come", nil, all{anna}, ""},
		{"the last may not lose the role", all{anna}, nil, "anna"},
		{"nor the login", all{anna}, all{annaOut}, "anna"},
		{"nor the plan", all{annaPlan}, all{anna}, "anna"},
		{"one of two may lose everything", all{anna, bea}, all{bea}, ""},
		{"but not both at once", all{anna, bea}, all{annaOut}, "bea"},
		{"one who cannot sign in is not one who stays", all{anna, {Person: "cia", Planned: true}}, all{annaOut, {Person: "cia", Planned: true}}, "anna"},
		{"where none had a plan, none needs one", all{anna}, all{anna}, ""},
		{"the last on a plan may lose it when another gets one", all{annaPlan, bea}, all{anna, beaPlan}, ""},
		{"and not when the other has none", all{annaPlan, bea}, all{anna, bea}, "anna"},
		{"who could not sign in before may go", all{annaOut}, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := seat.KeepAdministrator(test.before, test.after)
			var last *seat.LastAdministratorError
			switch errors.As(err, &last); {
			case test.last == "" && err != nil:
				t.Errorf("refused: %v", err)
			case test.last != "" && (last == nil || last.Person != test.last):
				t.Errorf("got %v, want a refusal for %s", err, test.last)
			}
		})
	}
}

func TestThreeChoicesComposeOnePlan(t *testing.T) {
	t.Parallel()
	s := set(t, "SUPEROFFICE", "a user 9 hidden\nnone user 1 unrestricted plan\nsales user 2 plan a\nboth user 2 plan a\nother user 2 group=x plan a")
	part := func(line, tier string) license.Part { return license.Part{Line: line, Tier: tier} }
	s.Licenses[2].Plan.Parts = []license.Part{part("sales", "premium")}
	s.Licenses[3].Plan.Parts = []license.Part{part("sales", "premium"), part("service", "essentials")}
	s.Licenses[4].Plan.Parts = []license.Part{part("sales", "premium")}
	o := newOffice(t, s)
	for _, test := range []struct {
		name, group string
		tiers       map[string]string
		want        string
	}{
		{"one line", "", map[string]string{"sales": "premium"}, "superoffice.sales"},
		{"two lines", "plan", map[string]string{"sales": "premium", "service": "essentials"}, "superoffice.both"},
		{"a line at nothing is no line", "", map[string]string{"sales": "premium", "service": ""}, "superoffice.sales"},
		{"no line is the empty plan", "plan", nil, "superoffice.none"},
		{"another group", "x", map[string]string{"sales": "premium"}, "superoffice.other"},
		{"a combination nobody sold", "", map[string]string{"service": "essentials"}, "no set in force has a plan of service essentials"},
		{"a tier nobody sold", "", map[string]string{"sales": "gold", "service": "essentials"}, "no set in force has a plan of sales gold and service essentials"},
		{"a group without an empty plan", "x", nil, "no set in force has an empty plan"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			name, err := seat.Compose(o.active, test.group, test.tiers)
			got := name.String()
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
