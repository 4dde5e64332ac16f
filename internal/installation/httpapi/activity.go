package httpapi

import "github.com/pott-dev/pott/api"

// activityRoutes are about whether it is collected when people were active.
func activityRoutes() []operation {
	return []operation{
		read("/v1/activity", "getActivity", api.ScopeRead, "Whether it is collected on which day people were last active, and why that may be",
			func(c *call) (api.Activity, error) { return c.in.Activity(c.r.Context(), c.act) }),
		change("PATCH", "/v1/activity", "putActivity", api.ScopeAdmin, "Turn it on or off that it is collected on which day people were last active, or say its legal ground anew; turning it off erases at once what was collected",
			func(c *call, in api.ActivityPatch) (api.ChangedActivity, error) {
				return c.in.PutActivity(c.r.Context(), c.saw(in.Was), in)
			}).may("request.bad-value", "change.meanwhile", "activity.no-ground", "activity.off"),
	}
}
