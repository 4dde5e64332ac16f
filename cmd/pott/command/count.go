package command

import (
	"fmt"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

type countCmd struct{}

func (countCmd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	n, err := cl.Count(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: n, ids: []string{fmt.Sprint(n.PaidUsers)}, human: func(o *paper) {
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
	}})
}

func (o *paper) counted(heading string, rows []api.CountRow) {
	if len(rows) == 0 {
		return
	}
	o.line(heading)
	t := &table{columns: []column{{head: "license", cut: true}, {head: "name"}, {head: "purchased", right: true}, {head: "in-use", right: true}}}
	short := shorter(namesOf(rows, func(r api.CountRow) license.Name { return r.Name }))
	for _, r := range rows {
		bought := "–"
		if r.Seats != nil {
			bought = fmt.Sprint(*r.Seats)
		}
		t.add(title(r.DisplayName, r.Name), short(r.Name), bought, fmt.Sprint(r.Taken))
	}
	o.table(t)
	o.printf("\n")
}
