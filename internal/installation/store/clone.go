package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// notCloned are the tables a copy for tests begins without, and why.
var notCloned = map[string]string{
	"token":        "who may enter the one may not enter the other",
	"authority":    "an issuer's server knows the installation, not its copies",
	"hook":         "the host application must not hear of what is tried out",
	"session":      "nobody has signed in to the copy",
	"provider":     "it knows the installation, not its copies",
	"owner":        "it says that this is a copy",
	"message_out":  "a copy writes to nobody",
	"message_told": "a copy writes to nobody",

	"activity_policy": "nobody has said on what ground it may be collected there",
}

// forgotten are the tables without seals a copy for tests begins without, and
// why.
var forgotten = map[string]string{
	"activity": "when somebody worked is not needed to try something out",
	"box":      "what was begun in the one is not gone on with in the other",
}

// besides are the tables without seals whose rows belong to a sealed row.
var besides = map[string][]string{
	"personal": {"person", "salt", "user_id", "first_name", "last_name", "email", "grp"},
	"set_file": {"hash", "bytes"},
}

// CloneTest makes a copy of an installation for tests in another store: people,
// what they have, sets and key lists, under a new id, sealed with the other
// store's key, in a chain of its own that begins with where it came from. Owner
// is whose it is there; Test is set. The audit trail stays where it is.
//
// Every row is checked as it is read. An installation that is not sound is
// refused.
func (b *Book) CloneTest(ctx context.Context, to *Store, by audit.Actor, now time.Time, n NewInstallation) (*Book, error) {
	n.Test = true
	var rows copied
	if err := b.store.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		rows, err = b.copyOut(ctx, tx)
		return err
	}); err != nil {
		return nil, err
	}
	rows.entry = func(by audit.Actor, at int64) audit.Entry {
		return audit.Entry{At: at, Actor: by, Action: "installation.clone", Facts: []audit.Fact{
			audit.F("as", "test"), audit.F("from", b.installation), audit.F("from_epoch", hex.EncodeToString(rows.head.Epoch[:])),
			audit.F("from_link", hex.EncodeToString(rows.head.Link[:])), audit.F("from_seq", rows.head.Seq),
		}}
	}
	return to.createFrom(ctx, by, now, n, func(first *staged) error {
		rows.into(first)
		return nil
	})
}

// copied is everything of an installation that a copy gets.
type copied struct {
	head   Head
	entry  func(by audit.Actor, at int64) audit.Entry // says where it came from
	secret tamper.Secret
	sealed map[string][]pending
	beside map[string][][]any
}

// copyOut reads an installation on one snapshot.
func (b *Book) copyOut(ctx context.Context, q queryer) (copied, error) {
	c := copied{sealed: map[string][]pending{}, beside: map[string][][]any{}}
	b.mu.RLock()
	defer b.mu.RUnlock()
	if health := b.health; health != Sound && (health != RolledBack || b.sound != Sound) {
		return c, &ReadOnlyError{Installation: b.Name(), Why: "not all of its rows are good, and a copy would cover that up"}
	}
	found, err := b.readHead(ctx, q, headText)
	if err != nil {
		return c, err
	}
	if found.Head != b.head || !bytes.Equal(found.box, b.box) {
		return c, &UnavailableError{cause: fmt.Errorf("somebody is writing to installation %s", b.Name())}
	}
	c.head, c.secret = Head{b.head.Epoch, b.head.Seq, b.head.Link}, b.secret.Clone()
	ring := b.ring.Clone()
	for _, t := range b.tables {
		if _, left := notCloned[t.sealedLayout().Table]; left {
			continue
		}
		if c.sealed[t.sealedLayout().Table], err = b.copyTable(ctx, q, ring, t); err != nil {
			return c, err
		}
	}
	return c, c.copyBeside(ctx, q, b.installation)
}

// copyBeside reads the rows that have no seal of their own.
func (c *copied) copyBeside(ctx context.Context, q queryer, installation string) error {
	for table, columns := range besides {
		if err := each(ctx, q, "SELECT "+strings.Join(columns, ", ")+" FROM "+table+" WHERE installation = ?", []any{installation}, func(rows *sql.Rows) error {
			cells, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			err := rows.Scan(into...)
			c.beside[table] = append(c.beside[table], cells)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// copyTable reads the rows of a table, each of which must be the one the book has.
func (b *Book) copyTable(ctx context.Context, q queryer, ring *tamper.KeyRing, t sealedTable) (list []pending, err error) {
	layout := t.sealedLayout()
	s, r := newScanner(layout), &rawRow{}
	err = each(ctx, q, selectText(layout), []any{b.installation}, func(rows *sql.Rows) error {
		if err := s.scan(rows, r); err != nil {
			return err
		}
		key := string(tamper.AppendKey(nil, r.key...))
		m, ok, edited := r.check(ring, layout, key)
		if known, there := t.markOf(r.key); !ok || !there || m != known {
			return &DamagedError{Damage{Table: layout.Table, Key: keyText(r.key), What: "edited", Columns: edited}}
		}
		list = append(list, pending{key: key, keyValues: slices.Clone(r.key), values: slices.Clone(r.values), new: &mark{}})
		return nil
	})
	slices.SortFunc(list, func(x, y pending) int { return strings.Compare(x.key, y.key) })
	return list, err
}

// copiedTable are rows of another installation about to be written.
type copiedTable struct {
	sealedTable
	rows []pending
}

func (t *copiedTable) pending() []pending { return t.rows }
func (t *copiedTable) merge()             {} // the book is read from the database afterwards

// into stages everything in the first batch of another installation.
func (c *copied) into(first *staged) {
	for _, t := range first.book.tables {
		if rows := c.sealed[t.sealedLayout().Table]; len(rows) > 0 {
			first.tables = append(first.tables, &copiedTable{t, rows})
		}
	}
	first.secret.Sets, first.secret.KeyList = c.secret.Sets, c.secret.KeyList
	first.secret.Clock = max(first.secret.Clock, c.secret.Clock)
	first.entries = append(first.entries, c.entry(first.entries[0].Actor, first.at))
	more := first.more
	first.more = func(ctx context.Context, w *sqldb.Writer) error {
		for table, columns := range besides {
			all := append([]string{"installation"}, columns...)
			var args []any
			for _, row := range c.beside[table] {
				args = append(args, first.book.installation)
				for _, cell := range row {
					if b, ok := cell.([]byte); ok && len(b) == 0 {
						cell = []byte{} // nil would be null
					}
					args = append(args, cell)
				}
			}
			if err := insertMany(ctx, w, len(all), len(c.beside[table]), args, func(n int) string { return insertText(table, all, n) }); err != nil {
				return err
			}
		}
		return more(ctx, w)
	}
}
