package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// Defaults returns how pages are for those who have chosen nothing.
func (c *Client) Defaults(ctx context.Context) (api.Defaults, error) {
	return get[api.Defaults](ctx, c, path("defaults"), nil)
}

// PutDefaults says how pages are for those who have chosen nothing.
func (c *Client) PutDefaults(ctx context.Context, patch api.DefaultsPatch, dryRun bool) (api.ChangedDefaults, error) {
	return change[api.ChangedDefaults](ctx, c, http.MethodPatch, path("defaults"), patch, dryRun)
}
