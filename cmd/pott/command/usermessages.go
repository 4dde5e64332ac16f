package command

import (
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
	if len(c.On)+len(c.Off) == 0 {
		m, err := cl.PersonMessages(s.ctx, c.User)
		if err != nil {
			return err
		}
		return s.answer(answer{doc: m, ids: wanted(m), human: func(o *paper) { o.personMessages(m) }})
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
		undo := "pott user messages " + quoted(done.Person)
		if len(c.On) > 0 {
			undo += " --off " + strings.Join(c.On, ",")
		}
		if len(c.Off) > 0 {
			undo += " --on " + strings.Join(c.Off, ",")
		}
		o.told(done.Outcome, s.say("message.chosen", done.Person), undo)
		o.personMessages(done.PersonMessages)
	}})
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
