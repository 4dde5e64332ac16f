package installation

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// ActivationRecord returns one time a set came into force, by its number, which
// the history of sets says.
func (in *Installation) ActivationRecord(ctx context.Context, act Act, number string) (api.ActivationRecord, error) {
	var r api.ActivationRecord
	var a store.Activation
	err := in.view(func(v *store.View) (err error) {
		if a, err = findActivation(v, number); err != nil {
			return err
		}
		r = api.ActivationRecord{AsOf: in.clock(v).UTC(), Seq: v.Seq(), Installation: in.shownInstallation(v), Activation: activationOf(v, a),
			Who: actorName(v, a.By), Acknowledged: []string{}}
		if r.Set, r.Key, err = in.recordedSet(ctx, v, a, act.Language); err != nil {
			return err
		}
		if r.People, err = changedBy(ctx, v, a, act.Language); err != nil {
			return err
		}
		r.Activation.People = len(r.People)
		r.Difference, err = in.recordedDifference(ctx, v, a, act.Language)
		return err
	})
	if err != nil {
		return r, err
	}
	if r.Entry, err = in.activationEntry(ctx, act, a); err != nil {
		return r, err
	}
	if r.Entry != nil {
		r.AgreedBy = in.ActorName(r.Entry.Facts["agreed_by"])
		r.Acknowledged = append(r.Acknowledged, numberedFacts(r.Entry.Facts, "acknowledged")...)
	}
	r.Head = in.PrintedHead()
	return r, nil
}

func findActivation(v *store.View, number string) (store.Activation, error) {
	n, err := strconv.ParseInt(number, 10, 64)
	i := slices.IndexFunc(v.Activations(), func(a store.Activation) bool { return a.Number == n })
	if err != nil || n < 1 || i < 0 {
		return store.Activation{}, &UnknownActivationError{Activation: number}
	}
	return v.Activations()[i], nil
}

// recordedSet is the set of an activation, and while it is in force how it leads
// back to the roots.
func (in *Installation) recordedSet(ctx context.Context, v *store.View, a store.Activation, lang string) (s api.Set, key *api.SetKeys, err error) {
	row, ok := v.Set(a.Checkpoint)
	if !ok {
		return s, nil, &UnknownSetError{Set: setID(a.Issuer, a.SetNumber)}
	}
	now := in.clock(v)
	s, err = in.shownSet(ctx, v, row, lang)
	if damaged := new(store.DamagedError); errors.As(err, &damaged) {
		s, err = damagedSet(v, row, now), nil
	}
	if a.Until != 0 || err != nil {
		return s, nil, err
	}
	for _, k := range in.setKeys(ctx, v, now, lang) {
		if k.Set == s.ID {
			return s, &k.SetKeys, nil
		}
	}
	return s, nil, nil
}

// recordedDifference is what an activation has changed of licenses.
func (in *Installation) recordedDifference(ctx context.Context, v *store.View, a store.Activation, lang string) (api.SetDifference, error) {
	d := api.SetDifference{To: setID(a.Issuer, a.SetNumber), Fields: []api.FieldChange{}, Licenses: []api.LicenseDifference{}}
	after, err := readStored(ctx, v, a.Checkpoint)
	if err != nil {
		return d, err
	}
	if a.Replaced != "" {
		before, err := readStored(ctx, v, a.Replaced)
		if err != nil {
			return d, err
		}
		return differenceOf(before, after, lang), nil
	}
	active := license.NewActive(after)
	for i := range after.Licenses {
		l := &after.Licenses[i]
		name := license.NameOf(after.Issuer, l.Module)
		d.Licenses = append(d.Licenses, api.LicenseDifference{Name: name, DisplayName: displayName(active, name, lang), Became: "added",
			Fields: []api.FieldChange{{Field: "quantity", To: strconv.FormatInt(l.Quantity, 10)}}})
	}
	return d, nil
}

// changedBy is what an activation has changed of people, by their numbers.
func changedBy(ctx context.Context, v *store.View, a store.Activation, lang string) ([]api.RecordPerson, error) {
	byID := map[string]*api.RecordPerson{}
	of := func(p store.Person) *api.RecordPerson {
		if byID[p.ID] == nil {
			byID[p.ID] = &api.RecordPerson{Number: p.Number, Person: p.Personal.UserID, Name: strings.TrimSpace(p.Personal.First + " " + p.Personal.Last),
				Released: []api.Holding{}, Given: []api.Holding{}}
		}
		return byID[p.ID]
	}
	for _, step := range []struct {
		numbers []int64
		list    func(*api.RecordPerson) *[]api.Holding
	}{
		{a.Undo.Released, func(p *api.RecordPerson) *[]api.Holding { return &p.Released }},
		{a.Undo.Given, func(p *api.RecordPerson) *[]api.Holding { return &p.Given }},
	} {
		given, err := v.EndedAssignments(ctx, step.numbers) // those that go on included
		if err != nil {
			return nil, err
		}
		for _, one := range given {
			if p, ok := v.Person(one.Person); ok {
				list := step.list(of(p))
				*list = append(*list, holdingOf(v.Active(), one.Assignment, lang))
			}
		}
	}
	for n := range a.Undo.Logins {
		if p, ok := v.PersonByNumber(n); ok {
			of(p).LoginEnded = true
		}
	}
	people := make([]api.RecordPerson, 0, len(byID))
	for _, p := range slices.SortedFunc(maps.Values(byID), func(x, y *api.RecordPerson) int { return cmp.Compare(x.Number, y.Number) }) {
		people = append(people, *p)
	}
	return people, nil
}

// activationEntry is the entry the audit trail has of an activation: at its moment,
// with its set; nil when there is none.
func (in *Installation) activationEntry(ctx context.Context, act Act, a store.Activation) (*api.AuditDetail, error) {
	for _, action := range []string{"set.activate", "set.auto-activate", "set.roll-back"} {
		found, err := in.book.AuditEntries(ctx, store.AuditFilter{Action: action, From: a.From, Until: a.From + 1})
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			if slices.Contains(e.Facts, audit.F("set", setID(a.Issuer, a.SetNumber))) {
				d, err := in.AuditEntry(ctx, act, strconv.FormatInt(e.Seq, 10)+"-"+strconv.FormatInt(e.N, 10))
				return &d, err
			}
		}
	}
	return nil, nil
}

// numberedFacts are the values of facts that [numbered] has named, in order.
func numberedFacts(facts map[string]string, name string) (values []string) {
	for i := 0; ; i++ {
		value, ok := facts[numbered(name, i)]
		if !ok {
			return values
		}
		values = append(values, value)
	}
}

// An UnknownActivationError is returned for an activation that never was.
type UnknownActivationError struct{ Activation string }

func (e *UnknownActivationError) Error() string { return "there was no activation " + e.Activation }

// Code returns the stable code of the error.
func (e *UnknownActivationError) Code() string { return "set.unknown-activation" }

// RecordLeaves records that a record with people in it leaves the house as a file.
func (in *Installation) RecordLeaves(ctx context.Context, act Act, r api.ActivationRecord) {
	if len(r.People) > 0 {
		in.RecordExport(ctx, act, len(r.People))
	}
}
