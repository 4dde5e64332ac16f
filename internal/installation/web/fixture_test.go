package web_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/installation/web"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// A world is a server with two installations, acme and birka. Acme has a set in
// force, and people: karin administers, uma administers users, olle audits, anna
// and bo have plans.
type world struct {
	*housetest.Fixture
	db     *sqldb.DB
	t      testing.TB
	server *httptest.Server
	log    *bytes.Buffer
	set    license.Set
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := newEmptyWorld(t)
	acme := w.Installation("acme")
	host := installation.Act{By: housetest.Host}
	_, err := acme.Load(t.Context(), host, w.Vendors.File(t, w.set))
	w.must(err)
	_, err = acme.Activate(t.Context(), host, "superoffice-1", api.Activate{})
	w.must(err)
	for _, p := range []api.NewPerson{
		{UserID: "karin", FirstName: "Karin", LastName: "Lind", Login: true, Plan: "none"},
		{UserID: "uma", FirstName: "Uma", LastName: "Ek", Login: true},
		{UserID: "olle", FirstName: "Olle", LastName: "Öst", Login: true},
		{UserID: "anna", FirstName: "Anna", LastName: "Berg", Email: "anna@acme.example", Group: "Sales", Login: true, Plan: "sales"},
		{UserID: "bo", FirstName: "Bo", LastName: "Ågren", Group: "Sales", Login: true, Plan: "sales"},
	} {
		_, err := acme.AddPerson(t.Context(), host, p)
		w.must(err)
	}
	for person, role := range map[string]string{"karin": "administrator", "uma": "user-administrator", "olle": "auditor"} {
		_, err := acme.GiveRole(t.Context(), host, person, role)
		w.must(err)
	}
	return w
}

// newEmptyWorld is the server before anything was done.
func newEmptyWorld(t testing.TB) *world {
	t.Helper()
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	w := &world{Fixture: housetest.New(t, db, "acme", "birka"), db: db, t: t, log: &bytes.Buffer{}, set: smallSet()}
	w.restart()
	t.Cleanup(func() { w.server.Close() })
	t.Cleanup(func() {
		if strings.Contains(w.log.String(), "a page failed") {
			t.Errorf("pages failed:\n%s", w.log)
		}
		if !t.Failed() {
			w.saysDoors()
		}
	})
	return w
}

// smallSet has pools of two and three seats, three plans of one group, an extra,
// two features, a way to sign in, and a license for two databases.
func smallSet() license.Set {
	day := func(y, m, d int) license.Date { return license.Date{Year: y, Month: time.Month(m), Day: d} }
	user := func(module license.Module, n int64) license.License {
		return license.License{Module: module, Kind: license.User, Quantity: n, People: license.Internal, Names: license.Texts{"en": "The " + string(module), "sv": "Den " + string(module)}}
	}
	plan := func(module license.Module, n int64, includes ...license.Module) license.License {
		l := user(module, n)
		l.Plan = &license.Plan{Includes: includes, Group: "plans"}
		return l
	}
	hidden := func(l license.License) license.License { l.Hidden = true; return l }
	system := func(module, edit license.Module) license.License {
		return license.License{Module: module, Kind: license.System, Quantity: 1, Edit: edit}
	}
	none := plan("none", 1)
	none.Unrestricted = true
	return license.Set{
		Issuer: "SUPEROFFICE", IssuerName: "SuperOffice AS", Company: "Acme AB", Serial: "1600070120", Number: 1, Issued: housetest.Noon.Add(-time.Hour),
		Dates:    license.Dates{NextCheck: day(2026, 7, 1), Warning: day(2027, 1, 1), Expiry: day(2027, 3, 27), Grace: day(2027, 4, 8), Maintenance: day(2027, 1, 1)},
		TimeZone: "Europe/Stockholm",
		Clients:  []license.Client{{Name: "web", People: license.Internal, System: []license.Module{"server"}, User: []license.Module{"user"}}},
		Licenses: []license.License{
			system("server", ""), system("sale", "sale-cal"),
			hidden(user("user", 4)), hidden(user("sale-cal", 3)), user("gadget", 2),
			plan("sales", 3, "user", "sale-cal"), plan("service", 2, "user"), none,
			{Module: "translate", Kind: license.Site, Quantity: 2},
		},
	}
}

// restart serves the house as it is now.
func (w *world) restart() {
	if w.server != nil {
		w.server.Close()
	}
	w.server = httptest.NewServer(web.New(w.House, web.Options{Version: "test", Pseudo: true, Log: slog.New(slog.NewTextHandler(w.log, nil))}))
}

// attack changes the database behind the server's back.
func (w *world) attack(text string) {
	w.t.Helper()
	r, err := w.db.Exec(w.t.Context(), text)
	w.must(err)
	if n, _ := r.RowsAffected(); n == 0 {
		w.t.Fatalf("nothing was attacked: %s", text)
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// A reader is somebody at a browser, at acme.
type reader struct {
	w    *world
	base string
	http *http.Client
	last *shown
}

// nobody is a reader who has not signed in.
func (w *world) nobody() *reader {
	jar, _ := cookiejar.New(nil)
	return &reader{w: w, base: w.server.URL + "/acme", http: &http.Client{Jar: jar}}
}

// as is a reader who has signed in with a one-time link.
func (w *world) as(user string) *reader {
	w.t.Helper()
	acme := w.Installation("acme")
	link, err := acme.MakeLink(w.t.Context(), installation.Act{By: housetest.Host}, user)
	w.must(err)
	begun, err := acme.SignInLink(byPage(w.t.Context()), installation.Visit{Device: "Firefox, Linux"}, strings.TrimPrefix(link.Path, installation.LinkPath), "")
	w.must(err)
	r := w.nobody()
	r.wear(begun.Cookie)
	return r
}

// wear puts a session's cookie into the reader's browser.
func (r *reader) wear(cookie string) {
	address, err := url.Parse(r.base + "/")
	r.w.must(err)
	r.http.Jar.SetCookies(address, []*http.Cookie{{Name: installation.SessionCookie, Value: cookie, Path: "/acme/"}})
}

// A shown is a page as it arrived.
type shown struct {
	status int
	header http.Header
	path   string // where the reader is now, without the installation
	body   string
	tree   *html.Node
}

// get opens a page and follows where it leads.
func (r *reader) get(path string) *shown {
	r.w.t.Helper()
	answer, err := r.http.Get(r.base + path)
	r.w.must(err)
	return r.read(answer)
}

func (r *reader) read(answer *http.Response) *shown {
	r.w.t.Helper()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	r.w.must(err)
	// Where a name may be broken is no part of what it says.
	tree, err := html.Parse(bytes.NewReader(bytes.ReplaceAll(body, []byte("<wbr/>"), nil)))
	r.w.must(err)
	r.last = &shown{answer.StatusCode, answer.Header, strings.TrimPrefix(answer.Request.URL.RequestURI(), "/acme"), string(body), tree}
	return r.last
}

// send sends a form with the token of the page that was shown last, and follows
// where it leads. fields alternate names and values.
func (r *reader) send(path string, fields ...string) *shown {
	r.w.t.Helper()
	form := url.Values{}
	if r.last != nil {
		form.Set("csrf", r.last.token())
	}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	request, err := http.NewRequest("POST", r.base+path, strings.NewReader(form.Encode()))
	r.w.must(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := r.http.Do(request)
	r.w.must(err)
	return r.read(answer)
}

var tokenField = regexp.MustCompile(`name="csrf" value="([^"]*)"`)

func (s *shown) token() string {
	if m := tokenField.FindStringSubmatch(s.body); m != nil {
		return m[1]
	}
	return ""
}

// text returns what a reader reads: the words of the page's main part.
func (s *shown) text() string {
	var words []string
	var walk func(*html.Node, bool)
	walk = func(n *html.Node, in bool) {
		in = in || n.Type == html.ElementNode && n.Data == "main"
		if n.Type == html.TextNode && in {
			words = append(words, strings.Fields(n.Data)...)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, in)
		}
	}
	walk(s.tree, false)
	return strings.Join(words, " ")
}

// says reports what is missing of what the page's main part ought to say.
func (s *shown) says(t testing.TB, texts ...string) {
	t.Helper()
	all := s.text()
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Errorf("%s (%d) does not say %q. It says: %s", s.path, s.status, text, all)
		}
	}
}

// lacks reports what the page's main part says and ought not to.
func (s *shown) lacks(t testing.TB, texts ...string) {
	t.Helper()
	all := s.text()
	for _, text := range texts {
		if strings.Contains(all, text) {
			t.Errorf("%s says %q", s.path, text)
		}
	}
}

// links are the addresses the page leads to within the installation.
func (s *shown) links() []string {
	var all []string
	for _, m := range regexp.MustCompile(`(?:href|action)="/acme([^"#]*)`).FindAllStringSubmatch(s.body, -1) {
		all = append(all, html.UnescapeString(m[1]))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (w *world) String() string { return fmt.Sprint(w.Names()) }
