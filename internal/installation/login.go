package installation

import (
	"context"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// GiveLogin gives a person a login, good through a day or without end. Where a
// profile's modules take seats by login, it takes them.
func (in *Installation) GiveLogin(ctx context.Context, act Act, person, validThrough string) (api.ChangedPerson, error) {
	through, err := readDay("valid_through", validThrough)
	if err != nil {
		return api.ChangedPerson{}, err
	}
	return in.decidePerson(ctx, act, person, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		d := decision{action: "login.give", person: p}
		if !through.IsZero() {
			d.facts = append(d.facts, audit.F("valid_through", through))
		}
		d.write = !p.Login || p.ValidThrough != through
		d.person.Login, d.person.ValidThrough = true, through
		var err error
		d.change, err = s.SetLogin(true)
		return d, err
	})
}

// EndLogin ends a person's login. What was given by hand stays; what the
// profile's modules took by login is free again.
func (in *Installation) EndLogin(ctx context.Context, act Act, person string) (api.ChangedPerson, error) {
	return in.decidePerson(ctx, act, person, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		d := decision{action: "login.end", person: p, write: p.Login}
		d.person.Login, d.person.ValidThrough = false, license.Date{}
		var err error
		d.change, err = s.SetLogin(false)
		return d, err
	})
}
