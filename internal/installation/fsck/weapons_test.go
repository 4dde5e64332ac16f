package fsck

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// change runs statements that change the schema.
func (b *built) change(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if _, err := b.db.Exec(b.t.Context(), text); err != nil {
			b.t.Fatalf("%s: %v", text, err)
		}
	}
}

// rewrite changes the text of a table in the catalogue of an SQLite file, which
// is how a check is dropped there without a trace in the rows.
func (b *built) rewrite(table, from, to string) {
	b.t.Helper()
	b.change("PRAGMA writable_schema=1; UPDATE sqlite_master SET sql = replace(sql, '" + strings.ReplaceAll(from, "'", "''") + "', '" +
		strings.ReplaceAll(to, "'", "''") + "') WHERE type = 'table' AND name = '" + table + "'; PRAGMA writable_schema=0")
}

func (b *built) expectSchema(t *testing.T, name, table, says string) {
	t.Helper()
	r := b.check()
	if r.Verdict != Broken || !slices.ContainsFunc(r.Rows.At, func(p Place) bool {
		return p.Table == "schema" && p.Row == table && strings.Contains(p.What, says)
	}) {
		t.Errorf("%s: nothing about %s says %q: %v", name, table, says, r.Rows.At)
	}
}

var checkOf = regexp.MustCompile(`CHECK \((?:[^()]|\([^()]*\))*\)`)

// A trigger on any table, a check or a NOT NULL dropped from any table: as good
// as an edit, and named.
func TestWhatIsDoneToTheSchemaOfAnyTableIsNamed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := build(t, db)
		if db.Dialect == sqldb.PostgreSQL {
			b.change("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
			b.expectSchema(t, "function", "nothing", "a function that does not belong there")
		}
		checks := 0
		for _, table := range slices.Concat(tableNames(), unsealed[:5]) {
			column, kind := "seal", " BLOB NOT NULL"
			if tableNamed(table) == nil {
				of := map[string]string{"head": "box", "journal": "changes", "audit": "facts", "personal": "salt", "set_file": "bytes"}
				if column = of[table]; table == "audit" {
					kind = " TEXT NOT NULL"
				}
			}
			if db.Dialect == sqldb.SQLite {
				b.change("CREATE TRIGGER more AFTER UPDATE ON " + table + " BEGIN SELECT 1; END")
				b.expectSchema(t, "trigger", table, "a trigger that does not belong there: more")
				b.change("DROP TRIGGER more")
				b.rewrite(table, column+kind, column+strings.TrimSuffix(kind, " NOT NULL"))
				b.expectSchema(t, "not null", table, "should be "+column+kind)
				b.rewrite(table, column+strings.TrimSuffix(kind, " NOT NULL"), column+kind)
				var text string
				if err := db.QueryRow(t.Context(), "SELECT sql FROM sqlite_master WHERE name = ?", table).Scan(&text); err != nil {
					t.Fatal(err)
				}
				for _, check := range checkOf.FindAllString(text, -1) {
					if strings.Contains(text, "CONSTRAINT never_oversold "+check) {
						check = "CONSTRAINT never_oversold " + check
					}
					checks++
					b.rewrite(table, check, "/* "+check+" */")
					b.expectSchema(t, "check", table, check)
					b.rewrite(table, "/* "+check+" */", check)
				}
				continue
			}
			b.change("CREATE TRIGGER more AFTER UPDATE ON " + table + " FOR EACH ROW EXECUTE FUNCTION nothing()")
			b.expectSchema(t, "trigger", table, "a trigger that does not belong there: more")
			b.change("DROP TRIGGER more ON "+table, "ALTER TABLE "+table+" ALTER COLUMN "+column+" DROP NOT NULL")
			b.expectSchema(t, "not null", table, "NOT NULL")
			var names []string
			rows, err := db.Query(t.Context(), "SELECT conname::text FROM pg_constraint WHERE conrelid = to_regclass(?) AND contype = 'c'", table)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var name string
				if err := rows.Scan(&name); err != nil {
					t.Fatal(err)
				}
				names = append(names, name)
			}
			rows.Close()
			for _, name := range names {
				checks++
				b.change("ALTER TABLE " + table + " DROP CONSTRAINT " + name)
				b.expectSchema(t, "check", table, "a constraint is missing: "+name)
			}
		}
		if checks < 5 {
			t.Errorf("only %d checks were dropped", checks)
		}
	})
}

// Everything else that runs by itself or stands in for a table.
func TestNothingStandsInTheSchemaThatDoesNotBelongThere(t *testing.T) {
	cases := []struct {
		name, table, says, sqlite, postgres string
	}{
		{"a view", "seats", "a view that does not belong there", "CREATE VIEW seats AS SELECT number FROM assignment", "CREATE VIEW seats AS SELECT number FROM assignment"},
		{"a table", "kept", "a table that does not belong there", "CREATE TABLE kept (x INTEGER)", "CREATE TABLE kept (x bigint)"},
		{"an index", "assignment", "an index that does not belong there", "CREATE INDEX one ON assignment (installation, person)", ""},
		{"a column", "token", "a column that does not belong there", "ALTER TABLE token ADD COLUMN more TEXT", "ALTER TABLE token ADD COLUMN more text"},
		{"a table that holds rows of another", "assignment", "an inheritance that does not belong there", "", "CREATE TABLE hidden () INHERITS (assignment)"},
		{"row security", "token", "should be permanent", "", "ALTER TABLE token ENABLE ROW LEVEL SECURITY"},
		{"a policy", "token", "a policy that does not belong there", "", "CREATE POLICY one ON token USING (id <> 'x')"},
		{"a rule", "token", "a rule that does not belong there", "", "CREATE RULE one AS ON DELETE TO token DO INSTEAD NOTHING"},
		{"an operator", "===", "an operator that does not belong there", "", "CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)"},
		{"a default", "token", "DEFAULT", "", "ALTER TABLE token ALTER COLUMN scopes SET DEFAULT 'admin'"},
		{"a table that may be forgotten", "journal", "not permanent", "", "ALTER TABLE journal SET UNLOGGED"},
		{"a primary key dropped", "personal", "a constraint is missing", "", "ALTER TABLE personal DROP CONSTRAINT personal_pkey"},
		{"a table renamed", "token", "a table is missing", "ALTER TABLE token RENAME TO tokens", "ALTER TABLE token RENAME TO tokens"},
	}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := build(t, db)
		for _, c := range cases {
			text := c.sqlite
			if db.Dialect == sqldb.PostgreSQL && c.postgres != "" {
				text = c.postgres
			}
			if text != "" { // there is no such thing on SQLite
				b.change(text)
				b.expectSchema(t, c.name, c.table, c.says)
			}
		}
	})
}

// Another schema that is searched first hides the tables.
func TestATableThatIsFoundFirstIsNamed(t *testing.T) {
	server := sqldbtest.Server(t)
	if server == "" {
		return // SQLite has one schema
	}
	dsn := sqldbtest.Postgres(t, server)
	b := build(t, sqldbtest.Open(t, dsn))
	var schema string
	if err := b.db.QueryRow(t.Context(), "SELECT current_schema()").Scan(&schema); err != nil {
		t.Fatal(err)
	}
	before := sqldbtest.Postgres(t, server)
	first := sqldbtest.Open(t, before)
	var name string
	if err := first.QueryRow(t.Context(), "SELECT current_schema()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	b.db = sqldbtest.Open(t, strings.Replace(dsn, "search_path="+schema, "search_path="+name+"%2C"+schema, 1))
	r := b.check()
	if r.Verdict != Broken || !strings.Contains(fmt.Sprint(r.Rows.At), "a table is missing") {
		t.Errorf("an empty schema is searched first: %+v", r)
	}
}

// On SQLite a value can be written that the schema forbids, and a tree can be
// put out of order: the file itself is looked at.
func TestTheFileItselfIsLookedAt(t *testing.T) {
	b := build(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	b.change("PRAGMA ignore_check_constraints=1; UPDATE owner SET id = 2; PRAGMA ignore_check_constraints=0")
	r := b.check()
	if r.Verdict != Broken || !strings.Contains(fmt.Sprint(r.Rows.At), "CHECK constraint failed in owner") {
		t.Errorf("%+v", r.Rows)
	}
}
