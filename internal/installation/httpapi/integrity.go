package httpapi

import (
	"net/http"

	"github.com/pott-dev/pott/api"
)

func integrityRoutes() []operation {
	return []operation{
		read("/v1/integrity", "getIntegrity", api.ScopeRead, "Whether the records are as the server wrote them: the last full check, and what was found since",
			func(c *call) (api.IntegrityReport, error) { return c.in.Integrity(c.r.Context(), c.act) }),
		change("POST", "/v1/integrity/check", "checkIntegrity", api.ScopeRead, "Check all records now, while everything goes on; answers at once",
			func(c *call, _ nothing) (api.IntegrityReport, error) {
				return c.in.StartVerify(c.r.Context(), c.act)
			}).keeping(),
		text("/v1/damage/{place}/incident", "getIncident", api.ScopeAdmin, "The file in which it was kept what was found at a damaged place", "application/json",
			func(w http.ResponseWriter, c *call) error {
				name, text, err := c.in.Incident(c.r.Context(), c.act, c.path("place"))
				if err != nil {
					return err
				}
				w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
				_, err = w.Write(text)
				return err
			}).may("damage.unknown-place"),
	}
}
