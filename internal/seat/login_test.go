package seat_test

import (
	"errors"
	"testing"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// newSuite is an office where everybody who can log in is on one plan.
func newSuite(t testing.TB) *office {
	s := set(t, "SUPEROFFICE", `
server system 1 hidden
user user 2 hidden
web user 2 hidden needs=user
visible-for user 1 unrestricted
extern-user-cal user 1 hidden unrestricted people=external
robot-cal user 1 hidden unrestricted people=system
priced-cal user 3 hidden people=system
none user 1 unrestricted plan
core user 2 plan user web
`)
	s.Occupancy = license.ByLogin
	s.Clients = []license.Client{
		{Name: "web", People: license.Internal, User: []license.Module{"user", "web"}},
		{Name: "portal", People: license.External, User: []license.Module{"extern-user-cal"}},
		{Name: "robot", People: license.Technical, User: []license.Module{"robot-cal", "priced-cal"}},
	}
	return newOffice(t, s)
}

func (o *office) hire(id string, kind license.PersonKind) error {
	m := o.add(id)
	m.Kind, m.Login = kind, false
	next := m.Person
	next.Login = true
	return o.become(id, next)
}

func TestWhereEverybodyIsOnOnePlanASeatIsALogin(t *testing.T) {
	t.Parallel()
	o := newSuite(t)
	o.must(o.hire("anna", license.Internal))
	o.must(o.hire("bea", license.Internal))
	taken := func(module string) int64 { return o.pools[so(module)].Taken }
	if taken("core") != 2 || taken("web") != 2 {
		t.Errorf("two logins take %d of core and %d of web", taken("core"), taken("web"))
	}
	var full *seat.PoolFullError
	if err := o.hire("cia", license.Internal); !errors.As(err, &full) || full.Module != so("core") {
		t.Errorf("a third login: %v", err)
	}
	c, err := o.standing("anna").Assign(so("visible-for"), 1)
	o.must(o.do("anna", c, err))
	c, err = o.standing("anna").SetLogin(false)
	o.must(o.do("anna", c, err))
	o.people["anna"].Login = false
	if taken("core") != 1 || len(o.standing("anna").Uses()) != 1 {
		t.Errorf("without a login anna holds %v, %d of core are taken", o.standing("anna").Uses(), taken("core"))
	}
	o.must(o.hire("cia", license.Internal))
	var byHand *seat.ByLoginError
	for _, plan := range []string{"core", "none"} {
		if _, err := o.standing("anna").SetPlan(so(plan)); !errors.As(err, &byHand) {
			t.Errorf("%s by hand: %v", plan, err)
		}
	}
	waiting := o.people["cia"].Person
	waiting.Waiting = true
	o.must(o.become("cia", waiting))
	if taken("core") != 2 || waiting.CanSignIn(today) {
		t.Errorf("who waits for approval signs in, or gave the seat back: %d taken", taken("core"))
	}
	o.state["SUPEROFFICE"] = license.ReadOnly
	var ended *seat.ReadOnlyError
	if _, err := o.standing("anna").SetLogin(true); !errors.As(err, &ended) {
		t.Errorf("a login after the grace date: %v", err)
	}
	if _, err := o.standing("bea").SetLogin(false); err != nil {
		t.Errorf("ending a login after the grace date: %v", err)
	}
}

func TestWhoIsNotAnEmployeeHasWhatSigningInNeedsWithoutTakingASeat(t *testing.T) {
	t.Parallel()
	o := newSuite(t)
	for id, want := range map[string]struct {
		kind license.PersonKind
		uses []string
	}{
		"guest":   {license.External, []string{"extern-user-cal"}},
		"robot":   {license.Technical, []string{"robot-cal"}}, // what costs something is given, not derived
		"visitor": {license.Anonymous, nil},
		"room":    {license.Resource, nil},
	} {
		o.must(o.hire(id, want.kind))
		var got []string
		for _, h := range o.standing(id).Uses() {
			got = append(got, string(h.Name.Module))
			if !o.pools[h.Name].Unrestricted {
				t.Errorf("%s takes a seat of %s", id, h.Name)
			}
		}
		if len(got) != len(want.uses) || len(got) > 0 && got[0] != want.uses[0] {
			t.Errorf("%s may use %v, want %v", id, got, want.uses)
		}
	}
	// Whoever becomes an employee holds what employees do, if there is a seat.
	o.must(o.hire("anna", license.Internal))
	o.must(o.hire("bea", license.Internal))
	next := o.people["guest"].Person
	next.Kind = license.Internal
	if err := o.become("guest", next); !errors.As(err, new(*seat.PoolFullError)) {
		t.Errorf("a third employee with a login: %v", err)
	}
}

func TestWhoComesBackHoldsNothingThatWasGivenByHand(t *testing.T) {
	t.Parallel()
	o := newSuite(t)
	o.must(o.hire("anna", license.Internal))
	o.must(o.hire("bea", license.Internal))
	c, err := o.standing("anna").Assign(so("visible-for"), 1)
	o.must(o.do("anna", c, err))
	for _, leave := range []func(*seat.Person){
		func(p *seat.Person) { p.Former = true },
		func(p *seat.Person) { p.Former, p.Deleted = false, true },
	} {
		gone := o.people["anna"].Person
		leave(&gone)
		o.must(o.become("anna", gone))
		if left := o.standing("anna").Uses(); len(left) > 0 {
			t.Errorf("gone and holds %v", left)
		}
	}
	// Deleted, and so without a login: nothing is needed.
	o.must(o.hire("cia", license.Internal))
	next, c, err := o.standing("anna").Restore()
	if err != nil || next.Gone() || next.Login || len(c.Takes) > 0 {
		t.Errorf("restored as %+v, %+v, %v", next, c, err)
	}
	// Left, and so with a login that takes a seat: the last one is cia's.
	o.people["anna"].Person = seat.Person{ID: "anna", Kind: license.Internal, Login: true, Former: true}
	if _, _, err := o.standing("anna").Restore(); !errors.As(err, new(*seat.PoolFullError)) {
		t.Errorf("came back to a full pool: %v", err)
	}
}
