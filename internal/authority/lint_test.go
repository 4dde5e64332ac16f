package authority

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// small is a catalogue with one of everything.
const small = `format: pott-catalogue/v1
issuer: {code: ACME, name: Acme}
serial: {digits: 10, check: luhn}
occupancy: assignment
languages: [sv, en]
default_generation: new
generations: [{code: new, name: New}, {code: old, name: Old, show: [login]}]
clients:
  - {name: web, user: [login], system: [server], system_for: {online: [cloud]}}
modules:
  - {module: server, kind: system, hidden: true}
  - {module: cloud, kind: system}
  - {module: login, kind: user, hidden: true}
  - {module: sale, kind: system, edit: sale-cal}
  - {module: sale-cal, kind: user, hidden: true, prerequisite: login}
  - {module: extra, kind: user, name: {en: Extra, sv: Tillägg}}
  - {module: tier, kind: system, marker: true}
  - {module: old-name, kind: user, plan_name: true}
  - {module: guest, kind: user, unrestricted: true, people: [external]}
plans:
  - {code: seller, generation: new, group: plans, parts: [{line: sales, tier: one}], markers: [tier], includes: [login, sale-cal], package_name: old-name}
  - {code: none, generation: new, group: plans, unrestricted: true}
  - {code: classic, generation: old, group: plans, includes: [login]}
`

// order is an order of that catalogue with nothing wrong.
const order = `format: pott-order/v1
issuer: ACME
company: Nordlys
serial: "1600070120"
time_zone: Europe/Stockholm
dates: {next_check: 2026-07-01, warning: 2027-02-27, expiry: 2027-03-27, grace: 2027-04-08, maintenance: 2027-02-27}
lines:
  - {module: server, quantity: 1}
  - {module: sale, quantity: 1}
  - {module: login, quantity: 7}
  - {module: sale-cal, quantity: 7}
  - {plan: seller, quantity: 7}
  - {plan: none, quantity: 1}
`

// problems lists what is wrong, one line each: severity, code and line.
func problems(ps []Problem) string {
	var b strings.Builder
	for _, p := range ps {
		mark := ""
		if p.Severity == Warning {
			mark = "warning "
		}
		fmt.Fprintf(&b, "%s%s@%d\n", mark, p.Code(), p.Line)
	}
	return b.String()
}

func parsed(t *testing.T, catalogue string) *Catalogue {
	t.Helper()
	c, err := ParseCatalogue([]byte(catalogue))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLintOrder(t *testing.T) {
	rows := []struct {
		name, old, new string // what is changed in the order
		before         Before
		want           string
	}{
		{name: "nothing is wrong", want: ""},
		{name: "a module nobody sells", old: "module: sale,", new: "module: sael,", want: "order.unknown@9\n"},
		{name: "a plan nobody sells", old: "plan: none", new: "plan: nome", want: "order.unknown@13\n"},
		{name: "a module where a plan should stand", old: "plan: none", new: "plan: extra", want: "order.unknown@13\n"},
		{name: "another format's name for plans", old: "module: sale,", new: "module: old-name,", want: "order.plan-name@9\n"},
		{name: "the same as a plan", old: "plan: none", new: "plan: OLD-name", want: "order.plan-name@13\n"},
		{name: "a plan of another generation", old: "plan: none", new: "plan: classic", want: "order.wrong-generation@13\nwarning order.short@10\n"},
		{name: "a generation nobody sells", old: "serial:", new: "generation: nwe\nserial:", want: "order.unknown@0\norder.wrong-generation@13\norder.wrong-generation@14\n"},
		{name: "the same module in other letters", old: "module: sale-cal", new: "module: LOGIN", want: "order.duplicate@11\norder.included-missing@12\n"},
		{name: "nothing of something", old: "sale, quantity: 1", new: "sale, quantity: 0", want: "order.quantity@9\n"},
		{name: "less than nothing", old: "none, quantity: 1", new: "none, quantity: -3", want: "order.quantity@13\n"},
		{name: "more than a file can say", old: "none, quantity: 1", new: "none, quantity: 9007199254740992", want: "order.quantity@13\n"},
		{name: "a plan without what it includes", old: "  - {module: login, quantity: 7}\n", new: "", want: "order.prerequisite-missing@10\norder.included-missing@11\n"},
		{name: "a hidden module short of its plans", old: "sale-cal, quantity: 7", new: "sale-cal, quantity: 6", want: "warning order.short@11\n"},
		{name: "a hidden module no plan includes", old: "  - {plan: seller, quantity: 7}\n", new: "", want: "warning order.unreachable@10\nwarning order.unreachable@11\n"},
		{name: "nobody could sign in", old: "  - {module: server, quantity: 1}\n", new: "", want: "warning order.client@0\n"},
		{name: "nobody could sign in online", old: "serial:", new: "deployment: online\nserial:", want: "warning order.client@0\n"},
		{name: "no lines", old: order[strings.Index(order, "lines:"):], new: "", want: "order.empty@0\n"},
		{name: "a mistyped serial number", old: "1600070120", new: "1600070121", want: "order.serial@0\n"},
		{name: "a short serial number", old: "1600070120", new: "160007012", want: "order.serial@0\n"},
		{name: "no serial number", old: `"1600070120"`, new: `""`, want: "order.serial@0\n"},
		{name: "letters in a serial number", old: "1600070120", new: "16000701I0", want: "order.serial@0\n"},
		{name: "a demo number for a paying customer", old: "1600070120", new: "1010000006", want: "order.demo@0\n"},
		{name: "a demo without a demo number", old: "company:", new: "demo: true\ncompany:", want: "order.demo@0\norder.demo@0\n"},
		{name: "warned after the end", old: "warning: 2027-02-27", new: "warning: 2027-03-28", want: "order.dates@0\n"},
		{name: "grace before the end", old: "grace: 2027-04-08", new: "grace: 2027-03-26", want: "order.dates@0\n"},
		{name: "grace and warning without an end", old: "expiry: 2027-03-27, ", new: "", want: "order.dates@0\norder.dates@0\n"},
		{name: "asked again after the end", old: "next_check: 2026-07-01", new: "next_check: 2027-04-09", want: "order.dates@0\n"},
		{name: "begins after its end", old: "dates: {next", new: "start: 2027-03-28\ndates: {next", want: "order.dates@0\n"},
		{name: "begins on its last day", old: "dates: {next", new: "start: 2027-03-27\ndates: {next", want: ""},
		{name: "over before it begins", old: "warning: 2027-02-27, expiry: 2027-03-27, grace: 2027-04-08", new: "expiry: 2026-06-01, grace: 2026-06-09", want: "order.dates@0\norder.past@0\n"},
		{name: "its last day is today", old: "next_check: 2026-07-01, warning: 2027-02-27, expiry: 2027-03-27, grace: 2027-04-08", new: "expiry: 2026-06-10", want: ""},
		{name: "a time zone nobody knows", old: "Europe/Stockholm", new: "Europe/Stokholm", want: "order.time-zone@0\n"},
		{name: "no time zone", old: "time_zone: Europe/Stockholm\n", new: "", want: "order.time-zone@0\n"},
		{name: "the machine's time zone", old: "Europe/Stockholm", new: "Local", want: "order.time-zone@0\n"},
		{name: "a company nobody can see", old: "Nordlys", new: `"Nord\u200blys"`, want: "order.bad-text@0\n"},
		{name: "a company with a line end", old: "Nordlys", new: `"Nord\nlys"`, want: "order.bad-text@0\n"},
		{name: "a company read backwards", old: "Nordlys", new: `"Nord\u202Elys"`, want: "order.bad-text@0\n"},
		{name: "a company in pieces", old: "Nordlys", new: `"Norrsken A\u030Are"`, want: "order.bad-text@0\n"},
		{name: "no company", old: "company: Nordlys\n", new: "", want: "order.bad-text@0\n"},
		{name: "another vendor's order", old: "issuer: ACME", new: "issuer: EMCA", want: "order.wrong-issuer@0\n"},
		{name: "an installation that is none", old: "serial:", new: "installation: 00ff\nserial:", want: "order.bad-text@0\n"},
		{name: "the number that comes next", old: "serial:", new: "number: 5\nserial:", before: Before{4, "", "Nordlys"}, want: ""},
		{name: "a number issued before", old: "serial:", new: "number: 4\nserial:", before: Before{4, "", "Nordlys"}, want: "order.number@0\n"},
		{name: "a number too far ahead", old: "serial:", new: "number: 6\nserial:", before: Before{4, "", "Nordlys"}, want: "order.number@0\n"},
		{name: "the company has a new name", before: Before{4, "", "Nordlys Drift"}, want: "warning order.company-changed@0\n"},
	}
	c := parsed(t, small)
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			text := strings.Replace(order, row.old, row.new, 1)
			if row.old != "" && text == order {
				t.Fatal("the row changes nothing")
			}
			o, err := ParseOrder([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if got := problems(lintOrder(o, c, row.before, noon)); got != row.want {
				t.Errorf("got\n%swant\n%s", got, row.want)
			}
		})
	}
}

func TestWhereEverybodyIsOnOnePlanAnOrderHasOne(t *testing.T) {
	c := parsed(t, strings.Replace(small, "occupancy: assignment", "occupancy: login", 1))
	for _, row := range []struct{ name, old, want string }{
		{"one", "", ""},
		{"none", "  - {plan: seller, quantity: 7}\n", "warning order.unreachable@10\nwarning order.unreachable@11\norder.one-plan@0\n"},
	} {
		o, err := ParseOrder([]byte(strings.Replace(order, row.old, "", 1)))
		if err != nil {
			t.Fatal(err)
		}
		if got := problems(lintOrder(o, c, Before{}, noon)); got != row.want {
			t.Errorf("%s: got\n%swant\n%s", row.name, got, row.want)
		}
	}
}

func TestLintNamesEveryProblemAtOnce(t *testing.T) {
	text := strings.NewReplacer("1600070120", "1600070121", "module: sale,", "module: sael,", "Europe/Stockholm", "Mars",
		"none, quantity: 1", "none, quantity: 0", "Nordlys", `""`).Replace(order)
	o, err := ParseOrder([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r := review(o, parsed(t, small), Before{}, noon)
	e, _ := Blocked(r.Problems).(*LintError)
	if e == nil || e.Count() != 5 || r.Draft != nil {
		t.Fatalf("%v; want five problems and no draft", e)
	}
	for _, want := range []string{"1600070121", `did you mean "sale"`, "Mars", "the quantity of \"none\" is 0", "company is empty", "its check digit would be 0"} {
		if !strings.Contains(e.Error(), want) {
			t.Errorf("the error does not say %q: %s", want, e)
		}
	}
}

func TestLintCatalogue(t *testing.T) {
	for _, row := range []struct{ name, old, new, want string }{
		{"nothing is wrong", "", "", ""},
		{"an issuer in small letters", "code: ACME", "code: acme", "catalogue.bad-name@0\n"},
		{"an issuer without a name", "name: Acme", "name: ''", "catalogue.bad-text@0\n"},
		{"an occupancy nobody knows", "occupancy: assignment", "occupancy: both", "catalogue.bad-field@0\n"},
		{"a check nobody knows", "check: luhn", "check: mod11", "catalogue.bad-field@0\n"},
		{"a language no set carries", "[sv, en]", "[sv, en, fi]", "catalogue.bad-field@0\n"},
		{"a text in a language the catalogue does not have", "sv: Tillägg", "nb: Tillegg", "catalogue.bad-field@16\n"},
		{"a text in a language no set carries", "sv: Tillägg", "fi: Lisä", "catalogue.bad-field@16\n"},
		{"a default generation that is none", "default_generation: new", "default_generation: newer", "catalogue.unknown@0\n"},
		{"a generation twice", "{code: old,", "{code: new,", "catalogue.duplicate@7\ncatalogue.unknown@23\n"},
		{"a generation that shows what is no module", "show: [login]", "show: [logn]", "catalogue.unknown@7\n"},
		{"a client that needs what is no module", "system: [server]", "system: [srv]", "catalogue.unknown@9\n"},
		{"a client that needs a person to hold a system module", "user: [login]", "user: [server]", "catalogue.wrong-kind@9\n"},
		{"a client written large", "name: web", "name: Web", "catalogue.bad-name@9\n"},
		{"a module with a letter it may not have", "module: cloud", "module: clöud", "catalogue.unknown@9\ncatalogue.bad-name@12\n"},
		{"a module twice, in other letters", "module: cloud,", "module: Server,", "catalogue.unknown@9\ncatalogue.duplicate@12\n"},
		{"a module of no kind", "{module: cloud, kind: system}", "{module: cloud}", "catalogue.wrong-kind@9\ncatalogue.bad-field@12\n"},
		{"a prerequisite that is no module", "prerequisite: login", "prerequisite: logn", "catalogue.unknown@15\n"},
		{"modules that need each other", "{module: login, kind: user, hidden: true}", "{module: login, kind: user, prerequisite: sale-cal}", "catalogue.circle@13\ncatalogue.prerequisite@23\n"},
		{"a module that needs itself", "prerequisite: login", "prerequisite: sale-cal", "catalogue.circle@15\n"},
		{"editing given by a system module", "edit: sale-cal", "edit: cloud", "catalogue.wrong-kind@14\n"},
		{"editing of a user module", "{module: extra, kind: user,", "{module: extra, kind: user, edit: login,", "catalogue.bad-field@16\n"},
		{"people for a system module", "{module: cloud, kind: system}", "{module: cloud, kind: system, people: [external]}", "catalogue.bad-field@12\n"},
		{"a marker that is given", "{module: extra, kind: user,", "{module: extra, kind: user, marker: true,", "catalogue.bad-field@16\n"},
		{"a plan that includes what is no module", "includes: [login, sale-cal]", "includes: [login, sale-cal, tour]", "catalogue.unknown@21\n"},
		{"a plan that includes a system module", "includes: [login, sale-cal]", "includes: [login, sale-cal, cloud]", "catalogue.wrong-kind@21\n"},
		{"a plan that includes a module twice", "includes: [login, sale-cal]", "includes: [login, sale-cal, LOGIN]", "catalogue.duplicate@21\n"},
		{"a plan that includes a plan", "includes: [login, sale-cal]", "includes: [login, sale-cal, old-name]", "catalogue.bad-field@21\n"},
		{"a plan without what its modules need", "includes: [login, sale-cal]", "includes: [sale-cal]", "catalogue.prerequisite@21\n"},
		{"a plan named as a module", "code: none", "code: Extra", "catalogue.duplicate@22\n"},
		{"a plan twice", "code: none", "code: seller", "catalogue.duplicate@22\n"},
		{"a plan of a generation that is none", "generation: old", "generation: older", "catalogue.unknown@23\n"},
		{"a plan of one line at two tiers", "[{line: sales, tier: one}]", "[{line: sales, tier: one}, {line: sales, tier: two}]", "catalogue.duplicate@21\n"},
		{"a marker that is none", "markers: [tier]", "markers: [cloud]", "catalogue.bad-field@21\n"},
		{"a package name that is no plan's", "package_name: old-name", "package_name: extra", "catalogue.bad-field@21\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := strings.Replace(small, row.old, row.new, 1)
			if row.old != "" && text == small {
				t.Fatal("the row changes nothing")
			}
			if got := problems(parsed(t, text).Lint()); got != row.want {
				t.Errorf("got\n%swant\n%s", got, row.want)
			}
		})
	}
}

func TestMalformedDocumentsSayWhere(t *testing.T) {
	for _, row := range []struct {
		name, old, new string
		line           int
		why            string
	}{
		{"an unknown field", "company: Nordlys", "compny: Nordlys", 3, `the field "compny" is not known`},
		{"an unknown field of a line", "{module: sale, quantity: 1}", "{module: sale, qty: 1}", 9, `the field "qty" is not known`},
		{"a field twice", "company: Nordlys", "company: Nordlys\ncompany: Sydlys", 4, `mapping key "company" already defined at line 3`},
		{"a word instead of a number", "none, quantity: 1", "none, quantity: one", 13, "cannot unmarshal !!str `one` into int64"},
		{"a day that does not exist", "2026-07-01", "2026-06-31", 6, `"2026-06-31" is not a date written as 2026-06-10`},
		{"a way to count that is none", "lines:", "quantities: guessed\nlines:", 7, `"guessed" is not a way to state quantities: use one of explicit, derived`},
		{"a line that names nothing", "{plan: none, quantity: 1}", "{quantity: 1}", 13, "a line names a module or a plan, and not both"},
		{"a line that names both", "{plan: none, quantity: 1}", "{plan: none, module: sale, quantity: 1}", 13, "a line names a module or a plan, and not both"},
		{"another format", "pott-order/v1", "pott-order/v2", 1, `its format is "pott-order/v2", and only "pott-order/v1" is known`},
		{"two documents", "format:", "{}\n---\nformat:", 0, "there is more than one document in it"},
		{"nothing", order, "", 0, "it is empty"},
		{"no YAML", "lines:\n", "lines: [\n", 0, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ParseOrder([]byte(strings.Replace(order, row.old, row.new, 1)))
			e, _ := err.(*OrderMalformedError)
			if e == nil || row.why != "" && (e.Line != row.line || e.Why != row.why) {
				t.Errorf("got %+v; want line %d: %s", err, row.line, row.why)
			}
		})
	}
}

func TestDerivedQuantitiesAreTheSumOfThePlans(t *testing.T) {
	text := `format: pott-order/v1
issuer: SUPEROFFICE
company: Designteamet
serial: "1600070120"
time_zone: Europe/Stockholm
dates: {expiry: 2027-03-27}
quantities: derived
lines:
  - {module: server, quantity: 1}
  - {module: web, quantity: 50}
  - {plan: sales-premium, quantity: 21}
  - {plan: service-premium, quantity: 15}
  - {plan: marketing-premium, quantity: 7}
  - {plan: sales-premium-service-premium-marketing-premium, quantity: 20}
`
	o, err := ParseOrder([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c := parsed(t, string(examples.Bytes("superoffice/catalogue.yaml")))
	r := review(o, c, Before{}, noon)
	if got := problems(r.Problems); r.Draft == nil || got != "warning order.short@10\nwarning order.client@0\n" {
		t.Errorf("problems:\n%s", got)
	}
	want := map[license.Module]int64{
		"user": 63, "t2": 63, "sale-cal": 41, "ej-client": 35, "mktg-auto-cal": 27, // as the sample counts them
		"sales-t2": 41, "service-t2": 35, "marketing-t2": 27, // and its markers
		"web": 50, // the line of the order wins
	}
	for m, n := range want {
		if l := r.Set.License(m); l == nil || l.Quantity != n {
			t.Errorf("%s: %+v; want %d seats", m, l, n)
		}
	}
}

func TestOneSeatOfAPlanDerivesOneOfEverything(t *testing.T) {
	c := parsed(t, strings.Replace(small, "includes: [login, sale-cal]", "includes: [LOGIN, Sale-Cal]", 1))
	o, err := ParseOrder([]byte(order[:strings.Index(order, "lines:")] + "quantities: derived\nlines: [{module: server, quantity: 1}, {plan: SELLER, quantity: 1}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range review(o, c, Before{}, noon).Set.Licenses {
		got = append(got, fmt.Sprintf("%s %d", l.Module, l.Quantity))
	}
	if want := []string{"server 1", "seller 1", "login 1", "sale-cal 1", "tier 1"}; !slices.Equal(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
}

func TestWhatAnOrderSaysWinsOverTheCatalogue(t *testing.T) {
	text := strings.NewReplacer(
		"{module: login, quantity: 7}", "{module: LOGIN, quantity: 7, hidden: false, unrestricted: true, open_ended: true}",
		"serial:", "deployment: online\nversion: '11.11'\nserial:", "{module: sale,", "{module: cloud, quantity: 1}\n  - {module: sale,").Replace(order)
	o, err := ParseOrder([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r := review(o, parsed(t, small), Before{}, noon)
	l := r.Set.License("login")
	if l.Module != "login" || l.Hidden || !l.Unrestricted || !l.OpenEnded || l.Version != "11.11" || l.People != license.Internal {
		t.Errorf("login is %+v; want the order's word in the catalogue's spelling", l)
	}
	if c := r.Set.Clients[0]; c.Name != "web" || !slices.Equal(c.System, []license.Module{"server", "cloud"}) {
		t.Errorf("the client is %+v; want the online modules too", c)
	}
}

func TestTheOldestGenerationGivesModulesByHand(t *testing.T) {
	text := strings.NewReplacer("company:", "generation: '6-7'\ncompany:", "ACME", "SUPEROFFICE").Replace(order[:strings.Index(order, "lines:")]) + `lines:
  - {module: server, quantity: 1}
  - {module: user, quantity: 10}
  - {module: web, quantity: 5}
  - {module: windows, quantity: 7}
  - {module: travel, quantity: 7}
  - {module: remote-travel, quantity: 5}
  - {module: pocket-cal, quantity: 9}
  - {module: quote-cal, quantity: 3}
`
	o, err := ParseOrder([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r := review(o, parsed(t, string(examples.Bytes("superoffice/catalogue.yaml"))), Before{}, noon)
	if r.Draft == nil || len(r.Problems) > 0 {
		t.Fatalf("problems: %v", r.Problems)
	}
	for _, l := range r.Set.Licenses[1:] {
		if l.Hidden {
			t.Errorf("%s is hidden, and nobody could be given it", l.Module)
		}
	}
	var clients []string
	for _, c := range r.Set.Clients {
		clients = append(clients, c.Name)
	}
	if !slices.Equal(clients, []string{"web", "windows"}) {
		t.Errorf("clients %v; want web and windows", clients)
	}
}

func TestTheFenceNamesEverythingOutside(t *testing.T) {
	f := DefaultFence(license.DateOf(noon))
	f.MaxQuantity, f.Modules, f.Unrestricted, f.Kinds, f.MaxTermDays = 20, []string{"ten*", "s*", "no-selection", "user"}, false, []license.Kind{license.System, license.User}, 100
	s := license.Set{
		Issuer: "SUPEROFFICE", Issued: noon, Dates: license.Dates{Expiry: license.Date{Year: 2027, Month: 3, Day: 27}},
		Licenses: []license.License{
			{Module: "Sales-Premium", Kind: license.User, Quantity: 21},
			{Module: "server", Kind: license.System, Quantity: 1},
			{Module: "web", Kind: license.User, Quantity: 1},
			{Module: "satellite", Kind: license.Site, Quantity: 1},
			{Module: "no-selection", Kind: license.User, Quantity: 1, Unrestricted: true},
		},
	}
	var got []string
	for _, p := range fenceProblems(&f, s) {
		e := p.Err.(*OrderFenceError)
		got = append(got, e.Fence+" "+string(e.Module))
	}
	if want := []string{"term ", "quantity Sales-Premium", "module web", "kind satellite", "unrestricted no-selection"}; !slices.Equal(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
	f = DefaultFence(license.DateOf(noon))
	f.MaxTotal = 24
	if ps := fenceProblems(&f, s); len(ps) != 1 || ps[0].Err.(*OrderFenceError).Fence != "total" {
		t.Errorf("a total of 25 above 24: %v", ps)
	}
}

func TestAnOrderOutsideTheFenceIsNotPrepared(t *testing.T) {
	f := DefaultFence(license.DateOf(noon))
	f.MaxQuantity = 40
	a := founded(t, t.TempDir()+"/a.db", f)
	_, err := a.Prepare(t.Context(), "anna", order1, noon)
	e, ok := err.(*LintError)
	if !ok || e.Count() != 19 { // what has 63 seats, and what has 41
		t.Errorf("Prepare = %v; want 19 licenses above 40", err)
	}
	if list, _ := a.Sets(t.Context()); len(list) != 0 {
		t.Errorf("%d sets are on record; want none", len(list))
	}
}

func TestADemoSetIsShort(t *testing.T) {
	base := strings.NewReplacer("1600070120", "1010000006", "company:", "demo: true\ncompany:").Replace(order)
	for _, row := range []struct{ dates, want string }{
		{"{expiry: 2026-08-09}", ""}, // sixty days
		{"{expiry: 2026-08-10}", "order.demo@0\n"},
		{"{expiry: 2026-07-30, grace: 2026-08-10}", "order.demo@0\n"},
		{"{}", "order.demo@0\n"},
	} {
		i := strings.Index(base, "dates: ")
		text := base[:i] + "dates: " + row.dates + base[i+strings.IndexByte(base[i:], '\n'):]
		o, err := ParseOrder([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := problems(lintOrder(o, parsed(t, small), Before{}, noon)); got != row.want {
			t.Errorf("%s: %q; want %q", row.dates, got, row.want)
		}
	}
}

func TestSerialNumbers(t *testing.T) {
	rule := SerialRule{Digits: 10, Check: LuhnCheck}
	for _, s := range examples.Designteamet().Serials.Valid {
		if f := rule.Fault(s.Serial); f != SerialFine || rule.Demo(s.Serial) != s.Demo {
			t.Errorf("%s: %q, demo %v; want fine, demo %v", s.Serial, f, rule.Demo(s.Serial), s.Demo)
		}
	}
	for _, s := range examples.Designteamet().Serials.Invalid {
		if f := rule.Fault(s.Serial); string(f) != s.Reason {
			t.Errorf("%s: %q; want %q", s.Serial, f, s.Reason)
		}
	}
	free := SerialRule{Check: NoCheck}
	for serial, want := range map[string]SerialFault{"NORDLYS-01": SerialFine, "": SerialEmpty, "-x": SerialGrammar, "a b": SerialGrammar, strings.Repeat("a", 65): SerialGrammar} {
		if f := free.Fault(serial); f != want {
			t.Errorf("%q: %q; want %q", serial, f, want)
		}
	}
}

// A draft that lint lets through can always be written, whatever the order says.
func FuzzParseOrder(f *testing.F) {
	f.Add([]byte(order))
	f.Add(order1)
	f.Add(examples.Bytes("nordlys/order-1.yaml"))
	c, err := ParseCatalogue([]byte(small))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		o, err := ParseOrder(text)
		if err != nil {
			return
		}
		blocked := slices.ContainsFunc(lintOrder(o, c, Before{}, noon), func(p Problem) bool { return p.Severity == Blocking })
		if _, err := licensefile.NewDraft(setOf(o, c, Before{}, noon)); err != nil && !blocked {
			t.Errorf("lint finds nothing, and the draft says: %v", err)
		}
	})
}

func FuzzParseCatalogue(f *testing.F) {
	f.Add([]byte(small))
	f.Add(examples.Bytes("amsystem/catalogue.yaml"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if c, err := ParseCatalogue(text); err == nil {
			for _, p := range c.Lint() {
				if p.Code() == "internal" || p.Err.Error() == "" {
					t.Errorf("a problem without a code or a sentence: %#v", p)
				}
			}
		}
	})
}
