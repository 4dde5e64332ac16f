package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// A Check is one question, about one of Module, Client and Feature:
//
//	person and module    may the person use it?
//	person and client    may the person sign in that way?
//	feature              is the system module on?
//	person and feature   may the person edit there?
//	database and module  may the database use it?
//
// Modules and features are written in full, "superoffice.sale-cal"; a client as
// "superoffice.web".
type Check struct {
	Person  string `json:"person,omitempty" doc:"User id."`
	Module  string `json:"module,omitempty"`
	Client  string `json:"client,omitempty"`
	Feature string `json:"feature,omitempty"`
	// Database, in place of Person, asks for a database: its number, or its name.
	Database string `json:"database,omitempty" doc:"In place of the person: the number or name of a database."`
}

// What an answer says.
const (
	Allow    = "allow"
	ReadOnly = "read-only"
	Deny     = "deny"
)

// An Answer is the answer to a check.
type Answer struct {
	Effect   string       `json:"effect" enum:"allow,read-only,deny"`
	Reason   string       `json:"reason" doc:"A stable code, such as held or not-held."`
	Until    license.Date `json:"until,omitzero" doc:"The last day the answer stands as far as is known; left out when there is no end."`
	Grace    bool         `json:"grace,omitempty" doc:"True between the expiry and the end of grace."`
	Expected time.Time    `json:"expected,omitzero" doc:"With the reason no-login-event: when signing in should work again; left out when nobody said."`
	Seq      int64        `json:"seq" doc:"The state it was answered from."`
}

// Checks is the body of a batch of up to 1000 questions.
type Checks struct {
	Checks []Check `json:"checks"`
}

// Answers are the answers to a batch, in its order, all from one state.
type Answers struct {
	Seq     int64    `json:"seq"`
	Answers []Answer `json:"answers"`
}

// A Why is an answer with everything that led to it.
type Why struct {
	Question Check `json:"question"`
	Answer
	Paths   []Path      `json:"paths" doc:"Every way that gives it."`
	Missing []Missing   `json:"missing" doc:"Everything that is missing, when it is not given."`
	Damage  []WhyDamage `json:"damage,omitempty" doc:"Rows that were changed outside the system and on which the answer hangs, or may; at most 20."`
	Proof   *Proof      `json:"proof,omitempty" doc:"When it was asked for."`
}

// A WhyDamage is a row that was changed outside the system: it gives nothing
// until somebody has decided about it.
type WhyDamage struct {
	Fact    string       `json:"fact" doc:"A stable code, such as damaged-holding."`
	Text    string       `json:"text" doc:"The same in the language asked for."`
	Place   string       `json:"place" doc:"What it is called where it is repaired."`
	Table   string       `json:"table"`
	What    string       `json:"what" doc:"Such as edited or deleted."`
	Columns []string     `json:"columns,omitempty" doc:"That were edited, when that can be told."`
	Name    license.Name `json:"name,omitzero" doc:"The license it is about, when that can be told."`
}

// A Proof shows that one license is in the set in force, to somebody who has
// neither the rest of the set nor this server. It can be checked without a
// network: pott-verify proof check.
type Proof struct {
	License license.Name `json:"license" doc:"The license that decides."`
	Set     string       `json:"set" doc:"The id of the set."`
	Text    string       `json:"text" doc:"The proof, as it stands in a file."`
}

// A Path is one way that gives something, step by step.
type Path struct {
	Steps []Step `json:"steps"`
}

// A Step is one fact of a path.
type Step struct {
	Fact string            `json:"fact" doc:"A stable code, such as person-holds."`
	Text string            `json:"text" doc:"The same in the language asked for."`
	With map[string]string `json:"with,omitempty" doc:"What the text is made of."`
}

// A Missing is one thing that stands in the way, and what would help.
type Missing struct {
	Fact  string            `json:"fact"`
	Text  string            `json:"text"`
	With  map[string]string `json:"with,omitempty"`
	Fixes []Fix             `json:"fixes,omitempty" doc:"The nearest first."`
}

// A Fix is something an administrator could do.
type Fix struct {
	Act  string       `json:"act" doc:"Such as set-plan, give-extra or give-login."`
	Name license.Name `json:"name,omitzero"`
	Free *int64       `json:"free,omitempty" doc:"Seats left for it; left out when the number is not enforced."`
	Text string       `json:"text"`
	// Needs and Forbidden say who can do it.
	Needs     string `json:"needs" doc:"The scope that doing it takes."`
	Forbidden bool   `json:"forbidden,omitempty" doc:"The asker does not have that scope; the text says who does."`
}

// A Count counts users both ways: what was bought as a ceiling, and what is in
// use as what is paid for.
type Count struct {
	AsOf      time.Time     `json:"as_of"`
	Seq       int64         `json:"seq"`
	SignIn    []CountRow    `json:"sign_in" doc:"Per sign-in module: seats bought are the ceiling."`
	Plans     []CountRow    `json:"plans" doc:"Per plan: in use is what is paid for."`
	PaidUsers int64         `json:"paid_users" doc:"People on plans, the empty plan and unrestricted plans left out."`
	Issuers   []IssuerCount `json:"issuers"`
	Damage    *PastDamage   `json:"damage,omitempty" doc:"Of a count of the past: when not all of it is known."`
}

// A CountRow is one license in a count.
type CountRow struct {
	Name        license.Name `json:"name"`
	DisplayName string       `json:"display_name,omitempty"`
	Client      string       `json:"client,omitempty" doc:"The way to sign in that needs it."`
	Paid        bool         `json:"paid,omitempty" doc:"Whether being on this plan counts as a paid user."`
	Seats       *int64       `json:"seats,omitempty" doc:"Bought; left out when paid by use or not enforced, where only what is in use counts."`
	Taken       int64        `json:"taken" doc:"In use."`
}

// An IssuerCount is the count of one issuer.
type IssuerCount struct {
	Issuer    string `json:"issuer"`
	Ceiling   *int64 `json:"ceiling,omitempty" doc:"The smallest number of seats among the user modules every sign-in of the main client needs; left out when nothing limits it."`
	PaidUsers int64  `json:"paid_users"`
}
