package api

import "time"

// A Token lets a program in. Its secret is never shown again.
type Token struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Scopes  []string  `json:"scopes"`
	Created time.Time `json:"created,omitzero"`
	Expires time.Time `json:"expires,omitzero" doc:"Left out when it does not expire."`
	Revoked time.Time `json:"revoked,omitzero" doc:"Left out while it is good."`
}

// A NewToken is the body that makes a token.
type NewToken struct {
	Name    string   `json:"name" doc:"What it is for; 1 to 100 characters."`
	Scopes  []string `json:"scopes" doc:"check, read, assign, activate, admin; at least one."`
	Expires string   `json:"expires,omitempty" doc:"A moment in RFC 3339 or a day; never when left out."`
}

// A MadeToken is the answer to making a token: the only time its secret is seen.
type MadeToken struct {
	Outcome
	Token  Token  `json:"token"`
	Secret string `json:"secret,omitempty" doc:"The whole bearer token; left out in a dry run."`
}

// A RevokedToken is the answer to revoking a token.
type RevokedToken struct {
	Outcome
	Token Token `json:"token"`
}
