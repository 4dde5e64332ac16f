package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// alone runs do on the goroutine that writes the server's ledger.
func (s *Store) alone(ctx context.Context, do func(context.Context, *sqldb.Writer) error) error {
	r := &request{ctx: ctx, solo: do, done: make(chan struct{})}
	if err := s.teller.ask(r); err != nil {
		return err
	}
	return r.err
}

// inTx runs do in one transaction and again when it loses a race. When the
// answer to the commit is lost and took cannot tell whether it took place, the
// error is an [*UnknownOutcomeError].
func (s *Store) inTx(ctx context.Context, w *sqldb.Writer, do func() error, took func() (bool, error)) (err error) {
	for range tries {
		if err = w.Begin(ctx); err != nil {
			return err
		}
		answered := true
		if err = do(); err == nil {
			answered, err = s.teller.commit(ctx)
		} else {
			w.Rollback(ctx)
		}
		if err != nil && !answered {
			if err = s.lookUp(took, err); errors.Is(err, errNotTaken) {
				continue
			}
		}
		if err == nil || !sqldb.Retryable(err) {
			return err
		}
	}
	return err
}

// errNotTaken says that a transaction whose commit was not answered did not take
// place.
var errNotTaken = errors.New("the transaction did not take place")

// lookUp asks whether a transaction took place whose commit was not answered.
func (s *Store) lookUp(took func() (bool, error), lost error) error {
	for range tries {
		yes, err := took()
		switch {
		case err != nil:
			lost = err
		case yes:
			return nil
		default:
			return errNotTaken
		}
	}
	return errors.Join(&UnknownOutcomeError{Seq: s.server.head.Seq + 1}, lost)
}

// found reports whether a statement finds a row under the server's head: taking
// it waits for a transaction that still holds it.
func (s *Store) found(ctx context.Context, w *sqldb.Writer, text string, args ...any) (there bool, err error) {
	if err := w.Begin(ctx); err != nil {
		return false, err
	}
	defer w.Rollback(ctx)
	if _, err := w.Exec(ctx, "UPDATE head SET seq = seq WHERE installation = ? AND ledger = ?", tamper.ServerInstallation, serverLedger); err != nil {
		return false, err
	}
	err = each(ctx, w, text, args, func(*sql.Rows) error {
		there = true
		return nil
	})
	return there, err
}

func joined(damages []blamed) error {
	var errs []error
	for _, d := range damages {
		errs = append(errs, d.DamagedError)
	}
	return errors.Join(errs...)
}
