package api

import "github.com/pott-dev/pott/license"

// A Withheld says why nothing of an issuer's set can be given now. What was given
// stays, and can be taken back.
type Withheld struct {
	Code   string       `json:"code" enum:"license.read-only,license.set-dropped,license.set-not-genuine" doc:"The code with which giving it is refused."`
	Since  license.Date `json:"since,omitzero" doc:"The first day it is so; left out where no day is known."`
	SignIn bool         `json:"sign_in,omitempty" doc:"Those who have it can still sign in with it."`
	Text   string       `json:"text" doc:"Why, since when, and who can end it."`
}
