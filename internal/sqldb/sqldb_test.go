package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func exec(t testing.TB, db *sqldb.DB, text string, args ...any) {
	t.Helper()
	if _, err := db.Exec(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}

func pots(t testing.TB, db *sqldb.DB) {
	exec(t, db, "CREATE TABLE pot (id BIGINT PRIMARY KEY, seats BIGINT NOT NULL, taken BIGINT NOT NULL, CONSTRAINT never_oversold CHECK (taken <= seats))")
	exec(t, db, "INSERT INTO pot (id, seats, taken) VALUES (?, ?, ?)", 1, 100, 0)
}

func taken(t testing.TB, db *sqldb.DB) (n int64) {
	t.Helper()
	if err := db.QueryRow(t.Context(), "SELECT taken FROM pot WHERE id = ?", 1).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestQuestionMarksInQuotesStay(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 1":                            "SELECT 1",
		"SELECT ?, ?":                         "SELECT $1, $2",
		"SELECT '?', ?, \"a?\", 'it''s ?', ?": "SELECT '?', $1, \"a?\", 'it''s ?', $2",
	} {
		db := &sqldb.DB{Dialect: sqldb.PostgreSQL}
		if got := db.Rebind(text); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
		db.Dialect = sqldb.SQLite
		if got := db.Rebind(text); got != text {
			t.Errorf("on SQLite %s becomes %s", text, got)
		}
	}
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		pots(t, db)
		no := errors.New("no")
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(t.Context(), "UPDATE pot SET taken = ?", 7); err != nil {
				return err
			}
			return no
		})
		if err != no || taken(t, db) != 0 {
			t.Errorf("got %v with %d taken", err, taken(t, db))
		}
	})
}

// 16 goroutines read, add one and write: none overwrites another's.
func TestUpdatesThatRaceAreRunAgain(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		pots(t, db)
		var wg sync.WaitGroup
		var mu sync.Mutex
		done := int64(0)
		for range 8 {
			wg.Go(func() {
				for range 5 {
					err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
						var n int64
						if err := tx.QueryRow(context.Background(), "SELECT taken FROM pot WHERE id = ?", 1).Scan(&n); err != nil {
							return err
						}
						_, err := tx.Exec(context.Background(), "UPDATE pot SET taken = ? WHERE id = ?", n+1, 1)
						return err
					})
					if err == nil {
						mu.Lock()
						done++
						mu.Unlock()
					} else if !sqldb.Retryable(err) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := taken(t, db); got != done || done == 0 {
			t.Errorf("%d taken after %d updates", got, done)
		}
	})
}

func TestViewCannotChangeAnything(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		pots(t, db)
		err := db.View(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), "UPDATE pot SET taken = 1")
			return err
		})
		if err == nil || taken(t, db) != 0 {
			t.Errorf("got %v with %d taken", err, taken(t, db))
		}
	})
}

func TestConstraintsAreTold(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		pots(t, db)
		_, err := db.Exec(t.Context(), "UPDATE pot SET taken = 101")
		if name, ok := sqldb.Constraint(err); !ok || !strings.Contains(name, "never_oversold") {
			t.Errorf("constraint %q, %v of %v", name, ok, err)
		}
		_, err = db.Exec(t.Context(), "SELECT nonsense")
		if name, ok := sqldb.Constraint(err); ok || sqldb.Retryable(err) {
			t.Errorf("%v is constraint %q", err, name)
		}
	})
}

func TestWriterCommitsAndRollsBack(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		pots(t, db)
		w := db.Writer()
		defer w.Close()
		set := func(n int64) {
			t.Helper()
			if err := w.Begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Exec(t.Context(), "UPDATE pot SET taken = ? WHERE id = ?", n, 1); err != nil {
				t.Fatal(err)
			}
		}
		set(5)
		if answered, err := w.Commit(t.Context()); !answered || err != nil {
			t.Fatal(answered, err)
		}
		set(6)
		w.Rollback(t.Context())
		if got := taken(t, db); got != 5 {
			t.Errorf("%d taken, want 5", got)
		}
		if db.Dialect == sqldb.PostgreSQL { // a writer outlives its connection
			if err := w.Begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.Exec(t.Context(), "SELECT pg_terminate_backend(pg_backend_pid())")
			if answered, err := w.Commit(t.Context()); answered || err == nil {
				t.Errorf("a commit without connection: %v, %v", answered, err)
			}
		}
		set(6)
		if db.Dialect == sqldb.PostgreSQL { // also while nobody uses it
			var pid int64
			rows, err := w.Query(t.Context(), "SELECT pg_backend_pid()")
			if err != nil || !rows.Next() || rows.Scan(&pid) != nil {
				t.Fatal(err)
			}
			rows.Close()
			w.Rollback(t.Context())
			if err := db.QueryRow(t.Context(), "SELECT pg_terminate_backend(?)", pid).Scan(new(bool)); err != nil {
				t.Fatal(err)
			}
		} else {
			w.Rollback(t.Context())
		}
		set(7)
		if _, err := w.Commit(t.Context()); err != nil || taken(t, db) != 7 {
			t.Errorf("%d taken, %v", taken(t, db), err)
		}
	})
}

func TestMigrationsRunOnceAndRefuseNewerSchemas(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		files := func(n int) fstest.MapFS {
			fs := fstest.MapFS{}
			for i := 1; i <= n; i++ {
				text := fmt.Sprintf("-- +goose Up\nCREATE TABLE t%d (id BIGINT PRIMARY KEY);\n", i)
				for _, dialect := range []string{"sqlite", "postgres"} {
					fs[fmt.Sprintf("%s/%04d_t.sql", dialect, i)] = &fstest.MapFile{Data: []byte(text)}
				}
			}
			return fs
		}
		for range 2 {
			if err := db.Migrate(t.Context(), files(1)); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Migrate(t.Context(), files(3)); err != nil {
			t.Fatal(err)
		}
		var newer *sqldb.NewerSchemaError
		if err := db.Migrate(t.Context(), files(2)); !errors.As(err, &newer) || newer.Found != 3 || newer.Supported != 2 {
			t.Errorf("an older program: %v", err)
		}
		tables, err := db.Tables(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{"t1": {"id"}, "t2": {"id"}, "t3": {"id"}}
		if diff := cmp.Diff(want, tables); diff != "" {
			t.Error(diff)
		}
	})
}

// Nodes that start at the same moment on one database wait for each other.
func TestMigrationsRunOnceWhenSeveralNodesStartAtOnce(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		files := fstest.MapFS{}
		for _, dialect := range []string{"sqlite", "postgres"} {
			files[dialect+"/0001_t.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE t (id BIGINT PRIMARY KEY);\nINSERT INTO t (id) VALUES (1);\n")}
		}
		done := make(chan error)
		const nodes = 6
		for range nodes {
			go func() {
				db, err := sqldb.Open(t.Context(), dsn)
				if err == nil {
					err = errors.Join(db.Migrate(t.Context(), files), db.Close())
				}
				done <- err
			}()
		}
		for range nodes {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}

// Whatever somebody adds to a database shows in its schema.
func TestSchemaShowsWhatWasAdded(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		pots(t, db)
		added := []string{"CREATE INDEX pot_taken ON pot (taken)", "CREATE VIEW pan AS SELECT id FROM pot"}
		if db.Dialect == sqldb.SQLite {
			added = append(added, "CREATE TRIGGER more AFTER UPDATE ON pot BEGIN UPDATE pot SET seats = 900; END")
		} else {
			added = append(added, "CREATE RULE more AS ON DELETE TO pot DO INSTEAD NOTHING", "CREATE POLICY p ON pot",
				"ALTER TABLE pot DROP CONSTRAINT never_oversold")
		}
		before, err := db.Schema(t.Context())
		if err != nil || len(before) == 0 {
			t.Fatal(before, err)
		}
		for _, text := range added {
			exec(t, db, text)
			after, err := db.Schema(t.Context())
			if err != nil || slices.Equal(before, after) {
				t.Errorf("%s does not show: %v", text, err)
			}
			before = after
		}
	})
}

func TestSQLiteFilesAreForTheOwnerOnlyAndMayBeNamedOddly(t *testing.T) {
	path := t.TempDir() + "/a ?b#c%41.db"
	db := sqldbtest.Open(t, path)
	exec(t, db, "CREATE TABLE x (id INTEGER)")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info, err)
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := db.QueryRow(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s (%v)", pragma, got, want, err)
		}
	}
}

func TestPostgresThatMayForgetIsRefused(t *testing.T) {
	server := sqldbtest.Server(t)
	if server == "" {
		return // the other half of the suite has a server
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("synchronous_commit", "off")
	u.RawQuery = q.Encode()
	_, err = sqldb.Open(t.Context(), u.String())
	var coded interface{ Code() string }
	if !errors.As(err, &coded) || coded.Code() != "storage.unsafe-setting" {
		t.Errorf("synchronous_commit off: %v", err)
	}
}
