package client

import (
	"context"
	"net/url"
	"strconv"

	"github.com/pott-dev/pott/api"
)

// License returns one license.
func (c *Client) License(ctx context.Context, name string) (api.LicenseDetail, error) {
	return get[api.LicenseDetail](ctx, c, path("licenses", name), nil)
}

// LicenseIf returns one license, and how it would be if so many seats had been
// bought.
func (c *Client) LicenseIf(ctx context.Context, name string, seats int64) (api.LicenseDetail, error) {
	return get[api.LicenseDetail](ctx, c, path("licenses", name), url.Values{"seats": {strconv.FormatInt(seats, 10)}})
}

// LicenseHistory returns the peaks of a license by "day", "week" or "month".
func (c *Client) LicenseHistory(ctx context.Context, name, by string) (api.Course, error) {
	return get[api.Course](ctx, c, path("licenses", name, "history"), url.Values{"by": {by}})
}

// Attention returns what an administrator should deal with.
func (c *Client) Attention(ctx context.Context) (api.Attention, error) {
	return get[api.Attention](ctx, c, path("attention"), nil)
}
