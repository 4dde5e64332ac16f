package httpapi

import (
	"net/http"
	"reflect"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
)

// operations are all documented operations, in the order of the document. Each
// opens into one use-case; no rule lives here.
func operations() []operation {
	var all []operation
	for _, some := range [][]operation{clockRoutes(), statusRoutes(), setRoutes(), activationRoutes(), licenseRoutes(), peopleRoutes(), bulkRoutes(), viewRoutes(), messageRoutes(), defaultsRoutes(), activityRoutes(), givingRoutes(), returningRoutes(),
		profileRoutes(), roleRoutes(), databaseRoutes(), blockerRoutes(), upgradeRoutes(), checkRoutes(), feedRoutes(), eventRoutes(), authorityRoutes(), auditRoutes(), reportRoutes(), headRoutes(), damageRoutes(), integrityRoutes(), tokenRoutes(), signInRoutes(), providerRoutes()} {
		all = append(all, some...)
	}
	return all
}

func statusRoutes() []operation {
	return []operation{
		read("/v1/status", "getStatus", api.ScopeRead, "How the installation is, on one screen",
			func(c *call) (api.Status, error) {
				if c.admin {
					c.in.AdministratorIsHere()
				}
				return c.in.Status(c.r.Context(), c.act)
			}),
		read("/v1/attention", "getAttention", api.ScopeRead, "What an administrator should deal with, the most severe first, and what the days to come bring",
			func(c *call) (api.Attention, error) { return c.in.Attention(c.r.Context(), c.act) }),
		read("/v1/count", "getCount", api.ScopeRead, "Count users both ways: seats bought, plans in use",
			func(c *call) (api.Count, error) { return c.in.CountAsOf(c.r.Context(), c.act, c.query.Get("as_of")) }).with(asOf).may("request.bad-value", "storage.damaged"),
	}
}

func setRoutes() []operation {
	load := operation{
		id: "loadSet", method: http.MethodPost, path: "/v1/sets", summary: "Receive a license set, or key lists without one: verify and store it, without activating it",
		scopes: []string{api.ScopeActivate}, query: []parameter{dryRun}, inText: true,
		out: reflect.TypeFor[api.LoadedSet](), outType: "application/json", status: http.StatusOK, serve: serveLoad,
	}
	file := text("/v1/sets/{id}/file", "getSetFile", api.ScopeRead, "The set's file, byte for byte as it was received", "text/plain", serveSetFile)
	activate := change("POST", "/v1/sets/{id}/activate", "activateSet", api.ScopeActivate, "Put a set in force, with what was chosen for people, all or nothing; refused when it would leave anybody without a seat",
		func(c *call, in api.Activate) (api.Activated, error) {
			return c.in.Activate(c.r.Context(), c.act, c.path("id"), in)
		})
	return []operation{
		read("/v1/sets", "listSets", api.ScopeRead, "All sets ever received, newest first",
			func(c *call) (api.List[api.Set], error) { return c.in.Sets(c.r.Context(), c.act) }).alsoScope(api.ScopeCheck),
		load.may(loadCodes...),
		read("/v1/sets/{id}", "getSet", api.ScopeRead, "One set",
			func(c *call) (api.Set, error) { return c.in.Set(c.r.Context(), c.act, c.path("id")) }).alsoScope(api.ScopeCheck).may("set.unknown"),
		file.alsoScope(api.ScopeCheck).may("set.unknown"),
		read("/v1/sets/{id}/review", "reviewSet", api.ScopeActivate, "What would happen if the set were activated now",
			func(c *call) (api.Review, error) {
				return c.in.Review(c.r.Context(), c.act, c.path("id"), api.Choices{})
			}).may("set.unknown", "set.older"),
		activate.may("set.too-small", "set.expired", "set.other-serial", "set.not-begun", "review.changed", "review.unacknowledged").may(choiceCodes...),
	}
}

// loadCodes are the problems a file may have.
var loadCodes = []string{
	"set.malformed", "set.too-large", "set.needs-newer", "set.bad-signature", "set.untrusted", "set.unknown-issuer",
	"set.certificate-expired", "set.revoked", "set.old-key-list", "set.old-certificate", "set.forked-key-list", "set.outside-fence",
	"set.not-yet-valid", "set.expired", "set.other-serial", "set.other-installation", "set.demo", "set.older", "set.equivocation",
}

func licenseRoutes() []operation {
	return []operation{
		read("/v1/licenses", "listLicenses", api.ScopeRead, "All licenses in force with their pools, in the issuers' order",
			func(c *call) (api.List[api.License], error) {
				return c.in.Licenses(c.r.Context(), c.act, c.flag("hidden"))
			}).with(showHidden),
		getLicense(), licenseHistory(),
		read("/v1/licenses/{name}/holders", "listHolders", api.ScopeRead, "Everybody who takes a seat of it, and why",
			func(c *call) (api.List[api.Holder], error) {
				return c.in.HoldersAsOf(c.r.Context(), c.act, c.path("name"), c.query.Get("as_of"), int(c.number("limit")), c.query.Get("after"))
			}).with(asOf, limit, after).may("request.bad-value", "storage.damaged").may(nameCodes...),
	}
}

var nameCodes = []string{"license.unknown-module", "license.ambiguous-module", "license.bad-name"}

func peopleRoutes() []operation {
	return []operation{
		listPeople(),
		change("POST", "/v1/people", "addPerson", api.ScopeAssign, "Add a person, with a plan at once or without",
			func(c *call, in api.NewPerson) (api.ChangedPerson, error) {
				return c.in.AddPerson(c.r.Context(), c.act, in)
			}).may("person.user-id-taken", "request.bad-value").may(givingCodes...),
		read("/v1/people/{id}", "getPerson", api.ScopeRead, "One person, with everything the person may use and the history",
			func(c *call) (api.PersonDetail, error) {
				return c.in.PersonAsOf(c.r.Context(), c.act, c.path("id"), c.query.Get("as_of"))
			}).with(asOf).may("person.unknown", "person.not-yet", "request.bad-value", "storage.damaged"),
		change("POST", "/v1/people/{id}/erase", "erasePerson", api.ScopeAssign, "Forget for good what names a person, who is deleted unless that was done; number and history stay",
			func(c *call, _ nothing) (api.ChangedPerson, error) {
				return c.in.ErasePerson(c.r.Context(), c.act, c.path("id"))
			}).protecting().may("person.unknown", "person.own-account").may(leavingCodes...),
		change("PATCH", "/v1/people/{id}", "changePerson", api.ScopeAssign, "Change a person; what is left out stays",
			func(c *call, in api.PersonPatch) (api.ChangedPerson, error) {
				return c.in.ChangePerson(c.r.Context(), c.act, c.path("id"), in)
			}).may("person.unknown", "person.own-account", "person.gone", "person.user-id-taken", "request.bad-value").may(leavingCodes...),
		remove("/v1/people/{id}", "deletePerson", api.ScopeAssign, "Delete a person: everything held is released, number and history stay",
			func(c *call) (api.ChangedPerson, error) {
				return c.in.DeletePerson(c.r.Context(), c.act, c.path("id"))
			}).may("person.unknown", "person.own-account").may(leavingCodes...),
	}
}

// givingCodes are the reasons for which something cannot be given.
var givingCodes = append([]string{"seat.pool-full", "seat.person-kind", "seat.prerequisite", "seat.hidden", "seat.not-assignable",
	"plan.exclusive", "plan.not-a-plan", "plan.by-login", "license.read-only", "person.gone", "profile.unknown"}, nameCodes...)

func givingRoutes() []operation {
	return []operation{
		change("PUT", "/v1/people/{id}/plan", "setPlan", api.ScopeAssign, "Put a person on a plan, in place of the one of the same group",
			func(c *call, in api.PlanChoice) (api.ChangedPerson, error) {
				return c.in.ChoosePlan(c.r.Context(), c.act, c.path("id"), in)
			}).with(withDependants).may("person.unknown", "plan.not-in-agreement", "request.bad-value").may(givingCodes...).may(leavingCodes...),
		read("/v1/people/{id}/offer", "getOffer", api.ScopeRead, "What a person may be given, with what is spare and what each choice would change",
			func(c *call) (api.Offer, error) { return c.in.Offer(c.r.Context(), c.act, c.path("id")) }).may("person.unknown"),
		change("PUT", "/v1/people/{id}/given", "arrangePerson", api.ScopeAssign, "Give a person exactly these plans and extras, and take back the others, all or nothing",
			func(c *call, in api.Arrangement) (api.ChangedPerson, error) {
				return c.in.Arrange(c.r.Context(), c.act, c.path("id"), in)
			}).may("person.unknown", "person.changed", "seat.is-a-plan", "seat.not-held", "request.bad-value").may(givingCodes...).may(leavingCodes...),
		change("POST", "/v1/people/{id}/plans", "addPlan", api.ScopeAssign, "Add a plan beside the ones held; refused when one of its group is held",
			func(c *call, in api.PlanChoice) (api.ChangedPerson, error) {
				return c.in.AddPlan(c.r.Context(), c.act, c.path("id"), in.Plan, in.Reason)
			}).may("person.unknown").may(givingCodes...),
		remove("/v1/people/{id}/plans/{name}", "removePlan", api.ScopeAssign, "Take a plan away",
			func(c *call) (api.ChangedPerson, error) {
				return c.in.RemovePlan(c.r.Context(), c.act, c.path("id"), c.path("name"))
			}).with(withDependants).may(leavingCodes...).may("person.unknown", "plan.not-a-plan").may(nameCodes...),
		change("PUT", "/v1/people/{id}/extras/{name}", "giveExtra", api.ScopeAssign, "Give an extra beside the plan",
			func(c *call, in api.ExtraChoice) (api.ChangedPerson, error) {
				return c.in.GiveExtra(c.r.Context(), c.act, c.path("id"), c.path("name"), in.Quantity, in.Reason)
			}).may("person.unknown", "seat.is-a-plan", "request.bad-value").may(givingCodes...),
		remove("/v1/people/{id}/extras/{name}", "removeExtra", api.ScopeAssign, "Take an extra away",
			func(c *call) (api.ChangedPerson, error) {
				return c.in.RemoveExtra(c.r.Context(), c.act, c.path("id"), c.path("name"))
			}).with(withDependants).may(leavingCodes...).may("person.unknown", "seat.is-a-plan").may(nameCodes...),
		change("PUT", "/v1/people/{id}/profile", "setPersonProfile", api.ScopeAssign, "Put a person on a profile, or take the person off it",
			func(c *call, in api.ProfileChoice) (api.ChangedPerson, error) {
				return c.in.SetProfile(c.r.Context(), c.saw(in.Was), c.path("id"), in.Profile)
			}).with(withDependants).may(leavingCodes...).may("person.unknown", "person.gone", "profile.unknown", "seat.pool-full", "seat.person-kind", "license.read-only", "request.bad-value", "change.meanwhile"),
		change("PUT", "/v1/people/{id}/login", "giveLogin", api.ScopeAssign, "Give a person a login, through a day or without end",
			func(c *call, in api.LoginChoice) (api.ChangedPerson, error) {
				return c.in.GiveLogin(c.r.Context(), c.saw(in.Was), c.path("id"), in.ValidThrough)
			}).may("person.unknown", "person.gone", "request.bad-value", "role.last-administrator", "seat.pool-full", "seat.person-kind", "license.read-only", "change.meanwhile"),
		remove("/v1/people/{id}/login", "endLogin", api.ScopeAssign, "End a person's login; the person and what was given stay",
			func(c *call) (api.ChangedPerson, error) {
				return c.in.EndLogin(c.r.Context(), c.act, c.path("id"))
			}).with(withDependants).may(leavingCodes...).may("person.unknown"),
	}
}

func profileRoutes() []operation {
	return []operation{
		read("/v1/profiles", "listProfiles", api.ScopeRead, "All profiles, by code",
			func(c *call) (api.List[api.Profile], error) { return c.in.Profiles(c.r.Context(), c.act) }),
		read("/v1/profiles/{code}", "getProfile", api.ScopeRead, "One profile",
			func(c *call) (api.Profile, error) { return c.in.Profile(c.r.Context(), c.act, c.path("code")) }).may("profile.unknown"),
		change("PUT", "/v1/profiles/{code}", "putProfile", api.ScopeAssign, "Make or change a profile: switching a module on takes a seat for everybody on it",
			func(c *call, in api.ProfileBody) (api.ChangedProfile, error) {
				return c.in.PutProfile(c.r.Context(), c.saw(in.Was), c.path("code"), in)
			}).with(withDependants).may("seat.dependants").may("request.bad-value", "seat.pool-full", "seat.person-kind", "seat.not-assignable", "seat.is-a-plan", "license.read-only", "person.blocked", "blockers.unreachable", "change.meanwhile").may(nameCodes...),
		remove("/v1/profiles/{code}", "deleteProfile", api.ScopeAssign, "Delete a profile nobody is on",
			func(c *call) (api.ChangedProfile, error) {
				return c.in.DeleteProfile(c.r.Context(), c.act, c.path("code"))
			}).may("profile.unknown", "profile.in-use"),
	}
}

func auditRoutes() []operation {
	return []operation{
		read("/v1/audit", "listAudit", api.ScopeRead, "Who did what, newest first",
			func(c *call) (api.List[api.AuditEntry], error) {
				return c.in.Audit(c.r.Context(), c.act, installation.AuditFilter{
					Person: c.query.Get("person"), Action: c.query.Get("action"), Who: c.query.Get("who"),
					From: c.query.Get("from"), To: c.query.Get("to"), Door: c.query.Get("door"), Request: c.query.Get("request"), After: c.query.Get("after"), Limit: int(c.number("limit")),
				})
			}).with(
			parameter{name: "person", kind: "string", doc: "Only entries about this person."},
			parameter{name: "action", kind: "string", doc: "Only this action, such as plan.set."},
			parameter{name: "who", kind: "string", doc: "Only what they did: a user id, the id of a token, or person, token, system, host."},
			parameter{name: "from", kind: "string", doc: "Only since this day, where the installation is."},
			parameter{name: "to", kind: "string", doc: "Only through this day."},
			parameter{name: "door", kind: "string", doc: "Only what came through this: page, api, command, job, host or server; none is of which it is not on record."},
			parameter{name: "request", kind: "string", doc: "Only what was asked in the request with this reference number, and what jobs did that it began."},
			limit, after).may("person.unknown", "request.bad-value"),
		read("/v1/audit/verify", "verifyAudit", api.ScopeRead, "Check the chain of audit entries, or a range of it, up to its head",
			func(c *call) (api.AuditVerdict, error) {
				return c.in.VerifyAudit(c.r.Context(), c.act, installation.AuditSpan{From: c.query.Get("from"), To: c.query.Get("to")})
			}).with(
			parameter{name: "from", kind: "string", doc: "The first commit, or a day."},
			parameter{name: "to", kind: "string", doc: "The last commit, or a day."}).may("request.bad-value"),
		proofRoute(),
		checkAudit(),
		read("/v1/audit/{id}", "getAuditEntry", api.ScopeRead, "One entry, by the number of its commit, with what the chain holds of it",
			func(c *call) (api.AuditDetail, error) { return c.in.AuditEntry(c.r.Context(), c.act, c.path("id")) }).may("audit.unknown"),
	}
}

// checkAudit changes nothing, so that there is no preview of it.
func checkAudit() operation {
	o := change("POST", "/v1/audit/verify", "checkAudit", api.ScopeRead, "Check the chain of audit entries, or a range of it; what takes longer than two seconds goes on as a job",
		func(c *call, in api.AuditRange) (api.Job, error) {
			return c.in.CheckAudit(c.r.Context(), c.act, installation.AuditSpan{From: in.From, To: in.To})
		}).may("request.bad-value")
	o.query = nil
	return o
}

func tokenRoutes() []operation {
	return []operation{
		read("/v1/tokens", "listTokens", api.ScopeAdmin, "All tokens, without their secrets",
			func(c *call) (api.List[api.Token], error) { return c.in.Tokens(c.r.Context(), c.act) }),
		change("POST", "/v1/tokens", "makeToken", api.ScopeAdmin, "Make a token; its secret is shown once",
			func(c *call, in api.NewToken) (api.MadeToken, error) {
				return c.in.MakeToken(c.r.Context(), c.act, in)
			}).may("request.bad-value"),
		remove("/v1/tokens/{id}", "revokeToken", api.ScopeAdmin, "Revoke a token",
			func(c *call) (api.RevokedToken, error) {
				return c.in.RevokeToken(c.r.Context(), c.act, c.path("id"))
			}).protecting().may("token.unknown"),
	}
}

func serveLoad(w http.ResponseWriter, c *call) error {
	if err := wantMedia(c.r, "text/plain"); err != nil {
		return err
	}
	body, err := readBody(w, c.r, maxSetBody)
	if err != nil {
		return err
	}
	out, err := c.in.Load(c.r.Context(), c.act, body)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, out)
}

func serveSetFile(w http.ResponseWriter, c *call) error {
	file, err := c.in.SetFile(c.r.Context(), c.path("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", textPlain)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, err = w.Write(file)
	return err
}
