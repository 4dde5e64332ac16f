package fsck

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkCovered checks the tables whose rows carry no seal but are covered by a
// sealed row: personal values by the person's commitment, license files by
// their hash.
func (c *check) checkCovered(l *ledger) error {
	if l.name != seatsLedger || l.foreign() {
		return nil
	}
	if err := c.checkPersonal(l); err != nil {
		return err
	}
	return c.checkFiles(l)
}

func (c *check) checkPersonal(l *ledger) error {
	left := maps.Clone(l.seen.people)
	at := func(person, what string) {
		c.report.Rows.at(Place{Installation: l.installation, Table: "personal", Row: "person=" + person, What: what})
	}
	broken, err := c.each(`SELECT person, salt, user_id, first_name, last_name, email, grp FROM personal
		WHERE installation = ?`, 7, func(v []any) {
		person := asText(v[0])
		p := left[person]
		delete(left, person)
		switch {
		case p == nil && l.partly():
			// Its person may be among the rows that say nothing.
		case p == nil:
			at(person, "inserted: nobody has this id")
		case p.erased:
			at(person, "put back after it was erased")
		case !bytes.Equal(p.commitment, commitment(asBytes(v[1]), v[2:])):
			at(person, "edited")
		}
	}, l.installation)
	if err != nil {
		return err
	}
	c.unreadable(&c.report.Rows, l.installation, "personal", broken)
	for _, person := range slices.Sorted(maps.Keys(left)) {
		if !left[person].erased && broken == "" {
			at(person, "deleted")
		}
	}
	return nil
}

// partly reports whether there are rows of which nothing is known.
func (l *ledger) partly() bool { return l.damaged || l.differs || l.unread || len(l.unknown) > 0 }

func commitment(salt []byte, words []any) []byte {
	text := bytes.Clone(salt)
	for _, w := range words {
		text = lp(text, asText(w))
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

func (c *check) checkFiles(l *ledger) error {
	named := map[string]string{} // set by the hash of its file
	for _, r := range l.seen.sets {
		named[r.text("file")] = fmt.Sprintf("%s-%d", r.text("issuer"), r.int("number"))
	}
	left := maps.Clone(named)
	at := func(hash, what string) {
		c.report.Rows.at(Place{Installation: l.installation, Table: "set_file", Row: "hash=" + hash, What: what})
	}
	broken, err := c.each(`SELECT hash, bytes FROM set_file WHERE installation = ? ORDER BY hash`, 2, func(v []any) {
		hash := asText(v[0])
		switch delete(left, hash); {
		case fileHash(asBytes(v[1])) != hash:
			at(hash, "edited")
		case named[hash] == "" && !l.partly():
			at(hash, "inserted: no set names it")
		}
	}, l.installation)
	if err != nil {
		return err
	}
	c.unreadable(&c.report.Rows, l.installation, "set_file", broken)
	for _, hash := range slices.Sorted(maps.Keys(left)) {
		if broken == "" {
			at(hash, "deleted: the file of set "+left[hash])
		}
	}
	return nil
}

func fileHash(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// A stray says which table holds rows that belong to no ledger.
type stray struct{ installation, ledger, table string }

// checkStrays reports rows of installations that do not exist: no ledger counts
// them.
func (c *check) checkStrays() error {
	if c.only != "" {
		return nil
	}
	for _, table := range []string{"personal", "set_file", "box", "activity"} {
		if err := c.countStrays(table, "''"); err != nil {
			return err
		}
	}
	for _, table := range []string{"journal", "audit"} {
		if err := c.countStrays(table, "ledger"); err != nil {
			return err
		}
	}
	strays := slices.SortedFunc(maps.Keys(c.strays), func(x, y stray) int {
		return strings.Compare(x.table+"\x00"+x.installation+"\x00"+x.ledger, y.table+"\x00"+y.installation+"\x00"+y.ledger)
	})
	for _, s := range strays {
		answer, row, of := &c.report.Rows, "", "an installation"
		if s.ledger != "" {
			answer, row, of = &c.report.Chain, "ledger="+s.ledger, "a ledger"
		}
		answer.at(Place{Installation: s.installation, Table: s.table, Row: row,
			What: fmt.Sprintf("inserted: %d rows of %s that does not exist", c.strays[s], of)})
	}
	return nil
}

// countStrays counts the rows of a table without seals that belong to no ledger.
func (c *check) countStrays(table, ledger string) error {
	broken, err := c.each("SELECT installation, "+ledger+", count(*) FROM "+table+" GROUP BY 1, 2", 3, func(v []any) {
		s := stray{asText(v[0]), asText(v[1]), table}
		id := ledgerID{s.installation, s.ledger}
		if s.ledger == "" {
			id.name = seatsLedger
		}
		if c.byName[id] == nil {
			c.strays[s] += int(asInt(v[2]))
		}
	})
	if broken != "" && err == nil {
		answer := &c.report.Rows
		if ledger == "ledger" {
			answer = &c.report.Chain
		}
		c.unreadable(answer, "", table, broken)
	}
	return err
}
