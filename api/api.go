// Package api holds the request and answer types of the installation's JSON API
// exactly as they travel, so that a program written against them keeps reading
// what later servers of version 1 send. It has no behaviour.
//
// Paths begin with /v1 where a server holds one installation, and with
// /{installation}/v1 where it holds several and the host name does not say
// which. A program sends `Authorization: Bearer pott_<id>_<secret>`.
//
// Names of licenses travel in their text form, "superoffice.sale-cal". Requests
// carry them as typed by people: a bare "sale-cal" is understood where exactly
// one issuer has it, except in checks. Days travel as "2026-06-10" and are good
// through the whole day in the zone of the set or installation; moments travel
// as RFC 3339 in UTC. A field that says nothing is left out.
package api

import "time"

// ContentProblem is the media type of a [Problem].
const ContentProblem = "application/problem+json"

// CommandAgent is what the User-Agent of the command pott begins with. Requests that
// say so are on record as having come through the command; all others as having come
// from a program.
const CommandAgent = "pott/"

// The scopes a token may have. Admin includes all others, Activate and Assign
// include Read; Check stands alone.
const (
	ScopeCheck    = "check"    // ask questions, read holdings and the change stream
	ScopeRead     = "read"     // read everything but tokens
	ScopeAssign   = "assign"   // change people, profiles and what they are given
	ScopeActivate = "activate" // load, review and activate sets
	ScopeAdmin    = "admin"    // everything, tokens included
)

// Scopes are all scopes, narrowest first.
var Scopes = []string{ScopeCheck, ScopeRead, ScopeAssign, ScopeActivate, ScopeAdmin}

// DryRun is the query parameter that turns any change into a preview: the same
// answer with dry_run true, and nothing stored.
const DryRun = "dry_run"

// A Problem is the body of every answer that is not a success (RFC 9457). Code
// and Facts never change with the language; Title, Detail and Hint do.
type Problem struct {
	Type     string         `json:"type" doc:"A URI that names the kind of problem; it ends with the code."`
	Title    string         `json:"title" doc:"What kind of problem it is, in the language asked for."`
	Status   int            `json:"status" doc:"The HTTP status."`
	Detail   string         `json:"detail" doc:"One sentence about this occurrence, in the language asked for."`
	Code     string         `json:"code" doc:"The stable code, such as seat.pool-full."`
	Facts    map[string]any `json:"facts,omitempty" doc:"Everything the sentence is made of."`
	Hint     string         `json:"hint,omitempty" doc:"What would help."`
	Instance string         `json:"instance" doc:"The reference number of the request."`
}

// An Outcome stands in the answer to every change.
type Outcome struct {
	Changed bool  `json:"changed" doc:"False when it was already so."`
	DryRun  bool  `json:"dry_run,omitempty" doc:"True when nothing was stored because a preview was asked for."`
	Seq     int64 `json:"seq" doc:"The state that holds the change: every later answer has this number or a higher one."`
}

// A List is one page of a listing.
type List[T any] struct {
	AsOf  time.Time `json:"as_of" doc:"When the listing was true."`
	Seq   int64     `json:"seq" doc:"The state it was read from."`
	Total int       `json:"total,omitempty" doc:"How many there are on all pages; left out when there are none, and where counting would cost too much."`
	Items []T       `json:"items" doc:"This page."`
	Next  string    `json:"next,omitempty" doc:"The value of after= that gives the next page; left out on the last."`

	Damage *PastDamage `json:"damage,omitempty" doc:"Of a list of the past: when not all of it is known."`
}

// Health is the answer of /healthz and /readyz.
type Health struct {
	Status string `json:"status" enum:"ok,not-ready" doc:"ok, or not-ready."`
}
