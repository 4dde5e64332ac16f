package store

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// Everything that can be done to tables and not to rows.
func catalogueAttacks(d sqldb.Dialect) map[string][]string {
	attacks := map[string][]string{
		"a unique index":       {"CREATE UNIQUE INDEX license_one ON license (seats, module)"},
		"an unusual column":    {"ALTER TABLE profile ADD COLUMN extra TEXT"},
		"a table in its stead": {"ALTER TABLE profile RENAME TO profile_real", "CREATE VIEW profile AS SELECT * FROM profile_real"},
		"a table gone":         {"DROP TABLE profile"},
		"a column gone":        {"ALTER TABLE profile DROP COLUMN modules"},
	}
	if d == sqldb.SQLite {
		attacks["a trigger"] = []string{"CREATE TRIGGER more AFTER UPDATE ON license BEGIN UPDATE license SET seats = 900; END"}
		attacks["a check gone"] = []string{"PRAGMA writable_schema = 1",
			"UPDATE sqlite_master SET sql = replace(sql, 'CONSTRAINT never_oversold CHECK (unrestricted = 1 OR taken <= seats)', 'CHECK (1)') WHERE name = 'license'"}
		return attacks
	}
	attacks["a trigger"] = []string{"CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.seats := 900; RETURN NEW; END'",
		"CREATE TRIGGER more BEFORE UPDATE ON license FOR EACH ROW EXECUTE FUNCTION more()"}
	attacks["a check gone"] = []string{"ALTER TABLE license DROP CONSTRAINT never_oversold"}
	attacks["a rule"] = []string{"CREATE RULE more AS ON DELETE TO assignment DO INSTEAD NOTHING"}
	attacks["a policy"] = []string{"CREATE POLICY mine ON token", "ALTER TABLE token ENABLE ROW LEVEL SECURITY"}
	attacks["a table that may be lost"] = []string{"ALTER TABLE profile SET UNLOGGED"}
	attacks["another type"] = []string{"ALTER TABLE license ALTER COLUMN seats TYPE numeric"}
	attacks["a default"] = []string{"ALTER TABLE license ALTER COLUMN taken SET DEFAULT 0"}
	attacks["rows of another table"] = []string{"CREATE TABLE child () INHERITS (assignment)"}
	return attacks
}

// A trigger or a rule could make a change do something else than it says, so
// nothing is changed while there is one. What is read is checked by itself.
func TestNothingIsWrittenWhileTheTablesAreNotAsTheyWereMade(t *testing.T) {
	for _, dialect := range []sqldb.Dialect{sqldb.SQLite, sqldb.PostgreSQL} {
		for what, statements := range catalogueAttacks(dialect) {
			t.Run(dialect.String()+"/"+what, func(t *testing.T) {
				dsn := sqldbtest.SQLite(t)
				if dialect == sqldb.PostgreSQL {
					server := sqldbtest.Server(t)
					if server == "" {
						return // the other half of the suite has a server
					}
					dsn = sqldbtest.Postgres(t, server)
				}
				db := sqldbtest.Open(t, dsn)
				b := newTestBook(t, db)
				anna := addPerson(t, b, "anna")
				putPool(t, b, web(), 5)
				for _, text := range statements {
					if _, err := db.Exec(t.Context(), text); err != nil {
						t.Fatal(err)
					}
				}
				if err := b.store.CheckSchema(t.Context()); err != nil {
					t.Fatal(err)
				}
				stopped(t, b, anna)
				b = reopen(t, b)
				stopped(t, b, anna)
			})
		}
	}
}

func stopped(t *testing.T, b *Book, anna string) {
	t.Helper()
	var changed *SchemaError
	if _, err := b.Update(t.Context(), admin, monday, give(anna, web())); !errors.As(err, &changed) || changed.First == "" {
		t.Errorf("an act: %v", err)
	}
	if b.Health() < ReadOnly || len(b.Damage()) == 0 || b.Damage()[0].Table != "schema" {
		t.Errorf("health is %v, damage %v", b.Health(), b.Damage())
	}
	if p, ok := personOf(b, anna); !ok || p.Personal.UserID != "anna" {
		t.Error("reading stopped as well")
	}
}

// A trigger that was there and is gone cannot have changed a row unseen.
func TestWritingGoesOnWhenTheTablesAreAsTheyWereMadeAgain(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		putPool(t, b, web(), 5)
		for _, text := range []string{"CREATE UNIQUE INDEX license_one ON license (module)", "DROP INDEX license_one"} {
			if _, err := db.Exec(t.Context(), text); err != nil {
				t.Fatal(err)
			}
			if err := b.store.CheckSchema(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, err := b.Update(t.Context(), admin, monday, give(anna, web()))
			if got, want := err == nil, strings.HasPrefix(text, "DROP"); got != want {
				t.Errorf("after %s: %v", text, err)
			}
		}
	})
}

// Whoever keeps notes beside the store's tables stops nothing.
func TestTablesAndIndexesBesideTheStoresDoNoHarm(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		for _, text := range []string{"CREATE TABLE notes (id BIGINT PRIMARY KEY, note TEXT)", "CREATE INDEX by_person ON assignment (person)",
			"CREATE VIEW seats_by_module AS SELECT module, seats FROM license"} {
			if _, err := db.Exec(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		b = reopen(t, b)
		addPerson(t, b, "anna")
		if b.Health() != Sound {
			t.Errorf("%v with %v", b.Health(), b.Damage())
		}
	})
}

// Pages of the file that cannot be read are damage of their table; everything
// else is read, and nothing panics.
func TestAPageThatCannotBeReadIsDamage(t *testing.T) {
	path := sqldbtest.SQLite(t)
	db := sqldbtest.Open(t, path)
	b := newTestBook(t, db)
	putPool(t, b, web(), 60)
	var people []string
	for i := range 60 {
		people = append(people, addPerson(t, b, "p"+strings.Repeat("x", i)))
		do(t, b, give(people[i], web()))
	}
	name := b.Name()
	b.store.Close()
	var page, size int64
	if err := db.QueryRow(t.Context(), "SELECT rootpage FROM sqlite_master WHERE name = 'assignment'").Scan(&page); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow(t.Context(), "PRAGMA page_size").Scan(&size); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	f, err := os.OpenFile(strings.TrimPrefix(path, "sqlite:"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, size), (page-1)*size); err != nil {
		t.Fatal(err)
	}
	f.Close()
	db = sqldbtest.Open(t, path)
	s := openStore(t, db, Options{})
	if b, err = s.Book(name); err != nil {
		t.Fatal(err)
	}
	if b.Health() < Damaged || len(b.Damage()) == 0 {
		t.Errorf("%v with %v", b.Health(), b.Damage())
	}
	if p, ok := personOf(b, people[7]); !ok || p.Personal.UserID == "" {
		t.Error("people are not read")
	}
}
