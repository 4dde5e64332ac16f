package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// Holdings returns who holds what, signed with the installation's key.
func (c *Client) Holdings(ctx context.Context) ([]byte, error) {
	return c.text(ctx, request{method: http.MethodGet, path: path("holdings")})
}

// Incident returns the file in which it was kept what was found at a damaged place.
func (c *Client) Incident(ctx context.Context, place string) ([]byte, error) {
	return c.text(ctx, request{method: http.MethodGet, path: path("damage", place, "incident")})
}

// Database returns one database, by number or name.
func (c *Client) Database(ctx context.Context, database string) (api.Database, error) {
	return get[api.Database](ctx, c, path("databases", database), nil)
}
