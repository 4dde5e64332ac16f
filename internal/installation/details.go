package installation

import (
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
)

// A detail is one field of a person that a patch may change.
type detail struct {
	name string  // as the API calls it
	at   *string // where it stands
	to   *string // what it becomes; nil: it stays
	was  *string // what whoever changes it saw; nil: it does not matter
}

func detailsOf(p *store.Personal, patch api.PersonPatch) []detail {
	was := api.PersonWas{}
	if patch.Was != nil {
		was = *patch.Was
	}
	return []detail{
		{"user_id", &p.UserID, patch.UserID, was.UserID}, {"first_name", &p.First, patch.FirstName, was.FirstName},
		{"last_name", &p.Last, patch.LastName, was.LastName}, {"email", &p.Email, patch.Email, was.Email}, {"group", &p.Group, patch.Group, was.Group},
	}
}

// changeDetails changes the fields that a patch names, unless somebody else has
// changed one of them meanwhile to something else again.
func changeDetails(p *store.Personal, patch api.PersonPatch) error {
	changed := &DetailsChangedError{Person: p.UserID}
	for _, d := range detailsOf(p, patch) {
		switch {
		case d.to == nil:
		case d.was != nil && *d.at != *d.was && *d.at != *d.to:
			changed.Fields = append(changed.Fields, d.name)
		default:
			*d.at = *d.to
		}
	}
	if len(changed.Fields) > 0 {
		return changed
	}
	return nil
}

// A DetailsChangedError is returned when fields of a person say something else
// by now than when a change of them was made up. Nothing was changed.
type DetailsChangedError struct {
	Person string   // user id
	Fields []string // such as last_name
}

func (e *DetailsChangedError) Error() string {
	return e.Person + " was changed meanwhile: " + strings.Join(e.Fields, ", ")
}

// Code returns the stable code of the error.
func (e *DetailsChangedError) Code() string { return "person.details-changed" }
