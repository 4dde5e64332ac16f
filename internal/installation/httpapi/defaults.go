package httpapi

import "github.com/pott-dev/pott/api"

// defaultsRoutes are about how pages are for those who have chosen nothing.
func defaultsRoutes() []operation {
	return []operation{
		read("/v1/defaults", "getDefaults", api.ScopeRead, "How pages are for those who have chosen nothing",
			func(c *call) (api.Defaults, error) { return c.in.Defaults(c.r.Context(), c.act) }),
		change("PATCH", "/v1/defaults", "putDefaults", api.ScopeAdmin, "Say how pages are for those who have chosen nothing; what is left out stays",
			func(c *call, in api.DefaultsPatch) (api.ChangedDefaults, error) {
				return c.in.PutDefaults(c.r.Context(), c.saw(in.Was), in)
			}).may("request.bad-value", "change.meanwhile"),
	}
}
