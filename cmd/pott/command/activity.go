package command

import (
	"github.com/pott-dev/pott/api"
)

type activityCmd struct {
	Show activityShow `cmd:"" help:"Show whether it is collected on which day people were last active, and why that may be."`
	On   activityOn   `cmd:"" help:"Have it collected from now on, or say its legal ground anew."`
	Off  activityOff  `cmd:"" help:"Collect it no longer, and erase at once what was collected of everybody."`
}

// active says how long ago somebody was active.
func (o *paper) active(word string) string {
	if word == "" {
		return ""
	}
	return o.s.say("active." + word)
}

func (o *paper) activity(a api.Activity) {
	if !a.Collected {
		o.line("activity.off")
		return
	}
	o.line("activity.on", moment(a.Since), a.People)
	o.pairs([2]string{"ground", a.Ground})
}

// collected is the word that stands for whether anything is.
func collected(a api.Activity) []string {
	if a.Collected {
		return []string{"on"}
	}
	return []string{"off"}
}

type activityShow struct{}

func (activityShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	a, err := cl.Activity(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: a, ids: collected(a), human: func(o *paper) { o.activity(a) }})
}

type activityOn struct {
	Ground string `required:"" placeholder:"TEXT" help:"On what legal ground it may be collected, in up to 500 characters. It should name nobody."`
	seen
	preview
}

func (c activityOn) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	was, err := cl.Activity(s.ctx)
	if err != nil {
		return err
	}
	undo := "pott activity off"
	if was.Collected { // only the ground becomes another: what was collected stays
		undo = "pott activity on --ground " + quoted(was.Ground)
	}
	on := true
	return s.putActivity(api.ActivityPatch{Collected: &on, Ground: &c.Ground, Was: c.Was}, c.DryRun, undo)
}

type activityOff struct {
	Yes bool `help:"Erase without asking."`
	seen
	preview
}

func (c activityOff) Run(s *session) error {
	off := false
	patch := api.ActivityPatch{Collected: &off, Was: c.Was}
	if !c.DryRun && !c.Yes {
		cl, err := s.client()
		if err != nil {
			return err
		}
		would, err := cl.PutActivity(s.ctx, patch, true)
		if err != nil {
			return err
		}
		if err := s.confirm(false, s.say("activity.ask", would.Erased)); err != nil {
			return err
		}
	}
	return s.putActivity(patch, c.DryRun, "")
}

func (s *session) putActivity(patch api.ActivityPatch, dryRun bool, undo string) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.PutActivity(s.ctx, patch, dryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: collected(done.Activity), human: func(o *paper) {
		if done.DryRun {
			o.line("activity.would")
		}
		o.activity(done.Activity)
		if done.Erased > 0 {
			o.line("activity.erased", done.Erased)
		}
		if undo != "" && done.Changed && !done.DryRun {
			s.remark("undo", undo)
		}
	}})
}
