package web

import (
	"strings"

	"github.com/pott-dev/pott/api"
)

// strayed says of somebody what was shown to happen, and what would happen now.
func strayed(v *visit, c api.StoredChange) string {
	return v.Say("review.strayed", "Person", c.Person, "Was", effectText(v, c.Was), "Is", effectText(v, c.Is))
}

// effectText says in a few words what happens to somebody.
func effectText(v *visit, e *api.PersonEffect) string {
	var parts []string
	if e != nil {
		if names := lost(v, *e); len(names) > 0 {
			parts = append(parts, v.Say("review.stray-gives", "Names", names))
		}
		if names := heldNames(e.Given); len(names) > 0 {
			parts = append(parts, v.Say("review.stray-gets", "Names", names))
		}
	}
	if len(parts) == 0 {
		return v.Say("review.stray-nothing")
	}
	return strings.Join(parts, ", ")
}
