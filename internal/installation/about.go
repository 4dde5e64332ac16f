package installation

import (
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
)

// An About says whose installation it is.
type About struct {
	Company  string // the owner; the name of the installation while it has none
	Serial   string
	Language string // spoken where nobody chose another
	Theme    string // likewise what pages look like: one of [Themes]
	Zone     *time.Location
	Test     bool // a copy for tests
	Empty    bool // no set was ever activated
}

// About says whose installation it is. It cannot fail: where records cannot be
// read it says what it knows.
func (in *Installation) About() About {
	a := About{Company: in.name, Language: "en", Theme: ThemeSystem, Zone: time.UTC}
	_ = in.view(func(v *store.View) error {
		o := v.Info()
		if o.Company != "" {
			a.Company = o.Company
		}
		d := defaultsOf(v)
		a.Serial, a.Language, a.Theme, a.Zone, a.Test = o.Serial, d.Language, d.Theme, zone(v), o.Test
		a.Empty = len(v.Active().Sets()) == 0
		return nil
	})
	return a
}

// WhoMay returns the names of up to five people who sign in and whose roles
// allow what needs a scope, administrators first.
func (in *Installation) WhoMay(scope string) []string {
	var names []string
	_ = in.view(func(v *store.View) error {
		now := in.clock(v)
		for _, role := range seat.RolesFor(scope) {
			for _, r := range v.Roles() {
				p, ok := v.Person(r.Person)
				if !ok || r.Role != role || !p.CanSignIn(today(v, now)) {
					continue
				}
				if name := personName(p.Personal); !slices.Contains(names, name) && len(names) < 5 {
					names = append(names, name)
				}
			}
		}
		return nil
	})
	return names
}

// personName is what people call the person: first and last name, or the user id of
// somebody who has none.
func personName(p store.Personal) string {
	if name := strings.TrimSpace(p.First + " " + p.Last); name != "" {
		return name
	}
	return p.UserID
}
