package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// OwnLicenses are what a person may use and why, in one sentence each, as it is
// told to the person.
type OwnLicenses struct {
	Person  string       `json:"person" doc:"User id."`
	AsOf    time.Time    `json:"as_of"`
	Seq     int64        `json:"seq"`
	Stopped *Missing     `json:"stopped,omitempty" doc:"What keeps the person from using any of it today."`
	Items   []OwnLicense `json:"items" doc:"By name."`
	Total   int          `json:"total"`
}

// An OwnLicense is one license a person may use.
type OwnLicense struct {
	Name        license.Name   `json:"name"`
	DisplayName string         `json:"display_name,omitempty"`
	Tooltip     string         `json:"tooltip,omitempty" doc:"What the issuer says it is for."`
	Hidden      bool           `json:"hidden,omitempty"`
	Plan        bool           `json:"plan,omitempty" doc:"Whether it is a plan."`
	How         string         `json:"how" enum:"given,plan,profile,login"`
	Plans       []license.Name `json:"plans,omitempty" doc:"Those the person is on and that include it."`
	Since       time.Time      `json:"since,omitzero" doc:"When it was given by hand."`
	Text        string         `json:"text" doc:"Why, in the language asked for."`
	Until       license.Date   `json:"until,omitzero" doc:"The last day, as far as is known."`
	State       string         `json:"state" enum:"ok,warning,grace,read-only" doc:"Of the issuer's set."`
}
