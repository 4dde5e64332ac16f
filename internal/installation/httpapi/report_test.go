package httpapi_test

import (
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/paper/papertest"
)

func TestPapersAreInTheLanguageAskedForAndSayWhatTheDocumentSays(t *testing.T) {
	w := newWorld(t)
	report := into[api.Report](w, ask{method: "GET", path: "/v1/report"})
	record := into[api.ActivationRecord](w, ask{method: "GET", path: "/v1/activations/1"})
	for lang, title := range map[string]string{"en": "License report", "sv": "Licensrapport", "nl": "Licentierapport"} {
		got := w.do(ask{method: "GET", path: "/v1/report/pdf", language: lang, token: api.ScopeRead})
		p := papertest.Read(t, got.body)
		if got.header.Get("Content-Language") != lang || p.Lang != lang || p.Info["Title"] != title || !p.Says(title) {
			t.Errorf("%s: %v, %v", lang, got.header, p.Info)
		}
		for _, l := range report.Licenses {
			if !p.Says(l.Name.String()) {
				t.Errorf("%s: %s is not on paper", lang, l.Name)
			}
		}
		for _, want := range []string{report.Head.Head, report.Sets[0].Checkpoint, report.Keys[0].Key, report.Status.Installation.Roots[0], "Acme AB", "1600070120"} {
			if !p.Says(want) {
				t.Errorf("%s: %q is not on paper", lang, want)
			}
		}
		if again := w.do(ask{method: "GET", path: "/v1/report/pdf", language: lang, token: api.ScopeRead}); string(again.body) != string(got.body) {
			t.Errorf("%s: the same values are other bytes", lang)
		}
		p = papertest.Read(t, w.do(ask{method: "GET", path: "/v1/activations/1/pdf", language: lang}).body)
		for _, want := range []string{record.Set.Checkpoint, record.Key.Key, record.Entry.Hash, "superoffice.sale-cal"} {
			if !p.Says(want) {
				t.Errorf("%s: %q is not on the record", lang, want)
			}
		}
	}
	if report.Over != 0 || report.Status.Seq != report.Head.Seq || report.People.All != 3 || len(report.Licenses) == 0 || len(report.Databases) != 1 {
		t.Errorf("the report is %+v", report)
	}
	for _, path := range []string{"/v1/report", "/v1/report/pdf", "/v1/activations/1", "/v1/activations/1/pdf"} {
		if r := w.do(ask{method: "GET", path: path, token: api.ScopeCheck}); r.status != 403 {
			t.Errorf("%s with another scope: %d", path, r.status)
		}
		if r := w.do(ask{method: "GET", path: path, token: "-"}); r.status != 401 {
			t.Errorf("%s without a token: %d", path, r.status)
		}
	}
	for _, n := range []string{"0", "2", "x", strings.Repeat("9", 400)} {
		if r := w.do(ask{method: "GET", path: "/v1/activations/" + n + "/pdf"}); r.problem().Code != "set.unknown-activation" {
			t.Errorf("activation %.10s: %d %s", n, r.status, r.body)
		}
	}
}

func TestSomebodysMailsAreChosenByProgramsToo(t *testing.T) {
	w := newWorld(t)
	_, err := w.Installation("acme").GiveRole(t.Context(), installation.Act{By: housetest.Host}, "anna", "administrator")
	w.must(err)
	on := func(m api.PersonMessages) (list string) {
		for _, c := range m.Choices {
			if c.On {
				list += " " + c.Event
			}
		}
		return strings.TrimSpace(list)
	}
	path := "/v1/people/anna/messages"
	before := into[api.PersonMessages](w, ask{method: "GET", path: path})
	if on(before) != "pool set expiry ended damage fetch" {
		t.Fatalf("an administrator gets %q", on(before))
	}
	body := `{"choices":[{"event":"pool","on":false},{"event":"damage","on":true}]}`
	tried := into[api.ChangedPersonMessages](w, ask{method: "PUT", path: path + "?dry_run=true", body: body})
	if !tried.Changed || on(into[api.PersonMessages](w, ask{method: "GET", path: path})) != on(before) {
		t.Errorf("a preview: %+v", tried)
	}
	done := into[api.ChangedPersonMessages](w, ask{method: "PUT", path: path, body: body})
	if !done.Changed || on(done.PersonMessages) != on(into[api.PersonMessages](w, ask{method: "GET", path: path})) || strings.Contains(on(done.PersonMessages), "pool") {
		t.Errorf("it is %+v", done)
	}
	if again := into[api.ChangedPersonMessages](w, ask{method: "PUT", path: path, body: body}); again.Changed {
		t.Error("the same once more is a change")
	}
	more := into[api.ChangedPersonMessages](w, ask{method: "PUT", path: path, body: `{"choices":[{"event":"set","on":false}]}`})
	if on(more.PersonMessages) != "expiry ended damage fetch" {
		t.Errorf("what is not named does not stay: %q", on(more.PersonMessages))
	}
	done = into[api.ChangedPersonMessages](w, ask{method: "PUT", path: path, body: `{"choices":[{"event":"set","on":true}]}`})
	if on(done.PersonMessages) != "set expiry ended damage fetch" {
		t.Errorf("it is %q", on(done.PersonMessages))
	}
	entry := into[api.List[api.AuditEntry]](w, ask{method: "GET", path: "/v1/audit?action=message.choice"})
	if len(entry.Items) != 3 || entry.Items[0].Person != "anna" || entry.Items[0].Facts["off"] != "pool" {
		t.Errorf("on record: %+v", entry.Items)
	}
	for path, code := range map[string]string{"/v1/people/nobody/messages": "person.unknown", "/v1/people/dag/messages": "person.unknown"} {
		if r := w.do(ask{method: "PUT", path: path, body: body}); r.problem().Code != code && r.problem().Code != "person.gone" {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	if r := w.do(ask{method: "PUT", path: path, body: `{"choices":[{"event":"rain","on":true}]}`}); r.status/100 != 4 {
		t.Errorf("a mail that is none: %d %s", r.status, r.body)
	}
	if r := w.do(ask{method: "GET", path: path, token: api.ScopeRead}); r.status != 403 {
		t.Errorf("with another scope: %d", r.status)
	}
}
