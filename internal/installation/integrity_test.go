package installation_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// watched is twoOnSales with anchors, incident files, and checks that are
// remembered.
func watched(t *testing.T, db *sqldb.DB) (f *housetest.Fixture, incidents string) {
	t.Helper()
	f = twoOnSales(t, db)
	incidents = f.KeepFiles(t)
	f.Remember(t)
	f.Reopen(t)
	f.Reopen(t) // now something remembers
	return f, incidents
}

func verified(t *testing.T, in *installation.Installation) api.IntegrityReport {
	t.Helper()
	r, err := in.Verify(t.Context(), admin)
	must(t, err)
	return r
}

func attacked(t *testing.T, db *sqldb.DB, text string) {
	t.Helper()
	r, err := db.Exec(t.Context(), text)
	must(t, err)
	if n, _ := r.RowsAffected(); n == 0 {
		t.Fatalf("nothing was attacked: %s", text)
	}
}

// notices are the codes of the server's notices that are open.
func notices(t *testing.T, in *installation.Installation) (codes []string) {
	t.Helper()
	list, err := in.Events(t.Context(), admin, false, 0, "")
	must(t, err)
	for _, e := range list.Items {
		codes = append(codes, e.Code)
	}
	return codes
}

func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestNothingCheckedIsNeverIntact(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, _ := watched(t, db)
		acme := f.Installation("acme")
		r, err := acme.Integrity(t.Context(), admin)
		must(t, err)
		if r.Verdict != "cannot-be-checked" || r.Why == "" || r.Last != nil {
			t.Errorf("before any check: %+v", r)
		}
		dry := admin
		dry.DryRun = true
		if r, err = acme.StartVerify(t.Context(), dry); err != nil || r.Running != nil {
			t.Errorf("a dry run checks: %+v, %v", r, err)
		}
		if r = verified(t, acme); r.Verdict != "intact" || r.Last.Rows == 0 || r.Last.Entries == 0 || r.Rollback.State != "intact" {
			t.Errorf("after one: %+v", r)
		}
		status, err := acme.Status(t.Context(), admin)
		must(t, err)
		if status.Integrity.Verdict != "intact" || !status.Integrity.Checked.Equal(housetest.Noon) {
			t.Errorf("status: %+v", status.Integrity)
		}
	})
}

func TestWithoutAWitnessNothingIsCalledIntact(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := twoOnSales(t, db)
		r := verified(t, f.Installation("acme"))
		if r.Verdict != "cannot-be-checked" || r.Rollback.State != "cannot-be-checked" || r.Rows.State != "intact" || r.Chain.State != "intact" {
			t.Errorf("%+v", r)
		}
	})
}

func TestTheLastCheckIsRememberedBesideTheDatabase(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, incidents := watched(t, db)
		want := verified(t, f.Installation("acme"))
		f.Reopen(t)
		got, err := f.Installation("acme").Integrity(t.Context(), admin)
		must(t, err)
		if got.Last == nil || *got.Last != *want.Last || got.Verdict != "intact" {
			t.Errorf("after a start: %+v, before it %+v", got.Last, want.Last)
		}
		kept := filepath.Join(filepath.Dir(incidents), "verified")
		for _, name := range filesIn(t, kept) {
			must(t, os.WriteFile(filepath.Join(kept, name), []byte(`{"report":{"verdict":"intact"}}`), 0o600))
		}
		f.Reopen(t)
		if got, err = f.Installation("acme").Integrity(t.Context(), admin); err != nil || got.Verdict != "cannot-be-checked" {
			t.Errorf("from a file that says nothing: %+v, %v", got, err)
		}
	})
}

func names(places []api.IntegrityPlace, table string) bool {
	return slices.ContainsFunc(places, func(p api.IntegrityPlace) bool { return p.Table == table })
}

func TestWhatIsFoundWhileTheServerRuns(t *testing.T) {
	for name, c := range map[string]struct {
		attack string
		answer func(api.IntegrityReport) api.IntegrityAnswer
		table  string
		look   bool // a look at one record after the other finds it
		places int  // that can be repaired
	}{
		"an edited assignment":    {"UPDATE assignment SET module = 'sale-cal' WHERE number = 1", func(r api.IntegrityReport) api.IntegrityAnswer { return r.Rows }, "assignment", true, 1},
		"a deleted assignment":    {"DELETE FROM assignment WHERE number = 1", func(r api.IntegrityReport) api.IntegrityAnswer { return r.Totals }, "assignment", false, 1},
		"an edited name":          {"UPDATE personal SET email = 'x@example.com' WHERE user_id = 'bo'", func(r api.IntegrityReport) api.IntegrityAnswer { return r.Rows }, "personal", true, 1},
		"an edited entry":         {"UPDATE audit SET action = 'plan.remove' WHERE action = 'person.add'", func(r api.IntegrityReport) api.IntegrityAnswer { return r.Chain }, "audit", false, 0},
		"a journal that was cut":  {"DELETE FROM journal WHERE ledger = 'seats' AND seq = 2", func(r api.IntegrityReport) api.IntegrityAnswer { return r.Chain }, "journal", false, 0},
		"an edited license count": {"UPDATE license SET taken = 1 WHERE module = 'sales'", func(r api.IntegrityReport) api.IntegrityAnswer { return r.Rows }, "license", true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				f, incidents := watched(t, db)
				acme := f.Installation("acme")
				verified(t, acme)
				attacked(t, db, c.attack)
				must(t, acme.LookOnce(t.Context()))
				if r, err := acme.Integrity(t.Context(), admin); err != nil || (r.Verdict == "broken") != c.look {
					t.Errorf("after looking at every record: %s, %v", r.Verdict, err)
				}
				r := verified(t, acme)
				if a := c.answer(r); r.Verdict != "broken" || a.State != "broken" || len(a.Places) == 0 || !names(a.Places, c.table) {
					t.Errorf("after a full check: %+v", r)
				}
				d, err := acme.Damage(t.Context(), admin)
				must(t, err)
				if d.Total != c.places {
					t.Errorf("%d places: %+v", d.Total, d.Items)
				}
				if got := notices(t, acme); !slices.Equal(got, []string{installation.NoticeDamage}) {
					t.Errorf("notices: %v", got)
				}
				files := filesIn(t, incidents)
				if len(files) == 0 {
					t.Error("no incident file")
				}
				verified(t, acme)
				must(t, acme.LookOnce(t.Context()))
				f.Reopen(t)
				verified(t, f.Installation("acme"))
				if again := filesIn(t, incidents); len(again) != len(files) {
					t.Errorf("the same is kept again: %v, before %v", again, files)
				}
			})
		})
	}
}

func TestARepairEndsTheNoticeAndTheRecordsAreIntactAgain(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, incidents := watched(t, db)
		acme := f.Installation("acme")
		attacked(t, db, "UPDATE assignment SET module = 'sale-cal' WHERE number = 1")
		verified(t, acme)
		place := onlyPlace(t, acme)
		name, text, err := acme.Incident(t.Context(), admin, place.Place)
		if err != nil || name != place.Incident || !slices.Contains(filesIn(t, incidents), name) || !strings.Contains(string(text), `"damage"`) {
			t.Errorf("incident %q (%q): %v", name, place.Incident, err)
		}
		if done := repaired(t, acme, "remove"); done.Left != 0 {
			t.Fatalf("%+v", done)
		}
		if got := notices(t, acme); len(got) != 0 {
			t.Errorf("after the repair: %v", got)
		}
		if r := verified(t, acme); r.Verdict != "intact" {
			t.Errorf("after the repair: %+v", r)
		}
		acme.Discover(t.Context())
		if got := notices(t, acme); len(got) != 0 {
			t.Errorf("later: %v", got)
		}
	})
}

// What is damaged at one installation is no business of another.
func TestACheckTellsNothingOfOthers(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, incidents := watched(t, db)
		_, err := f.Create(t.Context(), housetest.Host, installation.New{Name: "other", TimeZone: "UTC"})
		must(t, err)
		attacked(t, db, "UPDATE assignment SET module = 'sale-cal' WHERE number = 1")
		other := f.Installation("other")
		if r := verified(t, other); r.Verdict == "broken" || len(notices(t, other)) != 0 || len(filesIn(t, incidents)) != 0 {
			t.Errorf("%+v, %v", r, notices(t, other))
		}
		attacked(t, db, "UPDATE installation SET state = 'suspended x' WHERE name = 'acme'")
		r := verified(t, other)
		if r.Rows.State != "broken" || len(r.Rows.Places) != 1 || r.Rows.Places[0].Row != "" || r.Rows.Places[0].Table != "installation" {
			t.Errorf("the list of installations: %+v", r.Rows)
		}
	})
}

// However much somebody changes, what is kept stays within bounds.
func TestDamageDoesNotFloodTheDisk(t *testing.T) {
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	f, incidents := watched(t, db)
	acme := f.Installation("acme")
	for i := range 70 {
		_, err := acme.AddPerson(t.Context(), admin, api.NewPerson{UserID: "p" + string(rune('a'+i/26)) + string(rune('a'+i%26))})
		must(t, err)
	}
	attacked(t, db, "UPDATE person SET kind = 1 - kind")
	verified(t, acme)
	if files := filesIn(t, incidents); len(files) != 51 {
		t.Errorf("%d files for 72 edited records", len(files))
	}
}

func TestAnEditedListOfInstallationsIsSeenAndServedOn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, _ := watched(t, db)
		if h := f.LookAtList(t.Context(), 0); h.String() != "sound" {
			t.Errorf("before: %s", h)
		}
		attacked(t, db, "UPDATE installation SET state = 'suspended x' WHERE name = 'acme'")
		if h := f.LookAtList(t.Context(), 0); h.String() != "damaged" {
			t.Errorf("after: %s", h)
		}
		if _, err := f.Installation("acme").RemovePlan(t.Context(), admin, "bo", "sales"); err != nil {
			t.Errorf("the installation is served as before, but: %v", err)
		}
	})
}
