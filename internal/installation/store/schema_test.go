package store

import (
	"flag"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestMigratedDatabaseIsTheSchema(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, migrated *sqldb.DB) {
		if err := migrated.Migrate(t.Context(), Migrations()); err != nil {
			t.Fatal(err)
		}
		dsn := sqldbtest.SQLite(t)
		if migrated.Dialect == sqldb.PostgreSQL {
			dsn = sqldbtest.Postgres(t, sqldbtest.Server(t))
		}
		fresh := sqldbtest.Open(t, dsn)
		text, err := fs.ReadFile(Migrations(), migrated.Dialect.String()+".schema.sql")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fresh.Exec(t.Context(), string(text)); err != nil {
			t.Fatal(err)
		}
		want, err := fresh.Schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := migrated.Schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(got) < len(layouts) {
			t.Fatalf("the schema has %d objects", len(got))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("schema.sql and the migrations differ (-schema +migrated):\n%s", diff)
		}
	})
}

var update = flag.Bool("update", false, "write the catalogue of a fresh database to migrations/DIALECT.catalogue.txt")

// What the store compares a database with when it opens it: go test
// ./internal/installation/store -run Catalogue -update writes it anew, on each
// dialect there is a server for.
func TestTheShippedCatalogueIsThatOfTheMigrations(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := db.Migrate(t.Context(), Migrations()); err != nil {
			t.Fatal(err)
		}
		got, err := db.Schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			name := "migrations/" + db.Dialect.String() + ".catalogue.txt"
			if err := os.WriteFile(name, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		if diff := cmp.Diff(shippedCatalogue(db.Dialect), got); diff != "" {
			t.Errorf("run it with -update (-shipped +migrated):\n%s", diff)
		}
	})
}

func TestEveryTableIsSealedOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := db.Migrate(t.Context(), Migrations()); err != nil {
			t.Fatal(err)
		}
		tables, err := db.Tables(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range layouts {
			first := l.At(1)
			want := append([]string{"installation"}, sealedColumns(first)...)
			want = append(want, names(l.Columns[len(first.Columns):])...) // those of later layouts were added at the end
			if diff := cmp.Diff(want, tables[l.Table]); diff != "" {
				t.Errorf("columns of %s (-layout +table):\n%s", l.Table, diff)
			}
			delete(tables, l.Table)
		}
		for table := range tables {
			if unsealed[table] == "" {
				t.Errorf("table %s is not sealed, and nothing says why", table)
			}
		}
		for table := range unsealed {
			if tables[table] == nil {
				t.Errorf("table %s is said to be unsealed, but there is no such table", table)
			}
		}
	})
}

// Databases keep the digest of what was shipped, so that text never changes.
func TestTheFirstShippedSchemaStaysAsItWas(t *testing.T) {
	t.Parallel()
	want := strings.Join([]string{
		"assignment 1 number:i | person:t issuer:t module:t quantity:i source:t from_at:i until_at:i given_by:t reason:t ended_by:t end_reason:t",
		"installation 1 id:t | number:i name:t created:i state:t",
		"key_list 1 number:i | note:b learned_at:i",
		"license 1 issuer:t module:t | number:i set_number:i line:i kind:i seats:i taken:i unrestricted:i open_ended:i hidden:i",
		"license_set 1 checkpoint:t | issuer:t number:i serial:t state:t file:t certificates:t loaded_at:i accepted_at:i from_at:i until_at:i",
		"owner 1 id:i | company:t serial:t time_zone:t demo:i language:t site_key:b",
		"person 1 id:t | number:i kind:i login:i valid_through:t profile:t state:t commitment:b created:i erased:i",
		"profile 1 code:t | name:t modules:t",
		"token 1 id:t | name:t hash:b scopes:t created:i created_by:t expires:i revoked:i",
	}, "\n") + "\n"
	got, err := schemas.ReadFile("schemas/1.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("schemas/1.txt (-want +got):\n%s", diff)
	}
}

func TestStatementsHaveFewSizes(t *testing.T) {
	t.Parallel()
	sizes := map[int]bool{}
	for n := 1; n <= 1000; n++ {
		for left := n; left > 0; {
			size := sizeFor(left)
			if size < 1 || size > left || size > largestSize {
				t.Fatalf("sizeFor(%d) = %d", left, size)
			}
			sizes[size] = true
			left -= size
		}
	}
	if len(sizes) != exactSizes+2 || !slices.Contains(slices.Collect(mapKeys(sizes)), largestSize) {
		t.Errorf("%d sizes: %v", len(sizes), sizes)
	}
}

func mapKeys[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
