package web

import (
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

func confirmRoutes() []route {
	return []route{
		get("/settings/tokens/{id}/revoke", api.ScopeAdmin, askRevokeToken),
		get("/settings/providers/{code}/remove", api.ScopeAdmin, askRemoveProvider),
	}
}

// A confirmView asks once more before something that nothing undoes.
type confirmView struct {
	What string // it comes to
	Act  page.Act
	Back string
}

// confirm shows what is asked, on a page of the settings.
func (v *visit) confirm(part, path string, x confirmView) error {
	v.setting(part, path)
	v.titled("settings", x.Act.Text)
	v.crumbs(v.crumb("nav.settings", "/settings"), v.crumb(part, path))
	x.Back = path
	return v.show(confirmPage(v, x))
}

func askRevokeToken(v *visit) error {
	list, err := v.in.Tokens(v.ctx(), v.act)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list.Items, func(t api.Token) bool { return t.ID == v.r.PathValue("id") && v.tokenGood(t) })
	if i < 0 {
		return v.goTo("/settings/tokens")
	}
	t := list.Items[i]
	return v.confirm("settings.tokens", "/settings/tokens", confirmView{What: v.Say("settings.token-revoke-what"),
		Act: page.Act{Text: v.Say("settings.token-revoke", "Name", t.Name), Path: "/settings/tokens/" + escape(t.ID) + "/revoke"}})
}

func askRemoveProvider(v *visit) error {
	code := v.r.PathValue("code")
	list, err := v.in.Providers(v.ctx(), v.act)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list.Items, func(p api.Provider) bool { return p.Code == code })
	if i < 0 {
		return &installation.UnknownProviderError{Provider: code}
	}
	return v.confirm("settings.providers", "/settings/providers", confirmView{What: v.Say("settings.provider-remove-what"),
		Act: page.Act{Text: v.Say("settings.provider-remove", "Name", list.Items[i].Name), Path: "/settings/providers/" + escape(code) + "/remove"}})
}
