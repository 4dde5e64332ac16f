package httpapi

import "github.com/pott-dev/pott/api"

// choiceCodes are the reasons for which a review with choices is refused. Behind
// review.choice-refused stands, as a fact, the code of the act done alone.
var choiceCodes = []string{"set.unknown", "set.older", "review.choice-refused", "seat.pool-full", "license.unknown-module", "license.ambiguous-module"}

// activationRoutes are what belongs to putting sets in force beside the
// activation itself.
func activationRoutes() []operation {
	review := change("POST", "/v1/sets/{id}/review", "reviewSetWith", api.ScopeActivate, "What would happen if the set were activated now with these choices; nothing is stored",
		func(c *call, in api.Choices) (api.Review, error) {
			return c.in.Review(c.r.Context(), c.act, c.path("id"), in)
		})
	review.query = nil // it is a preview itself
	superfluous := change("POST", "/v1/sets/{id}/superfluous/{module}", "listSuperfluous", api.ScopeActivate, "Who uses a license under the set, what would free their seats, and how far these choices have come; nothing is stored",
		func(c *call, in api.SuperfluousQuestion) (api.Superfluous, error) {
			return c.in.Superfluous(c.r.Context(), c.act, c.path("id"), c.path("module"), in)
		})
	superfluous.query = nil
	return []operation{
		review.may(choiceCodes...),
		superfluous.may(append(choiceCodes, "blockers.unreachable")...),
		read("/v1/keys", "getKeys", api.ScopeRead, "Whom this installation believes: the pinned roots, the issuers they name, and how each set in force leads back to them",
			func(c *call) (api.Keys, error) { return c.in.Keys(c.r.Context(), c.act) }),
		change("POST", "/v1/sets/{id}/withdraw", "withdrawSet", api.ScopeActivate, "Let a set no longer wait",
			func(c *call, _ nothing) (api.ChangedSet, error) {
				return c.in.Withdraw(c.r.Context(), c.act, c.path("id"))
			}).may("set.unknown", "set.not-waiting"),
		remove("/v1/sets/{id}", "removeSet", api.ScopeAdmin, "Take the set of a third-party issuer out of force, with everything that was given of it",
			func(c *call) (api.RemovedSet, error) {
				return c.in.RemoveSet(c.r.Context(), c.act, c.path("id"))
			}).may("set.unknown", "set.not-in-force", "set.own-vendor", "storage.damaged", "role.last-administrator", "person.blocked", "blockers.unreachable"),
		change("POST", "/v1/sets/roll-back", "rollBackSet", api.ScopeActivate, "Put the replaced set in force again, within a day, and people back as far as they fit",
			func(c *call, in api.RollBack) (api.RolledBack, error) {
				return c.in.RollBack(c.r.Context(), c.act, in)
			}).may("set.no-roll-back", "set.too-small", "set.expired", "person.blocked", "blockers.unreachable"),
		read("/v1/sets/history", "listActivations", api.ScopeRead, "Every time a set was in force, newest first",
			func(c *call) (api.List[api.Activation], error) { return c.in.SetHistory(c.r.Context(), c.act) }),
		read("/v1/sets/{id}/diff/{other}", "diffSets", api.ScopeRead, "What two sets of one issuer say differently",
			func(c *call) (api.SetDifference, error) {
				return c.in.DiffSets(c.r.Context(), c.act, c.path("id"), c.path("other"))
			}).may("set.unknown", "set.other-issuer"),
		read("/v1/sets/policy", "getSetPolicy", api.ScopeRead, "How sets come in force",
			func(c *call) (api.SetPolicy, error) { return c.in.SetPolicy(c.r.Context(), c.act) }),
		change("PUT", "/v1/sets/policy", "putSetPolicy", api.ScopeActivate, "Say how sets come in force: by themselves when they only raise, or never unasked",
			func(c *call, in api.SetPolicy) (api.ChangedSetPolicy, error) {
				return c.in.PutSetPolicy(c.r.Context(), c.act, in)
			}).may("request.bad-value"),
	}
}
