package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// notImported are the tables that an installation which comes from another server
// begins without, and why.
var notImported = map[string]string{
	"token":       "it was given out for another server, which may still run",
	"session":     "nobody has signed in here",
	"provider":    "its answers go to another server",
	"owner":       "it is written anew, with the key that is here",
	"message_out": "the server it comes from delivers it",
}

// An Import is an installation that another server has exported: rows under its
// old id in a database of their own, whose seals nobody here can read.
type Import struct {
	From *sqldb.DB
	ID   string // there
	Head Head   // where its chain stood
	// Archive is the hash of the file it came in.
	Archive string
	// Marks are the numbers that only rise, as that server says them; zero: it does
	// not. What the rows say counts too.
	Marks Marks
	// Known says that the license servers know its key, which is here.
	Known bool
}

// Marks are numbers that only rise, as they stand in a head.
type Marks struct {
	Sets    map[tamper.Owner]uint64
	KeyList uint64
	Clock   int64 // microseconds since 1970 UTC
}

// Marks returns the numbers that only rise.
func (b *Book) Marks() Marks {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return Marks{Sets: maps.Clone(b.secret.Sets), KeyList: b.secret.KeyList, Clock: max(b.secret.Clock, b.provenAt)}
}

// Owner returns whose installation it is, as its rows say.
func (m Import) Owner(ctx context.Context) (o Owner, err error) {
	err = m.From.View(ctx, func(tx *sqldb.Tx) error {
		found := false
		return each(ctx, tx, selectText(ownerLayout), []any{m.ID}, func(rows *sql.Rows) error {
			s, r := newScanner(ownerLayout), &rawRow{}
			if err := s.scan(rows, r); err != nil || found {
				return &BadImportError{Why: "it does not say once whose it is"}
			}
			o, found = ownerCodec.decode(0, r.values), true
			o.SiteKey = slices.Clone(o.SiteKey)
			return nil
		})
	})
	return o, err
}

// A BadImportError is returned for an export whose rows do not make an
// installation.
type BadImportError struct{ Why string }

func (e *BadImportError) Error() string { return "the export makes no installation: " + e.Why }

// Code returns the stable code of the error.
func (e *BadImportError) Code() string { return "installation.bad-import" }

// ImportInstallation makes an installation of what another server exported, in one
// transaction: under a new id, sealed with this store's key, in a chain of its own
// that begins with where it came from. The audit trail stays in the export. A name
// that is taken is an [*InstallationExistsError].
func (s *Store) ImportInstallation(ctx context.Context, by audit.Actor, now time.Time, m Import, n NewInstallation) (*Book, error) {
	rows, err := m.copyOut(ctx)
	if err != nil {
		return nil, err
	}
	rows.entry = func(by audit.Actor, at int64) audit.Entry {
		return audit.Entry{At: at, Actor: by, Action: "installation.import", Facts: []audit.Fact{
			audit.F("archive", m.Archive), audit.F("from", m.ID), audit.F("from_epoch", hex.EncodeToString(m.Head.Epoch[:])),
			audit.F("from_link", hex.EncodeToString(m.Head.Link[:])), audit.F("from_seq", m.Head.Seq),
		}}
	}
	return s.createFrom(ctx, by, now, n, func(first *staged) error {
		rows.into(first)
		return nil
	})
}

// copyOut reads the rows. Their seals are another server's and say nothing here.
func (m Import) copyOut(ctx context.Context) (copied, error) {
	c := copied{head: m.Head, sealed: map[string][]pending{}, beside: map[string][][]any{}}
	c.secret = tamper.Secret{Sets: maps.Clone(m.Marks.Sets), KeyList: m.Marks.KeyList, Clock: m.Marks.Clock}
	if c.secret.Sets == nil {
		c.secret.Sets = map[tamper.Owner]uint64{}
	}
	err := m.From.View(ctx, func(tx *sqldb.Tx) error {
		for _, layout := range layouts {
			_, left := notImported[layout.Table]
			if left || layout == installationLayout || layout == authorityLayout && !m.Known {
				continue
			}
			list, err := m.copyTable(ctx, tx, layout)
			if err != nil {
				return err
			}
			c.sealed[layout.Table] = list
		}
		return c.copyBeside(ctx, tx, m.ID)
	})
	c.raise()
	return c, err
}

func (m Import) copyTable(ctx context.Context, q queryer, layout *tamper.Layout) (list []pending, err error) {
	s, r := newScanner(layout), &rawRow{}
	err = each(ctx, q, selectText(layout), []any{m.ID}, func(rows *sql.Rows) error {
		if err := s.scan(rows, r); err != nil {
			return err
		}
		key := string(tamper.AppendKey(nil, r.key...))
		list = append(list, pending{key: key, keyValues: slices.Clone(r.key), values: slices.Clone(r.values), new: &mark{}})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading table %s: %w", layout.Table, err)
	}
	slices.SortFunc(list, func(x, y pending) int { return strings.Compare(x.key, y.key) })
	return list, nil
}

// raise lifts the marks to what the rows say.
func (c *copied) raise() {
	for _, row := range c.sealed[setLayout.Table] {
		set := setCodec.decode(row.keyValues[0].Str(), row.values)
		owner := tamper.Owner{Issuer: string(set.Issuer), Serial: set.Serial}
		if (set.AcceptedAt != 0 || set.State == SetActive) && uint64(set.Number) > c.secret.Sets[owner] {
			c.secret.Sets[owner] = uint64(set.Number)
			which := tamper.Owner{Issuer: owner.Issuer, Serial: checkpointMark + owner.Serial}
			delete(c.secret.Sets, which)
			if first, ok := firstOf(set.Checkpoint); ok {
				c.secret.Sets[which] = first
			}
		}
	}
	for _, row := range c.sealed[keyListLayout.Table] {
		c.secret.KeyList = max(c.secret.KeyList, uint64(row.keyValues[0].Int()))
	}
}
