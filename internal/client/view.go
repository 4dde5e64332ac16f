package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/pott-dev/pott/api"
)

// Views returns the lists that were saved or are shared: of one page, or of all
// with "".
func (c *Client) Views(ctx context.Context, page string) (api.List[api.SavedView], error) {
	q := url.Values{}
	if page != "" {
		q.Set("page", page)
	}
	return get[api.List[api.SavedView]](ctx, c, path("views"), q)
}

// SaveView saves a list.
func (c *Client) SaveView(ctx context.Context, v api.NewView, dryRun bool) (api.ChangedView, error) {
	return change[api.ChangedView](ctx, c, http.MethodPost, path("views"), v, dryRun)
}

// DropView removes a saved list.
func (c *Client) DropView(ctx context.Context, id string, dryRun bool) (api.ChangedView, error) {
	return change[api.ChangedView](ctx, c, http.MethodDelete, path("views", id), nil, dryRun)
}
