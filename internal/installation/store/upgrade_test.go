package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// shippedOne puts into db what the first shipped schema wrote: two
// installations with a set in force, people on plans, a profile and a token.
func shippedOne(t *testing.T, db *sqldb.DB) {
	t.Helper()
	first := fstest.MapFS{}
	for _, dialect := range []string{"sqlite", "postgres"} {
		name := dialect + "/0001_seats.sql"
		text, err := files.ReadFile("migrations/" + name)
		if err != nil {
			t.Fatal(err)
		}
		first[name] = &fstest.MapFile{Data: text}
	}
	if err := db.Migrate(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("testdata/schema1.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	insert := ""
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		words := strings.Split(lines.Text(), " ")
		if words[0] == "table" {
			insert = insertText(words[1], words[2:], 1)
			continue
		}
		if _, err := db.Exec(t.Context(), insert, cells(t, words)...); err != nil {
			t.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func cells(t *testing.T, words []string) []any {
	t.Helper()
	var list []any
	for _, word := range words {
		n, err := strconv.ParseInt(word[1:], 10, 64)
		if word[0] == 'i' && err != nil {
			t.Fatal(err)
		}
		b, err := hex.DecodeString(word[1:])
		switch {
		case word[0] == 'i':
			list = append(list, n)
		case err != nil:
			t.Fatal(err)
		case word[0] == 't':
			list = append(list, string(b))
		default:
			list = append(list, b)
		}
	}
	return list
}

func readSet(file []byte) (*license.Set, error) {
	f, err := licensefile.Parse(file)
	if err != nil {
		return nil, err
	}
	return &f.Set, nil
}

func countEntries(t *testing.T, db *sqldb.DB, action string) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), "SELECT count(*) FROM audit WHERE action = ?", action).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A customer who skips every version between has nothing to do.
func TestADatabaseOfTheFirstShippedSchemaIsUpgradedWhenItIsOpened(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		shippedOne(t, db)
		for n := range 2 { // and only once
			s := openStore(t, db, Options{Parse: readSet, Now: monday})
			if len(s.Names()) != 2 {
				t.Fatalf("opening %d: installations %v", n, s.Names())
			}
			for _, b := range s.Books() {
				if b.Health() != Sound || b.head.Schema != schemaDigest {
					t.Errorf("opening %d: %s is %v with %v, schema %x", n, b.Name(), b.Health(), b.Damage(), b.head.Schema[:4])
				}
			}
			want := 0
			if s.server.head.Schema != schemaDigest {
				t.Error("the server's own ledger was not upgraded")
			}
			if first, _ := schemas.ReadFile("schemas/1.txt"); tamper.SchemaText(layouts) != string(first) {
				want = 3
			}
			if got := countEntries(t, db, "schema.upgrade"); got != want {
				t.Errorf("opening %d: %d upgrades were recorded, want %d", n, got, want)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		report, err := fsck.Check(t.Context(), db, fsck.Options{Keys: []fsck.Key{{Master: keys.Master}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range []fsck.Answer{report.Rows, report.Totals, report.Chain, report.Counts} {
			if a.State != fsck.Intact {
				t.Errorf("%+v", a)
			}
		}
	})
}

func TestShippedSchemasAreTheBeginningsOfTodays(t *testing.T) {
	t.Parallel()
	for _, name := range shipped {
		text, err := schemas.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			table, _, _ := strings.Cut(line, " ")
			now := tamper.SchemaText(layoutsNamed(table))
			if _, columns, _ := strings.Cut(strings.TrimSpace(line), "1 "); !strings.Contains(now, columns) {
				t.Errorf("%s: the table is now\n%swas\n%s", name, now, line)
			}
		}
	}
}

func layoutsNamed(table string) (list []*tamper.Layout) {
	for _, l := range layouts {
		if l.Table == table {
			list = append(list, l)
		}
	}
	return list
}

// writeSchema makes the head of a ledger say that it follows another schema, as
// a program that knew it would have.
func writeSchema(t *testing.T, l *ledger, db *sqldb.DB, digest [32]byte) {
	t.Helper()
	h := l.head
	h.Schema = digest
	if _, err := db.Exec(t.Context(), "UPDATE head SET schema = ?, box = ? WHERE installation = ? AND ledger = ?",
		digest[:], l.keys.Clone().SealHead(h, l.secret), l.installation, l.name); err != nil {
		t.Fatal(err)
	}
}

func TestAnOldProgramLeavesTheDatabaseOfANewerAlone(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		newer := [32]byte{9, 9, 9}
		writeSchema(t, &b.ledger, db, newer)
		bytesBefore := headBytes(t, db)
		b.store.Close()
		var unknown *UnknownSchemaError
		if _, err := Open(t.Context(), db, keys, Options{}); !errors.As(err, &unknown) || unknown.Digest != "09090900" {
			t.Errorf("opening it: %v", err)
		}
		if !bytes.Equal(bytesBefore, headBytes(t, db)) {
			t.Error("the head was written")
		}
	})
}

// While servers are being replaced one by one, the old ones stop writing when
// the first new one has written.
func TestAnOldProgramStopsWhenANewerHasTakenOver(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		other := openStore(t, db, Options{})
		newer, err := other.Book("design")
		if err != nil {
			t.Fatal(err)
		}
		putPool(t, newer, web(), 5)
		writeSchema(t, &newer.ledger, db, [32]byte{9})
		before := headBytes(t, db)
		_, err = b.Update(t.Context(), admin, monday, give(anna, web()))
		var unknown *UnknownSchemaError
		if !errors.As(err, &unknown) {
			t.Errorf("the act: %v", err)
		}
		if !bytes.Equal(before, headBytes(t, db)) {
			t.Error("the head was written")
		}
	})
}

func headBytes(t *testing.T, db *sqldb.DB) (all []byte) {
	t.Helper()
	rows, err := db.Query(context.Background(), "SELECT seq, schema, box FROM head ORDER BY installation, ledger")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var schema, box []byte
		if err := rows.Scan(&seq, &schema, &box); err != nil {
			t.Fatal(err)
		}
		all = append(append(append(all, byte(seq)), schema...), box...)
	}
	return all
}

// A column that came later cannot be used to slip a value into an old row.
func TestARowOfAnOlderLayoutHoldsDefaultsInNewerColumns(t *testing.T) {
	t.Parallel()
	one := tamper.NewLayout("pot", "id:t", "seats:i")
	two := tamper.NewLayout("pot", "id:t", "seats:i site:t@2=central spare:i@3=-1")
	ring := tamper.NewKeyRing(tamper.Ring{{Key: [32]byte{1}}}, "inst")
	k := ring.Newest()
	key := tamper.AppendKey(nil, tamper.Str("p"))
	colsum := k.Colsum(one, []tamper.Value{tamper.Int(5)})
	seal := k.Seal(one, string(key), 7, []tamper.Value{tamper.Int(5)}, colsum)
	row := func(layout int64, values ...tamper.Value) *rawRow {
		return &rawRow{values: values, ver: 7, layout: layout, seal: seal[:], colsum: colsum}
	}
	central, spare := tamper.Str("central"), tamper.Int(-1)
	for _, c := range []struct {
		what   string
		row    *rawRow
		ok     bool
		edited string
	}{
		{"an old row is good", row(1, tamper.Int(5), central, spare), true, ""},
		{"another value in a newer column", row(1, tamper.Int(5), tamper.Str("satellite"), spare), false, "site"},
		{"other values in both", row(1, tamper.Int(5), tamper.Str(""), tamper.Int(0)), false, "site spare"},
		{"an edited old column", row(1, tamper.Int(6), central, spare), false, "seats"},
		{"a layout nobody has", row(4, tamper.Int(5), central, spare), false, ""},
		{"no layout", row(0, tamper.Int(5), central, spare), false, ""},
		{"an old row that says it is new", row(3, tamper.Int(5), central, spare), false, ""},
	} {
		if _, ok, edited := c.row.check(ring, two, string(key)); ok != c.ok || strings.Join(edited, " ") != c.edited {
			t.Errorf("%s: %v, edited %v", c.what, ok, edited)
		}
	}
	if want := "pot 3 id:t | seats:i site:t@2=central spare:i@3=-1\n"; tamper.SchemaText([]*tamper.Layout{two}) != want {
		t.Errorf("the schema text is %q", tamper.SchemaText([]*tamper.Layout{two}))
	}
}

// What a head that does not open has counted cannot be known, so nothing may
// seal another in its place.
func TestNothingIsWrittenOverAHeadThatDoesNotOpen(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		if _, err := db.Exec(t.Context(), "UPDATE head SET box = ? WHERE ledger = ?", []byte("not this one, but as long as one"), seatsLedger); err != nil {
			t.Fatal(err)
		}
		b = reopen(t, b)
		if b.Health() != ReadOnly {
			t.Errorf("health is %v", b.Health())
		}
		before := headBytes(t, db)
		var shut *ReadOnlyError
		for what, act := range map[string]func(*Tx) error{
			"erase":  func(tx *Tx) error { tx.Entry("person.erase", anna); return tx.ErasePersonal(anna) },
			"record": func(tx *Tx) error { tx.Entry("nothing", ""); return nil },
		} {
			if _, err := b.Update(t.Context(), audit.Actor{}, monday, act); !errors.As(err, &shut) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if p, ok := personOf(b, anna); !ok || p.Personal.UserID != "anna" {
			t.Error("reading stopped as well")
		}
		if !bytes.Equal(before, headBytes(t, db)) {
			t.Error("the head was written")
		}
	})
}

func personOf(b *Book, id string) (p Person, ok bool) {
	b.View(func(v *View) error { p, ok = v.Person(id); return nil })
	return p, ok
}
