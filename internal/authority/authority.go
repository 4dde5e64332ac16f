// Package authority issues license sets: what it has not checked and recorded,
// it does not sign, and what it signed it can show again.
//
// A set is made in one way. [Authority.Prepare] turns an order into the exact
// text to be signed, refuses it when anything is wrong, naming everything that
// is, and records it. [Authority.Sign] redeems what was prepared once, reads
// the signed file again as a customer would, and records it before anybody gets
// it. What was interrupted between the two stays on record and can be resumed.
//
// Private keys never enter the database: whoever signs brings a signer.
package authority

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// An Authority is the house of one vendor, or of several that share a root.
type Authority struct {
	db     *sqldb.DB
	record *store.Store
	trust  licensefile.Trust // what its customers trust; no list is accepted that they would not
}

// An Entry is one set on record, and how far it has come.
type Entry = store.Entry

// A State is how far a set has come.
type State = store.State

// The states of a set on record.
const (
	StatePrepared  = store.Prepared  // recorded, and nothing signed
	StateBegun     = store.Begun     // a signature may have been made; it was not recorded
	StateSigned    = store.Signed    // the file is recorded
	StateAbandoned = store.Abandoned // given up before anything was signed
)

// Open opens the authority whose record is in the database of a DSN: the path
// of an SQLite file or a postgres:// URL. trust is what its customers trust; with
// the zero Trust it shows what is on record, and prepares and signs nothing.
func Open(ctx context.Context, dsn string, trust licensefile.Trust) (*Authority, error) {
	db, err := sqldb.Open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	record, err := store.Open(ctx, db)
	if err != nil {
		db.Close()
		return nil, err
	}
	return &Authority{db, record, trust}, nil
}

// Close gives up the database.
func (a *Authority) Close() error { return a.db.Close() }

// Ready returns nil when the record can be read.
func (a *Authority) Ready(ctx context.Context) error {
	_, err := a.record.Catalogues(ctx)
	return err
}

// A StoredCatalogue is the newest catalogue of an issuer.
type StoredCatalogue struct {
	*Catalogue
	Number int64 // rises with each version
	Hash   string
	Text   []byte
	At     time.Time
	By     string
}

// AddCatalogue records the next version of a catalogue and returns it with its
// warnings. A catalogue with an error is refused with a [*LintError]. The text
// of the newest version is not recorded twice.
func (a *Authority) AddCatalogue(ctx context.Context, by string, text []byte, now time.Time) (*StoredCatalogue, []Problem, error) {
	c, err := ParseCatalogue(text)
	if err != nil {
		return nil, nil, err
	}
	problems := c.Lint()
	if err := Blocked(problems); err != nil {
		return nil, problems, err
	}
	sum := sha256.Sum256(text)
	s := &StoredCatalogue{Catalogue: c, Hash: hex.EncodeToString(sum[:]), Text: text, At: now, By: by}
	s.Number, err = a.record.AddCatalogue(ctx, store.Catalogue{Issuer: c.Issuer.Code, Hash: s.Hash, Text: text, At: now, By: by})
	return s, problems, err
}

// Catalogue returns the newest catalogue of an issuer, or a
// [*NoCatalogueError].
func (a *Authority) Catalogue(ctx context.Context, issuer license.Issuer) (*StoredCatalogue, error) {
	c, err := a.record.Catalogue(ctx, issuer)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, &NoCatalogueError{issuer}
	}
	return stored(c)
}

// Catalogues returns the newest catalogue of every issuer.
func (a *Authority) Catalogues(ctx context.Context) ([]*StoredCatalogue, error) {
	list, err := a.record.Catalogues(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]*StoredCatalogue, 0, len(list))
	for i := range list {
		s, err := stored(&list[i])
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func stored(c *store.Catalogue) (*StoredCatalogue, error) {
	parsed, err := ParseCatalogue(c.Text)
	if err != nil {
		return nil, fmt.Errorf("reading catalogue %d of %s again: %w", c.Number, c.Issuer, err)
	}
	return &StoredCatalogue{parsed, c.Number, c.Hash, c.Text, c.At, c.By}, nil
}
