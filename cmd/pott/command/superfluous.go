package command

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
)

type setSuperfluous struct {
	License string `arg:"" help:"The license there are too few seats of."`
	Set     string `arg:"" optional:"" help:"The set's id; the only one that waits when left out."`
	Find    string `placeholder:"TEXT" help:"Only people with this in name, user id or group."`
	Suggest bool   `help:"Say who might be chosen, as lines --free reads: who cannot sign in first, then who was given it last."`
	Page    int    `placeholder:"N" help:"Which page of the list, from 1."`
	Limit   int    `placeholder:"N" help:"How many people to show; the server's own number when left out."`
	choosing
}

func (c *setSuperfluous) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	id, err := s.chosenSet(cl, c.Set)
	if err != nil {
		return err
	}
	choices, err := c.choices(s, cl, id)
	if err != nil {
		return err
	}
	found, err := cl.Superfluous(s.ctx, id, c.License, api.SuperfluousQuestion{Choices: choices, Text: c.Find, Page: c.Page, Limit: c.Limit, Suggest: c.Suggest})
	if err != nil {
		return err
	}
	return s.answer(answer{doc: found, ids: idsOf(found.Items, func(x api.Candidate) string { return x.Person }), human: func(o *paper) { o.superfluous(found) }})
}

// superfluous prints who could give up a seat, and how far the choices have come.
func (o *paper) superfluous(f api.Superfluous) {
	room := o.s.say("pool.no-limit")
	if f.Limited {
		room = fmt.Sprint(f.Room)
	}
	o.line("superfluous.head", title(f.DisplayName, f.Name), f.InUse, room, f.Over, f.Left)
	if f.Warning != "" {
		o.line("note", f.Warning)
	}
	t := &table{columns: []column{{head: "user"}, {head: "name", cut: late}, {head: "how", cut: late}, {head: "what", cut: late}}}
	for _, x := range f.Items {
		t.add(x.Person, x.Name, givers(x), o.ways(x))
	}
	o.table(t)
	if len(f.Suggested) > 0 {
		o.line("superfluous.suggested")
		for _, c := range f.Suggested {
			o.printf("%s\n", choiceLine(c))
		}
	}
	o.s.shown(len(f.Items), f.Total, f.Next)
}

// givers are what gives somebody the license.
func givers(x api.Candidate) string {
	var names []string
	for _, h := range x.GivenBy {
		names = append(names, title(h.DisplayName, h.Name))
	}
	if x.Profile != "" {
		names = append(names, x.Profile)
	}
	return strings.Join(names, ", ")
}

// ways says what would free somebody's seat, or what stands in the way.
func (o *paper) ways(x api.Candidate) string {
	if x.Blocked {
		return o.s.say("superfluous.blocked", len(x.Blockers))
	}
	var all []string
	for _, c := range x.Ways {
		way := o.s.say("superfluous." + c.Do)
		if c.To != "" {
			way += " " + c.To
		}
		all = append(all, way)
	}
	return strings.Join(all, ", ")
}

// choiceLine writes a choice as --free reads it.
func choiceLine(c api.Choice) string {
	person := c.Person
	if c.Everyone {
		person = "*"
	}
	return strings.TrimRight(strings.Join([]string{person, c.Do, c.Name, c.To, c.Holding}, ","), ",")
}
