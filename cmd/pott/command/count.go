package command

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

type countCmd struct {
	AsOf string `placeholder:"DAY" help:"As it was at the end of this day, or at this moment; now when left out."`
}

func (c countCmd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	n, err := cl.CountAsOf(s.ctx, c.AsOf)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: n, ids: []string{fmt.Sprint(n.PaidUsers)}, human: func(o *paper) {
		if c.AsOf != "" {
			o.line("count.as-of", moment(n.AsOf))
		}
		o.counted("count.sign-in", n.SignIn)
		o.counted("count.plans", n.Plans)
		o.line("count.paid", n.PaidUsers)
		for _, i := range n.Issuers {
			if i.Ceiling != nil {
				o.line("count.ceiling", i.Issuer, i.PaidUsers, *i.Ceiling)
			} else {
				o.line("count.no-ceiling", i.Issuer, i.PaidUsers)
			}
		}
		o.notWhole(n.Damage)
	}})
}

// notWhole says that not all of a past is known.
func (o *paper) notWhole(d *api.PastDamage) {
	if d != nil {
		o.line("note", d.Text)
	}
}

// counted prints one way to count. What is needed to sign in stands once, with
// the clients that need it.
func (o *paper) counted(heading string, rows []api.CountRow) {
	if len(rows) == 0 {
		return
	}
	o.line(heading)
	t := &table{columns: []column{{head: "license", cut: late}, {head: "name", cut: early}, {head: "purchased", right: true}, {head: "in-use", right: true}}}
	clients := clientsOf(rows)
	if len(clients) > 0 {
		t.columns = append(t.columns, column{head: "client", cut: late})
	}
	short := shorter(namesOf(rows, func(r api.CountRow) license.Name { return r.Name }))
	shown := map[license.Name]bool{}
	for _, r := range rows {
		if shown[r.Name] {
			continue
		}
		shown[r.Name] = true
		bought := "–"
		if r.Seats != nil {
			bought = fmt.Sprint(*r.Seats)
		}
		cells := []string{title(r.DisplayName, r.Name), short(r.Name), bought, fmt.Sprint(r.Taken), strings.Join(clients[r.Name], ", ")}
		t.add(cells[:len(t.columns)]...)
	}
	o.table(t)
	o.printf("\n")
}

// clientsOf returns which ways to sign in need each license.
func clientsOf(rows []api.CountRow) map[license.Name][]string {
	clients := map[license.Name][]string{}
	for _, r := range rows {
		if r.Client != "" {
			clients[r.Name] = append(clients[r.Name], r.Client)
		}
	}
	return clients
}
