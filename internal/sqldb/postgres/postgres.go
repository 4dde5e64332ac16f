// Package postgres opens PostgreSQL databases that keep what they acknowledge,
// and says what kind of error a statement failed with.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// connections is the most one process opens to a server: half for those who
// write, half for those who read.
const connections = 24

// Open connects to the database that url names. A server that may lose what it
// has acknowledged is refused with an [*UnsafeSettingError].
//
// Tables are looked for in one schema only: the one the url names with
// search_path, else public. Read and write do not share connections, so that a
// writer that has one never waits for a reader that wants one.
func Open(ctx context.Context, url string) (write, read *sql.DB, err error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, nil, err
	}
	if config.RuntimeParams["search_path"] == "" {
		config.RuntimeParams["search_path"] = "public"
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "pott"
	}
	write, read = open(config), open(config)
	if err := checkSettings(ctx, write); err != nil {
		return nil, nil, errors.Join(err, write.Close(), read.Close())
	}
	return write, read, nil
}

func open(config *pgx.ConnConfig) *sql.DB {
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(connections / 2)
	db.SetMaxIdleConns(connections / 4)
	return db
}

func checkSettings(ctx context.Context, db *sql.DB) error {
	get := func(name string) (value string, err error) {
		err = db.QueryRowContext(ctx, "SHOW "+name).Scan(&value)
		return value, err
	}
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		value, err := get(name)
		if err != nil {
			return err
		}
		if value == "off" {
			return &UnsafeSettingError{Setting: name, Value: value}
		}
		if name == "synchronous_commit" && value == "local" {
			standbys, err := get("synchronous_standby_names")
			if err != nil {
				return err
			}
			if standbys != "" {
				return &UnsafeSettingError{Setting: name, Value: value}
			}
		}
	}
	return nil
}

// An UnsafeSettingError says that the server may lose changes it acknowledged.
type UnsafeSettingError struct {
	Setting string
	Value   string
}

func (e *UnsafeSettingError) Error() string {
	return fmt.Sprintf("the PostgreSQL server runs with %s = %s and may lose acknowledged changes", e.Setting, e.Value)
}

// Code returns the stable code of the error.
func (e *UnsafeSettingError) Code() string { return "storage.unsafe-setting" }

// Constraint returns the name of the constraint that err says was violated.
func Constraint(err error) (string, bool) {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && len(e.Code) == 5 && e.Code[:2] == "23" {
		return e.ConstraintName, true
	}
	return "", false
}

// BadValue reports whether err says that a value cannot be kept: a data
// exception, or one beyond a limit of the server.
func BadValue(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && len(e.Code) == 5 && (e.Code[:2] == "22" || e.Code[:2] == "54")
}

// Retryable reports whether the whole transaction may succeed when it is run
// again: it lost a race or was chosen to end a deadlock.
func Retryable(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

// Answered reports whether err is the server's own word. Any other error at
// commit leaves open whether the transaction took place.
func Answered(err error) bool {
	_, ok := errors.AsType[*pgconn.PgError](err)
	return ok
}

// Damaged reports whether err says that what is stored is not what was written:
// pages that do not fit together, or a table that is gone.
func Damaged(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && len(e.Code) == 5 && (e.Code[:2] == "XX" || e.Code == "42P01" || e.Code == "42703")
}
