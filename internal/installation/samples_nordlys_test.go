package installation_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// nordlys returns the sample customer whose people take seats by profile.
func nordlys(t testing.TB, db *sqldb.DB) (*housetest.Fixture, *installation.Installation, license.Set) {
	t.Helper()
	set := issued(t, "nordlys/order-1.yaml")[0]
	f := housetest.New(t, db, "nordlys")
	in := f.Installation("nordlys")
	enforce(t, f, in, set)
	for _, p := range examples.NordlysProfiles() {
		putProfile(t, in, p.Code, p.Name, p.Modules)
	}
	settle(t, in, examples.NordlysPeople())
	return f, in, set
}

func putProfile(t testing.TB, in *installation.Installation, code, name string, modules []license.Module) error {
	body := api.ProfileBody{Name: name, Modules: []string{}}
	for _, m := range modules {
		body.Modules = append(body.Modules, string(m))
	}
	_, err := in.PutProfile(t.Context(), admin, code, body)
	return err
}

func occupied(t *testing.T, in *installation.Installation, want map[license.Module]int64) {
	t.Helper()
	for module, n := range want {
		if l := inUse(t, in, module); l.Taken != n {
			t.Errorf("%s: %d in use, want %d", module, l.Taken, n)
		}
	}
}

func TestNordlysIsOccupiedAsExpected(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, in, _ := nordlys(t, db)
		want := examples.Nordlys()
		occupied(t, in, want.Occupied)
		for module, n := range want.Available {
			if l := inUse(t, in, module); l.Free != n {
				t.Errorf("%s: %d free, want %d", module, l.Free, n)
			}
		}
		for _, p := range want.People {
			for _, module := range []license.Module{"case", "document"} {
				l, err := in.Holders(t.Context(), admin, string(module), 0, "")
				must(t, err)
				takes := slices.ContainsFunc(l.Items, func(h api.Holder) bool { return h.Person == p.ID })
				if takes != slices.Contains(p.Takes, module) {
					t.Errorf("%s takes %s: %v", p.ID, module, takes)
				}
			}
			a, err := in.Check(api.Check{Person: p.ID, Client: "amsystem.web"})
			must(t, err)
			if (a.Effect == api.Allow) != p.CanSignIn {
				t.Errorf("%s may sign in: %s (%s), want %v", p.ID, a.Effect, a.Reason, p.CanSignIn)
			}
		}
	})
}

func TestTheSixteenChangesAtNordlys(t *testing.T) {
	for _, c := range examples.NordlysChanges() {
		t.Run(c.Code, func(t *testing.T) {
			f, in, set := nordlys(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
			err := makeChange(t, f, in, set, c)
			if (err == nil) != c.Allowed {
				t.Errorf("allowed: %v (%v), want %v", err == nil, err, c.Allowed)
			}
			compareShort(t, err, c.Short)
			occupied(t, in, c.Occupied)
		})
	}
}

func compareShort(t *testing.T, err error, want map[license.Module]int64) {
	t.Helper()
	got := map[license.Module]int64{}
	var full *seat.PoolFullError
	var small *seat.TooSmallError
	switch {
	case errors.As(err, &full):
		got[full.Module.Module] = full.Short
	case errors.As(err, &small):
		for _, row := range small.Rows {
			got[row.Name.Module] = row.Over
		}
	}
	for module, n := range want {
		if got[module] != n {
			t.Errorf("short of %v, want %v", got, want)
		}
	}
}

func makeChange(t *testing.T, f *housetest.Fixture, in *installation.Installation, set license.Set, c examples.Change) error {
	ctx := t.Context()
	w := c.With
	profile := func(change func(modules []string, module string) []string) error {
		p, err := in.Profile(ctx, admin, w.Profile)
		must(t, err)
		var modules []string
		for _, m := range p.Modules {
			modules = append(modules, m.String())
		}
		_, err = in.PutProfile(ctx, admin, w.Profile, api.ProfileBody{Name: p.Name, Modules: change(modules, "amsystem."+string(w.Module))})
		return err
	}
	var err error
	switch c.Do {
	case "set-credentials":
		if _, err = in.SetProfile(ctx, admin, w.Person, w.Profile); err == nil {
			_, err = in.GiveLogin(ctx, admin, w.Person, "")
		}
	case "remove-credentials":
		_, err = in.EndLogin(ctx, admin, w.Person)
	case "set-profile":
		_, err = in.SetProfile(ctx, admin, w.Person, w.Profile)
	case "set-valid-through":
		_, err = in.GiveLogin(ctx, admin, w.Person, w.Date.String())
	case "delete-person":
		_, err = in.DeletePerson(ctx, admin, w.Person)
	case "profile-module-on":
		err = profile(func(modules []string, m string) []string { return append(modules, m) })
	case "profile-module-off":
		err = profile(func(modules []string, m string) []string {
			return slices.DeleteFunc(modules, func(s string) bool { return s == m })
		})
	case "set-pool":
		err = setPool(t, f, in, set, w.Module, w.To)
	default:
		t.Fatalf("unknown change %q", c.Do)
	}
	return err
}

// setPool activates a next set in which one module has another quantity.
func setPool(t *testing.T, f *housetest.Fixture, in *installation.Installation, set license.Set, module license.Module, to int64) error {
	first, err := licensefile.Parse(f.Vendors.File(t, set))
	must(t, err)
	next := set
	next.Number, next.Previous = 2, first.Hash
	next.Licenses = slices.Clone(set.Licenses)
	next.License(module).Quantity = to
	loaded, err := in.Load(t.Context(), admin, f.Vendors.File(t, next))
	must(t, err)
	_, err = in.Activate(t.Context(), admin, loaded.Set.ID, api.Activate{})
	return err
}
