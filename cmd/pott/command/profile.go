package command

import (
	"fmt"

	"github.com/pott-dev/pott/api"
)

type profileCmd struct {
	Ls   profileLs   `cmd:"" help:"List profiles."`
	Show profileShow `cmd:"" help:"Show one profile."`
	Set  profileSet  `cmd:"" help:"Make a profile, or change what it holds."`
	Rm   profileRm   `cmd:"" help:"Remove a profile nobody is on."`
}

type profileLs struct{}

func (profileLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Profiles(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(p api.Profile) string { return p.Code }), human: func(o *paper) {
		t := &table{columns: []column{{head: "profile"}, {head: "title", cut: late}, {head: "people", right: true}, {head: "modules", cut: late}}}
		for _, p := range list.Items {
			t.add(p.Code, p.Name, fmt.Sprint(p.People), names(p.Modules))
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

type profileShow struct {
	Profile string `arg:"" help:"The profile's code."`
}

func (c profileShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	p, err := cl.Profile(s.ctx, c.Profile)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: p, ids: []string{p.Code}, human: func(o *paper) {
		o.pairs([][2]string{{"profile", p.Code}, {"display-name", p.Name}, {"people", fmt.Sprint(p.People)}, {"licenses", names(p.Modules)}}...)
	}})
}

type profileSet struct {
	Profile string   `arg:"" help:"The profile's code: letters a to z, digits, hyphen, underscore."`
	License []string `arg:"" optional:"" help:"The licenses it holds; none makes a profile that costs nothing."`
	Name    string   `placeholder:"TEXT" help:"What people call it."`
	seen
	taking
}

func (c profileSet) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	body := api.ProfileBody{Name: c.Name, Modules: append([]string{}, c.License...), Was: c.Was}
	undo := "pott profile rm " + quoted(c.Profile)
	if was, err := cl.Profile(s.ctx, c.Profile); err == nil {
		undo = "pott profile set " + quoted(c.Profile) + " --name " + quoted(was.Name)
		for _, m := range was.Modules {
			undo += " " + quoted(m.String())
		}
		if body.Name == "" {
			body.Name = was.Name // what is left out stays
		}
	}
	done, err := cl.PutProfile(s.ctx, c.Profile, body, c.how())
	if err != nil {
		return err
	}
	return s.changedProfile(done, "profile.set", undo)
}

type profileRm struct {
	Profile string `arg:"" help:"The profile's code."`
	preview
}

func (c profileRm) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.RemoveProfile(s.ctx, c.Profile, c.DryRun)
	if err != nil {
		return err
	}
	undo := "pott profile set " + quoted(c.Profile) + " --name " + quoted(done.Profile.Name)
	for _, m := range done.Profile.Modules {
		undo += " " + quoted(m.String())
	}
	return s.changedProfile(done, "profile.removed", undo)
}

func (s *session) changedProfile(done api.ChangedProfile, key, undo string) error {
	return s.answer(answer{doc: done, ids: []string{done.Profile.Code}, human: func(o *paper) {
		switch p := done.Profile; {
		case !done.Changed && !done.DryRun:
			o.line("profile.already", p.Code)
			return
		case done.DryRun:
			o.line("did.would", s.say(key, p.Code, names(p.Modules), p.People))
		default:
			o.line(key, p.Code, names(p.Modules), p.People)
			s.remark("undo", undo)
		}
		o.pools(done.Pools)
	}})
}
