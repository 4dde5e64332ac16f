package installation

import (
	"context"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/message"
	"github.com/pott-dev/pott/internal/seat"
)

// PersonMessages returns which kinds of mail a person could get, in the order they
// are shown, and which of them the person wants.
func (in *Installation) PersonMessages(ctx context.Context, act Act, person string) (api.PersonMessages, error) {
	var out api.PersonMessages
	err := in.view(func(v *store.View) error {
		p, err := findPerson(v, person)
		if err == nil {
			out = personMessages(v, p)
		}
		return err
	})
	return out, err
}

func personMessages(v *store.View, p store.Person) api.PersonMessages {
	out := api.PersonMessages{Person: p.Personal.UserID, Email: p.Personal.Email, Choices: []api.MessageChoice{}}
	choice, roles, off := choiceOf(v), rolesByPerson(v)[p.ID], v.MessageChoice(p.ID).Off
	for _, k := range message.Kinds {
		if choice.Reaches(k, false, roles, nil) || choice.Reaches(k, true, roles, nil) {
			out.Choices = append(out.Choices, api.MessageChoice{Event: string(k), On: !slices.Contains(off, string(k))})
		}
	}
	return out
}

// PutPersonMessages says which kinds of mail a person wants; kinds that are not
// named stay as they are. The person need not be one who could get them today.
func (in *Installation) PutPersonMessages(ctx context.Context, act Act, person string, body api.MessageChoices) (api.ChangedPersonMessages, error) {
	for _, c := range body.Choices {
		if !slices.Contains(message.Kinds, message.Kind(c.Event)) {
			return api.ChangedPersonMessages{}, &BadValueError{Field: "choices", Why: "there are no such mails"}
		}
	}
	var answer api.ChangedPersonMessages
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		p, err := findPerson(&tx.View, person)
		if err != nil {
			return false, err
		}
		if p.Gone() {
			return false, named(&seat.PersonGoneError{Deleted: p.Deleted}, p)
		}
		was := tx.MessageChoice(p.ID).Off
		off := slices.Clone(was)
		for _, c := range body.Choices {
			off = slices.DeleteFunc(off, func(k string) bool { return k == c.Event })
			if !c.On {
				off = append(off, c.Event)
			}
		}
		slices.Sort(off)
		changed := !slices.Equal(was, off)
		if changed {
			tx.Entry("message.choice", p.ID, audit.F("off", strings.Join(off, " ")))
			err = tx.PutMessageChoice(store.MessageChoice{Person: p.ID, Off: off})
		}
		answer.PersonMessages = personMessages(&tx.View, p)
		return changed, err
	})
	answer.Outcome = outcome
	return answer, err
}
