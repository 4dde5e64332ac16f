package seat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// tell writes a trace down, one fact per line.
func tell(t seat.Trace) []string {
	first := string(t.Effect) + " " + t.Reason
	if t.Grace {
		first += " in grace"
	}
	if !t.Until.IsZero() {
		first += " until " + t.Until.String()
	}
	lines := []string{first}
	for _, p := range t.Paths {
		lines = append(lines, "path to "+string(p.Name.Module))
		for _, s := range p.Steps {
			lines = append(lines, "  "+tellStep(s))
		}
	}
	for _, m := range t.Missing {
		lines = append(lines, strings.TrimSpace("missing "+m.Reason+" "+string(m.Name.Module)))
		for _, f := range m.Fixes {
			lines = append(lines, "  "+tellFix(f))
		}
	}
	return lines
}

func tellStep(s seat.Step) string {
	switch s.Fact {
	case seat.PersonHolds:
		return fmt.Sprintf("%s %s by %s", s.Fact, s.Name.Module, s.By)
	case seat.ProfileHas:
		return fmt.Sprintf("%s %s %s", s.Fact, s.Profile, s.Name.Module)
	case seat.PlanIncludes, seat.PrerequisiteHeld, seat.PrerequisiteMissing:
		return fmt.Sprintf("%s %s of %s", s.Fact, s.Name.Module, s.Of.Module)
	case seat.SetInForce:
		return fmt.Sprintf("%s %s %d %s until %s", s.Fact, s.Issuer, s.Number, s.State, s.Until)
	case seat.SystemOn:
		return fmt.Sprintf("%s %s", s.Fact, s.Name.Module)
	}
	return string(s.Fact)
}

func tellFix(f seat.Fix) string {
	text := string(f.Act)
	if f.Name != (license.Name{}) {
		text += " " + string(f.Name.Module)
	}
	if f.Free != nil {
		text += fmt.Sprintf(" free %d", *f.Free)
	}
	if len(f.Gains) > 0 {
		text += fmt.Sprintf(" gains %d", len(f.Gains))
	}
	if len(f.Loses) > 0 {
		text += fmt.Sprintf(" loses %d", len(f.Loses))
	}
	return text
}

func TestWhy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		given string
		who   string
		ask   seat.Ask
		about string
		want  string
	}{
		{
			"a module that two plans include has two paths", "anna set both\nanna add ai", "anna", seat.AskModule, "mail-cal", `
			allow included until 2027-04-08
			path to mail-cal
			  person-holds ai by
			  plan-includes mail-cal of ai
			  may-sign-in
			  set-in-force SUPEROFFICE 1 ok until 2027-04-08
			path to mail-cal
			  person-holds both by
			  plan-includes mail-cal of both
			  may-sign-in
			  set-in-force SUPEROFFICE 1 ok until 2027-04-08`,
		}, {
			"an extra given by hand names its prerequisite", "anna set basic\nanna give mobile", "anna", seat.AskModule, "mobile", `
			allow held until 2027-04-08
			path to mobile
			  person-holds mobile by
			  prerequisite-held user of mobile
			  may-sign-in
			  set-in-force SUPEROFFICE 1 ok until 2027-04-08`,
		}, {
			"the nearest fix brings least", "anna set basic", "anna", seat.AskModule, "mail-cal", `
			deny not-held
			missing not-held mail-cal
			  set-plan ai free 2 gains 1
			  set-plan both free 2 gains 2`,
		}, {
			"of two that bring as much the issuer's order decides", "anna set sales", "anna", seat.AskModule, "mail-cal", `
			deny not-held
			missing not-held mail-cal
			  set-plan both free 2 gains 1
			  set-plan ai free 2 gains 1`,
		}, {
			"a full plan is no fix while another has room", "bea add ai\ncia add ai\ncia set both", "anna", seat.AskModule, "sale-cal", `
			deny not-held
			missing not-held sale-cal
			  set-plan sales free 1 gains 3`,
		}, {
			"when everything is full that is said", "bea set both\ncia set both", "anna", seat.AskModule, "mail-cal", `
			deny not-held
			missing not-held mail-cal
			  set-plan ai free 0 gains 1
			  set-plan both free 0 gains 4`,
		}, {
			"an extra is the nearest fix for itself, and its prerequisite is missing too", "", "anna", seat.AskModule, "mobile", `
			deny not-held
			missing not-held mobile
			missing prerequisite-missing user
			  set-plan basic free 4 gains 2
			  set-plan sales free 2 gains 3
			  set-plan both free 2 gains 4`,
		}, {
			"a module that no set has needs another set", "anna set sales", "anna", seat.AskModule, "quote-cal", `
			deny module-unknown
			missing module-unknown quote-cal
			  activate-set`,
		}, {
			"signing in to a client needs each of its modules", "anna set sales", "anna", seat.AskClient, "web", `
			allow held until 2027-04-08
			path to server
			  system-on server
			  set-in-force SUPEROFFICE 1 ok until 2027-04-08
			path to user
			  person-holds sales by
			  plan-includes user of sales
			  may-sign-in
			  set-in-force SUPEROFFICE 1 ok until 2027-04-08
			path to web
			  person-holds sales by
			  plan-includes web of sales
			  prerequisite-held user of web
			  may-sign-in
			  set-in-force SUPEROFFICE 1 ok until 2027-04-08`,
		}, {
			"and names each that is missing", "anna set none", "anna", seat.AskClient, "web", `
			deny client-needs
			path to server
			  system-on server
			  set-in-force SUPEROFFICE 1 ok until 2027-04-08
			missing client-needs user
			  set-plan basic free 4 gains 2
			  set-plan sales free 2 gains 3
			  set-plan both free 2 gains 4
			missing client-needs web
			  set-plan basic free 4 gains 2
			  set-plan sales free 2 gains 3
			  set-plan both free 2 gains 4`,
		}, {
			"who has left may sign in nowhere, and would have to come back", "anna set sales\nanna leaves", "anna", seat.AskModule, "user", `
			deny person-gone
			missing person-gone
			  bring-back
			missing not-held user`,
		}, {
			"a feature is on for everybody", "", "anna", seat.AskFeature, "sale", `
			allow system until 2027-04-08
			path to sale
			  system-on sale
			  set-in-force SUPEROFFICE 1 ok until 2027-04-08`,
		}, {
			"who lacks what edits may read", "anna set basic", "anna", seat.AskEdit, "sale", `
			read-only no-edit until 2027-04-08
			path to sale
			  system-on sale
			  set-in-force SUPEROFFICE 1 ok until 2027-04-08
			missing no-edit sale-cal
			  set-plan sales free 2 gains 1
			  set-plan both free 2 gains 2`,
		}, {
			"who has it may edit", "anna set sales", "anna", seat.AskEdit, "sale", `
			allow included until 2027-04-08
			path to sale
			  system-on sale
			  set-in-force SUPEROFFICE 1 ok until 2027-04-08
			path to sale-cal
			  person-holds sales by
			  plan-includes sale-cal of sales
			  may-sign-in
			  set-in-force SUPEROFFICE 1 ok until 2027-04-08`,
		}, {
			"after the grace date a new set is the fix", "anna set sales\nended", "anna", seat.AskModule, "sale-cal", `
			read-only issuer-read-only
			path to sale-cal
			  person-holds sales by
			  plan-includes sale-cal of sales
			  may-sign-in
			  set-in-force SUPEROFFICE 1 read-only until 2027-04-08
			missing issuer-read-only
			  activate-set`,
		}, {
			"a set out of force gives nothing, and a new one is the fix", "anna set sales\ndropped", "anna", seat.AskModule, "sale-cal", `
			deny set-dropped
			path to sale-cal
			  person-holds sales by
			  plan-includes sale-cal of sales
			  may-sign-in
			missing set-dropped
			  activate-set`,
		}, {
			"a set out of force signs nobody in", "anna set sales\ndropped", "anna", seat.AskClient, "web", `
			deny set-dropped
			path to server
			  system-on server
			path to user
			  person-holds sales by
			  plan-includes user of sales
			  may-sign-in
			path to web
			  person-holds sales by
			  plan-includes web of sales
			  prerequisite-held user of web
			  may-sign-in
			missing set-dropped
			  activate-set`,
		}, {
			"after the grace date what signs in still does", "anna set sales\nended", "anna", seat.AskModule, "user", `
			allow included
			path to user
			  person-holds sales by
			  plan-includes user of sales
			  may-sign-in
			  set-in-force SUPEROFFICE 1 read-only until 2027-04-08`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := newShop(t)
			o.add("anna")
			for line := range strings.Lines(test.given) {
				o.must(o.step(strings.TrimSpace(line)))
			}
			var want []string
			for _, line := range lines(test.want) {
				want = append(want, strings.TrimPrefix(line, "\t\t\t"))
			}
			var got []string
			for _, line := range tell(o.standing(test.who).Why(seat.Question{Ask: test.ask, Name: so(test.about)}, today)) {
				got = append(got, strings.TrimRight(line, " "))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFixThatTakesSomethingAwayComesLast(t *testing.T) {
	t.Parallel()
	o := newOffice(t, set(t, "SUPEROFFICE", `
		sale-cal user 9 hidden
		ej user 9 hidden
		mail-cal user 9 hidden
		sales user 9 plan sale-cal
		service user 9 plan ej
		all user 9 plan sale-cal mail-cal ej`))
	o.must(o.step("anna set sales"))
	trace := o.standing("anna").Why(seat.Question{Ask: seat.AskModule, Name: so("ej")}, today)
	want := []string{"deny not-held", "missing not-held ej", "  set-plan all free 9 gains 2", "  set-plan service free 9 gains 1 loses 1"}
	if diff := cmp.Diff(want, tell(trace)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhyInThePoolModelNamesTheProfile(t *testing.T) {
	t.Parallel()
	o := nordlys(t)
	got := tell(o.standing("p5").Why(seat.Question{Ask: seat.AskModule, Name: am("document")}, today))
	want := []string{
		"allow held until 2026-06-30", "path to document",
		"  profile-has auditor document", "  may-sign-in", "  set-in-force AMSYSTEM 1 ok until ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = tell(o.standing("p4").Why(seat.Question{Ask: seat.AskModule, Name: am("document")}, today))
	want = []string{
		"deny valid-through-passed", "missing valid-through-passed", "  extend-login", "missing not-held document",
		"  change-profile document free 0", "  give-extra document free 0 gains 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Product code is answered from an index of bits, people from the rules. Both
// must say the same.
func TestWhyAnswersWhatTheIndexAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sets := []*license.Set{drawSet(t, "SO"), drawSet(t, "AM")}
		for _, s := range sets {
			drawWays(t, s)
		}
		d := day{newOffice(t, sets...)}
		d.profiles["x"] = []license.Name{license.NameOf("AM", "a1"), license.NameOf("AM", "a2")}
		for range 12 {
			d.decide(t, seat.Standing.SetPlan, planned)
			d.give(t)
			d.live(t)
		}
		now := time.Date(2027, 3, rapid.IntRange(24, 31).Draw(t, "day"), 12, 0, 0, 0, time.UTC)
		for _, s := range sets {
			d.state[s.Issuer] = s.Dates.State(license.DateOf(now))
		}
		holdings := d.holdings()
		holdings.Stops = d.drawStops(t, license.DateOf(now))
		index := entitle.NewIndex(d.active, holdings, now)
		for id, m := range d.people {
			if !m.Deleted {
				d.compare(t, index, id, license.DateOf(now))
			}
		}
	})
}

// drawWays draws dates, clients and system modules that something edits.
func drawWays(t *rapid.T, s *license.Set) {
	s.TimeZone = "UTC"
	s.Dates.Expiry = license.Date{Year: 2027, Month: 3, Day: rapid.IntRange(24, 31).Draw(t, "expiry")}
	s.Dates.Grace = s.Dates.Expiry.Add(rapid.IntRange(0, 3).Draw(t, "grace"))
	if rapid.IntRange(0, 3).Draw(t, "forever") == 0 {
		s.Dates = license.Dates{}
	}
	s.Licenses = append(s.Licenses,
		license.License{Module: "sys", Kind: license.System, Quantity: 1, Edit: rapid.SampledFrom([]license.Module{"", "a0", "a1", "gone"}).Draw(t, "edit")},
		license.License{Module: "site", Kind: license.Site, Quantity: 1})
	s.Clients = []license.Client{
		{Name: "web", People: license.Internal, System: []license.Module{"sys"}, User: []license.Module{"a0", "a2"}},
		{Name: "ext", People: license.External, User: []license.Module{"a1"}},
		{Name: "app", People: license.Internal, System: []license.Module{"off"}},
	}
}

// drawStops draws a set that is out of force, or will be.
func (d day) drawStops(t *rapid.T, today license.Date) []entitle.Stop {
	from := rapid.SampledFrom([]license.Date{{}, today.Add(-3), today, today.Add(1)}).Draw(t, "from")
	switch rapid.IntRange(0, 2).Draw(t, "out") {
	case 0:
		return nil
	case 1: // of a set that was replaced
		return []entitle.Stop{{Issuer: "SO", Number: d.active.Set("SO").Number + 1, Reason: entitle.SetDropped}}
	}
	if !today.Before(from) {
		d.outage["SO"] = &seat.Outage{Reason: seat.SetDropped, Since: from}
	}
	return []entitle.Stop{{Issuer: "SO", Number: d.active.Set("SO").Number, Reason: entitle.SetDropped, From: from}}
}

// live draws what becomes of somebody.
func (d day) live(t *rapid.T) {
	id := d.someone(t)
	next := d.people[id].Person
	next.Login = rapid.IntRange(0, 3).Draw(t, "login") > 0
	next.Profile = rapid.SampledFrom([]string{"", "x"}).Draw(t, "profile")
	next.Former = rapid.IntRange(0, 5).Draw(t, "former") == 0
	if rapid.Bool().Draw(t, "ends") {
		next.ValidThrough = license.Date{Year: 2027, Month: 3, Day: rapid.IntRange(24, 31).Draw(t, "through")}
	}
	d.try(t, func() error { return d.become(id, next) })
}

func (d day) holdings() *entitle.Holdings {
	h := &entitle.Holdings{TimeZone: "UTC"}
	for _, id := range d.ids() {
		if m := d.people[id]; !m.Deleted {
			h.People = append(h.People, entitle.Holder{
				Person: id, Kind: m.Kind, Login: m.Login, ValidThrough: m.ValidThrough, Former: m.Former, Holds: d.standing(id).Holds(),
			})
		}
	}
	return h
}

func (d day) compare(t *rapid.T, index *entitle.Index, id string, today license.Date) {
	ask := func(ask seat.Ask, name license.Name, want entitle.Answer) {
		trace := d.standing(id).Why(seat.Question{Ask: ask, Name: name}, today)
		got := fmt.Sprint(trace.Effect, " ", trace.Reason, " ", trace.Grace, " ", trace.Until)
		if want := fmt.Sprint(want.Effect, " ", want.Reason, " ", want.Grace, " ", want.Until); got != want {
			t.Fatalf("%s %s of %s on %s\n  why: %s\nindex: %s\n%s", ask, name, id, today, got, want, strings.Join(tell(trace), "\n"))
		}
	}
	for _, issuer := range []license.Issuer{"SO", "AM"} {
		for _, m := range append(append([]license.Module{"sys", "site", "gone"}, plain...), planned...) {
			name := license.NameOf(issuer, m)
			ask(seat.AskModule, name, index.Check(id, name))
			ask(seat.AskFeature, name, index.CheckSystem(name))
			ask(seat.AskEdit, name, index.CheckEdit(id, name))
		}
		for _, client := range []license.Module{"web", "ext", "app", "none"} {
			name := license.NameOf(issuer, client)
			ask(seat.AskClient, name, index.CheckLogin(id, name))
		}
	}
}
