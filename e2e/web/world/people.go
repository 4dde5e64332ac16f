package main

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
)

var byHost = installation.Act{By: audit.Actor{Kind: audit.Host, ID: "browser tests"}}

var (
	firstNames = []string{"Anna", "Erik", "Åsa", "Lars", "Øyvind", "Maria", "Zeb", "Karin", "Nils", "Ingrid", "Sven", "Freja", "Ola", "Astrid", "Hugo", "Signe", "Måns", "Vera", "Jörgen", "Tuva"}
	lastNames  = []string{"Lind", "Ek", "Åberg", "Dahl", "Ødegård", "Nyström", "Zetterberg", "Holm", "Sjö", "Ähman", "Björk", "Vik", "Lund", "Moe", "Strand", "Öberg"}
	groups     = []string{"Sales", "Service", "Marketing", "Finance", "Development"}
)

// someone is a person of the world who is not just one of many.
type someone struct {
	id, first, last, group, plan, role string
}

// The people that tests name. The first four sign in.
var named = []someone{
	{"karin.lind", "Karin", "Lind", "Management", "sales-premium", "administrator"},
	{"dag.ahman", "Dag", "Ähman", "Management", "service-premium", "user-administrator"},
	{"rut.berg", "Rut", "Berg", "Finance", "", "auditor"},
	{"olle.ek", "Olle", "Ek", "Sales", "sales-premium", ""},
	{"siv.holm", "Siv", "Holm", "Management", "sales-premium", "administrator"},
	{"bjorn.dahl", "Björn", "Dahl", "Sales", "sales-premium", ""},
	{"anna.vik", "Anna", "Vik", "Marketing", "marketing-premium", ""},
	{"tove.moe", "Tove", "Moe", "Development", "", ""},
}

// plansOfMany is how many of the others are on each plan, so that together with
// the named ones it is 38 of 40, 10 of 15, 60 of 60, 71 of 80 and 25 of 50.
var plansOfMany = []struct {
	plan string
	n    int
}{{"sales-premium", 34}, {"sales-essentials", 10}, {"service-premium", 59}, {"service-essentials", 71}, {"marketing-essentials", 10}, {"no-selection", 5}, {"", 103}}

// northwinders returns everybody, the named ones first.
func northwinders(n int) []api.NewPerson {
	var all []api.NewPerson
	for _, p := range named {
		all = append(all, newPerson(p.id, p.first, p.last, p.group, p.plan))
	}
	taken := map[string]int{}
	at := 0
	many := func(plan string) {
		first, last := firstNames[at%len(firstNames)], lastNames[(at/len(firstNames)+at)%len(lastNames)]
		id := ascii.Replace(strings.ToLower(first + "." + last))
		if taken[id]++; taken[id] > 1 {
			id = fmt.Sprintf("%s%d", id, taken[id])
		}
		all = append(all, newPerson(id, first, last, groups[at%len(groups)], plan))
		at++
	}
	for _, id := range named {
		taken[id.id]++
	}
	for _, g := range plansOfMany {
		for range g.n {
			many(g.plan)
		}
	}
	for len(all) < n { // the rest of a large house
		many("")
	}
	return all
}

var ascii = strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "ø", "o")

func newPerson(id, first, last, group, plan string) api.NewPerson {
	p := api.NewPerson{UserID: id, FirstName: first, LastName: last, Group: group, Email: id + "@northwind.example", Login: plan != "" || len(id)%2 == 0}
	if plan != "" {
		p.Plan = "kontoret." + plan
	}
	return p
}

// together runs act for each, many at a time: the store writes them in batches.
func together[T any](all []T, act func(T) error) error {
	var wg sync.WaitGroup
	errs := make(chan error, len(all))
	next := make(chan T)
	for range 64 {
		wg.Go(func() {
			for x := range next {
				if err := act(x); err != nil {
					errs <- err
				}
			}
		})
	}
	for _, x := range all {
		next <- x
	}
	close(next)
	wg.Wait()
	close(errs)
	return <-errs
}

// settleNorthwind brings in its people, over 90 days so that there is a history.
func settleNorthwind(ctx context.Context, in *installation.Installation, n int, daysAgo func(int)) error {
	all := northwinders(n)
	for wave := range 9 {
		daysAgo(90 - 10*wave)
		from, to := len(all)*wave/9, len(all)*(wave+1)/9
		err := together(all[from:to], func(p api.NewPerson) error {
			_, err := in.AddPerson(ctx, byHost, p)
			return err
		})
		if err != nil {
			return err
		}
	}
	daysAgo(3)
	for _, p := range named {
		if p.role != "" {
			if _, err := in.GiveRole(ctx, byHost, p.id, p.role); err != nil {
				return err
			}
		}
	}
	if _, err := in.PutProvider(ctx, byHost, "work", api.ProviderBody{Name: "Northwind account", Issuer: "https://id.northwind.example", ClientID: "pott", Secret: "a client secret"}); err != nil {
		return err
	}
	return settleExtras(ctx, in)
}

func settleExtras(ctx context.Context, in *installation.Installation) error {
	give := func(person, extra string) error {
		_, err := in.GiveExtra(ctx, byHost, person, "kontoret."+extra, 1, "")
		return err
	}
	people, err := in.People(ctx, byHost, installation.PeopleFilter{Limit: 100})
	if err != nil {
		return err
	}
	both := 0
	for _, p := range people.Items {
		if len(p.Plans) == 1 && p.Plans[0].Name.Module == "service-premium" && both < 15 {
			both++
			if _, err := in.AddPlan(ctx, byHost, p.UserID, "kontoret.marketing-essentials", ""); err != nil {
				return err
			}
		}
	}
	for _, step := range [][2]string{{"olle.ek", "confidential"}, {"olle.ek", "windows"}, {"olle.ek", "travel"}, {"bjorn.dahl", "assistant"}, {"karin.lind", "confidential"}} {
		if err := give(step[0], step[1]); err != nil {
			return err
		}
	}
	for _, p := range []api.NewPerson{{UserID: "backup-program", FirstName: "Nightly backup", Kind: "system", Login: true}, {UserID: "visitor", FirstName: "Visitors", Kind: "anonymous", Login: true}} {
		if _, err := in.AddPerson(ctx, byHost, p); err != nil {
			return err
		}
	}
	if err := give("backup-program", "robot"); err != nil {
		return err
	}
	if err := give("visitor", "guest"); err != nil {
		return err
	}
	for _, p := range []string{"karin.lind", "anna.vik", "tove.moe"} {
		if _, err := in.AddPlan(ctx, byHost, p, "kartan.map-user", ""); err != nil {
			return err
		}
	}
	return nil
}

// settleNordlys brings in a customer whose people take seats through profiles.
func settleNordlys(ctx context.Context, in *installation.Installation) error {
	for code, modules := range map[string][]string{"handler": {"arkiv.case", "arkiv.document"}, "case-only": {"arkiv.case"}, "seasonal": {}} {
		name := map[string]string{"handler": "Handläggare", "case-only": "Ärende", "seasonal": "Säsong"}[code]
		if _, err := in.PutProfile(ctx, byHost, code, api.ProfileBody{Name: name, Modules: modules}); err != nil {
			return err
		}
	}
	for i := range 20 {
		p := newPerson(fmt.Sprintf("person%02d", i+1), firstNames[i], lastNames[i%len(lastNames)], "Drift", "")
		p.Login, p.Profile = true, []string{"case-only", "case-only", "seasonal", "handler", "case-only", "seasonal"}[i%6]
		if i == 0 {
			p.UserID, p.FirstName, p.LastName, p.Profile = "maja.norr", "Maja", "Norr", "case-only"
		}
		if _, err := in.AddPerson(ctx, byHost, p); err != nil {
			return err
		}
	}
	_, err := in.GiveRole(ctx, byHost, "maja.norr", "administrator")
	return err
}

// settleFjord brings in a customer where everybody with a login is on the one
// plan.
func settleFjord(ctx context.Context, in *installation.Installation) error {
	for i := range 18 {
		p := newPerson(fmt.Sprintf("ansatt%02d", i+1), firstNames[(i+4)%len(firstNames)], lastNames[i%len(lastNames)], "Fjord", "")
		p.Login = i < 12
		if i == 0 {
			p.UserID, p.FirstName, p.LastName = "liv.fjell", "Liv", "Fjell"
		}
		if _, err := in.AddPerson(ctx, byHost, p); err != nil {
			return err
		}
	}
	_, err := in.GiveRole(ctx, byHost, "liv.fjell", "administrator")
	return err
}

// settleNystart brings in the one person there is before the first license.
func settleNystart(ctx context.Context, in *installation.Installation) error {
	tuva := newPerson("tuva.ny", "Tuva", "Ny", "", "")
	tuva.Login = true
	if _, err := in.AddPerson(ctx, byHost, tuva); err != nil {
		return err
	}
	_, err := in.GiveRole(ctx, byHost, "tuva.ny", "administrator")
	return err
}
