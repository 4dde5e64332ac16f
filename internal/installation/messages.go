package installation

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/message"
)

// mostWebhooks is how many addresses may be called.
const mostWebhooks = 10

// Messages returns who is told of what outside the pages, and what did not get
// through.
func (in *Installation) Messages(ctx context.Context, act Act) (api.Messages, error) {
	out := api.Messages{Mail: in.options.Mail != nil, Rules: []api.MessageRule{}, Webhooks: []api.MessageWebhook{}, Failures: []api.MessageFailure{}}
	err := in.view(func(v *store.View) error {
		choice := choiceOf(v)
		for _, r := range message.Rules() {
			out.Rules = append(out.Rules, shownRule(r, choice.On(r)))
		}
		for _, h := range messageHooks(v) {
			out.Webhooks = append(out.Webhooks, webhookOf(h))
		}
		for _, m := range v.OutMessages() {
			if m.Failed == 0 {
				out.Waiting++
			}
			if m.Error != "" && len(out.Failures) < 50 {
				out.Failures = append(out.Failures, failureOf(v, m))
			}
		}
		return nil
	})
	return out, err
}

func shownRule(r message.Rule, on bool) api.MessageRule {
	return api.MessageRule{Event: string(r.Kind), Reader: string(r.Reader), On: on}
}

func webhookOf(h store.Hook) api.MessageWebhook {
	return api.MessageWebhook{ID: strings.TrimPrefix(h.Name, hookPrefix), URL: h.URL}
}

func failureOf(v *store.View, m store.OutMessage) api.MessageFailure {
	f := api.MessageFailure{ID: m.ID, Event: m.Kind, Channel: m.Channel, Made: timeOf(m.Made), Tries: m.Tries, Error: m.Error, GivenUp: timeOf(m.Failed)}
	if m.Channel == channelMail {
		p, _ := v.Person(m.Target)
		f.To = p.Personal.UserID
	} else if h, ok, _ := v.Hook(m.Target); ok {
		f.To = h.URL
	}
	return f
}

// PutMessageRules says who is told of what from now on. What is on its way
// already is not stopped but for those who are not told any more.
func (in *Installation) PutMessageRules(ctx context.Context, act Act, body api.MessageRules) (api.ChangedMessages, error) {
	for _, r := range body.Rules {
		if !(message.Rule{Kind: message.Kind(r.Event), Reader: message.Reader(r.Reader)}).Known() {
			return api.ChangedMessages{}, &BadValueError{Field: "rules", Why: fmt.Sprintf("there is no such choice: %s, %s", shorten(r.Event, 40), shorten(r.Reader, 40))}
		}
	}
	var answer api.ChangedMessages
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		answer.Rules = []api.MessageRule{}
		choice := choiceOf(&tx.View)
		for _, r := range body.Rules {
			rule := message.Rule{Kind: message.Kind(r.Event), Reader: message.Reader(r.Reader)}
			if choice.On(rule) == r.On {
				continue
			}
			choice[rule] = r.On
			answer.Rules = append(answer.Rules, r)
			tx.Entry("message.rule", "", audit.F("event", r.Event), audit.F("reader", r.Reader), audit.F("on", r.On))
			put := func() error { return tx.PutMessageRule(store.MessageRule{Kind: r.Event, Reader: r.Reader, On: r.On}) }
			if r.On == rule.Default() {
				put = func() error { return tx.DropMessageRule(r.Event, r.Reader) }
			}
			if err := put(); err != nil {
				return false, err
			}
		}
		return len(answer.Rules) > 0, nil
	})
	answer.Outcome = outcome
	return answer, err
}

// AddWebhook has an address called from now on.
func (in *Installation) AddWebhook(ctx context.Context, act Act, n api.NewWebhook) (api.ChangedWebhook, error) {
	hook := store.Hook{URL: n.URL, Timeout: hookTimeout.Milliseconds(), Unreachable: unreachableWarn}
	if err := checkHook(hook); err != nil {
		return api.ChangedWebhook{}, err
	}
	if in.key == nil {
		return api.ChangedWebhook{}, &NoKeyError{Installation: in.name}
	}
	var answer api.ChangedWebhook
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		hooks := messageHooks(&tx.View)
		if i := slices.IndexFunc(hooks, func(h store.Hook) bool { return h.URL == n.URL }); i >= 0 {
			answer.Webhook = webhookOf(hooks[i])
			return false, nil
		}
		if len(hooks) >= mostWebhooks {
			return false, &BadValueError{Field: "url", Why: fmt.Sprintf("%d addresses are called already", mostWebhooks)}
		}
		hook.Name = hookPrefix + store.NewID()
		answer.Webhook = webhookOf(hook)
		tx.Entry("message.webhook-add", "", audit.F("host", hostOf(n.URL)), audit.F("webhook", answer.Webhook.ID))
		return true, tx.PutHook(hook)
	})
	answer.Outcome = outcome
	return answer, err
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// DropWebhook has an address called no longer.
func (in *Installation) DropWebhook(ctx context.Context, act Act, id string) (api.ChangedWebhook, error) {
	var answer api.ChangedWebhook
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		h, ok, _ := tx.Hook(hookPrefix + id)
		if !ok {
			return false, &UnknownWebhookError{Webhook: id}
		}
		answer.Webhook = webhookOf(h)
		tx.Protects()
		tx.Entry("message.webhook-remove", "", audit.F("host", hostOf(h.URL)), audit.F("webhook", id))
		return true, tx.DropHook(h.Name)
	})
	answer.Outcome = outcome
	return answer, err
}

// TestMessage sends a message that says nothing but that messages arrive, now, to
// a person or an address. It returns what went wrong.
func (in *Installation) TestMessage(ctx context.Context, act Act, t api.MessageTest) (api.TestedMessage, error) {
	var answer api.TestedMessage
	send := func() error { return nil }
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		if err := notTest(&tx.View); err != nil {
			return false, err
		}
		var err error
		fact := audit.F("channel", channelMail)
		if t.Webhook != "" {
			fact = audit.F("webhook", t.Webhook)
			send, answer.To, err = in.testCall(ctx, &tx.View, t.Webhook)
		} else {
			send, answer.To, err = in.testLetter(ctx, &tx.View, act, t.Person)
		}
		tx.Protects()
		tx.Entry("message.test", "", fact)
		return err == nil, err
	})
	answer.Outcome = outcome
	if err != nil || act.DryRun {
		return answer, err
	}
	return answer, send()
}

func (in *Installation) testItems(lang string) []api.AttentionItem {
	return []api.AttentionItem{{Kind: "test", Severity: "info", Title: i18n.Word(lang, "mail.test-title"), Text: i18n.Word(lang, "mail.test-text")}}
}

func (in *Installation) testLetter(ctx context.Context, v *store.View, act Act, person string) (func() error, string, error) {
	p, ok := v.Person(act.By.ID)
	if person != "" || !ok {
		var err error
		if p, err = findPerson(v, person); err != nil {
			return nil, "", err
		}
	}
	if in.options.Mail == nil {
		return nil, "", &NoMailServerError{Why: "none is set on this server"}
	}
	if p.Personal.Email == "" {
		return nil, "", &NoAddressError{Person: p.Personal.UserID}
	}
	lang := in.languageOf(v, p.ID)
	letter := in.compose(v, p.Personal.Email, lang, in.testItems(lang), "/settings/messages", false)
	letter.ID, letter.Made = store.NewID(), in.options.Now()
	return func() error { return in.options.Mail(ctx, letter) }, p.Personal.UserID, nil
}

func (in *Installation) testCall(ctx context.Context, v *store.View, id string) (func() error, string, error) {
	h, ok, _ := v.Hook(hookPrefix + id)
	if !ok {
		return nil, "", &UnknownWebhookError{Webhook: id}
	}
	info := v.Info()
	doc := api.MessageCall{Format: api.MessageFormat, To: h.URL, ID: store.NewID(), Installation: info.ID, Name: info.Name, Made: in.options.Now().UTC(),
		Event: "test", Items: in.testItems(defaultsOf(v).Language), Page: in.address("/settings/messages")}
	return func() error {
		err := in.postMessage(ctx, h.URL, doc)
		if known := (interface{ Code() string })(nil); err != nil && !errors.As(err, &known) {
			return &WebhookFailedError{URL: h.URL, Why: err.Error()}
		}
		return err
	}, h.URL, nil
}

// An UnknownWebhookError is returned for an address that is not called.
type UnknownWebhookError struct{ Webhook string }

func (e *UnknownWebhookError) Error() string {
	return fmt.Sprintf("no address %q is called", e.Webhook)
}

// Code returns the stable code of the error.
func (e *UnknownWebhookError) Code() string { return "message.unknown-webhook" }

// A NoAddressError is returned when a mail is to go to somebody without an
// address.
type NoAddressError struct{ Person string }

func (e *NoAddressError) Error() string { return fmt.Sprintf("%s has no e-mail address", e.Person) }

// Code returns the stable code of the error.
func (e *NoAddressError) Code() string { return "message.no-address" }

// A WebhookFailedError is returned when an address that is called does not take
// the message.
type WebhookFailedError struct{ URL, Why string }

func (e *WebhookFailedError) Error() string { return fmt.Sprintf("%s: %s", e.URL, e.Why) }

// Code returns the stable code of the error.
func (e *WebhookFailedError) Code() string { return "message.webhook-failed" }
