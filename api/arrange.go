package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// An Offer is what a person may be given: plans, extras and profiles, with what
// is spare and what each would change for this person.
type Offer struct {
	Person  string        `json:"person" doc:"User id."`
	AsOf    time.Time     `json:"as_of"`
	Seq     int64         `json:"seq"`
	Given   []string      `json:"given" doc:"What the person was given by hand: to be sent along as was with a new arrangement."`
	Issuers []IssuerOffer `json:"issuers"`
}

// An IssuerOffer is what one issuer's set offers.
type IssuerOffer struct {
	Issuer     string         `json:"issuer"`
	IssuerName string         `json:"issuer_name" doc:"What people call the issuer; its code when the set does not say."`
	Withheld   *Withheld      `json:"withheld,omitempty" doc:"Why nothing of it can be given now, the empty plan left out; left out while it can."`
	Mode       string         `json:"mode" enum:"plans,login,profile" doc:"What decides: plans given to people; having a login, which brings the one plan of all; or the profile of who has a login."`
	Plan       *PlanOffer     `json:"plan,omitempty" doc:"With login: the one plan, and what giving the login, or ending it, would come to."`
	Groups     []GroupOffer   `json:"groups"`
	Extras     []ExtraOffer   `json:"extras" doc:"What is needed stands before what needs it."`
	Profiles   []ProfileOffer `json:"profiles,omitempty" doc:"With profile: which there are, and what each would take."`
}

// A GroupOffer is plans of which a person has one at most.
type GroupOffer struct {
	Group string      `json:"group,omitempty"`
	Plans []PlanOffer `json:"plans"`
	Lines []LineOffer `json:"lines,omitempty" doc:"Where every plan of the group is made of tiers of lines: the choice of each."`
}

// A PlanOffer is one plan, and what being put on it would come to.
type PlanOffer struct {
	Name        license.Name   `json:"name"`
	DisplayName string         `json:"display_name,omitempty"`
	Held        bool           `json:"held,omitempty"`
	Free        *int64         `json:"free,omitempty" doc:"Seats left in the tightest pool it would draw on; left out when no number limits it."`
	Fits        bool           `json:"fits" doc:"Whether they are enough."`
	Refused     string         `json:"refused,omitempty" doc:"The code of the refusal, when it would be refused whatever is left."`
	Gains       []license.Name `json:"gains,omitempty"`
	Loses       []license.Name `json:"loses,omitempty"`
}

// A LineOffer is the choice of one line of products, with the other lines as the
// person has them.
type LineOffer struct {
	Line    string      `json:"line"`
	Options []TierOffer `json:"options"`
}

// A TierOffer is one tier of a line, or none of it.
type TierOffer struct {
	Tier   string     `json:"tier" doc:"Empty: none of the line."`
	Chosen bool       `json:"chosen,omitempty"`
	Plan   *PlanOffer `json:"plan,omitempty" doc:"What the choice comes to; left out when it is not in the agreement, or is no plan."`
	None   bool       `json:"none,omitempty" doc:"The choice is to be on no plan of the group."`
}

// An ExtraOffer is a license that may be given beside plans.
type ExtraOffer struct {
	Name        license.Name   `json:"name"`
	DisplayName string         `json:"display_name,omitempty"`
	Held        bool           `json:"held,omitempty" doc:"By hand."`
	IncludedBy  []license.Name `json:"included_by,omitempty" doc:"Plans that bring it."`
	Needs       license.Name   `json:"needs,omitzero"`
	NeedsName   string         `json:"needs_name,omitempty"`
	NeedsHere   bool           `json:"needs_here,omitempty" doc:"Whether what it needs is among the extras too."`
	Depth       int            `json:"depth" doc:"How many of those it needs stand above it."`
	Free        *int64         `json:"free,omitempty"`
	Fits        bool           `json:"fits"`
	Refused     string         `json:"refused,omitempty" doc:"The code of the refusal, when it would be refused whatever is left."`
}

// A ProfileOffer is a profile, and the seats being put on it would take or free.
type ProfileOffer struct {
	Code    string       `json:"code"`
	Name    string       `json:"name"`
	Held    bool         `json:"held,omitempty"`
	Fits    bool         `json:"fits"`
	Refused string       `json:"refused,omitempty" doc:"The code of the refusal, when it would be refused."`
	Pools   []PoolChange `json:"pools"`
}

// An Arrangement is the body that gives a person by hand exactly these plans and
// extras. What is left out is taken back, with what needs it; what is needed comes
// along.
type Arrangement struct {
	Given []string      `json:"given" doc:"Plans and extras; the quantity of what is held already stays."`
	Lines []LinesChoice `json:"lines,omitempty" doc:"Plans that are chosen by the tier of each line; they need not be among given."`
	Was   *[]string     `json:"was,omitempty" doc:"What the person had when it was chosen; refused when that is no longer so."`
	// TakeFrom is done first, in the same step.
	TakeFrom []Taken `json:"take_from,omitempty" doc:"What is taken from somebody else for it, at most 20."`
	Reason   string  `json:"reason,omitempty"`
}

// A LinesChoice is the plan of a group, chosen by the tier of each line of
// products.
type LinesChoice struct {
	Issuer string            `json:"issuer"`
	Group  string            `json:"group,omitempty"`
	Tiers  map[string]string `json:"tiers" doc:"By line; an empty tier is none of the line. None at all is the group's empty plan, for who is on a plan of it."`
}

// Taken is a plan or extra that is taken from somebody.
type Taken struct {
	Person string `json:"person"`
	Name   string `json:"name"`
}
