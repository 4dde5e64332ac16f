package fsck

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

//go:generate go test -run TestTheShippedSchema . -update

// The picture of the schema that is compared with a database is that of a
// database which was just made. With -update it is written anew; for PostgreSQL
// that needs a server, as the other tests do.
func TestTheShippedSchemaIsWhatTheMigrationsMake(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := db.Migrate(t.Context(), store.Migrations()); err != nil {
			t.Fatal(err)
		}
		var lines []string
		read(t, db, func(c *check) {
			all, broken, err := c.objects()
			if broken != "" || err != nil {
				t.Fatal(broken, err)
			}
			for _, o := range all {
				lines = append(lines, o.String()+"\n")
			}
		})
		slices.Sort(lines)
		name, got := "schema."+db.Dialect.String()+".txt", strings.Join(lines, "")
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		want, err := shipped.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s differs from the migrations; write it anew with go test -run TestTheShippedSchema . -update (-file +migrations):\n%s", name, diff)
		}
	})
}

// Every table is in the list of layouts, with all its columns in order, or among
// those that carry no seal.
func TestEveryTableOfTheSchemaIsKnownHere(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := db.Migrate(t.Context(), store.Migrations()); err != nil {
			t.Fatal(err)
		}
		there, err := db.Tables(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, tb := range tables {
			columns := there[tb.name]
			delete(there, tb.name)
			want := slices.Sorted(slices.Values(tb.names()))
			if diff := cmp.Diff(want, slices.Sorted(slices.Values(columns))); diff != "" {
				t.Errorf("columns of %s (-layout +table):\n%s", tb.name, diff)
			}
		}
		for name := range there {
			if !slices.Contains(unsealed, name) {
				t.Errorf("table %s is in no list of layout.go", name)
			}
		}
	})
	if !slices.IsSortedFunc(tables, func(x, y *table) int { return strings.Compare(x.name, y.name) }) {
		t.Error("the tables do not stand in byte order of their names")
	}
}

// The specification lists the same tables, columns and ledgers.
func TestTheSpecificationHasTheSameLayouts(t *testing.T) {
	text, err := os.ReadFile("../../../spec/storage-integrity.md")
	if err != nil {
		t.Fatal(err)
	}
	written := layoutsOf(string(text))
	for _, tb := range tables {
		want := tb.ledger
		for _, c := range tb.key {
			want += " " + c.text
		}
		want += " |"
		for _, c := range tb.columns {
			want += " " + c.text
		}
		if got := written[tb.name]; got != want {
			t.Errorf("the specification says of %s:\n%s\nand here stands:\n%s", tb.name, got, want)
		}
		delete(written, tb.name)
	}
	for name := range written {
		t.Errorf("the specification has a table %s that is not here", name)
	}
}

// layoutsOf reads the indented lists of section 6: a table with its columns
// behind it, "id t | name t", on one line or continued on more deeply indented
// ones. Each list stands after a line that names its ledger.
func layoutsOf(text string) map[string]string {
	_, text, _ = strings.Cut(text, "\n## 6. ")
	text, _, _ = strings.Cut(text, "\nThe *schema digest*")
	lists, ledgers := map[string]string{}, map[string]string{}
	ledger, name := "", ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch rest, ok := strings.CutPrefix(line, "Ledger `"); {
		case ok:
			ledger, _, _ = strings.Cut(rest, "`")
		case ledger == "" || !strings.HasPrefix(line, "    "):
		case strings.HasPrefix(line, "     "):
			lists[name] += " " + strings.TrimSpace(line)
		default:
			name, line, _ = strings.Cut(strings.TrimSpace(line), " ")
			lists[name], ledgers[name] = strings.TrimSpace(line), ledger
		}
	}
	for name, list := range lists {
		parts := strings.Split(list, " | ")
		for i, part := range parts {
			var columns []string
			for column := range strings.SplitSeq(part, ",") {
				columns = append(columns, strings.Join(strings.Fields(column), ":"))
			}
			parts[i] = strings.Join(columns, " ")
		}
		lists[name] = ledgers[name] + " " + strings.Join(parts, " | ")
	}
	return lists
}

// Databases keep the digest of the layouts they were written with. What earlier
// versions wrote can still be read.
func TestEarlierLayoutsAreKnown(t *testing.T) {
	files, err := filepath.Glob("../store/schemas/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if digest := sha256.Sum256(text); !knownSchema(digest[:]) {
			t.Errorf("%s: a head with this digest is not known: %x", name, digest)
		}
	}
}
