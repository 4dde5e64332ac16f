// Package sqldbtest gives every test a fresh database of every kind.
package sqldbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // to create schemas

	"github.com/pott-dev/pott/internal/sqldb"
)

// Each runs do as a subtest on a fresh, empty SQLite file and, when
// POTT_TEST_POSTGRES names a PostgreSQL server, on a fresh, empty schema of it.
// With POTT_TEST_POSTGRES_REQUIRED=1 a missing server fails the test.
func Each(t *testing.T, do func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	EachDSN(t, func(t *testing.T, dsn string) { do(t, Open(t, dsn)) })
}

// EachDSN is Each for tests that open the database themselves.
func EachDSN(t *testing.T, do func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { do(t, SQLite(t)) })
	if server := Server(t); server != "" {
		t.Run("postgres", func(t *testing.T) { do(t, Postgres(t, server)) })
	}
}

// Server returns the DSN of the PostgreSQL server for tests, or "" when there
// is none and none is required.
func Server(t testing.TB) string {
	server := os.Getenv("POTT_TEST_POSTGRES")
	if server == "" && os.Getenv("POTT_TEST_POSTGRES_REQUIRED") == "1" {
		t.Fatal("POTT_TEST_POSTGRES_REQUIRED=1, but POTT_TEST_POSTGRES names no server")
	}
	return server
}

// Open opens a database and closes it when the test ends.
func Open(t testing.TB, dsn string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// SQLite returns the path of a fresh SQLite file.
func SQLite(t testing.TB) string { return filepath.Join(t.TempDir(), "pott.db") }

// Postgres creates a fresh schema on a server and returns a DSN that sees only
// it. The schema is dropped when the test ends.
func Postgres(t testing.TB, server string) string {
	t.Helper()
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	schema := "test_" + strings.ToLower(rand.Text()[:16])
	if _, err := admin.Exec("CREATE SCHEMA " + schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { drop(t, server, schema) })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}

func drop(t testing.TB, server, schema string) {
	admin, err := sql.Open("pgx", server)
	if err == nil {
		_, err = admin.Exec(fmt.Sprintf("DROP SCHEMA %s CASCADE", schema))
		admin.Close()
	}
	if err != nil {
		t.Errorf("dropping schema %s: %v", schema, err)
	}
}
