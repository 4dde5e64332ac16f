package command

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
)

type licenseShow struct {
	License string `arg:"" help:"The license's name, such as sale-cal or superoffice.sale-cal."`
	Seats   *int64 `placeholder:"NUMBER" help:"Say also how it would be if this many had been bought."`
}

func (c licenseShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	ask := cl.License
	if c.Seats != nil {
		ask = func(ctx context.Context, name string) (api.LicenseDetail, error) {
			return cl.LicenseIf(ctx, name, *c.Seats)
		}
	}
	l, err := ask(s.ctx, c.License)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: l, ids: []string{l.Name.String()}, human: func(o *paper) {
		kind := l.Kind.String()
		if l.Plan {
			kind = "plan"
		}
		o.pairs([][2]string{
			{"name", l.Name.String()}, {"display-name", l.DisplayName}, {"tooltip", l.Tooltip},
			{"kind", o.s.say("kind." + kind)}, {"number", fmt.Sprint(l.Number)},
			{"purchased", seats(l.License)}, {"in-use", inUse(l.License)}, {"spare", spare(l.License)}, {"state", o.poolState(l.License)},
			{"hidden", o.yes(l.Hidden)}, {"group", l.Group}, {"includes", names(l.Includes)}, {"comes-with", named(l.ComesWith)},
			{"needs", named(l.Needs)}, {"needed-by", named(l.NeededBy)}, {"edit", l.Edit.String()},
			{"for-people", strings.Join(l.People, ", ")}, {"set", l.Set}, {"notice", noticeOfLicense(l.License)},
		}...)
		if i := l.If; i != nil {
			o.line("license.if", i.Seats, o.poolState(api.License{Seats: i.Seats, Free: i.Free, Over: i.Over, State: i.State}))
		}
	}})
}

func named(list []api.NamedLicense) string {
	return strings.Join(idsOf(list, func(l api.NamedLicense) string { return l.Name.String() }), ", ")
}

type licenseHistory struct {
	License string `arg:"" help:"The license's name, such as sale-cal or superoffice.sale-cal."`
	By      string `enum:"day,week,month" default:"week" help:"30 days (day), 13 weeks (week) or 12 months (month)."`
}

func (c licenseHistory) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	course, err := cl.LicenseHistory(s.ctx, c.License, c.By)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: course, ids: idsOf(course.Items, func(r api.CourseRow) string { return r.From.Format(time.RFC3339) }), human: func(o *paper) {
		t := &table{columns: []column{{head: "from"}, {head: "peak", right: true}, {head: "purchased", right: true}, {head: "at"}}}
		for _, r := range course.Items {
			bought := "–"
			if r.Seats != nil {
				bought = fmt.Sprint(*r.Seats)
			}
			t.add(minute(r.From), fmt.Sprint(r.Peak), bought, minute(r.At))
		}
		o.table(t)
	}})
}
