package seat_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// shop is a small set with everything that can stand in the way.
const shop = `
server system 1 hidden
sale system 1 hidden edit=sale-cal
sales-t2 system 5 marker
paper user 3 marker
translate site 2
user user 4 hidden
web user 4 hidden needs=user
sale-cal user 2 hidden
mail-cal user 2 hidden
mobile user 2 needs=user
travel user 2 needs=mobile
hen user 2 needs=egg
egg user 2 needs=hen
report user 2 needs=sale
orphan user 2 needs=absent
bonus user 2 needs=basic
visible-for user 1 unrestricted
guest user 3 people=external
basic user 4 plan user web
sales user 2 plan user web sale-cal
both user 2 plan user web sale-cal mail-cal
none user 1 unrestricted plan
ai user 2 group= plan mail-cal
broken user 2 group=x plan absent
secret user 2 hidden plan user
`

func newShop(t testing.TB) *office {
	s := set(t, "SUPEROFFICE", shop)
	s.Clients = []license.Client{{
		Name: "web", People: license.Internal, System: []license.Module{"server"}, User: []license.Module{"user", "web"},
	}}
	s.Dates = license.Dates{Expiry: license.Date{Year: 2027, Month: 3, Day: 27}, Grace: license.Date{Year: 2027, Month: 4, Day: 8}}
	return newOffice(t, s)
}

// step does one thing in words: "anna set sales", "anna add ai", "anna give
// mobile 2", "anna release sales", "anna leaves", "ended", "dropped", "foreign", "bea is external".
func (o *office) step(words string) error {
	w := strings.Fields(words)
	if words == "ended" {
		o.state["SUPEROFFICE"] = license.ReadOnly
		return nil
	}
	switch words {
	case "dropped":
		o.outage["SUPEROFFICE"] = &seat.Outage{Reason: seat.SetDropped, Key: "aaaa", Since: license.Date{Year: 2026, Month: 7, Day: 1}}
		return nil
	case "foreign":
		o.outage["SUPEROFFICE"] = &seat.Outage{Reason: seat.SetNotGenuine}
		return nil
	}
	id := w[0]
	if o.people[id] == nil {
		o.add(id)
	}
	s := o.standing(id)
	var c seat.Change
	var err error
	switch w[1] {
	case "set":
		c, err = s.SetPlan(so(w[2]))
	case "add":
		c, err = s.AddPlan(so(w[2]))
	case "give":
		quantity := int64(1)
		if len(w) > 3 {
			fmt.Sscan(w[3], &quantity)
		}
		c, err = s.Assign(so(w[2]), quantity)
	case "release":
		c, err = s.Release(so(w[2]))
	case "leaves":
		c = s.Leave()
		o.people[id].Former = true
	case "is":
		o.people[id].Kind = license.External
	default:
		o.t.Fatalf("unknown step %q", words)
	}
	return o.do(id, c, err)
}

// say writes down a change: what begins and ends, and how pools move.
func say(c seat.Change) string {
	var words []string
	for _, a := range c.Release {
		words = append(words, "-"+string(a.Name.Module))
	}
	for _, a := range c.Give {
		words = append(words, "+"+string(a.Name.Module))
	}
	for _, t := range c.Takes {
		words = append(words, fmt.Sprintf("%s%+d", t.Name.Module, t.Delta))
	}
	return strings.Join(words, " ")
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		given string // steps, one per line, that must work
		step  string
		want  string // what changes, or the error
	}{
		{"a plan takes a seat of itself and of what it includes", "", "anna set sales", "+sales sale-cal+1 sales+1 user+1 web+1"},
		{"a swap frees what only the old plan gave, and keeps what both give", "anna set sales", "anna set basic", "-sales +basic basic+1 sale-cal-1 sales-1"},
		{"setting the plan that is set changes nothing", "anna set sales", "anna set sales", ""},
		{"the empty plan frees everything and holds nobody", "anna set sales", "anna set none", "-sales +none none+1 sale-cal-1 sales-1 user-1 web-1"},
		{"adding a second plan of the group is refused", "anna set sales", "anna add basic", "superoffice.basic cannot be added to superoffice.sales: a person holds one plan of the group \"plan\""},
		{"the empty plan is one of its group", "anna set none", "anna add basic", "superoffice.basic cannot be added to superoffice.none: a person holds one plan of the group \"plan\""},
		{"adding the plan that is held changes nothing", "anna add sales", "anna add sales", ""},
		{"a plan without a group stands beside another", "anna set sales", "anna set ai", "+ai ai+1 mail-cal+1"},
		{"what two plans include takes one seat", "anna set both", "anna add ai", "+ai ai+1"},
		{"and keeps it until the last of them goes", "anna set both\nanna add ai", "anna set none", "-both +none both-1 none+1 sale-cal-1 user-1 web-1"},
		{"a full plan is refused by its own name", "bea set both\ncia set both", "anna set both", "no seat left of superoffice.both: 2 of 2 taken"},
		{"a full included module is named when the plan has room", "bea set both\ncia set both", "anna set sales", "no seat left of superoffice.sale-cal: 2 of 2 taken"},
		{"a swap between plans that share the last seats fits", "bea set both\ncia set both", "bea set sales", "-both +sales both-1 mail-cal-1 sales+1"},
		{"a module that a plan lists and the set lacks is a full pool", "", "anna set broken", "no seat left of superoffice.absent: 0 of 0 taken"},
		{"an unrestricted license is given beyond its number", "bea give visible-for", "anna give visible-for", "+visible-for visible-for+1"},
		{"an extra needs its prerequisite", "", "anna give mobile", "superoffice.mobile needs superoffice.user, which is not held"},
		{"what is needed and can be given is given along", "anna set basic", "anna give travel", "+mobile +travel mobile+1 travel+1"},
		{"all or nothing", "anna set basic\nbea set basic\nbea give mobile 2", "anna give travel", "no seat left of superoffice.mobile: 2 of 2 taken"},
		{"the whole chain must be there", "", "anna give travel", "superoffice.mobile needs superoffice.user, which is not held"},
		{"what needs each other in a circle is given together", "", "anna give egg", "+hen +egg egg+1 hen+1"},
		{"and taken back together", "anna give egg", "anna release hen", "-hen -egg egg-1 hen-1"},
		{"what needs a system license of the set has what it needs", "", "anna give report", "+report report+1"},
		{"what needs something the set lacks cannot be given", "", "anna give orphan", "superoffice.orphan needs superoffice.absent, which is not held"},
		{"what needs a plan does not put anybody on it", "", "anna give bonus", "superoffice.bonus needs superoffice.basic, which is not held"},
		{"a plan that includes the prerequisite will do", "anna set basic", "anna give mobile", "+mobile mobile+1"},
		{"an extra given again changes nothing", "anna set basic\nanna give mobile", "anna give mobile", ""},
		{"another quantity replaces the one held", "anna set basic\nanna give mobile", "anna give mobile 2", "-mobile +mobile mobile+1"},
		{"a quantity beyond the pool is refused", "anna set basic", "anna give mobile 3", "no seat left of superoffice.mobile: 0 of 2 taken"},
		{"a quantity of nothing is refused", "anna set basic", "anna give mobile 0", "0 is not a number of seats from 1 to 1000000"},
		{"taking back the prerequisite takes what needs it, and what needs that", "anna set basic\nanna give mobile\nanna give travel", "anna release basic", "-basic -mobile -travel basic-1 mobile-1 travel-1 user-1 web-1"},
		{"the empty plan does so too", "anna set basic\nanna give mobile", "anna set none", "-basic -mobile +none basic-1 mobile-1 none+1 user-1 web-1"},
		{"a swap that keeps the prerequisite keeps the extra", "anna set basic\nanna give mobile", "anna set sales", "-basic +sales basic-1 sale-cal+1 sales+1"},
		{"a plan is not an extra", "", "anna give sales", "superoffice.sales is a plan, not an extra"},
		{"an extra is not a plan", "", "anna set mobile", "superoffice.mobile is not a plan"},
		{"a hidden license comes with a plan only", "", "anna give sale-cal", "superoffice.sale-cal is hidden: only a plan gives it"},
		{"a hidden plan cannot be set", "", "anna set secret", "superoffice.secret is hidden: only a plan gives it"},
		{"a system license is not given to people", "", "anna give server", "superoffice.server is a system license: it is not given to people"},
		{"nor is a site license", "", "anna give translate", "superoffice.translate is a site license: it is not given to people"},
		{"nor is a marker", "", "anna give paper", "superoffice.paper is a marker: it is not given to anybody"},
		{"what no set has is not given", "", "anna give nothing", "no license set in force has the module \"superoffice.nothing\""},
		{"who has left is given nothing", "anna set sales\nanna leaves", "anna set sales", "person anna has left"},
		{"who leaves gives everything back", "anna set sales\nanna give mobile", "anna leaves", "-sales -mobile mobile-1 sale-cal-1 sales-1 user-1 web-1"},
		{"a license is for some kinds of people", "", "anna give guest", "superoffice.guest is not for a person of kind internal"},
		{"and for others not", "bea is external", "bea set basic", "superoffice.basic is not for a person of kind external"},
		{"taking back what was not given is refused", "", "anna release sales", "superoffice.sales is not held"},
		{"and says where it comes from", "anna set sales", "anna release sale-cal", "superoffice.sale-cal comes with superoffice.sales: take that back instead"},
		{"after the grace date nothing is given", "ended", "anna set sales", "superoffice.sales cannot be given: the licenses of SUPEROFFICE ended on 2027-04-08"},
		{"after the grace date taking back works", "anna set sales\nended", "anna release sales", "-sales sale-cal-1 sales-1 user-1 web-1"},
		{"after the grace date the empty plan can be set", "anna set sales\nended", "anna set none", "-sales +none none+1 sale-cal-1 sales-1 user-1 web-1"},
		{"of a set that is out of force nothing is given", "dropped", "anna set sales", "superoffice.sales cannot be given: set 1 of SUPEROFFICE is out of force since 2026-07-01, its key aaaa is revoked"},
		{"nor of one that is not genuine", "foreign", "anna give mobile 1", "superoffice.mobile cannot be given: set 1 of SUPEROFFICE does not lead back to the pinned root"},
		{"of a set that is out of force all can be taken back", "anna set sales\ndropped", "anna release sales", "-sales sale-cal-1 sales-1 user-1 web-1"},
		{"of a set that is out of force the empty plan can be set", "anna set sales\ndropped", "anna set none", "-sales +none none+1 sale-cal-1 sales-1 user-1 web-1"},
		{"after the grace date what is so already stays so", "anna set sales\nended", "anna set sales", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := newShop(t)
			for line := range strings.Lines(test.given) {
				o.must(o.step(strings.TrimSpace(line)))
			}
			if got := o.outcome(test.step); got != test.want {
				t.Errorf("%s\n got: %s\nwant: %s", test.step, got, test.want)
			}
		})
	}
}

// outcome says what a step changes, or why it is refused, and checks that a
// refusal has changed nothing.
func (o *office) outcome(step string) string {
	o.t.Helper()
	id := strings.Fields(step)[0]
	if o.people[id] == nil {
		o.add(id)
	}
	before, had := o.inUse(), o.standing(id)
	if err := o.step(step); err != nil {
		if diff := cmp.Diff(before, o.inUse()); diff != "" {
			o.t.Errorf("a refusal changed the pools:\n%s", diff)
		}
		return err.Error()
	}
	now := o.standing(id)
	var c seat.Change
	for _, a := range had.Current {
		if !contains(now.Current, a.Number) {
			c.Release = append(c.Release, a)
		}
	}
	for _, a := range now.Current {
		if !contains(had.Current, a.Number) {
			c.Give = append(c.Give, a)
		}
	}
	c.Takes = seat.Takes(o.active, had.Holds(), now.Holds())
	for _, take := range c.Takes {
		if o.pools[take.Name].Taken < 0 {
			o.t.Errorf("%s: %d taken", take.Name, o.pools[take.Name].Taken)
		}
	}
	return say(c)
}

func contains(assignments []seat.Assignment, number int64) bool {
	for _, a := range assignments {
		if a.Number == number {
			return true
		}
	}
	return false
}

func TestGroupsOfTwoIssuersHaveNothingToDoWithEachOther(t *testing.T) {
	t.Parallel()
	o := newOffice(t, set(t, "SO", "a user 1\nb user 1 plan a"), set(t, "AM", "a user 1\nb user 1 plan a"))
	o.add("anna")
	for _, issuer := range []license.Issuer{"SO", "AM"} {
		c, err := o.standing("anna").SetPlan(license.NameOf(issuer, "b"))
		if err := o.do("anna", c, err); err != nil || len(c.Release) > 0 {
			t.Errorf("%s: %s, %v", issuer, say(c), err)
		}
	}
	if plans := o.standing("anna").Plans(); len(plans) != 2 {
		t.Errorf("plans %v, want both", plans)
	}
}

func TestAFullPoolNamesTheOthersThatAreFullToo(t *testing.T) {
	t.Parallel()
	o := newShop(t)
	o.must(o.step("bea set both"))
	o.must(o.step("cia set both"))
	o.add("anna")
	_, err := o.standing("anna").SetPlan(so("both"))
	want := &seat.PoolFullError{Wanted: so("both"), Module: so("both"), Seats: 2, Taken: 2, Short: 1, Also: []license.Name{so("mail-cal"), so("sale-cal")}}
	if diff := cmp.Diff(error(want), err); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
