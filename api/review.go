package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// Choices are what to do with people, and what to accept, as part of an
// activation. A review with the same choices says what they come to.
type Choices struct {
	Choices     []Choice `json:"choices,omitempty" doc:"Applied one after another, each on what the ones before have left."`
	Acknowledge []string `json:"acknowledge,omitempty" doc:"System licenses that may be turned off for everyone."`
}

// What a [Choice] does.
const (
	ChooseSwitch   = "switch"    // from the plan name to the plan to, in one step
	ChooseRemove   = "remove"    // the plan or extra name
	ChooseEndLogin = "end-login" // the person keeps what was given by hand
	ChooseGive     = "give"      // the extra name
)

// A Choice is one thing to do to one person, or to everybody concerned, under
// the same rules as the act alone.
type Choice struct {
	Do       string `json:"do" doc:"switch, remove, end-login or give."`
	Person   string `json:"person,omitempty" doc:"User id, or # and a number; left out when it is for everybody."`
	Everyone bool   `json:"everyone,omitempty" doc:"For switch and remove: everybody who was given name. For give: everybody who may use holding and lacks name."`
	Name     string `json:"name,omitempty" doc:"The plan or extra."`
	To       string `json:"to,omitempty" doc:"For switch: the plan of the new set to go to."`
	Holding  string `json:"holding,omitempty" doc:"For give to everyone."`
}

// A Finding is one reason why a row, or a set, looks as it does.
type Finding struct {
	Reason       string        `json:"reason" doc:"The stable code, such as plan-loses."`
	Text         string        `json:"text" doc:"The same in the language asked for."`
	Blocks       bool          `json:"blocks,omitempty"`
	Warns        bool          `json:"warns,omitempty"`
	Name         license.Name  `json:"name,omitzero" doc:"The other license it is about."`
	Count        int64         `json:"count,omitempty" doc:"How many people, seats or days, as the reason says."`
	People       []string      `json:"people,omitempty" doc:"User ids of those concerned; at most 500."`
	Fields       []FieldChange `json:"fields,omitempty"`
	Acknowledged bool          `json:"acknowledged,omitempty"`
}

// A FieldChange is one field that two sets say differently.
type FieldChange struct {
	Field string `json:"field" doc:"As license files spell it, such as quantity or expiry."`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// A PersonEffect is what an activation did, or would do, to one person beside
// what the new set does to everybody.
type PersonEffect struct {
	Person     string    `json:"person" doc:"User id."`
	Given      []Holding `json:"given,omitempty"`
	Released   []Holding `json:"released,omitempty"`
	LoginEnded bool      `json:"login_ended,omitempty"`
	LoginGiven bool      `json:"login_given,omitempty" doc:"Of a roll back: the login is back."`
}

// StoredChoices are what was chosen for the day of a set that waits. They are
// carried out on that day if they still do exactly what was shown; otherwise the
// set waits on, nobody is changed, and administrators are told.
type StoredChoices struct {
	At          time.Time      `json:"at"`
	By          string         `json:"by" doc:"The actor."`
	Choices     []Choice       `json:"choices" doc:"People by number."`
	Acknowledge []string       `json:"acknowledge,omitempty"`
	People      int            `json:"people" doc:"How many people were to be changed with them."`
	Holds       bool           `json:"holds" doc:"Whether the set would take over with them as things stand now. The host application is not asked."`
	Why         *Note          `json:"why,omitempty" doc:"Why it would not."`
	Changed     []StoredChange `json:"changed,omitempty" doc:"People to whom something else would be done now than was shown, by number."`
}

// A StoredChange is somebody to whom something else would be done than was
// agreed to.
type StoredChange struct {
	Person string        `json:"person" doc:"User id."`
	Was    *PersonEffect `json:"was,omitempty" doc:"What was shown; left out when it was nothing."`
	Is     *PersonEffect `json:"is,omitempty" doc:"What it would be now; left out when it is nothing."`
}

// A RollBack is the body that puts the replaced set in force again. It may be
// empty where only one issuer's set can go back.
type RollBack struct {
	Issuer string `json:"issuer,omitempty" doc:"Whose set."`
}

// A RolledBack is the answer to a roll back.
type RolledBack struct {
	Outcome
	Set         Set            `json:"set" doc:"In force again."`
	Instead     string         `json:"instead" doc:"The id of the set that was in force."`
	Rows        []ReviewRow    `json:"rows" doc:"The licenses that changed."`
	Restored    []PersonEffect `json:"restored" doc:"What the activation had changed of people and is as it was before."`
	NotRestored []NotRestored  `json:"not_restored" doc:"What could not be restored, and why."`
}

// A NotRestored is somebody a roll back could not put back.
type NotRestored struct {
	Person string       `json:"person" doc:"User id."`
	Name   license.Name `json:"name,omitzero" doc:"What the person held before."`
	Code   string       `json:"code" doc:"Why, such as seat.pool-full."`
	Text   string       `json:"text" doc:"The same in the language asked for."`
}

// An Activation is one time a set was in force.
type Activation struct {
	Number   int64     `json:"number,omitempty" doc:"Small and stable; left out of what was activated before these were kept."`
	Set      string    `json:"set" doc:"The id of the set."`
	Issuer   string    `json:"issuer"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until,omitzero" doc:"Left out while it is in force."`
	How      string    `json:"how,omitempty" enum:"by-hand,automatic,on-day,roll-back"`
	By       string    `json:"by,omitempty" doc:"The actor."`
	Replaced string    `json:"replaced,omitempty" doc:"The id of the set that was in force before."`
	People   int       `json:"people,omitempty" doc:"How many assignments and logins were changed in the same step."`
	Reported bool      `json:"reported,omitempty" doc:"Of a roll back: whether the issuer was told."`
}

// A SetDifference is everything two sets say differently.
type SetDifference struct {
	From     string              `json:"from" doc:"The id of one set."`
	To       string              `json:"to" doc:"The id of the other."`
	Fields   []FieldChange       `json:"fields" doc:"Of the set itself: owner, dates, ways to sign in."`
	Licenses []LicenseDifference `json:"licenses" doc:"In the order of the second set."`
	Same     int                 `json:"same" doc:"How many licenses are alike in both."`
}

// A LicenseDifference is one license that two sets do not have alike.
type LicenseDifference struct {
	Name        license.Name  `json:"name"`
	DisplayName string        `json:"display_name,omitempty"`
	Became      string        `json:"became" enum:"added,removed,changed"`
	Fields      []FieldChange `json:"fields"`
}

// A SetPolicy says how sets come in force.
type SetPolicy struct {
	Activation string `json:"activation" enum:"automatic,ask" doc:"automatic: a set that only raises, adds or extends comes in force by itself. ask: every set waits for somebody."`
}

// A ChangedSetPolicy is the answer to a change of the policy.
type ChangedSetPolicy struct {
	Outcome
	SetPolicy
}

// A RemovedSet is what came of removing the set of a third-party issuer.
type RemovedSet struct {
	Outcome
	Set       Set            `json:"set"`
	People    int            `json:"people" doc:"How many could use something of it."`
	Effects   []PersonEffect `json:"effects" doc:"What was taken from whom."`
	Databases []string       `json:"databases" doc:"Names of those that had something of it."`
}

// A ChangedSet is the answer to a change of one set.
type ChangedSet struct {
	Outcome
	Set Set `json:"set"`
}
