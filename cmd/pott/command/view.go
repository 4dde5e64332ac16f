package command

import (
	"strings"

	"github.com/pott-dev/pott/api"
)

type viewCmd struct {
	Ls   viewLs   `cmd:"" help:"List the views you have saved, and those others share."`
	Save viewSave `cmd:"" help:"Save a view of the list of people, for you or for everybody."`
	Rm   viewRm   `cmd:"" help:"Remove a saved view."`
}

type viewLs struct{}

func (viewLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Views(s.ctx, "")
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(v api.SavedView) string { return v.ID }), human: func(o *paper) {
		t := &table{columns: []column{{head: "view"}, {head: "name", cut: late}, {head: "who"}, {head: "query", cut: early}}}
		for _, v := range list.Items {
			t.add(v.ID, v.Name, o.whose(v), v.Query)
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

// whose says who sees a view.
func (o *paper) whose(v api.SavedView) string {
	switch {
	case v.Shared && v.Mine:
		return o.s.say("view.mine-shared")
	case v.Mine:
		return o.s.say("view.mine")
	}
	return o.s.say("view.shared")
}

type viewSave struct {
	Name   string `arg:"" help:"What the view is called; one of that name that you saved before is replaced."`
	Query  string `placeholder:"QUERY" help:"What the address of the page says behind its question mark, such as 'group=Sales&login=may'. Without one, it is everybody."`
	Shared bool   `help:"Everybody sees it."`
	preview
}

func (c viewSave) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.SaveView(s.ctx, api.NewView{Page: "users", Name: c.Name, Query: strings.TrimPrefix(c.Query, "?"), Shared: c.Shared}, c.DryRun)
	if err != nil {
		return err
	}
	return s.changedView(done, "view.saved", "pott view rm "+done.View.ID)
}

type viewRm struct {
	View string `arg:"" help:"The view's id, as pott view ls says it."`
	preview
}

func (c viewRm) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.DropView(s.ctx, c.View, c.DryRun)
	if err != nil {
		return err
	}
	undo := "pott view save " + quoted(done.View.Name) + " --query " + quoted(done.View.Query)
	if done.View.Shared {
		undo += " --shared"
	}
	return s.changedView(done, "view.removed", undo)
}

func (s *session) changedView(done api.ChangedView, key, undo string) error {
	return s.answer(answer{doc: done, ids: []string{done.View.ID}, human: func(o *paper) {
		switch {
		case done.DryRun:
			o.line("did.would", s.say(key, done.View.Name))
		case !done.Changed:
			o.line("view.already", done.View.Name)
		default:
			o.line(key, done.View.Name)
			s.remark("undo", undo)
		}
	}})
}
