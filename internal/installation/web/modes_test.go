package web_test

import (
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/license"
)

// counting is a world whose set counts in another way: one plan for everybody with a
// login, or modules by profile.
func counting(t *testing.T, o license.Occupancy) *world {
	t.Helper()
	w := newEmptyWorld(t)
	w.set.Occupancy = o
	user := func(m license.Module, n int64) license.License {
		return license.License{Module: m, Kind: license.User, Quantity: n, People: license.Internal, Names: license.Texts{"en": "The " + string(m), "sv": "Den " + string(m)}}
	}
	suite := user("suite", 3)
	suite.Plan = &license.Plan{Includes: []license.Module{"user"}}
	hidden := user("user", 3)
	hidden.Hidden = true
	w.set.Clients = nil
	w.set.Licenses = []license.License{hidden, suite}
	if o == license.ByCredentials {
		w.set.Licenses = []license.License{user("cases", 2), user("documents", 1)}
	}
	host := installation.Act{By: housetest.Host}
	acme := w.Installation("acme")
	_, err := acme.Load(t.Context(), host, w.Vendors.File(t, w.set))
	w.must(err)
	_, err = acme.Activate(t.Context(), host, "superoffice-1", api.Activate{})
	w.must(err)
	for _, id := range []string{"karin", "anna", "bo", "cy"} {
		_, err := acme.AddPerson(t.Context(), host, api.NewPerson{UserID: id, FirstName: strings.ToUpper(id[:1]) + id[1:], Login: id == "karin" || id == "anna"})
		w.must(err)
	}
	_, err = acme.GiveRole(t.Context(), host, "karin", "administrator")
	w.must(err)
	return w
}

func TestAListOfPeopleShowsProfilesWhereThereAreSome(t *testing.T) {
	w := counting(t, license.ByCredentials)
	r := w.as("karin")
	r.get("/users").lacks(t, "The team")
	_, err := w.Installation("acme").PutProfile(t.Context(), installation.Act{By: housetest.Host}, "team", api.ProfileBody{Name: "The team", Modules: []string{"cases"}})
	w.must(err)
	_, err = w.Installation("acme").SetProfile(t.Context(), installation.Act{By: housetest.Host}, "anna", "team")
	w.must(err)
	if rows := r.get("/users").table("4 people"); !strings.Contains(strings.Join(rows[0], " "), "The team") {
		t.Errorf("anna stands there as %v", rows)
	}
	if file := r.get("/users.csv"); !strings.Contains(file.body, "The team,team") {
		t.Errorf("the file is %s", file.body)
	}
}

// Where there is no plan to be on, numbers of people do not say that nobody is on one.
func TestWhereThereAreNoPlansPeopleAreCountedByTheirSeats(t *testing.T) {
	w := counting(t, license.ByCredentials)
	acme := w.Installation("acme")
	r := w.as("karin")
	r.get("/").says(t, "Take a seat 0")
	_, err := acme.PutProfile(t.Context(), host, "team", api.ProfileBody{Name: "The team", Modules: []string{"cases"}})
	w.must(err)
	_, err = acme.PutProfile(t.Context(), host, "guest", api.ProfileBody{Name: "Guest", Modules: []string{}})
	w.must(err)
	for person, profile := range map[string]string{"anna": "team", "karin": "guest", "bo": "team"} { // bo has no login
		_, err = acme.SetProfile(t.Context(), host, person, profile)
		w.must(err)
	}
	r.get("/").says(t, "Take a seat 1")
	r.last.lacks(t, "paid plans")
	if rows := r.get("/users?counted=1").table("1 person"); len(rows) != 1 || !strings.Contains(rows[0][1], "Anna") {
		t.Errorf("who takes a seat: %q", rows)
	}
	r.last.says(t, "Only people who take a seat", "Clear filters")
	if !strings.Contains(r.last.body, "--counted yes") {
		t.Error("the command of the list is another")
	}
	r.get("/licenses/report").says(t, "People: Take a seat")
	status, err := acme.Status(t.Context(), host)
	w.must(err)
	if p := status.People; p.Plans || p.Counted != 1 || p.OnPlans != 0 {
		t.Errorf("the status says %+v", p)
	}

	sold := newWorld(t)
	r = sold.as("karin")
	r.get("/").says(t, "On paid plans 2")
	r.last.lacks(t, "Take a seat")
	r.get("/users").lacks(t, "Only people who take a seat")
	if status, err = sold.Installation("acme").Status(t.Context(), host); err != nil || !status.People.Plans || status.People.Counted != 2 {
		t.Errorf("the status says %+v, %v", status.People, err)
	}
}

func TestWhereEverybodyIsOnOnePlanTheChoiceIsWhoCanLogIn(t *testing.T) {
	w := counting(t, license.ByLogin)
	r := w.as("karin")
	page := r.get("/users/anna/plans")
	page.says(t, "The suite", "Everybody who can log in is on this plan", "Can log in", "Turning it off frees the seat", "Turn off Can log in, free 1 seat")
	page.lacks(t, "No plan", "Turn on Can log in")
	r.send("/users/anna/login", "do", "end", "from", "plans").says(t, "Undo", "Turn on Can log in, take 1 seat", "2 spare")
	back := r.send("/users/anna/login", "do", "give", "from", "plans", "valid_through", "")
	back.says(t, "Turn off Can log in")
	if back.path != "/users/anna/plans" {
		t.Errorf("it leads to %s", back.path)
	}
	r.get("/users/bo/plans")
	r.send("/users/bo/login", "do", "give", "from", "plans").says(t, "Turn off Can log in")
	r.get("/users/cy/plans").says(t, "0 spare")
	full := r.send("/users/cy/login", "do", "give", "from", "plans")
	full.says(t, "is full: 3 of 3 in use")
	if full.status != 422 || strings.Contains(full.text(), "Turn off Can log in") {
		t.Errorf("without a seat: %d", full.status)
	}
	r.get("/users/anna/plans?lang=sv").says(t, "Den suite", "1 plats")
}

func TestWhereModulesComeWithAProfileTheChoiceSaysWhatItCosts(t *testing.T) {
	w := counting(t, license.ByCredentials)
	acme := w.Installation("acme")
	host := installation.Act{By: housetest.Host}
	for code, body := range map[string]api.ProfileBody{"handler": {Name: "Handler", Modules: []string{"cases"}}, "archivist": {Name: "Archivist", Modules: []string{"cases", "documents"}}, "guest": {Name: "Guest", Modules: []string{}}} {
		_, err := acme.PutProfile(t.Context(), host, code, body)
		w.must(err)
	}
	r := w.as("karin")
	r.get("/users/anna/plans").says(t, "No profile", "takes 1 The cases (2 spare)", "takes 1 The documents (1 spare)", "Takes no seats", "Change profile")
	r.send("/users/anna/profile", "profile", "archivist").says(t, "is changed", "Undo")
	r.get("/users/anna/plans").says(t, "frees 1 The documents", "frees 1 The cases")
	r.send("/users/anna/profile", "profile", "handler").says(t, "Nothing is saved yet", "The documents")
	r.send("/users/anna/profile", "profile", "handler", "confirm", "yes").says(t, "is changed")
	r.send("/users/anna/profile", "profile", "archivist").says(t, "is changed")

	r.get("/users/bo/plans")
	r.send("/users/bo/login", "do", "give", "from", "plans")
	r.get("/users/bo/plans").says(t, "0 spare")
	full := r.send("/users/bo/profile", "profile", "archivist")
	full.says(t, "The documents is full: 1 of 1 in use")
	if full.status != 409 || strings.Contains(full.body, `name="take"`) {
		t.Errorf("a seat that came with a profile is offered as if it could be taken by itself: %d", full.status)
	}
	r.send("/users/bo/profile", "profile", "guest").says(t, "is changed")
	if p, err := acme.Person(t.Context(), installation.Act{}, "bo"); err != nil || p.Profile != "guest" {
		t.Errorf("bo is %+v, %v", p.Person, err)
	}
	r.send("/users/bo/profile", "profile", "nosuch").says(t, "nosuch")
}
