package entitle_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/license"
)

// A world is an installation kept the plain way: what an index answers must be
// what the world answers, which looks everything up and remembers nothing.
type world struct {
	active *license.Active
	people map[string]entitle.Holder // by folded user id
	stops  []entitle.Stop
	events []entitle.Event
	zone   string
	now    time.Time
}

func (w *world) holdings() *entitle.Holdings {
	h := &entitle.Holdings{TimeZone: w.zone, Stops: w.stops, Events: w.events}
	for _, p := range w.people {
		h.People = append(h.People, p)
	}
	return h
}

func (w *world) today(zone string) license.Date {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	return license.DateOf(w.now.In(loc))
}

// standing says why somebody may do nothing at all; NoReason when that is not so.
func (w *world) standing(person string) (entitle.Holder, entitle.Reason) {
	p, ok := w.people[strings.ToLower(person)]
	switch {
	case !ok:
		return p, entitle.PersonUnknown
	case p.Former:
		return p, entitle.PersonGone
	case !p.Login:
		return p, entitle.NoLogin
	case p.Waiting:
		return p, entitle.WaitingForApproval
	case !p.ValidThrough.IsZero() && w.today(w.zone).After(p.ValidThrough):
		return p, entitle.ValidThroughPassed
	}
	return p, entitle.NoReason
}

func has(held []license.Held, name license.Name) bool {
	return slices.ContainsFunc(held, func(h license.Held) bool { return h.Name == name && h.Quantity > 0 })
}

func given(p entitle.Holder) []license.Held {
	return slices.DeleteFunc(slices.Clone(p.Holds), func(h license.Held) bool { return h.Quantity <= 0 })
}

// stopped says why the set of an issuer counts for nothing; NoReason when it
// does.
func (w *world) stopped(issuer license.Issuer) entitle.Reason {
	set := w.active.Set(issuer)
	for _, s := range w.stops {
		if set != nil && s.Issuer == issuer && s.Number == set.Number && (s.From.IsZero() || !w.today("UTC").Before(s.From)) {
			return s.Reason
		}
	}
	return entitle.NoReason
}

// closed returns the event that keeps somebody from signing in: the one that says
// no end, else the one that ends last, the first of equals.
func (w *world) closed(p entitle.Holder) *entitle.Event {
	var in []entitle.Event
	for _, e := range w.events {
		if e.Type == "no-login" && !e.From.After(w.now) && (e.Kinds == 0 || e.Kinds&p.Kind != 0) {
			in = append(in, e)
		}
	}
	if len(in) == 0 || p.Administrator {
		return nil
	}
	end := func(e entitle.Event) time.Time {
		if e.Expected.IsZero() {
			return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return e.Expected
	}
	slices.SortFunc(in, func(x, y entitle.Event) int { return cmp.Or(end(y).Compare(end(x)), cmp.Compare(x.Number, y.Number)) })
	return &in[0]
}

// full is the answer to somebody who has what it takes.
func (w *world) full(issuer license.Issuer, reason entitle.Reason, signsIn bool, person license.Date) entitle.Answer {
	if stopped := w.stopped(issuer); stopped != entitle.NoReason {
		return deny(stopped)
	}
	set := w.active.Set(issuer)
	a := entitle.Answer{Effect: entitle.Allow, Reason: reason, Until: set.Dates.End()}
	switch set.Dates.State(w.today(set.TimeZone)) {
	case license.Grace:
		a.Grace = true
	case license.ReadOnly:
		a.Until = license.Date{}
		if !signsIn {
			a.Effect, a.Reason = entitle.ReadOnly, entitle.IssuerReadOnly
		}
	}
	if !person.IsZero() && (a.Until.IsZero() || person.Before(a.Until)) {
		a.Until = person
	}
	return a
}

func signsIn(set *license.Set, module license.Module) bool {
	for _, c := range set.Clients {
		for _, m := range c.User {
			if m.Fold() == module {
				return true
			}
		}
	}
	return false
}

func deny(r entitle.Reason) entitle.Answer { return entitle.Answer{Reason: r} }

func (w *world) Check(person string, name license.Name) entitle.Answer {
	lic := w.active.License(name)
	if lic == nil {
		return deny(entitle.ModuleUnknown)
	}
	switch lic.Kind {
	case license.System:
		return w.full(name.Issuer, entitle.System, false, license.Date{})
	case license.Site:
		return deny(entitle.NotHeld)
	}
	p, why := w.standing(person)
	if why != entitle.NoReason {
		return deny(why)
	}
	reason := entitle.Included
	if has(p.Holds, name) {
		reason = entitle.Held
	} else if !has(w.active.Expand(given(p)), name) {
		return deny(entitle.NotHeld)
	}
	return w.full(name.Issuer, reason, signsIn(w.active.Set(name.Issuer), name.Module), p.ValidThrough)
}

func (w *world) CheckSystem(feature license.Name) entitle.Answer {
	if lic := w.active.License(feature); lic == nil || lic.Kind != license.System {
		return deny(entitle.FeatureOff)
	}
	return w.Check("", feature)
}

func (w *world) CheckEdit(person string, feature license.Name) entitle.Answer {
	if lic := w.active.License(feature); lic == nil || lic.Kind != license.System {
		return deny(entitle.FeatureOff)
	}
	p, why := w.standing(person)
	if why != entitle.NoReason {
		return deny(why)
	}
	on := w.full(feature.Issuer, entitle.System, false, p.ValidThrough)
	edit := w.active.License(feature).Edit
	if edit == "" || on.Effect == entitle.Deny {
		return on
	}
	name := license.NameOf(feature.Issuer, edit)
	a := deny(entitle.NotHeld)
	if lic := w.active.License(name); lic != nil && lic.Kind == license.User {
		a = w.Check(person, name)
	}
	if a.Effect == entitle.Deny {
		on.Effect, on.Reason = entitle.ReadOnly, entitle.NoEdit
		return on
	}
	if on.Effect == entitle.ReadOnly {
		return on
	}
	return a
}

func (w *world) CheckLogin(person string, client license.Name) entitle.Answer {
	set := w.active.Set(client.Issuer)
	if set == nil {
		return deny(entitle.ClientUnknown)
	}
	i := slices.IndexFunc(set.Clients, func(c license.Client) bool { return license.Module(c.Name) == client.Module })
	if i < 0 {
		return deny(entitle.ClientUnknown)
	}
	c := set.Clients[i]
	p, why := w.standing(person)
	switch {
	case why != entitle.NoReason:
		return deny(why)
	case c.People&p.Kind == 0:
		return deny(entitle.ClientKind)
	}
	for _, m := range c.System {
		if lic := w.active.License(license.NameOf(set.Issuer, m)); lic == nil || lic.Kind != license.System {
			return deny(entitle.ClientNeeds)
		}
	}
	for _, m := range c.User {
		name := license.NameOf(set.Issuer, m)
		lic := w.active.License(name)
		if lic == nil || lic.Kind != license.User || !has(w.active.Expand(given(p)), name) {
			return deny(entitle.ClientNeeds)
		}
	}
	reason := entitle.Held
	if set.Dates.State(w.today(set.TimeZone)) == license.ReadOnly {
		reason = entitle.IssuerReadOnly
	}
	a := w.full(client.Issuer, reason, true, p.ValidThrough)
	if e := w.closed(p); e != nil && a.Effect != entitle.Deny {
		a = deny(entitle.NoLoginEvent)
		if e.Expected.After(w.now) {
			loc, err := time.LoadLocation(w.zone)
			if err != nil {
				panic(err)
			}
			a.Until = license.DateOf(e.Expected.In(loc))
		}
	}
	return a
}

// The vocabulary of random worlds is small, so that names meet.
var (
	issuers  = []license.Issuer{"ACME", "HUMBUG"}
	zones    = []string{"UTC", "Europe/Stockholm", "Pacific/Auckland", "America/Los_Angeles"}
	features = []license.Module{"sale", "Project", "report"}
	users    = []license.Module{"user", "Web", "sale-cal", "project-cal", "report-cal", "visible-for"}
	plans    = []license.Module{"sales", "service", "nothing"}
	clients  = []license.Module{"web", "mobile"}
	ids      = []string{"", "anna", "bo", "Cecilia", "dåg", "e@example.com", "f", "g", "h", "i", "\u212Aarin"}
	spelled  = []string{"ANNA", "cecilia", "DÅG", "karin", "Karin", "E@Example.com", "\u017Fara", "bo\xff"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func some[T any](r *rand.Rand, from []T) []T {
	var out []T
	for _, v := range from {
		if r.IntN(2) == 0 {
			out = append(out, v)
		}
	}
	return out
}

func randomDate(r *rand.Rand) license.Date {
	return license.Date{Year: 2026, Month: time.June, Day: 10}.Add(r.IntN(9) - 4)
}

func randomSet(r *rand.Rand, issuer license.Issuer) *license.Set {
	s := &license.Set{Issuer: issuer, TimeZone: pick(r, zones), Number: 1 + r.Int64N(2)}
	if r.IntN(3) > 0 {
		s.Dates.Expiry = randomDate(r)
		if r.IntN(2) == 0 {
			s.Dates.Grace = s.Dates.Expiry.Add(r.IntN(5))
		}
	}
	for _, m := range some(r, features) {
		l := license.License{Module: m, Kind: license.System, Quantity: 1}
		if r.IntN(3) > 0 {
			l.Edit = pick(r, users)
		}
		s.Licenses = append(s.Licenses, l)
	}
	for _, m := range some(r, users) {
		kind := license.User
		if r.IntN(20) == 0 {
			kind = license.Site
		}
		s.Licenses = append(s.Licenses, license.License{Module: m, Kind: kind, Quantity: 5})
	}
	for _, m := range some(r, plans) {
		s.Licenses = append(s.Licenses, license.License{Module: m, Kind: license.User, Quantity: 5,
			Plan: &license.Plan{Includes: some(r, slices.Concat(users, plans[:1]))}})
	}
	for _, c := range some(r, clients) {
		s.Clients = append(s.Clients, license.Client{Name: string(c), People: pick(r, []license.PersonKind{license.Internal, license.Internal | license.External}),
			System: some(r, features[:1]), User: some(r, users[:2])})
	}
	return s
}

func randomActive(r *rand.Rand) *license.Active {
	var sets []*license.Set
	for _, i := range some(r, issuers) {
		sets = append(sets, randomSet(r, i))
	}
	return license.NewActive(sets...)
}

func randomHolder(r *rand.Rand, id string) entitle.Holder {
	h := entitle.Holder{Person: id, Kind: license.Internal, Login: r.IntN(6) > 0, Former: r.IntN(8) == 0, Waiting: r.IntN(8) == 0}
	if r.IntN(4) == 0 {
		h.Kind = license.External
	}
	h.Administrator = r.IntN(6) == 0
	if r.IntN(4) == 0 {
		h.ValidThrough = randomDate(r)
	}
	for _, m := range some(r, slices.Concat(users, plans)) {
		h.Holds = append(h.Holds, license.Held{Name: license.NameOf(pick(r, issuers), m), Quantity: int64(r.IntN(4))})
	}
	r.Shuffle(len(h.Holds), func(i, j int) { h.Holds[i], h.Holds[j] = h.Holds[j], h.Holds[i] })
	return h
}

// randomStops stop one of the sets now and then, at once or from a day on.
func randomStops(r *rand.Rand) (stops []entitle.Stop) {
	for _, issuer := range issuers {
		if r.IntN(3) > 0 {
			continue
		}
		s := entitle.Stop{Issuer: issuer, Number: 1 + r.Int64N(2), Reason: pick(r, []entitle.Reason{entitle.SetDropped, entitle.SetNotGenuine})}
		if r.IntN(2) == 0 {
			s.From = randomDate(r)
		}
		stops = append(stops, s)
	}
	return stops
}

func randomEvents(r *rand.Rand) (events []entitle.Event) {
	for i := range r.IntN(4) {
		e := entitle.Event{Number: int64(i + 1), Type: pick(r, []string{"no-login", "no-login", "message"}), From: randomTime(r)}
		if r.IntN(3) > 0 {
			e.Expected = e.From.Add(time.Duration(1+r.IntN(90)) * time.Hour)
		}
		if r.IntN(3) == 0 {
			e.Kinds = pick(r, []license.PersonKind{license.Internal, license.External})
		}
		e.Administrators = e.Type == "message" && r.IntN(3) == 0
		events = append(events, e)
	}
	return events
}

func randomTime(r *rand.Rand) time.Time {
	return time.Date(2026, 6, 4+r.IntN(14), r.IntN(24), r.IntN(60), 0, 0, time.UTC)
}

// allNames is every module and client there may be, and one there never is.
func allNames() []license.Name {
	var names []license.Name
	for _, i := range append(issuers, "NOBODY") {
		for _, m := range slices.Concat(features, users, plans, clients, []license.Module{"no-such-module"}) {
			names = append(names, license.NameOf(i, m))
		}
	}
	return names
}

func (w *world) String() string {
	return fmt.Sprintf("at %s in %s, sets %+v, stops %+v, events %+v, people %+v", w.now.Format(time.RFC3339), w.zone, w.active.Sets(), w.stops, w.events, w.people)
}
