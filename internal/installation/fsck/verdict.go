package fsck

import (
	"fmt"
	"maps"
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

func (r *row) id() rowID { return rowID{r.installation, r.table.name, string(r.name)} }

// findSources returns, for the MACs of all damaged rows, the rows those MACs
// were made for: rows that are still there, rows the journals remember, and the
// same row of another installation, which its key shows even when it is gone.
func (c *check) findSources() (map[string]rowID, error) {
	wanted := map[string]bool{}
	sources := map[string]rowID{}
	for _, r := range c.bad {
		if len(r.seal) == 20 {
			wanted[string(r.seal[4:])] = true
			c.tryOthers(r, sources)
		}
	}
	if len(wanted) == 0 {
		return sources, nil
	}
	for _, l := range c.ledgers {
		_, err := c.journal(l, func(b *batch) {
			b.lines(func(table, key string, n line) {
				if n.op != deleted && wanted[string(n.mac[:])] {
					sources[string(n.mac[:])] = rowID{l.installation, table, key}
				}
			})
		})
		if err != nil {
			return nil, err
		}
	}
	for _, t := range tables {
		_, err := c.scanChecked(t, func(r *row) {
			l := c.byName[ledgerID{r.installation, t.ledger}]
			if l != nil && len(r.seal) == 20 && wanted[string(r.seal[4:])] && l.checks(r) {
				sources[string(r.seal[4:])] = r.id()
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return sources, nil
}

// tryOthers tries a damaged row as a row of every other installation.
func (c *check) tryOthers(r *row, sources map[string]rowID) {
	id, _ := r.keyOf()
	for other := range c.names {
		if other == r.installation {
			continue
		}
		if c.others == nil {
			c.others = map[string]ring{}
		}
		if c.others[other] == nil {
			c.others[other] = ringFor(c.options.Keys, other)
		}
		if k := c.others[other].find(id); k != nil && r.checksAs(k, other) {
			sources[string(r.seal[4:])] = rowID{other, r.table.name, string(r.name)}
		}
	}
}

// nameLedger compares every row of a ledger with the last the journal says of
// it.
func (c *check) nameLedger(l *ledger, sources map[string]rowID) error {
	last := map[rowID]line{}
	broken, err := c.journal(l, func(b *batch) {
		if l.inGap(b.seq) {
			return
		}
		b.lines(func(table, key string, n line) { last[rowID{l.installation, table, key}] = n })
	})
	if err != nil {
		return err
	}
	// What the journal no longer says cannot be held against a row.
	l.broken = l.broken || broken != ""
	agree := broken == ""
	for _, t := range tablesOf(l.name) {
		unread, err := c.scan(t, l.installation, func(r *row) {
			id := r.id()
			var known *line
			if n, ok := last[id]; ok {
				known = &n
			}
			delete(last, id)
			if what, columns := l.judge(c, r, known, sources); what != "" {
				agree = false
				c.report.Rows.at(Place{Installation: l.installation, Table: t.name, Row: r.keyText(), Columns: columns, What: what})
			}
		})
		if err != nil {
			return err
		}
		if unread != "" {
			agree = false
			maps.DeleteFunc(last, func(id rowID, _ line) bool { return id.table == t.name })
		}
	}
	for _, p := range missing(l, last) {
		agree = false
		c.report.Rows.at(p)
	}
	if agree && l.with != nil && l.differs {
		c.report.Totals.at(Place{Installation: l.installation, Table: "head", Row: "ledger=" + l.name,
			What: "every row agrees with the journal and not with the head: one of the two is damaged"})
	}
	return nil
}

// judge says what was done to a row, "" for nothing. known is the journal's last
// line for it, nil when there is none.
func (l *ledger) judge(c *check, r *row, known *line, sources map[string]rowID) (what string, columns []string) {
	if l.checks(r) {
		return l.judgeGenuine(r, known), nil
	}
	id, ok := r.keyOf()
	if !ok {
		return "edited", []string{"seal"}
	}
	k := l.ring.find(id)
	if !l.believes(k) {
		switch {
		case l.unknown[id]:
			return "", nil // nothing is known of it, and that has been said
		case known != nil && string(known.mac[:]) == string(r.seal[4:]):
			return "edited", []string{"seal"} // only the key id was
		}
		return "copied from another database", nil
	}
	if source, ok := sources[string(r.seal[4:])]; ok && source != r.id() {
		return "copied from " + describe(source, r), nil
	}
	if known == nil || known.op == deleted {
		return "inserted", nil
	}
	for _, other := range l.ring {
		if other != k && l.believes(other) && r.checksAs(other, r.installation) {
			return "edited", []string{"seal"}
		}
	}
	return "edited", r.edited(k, known)
}

// judgeGenuine judges a row that carries its own seal.
func (l *ledger) judgeGenuine(r *row, known *line) string {
	branch := fmt.Sprintf("version %d is %s", r.ver, abandoned)
	switch {
	case l.inGap(r.ver):
		return branch
	case known == nil && l.broken:
		return "the journal knows nothing of it"
	case known == nil:
		return branch
	case known.op == deleted && known.seq > r.ver:
		return "deleted row put back"
	case known.seq > r.ver:
		return fmt.Sprintf("old copy put back: version %d, should be %d", r.ver, known.seq)
	case known.seq < r.ver && l.broken:
		return fmt.Sprintf("the journal knows nothing of version %d", r.ver)
	case known.seq < r.ver || known.op == deleted || string(known.mac[:]) != string(r.seal[4:]):
		return branch
	}
	return ""
}

// missing returns a place for every row the journal says lives and nobody found.
func missing(l *ledger, last map[rowID]line) []Place {
	var places []Place
	for id, n := range last {
		if n.op == deleted {
			continue
		}
		place := Place{Installation: l.installation, Table: id.table, What: "deleted"}
		if t := tableNamed(id.table); t != nil {
			place.Row = keyText(t, readKey([]byte(id.key)))
		}
		places = append(places, place)
	}
	slices.SortFunc(places, comparePlaces)
	return places
}

// describe names the row that another one was copied from.
func describe(source rowID, to *row) string {
	text := ""
	if t := tableNamed(source.table); t != nil {
		text = keyText(t, readKey([]byte(source.key)))
	}
	if source.table != to.table.name {
		text = source.table + " " + text
	}
	if source.installation != to.installation {
		text += " of installation " + source.installation
	}
	return text
}
