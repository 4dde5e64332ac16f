package command

import (
	"fmt"
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/license"
)

// peopleFilter are the flags that choose people.
type peopleFilter struct {
	Text    string `arg:"" optional:"" help:"Only people with these words in their user id, names, e-mail address or group."`
	Plan    string `placeholder:"PLAN" help:"Only people on this plan."`
	Holds   string `placeholder:"LICENSE" help:"Only people who may use this license."`
	Extra   string `placeholder:"LICENSE" help:"Only people who were given this license beside a plan."`
	Login   string `enum:"yes,no,all" default:"all" help:"Only people with a login (yes), or without (no)."`
	SignsIn string `enum:"yes,no,all" default:"all" help:"Only people who may sign in today (yes), or who may not (no)."`
	Former  string `enum:"yes,no,all" default:"all" help:"Only people who have left (yes), or the others (no)."`
	Paid    string `enum:"yes,no,all" default:"all" help:"Only people on a plan that is neither empty nor unrestricted (yes), or the others (no)."`
	Counted string `enum:"yes,no,all" default:"all" help:"Only people who take a seat of anything that is limited (yes), or the others (no)."`
	Kind    string `placeholder:"KIND" help:"Only accounts of these kinds, with commas between: internal, external, system, anonymous or resource."`
	Role    string `placeholder:"ROLE" help:"Only people with this role; none for those without."`
	Group   string `placeholder:"GROUP" help:"Only people of this group."`
	Profile string `placeholder:"PROFILE" help:"Only people on this profile."`

	Active  string `placeholder:"HOW-LONG-AGO" help:"Only people who were active so long ago, with commas between: today, 7-days, 30-days, 90-days, longer or never. Refused where that is not collected."`
	Waiting bool   `help:"Only people who wait for approval."`
	Deleted bool   `help:"Deleted people too."`
	Sort    string `placeholder:"COLUMN" help:"Order by user, number, name, last-name, email, group, plan, extras, profile, role, kind, login or active; a hyphen before it turns it around."`
}

func (f peopleFilter) filter() client.PeopleFilter {
	word := map[string]string{"yes": "true", "no": "false"}
	return client.PeopleFilter{Text: f.Text, Plan: f.Plan, Holds: f.Holds, Extra: f.Extra, Login: word[f.Login], SignsIn: word[f.SignsIn], Former: word[f.Former],
		Paid: word[f.Paid], Counted: word[f.Counted], Kind: f.Kind, Role: f.Role, Group: f.Group, Profile: f.Profile, Active: f.Active, Waiting: f.Waiting, Deleted: f.Deleted, Sort: f.Sort}
}

type userLs struct {
	peopleFilter
	By   string `placeholder:"COLUMN" help:"Put people together by plan, role, group, profile, kind or login."`
	Page int    `placeholder:"N" help:"The page of this number, from 1."`
	paging
}

func (c userLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	f := c.filter()
	f.GroupBy, f.Number, f.Page = c.By, c.Page, client.Page{Limit: c.Limit, After: c.After}
	list, err := cl.People(s.ctx, f)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(p api.Person) string { return p.UserID }), human: func(o *paper) {
		t := &table{columns: []column{{head: "user"}, {head: "person", cut: late}, {head: "kind"}, {head: "login"}, {head: "has", cut: late}}}
		collected := slices.ContainsFunc(list.Items, func(p api.Person) bool { return p.LastActive != "" })
		if collected {
			t.columns = slices.Insert(t.columns, 4, column{head: "active"})
		}
		for _, p := range list.Items {
			cells := []string{p.UserID, fullName(p), p.Kind.String(), o.login(p), o.has(p)}
			if collected {
				cells = slices.Insert(cells, 4, o.active(p.LastActive))
			}
			t.add(cells...)
		}
		o.table(t)
		for _, g := range list.Groups {
			name := g.Key
			if g.Name != "" {
				name = g.Name
			}
			if name == "" {
				s.remark("people.no-group", g.People)
			} else {
				s.remark("people.group", name, g.People)
			}
		}
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

type userShow struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
	AsOf string `placeholder:"DAY" help:"As it was at the end of this day, or at this moment; now when left out."`
}

func (c userShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	p, err := cl.Person(s.ctx, c.User, c.AsOf)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: p, ids: []string{p.UserID}, human: func(o *paper) {
		o.pairs([][2]string{
			{"user", fmt.Sprintf("%s (#%d)", p.UserID, p.Number)}, {"person", fullName(p.Person)}, {"e-mail", p.Email},
			{"group", p.Group}, {"roles", o.roles(p.Roles)}, {"kind", p.Kind.String()}, {"login", o.login(p.Person)}, {"active", o.active(p.LastActive)}, {"profile", p.Profile},
		}...)
		o.holdings("show.given", append(append([]api.Holding(nil), p.Plans...), p.Extras...))
		if !p.AsOf.IsZero() {
			o.line("show.as-of", moment(p.AsOf))
		}
		if len(p.Uses) > 0 {
			o.printf("\n")
			o.line("show.uses", len(p.Uses))
			t := &table{columns: []column{{}, {cut: late}}}
			short := shorter(namesOf(p.Uses, func(l api.License) license.Name { return l.Name }))
			for _, l := range p.Uses {
				t.add("  "+short(l.Name), l.DisplayName)
			}
			o.table(t)
		}
		if past := ended(p.History); len(past) > 0 {
			o.holdings("show.past", past)
		}
	}})
}

type userErase struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
	Yes  bool   `help:"Erase without asking."`
	preview
}

func (c userErase) Run(s *session) error {
	if !c.DryRun {
		if err := s.confirm(c.Yes, s.say("erase.ask", c.User)); err != nil {
			return err
		}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.ErasePerson(s.ctx, c.User, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.erased", "")
}
