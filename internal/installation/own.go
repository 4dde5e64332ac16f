package installation

import (
	"context"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// MyLicenses returns what a person may use and why, in one sentence each, as it
// is told to the person: nobody else is named. Somebody who may not sign in today
// may use nothing, and the list says why.
func (in *Installation) MyLicenses(ctx context.Context, act Act, person string) (api.OwnLicenses, error) {
	out := api.OwnLicenses{Items: []api.OwnLicense{}}
	err := in.view(func(v *store.View) error {
		p, err := findPerson(v, person)
		if err != nil {
			return err
		}
		now := in.clock(v)
		s := in.standing(v, p, now)
		words := teller{active: v.Active(), lang: act.Language}
		out.Person, out.AsOf, out.Seq = p.Personal.UserID, now.UTC(), v.Seq()
		if stop := s.Stopped(license.DateOf(now.In(zone(v)))); stop != nil {
			m := words.missing(*stop)
			out.Stopped = &m
		}
		for _, o := range s.Own() {
			out.Items = append(out.Items, in.own(v, s, o, words))
		}
		out.Total = len(out.Items)
		return nil
	})
	return out, err
}

func (in *Installation) own(v *store.View, s seat.Standing, o seat.Own, words teller) api.OwnLicense {
	set, l := s.Active.Set(o.Name.Issuer), s.Active.License(o.Name)
	today := in.clock(v)
	item := api.OwnLicense{
		Name: o.Name, DisplayName: l.Names.In(words.lang), Tooltip: l.Tooltips.In(words.lang), Hidden: l.Hidden, Plan: l.Plan != nil,
		How: string(o.How), Plans: o.Plans, Since: timeOf(o.Since), Text: words.say("own."+string(o.How), o),
		Until: set.Dates.End(), State: setState(set, today).String(),
	}
	if through := s.Person.ValidThrough; !through.IsZero() && (item.Until.IsZero() || through.Before(item.Until)) {
		item.Until = through
	}
	return item
}
