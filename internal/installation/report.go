package installation

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// reportTries is how often a report is read again because somebody changed
// something meanwhile; after that it is what was read last.
const reportTries = 5

// Report returns what an auditor or an issuer is shown on paper: sets in force
// with their keys, licenses with what is in use and its peaks, databases, and what
// vouches for the records. All of it is of one state.
func (in *Installation) Report(ctx context.Context, act Act) (api.Report, error) {
	var r api.Report
	for range reportTries {
		var err error
		if r, err = in.readReport(ctx, act); err != nil || r.Head.Seq == r.Status.Seq {
			return r, err
		}
	}
	return r, nil
}

// readReport reads everything once.
func (in *Installation) readReport(ctx context.Context, act Act) (r api.Report, err error) {
	if r.Status, err = in.Status(ctx, act); err != nil {
		return r, err
	}
	if r.Sets, r.Keys, err = in.setsInForce(ctx, act); err != nil {
		return r, err
	}
	list, err := in.Licenses(ctx, act, true)
	if err != nil {
		return r, err
	}
	peaks, err := in.RecentPeaks(ctx, act)
	if err != nil {
		return r, err
	}
	r.Licenses = []api.ReportLicense{}
	for _, l := range list.Items {
		if counted := l.Kind != license.System && !l.Marker; !counted || l.Hidden && l.Over == 0 {
			continue
		}
		if l.Over > 0 {
			r.Over++
		}
		r.Licenses = append(r.Licenses, api.ReportLicense{License: l, Peak: peaks[l.Name]})
	}
	locale.Sort(locale.For(act.Language), r.Licenses, func(l api.ReportLicense) string { return title(l.License) })
	slices.SortStableFunc(r.Licenses, func(a, b api.ReportLicense) int { return int(min(1, b.Over) - min(1, a.Over)) })
	if r.People, err = in.reportPeople(ctx, act); err != nil {
		return r, err
	}
	databases, err := in.Databases(ctx, act, false)
	if err != nil {
		return r, err
	}
	r.Databases = databases.Items
	if r.Integrity, err = in.Integrity(ctx, act); err != nil {
		return r, err
	}
	r.Head = in.PrintedHead()
	return r, nil
}

func title(l api.License) string {
	if l.DisplayName != "" {
		return l.DisplayName
	}
	return l.Name.String()
}

// setsInForce are the sets in force, by issuer, each with what its keys are. Of
// one whose file was changed behind the server's back it is what the record says.
func (in *Installation) setsInForce(ctx context.Context, act Act) (sets []api.Set, keys []api.SetKeys, err error) {
	sets, keys = []api.Set{}, []api.SetKeys{}
	err = in.view(func(v *store.View) error {
		now := in.clock(v)
		for _, row := range v.Sets() {
			if row.State != store.SetActive {
				continue
			}
			s, err := in.shownSet(ctx, v, row, act.Language)
			if damaged := new(store.DamagedError); errors.As(err, &damaged) {
				s, err = damagedSet(v, row, now), nil
			}
			if err != nil {
				return err
			}
			sets = append(sets, s)
		}
		for _, k := range in.setKeys(ctx, v, now, act.Language) {
			keys = append(keys, k.SetKeys)
		}
		return nil
	})
	slices.SortStableFunc(sets, func(x, y api.Set) int { return strings.Compare(x.Issuer, y.Issuer) })
	return sets, keys, err
}

// reportPeople counts people as the list of people does.
func (in *Installation) reportPeople(ctx context.Context, act Act) (n api.ReportPeople, err error) {
	for _, count := range []struct {
		into *int
		of   PeopleFilter
	}{{&n.All, PeopleFilter{}}, {&n.SignIn, PeopleFilter{SignsIn: "true"}}, {&n.OnPlans, PeopleFilter{Paid: "true"}}, {&n.Counted, PeopleFilter{Counted: "true"}}} {
		count.of.Limit = 1
		list, err := in.People(ctx, act, count.of)
		if err != nil {
			return n, err
		}
		*count.into = list.Total
	}
	n.Plans = in.HasPlans()
	return n, nil
}

// HasPlans reports whether there is any plan that people can be on.
func (in *Installation) HasPlans() (has bool) {
	in.view(func(v *store.View) error {
		has = seat.HasPlans(v.Active())
		return nil
	})
	return has
}
