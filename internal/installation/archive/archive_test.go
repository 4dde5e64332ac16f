package archive_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/installation/archive"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

var (
	tables = []string{"head", "pot", "note", "gone"}
	made   = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)
	key    = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
)

// build makes tables like those of an installation, with rows of two when
// filled.
func build(t *testing.T, db *sqldb.DB, filled bool) {
	t.Helper()
	strict, blob := " STRICT", "BLOB"
	if db.Dialect == sqldb.PostgreSQL {
		strict, blob = "", "BYTEA"
	}
	exec := func(text string, args ...any) {
		if _, err := db.Exec(t.Context(), text, args...); err != nil {
			t.Fatal(err)
		}
	}
	number := "INTEGER"
	if db.Dialect == sqldb.PostgreSQL {
		number = "BIGINT"
	}
	exec(fmt.Sprintf("CREATE TABLE head (installation TEXT, ledger TEXT, epoch %[1]s, seq %[2]s, link %[1]s, key_id %[1]s)%[3]s", blob, number, strict))
	exec(fmt.Sprintf("CREATE TABLE pot (installation TEXT NOT NULL, name TEXT, seats %[2]s, seal %[1]s)%[3]s", blob, number, strict))
	exec(fmt.Sprintf("CREATE TABLE note (installation TEXT NOT NULL, text TEXT)%[1]s", strict))
	exec(fmt.Sprintf("CREATE TABLE stray (installation TEXT NOT NULL)%[1]s", strict))
	if !filled {
		return
	}
	exec("INSERT INTO stray VALUES ('a')")
	for _, in := range []string{"a", "b"} {
		exec("INSERT INTO head VALUES (?, 'seats', ?, 3, ?, ?)", in, []byte{1}, []byte{2}, []byte{3})
		for i := range 1000 {
			exec("INSERT INTO pot VALUES (?, ?, ?, ?)", in, fmt.Sprintf("påse %d\n'\"", i), int64(i)-500, bytes.Repeat([]byte{byte(i)}, i%40))
		}
	}
	exec("INSERT INTO pot VALUES ('a', NULL, NULL, NULL)")
}

func write(t *testing.T, db *sqldb.DB, what archive.Selection, key ed25519.PrivateKey) ([]byte, *archive.Manifest) {
	t.Helper()
	var file bytes.Buffer
	h := archive.Header{Of: archive.Server, Made: made}
	if what.ID != "" {
		h = archive.Header{Of: archive.Installation, Made: made, ID: what.ID, Name: "first"}
	}
	m, err := archive.Write(t.Context(), &file, db, h, what, key)
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), m
}

func read(file []byte, identities ...age.Identity) (*archive.Manifest, error) {
	r, err := archive.NewReader(bytes.NewReader(file), identities)
	if err != nil {
		return nil, err
	}
	return r.Read(archive.Into{})
}

// rows is what a table holds, as text.
func rows(t *testing.T, db *sqldb.DB, text string) (all []string) {
	t.Helper()
	found, err := db.Query(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var in string
		var name *string
		var seats *int64
		var seal []byte
		var null int64
		if err := found.Scan(&in, &name, &seats, &seal, &null); err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%s %d %x", in, null, seal)
		if name != nil {
			line += fmt.Sprintf(" %s %d", *name, *seats)
		}
		all = append(all, line)
	}
	slices.Sort(all) // the two kinds of database put what is null in different places
	return all
}

// What is null is asked of the database: an empty value may be read as nothing.
const everyPot = "SELECT installation, name, seats, seal, CASE WHEN seal IS NULL THEN 1 ELSE 0 END FROM pot"

// What was written on one kind of database stands on another as it was.
func TestRowsTravelBetweenKindsOfDatabaseUnchanged(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		from := sqldbtest.Open(t, dsn)
		build(t, from, true)
		file, wrote := write(t, from, archive.Selection{Tables: tables}, nil)
		sqldbtest.Each(t, func(t *testing.T, to *sqldb.DB) {
			build(t, to, false)
			r, err := archive.NewReader(bytes.NewReader(file), nil)
			if err != nil {
				t.Fatal(err)
			}
			read, err := archive.Load(t.Context(), r, to)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wrote, read); diff != "" {
				t.Errorf("the manifest (-written +read):\n%s", diff)
			}
			if diff := cmp.Diff(rows(t, from, everyPot), rows(t, to, everyPot)); diff != "" {
				t.Errorf("rows (-from +to):\n%s", diff)
			}
		})
		if wrote.Rows() != 2003 || len(wrote.Tables) != 3 || len(wrote.Heads) != 2 || wrote.Heads[0].Seq != 3 {
			t.Errorf("%+v", wrote)
		}
	})
}

func TestAnArchiveOfOneInstallationHoldsNothingOfAnother(t *testing.T) {
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	build(t, db, true)
	file, m := write(t, db, archive.Selection{Tables: tables, ID: "b"}, nil)
	if m.Rows() != 1001 || len(m.Heads) != 1 || m.Heads[0].Installation != "b" {
		t.Errorf("%+v", m)
	}
	r, err := archive.NewReader(bytes.NewReader(file), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(archive.Into{Row: func(values []any) error {
		if values[0] != "b" {
			t.Errorf("a row of %v", values[0])
		}
		return nil
	}}); err != nil {
		t.Error(err)
	}
}

func TestAFailedLoadLeavesNothingBehind(t *testing.T) {
	from := sqldbtest.Open(t, sqldbtest.SQLite(t))
	build(t, from, true)
	file, _ := write(t, from, archive.Selection{Tables: tables}, nil)
	sqldbtest.Each(t, func(t *testing.T, to *sqldb.DB) {
		build(t, to, false)
		r, err := archive.NewReader(bytes.NewReader(file[:len(file)-1]), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Load(t.Context(), r, to); !errors.As(err, new(*archive.BrokenError)) {
			t.Errorf("an archive that ends too early: %v", err)
		}
		if left := rows(t, to, everyPot); len(left) > 0 {
			t.Errorf("%d rows are left", len(left))
		}
	})
	to := sqldbtest.Open(t, sqldbtest.SQLite(t))
	r, err := archive.NewReader(bytes.NewReader(file), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Load(t.Context(), r, to); !errors.As(err, new(*archive.NoPlaceError)) {
		t.Errorf("no such tables: %v", err)
	}
}

func unpack(t testing.TB, file []byte) []byte {
	t.Helper()
	g, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(g)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func pack(all []byte) []byte {
	var b bytes.Buffer
	g := packers.Get().(*gzip.Writer) // each is large
	defer packers.Put(g)
	g.Reset(&b)
	g.Write(all)
	g.Close()
	return b.Bytes()
}

var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// small is an archive of few rows, signed.
func small(t testing.TB) []byte {
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	for _, text := range []string{
		"CREATE TABLE head (installation TEXT, ledger TEXT, epoch BLOB, seq INTEGER, link BLOB, key_id BLOB)",
		"INSERT INTO head VALUES ('a', 'seats', x'01', 3, x'02', x'03')",
		"CREATE TABLE pot (installation TEXT NOT NULL, name TEXT, seats INTEGER)", "INSERT INTO pot VALUES ('a', 'one', 1)",
	} {
		if _, err := db.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if _, err := archive.Write(t.Context(), &file, db, archive.Header{Of: archive.Server, Made: made}, archive.Selection{Tables: tables}, key); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// Somebody who can pack it anew still cannot change a byte of what was signed,
// nor cut anything off but the signature, which is then missing.
func TestEveryByteOfAnArchiveCounts(t *testing.T) {
	file := small(t)
	if m, err := read(file); err != nil || !bytes.Equal(m.Signer, key.Public().(ed25519.PublicKey)) {
		t.Fatal(m, err)
	}
	all := unpack(t, file)
	for i := range all {
		for _, bit := range []byte{1, 0x20} {
			changed := bytes.Clone(all)
			changed[i] ^= bit
			if _, err := read(pack(changed)); err == nil {
				t.Fatalf("byte %d of %d may be another", i, len(all))
			}
		}
		if m, err := read(pack(all[:i])); err == nil && m.Signer != nil {
			t.Fatalf("cut at byte %d it is still signed", i)
		}
	}
	if _, err := read(pack(append(bytes.Clone(all), 0))); err == nil {
		t.Error("something may follow it")
	}
	for i := range file {
		changed := bytes.Clone(file)
		changed[i] ^= 4
		if _, err := read(changed); err == nil && i > 9 { // the time and the system in the head of the packing mean nothing
			t.Errorf("byte %d of the packed archive may be another", i)
		}
		if _, err := read(file[:i]); err == nil {
			t.Errorf("it may end at byte %d", i)
		}
	}
	if _, err := read(append(bytes.Clone(file), file...)); err == nil {
		t.Error("it may stand twice in a file")
	}
}

func TestAnEncryptedArchiveOpensForItsRecipientsOnly(t *testing.T) {
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w, err := age.Encrypt(&file, mine.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	w.Write(small(t))
	w.Close()
	if _, err := read(file.Bytes(), other, mine); err != nil {
		t.Error(err)
	}
	for _, identities := range [][]age.Identity{nil, {other}} {
		if _, err := read(file.Bytes(), identities...); !errors.As(err, new(*archive.EncryptedError)) {
			t.Errorf("%d wrong identities: %v", len(identities), err)
		}
	}
	whole := file.Bytes()
	for _, damaged := range [][]byte{whole[:len(whole)-1], append(bytes.Clone(whole[:len(whole)-1]), whole[len(whole)-1]^1)} {
		if _, err := read(damaged, mine); !errors.As(err, new(*archive.BrokenError)) {
			t.Errorf("a damaged one: %v", err)
		}
	}
}

func TestOtherFilesAreNoArchives(t *testing.T) {
	for name, file := range map[string][]byte{
		"nothing": nil, "a text": []byte("pott-archive/v1\n"), "something packed": pack([]byte("hello")),
		"another version": pack([]byte("pott-archive/v2\n")), "the first line alone": pack([]byte(archive.Format)),
	} {
		if _, err := read(file); !errors.As(err, new(*archive.NotAnArchiveError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is read, reading ends without a panic and without taking more memory
// than the file has bytes.
func FuzzRead(f *testing.F) {
	file := small(f)
	all := unpack(f, file)
	f.Add(all)
	f.Add(all[:len(archive.Format)+1])
	huge := append([]byte(archive.Format+"\nH"), binary.BigEndian.AppendUint32(nil, 1<<30)...)
	f.Add(huge)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := read(pack(b))
		if err == nil && !bytes.Equal(b, all) && m.Signer != nil {
			t.Errorf("another archive is signed by the same key")
		}
	})
}
