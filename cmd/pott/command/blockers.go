package command

import (
	"fmt"
	"time"

	"github.com/pott-dev/pott/api"
)

type blockersCmd struct {
	Show blockersShow `cmd:"" help:"Show which address of the host application is asked."`
	Set  blockersSet  `cmd:"" help:"Set the address that is asked; requests carry the installation's signature."`
	Rm   blockersRm   `cmd:"" help:"Ask nobody any longer."`
	Ask  blockersAsk  `cmd:"" help:"Ask what a person still has in hand."`
}

type blockersShow struct{}

func (blockersShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	hook, err := cl.BlockersHook(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: hook, ids: []string{hook.URL}, human: func(o *paper) { o.hook(hook) }})
}

func (o *paper) hook(h api.BlockersHook) {
	if h.URL == "" {
		o.line("blockers.nobody")
		return
	}
	o.pairs([][2]string{{"address", h.URL}, {"timeout", (time.Duration(h.Timeout) * time.Millisecond).String()},
		{"without-answer", o.s.say("blockers." + h.Unreachable)}}...)
}

type blockersSet struct {
	Address     string        `arg:"" help:"https, or http on the server's own machine."`
	Timeout     time.Duration `default:"2s" help:"How long to wait for an answer: 100ms to 10s."`
	Unreachable string        `enum:"warn,block" default:"warn" help:"Without an answer: go on with a warning (warn), or refuse (block)."`
	seen
	preview
}

func (c blockersSet) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	hook := api.BlockersHookBody{URL: c.Address, Timeout: c.Timeout.Milliseconds(), Unreachable: c.Unreachable, Was: c.Was}
	done, err := cl.SetBlockersHook(s.ctx, hook, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Hook.URL}, human: func(o *paper) {
		if done.DryRun {
			o.line("did.would", s.say("blockers.asked", done.Hook.URL))
			return
		}
		o.line("blockers.asked", done.Hook.URL)
		s.remark("undo", "pott blockers rm")
	}})
}

type blockersRm struct{ preview }

func (c blockersRm) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.DropBlockersHook(s.ctx, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, human: func(o *paper) {
		if done.DryRun {
			o.line("did.would", s.say("blockers.nobody"))
			return
		}
		o.line("blockers.nobody")
	}})
}

type blockersAsk struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
	Act  string `enum:"plan.remove,login.end,person.retire,person.delete" default:"person.retire" help:"What is going to be done: plan.remove, login.end, person.retire or person.delete."`
}

func (c blockersAsk) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	found, err := cl.Blockers(s.ctx, c.User, c.Act)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: found, ids: idsOf(found.People, func(p api.PersonBlockers) string { return p.Person }), human: func(o *paper) {
		switch {
		case !found.Asked:
			o.line("blockers.nobody")
		case found.Warning != "":
			o.printf("%s\n", found.Warning)
		case len(found.People) == 0:
			o.line("blockers.none", c.User)
		}
		for _, p := range found.People {
			o.inHand(p.Blockers)
		}
	}})
}

// inHand lists what somebody still has to hand over.
func (o *paper) inHand(list []api.Blocker) {
	t := &table{columns: []column{{}, {}, {cut: late}}}
	for _, b := range list {
		how := "blockers.hint"
		if b.Blocks {
			how = "blockers.blocks"
		}
		t.add("  "+o.s.say(how), b.Text, b.Link)
	}
	o.table(t)
}

type mayUpgradeCmd struct {
	Version string `arg:"" optional:"" help:"The version that is to be installed."`
	Date    string `placeholder:"DAY" help:"The day it was released; today when left out."`
	Issuer  string `placeholder:"ISSUER" help:"Only this issuer."`
}

func (c mayUpgradeCmd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	u, err := cl.MayUpgrade(s.ctx, c.Version, c.Date, c.Issuer)
	if err != nil {
		return err
	}
	err = s.answer(answer{doc: u, ids: idsOf(u.Issuers, func(i api.IssuerUpgrade) string { return i.Issuer }), human: func(o *paper) {
		key := "upgrade.no"
		if u.Allowed {
			key = "upgrade.yes"
		}
		o.line(key)
		t := &table{columns: []column{{head: "issuer"}, {head: "set"}, {head: "result"}, {head: "maintenance"}}}
		for _, i := range u.Issuers {
			result := "upgrade.allowed"
			if !i.Allowed {
				result = "upgrade." + i.Reason
			}
			t.add(i.Issuer, i.Set, s.say(result), fmt.Sprint(i.Maintenance))
		}
		o.table(t)
	}})
	if err == nil && !u.Allowed {
		return &UpgradeRefusedError{Version: c.Version}
	}
	return err
}

// UpgradeRefusedError is returned beside an answer that says no.
type UpgradeRefusedError struct{ Version string }

func (e *UpgradeRefusedError) Error() string { return "the version may not be installed" }

// Code returns the stable code of the error.
func (e *UpgradeRefusedError) Code() string { return "license.no-upgrade" }
