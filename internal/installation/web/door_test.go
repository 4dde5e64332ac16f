package web_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/installation/web"
	"github.com/pott-dev/pott/internal/page"
)

// host is a reader who came in by the recovery door.
func (w *world) host() *reader {
	r := w.nobody()
	r.enter(housetest.Recovery)
	return r
}

// enter gives the browser the cookie of a session.
func (r *reader) enter(cookie string) {
	r.w.t.Helper()
	request, err := http.NewRequest("GET", r.base+"/", nil)
	r.w.must(err)
	r.http.Jar.SetCookies(request.URL, []*http.Cookie{{Name: installation.SessionCookie, Value: cookie, Path: "/acme/"}})
}

func TestEveryAnswerForbidsWhatPagesDoNotNeed(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/help", "/nowhere", "/search?q=anna"} {
		h := w.host().get(path).header
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

func TestAFormFromElsewhereChangesNothing(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/help")
	r.last.body = strings.Replace(r.last.body, r.last.token(), strings.Repeat("0", 64), 1)
	if s := r.send("/language", "lang", "sv", "to", "/help"); s.status != http.StatusForbidden {
		t.Errorf("a form without the session's token: %d", s.status)
	}
	request, err := http.NewRequest("POST", r.base+"/language", strings.NewReader("lang=sv"))
	w.must(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := w.nobody().http.Do(request)
	w.must(err)
	if s := r.read(answer); s.status != http.StatusForbidden {
		t.Errorf("a form from another site: %d", s.status)
	}
}

func TestAChosenLanguageStaysAndLeadsBackToThePage(t *testing.T) {
	w := newWorld(t)
	r := w.nobody()
	r.get("/help")
	s := r.send("/language", "lang", "sv", "to", "/help?x=1")
	if s.path != "/help?x=1" || s.header.Get("Content-Language") != "sv" {
		t.Errorf("at %s in %s", s.path, s.header.Get("Content-Language"))
	}
	for _, to := range []string{"//evil.example", "https://evil.example/", "/\\evil.example", "evil", "/\nx"} {
		if s := r.send("/language", "lang", "sv", "to", to); strings.Contains(s.path, "evil") || s.status == http.StatusFound {
			t.Errorf("%q leads to %s", to, s.path)
		}
	}
	if s := r.send("/language", "lang", "xx", "to", "/help"); s.status != http.StatusBadRequest {
		t.Errorf("a language nobody wrote: %d", s.status)
	}
}

func TestALanguageChosenOnAPageIsThePersonsEverywhere(t *testing.T) {
	w := newWorld(t)
	w.secret("bo")
	r := w.as("anna")
	r.get("/help")
	r.send("/language", "lang", "sv", "to", "/help")
	if got := w.as("anna").get("/help").header.Get("Content-Language"); got != "sv" {
		t.Errorf("anna reads %s in another browser", got)
	}
	if got := w.as("bo").get("/help").header.Get("Content-Language"); got != "en" {
		t.Errorf("bo reads %s", got)
	}
	bo := w.as("bo")
	bo.get("/me/appearance")
	bo.send("/me/appearance", "language", "nl", "theme", "")
	r.get("/help")
	r.send("/signout")
	if got := r.get("/signin").header.Get("Content-Language"); got != "sv" {
		t.Errorf("the browser anna left greets in %s", got)
	}
	if got := r.send("/signin", "user", "bo", "password", sentence, "next", "/help").header.Get("Content-Language"); got != "nl" {
		t.Errorf("bo, who chose Dutch, reads %s where anna read Swedish", got)
	}
}

func TestWhereNothingIsWrittenALanguageStillHoldsInTheBrowser(t *testing.T) {
	w := newWorld(t)
	r := w.as("anna")
	r.get("/help")
	_, err := w.Suspend(t.Context(), housetest.Host, "acme", "moving")
	w.must(err)
	if s := r.send("/language", "lang", "da", "to", "/help"); s.path != "/help" || s.header.Get("Content-Language") != "da" {
		t.Errorf("at %s in %s, %d", s.path, s.header.Get("Content-Language"), s.status)
	}
}

func TestHelpLeadsToWhereShortcutsAreSwitchedOn(t *testing.T) {
	w := newWorld(t)
	r := w.as("anna")
	if links := r.get("/help").links(); !slices.Contains(links, "/me/appearance") {
		t.Errorf("help leads to %v", links)
	}
	r.get("/me/appearance").says(t, "Single letters are shortcuts")
}

func TestSearchFindsPeopleLicensesAndThingsToDo(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/search?q=anna").says(t, "Anna Berg", "anna")
	r.get("/search?q=sale-cal").says(t, "The sale-cal")
	r.get("/search?q=%40sales").lacks(t, "The sales")
	r.get("/search?q=%3Egive+anna").says(t, "Give or take back plans: Anna Berg")
	r.get("/search?q=%3Eoff-board+bo").says(t, "Off-board Bo Ågren")
	r.get("/search?q=%3Egive").lacks(t, "Give or take back plans")
	r.get("/search?q=%3Ereview").says(t, "Review the waiting set")
	r.get("/search").says(t, "Home", "Settings", "My licenses", "Keyboard") // every page there is
	for i := range 9 {
		_, err := w.Installation("acme").AddPerson(t.Context(), host, api.NewPerson{UserID: fmt.Sprint("zoe", i)})
		w.must(err)
	}
	if links := r.get("/search?q=zoe").links(); !slices.Contains(links, "/users?q=zoe") || slices.Contains(links, "/users/zoe8") {
		t.Errorf("nine people are found as %v", links)
	}
	r.get("/search?q=zzz").says(t, "Nothing matches “zzz”")
	if s := r.get("/search.json?q=anna"); s.header.Get("Content-Type") != "application/json" || !strings.Contains(s.body, `"path":"/users/anna"`) {
		t.Errorf("%s %s", s.header, s.body)
	}
}

func TestAPageThatIsNotThereOffersSearch(t *testing.T) {
	w := newWorld(t)
	s := w.host().get("/nowhere/at/all")
	if s.status != http.StatusNotFound {
		t.Errorf("%d", s.status)
	}
	s.says(t, "There is nothing at /nowhere/at/all", "Search", "page.unknown")
}

func TestTheHelpPageTellsNoNamesToStrangers(t *testing.T) {
	w := newWorld(t)
	w.nobody().get("/help").lacks(t, "Karin")
	w.host().get("/help").says(t, "Karin Lind")
}

func TestThePseudoLanguageIsForTestsOnly(t *testing.T) {
	w := newWorld(t)
	if s := w.host().get("/help?lang=" + i18n.Pseudo); !strings.Contains(s.body, "⟦") {
		t.Error("it was switched on and is not spoken")
	}
}

func TestOnASharedServerAnAddressWithoutAnOrganizationAsksForOne(t *testing.T) {
	w := newWorld(t)
	r := w.nobody()
	r.base = w.server.URL
	s := r.get("/")
	s.says(t, "Which organization?", "Name of the organization in addresses")
	if strings.Contains(s.body, "acme") || strings.Contains(s.body, "birka") || s.status != http.StatusNotFound {
		t.Errorf("it names the others: %d %s", s.status, s.body)
	}
	for _, name := range []string{"", "../acme", "//evil.example", "ACME"} {
		if s := r.get("/choose?name=" + name); s.status != http.StatusNotFound {
			t.Errorf("%q leads to %s", name, s.path)
		}
	}
	if s := r.get("/choose?name=acme"); s.status == http.StatusNotFound && strings.Contains(s.body, "Which organization?") {
		t.Errorf("a good name leads to %s", s.path)
	}
}

// A user id may have any sign in it, and its page is found under every address of
// the installation.
func TestAUserIDWithASlashHasAPage(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"sales/anna", "50%", "a?b", "v1"} {
		_, err := w.Installation("acme").AddPerson(t.Context(), installation.Act{By: housetest.Host}, api.NewPerson{UserID: id, FirstName: "Ada", LastName: "Falk"})
		w.must(err)
		r := w.host()
		path := ""
		for _, link := range regexp.MustCompile(`href="/acme(/users/[^"/]+)"`).FindAllStringSubmatch(r.get("/users?q="+url.QueryEscape(id)).body, -1) {
			path = html.UnescapeString(link[1])
		}
		r.get(path).says(t, "Ada Falk", "Overview")
		r.get(path+"/history").says(t, "Ada Falk")
		if r.get(path + "/plans"); !strings.Contains(r.last.body, `href="/acme`+path+`/uses"`) {
			t.Errorf("%s: its pages do not lead to each other", id)
		}
	}
}

// No installation is called as the pages of the others begin.
func TestNoInstallationTakesThePagesOfTheOthers(t *testing.T) {
	for _, p := range web.Paths() {
		first, _, _ := strings.Cut(strings.TrimPrefix(p.Path, "/"), "/")
		if word, _, _ := strings.Cut(first, "."); word != "" && installation.CheckName(word) == nil {
			t.Errorf("an installation may be called %s", word)
		}
	}
	if word := strings.Trim(page.StaticPrefix, "/"); installation.CheckName(word) == nil {
		t.Errorf("an installation may be called %s", word)
	}
}

// What a script is told of a refusal is JSON whatever stands in it.
func TestARefusalForAScriptIsJSON(t *testing.T) {
	w := newWorld(t)
	s := w.host().get("/users/" + url.PathEscape("\u00ad\U000e0001") + "/uses.json")
	var told struct{ Code, Detail string }
	if err := json.Unmarshal([]byte(s.body), &told); err != nil || told.Code != "person.unknown" {
		t.Errorf("%v: %s", err, s.body)
	}
}
