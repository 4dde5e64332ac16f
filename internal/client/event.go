package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// Events returns a page of the events that have not ended, or of all.
func (c *Client) Events(ctx context.Context, ended bool, page Page) (api.List[api.Event], error) {
	query := page.query()
	if ended {
		query.Set("ended", "true")
	}
	return get[api.List[api.Event]](ctx, c, path("events"), query)
}

// Event returns one event.
func (c *Client) Event(ctx context.Context, id string) (api.Event, error) {
	return get[api.Event](ctx, c, path("events", id), nil)
}

// StartEvent starts an event.
func (c *Client) StartEvent(ctx context.Context, e api.NewEvent, dryRun bool) (api.ChangedEvent, error) {
	return change[api.ChangedEvent](ctx, c, http.MethodPost, path("events"), e, dryRun)
}

// ChangeEvent changes what the patch names.
func (c *Client) ChangeEvent(ctx context.Context, id string, p api.EventPatch, dryRun bool) (api.ChangedEvent, error) {
	return change[api.ChangedEvent](ctx, c, http.MethodPatch, path("events", id), p, dryRun)
}

// EndEvent ends an event.
func (c *Client) EndEvent(ctx context.Context, id string, e api.EndEvent, dryRun bool) (api.ChangedEvent, error) {
	return change[api.ChangedEvent](ctx, c, http.MethodPost, path("events", id, "end"), e, dryRun)
}
