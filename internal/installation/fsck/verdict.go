package fsck

import (
	"fmt"
	"slices"
)

// nameDamage says what was done to every row that is not what it should be. It
// reads the journals, and the rows of ledgers that differ a second time: it is
// for databases where something is known to be wrong.
func (c *check) nameDamage() error {
	sources, err := c.findSources()
	if err != nil {
		return err
	}
	for _, l := range c.ledgers {
		if !l.differs && !l.damaged {
			continue
		}
		if err := c.nameLedger(l, sources); err != nil {
			return err
		}
	}
	return nil
}

// A rowID says which row of which installation is meant.
type rowID struct{ installation, table, key string }

func (r *row) id() rowID { return rowID{r.installation, r.table.name, r.name()} }

// findSources returns, for the seals of all damaged rows, the rows those seals
// were made for: rows that are still there, and rows the journals remember.
func (c *check) findSources() (map[string]rowID, error) {
	wanted := map[string]bool{}
	for _, r := range c.bad {
		if len(r.seal) == 20 {
			wanted[string(r.seal[4:])] = true
		}
	}
	sources := map[string]rowID{}
	if len(wanted) == 0 {
		return sources, nil
	}
	for _, l := range c.ledgers {
		err := readJournal(c.ctx, c.tx, l.installation, l.name, func(b *batch) error {
			b.lines(func(table, key string, n line) {
				if n.op != deleted && wanted[string(n.mac[:])] {
					sources[string(n.mac[:])] = rowID{l.installation, table, key}
				}
			})
			return nil
		})
		if err != nil {
			return nil, err
		}
		for _, t := range tablesOf(l.name) {
			err := scan(c.ctx, c.tx, t, l.installation, func(r *row) error {
				if len(r.seal) == 20 && wanted[string(r.seal[4:])] && r.checks(l.keys) {
					sources[string(r.seal[4:])] = r.id()
				}
				return nil
			})
			if err != nil && c.unreadable(&c.report.Rows, l.installation, t.name, err) != nil {
				return nil, err
			}
		}
	}
	return sources, nil
}

// nameLedger compares every row of a ledger with the last the journal says of
// it.
func (c *check) nameLedger(l *ledger, sources map[string]rowID) error {
	last, err := c.lastLines(l)
	if err != nil {
		return err
	}
	agree := true
	for _, t := range tablesOf(l.name) {
		err := scan(c.ctx, c.tx, t, l.installation, func(r *row) error {
			id := r.id()
			var known *line
			if n, ok := last[id]; ok {
				known = &n
			}
			delete(last, id)
			what, columns := c.judge(l, r, known, sources)
			if what == "" {
				return nil
			}
			agree = false
			c.report.Rows.at(Place{l.installation, t.name, r.keyText(), columns, what})
			return nil
		})
		if err != nil && c.unreadable(&c.report.Rows, l.installation, t.name, err) != nil {
			return err
		}
	}
	for _, p := range c.missing(l, last) {
		agree = false
		c.report.Rows.at(p)
	}
	if agree && l.opened {
		c.report.Totals.at(Place{l.installation, "head", "ledger=" + l.name, nil,
			"every row agrees with the journal and not with the head: one of the two is damaged"})
	}
	return nil
}

// lastLines returns the last line of the journal for every row it ever changed.
func (c *check) lastLines(l *ledger) (map[rowID]line, error) {
	last := map[rowID]line{}
	err := readJournal(c.ctx, c.tx, l.installation, l.name, func(b *batch) error {
		b.lines(func(table, key string, n line) { last[rowID{l.installation, table, key}] = n })
		return nil
	})
	return last, err
}

// judge says what was done to a row, "" for nothing. known is the journal's last
// line for it, nil when there is none.
func (c *check) judge(l *ledger, r *row, known *line, sources map[string]rowID) (what string, columns []string) {
	if r.checks(l.keys) {
		return judgeGenuine(r, known), nil
	}
	id, ok := r.keyOf()
	if !ok {
		return "edited", []string{"seal"}
	}
	if id != l.keys.id {
		if known != nil && string(known.mac[:]) == string(r.seal[4:]) {
			return "edited", []string{"seal"} // only the key id was
		}
		return "copied from another database", nil
	}
	if source, ok := sources[string(r.seal[4:])]; ok && source != r.id() {
		return "copied from " + c.describe(source, r), nil
	}
	if known == nil || known.op == deleted {
		return "inserted", nil
	}
	return "edited", r.edited(l.keys, known)
}

// judgeGenuine judges a row that carries its own seal.
func judgeGenuine(r *row, known *line) string {
	switch {
	case known == nil:
		return "the journal knows nothing of it"
	case known.op == deleted && known.seq > r.ver:
		return "deleted row put back"
	case known.seq > r.ver:
		return fmt.Sprintf("old copy put back: version %d, should be %d", r.ver, known.seq)
	case known.seq < r.ver || known.op == deleted:
		return fmt.Sprintf("version %d is from a branch of history that was abandoned", r.ver)
	case string(known.mac[:]) != string(r.seal[4:]):
		return "another row of the same version"
	}
	return ""
}

// missing returns a place for every row the journal says lives and nobody found.
func (c *check) missing(l *ledger, last map[rowID]line) []Place {
	var places []Place
	for id, n := range last {
		if n.op == deleted {
			continue
		}
		place := Place{Installation: l.installation, Table: id.table, What: "deleted"}
		if t := tableNamed(id.table); t != nil {
			place.Row = keyText(t, readKey(id.key))
		}
		places = append(places, place)
	}
	slices.SortFunc(places, func(x, y Place) int {
		if x.Table != y.Table {
			return compareText(x.Table, y.Table)
		}
		return compareText(x.Row, y.Row)
	})
	return places
}

// describe names the row that another one was copied from.
func (c *check) describe(source rowID, to *row) string {
	text := ""
	if t := tableNamed(source.table); t != nil {
		text = keyText(t, readKey(source.key))
	}
	if source.table != to.table.name {
		text = source.table + " " + text
	}
	if source.installation != to.installation {
		text += " of installation " + source.installation
	}
	return text
}

// readKey takes the bytes of a key apart again.
func readKey(key string) []any {
	var values []any
	r := &reader{b: []byte(key), ok: true}
	for r.ok && len(r.b) > 0 {
		switch r.u8() {
		case 'i':
			values = append(values, int64(r.u64()))
		case 't':
			values = append(values, r.long())
		case 'b':
			values = append(values, []byte(r.long()))
		default:
			return values
		}
	}
	return values
}

func compareText(x, y string) int {
	// By length first, so that number=9 stands before number=12.
	if len(x) != len(y) {
		return len(x) - len(y)
	}
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}
