package api

import "time"

// A SignIn is how a person may sign in, and where the person is signed in now.
type SignIn struct {
	Person   string    `json:"person" doc:"The user id."`
	Password time.Time `json:"password,omitzero" doc:"When the password was chosen; left out when there is none."`
	Passkeys []Passkey `json:"passkeys" doc:"Oldest first."`
	Sessions []Session `json:"sessions" doc:"Oldest first."`
	Link     time.Time `json:"link,omitzero" doc:"Until when a one-time link is good that nobody has used; left out when there is none."`
}

// A Passkey is a key in a phone, a computer or a token that its owner signs in
// with.
type Passkey struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used,omitzero" doc:"When somebody last signed in with it; left out while nobody has."`
}

// A Session is a visit to the pages.
type Session struct {
	ID      string    `json:"id"`
	Method  string    `json:"method" doc:"password, passkey, link or provider."`
	Device  string    `json:"device,omitempty" doc:"With what, in words, as the browser says."`
	Begun   time.Time `json:"begun"`
	Ends    time.Time `json:"ends" doc:"At the latest."`
	Current bool      `json:"current,omitempty" doc:"True for the session that asks."`
}

// A NewLink is the body that makes a one-time link. There is nothing to say.
type NewLink struct{}

// A MadeLink is the answer to making a one-time link: the only time it is seen.
type MadeLink struct {
	Outcome
	Person  string    `json:"person" doc:"The user id."`
	Path    string    `json:"path,omitempty" doc:"What follows the address of the installation; left out in a dry run. Whoever opens it first comes in as the person."`
	Expires time.Time `json:"expires"`
}

// A ChangedSignIn is the answer to ending sessions and removing ways to sign in.
type ChangedSignIn struct {
	Outcome
	Person string `json:"person" doc:"The user id."`
	Ended  int    `json:"ended" doc:"How many sessions ended."`
}

// A Provider is somebody else who says who a person is, by OpenID Connect.
type Provider struct {
	Code     string    `json:"code"`
	Name     string    `json:"name" doc:"What stands on the button."`
	Issuer   string    `json:"issuer" doc:"The provider's address."`
	ClientID string    `json:"client_id"`
	Secret   bool      `json:"secret" doc:"Whether a client secret is kept. It is never shown."`
	Match    string    `json:"match" doc:"user-id or email: what finds the person."`
	Claim    string    `json:"claim" doc:"Where the provider says it."`
	Callback string    `json:"callback" doc:"What follows the address of the installation in the redirect address to register at the provider."`
	Created  time.Time `json:"created"`
}

// A ProviderBody is the body that adds or changes a provider.
type ProviderBody struct {
	Name     string `json:"name" doc:"What stands on the button; 1 to 100 characters."`
	Issuer   string `json:"issuer" doc:"The provider's address, https; http only on this machine itself."`
	ClientID string `json:"client_id"`
	Secret   string `json:"secret,omitempty" doc:"The client secret; when left out the one kept stays, and none is used where none is kept. Changing the issuer or the client drops it."`
	Match    string `json:"match,omitempty" doc:"user-id (when left out) or email. An address counts only if the provider says that it is verified."`
	Claim    string `json:"claim,omitempty" doc:"Where the provider says the user id; preferred_username when left out."`
	New      bool   `json:"new,omitempty" doc:"Refused when there is a provider of this code already."`

	Was map[string]string `json:"was,omitempty" doc:"What fields said when the change was made up, by name: refused when one that is changed here says something else by now; one that is left as it was is not changed."`
}

// A ChangedProvider is the answer to changing the providers.
type ChangedProvider struct {
	Outcome
	Provider Provider `json:"provider"`
}

// A ProviderTest says what a provider answers about itself.
type ProviderTest struct {
	Provider      Provider `json:"provider"`
	Authorization string   `json:"authorization" doc:"Where people are sent to sign in."`
	Token         string   `json:"token" doc:"Where the answer is exchanged."`
	Keys          int      `json:"keys" doc:"How many keys its answers may be signed with."`
	PKCE          bool     `json:"pkce" doc:"Whether it says that it takes a proof key (S256). One is always sent."`
}

// A Preference is how a person wants the pages to be.
type Preference struct {
	Language  string `json:"language" doc:"sv, en, nb, da, de or nl; empty: as the browser asks, or else as the organization says."`
	Theme     string `json:"theme" doc:"system, light, dark or contrast; empty: as the organization says."`
	Shortcuts bool   `json:"shortcuts" doc:"Whether single letters are shortcuts."`
}
