package web

import (
	"errors"
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

func messageRoutes() []route {
	return slices.Concat([]route{
		get("/settings/messages", api.ScopeAdmin, showMessages),
		post("/settings/messages", api.ScopeAdmin, setMessages).showing(),
		post("/settings/messages/test", api.ScopeAdmin, testMessage).protecting(),
		post("/settings/messages/webhooks", api.ScopeAdmin, addWebhook).granting(),
		post("/settings/messages/webhooks/{id}/remove", api.ScopeAdmin, dropWebhook).protecting(),
		get("/me/messages", member, showOwnMessages),
		post("/me/messages", member, setOwnMessages).showing(),
	}, exporting("/settings/messages", api.ScopeAdmin, messagesList))
}

// A messagesView is what the page about messages shows.
type messagesView struct {
	api.Messages
	Events, Readers []string // rows and columns, as they come
	URL             string
	Faults          page.Faults
}

// rule returns whether there is a rule, and whether it holds.
func (m messagesView) rule(event, reader string) (known, on bool) {
	i := slices.IndexFunc(m.Rules, func(r api.MessageRule) bool { return r.Event == event && r.Reader == reader })
	return i >= 0, i >= 0 && m.Rules[i].On
}

func (m messagesView) has(event, reader string) bool { known, _ := m.rule(event, reader); return known }

func (m messagesView) on(event, reader string) bool { _, on := m.rule(event, reader); return on }

func readerName(v *visit, reader string) string {
	if reader == "everybody" || reader == "webhook" {
		return v.Say("message." + reader)
	}
	return v.Say("settings.role-" + reader)
}

func failureMark(v *visit, f api.MessageFailure) page.Mark {
	if f.GivenUp.IsZero() {
		return page.Mark{Kind: "warn", Text: v.Say("message.again")}
	}
	return page.Mark{Kind: "crit", Text: v.Say("message.given-up")}
}

func showMessages(v *visit) error { return v.showMessages("", nil) }

func (v *visit) showMessages(address string, err error) error {
	v.setting("message.title", "/settings/messages")
	v.Command = "pott message show"
	m, lookErr := v.in.Messages(v.ctx(), v.act)
	if lookErr != nil {
		return lookErr
	}
	view := messagesView{Messages: m, URL: address}
	for _, r := range m.Rules {
		if !slices.Contains(view.Events, r.Event) {
			view.Events = append(view.Events, r.Event)
		}
		if !slices.Contains(view.Readers, r.Reader) {
			view.Readers = append(view.Readers, r.Reader)
		}
	}
	// Only one kind is for everybody, and the addresses are no people: they come last.
	for _, last := range []string{"everybody", "webhook"} {
		view.Readers = append(slices.DeleteFunc(view.Readers, func(r string) bool { return r == last }), last)
	}
	if err == nil {
		return v.show(messagesPage(v, view))
	}
	return v.refuse(err, func(f page.Faults) error {
		if bad := new(installation.BadValueError); errors.As(err, &bad) {
			f[0].Field = bad.Field
		}
		view.Faults = f
		return v.show(messagesPage(v, view))
	})
}

// setMessages takes what the reader has changed of the table.
func setMessages(v *visit) error {
	m, err := v.in.Messages(v.ctx(), v.act)
	if err != nil {
		return err
	}
	ticked, seen := v.r.PostForm["on"], v.r.PostForm["was_on"]
	var rules []api.MessageRule
	for _, r := range m.Rules {
		name := r.Event + " " + r.Reader
		if r.On = slices.Contains(ticked, name); !v.carriesSeen() || r.On != slices.Contains(seen, name) {
			rules = append(rules, r)
		}
	}
	done, err := v.in.PutMessageRules(v.ctx(), v.act, api.MessageRules{Rules: rules})
	if err != nil {
		return v.showMessages("", err)
	}
	r := page.Receipt{Title: v.Say("message.saved"), Links: v.recorded(done.Outcome)}
	if done.Changed {
		r.Undo = &page.Act{Text: v.Say("settings.undo"), Path: "/settings/messages", Fields: [][2]string{{"was_on", ""}}}
		for _, rule := range done.Rules {
			field := "was_on" // it is on now, and is not to be
			if !rule.On {
				field = "on"
			}
			r.Undo.Fields = append(r.Undo.Fields, [2]string{field, rule.Event + " " + rule.Reader})
		}
	}
	return v.done("/settings/messages", r)
}

// carriesSeen reports whether a table of boxes says which were ticked when it was
// opened. A box the reader left alone is not sent on then: a colleague may have
// changed it meanwhile, and of two who changed the same box both wanted the same.
func (v *visit) carriesSeen() bool { return v.r.PostForm.Has("was_on") }

func testMessage(v *visit) error {
	done, err := v.in.TestMessage(v.ctx(), v.act, api.MessageTest{Webhook: v.form("webhook")})
	if err != nil {
		return v.showMessages("", err)
	}
	return v.done("/settings/messages", page.Receipt{Title: v.Say("message.tested", "To", done.To), Links: v.recorded(done.Outcome)})
}

func addWebhook(v *visit) error {
	done, err := v.in.AddWebhook(v.ctx(), v.act, api.NewWebhook{URL: v.form("url")})
	if err != nil {
		return v.showMessages(v.form("url"), err)
	}
	return v.done("/settings/messages", page.Receipt{Title: v.Say("message.added", "URL", done.Webhook.URL), Links: v.recorded(done.Outcome),
		Undo: v.undoWebhook(done)})
}

// undoWebhook has an address that was just added called no longer.
func (v *visit) undoWebhook(done api.ChangedWebhook) *page.Act {
	if !done.Changed {
		return nil
	}
	return &page.Act{Text: v.Say("settings.undo"), Path: "/settings/messages/webhooks/" + escape(done.Webhook.ID) + "/remove"}
}

func dropWebhook(v *visit) error {
	done, err := v.in.DropWebhook(v.ctx(), v.act, v.r.PathValue("id"))
	if err != nil {
		return v.showMessages("", err)
	}
	return v.done("/settings/messages", page.Receipt{Title: v.Say("message.removed", "URL", done.Webhook.URL), Links: v.recorded(done.Outcome),
		Undo: &page.Act{Text: v.Say("settings.undo"), Path: "/settings/messages/webhooks", Fields: [][2]string{{"url", done.Webhook.URL}}}})
}

func showOwnMessages(v *visit) error {
	if err := v.myself(v.Say("message.own"), "/me/messages"); err != nil {
		return err
	}
	own, err := v.in.PersonMessages(v.ctx(), v.act, v.session.UserID)
	if err != nil {
		return err
	}
	v.Command = "pott user messages " + v.session.UserID
	return v.show(ownMessagesPage(v, own))
}

// setOwnMessages takes all that the page shows: what is not ticked is off.
func setOwnMessages(v *visit) error {
	if v.session.Recovered {
		return &NotAPersonError{}
	}
	own, err := v.in.PersonMessages(v.ctx(), v.act, v.session.UserID)
	if err != nil {
		return err
	}
	wanted := v.r.PostForm["on"]
	seen := v.r.PostForm["was_on"]
	var choices []api.MessageChoice
	for _, c := range own.Choices {
		on := slices.Contains(wanted, c.Event)
		if v.carriesSeen() && on == slices.Contains(seen, c.Event) {
			continue // not touched here; somebody may have chosen otherwise meanwhile
		}
		choices = append(choices, api.MessageChoice{Event: c.Event, On: on})
	}
	if _, err := v.in.PutPersonMessages(v.ctx(), v.act, v.session.UserID, api.MessageChoices{Choices: choices}); err != nil {
		return err
	}
	return v.done("/me/messages", page.Receipt{Title: v.Say("message.saved")})
}
