package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/license"
)

// closedPages are pages with forms of every kind.
var closedPages = []string{
	"/", "/users", "/users/anna", "/users/anna/plans", "/users/anna/signin", "/users/new", "/users/anna/offboard", "/users/bulk",
	"/settings", "/settings/roles", "/settings/providers", "/settings/providers/work", "/settings/providers/new", "/settings/tokens", "/settings/blockers", "/settings/messages",
	"/status", "/status/events/new", "/status/events/1", "/status/databases", "/licenses", "/licenses/import", "/licenses/keys", "/licenses/history",
	"/me", "/me/messages",
}

// A sendable is a form of a page as a browser sends it when nobody touches it.
type sendable struct {
	page, path string
	fields     []string
}

// sendables are the forms of a page that change something, but for what stands on
// every page.
func (s *shown) sendables() (all []sendable) {
	for _, form := range s.all("form") {
		path := strings.TrimPrefix(attribute(form, "action"), "/acme")
		if attribute(form, "method") != "post" || path == "/language" || path == "/signout" || path == "/snooze" || path == "/fold" || strings.HasPrefix(path, "/me/sessions") {
			continue
		}
		x := sendable{page: s.path, path: path}
		for _, tag := range []string{"input", "textarea", "select"} {
			for _, n := range within(form, tag) {
				if name := attribute(n, "name"); name != "" && name != "csrf" && (has(n, "checked") || attribute(n, "type") != "checkbox" && attribute(n, "type") != "radio") {
					x.fields = append(x.fields, name, chosen(n))
				}
			}
		}
		all = append(all, x)
	}
	return all
}

func chosen(n *html.Node) string {
	for _, o := range within(n, "option") {
		if has(o, "selected") {
			return attribute(o, "value")
		}
	}
	if n.Data == "textarea" {
		return wordsOf(n)
	}
	return attribute(n, "value")
}

// closable is a world with something of everything in it.
func closable(t *testing.T) *world {
	w := newWorld(t)
	acme := w.Installation("acme")
	_, err := acme.StartEvent(t.Context(), host, api.NewEvent{Type: "message", Texts: license.Texts{"en": "Coffee"}})
	w.must(err)
	_, err = acme.PutProvider(t.Context(), host, "work", api.ProviderBody{Name: "Work", Issuer: "https://id.example.com", ClientID: "pott"})
	w.must(err)
	_, err = acme.SetBlockersHook(t.Context(), host, api.BlockersHook{URL: "http://127.0.0.1:1/"})
	w.must(err)
	_, err = acme.MakeToken(t.Context(), host, api.NewToken{Name: "intranet", Scopes: []string{"read"}})
	w.must(err)
	return w
}

// lastEntry is where the audit trail ends.
func (w *world) lastEntry() [2]int64 {
	w.t.Helper()
	list, err := w.Installation("acme").Audit(w.t.Context(), host, installation.AuditFilter{Limit: 1})
	w.must(err)
	return [2]int64{list.Items[0].Seq, list.Items[0].N}
}

// What is left out of a page would be refused, and what is there would not.
func TestWhatIsLeftOutWouldBeRefusedAndWhatIsThereWouldNot(t *testing.T) {
	for name, test := range map[string]struct {
		close func(w *world)
		code  string
	}{
		"while the host has suspended it": {func(w *world) {
			_, err := w.Suspend(t.Context(), housetest.Host, "acme", "moving")
			w.must(err)
		}, "installation.suspended"},
		"while the row is damaged that says whose it is": {func(w *world) {
			w.attack("UPDATE owner SET company = 'Somebody else'")
			w.reopen()
		}, "storage.read-only"},
	} {
		t.Run(name, func(t *testing.T) {
			w := closable(t)
			r := w.as("karin")
			open := map[string][]sendable{}
			for _, path := range closedPages {
				open[path] = r.get(path).sendables()
			}
			test.close(w)
			refused := func(x sendable) (bool, *shown) {
				s := r.send(x.path, x.fields...)
				return strings.Contains(s.body, test.code), s
			}
			left := 0
			for _, path := range closedPages {
				s := r.get(path)
				there := map[string]bool{}
				for _, x := range s.sendables() {
					there[x.path] = true
					if is, answer := refused(x); is {
						t.Errorf("%s offers %s, which is refused: %s", path, x.path, answer.text())
					}
				}
				missing := 0
				for _, x := range open[path] {
					if there[x.path] {
						continue
					}
					missing++
					before := w.lastEntry()
					if is, answer := refused(x); !is && w.lastEntry() != before {
						t.Errorf("%s leaves out %s, which is done: %s", path, x.path, answer.text())
					}
				}
				if left += missing; missing > 0 && !strings.Contains(s.body, "closed-why") {
					t.Errorf("%s leaves out %d forms and does not say why: %s", path, missing, s.text())
				}
				if missing == 0 && strings.Contains(s.body, "closed-why") && !strings.Contains(s.body, "<fieldset class=\"closed") && path != "/users/anna" {
					t.Errorf("%s leaves out nothing and says why: %s", path, s.text())
				}
			}
			if left < 8 {
				t.Errorf("%d forms were left out: %v", left, name)
			}
		})
	}
}

func TestWhereNothingCanBeChangedAllIsVisibleAndOneSentenceSaysWhy(t *testing.T) {
	w := closable(t)
	_, err := w.Suspend(t.Context(), housetest.Host, "acme", "moving")
	w.must(err)
	r := w.as("karin")
	s := r.get("/users/anna")
	s.says(t, "Anna Berg", "Whoever runs the server lets nothing be changed in acme: moving", "Ask whoever runs the server.")
	if got := strings.Count(s.text(), "lets nothing be changed"); got != 1 {
		t.Errorf("it is said %d times", got)
	}
	if !strings.Contains(s.body, `value="anna@acme.example"`) || strings.Contains(s.body, `/users/anna/details"`) {
		t.Error("the details are not there to read, or to be sent")
	}
	for _, always := range []string{"/language", "/signout"} { // whatever may not be changed
		if !strings.Contains(s.body, `action="/acme`+always+`"`) {
			t.Errorf("%s is left out", always)
		}
	}
	s = r.get("/settings/tokens")
	s.says(t, "intranet")
	if strings.Contains(s.body, `action="/acme/settings/tokens"`) {
		t.Error("a token can be asked for")
	}
	for _, path := range []string{"/help", "/audit", "/licenses"} {
		if s := r.get(path); strings.Contains(s.body, "closed-why") || s.status != http.StatusOK {
			t.Errorf("%s has nothing to leave out, and says so", path)
		}
	}
	if s := r.get("/status"); !strings.Contains(s.body, `action="/acme/status/check"`) {
		t.Error("records cannot be checked any longer")
	}
	_, err = w.Resume(t.Context(), housetest.Host, "acme")
	w.must(err)
	w.attack("UPDATE owner SET company = 'Somebody else'")
	w.reopen()
	r.get("/users/anna").says(t, "Who can do something about it: ") // whom to turn to in the house
	w.attack("UPDATE owner SET company = 'Acme AB'")
	w.reopen()
	if s := r.get("/users/anna"); strings.Contains(s.body, "closed-why") || !strings.Contains(s.body, `/users/anna/details"`) {
		t.Error("it is open again, and the page is not")
	}
}

func TestNothingLeadsToLoadingALicenseWhereNoneCanBeLoaded(t *testing.T) {
	w, empty := newWorld(t), newEmptyWorld(t)
	karin, host := w.as("karin"), empty.host()
	leads := func(s *shown) bool { return slices.Contains(s.links(), "/licenses/import") }
	if !leads(karin.get("/licenses")) || !leads(host.get("/licenses")) || !leads(host.get("/")) {
		t.Fatal("nothing leads there")
	}
	for _, w := range []*world{w, empty} {
		_, err := w.Suspend(t.Context(), housetest.Host, "acme", "moving")
		w.must(err)
	}
	for name, s := range map[string]*shown{"licenses": karin.get("/licenses"), "no licenses": host.get("/licenses"), "home": host.get("/")} {
		if leads(s) || s.status != http.StatusOK {
			t.Errorf("%s leads to a page that loads nothing: %d %s", name, s.status, s.text())
		}
	}
}
