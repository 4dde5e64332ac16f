package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/cmd/pott-demo/demo"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// Two installations in one database never see each other: every operation of the
// document is tried across the border, so that a new one is tried as well.

// A call is one operation of the document.
type operation struct {
	method, path string
	params       []string // of the path, in order
	query        []string
	body         *schema // nil: none, or a text
}

// A schema is as much of JSON Schema as the document uses.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"`
	Properties map[string]*schema `json:"properties"`
	Items      *schema            `json:"items"`
	Required   []string           `json:"required"`
	Enum       []any              `json:"enum"`
}

type document struct {
	Paths map[string]map[string]struct {
		Parameters  []struct{ Name, In string }
		RequestBody *struct {
			Content map[string]struct{ Schema *schema }
		}
	}
	Components struct{ Schemas map[string]*schema }
}

// operations reads what a server says that it can do.
func operations(t *testing.T, w *world) (all []operation, named map[string]*schema) {
	t.Helper()
	var doc document
	status, body := w.ask(t, "", "GET", "/openapi.json", nil)
	if err := json.Unmarshal(body, &doc); err != nil || status != http.StatusOK {
		t.Fatalf("the document: %d %v", status, err)
	}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			op := operation{method: strings.ToUpper(method), path: path}
			for _, p := range o.Parameters {
				if p.In == "path" {
					op.params = append(op.params, p.Name)
				} else {
					op.query = append(op.query, p.Name)
				}
			}
			if o.RequestBody != nil {
				op.body = o.RequestBody.Content["application/json"].Schema
			}
			if path != "/v1/changes" { // a stream; it is tried by itself
				all = append(all, op)
			}
		}
	}
	slices.SortFunc(all, func(x, y operation) int { return strings.Compare(x.path+x.method, y.path+y.method) })
	return all, doc.Components.Schemas
}

// impatient gives up on a stream that was opened for somebody it is not for.
var impatient = &http.Client{Timeout: 20 * time.Second}

// ask sends a request and returns the answer's status and body.
func (w *world) ask(t *testing.T, token, method, path string, body []byte) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.server+path, bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := impatient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return res.StatusCode, answer
}

// fill makes a body whose every text is the given one, of all fields or of those
// that must be there.
func fill(s *schema, named map[string]*schema, text string, all bool, depth int) any {
	if s == nil || depth > 6 {
		return nil
	}
	if s.Ref != "" {
		return fill(named[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]], named, text, all, depth+1)
	}
	kind := fmt.Sprint(s.Type)
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case strings.Contains(kind, "object") || s.Properties != nil:
		object := map[string]any{}
		for name, p := range s.Properties {
			if !all && !slices.Contains(s.Required, name) {
				continue
			}
			object[name] = fill(p, named, text, all, depth+1)
		}
		return object
	case strings.Contains(kind, "array"):
		return []any{fill(s.Items, named, text, all, depth+1)}
	case strings.Contains(kind, "integer"):
		return 1
	case strings.Contains(kind, "boolean"):
		return true
	}
	return text
}

// harvest returns every text that an installation shows of itself, by the name
// of the field it stood in.
func (w *world) harvest(t *testing.T, installation string, all []operation) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{}
	for _, op := range all {
		if op.method != "GET" || len(op.params) > 0 || !strings.HasPrefix(op.path, "/v1/") {
			continue
		}
		_, body := w.ask(t, w.secrets[installation], "GET", "/"+installation+op.path, nil)
		var answer any
		if json.Unmarshal(body, &answer) == nil {
			gather(answer, "", found)
		}
	}
	return found
}

func gather(v any, field string, found map[string]map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			gather(x, k, found)
		}
	case []any:
		for _, x := range v {
			gather(x, field, found)
		}
	case string:
		if len(v) >= 5 {
			if found[field] == nil {
				found[field] = map[string]bool{}
			}
			found[field][v] = true
		}
	}
}

// secretsOf returns what only the first installation shows: some texts of every
// field. Left out are times, which anybody may guess, and the words of the
// product: those of the document, and what acts are called in the audit trail.
func secretsOf(theirs, ours map[string]map[string]bool, document []byte) []string {
	known := map[string]bool{}
	for _, texts := range ours {
		for text := range texts {
			known[text] = true
		}
	}
	var all []string
	for _, field := range slices.Sorted(maps.Keys(theirs)) {
		if field == "action" {
			continue
		}
		n := 0
		for _, text := range slices.Sorted(maps.Keys(theirs[field])) {
			if !known[text] && !timeText.MatchString(text) && !bytes.Contains(document, []byte(`"`+text+`"`)) && n < 3 {
				all = append(all, text)
				n++
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

var timeText = regexp.MustCompile(`^\d{4}-\d\d-\d\d`)

// like returns a text of the same form that nobody has.
func like(text string) string {
	b := []byte(text)
	for i := len(b) - 1; i >= 0 && i >= len(b)-4; i-- {
		switch c := b[i]; {
		case c >= '2' && c <= '6', c >= 'a' && c <= 'e', c >= 'g' && c <= 'y', c >= 'A' && c <= 'Y':
			b[i]++
		case c == '7':
			b[i] = '2' // ids are written with the digits 2 to 7
		case c == '0', c == '1', c == '8', c == '9':
			b[i] ^= 1
		case c == 'f':
			b[i] = 'a'
		}
	}
	return string(b)
}

var reference = regexp.MustCompile(`"(instance|as_of|at)":"[^"]*"|"seq":\d+`)

// plain is what an answer tells, without what differs from one request to the
// next and without the text that was sent: all of what is shown, the kind of a
// refusal, and of a change that it was made.
func plain(method string, status int, answer []byte, sent string) string {
	var refused struct{ Code, Detail string }
	switch {
	case status >= 400:
		json.Unmarshal(answer, &refused)
		answer = []byte(refused.Code + ": " + refused.Detail)
	case method != "GET":
		answer = nil
	}
	quoted, _ := json.Marshal(sent)
	text := reference.ReplaceAllString(string(answer), "-")
	for _, form := range []string{strings.Trim(string(quoted), `"`), sent, strings.ToLower(sent), url.PathEscape(sent)} {
		text = strings.ReplaceAll(text, form, "X")
	}
	return fmt.Sprint(status, " ", text)
}

func TestTwoInstallationsInOneDatabaseNeverSeeEachOther(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		w := start(t, dsn, designteamet, nordlys)
		us, them := w.client(t, designteamet.Name), w.client(t, nordlys.Name)
		if _, err := demo.Activate(t.Context(), us, w.issue(t, "designteamet/order-1.yaml")); err != nil {
			t.Fatal(err)
		}
		if _, err := demo.Activate(t.Context(), them, w.issue(t, "nordlys/order-1.yaml")); err != nil {
			t.Fatal(err)
		}
		if err := demo.SeedDesignteamet(t.Context(), us); err != nil {
			t.Fatal(err)
		}
		if err := demo.SeedNordlys(t.Context(), them, time.Now()); err != nil {
			t.Fatal(err)
		}
		all, named := operations(t, w)
		_, document := w.ask(t, "", "GET", "/openapi.json", nil)
		secrets := secretsOf(w.harvest(t, nordlys.Name, all), w.harvest(t, designteamet.Name, all), document)
		if len(secrets) < 15 {
			t.Fatalf("they show only %q of themselves", secrets)
		}
		if testing.Short() {
			secrets = secrets[:3]
		}
		before := w.rows(t, dsn, nordlys.Name)
		w.knock(t, all, secrets)
		tried := w.lookOver(t, all, named, secrets) + w.grasp(t, all, named, secrets)
		if after := w.rows(t, dsn, nordlys.Name); !slices.Equal(before, after) {
			t.Errorf("their rows changed: %d were, %d are", len(before), len(after))
		}
		w.fsck(t)
		t.Logf("figure: %d operations, %d texts of theirs, %d requests across the border", len(all), len(secrets), tried)
	})
}

// knock asks everything of them with our token.
func (w *world) knock(t *testing.T, all []operation, secrets []string) {
	stream := operation{method: "GET", path: "/v1/changes"}
	for _, op := range append(slices.Clone(all), stream) {
		if !strings.HasPrefix(op.path, "/v1/") {
			continue
		}
		path := wildcard.ReplaceAllString(op.path, url.PathEscape(secrets[0]))
		status, body := w.ask(t, w.secrets[designteamet.Name], op.method, "/"+nordlys.Name+path, []byte("{}"))
		if status != http.StatusForbidden || !bytes.Contains(body, []byte(`"auth.other-installation"`)) {
			t.Errorf("%s %s with another installation's token: %d %s", op.method, op.path, status, body)
		}
		shows(t, op, body, secrets, secrets[0])
	}
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// shows reports what an answer says of them besides what was sent.
func shows(t *testing.T, op operation, answer []byte, secrets []string, sent string) {
	t.Helper()
	for _, s := range secrets {
		if !strings.Contains(sent, s) && bytes.Contains(answer, []byte(`"`+s+`"`)) {
			t.Errorf("%s %s, sent %q, shows %q of theirs", op.method, op.path, sent, s)
		}
	}
}

// lookOver asks everything of ourselves, each text in it one of theirs, and once
// more with a text of the same form that nobody has: the answers must not
// differ. It returns the number of requests.
func (w *world) lookOver(t *testing.T, all []operation, named map[string]*schema, secrets []string) (tried int) {
	ours := map[string]string{"id": "azur.pensel", "name": "superoffice.visible-for", "code": "ours"}
	for _, op := range all {
		if !strings.HasPrefix(op.path, "/v1/") || op.method == "GET" && len(op.params)+len(op.query) == 0 {
			continue
		}
		forms := []form{{}}
		if op.body != nil {
			forms = []form{{whole: true}, {}, {whole: true, own: ours}, {own: ours}}
		}
		if slices.Contains(op.query, "dry_run") { // else the second of two would find what the first made
			for i := range forms {
				forms[i].dry = true
			}
		}
		for _, secret := range secrets {
			for _, f := range forms {
				nobody := like(secret)
				status, answer := w.send(t, op, named, f, secret)
				wantStatus, want := w.send(t, op, named, f, nobody)
				tried += 2
				shows(t, op, answer, secrets, secret)
				if got, want := plain(op.method, status, answer, secret), plain(op.method, wantStatus, want, nobody); got != want {
					t.Errorf("%s %s tells %q, which is theirs, from %q, which is nobody's:\n%s\n%s", op.method, op.path, secret, nobody, got, want)
				}
			}
		}
	}
	return tried
}

// grasp tries to change what is theirs.
func (w *world) grasp(t *testing.T, all []operation, named map[string]*schema, secrets []string) (tried int) {
	for _, op := range all {
		if !strings.HasPrefix(op.path, "/v1/") || op.method == "GET" {
			continue
		}
		for _, secret := range secrets {
			for _, whole := range []bool{true, false} {
				_, answer := w.send(t, op, named, form{whole: whole}, secret)
				shows(t, op, answer, secrets, secret)
				tried++
			}
		}
	}
	return tried
}

// A form is how a request is filled in: with all fields of the body, with values
// of ours in its path, and so that nothing is stored.
type form struct {
	whole, dry bool
	own        map[string]string
}

// send sends a request of ours whose every text is the given one.
func (w *world) send(t *testing.T, op operation, named map[string]*schema, f form, text string) (int, []byte) {
	path := wildcard.ReplaceAllStringFunc(op.path, func(param string) string {
		if value := f.own[param[1:len(param)-1]]; value != "" {
			return url.PathEscape(value)
		}
		return url.PathEscape(text)
	})
	query := url.Values{}
	for _, name := range op.query {
		if !slices.Contains([]string{"dry_run", "limit", "since", "hidden", "login", "deleted", "proof", "page", "signs_in", "former", "waiting", "sort", "group_by"}, name) {
			query.Set(name, text)
		}
	}
	if f.dry {
		query.Set("dry_run", "true")
	}
	var body []byte
	if op.body != nil {
		body, _ = json.Marshal(fill(op.body, named, text, f.whole, 0))
	}
	return w.ask(t, w.secrets[designteamet.Name], op.method, "/"+designteamet.Name+path+"?"+query.Encode(), body)
}

// rows returns every row of an installation, as text.
func (w *world) rows(t *testing.T, dsn, name string) []string {
	t.Helper()
	db := sqldbtest.Open(t, dsn)
	tables, err := db.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var id string
	if err := scanOne(t, db, "SELECT id FROM installation WHERE name = ?", name, &id); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, table := range slices.Sorted(maps.Keys(tables)) {
		if !slices.Contains(tables[table], "installation") {
			continue
		}
		rows, err := db.Query(t.Context(), "SELECT * FROM "+table+" WHERE installation = ?", id)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(tables[table]))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			text := table
			for _, v := range values {
				text += fmt.Sprintf(" %v", *v.(*any))
			}
			list = append(list, text)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	slices.Sort(list)
	return list
}

func scanOne(t *testing.T, db *sqldb.DB, query, arg string, into any) error {
	rows, err := db.Query(t.Context(), query, arg)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return fmt.Errorf("nothing for %q", arg)
	}
	return rows.Scan(into)
}
