package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/problem"
)

func signInRoutes() []route {
	return []route{
		get("/signin", anybody, showSignIn),
		post("/signin", anybody, signInPassword).whatever(),
		get("/signin/passkey.json", anybody, beginPasskeySignIn),
		post("/signin/passkey", anybody, signInPasskey).whatever(),
		get("/signin/provider/{code}", anybody, beginProvider),
		get("/signin/provider/{code}/callback", anybody, signInProvider),
		get("/signin/link/{token}", anybody, showLink),
		post("/signin/link/{token}", anybody, signInLink).whatever(),
		get("/signin/recovery", anybody, showRecovery),
		post("/signin/recovery", anybody, signInRecovered).whatever(),
		get("/signin/draft/{id}", member, showDraft),
		get("/signin/stay.json", member, stay),
		post("/signout", anybody, signOut).whatever(),
	}
}

// needSignIn answers a request of somebody who is not signed in: it leads to the
// door, and from there on to where the reader was going. What was sent by
// somebody whose session has just ended is kept meanwhile.
func (v *visit) needSignIn() {
	next := v.Path
	if v.Query != "" {
		next += "?" + v.Query
	}
	if v.r.Method != http.MethodGet && v.r.Method != http.MethodHead {
		next = "/"
		if id, ok := v.keepDraft(); ok {
			next = "/signin/draft/" + id
		}
	}
	v.goTo("/signin?" + url.Values{"next": {next}}.Encode())
}

// A doorView is what the page of signing in shows.
type doorView struct {
	Next      string
	User      string
	Providers []api.Provider
	Notices   []installation.DoorNotice
	Faults    page.Faults
	Draft     bool // something that was sent waits
}

func noticeKind(n installation.DoorNotice) string {
	if n.Closed {
		return "warn"
	}
	return "info"
}

// atDoor begins a page on which nobody is signed in.
func (v *visit) atDoor(title string) error {
	if v.in == nil {
		return &NoInstallationError{}
	}
	v.titled("", title)
	v.Backdrop = true
	return nil
}

func showSignIn(v *visit) error {
	next, _ := here(cmp.Or(v.query("next"), "/"))
	if v.session != nil && v.in != nil {
		return v.goTo(next)
	}
	return v.showDoor(doorView{Next: next}, nil)
}

func (v *visit) showDoor(d doorView, err error) error {
	if err := v.atDoor(v.Say("signin.title", "Company", v.about.Company)); err != nil {
		return err
	}
	providers, listed := v.in.Providers(v.ctx(), v.act)
	if listed != nil {
		return listed
	}
	d.Providers, d.Notices = providers.Items, v.in.DoorNotices(v.Lang)
	v.Banner = nil // the door says itself what people should hear of
	d.Draft = strings.HasPrefix(d.Next, "/signin/draft/")
	v.Modules = []string{"signin.js"}
	if err != nil {
		return v.refuse(err, func(f page.Faults) error {
			if d.User != "" {
				f[0].Field = "user"
			}
			d.Faults = f
			return v.show(signInPage(v, d))
		})
	}
	return v.show(signInPage(v, d))
}

// refuse shows a page again that somebody did not get past, with the status of
// the refusal. What is no refusal is a failure like any other.
func (v *visit) refuse(err error, show func(page.Faults) error) error {
	p, known := problem.Of(err)
	if !known {
		return err
	}
	if many := new(installation.TooManyError); errors.As(err, &many) {
		v.w.Header().Set("Retry-After", strconv.FormatInt(many.Seconds, 10))
	}
	v.Wrong, v.status = true, p.Status
	p.SetAgain(v.w.Header())
	return show(page.Faults{v.fault("", err)})
}

// from is where the reader comes from.
func (v *visit) from() installation.Visit {
	a, _ := v.r.Context().Value(arrivalKey{}).(arrival)
	return installation.Visit{Address: a.came.from, Device: device(v.r.UserAgent())}
}

// device says in a few words what somebody signs in with, as far as the browser
// says.
func device(agent string) string {
	pick := func(words [][2]string) string {
		for _, w := range words {
			if strings.Contains(agent, w[0]) {
				return w[1]
			}
		}
		return ""
	}
	browser := pick([][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}})
	system := pick([][2]string{{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}})
	return strings.Trim(browser+", "+system, ", ")
}

// origin is the address of the server as the reader's browser knows it.
func (v *visit) origin() string {
	if secure(v.r) {
		return "https://" + v.r.Host
	}
	return "http://" + v.r.Host
}

// enter leads somebody on who has just signed in.
func (v *visit) enter(b installation.Begun, next string) error {
	v.session = b.Session
	v.setSession(b.Cookie)
	if lang := b.Session.Language; lang != "" {
		v.setCookie(languageCookie, lang, year) // what somebody else chose in this browser is over
	}
	to, _ := here(cmp.Or(next, "/"))
	return v.goTo(to)
}

func signInPassword(v *visit) error {
	if v.in == nil {
		return &NoInstallationError{}
	}
	next, _ := here(cmp.Or(v.form("next"), "/"))
	begun, err := v.in.SignInPassword(v.ctx(), v.from(), v.form("user"), v.r.PostFormValue("password"))
	if err != nil {
		return v.showDoor(doorView{Next: next, User: v.form("user")}, err)
	}
	return v.enter(begun, next)
}

// ceremonyJSON is what a script needs to ask the browser for a passkey.
type ceremonyJSON struct {
	Options json.RawMessage `json:"options"`
	State   string          `json:"state"`
}

func beginPasskeySignIn(v *visit) error {
	if v.in == nil {
		return &NoInstallationError{}
	}
	c, err := v.in.BeginPasskeySignIn(v.origin())
	if err != nil {
		return err
	}
	return v.json(ceremonyJSON{c.Options, c.State})
}

func signInPasskey(v *visit) error {
	if v.in == nil {
		return &NoInstallationError{}
	}
	next, _ := here(cmp.Or(v.form("next"), "/"))
	begun, err := v.in.SignInPasskey(v.ctx(), v.from(), v.origin(), v.form("state"), []byte(v.form("answer")))
	if err != nil {
		return v.showDoor(doorView{Next: next}, err)
	}
	return v.enter(begun, next)
}

// providerCookie keeps what was begun with a provider until the reader is back.
const providerCookie = "pott_provider"

func beginProvider(v *visit) error {
	if v.in == nil {
		return &NoInstallationError{}
	}
	next, _ := here(cmp.Or(v.query("next"), "/"))
	code := v.r.PathValue("code")
	d, err := v.in.BeginProvider(v.ctx(), code, v.origin()+v.Base+installation.ProviderPath+code+"/callback", next)
	if err != nil {
		return v.showDoor(doorView{Next: next}, err)
	}
	v.setCookie(providerCookie, d.State, 10*time.Minute)
	http.Redirect(v.w, v.r, d.URL, http.StatusSeeOther)
	return nil
}

func signInProvider(v *visit) error {
	if v.in == nil {
		return &NoInstallationError{}
	}
	v.setCookie(providerCookie, "", -time.Second)
	begun, next, err := v.in.SignInProvider(v.ctx(), v.from(), v.r.PathValue("code"), v.cookie(providerCookie), v.r.URL.Query())
	if err != nil {
		next, _ = here(cmp.Or(next, "/"))
		v.Query = "" // it holds what the provider said
		return v.showDoor(doorView{Next: next}, err)
	}
	return v.enter(begun, next)
}

func showLink(v *visit) error { return v.showLink(nil) }

func (v *visit) showLink(err error) error {
	if err := v.atDoor(v.Say("signin.link-title")); err != nil {
		return err
	}
	who, bad := v.in.LookAtLink(v.r.PathValue("token"))
	if bad != nil {
		return bad
	}
	if err != nil {
		return v.refuse(err, func(f page.Faults) error {
			f[0].Field = "password"
			return v.show(linkPage(v, who, f))
		})
	}
	return v.show(linkPage(v, who, nil))
}

func signInLink(v *visit) error {
	if v.in == nil {
		return &NoInstallationError{}
	}
	secret := v.r.PostFormValue("password")
	later := v.form("way") == "passkey"
	if later {
		secret = ""
	} else if secret == "" {
		return v.showLink(&installation.ShortPasswordError{Least: installation.LeastPassword})
	}
	begun, err := v.in.SignInLink(v.ctx(), v.from(), v.r.PathValue("token"), secret)
	if err != nil {
		return v.showLink(err)
	}
	if later {
		return v.enter(begun, "/me/signin")
	}
	v.session = begun.Session
	v.setReceipt(page.Receipt{Title: v.Say("signin.password-set")})
	return v.enter(begun, "/")
}

func showRecovery(v *visit) error { return v.showRecovery(nil) }

func (v *visit) showRecovery(err error) error {
	if err := v.atDoor(v.Say("signin.recovery-title")); err != nil {
		return err
	}
	if err != nil {
		return v.refuse(err, func(f page.Faults) error {
			f[0].Field = "token"
			return v.show(recoveryPage(v, f))
		})
	}
	return v.show(recoveryPage(v, nil))
}

func signInRecovered(v *visit) error {
	if v.in == nil {
		return &NoInstallationError{}
	}
	begun, err := v.in.SignInRecovered(v.form("token"), v.now)
	if err != nil {
		return v.showRecovery(err)
	}
	return v.enter(begun, "/")
}

// stay says until when the session lasts now that it was used again.
func stay(v *visit) error {
	return v.json(struct {
		Until time.Time `json:"until"`
	}{v.session.Until})
}

func signOut(v *visit) error {
	if v.session != nil {
		if err := v.in.EndSession(v.ctx(), v.session); err != nil {
			v.door.log.Warn("a session that was signed out could not be recorded as ended", "request", v.id, "err", err)
		}
	}
	v.setSession("")
	if next, ok := here(v.form("next")); ok {
		return v.goTo("/signin?" + url.Values{"next": {next}}.Encode())
	}
	return v.goTo("/signin")
}
