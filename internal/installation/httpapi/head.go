package httpapi

import "github.com/pott-dev/pott/api"

func headRoutes() []operation {
	return []operation{
		read("/v1/head", "getHead", api.ScopeRead, "Where the record stands, to be kept elsewhere",
			func(c *call) (api.Head, error) { return c.in.PrintedHead(), nil }).alsoScope(api.ScopeCheck),
		change("POST", "/v1/head/compare", "compareHead", api.ScopeRead, "Compare a head that was kept with the record; administrators are told when they differ, and nothing is stopped",
			func(c *call, in api.CompareHead) (api.ComparedHead, error) {
				return c.in.CompareHead(c.r.Context(), c.act, in)
			}).keeping().alsoScope(api.ScopeCheck).may("restore.bad-head"),
	}
}
