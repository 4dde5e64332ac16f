package installation

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// findPerson finds somebody by user id in any letter case, or by "#" and the
// person's number. A deleted person is found as long as nobody else has taken
// over the user id.
func findPerson(v *store.View, id string) (store.Person, error) {
	if digits, ok := strings.CutPrefix(id, "#"); ok {
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return store.Person{}, &UnknownPersonError{Person: id}
		}
		if p, ok := v.PersonByNumber(n); ok {
			return p, nil
		}
		return store.Person{}, &UnknownPersonError{Person: id}
	}
	if p, ok := v.PersonByUserID(id); ok {
		return p, nil
	}
	if p, ok := v.DeletedByUserID(id); ok {
		return p, nil
	}
	return store.Person{}, &UnknownPersonError{Person: id}
}

// AddPerson adds somebody, on a plan and profile at once when they are given. If
// either cannot be given, nobody is added.
func (in *Installation) AddPerson(ctx context.Context, act Act, n api.NewPerson) (api.ChangedPerson, error) {
	p, err := newPerson(n)
	if err != nil {
		return api.ChangedPerson{}, err
	}
	var answer api.ChangedPerson
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		if err := checkProfile(&tx.View, p.Profile); err != nil {
			return false, err
		}
		added, err := tx.PutPerson(p)
		if err != nil {
			return false, err
		}
		change, err := in.settleIn(tx, added, n.Plan)
		if err != nil {
			return false, named(err, p)
		}
		answer.Effect, answer.Person = effectOf(&tx.View, change, act.Language), personOf(&tx.View, added, change.Give, act.Language)
		if err := write(tx, act, change, ""); err != nil {
			return false, err
		}
		facts := []audit.Fact{audit.F("number", added.Number), audit.F("kind", p.Kind), audit.F("login", p.Login)}
		if p.Waiting {
			facts = append(facts, audit.F("waiting", true))
		}
		for i, a := range change.Give {
			facts = append(facts, audit.F(numbered("plan", i), a.Name))
		}
		tx.Entry("person.add", added.ID, facts...)
		return true, nil
	})
	answer.Outcome = outcome
	return answer, err
}

// settleIn decides what somebody new is given: the modules of the profile, and
// the plan.
func (in *Installation) settleIn(tx *store.Tx, p store.Person, plan string) (seat.Change, error) {
	s := in.standing(&tx.View, p, tx.Now())
	modules := s.Profile
	stranger := s
	stranger.Person.Login, stranger.Person.Profile, stranger.Profile = false, "", nil
	change, err := stranger.Become(s.Person, modules)
	if err != nil || plan == "" {
		return change, err
	}
	name, err := s.Active.Resolve(plan)
	if err != nil {
		return seat.Change{}, err
	}
	// The profile's seats are taken first, so that the plan finds them gone.
	s.Pools = after(s.Pools, change.Takes)
	given, err := s.SetPlan(name)
	if err != nil {
		return seat.Change{}, err
	}
	change.Give = given.Give
	change.Takes = addTakes(change.Takes, given.Takes)
	return change, nil
}

func after(pools seat.Pools, takes []seat.Take) seat.Pools {
	return func(n license.Name) seat.Pool {
		p := pools(n)
		for _, t := range takes {
			if t.Name == n {
				p.Taken += t.Delta
			}
		}
		return p
	}
}

// addTakes adds up takes of the same pools.
func addTakes(x, y []seat.Take) []seat.Take {
	sum := map[license.Name]int64{}
	for _, t := range append(slices.Clone(x), y...) {
		sum[t.Name] += t.Delta
	}
	var all []seat.Take
	for n, delta := range sum {
		if delta != 0 {
			all = append(all, seat.Take{Name: n, Delta: delta})
		}
	}
	slices.SortFunc(all, func(x, y seat.Take) int { return license.CompareNames(x.Name, y.Name) })
	return all
}

func newPerson(n api.NewPerson) (store.Person, error) {
	p := store.Person{Personal: store.Personal{UserID: n.UserID, First: n.FirstName, Last: n.LastName, Email: n.Email, Group: n.Group}}
	p.Login, p.Profile, p.Kind, p.Waiting = n.Login, n.Profile, license.Internal, n.Waiting
	if n.Kind != "" {
		if err := p.Kind.UnmarshalText([]byte(n.Kind)); err != nil {
			return p, err
		}
	}
	var err error
	if p.ValidThrough, err = readDay("valid_through", n.ValidThrough); err != nil {
		return p, err
	}
	if !p.Login && !p.ValidThrough.IsZero() {
		return p, &BadValueError{Field: "valid_through", Why: "it needs a login"}
	}
	return p, checkPersonal(p.Personal)
}

// ChangePerson changes what the patch names and nothing else. Leaving takes
// everything back; coming back gives nothing again. It refuses with a
// [*DetailsChangedError] when the patch says what it was made from, and a field
// it changes says something else by now.
func (in *Installation) ChangePerson(ctx context.Context, act Act, id string, patch api.PersonPatch) (api.ChangedPerson, error) {
	var kind license.PersonKind
	if patch.Kind != nil {
		if err := kind.UnmarshalText([]byte(*patch.Kind)); err != nil {
			return api.ChangedPerson{}, err
		}
	}
	return in.decidePerson(ctx, act, id, func(tx *store.Tx, s seat.Standing, p store.Person) (decision, error) {
		if p.Deleted {
			return decision{}, &seat.PersonGoneError{Deleted: true}
		}
		next := p
		if err := changeDetails(&next.Personal, patch); err != nil {
			return decision{}, err
		}
		if err := checkPersonal(next.Personal); err != nil {
			return decision{}, err
		}
		d := decision{action: "person.change"}
		if patch.Former != nil && *patch.Former != p.Former {
			next.Former = *patch.Former
			d.facts = append(d.facts, audit.F("former", next.Former))
			if next.Former {
				d.action = api.ActPersonRetire
			}
		}
		if kind != 0 && kind != p.Kind {
			next.Kind = kind
			d.facts = append(d.facts, audit.F("kind", kind))
		}
		d.person, d.write = next, next != p
		if next.Personal != p.Personal {
			d.facts = append(d.facts, audit.F("personal", "changed"))
		}
		var err error
		if d.change, err = become(s, next); err != nil {
			return d, err
		}
		return d, nil
	})
}

// become decides a change of the person.
func become(s seat.Standing, next store.Person) (seat.Change, error) {
	if next.Person == s.Person {
		return seat.Change{}, nil
	}
	return s.Become(next.Person, s.Profile)
}

// Person returns somebody with everything the person may use, and all that was
// ever given.
func (in *Installation) Person(ctx context.Context, act Act, id string) (api.PersonDetail, error) {
	var d api.PersonDetail
	days := in.lastDays(ctx)
	err := in.view(func(v *store.View) error {
		p, err := findPerson(v, id)
		if err != nil {
			return err
		}
		s := in.standing(v, p, in.clock(v))
		d = api.PersonDetail{Person: personOf(v, p, s.Current, act.Language), Uses: []api.License{}, History: []api.Holding{}}
		d.LastActive = string(days.at(v, in.proven(v)).of(p))
		people := livingPeople(v)
		for _, h := range s.Uses() {
			if l := s.Active.License(h.Name); l != nil {
				d.Uses = append(d.Uses, in.licenseOf(v, s.Active.Set(h.Name.Issuer), l, people, act.Language))
			}
		}
		history, err := v.History(ctx, p.ID)
		for _, a := range history {
			d.History = append(d.History, holdingOf(s.Active, a.Assignment, act.Language))
		}
		return err
	})
	return d, err
}

// byUser orders people by user id in any letter case, then by number.
func byUser(x, y store.Person) int {
	return cmp.Or(cmp.Compare(store.FoldUserID(x.Personal.UserID), store.FoldUserID(y.Personal.UserID)), cmp.Compare(x.Number, y.Number))
}

func searchText(p store.Personal) string {
	return strings.ToLower(strings.Join([]string{p.UserID, p.First + " " + p.Last, p.Email, p.Group}, "\n"))
}

// checkProfile refuses a profile that is not there.
func checkProfile(v *store.View, code string) error {
	if code == "" {
		return nil
	}
	if _, ok := v.Profile(code); !ok {
		return &UnknownProfileError{Profile: code}
	}
	return nil
}
