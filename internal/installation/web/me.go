package web

import (
	"errors"
	"slices"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

func meRoutes() []route {
	return []route{
		get("/me", member, showMe),
		get("/me/signin", member, showOwnSignIn),
		get("/me/passkey.json", member, beginPasskey),
		post("/me/passkeys", member, addPasskey).granting(),
		post("/me/passkeys/{id}", member, renamePasskey).showing(),
		post("/me/passkeys/{id}/remove", member, removeOwnPasskey).protecting(),
		post("/me/password", member, setPassword).protecting(),
		post("/me/sessions/end", member, endOwnSessions).protecting(),
		post("/me/sessions/{id}/end", member, endOwnSessions).protecting(),
		get("/me/appearance", member, showAppearance),
		post("/me/appearance", member, setAppearance).showing(),
	}
}

// myself begins a page about the reader. Who came in by the recovery door is
// nobody in particular.
func (v *visit) myself(title, path string) error {
	if v.session.Recovered {
		return &NotAPersonError{}
	}
	v.titled("me", title)
	if path != "/me" {
		v.crumbs(v.crumb("nav.me", "/me"))
	}
	return nil
}

// ownTabs lead between what is about the reader.
func (v *visit) ownTabs() []page.Link {
	tabs := []page.Link{{Text: v.Say("nav.me"), Path: "/me"}, {Text: v.Say("me.signin"), Path: "/me/signin"}, {Text: v.Say("me.appearance"), Path: "/me/appearance"}, {Text: v.Say("message.own"), Path: "/me/messages"}}
	for i := range tabs {
		tabs[i].Current = tabs[i].Path == v.Path
	}
	return tabs
}

func showMe(v *visit) error {
	if err := v.myself(v.Say("me.title", "Name", v.session.Name), "/me"); err != nil {
		return err
	}
	mine, err := v.in.MyLicenses(v.ctx(), v.act, v.session.UserID)
	if err != nil {
		return err
	}
	kept, err := v.keptOfMe()
	if err != nil {
		return err
	}
	v.AsOf, v.Command = mine.AsOf, "pott user licenses "+v.session.UserID
	return v.show(mePage(v, mine, kept))
}

// plansFirst are the licenses a reader knows by name: plans, then others; what
// comes along unseen is left out.
func plansFirst(mine api.OwnLicenses, plans bool) (list []api.OwnLicense) {
	for _, l := range mine.Items {
		if !l.Hidden && l.Plan == plans {
			list = append(list, l)
		}
	}
	return list
}

func hiddenOnes(mine api.OwnLicenses) (list []api.OwnLicense) {
	for _, l := range mine.Items {
		if l.Hidden {
			list = append(list, l)
		}
	}
	return list
}

func shownName(l api.OwnLicense) string {
	if l.DisplayName != "" {
		return l.DisplayName
	}
	return l.Name.String()
}

// An ownView is what the page about the reader's ways to sign in shows.
type ownView struct {
	api.SignIn
	Fresh  bool
	Faults page.Faults
	Typed  string // into the field at fault, where that is a name
}

// passkeyField is the field for another name of a passkey.
func passkeyField(id string) string { return "name-" + id }

// named is what stands in the field for the name of a passkey.
func (own ownView) named(k api.Passkey) string {
	if own.Faults.Of(passkeyField(k.ID)) != "" {
		return own.Typed
	}
	return k.Name
}

func showOwnSignIn(v *visit) error { return v.showOwnSignIn("", nil) }

func (v *visit) showOwnSignIn(field string, err error) error {
	if err := v.myself(v.Say("me.signin"), "/me/signin"); err != nil {
		return err
	}
	own, lookErr := v.in.SignIn(v.ctx(), v.act, v.session.UserID, v.session.ID)
	if lookErr != nil {
		return lookErr
	}
	v.Modules = []string{"signin.js"}
	view := ownView{SignIn: own, Fresh: v.in.Fresh(v.session)}
	if err != nil {
		return v.refuse(err, func(f page.Faults) error {
			if again := new(installation.SignInAgainError); !errors.As(err, &again) { // the form is gone
				f[0].Field = field
			}
			view.Faults, view.Typed = f, v.form("name")
			return v.show(ownSignInPage(v, view))
		})
	}
	return v.show(ownSignInPage(v, view))
}

func setPassword(v *visit) error {
	if v.session.Recovered {
		return &NotAPersonError{}
	}
	ended, err := v.in.SetPassword(v.ctx(), v.session, v.from(), v.r.PostFormValue("current"), v.r.PostFormValue("password"))
	if err != nil {
		field := "password"
		if refused := new(installation.RefusedError); errors.As(err, &refused) {
			field = "current"
		}
		return v.showOwnSignIn(field, err)
	}
	return v.done("/me/signin", page.Receipt{Title: v.Say("signin.password-set"), Text: v.Say("me.ended", "N", ended)})
}

func beginPasskey(v *visit) error {
	c, err := v.in.BeginPasskey(v.session, v.origin())
	if err != nil {
		return err
	}
	return v.json(ceremonyJSON{c.Options, c.State})
}

func addPasskey(v *visit) error {
	if v.session.Recovered {
		return &NotAPersonError{}
	}
	made, err := v.in.AddPasskey(v.ctx(), v.session, v.origin(), v.form("state"), v.form("name"), []byte(v.form("answer")))
	if err != nil {
		return v.showOwnSignIn("name", err)
	}
	return v.done("/me/signin", page.Receipt{Title: v.Say("me.passkey-added", "Name", made.Name)})
}

func renamePasskey(v *visit) error {
	if v.session.Recovered {
		return &NotAPersonError{}
	}
	if err := v.in.RenamePasskey(v.ctx(), v.session, v.r.PathValue("id"), v.form("name")); err != nil {
		field := ""
		if bad := new(installation.BadValueError); errors.As(err, &bad) {
			field = passkeyField(v.r.PathValue("id"))
		}
		return v.showOwnSignIn(field, err)
	}
	return v.done("/me/signin", page.Receipt{Title: v.Say("me.passkey-renamed", "Name", v.form("name"))})
}

func removeOwnPasskey(v *visit) error {
	if v.session.Recovered {
		return &NotAPersonError{}
	}
	done, err := v.in.RemovePasskey(v.ctx(), v.act, v.session.UserID, v.r.PathValue("id"), v.session.ID)
	if err != nil {
		return v.showOwnSignIn("", err)
	}
	return v.done("/me/signin", page.Receipt{Title: v.Say("me.passkey-removed"), Text: v.Say("me.ended", "N", done.Ended)})
}

func endOwnSessions(v *visit) error {
	if v.session.Recovered {
		return &NotAPersonError{}
	}
	done, err := v.in.EndSessions(v.ctx(), v.act, v.session.UserID, v.r.PathValue("id"), v.session.ID)
	if err != nil {
		return err
	}
	return v.done("/me/signin", page.Receipt{Title: v.Say("me.ended", "N", done.Ended)})
}

// An appearance is what the reader may choose of the pages' looks.
type appearance struct {
	Languages, Themes []page.Option
	Shortcuts         bool
}

func showAppearance(v *visit) error {
	if err := v.myself(v.Say("me.appearance"), "/me/appearance"); err != nil {
		return err
	}
	a := appearance{Shortcuts: v.session.Shortcuts}
	a.Languages = append(a.Languages, page.Option{Value: "", Text: v.Say("me.language-browser"), Chosen: v.session.Language == ""})
	a.Languages = append(a.Languages, languageOptions(v.session.Language)...)
	a.Themes = append(a.Themes, page.Option{Value: "", Text: v.Say("me.theme-default", "Theme", v.Say("me.theme-"+v.about.Theme)), Chosen: v.session.Theme == ""})
	a.Themes = append(a.Themes, v.themeOptions(v.session.Theme)...)
	return v.show(appearancePage(v, a))
}

// setAppearance stores what the reader chose. Where nothing can be written it
// still holds in this browser.
func setAppearance(v *visit) error {
	if v.session.Recovered {
		return &NotAPersonError{}
	}
	want := api.Preference{Language: v.form("language"), Theme: v.form("theme"), Shortcuts: v.ticked("shortcuts")}
	if err := v.in.SetPreference(v.ctx(), v.session, want); err != nil {
		return err
	}
	for _, c := range []struct{ name, value string }{{languageCookie, want.Language}, {themeCookie, want.Theme}} {
		age := year
		if c.value == "" {
			age = -time.Second
		}
		v.setCookie(c.name, c.value, age)
	}
	if slices.ContainsFunc(page.Languages, func(l struct{ Code, Name string }) bool { return l.Code == want.Language }) {
		v.Lang = want.Language
	}
	return v.done("/me/appearance", page.Receipt{Title: v.Say("me.saved")})
}
