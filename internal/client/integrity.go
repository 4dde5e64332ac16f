package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// Integrity returns whether the records are as the server wrote them.
func (c *Client) Integrity(ctx context.Context) (api.IntegrityReport, error) {
	return get[api.IntegrityReport](ctx, c, path("integrity"), nil)
}

// CheckIntegrity has all records checked, and returns at once.
func (c *Client) CheckIntegrity(ctx context.Context) (api.IntegrityReport, error) {
	return change[api.IntegrityReport](ctx, c, http.MethodPost, path("integrity", "check"), struct{}{}, false)
}
