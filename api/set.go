package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// A Set is a license set the installation has received.
type Set struct {
	ID          string       `json:"id" doc:"Issuer and number, such as superoffice-1."`
	Issuer      string       `json:"issuer" doc:"The issuer's code name."`
	IssuerName  string       `json:"issuer_name,omitempty"`
	Number      int64        `json:"number"`
	Company     string       `json:"company" doc:"The owner as the set spells it."`
	Serial      string       `json:"serial"`
	Status      string       `json:"status" enum:"loaded,active,replaced" doc:"Where it is in its life here."`
	State       string       `json:"state" enum:"ok,warning,grace,read-only" doc:"What its dates say today."`
	Issued      time.Time    `json:"issued"`
	NextCheck   license.Date `json:"next_check,omitzero"`
	Warning     license.Date `json:"warning,omitzero"`
	Expiry      license.Date `json:"expiry,omitzero"`
	Grace       license.Date `json:"grace,omitzero"`
	Maintenance license.Date `json:"maintenance,omitzero"`
	DaysLeft    *int         `json:"days_left,omitempty"`
	TimeZone    string       `json:"time_zone"`
	Deployment  string       `json:"deployment,omitempty"`
	Product     string       `json:"product,omitempty"`
	Occupancy   string       `json:"occupancy" enum:"assignment,credentials"`
	Final       bool         `json:"final,omitempty"`
	Demo        bool         `json:"demo,omitempty"`
	Checkpoint  string       `json:"checkpoint" doc:"SHA-256 of the checkpoint text, in lower-case hex: the identity of the set."`
	Licenses    int          `json:"licenses" doc:"How many licenses it has, hidden ones included."`
	Accepted    time.Time    `json:"accepted" doc:"When it was received and found genuine."`
	From        time.Time    `json:"from,omitzero" doc:"When it was activated."`
	Until       time.Time    `json:"until,omitzero" doc:"When another set replaced it."`
}

// A LoadedSet is the answer to sending a set.
type LoadedSet struct {
	Outcome
	Set     Set    `json:"set"`
	Already bool   `json:"already,omitempty" doc:"True when this very set had been received before."`
	Notes   []Note `json:"notes" doc:"What an administrator should know, such as a new company name."`
}

// A Note is something worth knowing that refuses nothing.
type Note struct {
	Code string            `json:"code" doc:"Such as set.new-company-name."`
	Text string            `json:"text" doc:"In English."`
	With map[string]string `json:"with,omitempty" doc:"What the text is made of."`
}

// What a review row says about one license.
const (
	ResultNew      = "new"       // was not there before
	ResultMore     = "more"      // more than before
	ResultSame     = "same"      // as many as before
	ResultLess     = "less"      // fewer than before, with room
	ResultFull     = "full"      // fewer than before, nothing spare
	ResultTooSmall = "too-small" // fewer than are needed: refuses the set
	ResultGone     = "gone"      // no longer there, and nobody needs it
)

// A ReviewRow compares one license of the set in force with the new set.
type ReviewRow struct {
	Name         license.Name `json:"name"`
	DisplayName  string       `json:"display_name,omitempty"`
	Kind         license.Kind `json:"kind" enum:"system,site,user"`
	Total        int64        `json:"total" doc:"Seats today."`
	InUse        int64        `json:"in_use" doc:"Seats taken today."`
	Change       int64        `json:"change" doc:"New seats minus today's."`
	NewTotal     int64        `json:"new_total"`
	NewInUse     int64        `json:"new_in_use" doc:"Seats needed under the new set, whose plans may include other modules."`
	NewFree      int64        `json:"new_free" doc:"Seats spare after activation; negative when it does not fit."`
	Unrestricted bool         `json:"unrestricted,omitempty"`
	Hidden       bool         `json:"hidden,omitempty"`
	Result       string       `json:"result" enum:"new,more,same,less,full,too-small,gone"`
	Over         int64        `json:"over,omitempty" doc:"How many people too many."`
	Holders      []string     `json:"holders,omitempty" doc:"User ids of those who need it, when it is too small."`
}

// A Review is what would happen if a set were activated now.
type Review struct {
	Set       Set         `json:"set"`
	Replaces  string      `json:"replaces,omitempty" doc:"The id of the set in force."`
	Fits      bool        `json:"fits" doc:"Whether activating it would be accepted."`
	Rows      []ReviewRow `json:"rows" doc:"Blocking rows first, then by the issuer's order."`
	Notes     []Note      `json:"notes"`
	PlanToken string      `json:"plan_token" doc:"Hand it to activate to apply exactly this, or be told that it changed."`
	Seq       int64       `json:"seq"`
}

// An Activate is the body of an activation. It may be empty.
type Activate struct {
	PlanToken string `json:"plan_token,omitempty" doc:"From the review; activation is refused when the review has changed since."`
}

// An Activated is the answer to an activation.
type Activated struct {
	Outcome
	Set      Set         `json:"set"`
	Replaced string      `json:"replaced,omitempty" doc:"The id of the set that was in force before."`
	Rows     []ReviewRow `json:"rows" doc:"The licenses that changed."`
	Notes    []Note      `json:"notes"`
}
