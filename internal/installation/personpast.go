package installation

import (
	"context"
	"fmt"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// PersonAsOf returns somebody as of a moment or day of the past, under the sets
// that were in force then: how the person stood, what was given and what it
// let the person use. Names, roles and the days a login was good are kept for
// the present only: names are those of today, the others are left out.
func (in *Installation) PersonAsOf(ctx context.Context, act Act, id, asOf string) (api.PersonDetail, error) {
	if asOf == "" {
		return in.Person(ctx, act, id)
	}
	var who store.Person
	if err := in.view(func(v *store.View) (err error) { who, err = findPerson(v, id); return err }); err != nil {
		return api.PersonDetail{}, err
	}
	k, m, at, err := in.momentOf(ctx, asOf)
	if err != nil {
		return api.PersonDetail{}, err
	}
	for i := range k.past.Lives {
		if k.past.Lives[i].ID != who.ID {
			continue
		}
		if s, ok := m.Standing(&k.past.Lives[i]); ok {
			return k.detail(who, s, &k.past.Lives[i], at, act.Language), nil
		}
	}
	return api.PersonDetail{}, &NotYetError{Person: id, AsOf: at}
}

// detail shows how somebody stood at a moment.
func (k *known) detail(who store.Person, s seat.Standing, life *seat.Life, at time.Time, lang string) api.PersonDetail {
	p := s.Person
	d := api.PersonDetail{AsOf: at, Uses: []api.License{}, History: []api.Holding{}, Person: api.Person{
		UserID: who.Personal.UserID, Number: who.Number, FirstName: who.Personal.First, LastName: who.Personal.Last, Email: who.Personal.Email,
		Group: who.Personal.Group, Kind: p.Kind, Login: p.Login, Waiting: p.Waiting, Former: p.Former, Deleted: p.Deleted, Profile: p.Profile,
		Plans: []api.Holding{}, Extras: []api.Holding{},
	}}
	uses := s.Uses()
	d.Counted, d.AllowedBy = seat.TakesSeat(s.Active, uses), seat.AllowedBy(s.Active, p, uses)
	for _, a := range sortedByName(s.Current) {
		a.Until = 0 // it was not known then
		if l := s.Active.License(a.Name); l != nil && l.Plan != nil {
			d.Plans = append(d.Plans, holdingOf(s.Active, a, lang))
		} else {
			d.Extras = append(d.Extras, holdingOf(s.Active, a, lang))
		}
	}
	for _, h := range uses {
		if l := s.Active.License(h.Name); l != nil {
			d.Uses = append(d.Uses, pastLicense(s.Active.Set(h.Name.Issuer), l, lang))
		}
	}
	for _, a := range life.Given {
		if a.From > at.UnixMicro() {
			continue
		}
		if a.Until > at.UnixMicro() {
			a.Until = 0
		}
		d.History = append(d.History, holdingOf(s.Active, a, lang))
	}
	return d
}

// pastLicense shows a license as a set had it, without how full it was.
func pastLicense(set *license.Set, l *license.License, lang string) api.License {
	out := api.License{Name: license.NameOf(set.Issuer, l.Module), DisplayName: l.Names.In(lang), Tooltip: l.Tooltips.In(lang), Kind: l.Kind,
		Seats: l.Quantity, Unrestricted: l.Unrestricted, Hidden: l.Hidden, Marker: l.Marker, Plan: l.Plan != nil, Set: setID(set.Issuer, set.Number)}
	if l.Kind == license.User {
		out.People = l.People.Words()
	}
	return out
}

// A NotYetError is returned when it is asked how somebody stood before the
// person was there.
type NotYetError struct {
	Person string
	AsOf   time.Time
}

func (e *NotYetError) Error() string {
	return fmt.Sprintf("%s was not there on %s", e.Person, e.AsOf.Format(time.RFC3339))
}

// Code returns the stable code of the error.
func (e *NotYetError) Code() string { return "person.not-yet" }
