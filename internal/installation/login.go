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
		return act.setLogin(s, p, through.String())
	})
}

// EndLogin ends a person's login. What was given by hand stays; what the
// profile's modules took by login is free again.
func (in *Installation) EndLogin(ctx context.Context, act Act, person string) (api.ChangedPerson, error) {
	return in.decidePerson(ctx, act, person, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		return act.setLogin(s, p, noLogin)
	})
}

// noLogin stands where the last day of a login would, for somebody who has none.
const noLogin = "none"

// setLogin gives or ends a login: through is its last day, "" for no end, or noLogin.
func (a Act) setLogin(s seat.Standing, p store.Person, through string) (decision, error) {
	now := noLogin
	if p.Login {
		now = p.ValidThrough.String()
	}
	asked := through
	if err := a.meanwhile(p.Personal.UserID, field{"valid_through", now, &through}); err != nil {
		return decision{}, err
	}
	d := decision{action: "login.end", person: p, write: now != through}
	if asked != through {
		return d, nil // it was left as it was seen, and somebody else has changed it
	}
	d.person.Login, d.person.ValidThrough = through != noLogin, license.Date{}
	if d.person.Login {
		d.action = "login.give"
		var err error
		if d.person.ValidThrough, err = readDay("valid_through", through); err != nil {
			return d, err
		}
		if through != "" {
			d.facts = append(d.facts, audit.F("valid_through", through))
		}
	}
	var err error
	d.change, err = s.SetLogin(d.person.Login)
	return d, err
}
