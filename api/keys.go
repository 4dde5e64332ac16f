package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// Keys is whom this installation believes, and why: the pinned roots, the issuers
// they name, and the keys the sets in force were made with.
type Keys struct {
	AsOf      time.Time    `json:"as_of"`
	Roots     []string     `json:"roots" doc:"Fingerprints of the pinned root keys."`
	Threshold int          `json:"threshold" doc:"How many of them must have signed a key list."`
	List      int64        `json:"list" doc:"Number of the newest key list known; 0 when none is."`
	Issued    time.Time    `json:"issued,omitzero" doc:"When that list was issued."`
	Learned   time.Time    `json:"learned,omitzero" doc:"When it was received."`
	Own       string       `json:"own,omitempty" doc:"Fingerprint of this installation's key."`
	Issuers   []IssuerKeys `json:"issuers"`
	Revoked   []RevokedKey `json:"revoked"`
}

// An IssuerKeys is a key of an issuer that the roots have named.
type IssuerKeys struct {
	Issuer  string       `json:"issuer"`
	Key     string       `json:"key" doc:"Fingerprint."`
	From    license.Date `json:"from" doc:"The first day it may be used, in UTC."`
	Through license.Date `json:"through" doc:"And the last."`
	Modules []string     `json:"modules" doc:"What it may grant: names, or beginnings of names before a *."`
	Revoked bool         `json:"revoked,omitempty"`
	Sets    []SetKeys    `json:"sets" doc:"Sets in force that lead back to it."`
}

// A SetKeys is how a set in force leads back to the pinned roots.
type SetKeys struct {
	Set     string     `json:"set" doc:"Its id."`
	Key     string     `json:"key" doc:"Fingerprint of the key that signed it."`
	Through string     `json:"through,omitempty" doc:"The last day that key may sign."`
	Checked time.Time  `json:"checked" doc:"When its file was checked last, from the signature to the roots."`
	Good    bool       `json:"good" doc:"Whether it was found genuine then."`
	Notice  *KeyNotice `json:"notice,omitempty" doc:"What has become of its keys."`
}

// A RevokedKey is a key that counts no longer, or not for ever.
type RevokedKey struct {
	Key    string       `json:"key" doc:"Fingerprint."`
	Effect string       `json:"effect" enum:"refuse-new,drop-on"`
	On     license.Date `json:"on,omitzero" doc:"Of drop-on: the first day without the sets it signed, in UTC."`
}
