package httpapi

import "github.com/pott-dev/pott/api"

var asOf = parameter{name: "as_of", kind: "string", doc: "A moment (RFC 3339) or a day of the past, which stands for its end; now when left out."}

// pastRoutes are what was, and what might be.
func pastRoutes() []operation {
	whatIf := change("POST", "/v1/what-if", "whatIf", api.ScopeRead, "What would become of things if steps were taken or a day came; nothing is stored",
		func(c *call, w api.WhatIf) (api.WhatIfAnswer, error) { return c.in.WhatIf(c.r.Context(), c.act, w) })
	whatIf.query = nil
	return []operation{
		whatIf.may("request.bad-value", "check.bad-question", "check.unknown-client", "check.ambiguous-client").may(nameCodes...),
		read("/v1/peaks", "getPeaks", api.ScopeRead, "The most seats of each license that were taken at a time in a period",
			func(c *call) (api.Peaks, error) {
				return c.in.Peaks(c.r.Context(), c.act, c.query.Get("from"), c.query.Get("to"), c.flag("hidden"))
			}).with(
			parameter{name: "from", kind: "string", doc: "The moment or day it begins with; the beginning of this month when left out."},
			parameter{name: "to", kind: "string", doc: "The day it ends with, or the moment before which it ends; now when left out."},
			showHidden).may("request.bad-value", "storage.damaged"),
	}
}
