package installation

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

var profileCode = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// SetProfile puts a person on a profile, or takes the person off it when code is
// empty.
func (in *Installation) SetProfile(ctx context.Context, act Act, person, code string) (api.ChangedPerson, error) {
	return in.decidePerson(ctx, act, person, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		code := code
		if err := act.meanwhile(p.Personal.UserID, field{"profile", p.Profile, &code}); err != nil {
			return decision{}, err
		}
		d := decision{action: "profile.set", person: p, write: p.Profile != code, facts: []audit.Fact{audit.F("profile", code)}}
		if err := checkProfile(&tx.View, code); err != nil {
			return d, err
		}
		d.person.Profile = code
		var err error
		d.change, err = s.SetProfile(code, profileModules(&tx.View, code))
		return d, err
	})
}

// PutProfile makes a profile or changes what it has. Switching a module on takes
// a seat for everybody on it: all of them fit, or nothing changes. Switching one off
// takes it from everybody on it: where the host application says that something
// stands in the way for one of them, it is a [BlockedError], and nothing changes.
func (in *Installation) PutProfile(ctx context.Context, act Act, code string, body api.ProfileBody) (api.ChangedProfile, error) {
	if !profileCode.MatchString(code) {
		return api.ChangedProfile{}, &BadValueError{Field: "code", Why: "use 1 to 64 letters a–z, digits, hyphens and underscores, a letter or digit first"}
	}
	name := cmp.Or(body.Name, code)
	if err := checkText("name", name, 1, maxName); err != nil {
		return api.ChangedProfile{}, err
	}
	var answer api.ChangedProfile
	outcome, err := in.askingAll(ctx, act, func(tx *store.Tx, c *clearing) (bool, error) {
		modules, err := readModules(tx.Active(), body.Modules)
		if err != nil {
			return false, err
		}
		old, had := tx.Profile(code)
		p, err := act.profileMeanwhile(tx.Active(), old, had, store.Profile{Code: code, Name: name, Modules: modules})
		if err != nil {
			return false, err
		}
		modules = p.Modules
		members := in.members(&tx.View, code, tx.Now())
		change, err := seat.ChangeProfile(pools(&tx.View), members, modules)
		if err == nil {
			err = change.Confirmed(license.Name{}, act.WithDependants)
		}
		if err == nil && in.hooked(&tx.View) {
			err = c.clear(lostWith(members, modules))
		}
		if err != nil {
			return false, err
		}
		answer.Profile = profileOf(p, len(members))
		answer.Pools = poolChanges(&tx.View, change.Takes, act.Language)
		if had && old.Name == p.Name && slices.Equal(old.Modules, p.Modules) {
			return false, nil
		}
		if err := tx.PutProfile(p); err != nil {
			return false, err
		}
		if err := write(tx, act, change, ""); err != nil {
			return false, err
		}
		facts := []audit.Fact{audit.F("profile", code), audit.F("people", len(members))}
		for i, m := range modules {
			facts = append(facts, audit.F(numbered("module", i), m))
		}
		tx.Entry("profile.put", "", facts...)
		return true, nil
	})
	answer.Outcome = outcome
	return answer, err
}

// profileMeanwhile is what a profile becomes when others may have changed it since
// whoever acts looked; see [Act.meanwhile]. Where there was one and there is none any longer, it is not made
// again.
func (a Act) profileMeanwhile(active *license.Active, old store.Profile, had bool, next store.Profile) (store.Profile, error) {
	if was, seen := a.Was["modules"]; seen {
		a.Was = maps.Clone(a.Was)
		a.Was["modules"] = modulesText(active, strings.Split(was, ","))
	}
	if gone := (&ChangedMeanwhileError{About: next.Code}); !had {
		for _, name := range []string{"name", "modules"} {
			if a.Was[name] != "" {
				gone.Fields = append(gone.Fields, name)
			}
		}
		if len(gone.Fields) > 0 {
			return next, gone
		}
	}
	texts := func(names []license.Name) (all []string) {
		for _, n := range names {
			all = append(all, n.String())
		}
		return all
	}
	now := modulesText(active, texts(old.Modules))
	modules := modulesText(active, texts(next.Modules))
	err := a.meanwhile(cmp.Or(old.Name, next.Code), field{"name", old.Name, &next.Name}, field{"modules", now, &modules})
	if modules == now {
		next.Modules = old.Modules
	}
	return next, err
}

// modulesText is a list of modules in the one way it is written where fields are
// compared: whole names with commas between them, in order, each once.
func modulesText(active *license.Active, texts []string) string {
	all := []string{}
	for _, text := range texts {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if n, err := active.Resolve(text); err == nil {
			text = n.String()
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ",")
}

// lostWith is what the people on a profile lose when it has other modules.
func lostWith(members []seat.Standing, modules []license.Name) []Loss {
	var all []Loss
	for _, m := range members {
		next := m
		next.Profile = modules
		if change, err := seat.ChangeProfile(m.Pools, []seat.Standing{m}, modules); err == nil {
			next.Current = m.Apply(change)
		}
		if l, ok := lossOf(m, api.ActProfileSet, next); ok {
			all = append(all, l)
		}
	}
	return all
}

// readModules reads what a profile is to have, sorted and each once.
func readModules(active *license.Active, texts []string) ([]license.Name, error) {
	names := []license.Name{}
	for _, text := range texts {
		n, err := active.Resolve(text)
		if err != nil {
			return nil, err
		}
		l := active.License(n)
		switch {
		case l.Kind != license.User || l.Marker:
			return nil, &seat.NotAssignableError{Module: n, Kind: l.Kind, Marker: l.Marker}
		case l.Plan != nil:
			return nil, &seat.IsPlanError{Module: n}
		}
		names = append(names, n)
	}
	slices.SortFunc(names, license.CompareNames)
	return slices.Compact(names), nil
}

// members are the people on a profile, as they stand.
func (in *Installation) members(v *store.View, code string, now time.Time) []seat.Standing {
	var all []seat.Standing
	for p := range v.People() {
		if p.Profile == code && !p.Deleted {
			all = append(all, in.standing(v, p, now))
		}
	}
	return all
}

// DeleteProfile deletes a profile nobody is on.
func (in *Installation) DeleteProfile(ctx context.Context, act Act, code string) (api.ChangedProfile, error) {
	var answer api.ChangedProfile
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		p, ok := tx.Profile(code)
		if !ok {
			return false, &UnknownProfileError{Profile: code}
		}
		if n := len(in.members(&tx.View, code, tx.Now())); n > 0 {
			return false, &ProfileInUseError{Profile: code, People: n}
		}
		answer.Profile, answer.Pools = profileOf(p, 0), []api.PoolChange{}
		if err := tx.DropProfile(code); err != nil {
			return false, err
		}
		tx.Entry("profile.delete", "", audit.F("profile", code))
		return true, nil
	})
	answer.Outcome = outcome
	return answer, err
}

// Profiles returns all profiles, by code.
func (in *Installation) Profiles(ctx context.Context, act Act) (api.List[api.Profile], error) {
	var list api.List[api.Profile]
	err := in.view(func(v *store.View) error {
		on := map[string]int{}
		for p := range v.People() {
			if !p.Deleted {
				on[p.Profile]++
			}
		}
		list = api.List[api.Profile]{AsOf: in.options.Now().UTC(), Seq: v.Seq(), Items: []api.Profile{}}
		for _, p := range v.Profiles() {
			list.Items = append(list.Items, profileOf(p, on[p.Code]))
		}
		list.Total = len(list.Items)
		return nil
	})
	return list, err
}

// Profile returns one profile.
func (in *Installation) Profile(ctx context.Context, act Act, code string) (api.Profile, error) {
	var out api.Profile
	err := in.view(func(v *store.View) error {
		p, ok := v.Profile(code)
		if !ok {
			return &UnknownProfileError{Profile: code}
		}
		out = profileOf(p, len(in.members(v, code, in.clock(v))))
		return nil
	})
	return out, err
}

func profileOf(p store.Profile, people int) api.Profile {
	modules := p.Modules
	if modules == nil {
		modules = []license.Name{}
	}
	return api.Profile{Code: p.Code, Name: p.Name, Modules: modules, People: people}
}
