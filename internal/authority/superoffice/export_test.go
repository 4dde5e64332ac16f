package superoffice

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/license"
)

func TestWhatAPackageHasNoPlaceForIsToldAndNothingElseIsLeftOut(t *testing.T) {
	s := license.Set{
		Issuer: "SUPEROFFICE", IssuerName: "SuperOffice AS", Company: "Exempel", Serial: "1600070120", Number: 3, Issued: noon,
		Dates: license.Dates{Expiry: license.Date{Year: 2027, Month: time.March, Day: 27}}, TimeZone: "Europe/Oslo",
		Deployment: "cellar", Product: "CRM", Occupancy: license.ByCredentials, Previous: "00ff", Installation: "abcd", Final: true, Demo: true,
		Clients: []license.Client{{Name: "web"}, {Name: "mobile"}},
		Licenses: []license.License{
			{
				Module: "sale", Kind: license.System, Quantity: 1, Edit: "sale-cal", OpenEnded: true, Version: "11",
				Names: license.Texts{"en": "Sale", "sv": "Försäljning"}, Tooltips: license.Texts{"de": "Verkauf"},
			},
			{Module: "sales-t2", Kind: license.System, Quantity: 4, Marker: true},
			{Module: "nebula", Kind: license.Site, Quantity: 2, Prerequisite: "sale"},
			{Module: "extern-user-cal", Kind: license.User, People: license.External, Quantity: math.MaxUint32, Unrestricted: true, Hidden: true, OpenEnded: true},
			{
				Module: "sales-premium", Kind: license.User, People: license.Internal, Quantity: 4,
				Plan: &license.Plan{Includes: []license.Module{"user", "sale-cal"}, Group: "userplan", Parts: []license.Part{{Line: "sales", Tier: "premium"}}},
			},
			{Module: "gone", Kind: license.User, People: license.Internal, Quantity: 1, Plan: &license.Plan{Includes: []license.Module{"sales-premium"}}, Prerequisite: "sales-premium"},
		},
	}
	p, left, err := Export(&s, catalogue(t))
	if err != nil {
		t.Fatal(err)
	}
	want := &Package{
		OwnerName: "SUPEROFFICE", OwnerDescription: "SuperOffice AS", CompanyName: "Exempel", SerialNr: "1600070120", ProductType: "CRM",
		ExpiryDate: s.Dates.Expiry,
		Modules: []Module{
			{LicenseType: license.System, ModuleName: "sale", NumberOfLicenses: 1, ModuleVersion: "11", ModuleDescription: "Sale", SortOrder: 1},
			{LicenseType: license.System, ModuleName: "sales-t2", NumberOfLicenses: 4, ExtraFlags: MarkerRow, SortOrder: 2},
			{LicenseType: license.Site, ModuleName: "nebula", NumberOfLicenses: 2, PrerequisiteModuleName: "sale", SortOrder: 3},
			{LicenseType: license.User, AllowedUserType: license.External, ModuleName: "extern-user-cal", NumberOfLicenses: math.MaxUint32, Unrestricted: true, IsHidden: true, SortOrder: 4},
			{LicenseType: license.User, AllowedUserType: license.Internal, ModuleName: "ten-sales", NumberOfLicenses: 4, ExtraFlags: PlanRow, ExtraInfo: "set=user,sale-cal", SortOrder: 5},
			{LicenseType: license.User, AllowedUserType: license.Internal, ModuleName: "gone", NumberOfLicenses: 1, ExtraFlags: PlanRow, ExtraInfo: "set=ten-sales", PrerequisiteModuleName: "ten-sales", SortOrder: 6},
		},
	}
	for i := range want.Modules {
		want.Modules[i].OwnerName = "SUPEROFFICE"
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("the package (-want +got):\n%s", diff)
	}
	told := []*NotExportedError{
		{Field: "deployment", Value: "cellar"}, {Field: "number", Value: "3"}, {Field: "issued", Value: "2026-06-10T12:00:00Z"},
		{Field: "time_zone", Value: "Europe/Oslo"}, {Field: "occupancy", Value: "credentials"}, {Field: "previous", Value: "00ff"},
		{Field: "installation", Value: "abcd"}, {Field: "final", Value: "true"}, {Field: "demo", Value: "true"}, {Field: "clients", Value: "web, mobile"},
		{Field: "open_ended", Modules: []license.Module{"sale", "extern-user-cal"}}, {Field: "edit", Modules: []license.Module{"sale"}},
		{Field: "names.sv", Modules: []license.Module{"sale"}}, {Field: "tooltips.de", Modules: []license.Module{"sale"}},
		{Field: "plan.group", Modules: []license.Module{"sales-premium"}}, {Field: "plan.parts", Modules: []license.Module{"sales-premium"}},
		{Field: "plan.package_name", Modules: []license.Module{"gone"}},
	}
	if diff := cmp.Diff(told, left); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
}

// Every field of a set and of a license either stands in the package or is told
// as left out. A field that somebody adds later fails here until it does.
func TestNoFieldOfASetIsForgotten(t *testing.T) {
	for _, c := range []struct {
		typ    reflect.Type
		fields int
	}{
		{reflect.TypeFor[license.Set](), 18}, {reflect.TypeFor[license.License](), 14}, {reflect.TypeFor[license.Plan](), 3}, {reflect.TypeFor[license.Dates](), 5},
	} {
		if n := c.typ.NumField(); n != c.fields {
			t.Errorf("%s has %d fields and had %d: decide what an export does with the new one", c.typ, n, c.fields)
		}
	}
}

func TestWhatCannotBeLeftOutIsRefused(t *testing.T) {
	plan := func(code license.Module) license.License {
		return license.License{Module: code, Kind: license.User, People: license.Internal, Quantity: 1, Plan: &license.Plan{}}
	}
	module := license.License{Module: "web", Kind: license.User, People: license.Internal, Quantity: 1}
	many, both, named, long, seen := module, module, module, plan("sales-premium"), module
	for range 1000 {
		long.Plan.Includes = append(long.Plan.Includes, "web")
	}
	seen.Names = license.Texts{"en": "Web\ufffe"}
	many.Quantity = math.MaxUint32 + 1
	both.People |= license.External
	named.Module = "Ten-Sales"
	for name, c := range map[string]struct {
		licenses []license.License
		want     error
	}{
		"two tiers of the same lines":      {[]license.License{plan("sales-premium"), module, plan("sales-essentials")}, &PlansCollideError{"ten-sales", "sales-premium", "sales-essentials"}},
		"a module named as a plan will be": {[]license.License{plan("sales-premium"), named}, &PlansCollideError{"Ten-Sales", "sales-premium", "Ten-Sales"}},
		"too many seats":                   {[]license.License{many}, &CannotSayError{"web", "quantity", "4294967296"}},
		"two kinds of person":              {[]license.License{both}, &CannotSayError{"web", "people", "internal, external"}},
		"a list too long to keep":          {[]license.License{long}, &CannotSayError{"sales-premium", "plan.includes", "of 4003 characters"}},
		"a character that XML has not":     {[]license.License{seen}, &CannotSayError{"web", "names.en", "with U+FFFE"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, _, err := Export(&license.Set{Issuer: "SUPEROFFICE", Licenses: c.licenses}, catalogue(t))
			if diff := cmp.Diff(c.want, err); diff != "" || p != nil {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// otherwise sometimes makes a line say what the catalogue does not.
func otherwise(t *rapid.T, l authority.OrderLine) authority.OrderLine {
	if rapid.Bool().Draw(t, "otherwise") {
		hidden, free := rapid.Bool().Draw(t, "hidden"), rapid.Bool().Draw(t, "unrestricted")
		l.Hidden, l.Unrestricted = &hidden, &free
	}
	return l
}

// Whatever is ordered of one generation, what is exported comes back as the same
// set, unless the export refuses it.
func TestSetsOfTheCatalogueSurviveTheWayThereAndBack(t *testing.T) {
	c := catalogue(t)
	exported := 0
	rapid.Check(t, func(t *rapid.T) {
		g := rapid.SampledFrom([]string{"10-11", "8-9", "6-7"}).Draw(t, "generation")
		o := &authority.Order{
			Issuer: "SUPEROFFICE", Company: "Exempel", Serial: "1600070120", TimeZone: "Europe/Oslo", Generation: g, Quantities: authority.Derived,
			Deployment: rapid.SampledFrom([]string{"", "online"}).Draw(t, "deployment"), Version: rapid.SampledFrom([]string{"", "11.11"}).Draw(t, "version"),
		}
		for _, p := range rapid.SliceOfDistinct(rapid.SampledFrom(append(c.PlansOf(g), nil)), rapid.ID).Draw(t, "plans") {
			if p != nil {
				o.Lines = append(o.Lines, otherwise(t, authority.OrderLine{Plan: p.Code, Quantity: rapid.Int64Range(1, 9).Draw(t, "seats")}))
			}
		}
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(c.Modules)-1), 0, 9, rapid.ID).Draw(t, "modules") {
			o.Lines = append(o.Lines, otherwise(t, authority.OrderLine{Module: c.Modules[i].Module, Quantity: rapid.Int64Range(1, 9).Draw(t, "seats")}))
		}
		r := authority.ReviewOrder(o, c, authority.Before{}, noon)
		if r.Draft == nil {
			return // an order that nobody can issue
		}
		p, _, err := Export(&r.Draft.Set, c)
		if err != nil {
			return
		}
		exported++
		back, err := Parse(p.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		d, err := Import(back, c, Reading{TimeZone: "Europe/Oslo", Generation: g})
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range d.Problems {
			t.Errorf("%v", problem)
		}
		again := authority.ReviewOrder(d.Order, c, authority.Before{}, noon)
		if diff := cmp.Diff(r.Set, again.Set); diff != "" {
			t.Fatalf("the set before and after (-before +after):\n%s", diff)
		}
	})
	t.Logf("%d sets were exported", exported)
	if exported == 0 {
		t.Error("no set of all was exported: the test shows nothing")
	}
}
