package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// Messages returns who is told of what outside the pages.
func (c *Client) Messages(ctx context.Context) (api.Messages, error) {
	return get[api.Messages](ctx, c, path("messages"), nil)
}

// PutMessageRules says who is told of what.
func (c *Client) PutMessageRules(ctx context.Context, r api.MessageRules, dryRun bool) (api.ChangedMessages, error) {
	return change[api.ChangedMessages](ctx, c, http.MethodPut, path("messages", "rules"), r, dryRun)
}

// AddWebhook has an address called.
func (c *Client) AddWebhook(ctx context.Context, n api.NewWebhook, dryRun bool) (api.ChangedWebhook, error) {
	return change[api.ChangedWebhook](ctx, c, http.MethodPost, path("messages", "webhooks"), n, dryRun)
}

// DropWebhook has an address called no longer.
func (c *Client) DropWebhook(ctx context.Context, id string, dryRun bool) (api.ChangedWebhook, error) {
	return change[api.ChangedWebhook](ctx, c, http.MethodDelete, path("messages", "webhooks", id), nil, dryRun)
}

// TestMessage sends a message that only shows that messages arrive.
func (c *Client) TestMessage(ctx context.Context, t api.MessageTest, dryRun bool) (api.TestedMessage, error) {
	return change[api.TestedMessage](ctx, c, http.MethodPost, path("messages", "test"), t, dryRun)
}

// PersonMessages returns which kinds of mail a person could get and wants.
func (c *Client) PersonMessages(ctx context.Context, person string) (api.PersonMessages, error) {
	return get[api.PersonMessages](ctx, c, path("people", person, "messages"), nil)
}

// PutPersonMessages says which kinds of mail a person wants; others stay.
func (c *Client) PutPersonMessages(ctx context.Context, person string, m api.MessageChoices, dryRun bool) (api.ChangedPersonMessages, error) {
	return change[api.ChangedPersonMessages](ctx, c, http.MethodPut, path("people", person, "messages"), m, dryRun)
}
