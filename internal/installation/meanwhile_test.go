package installation_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// An editable is something that people change, by one of its fields.
type editable struct {
	field string // as the API calls it
	first string // what whoever changes it saw
	mine  string
	yours string // what a colleague made of it meanwhile
	set   func(ctx context.Context, act installation.Act, to string) error
	get   func(ctx context.Context) string
}

func TestNobodysNewerChangeIsWrittenOver(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, in := branch(t, db)
		ctx := t.Context()
		for name, e := range editables(t, in) {
			t.Run(name, func(t *testing.T) {
				saw := admin
				saw.Was = map[string]string{e.field: e.first}
				begin := func() { must(t, e.set(ctx, admin, e.first)) }

				begin()
				must(t, e.set(ctx, admin, e.yours))
				refused(t, "both wrote", e.set(ctx, saw, e.mine), "change.meanwhile")
				if got := e.get(ctx); got != e.yours {
					t.Errorf("refused, and it says %q", got)
				}
				must(t, e.set(ctx, saw, e.first))
				if got := e.get(ctx); got != e.yours {
					t.Errorf("left alone, and it went back to %q", got)
				}
				must(t, e.set(ctx, saw, e.yours))
				saw.Was[e.field] = e.yours
				must(t, e.set(ctx, saw, e.mine))
				if got := e.get(ctx); got != e.mine {
					t.Errorf("made from what it is, and it says %q", got)
				}

				begin()
				must(t, e.set(ctx, admin, e.yours))
				must(t, e.set(ctx, admin, e.mine))
				if got := e.get(ctx); got != e.mine {
					t.Errorf("without anything seen it says %q", got)
				}
				saw.Was = map[string]string{"colour": "red"}
				refused(t, "a field there is not", e.set(ctx, saw, e.yours), "request.bad-value")
			})
		}
	})
}

func editables(t *testing.T, in *installation.Installation) map[string]editable {
	t.Helper()
	ctx := t.Context()
	_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "anna", Login: true})
	must(t, err)
	_, err = in.AddDatabase(ctx, admin, "Oslo")
	must(t, err)
	on, why := true, "one"
	_, err = in.PutActivity(ctx, admin, api.ActivityPatch{Collected: &on, Ground: &why})
	must(t, err)
	_, err = in.StartEvent(ctx, admin, api.NewEvent{Type: "message", Expected: "2027-01-01T12:00:00Z", Texts: license.Texts{"en": "Cake", "sv": "Tårta"}})
	must(t, err)
	for _, code := range []string{"a", "b", "c"} {
		must(t, putProfile(t, in, code, code, nil))
	}
	event := func(ctx context.Context) api.Event {
		e, err := in.Event(ctx, admin, "1")
		must(t, err)
		return e
	}
	person := func(ctx context.Context) api.Person {
		p, err := in.Person(ctx, admin, "anna")
		must(t, err)
		return p.Person
	}
	all := map[string]editable{
		"the language of pages": {field: "language", first: "en", mine: "sv", yours: "da", set: func(ctx context.Context, act installation.Act, to string) error {
			_, err := in.PutDefaults(ctx, act, api.DefaultsPatch{Language: &to})
			return err
		}, get: func(ctx context.Context) string { d, _ := in.Defaults(ctx, admin); return d.Language }},
		"why it is collected when people were active": {field: "ground", first: "one", mine: "two", yours: "three", set: func(ctx context.Context, act installation.Act, to string) error {
			_, err := in.PutActivity(ctx, act, api.ActivityPatch{Ground: &to})
			return err
		}, get: func(ctx context.Context) string { a, _ := in.Activity(ctx, admin); return a.Ground }},
		"the name of a database": {field: "name", first: "Oslo", mine: "Bergen", yours: "Lund", set: func(ctx context.Context, act installation.Act, to string) error {
			_, err := in.RenameDatabase(ctx, act, "1", to)
			return err
		}, get: func(ctx context.Context) string { d, _ := in.Database(ctx, admin, "1"); return d.Name }},
		"a profile": {field: "profile", first: "a", mine: "b", yours: "c", set: func(ctx context.Context, act installation.Act, to string) error {
			_, err := in.SetProfile(ctx, act, "anna", to)
			return err
		}, get: func(ctx context.Context) string { return person(ctx).Profile }},
		"the last day of a login": {field: "valid_through", first: "", mine: "2027-03-01", yours: "2027-02-01", set: func(ctx context.Context, act installation.Act, to string) error {
			_, err := in.GiveLogin(ctx, act, "anna", to)
			return err
		}, get: func(ctx context.Context) string { return person(ctx).ValidThrough.String() }},
		"whom an event concerns": {field: "audience", first: "internal", mine: "external", yours: "administrators", set: func(ctx context.Context, act installation.Act, to string) error {
			_, err := in.ChangeEvent(ctx, act, "1", api.EventPatch{Audience: &[]string{to}})
			return err
		}, get: func(ctx context.Context) string { return event(ctx).Audience[0] }},
		"when an event should be over": {field: "expected", first: "2027-01-01T12:00:00Z", mine: "2027-01-02T12:00:00Z", yours: "2027-01-03T12:00:00Z",
			set: func(ctx context.Context, act installation.Act, to string) error {
				_, err := in.ChangeEvent(ctx, act, "1", api.EventPatch{Expected: &to})
				return err
			}, get: func(ctx context.Context) string { return event(ctx).Expected.UTC().Format("2006-01-02T15:04:05Z") }},
		"one language of an event": {field: "texts.sv", first: "Tårta", mine: "Kaka", yours: "Bulle", set: func(ctx context.Context, act installation.Act, to string) error {
			_, err := in.ChangeEvent(ctx, act, "1", api.EventPatch{Texts: &license.Texts{"en": "Cake", "sv": to}})
			return err
		}, get: func(ctx context.Context) string { return event(ctx).Texts["sv"] }},
	}
	all["the name of a provider"] = editable{field: "name", first: "Work", mine: "Office", yours: "Home", set: func(ctx context.Context, act installation.Act, to string) error {
		_, err := in.PutProvider(ctx, act, "work", api.ProviderBody{Name: to, Issuer: "https://id.example.com", ClientID: "pott"})
		return err
	}, get: func(ctx context.Context) string { list, _ := in.Providers(ctx, admin); return list.Items[0].Name }}
	all["the address that is asked"] = editable{field: "url", first: "https://a.example.com/", mine: "https://b.example.com/", yours: "https://c.example.com/",
		set: func(ctx context.Context, act installation.Act, to string) error {
			_, err := in.SetBlockersHook(ctx, act, api.BlockersHook{URL: to})
			return err
		}, get: func(ctx context.Context) string { h, _ := in.BlockersHook(ctx, admin); return h.URL }}
	all["how long to wait for it"] = editable{field: "timeout_ms", first: "1000", mine: "2000", yours: "3000", set: func(ctx context.Context, act installation.Act, to string) error {
		ms := map[string]int64{"1000": 1000, "2000": 2000, "3000": 3000}[to]
		_, err := in.SetBlockersHook(ctx, act, api.BlockersHook{URL: "https://a.example.com/", Timeout: ms})
		return err
	}, get: func(ctx context.Context) string { h, _ := in.BlockersHook(ctx, admin); return number(h.Timeout) }}
	all["the name of a profile"] = editable{field: "name", first: "Field work", mine: "Outdoors", yours: "Travel", set: func(ctx context.Context, act installation.Act, to string) error {
		_, err := in.PutProfile(ctx, act, "named", api.ProfileBody{Name: to, Modules: []string{}})
		return err
	}, get: func(ctx context.Context) string { p, _ := in.Profile(ctx, admin, "named"); return p.Name }}
	all["what a profile has"] = editable{field: "modules", first: "superoffice.user", mine: "superoffice.mobile,superoffice.user", yours: "superoffice.mobile",
		set: func(ctx context.Context, act installation.Act, to string) error {
			_, err := in.PutProfile(ctx, act, "full", api.ProfileBody{Name: "Full", Modules: strings.Split(to, ",")})
			return err
		}, get: func(ctx context.Context) string {
			p, err := in.Profile(ctx, admin, "full")
			must(t, err)
			var names []string
			for _, n := range p.Modules {
				names = append(names, n.String())
			}
			return strings.Join(names, ",")
		}}
	return all
}

// However the modules are spelled that somebody saw, they are the same.
func TestAProfileIsComparedByWhatItHasAndNotByHowThatIsWritten(t *testing.T) {
	t.Parallel()
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	must(t, putProfile(t, in, "team", "Team", []license.Module{"superoffice.user", "superoffice.mobile"}))
	saw := admin
	saw.Was = map[string]string{"name": "Team", "modules": " USER , superoffice.mobile,user"}
	_, err := in.PutProfile(t.Context(), saw, "team", api.ProfileBody{Name: "Team", Modules: []string{"mobile"}})
	must(t, err)
	_, err = in.PutProfile(t.Context(), saw, "team", api.ProfileBody{Name: "Team", Modules: []string{}})
	refused(t, "it has other modules by now", err, "change.meanwhile")
	saw.Was = map[string]string{"name": "", "modules": ""}
	_, err = in.PutProfile(t.Context(), saw, "team", api.ProfileBody{Name: "Another", Modules: []string{"user"}})
	refused(t, "there was none when it was made up", err, "change.meanwhile")
	_, err = in.PutProfile(t.Context(), saw, "new", api.ProfileBody{Name: "New", Modules: []string{"user"}})
	must(t, err)
}

// A profile that was deleted is not made again, and least of all an empty one without a
// name, by whoever saw it when there was one.
func TestAProfileThatWasDeletedMeanwhileIsNotMadeAgainByAnOlderForm(t *testing.T) {
	t.Parallel()
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	for name, row := range map[string]struct {
		was  map[string]string
		body api.ProfileBody
		want []string
	}{
		"all is as it was seen": {map[string]string{"name": "Team", "modules": "superoffice.user"}, api.ProfileBody{Name: "Team", Modules: []string{"user"}}, []string{"name", "modules"}},
		"another name":          {map[string]string{"name": "Team", "modules": "superoffice.user"}, api.ProfileBody{Name: "Crew", Modules: []string{"user"}}, []string{"name", "modules"}},
		"the name alone":        {map[string]string{"name": "Team"}, api.ProfileBody{Name: "Team", Modules: []string{"user"}}, []string{"name"}},
		"it had nothing":        {map[string]string{"name": "Team", "modules": ""}, api.ProfileBody{Name: "Team", Modules: []string{}}, []string{"name"}},
		"the licenses alone":    {map[string]string{"modules": "user"}, api.ProfileBody{Name: "Team", Modules: []string{"user"}}, []string{"modules"}},
	} {
		t.Run(name, func(t *testing.T) {
			must(t, putProfile(t, in, "team", "Team", []license.Module{"superoffice.user"}))
			_, err := in.DeleteProfile(ctx, admin, "team")
			must(t, err)
			saw := admin
			saw.Was = row.was
			_, err = in.PutProfile(ctx, saw, "team", row.body)
			var changed *installation.ChangedMeanwhileError
			if !errors.As(err, &changed) || changed.About != "team" || !slices.Equal(changed.Fields, row.want) {
				t.Errorf("%v, want that of %v", err, row.want)
			}
			_, err = in.Profile(ctx, admin, "team")
			refused(t, "it is there again", err, "profile.unknown")
		})
	}
}

func TestALoginThatWasEndedMeanwhileIsNotGivenAgainByAnOlderForm(t *testing.T) {
	t.Parallel()
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "anna", Login: true, ValidThrough: "2027-01-01"})
	must(t, err)
	_, err = in.EndLogin(ctx, admin, "anna")
	must(t, err)
	saw := admin
	saw.Was = map[string]string{"valid_through": "2027-01-01"}
	_, err = in.GiveLogin(ctx, saw, "anna", "2027-06-01")
	refused(t, "a later day", err, "change.meanwhile")
	if done, err := in.GiveLogin(ctx, saw, "anna", "2027-01-01"); err != nil || done.Changed || done.Person.Login {
		t.Errorf("the day as it was seen: %+v, %v", done, err)
	}
	saw.Was["valid_through"] = "none"
	if done, err := in.GiveLogin(ctx, saw, "anna", "2027-06-01"); err != nil || !done.Person.Login {
		t.Errorf("made from what it is: %+v, %v", done, err)
	}
	_, err = in.EndLogin(ctx, saw, "anna")
	must(t, err)
	if p, err := in.Person(ctx, admin, "anna"); err != nil || !p.Login {
		t.Errorf("whoever saw no login has ended the one there is: %v", err)
	}
}

func TestAProviderIsAddedOnceAndNotMadeAgainByAnOlderForm(t *testing.T) {
	t.Parallel()
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	body := api.ProviderBody{Name: "Work", Issuer: "https://id.example.com", ClientID: "pott", New: true}
	_, err := in.PutProvider(ctx, admin, "work", body)
	must(t, err)
	body.Name = "Other"
	_, err = in.PutProvider(ctx, admin, "work", body)
	refused(t, "a code that is taken", err, "provider.taken")
	_, err = in.RemoveProvider(ctx, admin, "work")
	must(t, err)
	saw := admin
	saw.Was, body.New = map[string]string{"name": "Work"}, false
	_, err = in.PutProvider(ctx, saw, "work", body)
	refused(t, "one that was removed meanwhile", err, "provider.unknown")
}
