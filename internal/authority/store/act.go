package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
)

// An Act is something that was done here.
type Act struct {
	Number int64
	At     time.Time
	By     string
	What   string // "key-list.added", "set.signed"
	About  string // "key list 2", "ACME/S-1/3"
	Facts  []audit.Fact
	Link   string // over the act and the link before; filled in when it is added
}

// A BrokenActsError says that the acts on record are not those that were added.
type BrokenActsError struct {
	Number int64  // the first act that is wrong or missing
	Why    string // English
}

func (e *BrokenActsError) Error() string {
	return fmt.Sprintf("act %d on record is broken: %s", e.Number, e.Why)
}

// Code returns the stable code of the error.
func (e *BrokenActsError) Code() string { return "record.broken" }

// link returns the hash that ties an act to those before it.
func (a *Act) link(before string) string {
	h := sha256.New()
	fmt.Fprintf(h, "pott-authority-act/v1\n%q %d %d %q %q %q %q\n",
		before, a.Number, a.At.UnixMicro(), a.By, a.What, a.About, audit.FormatFacts(a.Facts))
	return hex.EncodeToString(h.Sum(nil))
}

// add adds an act in the transaction of what it is about.
func (a Act) add(ctx context.Context, tx *sqldb.Tx) error {
	// Changing the head first makes everybody else wait until this act is in.
	var before string
	err := tx.QueryRow(ctx, `UPDATE act_head SET number = number + 1 WHERE one = 1 RETURNING number, link`).Scan(&a.Number, &before)
	if err != nil {
		return err
	}
	a.Link = a.link(before)
	_, err = tx.Exec(ctx, `INSERT INTO act (number, at, by_whom, what, about, facts, link) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		a.Number, a.At.UnixMicro(), a.By, a.What, a.About, audit.FormatFacts(a.Facts), a.Link)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE act_head SET link = ? WHERE one = 1`, a.Link)
	return err
}

// Note adds an act that changes nothing else on record.
func (s *Store) Note(ctx context.Context, a Act) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error { return a.add(ctx, tx) })
}

// Acts returns everything that was done, from the first, after checking that
// nothing was changed, left out or put in. The acts before a broken one are
// returned with the [*BrokenActsError].
func (s *Store) Acts(ctx context.Context) (list []Act, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		list, err = readActs(ctx, tx)
		return err
	})
	return list, err
}

func readActs(ctx context.Context, tx *sqldb.Tx) ([]Act, error) {
	var newest int64
	var head string
	if err := tx.QueryRow(ctx, `SELECT number, link FROM act_head WHERE one = 1`).Scan(&newest, &head); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `SELECT number, at, by_whom, what, about, facts, link FROM act ORDER BY number`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Act
	before := ""
	for rows.Next() {
		var a Act
		var at int64
		var facts string
		if err := rows.Scan(&a.Number, &at, &a.By, &a.What, &a.About, &facts, &a.Link); err != nil {
			return list, err
		}
		a.At = time.UnixMicro(at).UTC()
		next := int64(len(list)) + 1
		if a.Number != next {
			return list, &BrokenActsError{next, "it is missing"}
		}
		if a.Facts, err = audit.ParseFacts(facts); err != nil || a.link(before) != a.Link {
			return list, &BrokenActsError{next, "it was changed, or the one before it was"}
		}
		list, before = append(list, a), a.Link
	}
	if err := rows.Err(); err != nil {
		return list, err
	}
	if int64(len(list)) != newest || before != head {
		return list, &BrokenActsError{int64(len(list)) + 1, "the newest acts are missing"}
	}
	return list, nil
}
