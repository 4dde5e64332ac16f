package command

import (
	"github.com/pott-dev/pott/api"
)

type userLicenses struct {
	User string `arg:"" help:"The person's user id."`
}

func (c userLicenses) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	own, err := cl.OwnLicenses(s.ctx, c.User)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: own, ids: idsOf(own.Items, func(l api.OwnLicense) string { return l.Name.String() }), human: func(o *paper) {
		if own.Stopped != nil {
			o.printf("%s\n", own.Stopped.Text)
		}
		t := &table{columns: []column{{head: "license", cut: early}, {head: "why", cut: late}, {head: "until"}}}
		for _, l := range own.Items {
			t.add(title(l.DisplayName, l.Name), l.Text, l.Until.String())
		}
		o.table(t)
		s.shown(len(own.Items), own.Total, "")
	}})
}

// databaseQuestion is what is asked about a database.
type databaseQuestion struct {
	Database string `arg:"" help:"The database's number or name."`
	License  string `arg:"" help:"The license's name."`
}

func (q databaseQuestion) check() api.Check {
	return api.Check{Database: q.Database, Module: q.License}
}

type databaseWhy struct{ databaseQuestion }

func (c databaseWhy) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	why, err := cl.Why(s.ctx, c.check())
	if err != nil {
		return err
	}
	return s.answer(answer{doc: why, ids: []string{why.Effect}, human: func(o *paper) {
		o.why(why, func(f api.Fix) string {
			if f.Act != "assign-site" || f.Forbidden || f.Free != nil && *f.Free < 1 {
				return ""
			}
			return "pott database assign " + quoted(c.Database) + " " + quoted(f.Name.String())
		})
	}})
}

type databaseCheck struct{ databaseQuestion }

func (c databaseCheck) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	a, err := s.ask(cl, c.check())
	if err != nil {
		return err
	}
	return s.answer(answer{doc: a, ids: []string{a.Effect}, human: func(o *paper) { o.verdict(a) }})
}
