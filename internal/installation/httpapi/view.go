package httpapi

import "github.com/pott-dev/pott/api"

// viewRoutes are about lists somebody comes back to.
func viewRoutes() []operation {
	return []operation{
		read("/v1/views", "listViews", api.ScopeRead, "Lists that whoever asks has saved, and those others share, by name",
			func(c *call) (api.List[api.SavedView], error) {
				return c.in.SavedViews(c.r.Context(), c.act, c.query.Get("page"))
			}).with(parameter{name: "page", kind: "string", doc: "Only those of this list, such as users."}),
		change("POST", "/v1/views", "saveView", api.ScopeRead, "Save a list for whoever asks, or for everybody, in place of one of the same name",
			func(c *call, in api.NewView) (api.ChangedView, error) { return c.in.SaveView(c.r.Context(), c.act, in) }).
			may("request.bad-value", "view.too-many", "view.not-shared"),
		remove("/v1/views/{view}", "dropView", api.ScopeRead, "Remove a saved list; one that somebody else shares only an administrator removes",
			func(c *call) (api.ChangedView, error) {
				return c.in.DropView(c.r.Context(), c.act, c.path("view"))
			}).may("view.unknown", "view.others"),
	}
}
