package command

import (
	"strconv"

	"github.com/pott-dev/pott/api"
)

type messageCmd struct {
	Show    messageShow    `cmd:"" help:"Show who is told of what by mail and by calls, and what did not get through."`
	Rule    messageRule    `cmd:"" help:"Say whether somebody is told of something."`
	Webhook messageWebhook `cmd:"" help:"Addresses that are called."`
	Test    messageTest    `cmd:"" help:"Send a message that only shows that messages arrive."`
}

type messageShow struct{}

func (messageShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	m, err := cl.Messages(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: m, human: func(o *paper) {
		t := &table{columns: []column{{head: "event"}, {head: "reader"}, {head: "on"}}}
		for _, r := range m.Rules {
			t.add(r.Event, r.Reader, o.yesNo(r.On))
		}
		o.table(t)
		if !m.Mail {
			o.line("message.no-mail")
		}
		for _, w := range m.Webhooks {
			o.line("message.called", w.ID, w.URL)
		}
		for _, f := range m.Failures {
			key := "message.failed"
			if !f.GivenUp.IsZero() {
				key = "message.given-up"
			}
			o.line(key, f.Event, f.To, strconv.FormatInt(f.Tries, 10), f.Error)
		}
	}})
}

// yesNo says whether a rule holds.
func (o *paper) yesNo(on bool) string {
	if on {
		return o.s.say("message.on")
	}
	return o.s.say("message.off")
}

type messageRule struct {
	Event  string `arg:"" enum:"pool,set,expiry,ended,damage,fetch,approval" help:"Of what: pool, set, expiry, ended, damage, fetch or approval."`
	Reader string `arg:"" enum:"administrator,user-administrator,auditor,everybody,webhook" help:"Who: administrator, user-administrator, auditor, everybody, or webhook for the addresses that are called."`
	State  string `arg:"" enum:"on,off" help:"on or off."`
	preview
}

func (c messageRule) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	rule := api.MessageRule{Event: c.Event, Reader: c.Reader, On: c.State == "on"}
	done, err := cl.PutMessageRules(s.ctx, api.MessageRules{Rules: []api.MessageRule{rule}}, c.DryRun)
	if err != nil {
		return err
	}
	key, undo := "message.is-told", "off"
	if !rule.On {
		key, undo = "message.not-told", "on"
	}
	return s.answer(answer{doc: done, human: func(o *paper) {
		o.told(done.Outcome, s.say(key, c.Reader, c.Event), "pott message rule "+c.Event+" "+c.Reader+" "+undo)
	}})
}

// told says what a change of messages did.
func (o *paper) told(outcome api.Outcome, sentence, undo string) {
	switch {
	case outcome.DryRun:
		o.line("did.would", sentence)
	case !outcome.Changed:
		o.line("message.already")
	default:
		o.line("message.done", sentence)
		if undo != "" {
			o.s.remark("undo", undo)
		}
	}
}

type messageWebhook struct {
	Add webhookAdd `cmd:"" help:"Have an address called."`
	Rm  webhookRm  `cmd:"" help:"Have an address called no longer."`
}

type webhookAdd struct {
	Address string `arg:"" help:"Where messages are posted: https, or http on the server's machine."`
	preview
}

func (c webhookAdd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.AddWebhook(s.ctx, api.NewWebhook{URL: c.Address}, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Webhook.ID}, human: func(o *paper) {
		o.told(done.Outcome, s.say("message.webhook-added", done.Webhook.URL), "pott message webhook rm "+done.Webhook.ID)
	}})
}

type webhookRm struct {
	Webhook string `arg:"" help:"The address's id, as pott message show says it."`
	preview
}

func (c webhookRm) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.DropWebhook(s.ctx, c.Webhook, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Webhook.ID}, human: func(o *paper) {
		o.told(done.Outcome, s.say("message.webhook-removed", done.Webhook.URL), "pott message webhook add "+quoted(done.Webhook.URL))
	}})
}

type messageTest struct {
	Person  string `placeholder:"USER" xor:"to" help:"Whom a mail goes to; you, when left out."`
	Webhook string `placeholder:"ID" xor:"to" help:"Call this address instead."`
	preview
}

func (c messageTest) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.TestMessage(s.ctx, api.MessageTest{Person: c.Person, Webhook: c.Webhook}, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, human: func(o *paper) { o.told(done.Outcome, s.say("message.tested", done.To), "") }})
}
