package httpapi

import "github.com/pott-dev/pott/api"

func getLicense() operation {
	return read("/v1/licenses/{name}", "getLicense", api.ScopeRead, "One license with its pool, what comes with it and what it needs",
		func(c *call) (api.LicenseDetail, error) {
			var seats *int64
			if c.query.Has("seats") {
				n := c.number("seats")
				seats = &n
			}
			return c.in.LicenseDetail(c.r.Context(), c.act, c.path("name"), seats)
		}).with(parameter{name: "seats", kind: "integer", doc: "Say also how it would be if this many had been bought.", max: 1_000_000_000}).
		may("request.bad-value").may(nameCodes...)
}

func licenseHistory() operation {
	return read("/v1/licenses/{name}/history", "getLicenseHistory", api.ScopeRead, "The most seats that were taken in each of the last days, weeks or months",
		func(c *call) (api.Course, error) {
			return c.in.Course(c.r.Context(), c.act, c.path("name"), c.query.Get("by"))
		}).with(parameter{name: "by", kind: "string", doc: "30 days (day), 13 weeks (week) or 12 months (month); weeks when left out."}).
		may("request.bad-value", "storage.damaged").may(nameCodes...)
}
