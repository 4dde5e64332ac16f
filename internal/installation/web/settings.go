package web

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/seat"
)

func settingsRoutes() []route {
	return slices.Concat([]route{
		get("/settings", api.ScopeAdmin, showSettings),
		post("/settings/policy", api.ScopeAdmin, setSetPolicy).granting().showing(),
		post("/settings/defaults", api.ScopeAdmin, setDefaults).showing(),
		get("/settings/roles", api.ScopeAdmin, showRoles),
		post("/settings/roles", api.ScopeAdmin, giveRole).granting(),
		post("/settings/roles/take", api.ScopeAdmin, takeRole),
		get("/settings/providers", api.ScopeAdmin, showProviders),
		get("/settings/providers/new", api.ScopeAdmin, showNewProvider),
		get("/settings/providers/{code}", api.ScopeAdmin, showProvider),
		post("/settings/providers", api.ScopeAdmin, putProvider).granting().showing(),
		post("/settings/providers/{code}/remove", api.ScopeAdmin, removeProvider).protecting(),
		post("/settings/providers/{code}/test", api.ScopeAdmin, testProvider).whatever(),
		get("/settings/tokens", api.ScopeAdmin, showTokens),
		post("/settings/tokens", api.ScopeAdmin, makeToken).granting(),
		post("/settings/tokens/{id}/revoke", api.ScopeAdmin, revokeToken).protecting(),
		get("/settings/blockers", api.ScopeAdmin, showBlockers),
		post("/settings/blockers", api.ScopeAdmin, setBlockers).granting().showing(),
		post("/settings/blockers/remove", api.ScopeAdmin, dropBlockers),
	}, exporting("/settings/roles", api.ScopeAdmin, rolesList), exporting("/settings/tokens", api.ScopeAdmin, tokensList), exporting("/settings/providers", api.ScopeAdmin, providersList))
}

// leastPassword is how many characters a password needs.
const leastPassword = installation.LeastPassword

// settingsPlaces are the parts of the settings.
var settingsPlaces = []place{
	{"settings.organization", "/settings", api.ScopeAdmin}, {"settings.roles", "/settings/roles", api.ScopeAdmin},
	{"settings.providers", "/settings/providers", api.ScopeAdmin}, {"settings.tokens", "/settings/tokens", api.ScopeAdmin},
	{"settings.blockers", "/settings/blockers", api.ScopeAdmin}, {"message.title", "/settings/messages", api.ScopeAdmin}, {"settings.activity", activityPath, api.ScopeAdmin},
}

// setting begins a page of the settings.
func (v *visit) setting(title, path string) {
	v.titled("settings", v.Say(title))
	if path != "/settings" {
		v.crumbs(v.crumb("nav.settings", "/settings"))
	}
}

func (v *visit) settingsTabs(at string) (tabs []page.Link) {
	for _, p := range settingsPlaces {
		tabs = append(tabs, page.Link{Text: v.Say(p.key), Path: p.path, Current: p.path == at})
	}
	return tabs
}

func showSettings(v *visit) error {
	v.setting("nav.settings", "/settings")
	v.Command = "pott set policy"
	policy, err := v.in.SetPolicy(v.ctx(), v.act)
	if err != nil {
		return err
	}
	return v.show(settingsPage(v, policy.Activation))
}

func setSetPolicy(v *visit) error {
	// What was left as the reader saw it stays what it is now: there are only two.
	if text := v.form("activation"); text == v.saw("activation", "") {
		policy, err := v.in.SetPolicy(v.ctx(), v.act)
		if err != nil {
			return err
		}
		return v.done("/settings", page.Receipt{Title: v.Say("settings.policy-" + policy.Activation)})
	}
	changed, err := v.in.PutSetPolicy(v.ctx(), v.act, api.SetPolicy{Activation: v.form("activation")})
	if err != nil {
		return err
	}
	before := "ask"
	if changed.Activation == before {
		before = "automatic"
	}
	r := page.Receipt{Title: v.Say("settings.policy-" + changed.Activation), Links: v.recorded(changed.Outcome)}
	if changed.Changed {
		r.Undo = &page.Act{Text: v.Say("settings.undo"), Path: "/settings/policy", Fields: [][2]string{{"activation", before}}}
	}
	return v.done("/settings", r)
}

// setDefaults says how pages are for those who have chosen nothing.
func setDefaults(v *visit) error {
	language, theme := v.form("language"), v.form("theme")
	done, err := v.in.PutDefaults(v.ctx(), v.seeing(v.act, "language", "theme"), api.DefaultsPatch{Language: &language, Theme: &theme})
	if changed := new(installation.ChangedMeanwhileError); errors.As(err, &changed) {
		return v.defaultsConflict(changed.Fields)
	} else if err != nil {
		return err
	}
	r := page.Receipt{Title: v.Say("settings.defaults-are", "Language", languageName(done.Language), "Theme", v.Say("me.theme-"+done.Theme)), Links: v.recorded(done.Outcome)}
	if done.Changed {
		r.Undo = &page.Act{Text: v.Say("settings.undo"), Path: "/settings/defaults",
			Fields: undoing("language", done.Was.Language, done.Language, "theme", done.Was.Theme, done.Theme)}
	}
	return v.done("/settings", r)
}

func (v *visit) defaultsConflict(fields []string) error {
	now, err := v.in.Defaults(v.ctx(), v.act)
	if err != nil {
		return err
	}
	x := meanwhileView{What: v.Org, By: v.lastWho("defaults.set", "", ""), Caption: v.Say("settings.defaults"), Action: "/settings/defaults"}
	return v.settingConflict("settings.organization", "/settings", x, contestedOf(fields,
		contested{Field: "language", Label: v.Say("settings.language"), Yours: v.form("language"), Now: now.Language, Say: languageName},
		contested{Field: "theme", Label: v.Say("me.theme"), Yours: v.form("theme"), Now: now.Theme, Say: func(t string) string { return v.Say("me.theme-" + t) }}))
}

func languageOptions(chosen string) (all []page.Option) {
	for _, l := range page.Languages {
		all = append(all, page.Option{Value: l.Code, Text: l.Name, Chosen: l.Code == chosen})
	}
	return all
}

func (v *visit) themeOptions(chosen string) (all []page.Option) {
	for _, t := range installation.Themes {
		all = append(all, page.Option{Value: t, Text: v.Say("me.theme-" + t), Chosen: t == chosen})
	}
	return all
}

func showRoles(v *visit) error { return v.showRoles("", "", nil) }

func (v *visit) showRoles(person, role string, err error) error {
	v.setting("settings.roles", "/settings/roles")
	v.Command = "pott role ls"
	list, listed := v.in.Roles(v.ctx(), v.act)
	if listed != nil {
		return listed
	}
	v.AsOf = list.AsOf
	view := rolesView{Holders: list.Items, Person: person}
	for _, r := range seat.Roles {
		view.Roles = append(view.Roles, page.Option{Value: string(r), Text: v.Say("settings.role-" + string(r)), Hint: v.Say("settings.may-" + string(r)), Chosen: string(r) == cmp.Or(role, string(seat.Auditor))})
	}
	if err != nil {
		return v.refuse(err, func(f page.Faults) error {
			f[0].Field = "person"
			view.Faults = f
			return v.show(rolesPage(v, view))
		})
	}
	return v.show(rolesPage(v, view))
}

// A rolesView is who may administer, and a form to say so.
type rolesView struct {
	Holders []api.RoleHolder
	Roles   []page.Option
	Person  string
	Faults  page.Faults
}

func giveRole(v *visit) error {
	done, err := v.in.GiveRole(v.ctx(), v.act, v.form("person"), v.form("role"))
	if err != nil {
		return v.showRoles(v.form("person"), v.form("role"), err)
	}
	return v.done("/settings/roles", page.Receipt{Title: v.Say("settings.role-given", "Person", done.Person, "Role", v.Say("settings.role-"+v.form("role"))), Links: v.recorded(done.Outcome),
		Undo: roleAct(v, "/settings/roles/take", done.Person, v.form("role"))})
}

func takeRole(v *visit) error {
	done, err := v.in.TakeRole(v.ctx(), v.act, v.form("person"), v.form("role"))
	if err != nil {
		return v.showRoles(v.form("person"), v.form("role"), err)
	}
	return v.done("/settings/roles", page.Receipt{Title: v.Say("settings.role-taken", "Person", done.Person, "Role", v.Say("settings.role-"+v.form("role"))), Links: v.recorded(done.Outcome),
		Undo: roleAct(v, "/settings/roles", done.Person, v.form("role"))})
}

func roleAct(v *visit, path, person, role string) *page.Act {
	return &page.Act{Text: v.Say("settings.undo"), Path: path, Fields: [][2]string{{"person", person}, {"role", role}}}
}

func showProviders(v *visit) error {
	v.setting("settings.providers", "/settings/providers")
	v.Command = "pott provider ls"
	list, err := v.in.Providers(v.ctx(), v.act)
	if err != nil {
		return err
	}
	v.AsOf = list.AsOf
	return v.show(providersPage(v, list.Items))
}

// A providerView is a form about one provider.
type providerView struct {
	New    bool
	Code   string
	Body   api.ProviderBody
	Secret bool // one is kept
	Faults page.Faults
}

func showNewProvider(v *visit) error {
	return v.showProvider(providerView{New: true, Body: api.ProviderBody{Match: installation.MatchUserID}}, nil)
}

func showProvider(v *visit) error {
	p, err := v.provider(v.r.PathValue("code"))
	if err != nil {
		return err
	}
	return v.showProvider(providerView{Code: p.Code, Secret: p.Secret,
		Body: api.ProviderBody{Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, Match: p.Match, Claim: p.Claim}}, nil)
}

func (v *visit) provider(code string) (api.Provider, error) {
	list, err := v.in.Providers(v.ctx(), v.act)
	if err != nil {
		return api.Provider{}, err
	}
	i := slices.IndexFunc(list.Items, func(p api.Provider) bool { return p.Code == code })
	if i < 0 {
		return api.Provider{}, &installation.UnknownProviderError{Provider: code}
	}
	return list.Items[i], nil
}

func (v *visit) showProvider(view providerView, err error) error {
	title := v.Say("settings.provider-new")
	if !view.New {
		title = view.Body.Name
	}
	v.titled("settings", title)
	v.crumbs(v.crumb("nav.settings", "/settings"), v.crumb("settings.providers", "/settings/providers"))
	if err != nil {
		field := ""
		if bad := new(installation.BadValueError); errors.As(err, &bad) {
			field = bad.Field
		}
		return v.refuse(err, func(f page.Faults) error {
			f[0].Field = field
			view.Faults = f
			return v.show(providerPage(v, view))
		})
	}
	return v.show(providerPage(v, view))
}

func putProvider(v *visit) error {
	body := api.ProviderBody{Name: v.form("name"), Issuer: v.form("issuer"), ClientID: v.form("client_id"), Secret: v.form("secret"),
		Match: v.form("match"), Claim: v.form("claim")}
	if body.Match == installation.MatchEmail {
		body.Claim = ""
	}
	code := v.form("code")
	body.New = v.form("new") != ""
	done, err := v.in.PutProvider(v.ctx(), v.seeing(v.act, providerFields...), code, body)
	if err != nil {
		changed, gone := new(installation.ChangedMeanwhileError), new(installation.UnknownProviderError)
		switch body.Secret = ""; {
		case errors.As(err, &changed):
			return v.providerConflict(code, changed.Fields)
		case errors.As(err, &gone): // somebody has removed it: what was typed makes it anew
			clear(v.r.PostForm)
			return v.showProvider(providerView{New: true, Code: code, Body: body}, err)
		}
		return v.showProvider(providerView{New: v.form("new") != "", Code: code, Body: body}, err)
	}
	return v.done("/settings/providers", page.Receipt{Title: v.Say("settings.provider-saved", "Name", done.Provider.Name), Text: v.Say("settings.provider-register"),
		Items: []string{v.origin() + v.Base + done.Provider.Callback}, Links: v.recorded(done.Outcome)})
}

// providerFields are the fields of the form about a provider that everybody may see.
var providerFields = []string{"name", "issuer", "client_id", "match", "claim"}

func (v *visit) providerConflict(code string, fields []string) error {
	p, err := v.provider(code)
	if err != nil {
		return err
	}
	x := meanwhileView{What: p.Name, By: v.lastWho("provider.put", "provider", code), Caption: v.Say("settings.providers"), Action: "/settings/providers"}
	if v.form("secret") != "" {
		x.Note = v.Say("settings.secret-again")
		v.r.PostForm.Del("secret")
	}
	return v.settingConflict("settings.providers", "/settings/providers", x, contestedOf(fields,
		contested{Field: "name", Label: v.Say("settings.name"), Yours: v.form("name"), Now: p.Name},
		contested{Field: "issuer", Label: v.Say("settings.issuer"), Yours: v.form("issuer"), Now: p.Issuer},
		contested{Field: "client_id", Label: v.Say("settings.client-id"), Yours: v.form("client_id"), Now: p.ClientID},
		contested{Field: "match", Label: v.Say("settings.match"), Yours: v.form("match"), Now: p.Match, Say: func(m string) string { return v.Say("settings.match-" + m) }},
		contested{Field: "claim", Label: v.Say("settings.claim"), Yours: v.form("claim"), Now: p.Claim}))
}

func removeProvider(v *visit) error {
	done, err := v.in.RemoveProvider(v.ctx(), v.act, v.r.PathValue("code"))
	if err != nil {
		return err
	}
	return v.done("/settings/providers", page.Receipt{Title: v.Say("settings.provider-removed", "Name", done.Provider.Name), Links: v.recorded(done.Outcome)})
}

func testProvider(v *visit) error {
	found, err := v.in.TestProvider(v.ctx(), v.act, v.r.PathValue("code"))
	if err != nil {
		return err
	}
	r := page.Receipt{Title: v.Say("settings.provider-answers", "Name", found.Provider.Name), Text: v.Say("settings.provider-keys", "N", found.Keys),
		Items: []string{found.Authorization, found.Token}}
	if !found.PKCE {
		r.Items = append(r.Items, v.Say("settings.provider-no-pkce"))
	}
	return v.done("/settings/providers", r)
}

// A tokensView is the tokens, a form for one more, and the one just made.
type tokensView struct {
	Tokens []api.Token
	Scopes []page.Option
	Name   string
	Until  string
	Made   string      // the secret, which is shown once
	Links  []page.Link // to what is on record of it
	Faults page.Faults
}

// firstScope is the first of the boxes of which a token needs one.
var firstScope = "scope-" + api.Scopes[0]

func showTokens(v *visit) error { return v.showTokens(tokensView{}, nil) }

func (v *visit) showTokens(view tokensView, err error) error {
	v.setting("settings.tokens", "/settings/tokens")
	v.Command = "pott token ls"
	list, listed := v.in.Tokens(v.ctx(), v.act)
	if listed != nil {
		return listed
	}
	v.AsOf, view.Tokens = list.AsOf, list.Items
	for _, s := range api.Scopes {
		view.Scopes = append(view.Scopes, page.Option{Value: s, Text: v.Say("settings.scope-" + s), Chosen: slices.Contains(v.r.PostForm["scope"], s)})
	}
	if err != nil {
		return v.refuse(err, func(f page.Faults) error {
			if bad := new(installation.BadValueError); errors.As(err, &bad) {
				f[0].Field = bad.Field
			}
			if f[0].Field == "scopes" {
				f[0].Field = firstScope
			}
			view.Faults = f
			return v.show(tokensPage(v, view))
		})
	}
	return v.show(tokensPage(v, view))
}

// makeToken shows the page with the secret itself: a receipt would keep it in a
// cookie.
func makeToken(v *visit) error {
	n := api.NewToken{Name: v.form("name"), Scopes: v.r.PostForm["scope"], Expires: v.form("expires")}
	made, err := v.in.MakeToken(v.ctx(), v.act, n)
	if err != nil {
		return v.showTokens(tokensView{Name: n.Name, Until: n.Expires}, err)
	}
	delete(v.r.PostForm, "scope")
	return v.showTokens(tokensView{Made: made.Secret, Links: v.recorded(made.Outcome)}, nil)
}

func revokeToken(v *visit) error {
	done, err := v.in.RevokeToken(v.ctx(), v.act, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.done("/settings/tokens", page.Receipt{Title: v.Say("settings.token-revoked", "Name", done.Token.Name), Links: v.recorded(done.Outcome)})
}

// tokenMark says whether a token is good.
func (v *visit) tokenMark(t api.Token) page.Mark {
	switch {
	case !t.Revoked.IsZero():
		return page.Mark{Kind: "off", Text: v.Say("settings.token-gone")}
	case !t.Expires.IsZero() && !v.now.Before(t.Expires):
		return page.Mark{Kind: "off", Text: v.Say("settings.token-over")}
	}
	return page.Mark{Kind: "ok", Text: v.Say("settings.token-good")}
}

func (v *visit) tokenGood(t api.Token) bool { return v.tokenMark(t).Kind == "ok" }

func showBlockers(v *visit) error {
	hook, err := v.in.BlockersHook(v.ctx(), v.act)
	if err != nil {
		return err
	}
	return v.showBlockers(hook, nil)
}

func (v *visit) showBlockers(hook api.BlockersHook, err error) error {
	v.setting("settings.blockers", "/settings/blockers")
	v.Command = "pott blockers show"
	if err != nil {
		return v.refuse(err, func(f page.Faults) error {
			if bad := new(installation.BadValueError); errors.As(err, &bad) {
				f[0].Field = bad.Field
			}
			return v.show(blockersPage(v, hook, f))
		})
	}
	return v.show(blockersPage(v, hook, nil))
}

func setBlockers(v *visit) error {
	hook := api.BlockersHook{URL: v.form("url"), Unreachable: v.form("unreachable")}
	if text := v.form("timeout_ms"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			n = -1
		}
		hook.Timeout = n
	}
	was, err := v.in.BlockersHook(v.ctx(), v.act)
	if err != nil {
		return err
	}
	done, err := v.in.SetBlockersHook(v.ctx(), v.seeing(v.act, blockersFields...), hook)
	if changed := new(installation.ChangedMeanwhileError); errors.As(err, &changed) {
		return v.blockersConflict(was, changed.Fields)
	} else if err != nil {
		return v.showBlockers(hook, err)
	}
	r := page.Receipt{Title: v.Say("settings.blockers-saved"), Links: v.recorded(done.Outcome)}
	if done.Changed {
		r.Undo = v.undoBlockers(was, done.Hook)
	}
	return v.done("/settings/blockers", r)
}

// blockersFields are the fields of the form about the address that is asked.
var blockersFields = []string{"url", "timeout_ms", "unreachable"}

// undoBlockers sets what was set before, or has nobody asked again.
func (v *visit) undoBlockers(was, is api.BlockersHook) *page.Act {
	if was.URL == "" {
		return &page.Act{Text: v.Say("settings.undo"), Path: "/settings/blockers/remove"}
	}
	return &page.Act{Text: v.Say("settings.undo"), Path: "/settings/blockers",
		Fields: undoing("url", was.URL, is.URL, "timeout_ms", number(was.Timeout), number(is.Timeout), "unreachable", was.Unreachable, is.Unreachable)}
}

func (v *visit) blockersConflict(now api.BlockersHook, fields []string) error {
	x := meanwhileView{What: v.Say("settings.blockers"), By: v.lastWho("blockers.", "", ""), Caption: v.Say("settings.blockers"), Action: "/settings/blockers"}
	say := func(word string) string {
		if word == "" {
			return ""
		}
		return v.Say("settings.unreachable-" + word)
	}
	return v.settingConflict("settings.blockers", "/settings/blockers", x, contestedOf(fields,
		contested{Field: "url", Label: v.Say("settings.url"), Yours: v.form("url"), Now: now.URL},
		contested{Field: "timeout_ms", Label: v.Say("settings.timeout"), Yours: v.form("timeout_ms"), Now: number(now.Timeout)},
		contested{Field: "unreachable", Label: v.Say("settings.unreachable"), Yours: v.form("unreachable"), Now: now.Unreachable, Say: say}))
}

func dropBlockers(v *visit) error {
	was, err := v.in.BlockersHook(v.ctx(), v.act)
	if err != nil {
		return err
	}
	done, err := v.in.DropBlockersHook(v.ctx(), v.act)
	if err != nil {
		return err
	}
	r := page.Receipt{Title: v.Say("settings.blockers-dropped"), Links: v.recorded(done.Outcome)}
	if done.Changed {
		r.Undo = v.undoBlockers(was, api.BlockersHook{})
	}
	return v.done("/settings/blockers", r)
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func orDash(text string) string { return cmp.Or(text, "–") }

func languageName(code string) string {
	for _, l := range page.Languages {
		if l.Code == code {
			return l.Name
		}
	}
	return code
}

func secretHint(v *visit, p providerView) string {
	if p.Secret {
		return v.Say("settings.secret-kept")
	}
	return v.Say("settings.secret-hint")
}

func joined(words []string) string { return strings.Join(words, ", ") }

// sessionName says which session it is.
func sessionName(v *visit, s api.Session) string {
	name := cmp.Or(s.Device, v.Say("me.device-unknown"))
	if s.Current {
		return v.Say("me.this-session", "Device", name)
	}
	return name
}
