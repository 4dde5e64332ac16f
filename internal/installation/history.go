package installation

import (
	"cmp"
	"context"
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// SetHistory returns every time a set was in force, newest first: from when
// until when, by whom and how.
func (in *Installation) SetHistory(ctx context.Context, act Act) (api.List[api.Activation], error) {
	var list api.List[api.Activation]
	err := in.view(func(v *store.View) error {
		list = api.List[api.Activation]{AsOf: in.options.Now().UTC(), Seq: v.Seq(), Items: []api.Activation{}}
		known := map[string]bool{}
		changed := changedPeople(v)
		for _, a := range v.Activations() {
			known[a.Checkpoint] = true
			item := activationOf(v, a)
			item.People = changed[a.Number]
			list.Items = append(list.Items, item)
		}
		for _, row := range v.Sets() {
			if row.From != 0 && !known[row.Checkpoint] {
				list.Items = append(list.Items, api.Activation{Set: setID(row.Issuer, row.Number), Issuer: string(row.Issuer),
					From: timeOf(row.From), Until: timeOf(row.Until)})
			}
		}
		slices.SortStableFunc(list.Items, func(x, y api.Activation) int {
			if c := y.From.Compare(x.From); c != 0 {
				return c
			}
			return sign(y.Number - x.Number)
		})
		list.Total = len(list.Items)
		return nil
	})
	return list, err
}

// changedPeople returns how many people each activation has changed, by its number.
func changedPeople(v *store.View) map[int64]int {
	numbers := map[int64]bool{}
	for _, a := range v.Activations() {
		for _, n := range slices.Concat(a.Undo.Released, a.Undo.Given) {
			numbers[n] = true
		}
	}
	if len(numbers) == 0 && !slices.ContainsFunc(v.Activations(), func(a store.Activation) bool { return len(a.Undo.Logins) > 0 }) {
		return nil
	}
	whose := v.AssignedTo(numbers)
	counts := map[int64]int{}
	for _, a := range v.Activations() {
		people := map[string]bool{}
		for _, n := range slices.Concat(a.Undo.Released, a.Undo.Given) {
			people[whose[n]] = true
		}
		for n := range a.Undo.Logins {
			if p, ok := v.PersonByNumber(n); ok {
				people[p.ID] = true
			}
		}
		counts[a.Number] = len(people)
	}
	return counts
}

func activationOf(v *store.View, a store.Activation) api.Activation {
	out := api.Activation{
		Number: a.Number, Set: setID(a.Issuer, a.SetNumber), Issuer: string(a.Issuer), From: timeOf(a.From), Until: timeOf(a.Until),
		How: string(a.How), By: a.By, Reported: a.Reported != 0,
	}
	if row, ok := v.Set(a.Replaced); ok {
		out.Replaced = setID(row.Issuer, row.Number)
	}
	return out
}

// DiffSets says what two sets say differently, whether they are in force or not.
func (in *Installation) DiffSets(ctx context.Context, act Act, from, to string) (api.SetDifference, error) {
	var out api.SetDifference
	err := in.view(func(v *store.View) error {
		x, err := readStored(ctx, v, from)
		if err != nil {
			return err
		}
		y, err := readStored(ctx, v, to)
		if err != nil {
			return err
		}
		if x.Issuer != y.Issuer {
			out = api.SetDifference{From: setID(x.Issuer, x.Number), To: setID(y.Issuer, y.Number), Fields: []api.FieldChange{}, Licenses: []api.LicenseDifference{}}
			return &OtherIssuerError{From: out.From, To: out.To}
		}
		out = differenceOf(x, y, act.Language)
		return nil
	})
	return out, err
}

// differenceOf is everything two sets of one issuer say differently.
func differenceOf(x, y *license.Set, lang string) api.SetDifference {
	out := api.SetDifference{From: setID(x.Issuer, x.Number), To: setID(y.Issuer, y.Number), Fields: []api.FieldChange{}, Licenses: []api.LicenseDifference{}}
	d, earlier, later := seat.Diff(x, y), license.NewActive(x), license.NewActive(y)
	out.Fields = append(out.Fields, fieldsOf(d.Fields)...)
	for _, l := range d.Licenses {
		one := api.LicenseDifference{Name: l.Name, DisplayName: cmp.Or(displayName(later, l.Name, lang), displayName(earlier, l.Name, lang)), Became: l.Became,
			Fields: append([]api.FieldChange{}, fieldsOf(l.Fields)...)}
		out.Licenses = append(out.Licenses, one)
	}
	out.Same = d.Same
	return out
}

// readStored reads the file of a set as it was received.
func readStored(ctx context.Context, v *store.View, id string) (*license.Set, error) {
	row, err := findSet(v, id)
	if err != nil {
		return nil, err
	}
	file, err := v.SetFile(ctx, row.File)
	if err != nil {
		return nil, err
	}
	f, err := licensefile.Parse(file)
	if err != nil {
		return nil, err
	}
	return &f.Set, nil
}
