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
	files, err := fs.Sub(migrations, db.Dialect.String())
	if err != nil {
		return err
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if db.Dialect == PostgreSQL {
		// Several nodes may start at once. The lock is a row in a table of its
		// own, which engines without advisory locks have too.
		one, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(250*time.Millisecond, 240))
		if err != nil {
			return err
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithLocker(one))
	}
	p, err := goose.NewProvider(dialect, db.write, files, options...)
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
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
