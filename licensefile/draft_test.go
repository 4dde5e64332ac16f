package licensefile_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

func TestADraftRefusesWhatAReaderWould(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		line   int
		change func(*license.Set)
	}{
		{"no issuer", 2, func(s *license.Set) { s.Issuer = "" }},
		{"a serial with a slash", 2, func(s *license.Set) { s.Serial = "16/1" }},
		{"number 0", 2, func(s *license.Set) { s.Number = 0 }},
		{"number 2 without its predecessor", 2, func(s *license.Set) { s.Number = 2 }},
		{"the zero time", 2, func(s *license.Set) { s.Issued = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"no time zone", 2, func(s *license.Set) { s.TimeZone = "" }},
		{"an occupancy that does not exist", 2, func(s *license.Set) { s.Occupancy = "sometimes" }},
		{"a company with a line feed", 2, func(s *license.Set) { s.Company = "Nordlys\nAS" }},
		{"a company that is not UTF-8", 2, func(s *license.Set) { s.Company = "Nordlys \xff" }},
		{"a quantity of 0", 4, func(s *license.Set) { s.Licenses[1].Quantity = 0 }},
		{"a quantity above 2^53-1", 4, func(s *license.Set) { s.Licenses[1].Quantity = 1 << 53 }},
		{"no kind", 4, func(s *license.Set) { s.Licenses[1].Kind = 0 }},
		{"people on a system license", 3, func(s *license.Set) { s.Licenses[0].People = license.External }},
		{"people that do not exist", 4, func(s *license.Set) { s.Licenses[1].People = 1 << 6 }},
		{"a French name", 4, func(s *license.Set) { s.Licenses[1].Names = license.Texts{"fr": "Utilisateur"} }},
		{"an empty name", 4, func(s *license.Set) { s.Licenses[1].Names = license.Texts{"en": ""} }},
		{"a module twice", 5, func(s *license.Set) { s.Licenses[2].Module = "User" }},
		{"a blank line in an optional line", 0, nil},
		{"a line that is too long", 4, func(s *license.Set) { s.Licenses[1].Version = strings.Repeat("x", licensefile.MaxLine) }},
	} {
		set := smallSet()
		var optional []licensefile.Optional
		if row.change != nil {
			row.change(&set)
		} else {
			optional = []licensefile.Optional{{Name: "note", Text: "a\n\nb"}}
		}
		d, err := licensefile.NewDraft(set, optional...)
		if err == nil {
			t.Errorf("%s: a draft was made:\n%s", row.name, bytes.Join(d.Lines, []byte("\n")))
			continue
		}
		if format := new(licensefile.FormatError); errors.As(err, &format) && format.Line != row.line {
			t.Errorf("%s: line %d is to blame, not %d: %v", row.name, format.Line, row.line, err)
		}
	}
}

func TestASetBeyondTheLimitsIsRefused(t *testing.T) {
	t.Parallel()
	set := smallSet()
	set.Licenses = nil
	for i := range licensefile.MaxLines - 1 {
		set.Licenses = append(set.Licenses, license.License{Module: license.Module(fmt.Sprint("m", i)), Kind: license.User, Quantity: 1})
	}
	_, err := licensefile.NewDraft(set)
	if large := new(licensefile.TooLargeError); !errors.As(err, &large) || large.Limit != licensefile.MaxLines || large.Code() != "set.too-large" {
		t.Errorf("%d lines: %v", licensefile.MaxLines+1, err)
	}
	_, err = licensefile.Parse(bytes.Repeat([]byte("a\n"), licensefile.MaxBytes/2+1))
	if large := new(licensefile.TooLargeError); !errors.As(err, &large) || large.What != "the file" || large.Limit != licensefile.MaxBytes {
		t.Errorf("%d bytes: %v", licensefile.MaxBytes+2, err)
	}
}

func TestADraftIsTheSetAsItWillBeRead(t *testing.T) {
	t.Parallel()
	set := smallSet()
	set.Issued = time.Date(2026, 6, 1, 10, 0, 0, 999, time.FixedZone("", 2*60*60))
	set.Occupancy = ""
	set.Licenses[0].People = license.Internal // says nothing on a system license
	set.Licenses[1].People = 0                // employees unless said otherwise
	d := must(licensefile.NewDraft(set))
	if diff := cmp.Diff(smallSet(), d.Set); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// brokenToken stands for a signer that fails in a way of its own.
type brokenToken struct {
	licensefile.Signer
	sign func([]byte) ([]byte, error)
}

func (b brokenToken) Sign(message []byte) ([]byte, error) { return b.sign(message) }

func TestSealRefusesToMakeAFileThatIsNoUse(t *testing.T) {
	t.Parallel()
	d := must(licensefile.NewDraft(smallSet()))
	cert := func(change func(*licensefile.Certificate)) []byte {
		c := certificate()
		if change != nil {
			change(c)
		}
		return must(licensefile.SignCertificate(c, signer("acme")))
	}
	list := must(licensefile.SignKeyList(firstList(), signer("root-1")))
	wrong := brokenToken{signer("acme-set"), func([]byte) ([]byte, error) { return make([]byte, ed25519.SignatureSize), nil }}
	silent := brokenToken{signer("acme-set"), func([]byte) ([]byte, error) { return nil, errors.New("the token was pulled out") }}
	for name, attempt := range map[string]func() ([]byte, error){
		"a key the certificate does not name": func() ([]byte, error) { return d.Seal(signer("mallory"), cert(nil), list) },
		"a key for receipts": func() ([]byte, error) {
			return d.Seal(signer("acme-set"), cert(func(c *licensefile.Certificate) { c.SigningKeys[0].Type = "receipt" }), list)
		},
		"a revoked key": func() ([]byte, error) {
			return d.Seal(signer("acme-set"), cert(func(c *licensefile.Certificate) { c.Revoked = []ed25519.PublicKey{public("acme-set")} }), list)
		},
		"the certificate of another issuer": func() ([]byte, error) {
			return d.Seal(signer("acme-set"), cert(func(c *licensefile.Certificate) { c.Issuer = "OTHER" }), list)
		},
		"no key list":                func() ([]byte, error) { return d.Seal(signer("acme-set"), cert(nil)) },
		"a key list twice":           func() ([]byte, error) { return d.Seal(signer("acme-set"), cert(nil), list, list) },
		"a certificate that is none": func() ([]byte, error) { return d.Seal(signer("acme-set"), list, list) },
		"a token that signs wrongly": func() ([]byte, error) { return d.Seal(wrong, cert(nil), list) },
		"a token that does not sign": func() ([]byte, error) { return d.Seal(silent, cert(nil), list) },
		"a draft changed after linting": func() ([]byte, error) {
			c := *d
			c.Lines = c.Lines[:3]
			return c.Seal(signer("acme-set"), cert(nil), list)
		},
	} {
		if file, err := attempt(); err == nil || file != nil {
			t.Errorf("%s: %d bytes, %v", name, len(file), err)
		}
	}
}

func TestOptionalLinesAreKept(t *testing.T) {
	t.Parallel()
	want := []licensefile.Optional{{Name: "colour", Text: `{"web":"blue"}`}, {Name: "alone"}}
	d := must(licensefile.NewDraft(smallSet(), want...))
	file := must(d.Seal(signer("acme-set"), must(licensefile.SignCertificate(certificate(), signer("acme"))), must(licensefile.SignKeyList(firstList(), signer("root-1")))))
	v, err := licensefile.Verify(file, trust(), now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, v.Optional); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []licensefile.Optional{{}, {Name: "Colour"}, {Name: "a b"}, {Name: "note", Text: "tab\t"}} {
		if _, err := licensefile.NewDraft(smallSet(), bad); err == nil {
			t.Errorf("the optional line %+v was written", bad)
		}
	}
}

// Whatever set is drafted, a reader reads the same set, and writes it again as
// the same lines.
func TestAnyDraftIsReadAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		set := randomSet(t)
		d, err := licensefile.NewDraft(set)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(set, d.Set); diff != "" {
			t.Fatalf("(-drafted +read):\n%s", diff)
		}
		again := must(licensefile.NewDraft(d.Set))
		if again.Hash() != d.Hash() {
			t.Fatalf("drafted again it has another hash")
		}
	})
}

func randomSet(t *rapid.T) license.Set {
	module := rapid.Map(rapid.StringMatching(`[A-Za-z0-9._-]{1,8}( [A-Za-z0-9._-]{1,8})?`), func(s string) license.Module { return license.Module(s) })
	fold := func(m license.Module) license.Module { return m.Fold() }
	word := rapid.StringMatching(`[a-z0-9-]{1,12}`)
	text := rapid.StringMatching(`[ -~åäöÅÄÖ€漢😀]{1,20}`)
	texts := rapid.Custom(func(t *rapid.T) license.Texts {
		m := rapid.MapOfN(rapid.SampledFrom(license.Languages), text, 0, 6).Draw(t, "texts")
		if len(m) == 0 {
			return nil
		}
		return m
	})
	some := func(t *rapid.T, values []license.Module, name string) []license.Module {
		if len(values) == 0 {
			return nil
		}
		return values
	}
	set := smallSet()
	set.Clients = nil
	set.Company = rapid.OneOf(rapid.Just(""), text).Draw(t, "company")
	set.Final = rapid.Bool().Draw(t, "final")
	set.Licenses = nil
	for _, m := range rapid.SliceOfNDistinct(module, 0, 12, fold).Draw(t, "modules") {
		l := license.License{
			Module: m, Kind: license.Kind(rapid.IntRange(1, 3).Draw(t, "kind")), Quantity: rapid.Int64Range(1, licensefile.MaxInteger).Draw(t, "quantity"),
			Unrestricted: rapid.Bool().Draw(t, "unrestricted"), Hidden: rapid.Bool().Draw(t, "hidden"), Marker: rapid.Bool().Draw(t, "marker"),
			Names: texts.Draw(t, "names"), Tooltips: texts.Draw(t, "tooltips"),
		}
		if l.Kind == license.User {
			l.People = license.PersonKind(rapid.IntRange(1, 31).Draw(t, "people"))
			if rapid.Bool().Draw(t, "plan") {
				includes := rapid.SliceOfNDistinct(module.Filter(func(i license.Module) bool { return i.Fold() != m.Fold() }), 0, 5, fold).Draw(t, "includes")
				l.Plan = &license.Plan{Includes: some(t, includes, "includes"), Group: rapid.OneOf(rapid.Just(""), word).Draw(t, "group")}
			}
		}
		set.Licenses = append(set.Licenses, l)
	}
	return set
}
