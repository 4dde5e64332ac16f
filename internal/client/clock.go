package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// Clock returns what time it is to the installation, and how it knows.
func (c *Client) Clock(ctx context.Context) (api.Clock, error) {
	return get[api.Clock](ctx, c, path("clock"), nil)
}

// ConfirmClock says on whose word a doubted clock is right.
func (c *Client) ConfirmClock(ctx context.Context, body api.ConfirmClock, dryRun bool) (api.ClockConfirmed, error) {
	return change[api.ClockConfirmed](ctx, c, http.MethodPost, path("clock", "confirm"), body, dryRun)
}
