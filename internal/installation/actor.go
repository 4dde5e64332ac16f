package installation

import (
	"strings"

	"github.com/pott-dev/pott/internal/installation/store"
)

// ActorName says who an actor of a record is, in the words people know: a person
// by name, a token by what it was called when it was made. Others keep the words
// of the record.
func (in *Installation) ActorName(by string) (name string) {
	name = by
	_ = in.view(func(v *store.View) error { // a view of what is there fails for nobody
		name = actorName(v, by)
		return nil
	})
	return name
}

func actorName(v *store.View, by string) string {
	kind, id, _ := strings.Cut(by, " ")
	switch kind {
	case "token":
		if token, ok := v.Token(id); ok {
			return "token " + token.Name
		}
	case "person":
		if p, ok := v.Person(id); ok && p.Erased == 0 {
			if name := strings.TrimSpace(p.Personal.First + " " + p.Personal.Last); name != "" {
				return name
			}
			return p.Personal.UserID
		}
	}
	return by
}
