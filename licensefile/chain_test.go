package licensefile_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// key returns the same private key for the same name, everywhere.
func key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("licensefile test key: " + name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func public(name string) ed25519.PublicKey { return key(name).Public().(ed25519.PublicKey) }

func signer(name string) licensefile.Signer { return licensefile.NewSigner(key(name)) }

func root(name string) licensefile.RootKey {
	return licensefile.RootKey{Name: "root.example/" + name, Key: public(name)}
}

func date(text string) license.Date {
	d, err := license.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// now is when the tests take place.
var now = moment("2026-06-10T12:00:00Z")

func wideFence() licensefile.Fence {
	return licensefile.Fence{
		From: date("2026-01-01"), Through: date("2030-12-31"), LastDate: date("2032-12-31"),
		MaxTermDays: 1100, MaxQuantity: 1_000_000, MaxTotal: 10_000_000,
		Kinds:   []license.Kind{license.System, license.Site, license.User},
		Modules: []string{"*"}, Unrestricted: true, NoExpiry: true, Clients: true,
	}
}

func firstList() *licensefile.KeyList {
	return &licensefile.KeyList{
		Number: 1, Issued: moment("2026-01-01T00:00:00Z"), Threshold: 1,
		Roots:   []licensefile.RootKey{root("root-1")},
		Issuers: []licensefile.IssuerGrant{{Issuer: "ACME", Key: public("acme"), Fence: wideFence()}},
	}
}

func certificate() *licensefile.Certificate {
	return &licensefile.Certificate{
		Issuer: "ACME", Number: 1, Issued: moment("2026-01-02T00:00:00Z"),
		SigningKeys: []licensefile.SigningKey{{Key: public("acme-set"), Type: licensefile.TypeSet, From: date("2026-01-02"), Through: date("2027-12-31")}},
	}
}

func smallSet() license.Set {
	return license.Set{
		Issuer: "ACME", IssuerName: "Acme AB", Company: "Nordlys", Serial: "1600065823", Number: 1,
		Issued: moment("2026-06-01T08:00:00Z"), TimeZone: "Europe/Stockholm",
		Dates:     license.Dates{Warning: date("2027-02-27"), Expiry: date("2027-03-27"), Grace: date("2027-04-08")},
		Occupancy: license.ByAssignment,
		Clients:   []license.Client{{Name: "web", People: license.Internal, System: []license.Module{"server"}, User: []license.Module{"user", "web"}}},
		Licenses: []license.License{
			{Module: "server", Kind: license.System, Quantity: 1, Hidden: true},
			{Module: "user", Kind: license.User, Quantity: 10, People: license.Internal, Names: license.Texts{"sv": "Användare", "en": "User"}},
			{Module: "web", Kind: license.User, Quantity: 10, People: license.Internal, Prerequisite: "user"},
			{Module: "sales", Kind: license.User, Quantity: 5, People: license.Internal, Plan: &license.Plan{Includes: []license.Module{"user", "web"}, Group: "crm", Parts: []license.Part{{Line: "sales", Tier: "premium"}}}},
			{Module: "no-plan", Kind: license.User, Quantity: 1, Unrestricted: true, People: license.Internal, Plan: &license.Plan{Group: "crm"}},
		},
	}
}

func trust() licensefile.Trust {
	return licensefile.Trust{Roots: []licensefile.RootKey{root("root-1")}, Threshold: 1}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func seal(t testing.TB, set license.Set) []byte {
	t.Helper()
	d, err := licensefile.NewDraft(set)
	if err != nil {
		t.Fatal(err)
	}
	cert := must(licensefile.SignCertificate(certificate(), signer("acme")))
	list := must(licensefile.SignKeyList(firstList(), signer("root-1")))
	file, err := d.Seal(signer("acme-set"), cert, list)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
