package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// attack runs a statement as somebody would who can write the database.
func attack(t testing.TB, b *Book, text string, args ...any) {
	t.Helper()
	result, err := b.store.db.Exec(t.Context(), text, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := result.RowsAffected(); n == 0 && !strings.HasPrefix(text, "CREATE") && !strings.HasPrefix(text, "ALTER") {
		t.Fatalf("nothing was attacked: %s", text)
	}
}

// found is a damage without what differs from run to run.
func found(d Damage) string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", d.Table, d.What, strings.Join(d.Columns, ",")))
}

func foundAll(b *Book) []string {
	var list []string
	for _, d := range b.Damage() {
		list = append(list, found(d))
	}
	slices.Sort(list)
	return list
}

// Every column of every sealed table, seal columns included: whichever is
// edited, the row is out of use, the edit is named, and nothing else suffers.
func TestEveryEditedColumnIsNamedAtOpen(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		everything(t, b)
		b = reopen(t, b)
		for _, l := range layouts {
			if l == installationLayout {
				continue // its own test
			}
			for _, c := range l.Columns {
				if b.Health() != Sound {
					t.Fatalf("before editing %s.%s: %v", l.Table, c.Name, b.Damage())
				}
				key, old := oneCell(t, b, l, c.Name)
				set := func(v tamper.Value) {
					attack(t, b, "UPDATE "+l.Table+" SET "+c.Name+" = ? WHERE installation = ? AND "+l.Key[len(l.Key)-1].Name+" = ?", v.SQL(), b.ID(), key.SQL())
				}
				set(other(l, c, old))
				b = reopen(t, b)
				want := []string{l.Table + " edited " + c.Name}
				if diff := cmp.Diff(want, foundAll(b)); diff != "" || b.Health() != Damaged {
					t.Errorf("%s.%s edited: %v (-want +got):\n%s", l.Table, c.Name, b.Health(), diff)
				}
				set(old)
				b = reopen(t, b)
			}
			for _, c := range []string{"ver", "layout", "seal", "colsum"} {
				key, old := oneCell(t, b, l, c)
				set := func(v tamper.Value) {
					attack(t, b, "UPDATE "+l.Table+" SET "+c+" = ? WHERE installation = ? AND "+l.Key[len(l.Key)-1].Name+" = ?", v.SQL(), b.ID(), key.SQL())
				}
				set(flip(old))
				b = reopen(t, b)
				if len(b.Damage()) != 1 || b.Damage()[0].Table != l.Table || b.Health() != Damaged {
					t.Errorf("%s.%s edited: %v %v", l.Table, c, b.Health(), b.Damage())
				}
				set(old)
				b = reopen(t, b)
			}
		}
	})
}

// oneCell returns the last key column of a row and one of its columns.
func oneCell(t testing.TB, b *Book, l *tamper.Layout, column string) (key, value tamper.Value) {
	t.Helper()
	keyColumn := l.Key[len(l.Key)-1]
	kind := tamper.Integer
	for _, c := range append(l.Columns, tamper.Column{Name: "seal", Kind: tamper.Blob}, tamper.Column{Name: "colsum", Kind: tamper.Blob}) {
		if c.Name == column {
			kind = c.Kind
		}
	}
	var k, v any
	err := b.store.db.QueryRow(t.Context(), "SELECT "+keyColumn.Name+", "+column+" FROM "+l.Table+" WHERE installation = ? ORDER BY 1 LIMIT 1", b.ID()).Scan(&k, &v)
	if err != nil {
		t.Fatal(err)
	}
	return tamper.FromSQL(keyColumn.Kind, k), tamper.FromSQL(kind, v)
}

// other returns another value that the schema allows.
func other(l *tamper.Layout, c tamper.Column, v tamper.Value) tamper.Value {
	if l.Table == "license" && c.Name == "taken" {
		return tamper.Int(v.Int() - 1)
	}
	return flip(v)
}

// flip returns the value with its last bit flipped.
func flip(v tamper.Value) tamper.Value {
	b := []byte(v.Str())
	if len(b) == 0 {
		b = []byte("x")
	} else {
		b[len(b)-1] ^= 1
	}
	switch v.Kind() {
	case tamper.Integer:
		return tamper.Int(v.Int() ^ 1)
	case tamper.Text:
		return tamper.Str(string(b))
	}
	return tamper.Bytes(b)
}

func TestWhatIsNoticedAtOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		sql    string
		health Health
		want   []string
	}{
		{"a row is deleted", "DELETE FROM assignment WHERE installation = ? AND number = 2", Damaged, []string{"assignment deleted"}},
		{"an ended row is deleted", "DELETE FROM assignment WHERE installation = ? AND number = 1", Damaged, []string{"assignment deleted"}},
		{"a row is copied to a new key", `INSERT INTO assignment SELECT installation, 77, person, issuer, module, quantity, source, from_at, until_at,
			given_by, reason, ended_by, end_reason, ver, layout, seal, colsum FROM assignment WHERE installation = ? AND number = 2`, Damaged, []string{"assignment inserted"}},
		{"a row's key is changed", "UPDATE assignment SET number = 77 WHERE installation = ? AND number = 2", Damaged, []string{"assignment deleted", "assignment inserted"}},
		{"two rows are swapped", "UPDATE assignment SET number = 3 - number WHERE installation = ?", Damaged, []string{"assignment edited", "assignment edited"}},
		{"personal values are edited", "UPDATE personal SET user_id = 'mallory' WHERE installation = ? AND user_id = 'bo'", Damaged, []string{"person personal values edited"}},
		{"personal values are deleted", "DELETE FROM personal WHERE installation = ? AND user_id = 'bo'", Damaged, []string{"person personal values deleted"}},
		{"a license file is edited", "UPDATE set_file SET bytes = hash WHERE installation = ?", Damaged, []string{"set_file edited"}},
		{"a license file is deleted", "DELETE FROM set_file WHERE installation = ?", Damaged, []string{"set_file missing"}},
		{"the head's sequence is edited", "UPDATE head SET seq = seq - 1 WHERE installation = ? AND ledger = 'seats'", ReadOnly, []string{"head edited"}},
		{"the head's box is edited", "UPDATE head SET box = epoch WHERE installation = ? AND ledger = 'seats'", ReadOnly, []string{"head edited"}},
		{"the head is deleted", "DELETE FROM head WHERE installation = ? AND ledger = 'seats'", ReadOnly, []string{"head missing"}},
		{"a row is deleted and the journal cut", "DELETE FROM journal WHERE installation = ? AND seq > 3; DELETE FROM assignment WHERE number = 2", ReadOnly, nil},
		{"a row is deleted and its journal line too", "DELETE FROM journal WHERE installation = ? AND seq = 6; DELETE FROM assignment WHERE number = 2", ReadOnly, []string{"journal broken"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				b := newTestBook(t, db)
				everything(t, b)
				for i, text := range strings.Split(c.sql, "; ") {
					var args []any
					if i == 0 {
						args = []any{b.ID()}
					}
					if db.Dialect == sqldb.SQLite && strings.Contains(text, "bytes = hash") {
						text = strings.Replace(text, "= hash", "= CAST(hash AS BLOB)", 1)
					} else {
						text = strings.Replace(text, "bytes = hash", "bytes = convert_to(hash, 'UTF8')", 1)
					}
					if strings.Contains(text, "3 - number") { // not in one statement: the key is unique
						attack(t, b, "UPDATE assignment SET number = 99 WHERE installation = ? AND number = 1", args...)
						attack(t, b, "UPDATE assignment SET number = 1 WHERE installation = ? AND number = 2", args...)
						text = "UPDATE assignment SET number = 2 WHERE installation = ? AND number = 99"
					}
					attack(t, b, text, args...)
				}
				b = reopen(t, b)
				if b.Health() != c.health {
					t.Errorf("health is %v, want %v", b.Health(), c.health)
				}
				if diff := cmp.Diff(c.want, foundAll(b)); diff != "" {
					t.Errorf("damage (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestOldCopyOfARowIsNoticedAtOpen(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		putPool(t, b, web(), 3)
		var taken, ver int64
		var seal, colsum []byte
		if err := db.QueryRow(t.Context(), "SELECT taken, ver, seal, colsum FROM license WHERE installation = ?", b.ID()).Scan(&taken, &ver, &seal, &colsum); err != nil {
			t.Fatal(err)
		}
		do(t, b, give(anna, web()))
		attack(t, b, "UPDATE license SET taken = ?, ver = ?, seal = ?, colsum = ? WHERE installation = ?", taken, ver, seal, colsum, b.ID())
		b = reopen(t, b)
		if diff := cmp.Diff([]string{"license old copy put back"}, foundAll(b)); diff != "" || b.Health() != Damaged {
			t.Errorf("%v (-want +got):\n%s", b.Health(), diff)
		}
	})
}

func TestDeletedRowPutBackIsNoticedAtOpen(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		do(t, b, func(tx *Tx) error {
			tx.Entry("put", "")
			return tx.PutProfile(Profile{Code: "old"})
		})
		attack(t, b, "CREATE TABLE kept AS SELECT * FROM profile")
		do(t, b, func(tx *Tx) error {
			tx.Entry("drop", "")
			return tx.DropProfile("old")
		})
		attack(t, b, "INSERT INTO profile SELECT * FROM kept")
		b = reopen(t, b)
		if diff := cmp.Diff([]string{"profile deleted row put back"}, foundAll(b)); diff != "" || b.Health() != Damaged {
			t.Errorf("%v (-want +got):\n%s", b.Health(), diff)
		}
		if _, err := b.Update(t.Context(), admin, monday, func(tx *Tx) error { return tx.PutProfile(Profile{Code: "old"}) }); code(err) != "storage.damaged" {
			t.Errorf("writing over it: %v", err)
		}
	})
}

func code(err error) string {
	var c interface{ Code() string }
	if errors.As(err, &c) {
		return c.Code()
	}
	return fmt.Sprint(err)
}

// A damaged assignment gives nothing but keeps its seat; others are untouched.
func TestDamageStaysLocalAndFreesNoSeat(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna, bo := addPerson(t, b, "anna"), addPerson(t, b, "bo")
		putPool(t, b, web(), 2)
		do(t, b, give(anna, web()))
		attack(t, b, "UPDATE assignment SET quantity = 2 WHERE installation = ?", b.ID())
		b = reopen(t, b)
		b.View(func(v *View) error {
			if a := v.Assignments(anna); len(a) != 0 {
				t.Errorf("the damaged assignment gives %v", a)
			}
			if p := v.Pool(web()); p.Taken != 1 {
				t.Errorf("taken is %d, want 1", p.Taken)
			}
			if diff := cmp.Diff([]int64{1}, v.DamagedAssignments()); diff != "" {
				t.Error(diff)
			}
			return nil
		})
		do(t, b, give(bo, web()))
		if _, err := b.Update(t.Context(), admin, monday, give(anna, web())); code(err) != "seat.pool-full" {
			t.Errorf("the seat of the damaged assignment was given away: %v", err)
		}
		if _, err := b.Update(t.Context(), admin, monday, func(tx *Tx) error { return tx.EndAssignment(1, "") }); code(err) != "storage.damaged" {
			t.Errorf("ending the damaged assignment: %v", err)
		}
		b = reopen(t, b)
		if len(b.Damage()) != 1 || b.Health() != Damaged {
			t.Errorf("reopened: %v %v", b.Health(), b.Damage())
		}
	})
}

// An edit made while the store is open is not written over.
func TestEditedRowIsNeverWrittenOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		sql  string
		want string
	}{
		{"edited", "UPDATE license SET seats = 900 WHERE installation = ?", "license edited seats"},
		{"deleted", "DELETE FROM license WHERE installation = ?", "license deleted"},
		{"edited with its version", "UPDATE license SET ver = ver + 1 WHERE installation = ?", "license edited"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				b := newTestBook(t, db)
				anna := addPerson(t, b, "anna")
				putPool(t, b, web(), 3)
				other := license.NameOf("SUPEROFFICE", "user")
				do(t, b, func(tx *Tx) error {
					tx.Entry("profile.put", "")
					return tx.PutProfile(Profile{Code: "p"})
				})
				attack(t, b, c.sql, b.ID())
				count := func() (n, seats int64) {
					if err := db.QueryRow(t.Context(), "SELECT count(*), coalesce(max(seats), 0) FROM license WHERE installation = ?", b.ID()).Scan(&n, &seats); err != nil {
						t.Fatal(err)
					}
					return n, seats
				}
				n, seats := count()
				_, err := b.Update(t.Context(), admin, monday, give(anna, web()))
				// The act runs again without the row: its own rule may speak first.
				if code(err) != "storage.damaged" && code(err) != "seat.pool-full" {
					t.Errorf("giving from the edited pool: %v", err)
				}
				if diff := cmp.Diff([]string{c.want}, foundAll(b)); diff != "" {
					t.Errorf("damage (-want +got):\n%s", diff)
				}
				if n2, seats2 := count(); n2 != n || seats2 != seats {
					t.Errorf("the damaged row was changed: %d rows with %d seats, then %d with %d", n, seats, n2, seats2)
				}
				putPool(t, b, other, 1)
				do(t, b, give(anna, other))
			})
		})
	}
}

func TestOldCopyPutBackWhileOpenIsNeverWrittenOver(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		putPool(t, b, web(), 3)
		attack(t, b, "CREATE TABLE kept AS SELECT * FROM license")
		do(t, b, give(anna, web()))
		attack(t, b, "DELETE FROM license WHERE installation = ?", b.ID())
		attack(t, b, "INSERT INTO license SELECT * FROM kept")
		if _, err := b.Update(t.Context(), admin, monday, release(anna, web())); code(err) != "storage.damaged" {
			t.Errorf("giving back to the old pool: %v", err)
		}
		if diff := cmp.Diff([]string{"license old copy put back"}, foundAll(b)); diff != "" {
			t.Errorf("damage (-want +got):\n%s", diff)
		}
	})
}

// unaccounted deletes a row and the trace of it in the journal, so that what is
// missing cannot be told.
func unaccounted(t testing.TB, b *Book) {
	t.Helper()
	do(t, b, func(tx *Tx) error {
		tx.Entry("profile.put", "")
		return tx.PutProfile(Profile{Code: "lost"})
	})
	attack(t, b, "DELETE FROM profile WHERE installation = ?", b.ID())
	attack(t, b, "UPDATE journal SET node = 'elsewhere' WHERE installation = ? AND seq = 1", b.ID())
}

func TestReadOnlyBookGrantsNothingButReleases(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna, bo := addPerson(t, b, "anna"), addPerson(t, b, "bo")
		putPool(t, b, web(), 3)
		do(t, b, give(anna, web()))
		unaccounted(t, b)
		b = reopen(t, b)
		if b.Health() != ReadOnly {
			t.Fatalf("health is %v", b.Health())
		}
		for name, act := range map[string]func(*Tx) error{
			"a seat":    give(bo, web()),
			"a license": func(tx *Tx) error { return tx.PutLicense(License{Name: web(), Seats: 9}) },
			"a set":     func(tx *Tx) error { return tx.PutSet(Set{Checkpoint: "x"}) },
			"a token":   func(tx *Tx) error { return tx.PutToken(Token{ID: "x"}) },
		} {
			if _, err := b.Update(t.Context(), admin, monday, act); code(err) != "storage.read-only" {
				t.Errorf("giving %s: %v", name, err)
			}
		}
		do(t, b, release(anna, web()))
	})
}

func TestDamagedOwnerStopsGrantsOnly(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		putPool(t, b, web(), 3)
		do(t, b, give(anna, web()))
		attack(t, b, "UPDATE owner SET serial = '1' WHERE installation = ?", b.ID())
		b = reopen(t, b)
		if _, err := b.Update(t.Context(), admin, monday, give(anna, web())); code(err) != "storage.read-only" {
			t.Errorf("giving: %v", err)
		}
		b.View(func(v *View) error {
			if info := v.Info(); info.Serial != "" || info.Name != "design" {
				t.Errorf("info is %+v", info)
			}
			return nil
		})
		do(t, b, release(anna, web()))
	})
}

func TestAnotherKeyIsNotTampering(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		everything(t, b)
		b.store.Close()
		s, err := Open(t.Context(), db, Keys{Master: [32]byte{9}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		other, err := s.Book("design")
		if err != nil {
			t.Fatal(err)
		}
		if other.Health() != Unchecked || len(other.Damage()) != 0 {
			t.Errorf("health is %v, damage %v", other.Health(), other.Damage())
		}
		if _, err := other.Update(t.Context(), admin, monday, func(tx *Tx) error { tx.Entry("x", ""); return nil }); code(err) != "storage.cannot-check" {
			t.Errorf("changing: %v", err)
		}
		if _, err := s.CreateInstallation(t.Context(), admin, monday, NewInstallation{Name: "new"}); code(err) != "storage.cannot-check" {
			t.Errorf("creating: %v", err)
		}
		other.View(func(v *View) error {
			for p := range v.People() {
				t.Errorf("unchecked person %v", p)
			}
			return nil
		})
		s.Close()
		again := openStore(t, db, Options{})
		if b, err := again.Book("design"); err != nil || b.Health() != Sound {
			t.Errorf("with its own key: %v", err)
		}
	})
}

func TestListOfInstallationsIsSealed(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"renamed":  "UPDATE installation SET name = 'mine' WHERE name = 'design'",
		"deleted":  "DELETE FROM installation WHERE name = 'design'",
		"headless": "DELETE FROM head WHERE installation = 'server'",
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				b := newTestBook(t, db)
				createBook(t, b.store, "other")
				b.store.Close()
				attack(t, b, text)
				s := openStore(t, db, Options{})
				health, damage := s.Health()
				if health == Sound || len(damage) != 1 {
					t.Errorf("health %v, damage %v", health, damage)
				}
				if name == "headless" {
					return
				}
				if diff := cmp.Diff([]string{"other"}, s.Names()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}
