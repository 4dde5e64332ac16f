package httpapi

import (
	"github.com/pott-dev/pott/api"
)

// eventRoutes are what people should hear about. Everybody with a token may read
// it; administrators start and end it.
func eventRoutes() []operation {
	return append(pastRoutes(), []operation{
		read("/v1/events", "listEvents", api.ScopeRead, "Events that have not ended, newest first",
			func(c *call) (api.List[api.Event], error) {
				return c.in.Events(c.r.Context(), c.act, c.flag("ended"), int(c.number("limit")), c.query.Get("after"))
			}).with(parameter{name: "ended", kind: "boolean", doc: "Whether those that have ended are listed too."}, limit, after).alsoScope(api.ScopeCheck).may("request.bad-value"),
		change("POST", "/v1/events", "startEvent", api.ScopeAdmin, "Start an event, now or at a moment to come; it goes on until somebody ends it",
			func(c *call, in api.NewEvent) (api.ChangedEvent, error) {
				return c.in.StartEvent(c.r.Context(), c.act, in)
			}).may("event.bad", "event.too-many", "request.bad-value", "license.bad-word"),
		read("/v1/events/{id}", "getEvent", api.ScopeRead, "One event",
			func(c *call) (api.Event, error) { return c.in.Event(c.r.Context(), c.act, c.path("id")) }).alsoScope(api.ScopeCheck).may("event.unknown"),
		change("PATCH", "/v1/events/{id}", "changeEvent", api.ScopeAdmin, "Change an event that has not ended; what is left out stays",
			func(c *call, in api.EventPatch) (api.ChangedEvent, error) {
				return c.in.ChangeEvent(c.r.Context(), c.saw(in.Was), c.path("id"), in)
			}).may("event.unknown", "event.bad", "event.ended", "event.locked", "request.bad-value", "license.bad-word", "change.meanwhile"),
		change("POST", "/v1/events/{id}/end", "endEvent", api.ScopeAdmin, "End an event",
			func(c *call, in api.EndEvent) (api.ChangedEvent, error) {
				return c.in.EndEvent(c.r.Context(), c.act, c.path("id"), in)
			}).may("event.unknown", "event.guarded", "event.locked", "request.bad-value"),
	}...)
}
