package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/pott-dev/pott/api"
)

// path joins parts below /v1, each escaped, so that no name can reach another
// address.
func path(parts ...string) string {
	p := "/v1"
	for _, part := range parts {
		p += "/" + url.PathEscape(part)
	}
	return p
}

// dry returns the query of a change: a preview when dryRun is set.
func dry(dryRun bool) url.Values {
	if !dryRun {
		return nil
	}
	return url.Values{api.DryRun: {"true"}}
}

// get asks for a T.
func get[T any](ctx context.Context, c *Client, path string, query url.Values) (T, error) {
	var answer T
	err := c.ask(ctx, request{method: http.MethodGet, path: path, query: query}, &answer)
	return answer, err
}

// change sends a change and returns what became of it.
func change[T any](ctx context.Context, c *Client, method, path string, body any, dryRun bool) (T, error) {
	var answer T
	err := c.ask(ctx, request{method: method, path: path, query: dry(dryRun), body: body}, &answer)
	return answer, err
}

// Status returns how the installation is.
func (c *Client) Status(ctx context.Context) (api.Status, error) {
	return get[api.Status](ctx, c, path("status"), nil)
}

// Sets returns the sets the installation has received.
func (c *Client) Sets(ctx context.Context) (api.List[api.Set], error) {
	return get[api.List[api.Set]](ctx, c, path("sets"), nil)
}

// Set returns one set, named by issuer and number: "superoffice-1".
func (c *Client) Set(ctx context.Context, id string) (api.Set, error) {
	return get[api.Set](ctx, c, path("sets", id), nil)
}

// SetFile returns the file of a set, byte for byte as it was received.
func (c *Client) SetFile(ctx context.Context, id string) ([]byte, error) {
	return c.text(ctx, request{method: http.MethodGet, path: path("sets", id, "file")})
}

// LoadSet sends a license file. It is checked and kept; nothing else changes.
func (c *Client) LoadSet(ctx context.Context, file []byte, dryRun bool) (api.LoadedSet, error) {
	var answer api.LoadedSet
	if file == nil {
		file = []byte{} // an empty file is sent as one, and refused as one
	}
	err := c.ask(ctx, request{method: http.MethodPost, path: path("sets"), query: dry(dryRun), raw: file}, &answer)
	return answer, err
}

// Review returns what would happen if the set were activated now.
func (c *Client) Review(ctx context.Context, id string) (api.Review, error) {
	return get[api.Review](ctx, c, path("sets", id, "review"), nil)
}

// ReviewWith returns what would happen if the set were activated now with some
// choices.
func (c *Client) ReviewWith(ctx context.Context, id string, choices api.Choices) (api.Review, error) {
	return change[api.Review](ctx, c, http.MethodPost, path("sets", id, "review"), choices, false)
}

// RollBack puts the set in force again that was replaced last.
func (c *Client) RollBack(ctx context.Context, body api.RollBack, dryRun bool) (api.RolledBack, error) {
	return change[api.RolledBack](ctx, c, http.MethodPost, path("sets", "roll-back"), body, dryRun)
}

// RemoveSet takes the set of a third-party issuer out of force, with everything that
// was given of it.
func (c *Client) RemoveSet(ctx context.Context, id string, dryRun bool) (api.RemovedSet, error) {
	return change[api.RemovedSet](ctx, c, http.MethodDelete, path("sets", id), nil, dryRun)
}

// WithdrawSet lets a set no longer wait.
func (c *Client) WithdrawSet(ctx context.Context, id string, dryRun bool) (api.ChangedSet, error) {
	return change[api.ChangedSet](ctx, c, http.MethodPost, path("sets", id, "withdraw"), struct{}{}, dryRun)
}

// SetHistory returns every time a set was in force, newest first.
func (c *Client) SetHistory(ctx context.Context) (api.List[api.Activation], error) {
	return get[api.List[api.Activation]](ctx, c, path("sets", "history"), nil)
}

// DiffSets returns what two sets say differently.
func (c *Client) DiffSets(ctx context.Context, from, to string) (api.SetDifference, error) {
	return get[api.SetDifference](ctx, c, path("sets", from, "diff", to), nil)
}

// SetPolicy returns how sets come in force.
func (c *Client) SetPolicy(ctx context.Context) (api.SetPolicy, error) {
	return get[api.SetPolicy](ctx, c, path("sets", "policy"), nil)
}

// PutSetPolicy says how sets come in force.
func (c *Client) PutSetPolicy(ctx context.Context, body api.SetPolicy, dryRun bool) (api.ChangedSetPolicy, error) {
	return change[api.ChangedSetPolicy](ctx, c, http.MethodPut, path("sets", "policy"), body, dryRun)
}

// Activate puts a set in force.
func (c *Client) Activate(ctx context.Context, id string, body api.Activate, dryRun bool) (api.Activated, error) {
	return change[api.Activated](ctx, c, http.MethodPost, path("sets", id, "activate"), body, dryRun)
}

// Licenses returns the licenses of the sets in force.
func (c *Client) Licenses(ctx context.Context, hidden bool) (api.List[api.License], error) {
	query := url.Values{}
	if hidden {
		query.Set("hidden", "true")
	}
	return get[api.List[api.License]](ctx, c, path("licenses"), query)
}

// A Page says which part of a list is wanted.
type Page struct {
	Limit int    // 0 leaves it to the server
	After string // Next of the page before; "" for the first
}

func (p Page) query() url.Values {
	q := url.Values{}
	if p.Limit > 0 {
		q.Set("limit", strconv.Itoa(p.Limit))
	}
	if p.After != "" {
		q.Set("after", p.After)
	}
	return q
}

// Holders returns who holds a license, and how.
func (c *Client) Holders(ctx context.Context, name string, page Page) (api.List[api.Holder], error) {
	return get[api.List[api.Holder]](ctx, c, path("licenses", name, "holders"), page.query())
}

// AddPerson adds a person.
func (c *Client) AddPerson(ctx context.Context, p api.NewPerson, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodPost, path("people"), p, dryRun)
}

// ChangePerson changes what the patch names.
func (c *Client) ChangePerson(ctx context.Context, id string, p api.PersonPatch, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodPatch, path("people", id), p, dryRun)
}

// RemovePerson deletes a person and takes back everything the person holds.
func (c *Client) RemovePerson(ctx context.Context, id string, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodDelete, path("people", id), nil, dryRun)
}

// SetPlan puts a person on a plan, in place of the one of the same group.
func (c *Client) SetPlan(ctx context.Context, id string, p api.PlanChoice, t Taking) (api.ChangedPerson, error) {
	return taking[api.ChangedPerson](ctx, c, http.MethodPut, path("people", id, "plan"), p, t)
}

// Offer returns what a person may be given.
func (c *Client) Offer(ctx context.Context, id string) (api.Offer, error) {
	return get[api.Offer](ctx, c, path("people", id, "offer"), nil)
}

// Arrange gives a person exactly some plans and extras.
func (c *Client) Arrange(ctx context.Context, id string, a api.Arrangement, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodPut, path("people", id, "given"), a, dryRun)
}

// AddPlan gives a person one more plan.
func (c *Client) AddPlan(ctx context.Context, id string, p api.PlanChoice, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodPost, path("people", id, "plans"), p, dryRun)
}

// RemovePlan takes a plan back.
func (c *Client) RemovePlan(ctx context.Context, id, plan string, t Taking) (api.ChangedPerson, error) {
	return taking[api.ChangedPerson](ctx, c, http.MethodDelete, path("people", id, "plans", plan), nil, t)
}

// GiveExtra gives a person an extra.
func (c *Client) GiveExtra(ctx context.Context, id, name string, e api.ExtraChoice, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodPut, path("people", id, "extras", name), e, dryRun)
}

// RemoveExtra takes an extra back.
func (c *Client) RemoveExtra(ctx context.Context, id, name string, t Taking) (api.ChangedPerson, error) {
	return taking[api.ChangedPerson](ctx, c, http.MethodDelete, path("people", id, "extras", name), nil, t)
}

// SetProfile puts a person on a profile, or on none.
func (c *Client) SetProfile(ctx context.Context, id string, p api.ProfileChoice, t Taking) (api.ChangedPerson, error) {
	return taking[api.ChangedPerson](ctx, c, http.MethodPut, path("people", id, "profile"), p, t)
}

// GiveLogin gives a person a login.
func (c *Client) GiveLogin(ctx context.Context, id string, l api.LoginChoice, dryRun bool) (api.ChangedPerson, error) {
	return change[api.ChangedPerson](ctx, c, http.MethodPut, path("people", id, "login"), l, dryRun)
}

// EndLogin takes a person's login away.
func (c *Client) EndLogin(ctx context.Context, id string, t Taking) (api.ChangedPerson, error) {
	return taking[api.ChangedPerson](ctx, c, http.MethodDelete, path("people", id, "login"), nil, t)
}

// Profiles returns the profiles of the installation.
func (c *Client) Profiles(ctx context.Context) (api.List[api.Profile], error) {
	return get[api.List[api.Profile]](ctx, c, path("profiles"), nil)
}

// Profile returns one profile.
func (c *Client) Profile(ctx context.Context, code string) (api.Profile, error) {
	return get[api.Profile](ctx, c, path("profiles", code), nil)
}

// PutProfile makes a profile or changes what it holds.
func (c *Client) PutProfile(ctx context.Context, code string, p api.ProfileBody, t Taking) (api.ChangedProfile, error) {
	return taking[api.ChangedProfile](ctx, c, http.MethodPut, path("profiles", code), p, t)
}

// RemoveProfile removes a profile nobody is on.
func (c *Client) RemoveProfile(ctx context.Context, code string, dryRun bool) (api.ChangedProfile, error) {
	return change[api.ChangedProfile](ctx, c, http.MethodDelete, path("profiles", code), nil, dryRun)
}

// Check asks one question.
func (c *Client) Check(ctx context.Context, q api.Check) (api.Answer, error) {
	return change[api.Answer](ctx, c, http.MethodPost, path("check"), q, false)
}

// Why asks one question and wants to know everything that led to the answer.
func (c *Client) Why(ctx context.Context, q api.Check) (api.Why, error) {
	return c.why(ctx, q, url.Values{})
}

// WhyProved is Why with the proof that the license that decides is in the set in
// force.
func (c *Client) WhyProved(ctx context.Context, q api.Check) (api.Why, error) {
	return c.why(ctx, q, url.Values{"proof": {"true"}})
}

func (c *Client) why(ctx context.Context, q api.Check, query url.Values) (api.Why, error) {
	for name, value := range map[string]string{"person": q.Person, "module": q.Module, "client": q.Client, "feature": q.Feature, "database": q.Database} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return get[api.Why](ctx, c, path("why"), query)
}

// OwnLicenses returns what somebody may use, as it is told to the person.
func (c *Client) OwnLicenses(ctx context.Context, person string) (api.OwnLicenses, error) {
	return get[api.OwnLicenses](ctx, c, path("people", person, "licenses"), nil)
}

// Count counts users both ways.
func (c *Client) Count(ctx context.Context) (api.Count, error) {
	return get[api.Count](ctx, c, path("count"), nil)
}

// AuditFilter says which audit entries are wanted. Empty fields ask nothing.
type AuditFilter struct {
	Person string
	Action string
	Who    string
	From   string // day
	To     string // likewise
	Door   string
	// Request is the reference number of a request.
	Request string
	Page
}

// Audit returns a page of what was done, newest first.
func (c *Client) Audit(ctx context.Context, f AuditFilter) (api.List[api.AuditEntry], error) {
	q := f.Page.query()
	for name, value := range map[string]string{"person": f.Person, "action": f.Action, "who": f.Who, "from": f.From, "to": f.To, "door": f.Door, "request": f.Request} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return get[api.List[api.AuditEntry]](ctx, c, path("audit"), q)
}

// CheckAudit has the chain of audit entries checked, as a job when it takes long.
func (c *Client) CheckAudit(ctx context.Context, r api.AuditRange) (api.Job, error) {
	return change[api.Job](ctx, c, http.MethodPost, path("audit", "verify"), r, false)
}

// VerifyAudit has the server check its audit chain;
// from and to are numbers of commits or days; "" is the first and the last.
func (c *Client) VerifyAudit(ctx context.Context, from, to string) (api.AuditVerdict, error) {
	q := url.Values{}
	for name, value := range map[string]string{"from": from, "to": to} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return get[api.AuditVerdict](ctx, c, path("audit", "verify"), q)
}

// AuditProof writes a proof of the audit trail to w, as the server sends it; from
// and to are as of [Client.VerifyAudit]. What was written when it fails is none.
func (c *Client) AuditProof(ctx context.Context, from, to string, names bool, w io.Writer) error {
	q := url.Values{}
	for name, value := range map[string]string{"from": from, "to": to} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if names {
		q.Set("names", "true")
	}
	return c.copy(ctx, request{method: http.MethodGet, path: path("audit", "proof"), query: q}, w)
}

// AuditEntry returns one entry of the audit trail with what the chain holds of it.
func (c *Client) AuditEntry(ctx context.Context, id string) (api.AuditDetail, error) {
	return get[api.AuditDetail](ctx, c, path("audit", id), nil)
}

// Tokens returns the tokens of the installation, without their secrets.
func (c *Client) Tokens(ctx context.Context) (api.List[api.Token], error) {
	return get[api.List[api.Token]](ctx, c, path("tokens"), nil)
}

// AddToken makes a token; the answer is the only time its secret is seen.
func (c *Client) AddToken(ctx context.Context, t api.NewToken, dryRun bool) (api.MadeToken, error) {
	return change[api.MadeToken](ctx, c, http.MethodPost, path("tokens"), t, dryRun)
}

// RevokeToken ends a token.
func (c *Client) RevokeToken(ctx context.Context, id string, dryRun bool) (api.RevokedToken, error) {
	return change[api.RevokedToken](ctx, c, http.MethodDelete, path("tokens", id), nil, dryRun)
}
