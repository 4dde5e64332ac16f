package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/pott-dev/pott/api"
)

// A Taking says how something is taken back.
type Taking struct {
	DryRun         bool
	WithDependants bool // what needs it may go along
}

func (t Taking) query() url.Values {
	q := url.Values{}
	if t.DryRun {
		q.Set(api.DryRun, "true")
	}
	if t.WithDependants {
		q.Set("with_dependants", "true")
	}
	return q
}

// taking sends a change that takes something back.
func taking[T any](ctx context.Context, c *Client, method, path string, body any, t Taking) (T, error) {
	var answer T
	err := c.ask(ctx, request{method: method, path: path, query: t.query(), body: body}, &answer)
	return answer, err
}

// RetirePerson makes somebody a former employee.
func (c *Client) RetirePerson(ctx context.Context, id string, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodPost, path("people", id, "retire"), struct{}{}, dryRun)
}

// RestorePerson brings back somebody who has left or was deleted.
func (c *Client) RestorePerson(ctx context.Context, id string, r api.RestoreChoice, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodPost, path("people", id, "restore"), r, dryRun)
}

// RefusePerson turns somebody away who waits for approval.
func (c *Client) RefusePerson(ctx context.Context, id string, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodPost, path("people", id, "refuse"), struct{}{}, dryRun)
}

// ApprovePerson lets somebody in who waits for approval.
func (c *Client) ApprovePerson(ctx context.Context, id string, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodPost, path("people", id, "approve"), struct{}{}, dryRun)
}

// Roles returns who has which role.
func (c *Client) Roles(ctx context.Context) (api.List[api.RoleHolder], error) {
	return get[api.List[api.RoleHolder]](ctx, c, path("roles"), nil)
}

// GiveRole gives a person a role.
func (c *Client) GiveRole(ctx context.Context, id, role string, dryRun bool) (api.ChangedRoles, error) {
	return change[api.ChangedRoles](ctx, c, http.MethodPost, path("people", id, "roles"), api.RoleChoice{Role: role}, dryRun)
}

// TakeRole takes a role back.
func (c *Client) TakeRole(ctx context.Context, id, role string, dryRun bool) (api.ChangedRoles, error) {
	return change[api.ChangedRoles](ctx, c, http.MethodDelete, path("people", id, "roles", role), nil, dryRun)
}

// Databases returns the databases of the installation.
func (c *Client) Databases(ctx context.Context, removed bool) (api.List[api.Database], error) {
	query := url.Values{}
	if removed {
		query.Set("removed", "true")
	}
	return get[api.List[api.Database]](ctx, c, path("databases"), query)
}

// AddDatabase adds a satellite.
func (c *Client) AddDatabase(ctx context.Context, name string, dryRun bool) (api.ChangedDatabase, error) {
	return change[api.ChangedDatabase](ctx, c, http.MethodPost, path("databases"), api.DatabaseName{Name: name}, dryRun)
}

// RenameDatabase gives a database another name.
func (c *Client) RenameDatabase(ctx context.Context, id string, r api.DatabaseRename, dryRun bool) (api.ChangedDatabase, error) {
	return change[api.ChangedDatabase](ctx, c, http.MethodPatch, path("databases", id), r, dryRun)
}

// RemoveDatabase removes a satellite.
func (c *Client) RemoveDatabase(ctx context.Context, id string, dryRun bool) (api.ChangedDatabase, error) {
	return change[api.ChangedDatabase](ctx, c, http.MethodDelete, path("databases", id), nil, dryRun)
}

// AssignSite gives a database a site license.
func (c *Client) AssignSite(ctx context.Context, id, name string, s api.SiteChoice, dryRun bool) (api.ChangedDatabase, error) {
	return change[api.ChangedDatabase](ctx, c, http.MethodPut, path("databases", id, "licenses", name), s, dryRun)
}

// ReleaseSite takes a site license back from a database.
func (c *Client) ReleaseSite(ctx context.Context, id, name string, t Taking) (api.ChangedDatabase, error) {
	return taking[api.ChangedDatabase](ctx, c, http.MethodDelete, path("databases", id, "licenses", name), nil, t)
}

// BlockersHook returns which address is asked for blockers.
func (c *Client) BlockersHook(ctx context.Context) (api.BlockersHook, error) {
	return get[api.BlockersHook](ctx, c, path("blockers"), nil)
}

// SetBlockersHook sets which address is asked for blockers.
func (c *Client) SetBlockersHook(ctx context.Context, h api.BlockersHookBody, dryRun bool) (api.ChangedBlockersHook, error) {
	return change[api.ChangedBlockersHook](ctx, c, http.MethodPut, path("blockers"), h, dryRun)
}

// DropBlockersHook asks nobody any longer.
func (c *Client) DropBlockersHook(ctx context.Context, dryRun bool) (api.ChangedBlockersHook, error) {
	return change[api.ChangedBlockersHook](ctx, c, http.MethodDelete, path("blockers"), nil, dryRun)
}

// Blockers asks what somebody still has in hand; act may be "".
func (c *Client) Blockers(ctx context.Context, id, act string) (api.Blockers, error) {
	query := url.Values{}
	if act != "" {
		query.Set("act", act)
	}
	return get[api.Blockers](ctx, c, path("people", id, "blockers"), query)
}

// MayUpgrade asks whether a version may be installed; every argument may be "".
func (c *Client) MayUpgrade(ctx context.Context, version, date, issuer string) (api.Upgrade, error) {
	query := url.Values{}
	for name, value := range map[string]string{"version": version, "date": date, "issuer": issuer} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return get[api.Upgrade](ctx, c, path("may-upgrade"), query)
}

// PeopleFilter says which people are wanted, and in which order. Empty fields ask
// nothing; the words are those of the API.
type PeopleFilter struct {
	Text    string
	Plan    string
	Holds   string
	Extra   string
	Login   string // "true" or "false", as the next four
	SignsIn string
	Former  string
	Paid    string
	Counted string
	Kind    string
	Role    string
	Group   string
	Profile string
	Active  string // such as "longer,never"
	Sort    string
	GroupBy string

	Waiting bool // for approval
	Deleted bool // deleted people too
	Number  int  // of the page, from 1
	Page
}

func (f PeopleFilter) query() url.Values {
	q := f.Page.query()
	for name, value := range map[string]string{"q": f.Text, "plan": f.Plan, "holds": f.Holds, "extra": f.Extra, "login": f.Login, "signs_in": f.SignsIn,
		"former": f.Former, "paid": f.Paid, "counted": f.Counted, "kind": f.Kind, "role": f.Role, "group": f.Group, "profile": f.Profile, "active": f.Active, "sort": f.Sort, "group_by": f.GroupBy} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Waiting {
		q.Set("waiting", "true")
	}
	if f.Deleted {
		q.Set("deleted", "true")
	}
	if f.Number > 0 {
		q.Set("page", strconv.Itoa(f.Number))
	}
	return q
}

// People returns one page of people.
func (c *Client) People(ctx context.Context, f PeopleFilter) (api.PeopleList, error) {
	return get[api.PeopleList](ctx, c, path("people"), f.query())
}

// Person returns a person with everything the person may use, as of a moment or
// day of the past unless that is "".
func (c *Client) Person(ctx context.Context, id, asOf string) (api.PersonDetail, error) {
	query := url.Values{}
	if asOf != "" {
		query.Set("as_of", asOf)
	}
	return get[api.PersonDetail](ctx, c, path("people", id), query)
}

// ErasePerson forgets for good what names a person.
func (c *Client) ErasePerson(ctx context.Context, id string, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodPost, path("people", id, "erase"), struct{}{}, dryRun)
}
