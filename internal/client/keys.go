package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// Keys returns whom the installation believes, and why.
func (c *Client) Keys(ctx context.Context) (api.Keys, error) {
	return get[api.Keys](ctx, c, path("keys"), nil)
}

// Superfluous returns who uses a license under a set, and what would free their
// seats.
func (c *Client) Superfluous(ctx context.Context, set, module string, q api.SuperfluousQuestion) (api.Superfluous, error) {
	return change[api.Superfluous](ctx, c, http.MethodPost, path("sets", set, "superfluous", module), q, false)
}
