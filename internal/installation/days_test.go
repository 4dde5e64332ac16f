package installation_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// A day is random acts in one installation, with everything checked after each.
type day struct {
	*testing.T
	f      *housetest.Fixture
	in     *installation.Installation
	random *rand.Rand
	set    map[license.Issuer]license.Set
	last   map[license.Issuer]string // checkpoint of the newest set
	people []string
	did    []string
	adds   func(*license.Set) // to every set, what some days want in it; nil: nothing
}

var bothIssuers = []license.Issuer{"SUPEROFFICE", "ACME"}

// TestRandomDays makes days, with sets of two issuers, of activating, giving, swapping, taking back,
// leaving, deleting and expiring. After each act: no more is in use than was
// bought, what is in use equals a recount from nothing, an act that is refused
// leaves no trace, checks agree with the explained answers, and what somebody
// may use is what the plans include and what was given beside them.
func TestRandomDays(t *testing.T) {
	days, acts := 3, 60
	if testing.Short() {
		days, acts = 1, 30
	}
	for seed := range uint64(days) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
			d := &day{T: t, f: f, in: f.Installation("acme"), random: rand.New(rand.NewPCG(seed, 1)),
				set: map[license.Issuer]license.Set{}, last: map[license.Issuer]string{}}
			for _, issuer := range bothIssuers {
				d.activate(issuer)
			}
			for range acts {
				d.act()
				d.check()
				if t.Failed() {
					t.Fatalf("after %s", strings.Join(d.did, "; "))
				}
			}
			// What was written is what was meant.
			d.f.Reopen(t)
			d.in = d.f.Installation("acme")
			d.check()
			if v, err := d.in.VerifyAudit(t.Context(), admin, installation.AuditSpan{}); err != nil || v.Broken != nil {
				t.Errorf("the audit chain is %+v, %v", v, err)
			}
		})
	}
}

func randomSet(random *rand.Rand, issuer license.Issuer) license.Set {
	set := license.Set{Issuer: issuer, Company: "Acme AB", Serial: "1600070120", Issued: housetest.Noon, TimeZone: "UTC",
		Dates: license.Dates{Expiry: license.Date{Year: 2027, Month: 6, Day: 10}}}
	user := func(m string) license.License {
		return license.License{Module: license.Module(m), Kind: license.User, Quantity: 1 + random.Int64N(6), People: license.Internal}
	}
	for i := range 5 {
		l := user(fmt.Sprint("hidden", i))
		l.Hidden = true
		l.Unrestricted = random.IntN(4) == 0
		set.Licenses = append(set.Licenses, l)
	}
	for i := range 4 {
		l := user(fmt.Sprint("plan", i))
		l.Plan = &license.Plan{}
		if i < 3 {
			l.Plan.Group = "g"
		}
		for j := range 5 {
			if i > 0 && random.IntN(2) == 0 {
				l.Plan.Includes = append(l.Plan.Includes, license.Module(fmt.Sprint("hidden", j)))
			}
		}
		set.Licenses = append(set.Licenses, l)
	}
	for i := range 2 {
		l := user(fmt.Sprint("extra", i))
		if i == 1 {
			l.Prerequisite = "hidden0"
		}
		set.Licenses = append(set.Licenses, l)
	}
	for i := range 2 {
		l := license.License{Module: license.Module(fmt.Sprint("site", i)), Kind: license.Site, Quantity: 1 + random.Int64N(3)}
		if i == 1 && random.IntN(2) == 0 {
			l.Prerequisite = "site0"
		}
		set.Licenses = append(set.Licenses, l)
	}
	return set
}

// next returns a random next set of an issuer.
func (d *day) next(issuer license.Issuer) license.Set {
	next := randomSet(d.random, issuer)
	next.Number, next.Previous = d.set[issuer].Number+1, d.last[issuer]
	if d.adds != nil {
		d.adds(&next)
	}
	return next
}

// activate tries a random next set of an issuer. It may be refused.
func (d *day) activate(issuer license.Issuer) error {
	next := d.next(issuer)
	loaded, err := d.in.Load(d.Context(), admin, d.f.Vendors.File(d, next))
	must(d, err)
	d.set[issuer], d.last[issuer] = next, loaded.Set.Checkpoint
	_, err = d.in.Activate(d.Context(), admin, loaded.Set.ID, api.Activate{})
	return err
}

func (d *day) act() {
	ctx := d.Context()
	if len(d.people) == 0 || d.random.IntN(6) == 0 {
		id := fmt.Sprint("p", len(d.did))
		_, err := d.in.AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true})
		must(d, err)
		d.people = append(d.people, id)
		d.did = append(d.did, "add "+id)
		return
	}
	person := d.people[d.random.IntN(len(d.people))]
	issuer := bothIssuers[d.random.IntN(2)]
	of := strings.ToLower(string(issuer))
	plan, extra := fmt.Sprint(of, ".plan", d.random.IntN(4)), fmt.Sprint(of, ".extra", d.random.IntN(2))
	before := d.recorded()
	var what string
	var err error
	with := admin // what needs it may go along, or not
	with.WithDependants = d.random.IntN(2) == 0
	switch n := d.random.IntN(26); {
	case n >= 20:
		what, err = d.place(n, person, of)
	case n < 6:
		what = "set " + plan
		_, err = d.in.SetPlan(ctx, admin, person, plan, "")
	case n < 9:
		what = "add " + plan
		_, err = d.in.AddPlan(ctx, admin, person, plan, "")
	case n < 12:
		what = "remove " + plan
		_, err = d.in.RemovePlan(ctx, with, person, plan)
	case n < 15:
		what = "give " + extra
		_, err = d.in.GiveExtra(ctx, admin, person, extra, 1+d.random.Int64N(2), "")
	case n < 17:
		what = "remove " + extra
		_, err = d.in.RemoveExtra(ctx, with, person, extra)
	case n < 18:
		former := d.random.IntN(2) == 0
		what = fmt.Sprint("former ", former)
		_, err = d.in.ChangePerson(ctx, admin, person, api.PersonPatch{Former: &former})
	case n < 19:
		what = "delete"
		if d.random.IntN(2) == 0 {
			_, err = d.in.ErasePerson(ctx, admin, person)
		} else {
			_, err = d.in.DeletePerson(ctx, admin, person)
		}
		d.people = slices.DeleteFunc(d.people, func(p string) bool { return p == person })
	default:
		what, person = "activate", ""
		if err = d.activate(issuer); err != nil {
			before = d.recorded() // loading it was recorded
		}
	}
	d.did = append(d.did, fmt.Sprintf("%s %s %s", what, person, code(err)))
	if err == nil {
		return
	}
	if c := (interface{ Code() string })(nil); !errors.As(err, &c) {
		d.Errorf("%s is refused without a code: %v", what, err)
	}
	if after := d.recorded(); after != before {
		d.Errorf("%s is refused, and %d became %d", what, before, after)
	}
}

// place does something with a database, a role, or somebody who was deleted.
func (d *day) place(n int, person, of string) (what string, err error) {
	ctx, site := d.Context(), fmt.Sprint(of, ".site", d.random.IntN(2))
	database := fmt.Sprint(d.random.IntN(2))
	switch n {
	case 20, 21:
		_, err = d.in.AssignSite(ctx, admin, database, site, api.SiteChoice{Quantity: 1 + d.random.Int64N(2)})
		return "give database " + database + " " + site + " not", err
	case 22:
		_, err = d.in.ReleaseSite(ctx, admin, database, site, d.random.IntN(2) == 0)
		return "release " + site, err
	case 23:
		_, err = d.in.GiveRole(ctx, admin, person, "administrator")
		return "make an administrator of", err
	case 24:
		_, err = d.in.TakeRole(ctx, admin, person, "administrator")
		return "take the role of", err
	}
	back, err := d.in.RestorePerson(ctx, admin, fmt.Sprint("#", 1+d.random.IntN(8)), api.RestoreChoice{UserID: fmt.Sprint("r", len(d.did))})
	if err == nil && back.Changed {
		_, err := d.in.GiveLogin(ctx, admin, back.Person.UserID, "")
		must(d, err)
		if !slices.Contains(d.people, back.Person.UserID) {
			d.people = append(d.people, back.Person.UserID)
		}
	}
	return "restore somebody, not", err
}

func (d *day) recorded() int64 {
	s, err := d.in.Status(d.Context(), admin)
	must(d, err)
	return s.Seq
}

func (d *day) check() {
	ctx := d.Context()
	licenses, err := d.in.Licenses(ctx, admin, true)
	must(d, err)
	people, err := d.in.People(ctx, admin, installation.PeopleFilter{Limit: 1000, Deleted: true})
	must(d, err)
	recount := map[license.Name]int64{}
	databases, err := d.in.Databases(ctx, admin, true)
	must(d, err)
	for _, database := range databases.Items {
		for _, h := range database.Licenses {
			recount[h.Name] += h.Quantity
		}
	}
	for _, p := range people.Items {
		held := uses(d, licenses.Items, p)
		for name, n := range held {
			recount[name] += n
		}
		for _, l := range licenses.Items {
			if !p.Deleted {
				d.ask(p, l.Name, held[l.Name] > 0)
			}
		}
	}
	for _, l := range licenses.Items {
		if l.Taken != recount[l.Name] {
			d.Errorf("%s: %d in use, and %d counted from nothing", l.Name, l.Taken, recount[l.Name])
		}
		if !l.Unrestricted && l.Taken > l.Seats {
			d.Errorf("%s: %d in use of %d", l.Name, l.Taken, l.Seats)
		}
	}
}

// uses works out from nothing what somebody may use, and how many seats of it.
func uses(d *day, licenses []api.License, p api.Person) map[license.Name]int64 {
	all := map[license.Name]int64{}
	for _, h := range append(slices.Clone(p.Plans), p.Extras...) {
		all[h.Name] = max(all[h.Name], h.Quantity)
		i := slices.IndexFunc(licenses, func(l api.License) bool { return l.Name == h.Name })
		if i < 0 {
			d.Errorf("%s holds %s, which no set has", p.UserID, h.Name)
			continue
		}
		for _, n := range licenses[i].Includes {
			all[n] = max(all[n], 1)
		}
	}
	if (p.Former || p.Deleted) && len(all) > 0 {
		d.Errorf("%s has left and holds %v", p.UserID, all)
	}
	return all
}

// ask compares the check with what is held and with the explained answer.
func (d *day) ask(p api.Person, name license.Name, held bool) {
	q := api.Check{Person: p.UserID, Module: name.String()}
	a, err := d.in.Check(q)
	must(d, err)
	why, err := d.in.Why(d.Context(), admin, q)
	must(d, err)
	if (a.Effect == api.Allow) != held || a.Effect != why.Effect || a.Reason != why.Reason || (len(why.Paths) > 0) != held || (len(why.Missing) == 0) != held {
		d.Errorf("%s holds %s: %v; the check says %s (%s), why says %s (%s) by %d paths", p.UserID, name, held, a.Effect, a.Reason, why.Effect, why.Reason, len(why.Paths))
	}
}
