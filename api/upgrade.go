package api

import "github.com/pott-dev/pott/license"

// An Upgrade says whether a version of a product may be installed.
type Upgrade struct {
	Version  string          `json:"version,omitempty" doc:"As it was asked for."`
	Allowed  bool            `json:"allowed" doc:"Whether every issuer asked about allows it, and there is one."`
	Issuers  []IssuerUpgrade `json:"issuers" doc:"By issuer: those with a set in force, or the one asked about."`
	Seq      int64           `json:"seq" doc:"The state it was answered from."`
	Released license.Date    `json:"released,omitzero" doc:"As it was asked for; left out when it was not: then each issuer's today counts."`
}

// An IssuerUpgrade is what one issuer's set says.
type IssuerUpgrade struct {
	Issuer      string       `json:"issuer"`
	Set         string       `json:"set,omitempty" doc:"The id of the set in force; left out when there is none."`
	Allowed     bool         `json:"allowed"`
	Reason      string       `json:"reason,omitempty" enum:"maintenance-ended,no-set,set-dropped,set-not-genuine" doc:"Why not."`
	Maintenance license.Date `json:"maintenance,omitzero" doc:"The last day whose versions may be installed; left out when there is no end."`
}
