package sqldb

import (
	"context"
	"database/sql"
	"errors"

	"github.com/pott-dev/pott/internal/sqldb/postgres"
)

// Writer runs transactions one after another and keeps its statements prepared.
// Only one goroutine may use it at a time. A connection that breaks is replaced
// at the next Begin.
//
// On SQLite it keeps one connection. On PostgreSQL it has one only while a
// transaction runs: there may be more writers than connections.
type Writer struct {
	db    *DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt // by text; SQLite only, pgx has its own
	texts map[string]string    // rebound; PostgreSQL only
}

// Writer returns a writer, which connects when it is first used.
func (db *DB) Writer() *Writer { return &Writer{db: db} }

// Close gives the connection back.
func (w *Writer) Close() error {
	if w.conn == nil {
		return nil
	}
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	errs = append(errs, w.conn.Close())
	w.conn, w.stmts = nil, nil
	return errors.Join(errs...)
}

// Begin starts a transaction: with the file's write lock on SQLite, at READ
// COMMITTED on PostgreSQL, where the caller locks what it needs.
func (w *Writer) Begin(ctx context.Context) error {
	had := w.conn != nil || w.db.Dialect == PostgreSQL
	err := w.begin(ctx)
	if err != nil && had && w.conn == nil { // it broke while nobody used it
		err = w.begin(ctx)
	}
	return err
}

func (w *Writer) begin(ctx context.Context) error {
	if w.conn == nil {
		conn, err := w.db.write.Conn(ctx)
		if err != nil {
			return err
		}
		w.conn, w.stmts = conn, map[string]*sql.Stmt{}
		if w.texts == nil {
			w.texts = map[string]string{}
		}
	}
	begin := "BEGIN IMMEDIATE"
	if w.db.Dialect == PostgreSQL {
		begin = "BEGIN ISOLATION LEVEL READ COMMITTED"
	}
	_, err := w.Exec(ctx, begin)
	if err != nil && !Retryable(err) {
		w.drop()
	}
	return err
}

// Commit ends the transaction. When answered is false the database did not say
// whether it took place.
func (w *Writer) Commit(ctx context.Context) (answered bool, err error) {
	if _, err = w.Exec(ctx, "COMMIT"); err == nil {
		w.rest()
		return true, nil
	}
	answered = w.db.Dialect == PostgreSQL && postgres.Answered(err)
	if w.db.Dialect == SQLite {
		// A commit that fails leaves the transaction open; rolled back, it
		// cannot have taken place.
		_, undone := w.Exec(ctx, "ROLLBACK")
		answered = undone == nil
	}
	w.drop()
	return answered, err
}

// Rollback ends the transaction and undoes it.
func (w *Writer) Rollback(ctx context.Context) {
	if w.conn == nil {
		return
	}
	if _, err := w.Exec(ctx, "ROLLBACK"); err != nil {
		w.drop() // the server rolls back what a closed connection left
		return
	}
	w.rest()
}

// rest lets other writers have the connection until the next Begin. What pgx has
// prepared on it stays prepared.
func (w *Writer) rest() {
	if w.db.Dialect == PostgreSQL {
		w.conn.Close()
		w.conn = nil
	}
}

// drop closes the connection for good instead of giving it back to the pool.
func (w *Writer) drop() {
	if w.conn == nil {
		return
	}
	w.conn.Raw(func(any) error { return errBroken }) // tells the pool not to use it again
	w.Close()
}

var errBroken = errors.New("broken connection")

// Exec runs a writing statement.
func (w *Writer) Exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	if w.db.Dialect == PostgreSQL {
		return w.conn.ExecContext(ctx, w.rebound(text), args...)
	}
	stmt, err := w.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// Query runs a reading statement. Its rows must be closed before the next
// statement.
func (w *Writer) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if w.db.Dialect == PostgreSQL {
		return w.conn.QueryContext(ctx, w.rebound(text), args...)
	}
	stmt, err := w.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (w *Writer) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt := w.stmts[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	w.stmts[text] = stmt
	return stmt, nil
}

func (w *Writer) rebound(text string) string {
	bound := w.texts[text]
	if bound == "" {
		bound = rebind(text)
		w.texts[text] = bound
	}
	return bound
}
