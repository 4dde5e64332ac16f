package seat_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// moves is what becomes of everybody when other sets are in force.
func (o *office) moves(next *license.Active) seat.Moves {
	return func(yield func(string, seat.Move) bool) {
		for _, id := range o.ids() {
			m := o.people[id]
			move := seat.Move{Kind: m.Kind, Before: seat.Holds(o.active, m.Person, m.current, o.profiles[m.Profile]),
				After: seat.Holds(next, m.Person, m.current, o.profiles[m.Profile])}
			if !m.Gone() && !yield(id, move) {
				return
			}
		}
	}
}

func (o *office) review(s *license.Set, acknowledged ...license.Name) seat.Review {
	next := o.active.With(s)
	rows, _ := seat.Fits(o.active, next, s.Issuer, o.holders(next), o.databases())
	return seat.NewReview(o.active, next, s.Issuer, rows, o.moves(next), acknowledged)
}

// written writes down what is worth a look in a review, a row a line.
func written(r seat.Review) []string {
	var lines []string
	finding := func(f seat.Finding) string {
		text := string(f.Reason)
		if f.Name.Module != "" {
			text += " " + string(f.Name.Module)
		}
		if f.Count > 0 {
			text += fmt.Sprint(" ", f.Count)
		}
		for _, field := range f.Fields {
			text += fmt.Sprintf(" %s:%s>%s", field.Field, field.From, field.To)
		}
		if people := slices.Sorted(f.People()); len(people) > 0 {
			text += " (" + strings.Join(people, " ") + ")"
		}
		return text
	}
	for _, row := range r.Rows {
		if row.Look == seat.Same {
			continue
		}
		line := fmt.Sprintf("%s %s %+d", row.Name.Module, row.Look, row.Change)
		for _, f := range row.Findings {
			line += "; " + finding(f)
		}
		lines = append(lines, line)
	}
	for _, f := range r.Findings {
		lines = append(lines, "the set: "+finding(f))
	}
	if r.OnlyRaises {
		lines = append(lines, "only raises")
	}
	return lines
}

// A renewal is the shop's next set: lines replaced, and what is said of its
// whole.
func renewal(t testing.TB, change func(*license.Set), edits ...string) *license.Set {
	text := shop
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("the shop has no %q", edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	s := set(t, "SUPEROFFICE", text)
	now := newShop(t).active.Set("SUPEROFFICE")
	s.Number, s.Clients, s.Dates = 2, now.Clients, now.Dates
	if change != nil {
		change(s)
	}
	return s
}

func TestAReviewSaysWhatANewSetDoesAndToWhom(t *testing.T) {
	t.Parallel()
	people := []string{"anna set sales", "bo set sales", "cy set basic", "cy give mobile", "dag set none", "eva set basic", "eva give visible-for"}
	for _, row := range []struct {
		name         string
		edits        []string
		change       func(*license.Set)
		acknowledged []string
		want         string
	}{
		{name: "the same again only raises", want: "only raises"},
		{name: "more seats", edits: []string{"sales user 2 plan", "sales user 5 plan"}, want: "sales raises +3|only raises"},
		{name: "a new license", edits: []string{"paper user", "pen user 3\npaper user"}, want: "pen new +3|only raises"},
		{name: "fewer seats, and everybody fits", edits: []string{"mobile user 2", "mobile user 1", "visible-for user 1 unrestricted", "visible-for user 3 unrestricted"},
			want: "mobile warns -1; full|visible-for raises +2"},
		{name: "fewer seats with room", edits: []string{"basic user 4", "basic user 3"}, want: "basic lowers -1"},
		{name: "too few seats", edits: []string{"sales user 2 plan", "sales user 1 plan"}, want: "sales blocks -1; too-small 1"},
		{name: "a plan that leaves while it is held", edits: []string{"sales user 2 plan user web sale-cal\n", ""}, want: "sales blocks -2; lost-in-use 2 (anna bo)"},
		{name: "an extra that nobody has leaves", edits: []string{"travel user 2 needs=mobile\n", ""}, want: "travel lowers -2"},
		{name: "a feature is turned off", edits: []string{"sale system 1 hidden edit=sale-cal\n", "", "report user 2 needs=sale", "report user 2"},
			want: "sale blocks -1; turned-off sale-cal 2 (anna bo)|report warns +0; prerequisite-gone sale"},
		{name: "a feature is turned off, and that is meant", edits: []string{"sale system 1 hidden edit=sale-cal\n", "", "report user 2 needs=sale", "report user 2"},
			acknowledged: []string{"sale"}, want: "sale warns -1; turned-off sale-cal 2 (anna bo)|report warns +0; prerequisite-gone sale"},
		{name: "a plan loses a module", edits: []string{"sales user 2 plan user web sale-cal\n", "sales user 2 plan user web\n"},
			want: "sales warns +0; plan-loses sale-cal 2 (anna bo)"},
		{name: "a plan gets a module", edits: []string{"basic user 4 plan user web", "basic user 4 plan user web mail-cal"},
			want: "basic raises +0; plan-gains mail-cal 2 (cy eva)|only raises"},
		{name: "a plan loses what somebody has otherwise", edits: []string{"basic user 4 plan user web", "basic user 4 plan user", "web user 4 hidden needs=user", "web user 4 needs=user"},
			want: "web warns +0; otherwise hidden:yes>|basic warns +0; plan-loses web 2 (cy eva)"},
		{name: "a prerequisite is added", edits: []string{"visible-for user 1 unrestricted", "visible-for user 1 unrestricted needs=travel"},
			want: "visible-for warns +0; lacks-prerequisite travel 1 (eva)"},
		{name: "a prerequisite goes", edits: []string{"mobile user 2 needs=user", "mobile user 2"}, want: "mobile warns +0; prerequisite-gone user"},
		{name: "another prerequisite, which is held", edits: []string{"mobile user 2 needs=user", "mobile user 2 needs=web"},
			want: "mobile warns +0; lacks-prerequisite web; prerequisite-gone user"},
		{name: "a plan loses what an extra needs", edits: []string{"basic user 4 plan user web", "basic user 4 plan web", "web user 4 hidden needs=user", "web user 4 hidden"},
			want: "web warns +0; prerequisite-gone user|mobile warns +0; lacks-prerequisite user 1 (cy)|basic warns +0; plan-loses user 2 (cy eva)"},
		{name: "not for employees any longer", edits: []string{"visible-for user 1 unrestricted", "visible-for user 1 unrestricted people=external"},
			want: "visible-for warns +0; wrong-people 1 (eva)"},
		{name: "a limit where there was none", edits: []string{"none user 1 unrestricted plan", "none user 4 plan"}, want: "none warns +3; otherwise unrestricted:yes>"},
		{name: "no limit any longer", edits: []string{"sales user 2 plan", "sales user 2 unrestricted plan"}, want: "sales raises +0|only raises"},
		{name: "a marker says less", edits: []string{"sales-t2 system 5 marker", "sales-t2 system 4 marker"}, want: "sales-t2 lowers -1"},
		{name: "it ends earlier, and upgrades too", change: func(s *license.Set) {
			s.Dates.Expiry, s.Dates.Grace = license.Date{Year: 2027, Month: 3, Day: 1}, license.Date{Year: 2027, Month: 3, Day: 8}
			s.Dates.Maintenance = license.Date{Year: 2027, Month: 1, Day: 1}
		}, want: "the set: ends-earlier 31|the set: less-upgrades"},
		{name: "its grace is longer and it expires earlier", change: func(s *license.Set) {
			s.Dates.Expiry, s.Dates.Grace = license.Date{Year: 2027, Month: 3, Day: 1}, license.Date{Year: 2027, Month: 12, Day: 1}
		}, want: "the set: ends-earlier 26"},
		{name: "it ends later", change: func(s *license.Set) {
			s.Dates.Expiry, s.Dates.Grace = license.Date{Year: 2028, Month: 4, Day: 8}, license.Date{}
		},
			want: "the set: ends-later 366|only raises"},
		{name: "it no longer ends", change: func(s *license.Set) { s.Dates = license.Dates{} }, want: "the set: ends-later|only raises"},
		{name: "another name and other ways in", change: func(s *license.Set) { s.Company, s.Clients = "Acme AB", nil },
			want: "the set: new-company company:>Acme AB|the set: other-rules clients:web (internal: server; user, web)>"},
		{name: "only other texts", change: func(s *license.Set) { s.License("sales").Names = license.Texts{"en": "Sales"} }, want: "sales text +0|only raises"},
		{name: "only another version", change: func(s *license.Set) { s.License("sales").Version = "12" }, want: "only raises"},
		{name: "the sort: what blocks, what warns, less, more, new", edits: []string{"sales user 2 plan", "sales user 1 plan", "mobile user 2", "mobile user 1",
			"egg user 2", "egg user 1", "hen user 2", "hen user 3", "paper user", "pen user 1\npaper user"},
			want: "sales blocks -1; too-small 1|mobile warns -1; full|egg lowers -1|hen raises +1|pen new +1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			o := newShop(t)
			for _, words := range people {
				if err := o.step(words); err != nil {
					t.Fatalf("%s: %v", words, err)
				}
			}
			var acknowledged []license.Name
			for _, m := range row.acknowledged {
				acknowledged = append(acknowledged, so(m))
			}
			r := o.review(renewal(t, row.change, row.edits...), acknowledged...)
			if diff := cmp.Diff(strings.Split(row.want, "|"), written(r)); diff != "" {
				t.Errorf("review (-want +got):\n%s", diff)
			}
			if r.Blocked() != strings.Contains(row.want, " blocks ") {
				t.Errorf("blocked is %v", r.Blocked())
			}
		})
	}
}

func TestTheFirstSetOfAnIssuerDoesNotOnlyRaise(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if r := o.review(set(t, "SUPEROFFICE", shop)); r.OnlyRaises || r.Blocked() {
		t.Errorf("the first set only raises: %v, is blocked: %v", r.OnlyRaises, r.Blocked())
	}
}

func TestTwoPlansThatComeIntoOneGroupAreNamed(t *testing.T) {
	t.Parallel()
	o := newShop(t)
	for _, words := range []string{"anna set sales", "anna add ai"} {
		if err := o.step(words); err != nil {
			t.Fatal(err)
		}
	}
	got := written(o.review(renewal(t, nil, "ai user 2 group= plan", "ai user 2 plan")))
	want := []string{"ai warns +0; otherwise group:>plan; exclusive sales 1 (anna)"}
	for i := range got { // the order of findings is not the point
		got[i] = strings.Replace(got[i], "; exclusive sales 1 (anna); otherwise group:>plan", "; otherwise group:>plan; exclusive sales 1 (anna)", 1)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("review (-want +got):\n%s", diff)
	}
}

func TestADifferenceOfTwoSetsNamesEveryField(t *testing.T) {
	t.Parallel()
	next := renewal(t, func(s *license.Set) {
		s.Dates.Expiry, s.Start, s.Final = license.Date{Year: 2027, Month: 4, Day: 1}, license.Date{Year: 2026, Month: 12, Day: 1}, true
	}, "sales user 2 plan user web sale-cal", "sales user 5 unrestricted plan user web", "paper user 3 marker\n", "", "ai user", "pen user 3 hidden\nai user")
	d := seat.Diff(newShop(t).active.Set("SUPEROFFICE"), next)
	var got []string
	for _, f := range d.Fields {
		got = append(got, fmt.Sprint(f.Field, " ", f.From, ">", f.To))
	}
	for _, l := range d.Licenses {
		line := string(l.Name.Module) + " " + l.Became
		for _, f := range l.Fields {
			line += fmt.Sprint("; ", f.Field, " ", f.From, ">", f.To)
		}
		got = append(got, line)
	}
	want := []string{
		"expiry 2027-03-27>2027-04-01", "start >2026-12-01", "final >yes",
		"paper removed; kind user>; quantity 3>; marker yes>; people internal>",
		"sales changed; quantity 2>5; unrestricted >yes; includes user, web, sale-cal>user, web",
		"pen added; kind >user; quantity >3; hidden >yes; people >internal",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
	if all := len(next.Licenses); d.Same != all-2 {
		t.Errorf("%d of %d are alike", d.Same, all)
	}
}
