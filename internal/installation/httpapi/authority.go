package httpapi

import "github.com/pott-dev/pott/api"

// fetchCodes are the problems of asking a license server, before anything is
// received.
var fetchCodes = []string{"fetch.no-address", "fetch.no-serial", "fetch.unreachable", "fetch.refused", "fetch.test-copy", "installation.no-key", "license.bad-name",
	"exchange.malformed", "exchange.other-version", "exchange.too-large", "exchange.other-reply", "exchange.bad-address"}

func authorityRoutes() []operation {
	return []operation{
		read("/v1/authority", "listAuthorities", api.ScopeRead, "The license servers of the issuers, and what they said last",
			func(c *call) (api.List[api.Authority], error) { return c.in.Authorities(c.r.Context(), c.act) }),
		change("POST", "/v1/authority/register", "registerAtAuthority", api.ScopeAdmin, "Become known at an issuer's license server, with the one-time code of the agreement",
			func(c *call, in api.Register) (api.Registered, error) {
				return c.in.Register(c.r.Context(), c.act, in)
			}).may(fetchCodes...).may("fetch.bad-code", "license.bad-serial").may(loadCodes...),
		change("POST", "/v1/authority/fetch", "fetchSets", api.ScopeActivate, "Ask the license servers for what is new, and receive it; a preview asks and stores nothing",
			func(c *call, in api.Fetch) (api.Fetched, error) {
				return c.in.Fetch(c.r.Context(), c.act, in.Issuer)
			}).may(fetchCodes...).may(loadCodes...),
		change("POST", "/v1/authority/request-file", "makeRequestFile", api.ScopeAdmin, "A request to carry to a license server as a file",
			func(c *call, in api.NewRequestFile) (api.RequestFile, error) {
				return c.in.RequestFile(c.r.Context(), c.act, in)
			}).protecting().may("fetch.bad-code", "fetch.no-serial", "fetch.test-copy", "installation.no-key", "license.bad-serial", "license.bad-name", "request.bad-value", "exchange.malformed"),
		change("POST", "/v1/owner", "changeOwner", api.ScopeAdmin, "Change the serial number and company, and put the set that goes with them in force, in one step",
			func(c *call, in api.ChangeOwner) (api.ChangedOwner, error) {
				return c.in.ChangeOwner(c.r.Context(), c.act, in)
			}).may(fetchCodes...).may("fetch.bad-code", "license.bad-serial", "request.bad-value", "owner.not-bound", "owner.other-company", "set.too-small", "person.blocked", "blockers.unreachable").may(loadCodes...),
	}
}
