package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// A License is one license of the sets in force, with its pool.
type License struct {
	Name         license.Name   `json:"name"`
	Number       int64          `json:"number" doc:"Small, stable, and never reused in this installation."`
	DisplayName  string         `json:"display_name,omitempty"`
	Tooltip      string         `json:"tooltip,omitempty"`
	Kind         license.Kind   `json:"kind" enum:"system,site,user"`
	Seats        int64          `json:"seats" doc:"Bought."`
	Taken        int64          `json:"taken" doc:"In use."`
	Free         int64          `json:"free" doc:"Seats minus taken; 0 when more is in use than bought, or when the number is not enforced."`
	Over         int64          `json:"over,omitempty" doc:"In use beyond what was bought."`
	State        string         `json:"state" enum:"over,full,nearly-full,spare,none,no-limit,by-use,on,marker" doc:"How full it is: nearly full from 85 %, none when none was bought, on when it is for everybody."`
	Unrestricted bool           `json:"unrestricted,omitempty" doc:"The number of seats is not enforced."`
	OpenEnded    bool           `json:"open_ended,omitempty" doc:"Paid by use: only what is in use is worth showing."`
	Hidden       bool           `json:"hidden,omitempty" doc:"Given by plans only."`
	Marker       bool           `json:"marker,omitempty" doc:"Describes what was bought; never given."`
	Plan         bool           `json:"plan,omitempty"`
	Group        string         `json:"group,omitempty" doc:"A person holds at most one plan of a group."`
	Includes     []license.Name `json:"includes,omitempty" doc:"What the plan gives."`
	Prerequisite license.Name   `json:"prerequisite,omitzero"`
	Edit         license.Name   `json:"edit,omitzero" doc:"The license that adds editing to this system license."`
	People       []string       `json:"people,omitempty" doc:"Kinds of person who may hold it."`
	Set          string         `json:"set" doc:"The id of the set it comes from."`
	OutOfForce   *KeyNotice     `json:"out_of_force,omitempty" doc:"Why the set gives nothing; left out while it does."`
	Withheld     *Withheld      `json:"withheld,omitempty" doc:"Why nobody can be given it now; left out while it can be given, and of the empty plan, by which access is withdrawn."`
	Damaged      bool           `json:"damaged,omitempty" doc:"Its record was changed outside the server: what the signed file says counts, and nobody is given more of it until somebody has repaired it."`
}

// A Holder is a person who holds a license, or a database, and how.
type Holder struct {
	Person   string         `json:"person,omitempty" doc:"User id; left out for a database."`
	Database string         `json:"database,omitempty" doc:"The name of a database, which holds licenses for sites."`
	Number   int64          `json:"number" doc:"Of the person or the database."`
	Name     string         `json:"name,omitempty" doc:"First and last name, while it is known."`
	Quantity int64          `json:"quantity"`
	Via      []license.Name `json:"via,omitempty" doc:"The plans that include it for this person."`
	Source   string         `json:"source,omitempty" enum:"direct,profile,import" doc:"Set when it is also held by itself."`
	Since    time.Time      `json:"since,omitzero"`
}
