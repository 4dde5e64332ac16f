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
	Status      string       `json:"status" enum:"loaded,active,replaced,withdrawn,superseded" doc:"Where it is in its life here: withdrawn does not wait any longer, superseded waited until a newer one came."`
	State       string       `json:"state" enum:"ok,warning,grace,read-only,out-of-force" doc:"What its dates say today; out-of-force when its keys do not count any longer."`
	Notice      *KeyNotice   `json:"notice,omitempty" doc:"Of a set in force: what has become of the keys it was made with."`
	Issued      time.Time    `json:"issued"`
	Start       license.Date `json:"start,omitzero" doc:"The first day it may be in force; left out when it may at once."`
	Agreed      time.Time    `json:"agreed,omitzero" doc:"Of a set that waits for its day: when somebody agreed to it."`
	Refused     time.Time    `json:"refused,omitzero" doc:"Of a set whose day has come: when it was found that it could not take over by itself."`
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

// OutOfForce is the state of a set that was activated and gives nothing.
const OutOfForce = "out-of-force"

// A KeyNotice says what has become of a key that a set in force was made with.
type KeyNotice struct {
	Code string       `json:"code" enum:"set-dropped,set-not-genuine,set-drops,set-reissue" doc:"Dropped and not genuine: the set gives nothing. Drops: from a day on it will not. Reissue: it runs to its dates, and should be issued again."`
	Key  string       `json:"key,omitempty" doc:"Fingerprint of the revoked key."`
	On   license.Date `json:"on,omitzero" doc:"The first day without the set, in UTC."`
	Text string       `json:"text" doc:"The same in the language asked for."`
}

// A LoadedSet is the answer to sending a set.
type LoadedSet struct {
	Outcome
	Set       Set         `json:"set,omitzero" doc:"Left out when key lists came without a set."`
	Keys      *LoadedKeys `json:"keys,omitempty" doc:"When key lists came without a set."`
	Activated *Activated  `json:"activated,omitempty" doc:"When the set came in force at once, because it only raises, adds or extends."`
	Already   bool        `json:"already,omitempty" doc:"True when this very set had been received before, or these key lists were known."`
	Notes     []Note      `json:"notes" doc:"What an administrator should know, such as a new company name."`
}

// LoadedKeys are key lists that came without a set. The notes beside them say
// what they mean for the sets in force.
type LoadedKeys struct {
	Number int64 `json:"number" doc:"Of the newest key list known now."`
	Was    int64 `json:"was" doc:"Of the newest known before; 0 when none was."`
}

// A Note is something worth knowing that refuses nothing.
type Note struct {
	Code string            `json:"code" doc:"Such as set.new-company-name."`
	Text string            `json:"text" doc:"In the language asked for."`
	With map[string]string `json:"with,omitempty" doc:"What the text is made of."`
}

// What a review row says about one license. Over and RemovedInUse refuse the
// set.
const (
	ResultUnchanged    = "unchanged"
	ResultRaised       = "raised"
	ResultLowered      = "lowered"        // and everybody fits
	ResultOver         = "over"           // fewer seats than are needed
	ResultAdded        = "added"          //
	ResultRemoved      = "removed"        // and nobody needs it
	ResultRemovedInUse = "removed-in-use" // and somebody does
	ResultMarker       = "marker"         // describes what was bought; never refuses
)

// How much attention a row needs. Rows are sorted by it.
const (
	LookBlocks = "blocks" // nothing is activated until it is resolved
	LookWarns  = "warns"  // somebody may miss something
	LookLowers = "lowers"
	LookRaises = "raises"
	LookNew    = "new"
	LookText   = "text" // only what it is called or described as
	LookSame   = "same"
)

// A ReviewRow compares one license of the set in force with the new set. A
// license that one of them lacks counts as 0 there. What is not counted, such
// as the seats of a system license, is left out.
type ReviewRow struct {
	Name         license.Name  `json:"name"`
	DisplayName  string        `json:"display_name,omitempty"`
	Kind         license.Kind  `json:"kind" enum:"system,site,user"`
	Hidden       bool          `json:"hidden,omitempty"`
	Marker       bool          `json:"marker,omitempty"`
	Unrestricted bool          `json:"unrestricted,omitempty"`
	Total        int64         `json:"total" doc:"Seats in the set in force."`
	InUse        *int64        `json:"in_use,omitempty" doc:"Seats taken today."`
	Free         *int64        `json:"free,omitempty"`
	Change       int64         `json:"change" doc:"New seats minus today's."`
	NewTotal     int64         `json:"new_total"`
	NewFree      *int64        `json:"new_free,omitempty" doc:"Spare seats if everybody kept what they have; negative when they do not fit."`
	Result       string        `json:"result" enum:"unchanged,raised,lowered,over,added,removed,removed-in-use,marker"`
	Need         int64         `json:"need,omitempty" doc:"Seats taken once the new set is in force: its plans may include other modules."`
	Over         int64         `json:"over,omitempty" doc:"How many seats must be given back before it fits."`
	Holders      []string      `json:"holders,omitempty" doc:"User ids of those who need it, when it refuses."`
	Look         string        `json:"look" enum:"blocks,warns,lowers,raises,new,text,same" doc:"How much attention it needs; rows are sorted by it."`
	Findings     []Finding     `json:"findings,omitempty" doc:"Why it looks so."`
	Fields       []FieldChange `json:"fields,omitempty" doc:"What else changes beside the quantity."`
	ActiveLately *int64        `json:"active_lately,omitempty" doc:"Of a license that is lowered or removed: how many of those who may use it were active in the last 30 days; of a system license, how many of all. Only where that is collected."`
}

// A Review is what would happen if a set were activated now.
type Review struct {
	Set        Set            `json:"set"`
	Replaces   string         `json:"replaces,omitempty" doc:"The id of the set in force."`
	Fits       bool           `json:"fits" doc:"Whether activating it would be accepted."`
	Rows       []ReviewRow    `json:"rows" doc:"Every license of the two sets: what blocks first, then what warns, what is lowered, raised, new, and the rest; each in the new set's order."`
	Findings   []Finding      `json:"findings,omitempty" doc:"What there is to say of the set as a whole."`
	Blocking   int            `json:"blocking" doc:"How many rows must be resolved first."`
	OnlyRaises bool           `json:"only_raises" doc:"Whether nothing is taken from anybody, so that it may come in force by itself."`
	Effects    []PersonEffect `json:"effects,omitempty" doc:"What the choices do, by user id."`
	Blockers   *Blockers      `json:"blockers,omitempty" doc:"What the host application says of those the choices take something from."`
	Stored     *StoredChoices `json:"stored,omitempty" doc:"Of a set that waits for its day: what was chosen for it."`
	Notes      []Note         `json:"notes"`
	PlanToken  string         `json:"plan_token" doc:"Hand it to activate to apply exactly this, or be told that it changed."`
	Seq        int64          `json:"seq"`
}

// An Activate is the body of an activation. It may be empty.
type Activate struct {
	PlanToken   string   `json:"plan_token,omitempty" doc:"From the review with the same choices; activation is refused when the review has changed since."`
	Choices     []Choice `json:"choices,omitempty" doc:"Applied one after another, each on what the ones before have left."`
	Acknowledge []string `json:"acknowledge,omitempty" doc:"System licenses that may be turned off for everyone."`
}

// An Activated is the answer to an activation.
type Activated struct {
	Outcome
	Set      Set            `json:"set"`
	Replaced string         `json:"replaced,omitempty" doc:"The id of the set that was in force before."`
	Rows     []ReviewRow    `json:"rows" doc:"The licenses that changed."`
	Effects  []PersonEffect `json:"effects,omitempty" doc:"What the choices did, by user id."`
	Waits    bool           `json:"waits,omitempty" doc:"True when the set begins later: it takes over by itself on its day, if it fits then."`
	Notes    []Note         `json:"notes"`
}
