package installation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestUndoingAJobGivesRolesBackOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, in := branch(t, db)
		ctx := t.Context()
		for _, id := range []string{"chief", "anna", "bo"} {
			_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true, Waiting: id == "bo"})
			must(t, err)
		}
		_, err := in.GiveRole(ctx, admin, "chief", "administrator")
		must(t, err)
		for _, role := range []string{"administrator", "auditor"} {
			_, err := in.GiveRole(ctx, admin, "anna", role)
			must(t, err)
		}
		leave := api.BulkChange{People: []string{"anna", "bo"}, Act: "retire"}
		for _, test := range []struct {
			name  string
			act   installation.Act
			roles string
			note  string
		}{
			{"an administrator", admin, "administrator auditor", ""},
			{"somebody who gives people licenses", installation.Act{By: admin.By, Lacks: []string{api.ScopeAdmin}}, "", "bulk.roles"},
		} {
			job, err := in.ChangePeople(ctx, admin, leave, nil)
			must(t, err)
			if p, err := in.Person(ctx, admin, "anna"); err != nil || !p.Former || len(p.Roles) != 0 {
				t.Fatalf("anna is %+v, %v", p.Person, err)
			}
			undone, err := in.UndoJob(ctx, test.act, job.Job.ID, "")
			must(t, err)
			anna, err := in.Person(ctx, admin, "anna")
			must(t, err)
			bo, err := in.Person(ctx, admin, "bo")
			must(t, err)
			if got := strings.Join(anna.Roles, " "); got != test.roles || anna.Former || !anna.Login {
				t.Errorf("%s: anna has the roles %q, %+v", test.name, got, anna.Person)
			}
			if !bo.Waiting || bo.Former {
				t.Errorf("%s: bo does not wait any more: %+v", test.name, bo.Person)
			}
			rows, err := in.JobRows(ctx, admin, undone.Job.ID, "")
			must(t, err)
			i := slices.IndexFunc(rows.Items, func(r api.BulkRow) bool { return r.Person == "anna" })
			note := ""
			for _, w := range rows.Items[i].Warnings {
				note += w.Code
				if test.note == w.Code && (!strings.Contains(w.Text, "Administrator") || !strings.Contains(w.Text, "Auditor")) {
					t.Errorf("%s: the row says %q", test.name, w.Text)
				}
			}
			if note != test.note {
				t.Errorf("%s: the row says %q, want %q", test.name, note, test.note)
			}
		}
	})
}

func TestUndoSaysThatWaysToSignInDoNotComeBack(t *testing.T) {
	t.Parallel()
	f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	_ = f
	ctx := t.Context()
	job, err := in.ChangePeople(ctx, admin, api.BulkChange{People: []string{"björn"}, Act: "retire"}, nil)
	must(t, err)
	undone, err := in.UndoJob(ctx, admin, job.Job.ID, "")
	must(t, err)
	rows, err := in.JobRows(ctx, admin, undone.Job.ID, "")
	must(t, err)
	if r := rows.Items[0]; r.Result != "changed" || len(r.Warnings) != 1 || r.Warnings[0].Code != "bulk.ways" || r.Warnings[0].Text == "" {
		t.Errorf("the row is %+v", r)
	}
}

func TestWhoWaitsIsRefusedAndNobodyElse(t *testing.T) {
	t.Parallel()
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	for _, id := range []string{"anna", "bo"} {
		_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: id, Login: true, Plan: "basic", Waiting: id == "bo"})
		must(t, err)
	}
	_, err := in.RefusePerson(ctx, admin, "anna")
	refused(t, "refusing somebody who does not wait", err, "person.not-waiting")
	would, err := in.RefusePerson(ctx, dry(), "bo")
	must(t, err)
	if !would.DryRun || len(would.Effect.Released) == 0 {
		t.Errorf("refusing bo would do %+v", would)
	}
	done, err := in.RefusePerson(ctx, admin, "bo")
	must(t, err)
	if !done.Person.Deleted || len(done.Person.Plans) != 0 {
		t.Errorf("bo is %+v", done.Person)
	}
	again, err := in.RefusePerson(ctx, admin, "#"+number(done.Person.Number))
	if err != nil || again.Changed {
		t.Errorf("refusing twice: %+v, %v", again.Outcome, err)
	}
	trail, err := in.Audit(ctx, admin, installation.AuditFilter{Action: "person.refuse", Limit: 10})
	if err != nil || len(trail.Items) != 1 {
		t.Errorf("on record: %+v, %v", trail.Items, err)
	}
	_, err = in.RefusePerson(ctx, admin, "nobody")
	refused(t, "refusing nobody", err, "person.unknown")
}

// Ways to sign in come and go without it being a change of the person: whoever chose
// a password since is as before again, and keeps it.
func TestUndoingAJobRestoresWhoHasAPasswordSince(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, in := signInHouse(t, db)
		_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "bo", FirstName: "Bo", Login: true})
		must(t, err)
		b, err := in.ImportPeople(t.Context(), admin, installation.Import{File: list("user_id;first_name", "bo;Bosse", "anna;Anna")})
		must(t, err)
		choosePassword(t, in, "bo", sentence)
		undone, err := in.UndoJob(t.Context(), admin, b.Job.ID, "")
		must(t, err)
		if n := undone.Job.Totals; n.Changed != 1 || n.Errors != 0 || n.Already != 0 {
			t.Errorf("whom the job has not changed is none of it: %+v", n)
		}
		if p, err := in.Person(t.Context(), admin, "bo"); err != nil || p.FirstName != "Bo" {
			t.Errorf("bo is called %s, %v", p.FirstName, err)
		}
		signIn(t, in, "bo")
	})
}
