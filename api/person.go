package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// A Person is somebody with an account in the installation.
type Person struct {
	UserID       string             `json:"user_id" doc:"What the product calls the person; unique without regard to letter case."`
	Number       int64              `json:"number" doc:"Small, stable, and never reused in this installation."`
	FirstName    string             `json:"first_name,omitempty"`
	LastName     string             `json:"last_name,omitempty"`
	Email        string             `json:"email,omitempty"`
	Group        string             `json:"group,omitempty"`
	Kind         license.PersonKind `json:"kind" enum:"internal,external,system,anonymous,resource"`
	Login        bool               `json:"login" doc:"Whether the person has a login."`
	ValidThrough license.Date       `json:"valid_through,omitzero" doc:"The last day the login is good."`
	Waiting      bool               `json:"waiting,omitempty" doc:"Waits for approval: may hold licenses, and cannot sign in yet."`
	Former       bool               `json:"former,omitempty" doc:"A former employee holds nothing."`
	Deleted      bool               `json:"deleted,omitempty" doc:"Kept for the history only."`
	Profile      string             `json:"profile,omitempty"`
	Roles        []string           `json:"roles,omitempty" doc:"administrator, user-administrator, auditor."`
	Counted      bool               `json:"counted" doc:"Whether the person takes a seat of anything that is limited."`
	LastActive   string             `json:"last_active,omitempty" enum:"today,7-days,30-days,90-days,longer,never" doc:"How long ago the person was active: today, 1 to 7, 8 to 30 or 31 to 90 days ago, longer ago, or never since it is collected. Left out where it is not collected, and in answers that do not list people or show one."`
	AllowedBy    []license.Name     `json:"allowed_by,omitempty" doc:"What lets an account sign in that is no employee's."`
	Plans        []Holding          `json:"plans"`
	Extras       []Holding          `json:"extras"`
}

// A PeopleList is one page of people. Page by page, after= asks for what comes
// next; page= asks for a page by its number.
type PeopleList struct {
	List[Person]
	Groups []PeopleGroup `json:"groups,omitempty" doc:"With group_by: how many people there are of each, in the order of the items, on all pages."`
}

// A PeopleGroup is people put together because they have the same in a column.
type PeopleGroup struct {
	Key    string `json:"key" doc:"What they have, empty for those who have nothing: a group, a profile, a role, a word, or the names of plans with a space between."`
	Name   string `json:"name,omitempty" doc:"What plans are called."`
	People int    `json:"people"`
}

// A FoundPerson is somebody found by what was typed.
type FoundPerson struct {
	UserID  string `json:"user_id"`
	Number  int64  `json:"number"`
	Name    string `json:"name,omitempty"`
	Group   string `json:"group,omitempty"`
	Plans   string `json:"plans,omitempty"`
	SignsIn bool   `json:"signs_in"`
}

// A Holding is something a person was given.
type Holding struct {
	Name        license.Name `json:"name"`
	DisplayName string       `json:"display_name,omitempty"`
	Quantity    int64        `json:"quantity"`
	Source      string       `json:"source" enum:"direct,profile,import"`
	Since       time.Time    `json:"since,omitzero"`
	Until       time.Time    `json:"until,omitzero" doc:"When it was taken back; left out while it is held."`
	By          string       `json:"by,omitempty" doc:"Who gave it."`
	Reason      string       `json:"reason,omitempty"`
}

// A PersonDetail is a person with everything the person may use and all that
// was ever given.
type PersonDetail struct {
	Person
	AsOf    time.Time `json:"as_of,omitzero" doc:"The moment of the past it shows; left out for the present. Names are those of today."`
	Uses    []License `json:"uses" doc:"What the person may use: plans, what they include, extras and the profile's modules."`
	History []Holding `json:"history" doc:"Oldest first."`
}

// A NewPerson is the body that adds a person.
type NewPerson struct {
	UserID       string `json:"user_id" doc:"1 to 254 characters."`
	FirstName    string `json:"first_name,omitempty"`
	LastName     string `json:"last_name,omitempty"`
	Email        string `json:"email,omitempty"`
	Group        string `json:"group,omitempty"`
	Kind         string `json:"kind,omitempty" doc:"internal when left out; or external, system, anonymous, resource."`
	Login        bool   `json:"login,omitempty" doc:"Whether to give a login at once."`
	ValidThrough string `json:"valid_through,omitempty" doc:"The last day the login is good."`
	Plan         string `json:"plan,omitempty" doc:"A plan to set at once; if it cannot be given, nobody is added."`
	Profile      string `json:"profile,omitempty" doc:"A profile to set at once."`
	Waiting      bool   `json:"waiting,omitempty" doc:"Whether the person must be approved before signing in."`
}

// A PersonPatch is the body that changes a person: what is left out stays.
type PersonPatch struct {
	UserID    *string `json:"user_id,omitempty"`
	FirstName *string `json:"first_name,omitempty"`
	LastName  *string `json:"last_name,omitempty"`
	Email     *string `json:"email,omitempty"`
	Group     *string `json:"group,omitempty"`
	Kind      *string `json:"kind,omitempty"`
	Former    *bool   `json:"former,omitempty" doc:"True takes back everything the person holds; false does not give it again."`

	Was *PersonWas `json:"was,omitempty" doc:"What the fields said when the change was made up: refused when one that is changed here says something else by now."`
}

// A PersonWas is what somebody saw of a person before changing it: what is left
// out does not matter.
type PersonWas struct {
	UserID    *string `json:"user_id,omitempty"`
	FirstName *string `json:"first_name,omitempty"`
	LastName  *string `json:"last_name,omitempty"`
	Email     *string `json:"email,omitempty"`
	Group     *string `json:"group,omitempty"`
}

// A RestoreChoice is the body that brings back somebody who has left or was
// deleted. It may be empty.
type RestoreChoice struct {
	UserID string `json:"user_id,omitempty" doc:"Another user id, when somebody else has the old one by now."`
}

// A ChangedPerson is the answer to a change of a person.
type ChangedPerson struct {
	Outcome
	Person   Person    `json:"person"`
	Effect   Effect    `json:"effect"`
	HandOver []Blocker `json:"hand_over,omitempty" doc:"What the host application says should be handed over to somebody else."`
}

// An Effect is what a change did to holdings and pools.
type Effect struct {
	Given    []Holding    `json:"given"`
	Released []Holding    `json:"released"`
	Pools    []PoolChange `json:"pools" doc:"Every pool whose count changed."`
	// Gains and Loses are of one person; plans are not among them.
	Gains []license.Name `json:"gains,omitempty" doc:"What the person can use and could not before."`
	Loses []license.Name `json:"loses,omitempty" doc:"What the person can no longer use."`
	// Parents and Dependants say what went along without being named.
	Parents    []license.Name `json:"parents,omitempty" doc:"Those given that nobody asked for: another needs them."`
	Dependants []license.Name `json:"dependants,omitempty" doc:"Those released that nobody named: what they need was taken back."`
}

// A PoolChange is one pool before and after.
type PoolChange struct {
	Name         license.Name `json:"name"`
	DisplayName  string       `json:"display_name,omitempty"`
	Seats        int64        `json:"seats"`
	Before       int64        `json:"before" doc:"In use before."`
	After        int64        `json:"after" doc:"In use after."`
	Unrestricted bool         `json:"unrestricted,omitempty"`
	Hidden       bool         `json:"hidden,omitempty"`
}

// A PlanChoice is the body that sets or adds a plan: by its name, or by the tier
// of each line of products.
type PlanChoice struct {
	Plan   string            `json:"plan,omitempty" doc:"The plan's name, such as superoffice.sales-premium."`
	Lines  map[string]string `json:"lines,omitempty" doc:"Instead of plan: the tier of each line, such as sales: premium. No line at all is the empty plan."`
	Group  string            `json:"group,omitempty" doc:"With lines: the group of plans; needed only where several have the same lines."`
	Reason string            `json:"reason,omitempty"`
}

// An ExtraChoice is the body that gives an extra. It may be empty.
type ExtraChoice struct {
	Quantity int64  `json:"quantity,omitempty" doc:"1 when left out."`
	Reason   string `json:"reason,omitempty"`
}

// A ProfileChoice is the body that puts a person on a profile; the empty text
// takes the person off it.
type ProfileChoice struct {
	Profile string `json:"profile"`

	Was map[string]string `json:"was,omitempty" doc:"What fields said when the change was made up, by name: refused when one that is changed here says something else by now; one that is left as it was is not changed."`
}

// A LoginChoice is the body that gives a login. It may be empty.
type LoginChoice struct {
	ValidThrough string `json:"valid_through,omitempty" doc:"The last day the login is good; no end when left out."`

	Was map[string]string `json:"was,omitempty" doc:"What fields said when the change was made up, by name (none where there was no login): refused when one that is changed here says something else by now; one that is left as it was is not changed."`
}

// A Profile is a bundle of modules the customer has made.
type Profile struct {
	Code    string         `json:"code" doc:"1 to 64 letters a–z, digits, hyphen and underscore."`
	Name    string         `json:"name"`
	Modules []license.Name `json:"modules"`
	People  int            `json:"people" doc:"How many people are on it."`
}

// A ProfileBody is the body that makes or changes a profile.
type ProfileBody struct {
	Name    string   `json:"name,omitempty" doc:"The code when left out."`
	Modules []string `json:"modules" doc:"May be empty: such a profile costs nothing and the person can still sign in."`

	Was map[string]string `json:"was,omitempty" doc:"What name and modules (names with commas between them) said when the change was made up, empty where there was no such profile: refused when one that is changed here says something else by now; one that is left as it was is not changed."`
}

// A ChangedProfile is the answer to a change of a profile. Switching a module
// on takes a seat for everybody on it.
type ChangedProfile struct {
	Outcome
	Profile Profile      `json:"profile"`
	Pools   []PoolChange `json:"pools"`
}
