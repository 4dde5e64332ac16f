package superoffice

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pott-dev/pott/license"
)

const small = `<LicenseInfo>
  <OwnerName>ACME</OwnerName>
  <ModuleLicenses>
    <ModuleLicense>
      <ModuleName>spin</ModuleName>
    </ModuleLicense>
  </ModuleLicenses>
</LicenseInfo>`

// with returns the small package with one text in place of another.
func with(old, new string) string {
	if !strings.Contains(small, old) {
		panic(old)
	}
	return strings.Replace(small, old, new, 1)
}

// row returns the small package with more elements in its row.
func row(elements string) string {
	return with("<ModuleName>spin</ModuleName>", "<ModuleName>spin</ModuleName>"+elements)
}

func TestWhatIsMissingHasItsDefault(t *testing.T) {
	want := &Package{OwnerName: "ACME", Modules: []Module{{ModuleName: "spin", Line: 4}}}
	for _, text := range []string{
		small, "\ufeff" + small, `<?xml version="1.0"?>` + small, `<?xml version="1.0" encoding="Utf-8"?>` + "\n<!-- a -->" + small + "<!-- b -->\n",
		with("<OwnerName>", "<CompanyName/><ExpiryDate></ExpiryDate><OwnerName>"),
		with("<LicenseInfo>", `<LicenseInfo xmlns="http://acme.example/x" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">`),
		with("<OwnerName>", `<PublicKey><Key></Key></PublicKey><OwnerName>`),
		with("<OwnerName>ACME<", "<OwnerName> <!-- who --> acme <"),
		row("<LicenseType>Unknown</LicenseType><AllowedUserType>Unknown</AllowedUserType><NumberOfLicenses>0</NumberOfLicenses><ExtraFlags>0</ExtraFlags>"),
	} {
		p, err := Parse([]byte(text))
		if err != nil {
			t.Errorf("%v:\n%s", err, text)
			continue
		}
		p.Modules[0].Line = 4
		if diff := cmp.Diff(want, p); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
}

func TestValuesAreReadAsTheFormatWritesThem(t *testing.T) {
	for elements, want := range map[string]func(*Module) bool{
		"<LicenseType>SiteLicense</LicenseType>":                    func(m *Module) bool { return m.LicenseType == license.System },
		"<LicenseType>SatelliteLicense</LicenseType>":               func(m *Module) bool { return m.LicenseType == license.Site },
		"<LicenseType>UserLicense</LicenseType>":                    func(m *Module) bool { return m.LicenseType == license.User },
		"<LicenseType>0</LicenseType>":                              func(m *Module) bool { return m.LicenseType == 0 },
		"<LicenseType>1</LicenseType>":                              func(m *Module) bool { return m.LicenseType == license.System },
		"<LicenseType>2</LicenseType>":                              func(m *Module) bool { return m.LicenseType == license.Site },
		"<LicenseType>3</LicenseType>":                              func(m *Module) bool { return m.LicenseType == license.User },
		"<LicenseType>4</LicenseType>":                              func(m *Module) bool { return m.LicenseType == license.User },
		"<AllowedUserType>InternalAssociate</AllowedUserType>":      func(m *Module) bool { return m.AllowedUserType == license.Internal },
		"<AllowedUserType>ResourceAssociate</AllowedUserType>":      func(m *Module) bool { return m.AllowedUserType == license.Resource },
		"<AllowedUserType>ExternalAssociate</AllowedUserType>":      func(m *Module) bool { return m.AllowedUserType == license.External },
		"<AllowedUserType>AnonymousAssociate</AllowedUserType>":     func(m *Module) bool { return m.AllowedUserType == license.Anonymous },
		"<AllowedUserType>SystemAssociate</AllowedUserType>":        func(m *Module) bool { return m.AllowedUserType == license.Technical },
		"<Unrestricted>1</Unrestricted><IsHidden>true</IsHidden>":   func(m *Module) bool { return m.Unrestricted && m.IsHidden },
		"<Unrestricted>0</Unrestricted><IsHidden>false</IsHidden>":  func(m *Module) bool { return !m.Unrestricted && !m.IsHidden },
		"<NumberOfLicenses>4294967295</NumberOfLicenses>":           func(m *Module) bool { return m.NumberOfLicenses == 1<<32-1 },
		"<ModuleTooltip>&lt;a &#x26; b&gt;</ModuleTooltip>":         func(m *Module) bool { return m.ModuleTooltip == "<a & b>" },
		"<ModuleTooltip>a<!-- b --><![CDATA[<c>]]></ModuleTooltip>": func(m *Module) bool { return m.ModuleTooltip == "a<c>" },
		"<ExtraFlags>1</ExtraFlags><ExtraInfo>set= a , b c</ExtraInfo>": func(m *Module) bool {
			list, ok, err := m.includes()
			return ok && err == nil && reflect.DeepEqual(list, []license.Module{"a", "b c"})
		},
		"<ExtraFlags>1</ExtraFlags><ExtraInfo>set=</ExtraInfo>": func(m *Module) bool {
			list, ok, err := m.includes()
			return ok && err == nil && len(list) == 0
		},
		"<ExtraFlags>1</ExtraFlags><ExtraInfo>10-sal</ExtraInfo>": func(m *Module) bool {
			_, ok, err := m.includes()
			return !ok && err == nil
		},
		"<ExtraInfo>set=,</ExtraInfo>": func(m *Module) bool { return m.ExtraInfo == "set=," },
	} {
		p, err := Parse([]byte(row(elements)))
		if err != nil {
			t.Errorf("%s: %v", elements, err)
		} else if !want(&p.Modules[0]) {
			t.Errorf("%s is read as %+v", elements, p.Modules[0])
		}
	}
	dates := map[string]license.Date{
		"2027-03-27T00:00:00":         {Year: 2027, Month: time.March, Day: 27},
		"2027-03-27T00:00:00.0000000": {Year: 2027, Month: time.March, Day: 27},
		"2027-03-27":                  {Year: 2027, Month: time.March, Day: 27},
		"0001-01-01T00:00:00":         {},
		"0001-01-01":                  {},
		"0":                           {},
		"0001-01-02":                  {Year: 1, Month: time.January, Day: 2},
	}
	for text, want := range dates {
		p, err := Parse([]byte(with("<OwnerName>", "<ExpiryDate>"+text+"</ExpiryDate><OwnerName>")))
		if err != nil || p.ExpiryDate != want {
			t.Errorf("%s is read as %v, %v; want %v", text, p, err, want)
		}
	}
}

func utf16le(text string) []byte {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

const laughs = `<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<LicenseInfo><CompanyName>&lol2;</CompanyName></LicenseInfo>`

// Every refusal names the place and the rule.
func TestWhatIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"an empty text":               {"", &MalformedError{1, 1, "it is empty"}},
		"white space":                 {" \n", &MalformedError{2, 1, "it is empty"}},
		"another root":                {"<a/>", &UnknownElementError{1, 1, "a", "the text, whose root is LicenseInfo"}},
		"text before the root":        {"x" + small, &MalformedError{1, 1, "text stands outside the root element"}},
		"text behind the root":        {small + "x", &MalformedError{8, 15, "something stands behind the root element"}},
		"a second root":               {small + "<LicenseInfo/>", &MalformedError{8, 15, "something stands behind the root element"}},
		"a text that ends":            {small[:50], &MalformedError{3, 3, "it is not well-formed XML: unexpected EOF"}},
		"text between elements":       {with("<OwnerName>", "x<OwnerName>"), &MalformedError{1, 14, "text stands between the elements of LicenseInfo"}},
		"tags that cross":             {with("</ModuleName>", "</ModuleLicense>"), &MalformedError{5, 23, "it is not well-formed XML: element <ModuleName> closed by </ModuleLicense>"}},
		"a document type":             {laughs, &MalformedError{2, 1, "a document type is not read: a package has no entities of its own"}},
		"an external document":        {`<!DOCTYPE a SYSTEM "file:///etc/passwd"><LicenseInfo/>`, &MalformedError{1, 1, "a document type is not read: a package has no entities of its own"}},
		"an entity":                   {with("ACME", "&me;"), &MalformedError{2, 14, "it is not well-formed XML: invalid character entity &me;"}},
		"a processing instruction":    {with("<OwnerName>", "<?a b?><OwnerName>"), &MalformedError{2, 3, "processing instructions are not read"}},
		"a declaration that is late":  {" <?xml version=\"1.0\"?>" + small, &MalformedError{1, 2, "processing instructions are not read"}},
		"XML 1.1":                     {`<?xml version="1.1"?>` + small, &MalformedError{1, 1, "it is not well-formed XML: unsupported version \"1.1\"; only version 1.0 is supported"}},
		"another encoding":            {`<?xml version="1.0" encoding="iso-8859-1"?>` + small, &EncodingError{"iso-8859-1"}},
		"UTF-16":                      {string(utf16le(small)), &EncodingError{"UTF-16"}},
		"UTF-16 without a mark":       {string(utf16le(small)[2:]), &EncodingError{"UTF-16"}},
		"Latin-1 that does not say":   {with("ACME", "\xe5"), &MalformedError{2, 14, "the bytes are not UTF-8"}},
		"NUL":                         {with("ACME", "AC\x00ME"), &MalformedError{2, 16, "a NUL byte stands where no text can have one"}},
		"NUL, escaped":                {with("ACME", "&#0;"), &MalformedError{2, 14, "it is not well-formed XML: illegal character code U+0000"}},
		"a control character":         {with("ACME", "\x01"), &MalformedError{2, 14, "it is not well-formed XML: illegal character code U+0001"}},
		"an unknown element":          {with("<OwnerName>", "<Ownername>x</Ownername><OwnerName>"), &UnknownElementError{2, 3, "Ownername", "LicenseInfo"}},
		"an unknown element in a row": {row("<Quantity>1</Quantity>"), &UnknownElementError{5, 36, "Quantity", "ModuleLicense"}},
		"something that is no row":    {with("<ModuleLicense>", "<SiteLicense/><ModuleLicense>"), &UnknownElementError{4, 5, "SiteLicense", "ModuleLicenses"}},
		"an element in a value":       {with("ACME", "<b>ACME</b>"), &UnknownElementError{2, 14, "b", "OwnerName"}},
		"an element of another space": {with("<OwnerName>", `<OwnerDescription xmlns="u:x"/><OwnerName>`), &UnknownElementError{2, 3, "OwnerDescription", "LicenseInfo"}},
		"an attribute":                {with("<ModuleLicense>", `<ModuleLicense id="1">`), &UnknownElementError{4, 5, "the attribute id", "ModuleLicense"}},
		"an element twice":            {with("<ModuleLicenses>", "<OwnerName>ACME</OwnerName><ModuleLicenses>"), &DuplicateElementError{3, 3, "OwnerName", 2}},
		"an empty element twice":      {row("<IsHidden/>\n<IsHidden/>"), &DuplicateElementError{6, 1, "IsHidden", 5}},
		"two lists of rows":           {with("</LicenseInfo>", "<ModuleLicenses/></LicenseInfo>"), &DuplicateElementError{8, 1, "ModuleLicenses", 3}},
		"a row without a name":        {with("<ModuleName>spin</ModuleName>", ""), &BadValueError{4, 5, "ModuleName", "", "every row has one"}},
		"a name that is none":         {with("spin", "a,b"), &BadValueError{5, 7, "ModuleName", "a,b", "a module is written with A–Z, a–z, 0–9, space, dot, hyphen and underscore only"}},
		"an owner that is none":       {with("ACME", "AC ME"), &BadValueError{2, 3, "OwnerName", "AC ME", "an owner is written with 1 to 32 letters A–Z and digits"}},
		"an owner in other letters":   {with("ACME", "ACME\u017f"), &BadValueError{2, 3, "OwnerName", "ACME\u017f", "an owner is written with 1 to 32 letters A–Z and digits"}},
		"an hour":                     {with("<OwnerName>", "<GraceDate>2027-03-27T23:00:00</GraceDate><OwnerName>"), &BadValueError{2, 3, "GraceDate", "2027-03-27T23:00:00", "it is a date at midnight without a time zone, such as 2027-03-27T00:00:00"}},
		"a zone":                      {with("<OwnerName>", "<GraceDate>2027-03-27T00:00:00Z</GraceDate><OwnerName>"), &BadValueError{2, 3, "GraceDate", "2027-03-27T00:00:00Z", "it is a date at midnight without a time zone, such as 2027-03-27T00:00:00"}},
		"a day that is none":          {with("<OwnerName>", "<GraceDate>2027-02-29</GraceDate><OwnerName>"), &BadValueError{2, 3, "GraceDate", "2027-02-29", "it is no date, such as 2027-03-27T00:00:00"}},
		"a kind that is none":         {row("<LicenseType>5</LicenseType>"), &BadValueError{5, 36, "LicenseType", "5", "it is one of SiteLicense, SatelliteLicense, UserLicense"}},
		"two kinds of user":           {row("<AllowedUserType>InternalAssociate ExternalAssociate</AllowedUserType>"), &BadValueError{5, 36, "AllowedUserType", "InternalAssociate ExternalAssociate", "it is one of InternalAssociate, ResourceAssociate, ExternalAssociate, AnonymousAssociate, SystemAssociate"}},
		"a flag that is none":         {row("<ExtraFlags>3</ExtraFlags>"), &BadValueError{5, 36, "ExtraFlags", "3", "it is 0, 1 (a plan) or 2 (a marker)"}},
		"a truth that is none":        {row("<IsHidden>True</IsHidden>"), &BadValueError{5, 36, "IsHidden", "True", "it is true or false"}},
		"less than nothing":           {row("<NumberOfLicenses>-1</NumberOfLicenses>"), &BadValueError{5, 36, "NumberOfLicenses", "-1", "it is a whole number from 0 to 4294967295"}},
		"more than there is room for": {row("<NumberOfLicenses>4294967296</NumberOfLicenses>"), &BadValueError{5, 36, "NumberOfLicenses", "4294967296", "it is a whole number from 0 to 4294967295"}},
		"a plan's list with a gap":    {row("<ExtraFlags>1</ExtraFlags><ExtraInfo>set=a,,b</ExtraInfo>"), &BadValueError{4, 5, "ExtraInfo", "set=a,,b", "set= is followed by module names and commas: a module has 1 to 239 characters"}},
		"nil that holds something":    {with("<ModuleLicenses>", `<ModuleLicenses xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">`), &MalformedError{4, 5, "an element that is nil holds something"}},
		"a nil value that is said":    {with("<OwnerName>", `<OwnerName xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="1">`), &MalformedError{2, 80, "an element that is nil holds something"}},
		"a nil row with elements":     {with("<ModuleLicense>", `<ModuleLicense xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">`), &MalformedError{5, 7, "an element that is nil holds something"}},
		"a long value":                {with("ACME", strings.Repeat("A", MaxValue+1)), &TooLargeError{"OwnerName", MaxValue, MaxValue + 1}},
		"a long text":                 {strings.Repeat(" ", MaxBytes+1), &TooLargeError{"package", MaxBytes, MaxBytes + 1}},
		"many rows":                   {with("<ModuleLicense>", strings.Repeat("<ModuleLicense><ModuleName>a</ModuleName></ModuleLicense>", MaxModules)+"<ModuleLicense>"), &TooLargeError{"rows", MaxModules, MaxModules + 1}},
		"what nests":                  {"<LicenseInfo>" + strings.Repeat("<a>", 1_000_000), &UnknownElementError{1, 14, "a", "LicenseInfo"}},
		"what nests by its own name":  {strings.Repeat("<LicenseInfo>", 300_000), &UnknownElementError{1, 14, "LicenseInfo", "LicenseInfo"}},
		"a long name":                 {"<LicenseInfo><" + strings.Repeat("a", 1_000_000) + ">", &UnknownElementError{1, 14, strings.Repeat("a", 80) + "…", "LicenseInfo"}},
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			p, err := Parse([]byte(c.text))
			if took := time.Since(begun); took > 3*time.Second {
				t.Errorf("refusing it took %v", took)
			}
			if diff := cmp.Diff(c.want, err); diff != "" || p != nil {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// value draws a text that a package can hold.
func value(t *rapid.T, name string) string {
	return strings.Trim(rapid.StringOfN(rapid.RuneFrom([]rune("aåß漢<>&\"' \n\r\t]]>😀")), 0, 12, -1).Draw(t, name), space)
}

func drawn(t *rapid.T) *Package {
	day := func(name string) license.Date {
		if rapid.Bool().Draw(t, name+" is said") {
			return license.Date{Year: 2026, Month: time.June, Day: 10}.Add(rapid.IntRange(-9000, 900000).Draw(t, name))
		}
		return license.Date{}
	}
	name := func(n string) license.Module {
		return license.Module(rapid.StringMatching(`[A-Za-z0-9._-]{1,6}( [a-z]{1,2})?`).Draw(t, n))
	}
	p := &Package{
		OwnerName: license.Issuer(rapid.StringMatching(`[A-Z0-9]{0,4}`).Draw(t, "owner")), OwnerDescription: value(t, "description"), CompanyName: value(t, "company"),
		SerialNr: value(t, "serial"), LicenseVersion: value(t, "version"), LicenseURL: value(t, "url"), DeploymentType: rapid.Uint32().Draw(t, "deployment"),
		ProductType: value(t, "product"), ProductDescription: value(t, "product description"), NextCheckDate: day("next"), AdminWarningDate: day("warning"),
		ExpiryDate: day("expiry"), GraceDate: day("grace"), MaintenanceDate: day("maintenance"), ExtraFlags: rapid.Uint32().Draw(t, "flags"),
		ExtraInfo: value(t, "info"), Signature: value(t, "signature"),
	}
	if rapid.Bool().Draw(t, "key") {
		p.PublicKey = &PublicKey{OwnerName: "x", SignDate: value(t, "signed"), Signature: value(t, "key signature")}
		if rapid.Bool().Draw(t, "numbers") {
			p.PublicKey.Key = &Key{P: "p", J: value(t, "J"), Counter: "0"}
		}
	}
	for range rapid.IntRange(0, 4).Draw(t, "rows") {
		m := Module{
			OwnerName: p.OwnerName, LicenseType: license.Kind(rapid.IntRange(0, 3).Draw(t, "kind")), ModuleName: name("module"),
			AllowedUserType:   rapid.SampledFrom([]license.PersonKind{0, license.Internal, license.External, license.Technical, license.Anonymous, license.Resource}).Draw(t, "people"),
			ModuleDescription: value(t, "name"), ModuleTooltip: value(t, "tooltip"), ModuleVersion: value(t, "row version"),
			NumberOfLicenses: rapid.Uint32().Draw(t, "number"), Unrestricted: rapid.Bool().Draw(t, "unrestricted"), IsHidden: rapid.Bool().Draw(t, "hidden"),
			ExtraFlags: rapid.Uint32Range(0, 2).Draw(t, "flag"), SortOrder: rapid.Uint32().Draw(t, "order"), Signature: value(t, "row signature"),
		}
		if m.ExtraFlags == PlanRow {
			m.ExtraInfo = setOf(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) license.Module {
				return license.Module(rapid.StringMatching(`[a-z-]{1,6}`).Draw(t, "included"))
			}), 0, 4).Draw(t, "set"))
		} else {
			m.ExtraInfo = value(t, "row info")
		}
		if rapid.Bool().Draw(t, "needs") {
			m.PrerequisiteModuleName = name("prerequisite")
		}
		p.Modules = append(p.Modules, m)
	}
	return p
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawn(t)
		text := want.Bytes()
		got, err := Parse(text)
		if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		for i := range got.Modules {
			got.Modules[i].Line = 0
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
		if signed := bytes.Contains(text, []byte("<Signature>")) || want.PublicKey != nil; signed == bytes.Contains(text, []byte("Unsigned:")) {
			t.Fatalf("signed is %v:\n%s", signed, text)
		}
	})
}

// FuzzParse also imports what can be read: nothing that anybody sends makes the
// authority fall over, and every draft is an order.
func FuzzParse(f *testing.F) {
	c := catalogue(f)
	f.Add([]byte(small))
	f.Add([]byte(laughs))
	f.Add(utf16le(small))
	f.Add(file(f, "testdata/designteamet.xml"))
	f.Add(file(f, "testdata/signed.xml"))
	f.Add([]byte(row("<ExtraFlags>1</ExtraFlags><ExtraInfo>set=a,b</ExtraInfo>")))
	f.Add([]byte(with("ACME", "&#x41;<![CDATA[CME]]>")))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse(text)
		if err != nil {
			var coded interface{ Code() string }
			if p != nil || !errors.As(err, &coded) {
				t.Fatalf("%v, %v", p, err)
			}
			return
		}
		written := p.Bytes()
		again, err := Parse(written)
		if err != nil || !bytes.Equal(again.Bytes(), written) {
			t.Fatalf("%v: read, written and read again it differs:\n%s", err, written)
		}
		d, err := Import(p, c, stockholm)
		if err != nil {
			var coded interface{ Code() string }
			if !errors.As(err, &coded) {
				t.Fatal(err)
			}
			if strings.HasPrefix(coded.Code(), "order.malformed") {
				t.Fatalf("the draft is no order: %v", err)
			}
			return
		}
		if len(d.Order.Lines) != len(p.Modules) || d.Order.Company != p.CompanyName || d.Order.Serial != p.SerialNr {
			t.Fatalf("a package of %d rows for %q became %d lines for %q", len(p.Modules), p.CompanyName, len(d.Order.Lines), d.Order.Company)
		}
		for _, problem := range d.Problems {
			if fmt.Sprint(problem) == "" || problem.Code() == "internal" {
				t.Fatalf("%v has no words", problem)
			}
		}
	})
}
