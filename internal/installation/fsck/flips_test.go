package fsck

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// Single bytes of an SQLite file are changed at random, each on a fresh copy.
// Whatever changes a protected value is found, and named by its row unless the
// page cannot be read; what changes nothing may be intact. POTT_PROOF=1 tries
// 10,000.
func TestEveryByteThatChangesAProtectedValueIsFound(t *testing.T) {
	flips := 150
	if proof() {
		flips = 10_000
	}
	path := sqldbtest.SQLite(t)
	db := sqldbtest.Open(t, path)
	w := newWorld(t, db, 7)
	anchors := w.anchors()
	w.change("PRAGMA wal_checkpoint(TRUNCATE)")
	before, broken := dump(t, db)
	if broken != nil {
		t.Fatal(broken)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(10_000, 1))
	counts := map[string]int{}
	dir := t.TempDir()
	for n := range flips {
		at, with := random.IntN(len(file)), byte(1+random.IntN(255))
		copied := filepath.Join(dir, fmt.Sprintf("%d.db", n))
		file[at] ^= with
		err := os.WriteFile(copied, file, 0o600)
		file[at] ^= with
		if err != nil {
			t.Fatal(err)
		}
		what := flip(t, copied, before, anchors)
		counts[what]++
		if strings.HasPrefix(what, "missed") {
			t.Errorf("byte %d changed by %#02x: %s", at, with, what)
		}
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(copied + suffix)
		}
	}
	t.Logf("%d bytes of a file of %d: %v", flips, len(file), counts)
}

// flip says what a check finds in a file of which one byte was changed.
func flip(t *testing.T, path string, before map[string]string, anchors map[string][]byte) string {
	db, err := sqldb.Open(t.Context(), path)
	if err != nil {
		return "the file cannot be opened"
	}
	defer db.Close()
	after, unreadable := dump(t, db)
	r, err := Check(t.Context(), db, Options{Keys: []Key{{Master: testMaster}}, Anchors: anchors})
	if err != nil {
		return "the file cannot be looked at"
	}
	var changed []string
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if after[key] != before[key] {
			changed = append(changed, key)
		}
	}
	for key := range after {
		if _, ok := before[key]; !ok {
			changed = append(changed, key)
		}
	}
	switch {
	case r.Verdict == CannotBeChecked:
		return fmt.Sprintf("missed: it says that it cannot be checked: %+v", r)
	case r.Verdict == Broken && unreadable != nil:
		return "a page cannot be read: broken"
	case unreadable != nil:
		return fmt.Sprintf("missed: %v", unreadable)
	case len(changed) == 0:
		return "no value changed: " + string(r.Verdict)
	case r.Verdict != Broken:
		return fmt.Sprintf("missed: %v", changed)
	}
	named := 0
	for _, key := range changed {
		table, row, _ := strings.Cut(key, " ")
		if slices.ContainsFunc(r.Broken(), func(p Place) bool { return p.Table == table && strings.Contains(p.Row+" ", row+" ") }) {
			named++
		}
	}
	switch {
	case named == len(changed):
		return "every changed row is named"
	case slices.ContainsFunc(r.Broken(), func(p Place) bool {
		return p.Table == "file" || p.Table == "schema" || strings.HasPrefix(p.What, "cannot be read")
	}):
		return "rows are lost, and the page is named"
	case named > 0:
		return "some of the changed rows are named"
	}
	return fmt.Sprintf("missed: %v is broken, not named: %v", changed, r.Broken())
}

// dump returns every row of every protected table: the text of its values by its
// table and key.
func dump(t *testing.T, db *sqldb.DB) (map[string]string, error) {
	t.Helper()
	keys := map[string][]string{"head": {"ledger"}, "journal": {"ledger", "seq"}, "audit": {"ledger", "seq"}, "personal": {"person"}, "set_file": {"hash"}}
	for _, tb := range tables {
		for _, c := range tb.key {
			keys[tb.name] = append(keys[tb.name], c.name)
		}
	}
	rows := map[string]string{}
	for table, names := range keys {
		if err := dumpTable(t, db, table, names, rows); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

func dumpTable(t *testing.T, db *sqldb.DB, table string, names []string, into map[string]string) error {
	found, err := db.Query(t.Context(), "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		return err
	}
	for found.Next() {
		values, at := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			at[i] = &values[i]
		}
		if err := found.Scan(at...); err != nil {
			return err
		}
		var key []string
		for _, name := range names {
			key = append(key, fmt.Sprintf("%s=%v", name, values[slices.Index(columns, name)]))
		}
		into[table+" "+strings.Join(key, " ")] += fmt.Sprintf("%q\n", values)
	}
	return found.Err()
}
