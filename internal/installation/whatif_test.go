package installation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// questions ask everything about everybody there is.
func questions(people []string) (all []api.Check) {
	for _, p := range append(people, "nobody") {
		for _, m := range []string{"superoffice.plan1", "superoffice.hidden0", "superoffice.hidden3", "superoffice.extra1", "acme.hidden1"} {
			all = append(all, api.Check{Person: p, Module: m})
		}
	}
	return all[:min(len(all), 100)]
}

// TestWhatIfSaysWhatTheActThenDoes makes random days. Before each act it is asked
// what would become of things; then the act is done, and it must be the same:
// the refusal, every answer about everybody, and every pool.
func TestWhatIfSaysWhatTheActThenDoes(t *testing.T) {
	days, acts := 2, 60
	if os.Getenv("POTT_PROOF") != "" {
		days, acts = 40, 100
	}
	came := map[string]int{} // by act, and by refusal
	for seed := range uint64(days) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
			d := &day{T: t, f: f, in: f.Installation("acme"), random: rand.New(rand.NewPCG(seed, 2)),
				set: map[license.Issuer]license.Set{}, last: map[license.Issuer]string{}}
			d.adds = d.asBoth
			d.f.AskHost(holdsOn)
			d.f.Reopen(t)
			d.in = d.f.Installation("acme")
			for _, issuer := range bothIssuers {
				d.activate(issuer)
			}
			for range 5 {
				id := fmt.Sprint("p", len(d.people))
				_, err := d.in.AddPerson(t.Context(), admin, api.NewPerson{UserID: id, Login: true})
				must(t, err)
				d.people = append(d.people, id)
			}
			for code, modules := range map[string][]string{"none": {}, "some": {"acme.extra0"}, "all": {"acme.extra0", "acme.extra1", "acme.hidden0"}} {
				_, err := d.in.PutProfile(t.Context(), admin, code, api.ProfileBody{Modules: modules})
				must(t, err)
			}
			for n := range acts {
				step, act := d.suppose()
				if refused := d.agrees(step, act); refused != "" {
					came[refused]++
				} else {
					came[step.Act]++
				}
				if t.Failed() {
					t.Fatalf("seed %d, act %d: %+v", seed, n, step)
				}
			}
		})
	}
	for _, want := range []string{"set-profile", "activate-set", "date", "person.blocked", "review.unacknowledged", "seat.pool-full"} {
		if came[want] == 0 {
			t.Errorf("%s never came: %v", want, came)
		}
	}
}

// suppose draws a step and the act that is the same.
func (d *day) suppose() (api.WhatIfStep, func() (bool, error)) {
	ctx := d.Context()
	who := d.people[d.random.IntN(len(d.people))]
	of := strings.ToLower(string(bothIssuers[d.random.IntN(2)]))
	plan, extra := fmt.Sprint(of, ".plan", d.random.IntN(5)), fmt.Sprint(of, ".extra", d.random.IntN(2))
	changed := func(c api.ChangedPerson, err error) (bool, error) { return c.Changed, err }
	step := api.WhatIfStep{Person: who}
	switch n := d.random.IntN(19); {
	case n < 3:
		step.Act, step.Name = api.IfSetPlan, plan
		return step, func() (bool, error) { return changed(d.in.SetPlan(ctx, admin, who, plan, "")) }
	case n < 5:
		step.Act, step.Name = api.IfAddPlan, plan
		return step, func() (bool, error) { return changed(d.in.AddPlan(ctx, admin, who, plan, "")) }
	case n < 7:
		step.Act, step.Name = api.IfRemovePlan, plan
		return step, func() (bool, error) { return changed(d.in.RemovePlan(ctx, admin, who, plan)) }
	case n < 9:
		step.Act, step.Name, step.Quantity = api.IfGiveExtra, extra, 1+d.random.Int64N(2)
		return step, func() (bool, error) { return changed(d.in.GiveExtra(ctx, admin, who, extra, step.Quantity, "")) }
	case n < 10:
		step.Act, step.Name = api.IfRemoveExtra, extra
		return step, func() (bool, error) { return changed(d.in.RemoveExtra(ctx, admin, who, extra)) }
	case n < 11:
		step.Act = api.IfEndLogin
		return step, func() (bool, error) { return changed(d.in.EndLogin(ctx, admin, who)) }
	case n < 12:
		step.Act = api.IfGiveLogin
		return step, func() (bool, error) { return changed(d.in.GiveLogin(ctx, admin, who, "")) }
	case n < 15:
		step.Act, step.Name = api.IfSetProfile, []string{"", "none", "some", "all"}[d.random.IntN(4)]
		return step, func() (bool, error) { return changed(d.in.SetProfile(ctx, admin, who, step.Name)) }
	case n < 17:
		stockholm, err := time.LoadLocation("Europe/Stockholm")
		must(d, err)
		day := license.DateOf(d.f.Now().In(stockholm)).Add(1 + d.random.IntN(3))
		step = api.WhatIfStep{Act: api.IfDate, Date: day.String()}
		return step, func() (bool, error) {
			d.f.Set(day.Midnight(stockholm))
			d.in.Look()
			return true, d.in.SwitchDue(ctx)
		}
	}
	// A set that is loaded and waits.
	issuer := bothIssuers[d.random.IntN(2)]
	next := d.next(issuer)
	next.Issued = d.f.Now().Truncate(time.Second)
	loaded, err := d.in.Load(ctx, admin, d.f.Vendors.File(d, next))
	must(d, err)
	d.set[issuer], d.last[issuer] = next, loaded.Set.Checkpoint
	step = api.WhatIfStep{Act: api.IfActivateSet, Set: loaded.Set.ID, Acknowledge: d.agreed(issuer)}
	return step, func() (bool, error) {
		done, err := d.in.Activate(ctx, admin, loaded.Set.ID, api.Activate{Acknowledge: step.Acknowledge})
		return done.Changed, err
	}
}

// agreed draws which system licenses somebody agrees to lose.
func (d *day) agreed(issuer license.Issuer) (names []string) {
	for i := range 2 {
		if d.random.IntN(3) > 0 {
			names = append(names, fmt.Sprintf("%s.switch%d", strings.ToLower(string(issuer)), i))
		}
	}
	return names
}

// asBoth makes sets of one issuer count by credentials, and lets them all have
// system licenses that come and go.
func (d *day) asBoth(set *license.Set) {
	if set.Issuer == "ACME" {
		set.Occupancy = license.ByCredentials
	}
	for i := range 2 {
		if d.random.IntN(2) == 0 {
			set.Licenses = append(set.Licenses, license.License{Module: license.Module(fmt.Sprint("switch", i)), Kind: license.System, Quantity: 1})
		}
	}
}

// holdsOn is a host application that keeps one in three from losing something.
func holdsOn(_ context.Context, _ string, questions []api.BlockerQuestion) (answer api.BlockersAnswer, err error) {
	for _, q := range questions {
		b := api.Blocker{Text: "1 open request", Blocks: (int(q.Number)+len(q.Loses)+len(q.Act))%3 == 0}
		answer.People = append(answer.People, api.PersonBlockers{Person: q.Person, Blockers: []api.Blocker{b}})
	}
	return answer, nil
}

// agrees asks what if, does it, and compares; it returns the code of the refusal,
// or "".
func (d *day) agrees(step api.WhatIfStep, act func() (bool, error)) (refused string) {
	ctx := d.Context()
	w := api.WhatIf{Steps: []api.WhatIfStep{step}, Questions: questions(d.people)}
	before := d.recorded()
	said, err := d.in.WhatIf(ctx, admin, w)
	must(d, err)
	if after := d.recorded(); after != before {
		d.Errorf("asking what if is a change: %d, %d", before, after)
	}
	changed, err := act()
	if said.Steps[0].Refused != nil {
		refused = said.Steps[0].Refused.Code
	}
	if refused != code(err) || err == nil && said.Steps[0].Changed != changed {
		d.Errorf("what if says %q (changed %v), the act %q (%v)", refused, said.Steps[0].Changed, code(err), changed)
	}
	for i, q := range w.Questions {
		a, err := d.in.Check(q)
		must(d, err)
		want := said.Answers[i].After
		a.Seq, want.Seq = 0, 0
		if a != want {
			d.Errorf("%+v: what if says %+v, and it is %+v", q, want, a)
		}
	}
	licenses, err := d.in.Licenses(ctx, admin, true)
	must(d, err)
	for _, l := range licenses.Items {
		for _, p := range said.Pools {
			if p.Name == l.Name && p.After != l.Taken {
				d.Errorf("what if says %d of %s are taken, and %d are", p.After, p.Name, l.Taken)
			}
		}
	}
	return refused
}

func TestStepsAreTakenOneAfterAnotherAndNothingIsStored(t *testing.T) {
	_, in := withAnna(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	status := func() string {
		s, err := in.Status(ctx, admin)
		must(t, err)
		b, err := json.Marshal(s)
		must(t, err)
		return string(b)
	}
	before := status()
	got, err := in.WhatIf(ctx, installation.Act{By: admin.By, Language: "sv"}, api.WhatIf{
		Steps: []api.WhatIfStep{
			{Act: api.IfRemovePlan, Person: "anna", Name: "sales-premium"},
			{Act: api.IfSetPlan, Person: "anna", Name: "gold"},
			{Act: api.IfSetPlan, Person: "anna", Name: "service-premium"},
			{Act: api.IfDate, Date: "2035-01-01"},
			{Act: api.IfAddPlan, Person: "anna", Name: "sales-premium"},
			{Act: api.IfDate, Date: "2030-01-01"},
		},
		Questions: []api.Check{{Person: "anna", Module: "sale-cal"}, {Person: "anna", Client: "web"}},
	})
	must(t, err)
	var said []string
	for _, s := range got.Steps {
		text := fmt.Sprint(s.Act, " ", s.Changed)
		if s.Refused != nil {
			text += " " + s.Refused.Code
		}
		said = append(said, text)
	}
	want := []string{"remove-plan true", "set-plan false license.unknown-module", "set-plan true", "date true", "add-plan false plan.exclusive", "date false request.bad-value"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	a := got.Answers
	if a[0].Before.Effect != api.Allow || a[0].After.Effect != api.Deny || a[1].After.Reason != "issuer-read-only" || got.AsOf.Year() != 2034 && got.AsOf.Year() != 2035 {
		t.Errorf("%+v, as of %v", a, got.AsOf)
	}
	if got.Total != 1 || got.People[0].Person != "anna" || len(got.People[0].Gains) == 0 || len(got.People[0].Loses) == 0 || len(got.Pools) == 0 {
		t.Errorf("%+v, %+v", got.People, got.Pools)
	}
	if after := status(); after != before {
		t.Errorf("something was stored:\n%s\n%s", before, after)
	}
	if _, err := in.WhatIf(ctx, admin, api.WhatIf{Steps: make([]api.WhatIfStep, 21)}); code(err) != "request.bad-value" {
		t.Error(err)
	}
}
