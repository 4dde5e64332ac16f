package seat_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

func am(module string) license.Name { return license.NameOf("AMSYSTEM", license.Module(module)) }

func pools(t fataler, cases, documents int) *license.Set {
	s := set(t, "AMSYSTEM", fmt.Sprintf("case user %d\ndocument user %d", cases, documents))
	s.Occupancy = license.ByCredentials
	return s
}

var nordlysProfiles = map[string][]license.Name{
	"administrator": {am("case"), am("document")},
	"handler":       {am("case"), am("document")},
	"case-only":     {am("case")},
	"auditor":       {am("document")},
	"seasonal":      nil,
}

var today = license.Date{Year: 2026, Month: 6, Day: 10}

// nordlys returns nine people whose profiles take the seats.
func nordlys(t testing.TB) *office {
	o := newOffice(t, pools(t, 5, 3))
	o.profiles = maps.Clone(nordlysProfiles)
	for _, p := range []struct {
		id, profile, through string
		login, deleted       bool
	}{
		{"p1", "administrator", "", true, false},
		{"p2", "handler", "", true, false},
		{"p3", "case-only", "2026-06-10", true, false},
		{"p4", "case-only", "2026-03-31", true, false},
		{"p5", "auditor", "2026-06-30", true, false},
		{"p6", "seasonal", "", true, false},
		{"p7", "seasonal", "2026-04-30", true, false},
		{"p8", "", "", false, false},
		{"p9", "handler", "", true, true},
	} {
		m := o.add(p.id)
		m.Login = false
		through, err := license.ParseDate(p.through)
		o.must(err)
		m.ValidThrough = through
		if p.deleted {
			m.Login, m.Profile, m.Deleted = true, p.profile, true
			continue
		}
		if p.login {
			o.must(o.login(p.id, p.profile))
		}
	}
	return o
}

// login gives somebody login settings with a profile.
func (o *office) login(id, profile string) error {
	next := o.people[id].Person
	next.Login, next.Profile = true, profile
	return o.become(id, next)
}

func (o *office) become(id string, next seat.Person) error {
	c, err := o.standing(id).Become(next, o.profiles[next.Profile])
	if err := o.do(id, c, err); err != nil {
		return err
	}
	o.people[id].Person = next
	return nil
}

// change gives a profile other modules.
func (o *office) change(profile string, modules ...license.Name) error {
	var members []seat.Standing
	for _, id := range o.ids() {
		if m := o.people[id]; m.Profile == profile && !m.Gone() {
			members = append(members, o.standing(id))
		}
	}
	c, err := seat.ChangeProfile(func(n license.Name) seat.Pool { return o.pools[n] }, members, modules)
	if err != nil {
		return err
	}
	o.profiles[profile] = modules
	o.take(c.Takes)
	return nil
}

func TestWhoHasALoginTakesOneSeatPerModuleOfTheProfile(t *testing.T) {
	t.Parallel()
	o := nordlys(t)
	if c, d := o.pools[am("case")].Taken, o.pools[am("document")].Taken; c != 4 || d != 3 {
		t.Errorf("case %d, document %d taken; want 4 and 3", c, d)
	}
	signIn := map[string]bool{}
	takes := map[string]int{}
	for id, m := range o.people {
		signIn[id] = m.CanSignIn(today)
		takes[id] = len(o.standing(id).Uses())
	}
	wantSignIn := map[string]bool{"p1": true, "p2": true, "p3": true, "p4": false, "p5": true, "p6": true, "p7": false, "p8": false, "p9": false}
	if diff := cmp.Diff(wantSignIn, signIn); diff != "" {
		t.Errorf("may sign in (-want +got):\n%s", diff)
	}
	wantTakes := map[string]int{"p1": 2, "p2": 2, "p3": 1, "p4": 1, "p5": 1, "p6": 0, "p7": 0, "p8": 0, "p9": 0}
	if diff := cmp.Diff(wantTakes, takes); diff != "" {
		t.Errorf("takes (-want +got):\n%s", diff)
	}
}

func TestChangesAtNordlys(t *testing.T) {
	t.Parallel()
	profile := func(id, profile string) func(*office) error {
		return func(o *office) error {
			c, err := o.standing(id).SetProfile(profile, o.profiles[profile])
			if err == nil {
				o.people[id].Profile = profile
			}
			return o.do(id, c, err)
		}
	}
	through := func(id string, day license.Date) func(*office) error {
		return func(o *office) error {
			next := o.people[id].Person
			next.ValidThrough = day
			return o.become(id, next)
		}
	}
	pool := func(cases, documents int) func(*office) error {
		return func(o *office) error { _, err := o.activate(pools(o.t, cases, documents)); return err }
	}
	type short = map[string]int64
	for _, test := range []struct {
		name      string
		do        func(*office) error
		short     short
		cases     int64
		documents int64
	}{
		{"a login with both modules needs a seat of each", func(o *office) error { return o.login("p8", "handler") }, short{"document": 1}, 4, 3},
		{"a login with one module takes that seat", func(o *office) error { return o.login("p8", "case-only") }, nil, 5, 3},
		{"a login without modules takes nothing", func(o *office) error { return o.login("p8", "seasonal") }, nil, 4, 3},
		{"another profile may need a seat that is not there", profile("p6", "auditor"), short{"document": 1}, 4, 3},
		{"a profile without modules frees the seat", profile("p4", "seasonal"), nil, 3, 3},
		{"ending a login frees its seats", func(o *office) error {
			c, err := o.standing("p2").SetLogin(false)
			o.people["p2"].Login = false
			return o.do("p2", c, err)
		}, nil, 3, 2},
		{"deleting somebody frees their seats", func(o *office) error {
			c := o.standing("p2").Leave()
			o.people["p2"].Deleted = true
			return o.do("p2", c, nil)
		}, nil, 3, 2},
		{"a later last day moves no seat", through("p4", license.Date{Year: 2026, Month: 12, Day: 31}), nil, 4, 3},
		{"a last day that has passed frees nothing", through("p5", license.Date{Year: 2026, Month: 6, Day: 9}), nil, 4, 3},
		{"a module more in a profile is needed for everybody on it", func(o *office) error { return o.change("case-only", am("case"), am("document")) }, short{"document": 2}, 4, 3},
		{"a module less in a profile frees it for everybody on it", func(o *office) error { return o.change("auditor") }, nil, 4, 2},
		{"a first module in a profile is needed by those past their last day too", func(o *office) error { return o.change("seasonal", am("case")) }, short{"case": 1}, 4, 3},
		{"a pool cannot fall below what is taken", pool(5, 2), short{"document": 1}, 4, 3},
		{"a pool can fall to what is taken", pool(4, 3), nil, 4, 3},
		{"it says how many are too many", pool(2, 3), short{"case": 2}, 4, 3},
		{"a pool can be raised", pool(5, 4), nil, 4, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := nordlys(t)
			err := test.do(o)
			if diff := cmp.Diff(test.short, missing(t, err)); diff != "" {
				t.Errorf("short (-want +got):\n%s", diff)
			}
			if c, d := o.pools[am("case")].Taken, o.pools[am("document")].Taken; c != test.cases || d != test.documents {
				t.Errorf("case %d, document %d taken; want %d and %d", c, d, test.cases, test.documents)
			}
		})
	}
}

// missing returns what a refusal says is missing, by module; nil for none.
func missing(t *testing.T, err error) map[string]int64 {
	t.Helper()
	var full *seat.PoolFullError
	var small *seat.TooSmallError
	switch {
	case errors.As(err, &full):
		return map[string]int64{string(full.Module.Module): full.Short}
	case errors.As(err, &small):
		short := map[string]int64{}
		for _, row := range small.Rows {
			short[string(row.Name.Module)] = row.Over
		}
		return short
	case err != nil:
		t.Fatal(err)
	}
	return nil
}

func TestAProfileGivesOnlyWhatASetHas(t *testing.T) {
	t.Parallel()
	o := nordlys(t)
	var unknown *license.UnknownModuleError
	if _, err := o.standing("p6").SetProfile("x", []license.Name{am("personnel")}); !errors.As(err, &unknown) {
		t.Errorf("a profile gave a module that no set has: %v", err)
	}
	o.state["AMSYSTEM"] = license.ReadOnly
	var ended *seat.ReadOnlyError
	if err := o.login("p8", "case-only"); !errors.As(err, &ended) {
		t.Errorf("a profile gave a module after the grace date: %v", err)
	}
	c, err := o.standing("p2").SetLogin(false)
	if err != nil || len(c.Takes) != 2 {
		t.Errorf("ending a login after the grace date: %v, %v", c, err)
	}
}

func TestWhoComesBackNeedsTheSeatsAgain(t *testing.T) {
	t.Parallel()
	o := nordlys(t)
	gone := o.people["p2"].Person
	gone.Former = true
	o.must(o.become("p2", gone))
	o.must(o.login("p8", "auditor"))
	back := gone
	back.Former = false
	var full *seat.PoolFullError
	if err := o.become("p2", back); !errors.As(err, &full) || full.Module != am("document") {
		t.Fatalf("came back to a full pool: %v", err)
	}
	if _, err := o.standing("p2").SetLogin(true); !errors.As(err, new(*seat.PersonGoneError)) {
		t.Errorf("somebody who has left got a login: %v", err)
	}
	if _, err := o.standing("p2").SetProfile("seasonal", nil); !errors.As(err, new(*seat.PersonGoneError)) {
		t.Errorf("somebody who has left got a profile: %v", err)
	}
}
