package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// BlockersFormat begins the text that is signed when the host application is
// asked for blockers: this word, a line feed, and the body of the request.
const BlockersFormat = "pott-blockers/v1"

// The headers of a request for blockers.
const (
	BlockersSignature = "Pott-Signature" // Ed25519 over BlockersFormat, a line feed and the body, in base64
	BlockersKey       = "Pott-Key"       // fingerprint of the installation's key, which signed
)

// The acts a host application is asked about.
const (
	ActPlanSet      = "plan.set"      // another plan, which gives less
	ActPlanRemove   = "plan.remove"   //
	ActExtraRemove  = "extra.remove"  //
	ActProfileSet   = "profile.set"   // another profile, which gives less
	ActLoginEnd     = "login.end"     //
	ActPersonRetire = "person.retire" // becomes a former employee
	ActPersonDelete = "person.delete" //
)

// BlockersRequest is what the host application is asked before something is
// taken from people.
type BlockersRequest struct {
	Format       string            `json:"format"` // BlockersFormat
	To           string            `json:"to"`     // the address asked: a request is good at no other
	Installation string            `json:"installation"`
	Name         string            `json:"name"`  // of the installation, as in paths
	Asked        time.Time         `json:"asked"` // refuse what is older than a few minutes
	Nonce        string            `json:"nonce"` // random, for whoever wants to refuse what came before
	Questions    []BlockerQuestion `json:"questions"`
}

// A BlockerQuestion asks what stands in the way of one act for one person.
type BlockerQuestion struct {
	Person string         `json:"person"` // user id
	Number int64          `json:"number"`
	Act    string         `json:"act"`
	Loses  []license.Name `json:"loses,omitempty"` // what the person could no longer use
}

// BlockersAnswer is what the host application answers. Who is left out has no
// blockers.
type BlockersAnswer struct {
	People []PersonBlockers `json:"people"`
}

// PersonBlockers is what there is for one person.
type PersonBlockers struct {
	Person   string    `json:"person" doc:"User id."`
	Blockers []Blocker `json:"blockers"`
}

// A Blocker is something that somebody still has in hand in the host
// application, such as open requests.
type Blocker struct {
	Text   string `json:"text" doc:"What it is, such as \"7 open requests\"; 1 to 300 characters."`
	Link   string `json:"link,omitempty" doc:"Where it is put right: an http or https address."`
	Count  int64  `json:"count,omitempty" doc:"How many there are."`
	Blocks bool   `json:"blocks,omitempty" doc:"Whether nothing may be taken before it is put right; else it is a hint to hand over."`
}

// Blockers is what the host application says about people.
type Blockers struct {
	Asked   bool             `json:"asked" doc:"Whether there is somebody to ask."`
	Warning string           `json:"warning,omitempty" doc:"Why the answer is missing, in the language asked for; nothing is known then."`
	People  []PersonBlockers `json:"people" doc:"Those for whom there is something."`
}

// A BlockersHook says which address of the host application is asked for
// blockers.
type BlockersHook struct {
	URL         string `json:"url,omitempty" doc:"https, or http on this machine. Left out when nobody is asked."`
	Timeout     int64  `json:"timeout_ms,omitempty" doc:"How long to wait for an answer, in milliseconds: 100 to 10000; 2000 when left out."`
	Unreachable string `json:"unreachable,omitempty" enum:"warn,block" doc:"What to do without an answer: go on with a warning (warn), or refuse (block); warn when left out."`
}

// A BlockersHookBody is the body that sets the address.
type BlockersHookBody struct {
	URL         string `json:"url" doc:"https, or http on this machine."`
	Timeout     int64  `json:"timeout_ms,omitempty" doc:"How long to wait for an answer, in milliseconds: 100 to 10000; 2000 when left out."`
	Unreachable string `json:"unreachable,omitempty" enum:"warn,block" doc:"What to do without an answer: go on with a warning (warn), or refuse (block); warn when left out."`

	Was map[string]string `json:"was,omitempty" doc:"What fields said when the change was made up, by name, empty where nobody was asked: refused when one that is changed here says something else by now; one that is left as it was is not changed."`
}

// A ChangedBlockersHook is the answer to a change of the address.
type ChangedBlockersHook struct {
	Outcome
	Hook BlockersHook `json:"hook"`
}
