package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// The names of the events in the change stream.
const (
	EventHello  = "hello"  // first: where the stream stands. Data: Hello
	EventChange = "change" // one per commit. Data: Change
	EventReset  = "reset"  // what since= asked for is no longer kept: read the holdings again. Data: Hello
)

// HeadHeader is the header in which whoever opens the change stream says which head
// it saw last. One that the record does not go on from is told to administrators.
const HeadHeader = "Pott-Head"

// A Hello opens the change stream.
type Hello struct {
	Installation string      `json:"installation"`
	Epoch        string      `json:"epoch"`
	Seq          int64       `json:"seq"`
	Mark         time.Time   `json:"mark" doc:"A lower bound of the true time."`
	Head         string      `json:"head,omitempty" doc:"Where the record stands, as getHead says it: to be kept, and told when the stream is opened again."`
	Stops        []Stop      `json:"stops,omitempty" doc:"Sets that are out of force, or will be."`
	Events       []OpenEvent `json:"events,omitempty" doc:"Events that have not ended."`
}

// A Stop takes one set out of force: a key it was made with is revoked, or it
// does not lead back to the pinned root. Checks deny everything of it.
type Stop struct {
	Issuer string       `json:"issuer"`
	Number int64        `json:"number" doc:"Of the set."`
	Reason string       `json:"reason" enum:"set-dropped,set-not-genuine"`
	From   license.Date `json:"from,omitzero" doc:"The first day without it, in UTC; left out when it is out already."`
}

// A Change is one commit: the people whose holdings are different now, as they
// are now. Commits that touch nobody are sent as well, so that seq has no holes.
type Change struct {
	Epoch   string          `json:"epoch"`
	Seq     int64           `json:"seq"`
	Mark    time.Time       `json:"mark"`
	Head    string          `json:"head,omitempty" doc:"Where the record stands after it, as in hello."`
	Sets    []string        `json:"sets,omitempty" doc:"Checkpoint hashes of the sets in force, when that or what is known of their keys changed."`
	Stops   []Stop          `json:"stops,omitempty" doc:"Sent with sets: those of them that are out of force, or will be."`
	Events  *OpenEvents     `json:"events,omitempty" doc:"Events that have not ended, when any of them changed."`
	People  []PersonHolding `json:"people,omitempty"`
	Removed []string        `json:"removed,omitempty" doc:"User ids that are no longer known."`
}

// A PersonHolding is what a check needs to know of a person.
type PersonHolding struct {
	Person        string             `json:"person" doc:"User id."`
	Number        int64              `json:"number"`
	Kind          license.PersonKind `json:"kind" enum:"internal,external,system,anonymous,resource"`
	Login         bool               `json:"login"`
	ValidThrough  license.Date       `json:"valid_through,omitzero"`
	Waiting       bool               `json:"waiting,omitempty"`
	Former        bool               `json:"former,omitempty"`
	Administrator bool               `json:"administrator,omitempty" doc:"No event keeps the person from signing in."`
	Holds         []Held             `json:"holds" doc:"Given directly or by a profile; what plans include is derived from the sets."`
}

// A Held is a module and how many seats of it.
type Held struct {
	Name     license.Name `json:"name"`
	Quantity int64        `json:"quantity"`
}
