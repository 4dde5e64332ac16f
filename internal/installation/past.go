package installation

import (
	"context"
	"slices"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// readAsOf reads a moment of the past: a moment, or a day, which stands for its
// last moment where the installation is.
func readAsOf(text string, now time.Time, zone *time.Location) (int64, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		day, dayErr := license.ParseDate(text)
		if dayErr != nil || day.IsZero() {
			return 0, &BadValueError{Field: "as_of", Why: "it is neither a moment written as 2026-06-10T12:00:00Z nor a day written as 2026-06-10"}
		}
		if at = day.Add(1).Midnight(zone).Add(-time.Microsecond); at.After(now) && !day.After(license.DateOf(now.In(zone))) {
			at = now // the day has begun
		}
	}
	if at.After(now) {
		return 0, &BadValueError{Field: "as_of", Why: "it has not come yet"}
	}
	return at.UnixMicro(), nil
}

// known is what is known of the past, with how to show people.
type known struct {
	past    *seat.Past
	people  map[string]store.Person
	sites   []seat.SiteAssignment
	called  map[int64]string // the names of databases, as they are today
	seq     int64
	now     time.Time
	zone    *time.Location
	current *license.Active
	hole    hole
}

// past reads everything that was between two moments, both included.
func (in *Installation) past(ctx context.Context, window func(now time.Time, zone *time.Location) (from, to int64, err error)) (*known, error) {
	k := &known{past: &seat.Past{}, people: map[string]store.Person{}}
	lives, counted := map[string]int{}, map[int64]bool{}
	err := in.view(func(v *store.View) error {
		k.seq, k.now, k.zone, k.current = v.Seq(), in.clock(v), zone(v), v.Active()
		from, to, err := window(k.now, k.zone)
		if err != nil {
			return err
		}
		for p := range v.People() {
			k.people[p.ID] = p
			life := seat.Life{ID: p.ID, Given: v.Assignments(p.ID)}
			for _, a := range life.Given {
				counted[a.Number] = true
			}
			lives[p.ID] = len(k.past.Lives)
			k.past.Lives = append(k.past.Lives, life)
		}
		k.databases(v)
		k.stands(v, lives)
		k.profiles(v)
		k.keep(v)
		return k.reigns(ctx, v, from, to)
	})
	if err != nil {
		return nil, err
	}
	err = in.book.EachEnded(ctx, func(a seat.Assignment) {
		if i, ok := lives[a.Person]; ok && !counted[a.Number] {
			k.past.Lives[i].Given = append(k.past.Lives[i].Given, a)
		}
	})
	return k, err
}

// stands fills in how people stood: what was kept of before, and since then as
// they stand now.
func (k *known) stands(v *store.View, lives map[string]int) {
	for _, was := range v.PastPeople() {
		if i, ok := lives[was.ID]; ok {
			l := &k.past.Lives[i]
			l.Stands = append(l.Stands, seat.Stand{Person: was.Person, From: was.From, Until: was.Until})
		}
	}
	for i := range k.past.Lives {
		l := &k.past.Lives[i]
		p := k.people[l.ID]
		from := p.Created
		if n := len(l.Stands); n > 0 {
			from = l.Stands[n-1].Until
		}
		l.Stands = append(l.Stands, seat.Stand{Person: p.Person, From: from})
	}
}

func (k *known) profiles(v *store.View) {
	until := map[string]int64{}
	for _, was := range v.PastProfiles() {
		k.past.Profiles = append(k.past.Profiles, seat.Bundle{Code: was.Code, Modules: was.Modules, From: was.From, Until: was.Until})
		until[was.Code] = was.Until
	}
	for _, p := range v.Profiles() {
		k.past.Profiles = append(k.past.Profiles, seat.Bundle{Code: p.Code, Modules: p.Modules, From: until[p.Code]})
	}
}

// reigns fills in the sets that were in force between two moments.
func (k *known) reigns(ctx context.Context, v *store.View, from, to int64) error {
	byCheckpoint := map[string][]seat.Reign{}
	for _, a := range v.Activations() {
		byCheckpoint[a.Checkpoint] = append(byCheckpoint[a.Checkpoint], seat.Reign{From: a.From, Until: a.Until})
	}
	for _, row := range v.Sets() {
		reigns := byCheckpoint[row.Checkpoint]
		if len(reigns) == 0 && row.From != 0 {
			reigns = []seat.Reign{{From: row.From, Until: row.Until}}
		}
		reigns = slices.DeleteFunc(reigns, func(r seat.Reign) bool { return r.From > to || r.Until != 0 && r.Until <= from })
		if len(reigns) == 0 {
			continue
		}
		file, err := v.SetFile(ctx, row.File)
		if err != nil {
			return err
		}
		set, err := ReadSet(file)
		if err != nil {
			return err
		}
		for _, r := range reigns {
			r.Set = set
			k.past.Reigns = append(k.past.Reigns, r)
		}
	}
	return nil
}

// moment reads everything as it was at a moment, which it returns too.
func (in *Installation) momentOf(ctx context.Context, asOf string) (*known, *seat.Moment, time.Time, error) {
	var at int64
	k, err := in.past(ctx, func(now time.Time, zone *time.Location) (from, to int64, err error) {
		at, err = readAsOf(asOf, now, zone)
		return at, at, err
	})
	if err != nil {
		return nil, nil, time.Time{}, err
	}
	return k, k.past.At(at), timeOf(at), nil
}

// CountAsOf counts users both ways as of a moment or day of the past, under the
// sets that were in force then.
func (in *Installation) CountAsOf(ctx context.Context, act Act, asOf string) (api.Count, error) {
	if asOf == "" {
		return in.Count(ctx, act)
	}
	k, m, at, err := in.momentOf(ctx, asOf)
	if err != nil {
		return api.Count{}, err
	}
	pools := m.Pools()
	c := countShown(m.Active, seat.Count(m.Active, pools, m.Holders), act.Language, func(only *license.Active) int64 {
		return seat.Count(only, pools, m.Under(only).Holders).PaidUsers
	})
	c.AsOf, c.Seq, c.Damage = at, k.seq, k.damage(at.UnixMicro(), act.Language)
	return c, nil
}

// HoldersAsOf returns one page of everybody who might use a license at a moment
// or day of the past, and since when, under the sets that were in force then.
func (in *Installation) HoldersAsOf(ctx context.Context, act Act, text, asOf string, limit int, after string) (api.List[api.Holder], error) {
	if asOf == "" {
		return in.Holders(ctx, act, text, limit, after)
	}
	var list api.List[api.Holder]
	k, m, at, err := in.momentOf(ctx, asOf)
	if err != nil {
		return list, err
	}
	name, err := m.Active.Resolve(text)
	if err != nil {
		return list, err
	}
	all := siteHoldersAt(k, m.Active, name, at.UnixMicro())
	for i := range k.past.Lives {
		s, ok := m.Standing(&k.past.Lives[i])
		if !ok {
			continue
		}
		if h, ok := heldBy(s, k.people[s.Person.ID], name); ok {
			all = append(all, h)
		}
	}
	list = api.List[api.Holder]{AsOf: at, Seq: k.seq, Damage: k.damage(at.UnixMicro(), act.Language)}
	err = pageHolders(&list, all, limit, after)
	return list, err
}

// Peaks returns the most seats that were taken of each license in a period. Both
// ends may be moments or days, which are part of it; without a beginning it is
// that of the month, without an end now.
func (in *Installation) Peaks(ctx context.Context, act Act, from, to string, hidden bool) (api.Peaks, error) {
	var begins, ends int64
	k, err := in.past(ctx, func(now time.Time, zone *time.Location) (int64, int64, error) {
		var err error
		begins, ends, err = readPeriod(from, to, now, zone)
		return begins, ends, err
	})
	if err != nil {
		return api.Peaks{}, err
	}
	out := api.Peaks{AsOf: k.now.UTC(), Seq: k.seq, From: timeOf(begins), To: timeOf(ends), Items: []api.PeakRow{}, Damage: k.damage(ends, act.Language)}
	people := int64(len(k.people))
	for _, p := range k.past.Peaks(begins, ends) {
		row := api.PeakRow{Name: p.Name, Peak: p.Most, At: timeOf(p.At)}
		if l := k.past.Active(p.At).License(p.Name); l != nil {
			row.DisplayName, row.Hidden, row.Plan = l.Names.In(act.Language), l.Hidden, l.Plan != nil
			row.Seats = shownSeats(l.Quantity, l.Unrestricted || seat.OpenEnded(l, people))
		}
		if hidden || !row.Hidden {
			out.Items = append(out.Items, row)
		}
	}
	return out, nil
}

// readPeriod reads two ends of a period, the second excluded.
func readPeriod(from, to string, now time.Time, zone *time.Location) (begins, ends int64, err error) {
	first, last := now.In(zone), now
	first = time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, zone)
	if from != "" {
		if first, err = readEnd("from", from, zone, 0); err != nil {
			return 0, 0, err
		}
	}
	if to != "" {
		if last, err = readEnd("to", to, zone, 1); err != nil {
			return 0, 0, err
		}
	}
	if last.After(now) {
		last = now
	}
	// What changes at this very moment counts.
	begins, ends = first.UnixMicro(), last.UnixMicro()+1
	if to != "" && !last.Equal(now) {
		ends--
	}
	if begins >= ends {
		return 0, 0, &BadValueError{Field: "from", Why: "it is not before the end of the period"}
	}
	return begins, ends, nil
}

func readEnd(field, text string, zone *time.Location, days int) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil && at.Year() >= 1970 && at.Year() < 10000 {
		return at, nil
	}
	day, err := license.ParseDate(text)
	if err != nil || day.IsZero() {
		return time.Time{}, &BadValueError{Field: field, Why: "it is neither a moment written as 2026-06-10T12:00:00Z nor a day written as 2026-06-10"}
	}
	return day.Add(days).Midnight(zone), nil
}
