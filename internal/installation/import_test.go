package installation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/roster"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// imported says in one line what a list does: totals, then rows, then pools.
func imported(b api.Bulk, err error) string {
	if err != nil {
		return code(err)
	}
	words := []string{fmt.Sprintf("%d/%d/%d/%d", b.Totals.Changed, b.Totals.Already, b.Totals.Warnings, b.Totals.Errors)}
	for _, r := range b.Rows {
		w := fmt.Sprintf("%d:%s", r.Row, r.Result)
		if r.Problem != nil {
			w += "(" + r.Problem.Code + ")"
		}
		for _, n := range r.Given {
			w += "+" + string(n.Module)
		}
		for _, n := range r.Released {
			w += "-" + string(n.Module)
		}
		words = append(words, w)
	}
	for _, p := range b.Pools {
		w := fmt.Sprintf("%s %d→%d", p.Name.Module, p.Before, p.After)
		if p.Short > 0 {
			w += fmt.Sprintf("!%d", p.Short)
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

func list(lines ...string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }

func dry() installation.Act {
	act := admin
	act.DryRun = true
	return act
}

func TestWhatAListDoes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		given   []string // a list that is taken in before
		mode    string
		list    []string
		partial bool
		want    string
	}{
		{"who is not there is added, with plan and extra", nil, "add", []string{"user_id;plans;extras", "anna;basic;mobile"}, false,
			"1/0/0/0 2:added+basic+mobile user 0→1 mobile 0→1 basic 0→1"},
		{"who is so already is so already", []string{"user_id;plans", "anna;basic"}, "add", []string{"Användare;Plan", "ANNA;superoffice.basic"}, false,
			"0/1/0/0 2:already"},
		{"a second plan of the group is refused when adding", []string{"user_id;plans", "anna;basic"}, "add", []string{"user_id;plans", "anna;none"}, false,
			"0/0/0/1 2:error(plan.exclusive)"},
		{"and takes its place when replacing", []string{"user_id;plans;extras", "anna;basic;mobile"}, "replace", []string{"user_id;plans", "anna;none"}, false,
			"1/0/1/0 2:changed+none-mobile-basic user 1→0 mobile 1→0 basic 1→0 none 0→1"},
		{"replacing leaves columns alone that are not there", []string{"user_id;plans;extras;group", "anna;basic;mobile;A"}, "replace", []string{"user_id;extras", "anna;mobile*2"}, false,
			"1/0/0/0 2:changed+mobile-mobile mobile 1→2"},
		{"an empty cell takes back when replacing", []string{"user_id;plans;extras", "anna;basic;mobile"}, "replace", []string{"user_id;extras", "anna;"}, false,
			"1/0/0/0 2:changed-mobile mobile 1→0"},
		{"removing takes back what is listed", []string{"user_id;plans;extras", "anna;basic;mobile"}, "remove", []string{"user_id;plans", "anna;basic", "bo;basic"}, true,
			"1/0/1/1 2:changed-mobile-basic 3:error(person.unknown) user 1→0 mobile 1→0 basic 1→0"},
		{"removing needs to know what", nil, "remove", []string{"user_id", "anna"}, false, "roster.column"},
		{"people of a list are swapped although every seat is taken", []string{"user_id;plans;extras", "a;basic;mobile*2", "b;basic;", "c;basic;"}, "replace",
			[]string{"user_id;extras", "b;mobile*2", "a;"}, false, "2/0/0/0 2:changed+mobile 3:changed-mobile"},
		{"a shortage says how much, and who gets nothing", nil, "add", []string{"user_id;plans", "a;basic", "b;basic", "c;basic", "d;basic", "e;basic"}, true,
			"3/0/0/2 2:added+basic 3:added+basic 4:added+basic 5:error(seat.pool-full) 6:error(seat.pool-full) user 0→5!2 basic 0→5!2"},
		{"what is free after others is given in the end", []string{"user_id;plans", "a;basic", "b;basic", "c;basic"}, "replace", []string{"user_id;plans", "d;basic", "a;none"}, true,
			"2/0/0/0 2:added+basic 3:changed+none-basic none 0→1"},
		{"every row says what is wrong with it", nil, "add", []string{"user_id;login;valid_through;plans;kind", "a;maybe;;;", "b;yes;soon;;", "c;;;gold;", "d;;;;alien", ";;;;", "e;yes;2027-01-31;;", "E;yes;;;", "f;;;basic*x;", "g"}, true,
			"1/0/0/7 2:error(request.bad-value) 3:error(request.bad-value) 4:error(license.unknown-module) 5:error(license.bad-word) 7:added 8:error(bulk.twice) 9:error(request.bad-value) 10:error(bulk.cells)"},
		{"days and yes in the reader's language", nil, "add", []string{"Benutzer;Anmeldung;Gültig bis", "a;ja;31.01.2027"}, false, "1/0/0/0 2:added"},
		{"no such mode", nil, "merge", []string{"user_id", "a"}, false, "request.bad-value"},
		{"nobody", nil, "add", []string{"user_id"}, false, "request.bad-value"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
			if test.given != nil {
				_, err := in.ImportPeople(t.Context(), admin, installation.Import{File: list(test.given...)})
				must(t, err)
			}
			i := installation.Import{File: list(test.list...), Mode: test.mode, Partial: test.partial}
			tried, err := in.ImportPeople(t.Context(), dry(), i)
			if got := imported(tried, err); got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
			if err != nil {
				return
			}
			// What was shown is what happens, and then it is so already.
			i.PlanToken = tried.PlanToken
			b, err := in.ImportPeople(t.Context(), admin, i)
			if !test.partial && tried.Totals.Errors > 0 {
				refused(t, "a list with errors", err, "bulk.refused")
				return
			}
			must(t, err)
			if b.Job.State != "done" || b.Totals != tried.Totals {
				t.Errorf("the job is %+v, shown was %+v", b.Job, tried.Totals)
			}
			i.PlanToken = ""
			again, err := in.ImportPeople(t.Context(), dry(), i)
			must(t, err)
			if again.Totals.Changed != 0 && test.mode != "remove" && !strings.Contains(test.want, "pool-full") {
				t.Errorf("a second time it does %s", imported(again, nil))
			}
		})
	}
}

func TestAnImportIsUndoneAndLeavesAloneWhoWasChangedSince(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := branch(t, db)
		ctx := t.Context()
		before := list("user_id;first_name;group;login;plans;extras", "anna;Anna;A;yes;basic;mobile", "bo;Bo;;no;none;", "cy;Cy;;no;;")
		_, err := in.ImportPeople(ctx, admin, installation.Import{File: before})
		must(t, err)
		was := people(t, in)
		change := installation.Import{Mode: "replace", Partial: true, File: list("user_id;first_name;group;login;plans;extras", "anna;Änna;;no;none;", "bo;Bosse;B;yes;basic;", "cy;Cyril;C;yes;basic;mobile", "dag;Dag;;yes;none;", "eva;Eva;;maybe;;")}
		done, err := in.ImportPeople(ctx, admin, change)
		must(t, err)
		if got := done.Job; got.State != "done" || got.Totals.Changed != 4 || got.Totals.Errors != 1 || got.Undo.IsZero() {
			t.Fatalf("the job is %+v", got)
		}
		errs, err := in.JobErrors(ctx, admin, done.Job.ID)
		must(t, err)
		if s, err := roster.Read(errs, roster.Reading{}); err != nil || len(s.Rows) != 1 || s.Rows[0].Cells["user_id"] != "eva" || s.Rows[0].Cells["reason"] == "" {
			t.Errorf("the rows with errors are %v, %v", s, err)
		}
		_, err = in.RemoveExtra(ctx, admin, "cy", "mobile")
		must(t, err)
		undone, err := in.UndoJob(ctx, dry(), done.Job.ID, "")
		must(t, err)
		want := "3/0/0/1 2:changed+basic+mobile-none 3:changed+none-basic 4:error(bulk.row-changed) 5:changed-none mobile 0→1 none 2→1"
		if got := imported(undone, nil); got != want {
			t.Errorf("undoing would do\n%s, want\n%s", got, want)
		}
		undone, err = in.UndoJob(ctx, admin, done.Job.ID, undone.PlanToken)
		must(t, err)
		if undone.Job.Totals.Changed != 3 || undone.Job.Totals.Errors != 1 {
			t.Errorf("undoing did %+v", undone.Job)
		}
		now := people(t, in)
		for _, id := range []string{"anna", "bo"} {
			if now[id] != was[id] {
				t.Errorf("%s is\n%s, was\n%s", id, now[id], was[id])
			}
		}
		if now["dag"] != "" || !strings.Contains(now["cy"], "Cyril") {
			t.Errorf("dag is %q, cy %q", now["dag"], now["cy"])
		}
		_, err = in.UndoJob(ctx, admin, done.Job.ID, "")
		refused(t, "undoing twice", err, "job.state")
		f.Set(f.Clock().Add(25 * time.Hour))
		_, err = in.UndoJob(ctx, admin, undone.Job.ID, "")
		refused(t, "undoing after a day", err, "job.state")
	})
}

// people are all people as a list would have them, by user id.
func people(t *testing.T, in *installation.Installation) map[string]string {
	t.Helper()
	file, err := in.PeopleList(t.Context(), admin, installation.PeopleFilter{}, roster.Style{})
	must(t, err)
	all := map[string]string{}
	for line := range strings.Lines(string(file)) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), ",")
		all[id] = rest
	}
	return all
}

func TestAListComesBackAsItWentOut(t *testing.T) {
	t.Parallel()
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	for i, name := range []string{"=1+1", "'t Hart", "a;b,\"c\"", "-x", "Åsa", "''=x", "@"} {
		_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: fmt.Sprint("p", i), FirstName: name, Group: name, Login: i%2 == 0, ValidThrough: map[bool]string{true: "2027-01-31"}[i%2 == 0]})
		must(t, err)
	}
	_, err := in.SetPlan(t.Context(), admin, "p0", "basic", "")
	must(t, err)
	_, err = in.GiveExtra(t.Context(), admin, "p0", "mobile", 2, "")
	must(t, err)
	for _, style := range []roster.Style{{}, {Language: "sv", Excel: true}, {Language: "de"}} {
		file, err := in.PeopleList(t.Context(), admin, installation.PeopleFilter{}, style)
		must(t, err)
		b, err := in.ImportPeople(t.Context(), dry(), installation.Import{File: file, Mode: "replace"})
		must(t, err)
		if b.Totals.Already != 7 || b.Totals.Rows != 7 {
			t.Errorf("%+v: %s\n%s", style, imported(b, nil), file)
		}
	}
}

func TestAPreviewIsWhatHappensOrNothing(t *testing.T) {
	t.Parallel()
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	i := installation.Import{File: list("user_id;plans", "a;basic", "b;basic")}
	tried, err := in.ImportPeople(t.Context(), dry(), i)
	must(t, err)
	_, err = in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "b", Plan: "none"})
	must(t, err)
	i.PlanToken = tried.PlanToken
	_, err = in.ImportPeople(t.Context(), admin, i)
	refused(t, "what has changed since", err, "bulk.changed")
	i.PlanToken = "x"
	_, err = in.ImportPeople(t.Context(), admin, i)
	refused(t, "another token", err, "bulk.changed")
	if _, err := in.Person(t.Context(), admin, "a"); code(err) != "person.unknown" {
		t.Errorf("something was done: %v", err)
	}
	full := installation.Import{File: list("user_id;plans", "c;basic", "d;basic", "e;basic", "f;basic")}
	_, err = in.ImportPeople(t.Context(), admin, full)
	refused(t, "more than there is", err, "bulk.short")
}

func TestManyPeopleAreChangedAtATime(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, in := branch(t, db)
		ctx := t.Context()
		_, err := in.ImportPeople(ctx, admin, installation.Import{File: list("user_id;group;login;plans", "a;S;yes;basic", "b;S;yes;basic", "c;T;yes;none", "d;T;no;")})
		must(t, err)
		for _, test := range []struct {
			name   string
			change api.BulkChange
			filter *installation.PeopleFilter
			want   string
		}{
			{"give beside what is held", api.BulkChange{People: []string{"a", "b"}, Act: "give", Names: []string{"mobile"}}, nil, "2/0/0/0 1:changed+mobile 2:changed+mobile mobile 0→2"},
			{"switch everybody of a group", api.BulkChange{Act: "switch", Names: []string{"none"}}, &installation.PeopleFilter{Group: "S"}, "2/0/2/0 1:changed+none-mobile-basic 2:changed+none-mobile-basic user 2→0 mobile 2→0 basic 2→0 none 1→3"},
			{"end logins", api.BulkChange{People: []string{"A", "#4", "a"}, Act: "end-login"}, nil, "1/1/0/0 1:changed 2:already"},
			{"take plans back", api.BulkChange{People: []string{"a", "d"}, Act: "remove", Names: []string{"none"}}, nil, "1/1/0/0 1:changed-none 2:already none 3→2"},
			{"make them former employees", api.BulkChange{People: []string{"b", "c"}, Act: "retire"}, nil, "2/0/0/0 1:changed-none 2:changed-none none 2→0"},
			{"nothing to give", api.BulkChange{People: []string{"a"}, Act: "give"}, nil, "request.bad-value"},
			{"no such act", api.BulkChange{People: []string{"a"}, Act: "promote"}, nil, "request.bad-value"},
			{"nobody", api.BulkChange{Act: "retire"}, nil, "request.bad-value"},
			{"both people and a query", api.BulkChange{People: []string{"a"}, Act: "retire"}, &installation.PeopleFilter{}, "request.bad-value"},
		} {
			tried, err := in.ChangePeople(ctx, dry(), test.change, test.filter)
			if got := imported(tried, err); got != test.want {
				t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
			}
			if err == nil {
				done, err := in.ChangePeople(ctx, admin, test.change, test.filter)
				must(t, err)
				if test.change.Act == "retire" { // and bring them back
					_, err := in.UndoJob(ctx, admin, done.Job.ID, "")
					must(t, err)
				}
			}
		}
		for _, id := range []string{"b", "c"} {
			p, err := in.Person(ctx, admin, id)
			must(t, err)
			if p.Former || len(p.Plans) != 1 || !p.Login {
				t.Errorf("%s came back as %+v", id, p.Person)
			}
		}
	})
}

func TestAJobSurvivesARestartAndForgetsWhoIsErased(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := branch(t, db)
		ctx := t.Context()
		b, err := in.ImportPeople(ctx, admin, installation.Import{File: list("user_id;first_name;plans", "anna;Ännä;basic", "bo;Bo;gold"), Partial: true})
		must(t, err)
		f.Reopen(t)
		in = f.Installation("acme")
		job, err := in.Job(ctx, admin, b.Job.ID)
		must(t, err)
		rows, err := in.JobRows(ctx, admin, job.ID, "")
		must(t, err)
		if job.State != "done" || len(rows.Items) != 2 || rows.Items[0].Result != "added" || rows.Items[1].Problem == nil {
			t.Errorf("after a restart: %+v, %+v", job, rows.Items)
		}
		_, err = in.ErasePerson(ctx, admin, "anna")
		must(t, err)
		rows, err = in.JobRows(ctx, admin, job.ID, "")
		must(t, err)
		errs, err := in.JobErrors(ctx, admin, job.ID)
		must(t, err)
		if rows.Items[0].Person != "" || rows.Items[1].Person != "bo" || strings.Contains(string(errs), "nna") {
			t.Errorf("of somebody erased is left: %+v\n%s", rows.Items, errs)
		}
		_, err = in.Job(ctx, admin, "nosuch")
		refused(t, "a job there is not", err, "job.unknown")
		_, err = in.CancelJob(ctx, admin, job.ID)
		refused(t, "cancelling what is over", err, "job.state")
	})
}

func TestACancelledJobStopsBetweenRowsAndCanBeUndone(t *testing.T) {
	t.Parallel()
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	lines := []string{"user_id;plans"}
	for i := range 3000 {
		lines = append(lines, fmt.Sprintf("p%d;none", i))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancelled := make(chan api.Job, 1)
	go func() {
		for {
			jobs, err := in.Jobs(t.Context(), admin)
			if err != nil || len(jobs.Items) > 0 && jobs.Items[0].Done >= batch {
				job, err := in.CancelJob(t.Context(), admin, jobs.Items[0].ID)
				if err != nil {
					t.Error(err)
				}
				cancelled <- job
				cancel()
				return
			}
		}
	}()
	_, err := in.ImportPeople(ctx, admin, installation.Import{File: list(lines...), Partial: true})
	must(t, err)
	job := <-cancelled
	if job.State != "cancelled" || job.Totals.Changed == 0 || job.Totals.Left == 0 || job.Totals.Changed%batch != 0 || job.Totals.Changed+job.Totals.Left != 3000 {
		t.Errorf("the job is %+v", job)
	}
	all, err := in.People(t.Context(), admin, installation.PeopleFilter{})
	must(t, err)
	if all.Total != job.Totals.Changed {
		t.Errorf("%d people are there, the job says %d", all.Total, job.Totals.Changed)
	}
	undone, err := in.UndoJob(t.Context(), admin, job.ID, "")
	must(t, err)
	if undone.Job.State == "running" {
		return // it goes on by itself
	}
	if all, err = in.People(t.Context(), admin, installation.PeopleFilter{}); err != nil || all.Total != 0 {
		t.Errorf("%d people are left, %v", all.Total, err)
	}
}

// batch is how many rows a job applies between two looks whether to stop.
const batch = 50

// Whoever was renamed since an import is forgotten with the row all the same.
func TestWhoIsErasedIsForgottenUnderTheNameOfTheListToo(t *testing.T) {
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	b, err := in.ImportPeople(ctx, admin, installation.Import{File: list("user_id;first_name;plans", "anna;Ännä;basic", "bo;Bo;gold"), Partial: true})
	must(t, err)
	other := "a.ek"
	_, err = in.ChangePerson(ctx, admin, "anna", api.PersonPatch{UserID: &other})
	must(t, err)
	_, err = in.ErasePerson(ctx, admin, other)
	must(t, err)
	if kept := in.KeptOfJob(t.Context(), b.Job.ID); strings.Contains(kept, "nnä") || strings.Contains(kept, "anna") || !strings.Contains(kept, "Bo") {
		t.Errorf("of the job is kept:\n%s", kept)
	}
}
