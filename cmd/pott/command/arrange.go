package command

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
)

type userOffer struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
}

func (c userOffer) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	offer, err := cl.Offer(s.ctx, c.User)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: offer, ids: offer.Given, human: func(o *paper) {
		t := &table{columns: []column{{head: "license", cut: early}, {head: "name", cut: late}, {head: "spare", right: true}, {head: "state", cut: late}}}
		for _, i := range offer.Issuers {
			o.offered(t, i)
		}
		o.table(t)
		for _, i := range offer.Issuers {
			if i.Withheld != nil {
				o.printf("\n%s\n", i.Withheld.Text)
			}
		}
	}})
}

func (o *paper) offered(t *table, i api.IssuerOffer) {
	if i.Plan != nil {
		o.plan(t, i, *i.Plan)
	}
	for _, g := range i.Groups {
		for _, p := range g.Plans {
			o.plan(t, i, p)
		}
	}
	for _, e := range i.Extras {
		state := ""
		switch {
		case e.Held:
			state = o.s.say("offer.held")
		case len(e.IncludedBy) > 0:
			state = o.s.say("offer.included", names(e.IncludedBy))
		case withheldHere(i, e.Refused):
			state = o.withheld(i.Withheld)
		}
		t.add(strings.Repeat("  ", e.Depth)+e.Name.String(), e.DisplayName, room(e.Free), state)
	}
	for _, p := range i.Profiles {
		state := ""
		if p.Held {
			state = o.s.say("offer.held")
		}
		t.add(p.Code, p.Name, "", state)
	}
}

func (o *paper) plan(t *table, i api.IssuerOffer, p api.PlanOffer) {
	state := ""
	switch {
	case p.Held:
		state = o.s.say("offer.held")
	case withheldHere(i, p.Refused):
		state = o.withheld(i.Withheld)
	case p.Refused == "" && !p.Fits:
		state = o.s.say("offer.full")
	}
	t.add(p.Name.String(), p.DisplayName, room(p.Free), state)
}

// withheldHere reports whether something is refused because nothing of its issuer can
// be given.
func withheldHere(i api.IssuerOffer, refused string) bool {
	return i.Withheld != nil && refused == i.Withheld.Code
}

func room(free *int64) string {
	if free == nil {
		return ""
	}
	return fmt.Sprint(*free)
}

type userArrange struct {
	User     string   `arg:"" help:"The person's user id, or # and the number."`
	Licenses []string `arg:"" optional:"" help:"The plans and extras the person is to have by hand; none takes back everything."`
	Was      []string `placeholder:"LICENSE" sep:"none" help:"What the person had when this was chosen; refused when that is no longer so."`
	TakeFrom []string `placeholder:"'USER LICENSE'" sep:"none" help:"What is taken from somebody else for it, in the same step."`
	Reason   string   `placeholder:"TEXT" help:"Why, for the record."`
	preview
}

func (c userArrange) Run(s *session) error {
	a := api.Arrangement{Given: append([]string{}, c.Licenses...), Reason: c.Reason}
	if c.Was != nil {
		a.Was = &c.Was
	}
	for _, text := range c.TakeFrom {
		person, name, ok := strings.Cut(text, " ")
		if !ok {
			return &UsageError{Problem: fmt.Sprintf("%q does not name a user and a license", text), Help: "pott user arrange --help"}
		}
		a.TakeFrom = append(a.TakeFrom, api.Taken{Person: person, Name: name})
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	before, err := cl.Offer(s.ctx, c.User)
	if err != nil {
		return err
	}
	done, err := cl.Arrange(s.ctx, c.User, a, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.plan-set", strings.TrimSpace("pott user arrange "+quoted(c.User)+" "+strings.Join(before.Given, " ")))
}
