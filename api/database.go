package api

import "time"

// A Database is one of the databases of an installation: number 0 is the central
// one, the others are satellites.
type Database struct {
	Number   int64     `json:"number" doc:"0 is the central database; the others are small, stable, and never reused in this installation."`
	Name     string    `json:"name" doc:"Unique without regard to letter case."`
	Removed  bool      `json:"removed,omitempty" doc:"Kept for the history only."`
	Created  time.Time `json:"created,omitzero"`
	Licenses []Holding `json:"licenses" doc:"The site licenses it holds."`
}

// A DatabaseName is the body that adds a database.
type DatabaseName struct {
	Name string `json:"name" doc:"1 to 200 characters, not only digits."`
}

// A DatabaseRename is the body that gives a database another name.
type DatabaseRename struct {
	Name string `json:"name" doc:"1 to 200 characters, not only digits."`

	Was map[string]string `json:"was,omitempty" doc:"What fields said when the change was made up, by name: refused when one that is changed here says something else by now; one that is left as it was is not changed."`
}

// A SiteChoice is the body that gives a database a site license. It may be empty.
type SiteChoice struct {
	Quantity int64  `json:"quantity,omitempty" doc:"1 when left out."`
	Reason   string `json:"reason,omitempty"`
}

// A ChangedDatabase is the answer to a change of a database.
type ChangedDatabase struct {
	Outcome
	Database Database `json:"database"`
	Effect   Effect   `json:"effect"`
}
