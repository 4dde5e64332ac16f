package command

import (
	"errors"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott/host"
)

type clockCmd struct {
	Show    clockShow    `cmd:"" default:"withargs" help:"What time it is to the installation, and how it knows."`
	Confirm clockConfirm `cmd:"" help:"Say that a doubted clock is right, on the word of the server's machine or of an issuer."`
}

type clockConfirm struct {
	Code   string `placeholder:"CODE" help:"The one-time code that pott server confirm prints on the server's machine: that machine's clock is right."`
	Issuer string `placeholder:"ISSUER" help:"Ask the license server of this issuer for the time; its signed answer counts."`
	preview
}

// Help says what kong's one line cannot.
func (clockConfirm) Help() string {
	return "Your own word is not enough, because dates could be passed by it. A clock that is right is left alone. On the server's machine itself, pott server clock confirm needs no code."
}

func (c clockConfirm) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.ConfirmClock(s.ctx, api.ConfirmClock{Code: c.Code, Issuer: c.Issuer}, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Proven.Format(time.RFC3339)}, human: func(o *paper) {
		switch {
		case !done.Changed:
			o.line("clock.was-right")
		case done.DryRun:
			o.line("clock.would-prove", moment(done.Proven), moment(done.Was))
		default:
			o.line("clock.proves", moment(done.Proven), moment(done.Was))
		}
	}})
}

type clockShow struct{}

// Help says what kong's one line cannot.
func (clockShow) Help() string {
	return "A clock that is set back brings nothing back. One that jumps ahead by more than 36 hours, the time the server ran counted off, is not believed at once: nothing passes its grace by it until the server has run for 72 hours, an issuer's server has signed the time, or somebody at the host has confirmed it."
}

func (clockShow) Run(s *session) error {
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
