package command

import (
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
)

type userMessages struct {
	User string   `arg:"" help:"The person's user id, or # and the number."`
	On   []string `placeholder:"EVENT" enum:"pool,set,expiry,ended,damage,fetch,approval" help:"Mails the person wants from now on: pool, set, expiry, ended, damage, fetch or approval; several with commas between."`
	Off  []string `placeholder:"EVENT" enum:"pool,set,expiry,ended,damage,fetch,approval" help:"Mails the person does not want."`
	preview
}

// Help says what kong's one line cannot.
func (userMessages) Help() string {
	return "Which kinds there are for a person follows from the person's roles and from pott message rule. People choose for themselves under My licenses, Messages; this does the same for somebody who cannot."
}

func (c userMessages) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	was, err := cl.PersonMessages(s.ctx, c.User)
	if err != nil {
		return err
	}
	if len(c.On)+len(c.Off) == 0 {
		return s.answer(answer{doc: was, ids: wanted(was), human: func(o *paper) { o.personMessages(was) }})
	}
	var choices []api.MessageChoice
	for _, e := range c.On {
		choices = append(choices, api.MessageChoice{Event: e, On: true})
	}
	for _, e := range c.Off {
		choices = append(choices, api.MessageChoice{Event: e})
	}
	done, err := cl.PutPersonMessages(s.ctx, c.User, api.MessageChoices{Choices: choices}, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: wanted(done.PersonMessages), human: func(o *paper) {
		o.told(done.Outcome, s.say("message.chosen", done.Person), backTo(was, done.PersonMessages))
		o.personMessages(done.PersonMessages)
	}})
}

// backTo is the command that makes a choice again what it was; "" where the person
// is offered nothing that is different now.
func backTo(was, is api.PersonMessages) string {
	var on, off []string
	for _, c := range is.Choices {
		switch {
		case slices.Contains(was.Choices, c):
		case c.On:
			off = append(off, c.Event)
		default:
			on = append(on, c.Event)
		}
	}
	if len(on)+len(off) == 0 {
		return ""
	}
	undo := "pott user messages " + quoted(is.Person)
	if len(off) > 0 {
		undo += " --off " + strings.Join(off, ",")
	}
	if len(on) > 0 {
		undo += " --on " + strings.Join(on, ",")
	}
	return undo
}

// wanted are the kinds of mail a person gets.
func wanted(m api.PersonMessages) (events []string) {
	for _, c := range m.Choices {
		if c.On {
			events = append(events, c.Event)
		}
	}
	return events
}

func (o *paper) personMessages(m api.PersonMessages) {
	if m.Email == "" {
		o.s.remark("message.no-address", m.Person)
	}
	t := &table{columns: []column{{head: "event"}, {head: "on"}}}
	for _, c := range m.Choices {
		t.add(c.Event, o.yesNo(c.On))
	}
	o.table(t)
}
