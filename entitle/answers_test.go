package entitle_test

import (
	"testing"
	"time"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/license"
)

// An office is a small installation with one of everything.
type office struct {
	set    *license.Set
	people []entitle.Holder
}

func date(text string) license.Date {
	d, err := license.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func newOffice() *office {
	user := func(m license.Module) license.License {
		return license.License{Module: m, Kind: license.User, Quantity: 10, People: license.Internal}
	}
	plan := func(m license.Module, includes ...license.Module) license.License {
		l := user(m)
		l.Plan = &license.Plan{Includes: includes, Group: "plans"}
		return l
	}
	o := &office{set: &license.Set{
		Issuer: "ACME", TimeZone: "Europe/Stockholm",
		Dates: license.Dates{Warning: date("2026-06-01"), Expiry: date("2026-06-30"), Grace: date("2026-07-14")},
		Licenses: []license.License{
			{Module: "server", Kind: license.System, Quantity: 1},
			{Module: "Sale", Kind: license.System, Quantity: 1, Edit: "Sale-Cal"},
			{Module: "document", Kind: license.System, Quantity: 1},
			{Module: "quote", Kind: license.System, Quantity: 1, Edit: "quote-cal"}, // nobody sells quote-cal
			{Module: "branch", Kind: license.Site, Quantity: 3},
			user("user"), user("web"), user("sale-cal"), user("visible-for"),
			plan("sales", "user", "web", "sale-cal"), plan("reader", "user", "web"), plan("nothing"),
		},
		Clients: []license.Client{
			{Name: "web", People: license.Internal, System: []license.Module{"server"}, User: []license.Module{"user", "web"}},
			{Name: "phone", People: license.Internal, System: []license.Module{"phone-server"}, User: []license.Module{"user"}},
			{Name: "portal", People: license.External},
		},
	}}
	person := func(id string, number int64, change func(*entitle.Holder), holds ...license.Module) {
		h := entitle.Holder{Person: id, Number: number, Kind: license.Internal, Login: true}
		for _, m := range holds {
			h.Holds = append(h.Holds, license.Held{Name: o.name(m), Quantity: 1})
		}
		if change != nil {
			change(&h)
		}
		o.people = append(o.people, h)
	}
	person("anna", 1, nil, "sales", "visible-for")
	person("bo", 2, nil, "reader")
	person("cecilia", 3, nil, "nothing")
	person("david", 4, func(h *entitle.Holder) { h.ValidThrough = date("2026-06-10") }, "sales")
	person("eva", 5, func(h *entitle.Holder) { h.Login = false }, "sales")
	person("filip", 6, func(h *entitle.Holder) { h.Former = true }, "sales")
	person("gäst", 7, func(h *entitle.Holder) { h.Kind = license.External }, "sales")
	person("hanna", 8, nil, "user")
	return o
}

func (o *office) name(m license.Module) license.Name { return license.NameOf(o.set.Issuer, m) }

func (o *office) active() *license.Active { return license.NewActive(o.set) }

func (o *office) holdings() *entitle.Holdings {
	return &entitle.Holdings{TimeZone: "Europe/Stockholm", People: o.people}
}

func (o *office) person(id string) *entitle.Holder {
	for i := range o.people {
		if o.people[i].Person == id {
			return &o.people[i]
		}
	}
	return nil
}

func (o *office) index() *entitle.Index { return entitle.NewIndex(o.active(), o.holdings(), noon) }

// The moments of the tables, as the office's calendar sees them.
var (
	june10    = noon
	june11    = time.Date(2026, 6, 10, 22, 0, 0, 0, time.UTC) // midnight in Stockholm
	lastDay   = time.Date(2026, 6, 30, 21, 59, 0, 0, time.UTC)
	grace     = time.Date(2026, 6, 30, 22, 0, 0, 0, time.UTC)
	lastGrace = time.Date(2026, 7, 14, 21, 59, 0, 0, time.UTC)
	readOnly  = time.Date(2026, 7, 14, 22, 0, 0, 0, time.UTC)
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	o := newOffice()
	use := func(person string, m license.Module) func(*entitle.Index) entitle.Answer {
		return func(x *entitle.Index) entitle.Answer { return x.Check(person, o.name(m)) }
	}
	signIn := func(person string, client license.Module) func(*entitle.Index) entitle.Answer {
		return func(x *entitle.Index) entitle.Answer { return x.CheckLogin(person, o.name(client)) }
	}
	edit := func(person string, m license.Module) func(*entitle.Index) entitle.Answer {
		return func(x *entitle.Index) entitle.Answer { return x.CheckEdit(person, o.name(m)) }
	}
	on := func(m license.Module) func(*entitle.Index) entitle.Answer {
		return func(x *entitle.Index) entitle.Answer { return x.CheckSystem(o.name(m)) }
	}
	for _, row := range []struct {
		sentence string
		at       time.Time
		ask      func(*entitle.Index) entitle.Answer
		want     string
	}{
		{"somebody may use what a plan includes", june10, use("anna", "sale-cal"), "allow (included) until 2026-07-14"},
		{"somebody may use what was given beside the plan", june10, use("anna", "visible-for"), "allow (held) until 2026-07-14"},
		{"the plan itself is held", june10, use("anna", "sales"), "allow (held) until 2026-07-14"},
		{"the letter case of a module does not matter", june10, use("anna", "SALE-CAL"), "allow (included) until 2026-07-14"},
		{"another plan does not include it", june10, use("bo", "sale-cal"), "deny (not-held)"},
		{"the empty plan gives nothing", june10, use("cecilia", "user"), "deny (not-held)"},
		{"nobody sells it", june10, use("anna", "quote-cal"), "deny (module-unknown)"},
		{"nobody has the user id", june10, use("nobody", "user"), "deny (person-unknown)"},
		{"a system module is on for everybody", june10, use("bo", "sale"), "allow (system) until 2026-07-14"},
		{"a module of databases is nobody's", june10, use("anna", "branch"), "deny (not-held)"},
		{"what somebody may use ends with the login", june10, use("david", "user"), "allow (included) until 2026-06-10"},
		{"a login is good through its last day", june10, signIn("david", "web"), "allow (held) until 2026-06-10"},
		{"a login ends after its last day", june11, signIn("david", "web"), "deny (valid-through-passed)"},
		{"nothing is held after the last day of the login", june11, use("david", "sale-cal"), "deny (valid-through-passed)"},
		{"without a login nothing is held", june10, use("eva", "sale-cal"), "deny (no-login)"},
		{"without a login nobody signs in", june10, signIn("eva", "web"), "deny (no-login)"},
		{"somebody who left holds nothing", june10, use("filip", "sale-cal"), "deny (person-gone)"},
		{"somebody who left does not sign in", june10, signIn("filip", "web"), "deny (person-gone)"},

		{"web needs user and web", june10, signIn("anna", "web"), "allow (held) until 2026-07-14"},
		{"user alone does not sign in to web", june10, signIn("hanna", "web"), "deny (client-needs)"},
		{"the empty plan does not sign in", june10, signIn("cecilia", "web"), "deny (client-needs)"},
		{"web is not for people from outside", june10, signIn("gäst", "web"), "deny (client-kind)"},
		{"the portal needs no module", june10, signIn("gäst", "portal"), "allow (held) until 2026-07-14"},
		{"a client needs its system modules", june10, signIn("anna", "phone"), "deny (client-needs)"},
		{"there is no such client", june10, signIn("anna", "fax"), "deny (client-unknown)"},
		{"nobody has the user id to sign in", june10, signIn("nobody", "web"), "deny (person-unknown)"},

		{"a feature is on", june10, on("sale"), "allow (system) until 2026-07-14"},
		{"a feature nobody bought is off", june10, on("project"), "deny (feature-off)"},
		{"a user module is no feature", june10, on("sale-cal"), "deny (feature-off)"},

		{"the feature is on and its editing is held", june10, edit("anna", "sale"), "allow (included) until 2026-07-14"},
		{"the feature is on and its editing is not held", june10, edit("bo", "sale"), "read-only (no-edit) until 2026-07-14"},
		{"the feature is off", june10, edit("anna", "project"), "deny (feature-off)"},
		{"a feature without a module for editing is edited by all", june10, edit("bo", "document"), "allow (system) until 2026-07-14"},
		{"a feature whose editing nobody sells is only read", june10, edit("anna", "quote"), "read-only (no-edit) until 2026-07-14"},
		{"somebody who left edits nothing and reads nothing", june10, edit("filip", "sale"), "deny (person-gone)"},
		{"nobody has the user id to edit", june10, edit("nobody", "sale"), "deny (person-unknown)"},

		{"the last day before grace is like any other", lastDay, use("anna", "sale-cal"), "allow (included) until 2026-07-14"},
		{"in grace everything works and says so", grace, use("anna", "sale-cal"), "allow (included) until 2026-07-14, in grace"},
		{"in grace people sign in and it says so", grace, signIn("anna", "web"), "allow (held) until 2026-07-14, in grace"},
		{"in grace features are on and say so", grace, on("sale"), "allow (system) until 2026-07-14, in grace"},
		{"in grace editing works and says so", grace, edit("anna", "sale"), "allow (included) until 2026-07-14, in grace"},
		{"the last day of grace still works", lastGrace, edit("anna", "sale"), "allow (included) until 2026-07-14, in grace"},
		{"after grace a module is only read", readOnly, use("anna", "sale-cal"), "read-only (issuer-read-only)"},
		{"after grace the modules that sign in are allowed", readOnly, use("anna", "web"), "allow (included)"},
		{"after grace people sign in", readOnly, signIn("anna", "web"), "allow (issuer-read-only)"},
		{"after grace those who could not sign in still cannot", readOnly, signIn("hanna", "web"), "deny (client-needs)"},
		{"after grace features are only read", readOnly, on("sale"), "read-only (issuer-read-only)"},
		{"after grace nobody edits", readOnly, edit("anna", "sale"), "read-only (issuer-read-only)"},
		{"after grace what was not held is not held", readOnly, use("bo", "sale-cal"), "deny (not-held)"},
		{"after grace somebody who left is still gone", readOnly, signIn("filip", "web"), "deny (person-gone)"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			x := entitle.NewIndex(o.active(), o.holdings(), row.at)
			if got := row.ask(x).String(); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
			if got := row.ask(o.index().At(row.at)).String(); got != row.want {
				t.Errorf("an index that was taken to the moment says %s, want %s", got, row.want)
			}
		})
	}
}

func TestAnotherIssuerIsUntouched(t *testing.T) {
	t.Parallel()
	o := newOffice()
	other := &license.Set{Issuer: "HUMBUG", TimeZone: "UTC", Licenses: []license.License{{Module: "sale-cal", Kind: license.User, Quantity: 1}}}
	theirs := license.NameOf("HUMBUG", "sale-cal")
	anna := o.person("anna")
	anna.Holds = append(anna.Holds, license.Held{Name: theirs, Quantity: 1})
	x := entitle.NewIndex(license.NewActive(o.set, other), o.holdings(), readOnly)
	if got := x.Check("anna", theirs).String(); got != "allow (held)" {
		t.Errorf("when another issuer's grace is over: %s", got)
	}
	if got := x.Check("bo", theirs).String(); got != "deny (not-held)" {
		t.Errorf("who holds a module of that name of another issuer: %s", got)
	}
}

func TestNextChange(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		sentence, zone, setZone, now, want string
	}{
		{"a day ends at midnight in the installation's zone", "Europe/Stockholm", "Europe/Stockholm", "2026-06-10T10:00:00Z", "2026-06-10T22:00:00Z"},
		{"or in the set's, whichever is first", "Europe/Stockholm", "Asia/Tokyo", "2026-06-10T10:00:00Z", "2026-06-10T15:00:00Z"},
		{"at midnight the next day is a day away", "UTC", "UTC", "2026-06-10T00:00:00Z", "2026-06-11T00:00:00Z"},
		{"a day of 23 hours", "Europe/Stockholm", "Europe/Stockholm", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
		{"where the clocks skip midnight the day begins at one", "Africa/Cairo", "Africa/Cairo", "2026-04-23T12:00:00Z", "2026-04-23T22:00:00Z"},
		{"where the last hour comes twice the day ends once", "Africa/Cairo", "Africa/Cairo", "2026-10-29T20:30:00Z", "2026-10-29T22:00:00Z"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, row.now)
			if err != nil {
				t.Fatal(err)
			}
			set := &license.Set{Issuer: "ACME", TimeZone: row.setZone}
			x := entitle.NewIndex(license.NewActive(set), &entitle.Holdings{TimeZone: row.zone}, now)
			if got := x.NextChange().UTC().Format(time.RFC3339); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

// TestNextChangeMissesNothing walks through a year in zones with odd clocks: at
// every moment named, the date has just changed.
func TestNextChangeMissesNothing(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Africa/Cairo", "America/Havana", "America/Santiago", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia", "Europe/Stockholm"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		x := entitle.NewIndex(license.NewActive(), &entitle.Holdings{TimeZone: zone}, time.Date(2011, 12, 25, 0, 0, 0, 0, time.UTC))
		for range 370 {
			next := x.NextChange()
			before, after := license.DateOf(next.Add(-time.Second).In(loc)), license.DateOf(next.In(loc))
			if before == after {
				t.Fatalf("%s: %v is no change of date", zone, next.In(loc))
			}
			if x = x.At(next); !x.NextChange().After(next) {
				t.Fatalf("%s: after %v comes %v", zone, next, x.NextChange())
			}
		}
	}
}

func TestWordsOfAnswers(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range entitle.Reasons() {
		var back entitle.Reason
		if err := back.UnmarshalText([]byte(r.String())); err != nil || back != r || r.String() == "" || seen[r.String()] {
			t.Errorf("reason %d is written %q and read as %v (%v)", r, r, back, err)
		}
		seen[r.String()] = true
	}
	if (entitle.Answer{}).Allowed() || (entitle.Answer{}).CanRead() {
		t.Error("the zero answer does not deny")
	}
	if a := (entitle.Answer{Effect: entitle.ReadOnly}); a.Allowed() || !a.CanRead() {
		t.Error("read-only is not reading only")
	}
}
