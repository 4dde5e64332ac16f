// Package sqlite opens SQLite files so that what was committed survives a power
// cut, and says what kind of error a statement failed with.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Open opens the database file at path, creating it with mode 0600 when there
// is none. Transactions on write begin with the file's write lock; read cannot
// change anything.
func Open(ctx context.Context, path string) (write, read *sql.DB, err error) {
	if err := create(path); err != nil {
		return nil, nil, err
	}
	if write, err = open(ctx, path, "_txlock=immediate", 4); err != nil {
		return nil, nil, err
	}
	read, err = open(ctx, path, "_pragma=query_only(1)", max(4, runtime.GOMAXPROCS(0)))
	if err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	return write, read, nil
}

// create makes the file before the driver does, so that nobody else may read
// it. A file that is there is not touched: closing any handle of a database
// file drops the locks this process holds on it.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// pragmas hold for every connection. synchronous(full) is what makes an
// acknowledged commit survive the machine; group commit makes it cheap.
const pragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)" +
	"&_pragma=foreign_keys(1)&_pragma=trusted_schema(0)&_pragma=cache_size(-16000)"

func open(ctx context.Context, path, extra string, connections int) (*sql.DB, error) {
	name := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String()
	db, err := sql.Open("sqlite", name+"?"+pragmas+"&"+extra)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Constraint returns the text of the constraint that err says was violated.
func Constraint(err error) (string, bool) {
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == sqlite3.SQLITE_CONSTRAINT {
		_, name, _ := strings.Cut(e.Error(), "constraint failed: ")
		return name, true
	}
	return "", false
}

// BadValue reports whether err says that a value cannot be kept: too large, or
// of the wrong type.
func BadValue(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code()&0xff == sqlite3.SQLITE_TOOBIG || e.Code()&0xff == sqlite3.SQLITE_MISMATCH)
}

// Retryable reports whether the whole transaction may succeed when it is run
// again: somebody else held the write lock for too long.
func Retryable(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED)
}

// Settle brings what stands beside a database file into it, so that the file
// alone is the database. It fails with a busy error while anybody else has the
// file open.
func Settle(ctx context.Context, path string) error {
	name := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String()
	db, err := sql.Open("sqlite", name+"?mode=rw&_pragma=busy_timeout(1000)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, "PRAGMA journal_mode = delete")
	return errors.Join(err, db.Close())
}

// Damaged reports whether err says that the file is not what was written: pages
// that do not fit together, no database at all, or a table that is gone.
func Damaged(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	case sqlite3.SQLITE_ERROR:
		return strings.Contains(e.Error(), "no such table") || strings.Contains(e.Error(), "no such column")
	}
	return false
}
