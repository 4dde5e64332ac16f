package license_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/license"
)

func so(module string) license.Name { return license.NameOf("SUPEROFFICE", license.Module(module)) }

func twoSets() *license.Active {
	return license.NewActive(
		&license.Set{Issuer: "SUPEROFFICE", Licenses: []license.License{
			{Module: "Sale-Cal", Kind: license.User}, {Module: "web", Kind: license.User}, {Module: "document", Kind: license.System},
			{Module: "sales", Kind: license.User, Plan: &license.Plan{Includes: []license.Module{"web", "Sale-Cal", "absent"}}},
			{Module: "bundle", Kind: license.User, Plan: &license.Plan{Includes: []license.Module{"sales"}}},
		}},
		nil,
		&license.Set{Issuer: "AMSYSTEM", Number: 1},
		&license.Set{Issuer: "AMSYSTEM", Number: 2, Licenses: []license.License{{Module: "document", Kind: license.User}}},
	)
}

func TestActiveHasOneSetPerIssuer(t *testing.T) {
	t.Parallel()
	a := twoSets()
	if n := len(a.Sets()); n != 2 || a.Sets()[0].Issuer != "AMSYSTEM" || a.Set("AMSYSTEM").Number != 2 {
		t.Errorf("%d sets, first %v", n, a.Sets()[0])
	}
	if l := a.License(so("SALE-CAL")); l == nil || l.Module != "Sale-Cal" {
		t.Errorf("License = %v", l)
	}
	names := []license.Name{license.NameOf("AMSYSTEM", "document"), so("sale-cal"), so("web"), so("document"), so("sales"), so("bundle")}
	if diff := cmp.Diff(names, a.Names()); diff != "" {
		t.Errorf("Names (-want +got):\n%s", diff)
	}
	b := a.With(&license.Set{Issuer: "AMSYSTEM", Number: 3})
	if a.Set("AMSYSTEM").Number != 2 || b.Set("AMSYSTEM").Number != 3 || b.Set("SUPEROFFICE") == nil {
		t.Error("With changed the old view, or lost a set")
	}
}

func TestNothingInForceHasNothing(t *testing.T) {
	t.Parallel()
	for _, a := range []*license.Active{nil, license.NewActive()} {
		if a.Sets() != nil || a.Set("X") != nil || a.License(so("web")) != nil || a.Names() != nil {
			t.Error("found something")
		}
		held := []license.Held{{Name: so("web"), Quantity: 2}}
		if diff := cmp.Diff(held, a.Expand(held)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	one := func(names ...string) (held []license.Held) {
		for _, n := range names {
			held = append(held, license.Held{Name: so(n), Quantity: 1})
		}
		return held
	}
	for _, test := range []struct {
		name  string
		given []license.Held
		want  []license.Held
	}{
		{"nothing gives nothing", nil, nil},
		{"a plan gives itself and what it includes, also what the set lacks", one("sales"), one("absent", "sale-cal", "sales", "web")},
		{"what two paths give is held once", append(one("web"), one("sales")...), one("absent", "sale-cal", "sales", "web")},
		{"the larger quantity wins", []license.Held{{Name: so("sales"), Quantity: 1}, {Name: so("web"), Quantity: 3}},
			[]license.Held{{Name: so("absent"), Quantity: 1}, {Name: so("sale-cal"), Quantity: 1}, {Name: so("sales"), Quantity: 1}, {Name: so("web"), Quantity: 3}}},
		{"a plan in a plan is held and gives nothing", one("bundle"), one("bundle", "sales")},
		{"what no set has stays held", one("unknown"), one("unknown")},
		{"the same given twice is held once", append(one("web"), one("web")...), one("web")},
	} {
		a := twoSets()
		if diff := cmp.Diff(test.want, a.Expand(test.given)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if diff := cmp.Diff(one("absent", "sale-cal", "sales", "web"), a.Expand(one("sales"))); diff != "" {
			t.Errorf("%s: expanding changed the plan:\n%s", test.name, diff)
		}
	}
}

func TestResolveUnderstandsWhatPeopleType(t *testing.T) {
	t.Parallel()
	a := twoSets()
	for text, want := range map[string]license.Name{
		"superoffice.sale-cal": so("sale-cal"), "SuperOffice.WEB": so("web"), "sale-cal": so("sale-cal"), "Web": so("web"),
		"amsystem.document": license.NameOf("AMSYSTEM", "document"),
	} {
		if got, err := a.Resolve(text); got != want || err != nil {
			t.Errorf("Resolve(%q) = %v, %v", text, got, err)
		}
	}
	var ambiguous *license.AmbiguousModuleError
	if _, err := a.Resolve("document"); !errors.As(err, &ambiguous) || len(ambiguous.Names) != 2 {
		t.Errorf("a module of two issuers: %v", err)
	}
	var unknown *license.UnknownModuleError
	if _, err := a.Resolve("superoffice.sale"); !errors.As(err, &unknown) {
		t.Fatalf("an unknown module: %v", err)
	}
	if want := []license.Name{so("sale-cal"), so("sales")}; !cmp.Equal(want, unknown.Near) {
		t.Errorf("near %v, want %v", unknown.Near, want)
	}
	for _, text := range []string{"", "x", "amsystem.web", "."} {
		if _, err := a.Resolve(text); !errors.As(err, &unknown) {
			t.Errorf("Resolve(%q): %v", text, err)
		}
	}
}
