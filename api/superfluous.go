package api

import "github.com/pott-dev/pott/license"

// A SuperfluousQuestion asks who could give up a license that a set has too few
// seats of. It may be empty.
type SuperfluousQuestion struct {
	Choices
	Text    string `json:"text,omitempty" doc:"Parts of a name, user id or group, all of which must be there."`
	Page    int    `json:"page,omitempty" doc:"From 1."`
	Limit   int    `json:"limit,omitempty" doc:"How many people a page has; 100 when left out."`
	Suggest bool   `json:"suggest,omitempty" doc:"Also say who might be chosen: who cannot sign in first, then who was active longest ago where that is collected, then who was given it last."`
}

// A Superfluous is who uses a license under a set, and what would free their
// seats. People are listed by name; where it is collected when they were active, who
// was so longest ago stands first.
type Superfluous struct {
	List[Candidate]
	Set         string       `json:"set" doc:"The id of the set."`
	Name        license.Name `json:"name"`
	DisplayName string       `json:"display_name,omitempty"`
	InUse       int64        `json:"in_use" doc:"Seats taken under the set if nobody is changed."`
	Room        int64        `json:"room" doc:"Seats the set has."`
	Limited     bool         `json:"limited" doc:"Whether room limits anything."`
	Over        int64        `json:"over" doc:"Seats to be freed if nothing is chosen."`
	Left        int64        `json:"left" doc:"Seats still to be freed after the choices."`
	Databases   int          `json:"databases,omitempty" doc:"How many of the seats are taken by databases, which are released elsewhere."`
	From        []GivenFrom  `json:"from" doc:"What people were given that gives it."`
	Suggested   []Choice     `json:"suggested,omitempty" doc:"When asked for."`
	Warning     string       `json:"warning,omitempty" doc:"Why the host application's answer about the people is missing."`
}

// A GivenFrom is a plan or extra that gives a license.
type GivenFrom struct {
	Name        license.Name   `json:"name"`
	DisplayName string         `json:"display_name,omitempty"`
	People      int            `json:"people" doc:"How many were given it."`
	To          []SwitchTarget `json:"to" doc:"Plans without the license that everybody could be moved to."`
}

// A SwitchTarget is a plan of the set that somebody may be switched to.
type SwitchTarget struct {
	Name        license.Name `json:"name"`
	DisplayName string       `json:"display_name,omitempty"`
	Spare       *int64       `json:"spare,omitempty" doc:"Seats left under the set after the choices; left out where there is no limit."`
}

// A Candidate is somebody whose seat could be freed.
type Candidate struct {
	Person string `json:"person" doc:"User id."`
	Number int64  `json:"number"`
	Name   string `json:"name" doc:"First and last name, or the user id."`
	Group  string `json:"group,omitempty"`

	LastActive string `json:"last_active,omitempty" enum:"today,7-days,30-days,90-days,longer,never" doc:"How long ago the person was active; left out where that is not collected."`

	GivenBy []Holding `json:"given_by" doc:"What gives the license to the person; empty where a login does."`
	Profile string    `json:"profile,omitempty" doc:"The profile that gives it."`
	Ways    []Choice  `json:"ways" doc:"What would free the seat, each by itself; the person is # and the number."`
	Chosen  []Choice  `json:"chosen,omitempty" doc:"What was chosen for the person, alone or with everybody, that frees the seat."`

	Blockers []Blocker `json:"blockers,omitempty" doc:"What the host application says the person still has in hand."`
	Blocked  bool      `json:"blocked,omitempty" doc:"Whether something must be put right first."`
}
