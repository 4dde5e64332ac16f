// Package fsck answers whether an installation's database is as Pott wrote it,
// and if not, what was done to which row.
//
// It follows spec/storage-integrity.md and nothing else: it reads raw rows,
// inside one snapshot, with its own list of tables, its own picture of the
// schema and its own MACs, and shares no code with the store. If it did, one
// mistake could hide itself. It writes nothing; repair is somebody's decision.
package fsck

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/sqldb"
)

// Options are what a check has beside the database.
type Options struct {
	// Keys are the key ring, in the order the keys were made. With other keys
	// nothing can be checked, and nothing is called broken.
	Keys []Key
	// Anchors are the anchor files, by their names without the directory. They
	// must have been read before Check is called: then the database can only be
	// ahead of them.
	Anchors map[string][]byte
	// Heads are printed heads, as somebody wrote them down.
	Heads []string
	// Only limits the check to the server's own ledger and that of one
	// installation, by name or id; "" checks all.
	Only string
	// WithoutFile leaves out SQLite's own look at its whole file, for checks of one
	// installation after another.
	WithoutFile bool
	// Pace is called after every thousand rows that were read, of tables, journal and
	// audit trail, with their number; it may wait. nil: nothing is.
	Pace func(read int)
}

// A Key is a master key of the ring.
type Key struct {
	Master  [32]byte
	Retired bool // rows, heads and anchors sealed with it are not believed
}

// Check reads everything and answers.
//
// It returns an error only when it could not look: no connection, no keys, no
// such installation, or ctx is done. What it finds, pages that cannot be read
// included, is in the report.
func Check(ctx context.Context, db *sqldb.DB, options Options) (Report, error) {
	if len(options.Keys) == 0 {
		return Report{}, fmt.Errorf("checking the database: there is no key")
	}
	var c *check
	err := db.View(ctx, func(tx *sqldb.Tx) error {
		c = &check{ctx: ctx, tx: tx, db: db, options: options, byName: map[ledgerID]*ledger{}, strays: map[stray]int{}}
		return c.run()
	})
	if err != nil {
		return Report{}, fmt.Errorf("checking the database: %w", err)
	}
	c.report.conclude(c.names)
	return c.report, nil
}

// A check is one run.
type check struct {
	ctx       context.Context
	tx        *sqldb.Tx
	db        *sqldb.DB
	options   Options
	witnesses []*witness
	report    Report

	names   map[string]string // of installations, by id
	ended   map[string]bool   // installations the list says were deleted
	only    string            // id of the one installation that is checked, or ""
	ledgers []*ledger         // in order of installation and ledger
	byName  map[ledgerID]*ledger
	read    int    // rows of any kind
	bad     []*row // rows that do not carry their own seal
	others  map[string]ring
	strays  map[stray]int
}

type ledgerID struct{ installation, name string }

// A ledger is what has been seen of one chain and the tables under it.
type ledger struct {
	ledgerID
	ring    ring
	head    *head // nil when it is missing
	secret  secret
	with    *keys // that opened the head's box, and that rows are written with; nil when none did
	counted totals
	unknown map[keyID]bool // keys that sealed rows, say the totals, and are not on the ring
	seen    seen
	gaps    []gap
	last    *batch // newest of the journal
	differs bool   // the rows are not those the totals count
	damaged bool   // a row does not check
	broken  bool   // the chain is not whole
	unread  bool   // a table could not be read to its end
}

func (c *check) run() error {
	for _, a := range c.report.answers() {
		a.answer.State = Intact
	}
	c.readWitnesses()
	if foreign, err := c.findLedgers(); err != nil || foreign {
		return err
	}
	steps := []func() error{c.checkSchema, c.checkRows, c.eachLedger(c.checkChain), c.eachLedger(c.compare), c.checkStrays,
		c.nameDamage, c.eachLedger(c.checkCovered), c.eachLedger(c.checkCounts), c.eachLedger(c.checkRollback), c.checkMissing}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) eachLedger(do func(l *ledger) error) func() error {
	return func() error {
		for _, l := range c.ledgers {
			if err := do(l); err != nil {
				return err
			}
		}
		return nil
	}
}

// findLedgers reads the heads and the list of installations: every installation
// has a head, and every head an installation. foreign is true when nothing can
// be checked; the report then says why.
func (c *check) findLedgers() (foreign bool, err error) {
	places, err := c.installations()
	if err != nil {
		return false, err
	}
	heads, broken, err := c.readHeads()
	if err != nil {
		return false, err
	}
	c.unreadable(&c.report.Totals, "", "head", broken)
	if len(heads) == 0 && len(places) == 0 && len(c.witnesses) == 0 && broken == "" {
		c.cannot("there is nothing here yet: no head and no installation")
		return true, nil
	}
	if slices.ContainsFunc(heads, func(h *head) bool { return strings.HasSuffix(h.ledger, " moved") }) {
		c.cannot("the database was moved to another place, and nothing is in use here")
		return true, nil
	}
	expected := map[ledgerID]bool{{serverLedger, serverLedger}: true}
	for _, id := range places {
		if c.only == "" || c.only == id {
			c.report.Checked.Installations++
			expected[ledgerID{id, seatsLedger}] = true
		}
	}
	c.openHeads(heads, expected)
	if c.allForeign() {
		l := c.ledgers[0]
		c.cannot(fmt.Sprintf("the database was sealed under another key: %x, ours is %x", l.head.keyID, l.ring[len(l.ring)-1].id))
		return true, nil
	}
	if broken == "" {
		for id := range expected {
			if l := c.ledger(id); l.head == nil {
				c.report.Totals.at(Place{Installation: id.installation, Table: "head", Row: "ledger=" + id.name, What: "deleted"})
			}
		}
	}
	slices.SortFunc(c.ledgers, func(x, y *ledger) int {
		return bytes.Compare([]byte(x.installation+"\x00"+x.name), []byte(y.installation+"\x00"+y.name))
	})
	return false, nil
}

func (c *check) openHeads(heads []*head, expected map[ledgerID]bool) {
	for _, h := range heads {
		id := ledgerID{h.installation, h.ledger}
		if c.only != "" && !expected[id] {
			continue
		}
		l := c.ledger(id)
		l.head = h
		l.secret, l.with = h.open(l.ring)
		for key := range l.secret.totals {
			if l.ring.find(key.key) == nil {
				l.unknown[key.key] = true
			}
		}
		if !expected[id] {
			c.report.Totals.at(Place{Installation: h.installation, Table: "head", Row: "ledger=" + h.ledger,
				What: "no installation belongs to it: inserted, or its installation was deleted"})
		}
	}
}

// allForeign reports whether every head names a key that is not on the ring, and
// none opens.
func (c *check) allForeign() bool {
	return len(c.ledgers) > 0 && !slices.ContainsFunc(c.ledgers, func(l *ledger) bool { return !l.foreign() })
}

// foreign reports whether the head says it was sealed with a key that is not on
// the ring, and nothing shows that to be wrong.
func (l *ledger) foreign() bool {
	return l.head != nil && l.with == nil && l.head.named(l.ring) == nil
}

// why says why the head of a ledger is of no use.
func (l *ledger) why() string {
	if l.foreign() {
		return "was sealed with a key that is not on the ring: " + hex.EncodeToString(l.head.keyID)
	}
	return "is damaged or missing"
}

// installations returns the ids of all rows of the list of installations,
// whether they check or not.
func (c *check) installations() (ids []string, err error) {
	c.names, c.ended = map[string]string{}, map[string]bool{}
	broken, err := c.scan(tableNamed("installation"), serverLedger, func(r *row) {
		id := asText(r.key[0])
		if strings.HasPrefix(r.text("state"), "deleted ") {
			c.ended[id] = true // it has nothing else any more; whether this is so is seen when the row is checked
			return
		}
		ids = append(ids, id)
		c.names[id] = r.text("name")
		if c.options.Only != "" && (id == c.options.Only || r.text("name") == c.options.Only) {
			c.only = id
		}
	})
	if err == nil && broken == "" && c.options.Only != "" && c.only == "" {
		return nil, &UnknownInstallationError{Name: c.options.Only}
	}
	return ids, err // what is broken is said when all rows are checked
}

// An UnknownInstallationError says that the one installation to check is not
// there.
type UnknownInstallationError struct{ Name string }

func (e *UnknownInstallationError) Error() string {
	return fmt.Sprintf("there is no installation %s", e.Name)
}

// Code returns the stable code of the error.
func (e *UnknownInstallationError) Code() string { return "installation.unknown" }

// ledger returns what is known of a ledger, adding it when it is new.
func (c *check) ledger(id ledgerID) *ledger {
	if l := c.byName[id]; l != nil {
		return l
	}
	l := &ledger{ledgerID: id, ring: ringFor(c.options.Keys, id.installation), counted: totals{}, unknown: map[keyID]bool{}, seen: newSeen()}
	c.ledgers = append(c.ledgers, l)
	c.byName[id] = l
	return l
}

// cannot says that nothing can be checked.
func (c *check) cannot(why string) {
	for _, a := range c.report.answers() {
		a.answer.cannot(why)
	}
}

// checkRows checks the seal of every row and counts the rows, by the seals they
// carry, as the heads' totals do.
func (c *check) checkRows() error {
	for _, t := range tables {
		broken, err := c.scanChecked(t, func(r *row) {
			c.report.Checked.Rows++
			if l := c.byName[ledgerID{r.installation, t.ledger}]; l != nil {
				c.checkRow(l, r)
			} else {
				c.strays[stray{r.installation, "", t.name}]++
			}
		})
		if err != nil {
			return err
		}
		c.unreadable(&c.report.Rows, "", t.name, broken)
		for _, l := range c.ledgers {
			l.unread = l.unread || broken != "" && l.name == t.ledger
		}
	}
	return nil
}

// scanChecked scans the rows of the installations that are checked.
func (c *check) scanChecked(t *table, act func(r *row)) (broken string, err error) {
	switch {
	case c.only == "":
		return c.scan(t, "", act)
	case t.ledger == serverLedger:
		return c.scan(t, serverLedger, act)
	}
	return c.scan(t, c.only, act)
}

func (c *check) checkRow(l *ledger, r *row) {
	id, ok := r.keyOf()
	k := l.ring.find(id)
	if ok {
		key := totalKey{r.table.name, id}
		sum := l.counted[key]
		if k != nil {
			sum.add(contribution(k, r.table, r.seal))
		} else {
			sum.n++ // without the key there is no contribution to add
		}
		l.counted[key] = sum
	}
	switch {
	case l.believes(k) && r.checksAs(k, r.installation):
		l.seen.add(r)
	case ok && k == nil && (l.unknown[id] || l.foreign()):
		l.unknown[id] = true
	default:
		l.damaged = true
		c.bad = append(c.bad, r.keep())
	}
}

// believes reports whether a row may be sealed with a key: one of the ring that
// the ledger has reached and that is not retired, unless the head itself is of a
// time before.
func (l *ledger) believes(k *keys) bool {
	switch {
	case k == nil:
		return false
	case l.with == nil:
		return !k.retired
	}
	return k.place <= l.with.place && (!k.retired || l.with.retired)
}

// checks reports whether a row of the ledger carries its own seal.
func (l *ledger) checks(r *row) bool {
	id, ok := r.keyOf()
	k := l.ring.find(id)
	return ok && l.believes(k) && r.checksAs(k, r.installation)
}

// compare compares a ledger's head with its journal, and the rows found with its
// totals.
func (c *check) compare(l *ledger) error {
	switch {
	case l.head == nil || l.foreign():
	case l.with == nil:
		c.report.Totals.at(l.head.place(l.head.edited(l.ring, l.last)...))
	case l.head.named(l.ring) != l.with:
		c.report.Totals.at(l.head.place("key_id"))
	case !knownSchema(l.head.schema):
		c.report.Rows.cannot("the tables follow a layout this version does not know")
	}
	for id := range l.unknown {
		why := fmt.Sprintf("rows were sealed with a key that is not on the ring: %x", id)
		c.report.Rows.cannot(why)
		c.report.Totals.cannot(why)
	}
	if l.with == nil {
		c.report.Totals.cannot("the head that holds them " + l.why())
		l.differs = !l.foreign()
		return nil
	}
	for _, t := range tablesOf(l.name) {
		found, counted := rowsOf(l.counted, t.name), rowsOf(l.secret.totals, t.name)
		switch {
		case found != counted:
			c.report.Totals.at(Place{Installation: l.installation, Table: t.name,
				What: fmt.Sprintf("%d rows were counted, %d are there", counted, found)})
		case !l.sameRows(t.name):
			c.report.Totals.at(Place{Installation: l.installation, Table: t.name, What: "as many rows as were counted, but not the same"})
		default:
			continue
		}
		l.differs = true
	}
	return nil
}

func rowsOf(t totals, table string) (n uint64) {
	for key, total := range t {
		if key.table == table {
			n += total.n
		}
	}
	return n
}

// sameRows reports whether the rows of a table are those the head counts. Of a
// key that is not on the ring only their number is known.
func (l *ledger) sameRows(table string) bool {
	for _, both := range [2]totals{l.counted, l.secret.totals} {
		for key := range both {
			found, counted := l.counted[key], l.secret.totals[key]
			if key.table == table && (found.n != counted.n || found != counted && l.ring.find(key.key) != nil) {
				return false
			}
		}
	}
	return true
}
