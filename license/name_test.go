package license_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pott-dev/pott/license"
)

func TestANameHasOneTextForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"superoffice.sale-cal":      "superoffice.sale-cal",
		"SuperOffice.Sale-CAL":      "superoffice.sale-cal",
		"acme.ej-customer centre":   "acme.ej-customer centre",
		"ACME.a.b.c":                "acme.a.b.c", // cut at the first dot
		"acme..hidden":              "acme..hidden",
		"acme." + longest("m", 239): "acme." + longest("m", 239),
	} {
		n, err := license.ParseName(text)
		if err != nil || n.String() != want {
			t.Errorf("%q is read as %q, %v, want %q", text, n, err, want)
		}
		if back, err := license.ParseName(n.String()); err != nil || back != n {
			t.Errorf("%q is read again as %v, %v", n, back, err)
		}
	}
}

func longest(s string, n int) string { return strings.Repeat(s, n) }

func TestWhatIsNotAName(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "sale-cal", ".sale-cal", "acme.", "ac me.sale", "acme. sale", "acme.sale ", "acme.sale  cal", "acme.sale/cal",
		"acme.\u017fale",  // long s folds to s in Unicode
		"ac\u212ae.sale",  // the Kelvin sign folds to k
		"acme.sa\u200ble", // zero-width space
		"acme.sale\x00",   //
		"acme.s\u00e4le",  //
		"acme.sale\tcal",  //
		longest("a", 33) + ".sale",
		"acme." + longest("m", 240),
	} {
		if n, err := license.ParseName(text); err == nil {
			t.Errorf("%q is read as %v", text, n)
		} else if code := err.(*license.BadNameError).Code(); code != "license.bad-name" {
			t.Errorf("%q has code %s", text, code)
		}
	}
}

func TestAnIssuerIsWrittenInCapitals(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"A", "SUPEROFFICE", "7", longest("Z", 32)} {
		if i, err := license.ParseIssuer(text); err != nil || string(i) != text {
			t.Errorf("%q: %v, %v", text, i, err)
		}
	}
	for _, text := range []string{"", "a", "Acme", "A B", "A.B", "Å", longest("Z", 33)} {
		if _, err := license.ParseIssuer(text); err == nil {
			t.Errorf("%q is read as an issuer", text)
		}
	}
}

func TestOnlyASCIIIsFolded(t *testing.T) {
	t.Parallel()
	if got := license.Module("SALE-Cal ÅÄ\u212a\u017f").Fold(); got != "sale-cal ÅÄ\u212a\u017f" {
		t.Errorf("folded to %q", got)
	}
	if license.NameOf("ACME", "Web") != license.NameOf("ACME", "WEB") || license.NameOf("ACME", "web") == license.NameOf("OTHER", "web") {
		t.Error("a name is the pair of its issuer and its folded module")
	}
}

func TestTextFormsAreReadBack(t *testing.T) {
	t.Parallel()
	type all struct {
		Name   license.Name
		None   license.Name
		Date   license.Date
		Never  license.Date
		Kind   license.Kind
		Person license.PersonKind
	}
	want := all{Name: license.NameOf("ACME", "web"), Date: day(t, "2026-06-10"), Kind: license.Site, Person: license.Technical}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"Name":"acme.web","None":"","Date":"2026-06-10","Never":"","Kind":"site","Person":"system"}`; string(text) != want {
		t.Errorf("written as %s, want %s", text, want)
	}
	var got all
	if err := json.Unmarshal(text, &got); err != nil || got != want {
		t.Errorf("read as %+v, %v", got, err)
	}
}

func TestWordsOutsideTheirListAreRefused(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"", "System", "person", "SiteLicense"} {
		var k license.Kind
		if err := k.UnmarshalText([]byte(word)); err == nil || k != 0 {
			t.Errorf("%q is the kind %v", word, k)
		}
	}
	var p license.PersonKind
	if err := p.UnmarshalText([]byte("employee")); err == nil {
		t.Errorf("employee is the kind of person %v", p)
	}
	if got := license.Kind(9).String(); got != "kind(9)" {
		t.Errorf("an unknown kind is %q", got)
	}
	if got := license.State(9).String(); got != "state(9)" {
		t.Errorf("an unknown state is %q", got)
	}
}

func TestTheWordsOfAMaskHaveAFixedOrder(t *testing.T) {
	t.Parallel()
	got := strings.Join((license.Resource | license.Internal | license.Technical).Words(), " ")
	if got != "internal system resource" {
		t.Errorf("the words are %q", got)
	}
}

func TestEnglishStandsInForAMissingLanguage(t *testing.T) {
	t.Parallel()
	texts := license.Texts{"en": "User", "sv": "Användare"}
	if texts.In("sv") != "Användare" || texts.In("nl") != "User" || license.Texts(nil).In("sv") != "" {
		t.Error("the wrong language stands in")
	}
}

func TestALicenseIsFoundInAnyLetterCase(t *testing.T) {
	t.Parallel()
	s := &license.Set{Licenses: []license.License{{Module: "user"}, {Module: "Sale-CAL", Quantity: 7}}}
	if l := s.License("SALE-cal"); l == nil || l.Quantity != 7 {
		t.Errorf("found %v", l)
	}
	if l := s.License("sale"); l != nil {
		t.Errorf("found %v", l)
	}
}

func FuzzParseName(f *testing.F) {
	f.Add("superoffice.sale-cal")
	f.Add("ACME.ej-customer centre")
	f.Add("acme.\u017fale")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := license.ParseName(text)
		if err != nil {
			return
		}
		back, err := license.ParseName(n.String())
		if err != nil || back != n {
			t.Errorf("%q is %v, read again as %v, %v", text, n, back, err)
		}
		if n.Module != n.Module.Fold() {
			t.Errorf("%q is %v, not folded", text, n)
		}
	})
}
