package seat_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// forest is a set with a chain of extras, two plans of which one brings what the
// chain begins with, and a pool of one.
const forest = `
user user 9
windows user 9 needs=user
travel user 9 needs=windows
rare user 1
sales user 9 plan user
service user 9 plan
`

func names(words string) (all []license.Name) {
	for _, w := range strings.Fields(words) {
		all = append(all, so(w))
	}
	return all
}

// gives gives somebody a plan or an extra.
func (o *office) gives(id string, n license.Name) {
	o.t.Helper()
	s := o.standing(id)
	decide := s.SetPlan
	if o.active.License(n).Plan == nil {
		decide = func(n license.Name) (seat.Change, error) { return s.Assign(n, 1) }
	}
	c, err := decide(n)
	o.must(o.do(id, c, err))
}

// given returns what somebody was given by hand, sorted.
func given(current []seat.Assignment) string {
	var all []string
	for _, a := range current {
		all = append(all, string(a.Name.Module))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestTickingAndUntickingIsUnderstoodAsItIsMeant(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, has, wants string
		gets, also, gone string
	}{
		{"nothing changes", "sales rare", "sales rare", "rare sales", "", ""},
		{"a plan takes the place of the other", "sales", "service", "service", "", ""},
		{"a plan and an extra in one step", "", "sales rare", "rare sales", "", ""},
		{"everything is taken back", "sales rare", "", "", "", ""},
		{"what is ticked brings what it needs", "", "travel", "travel user windows", "user windows", ""},
		{"what is unticked takes along what needs it", "user windows travel", "windows travel", "", "", "travel windows"},
		{"unticked below and ticked above: the one that was ticked wins", "user", "windows", "user windows", "user", ""},
		{"unticking the one in the middle", "user windows travel", "user travel", "user", "", "travel"},
		{"a plan that brings what an extra needs", "", "sales windows", "sales windows", "", ""},
		{"and that goes again", "sales windows", "windows", "", "", "windows"},
	} {
		o := newOffice(t, set(t, "SUPEROFFICE", forest))
		m := o.add("anna")
		for _, n := range names(row.has) {
			o.gives("anna", n)
		}
		s := o.standing("anna")
		s.Current = m.current
		c, err := s.Arrange(names(row.wants))
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if got := given(s.Apply(c)); got != row.gets {
			t.Errorf("%s: has %q, want %q", row.name, got, row.gets)
		}
		told := func(names []license.Name) string {
			var all []string
			for _, n := range names {
				all = append(all, string(n.Module))
			}
			slices.Sort(all)
			return strings.Join(all, " ")
		}
		if told(c.Parents) != row.also || told(c.Dependants) != row.gone {
			t.Errorf("%s: along came %q, want %q; along went %q, want %q", row.name, told(c.Parents), row.also, told(c.Dependants), row.gone)
		}
	}
}

func TestAnArrangementIsRefusedWhole(t *testing.T) {
	t.Parallel()
	o := newOffice(t, set(t, "SUPEROFFICE", forest))
	o.add("bo")
	o.gives("bo", so("rare"))
	o.add("anna")
	s := o.standing("anna")
	full := new(seat.PoolFullError)
	if _, err := s.Arrange(names("sales rare")); !errors.As(err, &full) || full.Module != so("rare") {
		t.Errorf("a full pool: %v", err)
	}
	exclusive := new(seat.ExclusiveError)
	if _, err := s.Arrange(names("sales service")); !errors.As(err, &exclusive) {
		t.Errorf("two plans of a group: %v", err)
	}
	unknown := new(license.UnknownModuleError)
	if _, err := s.Arrange(names("gold")); !errors.As(err, &unknown) {
		t.Errorf("what nobody sells: %v", err)
	}
}

// Whatever is ticked: nobody holds what needs something without that, or two
// plans of a group, the seats add up, and who has what is wanted is left alone.
func TestNoArrangementLeavesAChildWithoutItsParent(t *testing.T) {
	t.Parallel()
	all := names("user windows travel rare sales service")
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 7))
		o := newOffice(t, set(t, "SUPEROFFICE", forest))
		m := o.add("anna")
		for range 8 {
			var wanted []license.Name
			for _, n := range all {
				if random.IntN(2) == 0 {
					wanted = append(wanted, n)
				}
			}
			s := o.standing("anna")
			c, err := s.Arrange(wanted)
			if errors.As(err, new(*seat.ExclusiveError)) {
				continue
			}
			o.must(o.do("anna", c, err))
			uses := o.standing("anna").Uses()
			plans := 0
			for _, h := range uses {
				l := o.active.License(h.Name)
				if l.Plan != nil {
					plans++
				}
				if p := l.Prerequisite; p != "" && !slices.ContainsFunc(uses, func(x license.Held) bool { return x.Name == license.NameOf("SUPEROFFICE", p) }) {
					t.Fatalf("seed %d: %s without %s", seed, h.Name, p)
				}
			}
			if plans > 1 {
				t.Fatalf("seed %d: %d plans", seed, plans)
			}
			again, err := o.standing("anna").Arrange(namesOf(m.current))
			if err != nil || !again.Empty() {
				t.Fatalf("seed %d: what is so already changes %+v (%v)", seed, again, err)
			}
		}
	}
}

func namesOf(current []seat.Assignment) (all []license.Name) {
	for _, a := range current {
		all = append(all, a.Name)
	}
	return all
}

// threeLines is a group of plans made of tiers of three lines; one combination is
// not sold.
func threeLines() *license.Set {
	s := &license.Set{Issuer: "SUPEROFFICE", Number: 1, Occupancy: license.ByAssignment}
	add := func(module string, parts ...license.Part) {
		s.Licenses = append(s.Licenses, license.License{Module: license.Module(module), Kind: license.User, Quantity: 3, People: license.Internal,
			Unrestricted: len(parts) == 0, Plan: &license.Plan{Group: "g", Parts: parts}})
	}
	add("none")
	tiers := []string{"", "essentials", "premium"}
	for i, a := range tiers {
		for j, b := range tiers {
			for k, c := range tiers {
				var parts []license.Part
				for line, tier := range map[string]string{"sales": a, "service": b, "marketing": c} {
					if tier != "" {
						parts = append(parts, license.Part{Line: line, Tier: tier})
					}
				}
				if len(parts) > 0 && !(i == 2 && j == 2 && k == 0) {
					slices.SortFunc(parts, func(x, y license.Part) int { return strings.Compare(x.Line, y.Line) })
					add(fmt.Sprintf("p%d%d%d", i, j, k), parts...)
				}
			}
		}
	}
	return s
}

func TestThreeLinesOfThreeTiersAreTwentySixPlansAndWhatIsNotSoldSaysSo(t *testing.T) {
	t.Parallel()
	o := newOffice(t, threeLines())
	o.add("anna")
	seen := map[license.Name]bool{}
	for _, sales := range []string{"", "essentials", "premium"} {
		for _, service := range []string{"", "essentials", "premium"} {
			for _, marketing := range []string{"", "essentials", "premium"} {
				if n, err := seat.Compose(o.active, "g", map[string]string{"sales": sales, "service": service, "marketing": marketing}); err == nil {
					seen[n] = true
				}
			}
		}
	}
	if len(seen) != 26 { // 27 with the empty plan, and one is not sold
		t.Errorf("%d plans can be chosen", len(seen))
	}
	o.gives("anna", so("p200")) // sales premium
	offer := o.standing("anna").Offer()
	if len(offer) != 1 || len(offer[0].Groups) != 1 || len(offer[0].Groups[0].Lines) != 3 {
		t.Fatalf("%+v", offer)
	}
	for _, line := range offer[0].Groups[0].Lines {
		chosen := 0
		for _, option := range line.Options {
			if option.Chosen {
				chosen++
			}
			if sold := option.Plan != nil; sold == (line.Line == "service" && option.Tier == "premium") {
				t.Errorf("%s %s beside sales premium: in the agreement is %v", line.Line, option.Tier, sold)
			}
		}
		if chosen != 1 || len(line.Options) != 3 {
			t.Errorf("%s: %d of %d chosen", line.Line, chosen, len(line.Options))
		}
	}
}

func TestExtrasAreOfferedAsATreeWithWhatThePlanBrings(t *testing.T) {
	t.Parallel()
	o := newOffice(t, set(t, "SUPEROFFICE", forest))
	o.add("anna")
	o.gives("anna", so("sales"))
	var got []string
	for _, e := range o.standing("anna").Offer()[0].Extras {
		got = append(got, fmt.Sprintf("%s%s %v %d", strings.Repeat("-", e.Depth), e.Name.Module, e.Held, len(e.IncludedBy)))
	}
	if want := "user false 1, -windows false 0, --travel false 0, rare false 0"; strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}
