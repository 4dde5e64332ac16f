package httpapi

import (
	"github.com/pott-dev/pott/api"
)

// withDependants agrees to what goes along.
var withDependants = parameter{name: "with_dependants", kind: "boolean", doc: "Whether what needs it may go along; refused with seat.dependants otherwise."}

// leavingCodes are the reasons for which something cannot be taken from
// somebody.
var leavingCodes = []string{"seat.dependants", "role.last-administrator", "person.blocked", "blockers.unreachable"}

// returningRoutes are about people who leave, come back or wait to be let in.
func returningRoutes() []operation {
	return []operation{
		change("POST", "/v1/people/{id}/retire", "retirePerson", api.ScopeAssign, "Make somebody a former employee: everything given by hand and every role is taken back",
			func(c *call, _ nothing) (api.ChangedPerson, error) {
				return c.in.RetirePerson(c.r.Context(), c.act, c.path("id"))
			}).may("person.unknown", "person.own-account", "person.gone").may(leavingCodes...),
		change("POST", "/v1/people/{id}/restore", "restorePerson", api.ScopeAssign, "Bring back somebody who has left or was deleted, without anything that was given by hand",
			func(c *call, in api.RestoreChoice) (api.ChangedPerson, error) {
				return c.in.RestorePerson(c.r.Context(), c.act, c.path("id"), in)
			}).may("person.unknown", "person.erased", "person.user-id-taken", "request.bad-value", "seat.pool-full", "seat.person-kind", "license.read-only"),
		change("POST", "/v1/people/{id}/approve", "approvePerson", api.ScopeAssign, "Let somebody in who waits for approval",
			func(c *call, _ nothing) (api.ChangedPerson, error) {
				return c.in.ApprovePerson(c.r.Context(), c.act, c.path("id"))
			}).may("person.unknown", "person.gone"),
		change("POST", "/v1/people/{id}/refuse", "refusePerson", api.ScopeAssign, "Turn somebody away who waits for approval: the person is deleted, number and history stay",
			func(c *call, _ nothing) (api.ChangedPerson, error) {
				return c.in.RefusePerson(c.r.Context(), c.act, c.path("id"))
			}).may("person.unknown", "person.gone", "person.not-waiting", "person.own-account").may(leavingCodes...),
	}
}

func roleRoutes() []operation {
	return []operation{
		read("/v1/roles", "listRoles", api.ScopeRead, "Who has which role, the widest role first",
			func(c *call) (api.List[api.RoleHolder], error) { return c.in.Roles(c.r.Context(), c.act) }),
		change("POST", "/v1/people/{id}/roles", "giveRole", api.ScopeAdmin, "Give a person a role",
			func(c *call, in api.RoleChoice) (api.ChangedRoles, error) {
				return c.in.GiveRole(c.r.Context(), c.act, c.path("id"), in.Role)
			}).may("person.unknown", "person.gone", "license.bad-word", "role.own"),
		remove("/v1/people/{id}/roles/{role}", "takeRole", api.ScopeAdmin, "Take a role back; the last administrator who can sign in keeps it",
			func(c *call) (api.ChangedRoles, error) {
				return c.in.TakeRole(c.r.Context(), c.act, c.path("id"), c.path("role"))
			}).may("person.unknown", "license.bad-word", "role.own", "role.last-administrator"),
	}
}

func databaseRoutes() []operation {
	return []operation{
		read("/v1/databases", "listDatabases", api.ScopeRead, "All databases with the site licenses they hold, by number; 0 is the central one",
			func(c *call) (api.List[api.Database], error) {
				return c.in.Databases(c.r.Context(), c.act, c.flag("removed"))
			}).with(parameter{name: "removed", kind: "boolean", doc: "Whether removed ones are listed too."}),
		change("POST", "/v1/databases", "addDatabase", api.ScopeAssign, "Add a satellite database",
			func(c *call, in api.DatabaseName) (api.ChangedDatabase, error) {
				return c.in.AddDatabase(c.r.Context(), c.act, in.Name)
			}).may("request.bad-value", "database.name-taken"),
		read("/v1/databases/{database}", "getDatabase", api.ScopeRead, "One database",
			func(c *call) (api.Database, error) {
				return c.in.Database(c.r.Context(), c.act, c.path("database"))
			}).may("database.unknown"),
		change("PATCH", "/v1/databases/{database}", "renameDatabase", api.ScopeAssign, "Give a database another name; number and history stay",
			func(c *call, in api.DatabaseRename) (api.ChangedDatabase, error) {
				return c.in.RenameDatabase(c.r.Context(), c.saw(in.Was), c.path("database"), in.Name)
			}).may("database.unknown", "database.removed", "database.name-taken", "request.bad-value", "change.meanwhile"),
		remove("/v1/databases/{database}", "removeDatabase", api.ScopeAssign, "Remove a satellite database: what it holds is released, number and history stay",
			func(c *call) (api.ChangedDatabase, error) {
				return c.in.RemoveDatabase(c.r.Context(), c.act, c.path("database"))
			}).may("database.unknown", "database.central"),
		change("PUT", "/v1/databases/{database}/licenses/{name}", "assignSite", api.ScopeAssign, "Give a database a site license",
			func(c *call, in api.SiteChoice) (api.ChangedDatabase, error) {
				return c.in.AssignSite(c.r.Context(), c.act, c.path("database"), c.path("name"), in)
			}).may("database.unknown", "database.removed", "database.not-for-databases", "seat.pool-full", "seat.hidden", "seat.prerequisite",
			"seat.bad-quantity", "license.read-only", "request.bad-value").may(nameCodes...),
		remove("/v1/databases/{database}/licenses/{name}", "releaseSite", api.ScopeAssign, "Take a site license back from a database",
			func(c *call) (api.ChangedDatabase, error) {
				return c.in.ReleaseSite(c.r.Context(), c.act, c.path("database"), c.path("name"), c.act.WithDependants)
			}).with(withDependants).may("database.unknown", "seat.dependants").may(nameCodes...),
	}
}

func blockerRoutes() []operation {
	return []operation{
		read("/v1/blockers", "getBlockersHook", api.ScopeRead, "Which address of the host application is asked before something is taken from people",
			func(c *call) (api.BlockersHook, error) { return c.in.BlockersHook(c.r.Context(), c.act) }),
		change("PUT", "/v1/blockers", "setBlockersHook", api.ScopeAdmin, "Set the address of the host application that is asked; requests are signed with the installation's key",
			func(c *call, in api.BlockersHookBody) (api.ChangedBlockersHook, error) {
				return c.in.SetBlockersHook(c.r.Context(), c.saw(in.Was), api.BlockersHook{URL: in.URL, Timeout: in.Timeout, Unreachable: in.Unreachable})
			}).may("request.bad-value", "license.bad-word", "installation.no-key", "change.meanwhile"),
		remove("/v1/blockers", "dropBlockersHook", api.ScopeAdmin, "Ask nobody any longer",
			func(c *call) (api.ChangedBlockersHook, error) { return c.in.DropBlockersHook(c.r.Context(), c.act) }),
		read("/v1/people/{id}/blockers", "getBlockers", api.ScopeRead, "What somebody still has in hand in the host application",
			func(c *call) (api.Blockers, error) {
				return c.in.PersonBlockers(c.r.Context(), c.act, c.path("id"), c.query.Get("act"))
			}).with(parameter{name: "act", kind: "string", doc: "plan.remove, login.end, person.retire or person.delete; person.retire when left out."}).
			may("person.unknown", "license.bad-word", "blockers.unreachable"),
	}
}

func upgradeRoutes() []operation {
	return []operation{
		read("/v1/may-upgrade", "getMayUpgrade", api.ScopeRead, "Whether a version may be installed, by the maintenance date of each issuer",
			func(c *call) (api.Upgrade, error) {
				return c.in.MayUpgrade(c.query.Get("version"), c.query.Get("date"), c.query.Get("issuer"))
			}).with(
			parameter{name: "version", kind: "string", doc: "The version, as it is to stand in the answer."},
			parameter{name: "date", kind: "string", doc: "The day it was released; today when left out."},
			parameter{name: "issuer", kind: "string", doc: "Only this issuer."}).
			alsoScope(api.ScopeCheck).may("request.bad-value", "license.bad-name"),
	}
}
