package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/pott-dev/pott/api"
)

// CountAsOf counts users as they were at a moment or day; "" is now.
func (c *Client) CountAsOf(ctx context.Context, asOf string) (api.Count, error) {
	return get[api.Count](ctx, c, path("count"), given("as_of", asOf))
}

// HoldersAsOf returns who held a license at a moment or day; "" is now.
func (c *Client) HoldersAsOf(ctx context.Context, name, asOf string, page Page) (api.List[api.Holder], error) {
	query := page.query()
	if asOf != "" {
		query.Set("as_of", asOf)
	}
	return get[api.List[api.Holder]](ctx, c, path("licenses", name, "holders"), query)
}

// Peaks returns the peak of every license in a period.
func (c *Client) Peaks(ctx context.Context, from, to string, hidden bool) (api.Peaks, error) {
	query := given("from", from, "to", to)
	if hidden {
		query.Set("hidden", "true")
	}
	return get[api.Peaks](ctx, c, path("peaks"), query)
}

// WhatIf asks what would become of things.
func (c *Client) WhatIf(ctx context.Context, w api.WhatIf) (api.WhatIfAnswer, error) {
	return change[api.WhatIfAnswer](ctx, c, http.MethodPost, path("what-if"), w, false)
}

// given is a query of what is not empty: names and values in turn.
func given(pairs ...string) url.Values {
	query := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	return query
}
