package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// plans and modules are two small customers: one buys plans, the other module
// after module.
var (
	plansBought = `format: pott-order/v1
issuer: SUPEROFFICE
company: Designteamet
serial: "1600070120"
time_zone: Europe/Stockholm
generation: "10-11"
dates: {expiry: %s}
quantities: derived
lines:
  - {module: server, quantity: 1}
  - {module: sale, quantity: 1}
  - {plan: no-selection, quantity: 1}
  - {plan: sales-premium, quantity: %d}
  - {plan: marketing-premium, quantity: 4}
`
	modulesBought = `format: pott-order/v1
issuer: SUPEROFFICE
company: Moduler AB
serial: "1801550193"
time_zone: Europe/Stockholm
generation: "6-7"
dates: {expiry: %s}
lines:
  - {module: server, quantity: 1}
  - {module: user, quantity: 3}
  - {module: web, quantity: 2}
  - {module: reporter-studio, quantity: 1}
`
	moduler = host.New{Name: "moduler", Company: "Moduler AB", Serial: "1801550193", TimeZone: "Europe/Stockholm"}
)

const (
	sales     = "superoffice.sales-premium"
	marketing = "superoffice.marketing-premium"
)

// TestTheNewerActsThroughEveryDoorOnBothDatabases does what administrators do
// after the first set: free seats and activate, go back, swap, give roles and
// databases, close the doors, and ask what was and what would be.
func TestTheNewerActsThroughEveryDoorOnBothDatabases(t *testing.T) {
	for name, open := range doors {
		t.Run(name, func(t *testing.T) {
			sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
				w := start(t, dsn, designteamet, moduler, nordlys)
				d := open(t, w, designteamet.Name)
				(&story{t, w, d, "at first"}).begin()
				for _, part := range []struct {
					name string
					do   func(*story)
				}{
					{"what if", (*story).suppose}, {"free and activate, and back", (*story).free}, {"the last administrator", (*story).roles},
					{"no login", (*story).closed}, {"leaving and coming back", (*story).leaving},
					{"a list of people", (*story).list},
				} {
					part.do(&story{t, w, d, part.name})
				}
				m := &story{t, w, open(t, w, moduler.Name), "modules"}
				m.modules()
				(&story{t, w, open(t, w, nordlys.Name), "profiles"}).profiles()
				w.fsck(t)
			})
			if name == "web" {
				listed(t, "the newer acts")
			}
		})
	}
}

// A story is a part of what is done through a door.
type story struct {
	*testing.T
	w    *world
	d    door
	part string
}

// says compares the code of a refusal; "" is none.
func (s *story) says(what, got, want string) {
	s.Helper()
	if got != want {
		s.Errorf("%s: %s: %q, want %q", s.part, what, got, want)
	}
}

func (s *story) taken(when, name string, want int64) {
	s.Helper()
	for _, l := range s.d.licenses() {
		if l.Name.String() == name {
			if l.Taken != want {
				s.Errorf("%s: %s: %d of %s in use, want %d", s.part, when, l.Taken, name, want)
			}
			return
		}
	}
	s.Errorf("%s: %s: there is no %s", s.part, when, name)
}

func (s *story) held(when, name, asOf string, want ...string) {
	s.Helper()
	got := s.d.holders(name, asOf)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		s.Errorf("%s: %s: %s is held by %v, want %v", s.part, when, name, got, want)
	}
}

// sold signs an order that says the last day, and what else it has room for.
func (s *story) sold(order string, more ...any) []byte {
	s.Helper()
	file, err := s.w.vendors.Issue(s.Context(), fmt.Appendf(nil, order, append([]any{license.DateOf(time.Now()).Add(300)}, more...)...), time.Now())
	if err != nil {
		s.Fatal(err)
	}
	return file
}

// begin puts the first set in force and five people into it.
func (s *story) begin() {
	set, code := s.d.load(s.sold(plansBought, 4))
	s.says("the first set", code, "")
	s.says("activating it", s.d.activate(set), "")
	for _, id := range []string{"anna", "bo", "cy", "dag"} {
		s.says(id, s.d.add(api.NewPerson{UserID: id, Login: true, Plan: sales}), "")
	}
	s.says("eva", s.d.add(api.NewPerson{UserID: "eva", Login: true}), "")
	s.taken("at first", sales, 4)
}

func (s *story) suppose() {
	said := s.d.whatIf(
		api.WhatIfStep{Act: api.IfSetPlan, Person: "eva", Name: sales},
		api.WhatIfStep{Act: api.IfRemovePlan, Person: "anna", Name: sales},
		api.WhatIfStep{Act: api.IfSetPlan, Person: "eva", Name: sales})
	var came []string
	for _, r := range said.Steps {
		text := fmt.Sprint(r.Act, " ", r.Changed)
		if r.Refused != nil {
			text += " " + r.Refused.Code
		}
		came = append(came, text)
	}
	if got, want := strings.Join(came, ", "), "set-plan false seat.pool-full, remove-plan true, set-plan true"; got != want {
		s.Errorf("%s: %s, want %s", s.part, got, want)
	}
	if said.Total != 2 {
		s.Errorf("%s: %d people would have more or less, want 2", s.part, said.Total)
	}
	s.held("afterwards", sales, "", "anna", "bo", "cy", "dag")
}

func (s *story) free() {
	then := time.Now()
	small, code := s.d.load(s.sold(plansBought, 2))
	s.says("a smaller set", code, "")
	if fits, blocking := s.d.review(small); fits || !slices.Contains(blocking, sales) {
		s.Errorf("%s: it fits %v, in the way are %v", s.part, fits, blocking)
	}
	s.says("activating it as it is", s.d.activate(small), "set.too-small")
	s.says("freeing too few", s.d.activateWith(small, []api.Choice{{Do: api.ChooseSwitch, Person: "anna", Name: sales, To: marketing}}), "set.too-small")
	s.held("when that was refused", sales, "", "anna", "bo", "cy", "dag")
	choices := []api.Choice{{Do: api.ChooseSwitch, Person: "anna", Name: sales, To: marketing}, {Do: api.ChooseRemove, Person: "bo", Name: sales}}
	s.says("freeing enough", s.d.activateWith(small, choices), "")
	s.held("under the smaller set", sales, "", "cy", "dag")
	s.held("and moved", marketing, "", "anna")
	s.says("another one more", s.d.setPlan("eva", sales), "seat.pool-full")
	s.says("going back", s.d.rollBack(), "")
	s.held("as before", sales, "", "anna", "bo", "cy", "dag")
	s.taken("as before", marketing, 0)
	s.held("at the time", sales, then.UTC().Format(time.RFC3339Nano), "anna", "bo", "cy", "dag")
	if n := s.d.countAsOf(then.UTC().Format(time.RFC3339Nano)); n.PaidUsers != 4 {
		s.Errorf("%s: %d paid users at the time, want 4", s.part, n.PaidUsers)
	}
	s.says("moving everybody", s.d.activateWith(small, []api.Choice{{Do: api.ChooseSwitch, Everyone: true, Name: sales, To: marketing}}), "")
	s.held("everybody", marketing, "", "anna", "bo", "cy", "dag")
	s.taken("everybody", sales, 0)
	s.says("going back again", s.d.rollBack(), "")
	s.held("everybody", sales, "", "anna", "bo", "cy", "dag")
}

func (s *story) roles() {
	s.says("making an administrator", s.d.role("anna", "administrator"), "")
	s.says("a role there is not", s.d.role("nobody", "auditor"), "person.unknown")
	for what, code := range map[string]string{
		"taking the role": s.d.takeRole("anna", "administrator"), "ending the login": s.d.endLogin("anna"), "taking the plan": s.d.takePlan("anna", sales),
		"retiring": s.d.retire("anna"), "deleting": s.d.remove("anna"),
	} {
		s.says(what, code, "role.last-administrator")
	}
	s.says("a second one", s.d.role("bo", "administrator"), "")
	s.says("then the first may go", s.d.takeRole("anna", "administrator"), "")
}

func (s *story) closed() {
	web := api.Check{Person: "cy", Client: "superoffice.web"}
	before := s.d.may(web)
	number, code := s.d.startEvent("no-login")
	s.says("closing", code, "")
	if a := s.d.may(web); a.Effect != api.Deny || a.Reason != "no-login-event" {
		s.Errorf("%s: somebody gets in: %+v", s.part, a)
	}
	if a := s.d.may(api.Check{Person: "bo", Client: "superoffice.web"}); a.Effect != before.Effect {
		s.Errorf("%s: an administrator does not: %+v", s.part, a)
	}
	s.says("opening", s.d.endEvent(number), "")
	s.says("opening twice", s.d.endEvent(number), "")
	if a := s.d.may(web); before.Effect != api.Allow || a.Effect != api.Allow {
		s.Errorf("%s: afterwards %+v, before %+v", s.part, a, before)
	}
}

func (s *story) leaving() {
	q := api.Check{Person: "dag", Module: sales}
	s.says("retiring", s.d.retire("dag"), "")
	s.held("when he has left", sales, "", "anna", "bo", "cy")
	if a := s.d.may(q); a.Reason != "person-gone" {
		s.Errorf("%s: %+v", s.part, a)
	}
	s.says("his seat", s.d.setPlan("eva", sales), "")
	s.says("coming back", s.d.restore("dag"), "")
	s.says("without a seat", s.d.setPlan("dag", sales), "seat.pool-full")
	s.says("deleting eva", s.d.remove("eva"), "")
	s.says("then there is one", s.d.setPlan("dag", sales), "")
	s.says("eva comes back", s.d.restore("eva"), "")
	s.says("with a login", s.d.giveLogin("eva"), "")
	s.says("swapping", s.d.setPlan("dag", marketing), "")
	s.taken("in the end", sales, 3)
	s.taken("in the end", marketing, 1)
	if why := s.d.why(q); why.Effect != api.Deny || len(why.Missing) == 0 || len(why.Missing[0].Fixes) == 0 {
		s.Errorf("%s: why not: %+v", s.part, why)
	}
}

func (s *story) modules() {
	set, code := s.d.load(s.sold(modulesBought))
	s.says("the set", code, "")
	s.says("activating it", s.d.activate(set), "")
	s.says("anna", s.d.add(api.NewPerson{UserID: "anna", Login: true}), "")
	s.says("web gives what it needs along", s.d.extra("anna", "superoffice.web"), "")
	s.held("what web needs", "superoffice.user", "", "anna")
	s.says("user alone", s.d.takeExtra("anna", "superoffice.user", false), "seat.dependants")
	s.says("user and what needs it", s.d.takeExtra("anna", "superoffice.user", true), "")
	s.taken("then", "superoffice.web", 0)

	const studio = "superoffice.reporter-studio"
	s.says("a satellite", s.d.addDatabase("Oslo"), "")
	s.says("its license", s.d.assignSite("Oslo", studio), "")
	s.held("the satellite", studio, "", "Oslo")
	s.says("one more", s.d.assignSite("0", studio), "seat.pool-full")
	s.says("to a person", s.d.extra("anna", studio), "seat.not-assignable")
	s.says("taking it back", s.d.releaseSite("Oslo", studio), "")
	s.says("then there is one", s.d.assignSite("0", studio), "")
	s.says("removing the satellite", s.d.removeDatabase("Oslo"), "")
	s.says("removing the central one", s.d.removeDatabase("0"), "database.central")
	s.taken("in the end", studio, 1)
}

// list brings people in and puts everything back.
func (s *story) list() {
	s.says("one more than there are seats for", s.d.importList("user_id,login,plan\nfia,yes,"+sales+"\ngun,yes,"+sales+"\n"), "bulk.short")
	s.says("then nobody came", s.d.setPlan("fia", marketing), "person.unknown")
	s.says("somebody twice", s.d.importList("user_id,login\nfia,yes\nFIA,yes\n"), "bulk.refused")
	s.says("as many as there are", s.d.importList("user_id,login,plan\nfia,yes,"+sales+"\ngun,yes,"+marketing+"\n"), "")
	s.held("with those who came", sales, "", "anna", "bo", "cy", "fia")
	s.says("undoing it", s.d.undoImport(), "")
	s.held("without them", sales, "", "anna", "bo", "cy")
	s.taken("without them", marketing, 1)
}

// profiles gives people bundles of modules, each a seat.
func (s *story) profiles() {
	const cases, documents = "amsystem.case", "amsystem.document"
	set, code := s.d.load(s.sold(pots))
	s.says("the set", code, "")
	s.says("activating it", s.d.activate(set), "")
	c := s.w.client(s.T, nordlys.Name)
	for code, modules := range map[string][]string{"handler": {cases, documents}, "reader": {documents}, "guest": {}} {
		if _, err := c.PutProfile(s.Context(), code, api.ProfileBody{Modules: modules}, client.Taking{}); err != nil {
			s.Fatal(err)
		}
	}
	s.says("dora", s.d.add(api.NewPerson{UserID: "dora", Login: true}), "")
	s.says("a profile", s.d.profile("dora", "handler"), "")
	s.taken("on it", cases, 1)
	s.taken("on it", documents, 1)
	s.says("a smaller one", s.d.profile("dora", "reader"), "")
	s.taken("on the smaller one", cases, 0)
	s.says("one there is not", s.d.profile("dora", "king"), "profile.unknown")
	s.says("for somebody there is not", s.d.profile("nobody", "reader"), "person.unknown")
	s.says("ending the login", s.d.endLogin("dora"), "")
	s.taken("without a login", documents, 0)
	s.says("giving it back", s.d.giveLogin("dora"), "")
	s.taken("with it", documents, 1)
	s.says("one without modules", s.d.profile("dora", "guest"), "")
	s.taken("in the end", documents, 0)
}
