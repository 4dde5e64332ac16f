package installation

import (
	"context"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// License returns one license with its pool.
func (in *Installation) License(ctx context.Context, act Act, text string) (api.License, error) {
	l, err := in.LicenseDetail(ctx, act, text, nil)
	return l.License, err
}

// LicenseDetail returns one license with its pool and what it has to do with
// others. With seats it also says how it would be if that many had been bought;
// nil asks nothing.
func (in *Installation) LicenseDetail(ctx context.Context, act Act, text string, seats *int64) (api.LicenseDetail, error) {
	var out api.LicenseDetail
	if seats != nil && (*seats < 0 || *seats > maxSupposed) {
		return out, &BadValueError{Field: "seats", Why: "it is not a number from 0 to a billion"}
	}
	err := in.view(func(v *store.View) error {
		active := v.Active()
		name, err := active.Resolve(text)
		if err != nil {
			return err
		}
		set := active.Set(name.Issuer)
		out.License = in.licenseOf(v, set, active.License(name), livingPeople(v), act.Language)
		named := func(names []license.Name) (list []api.NamedLicense) {
			for _, n := range names {
				list = append(list, api.NamedLicense{Name: n, DisplayName: displayName(active, n, act.Language)})
			}
			return list
		}
		out.Contents = named(out.Includes)
		out.ComesWith, out.NeededBy = named(seat.PlansWith(set, name.Module)), named(seat.NeededBy(set, name.Module))
		out.Needs = named(seat.Needs(set, name.Module))
		if seats != nil && out.Kind != license.System && !out.Marker {
			row, _ := v.License(name)
			p, state := row.Pool().With(*seats)
			out.If = &api.LicenseIf{Seats: p.Seats, Free: p.Free(), Over: p.Over(), State: string(state)}
		}
		return nil
	})
	return out, err
}

// maxSupposed is the largest number of seats anybody asks about.
const maxSupposed = 1_000_000_000

// Stretches a course is made of when nobody says: 30 days, 13 weeks, 12 months.
var stretches = map[string]int{"day": 30, "week": 13, "month": 12}

// Course returns how many seats of a license were taken in each of the last days,
// weeks or months, the running one included; by weeks when by is "". Days begin
// where the installation is, weeks on Mondays.
func (in *Installation) Course(ctx context.Context, act Act, text, by string) (api.Course, error) {
	if by == "" {
		by = "week"
	}
	out := api.Course{By: by, Items: []api.CourseRow{}}
	if stretches[by] == 0 {
		return out, &BadValueError{Field: "by", Why: "it is none of day, week and month"}
	}
	var name license.Name
	var moments []int64
	k, err := in.past(ctx, func(now time.Time, zone *time.Location) (from, to int64, err error) {
		name, err = in.now.Load().index.Active().Resolve(text)
		moments = begins(by, now.In(zone))
		// What changes at this very moment counts.
		moments = append(moments, now.UnixMicro()+1)
		return moments[0], moments[len(moments)-1], err
	})
	if err != nil {
		return out, err
	}
	out.AsOf, out.Seq, out.Damage = k.now.UTC(), k.seq, k.damage(moments[len(moments)-1], act.Language)
	people := int64(len(k.people))
	for _, s := range k.past.Course(name, moments) {
		row := api.CourseRow{From: timeOf(s.From), To: timeOf(s.Until), Peak: s.Most, At: timeOf(s.At)}
		l := k.past.Active(s.Until - 1).License(name)
		if l == nil && s.Most == 0 && len(out.Items) == 0 {
			continue
		}
		if l != nil {
			row.Seats = shownSeats(l.Quantity, l.Unrestricted || seat.OpenEnded(l, people))
		}
		out.Items = append(out.Items, row)
	}
	return out, nil
}

// begins returns when the last days, weeks or months up to now began.
func begins(by string, now time.Time) []int64 {
	y, m, d := now.Date()
	n := stretches[by]
	moments := make([]int64, 0, n+1)
	for i := n - 1; i >= 0; i-- {
		var t time.Time
		switch by {
		case "day":
			t = time.Date(y, m, d-i, 0, 0, 0, 0, now.Location())
		case "week":
			sinceMonday := (int(now.Weekday()) + 6) % 7
			t = time.Date(y, m, d-sinceMonday-7*i, 0, 0, 0, 0, now.Location())
		default:
			t = time.Date(y, m-time.Month(i), 1, 0, 0, 0, 0, now.Location())
		}
		moments = append(moments, t.UnixMicro())
	}
	return moments
}
