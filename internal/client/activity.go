package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// Activity says whether it is collected on which day people were last active.
func (c *Client) Activity(ctx context.Context) (api.Activity, error) {
	return get[api.Activity](ctx, c, path("activity"), nil)
}

// PutActivity turns that on or off, or says its ground anew.
func (c *Client) PutActivity(ctx context.Context, patch api.ActivityPatch, dryRun bool) (api.ChangedActivity, error) {
	return change[api.ChangedActivity](ctx, c, http.MethodPatch, path("activity"), patch, dryRun)
}
