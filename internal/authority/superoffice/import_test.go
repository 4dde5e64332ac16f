package superoffice

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/license"
)

func drafted(t *testing.T, text string, reading Reading) *Draft {
	t.Helper()
	d, err := Import(parsed(t, []byte(text)), catalogue(t), reading)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func sentences(problems []authority.Problem) (all []string) {
	for _, p := range problems {
		all = append(all, string(p.Severity)+": "+p.String())
	}
	return all
}

func TestWhateverAnOrderCannotSayIsToldWithItsPlace(t *testing.T) {
	d := drafted(t, string(file(t, "testdata/signed.xml")), Reading{TimeZone: "Europe/Oslo"})
	want := `# A draft, made of a license package of SuperOffice. The package proves nothing: no key and no signature of it was
# checked. Compare it with the agreement before it is signed.

format: pott-order/v1
issuer: "SUPEROFFICE"
company: "Exempel & Co"
serial: "1010000006"
time_zone: "Europe/Oslo"
generation: "10-11"
demo: true
quantities: explicit
lines:
  - {plan: ten-service, quantity: 2}
  - {module: server, quantity: 1, hidden: false}
  - {plan: sales-premium, quantity: 2}   # ten-sales in the package
  - {module: "no", quantity: 2}
  - {module: sale-cal, quantity: 3}
`
	if diff := cmp.Diff(want, string(d.Text)); diff != "" {
		t.Errorf("the draft (-want +got):\n%s", diff)
	}
	told := []string{
		`warning: package: DeploymentType ("3") was left out`,
		`warning: package: OwnerDescription is "SuperOffice" in the package and "SuperOffice AS" in the catalogue, which counts`,
		`warning: package: LicenseUrl ("https://license.example/") was left out`,
		`warning: package: ProductDescription ("CRM") was left out`,
		`warning: package: ExtraFlags ("8") was left out`,
		`warning: package: ExtraInfo ("for the owner") was left out`,
		`warning: package: PublicKey was left out`,
		`warning: package: Signature was left out`,
		`warning: package line 36: ten-sales has the SortOrder 2 of line 11 and stands behind it`,
		`warning: package line 23: sale-cal has no SortOrder and stands last`,
		`warning: package line 11: SERVER: ExtraInfo ("also for the owner") was left out`,
		`warning: package line 11: SERVER: ModuleVersion ("12") was left out, and of 2 more rows`,
		`warning: package line 11: SERVER: Signature was left out, and of 1 more rows`,
		`warning: package line 36: ten-sales is taken for the plan sales-premium, which adds pocket-crm-cal, selection-cal, relation-cal, report-cal, chat-cal, forms-cal, t2, saint-cal, target-cal, project-cal, quote-cal, guide-cal, stakeholder-cal, dash-cal, selection-combined-cal and lacks publish`,
		`warning: package line 23: sale-cal: LicenseType is "SiteLicense" in the package and "UserLicense" in the catalogue, which counts`,
		`warning: package line 23: sale-cal: AllowedUserType is "ExternalAssociate" in the package and "InternalAssociate" in the catalogue, which counts`,
		`warning: package line 23: sale-cal: PrerequisiteModuleName is "user" in the package and "" in the catalogue, which counts`,
		`warning: package line 23: sale-cal: ExtraFlags is "2" in the package and "0" in the catalogue, which counts`,
	}
	if diff := cmp.Diff(told, sentences(d.Problems)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	var blocking []string
	for _, p := range authority.ReviewOrder(d.Order, catalogue(t), authority.Before{}, noon).Problems {
		if p.Severity == authority.Blocking {
			blocking = append(blocking, p.Code())
		}
	}
	if got, want := strings.Join(blocking[:4], " "), "order.demo order.plan-name order.unknown order.included-missing"; got != want {
		t.Errorf("lint finds %s; want %s", got, want)
	}
}

const head = "<LicenseInfo><OwnerName>SUPEROFFICE</OwnerName><ModuleLicenses>"

func plan(name, description, set string) string {
	return "<ModuleLicense><LicenseType>3</LicenseType><ModuleName>" + name + "</ModuleName><ModuleDescription>" + description +
		"</ModuleDescription><NumberOfLicenses>1</NumberOfLicenses><ExtraFlags>1</ExtraFlags><ExtraInfo>" + set + "</ExtraInfo></ModuleLicense>"
}

func list(t *testing.T, code license.Module) string {
	t.Helper()
	return setOf(catalogue(t).Plan(code).Includes)
}

// A package has one name for all tiers of the same lines of products.
func TestAPlanIsKnownByItsNameAndWhatItIncludes(t *testing.T) {
	for name, c := range map[string]struct {
		rows, generation string
		want             license.Module // the line's plan
		exact            bool
	}{
		"the premium list":                 {plan("ten-sales", "", list(t, "sales-premium")), "", "sales-premium", true},
		"the essentials list":              {plan("ten-sales", "Sales Premium", list(t, "sales-essentials")), "", "sales-essentials", true},
		"the list in another order":        {plan("TEN-Service", "", "set=t1,ej-client,REPORT-CAL,relation-cal, selection-cal,pocket-crm-cal,web,user,user"), "", "service-essentials", true},
		"a list of no plan, and a name":    {plan("ten-sales", "Sales Essentials", "set=user"), "", "sales-essentials", false},
		"a list of no plan, and no name":   {plan("ten-sales", "Sales", "set=user"), "", "ten-sales", true},
		"no list, and a name":              {plan("ten-sales", "Sales Premium", "10-sal"), "", "sales-premium", true},
		"the empty plan, by its list":      {plan("superlicense-no-selection", "", "set="), "", "no-selection", true},
		"the empty plan, without a list":   {plan("superlicense-no-selection", "", ""), "", "no-selection", true},
		"the empty plan beside older ones": {plan("superlicense-no-selection", "", "set=") + plan("superlicense-assistant", "", "set=user,web"), "", "superlicense-no-selection", true},
		"the generation that was asked":    {plan("superlicense-no-selection", "", "set="), "8-9", "superlicense-no-selection", true},
		"a plan of another generation":     {plan("superlicense-assistant", "", "set=user,web"), "10-11", "superlicense-assistant", true},
		"a name of no plan":                {plan("ten-nothing", "", "set=user"), "", "ten-nothing", true},
	} {
		t.Run(name, func(t *testing.T) {
			d := drafted(t, head+c.rows+"</ModuleLicenses></LicenseInfo>", Reading{TimeZone: "Europe/Oslo", Generation: c.generation})
			if got := d.Order.Lines[0].Plan; got != c.want {
				t.Errorf("it is taken for %s; want %s", got, c.want)
			}
			exact := true
			for _, p := range d.Problems {
				exact = exact && p.Code() != "superoffice.plan-differs"
			}
			if exact != c.exact {
				t.Errorf("warnings %v; want a difference told: %v", sentences(d.Problems), !c.exact)
			}
		})
	}
}

func TestThePriceListIsTheOneWhosePlansFit(t *testing.T) {
	c, err := authority.ParseCatalogue([]byte(`format: pott-catalogue/v1
issuer: {code: ACME, name: Acme}
serial: {check: none}
occupancy: assignment
languages: [en]
default_generation: new
generations: [{code: old, name: Old}, {code: new, name: New}]
modules: [{module: a, kind: user}, {module: b, kind: user}, {module: x, kind: user, plan_name: true}]
plans:
  - {code: old-x, generation: old, package_name: x, includes: [a, b]}
  - {code: new-x, generation: new, package_name: x, includes: [a]}
`))
	if err != nil {
		t.Fatal(err)
	}
	for set, want := range map[string]license.Module{"set=a": "new-x", "set=b,a": "old-x", "set=b": "new-x"} {
		d, err := Import(&Package{OwnerName: "ACME", Modules: []Module{{ModuleName: "X", ExtraFlags: PlanRow, ExtraInfo: set}}}, c, stockholm)
		if err != nil || d.Order.Lines[0].Plan != want {
			t.Errorf("%s: %v, %v; want %s", set, d, err, want)
		}
	}
}

func TestAPackageHasOneOwnerAndTheCatalogueIsTheirs(t *testing.T) {
	rows := func(owners ...string) string {
		text := "<LicenseInfo><ModuleLicenses>"
		for _, o := range owners {
			text += "\n<ModuleLicense><ModuleName>server</ModuleName><OwnerName>" + o + "</OwnerName></ModuleLicense>"
		}
		return text + "</ModuleLicenses></LicenseInfo>"
	}
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"the owner of its rows": {rows("superoffice", "", "SUPEROFFICE"), nil},
		"two owners":            {rows("SUPEROFFICE", "HUMBUG"), &OwnerError{3, "HUMBUG", "SUPEROFFICE"}},
		"no owner":              {rows("", ""), &OwnerError{}},
		"no rows":               {rows(), &OwnerError{}},
		"another owner":         {rows("HUMBUG"), &authority.OrderIssuerError{Order: "HUMBUG", Catalogue: "SUPEROFFICE"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Import(parsed(t, []byte(c.text)), catalogue(t), stockholm)
			if diff := cmp.Diff(c.want, err); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheVersionOfAPackageIsTheOneItsRowsAgreeOn(t *testing.T) {
	row := func(v string) string {
		return "<ModuleLicense><ModuleName>server</ModuleName><ModuleVersion>" + v + "</ModuleVersion></ModuleLicense>"
	}
	for text, want := range map[string]string{
		row("11") + row("11"): "11",
		row("11") + row("12"): "",
		row("11") + row(""):   "",
		"":                    "",
	} {
		if got := drafted(t, head+text+"</ModuleLicenses></LicenseInfo>", stockholm).Order.Version; got != want {
			t.Errorf("%s: version %q; want %q", text, got, want)
		}
	}
}

// Whatever a text of the package holds, the order says the same text.
func TestNoTextOfAPackageBecomesPartOfTheOrdersForm(t *testing.T) {
	for _, company := range []string{
		"a\nnumber: 7", `"`, `\`, "a # b", "a: b", "- a", "{a}", "&a *a !a", "null", "2026-06-10", "1e3", "\u0085", "\u2028", "\u007f", "a\tb", "\ufeff", "😀",
	} {
		p := &Package{OwnerName: "SUPEROFFICE", CompanyName: company, SerialNr: company, ProductType: company, LicenseVersion: company}
		d, err := Import(p, catalogue(t), Reading{TimeZone: company, Generation: company})
		if err != nil {
			t.Errorf("%q: %v", company, err)
			continue
		}
		o := d.Order
		for _, got := range []string{o.Company, o.Serial, o.Product, o.Version, o.TimeZone, o.Generation} {
			if got != company {
				t.Errorf("%q became %q", company, got)
			}
		}
	}
	for _, m := range []license.Module{"yes", "null", "1", "1e3", "2026-06-10", "a b", ".", "-", "_", "0x1", "ten-sales", "A", "on"} {
		p := &Package{OwnerName: "SUPEROFFICE", Modules: []Module{{ModuleName: m}, {ModuleName: m, ExtraFlags: PlanRow}}}
		d, err := Import(p, catalogue(t), stockholm)
		if err != nil {
			t.Errorf("%q: %v", m, err)
		} else if d.Order.Lines[0].Module != m || d.Order.Lines[1].Plan != m {
			t.Errorf("%q became %+v", m, d.Order.Lines)
		}
	}
}
