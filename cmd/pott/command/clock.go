package command

import (
	"errors"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott/host"
)

type clockCmd struct{}

// Help says what kong's one line cannot.
func (clockCmd) Help() string {
	return "A clock that is set back brings nothing back. One that jumps ahead by more than 36 hours, the time the server ran counted off, is not believed at once: nothing passes its grace by it until the server has run for 72 hours, an issuer's server has signed the time, or somebody at the host has confirmed it."
}

func (clockCmd) Run(s *session) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	clock, err := c.Clock(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: clock, ids: []string{clock.State}, human: func(o *paper) {
		o.pairs([2]string{"now", moment(clock.Now)}, [2]string{"proven", moment(clock.Proven)}, [2]string{"clock", o.clock(clock)})
	}})
}

// clock says what a clock is worth.
func (o *paper) clock(c api.Clock) string {
	left := (time.Duration(c.SettlesIn) * time.Second).Round(time.Hour)
	switch c.State {
	case api.ClockUnconfirmed:
		return o.s.say("clock.unconfirmed", moment(c.Wall), moment(c.Proven), left)
	case api.ClockBehind:
		return o.s.say("clock.behind", moment(c.Wall))
	}
	return o.s.say("clock.right")
}

type serverClock struct {
	Confirm serverClockConfirm `cmd:"" help:"Say that the clock of this machine is right."`
}

type serverClockConfirm struct {
	hostFlags
	preview
}

// Help says what kong's one line cannot.
func (serverClockConfirm) Help() string {
	return "Set the machine's clock first and look at it: what it says now counts as proven from then on, whether that is later or earlier than what was believed. Works while the server runs, and is recorded."
}

func (c serverClockConfirm) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	h, err := s.openHost(config)
	if err != nil {
		return err
	}
	list, err := h.ConfirmClock(s.ctx, by(), c.DryRun)
	if err := errors.Join(err, h.Close()); err != nil {
		return err
	}
	doc := struct {
		Installations []host.ClockConfirmed `json:"installations"`
	}{list}
	ids := idsOf(list, func(d host.ClockConfirmed) string { return d.Installation })
	return s.answer(answer{doc: doc, ids: ids, human: func(o *paper) {
		for _, d := range list {
			switch {
			case !d.Changed:
				o.line("clock.already", d.Installation)
			case d.DryRun:
				o.line("clock.would", d.Installation, moment(d.Proven), moment(d.Was))
			default:
				o.line("clock.confirmed", d.Installation, moment(d.Proven), moment(d.Was))
			}
		}
	}})
}
