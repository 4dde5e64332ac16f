package fsck

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/pott-dev/pott/internal/sqldb"
)

// checkCovered checks the tables whose rows carry no seal but are covered by a
// sealed row: personal values by the person's commitment, license files by
// their hash.
func (c *check) checkCovered(l *ledger) error {
	if err := c.checkPersonal(l); err != nil {
		return err
	}
	return c.checkFiles(l)
}

// A promise is what a sealed person row says of the personal values.
type promise struct {
	commitment []byte
	erased     bool
}

func (c *check) checkPersonal(l *ledger) error {
	promises := map[string]promise{}
	err := scan(c.ctx, c.tx, tableNamed("person"), l.installation, func(r *row) error {
		// A row that does not check has been named already; what it says of the
		// personal values is worth nothing.
		if id, ok := r.key[0].(string); ok && r.checks(l.keys) {
			promises[id] = promise{r.bytes("commitment"), r.int("erased") != 0}
		}
		return nil
	})
	if err != nil {
		return c.unreadable(&c.report.Rows, l.installation, "person", err)
	}
	rows, err := c.tx.Query(c.ctx, `SELECT person, salt, user_id, first_name, last_name, email, grp FROM personal
		WHERE installation = ? ORDER BY person`, l.installation)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var person string
		var salt []byte
		var words [5]string
		if err := rows.Scan(&person, &salt, &words[0], &words[1], &words[2], &words[3], &words[4]); err != nil {
			return err
		}
		p, known := promises[person]
		delete(promises, person)
		what := ""
		switch {
		case !known && l.damaged:
			continue // its person may be among the rows that do not check
		case !known:
			what = "inserted: nobody has this id"
		case p.erased:
			what = "put back after it was erased"
		case !bytes.Equal(p.commitment, commitment(salt, words[:])):
			what = "edited"
		}
		if what != "" {
			c.report.Rows.at(Place{l.installation, "personal", "person=" + person, nil, what})
		}
	}
	for person, p := range promises {
		if !p.erased {
			c.report.Rows.at(Place{l.installation, "personal", "person=" + person, nil, "deleted"})
		}
	}
	return rows.Err()
}

func commitment(salt []byte, words []string) []byte {
	text := bytes.Clone(salt)
	for _, w := range words {
		text = lp(text, w)
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

func (c *check) checkFiles(l *ledger) error {
	named := map[string]string{} // set by the hash of its file
	err := scan(c.ctx, c.tx, tableNamed("license_set"), l.installation, func(r *row) error {
		if r.checks(l.keys) {
			named[r.text("file")] = fmt.Sprintf("%s-%d", r.text("issuer"), r.int("number"))
		}
		return nil
	})
	if err != nil {
		return c.unreadable(&c.report.Rows, l.installation, "license_set", err)
	}
	rows, err := c.tx.Query(c.ctx, `SELECT hash, bytes FROM set_file WHERE installation = ? ORDER BY hash`, l.installation)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var hash string
		var file []byte
		if err := rows.Scan(&hash, &file); err != nil {
			return err
		}
		what := ""
		switch {
		case fileHash(file) != hash:
			what = "edited"
		case named[hash] == "" && !l.damaged:
			what = "inserted: no set names it"
		}
		delete(named, hash)
		if what != "" {
			c.report.Rows.at(Place{l.installation, "set_file", "hash=" + hash, nil, what})
		}
	}
	for hash, set := range named {
		c.report.Rows.at(Place{l.installation, "set_file", "hash=" + hash, nil, "deleted: the file of set " + set})
	}
	return rows.Err()
}

func fileHash(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// checkStrays reports rows of installations that do not exist: no ledger counts
// them.
func (c *check) checkStrays() error {
	known := map[string]bool{}
	for _, l := range c.ledgers {
		known[l.name+" "+l.installation] = true
	}
	for _, t := range tables {
		if err := c.strays(t.name, t.ledger, known); err != nil {
			return err
		}
	}
	for _, name := range []string{"personal", "set_file"} {
		if err := c.strays(name, seatsLedger, known); err != nil {
			return err
		}
	}
	for _, name := range []string{"journal", "audit"} {
		if err := c.strayLedgers(name, known); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) strays(table, ledger string, known map[string]bool) error {
	rows, err := c.tx.Query(c.ctx, "SELECT installation, count(*) FROM "+table+" GROUP BY installation ORDER BY installation")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var installation string
		var n int64
		if err := rows.Scan(&installation, &n); err != nil {
			return err
		}
		if !known[ledger+" "+installation] {
			c.report.Rows.at(Place{installation, table, "", nil, fmt.Sprintf("inserted: %d rows of an installation that does not exist", n)})
		}
	}
	return rows.Err()
}

func (c *check) strayLedgers(table string, known map[string]bool) error {
	rows, err := c.tx.Query(c.ctx, "SELECT installation, ledger, count(*) FROM "+table+" GROUP BY installation, ledger ORDER BY installation, ledger")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var installation, ledger string
		var n int64
		if err := rows.Scan(&installation, &ledger, &n); err != nil {
			return err
		}
		if !known[ledger+" "+installation] {
			c.report.Chain.at(Place{installation, table, "ledger=" + ledger, nil, fmt.Sprintf("inserted: %d rows of a ledger that does not exist", n)})
		}
	}
	return rows.Err()
}

// checkSchema reports what has no business in the schema: tables nobody seals
// or exempts, and everything that runs by itself or stands in for a table.
func (c *check) checkSchema() error {
	text := `SELECT type, name FROM sqlite_master WHERE type IN ('table', 'trigger', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY type, name`
	if c.db.Dialect == sqldb.PostgreSQL {
		text = `
		SELECT 'table', tablename::text FROM pg_tables WHERE schemaname = current_schema()
		UNION ALL SELECT 'view', viewname::text FROM pg_views WHERE schemaname = current_schema()
		UNION ALL SELECT 'rule', tablename::text || '.' || rulename::text FROM pg_rules WHERE schemaname = current_schema()
		UNION ALL SELECT 'policy', tablename::text || '.' || policyname::text FROM pg_policies WHERE schemaname = current_schema()
		UNION ALL SELECT 'trigger', r.relname::text || '.' || g.tgname::text FROM pg_trigger g JOIN pg_class r ON r.oid = g.tgrelid
			WHERE r.relnamespace = current_schema()::regnamespace AND NOT g.tgisinternal
		ORDER BY 1, 2`
	}
	rows, err := c.tx.Query(c.ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	expected := map[string]bool{}
	for _, t := range tables {
		expected[t.name] = true
	}
	for _, name := range unsealed {
		expected[name] = true
	}
	for rows.Next() {
		var kind, name string
		if err := rows.Scan(&kind, &name); err != nil {
			return err
		}
		if kind != "table" || !expected[name] {
			c.report.Rows.at(Place{Table: "schema", Row: name, What: "a " + kind + " that does not belong there"})
		}
	}
	return rows.Err()
}
