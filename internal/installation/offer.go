package installation

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// Offer returns what a person may be given, with what is spare and what each
// choice would change for this person.
func (in *Installation) Offer(ctx context.Context, act Act, person string) (api.Offer, error) {
	var out api.Offer
	err := in.view(func(v *store.View) error {
		p, err := findPerson(v, person)
		if err != nil {
			return err
		}
		now := in.clock(v)
		s := in.standing(v, p, now)
		out = api.Offer{Person: p.Personal.UserID, AsOf: now.UTC(), Seq: v.Seq(), Given: namesGiven(s.Current), Issuers: []api.IssuerOffer{}}
		for _, o := range s.Offer() {
			out.Issuers = append(out.Issuers, in.issuerOffer(v, s, o, now, act.Language))
		}
		return nil
	})
	return out, err
}

func (in *Installation) issuerOffer(v *store.View, s seat.Standing, o seat.Offer, now time.Time, lang string) api.IssuerOffer {
	out := api.IssuerOffer{Withheld: in.withheld(v, s.Active.Set(o.Issuer), "", now, lang), Issuer: string(o.Issuer), IssuerName: issuerName(v.Active(), o.Issuer), Mode: "plans", Groups: []api.GroupOffer{}, Extras: []api.ExtraOffer{}}
	for _, g := range o.Groups {
		group := api.GroupOffer{Group: g.Group, Plans: []api.PlanOffer{}}
		for _, p := range g.Plans {
			group.Plans = append(group.Plans, planOffer(s.Active, p, lang))
		}
		for _, l := range g.Lines {
			group.Lines = append(group.Lines, lineOffer(s.Active, l, lang))
		}
		out.Groups = append(out.Groups, group)
	}
	for _, e := range o.Extras {
		out.Extras = append(out.Extras, api.ExtraOffer{
			Name: e.Name, DisplayName: displayName(s.Active, e.Name, lang), Held: e.Held, IncludedBy: e.IncludedBy,
			Needs: e.Needs, NeedsName: displayName(s.Active, e.Needs, lang), NeedsHere: e.NeedsHere, Depth: e.Depth, Free: e.Free, Fits: e.Fits, Refused: refusalCode(e.Refused),
		})
	}
	switch o.Occupancy {
	case license.ByLogin:
		out.Mode = "login"
		out.Plan = loginOffer(s, o.Issuer, lang)
	case license.ByCredentials:
		out.Mode = "profile"
		out.Profiles = profileOffers(v, s, lang)
	}
	return out
}

func planOffer(active *license.Active, p seat.PlanOffer, lang string) api.PlanOffer {
	return api.PlanOffer{Name: p.Name, DisplayName: displayName(active, p.Name, lang), Held: p.Held, Free: p.Free, Fits: p.Fits, Refused: refusalCode(p.Refused), Gains: p.Gains, Loses: p.Loses}
}

func lineOffer(active *license.Active, l seat.LineOffer, lang string) api.LineOffer {
	out := api.LineOffer{Line: l.Line}
	for _, t := range l.Options {
		option := api.TierOffer{Tier: t.Tier, Chosen: t.Chosen, None: t.None}
		if t.Plan != nil {
			p := planOffer(active, *t.Plan, lang)
			option.Plan = &p
		}
		out.Options = append(out.Options, option)
	}
	return out
}

// loginOffer is the one plan of all, and whether another login fits in it.
func loginOffer(s seat.Standing, issuer license.Issuer, lang string) *api.PlanOffer {
	l := s.Active.Set(issuer).Everyones()
	if l == nil {
		return nil
	}
	name := license.NameOf(issuer, l.Module)
	p := &api.PlanOffer{Name: name, DisplayName: l.Names.In(lang), Held: s.Person.Login}
	if pool := s.Pools(name); !pool.Unrestricted {
		free := pool.Free()
		p.Free = &free
	}
	_, err := s.SetLogin(true)
	p.Fits = err == nil
	if full := new(seat.PoolFullError); !p.Held && !errors.As(err, &full) {
		p.Refused = refusalCode(err)
	}
	return p
}

// refusalCode is the code of a refusal, "" of none.
func refusalCode(err error) string {
	if err == nil {
		return ""
	}
	return codeOf(err)
}

// profileOffers are all profiles, and what being put on each would come to.
func profileOffers(v *store.View, s seat.Standing, lang string) []api.ProfileOffer {
	all := []api.ProfileOffer{}
	for _, p := range v.Profiles() {
		o := api.ProfileOffer{Code: p.Code, Name: p.Name, Held: s.Person.Profile == p.Code, Pools: []api.PoolChange{}}
		change, err := s.SetProfile(p.Code, p.Modules)
		if o.Fits = err == nil; !o.Fits {
			o.Refused = codeOf(err)
			if full := new(seat.PoolFullError); errors.As(err, &full) {
				roomy := s
				roomy.Pools = func(license.Name) seat.Pool { return seat.Pool{Unrestricted: true} }
				change, _ = roomy.SetProfile(p.Code, p.Modules)
			}
		}
		o.Pools = append(o.Pools, poolChanges(v, change.Takes, lang)...)
		all = append(all, o)
	}
	slices.SortFunc(all, func(x, y api.ProfileOffer) int { return strings.Compare(x.Name, y.Name) })
	return all
}
