package store

import (
	"context"
	"errors"
	"maps"
	"testing"

	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/internal/tamper"
)

// repair carries out a decision about the one damaged place of a book.
func repair(t *testing.T, b *Book, action Repair, values map[string]string) error {
	t.Helper()
	var places []DamagedPlace
	b.View(func(v *View) error { places = v.Places(); return nil })
	if len(places) != 1 {
		t.Fatalf("%d places: %v", len(places), places)
	}
	_, err := b.Update(t.Context(), admin, monday, func(tx *Tx) error {
		d, err := tx.Repair(t.Context(), places[0].ID, action, values)
		tx.Entry("repair."+string(action), "")
		if err == nil && d.Table != places[0].Table {
			t.Errorf("repaired %v, not %v", d, places[0])
		}
		return err
	})
	return err
}

// whole checks that a book is sound, now and after a start, and that fsck finds
// nothing.
func whole(t *testing.T, b *Book) *Book {
	t.Helper()
	if b.Health() != Sound || len(b.Damage()) != 0 {
		t.Errorf("after the repair: %v with %v", b.Health(), b.Damage())
	}
	b = reopen(t, b)
	if b.Health() != Sound || len(b.Damage()) != 0 {
		t.Errorf("after a start: %v with %v", b.Health(), b.Damage())
	}
	report, err := fsck.Check(t.Context(), b.store.db, fsck.Options{Keys: []fsck.Key{{Master: keys.Master}}})
	if err != nil || report.Rows.State != fsck.Intact || report.Totals.State != fsck.Intact || report.Chain.State != fsck.Intact {
		t.Errorf("fsck: %+v, %v", report, err)
	}
	return b
}

func TestADamagedRowIsRepairedByADecision(t *testing.T) {
	const license, person = "UPDATE license SET ", "UPDATE personal SET "
	for what, c := range map[string]struct {
		attack string
		also   string
		action Repair
		values map[string]string
		fails  string // why; "" for a repair that succeeds
		seats  int64  // of the license afterwards; 0: there is none
	}{
		"an edit is taken back with the old value":   {license + "seats = 900", "", RepairRestore, map[string]string{"seats": "5"}, "", 5},
		"a wrong value is not what stood there":      {license + "seats = 900", "", RepairRestore, map[string]string{"seats": "6"}, "values", 0},
		"nor is a text in the place of a number":     {license + "seats = 900", "", RepairRestore, map[string]string{"seats": "five"}, "values", 0},
		"an edit is accepted":                        {license + "seats = 900", "", RepairAccept, nil, "", 900},
		"an edited row is removed":                   {license + "seats = 900", "", RepairRemove, nil, "", 0},
		"a seal that was edited needs no values":     {license + "seal = colsum", "", RepairRestore, nil, "", 5},
		"nor does a version":                         {license + "ver = 1", "", RepairRestore, nil, "", 5},
		"nor a layout":                               {license + "layout = 7", "", RepairRestore, nil, "", 5},
		"a deleted row is restored from its values":  {"DELETE FROM license", "", RepairRestore, map[string]string{"number": "1", "set_number": "1", "line": "1", "kind": "3", "seats": "5", "taken": "0", "unrestricted": "0", "open_ended": "0", "hidden": "0"}, "", 5},
		"a deleted row is let go":                    {"DELETE FROM license", "", RepairRemove, nil, "", 0},
		"accepting a deletion is the same":           {"DELETE FROM license", "", RepairAccept, nil, "", 0},
		"a row that was slipped in is removed":       {"INSERT INTO profile SELECT installation, 'two', name, modules, ver, layout, seal, colsum FROM profile", "", RepairRemove, nil, "", 5},
		"or becomes a row":                           {"INSERT INTO profile SELECT installation, 'two', name, modules, ver, layout, seal, colsum FROM profile", "", RepairAccept, nil, "", 5},
		"but cannot be restored":                     {"INSERT INTO profile SELECT installation, 'two', name, modules, ver, layout, seal, colsum FROM profile", "", RepairRestore, nil, "unknown", 5},
		"an edited name is accepted":                 {person + "first_name = 'Eva'", "", RepairAccept, nil, "", 5},
		"an edited name is not restored by nothing":  {person + "first_name = 'Eva'", "", RepairRestore, nil, "values", 5},
		"a name that was deleted is erased":          {"DELETE FROM personal", "", RepairAccept, nil, "", 5},
		"a file that was edited needs its own bytes": {"UPDATE set_file SET bytes = colsum FROM profile WHERE set_file.installation = profile.installation", "", RepairRestore, map[string]string{"file": "another"}, "values", 5},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				b := newTestBook(t, db)
				putPool(t, b, web(), 5)
				addPerson(t, b, "anna")
				do(t, b, func(tx *Tx) error {
					tx.Entry("profile.put", "")
					file := tx.PutSetFile([]byte("a set"))
					return errors.Join(tx.PutProfile(Profile{Code: "one", Name: "One"}),
						tx.PutSet(Set{Checkpoint: "c", Issuer: "ACME", Number: 1, State: SetLoaded, File: file}))
				})
				attack(t, b, c.attack)
				b = reopen(t, b)
				err := repair(t, b, c.action, c.values)
				var refused *NotRepairableError
				if c.fails != "" {
					if !errors.As(err, &refused) || refused.Why != c.fails {
						t.Errorf("the repair: %v, want %s", err, c.fails)
					}
					if b.Health() == Sound {
						t.Error("the damage is forgotten")
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				b = whole(t, b)
				if l, ok := licenseOf(b, web()); ok != (c.seats > 0) || l.Seats != c.seats {
					t.Errorf("the license is %+v, %v", l, ok)
				}
			})
		})
	}
}

func TestPersonalValuesAreRestoredOnlyWithTheirSalt(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		var salt []byte
		if err := db.QueryRow(t.Context(), "SELECT salt FROM personal").Scan(&salt); err != nil {
			t.Fatal(err)
		}
		attack(t, b, "DELETE FROM personal")
		b = reopen(t, b)
		given := map[string]string{"salt": hexOf(salt), "user_id": "anna", "first_name": "Anna"}
		wrong := maps.Clone(given)
		wrong["first_name"] = "Eva"
		if err := repair(t, b, RepairRestore, wrong); code(err) != "damage.not-repairable" {
			t.Errorf("another name: %v", err)
		}
		if err := repair(t, b, RepairRestore, given); err != nil {
			t.Fatal(err)
		}
		if p, ok := personOf(whole(t, b), anna); !ok || p.Personal.First != "Anna" {
			t.Errorf("the person is %+v, %v", p, ok)
		}
	})
}

func hexOf(b []byte) string { return shownValue(tamper.Bytes(b)) }

// A row that was repaired is one like any other: it can be changed, and its
// damage is not found again.
func TestARepairedRowCanBeWritten(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		putPool(t, b, web(), 5)
		anna := addPerson(t, b, "anna")
		attack(t, b, "UPDATE license SET seats = 900")
		if _, err := b.Update(t.Context(), admin, monday, give(anna, web())); code(err) != "storage.damaged" {
			t.Errorf("giving: %v", err)
		}
		if err := repair(t, b, RepairRestore, map[string]string{"seats": "5"}); err != nil {
			t.Fatal(err)
		}
		do(t, b, give(anna, web()))
		whole(t, b)
	})
}

// A repair that does not happen changes nothing.
func TestARepairThatIsTriedOnlyLeavesTheDamage(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		putPool(t, b, web(), 5)
		attack(t, b, "UPDATE license SET seats = 900")
		b = reopen(t, b)
		places := b.places()
		err := b.Try(t.Context(), admin, monday, func(tx *Tx) error {
			_, err := tx.Repair(t.Context(), places[0].ID, RepairAccept, nil)
			tx.Entry("repair.accept", "")
			return err
		})
		if err != nil || b.Health() != Damaged || len(b.places()) != 1 {
			t.Errorf("%v; %v with %v", err, b.Health(), b.places())
		}
		e, err := b.Evidence(context.Background(), places[0].ID)
		if err != nil || e.Found["seats"] != "900" || e.WantedMAC == "" || e.Seal["ver"] == "" {
			t.Errorf("the evidence is %+v, %v", e, err)
		}
		if _, err := b.Evidence(context.Background(), "000000000000"); code(err) != "damage.unknown-place" {
			t.Errorf("nowhere: %v", err)
		}
	})
}

// When the journal cannot say what is missing, somebody decides that what is
// there is all.
func TestRowsThatDoNotAddUpAreTakenAsTheyAreByADecision(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		putPool(t, b, web(), 5)
		anna := addPerson(t, b, "anna")
		unaccounted(t, b)
		b = reopen(t, b)
		if b.Health() != ReadOnly {
			t.Fatalf("health is %v", b.Health())
		}
		if err := repair(t, b, RepairRestore, nil); code(err) != "damage.not-repairable" {
			t.Errorf("restoring it: %v", err)
		}
		if err := repair(t, b, RepairAccept, nil); err != nil {
			t.Fatal(err)
		}
		do(t, b, give(anna, web()))
		if b = reopen(t, b); b.Health() != Sound {
			t.Errorf("after a start: %v with %v", b.Health(), b.Damage())
		}
	})
}
