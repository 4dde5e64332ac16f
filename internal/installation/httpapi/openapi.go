package httpapi

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pott-dev/pott/api"
)

//go:generate go run ./gendocument ../../../spec/openapi.json

// Version is the version of the API the document describes.
const Version = "1.0"

const aboutAPI = `Activate license sets, give people plans, and ask what somebody may do.

Paths begin with /v1 where the server holds one installation or the host name says which, and with /{installation}/v1 otherwise. Every change takes dry_run=true. Every refusal is a problem detail (RFC 9457) with a stable code and the facts its sentence is made of; Accept-Language chooses the language of the sentence.`

// Document returns the OpenAPI 3.1 document of all operations, indented. The
// same operations give the same bytes.
func Document() []byte {
	s := &schemas{registry: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)}
	doc := &huma.OpenAPI{
		OpenAPI:  "3.1.0",
		Info:     &huma.Info{Title: "Pott installation", Version: Version, Description: aboutAPI},
		Security: []map[string][]string{{"token": {}}},
		Components: &huma.Components{
			Schemas: s.registry,
			SecuritySchemes: map[string]*huma.SecurityScheme{"token": {
				Type: "http", Scheme: "bearer", BearerFormat: "pott_<id>_<secret>", Description: "A token made by an administrator.",
			}},
		},
	}
	for _, o := range operations() {
		doc.AddOperation(s.operation(o))
	}
	for _, o := range openOperations() {
		doc.AddOperation(o(s))
	}
	s.settle()
	b, err := json.Marshal(doc)
	if err != nil {
		panic("httpapi: the OpenAPI document cannot be written: " + err.Error())
	}
	return indent(b)
}

func indent(b []byte) []byte {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		panic("httpapi: the OpenAPI document cannot be read: " + err.Error())
	}
	b, _ = json.MarshalIndent(v, "", "  ")
	return append(b, '\n')
}

// openOperations are those that need no token.
func openOperations() []func(*schemas) *huma.Operation {
	open := func(path, id, summary string, out reflect.Type, statuses ...int) func(*schemas) *huma.Operation {
		return func(s *schemas) *huma.Operation {
			op := &huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"server"},
				Security: []map[string][]string{{}}, Responses: map[string]*huma.Response{}}
			for _, status := range statuses {
				op.Responses[strconv.Itoa(status)] = s.response(http.StatusText(status), "application/json", out)
			}
			return op
		}
	}
	return []func(*schemas) *huma.Operation{
		open("/healthz", "getHealth", "The process answers", reflect.TypeFor[api.Health](), 200),
		open("/readyz", "getReadiness", "The server can answer checks and changes", reflect.TypeFor[api.Health](), 200, 503),
		open("/openapi.json", "getDocument", "This document", nil, 200),
	}
}

// schemas makes the document's schemas from the types of package api.
type schemas struct {
	registry huma.Registry
	requests map[string]bool // names of schemas that stand for bodies of requests
}

var wildcard = regexp.MustCompile(`\{([a-z]+)\}`)

var wildcardDocs = map[string]string{
	"id":       "A user id, or # and the person's number; a set's id or checkpoint hash; an event's number; a token's id.",
	"name":     "A license, such as superoffice.sale-cal.",
	"code":     "A profile's code.",
	"database": "A database's number, or its name.",
	"role":     "administrator, user-administrator or auditor.",
}

func (s *schemas) operation(o operation) *huma.Operation {
	op := &huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary,
		Description: "Needs a token with the scope " + strings.Join(o.scopes, " or ") + ".",
		Tags:        []string{strings.Split(o.path, "/")[2]},
		Responses:   map[string]*huma.Response{},
	}
	for _, m := range wildcard.FindAllStringSubmatch(o.path, -1) {
		op.Parameters = append(op.Parameters, &huma.Param{Name: m[1], In: "path", Required: true, Description: wildcardDocs[m[1]], Schema: &huma.Schema{Type: "string"}})
	}
	for _, p := range o.query {
		schema := &huma.Schema{Type: p.kind}
		if p.max > 0 {
			most := float64(p.max)
			schema.Maximum = &most
		}
		op.Parameters = append(op.Parameters, &huma.Param{Name: p.name, In: "query", Description: p.doc, Schema: schema})
	}
	switch {
	case o.inText:
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: "string"}}}}
	case o.in != nil:
		op.RequestBody = &huma.RequestBody{Required: len(s.request(o.in).Required) > 0,
			Content: map[string]*huma.MediaType{"application/json": {Schema: s.registry.Schema(o.in, true, "")}}}
	}
	op.Responses[strconv.Itoa(o.status)] = s.response("Done", o.outType, o.out)
	s.problems(op, o)
	return op
}

// problems documents what an operation refuses, by status.
func (s *schemas) problems(op *huma.Operation, o operation) {
	codes := []string{"auth.missing", "auth.invalid", "auth.other-installation", "auth.scope", "request.parameter", "internal"}
	if o.in != nil || o.inText {
		codes = append(codes, "request.too-large", "request.media-type")
	}
	if o.in != nil {
		codes = append(codes, "request.malformed", "request.unknown-field")
	}
	if o.writes() {
		codes = append(codes, closedCodes...)
		if !o.always {
			codes = append(codes, "installation.suspended")
		}
	}
	byStatus := map[int][]string{}
	for _, code := range append(codes, o.codes...) {
		status := statusOf(code)
		byStatus[status] = append(byStatus[status], "`"+code+"`")
	}
	for status, codes := range byStatus {
		r := s.response(strings.Join(codes, ", "), api.ContentProblem, reflect.TypeFor[api.Problem]())
		if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
			r.Headers = map[string]*huma.Param{"Retry-After": {Description: "After how many seconds to ask again, where that may help.", Schema: &huma.Schema{Type: "integer"}}}
		}
		op.Responses[strconv.Itoa(status)] = r
	}
}

// closedCodes are the problems of whatever is to be stored.
var closedCodes = []string{"storage.read-only", "storage.cannot-check", "storage.rolled-back", "storage.schema-changed", "storage.unavailable"}

func (s *schemas) response(description, media string, t reflect.Type) *huma.Response {
	schema := &huma.Schema{Type: "string"}
	switch {
	case t != nil:
		schema = s.registry.Schema(t, true, "")
	case media == "application/json":
		schema = &huma.Schema{Type: "object"}
	}
	return &huma.Response{Description: description, Content: map[string]*huma.MediaType{media: {Schema: schema}}}
}

// request returns the schema of a request's body and remembers that it is one.
func (s *schemas) request(t reflect.Type) *huma.Schema {
	if s.requests == nil {
		s.requests = map[string]bool{}
	}
	s.requests[huma.DefaultSchemaNamer(t, "")] = true
	return s.registry.Schema(t, false, "")
}

// settle makes the schemas say what the server does: a list is never null, a
// request with an unknown field is refused, and an answer may grow.
func (s *schemas) settle() {
	for name, schema := range s.registry.Map() {
		for _, p := range schema.Properties {
			p.Nullable = false
		}
		if !s.requests[name] {
			schema.AdditionalProperties = nil
		}
	}
}
