package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// stageSites stages two databases, one of them removed, an assignment that has
// ended and one that is current, a role, and a hook.
func stageSites(tx *Tx, person string) error {
	oslo, err := tx.PutDatabase(Database{Database: seat.Database{Name: "Oslo"}}, true)
	if err != nil {
		return err
	}
	gone, err := tx.PutDatabase(Database{Database: seat.Database{Name: "Bergen"}}, true)
	if err != nil {
		return err
	}
	_, err = tx.PutDatabase(Database{Database: seat.Database{Number: gone, Name: "Bergen", Removed: true}, Created: 7}, false)
	ended, err2 := tx.AssignSite(seat.SiteAssignment{Database: oslo, Name: web(), Quantity: 2, Reason: "trial"})
	_, err3 := tx.AssignSite(seat.SiteAssignment{Database: seat.Central, Name: web(), Quantity: 1})
	return errors.Join(err, err2, err3, tx.EndSite(ended, "over"), tx.GiveRole(Role{Person: person, Role: seat.Administrator}), tx.GiveRole(Role{Person: person, Role: seat.Auditor}),
		tx.TakeRole(person, seat.Auditor), tx.PutHook(Hook{Name: "blockers", URL: "https://crm.example/", Timeout: 1500, Unreachable: "block"}))
}

func TestDatabasesRolesAndHooksAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna := addPerson(t, b, "anna")
		view := func(see func(v *View)) {
			t.Helper()
			if err := b.View(func(v *View) error { see(v); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		view(func(v *View) {
			if all := v.Databases(); len(all) != 1 || all[0].Number != seat.Central || all[0].Name != CentralName {
				t.Errorf("a new installation has the databases %+v", all)
			}
		})
		do(t, b, func(tx *Tx) error {
			tx.Entry("database.add", "")
			return stageSites(tx, anna)
		})
		b = reopen(t, b)
		view(func(v *View) {
			all := v.Databases()
			if len(all) != 3 || all[1].Name != "Oslo" || all[1].Number != 1 || all[2].Name != "Bergen" || !all[2].Removed || all[2].Created != 7 {
				t.Errorf("databases %+v", all)
			}
			sites := v.SiteAssignments()
			if len(sites) != 2 || sites[0].Until == 0 || sites[0].EndReason != "over" || sites[0].Quantity != 2 || sites[1].Until != 0 || sites[1].By == "" {
				t.Errorf("assignments %+v", sites)
			}
			if roles := v.Roles(); len(roles) != 1 || roles[0].Person != anna || roles[0].Role != seat.Administrator || roles[0].From == 0 || !v.HasRole(anna, seat.Administrator) {
				t.Errorf("roles %+v", roles)
			}
			h, ok, damaged := v.Hook("blockers")
			if diff := cmp.Diff(Hook{Name: "blockers", URL: "https://crm.example/", Timeout: 1500, Unreachable: "block"}, h); diff != "" || !ok || damaged {
				t.Errorf("hook %v, damaged %v: %s", ok, damaged, diff)
			}
		})
		// The numbers of what was removed and ended are not given again.
		do(t, b, func(tx *Tx) error {
			tx.Entry("database.add", "")
			n, err := tx.PutDatabase(Database{Database: seat.Database{Name: "Bergen"}}, true)
			if n != 3 {
				t.Errorf("the next database has number %d", n)
			}
			return err
		})
	})
}

func TestPeopleAreFoundByNumberAndOnceDeletedByTheUserIDTheyHad(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		var ids []string
		for range 2 { // somebody takes over the user id
			id := addPerson(t, b, "Anna")
			ids = append(ids, id)
			do(t, b, func(tx *Tx) error {
				p, _ := tx.Person(id)
				p.Deleted = true
				tx.Entry("person.delete", id)
				if _, err := tx.PutPerson(p); err != nil {
					return err
				}
				// What the act has staged is found too.
				if found, ok := tx.DeletedByUserID("anna"); !ok || found.ID != id {
					t.Errorf("found %+v", found)
				}
				return nil
			})
		}
		b = reopen(t, b)
		find := func(want string) {
			t.Helper()
			if err := b.View(func(v *View) error {
				if p, _ := v.DeletedByUserID("ANNA"); p.ID != want {
					t.Errorf("found %+v, want %s", p, want)
				}
				for i, id := range ids {
					if p, ok := v.PersonByNumber(int64(i + 1)); !ok || p.ID != id {
						t.Errorf("number %d is %+v", i+1, p)
					}
				}
				if p, ok := v.PersonByNumber(99); ok {
					t.Errorf("number 99 is %+v", p)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		find(ids[1])
		do(t, b, func(tx *Tx) error {
			tx.Entry("person.erase", ids[1])
			return tx.ErasePersonal(ids[1])
		})
		find(ids[0])
		do(t, b, func(tx *Tx) error {
			p, _ := tx.Person(ids[0])
			p.Deleted = false
			tx.Entry("person.restore", ids[0])
			_, err := tx.PutPerson(p)
			if _, ok := tx.DeletedByUserID("anna"); ok {
				t.Error("somebody who is back is found among the deleted")
			}
			return err
		})
		find("")
	})
}
