// Package store remembers everything the authority signed, and what it was
// about to sign, and never changes what it remembers: rows are added, none is
// rewritten or removed.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/license"
)

//go:embed migrations
var migrations embed.FS

// A Store is the record of one authority.
type Store struct{ db *sqldb.DB }

// Open brings the schema of db up to date and returns its record. Closing db
// stays with the caller.
func Open(ctx context.Context, db *sqldb.DB) (*Store, error) {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, folder); err != nil {
		return nil, err
	}
	return &Store{db}, nil
}

// A State is how far a prepared set has come.
type State string

const (
	Prepared  State = "prepared"  // recorded, and nothing signed
	Begun     State = "begun"     // a signature may have been made; it was not recorded
	Signed    State = "signed"    // the file is recorded
	Abandoned State = "abandoned" // given up before anything was signed
)

// An Entry is one set on record.
type Entry struct {
	ID         string
	Issuer     license.Issuer
	Serial     string
	Number     int64
	Company    string
	Checkpoint string // the text that is signed
	Hash       string // of the checkpoint: the identity of the set
	Previous   string // hash of the set before; "" for the first
	Lines      []byte // the lines that are hashed, each with its end
	Order      []byte // as it was given
	Catalogue  int64  // number of the catalogue it was made from
	Licenses   int64  // how many
	Expiry     license.Date
	PreparedAt time.Time
	PreparedBy string

	State     State
	File      []byte // once signed
	Reason    string // why it was abandoned
	DecidedAt time.Time
	DecidedBy string
}

// A TakenError says that somebody else recorded or decided at the same time.
type TakenError struct {
	Issuer license.Issuer
	Serial string
	Number int64
}

func (e *TakenError) Error() string {
	return fmt.Sprintf("set %d of %s for %s was recorded or decided by somebody else a moment ago", e.Number, e.Issuer, e.Serial)
}

// Code returns the stable code of the error.
func (e *TakenError) Code() string { return "set.taken" }

// A MissingError says that a set is not on record.
type MissingError struct {
	What string // as it was asked for
}

func (e *MissingError) Error() string { return fmt.Sprintf("no set %q is on record", e.What) }

// Code returns the stable code of the error.
func (e *MissingError) Code() string { return "set.not-on-record" }

const columns = `p.id, p.issuer, p.serial, p.number, p.company, p.checkpoint, p.hash, p.previous, p.lines, p.order_text,
	p.catalogue, p.licenses, p.expiry, p.at, p.by_whom,
	COALESCE(s.step, b.step, 'prepared'), s.file, COALESCE(b.reason, ''),
	COALESCE(s.at, b.at, 0), COALESCE(s.by_whom, b.by_whom, '')`

const tables = ` FROM prepared p
	LEFT JOIN step s ON s.prepared = p.id AND s.step = 'signed'
	LEFT JOIN step b ON b.prepared = p.id AND b.step <> 'signed'`

func scan(row interface{ Scan(...any) error }) (*Entry, error) {
	var e Entry
	var expiry string
	var at, decided int64
	err := row.Scan(&e.ID, &e.Issuer, &e.Serial, &e.Number, &e.Company, &e.Checkpoint, &e.Hash, &e.Previous, &e.Lines, &e.Order,
		&e.Catalogue, &e.Licenses, &expiry, &at, &e.PreparedBy, &e.State, &e.File, &e.Reason, &decided, &e.DecidedBy)
	if err != nil {
		return nil, err
	}
	if e.Expiry, err = license.ParseDate(expiry); err != nil {
		return nil, err
	}
	e.PreparedAt = time.UnixMicro(at).UTC()
	if decided != 0 {
		e.DecidedAt = time.UnixMicro(decided).UTC()
	}
	return &e, nil
}

// Last returns the newest set on record for a serial number that was not
// abandoned, or nil.
func (s *Store) Last(ctx context.Context, issuer license.Issuer, serial string) (*Entry, error) {
	e, err := scan(s.db.QueryRow(ctx, `SELECT `+columns+tables+`
		WHERE p.issuer = ? AND p.serial = ? AND (b.step IS NULL OR b.step <> 'abandoned')
		ORDER BY p.number DESC LIMIT 1`, issuer, serial))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return e, err
}

// Record adds what is about to be signed. It returns a [*TakenError] when a set
// of that number is on record and was not abandoned.
func (s *Store) Record(ctx context.Context, e *Entry) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		// The attempts of a number are unique, so a second one fits only when
		// all before it were abandoned.
		var abandoned int64
		err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM prepared p JOIN step b ON b.prepared = p.id AND b.step = 'abandoned'
			WHERE p.issuer = ? AND p.serial = ? AND p.number = ?`, e.Issuer, e.Serial, e.Number).Scan(&abandoned)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO prepared (id, issuer, serial, number, attempt, company, checkpoint, hash, previous,
			lines, order_text, catalogue, licenses, expiry, at, by_whom) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			e.ID, e.Issuer, e.Serial, e.Number, abandoned, e.Company, e.Checkpoint, e.Hash, e.Previous,
			e.Lines, e.Order, e.Catalogue, e.Licenses, e.Expiry.String(), e.PreparedAt.UnixMicro(), e.PreparedBy)
		if _, taken := sqldb.Constraint(err); taken {
			return &TakenError{e.Issuer, e.Serial, e.Number}
		}
		if err != nil {
			return err
		}
		return e.act("set.prepared", e.PreparedAt, e.PreparedBy).add(ctx, tx)
	})
}

// act returns what is noted about a set.
func (e *Entry) act(what string, at time.Time, by string, facts ...audit.Fact) Act {
	facts = append(facts, audit.F("hash", e.Hash), audit.F("record", e.ID))
	return Act{At: at, By: by, What: what, About: fmt.Sprintf("%s/%s/%d", e.Issuer, e.Serial, e.Number), Facts: facts}
}

// Decide adds what becomes of a prepared set. Only one of [Begun] and
// [Abandoned] can be, once; [Signed] follows Begun, once. Whoever comes too late
// gets a [*TakenError].
func (s *Store) Decide(ctx context.Context, e *Entry, step State, file []byte, reason string, at time.Time, by string) error {
	if file == nil {
		file = []byte{}
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if step == Signed {
			var begun int64
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM step WHERE prepared = ? AND step = 'begun'`, e.ID).Scan(&begun); err != nil {
				return err
			}
			if begun == 0 {
				return &TakenError{e.Issuer, e.Serial, e.Number}
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO step (prepared, step, file, reason, at, by_whom) VALUES (?, ?, ?, ?, ?, ?)`,
			e.ID, string(step), file, reason, at.UnixMicro(), by)
		if _, taken := sqldb.Constraint(err); taken {
			return &TakenError{e.Issuer, e.Serial, e.Number}
		}
		if err != nil {
			return err
		}
		var facts []audit.Fact
		if reason != "" {
			facts = append(facts, audit.F("reason", reason))
		}
		return e.act("set."+string(step), at, by, facts...).add(ctx, tx)
	})
}

// Entry returns the entry of an id, or a [*MissingError].
func (s *Store) Entry(ctx context.Context, id string) (*Entry, error) {
	e, err := scan(s.db.QueryRow(ctx, `SELECT `+columns+tables+` WHERE p.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &MissingError{What: id}
	}
	return e, err
}

// Set returns the entry of a set that was not abandoned, or a [*MissingError].
func (s *Store) Set(ctx context.Context, issuer license.Issuer, serial string, number int64) (*Entry, error) {
	e, err := scan(s.db.QueryRow(ctx, `SELECT `+columns+tables+`
		WHERE p.issuer = ? AND p.serial = ? AND p.number = ? AND (b.step IS NULL OR b.step <> 'abandoned')`, issuer, serial, number))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &MissingError{What: fmt.Sprintf("%s/%s/%d", issuer, serial, number)}
	}
	return e, err
}

// Entries returns everything on record in the order it was prepared. Files,
// orders and lines are left out.
func (s *Store) Entries(ctx context.Context) ([]*Entry, error) {
	rows, err := s.db.Query(ctx, `SELECT `+columns+tables+` ORDER BY p.at, p.issuer, p.serial, p.number, p.attempt`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []*Entry
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			return nil, err
		}
		e.File, e.Order, e.Lines = nil, nil, nil
		list = append(list, e)
	}
	return list, rows.Err()
}
