package sqldb

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
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
	dialect := goose.DialectSQLite3
	if db.Dialect == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, db.write, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	found, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the version of the schema: %w", err)
	}
	if found > newest {
		return &NewerSchemaError{Found: found, Supported: newest}
	}
	if found == newest {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrating the schema from version %d to %d: %w", found, newest, err)
	}
	return nil
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
