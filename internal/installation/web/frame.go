package web

import (
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/page"
)

func frameRoutes() []route {
	return []route{
		post("/language", anybody, chooseLanguage).whatever(),
		get("/choose", anybody, chooseInstallation),
	}
}

// year is how long a browser remembers what was chosen without signing in.
const year = 365 * 24 * time.Hour

// chooseLanguage changes the language of pages in this browser, and of the
// reader's pages everywhere.
func chooseLanguage(v *visit) error {
	lang := v.form("lang")
	if !v.speaks(lang) {
		return &BadFormError{}
	}
	v.setCookie(languageCookie, lang, year)
	v.keepLanguage(lang)
	to, _ := here(v.form("to"))
	return v.goTo(to)
}

// keepLanguage stores the language for the person who reads, if anybody is signed
// in. Where nothing can be written the choice still holds in this browser, and
// that is all somebody who wants to read needs.
func (v *visit) keepLanguage(lang string) {
	s := v.session
	if s == nil || s.Recovered || lang == i18n.Pseudo {
		return
	}
	_ = v.in.SetPreference(v.ctx(), s, api.Preference{Language: lang, Theme: s.Theme, Shortcuts: s.Shortcuts})
}

var installationWord = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// chooseInstallation leads to the organisation whose name was typed, on a server
// that several share.
func chooseInstallation(v *visit) error {
	name := v.query("name")
	if installationWord.MatchString(name) {
		http.Redirect(v.w, v.r, "/"+name+"/", http.StatusSeeOther)
		return nil
	}
	return &NoInstallationError{}
}

// showNothing answers for every path that no page has.
func showNothing(v *visit) error {
	if v.in == nil {
		return &NoInstallationError{}
	}
	return &NoSuchPageError{Path: v.r.URL.Path}
}

// crumbs are the way to a page.
func (v *visit) crumbs(links ...page.Link) { v.Crumbs = slices.Clone(links) }
