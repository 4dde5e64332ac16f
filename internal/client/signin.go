package client

import (
	"context"
	"net/http"

	"github.com/pott-dev/pott/api"
)

// SignIn returns how a person may sign in to the pages, and where the person is
// signed in.
func (c *Client) SignIn(ctx context.Context, user string) (api.SignIn, error) {
	return get[api.SignIn](ctx, c, path("people", user, "signin"), nil)
}

// MakeLink makes a one-time link; the answer is the only time it is seen.
func (c *Client) MakeLink(ctx context.Context, user string, dryRun bool) (api.MadeLink, error) {
	return change[api.MadeLink](ctx, c, http.MethodPost, path("people", user, "link"), api.NewLink{}, dryRun)
}

// EndSessions ends one session of a person, or with an empty id all.
func (c *Client) EndSessions(ctx context.Context, user, id string, dryRun bool) (api.ChangedSignIn, error) {
	to := path("people", user, "sessions")
	if id != "" {
		to = path("people", user, "sessions", id)
	}
	return change[api.ChangedSignIn](ctx, c, http.MethodDelete, to, nil, dryRun)
}

// RemovePassword removes a person's password.
func (c *Client) RemovePassword(ctx context.Context, user string, dryRun bool) (api.ChangedSignIn, error) {
	return change[api.ChangedSignIn](ctx, c, http.MethodDelete, path("people", user, "password"), nil, dryRun)
}

// RemovePasskey removes a passkey of a person.
func (c *Client) RemovePasskey(ctx context.Context, user, id string, dryRun bool) (api.ChangedSignIn, error) {
	return change[api.ChangedSignIn](ctx, c, http.MethodDelete, path("people", user, "passkeys", id), nil, dryRun)
}

// Providers returns who else says who people are.
func (c *Client) Providers(ctx context.Context) (api.List[api.Provider], error) {
	return get[api.List[api.Provider]](ctx, c, path("providers"), nil)
}

// PutProvider adds a provider or changes one.
func (c *Client) PutProvider(ctx context.Context, code string, body api.ProviderBody, dryRun bool) (api.ChangedProvider, error) {
	return change[api.ChangedProvider](ctx, c, http.MethodPut, path("providers", code), body, dryRun)
}

// RemoveProvider removes a provider.
func (c *Client) RemoveProvider(ctx context.Context, code string, dryRun bool) (api.ChangedProvider, error) {
	return change[api.ChangedProvider](ctx, c, http.MethodDelete, path("providers", code), nil, dryRun)
}

// TestProvider has the server ask a provider what it says of itself.
func (c *Client) TestProvider(ctx context.Context, code string) (api.ProviderTest, error) {
	return get[api.ProviderTest](ctx, c, path("providers", code, "test"), nil)
}
