package sqldb

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrate brings the schema up to date. migrations holds a folder for each
// dialect, "sqlite" and "postgres", with files named 0001_what.sql, the same
// numbers in both. A database whose schema is newer than the newest file is
// refused with a [*NewerSchemaError].
func (db *DB) Migrate(ctx context.Context, migrations fs.FS) error {
	p, err := db.provider(migrations)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	for tried := int64(-1); ; {
		found, err := p.GetDBVersion(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("reading the version of the schema: %w", err)
		case found > newest:
			return &NewerSchemaError{Found: found, Supported: newest}
		case found == newest:
			return nil
		}
		// SQLite has no lock for this: who comes second fails at the first
		// statement, and finds a newer version when it looks again.
		_, err = p.Up(ctx)
		if err != nil && found == tried {
			return fmt.Errorf("migrating the schema from version %d to %d: %w", found, newest, err)
		}
		tried = found
	}
}

func (db *DB) provider(migrations fs.FS) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, db.Dialect.String())
	if err != nil {
		return nil, err
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if db.Dialect == PostgreSQL {
		// Several nodes may start at once. The lock is a row in a table of its
		// own, which engines without advisory locks have too.
		one, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(250*time.Millisecond, 240))
		if err != nil {
			return nil, err
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithLocker(one))
	}
	p, err := goose.NewProvider(dialect, db.write, files, options...)
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return p, nil
}

// A NewerSchemaError says that the database was migrated by a newer program.
type NewerSchemaError struct {
	Found     int64
	Supported int64 // the newest version this program knows
}

func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("the schema of the database has version %d, this program knows versions up to %d", e.Found, e.Supported)
}

// Code returns the stable code of the error.
func (e *NewerSchemaError) Code() string { return "storage.newer-schema" }

// MigrateTo brings the schema to a version that has been shipped, for rows that
// were written under it. A database that is past it is left as it is.
func (db *DB) MigrateTo(ctx context.Context, migrations fs.FS, version int64) error {
	p, err := db.provider(migrations)
	if err != nil {
		return err
	}
	if sources := p.ListSources(); version > sources[len(sources)-1].Version {
		return &NewerSchemaError{Found: version, Supported: sources[len(sources)-1].Version}
	}
	_, err = p.UpTo(ctx, version)
	return err
}

// SchemaVersion returns the number of the newest migration the database has
// seen; 0 when it has seen none.
func (db *DB) SchemaVersion(ctx context.Context) (version int64, err error) {
	tables := "SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'"
	if db.Dialect == PostgreSQL {
		tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'goose_db_version'"
	}
	var n int
	if err := db.QueryRow(ctx, tables).Scan(&n); err != nil || n == 0 {
		return 0, err
	}
	err = db.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&version)
	return version, err
}
