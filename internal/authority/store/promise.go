package store

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
)

// A Promise says what a key is about to sign. Two different texts of one origin,
// both signed, are a lie to somebody, so there is one promise for each origin
// and key.
type Promise struct {
	Origin string // "pott-key-list/2", "ACME/pott-issuer/3"
	Key    ed25519.PublicKey
	Text   []byte
	Hash   string // SHA-256 of the text, in lower-case hex
	At     time.Time
	By     string
}

// An EquivocationError says that a key promised to sign something else.
type EquivocationError struct {
	Origin   string
	Promised string // hash of the text it promised to sign, or signed
	Hash     string // of the one that is refused
}

func (e *EquivocationError) Error() string {
	return fmt.Sprintf("%s: this key signed another text of that origin: %s, not %s", e.Origin, e.Promised, e.Hash)
}

// Code returns the stable code of the error.
func (e *EquivocationError) Code() string { return "key.equivocation" }

// Promise records what a key is about to sign. The same promise may be made
// again; another one is refused with an [*EquivocationError].
func (s *Store) Promise(ctx context.Context, p Promise) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		// The act comes first: its head is the row that others wait for, so two
		// who promise at once see each other.
		act := Act{At: p.At, By: p.By, What: "promise.made", About: p.Origin, Facts: []audit.Fact{audit.F("hash", p.Hash), audit.F("key", public(p.Key))}}
		if err := act.add(ctx, tx); err != nil {
			return err
		}
		attempt, hash, err := promised(ctx, tx, p.Origin, p.Key)
		switch {
		case err != nil:
			return err
		case hash == p.Hash:
			return nil
		case hash != "":
			return &EquivocationError{p.Origin, hash, p.Hash}
		}
		return insertPromise(ctx, tx, p, attempt+1, "")
	})
}

// Withdraw takes back a promise; when the newest one of that origin and key is
// another, or none, it does nothing and returns false.
func (s *Store) Withdraw(ctx context.Context, p Promise, reason string) (bool, error) {
	did := false
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		act := Act{At: p.At, By: p.By, What: "promise.withdrawn", About: p.Origin, Facts: []audit.Fact{audit.F("key", public(p.Key)), audit.F("reason", reason)}}
		if err := act.add(ctx, tx); err != nil {
			return err
		}
		attempt, hash, err := promised(ctx, tx, p.Origin, p.Key)
		if err != nil {
			return err
		}
		if did = p.Hash != "" && hash == p.Hash; !did {
			return errNothing
		}
		p.Hash, p.Text = "", nil
		return insertPromise(ctx, tx, p, attempt+1, reason)
	})
	if errors.Is(err, errNothing) {
		err = nil
	}
	return did, err
}

// errNothing rolls a transaction back that has nothing to do.
var errNothing = errors.New("nothing to do")

func insertPromise(ctx context.Context, tx *sqldb.Tx, p Promise, attempt int64, reason string) error {
	_, err := tx.Exec(ctx, `INSERT INTO promise (origin, public, attempt, hash, text, reason, at, by_whom) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		p.Origin, public(p.Key), attempt, p.Hash, append([]byte{}, p.Text...), reason, p.At.UnixMicro(), p.By)
	return err
}

// promised returns the newest promise of a key for an origin: its hash, or "".
func promised(ctx context.Context, tx *sqldb.Tx, origin string, key ed25519.PublicKey) (attempt int64, hash string, err error) {
	err = tx.QueryRow(ctx, `SELECT attempt, hash FROM promise WHERE origin = ? AND public = ? ORDER BY attempt DESC LIMIT 1`,
		origin, public(key)).Scan(&attempt, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return attempt, hash, err
}

// PromisedText returns a text that a key promised to sign for an origin and did
// not take back, or nil.
func (s *Store) PromisedText(ctx context.Context, origin string) (text []byte, err error) {
	err = s.db.QueryRow(ctx, `SELECT text FROM promise p WHERE origin = ? AND hash <> ''
		AND attempt = (SELECT MAX(attempt) FROM promise q WHERE q.origin = p.origin AND q.public = p.public)
		ORDER BY at DESC LIMIT 1`, origin).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return text, err
}

// Promised returns whether anything is, or was, promised for an origin.
func (s *Store) Promised(ctx context.Context, origin string) (bool, error) {
	var n int64
	err := s.db.QueryRow(ctx, `SELECT COUNT(*) FROM promise WHERE origin = ?`, origin).Scan(&n)
	return n > 0, err
}

func public(key ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(key) }
