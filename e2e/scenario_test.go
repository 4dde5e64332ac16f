package e2e

import (
	"slices"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott-demo/demo"
	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// A door is a way into the installation. What differs between two doors is a
// defect of one of them. Each act returns the code of its refusal, or "". A door
// that is more than one, such as pages that show what the API answers, embeds the
// one it has the rest of.
type door interface {
	load(file []byte) (set, code string)
	review(set string) (fits bool, blocking []string)
	activate(set string) (code string)
	add(p api.NewPerson) (code string)
	former(person string) (code string)
	setPlan(person, plan string) (code string)
	extra(person, name string) (code string)
	licenses() []api.License
	count() api.Count
	may(q api.Check) api.Answer
	why(q api.Check) api.Why

	activateWith(set string, choices []api.Choice) (code string)
	rollBack() (code string)
	takePlan(person, plan string) (code string)
	takeExtra(person, name string, withDependants bool) (code string)
	retire(person string) (code string)
	restore(person string) (code string)
	remove(person string) (code string)
	giveLogin(person string) (code string)
	endLogin(person string) (code string)
	role(person, role string) (code string)
	takeRole(person, role string) (code string)
	whatIf(steps ...api.WhatIfStep) api.WhatIfAnswer
	addDatabase(name string) (code string)
	assignSite(database, name string) (code string)
	releaseSite(database, name string) (code string)
	removeDatabase(database string) (code string)
	holders(name, asOf string) (who []string)
	countAsOf(asOf string) api.Count
	startEvent(kind string) (number int64, code string)
	endEvent(number int64) (code string)
	profile(person, code string) (refused string)
	importList(list string) (code string)
	undoImport() (code string)
}

// doors are all doors, each opened at an installation.
var doors = map[string]func(*testing.T, *world, string) door{
	"api":     func(t *testing.T, w *world, at string) door { return apiDoor{t, w, w.client(t, at)} },
	"command": func(t *testing.T, w *world, at string) door { return commandDoor{t, w, at} },
	"web":     openPages,
}

func TestDesignteametThroughEveryDoorOnBothDatabases(t *testing.T) {
	for name, open := range doors {
		t.Run(name, func(t *testing.T) {
			sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
				w := start(t, dsn, designteamet)
				w.accepts = map[string][]string{"superoffice-2": {"target-sale-u", "aichatbot"}}
				scenario(t, w, open(t, w, designteamet.Name))
				w.fsck(t)
			})
			if name == "web" {
				listed(t, "the example")
			}
		})
	}
}

// scenario is the main job from the first set to the renewal.
func scenario(t *testing.T, w *world, d door) {
	want := examples.Designteamet()
	set, code := d.load(w.issue(t, "designteamet/order-1.yaml"))
	if code != "" || set != "superoffice-1" {
		t.Fatalf("loading the first set: %s %s", set, code)
	}
	if fits, _ := d.review(set); !fits {
		t.Error("the first set does not fit an empty installation")
	}
	if code := d.activate(set); code != "" {
		t.Fatalf("activating the first set: %s", code)
	}
	populate(t, d)
	inUse(t, "after the first set", d, want.InUse)
	if n := d.count(); n.PaidUsers != int64(want.PaidUsers) {
		t.Errorf("%d paid users, want %d", n.PaidUsers, want.PaidUsers)
	}
	questions(t, d)
	refusals(t, d)
	inUse(t, "after everything that was refused", d, want.InUse)

	renewal, code := d.load(w.issue(t, "designteamet/order-2.yaml"))
	if code != "" {
		t.Fatalf("loading the renewal: %s", code)
	}
	fits, blocking := d.review(renewal)
	expected := texts(want.Renewal.RefusedBy)
	if slices.Sort(blocking); fits || !slices.Equal(blocking, expected) {
		t.Errorf("the renewal fits %v, in the way are %v; want %v", fits, blocking, expected)
	}
	if code := d.activate(renewal); code != "set.too-small" {
		t.Errorf("activating a set that is too small: %q", code)
	}
	inUse(t, "after the refused renewal", d, want.InUse)
	for _, person := range want.AfterRelease.Release {
		if code := d.setPlan(person, "superoffice.no-selection"); code != "" {
			t.Errorf("putting %s on the empty plan: %s", person, code)
		}
	}
	if fits, blocking := d.review(renewal); !fits {
		t.Errorf("still in the way: %v", blocking)
	}
	if code := d.activate(renewal); code != "" {
		t.Errorf("activating the renewal: %s", code)
	}
	inUse(t, "after the renewal", d, want.AfterRelease.InUse)
}

func populate(t *testing.T, d door) {
	t.Helper()
	for _, p := range examples.DesignteametPeople() {
		n := api.NewPerson{UserID: p.ID, FirstName: p.First, LastName: p.Last, Group: p.Group}
		if !p.Former {
			n.Login = p.Login
			if p.Plan != "" {
				n.Plan = "superoffice." + string(p.Plan)
			}
		}
		if code := d.add(n); code != "" {
			t.Fatalf("adding %s: %s", p.ID, code)
		}
		for _, e := range p.Extras {
			if code := d.extra(p.ID, "superoffice."+string(e)); code != "" {
				t.Errorf("giving %s %s: %s", p.ID, e, code)
			}
		}
		if p.Former {
			if code := d.former(p.ID); code != "" {
				t.Errorf("%s: %s", p.ID, code)
			}
		}
	}
}

// inUse compares every number with the example's.
func inUse(t *testing.T, when string, d door, want []examples.InUse) {
	t.Helper()
	taken := map[string]api.License{}
	for _, l := range d.licenses() {
		taken[l.Name.String()] = l
	}
	for _, row := range want {
		l, ok := taken["superoffice."+string(row.Module)]
		if !ok || l.Taken != row.InUse || l.Seats != row.Seats {
			t.Errorf("%s: %s is %d of %d, want %d of %d", when, row.Module, l.Taken, l.Seats, row.InUse, row.Seats)
		}
	}
}

func texts(modules []license.Module) []string {
	var names []string
	for _, m := range modules {
		names = append(names, "superoffice."+string(m))
	}
	slices.Sort(names)
	return names
}

// questions asks what product code asks.
func questions(t *testing.T, d door) {
	t.Helper()
	for _, row := range []struct {
		name string
		q    api.Check
		want string
	}{
		{"somebody on a sales plan may edit sales", api.Check{Person: "azur.pensel", Module: "superoffice.sale-cal"}, api.Allow},
		{"and may sign in to the web client", api.Check{Person: "azur.pensel", Client: "superoffice.web"}, api.Allow},
		{"and edit where the sale feature is", api.Check{Person: "azur.pensel", Feature: "superoffice.sale"}, api.Allow},
		{"somebody on a service plan may only read there", api.Check{Person: "magenta.palett", Feature: "superoffice.sale"}, api.ReadOnly},
		{"and does not have sales", api.Check{Person: "magenta.palett", Module: "superoffice.sale-cal"}, api.Deny},
		{"somebody on the empty plan does not get in", api.Check{Person: "turkos.linjal", Client: "superoffice.web"}, api.Deny},
		{"nobody unknown gets anything", api.Check{Person: "nobody", Module: "superoffice.user"}, api.Deny},
		{"a module nobody sells is denied", api.Check{Person: "azur.pensel", Module: "superoffice.does-not-exist"}, api.Deny},
	} {
		got := d.may(row.q)
		if got.Effect != row.want {
			t.Errorf("%s: %s (%s), want %s", row.name, got.Effect, got.Reason, row.want)
		}
		why := d.why(row.q)
		if why.Effect != got.Effect || why.Reason != got.Reason {
			t.Errorf("%s: the check says %s (%s), why says %s (%s)", row.name, got.Effect, got.Reason, why.Effect, why.Reason)
		}
		if got.Effect == api.Allow && len(why.Paths) == 0 || got.Effect == api.Deny && len(why.Missing) == 0 {
			t.Errorf("%s: %d paths, %d missing", row.name, len(why.Paths), len(why.Missing))
		}
	}
}

// refusals does what must not be possible.
func refusals(t *testing.T, d door) {
	t.Helper()
	for _, row := range []struct {
		name, got, want string
	}{
		{"a pool with nothing spare", d.setPlan("turkos.linjal", "superoffice.sales-premium"), "seat.pool-full"},
		{"somebody unknown", d.setPlan("nobody", "superoffice.sales-premium"), "person.unknown"},
		{"a former employee", d.setPlan("vermilion.mallkniv", "superoffice.sales-premium"), "person.gone"},
		{"a plan nobody sells", d.setPlan("turkos.linjal", "superoffice.gold"), "license.unknown-module"},
		{"a user license is no plan", d.setPlan("turkos.linjal", "superoffice.visible-for"), "plan.not-a-plan"},
		{"a hidden license beside a plan", d.extra("turkos.linjal", "superoffice.sale-cal"), "seat.hidden"},
		{"a plan as an extra", d.extra("turkos.linjal", "superoffice.sales-premium"), "seat.is-a-plan"},
		{"a system license for a person", d.extra("turkos.linjal", "superoffice.online-webservices"), "seat.not-assignable"},
		{"a user id twice", d.add(api.NewPerson{UserID: "AZUR.pensel"}), "person.user-id-taken"},
		{"a person with a plan that is full", d.add(api.NewPerson{UserID: "new.one", Plan: "superoffice.sales-premium"}), "seat.pool-full"},
		{"and then the person was not added either", d.setPlan("new.one", "superoffice.no-selection"), "person.unknown"},
	} {
		if row.got != row.want {
			t.Errorf("%s: %q, want %q", row.name, row.got, row.want)
		}
	}
}

func TestNordlysThroughTheCommandsAndWhatTheExampleSaysOfEveryChange(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		w := start(t, dsn, designteamet, nordlys)
		c := w.client(t, nordlys.Name)
		if _, err := demo.Activate(t.Context(), c, w.issue(t, "nordlys/order-1.yaml")); err != nil {
			t.Fatal(err)
		}
		if err := demo.SeedNordlys(t.Context(), c, w.now()); err != nil {
			t.Fatal(err)
		}
		if differences, err := demo.Compare(t.Context(), c, "amsystem", examples.Nordlys().Occupied); err != nil || len(differences) > 0 {
			t.Errorf("%v %v", differences, err)
		}
		// Nothing of one installation may be seen in the other.
		if r := w.pott(designteamet.Name, "user", "ls", "-q"); r.stdout != "" || r.exit != 0 {
			t.Errorf("Designteamet shows %q", r.stdout)
		}
		if r := w.pott(designteamet.Name, "user", "show", "polar", "--json"); r.exit != 3 || r.refusal(t).Code != "person.unknown" {
			t.Errorf("Designteamet knows somebody of Nordlys Drift: %+v", r)
		}
		w.fsck(t)
	})
}
