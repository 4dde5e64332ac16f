package httpapi

import "github.com/pott-dev/pott/api"

func damageRoutes() []operation {
	return []operation{
		read("/v1/damage", "listDamage", api.ScopeRead, "What is not as the server left it, and what can be decided about it",
			func(c *call) (api.Damage, error) { return c.in.Damage(c.r.Context(), c.act) }),
		read("/v1/damage/{place}", "getDamage", api.ScopeAdmin, "A damaged record as it stands",
			func(c *call) (api.DamageDetail, error) {
				return c.in.DamageDetail(c.r.Context(), c.act, c.path("place"))
			}).may("damage.unknown-place"),
		change("POST", "/v1/damage/{place}/repair", "repairDamage", api.ScopeAdmin, "Accept, remove or restore a damaged record; takes a code made at the server's machine",
			func(c *call, in api.Repair) (api.Repaired, error) {
				return c.in.Repair(c.r.Context(), c.act, c.path("place"), in)
			}).protecting().may("damage.unknown-place", "damage.not-repairable", "damage.not-confirmed", "request.bad-value", "license.bad-word",
			"person.user-id-taken", "seat.pool-full"),
	}
}
