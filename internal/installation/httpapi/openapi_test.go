package httpapi_test

import (
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/installation/httpapi"
)

func TestTheCommittedDocumentIsWhatTheHandlersGive(t *testing.T) {
	committed, err := os.ReadFile("../../../spec/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != string(httpapi.Document()) {
		t.Error("spec/openapi.json differs from the handlers: run go generate ./internal/installation/httpapi")
	}
	w := newWorld(t)
	if served := w.do(ask{method: "GET", path: "/openapi.json", token: "-"}); string(served.body) != string(committed) {
		t.Error("/openapi.json serves another document")
	}
}

// A document is the part of OpenAPI the tests walk.
type document struct {
	Paths      map[string]map[string]documented
	Components struct{ Schemas map[string]any }
}

type documented struct {
	OperationID string
	Security    *[]map[string][]string
	Parameters  []struct{ Name, In string }
	RequestBody *struct{ Content map[string]any }
	Responses   map[string]struct {
		Description string
		Headers     map[string]any
		Content     map[string]struct{ Schema map[string]any }
	}
}

func readDocument(t *testing.T) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(httpapi.Document(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

var braces = regexp.MustCompile(`\{[a-z]+\}`)

// example fills in the wildcards of a path with things that are there.
func example(path string) string {
	switch {
	case strings.HasPrefix(path, "/v1/people"):
		path = strings.Replace(path, "{id}", "anna", 1)
		path = strings.Replace(path, "{name}", "gadget", 1)
	case strings.HasPrefix(path, "/v1/sets"):
		path = strings.Replace(path, "{id}", "superoffice-1", 1)
	}
	return braces.ReplaceAllString(path, "gadget")
}

func TestEveryDocumentedOperationIsThereAndAsksForAToken(t *testing.T) {
	w, doc := newWorld(t), readDocument(t)
	seen := map[string]bool{}
	for path, methods := range doc.Paths {
		var allowed []string
		for method, op := range methods {
			method = strings.ToUpper(method)
			allowed = append(allowed, method)
			if op.OperationID == "" || seen[op.OperationID] {
				t.Errorf("%s %s: operation id %q", method, path, op.OperationID)
			}
			seen[op.OperationID] = true
			open := op.Security != nil
			got := w.do(ask{method: method, path: example(path), token: "-"})
			switch {
			case open && got.status != http.StatusOK:
				t.Errorf("%s %s: %d without a token", method, path, got.status)
			case !open && (got.status != http.StatusUnauthorized || got.problem().Code != "auth.missing" || got.header.Get("WWW-Authenticate") == ""):
				t.Errorf("%s %s: %d %s without a token", method, path, got.status, got.body)
			}
			for _, m := range braces.FindAllString(path, -1) {
				if !slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return "{"+p.Name+"}" == m && p.In == "path" }) {
					t.Errorf("%s %s: %s is not documented", method, path, m)
				}
			}
		}
		if strings.HasSuffix(path, "/changes") {
			continue
		}
		options := w.do(ask{method: "OPTIONS", path: example(path), token: "-"})
		for _, m := range allowed {
			if !strings.Contains(options.header.Get("Allow"), m) {
				t.Errorf("OPTIONS %s allows %q, want %s in it", path, options.header.Get("Allow"), m)
			}
		}
		wrong := w.do(ask{method: "TRACE", path: example(path)})
		if wrong.status != http.StatusMethodNotAllowed || wrong.problem().Code != "request.method" || wrong.header.Get("Allow") == "" {
			t.Errorf("TRACE %s: %d %s", path, wrong.status, wrong.body)
		}
	}
}

// What goes on although nothing can be stored, and what is let through while an
// installation is suspended: it takes back, repairs, or is only recorded.
var (
	neverClosed    = []string{"compareHead", "checkIntegrity", "checkAudit", "reviewSetWith", "listSuperfluous", "whatIf", "check", "checkMany"}
	neverSuspended = []string{"makeLink", "endSessions", "endSession", "removePassword", "removePasskey", "removeProvider", "revokeToken",
		"erasePerson", "dropWebhook", "testMessage", "repairDamage", "makeRequestFile"}
)

func TestWhatStoresSomethingSaysHowItIsRefusedWhereNothingMayBeStored(t *testing.T) {
	for path, methods := range readDocument(t).Paths {
		for method, op := range methods {
			writes := method != "get" && !slices.Contains(neverClosed, op.OperationID)
			for code, want := range map[string]bool{
				"423 storage.read-only": writes, "423 storage.cannot-check": writes, "423 storage.rolled-back": writes,
				"423 storage.schema-changed": writes, "503 storage.unavailable": writes,
				"423 installation.suspended": writes && !slices.Contains(neverSuspended, op.OperationID),
			} {
				status, code, _ := strings.Cut(code, " ")
				if got := strings.Contains(op.Responses[status].Description, "`"+code+"`"); got != want {
					t.Errorf("%s %s: %s %s is documented: %t", method, path, status, code, got)
				}
			}
			for _, status := range []string{"429", "503"} {
				r, there := op.Responses[status]
				if there && path != "/readyz" && r.Headers["Retry-After"] == nil {
					t.Errorf("%s %s: the %s does not say when to ask again", method, path, status)
				}
			}
		}
	}
}

// What an installation that is suspended answers is in the document, and what is let
// through nonetheless is just what the document says.
func TestASuspendedInstallationRefusesWhatTheDocumentSaysItRefuses(t *testing.T) {
	w, doc := newWorld(t), readDocument(t)
	w.connect()
	hook := into[api.ChangedWebhook](w, ask{method: "POST", path: "/v1/messages/webhooks", body: `{"url":"http://127.0.0.1:1/old"}`})
	token := into[api.MadeToken](w, ask{method: "POST", path: "/v1/tokens", body: `{"name":"spare","scopes":["read"]}`})
	_, err := w.Suspend(t.Context(), housetest.Host, "acme", "unpaid")
	w.must(err)
	for _, s := range []struct{ method, path, template, body string }{
		{"POST", "/v1/people", "", `{"user_id":"eva"}`},
		{"PATCH", "/v1/people/bo", "/v1/people/{id}", `{"last_name":"Ek"}`},
		{"DELETE", "/v1/people/bo/plans/sales", "/v1/people/{id}/plans/{name}", ""},
		{"PUT", "/v1/sets/policy", "", `{"activation":"ask"}`},
		{"PUT", "/v1/profiles/guests", "/v1/profiles/{code}", `{"modules":[]}`},
		{"POST", "/v1/people/bo/roles", "/v1/people/{id}/roles", `{"role":"auditor"}`},
		{"POST", "/v1/tokens", "", `{"name":"ci","scopes":["check"]}`},
		{"PATCH", "/v1/defaults", "", `{"theme":"dark"}`},
		{"PATCH", "/v1/activity", "", `{"collected":true,"ground":"agreed"}`},
		{"POST", "/v1/events", "", `{"type":"no-login","audience":["external"],"texts":{"sv":"Stängt"}}`},
		{"POST", "/v1/authority/register", "", `{"issuer":"SUPEROFFICE","code":"ABCD-EFGH-IJKL-MNOP"}`},
		{"POST", "/v1/authority/request-file", "", `{"issuer":"superoffice"}`},
		{"POST", "/v1/people/anna/link", "/v1/people/{id}/link", `{}`},
		{"DELETE", "/v1/people/anna/sessions", "/v1/people/{id}/sessions", ""},
		{"DELETE", "/v1/people/anna/password", "/v1/people/{id}/password", ""},
		{"DELETE", "/v1/tokens/" + token.Token.ID, "/v1/tokens/{id}", ""},
		{"DELETE", "/v1/messages/webhooks/" + hook.Webhook.ID, "/v1/messages/webhooks/{webhook}", ""},
		{"POST", "/v1/people/cy/erase", "/v1/people/{id}/erase", `{}`},
	} {
		if s.template == "" {
			s.template = s.path
		}
		want, got := "", w.do(ask{method: s.method, path: s.path, body: s.body})
		if strings.Contains(doc.Paths[s.template][strings.ToLower(s.method)].Responses["423"].Description, "installation.suspended") {
			want = "installation.suspended"
		}
		code := ""
		if got.status != http.StatusOK {
			code = got.problem().Code
		}
		if code != want {
			t.Errorf("%s %s: %d %q, documented %q", s.method, s.path, got.status, code, want)
		}
	}
}

// schemaOf returns what an answer must look like.
func schemaOf(t *testing.T, doc document, method, path string, status string) (schema map[string]any, media string) {
	t.Helper()
	op, ok := doc.Paths[path][strings.ToLower(method)]
	if !ok {
		t.Fatalf("%s %s is not documented", method, path)
	}
	r, ok := op.Responses[status]
	if !ok {
		t.Fatalf("%s %s: status %s is not documented", method, path, status)
	}
	for media, c := range r.Content {
		return c.Schema, media
	}
	return nil, ""
}

// conforms checks a value against a schema with huma's validator.
func conforms(t *testing.T, doc document, schema map[string]any, body []byte) []error {
	t.Helper()
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	for name, s := range doc.Components.Schemas {
		b, _ := json.Marshal(s)
		registry.Map()[name] = readSchema(t, b)
	}
	b, _ := json.Marshal(schema)
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return []error{err}
	}
	var result huma.ValidateResult
	huma.Validate(registry, readSchema(t, b), huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, &result)
	return result.Errors
}

func readSchema(t *testing.T, b []byte) *huma.Schema {
	t.Helper()
	var raw struct {
		Type                 string                     `json:"type"`
		Ref                  string                     `json:"$ref"`
		Format               string                     `json:"format"`
		Enum                 []any                      `json:"enum"`
		Required             []string                   `json:"required"`
		Properties           map[string]json.RawMessage `json:"properties"`
		Items                json.RawMessage            `json:"items"`
		AdditionalProperties any                        `json:"additionalProperties"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	s := &huma.Schema{Type: raw.Type, Ref: raw.Ref, Format: raw.Format, Enum: raw.Enum, Required: raw.Required}
	if raw.AdditionalProperties == false {
		s.AdditionalProperties = false
	}
	if raw.Items != nil {
		s.Items = readSchema(t, raw.Items)
	}
	if raw.Properties != nil {
		s.Properties = map[string]*huma.Schema{}
		for name, p := range raw.Properties {
			s.Properties[name] = readSchema(t, p)
		}
	}
	s.PrecomputeMessages()
	return s
}

// TestAnswersAreAsDocumented walks a day in the life of an installation, and
// checks each answer against the document. Every operation takes part.
func TestAnswersAreAsDocumented(t *testing.T) {
	w, doc := newWorld(t), readDocument(t)
	w.connect()
	renewal := w.set
	renewal.Number, renewal.Previous = 2, into[api.Set](w, ask{method: "GET", path: "/v1/sets/superoffice-1"}).Checkpoint
	file := string(w.Vendors.File(t, renewal))
	partner := w.set
	partner.Issuer = "ACME"
	partners := string(w.Vendors.File(t, partner))
	provider := housetest.NewProvider(t, time.Now)
	hook := into[api.ChangedWebhook](w, ask{method: "POST", path: "/v1/messages/webhooks", body: `{"url":"http://127.0.0.1:1/old"}`})
	view := into[api.ChangedView](w, ask{method: "POST", path: "/v1/views", body: `{"page":"users","name":"Old","query":""}`})
	token := into[api.MadeToken](w, ask{method: "POST", path: "/v1/tokens", body: `{"name":"spare","scopes":["read"]}`})
	job := into[api.Bulk](w, ask{method: "POST", path: "/v1/people/import", body: "user_id\nimp\n", media: "text/csv"}).Job.ID
	steps := []struct{ method, path, template, body, media string }{
		{"GET", "/v1/status", "", "", ""},
		{"GET", "/v1/clock", "", "", ""},
		{"POST", "/v1/clock/confirm", "", `{"code":"GOOD-CODE-HERE"}`, ""},
		{"GET", "/v1/count", "", "", ""},
		{"GET", "/v1/count?as_of=2026-06-01", "/v1/count", "", ""},
		{"POST", "/v1/what-if", "", `{"steps":[{"act":"remove-plan","person":"anna","name":"sales"},{"act":"date","date":"2026-07-01"}],"questions":[{"person":"anna","module":"sale-cal"}]}`, ""},
		{"GET", "/v1/peaks?from=2026-06-01&hidden=true", "/v1/peaks", "", ""},
		{"GET", "/v1/sets", "", "", ""},
		{"POST", "/v1/sets?dry_run=true", "/v1/sets", file, "text/plain"},
		{"PUT", "/v1/sets/policy", "", `{"activation":"ask"}`, ""},
		{"GET", "/v1/sets/policy", "", "", ""},
		{"POST", "/v1/sets", "", file, "text/plain"},
		{"POST", "/v1/sets", "", file, "text/plain"},
		{"GET", "/v1/sets/superoffice-2", "/v1/sets/{id}", "", ""},
		{"GET", "/v1/sets/superoffice-2/file", "/v1/sets/{id}/file", "", ""},
		{"GET", "/v1/sets/superoffice-2/review", "/v1/sets/{id}/review", "", ""},
		{"POST", "/v1/sets/superoffice-2/superfluous/sales", "/v1/sets/{id}/superfluous/{module}", `{"suggest":true}`, ""},
		{"GET", "/v1/keys", "", "", ""},
		{"POST", "/v1/sets/superoffice-2/review", "/v1/sets/{id}/review", `{"choices":[{"do":"switch","everyone":true,"name":"sales","to":"service"},{"do":"end-login","person":"cy"}]}`, ""},
		{"POST", "/v1/sets/superoffice-2/withdraw", "/v1/sets/{id}/withdraw", "", ""},
		{"POST", "/v1/sets/superoffice-2/activate", "/v1/sets/{id}/activate", `{"choices":[{"do":"end-login","person":"cy"}]}`, ""},
		{"POST", "/v1/sets/roll-back?dry_run=true", "/v1/sets/roll-back", "", ""},
		{"POST", "/v1/sets", "", partners, "text/plain"},
		{"POST", "/v1/sets/acme-1/activate", "/v1/sets/{id}/activate", "", ""},
		{"DELETE", "/v1/sets/acme-1", "/v1/sets/{id}", "", ""},
		{"GET", "/v1/sets/history", "", "", ""},
		{"GET", "/v1/sets/superoffice-1/diff/superoffice-2", "/v1/sets/{id}/diff/{other}", "", ""},
		{"GET", "/v1/status", "", "", ""},
		{"GET", "/v1/licenses?hidden=true", "/v1/licenses", "", ""},
		{"GET", "/v1/licenses/sale-cal", "/v1/licenses/{name}", "", ""},
		{"GET", "/v1/attention", "/v1/attention", "", ""},
		{"GET", "/v1/licenses/sale-cal?seats=3", "/v1/licenses/{name}", "", ""},
		{"GET", "/v1/licenses/sale-cal/history?by=month", "/v1/licenses/{name}/history", "", ""},
		{"GET", "/v1/licenses/superoffice.sale-cal/holders?limit=1", "/v1/licenses/{name}/holders", "", ""},
		{"POST", "/v1/people", "", `{"user_id":"eva","first_name":"Eva","login":true,"valid_through":"2026-12-31"}`, "application/json"},
		{"GET", "/v1/people?q=a&limit=1", "/v1/people", "", ""},
		{"PATCH", "/v1/people/eva", "/v1/people/{id}", `{"last_name":"Ek"}`, ""},
		{"PUT", "/v1/people/eva/plan", "/v1/people/{id}/plan", `{"plan":"service","reason":"new"}`, ""},
		{"DELETE", "/v1/people/eva/plans/service", "/v1/people/{id}/plans/{name}", "", ""},
		{"POST", "/v1/people/eva/plans", "/v1/people/{id}/plans", `{"plan":"none"}`, ""},
		{"PUT", "/v1/people/eva/extras/gadget", "/v1/people/{id}/extras/{name}", "", ""},
		{"GET", "/v1/people/eva", "/v1/people/{id}", "", ""},
		{"DELETE", "/v1/people/eva/extras/gadget", "/v1/people/{id}/extras/{name}", "", ""},
		{"PUT", "/v1/profiles/guests", "/v1/profiles/{code}", `{"modules":["gadget"]}`, ""},
		{"GET", "/v1/profiles", "", "", ""},
		{"GET", "/v1/profiles/guests", "/v1/profiles/{code}", "", ""},
		{"PUT", "/v1/people/eva/profile", "/v1/people/{id}/profile", `{"profile":"guests"}`, ""},
		{"PUT", "/v1/people/eva/profile", "/v1/people/{id}/profile", `{"profile":""}`, ""},
		{"DELETE", "/v1/profiles/guests", "/v1/profiles/{code}", "", ""},
		{"DELETE", "/v1/people/eva/login", "/v1/people/{id}/login", "", ""},
		{"PUT", "/v1/people/eva/login", "/v1/people/{id}/login", `{"valid_through":"2027-01-01"}`, ""},
		{"POST", "/v1/check", "", `{"person":"anna","module":"superoffice.sale-cal"}`, ""},
		{"POST", "/v1/checks", "", `{"checks":[{"person":"anna","client":"superoffice.web"},{"feature":"superoffice.sale"},{"person":"cy","feature":"superoffice.sale"}]}`, ""},
		{"GET", "/v1/why?person=anna&module=sale-cal", "/v1/why", "", ""},
		{"GET", "/v1/why?person=cy&module=sale-cal", "/v1/why", "", ""},
		{"GET", "/v1/why?person=nobody&client=web", "/v1/why", "", ""},
		{"GET", "/v1/why?database=0&module=translate", "/v1/why", "", ""},
		{"POST", "/v1/check", "", `{"database":"0","module":"superoffice.translate"}`, ""},
		{"GET", "/v1/people/anna/offer", "/v1/people/{id}/offer", "", ""},
		{"PUT", "/v1/people/eva/given", "/v1/people/{id}/given", `{"given":[],"was":["superoffice.none"],"take_from":[],"reason":"none"}`, ""},
		{"GET", "/v1/people/anna/licenses", "/v1/people/{id}/licenses", "", ""},
		{"GET", "/v1/holdings", "", "", ""},
		{"POST", "/v1/people/eva/roles", "/v1/people/{id}/roles", `{"role":"auditor"}`, ""},
		{"GET", "/v1/roles", "", "", ""},
		{"GET", "/v1/people?role=auditor&kind=internal&waiting=false", "/v1/people", "", ""},
		{"DELETE", "/v1/people/eva/roles/auditor", "/v1/people/{id}/roles/{role}", "", ""},
		{"POST", "/v1/people/eva/approve", "/v1/people/{id}/approve", "", ""},
		{"POST", "/v1/people", "", `{"user_id":"gast","waiting":true}`, ""},
		{"POST", "/v1/people/gast/refuse", "/v1/people/{id}/refuse", "", ""},
		{"POST", "/v1/views", "", `{"page":"users","name":"Waiting","query":"login=waiting","shared":true}`, ""},
		{"GET", "/v1/messages", "", "", ""},
		{"PUT", "/v1/messages/rules", "", `{"rules":[{"event":"pool","reader":"auditor","on":true}]}`, ""},
		{"POST", "/v1/messages/webhooks", "", `{"url":"http://127.0.0.1:1/new"}`, ""},
		{"POST", "/v1/messages/test?dry_run=true", "/v1/messages/test", `{"webhook":"` + hook.Webhook.ID + `"}`, ""},
		{"DELETE", "/v1/messages/webhooks/" + hook.Webhook.ID, "/v1/messages/webhooks/{webhook}", "", ""},
		{"GET", "/v1/views?page=users", "/v1/views", "", ""},
		{"DELETE", "/v1/views/" + view.View.ID, "/v1/views/{view}", "", ""},
		{"GET", "/v1/activity", "", "", ""},
		{"PATCH", "/v1/activity", "", `{"collected":true,"ground":"agreed"}`, ""},
		{"GET", "/v1/defaults", "", "", ""},
		{"PATCH", "/v1/defaults", "", `{"language":"sv","theme":"dark"}`, ""},
		{"POST", "/v1/people/eva/retire", "/v1/people/{id}/retire", "", ""},
		{"POST", "/v1/people/eva/restore", "/v1/people/{id}/restore", `{}`, ""},
		{"GET", "/v1/blockers", "", "", ""},
		{"PUT", "/v1/blockers", "", `{"url":"http://127.0.0.1:1/","timeout_ms":100}`, ""},
		{"GET", "/v1/people/eva/blockers?act=login.end", "/v1/people/{id}/blockers", "", ""},
		{"DELETE", "/v1/people/eva/login?with_dependants=true", "/v1/people/{id}/login", "", ""},
		{"DELETE", "/v1/blockers", "", "", ""},
		{"POST", "/v1/databases", "", `{"name":"Oslo"}`, ""},
		{"PATCH", "/v1/databases/1", "/v1/databases/{database}", `{"name":"Bergen"}`, ""},
		{"PUT", "/v1/databases/bergen/licenses/translate", "/v1/databases/{database}/licenses/{name}", `{"reason":"pilot"}`, ""},
		{"GET", "/v1/databases/1", "/v1/databases/{database}", "", ""},
		{"GET", "/v1/databases?removed=true", "/v1/databases", "", ""},
		{"DELETE", "/v1/databases/1/licenses/translate", "/v1/databases/{database}/licenses/{name}", "", ""},
		{"DELETE", "/v1/databases/1", "/v1/databases/{database}", "", ""},
		{"GET", "/v1/may-upgrade?version=12.1&date=2026-12-31&issuer=superoffice", "/v1/may-upgrade", "", ""},
		{"POST", "/v1/people/import?dry_run=true&mode=add&partial=true&delimiter=semicolon&encoding=utf-8&language=en&columns=user_id,,plans", "/v1/people/import", "User;Shoe;Plan\nimp;38;gold\nimq;;\n", "text/csv"},
		{"POST", "/v1/people/import", "", "user_id\nimq\n", "text/plain"},
		{"GET", "/v1/people/export?header=sv&excel=true&sort=-name", "/v1/people/export", "", ""},
		{"GET", "/v1/people/template", "", "", ""},
		{"POST", "/v1/people/bulk", "", `{"query":"q=imq","act":"give-login"}`, ""},
		{"GET", "/v1/people?group_by=login&page=1&signs_in=true&sort=last-name", "/v1/people", "", ""},
		{"GET", "/v1/people/eva?as_of=2026-06-10", "/v1/people/{id}", "", ""},
		{"GET", "/v1/jobs", "", "", ""},
		{"GET", "/v1/jobs/" + job, "/v1/jobs/{job}", "", ""},
		{"GET", "/v1/jobs/" + job + "/rows?result=added", "/v1/jobs/{job}/rows", "", ""},
		{"GET", "/v1/jobs/" + job + "/errors", "/v1/jobs/{job}/errors", "", ""},
		{"POST", "/v1/jobs/" + job + "/undo?dry_run=true", "/v1/jobs/{job}/undo", `{}`, ""},
		{"DELETE", "/v1/people/eva", "/v1/people/{id}", "", ""},
		{"POST", "/v1/people/eva/erase", "/v1/people/{id}/erase", `{}`, ""},
		{"GET", "/v1/people?deleted=true", "/v1/people", "", ""},
		{"POST", "/v1/events", "", `{"type":"no-login","expected":"2026-06-10T20:00:00Z","audience":["external"],"texts":{"sv":"Stängt"}}`, ""},
		{"PATCH", "/v1/events/1", "/v1/events/{id}", `{"expected":""}`, ""},
		{"GET", "/v1/events/1", "/v1/events/{id}", "", ""},
		{"POST", "/v1/events/1/end", "/v1/events/{id}/end", `{"reason":"done"}`, ""},
		{"GET", "/v1/events?ended=true", "/v1/events", "", ""},
		{"POST", "/v1/authority/register", "", `{"issuer":"SUPEROFFICE","code":"ABCD-EFGH-IJKL-MNOP"}`, ""},
		{"GET", "/v1/authority", "", "", ""},
		{"POST", "/v1/authority/fetch", "", `{"issuer":"superoffice"}`, ""},
		{"POST", "/v1/authority/request-file", "", `{"issuer":"superoffice"}`, ""},
		{"POST", "/v1/owner", "", `{"issuer":"superoffice","serial":"1801550193","code":"ABCD-EFGH-IJKL-MNOP"}`, ""},
		{"POST", "/v1/people/anna/link", "/v1/people/{id}/link", `{}`, ""},
		{"GET", "/v1/people/anna/signin", "/v1/people/{id}/signin", "", ""},
		{"DELETE", "/v1/people/anna/sessions", "/v1/people/{id}/sessions", "", ""},
		{"DELETE", "/v1/people/anna/password", "/v1/people/{id}/password", "", ""},
		{"PUT", "/v1/providers/work", "/v1/providers/{code}", `{"name":"Work","issuer":"` + provider.URL + `","client_id":"pott","secret":"x"}`, ""},
		{"GET", "/v1/providers", "", "", ""},
		{"GET", "/v1/providers/work/test", "/v1/providers/{code}/test", "", ""},
		{"DELETE", "/v1/providers/work", "/v1/providers/{code}", "", ""},
		{"GET", "/v1/audit?limit=2", "/v1/audit", "", ""},
		{"GET", "/v1/audit?who=token&from=2026-06-01&to=2026-06-30", "/v1/audit", "", ""},
		{"GET", "/v1/audit/verify", "", "", ""},
		{"GET", "/v1/head", "", "", ""},
		{"POST", "/v1/head/compare", "", `{"head":"` + into[api.Head](w, ask{method: "GET", path: "/v1/head"}).Head + `"}`, ""},
		{"GET", "/v1/audit/verify?from=2&to=2026-06-30", "/v1/audit/verify", "", ""},
		{"GET", "/v1/audit/proof?from=2&names=true", "/v1/audit/proof", "", ""},
		{"GET", "/v1/report", "", "", ""},
		{"GET", "/v1/report/pdf", "", "", ""},
		{"GET", "/v1/activations/1", "/v1/activations/{number}", "", ""},
		{"GET", "/v1/activations/1/pdf", "/v1/activations/{number}/pdf", "", ""},
		{"GET", "/v1/people/anna/messages", "/v1/people/{id}/messages", "", ""},
		{"PUT", "/v1/people/anna/messages", "/v1/people/{id}/messages", `{"choices":[{"event":"expiry","on":false}]}`, ""},
		{"POST", "/v1/audit/verify", "", `{"from":"1","to":"3"}`, ""},
		{"GET", "/v1/audit/2", "/v1/audit/{id}", "", ""},
		{"GET", "/v1/integrity", "", "", ""},
		{"POST", "/v1/integrity/check", "", "", ""},
		{"GET", "/v1/tokens", "", "", ""},
		{"POST", "/v1/tokens", "", `{"name":"ci","scopes":["check"],"expires":"2027-01-01"}`, ""},
		{"DELETE", "/v1/tokens/" + token.Token.ID, "/v1/tokens/{id}", "", ""},
		{"GET", "/healthz", "", "", ""},
		{"GET", "/readyz", "", "", ""},
		{"GET", "/openapi.json", "", "", ""},
	}
	visited := map[string]bool{"GET /v1/changes": true, // it never ends; it has a test of its own
		"POST /v1/jobs/{job}/cancel":                true,                                                    // only what runs is cancelled: the house tests it
		"DELETE /v1/people/{id}/sessions/{session}": true, "DELETE /v1/people/{id}/passkeys/{passkey}": true, // they need a browser
		"GET /v1/damage": true, "GET /v1/damage/{place}": true, "POST /v1/damage/{place}/repair": true, "GET /v1/damage/{place}/incident": true} // so has damage
	for _, s := range steps {
		template := s.template
		if template == "" {
			template = s.path
		}
		visited[s.method+" "+template] = true
		got := w.do(ask{method: s.method, path: s.path, body: s.body, media: s.media})
		if got.status != http.StatusOK {
			t.Errorf("%s %s: %d %s", s.method, s.path, got.status, got.body)
			continue
		}
		schema, media := schemaOf(t, doc, s.method, template, "200")
		if !strings.HasPrefix(got.header.Get("Content-Type"), strings.Split(media, ";")[0]) {
			t.Errorf("%s %s: %s, documented %s", s.method, s.path, got.header.Get("Content-Type"), media)
		}
		if media == "application/json" {
			if errs := conforms(t, doc, schema, got.body); len(errs) > 0 {
				t.Errorf("%s %s: %v in %s", s.method, s.path, errs, got.body)
			}
		}
	}
	for path, methods := range doc.Paths {
		for method := range methods {
			if !visited[strings.ToUpper(method)+" "+path] {
				t.Errorf("%s %s is in no step", strings.ToUpper(method), path)
			}
		}
	}
}

func TestASchemaThatIsBrokenIsNoticed(t *testing.T) {
	doc := readDocument(t)
	schema, _ := schemaOf(t, doc, "POST", "/v1/check", "200")
	for _, body := range []string{`{"effect":"maybe","reason":"x","seq":1}`, `{"effect":"allow","seq":1}`, `{"effect":"allow","reason":1,"seq":1}`, `[]`} {
		if len(conforms(t, doc, schema, []byte(body))) == 0 {
			t.Errorf("%s conforms", body)
		}
	}
	if errs := conforms(t, doc, schema, []byte(`{"effect":"allow","reason":"held","seq":1,"later":true}`)); len(errs) > 0 {
		t.Errorf("an answer that has grown does not conform: %v", errs)
	}
	if reflect.DeepEqual(schema, map[string]any{}) {
		t.Error("the schema says nothing")
	}
}
