package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

const sentence = "en lång mening om cyklar"

// secret gives a person the password sentence.
func (w *world) secret(user string) {
	w.t.Helper()
	acme := w.Installation("acme")
	link, err := acme.MakeLink(w.t.Context(), installation.Act{By: housetest.Host}, user)
	w.must(err)
	_, err = acme.SignInLink(byPage(w.t.Context()), installation.Visit{}, strings.TrimPrefix(link.Path, installation.LinkPath), sentence)
	w.must(err)
}

func TestOneSignsInWithAPasswordAndComesWhereOneWasGoing(t *testing.T) {
	w := newWorld(t)
	w.secret("karin")
	r := w.nobody()
	if page := r.get("/settings?x=1"); page.path != "/signin?next=%2Fsettings%3Fx%3D1" || page.status != http.StatusOK {
		t.Fatalf("nobody is led to %s, %d", page.path, page.status)
	}
	r.last.says(t, "Sign in to Acme AB", "User ID", "Password", "Ask an administrator")
	page := r.send("/signin", "user", "KARIN", "password", sentence, "next", "/settings?x=1")
	if page.path != "/settings?x=1" || page.status != http.StatusOK {
		t.Fatalf("karin is led to %s, %d: %s", page.path, page.status, page.text())
	}
	if page := r.get("/signin"); page.path != "/" {
		t.Errorf("signed in already, and led to %s", page.path)
	}
	for _, evil := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "evil", "javascript:alert(1)"} {
		r := w.nobody()
		r.get("/signin?next=" + url.QueryEscape(evil))
		if page := r.send("/signin", "user", "karin", "password", sentence, "next", evil); page.path != "/" {
			t.Errorf("%s leads to %s", evil, page.path)
		}
	}
	r.get("/settings")
	if page := r.send("/signout"); page.path != "/signin" {
		t.Errorf("signing out leads to %s", page.path)
	}
	if page := r.get("/settings"); !strings.HasPrefix(page.path, "/signin") {
		t.Error("signed out, and still there")
	}
}

func TestTheCookieOfASessionIsForThisInstallationAlone(t *testing.T) {
	w := newWorld(t)
	w.secret("karin")
	cookie := func(change func(*http.Request)) *http.Cookie {
		form := url.Values{"user": {"karin"}, "password": {sentence}}
		request, err := http.NewRequest("POST", w.server.URL+"/acme/signin", strings.NewReader(form.Encode()))
		w.must(err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		change(request)
		answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
		w.must(err)
		defer answer.Body.Close()
		for _, c := range answer.Cookies() {
			if strings.HasSuffix(c.Name, installation.SessionCookie) {
				return c
			}
		}
		return nil
	}
	plain := cookie(func(r *http.Request) {})
	if plain == nil || plain.Name != "pott_session" || !plain.HttpOnly || plain.SameSite != http.SameSiteLaxMode || plain.Path != "/acme/" || plain.Secure {
		t.Errorf("without HTTPS: %+v", plain)
	}
	if c := cookie(func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") }); c == nil || c.Name != "__Secure-pott_session" || !c.Secure {
		t.Errorf("over HTTPS: %+v", c)
	}
	if c := cookie(func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); c != nil {
		t.Error("another site signs people in")
	}
	r := w.nobody()
	r.base = w.server.URL + "/birka"
	r.wear(plain.Value)
	if page := r.get("/me"); page.status == http.StatusOK && !strings.Contains(page.path, "/signin") {
		t.Errorf("it is good at birka: %s", page.path)
	}
}

func TestWhatIsRefusedAtTheDoorSaysWhatHelps(t *testing.T) {
	w := newWorld(t)
	w.secret("anna")
	r := w.nobody()
	r.get("/signin")
	page := r.send("/signin", "user", "anna", "password", "en annan mening", "next", "/me")
	page.says(t, "is not right", "one-time link")
	if page.status != http.StatusUnauthorized || !strings.Contains(page.body, "<title>Error: ") || !strings.Contains(page.body, `value="anna"`) || !strings.Contains(page.body, `value="/me"`) || strings.Contains(page.body, "en annan mening") {
		t.Errorf("%d: %s", page.status, page.body)
	}
	stranger := r.send("/signin", "user", "stranger", "password", "en annan mening", "next", "/me")
	if strings.ReplaceAll(stranger.text(), "stranger", "anna") != page.text() {
		t.Error("a stranger learns who is known here")
	}
	for range 6 {
		page = r.send("/signin", "user", "anna", "password", "x")
	}
	if page.status != http.StatusTooManyRequests || page.header.Get("Retry-After") == "" {
		t.Errorf("%d, %q", page.status, page.header.Get("Retry-After"))
	}
	page.says(t, "Try again in")
	w.Set(w.Clock().Add(10 * time.Minute))
	if page = r.send("/signin", "user", "anna", "password", sentence); page.path != "/" {
		t.Errorf("never again: %s", page.path)
	}
}

func TestMessagesStandAtTheDoor(t *testing.T) {
	w := newWorld(t)
	w.secret("anna")
	w.secret("karin")
	acme := w.Installation("acme")
	for _, e := range []api.NewEvent{
		{Type: "message", Texts: map[string]string{"en": "Cake at three"}},
		{Type: "message", Audience: []string{"administrators"}, Texts: map[string]string{"en": "Only for administrators"}},
		{Type: "no-login", Expected: w.Clock().Add(time.Hour).Format(time.RFC3339), Texts: map[string]string{"en": "We move to a new server"}},
	} {
		_, err := acme.StartEvent(t.Context(), installation.Act{By: housetest.Host}, e)
		w.must(err)
	}
	r := w.nobody()
	page := r.get("/signin")
	page.says(t, "Cake at three", "We move to a new server", "Only administrators can sign in right now")
	page.lacks(t, "Only for administrators")
	if page = r.send("/signin", "user", "anna", "password", sentence); page.status != http.StatusForbidden {
		t.Errorf("anna: %d", page.status)
	}
	if page = r.send("/signin", "user", "karin", "password", sentence); page.path != "/" {
		t.Errorf("karin: %s", page.path)
	}
}

func TestALinkLeadsToAPasswordOrAPasskey(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	link := func() string {
		l, err := acme.MakeLink(t.Context(), installation.Act{By: housetest.Host}, "anna")
		w.must(err)
		return l.Path
	}
	r := w.nobody()
	path := link()
	r.get(path).says(t, "Anna Berg", "anna", "At least 12 characters", "Or use a passkey")
	page := r.send(path, "password", "kort")
	page.says(t, "at least 12 characters")
	if page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, `aria-invalid="true"`) {
		t.Errorf("%d", page.status)
	}
	if page = r.send(path, "password", ""); page.status != http.StatusUnprocessableEntity {
		t.Errorf("no password: %d", page.status)
	}
	if page = r.send(path, "password", sentence); page.path != "/" {
		t.Errorf("%s: %s", page.path, page.text())
	}
	other := w.nobody()
	if page = other.get(path); page.status != http.StatusGone {
		t.Errorf("a second time: %d", page.status)
	}
	path = link()
	other.get(path)
	if page = other.send(path, "way", "passkey"); page.path != "/me/signin" {
		t.Errorf("%s: %s", page.path, page.text())
	}
	page.says(t, "Register a passkey", "With a one-time link")
}

func TestAPasskeyIsRegisteredAndSignsIn(t *testing.T) {
	w := newWorld(t)
	if page := w.as("anna").get("/me/passkey.json"); page.status != http.StatusUnprocessableEntity { // at 127.0.0.1
		t.Errorf("at an address in figures: %d", page.status)
	}
	w.server.URL = strings.Replace(w.server.URL, "127.0.0.1", "localhost", 1)
	r := w.as("anna")
	r.get("/me/signin").says(t, "You have no passkeys yet")
	host, err := url.Parse(w.server.URL)
	w.must(err)
	rp := virtualwebauthn.RelyingParty{Name: "Acme", ID: host.Hostname(), Origin: w.server.URL}
	auth, key := virtualwebauthn.NewAuthenticator(), housetest.Passkey()
	begin := func(r *reader, path string) (doc struct {
		Options json.RawMessage
		State   string
	}) {
		token := r.last.token()
		w.must(json.Unmarshal([]byte(r.get(path).body), &doc))
		r.last.body = fmt.Sprintf(`name="csrf" value="%s"`, token)
		return doc
	}
	asked := begin(r, "/me/passkey.json")
	options, err := virtualwebauthn.ParseAttestationOptions(`{"publicKey":` + string(asked.Options) + `}`)
	w.must(err)
	auth.Options.UserHandle = []byte(options.UserID)
	answer := virtualwebauthn.CreateAttestationResponse(rp, auth, key, *options)
	page := r.send("/me/passkeys", "state", asked.State, "answer", answer, "name", "My phone")
	page.says(t, "The passkey My phone is registered.")
	if page = r.send("/me/passkeys", "state", asked.State, "answer", answer, "name", "My phone"); page.status != http.StatusBadRequest {
		t.Errorf("registered twice: %d", page.status)
	}

	door := w.nobody()
	door.get("/signin")
	asked = begin(door, "/signin/passkey.json")
	login, err := virtualwebauthn.ParseAssertionOptions(`{"publicKey":` + string(asked.Options) + `}`)
	w.must(err)
	key.Counter++
	signed := virtualwebauthn.CreateAssertionResponse(rp, auth, key, *login)
	if page := door.send("/signin/passkey", "state", asked.State, "answer", signed, "next", "/me"); page.path != "/me" {
		t.Fatalf("%s, %d: %s", page.path, page.status, page.text())
	}
	if page := w.nobody().send("/signin/passkey", "state", asked.State, "answer", signed); page.status != http.StatusBadRequest {
		t.Errorf("signed in twice: %d", page.status)
	}
	r.get("/me/signin")
	path := ""
	for _, l := range r.last.links() {
		if strings.HasSuffix(l, "/remove") {
			path = l
		}
	}
	r.send(strings.TrimSuffix(path, "/remove"), "name", "Old phone").says(t, "The passkey is called Old phone.")
	r.send(path).says(t, "no way to sign in again")
}

func TestAProviderLetsPeopleIn(t *testing.T) {
	w := newWorld(t)
	p := housetest.NewProvider(t, w.Clock)
	p.Says["preferred_username"] = "anna"
	_, err := w.Installation("acme").PutProvider(t.Context(), installation.Act{By: housetest.Host}, "work",
		api.ProviderBody{Name: "Work account", Issuer: p.URL, ClientID: p.ClientID, Secret: p.Secret})
	w.must(err)
	r := w.nobody()
	r.get("/signin?next=%2Fme").says(t, "Sign in with Work account")
	if page := r.get("/signin/provider/work?next=%2Fme"); page.path != "/me" || page.status != http.StatusOK {
		t.Fatalf("%s, %d: %s", page.path, page.status, page.text())
	}
	p.Says["preferred_username"] = "nobody"
	r = w.nobody()
	page := r.get("/signin/provider/work")
	if page.status != http.StatusForbidden {
		t.Errorf("%d", page.status)
	}
	page.says(t, "nobody here can be recognized by that")
	if page = w.nobody().get("/signin/provider/work/callback?code=x&state=y"); page.status != http.StatusBadRequest {
		t.Errorf("without having begun: %d", page.status)
	}
	if page = w.nobody().get("/signin/provider/other"); page.status != http.StatusNotFound {
		t.Errorf("an unknown one: %d", page.status)
	}
}

// What was sent just after a session ended is there for whoever sent it, and for
// nobody else.
func TestNothingTypedIsLostWhenASessionEnds(t *testing.T) {
	w := newWorld(t)
	w.secret("karin")
	w.secret("uma")
	r := w.as("karin")
	r.get("/settings/roles")
	token := r.last.token()
	w.Set(w.Clock().Add(3 * time.Hour))
	r.last.body = fmt.Sprintf(`name="csrf" value="%s"`, token)
	page := r.send("/settings/roles", "person", "bo", "role", "auditor")
	if !strings.HasPrefix(page.path, "/signin?next=%2Fsignin%2Fdraft%2F") {
		t.Fatalf("led to %s", page.path)
	}
	page.says(t, "It is kept")
	next, err := url.ParseQuery(strings.TrimPrefix(page.path, "/signin?"))
	w.must(err)
	other := w.as("uma")
	if page := other.get(next.Get("next")); page.path != "/" {
		t.Errorf("somebody else sees it at %s", page.path)
	}
	page = r.send("/signin", "user", "karin", "password", sentence, "next", next.Get("next"))
	page.says(t, "This was not saved yet", "bo", "auditor", "Send it now")
	page = r.send("/settings/roles", "person", "bo", "role", "auditor")
	if page.path != "/settings/roles" || !strings.Contains(page.body, "bo has the role Auditor now.") {
		t.Errorf("%s: %s", page.path, page.text())
	}
	// Passwords, and forms of strangers, are not kept.
	w.Set(w.Clock().Add(3 * time.Hour))
	if page := r.send("/me/password", "current", sentence, "password", "x"); strings.Contains(page.path, "draft") {
		t.Errorf("a password is kept: %s", page.path)
	}
	if page := w.nobody().send("/settings/roles", "person", "bo", "role", "auditor"); strings.Contains(page.path, "draft") {
		t.Errorf("a stranger's form is kept: %s", page.path)
	}
}

func TestTheRecoveryDoorTakesARecoveryTokenOnly(t *testing.T) {
	w := newWorld(t)
	r := w.nobody()
	r.get("/signin/recovery").says(t, "pott server recover acme")
	page := r.send("/signin/recovery", "token", "pott_recovery_x")
	if page.status != http.StatusUnauthorized {
		t.Errorf("%d", page.status)
	}
}
