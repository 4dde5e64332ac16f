package host

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/archive"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb"
)

// ToFile stands for the file in the data directory where a database is named.
const ToFile = "file"

// Moved is what became of a database that was moved.
type Moved struct {
	From   string        `json:"from"`
	To     string        `json:"to"`
	Rows   int64         `json:"rows,omitempty"`
	Waited time.Duration `json:"waited_ns,omitempty"` // how long changes had to wait
	Check  *fsck.Report  `json:"check,omitempty"`     // of the new place
	DryRun bool          `json:"dry_run,omitempty"`
}

// Move takes everything in the database to another one, rows, journal and seals
// as they are, also while a server runs: changes wait meanwhile. Every row is
// checked here before and there afterwards. When anything fails, nothing has
// changed here; when it is done, nothing is ever written or served here again.
//
// A copy that a move left behind which was cut short is replaced, as long as
// nobody has used it.
func (h *Host) Move(ctx context.Context, by audit.Actor, to string, dryRun bool) (*Moved, error) {
	target := h.config
	if target.Database = to; to == ToFile {
		target.Database = ""
	}
	done := &Moved{From: h.config.Place(), To: target.Place(), DryRun: dryRun}
	if target.DSN() == h.config.DSN() {
		return nil, &SamePlaceError{Database: target.Place()}
	}
	if err := h.sound(ctx); err != nil {
		return nil, err
	}
	db, err := h.openTarget(ctx, target, dryRun)
	if err != nil || dryRun {
		return done, err
	}
	begun := h.now()
	err = h.house.Move(ctx, by, done.From, done.To, func(ctx context.Context, from store.Source) error {
		if done.Rows, err = refill(ctx, from, h.db, db); err != nil {
			return err
		}
		done.Check, err = h.arrived(ctx, db, done.To)
		return err
	})
	done.Waited = h.now().Sub(begun)
	if err != nil {
		return nil, errors.Join(err, empty(ctx, db), db.Close())
	}
	return done, db.Close()
}

// sound refuses a database that is damaged or cannot be checked: it is to be
// repaired where everything that can help still is.
func (h *Host) sound(ctx context.Context) error {
	report, err := h.check(ctx, "")
	if err != nil {
		return err
	}
	return verdict(h.config.Place(), report)
}

// openTarget opens the database that is moved to, with all tables and nothing in
// them, or a copy of what is here that nobody has used.
func (h *Host) openTarget(ctx context.Context, target Config, dryRun bool) (*sqldb.DB, error) {
	if target.Database == "" {
		if _, err := os.Stat(target.DSN()); err == nil {
			return nil, &OccupiedError{Database: target.Place()}
		} else if dryRun {
			return nil, nil
		}
	}
	db, err := sqldb.Open(ctx, target.DSN())
	if err != nil {
		return nil, err
	}
	err = h.mayFill(ctx, db, target)
	if err == nil && !dryRun {
		err = db.Migrate(ctx, store.Migrations())
	}
	if err != nil || dryRun {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// mayFill reports whether there is nothing in a database, or nothing that is not
// here too: every chain there ends at a place of the chain here.
func (h *Host) mayFill(ctx context.Context, db *sqldb.DB, target Config) error {
	tables, err := db.Tables(ctx)
	if err != nil {
		return err
	}
	occupied := false
	for _, name := range store.Tables() {
		occupied = occupied || tables[name] != nil && !isEmpty(ctx, db, name)
	}
	if !occupied {
		return nil
	}
	var heads int
	err = eachHead(ctx, db, func(installation, ledger string, seq int64, link []byte) error {
		heads++
		var one int
		found := h.db.QueryRow(ctx, "SELECT 1 FROM journal WHERE installation = ? AND ledger = ? AND seq = ? AND link = ?", installation, ledger, seq, link)
		if errors.Is(found.Scan(&one), sql.ErrNoRows) {
			return &OccupiedError{Database: target.Place()}
		}
		return nil
	})
	if err == nil && heads == 0 {
		err = &OccupiedError{Database: target.Place()}
	}
	return err
}

func eachHead(ctx context.Context, db *sqldb.DB, do func(installation, ledger string, seq int64, link []byte) error) error {
	rows, err := db.Query(ctx, "SELECT installation, ledger, seq, link FROM head")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var installation, ledger string
		var seq int64
		var link []byte
		if err := rows.Scan(&installation, &ledger, &seq, &link); err != nil {
			return err
		}
		if err := do(installation, ledger, seq, link); err != nil {
			return err
		}
	}
	return rows.Err()
}

// refill puts all rows of a source into the tables of a database, which are
// emptied first, in one transaction.
func refill(ctx context.Context, from store.Source, of, to *sqldb.DB) (rows int64, err error) {
	columns, err := of.Tables(ctx)
	if err != nil {
		return 0, err
	}
	known, err := to.Tables(ctx)
	if err != nil {
		return 0, err
	}
	err = to.Update(ctx, func(tx *sqldb.Tx) error {
		if err := emptyTables(ctx, tx, known); err != nil {
			return err
		}
		rows, err = archive.Copy(ctx, from, tx, columns, known, store.Tables())
		return err
	})
	return rows, err
}

func emptyTables(ctx context.Context, tx *sqldb.Tx, known map[string][]string) error {
	for name := range known {
		if !slices.Contains(store.Tables(), name) {
			continue
		}
		if _, err := tx.Exec(ctx, "DELETE FROM "+name); err != nil {
			return err
		}
	}
	return nil
}

// empty takes away what a move that failed has written.
func empty(ctx context.Context, db *sqldb.DB) error {
	ctx = context.WithoutCancel(ctx)
	known, err := db.Tables(ctx)
	if err != nil {
		return err
	}
	return db.Update(ctx, func(tx *sqldb.Tx) error { return emptyTables(ctx, tx, known) })
}

// arrived goes through every row in the new place.
func (h *Host) arrived(ctx context.Context, db *sqldb.DB, place string) (*fsck.Report, error) {
	ring, err := h.keys.Ring()
	if err != nil {
		return nil, err
	}
	report, err := fsck.Check(ctx, db, fsck.Options{Keys: ring.forFsck()})
	if err != nil {
		return nil, err
	}
	return &report, verdict(place, &report)
}

// IsPostgres reports whether a text names a PostgreSQL database.
func IsPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}
