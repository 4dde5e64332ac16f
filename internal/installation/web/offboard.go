package web

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

func offboardRoutes() []route {
	return []route{
		get("/users/{id}/offboard", api.ScopeAssign, showOffboard),
		post("/users/{id}/offboard", api.ScopeAssign, offboard),
	}
}

// leaving are the ways to let somebody go, from the least to the most
// far-reaching.
var leaving = []string{"login-from", "plans", "retire", "delete", "erase"}

// offboardView is what can be done about somebody who leaves.
type offboardView struct {
	card
	Ways   []way
	Faults page.Faults
	Do     string
	From   string // the last day of the login
	Hand   []api.Blocker
	Warn   string // of the host application
	Review *api.ChangedPerson
	Heavy  bool // takes the name of the organisation to agree to
}

// A way is one thing to do, with what comes of it.
type way struct {
	Do     string
	Frees  []string
	Stops  string // why it cannot be done now
	Done   bool   // it is so already
	Chosen bool
}

func showOffboard(v *visit) error {
	o, err := v.offboarding("login-from")
	if err != nil {
		return err
	}
	return v.show(offboardPage(v, o))
}

// offboarding rehearses every way.
func (v *visit) offboarding(chosen string) (offboardView, error) {
	c, err := v.card("")
	if err != nil {
		return offboardView{}, err
	}
	o := offboardView{card: c, Do: chosen, From: v.form("valid_through")}
	v.titled("users", v.Say("offboard.title", "Name", c.Name()))
	v.crumbs(v.crumb("nav.users", "/users"), page.Link{Text: c.Name(), Path: c.Path})
	v.Command = leavingCommand(chosen, c.UserID, o.From)
	if hand, err := v.in.PersonBlockers(v.ctx(), v.act, fmt.Sprint("#", c.Number), api.ActPersonRetire); err == nil {
		for _, p := range hand.People {
			o.Hand = append(o.Hand, p.Blockers...)
		}
		o.Warn = hand.Warning
	}
	for _, do := range leaving {
		if do == "erase" && !c.Admin {
			continue
		}
		w := way{Do: do, Chosen: do == chosen}
		would, err := v.leave(v.dry(), c, do)
		if err != nil {
			text, _ := v.explain(err)
			w.Stops = text.Detail
		} else {
			w.Done = !would.Changed && do != "login-from"
			for _, pool := range would.Effect.Pools {
				if n := pool.Before - pool.After; n > 0 && !pool.Hidden && !pool.Unrestricted {
					w.Frees = append(w.Frees, v.Say("plans.frees", "N", n, "License", cmp.Or(pool.DisplayName, string(pool.Name.Module))))
				}
			}
		}
		o.Ways = append(o.Ways, w)
	}
	return o, nil
}

// leavingCommand is one of the ways as a command.
func leavingCommand(do, userID, day string) string {
	who := quoted(userID)
	switch do {
	case "login-from":
		return "pott user login set " + who + " --valid-through " + cmp.Or(day, "DAY")
	case "plans":
		return "pott user arrange " + who
	}
	return "pott user " + map[string]string{"retire": "retire", "delete": "rm", "erase": "erase"}[do] + " " + who
}

// leave does one of the ways, or rehearses it.
func (v *visit) leave(act installation.Act, c card, do string) (api.ChangedPerson, error) {
	id := fmt.Sprint("#", c.Number)
	act.WithDependants = true
	switch do {
	case "login-from":
		return v.in.GiveLogin(v.ctx(), act, id, v.form("valid_through"))
	case "plans":
		return v.in.Arrange(v.ctx(), act, id, api.Arrangement{Given: []string{}})
	case "retire":
		return v.in.RetirePerson(v.ctx(), act, id)
	case "delete":
		return v.in.DeletePerson(v.ctx(), act, id)
	case "erase":
		return v.in.ErasePerson(v.ctx(), act, id)
	}
	return api.ChangedPerson{}, &BadFormError{}
}

func offboard(v *visit) error {
	do := v.form("do")
	if !slices.Contains(leaving, do) {
		return &BadFormError{}
	}
	o, err := v.offboarding(do)
	if err != nil {
		return err
	}
	if do == "erase" && !o.Admin {
		return &NotPermittedError{Needs: api.ScopeAdmin, Who: v.in.WhoMay(api.ScopeAdmin)}
	}
	if do == "login-from" && v.form("valid_through") == "" {
		o.Faults = page.Faults{{Field: "valid_through", Text: v.Say("offboard.day-missing")}}
		return v.wrong(offboardPage(v, o))
	}
	would, err := v.leave(v.dry(), o.card, do)
	if err != nil {
		o.Faults = page.Faults{v.fault(map[bool]string{true: "valid_through"}[do == "login-from"], err)}
		return v.wrong(offboardPage(v, o))
	}
	o.Heavy = do == "erase"
	if v.form("confirm") == "" || o.Heavy && v.form("organisation") != v.Org {
		o.Review = &would
		if v.form("confirm") != "" {
			o.Faults = page.Faults{{Field: "organisation", Text: v.Say("offboard.organisation-wrong", "Org", v.Org)}}
			return v.wrong(leavePage(v, o))
		}
		return v.show(leavePage(v, o))
	}
	done, err := v.leave(v.act, o.card, do)
	if err != nil {
		return err
	}
	// Who was erased or deleted is found by number alone.
	return v.done(personPath("", o.Number), v.changed(done, v.Say("offboard.did-"+do, "Name", o.Name()), v.comeBack(o.card, do)))
}

// comeBack is what undoes one of the ways, as far as it can be undone by one
// button; nil when it cannot.
func (v *visit) comeBack(c card, do string) *page.Act {
	undo := &page.Act{Text: v.Say("person.undo")}
	switch do {
	case "login-from":
		is := v.form("valid_through")
		undo.Path, undo.Fields = c.Path+"/login", append(undoing("valid_through", c.ValidThrough.String(), is), [2]string{"do", "give"})
		if !c.Login {
			undo.Fields = [][2]string{{"do", "end"}, {"was_valid_through", is}}
		}
	case "plans":
		undo.Path, undo.Fields = c.Path+"/plans", [][2]string{{"confirm", "yes"}, {"was", ""}}
		for _, name := range givenNames(c.Person) {
			undo.Fields = append(undo.Fields, [2]string{"give", name})
		}
	case "retire", "delete":
		undo.Path, undo.Text = fmt.Sprint("/users/", escape(fmt.Sprint("#", c.Number)), "/restore"), v.Say("offboard.restore")
	default:
		return nil
	}
	return undo
}
