package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/problem"
	"github.com/pott-dev/pott/internal/seat"
)

// serve answers the requests of a route: who comes, whether they may, then the
// page; what goes wrong is shown as a page too.
func (d *Door) serve(rt route) http.Handler {
	most := cmp.Or(rt.most, 1<<20)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := d.receive(w, r, rt.alone)
		defer v.catch()
		if err := v.admit(rt); err != nil {
			v.fail(err)
			return
		}
		sent := ""
		if r.Method == http.MethodPost {
			if err := v.accept(rt, most); err != nil {
				v.fail(err)
				return
			}
			sent = v.takeSent()
		} else {
			v.Receipt = v.takeReceipt()
		}
		if err := rt.serve(v); err != nil {
			v.fail(err)
			return
		}
		v.forgetSent(sent)
	})
}

// receive looks at who comes, and begins the page. alone says that the browser asks
// by itself.
func (d *Door) receive(w http.ResponseWriter, r *http.Request, alone bool) *visit {
	a, _ := r.Context().Value(arrivalKey{}).(arrival)
	v := &visit{w: w, r: r, door: d, id: a.id, alone: alone, now: d.house.Now(), in: d.house.Installation(a.name)}
	v.Base, v.Path, v.Query, v.Version = a.base, r.URL.EscapedPath(), r.URL.RawQuery, d.options.Version
	v.Origin = v.origin()
	if v.in != nil {
		v.about = v.in.About()
		v.recognize()
	}
	v.choose()
	v.act = installation.Act{Language: v.Lang}
	if v.session != nil {
		v.act.By, v.act.Lacks = v.session.Actor(), seat.Lacking(v.session.Scopes)
		v.Token, v.Reader = v.session.CSRF(), cmp.Or(v.session.Name, v.Say("frame.recovery"))
		v.Until = v.session.Until
		v.Nav = v.nav()
	}
	if v.in != nil {
		v.head()
	}
	return v
}

// recognize finds out who is signed in.
func (v *visit) recognize() {
	c, err := v.r.Cookie(sessionCookie(v.r))
	if err != nil {
		return
	}
	visited := v.in.SignedIn
	if v.alone {
		visited = v.in.LooksOn
	}
	s, ok := visited(c.Value, v.now)
	if !ok {
		return
	}
	v.session = s
	if s.Cookie != "" {
		v.setSession(s.Cookie)
	}
}

// sessionCookie is what the browser calls the session. Over HTTPS the name
// itself keeps it from being set without.
func sessionCookie(r *http.Request) string {
	if secure(r) {
		return "__Secure-" + installation.SessionCookie
	}
	return installation.SessionCookie
}

// setSession signs the browser in; "" signs it out.
func (v *visit) setSession(cookie string) {
	age := time.Duration(0)
	if cookie == "" {
		age = -time.Second
	}
	v.setCookie(sessionCookie(v.r), cookie, age)
}

// languageCookie and themeCookie keep what the reader chose before anybody
// signed in, and what the first paint needs.
const (
	languageCookie = "pott_language"
	themeCookie    = "pott_theme"
)

// choose decides language and theme: what the reader chose, what is saved, what
// the browser asks for, what the installation speaks.
func (v *visit) choose() {
	saved, theme := "", ""
	if v.session != nil {
		saved, theme, v.Keys = v.session.Language, v.session.Theme, v.session.Shortcuts
	}
	asked := i18n.Asked(v.r.Header.Get("Accept-Language"))
	v.Lang = "en"
	for _, lang := range []string{v.r.URL.Query().Get("lang"), v.cookie(languageCookie), saved, asked, v.about.Language} {
		if v.speaks(lang) {
			v.Lang = lang
			break
		}
	}
	for _, theme := range []string{theme, v.cookie(themeCookie), v.about.Theme} {
		if slices.Contains(installation.Themes, theme) {
			v.Theme = strings.TrimPrefix(theme, installation.ThemeSystem) // a page without one follows the device
			break
		}
	}
}

func (v *visit) speaks(lang string) bool {
	return slices.Contains(i18n.Languages, lang) || lang == i18n.Pseudo && v.door.options.Pseudo
}

func (v *visit) cookie(name string) string {
	c, err := v.r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// nav are the parts of the site the reader may go to.
func (v *visit) nav() []page.Link {
	all := []struct{ id, path, scope string }{
		{"home", "/", member}, {"licenses", "/licenses", api.ScopeRead}, {"users", "/users", api.ScopeRead},
		{"status", "/status", api.ScopeRead}, {"audit", "/audit", api.ScopeRead}, {"settings", "/settings", api.ScopeAdmin}, {"me", "/me", member},
	}
	var links []page.Link
	for _, l := range all {
		if v.may(l.scope) {
			links = append(links, page.Link{ID: l.id, Path: l.path, Text: v.Say("nav." + l.id)})
		}
	}
	return links
}

// head says whose installation it is, and what is the matter with it.
func (v *visit) head() {
	v.Org, v.Zone = v.about.Company, v.about.Zone
	if v.about.Test {
		v.Strip = v.Say("frame.test")
	}
	if v.session != nil && v.session.Recovered {
		v.Strip = v.Say("frame.recovered")
	}
	v.banner()
	v.closings()
}

// admit reports why the reader may not come here.
func (v *visit) admit(rt route) error {
	switch {
	case v.in == nil && rt.scope != anybody:
		return &NoInstallationError{}
	case rt.scope == anybody:
		return nil
	case v.session == nil:
		return &NeedSignInError{}
	case !v.may(rt.scope):
		return &NotPermittedError{Needs: rt.scope, Who: v.in.WhoMay(rt.scope)}
	}
	return nil
}

// accept takes a form in: only from our own pages, and only from this reader's.
func (v *visit) accept(rt route, most int64) error {
	if err := v.door.foreign.Check(v.r); err != nil {
		return &ForeignFormError{}
	}
	if err := v.read(most); err != nil {
		return err
	}
	if v.session != nil && !v.session.GoodCSRF(v.r.PostFormValue("csrf")) {
		return &ForeignFormError{}
	}
	return nil
}

// explain returns the sentences of an error and the code they are of. An error
// without a code is a fault of ours, and nothing of it is told.
func explain(in *installation.Installation, lang string, err error) (i18n.Text, string) {
	p, _ := problem.Of(err)
	display := func(string) string { return "" }
	if in != nil {
		display = func(name string) string {
			if shown := in.DisplayName(name, lang); shown != "" {
				return shown
			}
			return name
		}
	}
	text, ok := i18n.SentenceNamed(lang, p.Code, p.Cause, display)
	if !ok {
		text, _ = i18n.Sentence(lang, problem.Internal, nil)
	}
	return text, p.Code
}

// fail answers with a page that says what went wrong and what would help.
func (v *visit) fail(err error) {
	if v.ctx().Err() != nil && errors.Is(err, v.ctx().Err()) {
		return // nobody is left to tell
	}
	if need := new(NeedSignInError); errors.As(err, &need) && !v.alone { // a script has no use for a form
		v.needSignIn()
		return
	}
	p, known := problem.Of(err)
	if !known {
		v.door.log.Error("a page failed", "request", v.id, "path", v.r.URL.Path, "err", err)
	}
	v.status = p.Status
	p.SetAgain(v.w.Header())
	text, code := v.explain(err)
	if v.wantsJSON() || v.alone {
		v.w.Header().Set("Content-Type", "application/problem+json")
		v.w.WriteHeader(p.Status)
		json.NewEncoder(v.w).Encode(struct { // nobody is left to tell if that fails
			Code   string `json:"code"`
			Detail string `json:"detail"`
		}{code, text.Detail})
		return
	}
	v.Title, v.Part, v.Receipt, v.Crumbs, v.Command = text.Title, "", nil, nil, ""
	v.Backdrop = v.in == nil
	if p.Status == http.StatusLocked {
		text.Detail, text.Hint = v.refusal(err), ""
	}
	if err := v.show(problemPage(v, problemView{Text: text, Code: code, Status: p.Status, Request: v.id, Posted: v.r.Method == http.MethodPost})); err != nil {
		v.door.log.Error("a page about a failure failed", "request", v.id, "err", err)
	}
}

func (v *visit) wantsJSON() bool {
	return strings.HasSuffix(v.r.URL.Path, ".json") || v.r.Header.Get("Accept") == "application/json"
}

// catch turns a panic into a page with a reference number.
func (v *visit) catch() {
	value := recover()
	if value == nil {
		return
	}
	if value == http.ErrAbortHandler {
		panic(value)
	}
	v.fail(fmt.Errorf("panic: %v\n%s", value, debug.Stack()))
}
