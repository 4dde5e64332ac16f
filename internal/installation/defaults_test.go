package installation_test

import (
	"strconv"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

func TestDefaultsHoldForThoseWhoHaveChosenNothing(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := branch(t, db)
		ctx := t.Context()
		sv, dark, pink, la := "sv", "dark", "pink", "la"
		if d, err := in.Defaults(ctx, admin); err != nil || d != (api.Defaults{Language: "en", Theme: "system"}) {
			t.Fatalf("to begin with: %+v, %v", d, err)
		}
		for _, bad := range []api.DefaultsPatch{{Language: &la}, {Theme: &pink}, {Language: &sv, Theme: new(string)}} {
			_, err := in.PutDefaults(ctx, admin, bad)
			refused(t, "a language or looks there is not", err, "request.bad-value")
		}
		if done, err := in.PutDefaults(ctx, dry(), api.DefaultsPatch{Theme: &dark}); err != nil || !done.Changed || in.About().Theme != "system" {
			t.Errorf("a dry run: %+v, %v", done, err)
		}
		done, err := in.PutDefaults(ctx, admin, api.DefaultsPatch{Language: &sv})
		must(t, err)
		if done.Defaults != (api.Defaults{Language: "sv", Theme: "system"}) || done.Was.Language != "en" {
			t.Errorf("the language: %+v", done)
		}
		_, err = in.PutDefaults(ctx, admin, api.DefaultsPatch{Theme: &dark})
		must(t, err)
		if again, err := in.PutDefaults(ctx, admin, api.DefaultsPatch{Language: &sv, Theme: &dark}); err != nil || again.Changed {
			t.Errorf("the same again: %+v, %v", again, err)
		}
		f.Reopen(t)
		in = f.Installation("acme")
		if a := in.About(); a.Language != "sv" || a.Theme != "dark" {
			t.Errorf("after a restart: %+v", a)
		}
		if a := f.Installation("birka"); a != nil && a.About().Theme != "system" {
			t.Errorf("the other installation looks %s", a.About().Theme)
		}
		trail, err := in.Audit(ctx, admin, installation.AuditFilter{Action: "defaults.set", Limit: 10})
		if err != nil || len(trail.Items) != 2 || trail.Items[0].Facts["theme"] != "system -> dark" {
			t.Errorf("on record: %+v, %v", trail.Items, err)
		}
	})
}

func TestSavedViewsAreWhoseTheyAreAndNobodyElsesToRemove(t *testing.T) {
	t.Parallel()
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	as := func(id string, lacks ...string) installation.Act {
		act := admin
		act.By.Kind, act.By.ID, act.Lacks = "token", id, lacks
		return act
	}
	reader, giver, other := as("r", api.ScopeAssign, api.ScopeAdmin), as("g", api.ScopeAdmin), as("o")
	view := func(name, query string, shared bool) api.NewView {
		return api.NewView{Page: "users", Name: name, Query: query, Shared: shared}
	}
	for name, bad := range map[string]api.NewView{"no page": {Name: "x"}, "no name": view("", "", false), "no query": view("x", "%zz", false)} {
		_, err := in.SaveView(ctx, reader, bad)
		refused(t, name, err, "request.bad-value")
	}
	_, err := in.SaveView(ctx, reader, view("mine", "group=S", true))
	refused(t, "sharing by somebody who only reads", err, "view.not-shared")
	mine, err := in.SaveView(ctx, reader, view("mine", "group=S", false))
	must(t, err)
	if again, err := in.SaveView(ctx, reader, view("mine", "group=S", false)); err != nil || again.Changed || again.View.ID != mine.View.ID {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	if next, err := in.SaveView(ctx, reader, view("mine", "group=T", false)); err != nil || next.View.ID != mine.View.ID {
		t.Errorf("another of the same name: %+v, %v", next, err)
	}
	ours, err := in.SaveView(ctx, giver, view("ours", "", true))
	must(t, err)
	sees := func(act installation.Act) (names string) {
		list, err := in.SavedViews(ctx, act, "users")
		must(t, err)
		for _, v := range list.Items {
			names += v.Name + " "
		}
		return names
	}
	if sees(reader) != "mine ours " || sees(other) != "ours " {
		t.Errorf("the reader sees %s, another %s", sees(reader), sees(other))
	}
	_, err = in.DropView(ctx, other, mine.View.ID)
	refused(t, "removing what one cannot see", err, "view.unknown")
	_, err = in.DropView(ctx, reader, ours.View.ID)
	refused(t, "removing what somebody else shares", err, "view.others")
	if _, err = in.DropView(ctx, dryAs(other), ours.View.ID); err != nil || sees(giver) != "ours " {
		t.Errorf("a dry run: %v, %s", err, sees(giver))
	}
	_, err = in.DropView(ctx, other, ours.View.ID) // an administrator
	must(t, err)
	if sees(reader) != "mine " {
		t.Errorf("after removing the reader sees %s", sees(reader))
	}
}

func dryAs(act installation.Act) installation.Act {
	act.DryRun = true
	return act
}
