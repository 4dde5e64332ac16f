package fsck

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/sqldb"
)

// What a database looks like that nobody changed: a line for every object, as
// [object.String] writes it. A test writes them from the migrations.
//
//go:embed schema.sqlite.txt schema.postgres.txt
var shipped embed.FS

// An object is a table, a part of one, or something else that stands in the
// catalogue of the database.
type object struct {
	kind string // "table", "column", "constraint", "index", "trigger", "view" …
	of   string // table it belongs to, or its own name
	name string // of the part; "" for the table itself
	text string // everything else that is known of it, in one line
}

// String returns the object as a line.
func (o object) String() string { return strings.Join([]string{o.kind, o.of, o.name, o.text}, "\t") }

// key is what an object is known by.
func (o object) key() object { return object{o.kind, o.of, o.name, ""} }

func parseObjects(text string) []object {
	var all []object
	for line := range strings.Lines(text) {
		if part := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 4); len(part) == 4 {
			all = append(all, object{part[0], part[1], part[2], part[3]})
		}
	}
	return all
}

// checkSchema compares the catalogue with the shipped one: a trigger, a view in
// a table's place or a check that was dropped are as good as an edit.
func (c *check) checkSchema() error {
	text, err := shipped.ReadFile("schema." + c.db.Dialect.String() + ".txt")
	if err != nil {
		panic(err) // it is embedded
	}
	found, broken, err := c.objects()
	if err != nil {
		return err
	}
	if broken != "" {
		c.unreadable(&c.report.Rows, "", "schema", broken)
		return nil
	}
	c.compareSchema(parseObjects(string(text)), found)
	switch {
	case c.db.Dialect == sqldb.PostgreSQL:
		return c.checkSearchPath()
	case c.options.WithoutFile:
		return nil
	}
	return c.checkFile()
}

func (c *check) compareSchema(want, found []object) {
	at := func(o object, what string) {
		p := Place{Table: "schema", Row: o.of, What: what}
		if o.kind == "column" || o.kind == "constraint" {
			p.Columns = []string{o.name}
		}
		c.report.Rows.at(p)
	}
	made, there := byKey(want), byKey(found)
	for _, o := range want {
		text, ok := there[o.key()]
		switch {
		case ok && text != o.text:
			at(o, fmt.Sprintf("not the %s that was made: %s, should be %s", o.kind, text, o.text))
		case !ok && !partOfNone(o, there):
			at(o, strings.Join(strings.Fields(article(o.kind)+" is missing: "+o.name+" "+o.text), " "))
		}
	}
	for _, o := range found {
		if _, ok := made[o.key()]; !ok && !partOfNone(o, made) {
			at(o, strings.Join(strings.Fields(article(o.kind)+" that does not belong there: "+o.name+" "+o.text), " "))
		}
	}
}

func byKey(list []object) map[object]string {
	all := map[object]string{}
	for _, o := range list {
		all[o.key()] = o.text
	}
	return all
}

// partOfNone reports whether an object is a part of a table that is not in the
// list at all: of such a table one line is enough.
func partOfNone(o object, list map[object]string) bool {
	if o.kind != "column" && o.kind != "constraint" && o.kind != "index" {
		return false
	}
	_, ok := list[object{kind: "table", of: o.of}]
	return !ok
}

// objects reads the catalogue.
func (c *check) objects() (all []object, broken string, err error) {
	if c.db.Dialect == sqldb.PostgreSQL {
		broken, err = c.each(catalogue, 4, func(v []any) {
			all = append(all, object{asText(v[0]), asText(v[1]), asText(v[2]), oneLine(asText(v[3]))})
		})
		return all, broken, err
	}
	broken, err = c.each(`SELECT type, tbl_name, name, sql FROM sqlite_master`, 4, func(v []any) {
		kind, of, name, text := asText(v[0]), asText(v[1]), asText(v[2]), asText(v[3])
		switch {
		case ownTable(kind, of, name, text):
		case kind == "table":
			all = append(all, tableObjects(of, text)...)
		case kind == "index" && text == "":
			// Made by a constraint, which is compared.
		default:
			all = append(all, object{kind, of, name, oneLine(text)})
		}
	})
	return all, broken, err
}

// ownTable reports whether an object of an SQLite file belongs to the migration
// tool or to SQLite itself.
func ownTable(kind, of, name, text string) bool {
	if kind != "table" && kind != "index" {
		return false
	}
	return of == "goose_db_version" || name == "sqlite_sequence" || strings.HasPrefix(name, "sqlite_stat")
}

var (
	comments = regexp.MustCompile(`(?m)--.*$`)
	naming   = regexp.MustCompile(`^(?:CONSTRAINT )?("[^"]*"|[A-Za-z_0-9]+)`)
)

func oneLine(text string) string {
	return strings.Join(strings.Fields(comments.ReplaceAllString(text, "")), " ")
}

// tableObjects takes the text of a CREATE TABLE apart, so that what differs can
// be named.
func tableObjects(table, text string) []object {
	text = oneLine(text)
	first, last := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if first < 0 || last < first {
		return []object{{"table", table, "", text}}
	}
	all := []object{{"table", table, "", strings.TrimSpace(text[last+1:])}}
	for _, part := range splitTop(text[first+1 : last]) {
		kind, name := "column", strings.Trim(naming.FindString(part), `"`)
		if word := strings.ToUpper(strings.SplitN(part+" ", " ", 2)[0]); slices.Contains([]string{"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}, word) {
			kind, name = "constraint", strings.TrimPrefix(name, "CONSTRAINT ")
			if word != "CONSTRAINT" {
				name = strings.ToLower(part[:strings.IndexAny(part+"(", "(")])
				name = strings.TrimSpace(name)
				if word == "UNIQUE" || word == "CHECK" || word == "FOREIGN" {
					name = part
				}
			}
		}
		all = append(all, object{kind, table, name, part})
	}
	return all
}

// splitTop splits a list at the commas that stand in no parentheses.
func splitTop(text string) (parts []string) {
	depth, from := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				parts, from = append(parts, strings.TrimSpace(text[from:i])), i+1
			}
		}
	}
	return append(parts, strings.TrimSpace(text[from:]))
}

// checkFile has SQLite look at every page of its file: at the order of its
// trees, at indexes that say other than their tables, and at values that break
// a check.
func (c *check) checkFile() error {
	broken, err := c.each(`PRAGMA integrity_check`, 1, func(v []any) {
		if text := asText(v[0]); text != "ok" {
			for line := range strings.Lines(text) {
				c.report.Rows.at(Place{Table: "file", What: strings.TrimSpace(line)})
			}
		}
	})
	c.unreadable(&c.report.Rows, "", "file", broken)
	return err
}

// checkSearchPath checks that every table is found where it was made: nothing
// may stand in a schema that is searched before it.
func (c *check) checkSearchPath() error {
	broken, err := c.each(`SELECT array_to_string(current_schemas(true), ' '), current_schema()::text`, 2, func(v []any) {
		path := strings.Fields(asText(v[0]))
		path = slices.DeleteFunc(path, func(s string) bool { return strings.HasPrefix(s, "pg_temp") })
		if len(path) < 2 || path[0] != "pg_catalog" || path[1] != asText(v[1]) {
			c.report.Rows.at(Place{Table: "schema", What: "the search path is not the one this server sets: " + strings.Join(path, ", ")})
		}
	})
	c.unreadable(&c.report.Rows, "", "schema", broken)
	if err != nil {
		return err
	}
	for _, t := range slices.Concat(tableNames(), unsealed[:5]) {
		broken, err := c.each(`SELECT relnamespace = current_schema()::regnamespace FROM pg_class WHERE oid = to_regclass(?)`, 1, func(v []any) {
			if own, ok := v[0].(bool); ok && !own {
				c.report.Rows.at(Place{Table: "schema", Row: t, What: "another table of this name is found first"})
			}
		}, t)
		c.unreadable(&c.report.Rows, "", "schema", broken)
		if err != nil {
			return err
		}
	}
	return nil
}

func tableNames() (names []string) {
	for _, t := range tables {
		names = append(names, t.name)
	}
	return names
}

// catalogue lists what stands in the schema of PostgreSQL, without the tables of
// the migration tool.
const catalogue = `
	WITH own AS (SELECT relname::text AS name, * FROM pg_class WHERE relnamespace = current_schema()::regnamespace),
	mine AS (SELECT * FROM own WHERE name NOT IN ('goose_db_version', 'goose_lock', 'goose_db_version_id_seq', 'goose_db_version_pkey', 'goose_lock_pkey'))
	SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
		WHEN 'S' THEN 'sequence' WHEN 'p' THEN 'partitioned table' ELSE 'relation' END, name, '',
		concat_ws(' ', CASE relpersistence WHEN 'p' THEN 'permanent' ELSE 'not permanent' END,
			CASE WHEN relrowsecurity OR relforcerowsecurity THEN 'row security' END, array_to_string(reloptions, ' '))
	FROM mine WHERE relkind NOT IN ('i', 'I', 't', 'c')
	UNION ALL SELECT 'inheritance', p.name, i.inhrelid::regclass::text, '' FROM pg_inherits i JOIN own p ON p.oid = i.inhparent
	UNION ALL SELECT 'column', r.name, a.attname::text, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
		CASE WHEN a.attnotnull THEN 'NOT NULL' END, 'COLLATE ' || l.collname::text, 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
		CASE WHEN a.attgenerated <> '' OR a.attidentity <> '' THEN 'generated' END)
	FROM mine r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND r.relkind = 'r'
		LEFT JOIN pg_collation l ON l.oid = a.attcollation LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
	UNION ALL SELECT 'constraint', r.name, k.conname::text, pg_get_constraintdef(k.oid)
	FROM pg_constraint k JOIN mine r ON r.oid = k.conrelid WHERE k.contype <> 'n'
	UNION ALL SELECT 'index', r.name, x.indexrelid::regclass::text, concat_ws(' ',
		replace(pg_get_indexdef(x.indexrelid), quote_ident(current_schema()) || '.', ''), CASE WHEN NOT (x.indisvalid AND x.indisready AND x.indislive) THEN 'not in use' END)
	FROM pg_index x JOIN mine r ON r.oid = x.indrelid
	UNION ALL SELECT 'trigger', r.name, g.tgname::text, replace(pg_get_triggerdef(g.oid), quote_ident(current_schema()) || '.', '') || ' ' || g.tgenabled::text
	FROM pg_trigger g JOIN own r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal
	UNION ALL SELECT 'rule', tablename::text, rulename::text, replace(definition, quote_ident(schemaname::text) || '.', '') FROM pg_rules WHERE schemaname = current_schema()
	UNION ALL SELECT 'policy', tablename::text, policyname::text, cmd FROM pg_policies WHERE schemaname = current_schema()
	UNION ALL SELECT 'function', proname::text, '', pg_get_function_identity_arguments(oid) FROM pg_proc p WHERE pronamespace = current_schema()::regnamespace
		AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
	UNION ALL SELECT 'operator', oprname::text, '', oprleft::regtype::text || ' ' || oprright::regtype::text FROM pg_operator o WHERE oprnamespace = current_schema()::regnamespace
		AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = o.oid AND e.deptype = 'e')
	UNION ALL SELECT 'type', typname::text, '', typtype::text FROM pg_type t
	WHERE typnamespace = current_schema()::regnamespace AND typtype IN ('d', 'e', 'r')
		AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = t.oid AND e.deptype = 'e')`

func article(kind string) string {
	if strings.ContainsRune("aeiou", rune(kind[0])) {
		return "an " + kind
	}
	return "a " + kind
}
