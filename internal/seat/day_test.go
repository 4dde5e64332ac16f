package seat_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// modules and plans of random sets. The plans b… may include the modules a….
var (
	plain   = []license.Module{"a0", "a1", "a2", "a3", "a4", "a5"}
	planned = []license.Module{"b0", "b1", "b2", "b3"}
	sited   = []license.Module{"s0", "s1", "s2"} // each may need the one before
)

// drawSet draws a set in which anything may be missing, small, unrestricted, a
// marker, hidden, for other people, a prerequisite of another, in a circle too,
// or a plan that lists what is absent. The set of SO may put everybody with a
// login on one plan.
func drawSet(t *rapid.T, issuer license.Issuer) *license.Set {
	s := &license.Set{Issuer: issuer, Number: 1, Occupancy: license.ByAssignment}
	switch {
	case issuer == "AM":
		s.Occupancy = license.ByCredentials
	case rapid.IntRange(0, 2).Draw(t, "one plan for all") == 0:
		s.Occupancy = license.ByLogin
	}
	s.Clients = []license.Client{{Name: "portal", People: license.External, User: plain[:2]}}
	for i, m := range append(slices.Clone(plain), planned...) {
		if rapid.IntRange(0, 5).Draw(t, "absent") == 0 {
			continue
		}
		l := license.License{
			Module: m, Kind: license.User, People: license.Internal,
			Quantity:     rapid.Int64Range(1, 4).Draw(t, "quantity"),
			Unrestricted: rapid.IntRange(0, 7).Draw(t, "unrestricted") == 0,
			Marker:       rapid.IntRange(0, 9).Draw(t, "marker") == 0,
			Hidden:       rapid.IntRange(0, 3).Draw(t, "hidden") == 0,
		}
		if rapid.IntRange(0, 2).Draw(t, "for others") == 0 {
			l.People |= license.External
		}
		switch {
		case m[0] == 'b':
			l.Marker, l.Hidden = false, false
			l.Plan = &license.Plan{
				Includes: rapid.SliceOfNDistinct(rapid.SampledFrom(plain), 0, 4, rapid.ID[license.Module]).Draw(t, "includes"),
				Group:    rapid.SampledFrom([]string{"", "g", "g"}).Draw(t, "group"),
			}
		case i > 0 && rapid.IntRange(0, 3).Draw(t, "needs") == 0:
			l.Prerequisite = plain[i-1]
		case i == 0 && rapid.IntRange(0, 5).Draw(t, "circle") == 0:
			l.Prerequisite = plain[1]
		}
		s.Licenses = append(s.Licenses, l)
	}
	for i, m := range sited {
		l := license.License{Module: m, Kind: license.Site, Quantity: rapid.Int64Range(1, 3).Draw(t, "quantity")}
		if i > 0 && rapid.Bool().Draw(t, "needs") {
			l.Prerequisite = sited[i-1]
		}
		if rapid.IntRange(0, 5).Draw(t, "absent") > 0 {
			s.Licenses = append(s.Licenses, l)
		}
	}
	return s
}

// A day is an office, and how its pools and people are counted the slow way.
type day struct{ *office }

// want is what somebody may use, worked out from what the words mean: what was
// given, plus what each plan given includes, each as often as the most there is.
func (d day) want(id string) map[license.Name]int64 {
	m := d.people[id]
	uses := map[license.Name]int64{}
	if m.Gone() {
		return uses
	}
	give := func(n license.Name, quantity int64) {
		uses[n] = max(uses[n], quantity)
		if l := d.active.License(n); l != nil && l.Plan != nil {
			for _, included := range l.Plan.Includes {
				at := license.NameOf(n.Issuer, included)
				uses[at] = max(uses[at], 1)
			}
		}
	}
	for _, a := range m.current {
		give(a.Name, a.Quantity)
	}
	if m.Login {
		for _, set := range d.active.Sets() {
			d.byLogin(m, set, give)
		}
		for _, n := range d.profiles[m.Profile] {
			if set := d.active.Set(n.Issuer); set != nil && set.Occupancy == license.ByCredentials {
				give(n, 1)
			}
		}
	}
	return uses
}

// byLogin gives what a login brings by itself: the one plan, and what those who
// are no employees need to sign in.
func (d day) byLogin(m *member, set *license.Set, give func(license.Name, int64)) {
	if set.Occupancy == license.ByLogin {
		for _, l := range set.Licenses {
			if l.Plan != nil && len(l.Plan.Includes) > 0 {
				if l.People&m.Kind != 0 {
					give(license.NameOf(set.Issuer, l.Module), 1)
				}
				break
			}
		}
	}
	for _, n := range plain[:2] { // what the client portal needs
		l := set.License(n)
		if m.Kind == license.External && l != nil && l.Hidden && l.Unrestricted && !l.Marker && l.People&license.External != 0 {
			give(license.NameOf(set.Issuer, n), 1)
		}
	}
}

// recount counts every pool from nothing, under some sets.
func (d day) recount(active *license.Active) map[license.Name]int64 {
	was := d.active
	d.active = active
	defer func() { d.active = was }()
	taken := map[license.Name]int64{}
	for id := range d.people {
		for n, quantity := range d.want(id) {
			if l := active.License(n); l == nil || !l.Marker && l.Kind == license.User {
				taken[n] += quantity
			}
		}
	}
	return taken
}

// recountAt counts what the databases take, under some sets.
func (d day) recountAt(active *license.Active) map[license.Name]int64 {
	taken := map[license.Name]int64{}
	for _, current := range d.sites {
		for _, a := range current {
			if l := active.License(a.Name); l == nil || l.Kind == license.Site {
				taken[a.Name] += a.Quantity
			}
		}
	}
	return taken
}

func (d day) check(t *rapid.T) {
	counted := d.recount(d.active)
	if diff := cmp.Diff(counted, seat.Recount(d.active, d.holders(d.active))); diff != "" {
		t.Fatalf("Recount (-want +got):\n%s", diff)
	}
	sites := d.recountAt(d.active)
	if diff := cmp.Diff(sites, seat.RecountAt(d.active, d.databases())); diff != "" {
		t.Fatalf("RecountAt (-want +got):\n%s", diff)
	}
	maps.Copy(counted, sites)
	for _, n := range d.active.Names() {
		l := d.active.License(n)
		p := d.pools[n]
		if p.Taken != counted[n] {
			t.Fatalf("%s: %d taken, counted from nothing %d", n, p.Taken, counted[n])
		}
		if !l.Unrestricted && !l.Marker && p.Taken > l.Quantity {
			t.Fatalf("%s: %d taken of %d", n, p.Taken, l.Quantity)
		}
	}
	for id := range d.people {
		got := map[license.Name]int64{}
		for _, h := range d.standing(id).Uses() {
			got[h.Name] = h.Quantity
		}
		if diff := cmp.Diff(d.want(id), got); diff != "" {
			t.Fatalf("%s may use (-want +got):\n%s", id, diff)
		}
		d.checkGroups(t, id)
	}
}

// checkGroups sees to it that nobody holds two plans of a group.
func (d day) checkGroups(t *rapid.T, id string) {
	groups := map[string]license.Name{}
	for _, a := range d.people[id].current {
		l := d.active.License(a.Name)
		if l == nil || l.Plan == nil || l.Plan.Group == "" {
			continue
		}
		key := string(a.Name.Issuer) + " " + l.Plan.Group
		if other, held := groups[key]; held && !d.regrouped {
			t.Fatalf("%s holds %s and %s of one group", id, other, a.Name)
		}
		groups[key] = a.Name
	}
}

// picture is everything a refused act must leave alone.
func (d day) picture() any {
	current := map[string][]seat.Assignment{}
	people := map[string]seat.Person{}
	for id, m := range d.people {
		current[id], people[id] = slices.Clone(m.current), m.Person
	}
	return []any{maps.Clone(d.pools), current, people, maps.Clone(d.profiles), maps.Clone(d.sites)}
}

func (d day) try(t *rapid.T, act func() error) {
	before := d.picture()
	if err := act(); err != nil {
		if diff := cmp.Diff(before, d.picture()); diff != "" {
			t.Fatalf("refused (%v) and changed something:\n%s", err, diff)
		}
	}
}

// someone draws a person, a new one now and then.
func (d day) someone(t *rapid.T) string {
	id := fmt.Sprint("p", rapid.IntRange(0, 7).Draw(t, "person"))
	if d.people[id] == nil {
		d.add(id).Login = false // a login may take a seat
	}
	return id
}

func drawName(t *rapid.T, modules []license.Module) license.Name {
	issuer := rapid.SampledFrom([]license.Issuer{"SO", "AM"}).Draw(t, "issuer")
	return license.NameOf(issuer, rapid.SampledFrom(modules).Draw(t, "module"))
}

func TestOnARandomDayNoSeatIsGivenTwiceAndNoneIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := day{newOffice(t, drawSet(t, "SO"), drawSet(t, "AM"))}
		d.profiles["x"], d.profiles["y"] = nil, nil
		t.Repeat(map[string]func(*rapid.T){
			"":         d.check,
			"set":      func(t *rapid.T) { d.decide(t, seat.Standing.SetPlan, planned) },
			"add":      func(t *rapid.T) { d.decide(t, seat.Standing.AddPlan, planned) },
			"give":     d.give,
			"release":  func(t *rapid.T) { d.decide(t, seat.Standing.Release, append(plain, planned...)) },
			"undo":     d.undo,
			"site":     d.site,
			"person":   d.person,
			"profile":  d.profile,
			"activate": d.activateSomething,
			"expire": func(t *rapid.T) {
				d.state["SO"] = rapid.SampledFrom([]license.State{license.OK, license.Grace, license.ReadOnly}).Draw(t, "state")
			},
		})
	})
}

func (d day) decide(t *rapid.T, decide func(seat.Standing, license.Name) (seat.Change, error), modules []license.Module) {
	id, name := d.someone(t), drawName(t, modules)
	d.try(t, func() error {
		c, err := decide(d.standing(id), name)
		return d.do(id, c, err)
	})
}

func (d day) give(t *rapid.T) {
	quantity := rapid.Int64Range(0, 3).Draw(t, "quantity")
	d.decide(t, func(s seat.Standing, n license.Name) (seat.Change, error) { return s.Assign(n, quantity) }, plain)
}

// undo gives something that is not held and takes it back. A later set may have
// given what is held a prerequisite that is not: that goes with the prerequisite,
// also when it came before it.
func (d day) undo(t *rapid.T) {
	id, name := d.someone(t), drawName(t, append(plain, planned...))
	uses := d.want(id)
	for _, a := range d.people[id].current {
		l := d.active.License(a.Name)
		if a.Name == name || l.Prerequisite != "" && uses[license.NameOf(a.Name.Issuer, l.Prerequisite)] == 0 {
			return
		}
	}
	before := d.picture()
	s := d.standing(id)
	c, err := s.AddPlan(name)
	if errors.As(err, new(*seat.NotAPlanError)) {
		c, err = s.Assign(name, rapid.Int64Range(1, 2).Draw(t, "quantity"))
	}
	if d.do(id, c, err) != nil {
		return
	}
	if len(c.Give) != 1+len(c.Parents) || len(c.Release) != 0 || c.Give[len(c.Give)-1].Name != name {
		t.Fatalf("giving %s: %s", name, say(c))
	}
	// What needs another goes first.
	for _, a := range slices.Backward(c.Give) {
		c, err = d.standing(id).Release(a.Name)
		if errors.As(err, new(*seat.NotHeldError)) {
			continue // it went along, in a circle
		}
		if err := d.do(id, c, err); err != nil {
			t.Fatalf("could not take back what was given: %v", err)
		}
	}
	if diff := cmp.Diff(before, d.picture()); diff != "" {
		t.Fatalf("giving %s and taking it back left a trace:\n%s", name, diff)
	}
}

// site gives a database something or takes it back.
func (d day) site(t *rapid.T) {
	database, name := rapid.Int64Range(0, 2).Draw(t, "database"), drawName(t, sited)
	d.try(t, func() error {
		if rapid.Bool().Draw(t, "give") {
			c, err := d.siteStanding(database).Assign(name, rapid.Int64Range(1, 2).Draw(t, "quantity"))
			return d.doAt(database, c, err)
		}
		c, err := d.siteStanding(database).Release(name)
		return d.doAt(database, c, err)
	})
}

// person changes a person's login, profile or state.
func (d day) person(t *rapid.T) {
	id := d.someone(t)
	next := d.people[id].Person
	next.Login = rapid.Bool().Draw(t, "login")
	next.Profile = rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "profile")
	next.Waiting = rapid.Bool().Draw(t, "waiting")
	next.Kind = rapid.SampledFrom([]license.PersonKind{license.Internal, license.Internal, license.External}).Draw(t, "kind")
	next.Former = rapid.IntRange(0, 3).Draw(t, "former") == 0
	if rapid.IntRange(0, 9).Draw(t, "restore") == 0 {
		d.try(t, func() error {
			next, c, err := d.standing(id).Restore()
			if len(c.Give) > 0 {
				t.Fatalf("coming back gave %s", say(c))
			}
			if err := d.do(id, c, err); err != nil {
				return err
			}
			d.people[id].Person = next
			return nil
		})
		return
	}
	next.Deleted = next.Deleted || rapid.IntRange(0, 9).Draw(t, "deleted") == 0
	d.try(t, func() error { return d.become(id, next) })
}

func (d day) profile(t *rapid.T) {
	modules := rapid.SliceOfNDistinct(rapid.SampledFrom(plain), 0, 3, rapid.ID[license.Module]).Draw(t, "modules")
	names := make([]license.Name, len(modules))
	for i, m := range modules {
		// Only the modules of AM count: SO's set goes by assignments.
		names[i] = license.NameOf(rapid.SampledFrom([]license.Issuer{"AM", "AM", "SO"}).Draw(t, "issuer"), m)
	}
	d.try(t, func() error { return d.change(rapid.SampledFrom([]string{"x", "y"}).Draw(t, "profile"), names...) })
}

// activateSomething activates a set and compares the verdict with counting every
// module of the issuer from nothing.
func (d day) activateSomething(t *rapid.T) {
	s := drawSet(t, rapid.SampledFrom([]license.Issuer{"SO", "AM"}).Draw(t, "issuer"))
	next := d.active.With(s)
	want := map[license.Name]int64{}
	needs := d.recount(next)
	for n, need := range d.recountAt(next) {
		needs[n] += need
	}
	for n, need := range needs {
		l := next.License(n)
		switch {
		case n.Issuer != s.Issuer:
		case l == nil:
			want[n] = need
		case !l.Unrestricted && need > l.Quantity:
			want[n] = need - l.Quantity
		}
	}
	var rows []seat.Row
	var err error
	d.try(t, func() error { rows, err = d.activate(s); return err })
	got := map[license.Name]int64{}
	var small *seat.TooSmallError
	if errors.As(err, &small) {
		for _, row := range small.Rows {
			got[row.Name] = row.Over
			d.checkHolders(t, next, row)
		}
	} else if err == nil {
		d.regrouped = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("too small by (-want +got):\n%s", diff)
	}
	checkRows(t, rows, got)
}

// checkHolders sees to it that a row names exactly those who need it.
func (d day) checkHolders(t *rapid.T, next *license.Active, row seat.Short) {
	was := d.active
	d.active = next
	defer func() { d.active = was }()
	var want []string
	for _, id := range d.ids() {
		if d.want(id)[row.Name] > 0 {
			want = append(want, id)
		}
	}
	if l := next.License(row.Name); l == nil || l.Kind == license.Site {
		for id, held := range d.databases() {
			if slices.ContainsFunc(held, func(h license.Held) bool { return h.Name == row.Name }) {
				want = append(want, id)
			}
		}
		slices.Sort(want)
	}
	holders := slices.Sorted(slices.Values(row.Holders))
	if !slices.Equal(want, holders) || row.Need-row.Seats != row.Over {
		t.Fatalf("%s is needed by %v, the row says %+v", row.Name, want, row)
	}
}

// checkRows sees to it that a review adds up.
func checkRows(t *rapid.T, rows []seat.Row, over map[license.Name]int64) {
	refused := 0
	for _, row := range rows {
		if row.Change != row.NewTotal-row.Total || row.Release != over[row.Name] || row.Result.Refuses() != (row.Release > 0) {
			t.Fatalf("row %+v does not add up", row)
		}
		if row.Result.Refuses() {
			refused++
		}
	}
	if refused != len(over) {
		t.Fatalf("%d rows refuse, %d licenses are too small", refused, len(over))
	}
}
