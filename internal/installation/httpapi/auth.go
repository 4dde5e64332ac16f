package httpapi

import (
	"net/http"
	"strings"

	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/seat"
)

// admit returns the installation a request is for and the token it came with,
// once the token is good there and has one of the scopes.
//
// An installation that does not exist is answered like one the token is not
// good at: nobody learns the names of a server's other customers.
func (d *Door) admit(r *http.Request, name string, scopes []string) (*installation.Installation, *installation.Visitor, error) {
	secret := bearer(r)
	if secret == "" {
		return nil, nil, &MissingTokenError{}
	}
	now := d.house.Now()
	in := d.house.Installation(name)
	if in != nil {
		if v := in.Admit(secret, now); v != nil {
			if !seat.Reaches(v.Scopes, scopes...) {
				return nil, nil, &ScopeError{Needs: strings.Join(scopes, " or "), Has: v.Scopes}
			}
			return in, v, nil
		}
	}
	if d.house.Knows(secret, now) {
		return nil, nil, &OtherInstallationError{}
	}
	return nil, nil, &InvalidTokenError{}
}

// bearer returns the token of a request, or "".
func bearer(r *http.Request) string {
	const prefix = "Bearer "
	header := r.Header.Get("Authorization")
	if len(header) <= len(prefix) || !strings.EqualFold(header[:len(prefix)], prefix) {
		return ""
	}
	return strings.TrimSpace(header[len(prefix):])
}
