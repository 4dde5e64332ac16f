package command

import (
	"fmt"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

type peaksCmd struct {
	From   string `placeholder:"DAY" help:"The day or moment it begins with; the beginning of this month when left out."`
	To     string `placeholder:"DAY" help:"The day it ends with, or the moment before which it ends; now when left out."`
	Hidden bool   `help:"Also licenses that are given by plans only."`
}

func (c peaksCmd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	p, err := cl.Peaks(s.ctx, c.From, c.To, c.Hidden)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: p, ids: idsOf(p.Items, func(r api.PeakRow) string { return r.Name.String() }), human: func(o *paper) {
		o.line("peaks.period", minute(p.From), minute(p.To))
		t := &table{columns: []column{{head: "license", cut: late}, {head: "name", cut: early}, {head: "peak", right: true}, {head: "purchased", right: true}, {head: "at"}}}
		short := shorter(namesOf(p.Items, func(r api.PeakRow) license.Name { return r.Name }))
		for _, r := range p.Items {
			bought := "–"
			if r.Seats != nil {
				bought = fmt.Sprint(*r.Seats)
			}
			t.add(title(r.DisplayName, r.Name), short(r.Name), fmt.Sprint(r.Peak), bought, minute(r.At))
		}
		o.table(t)
		o.notWhole(p.Damage)
	}})
}
