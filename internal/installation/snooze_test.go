package installation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

func TestWhatSomebodyHidesIsHiddenForThatPersonEverywhereForAWhile(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := signInHouse(t, db)
		ctx := t.Context()
		björn, anna := signIn(t, in, "björn").Session, signIn(t, in, "anna").Session
		_, err := in.StartEvent(ctx, admin, api.NewEvent{Type: "message", Texts: license.Texts{"en": "Cake"}})
		must(t, err)
		ask := installation.BannerAsk{Kind: license.Internal}
		troubles, err := in.Troubles(ask)
		must(t, err)
		item := ""
		for _, x := range troubles {
			if x.Kind == seat.TroubleMessage {
				item = x.Item()
			}
		}
		must(t, in.Snooze(ctx, björn, ask, "expires:nobody"))
		if got := in.Snoozed(björn, f.Clock()); len(got) != 0 {
			t.Errorf("what nobody tells of is hidden: %v", got)
		}
		must(t, in.Snooze(ctx, björn, ask, item))
		must(t, in.Snooze(ctx, björn, ask, item))
		f.Reopen(t)
		in = f.Installation("acme")
		if got := in.Snoozed(björn, f.Clock()); !got[item].Equal(f.Clock().AddDate(0, 0, 1)) {
			t.Errorf("hidden by Björn, in another browser after a restart: %v", got)
		}
		if got := in.Snoozed(anna, f.Clock()); len(got) != 0 {
			t.Errorf("Anna hides it too: %v", got)
		}
		if got := in.Snoozed(björn, f.Clock().AddDate(0, 0, 1)); len(got) != 0 {
			t.Errorf("a day later: %v", got)
		}
		trail, err := in.Audit(ctx, admin, installation.AuditFilter{Action: "banner.", Limit: 10})
		if err != nil || len(trail.Items) != 1 || trail.Items[0].Facts["item"] != item {
			t.Errorf("on record: %+v, %v", trail.Items, err)
		}
		if err := in.Fold(ctx, björn, ask, item); err != nil || len(in.Snoozed(björn, f.Clock())) != 1 {
			t.Errorf("what can be hidden is folded: %v", err)
		}
		f.Set(f.Clock().AddDate(0, 0, 2))
		must(t, in.Snooze(ctx, björn, ask, item))
		if got := in.Snoozed(björn, f.Clock()); len(got) != 1 {
			t.Errorf("what was over is kept: %v", got)
		}
		_, err = in.ErasePerson(ctx, admin, "björn")
		must(t, err)
		if got := in.Snoozed(björn, f.Clock()); len(got) != 0 {
			t.Errorf("it outlives Björn: %v", got)
		}
	})
}

func TestWhatWasTypedTooLateWaitsForItsSenderOnly(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := signInHouse(t, db)
		ctx := t.Context()
		anna, björn := signIn(t, in, "anna").Session.Person, signIn(t, in, "björn").Session.Person
		form := installation.WaitingForm{Path: "/settings/roles", Form: map[string][]string{"person": {"bo"}}}
		id, err := in.KeepForm(ctx, anna, form)
		must(t, err)
		f.Reopen(t)
		in = f.Installation("acme")
		if got, ok := in.Form(ctx, anna, id); !ok || got.Path != form.Path || got.Form.Get("person") != "bo" {
			t.Fatalf("after a restart: %+v, %v", got, ok)
		}
		for what, who := range map[string][2]string{"somebody else": {björn, id}, "nobody": {"", id}, "another form": {anna, "x"}, "all forms": {anna, ""}} {
			if _, ok := in.Form(ctx, who[0], who[1]); ok {
				t.Errorf("%s finds it", what)
			}
		}
		must(t, in.DropForm(ctx, björn, id))
		if _, ok := in.Form(ctx, anna, id); !ok {
			t.Error("somebody else forgot it")
		}
		must(t, in.DropForm(ctx, anna, id))
		if _, ok := in.Form(ctx, anna, id); ok {
			t.Error("it is there after it was sent")
		}
		ids := []string{}
		for i := range 12 {
			f.Set(f.Clock().Add(time.Second))
			form.Path = fmt.Sprint("/", i)
			id, err := in.KeepForm(ctx, anna, form)
			must(t, err)
			ids = append(ids, id)
		}
		for i, id := range ids {
			if _, ok := in.Form(ctx, anna, id); ok != (i >= 2) {
				t.Errorf("form %d of twelve: %v", i, ok)
			}
		}
		f.Set(f.Clock().Add(24 * time.Hour))
		if _, ok := in.Form(ctx, anna, ids[11]); ok {
			t.Error("a day later it is still there")
		}
		if strings.Contains(fmt.Sprint(ids), "/") {
			t.Errorf("%v", ids)
		}
	})
}

// What cannot be hidden can be folded to one line, and opened again.
func TestWhatCannotBeHiddenIsFoldedAndOpened(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := signInHouse(t, db)
		ctx := t.Context()
		enforce(t, f, in, smallSet("SUPEROFFICE", 1))
		björn := signIn(t, in, "björn").Session
		f.Set(time.Date(2027, 6, 14, 12, 0, 0, 0, time.UTC)) // four days after it ended
		f.Reopen(t)
		in = f.Installation("acme")
		ask, item := installation.BannerAsk{Kind: license.Internal}, ""
		troubles, err := in.Troubles(ask)
		must(t, err)
		for _, x := range troubles {
			if x.Folds() {
				item = x.Item()
			}
		}
		if item == "" {
			t.Fatalf("nothing folds among %+v", troubles)
		}
		must(t, in.Snooze(ctx, björn, ask, item))
		if got := in.Snoozed(björn, f.Clock()); len(got) != 0 {
			t.Errorf("what cannot be hidden is hidden: %v", got)
		}
		must(t, in.Fold(ctx, björn, ask, item))
		if got := in.Snoozed(björn, f.Clock()); !got[installation.FoldOf(item)].Equal(f.Clock().AddDate(0, 0, seat.FoldDays)) || len(got) != 1 {
			t.Errorf("folded: %v", got)
		}
		must(t, in.Fold(ctx, björn, ask, item))
		if got := in.Snoozed(björn, f.Clock()); len(got) != 0 {
			t.Errorf("opened again: %v", got)
		}
		recovered, err := in.SignInRecovered(housetest.Recovery, f.Clock())
		must(t, err)
		refused(t, "somebody who is nobody folds it", in.Fold(ctx, recovered.Session, ask, item), "person.unknown")
	})
}

// Nobody fills the database by hiding.
func TestNobodyHidesMoreThanTwentyThingsAtATime(t *testing.T) {
	t.Parallel()
	f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	björn := signIn(t, in, "björn").Session
	ask := installation.BannerAsk{Kind: license.Internal}
	for range 2 { // no more than 16 are open at a time
		for range 11 {
			_, err := in.StartEvent(ctx, admin, api.NewEvent{Type: "message", Texts: license.Texts{"en": "Cake"}})
			must(t, err)
		}
		troubles, err := in.Troubles(ask)
		must(t, err)
		for _, x := range troubles {
			if x.Event > 0 {
				must(t, in.Snooze(ctx, björn, ask, x.Item()))
				_, err := in.EndEvent(ctx, admin, fmt.Sprint(x.Event), api.EndEvent{})
				must(t, err)
			}
		}
	}
	if got := in.Snoozed(björn, f.Clock()); len(got) != 20 {
		t.Errorf("%d are hidden", len(got))
	}
	_, err := in.StartEvent(ctx, admin, api.NewEvent{Type: "message", Texts: license.Texts{"en": "Cake"}})
	must(t, err)
	troubles, err := in.Troubles(ask)
	must(t, err)
	last := troubles[slices.IndexFunc(troubles, func(x seat.Trouble) bool { return x.Event > 0 })].Item()
	f.Set(f.Clock().AddDate(0, 0, 1)) // all of it is over, and there is room again
	must(t, in.Snooze(ctx, björn, ask, last))
	if got := in.Snoozed(björn, f.Clock()); len(got) != 1 {
		t.Errorf("a day later %d are hidden", len(got))
	}
}
