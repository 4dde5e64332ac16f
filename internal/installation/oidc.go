package installation

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
)

// providerPatience is how long a provider may take to answer one question, and
// providerBytes how much.
const (
	providerPatience = 10 * time.Second
	providerBytes    = 1 << 20
)

// providerClient asks providers. It follows no redirects: an address that is not
// the provider's was not agreed to.
var providerClient = &http.Client{
	Timeout:       providerPatience,
	Transport:     bounded{http.DefaultTransport},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// bounded cuts answers that are too long.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, providerBytes), answer.Body}
	}
	return answer, err
}

// discovered is what a provider said of itself, and when.
type discovered struct {
	issuer   string
	provider *oidc.Provider // nil: it did not answer, and err says why
	err      error
	at       time.Time
}

// discovery is how long that is believed without asking again, and silence how
// long it is that a provider does not answer: whoever stands at the door could
// make the server ask as often as they like.
const (
	discovery = time.Hour
	silence   = 5 * time.Second
)

// believed returns what is known of a provider without asking it; ok is false when
// it is to be asked.
func (in *Installation) believed(p store.Provider, now time.Time) (*oidc.Provider, error, bool) {
	known, _ := in.discovered.Load(p.Code)
	d, ok := known.(discovered)
	age := now.Sub(d.at)
	ok = ok && d.issuer == p.Issuer && age >= 0 && (d.provider != nil && age < discovery || d.err != nil && age < silence)
	return d.provider, d.err, ok
}

// discover returns what a provider says of itself.
func (in *Installation) discover(p store.Provider, again bool) (*oidc.Provider, error) {
	if known, err, ok := in.believed(p, in.options.Now()); ok && !again {
		return known, err
	}
	lock, _ := in.discovering.LoadOrStore(p.Code, &sync.Mutex{}) // who comes meanwhile hears what came of it
	lock.(*sync.Mutex).Lock()
	defer lock.(*sync.Mutex).Unlock()
	if known, err, ok := in.believed(p, in.options.Now()); ok && !again {
		return known, err
	}
	// Its keys are fetched later with the same context, which therefore does not end
	// with the request.
	ctx := oidc.ClientContext(context.Background(), providerClient)
	provider, err := oidc.NewProvider(ctx, p.Issuer)
	d := discovered{issuer: p.Issuer, provider: provider, at: in.options.Now()}
	if err != nil {
		d.provider, d.err = nil, &UnreachableProviderError{Provider: p.Code, Why: reason(err)}
	}
	in.discovered.Store(p.Code, d)
	return d.provider, d.err
}

// reason is what is wrong with an answer, in one line that is not too long.
func reason(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return text
}

func (in *Installation) client(p store.Provider, provider *oidc.Provider, callback string) (*oauth2.Config, error) {
	secret, err := in.secretOf(p)
	if err != nil {
		return nil, err
	}
	scopes := []string{oidc.ScopeOpenID, "profile"}
	if p.Match == MatchEmail {
		scopes = []string{oidc.ScopeOpenID, "email"}
	}
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: secret, Endpoint: provider.Endpoint(), RedirectURL: callback, Scopes: scopes}, nil
}

// A Departure is the way to a provider and back.
type Departure struct {
	URL   string // where the browser is sent
	State string // what it brings back in a cookie
}

const departing = "provider.signin"

// departure is what is kept in the box meanwhile.
type departure struct {
	Provider string `json:"provider"`
	Issuer   string `json:"issuer"`
	Client   string `json:"client"`
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	Callback string `json:"callback"`
	Next     string `json:"next"`
}

// BeginProvider sends somebody to a provider. callback is the address the
// provider sends the browser back to, next the page the person was going to.
func (in *Installation) BeginProvider(ctx context.Context, code, callback, next string) (Departure, error) {
	p, err := in.provider(code)
	if err != nil {
		return Departure{}, err
	}
	provider, err := in.discover(p, false)
	if err != nil {
		return Departure{}, err
	}
	client, err := in.client(p, provider, callback)
	if err != nil {
		return Departure{}, err
	}
	d := departure{Provider: code, Issuer: p.Issuer, Client: p.ClientID, State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Callback: callback, Next: next}
	state, err := in.sealBox(departing, d, boxLife)
	if err != nil {
		return Departure{}, err
	}
	return Departure{URL: client.AuthCodeURL(d.State, oidc.Nonce(d.Nonce), oauth2.S256ChallengeOption(d.Verifier)), State: state}, nil
}

// SignInProvider lets somebody in by what a provider answers. state is the cookie
// of the departure, query what stands in the address the provider sent the
// browser to. It returns where the person was going.
func (in *Installation) SignInProvider(ctx context.Context, from Visit, code, state string, query url.Values) (begun Begun, next string, err error) {
	now, address := in.options.Now(), network(from.Address)
	if wait := in.gate.addresses.Try(address, now); wait > 0 {
		return Begun{}, "", tooMany(wait)
	}
	p, err := in.provider(code)
	if err != nil {
		return Begun{}, "", err
	}
	var d departure
	if err := in.openOnce(departing, state, &d); err != nil {
		return Begun{}, "", err
	}
	switch {
	case d.Provider != code || d.Issuer != p.Issuer || d.Client != p.ClientID:
		return Begun{}, d.Next, &StaleError{}
	case subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(d.State)) != 1:
		return Begun{}, d.Next, &StaleError{}
	case query.Has("iss") && query.Get("iss") != p.Issuer, query.Get("code") == "":
		return Begun{}, d.Next, &ProviderRefusedError{Provider: code}
	}
	claims, err := in.exchange(ctx, p, d, query.Get("code"))
	if err != nil {
		return Begun{}, d.Next, err
	}
	person, err := in.claimed(p, claims)
	if err != nil {
		return Begun{}, d.Next, err
	}
	in.gate.addresses.Excuse(address)
	in.gate.known.met(person, address, now)
	begun, err = in.begin(ctx, arrival{person: person, method: ByProvider, device: from.Device})
	return begun, d.Next, err
}

// exchange returns what a provider says of who has signed in there.
func (in *Installation) exchange(ctx context.Context, p store.Provider, d departure, code string) (map[string]any, error) {
	provider, err := in.discover(p, false)
	if err != nil {
		return nil, err
	}
	client, err := in.client(p, provider, d.Callback)
	if err != nil {
		return nil, err
	}
	token, err := client.Exchange(oidc.ClientContext(ctx, providerClient), code, oauth2.VerifierOption(d.Verifier))
	if err != nil {
		if refused := new(oauth2.RetrieveError); errors.As(err, &refused) {
			in.options.Log.Warn("a provider refused an exchange", "installation", in.name, "provider", p.Code, "err", reason(err))
			return nil, &ProviderRefusedError{Provider: p.Code}
		}
		return nil, &UnreachableProviderError{Provider: p.Code, Why: reason(err)}
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: p.ClientID, Now: in.options.Now}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(d.Nonce)) != 1 {
		in.options.Log.Warn("what a provider says cannot be believed", "installation", in.name, "provider", p.Code, "err", err)
		return nil, &ProviderRefusedError{Provider: p.Code}
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return nil, &ProviderRefusedError{Provider: p.Code}
	}
	return in.moreClaims(ctx, p, provider, token, id.Subject, claims), nil
}

// moreClaims adds what a provider says only when it is asked for it.
func (in *Installation) moreClaims(ctx context.Context, p store.Provider, provider *oidc.Provider, token *oauth2.Token, subject string, claims map[string]any) map[string]any {
	if _, said := claims[p.Claim]; said || provider.UserInfoEndpoint() == "" {
		return claims
	}
	info, err := provider.UserInfo(oidc.ClientContext(ctx, providerClient), oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != subject { // of somebody else it says nothing
		return claims
	}
	more := map[string]any{}
	if info.Claims(&more) == nil {
		for k, v := range more {
			if _, said := claims[k]; !said {
				claims[k] = v
			}
		}
	}
	return claims
}

// claimed returns the person a provider's claims are of. An address counts only
// when the provider says that it is verified, and when exactly one person has it.
func (in *Installation) claimed(p store.Provider, claims map[string]any) (person string, err error) {
	value, _ := claims[p.Claim].(string)
	nobody := &NobodyError{Provider: p.Code, Claimed: cut(value, maxUserID)}
	if value == "" || p.Match == MatchEmail && claims["email_verified"] != true && claims["email_verified"] != "true" {
		return "", nobody
	}
	err = in.view(func(v *store.View) error {
		if p.Match == MatchUserID {
			if found, ok := v.PersonByUserID(value); ok {
				person = found.ID
				return nil
			}
			return nobody
		}
		var ids []string
		for one := range v.People() {
			if !one.Gone() && one.Personal.Email != "" && store.FoldUserID(one.Personal.Email) == store.FoldUserID(value) {
				ids = append(ids, one.ID)
			}
		}
		if len(ids) != 1 {
			return nobody
		}
		person = ids[0]
		return nil
	})
	return person, err
}

// TestProvider asks a provider what it says of itself.
func (in *Installation) TestProvider(ctx context.Context, act Act, code string) (api.ProviderTest, error) {
	p, err := in.provider(code)
	if err != nil {
		return api.ProviderTest{}, err
	}
	if _, err := in.secretOf(p); err != nil {
		return api.ProviderTest{}, err
	}
	provider, err := in.discover(p, true)
	if err != nil {
		return api.ProviderTest{}, err
	}
	var more struct {
		Keys    string   `json:"jwks_uri"`
		Methods []string `json:"code_challenge_methods_supported"`
	}
	if err := provider.Claims(&more); err != nil {
		return api.ProviderTest{}, &UnreachableProviderError{Provider: code, Why: reason(err)}
	}
	answer := api.ProviderTest{Provider: providerOf(p), Authorization: provider.Endpoint().AuthURL, Token: provider.Endpoint().TokenURL,
		PKCE: slices.Contains(more.Methods, "S256")}
	if answer.Keys, err = countKeys(ctx, more.Keys); err != nil {
		return api.ProviderTest{}, &UnreachableProviderError{Provider: code, Why: reason(err)}
	}
	return answer, nil
}

// countKeys returns how many keys a provider publishes.
func countKeys(ctx context.Context, address string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	answer, err := providerClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("its keys cannot be read: %s", answer.Status)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil {
		return 0, fmt.Errorf("its keys cannot be read: %w", err)
	}
	return len(set.Keys), nil
}
