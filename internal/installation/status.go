package installation

import (
	"context"
	"encoding/base64"
	"errors"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Status says on one screen how the installation is.
func (in *Installation) Status(ctx context.Context, act Act) (api.Status, error) {
	var s api.Status
	err := in.view(func(v *store.View) error {
		now := in.clock(v)
		s = api.Status{
			Installation: in.shownInstallation(v), Now: now.UTC(), Seq: v.Seq(), Epoch: v.Epoch(),
			Sets: []api.SetStatus{}, Pools: []api.License{}, Waiting: []api.SetStatus{},
			People: peopleCount(v), Integrity: in.integrity(v, act.Language), Clock: in.shownClock(v),
			Authorities: in.authorities(v, func(i license.Issuer) bool { return concerned(v, i) }, act.Language),
		}
		worst := license.OK
		for _, set := range v.Active().Sets() {
			s.Sets = append(s.Sets, in.inForce(v, set, now, act.Language))
			worst = max(worst, setState(set, now))
		}
		s.State = worst.String()
		for _, set := range s.Sets {
			s.State = stateOf(s.State, set.Notice)
			if set.Notice != nil && set.Notice.Code == seat.SetNotGenuine {
				s.Integrity.Verified, s.Integrity.Note = false, set.Notice.Text
			}
		}
		if err := in.addWaiting(ctx, v, &s); err != nil {
			return err
		}
		s.Events = in.notStored(v, act.Language)
		for _, e := range v.Events() {
			if e.Ended == 0 {
				s.Events = append(s.Events, in.eventOf(v, e, act.Language))
			}
		}
		people := livingPeople(v)
		for _, set := range v.Active().Sets() {
			for i := range set.Licenses {
				if l := &set.Licenses[i]; isTight(v, set, l) {
					s.Pools = append(s.Pools, in.licenseOf(v, set, l, people, act.Language))
				}
			}
		}
		return nil
	})
	return s, err
}

func (in *Installation) shownInstallation(v *store.View) api.Installation {
	info := v.Info()
	out := api.Installation{Name: info.Name, Company: info.Company, Serial: info.Serial, TimeZone: info.TimeZone, Demo: info.Demo, Test: info.Test}
	if info.Suspended {
		out.Suspended = info.Reason
	}
	for _, root := range in.root.Roots {
		out.Roots = append(out.Roots, licensefile.Fingerprint(root.Key))
	}
	if len(info.SiteKey) > 0 {
		out.Key, out.Fingerprint = base64.StdEncoding.EncodeToString(info.SiteKey), in.fingerprint(v)
	}
	return out
}

// fingerprint names the installation's key in a set; "" when it has none.
func (in *Installation) fingerprint(v *store.View) string {
	if key := v.Info().SiteKey; len(key) > 0 {
		return licensefile.Fingerprint(key)
	}
	return ""
}

// addWaiting lists the sets that are loaded and newer than the one in force.
func (in *Installation) addWaiting(ctx context.Context, v *store.View, s *api.Status) error {
	for _, row := range v.Sets() {
		if row.State != store.SetLoaded || row.Number < v.HighestSet(row.Issuer, row.Serial) {
			continue
		}
		file, err := v.SetFile(ctx, row.File)
		if damaged := new(store.DamagedError); errors.As(err, &damaged) {
			continue // counted among what is quarantined
		}
		if err != nil {
			return err
		}
		f, err := licensefile.Parse(file)
		if err != nil {
			return err
		}
		waiting, agreement := setStatusOf(&f.Set, in.clock(v)), v.Agreement(row.Checkpoint)
		waiting.Start, waiting.Agreed, waiting.Refused = f.Set.Start, timeOf(agreement.At), timeOf(agreement.Told)
		if old := v.Active().Set(f.Set.Issuer); old != nil {
			waiting.Changes = len(seat.Diff(old, &f.Set).Licenses)
		}
		s.Waiting = append(s.Waiting, waiting)
	}
	return nil
}

// isTight reports whether a pool has nothing spare, or is over.
func isTight(v *store.View, set *license.Set, l *license.License) bool {
	if l.Kind == license.System || l.Marker || l.Unrestricted {
		return false
	}
	row, ok := v.License(license.NameOf(set.Issuer, l.Module))
	return ok && row.Pool().Free() == 0 && row.Taken > 0
}

func peopleCount(v *store.View) api.PeopleCount {
	var c api.PeopleCount
	for p := range v.People() {
		if p.Deleted {
			continue
		}
		c.Total++
		if p.Login && !p.Former {
			c.WithLogin++
		}
	}
	counts := countOf(v)
	c.OnPlans, c.Counted, c.Plans = int(counts.PaidUsers), int(counts.Seated), seat.HasPlans(v.Active())
	return c
}

func countOf(v *store.View) seat.Counts {
	return seat.Count(v.Active(), pools(v), living(v, v.Active()))
}

// living is everybody who has not left, under sets that may not be in force.
func living(v *store.View, active *license.Active) seat.Holders {
	return func(yield func(string, []license.Held) bool) {
		for p := range v.People() {
			if !p.Gone() && !yield(p.ID, holdsOf(v, active, p)) {
				return
			}
		}
	}
}

// Count counts users both ways.
func (in *Installation) Count(ctx context.Context, act Act) (api.Count, error) {
	var c api.Count
	err := in.view(func(v *store.View) error {
		c = countShown(v.Active(), countOf(v), act.Language, func(only *license.Active) int64 {
			return seat.Count(only, pools(v), living(v, only)).PaidUsers
		})
		c.AsOf, c.Seq = in.options.Now().UTC(), v.Seq()
		return nil
	})
	return c, err
}

// countShown shows a count under some sets. paid counts the paid users of one of
// them alone.
func countShown(active *license.Active, counts seat.Counts, lang string, paid func(only *license.Active) int64) api.Count {
	c := api.Count{SignIn: []api.CountRow{}, Plans: []api.CountRow{}, Issuers: []api.IssuerCount{}, PaidUsers: counts.PaidUsers}
	for _, r := range counts.SignIn {
		c.SignIn = append(c.SignIn, api.CountRow{Name: r.Name, DisplayName: displayName(active, r.Name, lang), Client: r.Client,
			Seats: shownSeats(r.Seats, r.Unrestricted || r.OpenEnded), Taken: r.Taken})
	}
	for _, r := range counts.Plans {
		c.Plans = append(c.Plans, api.CountRow{Name: r.Name, DisplayName: displayName(active, r.Name, lang), Paid: r.Paid,
			Seats: shownSeats(r.Seats, r.Unrestricted || r.OpenEnded), Taken: r.Taken})
	}
	for _, set := range active.Sets() {
		i := api.IssuerCount{Issuer: string(set.Issuer), Ceiling: ceiling(set, counts)}
		i.PaidUsers = paid(license.NewActive(set))
		c.Issuers = append(c.Issuers, i)
	}
	return c
}

// shownSeats leaves out a number of seats that limits nothing.
func shownSeats(seats int64, limitless bool) *int64 {
	if limitless {
		return nil
	}
	return &seats
}

// ceiling is the smallest pool a sign-in by the issuer's first client draws on;
// nil when nothing limits it.
func ceiling(set *license.Set, counts seat.Counts) (least *int64) {
	for _, r := range counts.SignIn {
		main := len(set.Clients) > 0 && r.Client == set.Clients[0].Name && r.Name.Issuer == set.Issuer
		if main && !r.Unrestricted && !r.OpenEnded && (least == nil || r.Seats < *least) {
			least = &r.Seats
		}
	}
	return least
}

// integrity sums up what the store has found, in a language.
func (in *Installation) integrity(v *store.View, lang string) api.Integrity {
	i := api.Integrity{Quarantined: len(v.Damage())}
	i.Rollback, i.RollbackNote = in.rollback(v, lang)
	switch v.Health() {
	case store.Sound:
		i.Verified, i.Writable = true, true
	case store.Damaged:
		i.Verified, i.Writable = true, true
		i.Note = say(lang, "damaged", nil)
	case store.ReadOnly:
		i.Note = say(lang, "read-only", nil)
	case store.RolledBack:
		i.Verified, i.Note = true, i.RollbackNote
	case store.Unchecked:
		i.Note = say(lang, "unchecked", nil)
	}
	var r api.IntegrityReport
	in.answerWith(&r, v, in.lastPass(), lang)
	if i.Verdict = r.Verdict; r.Last != nil {
		i.Checked = r.Last.Ended
	}
	return i
}
