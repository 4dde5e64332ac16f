package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/license"
)

// A Note is a numbered text of the trust chain: a key list or a certificate.
type Note struct {
	Number int64
	Text   []byte // signed, as it stands in files
	At     time.Time
	By     string
}

// keyLists is the issuer that key lists are kept under: they belong to none.
const keyLists license.Issuer = ""

// A NumberError says that a text does not have the number that comes next.
type NumberError struct {
	What   string // "key list" or "certificate"
	Number int64
	Next   int64
}

func (e *NumberError) Error() string {
	return fmt.Sprintf("the %s has number %d, and the next one has number %d", e.What, e.Number, e.Next)
}

// Code returns the stable code of the error.
func (e *NumberError) Code() string { return "key.number" }

// AddKeyList adds the next key list.
func (s *Store) AddKeyList(ctx context.Context, n Note) error {
	return s.add(ctx, "key list", keyLists, n)
}

// AddCertificate adds the next certificate of an issuer.
func (s *Store) AddCertificate(ctx context.Context, issuer license.Issuer, n Note) error {
	return s.add(ctx, "certificate", issuer, n)
}

func (s *Store) add(ctx context.Context, what string, issuer license.Issuer, n Note) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		var last int64
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(number), 0) FROM trust_note WHERE issuer = ?`, issuer).Scan(&last); err != nil {
			return err
		}
		// Key lists have no gaps, because files carry all of them. A number of a
		// certificate that something was promised for may never be used.
		if n.Number <= last || issuer == keyLists && n.Number != last+1 {
			return &NumberError{what, n.Number, last + 1}
		}
		_, err := tx.Exec(ctx, `INSERT INTO trust_note (issuer, number, text, at, by_whom) VALUES (?, ?, ?, ?, ?)`,
			issuer, n.Number, n.Text, n.At.UnixMicro(), n.By)
		if err != nil {
			return err
		}
		act := Act{At: n.At, By: n.By, What: "key-list.added", About: fmt.Sprintf("key list %d", n.Number)}
		if issuer != keyLists {
			act.What, act.About = "certificate.added", fmt.Sprintf("certificate %d of %s", n.Number, issuer)
		}
		sum := sha256.Sum256(n.Text)
		act.Facts = []audit.Fact{audit.F("note", hex.EncodeToString(sum[:]))}
		return act.add(ctx, tx)
	})
}

// KeyLists returns all key lists, from the first.
func (s *Store) KeyLists(ctx context.Context) ([]Note, error) { return s.notes(ctx, keyLists) }

// Certificates returns all certificates of an issuer, from the first.
func (s *Store) Certificates(ctx context.Context, issuer license.Issuer) ([]Note, error) {
	return s.notes(ctx, issuer)
}

func (s *Store) notes(ctx context.Context, issuer license.Issuer) ([]Note, error) {
	rows, err := s.db.Query(ctx, `SELECT number, text, at, by_whom FROM trust_note WHERE issuer = ? ORDER BY number`, issuer)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Note
	for rows.Next() {
		var n Note
		var at int64
		if err := rows.Scan(&n.Number, &n.Text, &at, &n.By); err != nil {
			return nil, err
		}
		n.At = time.UnixMicro(at).UTC()
		list = append(list, n)
	}
	return list, rows.Err()
}

// A Catalogue is a version of an issuer's catalogue.
type Catalogue struct {
	Issuer license.Issuer
	Number int64 // rises with each version
	Hash   string
	Text   []byte
	At     time.Time
	By     string
}

// AddCatalogue adds a version of a catalogue and returns its number. The same
// text as the newest version is not added again; its number is returned.
func (s *Store) AddCatalogue(ctx context.Context, c Catalogue) (number int64, err error) {
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		var hash string
		err := tx.QueryRow(ctx, `SELECT number, hash FROM catalogue WHERE issuer = ? ORDER BY number DESC LIMIT 1`, c.Issuer).Scan(&number, &hash)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err == nil && hash == c.Hash {
			return nil
		}
		number++
		_, err = tx.Exec(ctx, `INSERT INTO catalogue (issuer, number, hash, text, at, by_whom) VALUES (?, ?, ?, ?, ?, ?)`,
			c.Issuer, number, c.Hash, c.Text, c.At.UnixMicro(), c.By)
		if err != nil {
			return err
		}
		return Act{At: c.At, By: c.By, What: "catalogue.added", About: fmt.Sprintf("catalogue %d of %s", number, c.Issuer), Facts: []audit.Fact{audit.F("hash", c.Hash)}}.add(ctx, tx)
	})
	return number, err
}

// Catalogue returns the newest catalogue of an issuer, or nil.
func (s *Store) Catalogue(ctx context.Context, issuer license.Issuer) (*Catalogue, error) {
	list, err := s.catalogues(ctx, `WHERE issuer = ? ORDER BY number DESC LIMIT 1`, issuer)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Catalogues returns the newest catalogue of every issuer.
func (s *Store) Catalogues(ctx context.Context) ([]Catalogue, error) {
	return s.catalogues(ctx, `c WHERE number = (SELECT MAX(number) FROM catalogue d WHERE d.issuer = c.issuer) ORDER BY issuer`)
}

func (s *Store) catalogues(ctx context.Context, where string, args ...any) ([]Catalogue, error) {
	rows, err := s.db.Query(ctx, `SELECT issuer, number, hash, text, at, by_whom FROM catalogue `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Catalogue
	for rows.Next() {
		var c Catalogue
		var at int64
		if err := rows.Scan(&c.Issuer, &c.Number, &c.Hash, &c.Text, &at, &c.By); err != nil {
			return nil, err
		}
		c.At = time.UnixMicro(at).UTC()
		list = append(list, c)
	}
	return list, rows.Err()
}
