package httpapi

import "github.com/pott-dev/pott/api"

func clockRoutes() []operation {
	return []operation{
		read("/v1/clock", "getClock", api.ScopeRead, "What time it is to the installation, and how it knows",
			func(c *call) (api.Clock, error) { return c.in.Clock(c.r.Context()) }),
		change("POST", "/v1/clock/confirm", "confirmClock", api.ScopeAdmin, "Say that a doubted clock is right, on the word of the server's machine or of an issuer",
			func(c *call, in api.ConfirmClock) (api.ClockConfirmed, error) {
				return c.in.VouchForClock(c.r.Context(), c.act, in)
			}).may(fetchCodes...).may("damage.not-confirmed", "request.bad-value"),
	}
}
