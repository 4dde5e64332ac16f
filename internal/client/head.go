package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// Head returns where the record stands.
func (c *Client) Head(ctx context.Context) (api.Head, error) {
	return get[api.Head](ctx, c, path("head"), nil)
}

// CompareHead compares a head that was kept with the record.
func (c *Client) CompareHead(ctx context.Context, head string, dryRun bool) (api.ComparedHead, error) {
	return change[api.ComparedHead](ctx, c, http.MethodPost, path("head", "compare"), api.CompareHead{Head: head}, dryRun)
}
