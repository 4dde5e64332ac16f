package installation

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// What the records say, in the words of the API.

func setID(issuer license.Issuer, number int64) string {
	return strings.ToLower(string(issuer)) + "-" + strconv.FormatInt(number, 10)
}

func numbered(word string, i int) string {
	if i == 0 {
		return word
	}
	return word + "_" + strconv.Itoa(i+1)
}

func displayName(active *license.Active, n license.Name, lang string) string {
	l := active.License(n)
	if l == nil {
		return ""
	}
	return l.Names.In(lang)
}

// issuerName is what people call an issuer: as the set in force says, else its
// code.
func issuerName(active *license.Active, issuer license.Issuer) string {
	if set := active.Set(issuer); set != nil && set.IssuerName != "" {
		return set.IssuerName
	}
	return string(issuer)
}

// IssuerName returns what people call an issuer whose set is in force, or its code.
func (in *Installation) IssuerName(issuer string) string {
	return issuerName(in.now.Load().index.Active(), license.Issuer(issuer))
}

// Has reports whether a set in force has a license.
func (in *Installation) Has(name license.Name) bool {
	return in.now.Load().index.Active().License(name) != nil
}

// DisplayName returns what a license in force is called in a language, or "".
func (in *Installation) DisplayName(name, lang string) string {
	n, err := license.ParseName(name)
	if err != nil {
		return ""
	}
	return displayName(in.now.Load().index.Active(), n, lang)
}

// moment in UTC, or the zero time for 0.
func timeOf(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

func holdingOf(active *license.Active, a seat.Assignment, lang string) api.Holding {
	return api.Holding{
		Name: a.Name, DisplayName: displayName(active, a.Name, lang), Quantity: a.Quantity, Source: string(a.Source),
		Since: timeOf(a.From), Until: timeOf(a.Until), By: a.By, Reason: a.Reason,
	}
}

// personOf shows a person with these current assignments.
func personOf(v *store.View, p store.Person, current []seat.Assignment, lang string) api.Person {
	active := v.Active()
	out := api.Person{
		UserID: p.Personal.UserID, Number: p.Number, FirstName: p.Personal.First, LastName: p.Personal.Last, Email: p.Personal.Email, Group: p.Personal.Group,
		Kind: p.Kind, Login: p.Login, ValidThrough: p.ValidThrough, Waiting: p.Waiting, Former: p.Former, Deleted: p.Deleted, Profile: p.Profile,
		Plans: []api.Holding{}, Extras: []api.Holding{},
	}
	if !p.Gone() {
		out.Roles = rolesOf(v, p.ID)
	}
	uses := active.Expand(seat.Holds(active, p.Person, current, profileModules(v, p.Profile)))
	out.Counted, out.AllowedBy = seat.TakesSeat(active, uses), seat.AllowedBy(active, p.Person, uses)
	for _, a := range sortedByName(current) {
		if l := active.License(a.Name); l != nil && l.Plan != nil {
			out.Plans = append(out.Plans, holdingOf(active, a, lang))
		} else {
			out.Extras = append(out.Extras, holdingOf(active, a, lang))
		}
	}
	return out
}

func sortedByName(all []seat.Assignment) []seat.Assignment {
	return slices.SortedStableFunc(slices.Values(all), func(x, y seat.Assignment) int { return license.CompareNames(x.Name, y.Name) })
}

// effectOf shows what a change does, before it is staged.
func effectOf(v *store.View, c seat.Change, lang string) api.Effect {
	active := v.Active()
	e := api.Effect{Given: []api.Holding{}, Released: []api.Holding{}, Pools: poolChanges(v, c.Takes, lang)}
	for _, a := range c.Give {
		e.Given = append(e.Given, holdingOf(active, a, lang))
	}
	for _, a := range c.Release {
		e.Released = append(e.Released, holdingOf(active, a, lang))
	}
	e.Parents, e.Dependants = c.Parents, c.Dependants
	return e
}

func poolChanges(v *store.View, takes []seat.Take, lang string) []api.PoolChange {
	active, of := v.Active(), pools(v)
	changes := []api.PoolChange{}
	for _, t := range takes {
		p := of(t.Name)
		c := api.PoolChange{Name: t.Name, DisplayName: displayName(active, t.Name, lang), Seats: p.Seats, Before: p.Taken, After: p.Taken + t.Delta, Unrestricted: p.Unrestricted}
		if l := active.License(t.Name); l != nil {
			c.Hidden = l.Hidden
		}
		changes = append(changes, c)
	}
	return changes
}

// intended is the record of a license as it would be were it not damaged: what the
// signed file says, taken as often as people hold it.
func intended(v *store.View, set *license.Set, l *license.License) store.License {
	for i := range set.Licenses {
		if &set.Licenses[i] == l {
			row := projected(set, i)
			switch l.Kind {
			case license.User:
				row.Taken = seat.Recount(v.Active(), visible(v, v.Active()))[row.Name]
			case license.Site:
				for _, h := range siteHolders(v, v.Active(), row.Name) {
					row.Taken += h.Quantity
				}
			}
			return row
		}
	}
	return store.License{}
}

// licenseOf shows a license of a set in force with its pool.
func (in *Installation) licenseOf(v *store.View, set *license.Set, l *license.License, people int64, lang string) api.License {
	name := license.NameOf(set.Issuer, l.Module)
	row, _ := v.License(name)
	out := api.License{
		Name: name, Number: row.Number, DisplayName: l.Names.In(lang), Tooltip: l.Tooltips.In(lang), Kind: l.Kind,
		Seats: l.Quantity, Unrestricted: l.Unrestricted, OpenEnded: seat.OpenEnded(l, people), Hidden: l.Hidden, Marker: l.Marker,
		Set: setID(set.Issuer, set.Number),
	}
	if n := in.notice(v, set, in.clock(v), lang); n != nil && (n.Code == seat.SetDropped || n.Code == seat.SetNotGenuine) {
		out.OutOfForce = n
	}
	if l.Plan == nil || !l.Plan.Empty() {
		out.Withheld = in.withheld(v, set, l.Module, in.clock(v), lang)
	}
	out.Damaged = slices.ContainsFunc(v.Damage(), func(d store.Damage) bool {
		return d.Table == "license" && d.Key == string(name.Issuer)+"/"+string(name.Module)
	})
	if out.Damaged {
		row = intended(v, set, l)
	}
	if l.Kind == license.User {
		out.People = l.People.Words()
	}
	out.State = string(seat.PoolStateOf(l, row.Pool(), people))
	if l.Kind != license.System && !l.Marker {
		p := row.Pool()
		out.Taken, out.Over = p.Taken, p.Over()
		if !l.Unrestricted {
			out.Free = p.Free()
		}
	}
	if l.Prerequisite != "" {
		out.Prerequisite = license.NameOf(set.Issuer, l.Prerequisite)
	}
	if l.Edit != "" {
		out.Edit = license.NameOf(set.Issuer, l.Edit)
	}
	if l.Plan != nil {
		out.Plan, out.Group = true, l.Plan.Group
		for _, m := range l.Plan.Includes {
			out.Includes = append(out.Includes, license.NameOf(set.Issuer, m))
		}
	}
	return out
}

// livingPeople counts everybody who is not deleted and has not left.
func livingPeople(v *store.View) (n int64) {
	for p := range v.People() {
		if !p.Gone() {
			n++
		}
	}
	return n
}

// setOf shows a received set as it stands at a moment.
func setOf(v *store.View, row store.Set, set *license.Set, now time.Time) api.Set {
	agreement := v.Agreement(row.Checkpoint)
	return api.Set{
		ID: setID(set.Issuer, set.Number), Issuer: string(set.Issuer), IssuerName: set.IssuerName, Number: set.Number,
		Company: set.Company, Serial: set.Serial, Status: string(row.State), State: setState(set, now).String(), Issued: set.Issued.UTC(), Start: set.Start,
		Agreed: timeOf(agreement.At), Refused: timeOf(agreement.Told),
		NextCheck: set.Dates.NextCheck, Warning: set.Dates.Warning, Expiry: set.Dates.Expiry, Grace: set.Dates.Grace,
		Maintenance: set.Dates.Maintenance, DaysLeft: daysLeft(set, now), TimeZone: set.TimeZone, Deployment: set.Deployment,
		Product: set.Product, Occupancy: string(cmp.Or(set.Occupancy, license.ByAssignment)), Final: set.Final, Demo: set.Demo,
		Checkpoint: row.Checkpoint, Licenses: len(set.Licenses), Accepted: timeOf(row.AcceptedAt), From: timeOf(row.From), Until: timeOf(row.Until),
	}
}

// inForce shows a set in force as its dates and its keys stand at a moment.
func (in *Installation) inForce(v *store.View, set *license.Set, now time.Time, lang string) api.SetStatus {
	s := setStatusOf(set, now)
	s.Notice = in.notice(v, set, now, lang)
	s.State = stateOf(s.State, s.Notice)
	return s
}

// stateOf puts what has become of the keys of a set before what its dates say.
func stateOf(state string, n *api.KeyNotice) string {
	if n != nil && (n.Code == seat.SetDropped || n.Code == seat.SetNotGenuine) {
		return api.OutOfForce
	}
	return state
}

func setStatusOf(set *license.Set, now time.Time) api.SetStatus {
	return api.SetStatus{
		ID: setID(set.Issuer, set.Number), Issuer: string(set.Issuer), IssuerName: set.IssuerName, Number: set.Number, State: setState(set, now).String(),
		Expiry: set.Dates.Expiry, End: set.Dates.End(), DaysLeft: daysLeft(set, now), Demo: set.Demo,
	}
}

// daysLeft returns calendar days to the expiry, or nil when there is none.
func daysLeft(set *license.Set, now time.Time) *int {
	today, err := set.Today(now)
	if err != nil || set.Dates.Expiry.IsZero() {
		return nil
	}
	days := today.DaysUntil(set.Dates.Expiry)
	return &days
}

// page cuts one page out of sorted items: those behind the place
// the page before ended at, which need not be among them any longer. cursor says
// where a page ends.
func page[T any](items []T, cursor func(T) string, behind func(T) bool, limit int) (cut []T, next string) {
	if limit <= 0 {
		limit = defaultPage
	}
	start := slices.IndexFunc(items, behind)
	if start < 0 {
		start = len(items)
	}
	if items = items[start:]; len(items) <= limit {
		return items, ""
	}
	return items[:limit], cursor(items[limit-1])
}

// readCursor reads the number of the person a page ended with; 0 stands before
// everybody.
func readCursor(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, &BadValueError{Field: "after", Why: "it is not the next of a page"}
	}
	return n, nil
}

// defaultPage is how many items are listed when nobody says.
const defaultPage = 100
