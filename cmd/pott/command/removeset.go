package command

import (
	"strings"

	"github.com/pott-dev/pott/api"
)

type setRemove struct {
	Set string `arg:"" help:"The id of the set in force."`
	Yes bool   `help:"Do not ask."`
	preview
}

func (c setRemove) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if !c.DryRun && !c.Yes {
		would, err := cl.RemoveSet(s.ctx, c.Set, true)
		if err != nil {
			return err
		}
		if err := s.confirm(false, s.say("remove-set.ask", would.Set.ID, would.People)); err != nil {
			return err
		}
	}
	done, err := cl.RemoveSet(s.ctx, c.Set, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Set.ID}, human: func(o *paper) { o.removed(done) }})
}

func (o *paper) removed(done api.RemovedSet) {
	key := "remove-set.done"
	if done.DryRun {
		key = "remove-set.would"
	}
	o.line(key, done.Set.ID, done.People)
	if len(done.Databases) > 0 {
		o.line("remove-set.databases", strings.Join(done.Databases, ", "))
	}
	o.effects(done.Effects)
}
