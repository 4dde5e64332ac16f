package superoffice

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/license"
)

var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

var stockholm = Reading{TimeZone: "Europe/Stockholm"}

func catalogue(t testing.TB) *authority.Catalogue {
	t.Helper()
	c, err := authority.ParseCatalogue(examples.Bytes("superoffice/catalogue.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parsed(t testing.TB, text []byte) *Package {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func file(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// issued returns the set an order asks for, with nothing in the way.
func issued(t testing.TB, o *authority.Order, c *authority.Catalogue) license.Set {
	t.Helper()
	r := authority.ReviewOrder(o, c, authority.Before{}, noon)
	if r.Draft == nil || len(r.Problems) > 0 {
		t.Fatalf("%v", r.Problems)
	}
	return r.Set
}

func bought(t testing.TB, c *authority.Catalogue, path string) license.Set {
	t.Helper()
	o, err := authority.ParseOrder(examples.Bytes(path))
	if err != nil {
		t.Fatal(err)
	}
	o.Number = 0
	return issued(t, o, c)
}

func imported(t testing.TB, p *Package, c *authority.Catalogue) (license.Set, *Draft) {
	t.Helper()
	d, err := Import(p, c, stockholm)
	if err != nil {
		t.Fatal(err)
	}
	return issued(t, d.Order, c), d
}

func TestAPackageBecomesTheSetThatWasBought(t *testing.T) {
	c := catalogue(t)
	want := bought(t, c, "designteamet/order-1.yaml")
	got, d := imported(t, parsed(t, file(t, "testdata/designteamet.xml")), c)
	if len(d.Problems) > 0 {
		t.Errorf("warnings: %v", d.Problems)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the set of the order and the set of the package (-order +package):\n%s", diff)
	}
}

func TestAnExportedSetComesBackAsTheSameSet(t *testing.T) {
	c := catalogue(t)
	for _, order := range []string{"designteamet/order-1.yaml", "designteamet/order-2.yaml"} {
		want := bought(t, c, order)
		p, left, err := Export(&want, c)
		if err != nil {
			t.Fatal(err)
		}
		text := p.Bytes()
		got, d := imported(t, parsed(t, text), c)
		if diff := cmp.Diff(want, got); diff != "" || len(d.Problems) > 0 {
			t.Errorf("%s: %v, the set before and after (-before +after):\n%s", order, d.Problems, diff)
		}
		again, _, err := Export(&got, c)
		if err != nil || string(again.Bytes()) != string(text) {
			t.Errorf("%s: exported again it is another text: %v", order, err)
		}
		var fields []string
		for _, e := range left {
			fields = append(fields, e.Field)
		}
		if want := []string{"number", "issued", "time_zone", "clients", "edit", "plan.group", "plan.parts"}; !sameFields(fields, want) {
			t.Errorf("%s: left out %q; want %q", order, fields, want)
		}
	}
}

func sameFields(a, b []string) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// sources names a folder with the data the examples were made from. It is not
// part of the repository; where it is at hand, its package is read too.
const sources = "POTT_TEST_SOURCES"

func TestThePublishedSampleIsTheSameSet(t *testing.T) {
	folder := os.Getenv(sources)
	if folder == "" {
		t.Logf("%s is not set: only our own package was read", sources)
		return
	}
	c := catalogue(t)
	got, d := imported(t, parsed(t, file(t, filepath.Join(folder, "samples", "designteamet.xml"))), c)
	if diff := cmp.Diff(bought(t, c, "designteamet/order-1.yaml"), got); diff != "" {
		t.Errorf("-order +package:\n%s", diff)
	}
	for _, p := range d.Problems {
		t.Log(p)
	}
	if len(d.Problems) != 5 {
		t.Errorf("%d warnings; want the address of the license server, one name and three prerequisites", len(d.Problems))
	}
}
