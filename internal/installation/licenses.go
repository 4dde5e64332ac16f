package installation

import (
	"context"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// Licenses returns the licenses in force with their pools, in the issuers'
// order; hidden ones only when asked for.
func (in *Installation) Licenses(ctx context.Context, act Act, hidden bool) (api.List[api.License], error) {
	var list api.List[api.License]
	err := in.view(func(v *store.View) error {
		list = api.List[api.License]{AsOf: in.options.Now().UTC(), Seq: v.Seq(), Items: []api.License{}}
		people := livingPeople(v)
		for _, set := range v.Active().Sets() {
			for i := range set.Licenses {
				if l := &set.Licenses[i]; hidden || !l.Hidden {
					list.Items = append(list.Items, in.licenseOf(v, set, l, people, act.Language))
				}
			}
		}
		list.Total = len(list.Items)
		return nil
	})
	return list, err
}

// Holders returns one page of everybody who may use a license, by number, with
// the plans it comes from.
func (in *Installation) Holders(ctx context.Context, act Act, text string, limit int, after string) (api.List[api.Holder], error) {
	var list api.List[api.Holder]
	err := in.view(func(v *store.View) error {
		active := v.Active()
		name, err := active.Resolve(text)
		if err != nil {
			return err
		}
		all := siteHolders(v, active, name)
		for p := range v.People() {
			if h, ok := holdsLicense(v, active, p, name); ok {
				all = append(all, h)
			}
		}
		list = api.List[api.Holder]{AsOf: in.options.Now().UTC(), Seq: v.Seq()}
		return pageHolders(&list, all, limit, after)
	})
	return list, err
}

func holdsLicense(v *store.View, active *license.Active, p store.Person, name license.Name) (api.Holder, bool) {
	return heldBy(seat.Standing{Active: active, Person: p.Person, Current: v.Assignments(p.ID), Profile: profileModules(v, p.Profile)}, p, name)
}

// heldBy shows how somebody who stands so holds one license, and since when: since
// the first thing that gives it was given.
func heldBy(s seat.Standing, p store.Person, name license.Name) (api.Holder, bool) {
	held := s.Holds()
	all := s.Active.Expand(held)
	i := slices.IndexFunc(all, func(h license.Held) bool { return h.Name == name })
	if i < 0 {
		return api.Holder{}, false
	}
	out := api.Holder{Person: p.Personal.UserID, Number: p.Number, Name: strings.TrimSpace(p.Personal.First + " " + p.Personal.Last), Quantity: all[i].Quantity}
	for _, h := range held {
		if l := s.Active.License(h.Name); h.Name != name && l != nil && l.Plan != nil && slices.ContainsFunc(s.Active.Expand([]license.Held{h}), func(x license.Held) bool { return x.Name == name }) {
			out.Via = append(out.Via, h.Name)
		}
		if h.Name == name {
			out.Source = string(seat.Profile)
		}
	}
	for _, a := range s.Current {
		if a.Name == name {
			out.Source = string(a.Source)
		}
		if from := timeOf(a.From); (a.Name == name || slices.Contains(out.Via, a.Name)) && (out.Since.IsZero() || from.Before(out.Since)) {
			out.Since = from
		}
	}
	return out, true
}
