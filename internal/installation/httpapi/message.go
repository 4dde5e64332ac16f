package httpapi

import "github.com/pott-dev/pott/api"

// messageRoutes are about what people are told of outside the pages.
func messageRoutes() []operation {
	return []operation{
		read("/v1/messages", "getMessages", api.ScopeAdmin, "Who is told of what by mail and by calls, and what did not get through",
			func(c *call) (api.Messages, error) { return c.in.Messages(c.r.Context(), c.act) }),
		change("PUT", "/v1/messages/rules", "putMessageRules", api.ScopeAdmin, "Say who is told of what; rules that are not named stay",
			func(c *call, in api.MessageRules) (api.ChangedMessages, error) {
				return c.in.PutMessageRules(c.r.Context(), c.act, in)
			}).may("request.bad-value"),
		change("POST", "/v1/messages/webhooks", "addWebhook", api.ScopeAdmin, "Have an address called; calls are signed with the installation's key",
			func(c *call, in api.NewWebhook) (api.ChangedWebhook, error) {
				return c.in.AddWebhook(c.r.Context(), c.act, in)
			}).may("request.bad-value", "license.bad-word", "installation.no-key"),
		remove("/v1/messages/webhooks/{webhook}", "dropWebhook", api.ScopeAdmin, "Have an address called no longer",
			func(c *call) (api.ChangedWebhook, error) {
				return c.in.DropWebhook(c.r.Context(), c.act, c.path("webhook"))
			}).protecting().may("message.unknown-webhook"),
		read("/v1/people/{id}/messages", "getPersonMessages", api.ScopeAdmin, "Which kinds of mail a person could get, and which of them the person wants",
			func(c *call) (api.PersonMessages, error) {
				return c.in.PersonMessages(c.r.Context(), c.act, c.path("id"))
			}).may("person.unknown"),
		change("PUT", "/v1/people/{id}/messages", "putPersonMessages", api.ScopeAdmin, "Say which kinds of mail a person wants; those that are not named stay",
			func(c *call, in api.MessageChoices) (api.ChangedPersonMessages, error) {
				return c.in.PutPersonMessages(c.r.Context(), c.act, c.path("id"), in)
			}).may("person.unknown", "person.gone", "request.bad-value"),
		change("POST", "/v1/messages/test", "testMessage", api.ScopeAdmin, "Send a message that only shows that messages arrive",
			func(c *call, in api.MessageTest) (api.TestedMessage, error) {
				return c.in.TestMessage(c.r.Context(), c.act, in)
			}).protecting().may("person.unknown", "message.unknown-webhook", "message.no-address", "message.no-mail-server", "message.mail-refused", "message.webhook-failed", "installation.no-key", "fetch.test-copy"),
	}
}
