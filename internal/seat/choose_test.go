package seat_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// choice reads "switch sales basic", "remove mobile", "end-login", "give mobile".
func choice(words string) seat.Choice {
	w := append(strings.Fields(words), "", "")
	c := seat.Choice{Do: seat.Do(w[0])}
	if w[1] != "" {
		c.Name = so(w[1])
	}
	if w[2] != "" {
		c.To = so(w[2])
	}
	return c
}

func TestChoicesFollowTheRulesOfTheSameActsAlone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		steps   []string
		choices []string
		want    string // the change, or the code of the refusal
	}{
		{name: "to another plan in one step", steps: []string{"anna set sales"}, choices: []string{"switch sales basic"}, want: "-sales +basic basic+1 sale-cal-1 sales-1"},
		{name: "what needs the plan's modules stays when the other plan has them", steps: []string{"anna set sales", "anna give mobile"}, choices: []string{"switch sales basic"},
			want: "-sales +basic basic+1 sale-cal-1 sales-1"},
		{name: "and goes when it has not", steps: []string{"anna set sales", "anna give mobile"}, choices: []string{"switch sales none"},
			want: "-sales -mobile +none mobile-1 none+1 sale-cal-1 sales-1 user-1 web-1"},
		{name: "from a plan of another group", steps: []string{"anna set sales", "anna add ai"}, choices: []string{"switch ai basic"},
			want: "-sales -ai +basic ai-1 basic+1 mail-cal-1 sale-cal-1 sales-1"},
		{name: "a full pool is not asked here", steps: []string{"anna set sales", "bo set sales", "cy set basic"}, choices: []string{"switch basic sales"}, want: "-basic +sales basic-1 sale-cal+1 sales+1"},
		{name: "one after another", steps: []string{"anna set sales"}, choices: []string{"switch sales basic", "give mobile", "remove mobile"}, want: "-sales +basic basic+1 sale-cal-1 sales-1"},
		{name: "back again is nothing", steps: []string{"anna set sales"}, choices: []string{"end-login"}, want: ""},
		{name: "a plan that is not held", steps: []string{"anna set sales"}, choices: []string{"switch basic none"}, want: "seat.not-held"},
		{name: "to what is no plan", steps: []string{"anna set sales"}, choices: []string{"switch sales mobile"}, want: "plan.not-a-plan"},
		{name: "an extra that only plans give", steps: []string{"anna set sales"}, choices: []string{"give mail-cal"}, want: "seat.hidden"},
		{name: "for another kind of person", steps: []string{"anna set sales"}, choices: []string{"give guest"}, want: "seat.person-kind"},
		{name: "something that is no choice", steps: []string{"anna set sales"}, choices: []string{"promote sales"}, want: "review.bad-choice"},
		{name: "the second is refused: all is", steps: []string{"anna set sales"}, choices: []string{"switch sales basic", "remove sales"}, want: "seat.not-held"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			o := newShop(t)
			for _, s := range row.steps {
				if err := o.step(s); err != nil {
					t.Fatalf("%s: %v", s, err)
				}
			}
			who := strings.Fields(row.steps[len(row.steps)-1])[0]
			var choices []seat.Choice
			for _, c := range row.choices {
				choices = append(choices, choice(c))
			}
			_, change, err := o.standing(who).Choose(choices)
			got := say(change)
			if coded := (interface{ Code() string })(nil); errors.As(err, &coded) {
				got = coded.Code()
			}
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestEndingALoginIsAChoice(t *testing.T) {
	t.Parallel()
	o := newShop(t)
	o.add("anna").ValidThrough = license.Date{Year: 2027, Month: 1, Day: 1}
	next, change, err := o.standing("anna").Choose([]seat.Choice{{Do: seat.EndLogin}})
	if err != nil || next.Login || !next.ValidThrough.IsZero() || !change.Empty() {
		t.Errorf("%+v, %+v, %v", next, change, err)
	}
}

// Whatever was chosen is undone by putting the person back.
func TestPuttingBackUndoesWhatWasChosen(t *testing.T) {
	t.Parallel()
	for _, choices := range []string{"switch sales basic", "remove sales", "switch sales none", "end-login"} {
		o := newShop(t)
		for _, s := range []string{"anna set sales", "anna give mobile"} {
			if err := o.step(s); err != nil {
				t.Fatal(err)
			}
		}
		before := o.inUse()
		next, change, err := o.standing("anna").Choose([]seat.Choice{choice(choices)})
		if err := o.do("anna", change, err); err != nil {
			t.Fatal(err)
		}
		login := &license.Date{}
		if next.Login {
			login = nil
		}
		o.people["anna"].Person = next
		var begun []seat.Assignment
		for _, a := range o.people["anna"].current {
			if a.Number > 2 {
				begun = append(begun, a)
			}
		}
		next, change, err = o.standing("anna").PutBack(change.Release, begun, login)
		if err := o.do("anna", change, err); err != nil || !next.Login {
			t.Fatalf("after %s: %v, %+v", choices, err, next)
		}
		if after := o.inUse(); strings.Join(before, "\n") != strings.Join(after, "\n") {
			t.Errorf("after %s and back:\n%s\nbefore:\n%s", choices, strings.Join(after, "\n"), strings.Join(before, "\n"))
		}
	}
}

func TestPuttingBackRespectsWhatHasHappenedSince(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, since, want string }{
		{"another plan of the group was given", "anna set basic", "plan.exclusive"},
		{"the seats went to others", "bo set sales|cy set sales", "seat.pool-full"},
		{"the same was given again", "anna set sales", ""},
		{"the person has left", "anna leaves", "person.gone"},
	} {
		o := newShop(t)
		if err := o.step("anna set sales"); err != nil {
			t.Fatal(err)
		}
		_, change, err := o.standing("anna").Choose([]seat.Choice{choice("remove sales")})
		if err := o.do("anna", change, err); err != nil {
			t.Fatal(err)
		}
		for _, s := range strings.Split(row.since, "|") {
			if err := o.step(s); err != nil {
				t.Fatal(err)
			}
		}
		_, back, err := o.standing("anna").PutBack(change.Release, nil, nil)
		got := ""
		if coded := (interface{ Code() string })(nil); errors.As(err, &coded) {
			got = coded.Code()
		}
		if got != row.want || got == "" && !back.Empty() {
			t.Errorf("%s: %q (%s), want %q", row.name, got, say(back), row.want)
		}
	}
}
