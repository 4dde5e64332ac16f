package licensefile_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/mod/sumdb/note"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

func TestARootFileIsReadAgain(t *testing.T) {
	t.Parallel()
	want := licensefile.Trust{Roots: []licensefile.RootKey{root("root-1"), root("root-2"), root("root-3")}, Threshold: 2}
	got, err := licensefile.ParseRootFile(want.RootFile())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNotARootFile(t *testing.T) {
	t.Parallel()
	one, two := root("root-1").String(), root("root-2").String()
	head := "pott-root/v1\nthreshold 1\n"
	for name, text := range map[string]string{
		"nothing":                "",
		"no keys":                head,
		"no threshold":           "pott-root/v1\n" + one + "\n",
		"a threshold of 0":       "pott-root/v1\nthreshold 0\n" + one + "\n",
		"a threshold of 2 of 1":  "pott-root/v1\nthreshold 2\n" + one + "\n",
		"a threshold of +1":      "pott-root/v1\nthreshold +1\n" + one + "\n",
		"a threshold of 01":      "pott-root/v1\nthreshold 01\n" + one + "\n",
		"a key twice":            head + one + "\n" + one + "\n",
		"a blank line":           head + one + "\n\n" + two + "\n",
		"a cut line":             head + one,
		"another key id":         head + strings.Replace(one, "+", "+0", 1) + "\n",
		"a key without a name":   head + one[strings.Index(one, "+"):] + "\n",
		"a key cut short":        head + one[:len(one)-4] + "\n",
		"white space at the end": head + one + " \n",
		"another format":         "pott-roots/v1\nthreshold 1\n" + one + "\n",
		"a comment":              head + "# the root of Acme\n" + one + "\n",
		"carriage returns":       strings.ReplaceAll(head+one+"\n", "\n", "\r\n"),
		"a key of small order":   head + weakRoot() + "\n",
		"a name with a space":    head + strings.Replace(one, "root.example", "root example", 1) + "\n",
	} {
		if trust, err := licensefile.ParseRootFile([]byte(text)); err == nil {
			t.Errorf("%s is read as %+v", name, trust)
		} else if code(err) != "set.malformed" {
			t.Errorf("%s: %s", name, code(err))
		}
	}
	if _, err := licensefile.ParseRootFile([]byte(head + seventeen())); code(err) != "set.too-large" {
		t.Errorf("seventeen keys: %v", err)
	}
	for name, text := range map[string]string{
		"version 2":         "pott-root/v2\n",
		"another algorithm": head + strings.Replace(one, "+A", "+B", 1) + "\n",
	} {
		if _, err := licensefile.ParseRootFile([]byte(text)); code(err) != "set.needs-newer" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func weakRoot() string {
	return licensefile.RootKey{Name: "root.example/weak", Key: append([]byte{1}, make([]byte, 31)...)}.String()
}

func seventeen() string {
	var b strings.Builder
	for i := range 17 {
		b.WriteString(root("root-"+strings.Repeat("i", i+1)).String() + "\n")
	}
	return b.String()
}

// Our notes are ordinary signed notes: the tools others have read them.
func TestOtherToolsVerifyOurNotes(t *testing.T) {
	t.Parallel()
	list := must(licensefile.SignKeyList(firstList(), signer("root-1")))
	verifier, err := note.NewVerifier(root("root-1").String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(list, note.VerifierList(verifier)); err != nil {
		t.Error(err)
	}
}

func TestAKeyListIsReadAgain(t *testing.T) {
	t.Parallel()
	want := firstList()
	want.Through, want.Threshold = date("2036-12-31"), 2
	want.Roots = append(want.Roots, root("root-2"))
	want.NextRoots = []licensefile.RootKey{root("root-3")}
	want.Algorithms = []licensefile.Algorithm{{Name: "ml-dsa-65", From: date("2035-01-01")}}
	want.Issuers = append(want.Issuers, licensefile.IssuerGrant{Issuer: "OTHER", Key: public("other"), Fence: wideFence()})
	want.Revocations = []licensefile.Revocation{
		{Key: public("lost"), Effect: licensefile.RefuseNew},
		{Key: public("stolen"), Effect: licensefile.DropOn, Date: date("2026-01-15")},
	}
	signed := must(licensefile.SignKeyList(want, signer("root-1")))
	signed = must(licensefile.CosignKeyList(signed, root("root-2"), signer("root-2")))
	got, err := licensefile.ParseKeyList(signed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(licensefile.KeyList{})); diff != "" {
		t.Errorf("(-signed +read):\n%s", diff)
	}
	if !bytes.Equal(got.Bytes(), signed) {
		t.Errorf("written again as\n%s", got.Bytes())
	}
	if a, b := must(want.Hash()), must(got.Hash()); a != b {
		t.Errorf("approvers see %s before and %s after", a, b)
	}
	if want.Bytes() != nil {
		t.Error("a list that was never signed has bytes")
	}
	if _, err := licensefile.VerifyKeyLists([][]byte{signed}, licensefile.Trust{Roots: want.Roots, Threshold: 2}); err != nil {
		t.Error(err)
	}
}

func TestAKeyListHasAtMostSixteenRoots(t *testing.T) {
	t.Parallel()
	var many []licensefile.RootKey
	for i := range licensefile.MaxRoots + 1 {
		many = append(many, root(fmt.Sprint("many-", i)))
	}
	for name, change := range map[string]func(*licensefile.KeyList){
		"roots":      func(l *licensefile.KeyList) { l.Roots = many },
		"next roots": func(l *licensefile.KeyList) { l.NextRoots = many },
	} {
		l := firstList()
		change(l)
		if _, err := licensefile.MarshalKeyList(l); code(err) != "set.too-large" {
			t.Errorf("17 %s: %v", name, err)
		}
		l.Roots, l.NextRoots = l.Roots[:min(len(l.Roots), licensefile.MaxRoots)], nil
		if _, err := licensefile.MarshalKeyList(l); err != nil {
			t.Errorf("16 %s: %v", name, err)
		}
	}
}

func TestAKeyListIsSignedByItsRootsOnly(t *testing.T) {
	t.Parallel()
	signed := must(licensefile.SignKeyList(firstList(), signer("root-1")))
	for name, attempt := range map[string]func() ([]byte, error){
		"a stranger":              func() ([]byte, error) { return licensefile.SignKeyList(firstList(), signer("stranger")) },
		"nobody":                  func() ([]byte, error) { return licensefile.SignKeyList(firstList()) },
		"the same root twice":     func() ([]byte, error) { return licensefile.CosignKeyList(signed, root("root-1"), signer("root-1")) },
		"a root with another key": func() ([]byte, error) { return licensefile.CosignKeyList(signed, root("root-2"), signer("root-3")) },
		"a name with a space": func() ([]byte, error) {
			return licensefile.CosignKeyList(signed, licensefile.RootKey{Name: "root 2", Key: public("root-2")}, signer("root-2"))
		},
	} {
		if b, err := attempt(); err == nil {
			t.Errorf("%s signed:\n%s", name, b)
		}
	}
}

func TestACertificateIsReadAgain(t *testing.T) {
	t.Parallel()
	want := certificate()
	want.SigningKeys = append(want.SigningKeys, licensefile.SigningKey{Key: public("receipts"), Type: "receipt", From: date("2026-01-01"), Through: date("2026-01-01")})
	want.Revoked = []ed25519.PublicKey{public("lost")}
	signed := must(licensefile.SignCertificate(want, signer("acme")))
	got, err := licensefile.ParseCertificate(signed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(licensefile.Certificate{})); diff != "" {
		t.Errorf("(-signed +read):\n%s", diff)
	}
	if !bytes.Equal(got.Bytes(), signed) {
		t.Errorf("written again as\n%s", got.Bytes())
	}
	for name, change := range map[string]func(*licensefile.Certificate){
		"no signing key":          func(c *licensefile.Certificate) { c.SigningKeys = nil },
		"number 0":                func(c *licensefile.Certificate) { c.Number = 0 },
		"an issuer in lower case": func(c *licensefile.Certificate) { c.Issuer = "acme" },
		"a key without an end":    func(c *licensefile.Certificate) { c.SigningKeys[0].Through = license.Date{} },
		"a key that ends first":   func(c *licensefile.Certificate) { c.SigningKeys[0].Through = date("2025-12-31") },
		"half a key":              func(c *licensefile.Certificate) { c.SigningKeys[0].Key = c.SigningKeys[0].Key[:16] },
	} {
		c := certificate()
		change(c)
		if b, err := licensefile.SignCertificate(c, signer("acme")); err == nil {
			t.Errorf("with %s it is signed:\n%s", name, b)
		}
	}
}

func TestAFingerprintIsEightGroupsOfFour(t *testing.T) {
	t.Parallel()
	// SHA-256 of 32 zero bytes begins so.
	if got, want := licensefile.Fingerprint(make([]byte, 32)), "6668-7aad-f862-bd77-6c8f-c18b-8e9f-8e20"; got != want {
		t.Errorf("the fingerprint is %s, want %s", got, want)
	}
	if licensefile.Fingerprint(public("acme")) == licensefile.Fingerprint(public("other")) {
		t.Error("two keys have one fingerprint")
	}
}

func TestKeysThatVerifyAnythingAreRefused(t *testing.T) {
	t.Parallel()
	neutral := ed25519.PublicKey(append([]byte{1}, make([]byte, 31)...))
	// What makes the check necessary: S = 0 and R = the neutral element are a
	// signature on any text.
	sig := append(append([]byte{1}, make([]byte, 31)...), make([]byte, 32)...)
	if !ed25519.Verify(neutral, []byte("anything"), sig) {
		t.Error("the standard library refuses the neutral element now; the check may go")
	}
	if licensefile.CheckKey(neutral) == nil || licensefile.CheckKey(nil) == nil {
		t.Error("a weak key is accepted")
	}
	if err := licensefile.CheckKey(public("acme")); err != nil {
		t.Error(err)
	}
}

func TestATokenSignsLikeAKeyInMemory(t *testing.T) {
	t.Parallel()
	token, err := licensefile.NewCryptoSigner(rand.Reader, key("root-1"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := must(licensefile.SignKeyList(firstList(), token)), must(licensefile.SignKeyList(firstList(), signer("root-1"))); !bytes.Equal(got, want) {
		t.Errorf("the token signs\n%s", got)
	}
	other := must(rsa.GenerateKey(rand.Reader, 2048))
	if _, err := licensefile.NewCryptoSigner(rand.Reader, crypto.Signer(other)); err == nil {
		t.Error("an RSA key signs license files")
	}
}
