package installation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

var other = installation.Act{By: audit.Actor{Kind: audit.Token, ID: "other"}}

// signsIn says what the check and the explained answer say of anna's sign-in.
func signsIn(t *testing.T, in *installation.Installation) string {
	t.Helper()
	q := api.Check{Person: "anna", Client: "superoffice.web"}
	a, err := in.Check(q)
	must(t, err)
	why, err := in.Why(t.Context(), admin, q)
	must(t, err)
	if a != why.Answer {
		t.Errorf("the check says %+v, why says %+v", a, why.Answer)
	}
	out := a.Effect + " " + a.Reason
	if !a.Until.IsZero() {
		out += " until " + a.Until.String()
	}
	if !a.Expected.IsZero() {
		out += " expected " + a.Expected.Format(time.RFC3339)
	}
	return out
}

func withAnna(t *testing.T, db *sqldb.DB) (*housetest.Fixture, *installation.Installation) {
	t.Helper()
	f := housetest.New(t, db, "acme")
	in := f.Installation("acme")
	enforce(t, f, in, issued(t, "designteamet/order-1.yaml")[0])
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "anna", Login: true, Plan: "sales-premium"})
	must(t, err)
	return f, in
}

func TestWhileNoLoginIsOnChecksOfSigningInDenyAtOnceAndSayUntilWhen(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := withAnna(t, db)
		in2 := func() *installation.Installation { return f.Installation("acme") }
		open := signsIn(t, in)
		if !strings.HasPrefix(open, "allow held") {
			t.Fatal(open)
		}
		started, err := in.StartEvent(t.Context(), admin, api.NewEvent{Type: "no-login", Expected: "2026-06-10T22:30:00Z",
			Texts: license.Texts{"sv": "Uppgradering"}})
		must(t, err)
		const shut = "deny no-login-event until 2026-06-11 expected 2026-06-10T22:30:00Z"
		if got := signsIn(t, in); got != shut {
			t.Errorf("while it is on: %s, want %s", got, shut)
		}
		if a, _ := in.Check(api.Check{Person: "anna", Module: "superoffice.sale-cal"}); a.Effect != api.Allow {
			t.Errorf("those inside lose what they may use: %+v", a)
		}
		// It is stored, and never ends by itself.
		f.Reopen(t)
		f.Set(housetest.Noon.AddDate(0, 0, 2))
		in = in2()
		in.Look()
		if got, want := signsIn(t, in), "deny no-login-event expected 2026-06-10T22:30:00Z"; got != want {
			t.Errorf("when it should be over: %s, want %s", got, want)
		}
		s, err := in.Status(t.Context(), admin)
		must(t, err)
		if len(s.Events) != 1 || s.Events[0].State != "overdue" || s.Events[0].Text != "Uppgradering" || s.Events[0].StartedBy == "" {
			t.Errorf("the status has %+v", s.Events)
		}
		ended, err := in.EndEvent(t.Context(), other, fmt.Sprint(started.Event.Number), api.EndEvent{Reason: "done"})
		must(t, err)
		if got := signsIn(t, in); got != open || ended.Event.State != "ended" || ended.Event.EndReason != "done" {
			t.Errorf("after it: %s, %+v", got, ended.Event)
		}
		again, err := in.EndEvent(t.Context(), other, fmt.Sprint(started.Event.Number), api.EndEvent{})
		must(t, err)
		if again.Changed {
			t.Error("an event ends twice")
		}
	})
}

func TestAnEventThatIsToComeTakesEffectByItself(t *testing.T) {
	f, in := withAnna(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	_, err := in.StartEvent(t.Context(), admin, api.NewEvent{Type: "no-login", From: "2026-06-10T12:00:30Z"})
	must(t, err)
	if got := signsIn(t, in); !strings.HasPrefix(got, "allow") {
		t.Errorf("before: %s", got)
	}
	if wait := in.UntilNextLook(); wait != 30*time.Second {
		t.Errorf("the next look is in %v", wait)
	}
	f.Set(housetest.Noon.Add(30 * time.Second))
	in.Look()
	if got := signsIn(t, in); got != "deny no-login-event" {
		t.Errorf("after: %s", got)
	}
}

func TestEventsThatMakeNoSenseAreRefused(t *testing.T) {
	_, in := withAnna(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	text := license.Texts{"en": "Hello"}
	for want, n := range map[string]api.NewEvent{
		"request.bad-value":      {Type: "message"},
		"request.bad-value ":     {Type: "message", Texts: license.Texts{"fi": "Hei"}},
		"request.bad-value  ":    {Type: "message", Texts: license.Texts{"en": strings.Repeat("x", 401)}},
		"request.bad-value   ":   {Type: "message", Texts: license.Texts{"en": "a\u202eb"}},
		"request.bad-value    ":  {Type: "message", Texts: text, Expected: "tomorrow"},
		"request.bad-value     ": {Type: "message", Texts: text, Expected: "0001-01-01T00:00:00Z"},
		"event.bad":              {Type: "notice", Texts: text},
		"event.bad ":             {Type: "no-login", Audience: []string{"administrators"}},
		"event.bad  ":            {Type: "message", Texts: text, Expected: "2026-06-10T11:00:00Z"},
		"license.bad-word":       {Type: "message", Texts: text, Audience: []string{"cats"}},
	} {
		if _, err := in.StartEvent(ctx, admin, n); code(err) != strings.TrimSpace(want) {
			t.Errorf("%+v: %v, want %s", n, err, want)
		}
	}
	for range 16 {
		_, err := in.StartEvent(ctx, admin, api.NewEvent{Type: "message", Texts: text})
		must(t, err)
	}
	if _, err := in.StartEvent(ctx, admin, api.NewEvent{Type: "message", Texts: text}); code(err) != "event.too-many" {
		t.Errorf("the seventeenth: %v", err)
	}
	if _, err := in.Event(ctx, admin, "99"); code(err) != "event.unknown" {
		t.Error(err)
	}
	first, next := "", "2026-06-10T13:00:00Z"
	if c, err := in.ChangeEvent(ctx, admin, "1", api.EventPatch{Expected: &next}); err != nil || c.Event.Expected.IsZero() {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := in.ChangeEvent(ctx, admin, "1", api.EventPatch{Expected: &first}); err != nil || !c.Event.Expected.IsZero() || !c.Changed {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := in.ChangeEvent(ctx, admin, "1", api.EventPatch{Expected: &first}); err != nil || c.Changed {
		t.Errorf("what is already so is changed: %v", err)
	}
	if _, err := in.ChangeEvent(ctx, admin, "1", api.EventPatch{From: &next}); code(err) != "request.bad-value" {
		t.Errorf("the beginning of what has begun: %v", err)
	}
	done := int64(3)
	if _, err := in.ChangeEvent(ctx, admin, "1", api.EventPatch{Done: &done}); code(err) != "request.bad-value" {
		t.Errorf("a message gets on: %v", err)
	}
	list, err := in.Events(ctx, admin, false, 10, "")
	must(t, err)
	if len(list.Items) != 10 || list.Total != 16 || list.Items[0].Number != 16 || list.Next == "" {
		t.Errorf("%d of %d, the first is %d", len(list.Items), list.Total, list.Items[0].Number)
	}
	rest, err := in.Events(ctx, admin, false, 10, list.Next)
	must(t, err)
	if len(rest.Items) != 6 || rest.Items[0].Number != 6 || rest.Next != "" {
		t.Errorf("the second page has %d", len(rest.Items))
	}
}

func TestAJobIsEndedByWhoeverStartedItAndByOthersOnlyInAnEmergency(t *testing.T) {
	_, in := withAnna(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	job, err := in.StartEvent(ctx, admin, api.NewEvent{Type: "job", Texts: license.Texts{"en": "Rebuilding the index"}})
	must(t, err)
	if job.Event.Locked == "" || job.Event.Ending != "guarded" {
		t.Errorf("%+v", job.Event)
	}
	id := fmt.Sprint(job.Event.Number)
	done, total := int64(3), int64(10)
	if c, err := in.ChangeEvent(ctx, admin, id, api.EventPatch{Done: &done, Total: &total}); err != nil || c.Event.Done != 3 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := in.EndEvent(ctx, other, id, api.EndEvent{}); code(err) != "event.guarded" {
		t.Errorf("somebody else ends it: %v", err)
	}
	_, err = in.EndEvent(ctx, other, id, api.EndEvent{Emergency: true, Reason: "it hangs"})
	must(t, err)
	entries, err := in.Audit(ctx, admin, installation.AuditFilter{Action: "event.end"})
	must(t, err)
	if len(entries.Items) != 1 || entries.Items[0].Facts["emergency"] != "true" {
		t.Errorf("recorded as %+v", entries.Items)
	}
}

func TestTheServerTellsOfItselfOnceAndTakesItBack(t *testing.T) {
	f, in := withAnna(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	ctx := t.Context()
	notice := installation.Notice{Code: installation.NoticeSetDoesNotFit, About: "superoffice-2", Why: "set.too-small", Count: 3}
	events := func() []api.Event {
		s, err := in.Status(ctx, installation.Act{Language: "sv"})
		must(t, err)
		return s.Events
	}
	in.Raise(ctx, notice)
	seq := events
	before, err := in.Status(ctx, admin)
	must(t, err)
	in.Raise(ctx, notice)
	after, err := in.Status(ctx, admin)
	must(t, err)
	if before.Seq != after.Seq || len(seq()) != 1 {
		t.Errorf("saying the same again is a change: %d, %d", before.Seq, after.Seq)
	}
	e := events()[0]
	if e.Type != "notice" || e.Code != notice.Code || e.Locked == "" || !strings.Contains(e.Text, "superoffice-2 kunde inte ta över när dagen kom: 3 av") || e.Audience[0] != "administrators" {
		t.Errorf("%+v", e)
	}
	if _, err := in.EndEvent(ctx, admin, fmt.Sprint(e.Number), api.EndEvent{Emergency: true}); code(err) != "event.locked" {
		t.Errorf("it is ended by hand: %v", err)
	}
	notice.Count = 2
	in.Raise(ctx, notice)
	if got := events(); len(got) != 1 || got[0].Facts["count"] != "2" || got[0].Number != e.Number {
		t.Errorf("%+v", got)
	}
	// Products hear of what people started, not of the server's own worries.
	if hello := in.Follow(-1).Hello; len(hello.Events) != 0 {
		t.Errorf("products hear of %+v", hello.Events)
	}
	in.Clear(ctx, notice.Code, "superoffice-3")
	in.Clear(ctx, notice.Code, notice.About)
	in.Clear(ctx, notice.Code, notice.About)
	if got := events(); len(got) != 0 {
		t.Errorf("it was taken back, and is %+v", got)
	}
	f.Reopen(t)
	in = f.Installation("acme")
	if v, err := in.VerifyAudit(ctx, admin, installation.AuditSpan{}); err != nil || v.Broken != nil {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestANoticeThatCannotBeStoredIsShownAllTheSame(t *testing.T) {
	_, in := withAnna(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	in.Raise(gone, installation.Notice{Code: installation.NoticeDamage, Count: 1})
	s, err := in.Status(t.Context(), admin)
	must(t, err)
	if len(s.Events) != 1 || s.Events[0].Code != "damage" || s.Events[0].Number != 0 {
		t.Errorf("%+v", s.Events)
	}
	in.Raise(t.Context(), installation.Notice{Code: installation.NoticeDamage, Count: 1})
	if s, _ = in.Status(t.Context(), admin); len(s.Events) != 1 || s.Events[0].Number == 0 {
		t.Errorf("once it could be stored: %+v", s.Events)
	}
}

func TestEveryNoticeHasASentenceInSixLanguages(t *testing.T) {
	t.Parallel()
	for _, code := range installation.NoticeCodes() {
		for _, lang := range i18n.Languages {
			if text := i18n.Source(lang, "note.event."+code); text.Detail == "" {
				t.Errorf("%s in %s says nothing", code, lang)
			}
			for _, field := range i18n.Fields(lang, "note.event."+code) {
				if !strings.Contains("About Why Count Since", field) {
					t.Errorf("%s in %s names .%s", code, lang, field)
				}
			}
		}
	}
}
