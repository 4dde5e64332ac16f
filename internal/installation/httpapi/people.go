package httpapi

import (
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
)

func listPeople() operation {
	return read("/v1/people", "listPeople", api.ScopeRead, "People, by user id or as sort says",
		func(c *call) (api.PeopleList, error) {
			return c.in.People(c.r.Context(), c.act, peopleFilter(c))
		}).with(peopleParameters...).with(
		parameter{name: "group_by", kind: "string", doc: "Put people together by a column: " + strings.Join(installation.PeopleGroupings, ", ") + "."},
		parameter{name: "page", kind: "integer", doc: "The page of this number, from 1, instead of after.", max: 1_000_000},
		limit, after).may("request.bad-value", "license.bad-word", "activity.bad-word", "activity.off").may(nameCodes...)
}

// peopleParameters choose people and order them.
var peopleParameters = []parameter{
	{name: "q", kind: "string", doc: "Parts of a user id, name, address or group, with spaces between; all must be there."},
	{name: "plan", kind: "string", doc: "Only people on this plan."},
	{name: "holds", kind: "string", doc: "Only people who may use this license, by a plan or by itself."},
	{name: "extra", kind: "string", doc: "Only people who were given this license beside a plan."},
	{name: "login", kind: "boolean", doc: "Only people with a login, or only those without."},
	{name: "signs_in", kind: "boolean", doc: "Only people who may sign in today, or only those who may not."},
	{name: "waiting", kind: "boolean", doc: "Only people who wait for approval, or only the others."},
	{name: "former", kind: "boolean", doc: "Only people who have left, or only the others."},
	{name: "paid", kind: "boolean", doc: "Only people on a plan that is neither empty nor unrestricted, or only the others."},
	{name: "counted", kind: "boolean", doc: "Only people who take a seat of anything that is limited, or only the others."},
	{name: "kind", kind: "string", doc: "Only accounts of these kinds, with commas between: internal, external, system, anonymous or resource."},
	{name: "role", kind: "string", doc: "Only people with this role; none: only people without any."},
	{name: "group", kind: "string", doc: "Only people of this group."},
	{name: "profile", kind: "string", doc: "Only people on this profile."},
	{name: "active", kind: "string", doc: "Only people who were active so long ago, with commas between: today, 7-days, 30-days, 90-days, longer or never. Refused where that is not collected."},
	{name: "deleted", kind: "boolean", doc: "Whether deleted people are listed too."},
	{name: "sort", kind: "string", doc: "Column, with a hyphen before it to turn the order around: " + strings.Join(installation.PeopleColumns, ", ") + ". Words sort by the alphabet of the language that is asked for."},
}

func peopleFilter(c *call) installation.PeopleFilter {
	q := c.query.Get
	return installation.PeopleFilter{
		Text: q("q"), Plan: q("plan"), Holds: q("holds"), Extra: q("extra"), Login: q("login"), SignsIn: q("signs_in"), Waiting: q("waiting"),
		Former: q("former"), Paid: q("paid"), Counted: q("counted"), Kind: q("kind"), Role: q("role"), Group: q("group"), Profile: q("profile"), Active: q("active"), Deleted: c.flag("deleted"),
		Sort: q("sort"), GroupBy: q("group_by"), Page: int(c.number("page")), Limit: int(c.number("limit")), After: q("after"),
	}
}
