package installation_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

const callback = "https://pott.example/signin/provider/work/callback"

func withProvider(t *testing.T, db *sqldb.DB, match string) (*housetest.Fixture, *installation.Installation, *housetest.Provider) {
	t.Helper()
	f, in := signInHouse(t, db)
	p := housetest.NewProvider(t, f.Clock)
	_, err := in.PutProvider(t.Context(), admin, "work", api.ProviderBody{Name: "Work", Issuer: p.URL, ClientID: p.ClientID, Secret: p.Secret, Match: match})
	must(t, err)
	address := "anna@acme.example"
	_, err = in.ChangePerson(t.Context(), admin, "anna", api.PersonPatch{Email: &address})
	must(t, err)
	return f, in, p
}

// depart goes to the provider and comes back with the query of the callback.
func depart(t *testing.T, in *installation.Installation, p *housetest.Provider) (string, url.Values) {
	t.Helper()
	d, err := in.BeginProvider(t.Context(), "work", callback, "/licenses")
	must(t, err)
	back := p.Visit(d.URL)
	if got := back.Scheme + "://" + back.Host + back.Path; got != callback {
		t.Fatalf("the provider sends people to %s", got)
	}
	return d.State, back.Query()
}

func TestAProviderSaysWhoSomebodyIs(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in, p := withProvider(t, db, "")
		p.Says["preferred_username"] = "Anna"
		state, query := depart(t, in, p)
		begun, next, err := in.SignInProvider(t.Context(), office, "work", state, query)
		if err != nil || begun.Session.UserID != "anna" || next != "/licenses" || begun.Session.Method != installation.ByProvider || !goodFor(f, in, begun.Cookie) {
			t.Fatalf("%+v, %q, %v", begun, next, err)
		}
		if _, _, err := in.SignInProvider(t.Context(), office, "work", state, query); code(err) != "signin.stale" {
			t.Errorf("a second time: %v", err)
		}
		test, err := in.TestProvider(t.Context(), admin, "work")
		if err != nil || test.Keys != 1 || !test.PKCE || test.Token != p.URL+"/token" {
			t.Errorf("%+v, %v", test, err)
		}
		list, err := in.Providers(t.Context(), admin)
		if err != nil || len(list.Items) != 1 || !list.Items[0].Secret || list.Items[0].Claim != "preferred_username" || list.Items[0].Callback != "/signin/provider/work/callback" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestWhomAProviderMeans(t *testing.T) {
	_, in, p := withProvider(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "email")
	twin := "twin@acme.example"
	for _, user := range []string{"cecilia", "david"} {
		_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: user, Login: true, Email: twin})
		must(t, err)
	}
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "eva", Email: "eva@acme.example"})
	must(t, err)
	for what, c := range map[string]struct {
		says map[string]any
		code string
	}{
		"a verified address":                {map[string]any{"email": "Anna@acme.example", "email_verified": true}, ""},
		"one that is verified in text":      {map[string]any{"email": "anna@acme.example", "email_verified": "true"}, ""},
		"one nobody has verified":           {map[string]any{"email": "anna@acme.example", "email_verified": false}, "provider.nobody"},
		"one of which nothing is said":      {map[string]any{"email": "anna@acme.example"}, "provider.nobody"},
		"one that two people have":          {map[string]any{"email": twin, "email_verified": true}, "provider.nobody"},
		"one nobody has":                    {map[string]any{"email": "nobody@acme.example", "email_verified": true}, "provider.nobody"},
		"none, as some people have none":    {map[string]any{"email": "", "email_verified": true}, "provider.nobody"},
		"a user id where an address counts": {map[string]any{"preferred_username": "anna"}, "provider.nobody"},
		"somebody without a login":          {map[string]any{"email": "eva@acme.example", "email_verified": true}, "signin.no-login"},
		"no text":                           {map[string]any{"email": []string{"anna@acme.example"}, "email_verified": true}, "provider.nobody"},
	} {
		p.Says = c.says
		state, query := depart(t, in, p)
		if _, _, err := in.SignInProvider(t.Context(), office, "work", state, query); code(err) != c.code {
			t.Errorf("%s: %v", what, err)
		}
	}
	if people, err := in.Status(t.Context(), admin); err != nil {
		t.Error(people, err)
	}
}

func TestAnAnswerThatWasTamperedWithLetsNobodyIn(t *testing.T) {
	f, in, p := withProvider(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "")
	good := map[string]any{"preferred_username": "anna"}
	other := housetest.NewProvider(t, f.Clock)
	for what, c := range map[string]struct {
		says map[string]any
		do   func(state string, query url.Values) (string, url.Values)
		code string
	}{
		"another state":            {do: func(s string, q url.Values) (string, url.Values) { q.Set("state", "x"); return s, q }, code: "signin.stale"},
		"no state":                 {do: func(s string, q url.Values) (string, url.Values) { q.Del("state"); return s, q }, code: "signin.stale"},
		"another browser":          {do: func(s string, q url.Values) (string, url.Values) { return "", q }, code: "signin.stale"},
		"a cookie that was edited": {do: func(s string, q url.Values) (string, url.Values) { return s[:40] + "A" + s[41:] + "A", q }, code: "signin.stale"},
		"from somebody else":       {do: func(s string, q url.Values) (string, url.Values) { q.Set("iss", other.URL); return s, q }, code: "provider.refused"},
		"another code":             {do: func(s string, q url.Values) (string, url.Values) { q.Set("code", "x"); return s, q }, code: "provider.refused"},
		"a refusal": {do: func(s string, q url.Values) (string, url.Values) {
			q.Del("code")
			q.Set("error", "access_denied")
			return s, q
		}, code: "provider.refused"},
		"too late": {do: func(s string, q url.Values) (string, url.Values) { f.Set(f.Clock().Add(11 * time.Minute)); return s, q },
			code: "signin.stale"},
		"for another client":   {says: map[string]any{"aud": "somebody else"}, code: "provider.refused"},
		"by another issuer":    {says: map[string]any{"iss": "https://id.example.com"}, code: "provider.refused"},
		"that is over":         {says: map[string]any{"exp": f.Clock().Add(-time.Hour).Unix()}, code: "provider.refused"},
		"for another sign-in":  {says: map[string]any{"nonce": "another"}, code: "provider.refused"},
		"without any sign-in":  {says: map[string]any{"nonce": ""}, code: "provider.refused"},
		"about somebody here":  {code: ""},
		"about nobody at all":  {says: map[string]any{"preferred_username": ""}, code: "provider.nobody"},
		"about a hidden space": {says: map[string]any{"preferred_username": "anna "}, code: "provider.nobody"},
	} {
		p.Says = maps.Clone(good)
		maps.Copy(p.Says, c.says)
		state, query := depart(t, in, p)
		if c.do != nil {
			state, query = c.do(state, query)
		}
		if _, _, err := in.SignInProvider(t.Context(), office, "work", state, query); code(err) != c.code {
			t.Errorf("%s: %v", what, err)
		}
	}
	// What was begun with one provider is not finished with what took its place.
	state, query := depart(t, in, p)
	_, err := in.PutProvider(t.Context(), admin, "work", api.ProviderBody{Name: "Other", Issuer: other.URL, ClientID: "pott"})
	must(t, err)
	if _, _, err := in.SignInProvider(t.Context(), office, "work", state, query); code(err) != "signin.stale" {
		t.Errorf("with another provider: %v", err)
	}
}

func TestTheSecretOfAProviderIsKeptWhereNobodyReadsIt(t *testing.T) {
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	_, in, p := withProvider(t, db, "")
	var kept []byte
	must(t, db.View(t.Context(), func(tx *sqldb.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT secret FROM provider").Scan(&kept)
	}))
	if len(kept) == 0 || strings.Contains(string(kept), p.Secret) {
		t.Errorf("the database has %q", kept)
	}
	entries, err := in.Audit(t.Context(), admin, installation.AuditFilter{Action: "provider.put"})
	if err != nil || len(entries.Items) != 1 {
		t.Errorf("%+v, %v", entries, err)
	}
	// It stays when the name changes, and goes with the issuer it was for.
	body := api.ProviderBody{Name: "Work account", Issuer: p.URL, ClientID: p.ClientID}
	if changed, err := in.PutProvider(t.Context(), admin, "work", body); err != nil || !changed.Provider.Secret || !changed.Changed {
		t.Errorf("%+v, %v", changed, err)
	}
	if again, err := in.PutProvider(t.Context(), admin, "work", body); err != nil || again.Changed {
		t.Errorf("%+v, %v", again, err)
	}
	body.Issuer = "https://elsewhere.example"
	if changed, err := in.PutProvider(t.Context(), admin, "work", body); err != nil || changed.Provider.Secret {
		t.Errorf("a secret was sent elsewhere: %+v, %v", changed, err)
	}
	if _, err := in.BeginProvider(t.Context(), "nothing", callback, "/"); code(err) != "provider.unknown" {
		t.Error(err)
	}
	if _, err := in.RemoveProvider(t.Context(), admin, "work"); err != nil {
		t.Error(err)
	}
	if _, err := in.RemoveProvider(t.Context(), admin, "work"); code(err) != "provider.unknown" {
		t.Error(err)
	}
}

func TestWhatAProviderMayBe(t *testing.T) {
	_, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	good := api.ProviderBody{Name: "Work", Issuer: "https://id.example.com/realm", ClientID: "pott"}
	for what, change := range map[string]func(*api.ProviderBody) string{
		"no name":                     func(b *api.ProviderBody) string { b.Name = ""; return "work" },
		"no client":                   func(b *api.ProviderBody) string { b.ClientID = ""; return "work" },
		"a code with spaces":          func(b *api.ProviderBody) string { return "my work" },
		"no code":                     func(b *api.ProviderBody) string { return "" },
		"http elsewhere":              func(b *api.ProviderBody) string { b.Issuer = "http://id.example.com"; return "work" },
		"no address":                  func(b *api.ProviderBody) string { b.Issuer = "id.example.com"; return "work" },
		"a name in the address":       func(b *api.ProviderBody) string { b.Issuer = "https://me@id.example.com"; return "work" },
		"a query in the address":      func(b *api.ProviderBody) string { b.Issuer = "https://id.example.com?x"; return "work" },
		"matching by something else":  func(b *api.ProviderBody) string { b.Match = "name"; return "work" },
		"an address in another claim": func(b *api.ProviderBody) string { b.Match, b.Claim = "email", "upn"; return "work" },
	} {
		body := good
		if _, err := in.PutProvider(t.Context(), admin, change(&body), body); code(err) != "request.bad-value" {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := in.PutProvider(t.Context(), admin, "here", api.ProviderBody{Name: "Here", Issuer: "http://127.0.0.1:1", ClientID: "pott"})
	must(t, err)
	if _, err := in.BeginProvider(t.Context(), "here", callback, "/"); code(err) != "provider.unreachable" {
		t.Errorf("one that does not answer: %v", err)
	}
	if _, err := in.TestProvider(t.Context(), admin, "here"); code(err) != "provider.unreachable" {
		t.Errorf("one that does not answer: %v", err)
	}
	if _, err := in.BeginProvider(t.Context(), "here", callback, "/"); code(err) != "provider.unreachable" {
		t.Errorf("one that did not answer just now: %v", err)
	}
}
