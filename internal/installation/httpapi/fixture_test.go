package httpapi_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitletest"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/installation/httpapi"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licenseserver"
)

// A world is a server with two installations, acme and birka; acme has a small
// set in force, four people, and a token of each scope.
type world struct {
	*housetest.Fixture
	t      testing.TB
	db     *sqldb.DB
	door   *httpapi.Door
	server *httptest.Server
	log    *bytes.Buffer
	tokens map[string]string // by scope; "other" is an admin of birka
	set    license.Set
}

func newWorld(t testing.TB) *world { return newWorldOn(t, sqldbtest.Open(t, sqldbtest.SQLite(t))) }

func newWorldOn(t testing.TB, db *sqldb.DB) *world {
	t.Helper()
	w := &world{Fixture: housetest.New(t, db, "acme", "birka"), t: t, db: db, log: &bytes.Buffer{}, tokens: map[string]string{}, set: smallSet()}
	w.door = httpapi.New(w.House, slog.New(slog.NewTextHandler(w.log, nil)))
	w.server = httptest.NewServer(w.door)
	t.Cleanup(w.server.Close)
	t.Cleanup(func() {
		if !t.Failed() {
			w.saysDoors()
		}
	})
	host := installation.Act{By: housetest.Host}
	for _, scope := range api.Scopes {
		w.tokens[scope] = w.token("acme", scope)
	}
	w.tokens["other"] = w.token("birka", api.ScopeAdmin)
	acme := w.Installation("acme")
	_, err := acme.Load(t.Context(), host, w.Vendors.File(t, w.set))
	w.must(err)
	_, err = acme.Activate(t.Context(), host, "superoffice-1", api.Activate{})
	w.must(err)
	for _, p := range []api.NewPerson{
		{UserID: "anna", FirstName: "Anna", Login: true, Plan: "sales"},
		{UserID: "bo", FirstName: "Bo", Login: true, Plan: "sales"},
		{UserID: "cy", Login: true},
		{UserID: "dag", Login: true},
	} {
		_, err := acme.AddPerson(t.Context(), host, p)
		w.must(err)
	}
	_, err = acme.DeletePerson(t.Context(), host, "dag")
	w.must(err)
	return w
}

// smallSet has two pools of two and three seats, three plans of one group, an
// extra, two features, a way to sign in, and a license for two databases.
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
			hidden(user("user", 3)), hidden(user("sale-cal", 2)), user("gadget", 2),
			plan("sales", 2, "user", "sale-cal"), plan("service", 2, "user"), none,
			{Module: "translate", Kind: license.Site, Quantity: 2},
		},
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) token(name string, scopes ...string) string {
	w.t.Helper()
	made, err := w.Installation(name).MakeToken(w.t.Context(), installation.Act{By: housetest.Host}, api.NewToken{Name: strings.Join(scopes, " "), Scopes: scopes})
	w.must(err)
	return made.Secret
}

// A reply is an answer that was read.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) problem() (p api.Problem) { json.Unmarshal(r.body, &p); return p }

// a request to make; zero fields mean the ordinary.
type ask struct {
	method, path string
	token        string // a scope, "" for admin, "-" for none, or a whole token
	body         string
	media        string // of the body
	language     string
	host         string
}

func (w *world) do(a ask) reply {
	w.t.Helper()
	path := a.path
	if strings.HasPrefix(path, "/v1/") && a.host == "" {
		path = "/acme" + path
	}
	r, err := http.NewRequest(a.method, w.server.URL+path, strings.NewReader(a.body))
	w.must(err)
	switch token, known := w.tokens[a.token]; {
	case a.token == "-":
	case a.token == "":
		r.Header.Set("Authorization", "Bearer "+w.tokens[api.ScopeAdmin])
	case known:
		r.Header.Set("Authorization", "Bearer "+token)
	default:
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	if a.media != "" {
		r.Header.Set("Content-Type", a.media)
	}
	if a.language != "" {
		r.Header.Set("Accept-Language", a.language)
	}
	if a.host != "" {
		r.Host = a.host
	}
	resp, err := w.server.Client().Do(r)
	w.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	w.must(err)
	return reply{resp.StatusCode, resp.Header, body}
}

// into makes a request that must succeed, and reads the answer.
func into[T any](w *world, a ask) (v T) {
	w.t.Helper()
	r := w.do(a)
	if r.status != http.StatusOK {
		w.t.Fatalf("%s %s: %d %s", a.method, a.path, r.status, r.body)
	}
	if err := json.Unmarshal(r.body, &v); err != nil {
		w.t.Fatalf("%s %s: %v in %s", a.method, a.path, err, r.body)
	}
	return v
}

// state is a hash of everything that is stored.
func (w *world) state() string {
	w.t.Helper()
	sum := sha256.New()
	for _, table := range []string{"assignment", "audit", "head", "installation", "journal", "key_list", "license", "license_set", "owner", "person", "personal", "profile", "set_file", "token"} {
		rows, err := w.db.Query(w.t.Context(), "SELECT * FROM "+table)
		w.must(err)
		columns, err := rows.Columns()
		w.must(err)
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			w.must(rows.Scan(values...))
			for _, v := range values {
				fmt.Fprintf(sum, "%v|", *v.(*any))
			}
		}
		w.must(rows.Err())
		rows.Close()
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// otherKey is a key of nobody here.
func (w *world) otherKey() ed25519.PublicKey {
	return housetest.Key("somebody else").Public().(ed25519.PublicKey)
}

// stranger signs a set with keys under a root nobody trusts.
func (w *world) stranger(set license.Set) string {
	file, err := entitletest.NewKeys().File(set)
	w.must(err)
	return string(file)
}

// twin is another set with the number of the one in force.
func (w *world) twin() license.Set {
	set := w.set
	set.Company = "Acme Twin AB"
	return set
}

// connect gives the world a license server of SUPEROFFICE, which lets everybody
// change to any serial number.
func (w *world) connect() {
	w.AskWith(w.t, func(_ context.Context, _ string, body []byte) ([]byte, error) {
		q, err := licenseserver.ParseRequest(body)
		if err != nil {
			return nil, err
		}
		r := licenseserver.ReplyTo(q, w.Clock())
		r.Status, r.Messages = licenseserver.Message, license.Texts{"en": "Hello"}
		if q.Kind == licenseserver.Change {
			set := w.set
			set.Serial = q.NewSerial
			r.NewSerial, r.File = q.NewSerial, w.Vendors.File(w.t, set)
		}
		return w.Vendors.Reply(r)
	}, "SUPEROFFICE")
	w.reconnect()
}

// reconnect puts a new door before a house that was opened again.
func (w *world) reconnect() {
	w.server.Close()
	w.door = httpapi.New(w.House, slog.New(slog.NewTextHandler(w.log, nil)))
	w.server = httptest.NewServer(w.door)
	w.t.Cleanup(w.server.Close)
}
