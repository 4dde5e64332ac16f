package sqldb

import (
	"context"
	"regexp"
	"slices"
	"strings"
)

// Schema describes every table, index, check, trigger, view, rule and policy of
// the database as text, one object for each element, sorted. Two databases of
// one dialect have the same schema when their texts are equal. The tables of
// the migration tool and what belongs to an extension of the server are left
// out.
func (db *DB) Schema(ctx context.Context) ([]string, error) {
	text := schemaSQLite
	if db.Dialect == PostgreSQL {
		text = schemaPostgres
	}
	rows, err := db.Query(ctx, text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var objects []string
	for rows.Next() {
		var object string
		if err := rows.Scan(&object); err != nil {
			return nil, err
		}
		objects = append(objects, renamed.ReplaceAllString(strings.Join(strings.Fields(object), " "), "CREATE TABLE $1 "))
	}
	slices.Sort(objects)
	return objects, rows.Err()
}

// renamed is how SQLite writes the name of a table that once had another.
var renamed = regexp.MustCompile(`^CREATE TABLE "([a-z_]+)" `)

// Tables returns the names of all tables and their columns, without those of
// the migration tool.
func (db *DB) Tables(ctx context.Context) (map[string][]string, error) {
	text := `SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid`
	if db.Dialect == PostgreSQL {
		text = `SELECT table_name, column_name FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose%' ORDER BY table_name, ordinal_position`
	}
	rows, err := db.Query(ctx, text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	tables := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return nil, err
		}
		tables[table] = append(tables[table], column)
	}
	return tables, rows.Err()
}

const schemaSQLite = `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite_%'`

const schemaPostgres = `
	SELECT 'column ' || table_name || ' ' || ordinal_position || ' ' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
	       || coalesce(column_default, '-') || ' ' || coalesce(collation_name, '-')
	FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose%'
	UNION ALL
	SELECT 'constraint ' || r.relname || ' ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
	FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
	WHERE c.connamespace = current_schema()::regnamespace AND r.relname NOT LIKE 'goose%'
	UNION ALL
	SELECT 'index ' || tablename || ' ' || indexname || ' ' || replace(indexdef, quote_ident(schemaname) || '.', '')
	FROM pg_indexes WHERE schemaname = current_schema() AND tablename NOT LIKE 'goose%'
	UNION ALL
	SELECT 'trigger ' || r.relname || ' ' || g.tgname || ' ' || g.tgenabled::text
	FROM pg_trigger g JOIN pg_class r ON r.oid = g.tgrelid
	WHERE r.relnamespace = current_schema()::regnamespace AND NOT g.tgisinternal
	UNION ALL
	SELECT 'rule ' || tablename || ' ' || rulename FROM pg_rules WHERE schemaname = current_schema()
	UNION ALL
	SELECT 'policy ' || tablename || ' ' || policyname FROM pg_policies WHERE schemaname = current_schema()
	UNION ALL
	SELECT 'relation ' || relname || ' ' || relkind::text || ' ' || relpersistence::text
	       || CASE WHEN relrowsecurity OR relforcerowsecurity THEN ' row security' ELSE '' END
	       || CASE WHEN relhassubclass OR relispartition THEN ' inherits' ELSE '' END
	FROM pg_class c WHERE relnamespace = current_schema()::regnamespace AND relkind NOT IN ('i', 'I', 'c', 't') AND relname NOT LIKE 'goose%'
	      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
	UNION ALL
	SELECT 'generated ' || table_name || ' ' || column_name FROM information_schema.columns
	WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose%' AND (is_generated <> 'NEVER' OR is_identity <> 'NO')
`
