package web

import (
	"cmp"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

// A newPersonView is the form that adds somebody.
type newPersonView struct {
	person  api.NewPerson
	plans   []page.Option
	profile []page.Option
	faults  page.Faults
}

func newPerson(v *visit) error {
	view, err := v.newPersonView(api.NewPerson{Login: true})
	if err != nil {
		return err
	}
	return v.show(newPersonPage(v, view))
}

func (v *visit) newPersonView(p api.NewPerson) (newPersonView, error) {
	view := newPersonView{person: p}
	list, err := v.in.Licenses(v.ctx(), v.act, false)
	if err != nil {
		return view, err
	}
	profiles, err := v.in.Profiles(v.ctx(), v.act)
	if err != nil {
		return view, err
	}
	view.plans = []page.Option{{Text: v.Say("people.no-plan")}}
	for _, l := range list.Items {
		if l.Plan {
			text := licenseTitle(l)
			if bounded(l) {
				text = v.Say("people.plan-spare", "Name", text, "N", l.Free)
			}
			view.plans = append(view.plans, page.Option{Value: l.Name.String(), Text: text, Chosen: p.Plan == l.Name.String()})
		}
	}
	for _, pr := range profiles.Items {
		view.profile = append(view.profile, page.Option{Value: pr.Code, Text: pr.Name, Chosen: p.Profile == pr.Code})
	}
	if len(view.profile) > 0 {
		view.profile = append([]page.Option{{Text: v.Say("people.no-profile")}}, view.profile...)
	}
	v.Command = "pott user add USER --login"
	v.titled("users", v.Say("people.add"))
	v.crumbs(v.crumb("nav.users", "/users"))
	return view, nil
}

func addPerson(v *visit) error {
	n := api.NewPerson{UserID: v.form("user_id"), FirstName: v.form("first_name"), LastName: v.form("last_name"), Email: v.form("email"), Group: v.form("group"),
		Plan: v.form("plan"), Profile: v.form("profile"), Login: v.ticked("login")}
	done, err := v.in.AddPerson(v.ctx(), v.act, n)
	if err != nil {
		view, viewErr := v.newPersonView(n)
		if viewErr != nil {
			return viewErr
		}
		field := "plan"
		if bad := new(installation.BadValueError); asBad(err, &bad) {
			field = bad.Field
		} else if _, code := v.explain(err); code == "person.user-id-taken" {
			field = "user_id"
		}
		view.faults = page.Faults{v.fault(field, err)}
		return v.wrong(newPersonPage(v, view))
	}
	p := done.Person
	return v.done(personPath(p.UserID, p.Number), page.Receipt{Title: v.Say("people.added", "Name", cmp.Or(strings.TrimSpace(p.FirstName+" "+p.LastName), p.UserID)),
		Links: append([]page.Link{{Text: v.Say("people.add-another"), Path: "/users/new"}}, v.recorded(done.Outcome)...)})
}
