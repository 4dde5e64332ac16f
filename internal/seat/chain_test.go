package seat_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

func TestWhatIsGivenAlongIsSaidAndStandsBeforeWhatNeedsIt(t *testing.T) {
	t.Parallel()
	o := newShop(t)
	o.must(o.step("anna set basic"))
	c, err := o.standing("anna").Assign(so("travel"), 1)
	o.must(err)
	if diff := cmp.Diff([]license.Name{so("mobile")}, c.Parents); diff != "" {
		t.Errorf("given along (-want +got):\n%s", diff)
	}
	if got := say(c); got != "+mobile +travel mobile+1 travel+1" {
		t.Errorf("the change is %s", got)
	}
}

func TestWhatWouldGoAlongIsListedFirst(t *testing.T) {
	t.Parallel()
	o := newShop(t)
	for _, step := range []string{"anna set basic", "anna give travel", "anna give visible-for"} {
		o.must(o.step(step))
	}
	for _, test := range []struct {
		name string
		do   func(seat.Standing) (seat.Change, error)
		want []license.Name
	}{
		{"of an extra", func(s seat.Standing) (seat.Change, error) { return s.Release(so("mobile")) }, []license.Name{so("travel")}},
		{"of a plan", func(s seat.Standing) (seat.Change, error) { return s.Release(so("basic")) }, []license.Name{so("travel"), so("mobile")}},
		{"of a plan that is swapped", func(s seat.Standing) (seat.Change, error) { return s.SetPlan(so("none")) }, []license.Name{so("travel"), so("mobile")}},
		{"not of what keeps its seat in a swap", func(s seat.Standing) (seat.Change, error) { return s.SetPlan(so("sales")) }, nil},
		{"not of what needs nothing", func(s seat.Standing) (seat.Change, error) { return s.Release(so("visible-for")) }, nil},
		{"not of somebody who leaves: all of it goes", func(s seat.Standing) (seat.Change, error) { return s.Leave(), nil }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := test.do(o.standing("anna"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, c.Dependants); diff != "" {
				t.Errorf("dependants (-want +got):\n%s", diff)
			}
			err = c.Confirmed(so("it"), false)
			if refused := errors.As(err, new(*seat.DependantsError)); refused != (test.want != nil) {
				t.Errorf("not confirmed: %v", err)
			}
			if err := c.Confirmed(so("it"), true); err != nil {
				t.Errorf("confirmed: %v", err)
			}
		})
	}
}
