// Package sqldb runs one SQL text on two databases: SQLite and PostgreSQL. It
// knows SQL but no table.
//
// Statements are written with ? for every argument, in the words both databases
// speak. Times are integers, flags are integers 0 and 1, and texts compare byte
// by byte.
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/pott-dev/pott/internal/sqldb/postgres"
	"github.com/pott-dev/pott/internal/sqldb/sqlite"
)

// A Dialect is a kind of database.
type Dialect uint8

const (
	SQLite Dialect = iota + 1
	PostgreSQL
)

// String returns "sqlite" or "postgres".
func (d Dialect) String() string {
	if d == PostgreSQL {
		return "postgres"
	}
	return "sqlite"
}

// DB is an open database.
type DB struct {
	Dialect Dialect
	write   *sql.DB
	read    *sql.DB // of its own: who reads never waits for those who wait to write
}

// Open opens the database a DSN names: a URL that begins with postgres:// or
// postgresql://, or the path of an SQLite file, which is created when there is
// none.
func Open(ctx context.Context, dsn string) (*DB, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		write, read, err := postgres.Open(ctx, dsn)
		if err != nil {
			return nil, fmt.Errorf("opening the database: %w", err)
		}
		return &DB{Dialect: PostgreSQL, write: write, read: read}, nil
	}
	write, read, err := sqlite.Open(ctx, strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", dsn, err)
	}
	return &DB{Dialect: SQLite, write: write, read: read}, nil
}

// Close closes all connections.
func (db *DB) Close() error {
	return errors.Join(db.read.Close(), db.write.Close())
}

// Query runs one reading statement outside any transaction.
func (db *DB) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return db.read.QueryContext(ctx, db.Rebind(text), args...)
}

// QueryRow is Query for at most one row.
func (db *DB) QueryRow(ctx context.Context, text string, args ...any) *sql.Row {
	return db.read.QueryRowContext(ctx, db.Rebind(text), args...)
}

// Exec runs one writing statement in a transaction of its own.
func (db *DB) Exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	return db.write.ExecContext(ctx, db.Rebind(text), args...)
}

// Tx is a running transaction.
type Tx struct {
	db *DB
	tx *sql.Tx
}

// Exec runs a writing statement.
func (tx *Tx) Exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	return tx.tx.ExecContext(ctx, tx.db.Rebind(text), args...)
}

// Query runs a reading statement. Its rows must be closed before the next
// statement.
func (tx *Tx) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return tx.tx.QueryContext(ctx, tx.db.Rebind(text), args...)
}

// QueryRow is Query for at most one row.
func (tx *Tx) QueryRow(ctx context.Context, text string, args ...any) *sql.Row {
	return tx.tx.QueryRowContext(ctx, tx.db.Rebind(text), args...)
}

// attempts is how often a transaction that lost a race is run.
const attempts = 10

// Update runs do in one transaction and commits it, unless do returns an error.
// A transaction that loses a race is run again, so do may touch only tx.
//
// On SQLite only one Update runs at a time. On PostgreSQL the transaction is
// serializable.
func (db *DB) Update(ctx context.Context, do func(tx *Tx) error) (err error) {
	level := sql.LevelDefault
	if db.Dialect == PostgreSQL {
		level = sql.LevelSerializable
	}
	for range attempts {
		err = db.inTx(ctx, db.write, &sql.TxOptions{Isolation: level}, do)
		if err == nil || !Retryable(err) {
			return err
		}
	}
	return err
}

// View runs do on one snapshot of the database, which do cannot change.
func (db *DB) View(ctx context.Context, do func(tx *Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if db.Dialect == PostgreSQL {
		options.Isolation = sql.LevelRepeatableRead
	}
	return db.inTx(ctx, db.read, options, do)
}

func (db *DB) inTx(ctx context.Context, pool *sql.DB, options *sql.TxOptions, do func(tx *Tx) error) error {
	tx, err := pool.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it does nothing; what was only read is not committed
	if err := do(&Tx{db, tx}); err != nil || options.ReadOnly {
		return err
	}
	return tx.Commit()
}

// Constraint returns the name of the constraint that err says was violated: the
// name itself on PostgreSQL, SQLite's description of it on SQLite.
func Constraint(err error) (string, bool) {
	if name, ok := sqlite.Constraint(err); ok {
		return name, true
	}
	return postgres.Constraint(err)
}

// BadValue reports whether err says that a value is one the database cannot
// keep, such as a text with a NUL on PostgreSQL.
func BadValue(err error) bool { return sqlite.BadValue(err) || postgres.BadValue(err) }

// Retryable reports whether a transaction that failed with err may succeed when
// it is run again from its beginning.
func Retryable(err error) bool { return sqlite.Retryable(err) || postgres.Retryable(err) }

// Rebind returns a statement with its ? written as the database wants them. It
// skips quoted text.
func (db *DB) Rebind(text string) string {
	if db.Dialect != PostgreSQL {
		return text
	}
	return rebind(text)
}

func rebind(text string) string {
	if !strings.Contains(text, "?") {
		return text
	}
	var b strings.Builder
	n, quote := 0, byte(0)
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			b.WriteByte(c)
		case c == '\'' || c == '"':
			quote = c
			b.WriteByte(c)
		case c == '?':
			n++
			fmt.Fprintf(&b, "$%d", n)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Settle brings everything of an SQLite database into its one file, which may
// then be moved. While anybody has the file open it fails with an [*InUseError].
func Settle(ctx context.Context, path string) error {
	err := sqlite.Settle(ctx, path)
	if err != nil && sqlite.Retryable(err) {
		return &InUseError{Path: path}
	}
	return err
}

// Damaged reports whether err says that what is stored is not what was written:
// pages that do not fit together, no database at all, or a table that is gone.
func Damaged(err error) bool { return sqlite.Damaged(err) || postgres.Damaged(err) }

// An InUseError says that somebody has a database file open.
type InUseError struct{ Path string }

func (e *InUseError) Error() string { return e.Path + " is in use" }

// Code returns the stable code of the error.
func (e *InUseError) Code() string { return "storage.in-use" }
