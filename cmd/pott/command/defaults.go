package command

import (
	"fmt"

	"github.com/pott-dev/pott/api"
)

type defaultsCmd struct {
	Show defaultsShow `cmd:"" help:"Show the language and the looks of pages for those who have chosen none."`
	Set  defaultsSet  `cmd:"" help:"Set them; what somebody chose stays."`
}

type defaultsShow struct{}

func (defaultsShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	d, err := cl.Defaults(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: d, ids: []string{d.Language, d.Theme}, human: func(o *paper) { o.defaults(d) }})
}

func (o *paper) defaults(d api.Defaults) {
	o.pairs([][2]string{{"language", d.Language}, {"theme", o.s.say("theme." + d.Theme)}}...)
}

type defaultsSet struct {
	Language string `placeholder:"CODE" help:"sv, en, nb, da, de or nl."`
	Theme    string `placeholder:"THEME" help:"system, light, dark or contrast."`
	seen
	preview
}

func (c defaultsSet) Run(s *session) error {
	patch := api.DefaultsPatch{Was: c.Was}
	if c.Language != "" {
		patch.Language = &c.Language
	}
	if c.Theme != "" {
		patch.Theme = &c.Theme
	}
	if c.Language+c.Theme == "" {
		return &UsageError{Problem: "nothing to set: give --language or --theme", Help: "pott defaults set --help"}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.PutDefaults(s.ctx, patch, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Language, done.Theme}, human: func(o *paper) {
		if done.DryRun {
			o.line("defaults.would")
		}
		o.defaults(done.Defaults)
		if done.Changed && !done.DryRun {
			s.remark("undo", fmt.Sprintf("pott defaults set --language %s --theme %s", done.Was.Language, done.Was.Theme))
		}
	}})
}
