package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// Authorities returns the license servers of the issuers and what they said last.
func (c *Client) Authorities(ctx context.Context) (api.List[api.Authority], error) {
	return get[api.List[api.Authority]](ctx, c, path("authority"), nil)
}

// Register makes the installation known at a license server.
func (c *Client) Register(ctx context.Context, body api.Register, dryRun bool) (api.Registered, error) {
	return change[api.Registered](ctx, c, http.MethodPost, path("authority", "register"), body, dryRun)
}

// Fetch asks the license servers for what is new.
func (c *Client) Fetch(ctx context.Context, body api.Fetch, dryRun bool) (api.Fetched, error) {
	return change[api.Fetched](ctx, c, http.MethodPost, path("authority", "fetch"), body, dryRun)
}

// RequestFile makes a request to carry to a license server as a file.
func (c *Client) RequestFile(ctx context.Context, body api.NewRequestFile, dryRun bool) (api.RequestFile, error) {
	return change[api.RequestFile](ctx, c, http.MethodPost, path("authority", "request-file"), body, dryRun)
}

// ChangeOwner changes the serial number of the installation.
func (c *Client) ChangeOwner(ctx context.Context, body api.ChangeOwner, dryRun bool) (api.ChangedOwner, error) {
	return change[api.ChangedOwner](ctx, c, http.MethodPost, path("owner"), body, dryRun)
}
