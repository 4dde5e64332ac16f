package installation_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

var admin = installation.Act{By: audit.Actor{Kind: audit.Person, ID: "admin"}}

// issued are sets as the authority makes them of the example orders, in the
// order given. The tests sign them again with keys of their own.
func issued(t testing.TB, orders ...string) []license.Set {
	t.Helper()
	ctx, now := t.Context(), housetest.Noon
	root, own, signing := licensefile.NewSigner(housetest.Key("r")), licensefile.NewSigner(housetest.Key("o")), licensefile.NewSigner(housetest.Key("s"))
	trust := licensefile.Trust{Threshold: 1, Roots: []licensefile.RootKey{{Name: "root", Key: root.Public()}}}
	a, err := authority.Open(ctx, filepath.Join(t.TempDir(), "authority.db"), trust)
	must(t, err)
	defer a.Close()
	today := license.DateOf(now)
	founding := authority.Founding{Roots: []licensefile.Signer{root}}
	for _, issuer := range []license.Issuer{"SUPEROFFICE", "AMSYSTEM"} {
		founding.Issuers = append(founding.Issuers, authority.FoundingIssuer{Issuer: issuer, Key: own, Fence: authority.DefaultFence(today),
			Signing: licensefile.SigningKey{Key: signing.Public(), Type: licensefile.TypeSet, From: today, Through: today.Add(366)}})
		own = licensefile.NewSigner(housetest.Key("o2"))
	}
	must(t, a.Found(ctx, "anna", founding, now))
	for _, vendor := range []string{"superoffice", "amsystem"} {
		_, _, err := a.AddCatalogue(ctx, "anna", examples.Bytes(vendor+"/catalogue.yaml"), now)
		must(t, err)
	}
	var sets []license.Set
	for _, order := range orders {
		p, err := a.Prepare(ctx, "anna", examples.Bytes(order), now)
		must(t, err)
		_, err = a.Sign(ctx, "anna", p, signing, now)
		must(t, err)
		sets = append(sets, p.Draft.Set)
	}
	return sets
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func code(err error) string {
	var c interface{ Code() string }
	switch {
	case err == nil:
		return ""
	case errors.As(err, &c):
		return c.Code()
	}
	return fmt.Sprint(err)
}

// enforce loads and activates a set.
func enforce(t testing.TB, f *housetest.Fixture, in *installation.Installation, set license.Set) {
	t.Helper()
	loaded, err := in.Load(t.Context(), admin, f.Vendors.File(t, set))
	must(t, err)
	_, err = in.Activate(t.Context(), admin, loaded.Set.ID, api.Activate{})
	must(t, err)
}

// settle brings in the people of a sample.
func settle(t testing.TB, in *installation.Installation, people []examples.Person) {
	t.Helper()
	ctx := t.Context()
	for _, p := range people {
		n := api.NewPerson{UserID: p.ID, FirstName: p.First, LastName: p.Last, Group: p.Group, Login: p.Login, Profile: p.Profile, ValidThrough: p.ValidThrough.String(), Plan: string(p.Plan)}
		if p.Deleted {
			n.Login, n.ValidThrough, n.Profile = false, "", ""
		}
		_, err := in.AddPerson(ctx, admin, n)
		must(t, err)
		for _, extra := range p.Extras {
			_, err := in.GiveExtra(ctx, admin, p.ID, string(extra), 1, "")
			must(t, err)
		}
		if p.Deleted {
			_, err := in.DeletePerson(ctx, admin, p.ID)
			must(t, err)
		}
	}
}

func inUse(t testing.TB, in *installation.Installation, module license.Module) api.License {
	t.Helper()
	l, err := in.License(t.Context(), admin, string(module))
	must(t, err)
	return l
}
