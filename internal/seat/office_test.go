package seat_test

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// set reads a set written one license per line; see firstSet. Other words on a
// line are needs=module, edit=module, group=name, people=external.
func set(t fataler, issuer license.Issuer, text string) *license.Set {
	t.Helper()
	s := &license.Set{Issuer: issuer, Number: 1, Occupancy: license.ByAssignment}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		s.Licenses = append(s.Licenses, readLicense(t, strings.Fields(line)))
	}
	return s
}

func readLicense(t fataler, words []string) license.License {
	t.Helper()
	l := license.License{Module: license.Module(words[0]), People: license.Internal}
	if err := l.Kind.UnmarshalText([]byte(words[1])); err != nil {
		t.Fatal(err)
	}
	var err error
	if l.Quantity, err = strconv.ParseInt(words[2], 10, 64); err != nil {
		t.Fatal(err)
	}
	group := "plan"
	for i, word := range words[3:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "hidden":
			l.Hidden = true
		case "unrestricted":
			l.Unrestricted = true
		case "marker":
			l.Marker = true
		case "open-ended":
			l.OpenEnded = true
		case "needs":
			l.Prerequisite = license.Module(value)
		case "edit":
			l.Edit = license.Module(value)
		case "group":
			group = value
		case "people":
			if err := l.People.UnmarshalText([]byte(value)); err != nil {
				t.Fatal(err)
			}
		case "plan":
			l.Plan = &license.Plan{Group: group}
			for _, m := range words[3+i+1:] {
				l.Plan.Includes = append(l.Plan.Includes, license.Module(m))
			}
			return l
		default:
			t.Fatalf("unknown word %q", word)
		}
	}
	return l
}

// A fataler is a test, or one run of a property.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// An office is an installation as the rules see it: the simplest keeper of what
// they decide.
type office struct {
	t        fataler
	active   *license.Active
	state    map[license.Issuer]license.State
	outage   map[license.Issuer]*seat.Outage
	pools    map[license.Name]seat.Pool
	people   map[string]*member
	profiles map[string][]license.Name
	sites    map[int64][]seat.SiteAssignment // by database
	number   int64
	// regrouped: a later set may have put plans that are held into one group.
	regrouped bool
}

type member struct {
	seat.Person
	current []seat.Assignment
}

func newOffice(t fataler, sets ...*license.Set) *office {
	o := &office{
		t: t, active: license.NewActive(), state: map[license.Issuer]license.State{}, outage: map[license.Issuer]*seat.Outage{},
		pools: map[license.Name]seat.Pool{}, people: map[string]*member{}, profiles: map[string][]license.Name{},
		sites: map[int64][]seat.SiteAssignment{},
	}
	for _, s := range sets {
		if _, err := o.activate(s); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func (o *office) add(id string) *member {
	m := &member{Person: seat.Person{ID: id, Kind: license.Internal, Login: true}}
	o.people[id] = m
	return m
}

func (o *office) standing(id string) seat.Standing {
	m := o.people[id]
	return seat.Standing{
		Active: o.active, State: func(i license.Issuer) license.State { return o.state[i] },
		Outage: func(i license.Issuer) *seat.Outage { return o.outage[i] },
		Pools:  func(n license.Name) seat.Pool { return o.pools[n] }, Person: m.Person,
		Current: m.current, Profile: o.profiles[m.Profile],
	}
}

// do makes the change a decision asks for.
func (o *office) do(id string, c seat.Change, err error) error {
	if err != nil {
		return err
	}
	m := o.people[id]
	m.current = o.standing(id).Apply(c)
	for i := range m.current {
		if m.current[i].Number == 0 {
			o.number++
			m.current[i].Number = o.number
		}
	}
	o.take(c.Takes)
	return nil
}

func (o *office) take(takes []seat.Take) {
	for _, t := range takes {
		p := o.pools[t.Name]
		p.Taken += t.Delta
		o.pools[t.Name] = p
	}
}

// activate puts a set in force if everybody fits.
func (o *office) activate(s *license.Set) ([]seat.Row, error) {
	next := o.active.With(s)
	rows, err := seat.Fits(o.active, next, s.Issuer, o.holders(next), o.databases())
	if err != nil {
		return rows, err
	}
	o.active = next
	for _, row := range rows {
		if row.NewTotal == 0 {
			delete(o.pools, row.Name)
		} else {
			o.pools[row.Name] = seat.Pool{Seats: row.NewTotal, Taken: row.Need, Unrestricted: row.Unrestricted}
		}
	}
	return rows, nil
}

// holders is everybody who has not left, by id.
func (o *office) holders(active *license.Active) seat.Holders {
	return func(yield func(string, []license.Held) bool) {
		for _, id := range o.ids() {
			m := o.people[id]
			if !m.Gone() && !yield(id, seat.Holds(active, m.Person, m.current, o.profiles[m.Profile])) {
				return
			}
		}
	}
}

func (o *office) siteStanding(database int64) seat.SiteStanding {
	return seat.SiteStanding{
		Active: o.active, State: func(i license.Issuer) license.State { return o.state[i] },
		Outage: func(i license.Issuer) *seat.Outage { return o.outage[i] },
		Pools:  func(n license.Name) seat.Pool { return o.pools[n] }, Database: seat.Database{Number: database}, Current: o.sites[database],
	}
}

// doAt makes the change that a decision about a database asks for.
func (o *office) doAt(database int64, c seat.SiteChange, err error) error {
	if err != nil {
		return err
	}
	current := o.siteStanding(database).Apply(c)
	for i := range current {
		if current[i].Number == 0 {
			o.number++
			current[i].Number = o.number
		}
	}
	o.sites[database] = current
	o.take(c.Takes)
	return nil
}

// databases is every database that holds something.
func (o *office) databases() seat.Holders {
	return func(yield func(string, []license.Held) bool) {
		for _, n := range slices.Sorted(maps.Keys(o.sites)) {
			if !yield("database "+strconv.FormatInt(n, 10), seat.HoldsAt(o.sites[n])) {
				return
			}
		}
	}
}

func (o *office) ids() []string {
	ids := make([]string, 0, len(o.people))
	for id := range o.people {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, cmp.Compare)
	return ids
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// designteamet returns the sample customer with everybody on their plans.
func designteamet(t testing.TB) *office {
	o := newOffice(t, set(t, "SUPEROFFICE", firstSet))
	lines := strings.Split(strings.TrimSpace(designers), "\n")
	for _, line := range lines {
		words := strings.Fields(line)
		id := words[0]
		m := o.add(id)
		if words[1] == "-" {
			m.Former = true
			continue
		}
		c, err := o.standing(id).SetPlan(so(words[1]))
		o.must(o.do(id, c, err))
		for _, extra := range words[2:] {
			c, err := o.standing(id).Assign(so(extra), 1)
			o.must(o.do(id, c, err))
		}
	}
	return o
}

func so(module string) license.Name { return license.NameOf("SUPEROFFICE", license.Module(module)) }
