package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// Damage lists what is not as the server left it.
func (c *Client) Damage(ctx context.Context) (api.Damage, error) {
	return get[api.Damage](ctx, c, path("damage"), nil)
}

// DamageDetail shows a damaged record as it stands.
func (c *Client) DamageDetail(ctx context.Context, place string) (api.DamageDetail, error) {
	return get[api.DamageDetail](ctx, c, path("damage", place), nil)
}

// Repair carries out a decision about a damaged record.
func (c *Client) Repair(ctx context.Context, place string, r api.Repair, dryRun bool) (api.Repaired, error) {
	return change[api.Repaired](ctx, c, http.MethodPost, path("damage", place, "repair"), r, dryRun)
}
