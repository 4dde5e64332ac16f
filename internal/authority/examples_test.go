package authority

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/license"
)

func exampleReview(t *testing.T, vendor, order string, b Before) *Review {
	t.Helper()
	o, err := ParseOrder(examples.Bytes(order))
	if err != nil {
		t.Fatal(err)
	}
	r := review(o, parsed(t, string(examples.Bytes(vendor+"/catalogue.yaml"))), b, noon)
	if r.Draft == nil || len(r.Problems) > 0 {
		t.Fatalf("%s: %v", order, r.Problems)
	}
	return r
}

func TestTheExampleCatalogueIsComplete(t *testing.T) {
	c := parsed(t, string(examples.Bytes("superoffice/catalogue.yaml")))
	if ps := c.Lint(); len(ps) > 0 {
		t.Fatal(ps)
	}
	if n := len(c.Modules) - 1; n != 190 || c.Module("pocket-cal") == nil {
		t.Errorf("%d module names beside the one of the old price list; want 190", n)
	}
	parts := map[int]int{}
	for _, p := range c.PlansOf("10-11") {
		parts[len(p.Parts)]++
		if p.Group != "userplan" {
			t.Errorf("%s is in the group %q", p.Code, p.Group)
		}
	}
	if parts[0] != 1 || parts[1] != 6 || parts[2]+parts[3] != 20 || parts[2] != 12 {
		t.Errorf("plans by number of parts: %v; want the empty one, 6 base plans, 12 pairs and 8 triples", parts)
	}
	if n := len(c.PlansOf("8-9")); n != 7 {
		t.Errorf("%d plans of versions 8-9; want 7", n)
	}
	if n := len(c.PlansOf("6-7")); n != 0 {
		t.Errorf("%d plans of versions 6-7; want none", n)
	}
	base := map[license.Part]*CataloguePlan{}
	for _, p := range c.PlansOf("10-11") {
		if len(p.Parts) == 1 {
			base[p.Parts[0]] = p
		}
	}
	for _, p := range c.PlansOf("10-11") {
		if len(p.Parts) < 2 {
			continue
		}
		want := map[license.Module]bool{}
		for _, part := range p.Parts {
			for _, m := range base[part].Includes {
				want[m] = true
			}
		}
		got := map[license.Module]bool{}
		for _, m := range p.Includes {
			got[m] = true
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s includes %v; want the union of its parts", p.Code, p.Includes)
		}
	}
	if ps := parsed(t, string(examples.Bytes("amsystem/catalogue.yaml"))).Lint(); len(ps) > 0 {
		t.Error(ps)
	}
}

func TestTheExampleOrdersAreWhatTheCustomersBought(t *testing.T) {
	first := exampleReview(t, "superoffice", "designteamet/order-1.yaml", Before{})
	renewal := exampleReview(t, "superoffice", "designteamet/order-2.yaml", Before{1, first.Draft.Hash(), "Designteamet"})
	expected := examples.Designteamet()
	if n, m := len(first.Set.Licenses), len(renewal.Set.Licenses); n != 73 || m != 73 {
		t.Errorf("%d and %d licenses; want 73 and 73", n, m)
	}
	check := func(s license.Set, m license.Module, seats int64, unrestricted bool) {
		l := s.License(m)
		if seats == 0 && l == nil {
			return
		}
		if l == nil || l.Quantity != seats || l.Kind == license.User && !l.Marker && l.Unrestricted != unrestricted {
			t.Errorf("set %d: %s is %+v; want %d seats, unrestricted %v", s.Number, m, l, seats, unrestricted)
		}
	}
	for _, row := range expected.InUse {
		check(first.Set, row.Module, row.Seats, row.Free == nil)
	}
	for _, row := range expected.Renewal.Rows {
		l := first.Set.License(row.Module)
		if next := renewal.Set.License(row.Module); l == nil || next != nil {
			l = next
		}
		check(first.Set, row.Module, row.Seats, l.Unrestricted)
		check(renewal.Set, row.Module, row.NewSeats, l.Unrestricted)
		if l.Hidden != row.Hidden {
			t.Errorf("%s: hidden is %v; want %v", row.Module, l.Hidden, row.Hidden)
		}
	}
	for _, day := range expected.States {
		d := first.Set.Dates
		if got := d.State(day.Day).String(); got != day.State || day.Day.DaysUntil(d.Expiry) != day.DaysLeft {
			t.Errorf("on %s the set is %s with %d days left; want %s and %d", day.Day, got, day.Day.DaysUntil(d.Expiry), day.State, day.DaysLeft)
		}
	}
	if d := expected.UpgradeAllowedThrough; !first.Set.Dates.MayUpgrade(d) || first.Set.Dates.MayUpgrade(d.Add(1)) {
		t.Errorf("upgrades are allowed through %s; want %s", first.Set.Dates.Maintenance, d)
	}
	var clients []string
	for _, c := range first.Set.Clients {
		clients = append(clients, c.Name)
	}
	if !slices.Equal(clients, []string{"web", "service", "mobile"}) {
		t.Errorf("clients %v; want web, service and mobile", clients)
	}

	nordlys := exampleReview(t, "amsystem", "nordlys/order-1.yaml", Before{})
	check(nordlys.Set, "case", 5, false)
	check(nordlys.Set, "document", 3, false)
}

// sources names a folder with the data the examples were made from. It is not
// part of the repository; where it is at hand, every value is compared with it.
const sources = "POTT_TEST_SOURCES"

func TestTheExamplesEqualTheirSources(t *testing.T) {
	folder := os.Getenv(sources)
	if folder == "" {
		t.Logf("%s is not set: only counts and sums were compared", sources)
		return
	}
	c := parsed(t, string(examples.Bytes("superoffice/catalogue.yaml")))
	compareModules(t, c, folder)
	comparePlans(t, c, folder)
	compareSets(t, c, folder)
}

func source[T any](t *testing.T, folder, name string) T {
	t.Helper()
	var v T
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err == nil {
		err = yaml.Unmarshal(text, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func compareModules(t *testing.T, c *Catalogue, folder string) {
	s := source[struct {
		Modules []struct {
			Name         license.Module
			Type         license.Kind
			Hidden       *bool
			Unrestricted bool
			Prerequisite license.Module
			AllowedUser  string `yaml:"allowed_user"`
			Group        string
			DisplayName  string `yaml:"display_name"`
			Tooltip      string
			Flag         int
			Cal          license.Module
			ReplacedBy   license.Module `yaml:"replaced_by"`
		}
	}](t, folder, "superoffice/modules.yaml")
	if len(s.Modules) != len(c.Modules) {
		t.Errorf("%d modules; the source has %d", len(c.Modules), len(s.Modules))
	}
	for _, w := range s.Modules {
		m := c.Module(w.Name)
		if m == nil {
			t.Errorf("%s is missing", w.Name)
			continue
		}
		people := ""
		if m.Kind == license.User {
			people = mask(m.People).String()
		}
		if m.Kind != license.System {
			w.Cal = "" // editing belongs to system modules; one site module names it too
		}
		same := m.Kind == w.Type && m.Hidden == (w.Hidden == nil || *w.Hidden) && m.Unrestricted == w.Unrestricted &&
			m.Prerequisite == w.Prerequisite && people == w.AllowedUser && m.Group == w.Group && m.Edit == w.Cal &&
			m.ReplacedBy == w.ReplacedBy && m.Marker == (w.Flag == 2) && m.PlanName == (w.Flag == 1) &&
			(w.DisplayName == "" || m.Name["en"] == w.DisplayName) && m.Tooltip["en"] == w.Tooltip
		if !same {
			t.Errorf("%+v differs from %+v", m, w)
		}
	}
}

func comparePlans(t *testing.T, c *Catalogue, folder string) {
	type plan struct {
		Code          license.Module
		Labels        struct{ List, Screen string }
		Module        license.Module
		Parts         []license.Part
		Group         string           `yaml:"exclusive_group"`
		Markers       []license.Module `yaml:"system_markers"`
		Tooltip       string
		Unrestricted  bool
		Set           []license.Module
		Reconstructed bool
	}
	s := source[struct {
		New struct {
			Base, Combinations []plan
			None               plan `yaml:"no_selection"`
		} `yaml:"v10_11"`
		Old []plan `yaml:"v8_9"`
	}](t, folder, "superoffice/plans.yaml")
	compare := func(generation string, plans []plan) {
		if got := len(c.PlansOf(generation)); got != len(plans) {
			t.Errorf("%d plans of %s; the source has %d", got, generation, len(plans))
		}
		for _, w := range plans {
			p := c.Plan(w.Code)
			if p == nil || p.Generation != generation {
				t.Errorf("%s is %+v", w.Code, p)
				continue
			}
			same := p.Name["en"] == w.Labels.Screen && (p.Label == w.Labels.List || p.Label == "" && w.Labels.List == w.Labels.Screen) &&
				p.PackageName == w.Module && slices.Equal(p.Parts, w.Parts) && p.Group == w.Group && slices.Equal(p.Markers, w.Markers) &&
				(w.Tooltip == "" || p.Tooltip["en"] == w.Tooltip) && p.Unrestricted == w.Unrestricted && slices.Equal(p.Includes, w.Set)
			if !same {
				t.Errorf("%+v differs from %+v", p, w)
			}
		}
	}
	compare("10-11", slices.Concat([]plan{s.New.None}, s.New.Base, s.New.Combinations))
	compare("8-9", s.Old)
}

func compareSets(t *testing.T, c *Catalogue, folder string) {
	type set struct {
		Version string
		Dates   struct {
			NextCheck    license.Date `yaml:"next_check"`
			AdminWarning license.Date `yaml:"admin_warning"`
			Maintenance  license.Date
			Expiry       license.Date
			Grace        license.Date
		}
		Rows []struct {
			Module       license.Module
			Type         license.Kind
			Quantity     int64
			Flag         int
			Hidden       bool
			Unrestricted bool
			AllowedUser  string `yaml:"allowed_user"`
			Name         string
			Tooltip      string
			Set          []license.Module
		}
	}
	s := source[struct {
		Set, Renewal set
		Users        []struct {
			ID, First, Last, Group, Plan, Role string
			Extras                             []license.Module
			CanLogIn                           bool `yaml:"can_log_in"`
			Former                             bool `yaml:"former_employee"`
		}
	}](t, folder, "samples/designteamet.yaml")
	first := exampleReview(t, "superoffice", "designteamet/order-1.yaml", Before{})
	renewal := exampleReview(t, "superoffice", "designteamet/order-2.yaml", Before{1, first.Draft.Hash(), "Designteamet"})
	for i, w := range []set{s.Set, s.Renewal} {
		got := []license.Set{first.Set, renewal.Set}[i]
		d := license.Dates{NextCheck: w.Dates.NextCheck, Warning: w.Dates.AdminWarning, Expiry: w.Dates.Expiry, Grace: w.Dates.Grace, Maintenance: w.Dates.Maintenance}
		if got.Dates != d || len(got.Licenses) != len(w.Rows) {
			t.Fatalf("set %d has %d licenses and the dates %v; want %d and %v", i+1, len(got.Licenses), got.Dates, len(w.Rows), d)
		}
		for j, row := range w.Rows {
			l := got.Licenses[j]
			name := l.Module
			if p := c.Plan(l.Module); p != nil {
				name = p.PackageName
			}
			people := ""
			if l.Kind == license.User {
				people = l.People.String()
			}
			same := name == row.Module && l.Kind == row.Type && l.Quantity == row.Quantity && l.Hidden == row.Hidden && l.Unrestricted == row.Unrestricted &&
				people == row.AllowedUser && l.Version == w.Version && l.Marker == (row.Flag == 2) && (l.Plan != nil) == (row.Flag == 1) &&
				(l.Plan == nil || slices.Equal(l.Plan.Includes, row.Set)) &&
				(l.Names["en"] == row.Name || row.Module == "online") && l.Tooltips["en"] == row.Tooltip
			if !same {
				t.Errorf("row %d of set %d is %+v; want %+v", j+1, i+1, l, row)
			}
		}
	}
	people := examples.DesignteametPeople()
	if len(people) != len(s.Users) {
		t.Fatalf("%d people; the source has %d", len(people), len(s.Users))
	}
	for i, w := range s.Users {
		p := people[i]
		if p.ID != w.ID || p.First != w.First || p.Last != w.Last || p.Group != w.Group || string(p.Plan) != w.Plan || p.Role != w.Role ||
			!slices.Equal(p.Extras, w.Extras) || p.Login != w.CanLogIn || p.Former != w.Former {
			t.Errorf("%+v differs from %+v", p, w)
		}
	}
}
