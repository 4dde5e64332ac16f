package e2e

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott-demo/demo"
	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// A way is one way in which somebody comes to a seat. ready brings a person to
// the step before it, and in takes it.
type way struct {
	name      string
	ready, in func(ctx context.Context, c *client.Client, person string) error
}

// A customer is an installation with a pool that more people want than it has
// seats.
type customer struct {
	installation host.New
	order        string // %s: the last day
	pool         string
	ways         []way
}

const (
	seats  = 20
	wanted = 30
)

var customers = []customer{
	{designteamet, strings.NewReplacer("sales-premium, quantity: 100", "sales-premium, quantity: 20").Replace(hundred) + "  - {plan: marketing-premium, quantity: 100}\n", plan, []way{
		{"a plan is given to somebody without one", newcomer, setPlan},
		{"a plan is added", newcomer, addPlan},
		{"a plan is swapped for another", onAnotherPlan, setPlan},
		{"somebody is added with a plan", nothing, addWithPlan},
		{"a list brings somebody in with a plan", nothing, listWithPlan},
		{"a list gives somebody a plan", newcomer, listWithPlan},
	}},
	{designteamet, oneByOne, "superoffice.web", []way{
		{"a license is given beside plans", loginRight, giveWeb},
	}},
	{nordlys, pots, "amsystem.case", []way{
		{"somebody gets a profile", signIn, handler},
		{"somebody with a profile gets a login again", loggedOut, login},
		{"a profile gets a module", ownProfile, widen},
		{"somebody who had left comes back", left, comeBack},
		{"a list gives somebody a profile", signIn, listWithProfile},
	}},
}

const oneByOne = `format: pott-order/v1
issuer: SUPEROFFICE
company: Designteamet
serial: "1600070120"
time_zone: Europe/Stockholm
generation: "6-7"
dates:
  expiry: %s
lines:
  - {module: sale, quantity: 1}
  - {module: user, quantity: 100}
  - {module: web, quantity: 20}
`

const pots = `format: pott-order/v1
issuer: AMSYSTEM
company: Nordlys Drift AB
serial: NORDLYS-01
time_zone: Europe/Stockholm
dates:
  expiry: %s
lines:
  - {module: case, quantity: 20}
  - {module: document, quantity: 100}
`

func nothing(context.Context, *client.Client, string) error { return nil }

func newcomer(ctx context.Context, c *client.Client, person string) error {
	_, err := c.AddPerson(ctx, api.NewPerson{UserID: person, Login: true}, false)
	return err
}

func onAnotherPlan(ctx context.Context, c *client.Client, person string) error {
	_, err := c.AddPerson(ctx, api.NewPerson{UserID: person, Login: true, Plan: "superoffice.marketing-premium"}, false)
	return err
}

func setPlan(ctx context.Context, c *client.Client, person string) error {
	_, err := c.SetPlan(ctx, person, api.PlanChoice{Plan: plan}, client.Taking{})
	return err
}

func addPlan(ctx context.Context, c *client.Client, person string) error {
	_, err := c.AddPlan(ctx, person, api.PlanChoice{Plan: plan}, false)
	return err
}

func addWithPlan(ctx context.Context, c *client.Client, person string) error {
	_, err := c.AddPerson(ctx, api.NewPerson{UserID: person, Login: true, Plan: plan}, false)
	return err
}

func listWithPlan(ctx context.Context, c *client.Client, person string) error {
	return bring(ctx, c, "user_id,login,plan\n"+person+",yes,"+plan+"\n")
}

func listWithProfile(ctx context.Context, c *client.Client, person string) error {
	return bring(ctx, c, "user_id,login,profile\n"+person+",yes,handler\n")
}

// bring imports a list, all of it or nothing, and waits until that is done. A list
// for which there are not seats enough is a full pool, whether that is found
// before or while it is carried out.
func bring(ctx context.Context, c *client.Client, list string) error {
	b, err := c.ImportPeople(ctx, client.Import{File: []byte(list)})
	if codeOf(api.ChangedPerson{}, err) == "bulk.short" {
		return &seat.PoolFullError{}
	}
	if err != nil {
		return err
	}
	job, err := finished(ctx, c, b.Job.ID)
	switch {
	case err != nil:
		return err
	case job.State == "done" && job.Totals.Changed == 1:
		return nil
	case job.Problem != nil && (job.Problem.Code == "bulk.short" || job.Problem.Code == "seat.pool-full"):
		return &seat.PoolFullError{}
	}
	return fmt.Errorf("the job is %s: %+v, %+v", job.State, job.Totals, job.Problem)
}

// finished returns a job when it is over.
func finished(ctx context.Context, c *client.Client, id string) (api.Job, error) {
	for {
		job, err := c.Job(ctx, id)
		if err != nil || job.State != "running" {
			return job, err
		}
	}
}

func loginRight(ctx context.Context, c *client.Client, person string) error {
	if err := newcomer(ctx, c, person); err != nil {
		return err
	}
	_, err := c.GiveExtra(ctx, person, "superoffice.user", api.ExtraChoice{}, false)
	return err
}

func giveWeb(ctx context.Context, c *client.Client, person string) error {
	_, err := c.GiveExtra(ctx, person, "superoffice.web", api.ExtraChoice{}, false)
	return err
}

// signIn adds somebody who may sign in and costs nothing.
func signIn(ctx context.Context, c *client.Client, person string) error {
	if _, err := c.PutProfile(ctx, "handler", api.ProfileBody{Modules: []string{"amsystem.case", "amsystem.document"}}, client.Taking{}); err != nil {
		return err
	}
	return newcomer(ctx, c, person)
}

func handler(ctx context.Context, c *client.Client, person string) error {
	_, err := c.SetProfile(ctx, person, api.ProfileChoice{Profile: "handler"}, client.Taking{})
	return err
}

func loggedOut(ctx context.Context, c *client.Client, person string) error {
	_, err := c.AddPerson(ctx, api.NewPerson{UserID: person, Profile: "handler"}, false)
	return err
}

func login(ctx context.Context, c *client.Client, person string) error {
	_, err := c.GiveLogin(ctx, person, api.LoginChoice{}, false)
	return err
}

// left retires somebody whose profile has more by now than it had then.
func left(ctx context.Context, c *client.Client, person string) error {
	if err := ownProfile(ctx, c, person); err != nil {
		return err
	}
	if _, err := c.RetirePerson(ctx, person, false); err != nil {
		return err
	}
	return widen(ctx, c, person)
}

func comeBack(ctx context.Context, c *client.Client, person string) error {
	_, err := c.RestorePerson(ctx, person, api.RestoreChoice{}, false)
	return err
}

func ownProfile(ctx context.Context, c *client.Client, person string) error {
	if _, err := c.PutProfile(ctx, "of-"+person, api.ProfileBody{Modules: []string{"amsystem.document"}}, client.Taking{}); err != nil {
		return err
	}
	_, err := c.AddPerson(ctx, api.NewPerson{UserID: person, Profile: "of-" + person, Login: true}, false)
	return err
}

func widen(ctx context.Context, c *client.Client, person string) error {
	_, err := c.PutProfile(ctx, "of-"+person, api.ProfileBody{Modules: []string{"amsystem.document", "amsystem.case"}}, client.Taking{})
	return err
}

func TestHoweverPeopleComeToASeatThereAreNeverMoreThanWereBought(t *testing.T) {
	for _, customer := range customers {
		if testing.Short() && len(customer.ways) < 3 {
			continue
		}
		t.Run(customer.pool, func(t *testing.T) {
			sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
				w := start(t, dsn, customer.installation)
				c := w.client(t, customer.installation.Name)
				if _, err := demo.Activate(t.Context(), c, w.sell(t, customer, seats)); err != nil {
					t.Fatal(err)
				}
				for i, way := range customer.ways {
					crowd(t, c, customer.pool, way, i)
				}
				everyWayAtOnce(t, c, customer)
				if customer.pool == plan {
					longList(t, c)
				}
				w.fsck(t)
				w.whileSetsChange(t, c, customer)
				w.fsck(t)
			})
		})
	}
}

// crowd has more people than there are seats come in the same way at once, and
// go again.
func crowd(t *testing.T, c *client.Client, pool string, way way, n int) {
	t.Helper()
	people := named(t, c, way, fmt.Sprintf("way%d-", n), wanted)
	var given, full atomic.Int64
	each(64, wanted, func(i int) { count(t, way.in(context.Background(), c, people[i]), way.name, &given, &full) })
	l, err := c.License(t.Context(), pool)
	if err != nil || given.Load() != seats || full.Load() != wanted-seats || l.Taken != seats {
		t.Errorf("%s: %d got a seat, %d were told that the pool is full, %d are taken of %d (%v)", way.name, given.Load(), full.Load(), l.Taken, l.Seats, err)
	}
	leave(t, c, people)
	if l, err := c.License(t.Context(), pool); err != nil || l.Taken != 0 {
		t.Errorf("%s: when everybody has gone %d are taken (%v)", way.name, l.Taken, err)
	}
}

// everyWayAtOnce mixes the ways, each for people of its own.
func everyWayAtOnce(t *testing.T, c *client.Client, customer customer) {
	t.Helper()
	var people []string
	for i, way := range customer.ways {
		people = append(people, named(t, c, way, fmt.Sprintf("mixed%d-", i), wanted)...)
	}
	var given, full atomic.Int64
	each(64, len(people), func(i int) {
		way := customer.ways[i%len(customer.ways)]
		person := people[(i%len(customer.ways))*wanted+i/len(customer.ways)]
		count(t, way.in(context.Background(), c, person), way.name, &given, &full)
	})
	l, err := c.License(t.Context(), customer.pool)
	if err != nil || given.Load() != seats || given.Load()+full.Load() != int64(len(people)) || l.Taken != seats {
		t.Errorf("%s in every way at once: %d got a seat, %d were told that the pool is full, %d are taken (%v)", customer.pool, given.Load(), full.Load(), l.Taken, err)
	}
	leave(t, c, people)
}

// longList brings in more people than there are seats, with one list, while others
// take seats one by one: whoever has one has one that was bought, and the list
// says of every row what became of it.
func longList(t *testing.T, c *client.Client) {
	t.Helper()
	people := named(t, c, way{"one by one", nothing, addWithPlan}, "beside-", wanted)
	var list strings.Builder
	list.WriteString("user_id,login,plan\n")
	for i := range wanted {
		fmt.Fprintf(&list, "listed-%02d,yes,%s\n", i, plan)
	}
	var given, full atomic.Int64
	var job api.Job
	each(4, wanted+1, func(i int) {
		if i != 4 { // the list comes when a few have come
			i -= min(1, i/5)
			count(t, addWithPlan(context.Background(), c, people[i]), "one by one", &given, &full)
			return
		}
		b, err := c.ImportPeople(context.Background(), client.Import{File: []byte(list.String()), Partial: true})
		if err == nil {
			job, err = finished(context.Background(), c, b.Job.ID)
		}
		if err != nil {
			t.Error(err)
		}
	})
	l, err := c.License(t.Context(), plan)
	if err != nil || l.Taken != seats || given.Load()+int64(job.Totals.Changed) != seats || job.Totals.Changed+job.Totals.Errors != wanted {
		t.Errorf("a list of %d: %+v, and %d came beside it; %d are taken of %d (%v)", wanted, job.Totals, given.Load(), l.Taken, l.Seats, err)
	}
	t.Logf("figure: a list of %d and %d others at once for %d seats: %d by the list, %d beside it", wanted, wanted, seats, job.Totals.Changed, given.Load())
	for i := range wanted {
		people = append(people, fmt.Sprintf("listed-%02d", i))
	}
	leave(t, c, people)
}

// sell issues a set with so many seats of the customer's pool.
func (w *world) sell(t *testing.T, customer customer, n int) []byte {
	t.Helper()
	order := strings.Replace(customer.order, fmt.Sprintf("quantity: %d}", seats), fmt.Sprintf("quantity: %d}", n), 1)
	file, err := w.vendors.Issue(t.Context(), fmt.Appendf(nil, order, license.DateOf(time.Now()).Add(300)), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// whileSetsChange has people come and go in every way while smaller and larger
// sets are put in force. A set in which not everybody fits is refused; whatever
// set is in force, nobody is beyond it.
func (w *world) whileSetsChange(t *testing.T, c *client.Client, customer customer) {
	t.Helper()
	enough := make(chan struct{})
	gone := make(chan struct{})
	var came atomic.Int64
	go func() {
		defer close(gone)
		each(32, 32, func(writer int) { comeAndGo(t, c, customer.ways[writer%len(customer.ways)], writer, &came, enough) })
	}()
	rounds, refused, activated := 8, 0, 0
	if testing.Short() {
		rounds = 2
	}
	for round := range rounds {
		n := []int{seats / 2, seats}[round%2]
		_, err := demo.Activate(t.Context(), c, w.sell(t, customer, n))
		switch code := codeOf(api.ChangedPerson{}, err); code {
		case "":
			activated++
		case "set.too-small":
			refused++
		default:
			t.Errorf("putting a set of %d in force: %v", n, err)
		}
		if l, err := c.License(t.Context(), customer.pool); err != nil || l.Taken > l.Seats {
			t.Errorf("%d are taken of %d (%v)", l.Taken, l.Seats, err)
		}
	}
	close(enough)
	<-gone
	t.Logf("figure: %s: %d came, %d sets came in force, %d were refused", customer.pool, came.Load(), activated, refused)
	if came.Load() == 0 || activated < rounds/2 {
		t.Errorf("%d came, %d sets came in force: nothing was tested", came.Load(), activated)
	}
	if l, err := c.License(t.Context(), customer.pool); err != nil || l.Taken != 0 {
		t.Errorf("when everybody has gone %d are taken (%v)", l.Taken, err)
	}
}

// comeAndGo has one person after the other come in one way, and go, until it is
// enough.
func comeAndGo(t *testing.T, c *client.Client, way way, writer int, came *atomic.Int64, enough <-chan struct{}) {
	var full atomic.Int64
	for n := 0; ; n++ {
		select {
		case <-enough:
			return
		default:
		}
		people := named(t, c, way, fmt.Sprintf("writer%d-%d-", writer, n), 1)
		count(t, way.in(context.Background(), c, people[0]), way.name, came, &full)
		leave(t, c, people)
	}
}

// named makes people ready for a way in.
func named(t *testing.T, c *client.Client, way way, prefix string, n int) []string {
	t.Helper()
	people := make([]string, n)
	each(16, n, func(i int) {
		people[i] = fmt.Sprintf("%s%02d", prefix, i)
		if err := way.ready(context.Background(), c, people[i]); err != nil {
			t.Errorf("%s: making %s ready: %v", way.name, people[i], err)
		}
	})
	return people
}

func count(t *testing.T, err error, name string, given, full *atomic.Int64) {
	switch code := codeOf(api.ChangedPerson{}, err); code {
	case "":
		given.Add(1)
	case "seat.pool-full":
		full.Add(1)
	default:
		t.Errorf("%s: %s: %v", name, code, err)
	}
}

func leave(t *testing.T, c *client.Client, people []string) {
	t.Helper()
	each(16, len(people), func(i int) {
		_, err := c.RemovePerson(context.Background(), people[i], false)
		if code := codeOf(api.ChangedPerson{}, err); code != "" && code != "person.unknown" {
			t.Errorf("%s does not go: %v", people[i], err)
		}
	})
}
