package installation_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// What ends each kind of damage that a full check can find.
const (
	mended  = "a repair"
	undone  = "undoing it in the database"
	backup  = "a backup from before"
	anew    = "making the head again in a new epoch"
	decided = "taking the database into use as it is"
)

// A mending is one kind of damage, and what can be done about it.
type mending struct {
	attack func(t *testing.T, w *mendingWorld)
	says   string // in a place of the full check
	ends   string
	offers string // of a repair: the decisions, with commas
	by     string // of a repair: the one that is taken
	values map[string]string
	undo   string // that is what undoing it takes
}

// A mendingWorld is an installation that something happens to.
type mendingWorld struct {
	f      *housetest.Fixture
	db     *sqldb.DB
	backup []byte
}

func sqls(texts ...string) func(*testing.T, *mendingWorld) {
	return func(t *testing.T, w *mendingWorld) {
		for _, text := range texts {
			attacked(t, w.db, text)
		}
	}
}

// putBack puts a row back as it was before something happened to it.
func putBack(table, where string, then func(t *testing.T, in *installation.Installation)) func(*testing.T, *mendingWorld) {
	return func(t *testing.T, w *mendingWorld) {
		attackedAs(t, w.db, "CREATE TABLE kept AS SELECT * FROM "+table+" WHERE "+where)
		then(t, w.f.Installation("acme"))
		attackedAs(t, w.db, "DELETE FROM "+table+" WHERE "+where)
		attackedAs(t, w.db, "INSERT INTO "+table+" SELECT * FROM kept")
		attackedAs(t, w.db, "DROP TABLE kept")
	}
}

var mendings = map[string]mending{
	"an edited row": {attack: sqls("UPDATE assignment SET module = 'sale-cal' WHERE number = 1"),
		says: "edited", ends: mended, offers: "accept,remove,restore", by: "restore", values: map[string]string{"module": "sales"}},
	"an edited row, and its values are not known": {attack: sqls("UPDATE assignment SET module = 'sale-cal' WHERE number = 1"),
		says: "edited", ends: mended, offers: "accept,remove,restore", by: "remove"},
	"an edited seal": {attack: sqls("UPDATE assignment SET colsum = seal WHERE number = 1"), says: "edited", ends: mended, offers: "accept,remove,restore", by: "restore"},
	"an edited license": {attack: sqls("UPDATE license SET seats = 900 WHERE module = 'sales'"),
		says: "edited", ends: mended, offers: "accept,remove,restore", by: "restore"},
	"an edited license of databases": {attack: sqls("UPDATE license SET taken = 0, seats = 900 WHERE module = 'translate'"),
		says: "edited", ends: mended, offers: "accept,remove,restore", by: "restore"},
	"an edited assignment of a database": {attack: sqls("UPDATE site_assignment SET quantity = 2 WHERE number = 1"),
		says: "edited", ends: mended, offers: "accept,remove,restore", by: "remove"},
	"an inserted row": {attack: sqls(`INSERT INTO assignment SELECT installation, 77, person, issuer, module, quantity, source, from_at, until_at, given_by,
		reason, ended_by, end_reason, ver, layout, colsum, colsum FROM assignment WHERE number = 1`),
		says: "edited", ends: mended, offers: "accept,remove", by: "remove"},
	"a row copied from another": {attack: sqls(`INSERT INTO assignment SELECT installation, 77, person, issuer, module, quantity, source, from_at, until_at, given_by,
		reason, ended_by, end_reason, ver, layout, seal, colsum FROM assignment WHERE number = 1`),
		says: "copied from number=1", ends: mended, offers: "accept,remove", by: "remove"},
	"a row copied from another installation": {attack: sqls(`INSERT INTO profile SELECT (SELECT installation FROM assignment LIMIT 1), code, name, modules, ver, layout, seal, colsum
		FROM profile WHERE code = 'birka'`),
		says: "copied from", ends: mended, offers: "accept,remove", by: "remove"},
	"a row copied from another database": {attack: sqls(`INSERT INTO profile SELECT installation, 'theirs', name, modules, ver, layout, zeroblob(20), colsum
		FROM profile WHERE code = 'team'`),
		says: "copied from another database", ends: mended, offers: "accept,remove", by: "remove"},
	"a deleted row": {attack: sqls("DELETE FROM profile WHERE code = 'team'"), says: "deleted", ends: mended, offers: "accept,remove,restore", by: "remove"},
	"a deleted license": {attack: sqls("DELETE FROM license WHERE module = 'sales'"),
		says: "deleted", ends: mended, offers: "accept,remove,restore", by: "restore"},
	"an old copy put back": {attack: putBack("profile", "code = 'team'", func(t *testing.T, in *installation.Installation) {
		_, err := in.PutProfile(t.Context(), admin, "team", api.ProfileBody{Name: "Another team"})
		must(t, err)
	}), says: "old copy put back", ends: mended, offers: "accept,remove,restore", by: "accept"},
	"a deleted row put back": {attack: putBack("profile", "code = 'team'", func(t *testing.T, in *installation.Installation) {
		_, err := in.DeleteProfile(t.Context(), admin, "team")
		must(t, err)
	}), says: "deleted row put back", ends: mended, offers: "accept,remove", by: "remove"},
	"a name of a person": {attack: sqls("UPDATE personal SET last_name = 'Mallory'"), says: "", ends: mended, offers: "accept,remove,restore", by: "accept"},
	"a file of a set":    {attack: sqls("UPDATE set_file SET bytes = zeroblob(3)"), says: "", ends: mended, offers: "restore", by: "restore", values: map[string]string{"file": "the file"}},
	"a count that is wrong though every row is genuine": {attack: func(t *testing.T, w *mendingWorld) {
		in := w.f.Installation("acme")
		must(t, in.Miscount(t.Context(), admin, license.NameOf("SUPEROFFICE", "sales"), 0))
	}, says: "seats are in use", ends: mended, offers: "accept", by: "accept"},
	"a count of databases that is wrong": {attack: func(t *testing.T, w *mendingWorld) {
		must(t, w.f.Installation("acme").Miscount(t.Context(), admin, license.NameOf("SUPEROFFICE", "translate"), 2))
	}, says: "seats are in use", ends: mended, offers: "accept", by: "accept"},
	"a trigger": {attack: func(t *testing.T, w *mendingWorld) {
		attackedAs(t, w.db, "CREATE TRIGGER t AFTER INSERT ON token BEGIN SELECT 1; END")
	}, says: "", ends: undone, undo: "DROP TRIGGER t"},

	"an edited entry":  {attack: sqls("UPDATE audit SET action = 'x' WHERE ledger = 'seats' AND seq = 4"), says: "not what the journal was written with", ends: backup},
	"a deleted entry":  {attack: sqls("DELETE FROM audit WHERE ledger = 'seats' AND seq = 4"), says: "deleted", ends: backup},
	"an edited change": {attack: sqls("UPDATE journal SET at = at + 1 WHERE ledger = 'seats' AND seq = 4"), says: "edited", ends: backup},
	"a deleted change": {attack: sqls("DELETE FROM journal WHERE ledger = 'seats' AND seq = 4"), says: "deleted", ends: backup},
	"the end of the journal deleted": {attack: sqls("DELETE FROM journal WHERE ledger = 'seats' AND seq > 5 AND installation IN (SELECT installation FROM assignment)"),
		says: "the end is missing", ends: backup},
	"an edited head": {attack: sqls("UPDATE head SET box = epoch WHERE ledger = 'seats' AND installation IN (SELECT installation FROM assignment)"), says: "edited", ends: anew},
	"a deleted head": {attack: sqls("DELETE FROM head WHERE ledger = 'seats' AND installation IN (SELECT installation FROM assignment)"), says: "deleted", ends: anew},
	"an edited head that nothing proves": {attack: func(t *testing.T, w *mendingWorld) {
		attacked(t, w.db, "UPDATE head SET box = epoch WHERE ledger = 'seats' AND installation IN (SELECT installation FROM assignment)")
		attacked(t, w.db, "UPDATE journal SET at = at + 1 WHERE ledger = 'seats' AND seq = 4 AND installation IN (SELECT installation FROM assignment)")
	}, says: "edited", ends: backup},
	"the whole database put back": {attack: func(t *testing.T, w *mendingWorld) {
		_, err := w.f.Installation("acme").AddPerson(t.Context(), admin, api.NewPerson{UserID: "late"})
		must(t, err)
		w.f.PutBack(t, w.backup)
	}, says: "rolled back from", ends: decided},
}

// withSites is twoSeats with a license for databases.
func withSites() license.Set {
	set := twoSeats(1, 2, "")
	set.Licenses = append(set.Licenses, license.License{Module: "translate", Kind: license.Site, Quantity: 2})
	return set
}

func newMendingWorld(t *testing.T, db *sqldb.DB) *mendingWorld {
	t.Helper()
	ctx := t.Context()
	f := housetest.New(t, db, "acme", "birka")
	acme := f.Installation("acme")
	enforce(t, f, acme, withSites())
	_, err := acme.PutProfile(ctx, admin, "team", api.ProfileBody{Name: "Team"})
	must(t, err)
	_, err = f.Installation("birka").PutProfile(ctx, admin, "birka", api.ProfileBody{Name: "Birka"})
	must(t, err)
	for _, id := range []string{"anna", "bo"} {
		_, err := acme.AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true, Plan: "sales"})
		must(t, err)
	}
	_, err = acme.AssignSite(ctx, admin, "0", "translate", api.SiteChoice{})
	must(t, err)
	f.KeepFiles(t)
	f.Remember(t)
	f.Reopen(t)
	f.Reopen(t) // now something remembers
	return &mendingWorld{f: f, db: db, backup: f.Backup(t)}
}

// found is what the full check says, one place a line.
func found(r api.IntegrityReport) string {
	var lines []string
	for _, a := range []api.IntegrityAnswer{r.Rows, r.Totals, r.Chain, r.Rollback, r.Counts} {
		for _, p := range a.Places {
			lines = append(lines, p.Table+" "+p.Row+": "+p.What)
		}
		if a.State == "broken" && len(a.Places) == 0 {
			lines = append(lines, a.Why)
		}
	}
	return strings.Join(lines, "\n")
}

// Whatever a full check finds, something ends it, and the list of damage says
// truly whether a repair does: where it offers one, everything is intact again
// afterwards, and where it offers none, a backup is the way, to the end.
func TestWhatEndsEachKindOfDamage(t *testing.T) {
	for name, m := range mendings {
		t.Run(name, func(t *testing.T) { m.ended(t, newMendingWorld(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))) })
	}
}

// What no repair may touch is ended on the other database too.
func TestDamageOfTheHeadAndTheJournalIsEnded(t *testing.T) {
	for _, name := range []string{"a deleted change", "an edited head that nothing proves", "a deleted head"} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { mendings[name].ended(t, newMendingWorld(t, db)) })
		})
	}
}

func (m mending) ended(t *testing.T, w *mendingWorld) {
	ctx := t.Context()
	if r := verified(t, w.f.Installation("acme")); r.Verdict != "intact" {
		t.Fatalf("before anything happened: %s %s", r.Why, found(r))
	}
	m.attack(t, w)
	w.f.ReopenUnconfirmed(t)
	in := w.f.Installation("acme")
	r := verified(t, in)
	if r.Verdict != "broken" || !strings.Contains(found(r), m.says) {
		t.Fatalf("the full check says %s: %s", r.Verdict, found(r))
	}
	list, err := in.Damage(ctx, admin)
	must(t, err)
	repairable := slices.DeleteFunc(slices.Clone(list.Items), func(p api.DamagedPlace) bool { return len(p.Repairs) == 0 })
	if m.ends != mended && len(repairable) > 0 {
		t.Errorf("%s ends it, and repairs are offered: %+v", m.ends, repairable)
	}
	switch m.ends {
	case mended:
		m.repair(t, w, repairable)
	case undone:
		attackedAs(t, w.db, m.undo)
	case backup:
		if _, err := w.f.RestoreHeads(ctx, older); code(err) != "restore.heads-good" && code(err) != "restore.head-unproven" {
			t.Errorf("a head is made again: %v", err)
		}
		w.f.PutBack(t, w.backup)
	case anew:
		list, err := w.f.RestoreHeads(ctx, older)
		if err != nil || len(list) != 1 || list[0].Gap != 0 || list[0].Incident == "" || list[0].Name != "acme" {
			t.Fatalf("made again: %+v, %v", list, err)
		}
	case decided:
		accepted(t, w.f)
	}
	w.f.ReopenUnconfirmed(t)
	in = w.f.Installation("acme")
	if in.Rollback() { // a backup from before is behind what is remembered: somebody says that it is meant
		accepted(t, w.f)
		in = w.f.Installation("acme")
	}
	if r := verified(t, in); r.Verdict != "intact" {
		t.Errorf("after %s: %s %s", m.ends, cmp.Or(r.Why, r.Verdict), found(r))
	}
	if _, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "after"}); err != nil {
		t.Errorf("after %s nothing can be changed: %v", m.ends, err)
	}
}

func (m mending) repair(t *testing.T, w *mendingWorld, places []api.DamagedPlace) {
	t.Helper()
	if len(places) == 0 {
		t.Fatal("no repair is offered")
	}
	in := w.f.Installation("acme")
	for _, p := range places {
		if got := strings.Join(p.Repairs, ","); got != m.offers {
			t.Errorf("%s %s: offered are %s, want %s", p.Table, p.Key, got, m.offers)
		}
		r := api.Repair{Action: m.by, Reason: "tried", Code: housetest.Code, Values: m.values}
		if m.values["file"] != "" {
			r.Values = map[string]string{"file": string(w.f.Vendors.File(t, withSites()))}
		}
		if _, err := in.Repair(t.Context(), byToken, p.Place, r); err != nil {
			t.Fatalf("%s %s %s: %v", m.by, p.Table, p.Key, err)
		}
	}
	if d, err := in.Damage(t.Context(), admin); err != nil || d.Total != 0 {
		t.Errorf("afterwards: %+v, %v", d, err)
	}
}

// attackedAs runs a statement that may change no row.
func attackedAs(t *testing.T, db *sqldb.DB, text string) {
	t.Helper()
	_, err := db.Exec(t.Context(), text)
	must(t, err)
}

func TestCountsAreOnlyAcceptedAndOnlyWhenTheyAreWrong(t *testing.T) {
	w := newMendingWorld(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	in := w.f.Installation("acme")
	r := api.Repair{Action: "accept", Reason: "tried", Code: housetest.Code}
	if _, err := in.Repair(t.Context(), byToken, "counts", r); code(err) != "damage.unknown-place" {
		t.Errorf("nothing is wrong: %v", err)
	}
	name := license.NameOf("SUPEROFFICE", "translate")
	must(t, in.Miscount(t.Context(), admin, name, 0))
	for _, action := range []string{"remove", "restore"} {
		if _, err := in.Repair(t.Context(), byToken, "counts", api.Repair{Action: action, Reason: "tried", Code: housetest.Code}); code(err) != "damage.not-repairable" {
			t.Errorf("%s: %v", action, err)
		}
	}
	if _, err := in.Repair(t.Context(), byToken, "counts", api.Repair{Action: "accept", Reason: "tried"}); code(err) != "damage.not-confirmed" {
		t.Errorf("nobody at the machine has agreed: %v", err)
	}
	done, err := in.Repair(t.Context(), byToken, "counts", r)
	if err != nil || len(done.Recounted) != 1 || done.Recounted[0] != (api.Recounted{Name: name, Was: 0, Taken: 1}) || done.Incident == "" {
		t.Errorf("%+v, %v", done, err)
	}
}
