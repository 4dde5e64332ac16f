package web_test

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/license"
)

// filled are the fields of the form with a button, as a browser would send them when
// nobody touches it.
func (s *shown) filled(t testing.TB, button string) (fields []string) {
	t.Helper()
	for _, form := range s.all("form") {
		if !strings.Contains(wordsOf(form), button) {
			continue
		}
		for _, n := range within(form, "input") {
			kind, name := attribute(n, "type"), attribute(n, "name")
			if name != "" && name != "csrf" && (kind != "checkbox" && kind != "radio" || has(n, "checked")) {
				fields = append(fields, name, attribute(n, "value"))
			}
		}
		for _, n := range within(form, "textarea") {
			fields = append(fields, attribute(n, "name"), wordsOf(n))
		}
		for _, n := range within(form, "select") {
			value := ""
			for _, o := range within(n, "option") {
				if value == "" || has(o, "selected") {
					value = attribute(o, "value")
				}
			}
			fields = append(fields, attribute(n, "name"), value)
		}
		return fields
	}
	t.Fatalf("%s has no form with a button %q", s.path, button)
	return nil
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// A contest is a form that two have open.
type contest struct {
	open, button string
	path         string   // where it is sent
	theirs       []string // the fields the other changes
	mine         []string // the fields I change to something else
	row          string   // of the comparison: field, yours, theirs, what it was
	mineNow      func(w *world) string
	want         string // once mine is applied
}

func contests(w *world) map[string]contest {
	acme := w.Installation("acme")
	return map[string]contest{
		"a notification's text": {open: "/status/events/1", button: "Save", path: "/status/events/1", theirs: []string{"text-en", "Tea"}, mine: []string{"text-en", "Cake"},
			row: "English Cake Tea Coffee", mineNow: func(w *world) string { e, _ := acme.Event(w.t.Context(), host, "1"); return e.Texts["en"] }, want: "Cake"},
		"when a notification should be over": {open: "/status/events/1", button: "Save", path: "/status/events/1", theirs: []string{"expected", "2026-06-12T08:00"},
			mine: []string{"expected", "2026-06-13T08:00"}, row: "12 Jun 2026", mineNow: func(w *world) string {
				e, _ := acme.Event(w.t.Context(), host, "1")
				return e.Expected.UTC().Format("2006-01-02T15:04")
			}, want: "2026-06-13T06:00"},
		"a provider": {open: "/settings/providers/work", button: "Save", path: "/settings/providers", theirs: []string{"name", "Home"}, mine: []string{"name", "Office"},
			row: "Office Home Work", mineNow: func(w *world) string { l, _ := acme.Providers(w.t.Context(), host); return l.Items[0].Name }, want: "Office"},
		"the looks of pages": {open: "/settings", button: "Save language and looks", path: "/settings/defaults", theirs: []string{"theme", "dark"}, mine: []string{"theme", "light"},
			row: "Light Dark", mineNow: func(w *world) string { d, _ := acme.Defaults(w.t.Context(), host); return d.Theme }, want: "light"},
		"the address that is asked": {open: "/settings/blockers", button: "Save address", path: "/settings/blockers", theirs: []string{"url", "http://127.0.0.1:2/"}, mine: []string{"url", "http://127.0.0.1:3/"},
			row: "http://127.0.0.1:3/ http://127.0.0.1:2/ http://127.0.0.1:1/", mineNow: func(w *world) string { h, _ := acme.BlockersHook(w.t.Context(), host); return h.URL }, want: "http://127.0.0.1:3/"},
		"why it is collected when people were active": {open: "/settings/activity", button: "Save the ground", path: "/settings/activity", theirs: []string{"ground", "theirs"}, mine: []string{"ground", "mine"},
			row: "mine theirs agreed", mineNow: func(w *world) string { a, _ := acme.Activity(w.t.Context(), host); return a.Ground }, want: "mine"},
		"the name of a database": {open: "/status/databases", button: "Save the name", path: "/status/databases/0/rename", theirs: []string{"name", "Oslo"}, mine: []string{"name", "Lund"},
			row: "Lund Oslo", mineNow: func(w *world) string { d, _ := acme.Database(w.t.Context(), host, "0"); return d.Name }, want: "Lund"},
		"the last day of a login": {open: "/users/anna", button: "Change last day", path: "/users/anna/login", theirs: []string{"valid_through", "2027-01-01"}, mine: []string{"valid_through", "2027-02-01"},
			row: "", mineNow: func(w *world) string {
				p, _ := acme.Person(w.t.Context(), host, "anna")
				return p.ValidThrough.String()
			}, want: "2027-02-01"},
	}
}

func TestOfTwoWhoHaveAFormOpenTheSecondIsAsked(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	_, err := acme.StartEvent(t.Context(), host, api.NewEvent{Type: "message", Texts: license.Texts{"en": "Coffee", "sv": "Kaffe"}})
	w.must(err)
	_, err = acme.PutProvider(t.Context(), host, "work", api.ProviderBody{Name: "Work", Issuer: "https://id.example.com", ClientID: "pott"})
	w.must(err)
	on, ground := true, "agreed"
	_, err = acme.PutActivity(t.Context(), host, api.ActivityPatch{Collected: &on, Ground: &ground})
	w.must(err)
	_, err = acme.SetBlockersHook(t.Context(), host, api.BlockersHook{URL: "http://127.0.0.1:1/"})
	w.must(err)
	for name, c := range contests(w) {
		t.Run(name, func(t *testing.T) {
			colleague, me := w.as("karin"), w.as("karin")
			opened := me.get(c.open).filled(t, c.button)
			if s := colleague.get(c.open); s.status != http.StatusOK {
				t.Fatal(s.status)
			}
			s := colleague.send(c.path, with(colleague.last.filled(t, c.button), c.theirs...)...)
			if s.status != http.StatusOK || s.path == c.path+"?" {
				t.Fatalf("theirs: %d %s", s.status, s.text())
			}
			theirs := c.mineNow(w)

			untouched := me.send(c.path, opened...)
			if untouched.status != http.StatusOK || c.mineNow(w) != theirs {
				t.Fatalf("saved without touching anything: %d, %q became %q: %s", untouched.status, theirs, c.mineNow(w), untouched.text())
			}
			asked := me.send(c.path, with(opened, c.mine...)...)
			if asked.status != http.StatusConflict || c.mineNow(w) != theirs {
				t.Fatalf("%d, %q became %q: %s", asked.status, theirs, c.mineNow(w), asked.text())
			}
			asked.says(t, "meanwhile", "Compare, then choose what to keep", "Yours", "Keep theirs", c.row)
			done := me.send(c.path, asked.fields(t, "Apply mine")...)
			if done.status != http.StatusOK || c.mineNow(w) != c.want {
				t.Errorf("mine, applied: %d %q, want %q: %s", done.status, c.mineNow(w), c.want, done.text())
			}
		})
	}
}

func TestABoxSomebodyElseHasTickedMeanwhileStaysTicked(t *testing.T) {
	w := newWorld(t)
	r := w.as("karin")
	opened := r.get("/settings/messages").filled(t, "Save")
	colleague := w.as("karin")
	colleague.get("/settings/messages")
	colleague.send("/settings/messages", append(colleague.last.filled(t, "Save"), "on", "pool auditor")...).says(t, "Saved.")
	r.send("/settings/messages", append(opened, "on", "expiry auditor")...).says(t, "Saved.", "Undo", "audit trail")
	m, err := w.Installation("acme").Messages(t.Context(), host)
	w.must(err)
	on := map[string]bool{}
	for _, rule := range m.Rules {
		on[rule.Event+" "+rule.Reader] = rule.On
	}
	if !on["pool auditor"] || !on["expiry auditor"] {
		t.Errorf("%v", on)
	}
	r.send("/settings/messages", r.last.fields(t, "Undo")...).says(t, "Saved.")
	m, err = w.Installation("acme").Messages(t.Context(), host)
	w.must(err)
	for _, rule := range m.Rules {
		if name := rule.Event + " " + rule.Reader; rule.On != (on[name] && name != "expiry auditor") {
			t.Errorf("after the undo %s is %v", name, rule.On)
		}
	}
}

func TestAnUndoDoesNotWriteOverWhatCameAfter(t *testing.T) {
	w := newWorld(t)
	r := w.as("karin")
	r.get("/settings")
	undo := r.send("/settings/defaults", with(r.last.filled(t, "Save language and looks"), "language", "sv")...).fields(t, "Undo")
	da := "da"
	_, err := w.Installation("acme").PutDefaults(t.Context(), host, api.DefaultsPatch{Language: &da})
	w.must(err)
	if s := r.send("/settings/defaults", undo...); s.status != http.StatusConflict {
		t.Errorf("%d: %s", s.status, s.text())
	}
	if d, _ := w.Installation("acme").Defaults(t.Context(), host); d.Language != "da" {
		t.Errorf("the language is %s", d.Language)
	}
}

func TestAProviderSomebodyRemovedMeanwhileIsNotMadeAgainUnasked(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	body := api.ProviderBody{Name: "Work", Issuer: "https://id.example.com", ClientID: "pott"}
	_, err := acme.PutProvider(t.Context(), host, "work", body)
	w.must(err)
	r := w.as("karin")
	opened := r.get("/settings/providers/work").filled(t, "Save")
	fresh := r.get("/settings/providers/new").filled(t, "Save")
	taken := r.send("/settings/providers", with(fresh, "code", "work", "name", "Mine", "issuer", "https://other.example.com", "client_id", "pott")...)
	if taken.status != http.StatusConflict {
		t.Errorf("%d", taken.status)
	}
	taken.says(t, "work is the short name of Work already")
	_, err = acme.RemoveProvider(t.Context(), host, "work")
	w.must(err)
	gone := r.send("/settings/providers", with(opened, "name", "Mine")...)
	if gone.status != http.StatusNotFound || !strings.Contains(gone.body, `value="Mine"`) {
		t.Fatalf("%d: %s", gone.status, gone.text())
	}
	r.send("/settings/providers", gone.filled(t, "Save")...).says(t, "Mine is saved.")
}

func TestWhoEndsWhatHasEndedHearsWhoWasFirst(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	_, err := acme.StartEvent(t.Context(), host, api.NewEvent{Type: "message", Texts: license.Texts{"en": "Coffee"}})
	w.must(err)
	r := w.as("karin")
	r.get("/status/events/1")
	_, err = acme.EndEvent(t.Context(), installation.Act{By: host.By}, "1", api.EndEvent{Reason: "drunk"})
	w.must(err)
	r.send("/status/events/1/end", "reason", "mine").says(t, "had ended it already")
	if e, _ := acme.Event(t.Context(), host, "1"); e.EndReason != "drunk" {
		t.Errorf("the reason became %q", e.EndReason)
	}
}
