// Package fsck answers whether an installation's database is as Pott wrote it,
// and if not, what was done to which row.
//
// It follows spec/storage-integrity.md and nothing else: it reads raw rows,
// inside one snapshot, with its own list of tables and its own MACs, and shares
// no code with the store. If it did, one mistake could hide itself. It writes
// nothing; repair is somebody's decision.
package fsck

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pott-dev/pott/internal/sqldb"
)

// A Witness is a place in a ledger that somebody outside the database
// remembers: at Seq the chain had Link. It is what tells an older copy of the
// whole database from the real one.
type Witness struct {
	Installation string // id; "server" for the server's own ledger
	Ledger       string // "seats" or "server"
	Seq          int64
	Link         [32]byte
}

// Check reads everything and answers. The master is the seal key; with another
// one nothing can be checked, and nothing is called broken.
//
// It returns an error only when it could not look: no connection, no tables, or
// ctx is done. What it finds, pages that cannot be read included, is in the
// report.
func Check(ctx context.Context, db *sqldb.DB, master [32]byte, witnesses ...Witness) (Report, error) {
	var c *check
	err := db.View(ctx, func(tx *sqldb.Tx) error {
		c = &check{ctx: ctx, tx: tx, db: db, master: master, witnesses: witnesses}
		return c.run()
	})
	if err != nil {
		return Report{}, fmt.Errorf("checking the database: %w", err)
	}
	c.report.conclude()
	return c.report, nil
}

// A check is one run.
type check struct {
	ctx       context.Context
	tx        *sqldb.Tx
	db        *sqldb.DB
	master    [32]byte
	witnesses []Witness
	report    Report

	ledgers []*ledger
	bad     []*row // rows that do not carry their own seal
}

// A ledger is what has been seen of one chain and the tables under it.
type ledger struct {
	installation, name string
	keys               keys
	head               *head // nil when it is missing
	secret             secret
	opened             bool // the head's box is genuine
	counted            totals
	last               *batch // newest of the journal
	differs            bool   // the rows are not those the totals count
	damaged            bool   // a row does not check
	witnessed          bool
}

func (c *check) run() error {
	c.report.Rows.State, c.report.Totals.State, c.report.Chain.State = Intact, Intact, Intact
	c.report.Rollback.State, c.report.Counts.State = Intact, Intact
	if foreign, err := c.findLedgers(); err != nil || foreign {
		return err
	}
	if err := c.checkSchema(); err != nil {
		return err
	}
	for _, l := range c.ledgers {
		if err := errors.Join(c.checkRows(l), c.checkChain(l)); err != nil {
			return err
		}
		c.nameHead(l)
		c.compareTotals(l)
	}
	if err := c.checkStrays(); err != nil {
		return err
	}
	if err := c.nameDamage(); err != nil {
		return err
	}
	for _, l := range c.ledgers {
		if l.name != seatsLedger {
			continue
		}
		if err := c.checkCovered(l); err != nil {
			return err
		}
		if err := c.checkCounts(l); err != nil {
			return err
		}
	}
	c.checkRollback()
	return nil
}

// findLedgers reads the heads and the list of installations: every installation
// has a head, and every head an installation. foreign is true when the database
// was sealed under another key; the report then says so.
func (c *check) findLedgers() (foreign bool, err error) {
	heads, err := readHeads(c.ctx, c.tx)
	if err != nil {
		return false, err
	}
	ids, err := c.installations()
	if err != nil {
		return false, err
	}
	c.report.Checked.Installations = len(ids)
	if len(heads) == 0 && len(ids) == 0 {
		c.cannot("there is nothing here yet: no head and no installation")
		return true, nil
	}
	expected := map[[2]string]bool{{serverLedger, serverLedger}: true}
	for _, id := range ids {
		expected[[2]string{id, seatsLedger}] = true
	}
	others := 0
	for _, h := range heads {
		l := c.ledger(h.installation, h.ledger)
		l.head = h
		l.secret, l.opened = h.open(l.keys)
		if !l.opened && !h.ours(l.keys) {
			others++
		}
		if name := [2]string{h.installation, h.ledger}; !expected[name] {
			c.report.Totals.at(Place{h.installation, "head", "ledger=" + h.ledger, nil, "no installation belongs to it: inserted, or its installation was deleted"})
		}
	}
	if others == len(heads) && others > 0 {
		c.cannot(fmt.Sprintf("the database was sealed under another key: %x, ours is %x", heads[0].keyID, idOf(c.master)))
		return true, nil
	}
	for name := range expected {
		if l := c.ledger(name[0], name[1]); l.head == nil {
			c.report.Totals.at(Place{l.installation, "head", "ledger=" + l.name, nil, "deleted"})
		}
	}
	slices.SortFunc(c.ledgers, func(x, y *ledger) int {
		return bytes.Compare([]byte(x.installation+"\x00"+x.name), []byte(y.installation+"\x00"+y.name))
	})
	return false, nil
}

// installations returns the ids of all rows of the list of installations,
// whether they check or not.
func (c *check) installations() ([]string, error) {
	var ids []string
	err := scan(c.ctx, c.tx, tableNamed("installation"), serverLedger, func(r *row) error {
		if id, ok := r.key[0].(string); ok {
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

// ledger returns what is known of a ledger, adding it when it is new.
func (c *check) ledger(installation, name string) *ledger {
	for _, l := range c.ledgers {
		if l.installation == installation && l.name == name {
			return l
		}
	}
	l := &ledger{installation: installation, name: name, keys: keysFor(c.master, installation), counted: totals{}}
	c.ledgers = append(c.ledgers, l)
	return l
}

// cannot says that nothing can be checked.
func (c *check) cannot(why string) {
	for _, a := range c.report.answers() {
		a.answer.cannot(why)
	}
}

// checkRows checks the seal of every row of a ledger and counts the rows, by
// the seals they carry, as the head's totals do.
func (c *check) checkRows(l *ledger) error {
	for _, t := range tablesOf(l.name) {
		err := scan(c.ctx, c.tx, t, l.installation, func(r *row) error {
			c.report.Checked.Rows++
			if id, ok := r.keyOf(); ok {
				key := totalKey{t.name, id}
				sum := l.counted[key]
				sum.add(contribution(l.keys, t, r.seal))
				l.counted[key] = sum
			}
			if !r.checks(l.keys) {
				l.damaged = true
				c.bad = append(c.bad, r)
			}
			return nil
		})
		if err != nil {
			if err := c.unreadable(&c.report.Rows, l.installation, t.name, err); err != nil {
				return err
			}
			l.damaged = true
		}
	}
	return nil
}

// nameHead reports a head that is not what was sealed.
func (c *check) nameHead(l *ledger) {
	switch digest := schemaDigest(); {
	case l.head == nil:
	case !l.opened:
		c.report.Totals.at(l.head.place(l.head.edited(l.keys, l.last)...))
	case !l.head.ours(l.keys):
		c.report.Totals.at(l.head.place("key_id"))
	case !bytes.Equal(l.head.schema, digest[:]):
		c.report.Rows.cannot("the tables follow a layout this version does not know")
	}
}

// compareTotals compares the rows found with the totals of the head.
func (c *check) compareTotals(l *ledger) {
	if !l.opened {
		c.report.Totals.cannot("the head that holds them is damaged or missing")
		l.differs = true
		return
	}
	for _, t := range tablesOf(l.name) {
		found, counted := rowsOf(l.counted, t.name), rowsOf(l.secret.totals, t.name)
		switch {
		case found != counted:
			c.report.Totals.at(Place{Installation: l.installation, Table: t.name,
				What: fmt.Sprintf("%d rows were counted, %d are there", counted, found)})
		case !sameRows(l.counted, l.secret.totals, t.name):
			c.report.Totals.at(Place{Installation: l.installation, Table: t.name, What: "as many rows as were counted, but not the same"})
		default:
			continue
		}
		l.differs = true
	}
}

func rowsOf(t totals, table string) (n uint64) {
	for key, total := range t {
		if key.table == table {
			n += total.n
		}
	}
	return n
}

func sameRows(found, counted totals, table string) bool {
	for _, both := range [2]totals{found, counted} {
		for key := range both {
			if key.table == table && found[key] != counted[key] {
				return false
			}
		}
	}
	return true
}

// witness compares a batch with what is remembered of it.
func (c *check) witness(l *ledger, b *batch) {
	for _, w := range c.witnesses {
		if w.Installation != l.installation || w.Ledger != l.name || w.Seq != b.seq {
			continue
		}
		l.witnessed = true
		if !bytes.Equal(w.Link[:], b.link) {
			c.report.Rollback.at(Place{l.installation, "journal", fmt.Sprintf("ledger=%s seq=%d", l.name, b.seq), nil,
				"forked: a witness remembers another history"})
		}
	}
}

// checkRollback says whether every ledger reaches what its witnesses remember.
func (c *check) checkRollback() {
	for _, l := range c.ledgers {
		var newest int64 = -1
		for _, w := range c.witnesses {
			if w.Installation == l.installation && w.Ledger == l.name {
				newest = max(newest, w.Seq)
			}
		}
		var seq int64
		if l.last != nil {
			seq = l.last.seq
		}
		switch {
		case newest < 0:
			c.report.Rollback.cannot("nothing outside the database remembers how far it was")
		case seq < newest:
			c.report.Rollback.at(Place{l.installation, "head", "ledger=" + l.name, nil,
				fmt.Sprintf("rolled back from %d to %d", newest, seq)})
		}
	}
}

// unreadable turns an error of reading a table into a place, unless the reader
// itself was stopped.
func (c *check) unreadable(a *Answer, installation, table string, err error) error {
	if c.ctx.Err() != nil || c.db.Dialect == sqldb.PostgreSQL {
		return err // a failed statement ends the snapshot on PostgreSQL
	}
	a.at(Place{Installation: installation, Table: table, What: "cannot be read: " + err.Error()})
	return nil
}
