package httpapi

import (
	"github.com/pott-dev/pott/api"
)

// signInRoutes are how people sign in to the pages, for those who help them.
// Signing in itself is for browsers and has no operation.
func signInRoutes() []operation {
	return []operation{
		read("/v1/people/{id}/signin", "getSignIn", api.ScopeAdmin, "How a person may sign in to the pages, and where the person is signed in",
			func(c *call) (api.SignIn, error) {
				return c.in.SignIn(c.r.Context(), c.act, c.path("id"), "")
			}).may("person.unknown"),
		change("POST", "/v1/people/{id}/link", "makeLink", api.ScopeAdmin, "Make a one-time link for a person, good for a day, in place of any made before; it is shown once",
			func(c *call, _ api.NewLink) (api.MadeLink, error) {
				return c.in.MakeLink(c.r.Context(), c.act, c.path("id"))
			}).protecting().may("person.unknown", "person.gone"),
		remove("/v1/people/{id}/sessions", "endSessions", api.ScopeAdmin, "End all sessions of a person",
			func(c *call) (api.ChangedSignIn, error) {
				return c.in.EndSessions(c.r.Context(), c.act, c.path("id"), "", "")
			}).protecting().may("person.unknown"),
		remove("/v1/people/{id}/sessions/{session}", "endSession", api.ScopeAdmin, "End one session of a person",
			func(c *call) (api.ChangedSignIn, error) {
				return c.in.EndSessions(c.r.Context(), c.act, c.path("id"), c.path("session"), "")
			}).protecting().may("person.unknown", "session.unknown"),
		remove("/v1/people/{id}/password", "removePassword", api.ScopeAdmin, "Remove a person's password and end all sessions",
			func(c *call) (api.ChangedSignIn, error) {
				return c.in.RemovePassword(c.r.Context(), c.act, c.path("id"), "")
			}).protecting().may("person.unknown"),
		remove("/v1/people/{id}/passkeys/{passkey}", "removePasskey", api.ScopeAdmin, "Remove a passkey of a person and end all sessions",
			func(c *call) (api.ChangedSignIn, error) {
				return c.in.RemovePasskey(c.r.Context(), c.act, c.path("id"), c.path("passkey"), "")
			}).protecting().may("person.unknown", "credential.unknown"),
	}
}

func providerRoutes() []operation {
	return []operation{
		read("/v1/providers", "listProviders", api.ScopeAdmin, "Who else says who people are, by code",
			func(c *call) (api.List[api.Provider], error) { return c.in.Providers(c.r.Context(), c.act) }),
		change("PUT", "/v1/providers/{code}", "putProvider", api.ScopeAdmin, "Add an OpenID Connect provider or change one; its secret is never shown",
			func(c *call, in api.ProviderBody) (api.ChangedProvider, error) {
				return c.in.PutProvider(c.r.Context(), c.saw(in.Was), c.path("code"), in)
			}).may("request.bad-value", "provider.no-key", "provider.taken", "provider.unknown", "change.meanwhile"),
		remove("/v1/providers/{code}", "removeProvider", api.ScopeAdmin, "Remove a provider",
			func(c *call) (api.ChangedProvider, error) {
				return c.in.RemoveProvider(c.r.Context(), c.act, c.path("code"))
			}).protecting().may("provider.unknown"),
		read("/v1/providers/{code}/test", "testProvider", api.ScopeAdmin, "Ask a provider what it says of itself",
			func(c *call) (api.ProviderTest, error) {
				return c.in.TestProvider(c.r.Context(), c.act, c.path("code"))
			}).may("provider.unknown", "provider.unreachable", "provider.no-key"),
	}
}
